/* SPDX-License-Identifier: MIT */
/* Weekly windows: see weekly.h. */
#include "policy/weekly.h"

#include <stdlib.h>

enum { SECONDS_OF_MINUTE = 60 };

static int interval_compare(const void *left, const void *right)
{
        const WeeklyInterval *a = left, *b = right;
        if (a->from != b->from)
                return a->from < b->from ? -1 : 1;
        if (a->to != b->to)
                return a->to > b->to ? -1 : 1;
        return a->window < b->window ? -1 : a->window > b->window;
}

/* Adds the intervals of one window. Return: the number of all. */
static size_t window_expand(const ModelWindow *window, WeeklyInterval *intervals, size_t count)
{
        for (uint32_t day = 0; day < WEEKLY_DAYS; day++) {
                if (!(window->days & 1u << day))
                        continue;
                uint32_t midnight = day * WEEKLY_DAY_SECONDS;
                uint32_t from = midnight + window->minute_from * SECONDS_OF_MINUTE;
                uint32_t to = midnight + window->minute_to * SECONDS_OF_MINUTE +
                              (window->minute_to <= window->minute_from ? WEEKLY_DAY_SECONDS : 0);
                if (to > WEEKLY_SECONDS) {
                        intervals[count++] = (WeeklyInterval){ 0, to - WEEKLY_SECONDS, window };
                        to = WEEKLY_SECONDS;
                }
                intervals[count++] = (WeeklyInterval){ from, to, window };
        }
        return count;
}

size_t weekly_intervals(const ModelWindowList *weekly,
                        WeeklyInterval intervals[static WEEKLY_INTERVALS_MAX])
{
        size_t count = 0;
        for (uint32_t i = 0; i < weekly->count && i < SCHEDULE_WINDOWS_MAX; i++)
                count = window_expand(&weekly->items[i], intervals, count);
        if (count > 0)
                qsort(intervals, count, sizeof(*intervals), interval_compare);
        return count;
}
