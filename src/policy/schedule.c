/* SPDX-License-Identifier: MIT */
/*
 * Schedules
 *
 * A schedule is a set of windows of the local week; a zone is the list of moments at which its
 * offset changes. So "is it on" is two binary searches, and a change to or from summer time needs
 * no rule of its own: an hour that the clock leaves out is in no window, one that it shows twice is
 * in its window twice. The number of the local day is a division, so an exception costs one more
 * search.
 */
#include "policy/schedule.h"

#include "policy/image_inline.h"
#include "util/timestamp.h"

#define DAY_SECONDS  INT64_C(86400)
#define WEEK_SECONDS (7 * DAY_SECONDS)
#define STEP_SECONDS 60 /* windows start at full minutes */

/* 1970-01-01 was a Thursday, three days into a week that starts on Monday. */
#define EPOCH_IN_WEEK (3 * DAY_SECONDS)

/* An offset, and the moment before which it stays so. */
static bool zone_period(const Image *image, uint32_t zone, int64_t now_s, int32_t *ret_offset_s,
                        int64_t *ret_until_s)
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
        *ret_until_s = low < count ? transitions[low].start_s : record->until_s;
        return true;
}

bool zone_offset(const Image *image, uint32_t zone, int64_t now_s, int32_t *ret_offset_s)
{
        int64_t until_s;
        return zone_period(image, zone, now_s, ret_offset_s, &until_s);
}

/* Second of the local week, 0 to WEEK_SECONDS - 1. */
static uint32_t week_second(int64_t now_s, int32_t offset_s)
{
        int64_t second =
                (now_s % WEEK_SECONDS + offset_s % WEEK_SECONDS + EPOCH_IN_WEEK) % WEEK_SECONDS;
        return (uint32_t)(second < 0 ? second + WEEK_SECONDS : second);
}

/* Number of the local day. Return: false when there is none. */
static bool local_day(int64_t now_s, int32_t offset_s, int32_t *ret_day)
{
        int64_t local_s;
        if (__builtin_add_overflow(now_s, (int64_t)offset_s, &local_s))
                return false;
        int64_t day = local_s / DAY_SECONDS - (local_s % DAY_SECONDS < 0);
        if (day < INT32_MIN || day > INT32_MAX)
                return false;
        *ret_day = (int32_t)day;
        return true;
}

