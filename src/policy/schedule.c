/* SPDX-License-Identifier: MIT */
/*
 * Schedules
 *
 * A schedule is a set of windows of the local week; a zone is the list of moments at which its
 * offset changes. So "is it on" is two binary searches, and a change to or from summer time needs
 * no rule of its own: an hour that the clock leaves out is in no window, one that it shows twice is
 * in its window twice.
 */
#include "policy/engine.h"
#include "util/timestamp.h"

#define DAY_SECONDS  INT64_C(86400)
#define WEEK_SECONDS (7 * DAY_SECONDS)
#define STEP_SECONDS 60 /* windows start at full minutes */

/* 1970-01-01 was a Thursday, three days into a week that starts on Monday. */
#define EPOCH_IN_WEEK (3 * DAY_SECONDS)

bool zone_offset(const Image *image, uint32_t zone, int64_t now_s, int32_t *ret_offset_s)
{
        const ImageZone *record = image_inline_zone(image, zone);
        if (!record || now_s >= record->until_s)
                return false;
        uint32_t count;
        const ImageTransition *transitions =
                image_inline_transitions(image, record->transitions, &count);
        uint32_t low = 0, high = count; /* the first transition after now lies in [low, high] */
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (transitions[middle].start_s <= now_s)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == 0)
                return false;
        *ret_offset_s = transitions[low - 1].offset_s;
        return true;
}

/* Second of the local week, 0 to WEEK_SECONDS - 1. */
static uint32_t week_second(int64_t now_s, int32_t offset_s)
{
        int64_t second =
                (now_s % WEEK_SECONDS + offset_s % WEEK_SECONDS + EPOCH_IN_WEEK) % WEEK_SECONDS;
        return (uint32_t)(second < 0 ? second + WEEK_SECONDS : second);
}

ScheduleState schedule_state(const Image *image, uint32_t schedule, int64_t now_s)
{
        if (schedule == IMAGE_NONE)
                return SCHEDULE_ON;
        const ImageSchedule *record = image_inline_schedule(image, schedule);
        int32_t offset_s;
        if (!record || !zone_offset(image, record->zone, now_s, &offset_s))
                return SCHEDULE_UNDETERMINED;
        uint32_t count, second = week_second(now_s, offset_s);
        const ImageWindow *windows = image_inline_windows(image, record->windows, &count);
        uint32_t low = 0, high = count; /* the first window that starts later */
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (windows[middle].from <= second)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low > 0 && second < windows[low - 1].to ? SCHEDULE_ON : SCHEDULE_OFF;
}

int64_t schedule_next_on(const Image *image, uint32_t schedule, int64_t now_s, int64_t seconds)
{
        int64_t end_s;
        if (__builtin_add_overflow(now_s, seconds, &end_s))
                return TIMESTAMP_MAX;
        int64_t moment_s = now_s - now_s % STEP_SECONDS;
        while (moment_s <= now_s && moment_s <= end_s)
                moment_s += STEP_SECONDS;
        for (; moment_s <= end_s; moment_s += STEP_SECONDS)
                if (schedule_state(image, schedule, moment_s) == SCHEDULE_ON)
                        return moment_s;
        return TIMESTAMP_MAX;
}
