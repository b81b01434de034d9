/* SPDX-License-Identifier: MIT */
/*
 * Local time is computed from the zones' rules (EU, United States, Australia, Chile, as they are in
 * force since 2023), not from any time zone data, so that the engine's reading of such data is
 * judged too. Everything else looks at the wall clock: which day, which second of the day.
 */
#include "reference_time.h"
#include "reference_people.h"

#include <stddef.h>

enum { DAY_S = 86400, HOUR_S = 3600 };

/* Summer time begins or ends on the first Sunday of the MONTH (January is 0) that is its DAY or
 * later, SECONDS after that Sunday's beginning in UTC. */
typedef struct Change {
        int month, day, seconds;
} Change;

typedef struct Rule {
        int standard_s; /* ahead of UTC in winter */
        int summer_s;   /* further ahead in summer */
        Change begin, end;
} Rule;

static const Rule RULES[ZONE_COUNT] = {
        [ZONE_BERLIN] = { HOUR_S, HOUR_S, { 2, 25, HOUR_S }, { 9, 25, HOUR_S } },
        [ZONE_NEW_YORK] = { -5 * HOUR_S, HOUR_S, { 2, 8, 7 * HOUR_S }, { 10, 1, 6 * HOUR_S } },
        [ZONE_SYDNEY] = { 10 * HOUR_S, HOUR_S, { 9, 1, -8 * HOUR_S }, { 3, 1, -8 * HOUR_S } },
        [ZONE_LORD_HOWE] = { 21 * HOUR_S / 2,
                             HOUR_S / 2,
                             { 9, 1, -17 * HOUR_S / 2 },
                             { 3, 1, -9 * HOUR_S } },
        [ZONE_KOLKATA] = { 11 * HOUR_S / 2, 0, { 2, 25, 0 }, { 9, 25, 0 } },
        [ZONE_AZORES] = { -HOUR_S, HOUR_S, { 2, 25, HOUR_S }, { 9, 25, HOUR_S } },
        [ZONE_SANTIAGO] = { -4 * HOUR_S, HOUR_S, { 8, 2, 4 * HOUR_S }, { 3, 2, 3 * HOUR_S } },
};

