/* SPDX-License-Identifier: MIT */
/*
 * Delegation: members
 *
 * Putting somebody into a group that carries roles gives him all of them, and so takes the
 * authority to grant each to him; otherwise the rule that nobody grants to himself would be void.
 * Who is in an access group is decided by permissions of their own.
 */
#include "policy/delegation.h"

#define PLACE_NONE ((ImagePlace){ IMAGE_NONE, 0 })

/* What is looked up: the user, and the group. */
typedef struct Membership {
        Target user, group;
        const ImageUser *record;
        bool adds;
} Membership;

/* Decides about each role of a group as if it were handed to the user himself.
 * Return: the allow of the last role, or the first denial; ret_any: whether it carries any. */
static Decision group_roles_decide(const Delegation *delegation, const Membership *membership,
                                   ImageRange grants, bool *ret_any)
{
        const Image *image = delegation->image;
        Decision decision = delegation_deny(delegation, REASON_NOT_PERMITTED, PLACE_NONE);
        *ret_any = false;
        for (uint32_t i = 0; i < grants.count; i++) {
                const ImageGrant *grant = image_inline_grant(image, grants.first + i);
                const ImageRole *role = grant ? image_inline_role(image, grant->role) : NULL;
                if (!role)
                        return delegation_error(delegation, REASON_CORRUPT_IMAGE);
                bool gives_nothing = role->ladder != IMAGE_NONE && role->rank == 0;
                if (gives_nothing || grant->until_s <= delegation->context->now_s)
                        continue;
                *ret_any = true;
                Handing handing = { .role = grant->role,
                                    .site = grant->site,
                                    .acted_on = &delegation->query->resource,
                                    .revokes = !membership->adds };
                decision = delegation_authority(delegation, &handing);
                if (decision.outcome != OUTCOME_ALLOW)
                        return decision;
        }
        return decision;
}

static Decision group_decide(const Delegation *delegation, const Membership *membership)
{
        const Image *image = delegation->image;
        const ImageGroup *group = image_inline_group(image, membership->group.index);
        Target organization;
        if (!group || !target_of_index(image, delegation->organization, RESOURCE_ORGANIZATION,
                                       delegation->organization, &organization))
                return delegation_error(delegation, REASON_CORRUPT_IMAGE);
        if (group->flags & IMAGE_GROUP_SYNCED)
                return delegation_deny(delegation, REASON_SYNCED, group->place);
        if (membership->adds && !(membership->record->flags & IMAGE_USER_MEMBER))
                return delegation_deny(delegation, REASON_NOT_A_MEMBER, membership->record->place);
        bool any;
        Decision decision = group_roles_decide(delegation, membership, group->grants, &any);
        if (any)
                return decision;
        Query query = { .user = delegation->query->user, .with_count = 1 };
        query.with[0] = delegation->query->resource;
        return delegation_command(delegation, PERMISSION_COMMAND_CHANGE_MEMBERS, &organization,
                                  &query);
}

static Decision access_group_decide(const Delegation *delegation, const Membership *membership)
{
        Query query = { .user = delegation->query->user, .with_count = 1 };
        query.with[0] = delegation->query->resource;
        return delegation_command(delegation,
                                  membership->adds ? PERMISSION_COMMAND_ADD_TO_ACCESS_GROUP
                                                   : PERMISSION_COMMAND_REMOVE_FROM_ACCESS_GROUP,
                                  &membership->group, &query);
}

Decision delegation_member(const Delegation *delegation)
{
        const Image *image = delegation->image;
        const Query *query = delegation->query;
        Membership membership = { .adds = query->kind == QUERY_ADD_MEMBER };
        Decision decision;
        Reason reason = policy_find_target(image, &query->resource, &membership.user);
        if (reason == REASON_NONE)
                reason = policy_find_target(image, &query->with[0], &membership.group);
        if (reason != REASON_NONE)
                return delegation_error(delegation, reason);
        if (!delegation_asker_fits(delegation, &decision))
                return decision;
        membership.record = image_inline_user(image, membership.user.index);
        if (!membership.record)
                return delegation_error(delegation, REASON_CORRUPT_IMAGE);
        bool of_group = membership.group.type == RESOURCE_GROUP;
        decision = of_group ? group_decide(delegation, &membership)
                            : access_group_decide(delegation, &membership);
        if (decision.outcome != OUTCOME_ALLOW)
                return decision;
        ImageRange list = of_group ? membership.record->groups : membership.record->access_groups;
        bool is_in = numbers_hold(image, list, membership.group.index);
        return is_in == membership.adds
                       ? delegation_overrule(decision, REASON_NO_CHANGE, membership.record->place)
                       : decision;
}
