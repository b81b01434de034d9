/* SPDX-License-Identifier: MIT */
/*
 * Review: what can this person do
 *
 * Every permission is asked on every resource of its scope. Nothing is derived, so nothing can be
 * derived wrongly.
 */
#include "policy/review.h"

#include "policy/engine.h"
#include "policy/limits.h"
#include "policy/review_range.h"

#define RESOURCE_TEXT_SIZE (RESOURCE_SIZE_MAX + 64)

typedef struct WhatCan {
        const Image *image;
        const DecisionContext *context;
        Text user;
        WhatCanFound found;
        void *data;
} WhatCan;

/* Asks for all permissions on one target. */
static int target_ask(const WhatCan *search, const Subject *subject, const Target *target,
                      Text resource)
{
        for (uint32_t i = 0; i < image_count(search->image, IMAGE_PERMISSIONS); i++) {
                const ImagePermission *permission = image_inline_permission(search->image, i);
                if (!(permission->scopes & target->scopes))
                        continue;
                Decision decision = policy_decide_found(search->image, search->context, subject, i,
                                                        target, NULL, NULL);
                if (decision.outcome == OUTCOME_ERROR)
                        return decision.reason;
                if (decision.outcome != OUTCOME_ALLOW)
                        continue;
                int result =
                        search->found(search->data, image_string(search->image, permission->name),
                                      resource, &decision);
                if (result != 0)
                        return result;
        }
        return 0;
}

/* Asks on all resources of a type. */
static int type_ask(const WhatCan *search, const Subject *subject, ResourceType type)
{
        char buffer[RESOURCE_TEXT_SIZE];
        uint32_t organization = subject->organization;
        ImageRange range =
                review_range(image_organization(search->image, organization), organization, type);
        int result = 0;
        for (uint32_t i = 0; i < range.count && result == 0; i++) {
                uint32_t index = range.first + i;
                Target target;
                if (!review_is_of_type(search->image, type, index))
                        continue;
                Text resource = image_resource(search->image, type, index, buffer, sizeof(buffer));
                if (resource.size == 0 ||
                    !target_of_index(search->image, organization, type, index, &target))
                        return REASON_CORRUPT_IMAGE;
                result = target_ask(search, subject, &target, resource);
        }
        return result;
}

static int organization_ask(const WhatCan *search, uint32_t index)
{
        Subject subject;
        int result = 0;
        if (policy_find_subject(search->image, search->context, index, search->user, &subject) !=
            REASON_NONE)
                return 0;
        for (size_t i = 0; i < REVIEW_TYPES_MAX && result == 0; i++)
                result = type_ask(search, &subject, review_types()[i]);
        return result;
}

int policy_what_can(const Image *image, const DecisionContext *context, Text user,
                    const Resource *resource, WhatCanFound found, void *data)
{
        WhatCan search = { image, context, user, found, data };
        if (!resource) {
                int result = 0;
                uint32_t count = image_count(image, IMAGE_ORGANIZATIONS);
                for (uint32_t i = 0; i < count && result == 0; i++)
                        result = organization_ask(&search, i);
                return result;
        }
        Target target;
        Subject subject;
        Reason reason = policy_find_target(image, resource, &target);
        if (reason != REASON_NONE)
                return reason;
        if (policy_find_subject(image, context, target.organization, user, &subject) != REASON_NONE)
                return 0;
        return target_ask(&search, &subject, &target, resource->whole);
}
