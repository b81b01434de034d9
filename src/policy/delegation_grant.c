/* SPDX-License-Identifier: MIT */
/*
 * Delegation: grant, revoke
 *
 * The same question twice: whoever may give a role may take it, at the place where it is recorded.
 * Granting has more to look at: the holder must be a member, and the rule that nobody grants to
 * himself is a condition of the granting permission alone.
 */
#include "policy/delegation.h"

#define PLACE_NONE ((ImagePlace){ IMAGE_NONE, 0 })

/* The place of a legacy role that a user holds himself; none when it is not found. */
static ImagePlace legacy_place(const Delegation *delegation, const ImageUser *user)
{
        for (uint32_t i = 0; i < user->grants.count; i++) {
                const ImageGrant *grant =
                        image_inline_grant(delegation->image, user->grants.first + i);
                const ImageRole *role =
                        grant ? image_inline_role(delegation->image, grant->role) : NULL;
                if (role && role->flags & IMAGE_ROLE_LEGACY)
                        return grant->place;
        }
        return PLACE_NONE;
}

/* The target when it is a user with legacy roles; NULL otherwise. */
static const ImageUser *legacy_user(const Delegation *delegation, const Target *target)
{
        const ImageUser *user = target->type == RESOURCE_USER
                                        ? image_inline_user(delegation->image, target->index)
                                        : NULL;
        return user && user->flags & IMAGE_USER_HAS_LEGACY_ROLE ? user : NULL;
}

/* What stands against it although the asker has the authority. Return: REASON_NONE, or why. */
static Reason objection(const Delegation *delegation, const Handing *handing, const Target *target,
                        ImagePlace *ret_place)
{
        const ImageRole *role = image_inline_role(delegation->image, handing->role);
        const ImageUser *frozen = legacy_user(delegation, target);
        Reason reason = delegation_holder_fits(delegation, handing->role, target, !handing->revokes,
                                               ret_place);
        if (reason != REASON_NONE)
                return reason;
        if (role->flags & IMAGE_ROLE_FROZEN && frozen) {
                *ret_place = legacy_place(delegation, frozen);
                return REASON_LEGACY_FROZEN;
        }
        const ImageGrant *recorded =
                delegation_recorded(delegation, target, handing->role, handing->site);
        if (handing->revokes)
                return recorded ? REASON_NONE : REASON_NO_CHANGE;
        if (recorded)
                *ret_place = recorded->place;
        return recorded ? REASON_NO_CHANGE : REASON_NONE;
}

/* A legacy role is granted to and revoked from nobody; somebody who holds one has to be migrated.
 */
static Decision not_grantable(const Delegation *delegation, const Handing *handing,
                              const Target *target, Decision decision)
{
        const ImageRole *role = image_inline_role(delegation->image, handing->role);
        const ImageUser *frozen = legacy_user(delegation, target);
        if (role->flags & IMAGE_ROLE_LEGACY && frozen)
                return delegation_overrule(decision, REASON_LEGACY_FROZEN,
                                           legacy_place(delegation, frozen));
        return decision;
}

Decision delegation_grant(const Delegation *delegation)
{
        const Query *query = delegation->query;
        Handing handing = { .acted_on = &query->resource, .revokes = query->kind == QUERY_REVOKE };
        Decision decision;
        Target target;
        Reason role_reason =
                delegation_find_role(delegation, &query->roles[0], &handing.role, &handing.site);
        if (role_reason != REASON_NONE && role_reason != REASON_WRONG_LEVEL)
                return delegation_refuse_role(delegation, role_reason);
        Reason reason = policy_find_target(delegation->image, &query->resource, &target);
        if (reason != REASON_NONE)
                return delegation_error(delegation, reason);
        if (!delegation_asker_fits(delegation, &decision))
                return decision;
        if (role_reason != REASON_NONE)
                return delegation_refuse_role(delegation, role_reason);

        decision = delegation_authority(delegation, &handing);
        if (decision.reason == REASON_NOT_GRANTABLE)
                return not_grantable(delegation, &handing, &target, decision);
        if (decision.outcome != OUTCOME_ALLOW)
                return decision;
        ImagePlace place = PLACE_NONE;
        reason = objection(delegation, &handing, &target, &place);
        return reason == REASON_NONE ? decision : delegation_overrule(decision, reason, place);
}
