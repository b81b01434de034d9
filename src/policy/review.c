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

/* Asks on `count` resources of a type, which begin at `first`. */
static int range_ask(const WhatCan *search, const Subject *subject, ResourceType type,
                     ImageRange range)
{
        char buffer[RESOURCE_TEXT_SIZE];
        int result = 0;
        for (uint32_t i = 0; i < range.count && result == 0; i++) {
                uint32_t index = range.first + i;
                Target target;
                Text resource = image_resource(search->image, type, index, buffer, sizeof(buffer));
                const ImageObject *object = image_inline_object(search->image, index);
                if (resource.size == 0 ||
                    !target_of_index(search->image, subject->organization, type, index, &target))
                        return REASON_CORRUPT_IMAGE;
                bool is_object = type == RESOURCE_ROLL_CALL_TEMPLATE || type == RESOURCE_ENTITY;
                if (!is_object || object->type == type)
                        result = target_ask(search, subject, &target, resource);
        }
        return result;
}

static int organization_ask(const WhatCan *search, uint32_t index)
{
        const ImageOrganization *organization = image_organization(search->image, index);
        Subject subject;
        if (policy_find_subject(search->image, search->context, index, search->user, &subject) !=
            REASON_NONE)
                return 0;
        const struct {
                ResourceType type;
                ImageRange range;
        } PARTS[] = {
                { RESOURCE_ORGANIZATION, { index, 1 } },
                { RESOURCE_SITE, organization->sites },
                { RESOURCE_DOOR, organization->doors },
                { RESOURCE_HOST, organization->hosts },
                { RESOURCE_USER, organization->users },
                { RESOURCE_ACCESS_GROUP, organization->access_groups },
                { RESOURCE_ROLL_CALL_TEMPLATE, organization->objects },
                { RESOURCE_ENTITY, organization->objects },
        };
        int result = 0;
        for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]) && result == 0; i++)
                result = range_ask(search, &subject, PARTS[i].type, PARTS[i].range);
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
