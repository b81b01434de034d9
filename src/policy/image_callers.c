/* SPDX-License-Identifier: MIT */
/*
 * Finding callers, fronts and cards
 *
 * An index only proposes a record: the record's own certificate, or the user's own organization,
 * decides, so that a damaged index finds nobody rather than somebody else.
 */
#include "policy/image.h"
#include "policy/image_inline.h"

uint32_t image_find_card(const Image *image, uint32_t organization, uint64_t number)
{
        const ImageOrganization *owner = image_inline_organization(image, organization);
        uint32_t count = 0;
        const ImageCard *cards = owner ? image_inline_cards(image, owner->cards, &count) : NULL;
        uint32_t low = 0, high = count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (cards[middle].number < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low >= count || cards[low].number != number)
                return IMAGE_NONE;
        const ImageUser *user = image_inline_user(image, cards[low].user);
        return user && user->organization == organization ? cards[low].user : IMAGE_NONE;
}

/* The first in the order of certificates that is not before the wanted one. */
static uint32_t certificates_search(const Image *image, const Fingerprint *certificate)
{
        const ImageRecords *index = &image->sections[IMAGE_CERTIFICATES];
        const uint32_t *callers = index->records;
        uint32_t low = 0, high = index->count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                const ImageCaller *caller = image_inline_caller(image, callers[middle]);
                if (caller && fingerprint_compare(&caller->certificate, certificate) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static bool is_of(const ImageCaller *caller, uint32_t organization)
{
        return organization == IMAGE_NONE || caller->organization == organization;
}

const ImageCaller *image_caller_of_certificate(const Image *image, const Fingerprint *certificate,
                                               uint32_t organization)
{
        const ImageRecords *index = &image->sections[IMAGE_CERTIFICATES];
        const uint32_t *callers = index->records;
        for (uint32_t i = certificates_search(image, certificate); i < index->count; i++) {
                const ImageCaller *caller = image_inline_caller(image, callers[i]);
                if (!caller || !caller->has_certificate ||
                    fingerprint_compare(&caller->certificate, certificate) != 0)
                        return NULL;
                if (is_of(caller, organization))
                        return caller;
        }
        return NULL;
}

const ImageCaller *image_caller_of_uid(const Image *image, uint32_t uid, uint32_t organization)
{
        const ImageCaller *caller;
        for (uint32_t i = 0; uid != IMAGE_NONE && (caller = image_inline_caller(image, i)); i++)
                if (caller->uid == uid && is_of(caller, organization))
                        return caller;
        return NULL;
}

const ImageFront *image_front_of_uid(const Image *image, uint32_t uid)
{
        const ImageFront *front;
        for (uint32_t i = 0; (front = image_inline_front(image, i)); i++)
                if (front->uid == uid)
                        return front;
        return NULL;
}
