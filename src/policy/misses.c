/* SPDX-License-Identifier: MIT */
/*
 * Misses
 *
 * A person may hold thousands of roles; of a denial only those are worth telling that nearly
 * allowed it. Each step is given a distance, and the nearest few are kept in order.
 */
#include "policy/explain_parts.h"

bool role_may_give(const Image *image, uint32_t role, uint32_t permission)
{
        const ImageRecords *bits = &image->sections[IMAGE_ROLE_BITS];
        uint64_t pairs = IMAGE_ROLE_BITS_PAIRS(image_count(image, IMAGE_PERMISSIONS));
        uint64_t at = 2 * (role * pairs + permission / 64) + 1;
        return permission != IMAGE_NONE && at < bits->count &&
               ((const uint64_t *)bits->records)[at] >> permission % 64 & 1;
}

/* How far a step is from an allow; the smaller the nearer. */
static unsigned step_distance(const Misses *misses, const Step *step)
{
        bool may_give = step->permission == IMAGE_NONE ||
                        role_may_give(misses->image, step->role, step->permission);
        switch (step->kind) {
        case STEP_GATE:
        case STEP_GIVES:
                return 0;
        case STEP_CONDITION_FAILS:
                return 1;
        case STEP_ROLE_OTHER_ENTITY:
                return 2;
        case STEP_ROLE_NEEDS_ANOTHER:
                return may_give ? 2 : 7;
        case STEP_ROLE_NOT_NOW:
        case STEP_CLOCK_UNTRUSTED:
                return may_give ? 3 : 8;
        case STEP_ROLE_ELSEWHERE:
                return may_give ? 4 : 9;
        case STEP_ROLE_LACKS:
                return 5;
        case STEP_ROLE_LOWER:
                return 6;
        }
        return 10;
}

static void step_remove(Misses *misses, size_t at)
{
        misses->count--;
        for (size_t i = at; i < misses->count; i++)
                misses->steps[i] = misses->steps[i + 1];
}

/* A question may ask for several permissions, any of which will do: of each role only the step that
 * came nearest is kept. Return: false when the new step comes no nearer. */
static bool step_replaces(Misses *misses, const Step *step, unsigned distance)
{
        for (size_t i = 0; i < misses->count; i++) {
                const Step *other = &misses->steps[i];
                if (other->role != step->role || other->grant != step->grant ||
                    other->permission == step->permission)
                        continue;
                if (step_distance(misses, other) <= distance)
                        return false;
                step_remove(misses, i--);
        }
        return true;
}

static void misses_step(Recorder *recorder, const Step *step)
{
        Misses *misses = (Misses *)recorder;
        unsigned distance = step_distance(misses, step);
        bool by_membership = step->role != IMAGE_NONE && step->grant == IMAGE_NONE;
        if (by_membership && step->kind == STEP_ROLE_LACKS)
                return; /* every member has it, and it is about nothing like this */
        if (!step_replaces(misses, step, distance))
                return;
        size_t at = misses->count;
        while (at > 0 && step_distance(misses, &misses->steps[at - 1]) > distance)
                at--;
        if (misses->count == MISSES_MAX)
                misses->dropped++;
        else
                misses->count++;
        if (at == MISSES_MAX)
                return;
        for (size_t i = misses->count - 1; i > at; i--)
                misses->steps[i] = misses->steps[i - 1];
        misses->steps[at] = *step;
}

Misses misses_new(const Image *image)
{
        return (Misses){ .recorder = { misses_step }, .image = image };
}