static bool is_leap(int64_t year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t new_year(int64_t year)
{
        int64_t day = 18262; /* 2020-01-01 */

        for (int64_t y = 2020; y < year; y++)
                day += is_leap(y) ? 366 : 365;
        return day;
}

static int64_t change_s(const Change *change, int64_t year)
{
        static const int MONTHS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        int64_t day = new_year(year) + change->day - 1;

        for (int month = 0; month < change->month; month++)
                day += MONTHS[month] + (month == 1 && is_leap(year));
        while (day % 7 != 3) /* day 3, 1970-01-04, was a Sunday */
                day++;
        return day * DAY_S + change->seconds;
}

int reference_zone_offset(WorldZone zone, int64_t time_s)
{
        const Rule *rule = &RULES[zone];
        int64_t year = 2020, begin, end;
        bool is_summer;

        if (rule->summer_s == 0)
                return rule->standard_s;
        while (new_year(year + 1) * DAY_S <= time_s)
                year++;
        begin = change_s(&rule->begin, year);
        end = change_s(&rule->end, year);
        if (begin < end)
                is_summer = begin <= time_s && time_s < end;
        else
                is_summer = time_s < end || begin <= time_s;
        return rule->standard_s + (is_summer ? rule->summer_s : 0);
}

WorldZone reference_zone_at(const WorldOrganization *o, int site)
{
        for (; site != WORLD_NONE; site = o->sites[site].parent)
                if (o->sites[site].zone != ZONE_NOT_STATED)
                        return o->sites[site].zone;
        return o->zone != ZONE_NOT_STATED ? o->zone : ZONE_UTC;
}

RefLocal reference_local(const World *world, WorldZone zone, int64_t now_s)
{
        RefLocal local = { .unknown = NULL };
        int64_t wall;

        if (world->clock_untrusted)
                local.unknown = "clock-untrusted";
        else if (zone != ZONE_UTC && now_s >= WORLD_ZONES_UNKNOWN_S)
                local.unknown = "schedule-ended";
        if (local.unknown != NULL)
                return local;
        wall = now_s + (zone == ZONE_UTC ? 0 : reference_zone_offset(zone, now_s));
        local.day = (int)(wall / DAY_S);
        local.weekday = (local.day + 3) % 7; /* 1970-01-01 was a Thursday */
        local.second = (int)(wall % DAY_S);
        return local;
}

const WorldWindow *reference_window(const WorldWindows *windows, const RefLocal *local)
{
        int yesterday = (local->weekday + 6) % 7;

        for (int i = 0; i < windows->count; i++) {
                const WorldWindow *window = &windows->item[i];
                int from = window->from_minute * 60, to = window->to_minute * 60;
                bool is_today = window->days >> local->weekday & 1;
                bool is_yesterday = window->days >> yesterday & 1;
                if (from <= to && is_today && from <= local->second && local->second < to)
                        return window;
                if (from > to &&
                    ((is_today && from <= local->second) || (is_yesterday && local->second < to)))
                        return window;
        }
        return NULL;
}

bool reference_exception_has(const WorldOrganization *o, const WorldException *exception, int day)
{
        for (int i = 0; i < exception->dates.count; i++)
                if (exception->dates.day[i] == day)
                        return true;
        for (int c = 0; c < exception->calendars.count; c++) {
                const WorldDays *days = &o->calendars[exception->calendars.item[c]].days;
                for (int i = 0; i < days->count; i++)
                        if (days->day[i] == day && day < WORLD_CALENDAR_UNKNOWN_DAY)
                                return true;
        }
        return false;
}

/* Which of several exceptions counts: the answer is EXCEPTION; where there is none, UNKNOWN, if one
 * has a calendar that does not reach so far. A date that is stated is known for ever. */
typedef struct Found {
        const WorldException *exception;
        const char *unknown;
} Found;

/* Looks at one exception more. */
static void look_at(const WorldOrganization *o, const WorldException *exception,
                    const RefLocal *local, Found *found)
{
        if (exception->calendars.count > 0 && local->day >= WORLD_CALENDAR_UNKNOWN_DAY)
                found->unknown = "schedule-ended";
        if (reference_exception_has(o, exception, local->day))
                found->exception = exception;
}

bool reference_level_is_on(const World *world, const WorldOrganization *o, int level, int door,
                           int64_t now_s, const char **ret_unknown)
{
        const WorldSchedule *schedule = NULL;
        WorldZone zone = reference_zone_at(o, o->doors[door].site);
        Found found = { NULL, NULL };
        bool has_exceptions = false;
        RefLocal local;

        *ret_unknown = NULL;
        if (o->levels[level].schedule != WORLD_NONE)
                schedule = &o->schedules[o->levels[level].schedule];
        if (schedule != NULL && schedule->zone != ZONE_NOT_STATED)
                zone = schedule->zone;
        local = reference_local(world, zone, now_s);
        for (int i = 0; i < o->access_exceptions_count; i++)
                if (reference_list_has(&o->access_exceptions[i].access_levels, level)) {
                        has_exceptions = true;
                        if (local.unknown == NULL)
                                look_at(o, &o->access_exceptions[i], &local, &found);
                }
        if (schedule == NULL && !has_exceptions)
                return true;
        *ret_unknown = local.unknown;
        if (found.exception == NULL && local.unknown == NULL)
                *ret_unknown = found.unknown;
        if (*ret_unknown != NULL)
                return false;
        if (found.exception != NULL)
                return reference_window(&found.exception->windows, &local) != NULL;
        return schedule == NULL || reference_window(&schedule->windows, &local) != NULL;
}

RefPlanned reference_planned(const World *world, const WorldOrganization *o, int door,
                             int64_t now_s)
{
        const WorldDoor *it = &o->doors[door];
        const WorldSchedule *schedule = it->has_schedule ? &o->schedules[it->schedule] : NULL;
        WorldZone zone = reference_zone_at(o, it->site);
        RefPlanned planned = { NULL, it->default_state, PLANNED_DEFAULT };
        const WorldWindow *window = NULL;
        Found found = { NULL, NULL };
        RefLocal local;

        if (schedule == NULL && it->exceptions.count == 0)
                return planned;
        if (schedule != NULL && schedule->zone != ZONE_NOT_STATED)
                zone = schedule->zone;
        local = reference_local(world, zone, now_s);
        for (int i = 0; i < it->exceptions.count && local.unknown == NULL; i++)
                look_at(o, &o->exceptions[it->exceptions.item[i]], &local, &found);
        planned.unknown = local.unknown;
        if (found.exception == NULL && local.unknown == NULL)
                planned.unknown = found.unknown;
        if (planned.unknown != NULL)
                return planned;
        if (found.exception != NULL) {
                window = reference_window(&found.exception->windows, &local);
                planned.source = PLANNED_EXCEPTION;
                planned.state = window != NULL ? window->state : found.exception->state;
        } else if (schedule != NULL) {
                window = reference_window(&schedule->windows, &local);
                if (window != NULL) {
                        planned.source = PLANNED_SCHEDULE;
                        planned.state = window->state;
                }
        }
        return planned;
}
