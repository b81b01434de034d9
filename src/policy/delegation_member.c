/* SPDX-License-Identifier: MIT */
/*
 * Delegation: members
 *
 * Changing who is in a group takes the authority over every role that the group carries; who is in
 * an access group is decided by permissions of their own.
 */
#include "policy/delegation.h"

Decision delegation_member(const Delegation *delegation)
{
        Decision decision;
        ImagePlace place;
        if (delegation->target_reason != REASON_NONE)
                return delegation_error(delegation, delegation->target_reason);
        if (!delegation_asker_fits(delegation, &decision))
                return decision;
        Reason reason = delegation_group_objection(delegation, &place);
        if (reason == REASON_CORRUPT_IMAGE)
                return delegation_error(delegation, reason);
        if (reason != REASON_NONE)
                return delegation_deny(delegation, reason, place);
        decision = delegation_decide_needs(delegation);
        bool adds = delegation->query->kind == QUERY_ADD_MEMBER;
        if (decision.outcome != OUTCOME_ALLOW || delegation_is_in_group(delegation) != adds)
                return decision;
        return delegation_overrule(decision, REASON_NO_CHANGE, delegation_user(delegation)->place);
}
