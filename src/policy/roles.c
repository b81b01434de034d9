/* SPDX-License-Identifier: MIT */
/*
 * Roles in force
 *
 * The rarer half: grants with an interval, roles that require others, people with several runs.
 */
#include "policy/roles.h"

void step_of_held(const Engine *engine, StepKind kind, const ImageHeld *held)
{
        if (!engine->recorder)
                return;
        step(engine, &(Step){ .kind = kind,
                              .role = held->role,
                              .grant = held->grant,
                              .implied = held->flags & IMAGE_HELD_IMPLIED,
                              .access_level = IMAGE_NONE,
                              .lockdown = IMAGE_NONE,
                              .place = { IMAGE_NONE, 0 } });
}

ImagePlace membership_place(const Engine *engine)
{
        if (engine->user)
                return engine->user->place;
        MappedGroups walk = mapped_groups(engine);
        for (const ImageMappedGroup *mapped; (mapped = mapped_groups_next(&walk));)
                if (mapped->member)
                        return mapped->place;
        return (ImagePlace){ IMAGE_NONE, 0 };
}

static bool grant_holds_now(const Engine *engine, const ImageHeld *held)
{
        if (!(held->flags & IMAGE_HELD_TIMED))
                return true;
        if (engine->context->clock_untrusted)
                return false;
        const ImageGrant *grant = image_inline_grant(engine->image, held->grant);
        int64_t now_s = engine->context->now_s;
        return grant && grant->from_s <= now_s && now_s < grant->until_s;
}

/* Says whether a held role is this one, or an organization's variant of it. */
static bool role_is(const Engine *engine, uint32_t held, uint32_t wanted)
{
        const ImageRole *role = held == wanted ? NULL : image_inline_role(engine->image, held);
        return held == wanted || (role && role->base == wanted);
}

bool any_required_role_is_held(const Engine *engine, const uint32_t *roles, uint32_t count,
                               uint32_t position, StepKind *ret_why_not)
{
        uint32_t held_count;
        HeldRuns runs = held_runs(engine);
        *ret_why_not = STEP_ROLE_NEEDS_ANOTHER;
        for (const ImageHeld *held; (held = held_runs_next(&runs, &held_count));)
                for (uint32_t i = 0; i < held_count; i++)
                        for (uint32_t j = 0; j < count; j++) {
                                if (!role_is(engine, held[i].role, roles[j]) ||
                                    !held_covers(&held[i], position))
                                        continue;
                                if (grant_holds_now(engine, &held[i]))
                                        return true;
                                if (engine->context->clock_untrusted)
                                        *ret_why_not = STEP_CLOCK_UNTRUSTED;
                        }
        return false;
}

bool any_role_is_held(const Engine *engine, const uint32_t *roles, uint32_t count,
                      uint32_t position)
{
        StepKind why_not;
        return any_required_role_is_held(engine, roles, count, position, &why_not);
}

bool any_site_role_is_held(const Engine *engine, uint32_t position, StepKind *ret_why_not)
{
        uint32_t count;
        HeldRuns runs = held_runs(engine);
        *ret_why_not = STEP_ROLE_ELSEWHERE;
        for (const ImageHeld *held; (held = held_runs_next(&runs, &count));)
                for (uint32_t i = 0; i < count; i++) {
                        const ImageRole *role = image_inline_role(engine->image, held[i].role);
                        StepKind why_not;
                        if (!role || role->level != ROLE_LEVEL_SITE ||
                            !held_covers(&held[i], position))
                                continue;
                        if (held_is_in_force(engine, &held[i], position, &why_not))
                                return true;
                        if (why_not == STEP_CLOCK_UNTRUSTED)
                                *ret_why_not = why_not;
                }
        return false;
}

bool held_is_in_force(const Engine *engine, const ImageHeld *held, uint32_t position,
                      StepKind *ret_why_not)
{
        *ret_why_not = engine->context->clock_untrusted ? STEP_CLOCK_UNTRUSTED : STEP_ROLE_NOT_NOW;
        if (!grant_holds_now(engine, held))
                return false;
        if (!(held->flags & IMAGE_HELD_REQUIRES))
                return true;
        *ret_why_not = STEP_ROLE_NEEDS_ANOTHER;
        const ImageRole *role = image_inline_role(engine->image, held->role);
        if (!role)
                return false;
        uint32_t count;
        const uint32_t *required = image_inline_numbers(engine->image, role->requires, &count);
        return any_required_role_is_held(engine, required, count, position, ret_why_not);
}

void ladders_find(const Engine *engine, Ladders *ladders)
{
        uint32_t position = engine->target->position, count;
        *ladders = (Ladders){ 0 };
        HeldRuns runs = held_runs(engine);
        for (const ImageHeld *held; (held = held_runs_next(&runs, &count));) {
                for (uint32_t i = 0; i < count; i++) {
                        StepKind why_not;
                        if (held[i].ladder >= LADDERS_MAX || !held_covers(&held[i], position) ||
                            !held_is_in_force(engine, &held[i], position, &why_not))
                                continue;
                        const ImageRole *role = image_inline_role(engine->image, held[i].role);
                        uint32_t *best = &ladders->best[held[i].ladder];
                        if (role && role->rank + 1 > *best)
                                *best = role->rank + 1;
                }
        }
}
