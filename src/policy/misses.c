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
        bool may_give = misses->permission == IMAGE_NONE ||
                        role_may_give(misses->image, step->role, misses->permission);
        switch (step->kind) {
        case STEP_GATE:
        case STEP_GIVES:
                return 0;
        case STEP_CONDITION_FAILS:
                return 1;
        case STEP_ROLE_NEEDS_ANOTHER:
                return may_give ? 2 : 7;
        case STEP_ROLE_NOT_NOW:
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

static void misses_step(Recorder *recorder, const Step *step)
{
        Misses *misses = (Misses *)recorder;
        unsigned distance = step_distance(misses, step);
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

Misses misses_new(const Image *image, uint32_t permission)
{
        return (Misses){ .recorder = { misses_step }, .image = image, .permission = permission };
}
