/* SPDX-License-Identifier: MIT */
/*
 * Lockdowns: starting and ending one
 *
 * Whoever the lockdown lists may, and so may who has the say over every site of its doors. A
 * suspended person's being listed does not count.
 */
#include "policy/delegation.h"

static Decision listed(const Delegation *delegation, const ImageLockdown *lockdown)
{
        Decision decision = delegation_deny(delegation, REASON_LISTED, lockdown->place);
        decision.outcome = OUTCOME_ALLOW;
        decision.lockdown = delegation->target.index;
        return decision;
}

static bool is_listed(const Delegation *delegation, const ImageLockdown *lockdown)
{
        Engine engine = {
                .image = delegation->image,
                .context = delegation->context,
                .subject = &delegation->subject,
                .user = image_inline_user(delegation->image, delegation->subject.user),
                .target = &delegation->target,
                .permission = IMAGE_NONE,
        };
        Finding finding = FINDING_NONE;
        bool starts = delegation->query->kind == QUERY_START_LOCKDOWN;
        return people_hold(&engine, starts ? &lockdown->trigger : &lockdown->release) &&
               access_of_person(&engine, &finding) == REASON_NONE;
}

/* The last of the needs when all are met, else the first that is not. */
static Decision needs_decide(const Delegation *delegation)
{
        Decision decision =
                delegation_deny(delegation, REASON_NOT_PERMITTED, (ImagePlace){ IMAGE_NONE, 0 });
        Needs needs = { 0 };
        for (Need need; delegation_next_need(delegation, &needs, &need);) {
                decision = delegation_decide_need(delegation, &need);
                if (decision.outcome != OUTCOME_ALLOW)
                        break;
        }
        return decision;
}

/* Whether it is on is known to live state only; where that is not considered, nothing is said. */
static Reason state_objection(const Delegation *delegation)
{
        const DecisionContext *context = delegation->context;
        if (!context->live)
                return REASON_NONE;
        if (context->live->unknown)
                return REASON_LIVE_STATE_UNKNOWN;
        const LiveLockdown *live = live_lockdown_find(context->live, delegation->target.index);
        bool on = live && (context->clock_untrusted || context->now_s < live->until_s);
        bool starts = delegation->query->kind == QUERY_START_LOCKDOWN;
        return on == starts ? REASON_NO_CHANGE : REASON_NONE;
}

Decision delegation_lockdown(const Delegation *delegation)
{
        Decision decision;
        const ImageLockdown *lockdown =
                image_inline_lockdown(delegation->image, delegation->target.index);
        if (delegation->target_reason != REASON_NONE)
                return delegation_error(delegation, delegation->target_reason);
        if (delegation->target.type != RESOURCE_LOCKDOWN || !lockdown)
                return delegation_error(delegation, REASON_CORRUPT_IMAGE);
        bool known = delegation->subject.user != IMAGE_NONE || delegation->subject.mapped;
        if (known && is_listed(delegation, lockdown))
                decision = listed(delegation, lockdown);
        else if (delegation_asker_fits(delegation, &decision))
                decision = needs_decide(delegation);
        Reason reason =
                decision.outcome == OUTCOME_ALLOW ? state_objection(delegation) : REASON_NONE;
        return reason == REASON_NONE ? decision
                                     : delegation_overrule(decision, reason, lockdown->place);
}
