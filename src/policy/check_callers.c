/* SPDX-License-Identifier: MIT */
/*
 * Check: callers, fronts and cards
 *
 * In an organization a certificate is one caller's and a card one person's. What the uids of
 * fronts are is known only later (fronts.c).
 */
#include <inttypes.h>
#include <stdlib.h>

#include "policy/check.h"
#include "policy/limits.h"

/* ---- Certificates ---- */

static int certificate_compare(const void *left, const void *right)
{
        const ModelCaller *a = *(const ModelCaller *const *)left;
        const ModelCaller *b = *(const ModelCaller *const *)right;
        int order = fingerprint_compare(&a->certificate, &b->certificate);
        return order != 0 ? order : (a > b) - (a < b);
}

static void certificates_check(Check *check, const ModelOrganization *organization)
{
        size_t count = 0;
        _cleanup_free_ const ModelCaller **callers =
                calloc((size_t)organization->callers.count + 1, sizeof(*callers));
        if (!callers) {
                check->failed = true;
                return;
        }
        for (uint32_t i = 0; i < organization->callers.count; i++)
                if (organization->callers.items[i].certificate_stated)
                        callers[count++] = &organization->callers.items[i];
        qsort(callers, count, sizeof(*callers), certificate_compare);
        for (size_t i = 1, first = 0; i < count; i++) {
                char name[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
                if (fingerprint_compare(&callers[first]->certificate, &callers[i]->certificate) !=
                    0) {
                        first = i;
                        continue;
                }
                diagnostics_error(check->model->diagnostics, callers[i]->place,
                                  "this certificate belongs to caller \"%s\" already, at %s",
                                  check_name(callers[first]->name, name),
                                  check_place(check, callers[first]->place, at));
        }
}

/* Says once that nobody can come by certificate. */
static void way_in_check(const Check *check)
{
        const Model *model = check->model;
        char name[CHECK_NAME_SIZE];
        if (model->settings.fronts.count > 0 || model->settings.incomplete)
                return;
        for (uint32_t i = 0; i < model->organizations.count; i++)
                for (uint32_t k = 0; k < model->organizations.items[i].callers.count; k++) {
                        const ModelCaller *caller = &model->organizations.items[i].callers.items[k];
                        if (!caller->certificate_stated)
                                continue;
                        diagnostics_warning(model->diagnostics, caller->place,
                                            "caller \"%s\" comes by a certificate, which no front "
                                            "states: \"fronts\" in doorward.conf lists none",
                                            check_name(caller->name, name));
                        return;
                }
}

/* ---- Cards ---- */

typedef struct CardOwner {
        uint64_t number;
        const char *user;
        Place place;
        uint32_t order;
} CardOwner;

static int card_compare(const void *left, const void *right)
{
        const CardOwner *a = left, *b = right;
        if (a->number != b->number)
                return a->number < b->number ? -1 : 1;
        return (a->order > b->order) - (a->order < b->order);
}

/* Lists an organization's cards by number. Return: owned by the caller; NULL without memory. */
static CardOwner *cards_collect(const ModelOrganization *organization, size_t *ret_count)
{
        size_t count = 0, filled = 0;
        for (uint32_t i = 0; i < organization->users.count; i++)
                count += organization->users.items[i].cards.count;
        CardOwner *cards = calloc(count + 1, sizeof(*cards));
        for (uint32_t i = 0; i < organization->users.count && cards; i++) {
                const ModelUser *user = &organization->users.items[i];
                for (uint32_t k = 0; k < user->cards.count; k++, filled++)
                        cards[filled] = (CardOwner){ user->cards.items[k].number, user->name,
                                                     user->cards.items[k].place, (uint32_t)filled };
        }
        if (count > 0 && cards)
                qsort(cards, count, sizeof(*cards), card_compare);
        *ret_count = count;
        return cards;
}

static void cards_check(Check *check, const ModelOrganization *organization)
{
        size_t count;
        _cleanup_free_ CardOwner *cards = cards_collect(organization, &count);
        if (!cards) {
                check->failed = true;
                return;
        }
        for (size_t i = 1, first = 0; i < count; i++) {
                char name[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
                if (cards[i].number != cards[first].number) {
                        first = i;
                        continue;
                }
                diagnostics_error(check->model->diagnostics, cards[i].place,
                                  "card %" PRIu64 " belongs to user \"%s\" already, at %s",
                                  cards[i].number, check_name(cards[first].user, name),
                                  check_place(check, cards[first].place, at));
        }
}

/* ---- Fronts ---- */

static void fronts_check(Check *check)
{
        const ModelHostSettings *settings = &check->model->settings;
        check_duplicates(check, NAMED_LIST("front", settings->fronts, ModelFront));
        if (settings->fronts.count > FRONTS_MAX)
                diagnostics_error(check->model->diagnostics,
                                  settings->fronts.items[FRONTS_MAX].place,
                                  "there are more than %d fronts", FRONTS_MAX);
}

void check_callers(Check *check)
{
        for (uint32_t i = 0; i < check->model->organizations.count && !check->failed; i++) {
                certificates_check(check, &check->model->organizations.items[i]);
                if (!check->failed)
                        cards_check(check, &check->model->organizations.items[i]);
        }
        if (check->failed)
                return;
        fronts_check(check);
        way_in_check(check);
}
