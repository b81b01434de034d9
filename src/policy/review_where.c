/* SPDX-License-Identifier: MIT */
/*
 * Review: where can this person do this
 *
 * The permission is asked on every resource of the type. Nothing is derived, so nothing can be
 * derived wrongly.
 */
#include "policy/engine.h"
#include "policy/limits.h"
#include "policy/review.h"
#include "policy/review_range.h"

#define RESOURCE_TEXT_SIZE (RESOURCE_SIZE_MAX + 64)

typedef struct WhereCan {
        const Image *image;
        const DecisionContext *context;
        uint32_t permission;
        ResourceType type;
        Text prefix;
        WhereCanFound found;
        void *data;
} WhereCan;

/* Whether the path of a resource, behind its type, begins as wanted. */
static bool begins_as_wanted(const WhereCan *search, Text resource)
{
        Text type, path;
        return search->prefix.size == 0 ||
               (text_split_first(resource, ':', &type, &path) && path.size >= search->prefix.size &&
                text_equal((Text){ path.data, search->prefix.size }, search->prefix));
}

static int resource_ask(const WhereCan *search, const Subject *subject, uint32_t index)
{
        char buffer[RESOURCE_TEXT_SIZE];
        Target target;
        Text resource = image_resource(search->image, search->type, index, buffer, sizeof(buffer));
        if (resource.size == 0 ||
            !target_of_index(search->image, subject->organization, search->type, index, &target))
                return REASON_CORRUPT_IMAGE;
        if (!begins_as_wanted(search, resource))
                return 0;
        Decision decision = policy_decide_found(search->image, search->context, subject,
                                                search->permission, &target, NULL, NULL);
        if (decision.outcome == OUTCOME_ERROR)
                return decision.reason;
        return decision.outcome == OUTCOME_ALLOW
                       ? search->found(search->data, resource, &target, &decision)
                       : 0;
}

static int organization_ask(const WhereCan *search, const Subject *subject)
{
        uint32_t organization = subject->organization;
        ImageRange range = review_range(image_organization(search->image, organization),
                                        organization, search->type);
        int result = 0;
        for (uint32_t i = 0; i < range.count && result == 0; i++)
                if (review_is_of_type(search->image, search->type, range.first + i))
                        result = resource_ask(search, subject, range.first + i);
        return result;
}

int policy_where_can(const Image *image, const DecisionContext *context, Text user, Text permission,
                     ResourceType type, Text prefix, WhereCanFound found, void *data)
{
        WhereCan search = { image, context, image_find_permission(image, permission), type, prefix,
                            found, data };
        const ImagePermission *record = image_permission(image, search.permission);
        if (!record)
                return REASON_UNKNOWN_PERMISSION;
        if (!review_type_is_listed(type) || !(record->scopes & resource_type_scopes(type)))
                return REASON_UNKNOWN_RESOURCE;
        int result = 0;
        uint32_t count = image_count(image, IMAGE_ORGANIZATIONS);
        for (uint32_t i = 0; i < count && result == 0; i++) {
                Subject subject;
                if (policy_find_subject(image, context, i, user, &subject) == REASON_NONE)
                        result = organization_ask(&search, &subject);
        }
        return result;
}
