/* SPDX-License-Identifier: MIT */
/*
 * Deciding about a role
 *
 * What a host session asks: does the person hold this role or a higher one of its ladder here. Any
 * role of the ladder that reaches the rank answers it, so no other has to be looked at.
 */
#include "policy/roles.h"

typedef struct RoleSearch {
        const Engine *engine;
        uint32_t wanted;
        const ImageRole *record;
        Decision *decision;
} RoleSearch;

/* Says whether a role is the wanted one or stands above it. */
static bool role_reaches(const RoleSearch *search, uint32_t held)
{
        const ImageRole *role = image_inline_role(search->engine->image, held);
        if (held == search->wanted)
                return true;
        return role && search->record->ladder != IMAGE_NONE &&
               role->ladder == search->record->ladder && role->rank >= search->record->rank;
}

static bool held_reaches(const RoleSearch *search, const ImageHeld *held)
{
        const Engine *engine = search->engine;
        StepKind why_not = STEP_ROLE_ELSEWHERE;
        bool in_force = held_covers(held, engine->target->position) &&
                        held_is_in_force(engine, held, engine->target->position, &why_not);
        if (!role_reaches(search, held->role)) {
                step_of_held(engine, in_force ? STEP_ROLE_LACKS : why_not, held);
                return false;
        }
        step_of_held(engine, in_force ? STEP_GIVES : why_not, held);
        if (why_not == STEP_CLOCK_UNTRUSTED && !in_force)
                search->decision->reason = REASON_CLOCK_UNTRUSTED;
        if (!in_force)
                return false;
        search->decision->outcome = OUTCOME_ALLOW;
        search->decision->reason = REASON_GRANTED_BY_ROLE;
        search->decision->role = held->role;
        search->decision->grant = held->grant;
        search->decision->place = held_place(engine, held);
        return true;
}

static void runs_decide(const RoleSearch *search)
{
        uint32_t count;
        HeldRuns runs = held_runs(search->engine);
        for (const ImageHeld *held; (held = held_runs_next(&runs, &count));)
                for (uint32_t i = 0; i < count; i++)
                        if (held_reaches(search, &held[i]))
                                return;
}

Decision policy_decide_role(const Image *image, const DecisionContext *context,
                            const Subject *subject, uint32_t role, const Target *target,
                            Recorder *recorder)
{
        Engine engine = {
                .image = image,
                .context = context,
                .subject = subject,
                .target = target,
                .recorder = recorder,
                .permission = IMAGE_NONE,
        };
        Decision decision;
        if (!policy_engine_start(&engine, &decision))
                return decision;
        RoleSearch search = {
                .engine = &engine,
                .wanted = role,
                .record = image_inline_role(image, role),
                .decision = &decision,
        };
        if (!search.record) {
                decision.outcome = OUTCOME_ERROR;
                decision.reason = REASON_CORRUPT_IMAGE;
        } else if (!subject->member) {
                policy_not_a_member(&engine, &decision);
        } else {
                runs_decide(&search);
                if (decision.outcome == OUTCOME_ALLOW)
                        policy_gates_decide(&engine, GATE_ACCESS_IN_FORCE, &decision);
        }
        return decision;
}
