/* SPDX-License-Identifier: MIT */
/*
 * Schedules
 *
 * Whether a schedule is on at a moment, with the exceptions that replace it on their days. Windows
 * are intervals of the local week, [from, to); an exception's day is a local day, on which its own
 * windows count and the schedule's do not. Local time is the zone's.
 */
#pragma once

#include "policy/decide.h"

typedef enum ScheduleState { SCHEDULE_OFF, SCHEDULE_ON, SCHEDULE_UNDETERMINED } ScheduleState;

typedef struct ScheduleQuestion {
        uint32_t schedule; /* IMAGE_NONE: none, so that an access level is always on */
        ImageDays exceptions;
        uint32_t zone; /* of the place; a schedule's own one goes before */
} ScheduleQuestion;

typedef struct ScheduleFinding {
        Reason unknown;     /* undetermined: schedule-ended, clock-untrusted, corrupt-image */
        uint32_t exception; /* the one that counts on that day; schedule-ended: the one whose
                             * calendar does not reach that far; else IMAGE_NONE */
        DoorState state;    /* of a door: what the window or exception that counts makes of it */
        ImagePlace place;   /* of window, exception or schedule, whatever decided */
} ScheduleFinding;

/*
 * Finds the state at the context's time. On: inside a window; without schedule and exception, and
 * on the day of a door exception, always. Undetermined: past what was compiled, with an untrusted
 * clock, and in a damaged image.
 */
ScheduleState schedule_find(const Image *image, const ScheduleQuestion *question,
                            const DecisionContext *context, ScheduleFinding *ret_finding);

/* A zone's offset from UTC at a moment. Return: false when it is not known. */
bool zone_offset(const Image *image, uint32_t zone, int64_t now_s, int32_t *ret_offset_s);

/* The zone in which a schedule's windows stand at a place. */
uint32_t schedule_zone(const Image *image, const ScheduleQuestion *question);

/* The first moment after now_s at which schedule_find() may say something else: the start or end of
 * a window, a midnight, a change of the zone. TIMESTAMP_MAX when nothing is known of it. */
int64_t schedule_next_change(const Image *image, const ScheduleQuestion *question, int64_t now_s);

/* The first full minute after now_s at which a schedule is on, at most `seconds` ahead. Costs one
 * search for each day. Return: the moment, or TIMESTAMP_MAX. */
int64_t schedule_next_on(const Image *image, const ScheduleQuestion *question, int64_t now_s,
                         int64_t seconds);