/* Where in ascending windows the first one is that starts after a second of the week. */
static uint32_t window_after(const ImageWindow *windows, uint32_t count, uint32_t second)
{
        uint32_t low = 0, high = count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (windows[middle].from <= second)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* The window that holds a second of the week, or NULL. */
static const ImageWindow *window_find(const Image *image, ImageRange range, uint32_t second)
{
        uint32_t count;
        const ImageWindow *windows = image_inline_windows(image, range, &count);
        uint32_t after = window_after(windows, count, second);
        return after > 0 && second < windows[after - 1].to ? &windows[after - 1] : NULL;
}

static uint32_t exception_of_day(const Image *image, const ImageDays *exceptions, int32_t day)
{
        uint32_t count;
        const ImageExceptionDay *days =
                image_inline_exception_days(image, exceptions->days, &count);
        uint32_t low = 0, high = count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (days[middle].day < day)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < count && days[low].day == day ? days[low].exception : IMAGE_NONE;
}

static bool has_exceptions(const ImageDays *exceptions)
{
        return exceptions->days.count > 0 || exceptions->with_calendar != IMAGE_NONE;
}

static ScheduleState undetermined(ScheduleFinding *finding, Reason reason, ImagePlace place)
{
        finding->unknown = reason;
        finding->place = place;
        return SCHEDULE_UNDETERMINED;
}

/* On or off, by a window; of a door it says which state. */
static ScheduleState state_by_windows(const Image *image, ImageRange windows, uint32_t second,
                                      ImagePlace otherwise, ScheduleFinding *finding)
{
        const ImageWindow *window = window_find(image, windows, second);
        finding->place = window ? window->place : otherwise;
        if (window && window->state < DOOR_STATE_COUNT)
                finding->state = (DoorState)window->state;
        return window ? SCHEDULE_ON : SCHEDULE_OFF;
}

static ScheduleState state_by_exception(const Image *image, uint32_t index, uint32_t second,
                                        ScheduleFinding *finding)
{
        const ImageException *exception = image_inline_exception(image, index);
        if (!exception)
                return undetermined(finding, REASON_CORRUPT_IMAGE, (ImagePlace){ IMAGE_NONE, 0 });
        finding->exception = index;
        finding->state = exception->state < DOOR_STATE_COUNT ? (DoorState)exception->state
                                                             : DOOR_STATE_COUNT;
        ScheduleState state =
                state_by_windows(image, exception->windows, second, exception->place, finding);
        return exception->kind == SCHEDULE_KIND_DOOR ? SCHEDULE_ON : state;
}

uint32_t schedule_zone(const Image *image, const ScheduleQuestion *question)
{
        const ImageSchedule *record = image_inline_schedule(image, question->schedule);
        return record && record->zone != IMAGE_NONE ? record->zone : question->zone;
}

/* The calendar of an exception does not reach the day. */
static ScheduleState calendar_ended(const Image *image, uint32_t index, ScheduleFinding *finding)
{
        const ImageException *exception = image_inline_exception(image, index);
        finding->exception = exception ? index : IMAGE_NONE;
        return undetermined(finding, REASON_SCHEDULE_ENDED,
                            exception ? exception->place : (ImagePlace){ IMAGE_NONE, 0 });
}

ScheduleState schedule_find(const Image *image, const ScheduleQuestion *question,
                            const DecisionContext *context, ScheduleFinding *ret_finding)
{
        ScheduleFinding *finding = ret_finding;
        *finding =
                (ScheduleFinding){ REASON_NONE, IMAGE_NONE, DOOR_STATE_COUNT, { IMAGE_NONE, 0 } };
        const ImageDays *exceptions = &question->exceptions;
        bool excepted = has_exceptions(exceptions);
        if (question->schedule == IMAGE_NONE && !excepted)
                return SCHEDULE_ON;
        const ImageSchedule *schedule = image_inline_schedule(image, question->schedule);
        ImagePlace place = schedule ? schedule->place : (ImagePlace){ IMAGE_NONE, 0 };
        if (!schedule && question->schedule != IMAGE_NONE)
                return undetermined(finding, REASON_CORRUPT_IMAGE, place);
        if (context->clock_untrusted)
                return undetermined(finding, REASON_CLOCK_UNTRUSTED, place);
        int32_t offset_s, day;
        if (!zone_offset(image, schedule_zone(image, question), context->now_s, &offset_s))
                return undetermined(finding, REASON_SCHEDULE_ENDED, place);
        uint32_t second = week_second(context->now_s, offset_s);
        if (excepted) {
                if (!local_day(context->now_s, offset_s, &day))
                        return undetermined(finding, REASON_SCHEDULE_ENDED, place);
                uint32_t exception = exception_of_day(image, exceptions, day);
                if (exception != IMAGE_NONE)
                        return state_by_exception(image, exception, second, finding);
                if (day >= exceptions->known_until)
                        return calendar_ended(image, exceptions->with_calendar, finding);
        }
        if (!schedule)
                return SCHEDULE_ON;
        return state_by_windows(image, schedule->windows, second, schedule->place, finding);
}

/* The windows that count on a day; none are stored for a schedule that is always on. */
static bool windows_of_day(const Image *image, const ScheduleQuestion *question, int32_t day,
                           ImageRange *ret_windows)
{
        uint32_t index = exception_of_day(image, &question->exceptions, day);
        const ImageException *exception = image_inline_exception(image, index);
        const ImageSchedule *schedule = image_inline_schedule(image, question->schedule);
        if (exception)
                *ret_windows = exception->windows;
        else if (schedule)
                *ret_windows = schedule->windows;
        return exception || schedule;
}

/* The first start or end of a window after a second of the week; UINT32_MAX when there is none. */
static uint32_t next_edge(const Image *image, ImageRange range, uint32_t second)
{
        uint32_t count;
        const ImageWindow *windows = image_inline_windows(image, range, &count);
        uint32_t after = window_after(windows, count, second);
        if (after > 0 && second < windows[after - 1].to)
                return windows[after - 1].to;
        return after < count ? windows[after].from : UINT32_MAX;
}

int64_t schedule_next_change(const Image *image, const ScheduleQuestion *question, int64_t now_s)
{
        int32_t offset_s, day;
        int64_t end_s;
        ImageRange range;
        if (!zone_period(image, schedule_zone(image, question), now_s, &offset_s, &end_s) ||
            !local_day(now_s, offset_s, &day))
                return TIMESTAMP_MAX;
        int64_t midnight_s = ((int64_t)day + 1) * DAY_SECONDS - offset_s;
        end_s = midnight_s < end_s ? midnight_s : end_s;
        if (!windows_of_day(image, question, day, &range))
                return end_s;
        uint32_t second = week_second(now_s, offset_s), edge = next_edge(image, range, second);
        int64_t edge_s = edge == UINT32_MAX ? TIMESTAMP_MAX : now_s + (edge - second);
        return edge_s < end_s ? edge_s : end_s;
}

int64_t schedule_next_on(const Image *image, const ScheduleQuestion *question, int64_t now_s,
                         int64_t seconds)
{
        int64_t end_s, moment_s;
        if (__builtin_add_overflow(now_s, seconds, &end_s) ||
            __builtin_add_overflow(now_s - now_s % STEP_SECONDS, STEP_SECONDS, &moment_s))
                return TIMESTAMP_MAX;
        if (moment_s - STEP_SECONDS > now_s) /* before 1970 */
                moment_s -= STEP_SECONDS;
        while (moment_s <= end_s) {
                DecisionContext context = { .now_s = moment_s };
                ScheduleFinding finding;
                if (schedule_find(image, question, &context, &finding) == SCHEDULE_ON)
                        return moment_s;
                moment_s = schedule_next_change(image, question, moment_s);
        }
        return TIMESTAMP_MAX;
}
