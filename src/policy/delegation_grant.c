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

/* A legacy role is granted to and revoked from nobody; somebody who holds one has to be migrated.
 */
static Decision not_grantable(const Delegation *delegation, Decision decision)
{
        const ImageUser *user = delegation_user(delegation);
        const ImageRole *role = image_inline_role(delegation->image, decision.handed_role);
        const ImageGrant *legacy =
                user ? legacy_grant(delegation->image, delegation->context, user) : NULL;
        if (role && role->flags & IMAGE_ROLE_LEGACY && legacy)
                return delegation_overrule(decision, REASON_LEGACY_FROZEN, legacy->place);
        return decision;
}

Decision delegation_grant(const Delegation *delegation)
{
        uint32_t role, site = IMAGE_NONE;
        Decision decision;
        Reason role_reason =
                delegation_find_role(delegation, &delegation->query->roles[0], &role, &site);
        if (role_reason != REASON_NONE && role_reason != REASON_WRONG_LEVEL)
                return delegation_error(delegation, role_reason);
        if (delegation->target_reason != REASON_NONE)
                return delegation_error(delegation, delegation->target_reason);
        if (!delegation_asker_fits(delegation, &decision))
                return decision;
        if (role_reason != REASON_NONE)
                return delegation_deny(delegation, role_reason, PLACE_NONE);

        decision = delegation_decide_need(delegation, &(Need){ .role = role, .site = site });
        if (decision.reason == REASON_NOT_GRANTABLE)
                return not_grantable(delegation, decision);
        if (decision.outcome != OUTCOME_ALLOW)
                return decision;
        ImagePlace place = PLACE_NONE;
        Reason reason = delegation_objection(delegation, role, site, &place);
        return reason == REASON_NONE ? decision : delegation_overrule(decision, reason, place);
}
