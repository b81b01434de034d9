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
        return decision;
}

static bool list_holds(const Delegation *delegation, const Engine *engine,
                       const ImageLockdown *lockdown)
{
        bool known = delegation->subject.user != IMAGE_NONE || delegation->subject.mapped;
        bool starts = delegation->query->kind == QUERY_START_LOCKDOWN;
        return known && people_hold(engine, starts ? &lockdown->trigger : &lockdown->release);
}

/* Whoever is listed and has no authority otherwise is told what keeps the list from helping him. */
static Decision list_decide(const Delegation *delegation, const ImageLockdown *lockdown)
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
        Reason reason = REASON_NOT_PERMITTED;
        if (list_holds(delegation, &engine, lockdown))
                reason = access_of_person(&engine, &finding);
        if (reason == REASON_NONE)
                return listed(delegation, lockdown);
        Decision decision = delegation_deny(delegation, reason, finding.place);
        decision.note = finding.note;
        return decision;
}

/* Whether it is on is known to live state only; where that is not considered, nothing is said. */
static Reason state_objection(const Delegation *delegation, const LiveNote **ret_note)
{
        const DecisionContext *context = delegation->context;
        *ret_note = NULL;
        if (!context->live)
                return REASON_NONE;
        if (context->live->unknown)
                return REASON_LIVE_STATE_UNKNOWN;
        const LiveLockdown *live = live_lockdown_find(context->live, delegation->target.index);
        bool on = live && !decision_has_ended(context, live->until_s);
        bool starts = delegation->query->kind == QUERY_START_LOCKDOWN;
        *ret_note = on && starts ? live->note : NULL;
        return on == starts ? REASON_NO_CHANGE : REASON_NONE;
}

static Decision authority_decide(const Delegation *delegation, const ImageLockdown *lockdown)
{
        Decision by_list = list_decide(delegation, lockdown), decision;
        if (by_list.outcome == OUTCOME_ALLOW)
                return by_list;
        if (delegation_asker_fits(delegation, &decision))
                decision = delegation_decide_needs(delegation);
        bool is_nearer = decision.outcome == OUTCOME_DENY && by_list.reason != REASON_NOT_PERMITTED;
        return is_nearer ? by_list : decision;
}

Decision delegation_lockdown(const Delegation *delegation)
{
        const LiveNote *note;
        const ImageLockdown *lockdown =
                image_inline_lockdown(delegation->image, delegation->target.index);
        if (delegation->target_reason != REASON_NONE)
                return delegation_error(delegation, delegation->target_reason);
        if (delegation->target.type != RESOURCE_LOCKDOWN || !lockdown)
                return delegation_error(delegation, REASON_CORRUPT_IMAGE);
        Decision decision = authority_decide(delegation, lockdown);
        Reason reason = decision.outcome == OUTCOME_ALLOW ? state_objection(delegation, &note)
                                                          : REASON_NONE;
        if (reason == REASON_NONE)
                return decision;
        decision = delegation_overrule(decision, reason, lockdown->place);
        decision.note = note;
        return decision;
}
