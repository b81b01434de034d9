/* SPDX-License-Identifier: MIT */
/*
 * Weekly windows on the local clock of a zone. The zones' summer time is computed from the rules in
 * force since 2007 (European Union, United States), not from any time zone data, so that the
 * engine's reading of such data is judged too.
 */
#include "reference_time.h"

enum { DAY_S = 86400 };

/* The day, counted from 1970-01-01, of the N-th (1 to 4; 5: last) Sunday of MONTH (0 is March). */
static int64_t sunday_of(int64_t year, int month, int n)
{
        static const int BEFORE[] = { 0, 31, 61, 92, 122, 153, 184, 214, 245, 275 };
        /* Days to 1 March: 2000-03-01 was day 11017, and every fourth year has a leap day. */
        int64_t first = 11017 + (year - 2000) * 365 + (year - 2000) / 4 + BEFORE[month];
        int64_t sunday = first + (10 - first % 7) % 7; /* day 3, 1970-01-04, was a Sunday */

        if (n < 5)
                return sunday + 7 * (n - 1);
        return sunday + 28 < first + BEFORE[month + 1] - BEFORE[month] ? sunday + 28 : sunday + 21;
}

int reference_zone_offset(WorldZone zone, int64_t time_s)
{
        int64_t year = 2007;

        while (year < 2037 && (sunday_of(year + 1, 0, 1) - 70) * DAY_S <= time_s)
                year++; /* 70 days before the first Sunday of March: near enough to New Year */
        if (zone == ZONE_BERLIN)
                return time_s >= sunday_of(year, 0, 5) * DAY_S + 3600 &&
                                       time_s < sunday_of(year, 7, 5) * DAY_S + 3600
                               ? 7200
                               : 3600;
        if (zone == ZONE_NEW_YORK)
                return time_s >= sunday_of(year, 0, 2) * DAY_S + 7 * 3600 &&
                                       time_s < sunday_of(year, 8, 1) * DAY_S + 6 * 3600
                               ? -4 * 3600
                               : -5 * 3600;
        return 0;
}

static bool window_is_open(const WorldWindow *window, int weekday, int64_t second)
{
        int64_t from = window->from_minute * 60, to = window->to_minute * 60;
        int yesterday = (weekday + 6) % 7;

        if (from <= to)
                return (window->days >> weekday & 1) && from <= second && second < to;
        return ((window->days >> weekday & 1) && from <= second) ||
               ((window->days >> yesterday & 1) && second < to);
}

bool reference_schedule_is_on(const WorldSchedule *schedule, int64_t now_s)
{
        int64_t local = now_s + reference_zone_offset(schedule->zone, now_s);
        int weekday = (int)((local / DAY_S + 3) % 7); /* 1970-01-01 was a Thursday; Monday is 0 */

        for (int i = 0; i < schedule->windows_count; i++)
                if (window_is_open(&schedule->windows[i], weekday, local % DAY_S))
                        return true;
        return false;
}
