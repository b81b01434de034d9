/* SPDX-License-Identifier: MIT */
/*
 * Weekly windows
 *
 * The windows of a schedule or exception as intervals of the local week: one for each day, two
 * where one goes over the week's end. The text is checked, and the image made, from the same ones.
 */
#pragma once

#include "policy/limits.h"
#include "policy/model.h"

enum {
        WEEKLY_DAYS = 7,
        WEEKLY_DAY_SECONDS = 24 * 60 * 60,
        WEEKLY_SECONDS = WEEKLY_DAYS * WEEKLY_DAY_SECONDS,
        WEEKLY_INTERVALS_MAX = SCHEDULE_WINDOWS_MAX * WEEKLY_DAYS * 2,
};

/* [from, to), seconds since Monday 00:00, to at most WEEKLY_SECONDS. */
typedef struct WeeklyInterval {
        uint32_t from;
        uint32_t to;
        const ModelWindow *window; /* whose it is; borrowed from the list */
} WeeklyInterval;

/* Lists the intervals of windows (at most SCHEDULE_WINDOWS_MAX of them) by their start, of equal
 * starts the longer first. Return: their number. */
size_t weekly_intervals(const ModelWindowList *weekly,
                        WeeklyInterval intervals[static WEEKLY_INTERVALS_MAX]);
