/* SPDX-License-Identifier: MIT */
/*
 * Delegation: members
 *
 * Changing who is in a group takes the authority over every role that the group carries; who is in
 * an access group is decided by permissions of their own.
 */
#include "policy/delegation.h"

/* Of several denials the farthest from an allow is told, so that the order of a group's roles does
 * not matter. */
static uint64_t farness(const Decision *decision)
{
        if (decision->outcome != OUTCOME_DENY)
                return 0;
        if (decision->reason == REASON_NOT_GRANTABLE)
                return UINT64_MAX;
        return UINT64_MAX - 1 - ((uint64_t)decision->failed_gate << 32) -
               (uint64_t)decision->failed_condition;
}

/* Decides about all that is needed. */
static Decision needs_decide(const Delegation *delegation)
{
        Decision farthest = delegation_error(delegation, REASON_CORRUPT_IMAGE);
        Needs needs = { 0 };
        for (Need need; delegation_next_need(delegation, &needs, &need);) {
                bool first = farthest.outcome == OUTCOME_ERROR;
                Decision decision = delegation_decide_need(delegation, &need);
                if (decision.outcome == OUTCOME_ERROR)
                        return decision;
                if (first || farness(&decision) > farness(&farthest))
                        farthest = decision;
        }
        return farthest;
}

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
        decision = needs_decide(delegation);
        bool adds = delegation->query->kind == QUERY_ADD_MEMBER;
        if (decision.outcome != OUTCOME_ALLOW || delegation_is_in_group(delegation) != adds)
                return decision;
        return delegation_overrule(decision, REASON_NO_CHANGE, delegation_user(delegation)->place);
}
