/* SPDX-License-Identifier: MIT */
/*
 * Days come from a few of each organization, so that exceptions, changes to and from summer time,
 * and windows over midnight meet on them; no two exceptions of one thing share a day, and no two
 * windows of one thing that say different states share a minute, as policies demand.
 */
#include "world_random_time.h"

#include <string.h>

#include "reference_people.h"
#include "reference_roles.h"
#include "reference_time.h"
#include "world_random.h"

enum { WEEK_MINUTES = 7 * 1440, DAYS_COUNT = 10, FIRST_DAY = 20100, LAST_DAY = 21560 };

#define PICK(array) array[random_below(random, (int)(sizeof(array) / sizeof((array)[0])))]

int64_t world_time_of(Random *random, WorldZone zone, int64_t day, int minute)
{
        int64_t wall = day * 86400 + minute * 60;

        return wall - reference_zone_offset(zone, wall + (random_chance(random, 50) ? 1 : -1) *
                                                                  86400 * 2 / 3);
}

/* A day on which the clocks of some zone are changed, or any other. */
static int random_day(Random *random)
{
        int day = FIRST_DAY + random_below(random, LAST_DAY - FIRST_DAY);
        WorldZone zone = (WorldZone)random_below(random, ZONE_COUNT);

        if (random_chance(random, 35))
                return day;
        for (int i = 0; i < 200 && day < LAST_DAY; i++, day++)
                if (reference_zone_offset(zone, (day - 1) * 86400ll) !=
                    reference_zone_offset(zone, day * 86400ll))
                        return day - random_below(random, 3);
        return day;
}

/* --- Windows --- */

/* Paints the minutes of WINDOW into the WEEK of states; false when another state is there. */
static bool paint(const WorldWindow *window, signed char *week, bool is_trial)
{
        int length = window->to_minute - window->from_minute;

        if (length < 0)
                length += 1440;
        for (int d = 0; d < 7; d++) {
                if ((window->days >> d & 1) == 0)
                        continue;
                for (int m = 0; m < length; m++) {
                        int at = (d * 1440 + window->from_minute + m) % WEEK_MINUTES;
                        if (week[at] >= 0 && week[at] != (signed char)window->state)
                                return false;
                        if (!is_trial)
                                week[at] = (signed char)window->state;
                }
        }
        return true;
}

static WorldWindow random_window(Random *random, bool is_door)
{
        static const int MINUTES[] = { 0,   1,   30,  60,  90,   119,  120,
                                       150, 180, 480, 720, 1080, 1380, 1439 };
        WorldWindow window = { .days = 1 + (unsigned)random_below(random, 127),
                               .from_minute = PICK(MINUTES) };

        if (random_chance(random, 30))
                window.days = 127;
        do
                window.to_minute = random_chance(random, 20) ? 1440 : PICK(MINUTES);
        while (window.to_minute == window.from_minute);
        if (is_door)
                window.state = (WorldState)random_below(random, STATE_COUNT);
        return window;
}

static WorldWindows random_windows(Random *random, bool is_door, int least)
{
        int count = least + random_below(random, WORLD_WINDOWS_MAX - least);
        WorldWindows windows = { .count = 0 };
        signed char week[WEEK_MINUTES];

        memset(week, -1, sizeof(week));
        for (int tries = 0; windows.count < count && tries < 20; tries++) {
                WorldWindow window = random_window(random, is_door);
                if (!paint(&window, week, true))
                        continue;
                paint(&window, week, false);
                windows.item[windows.count++] = window;
        }
        return windows;
}

/* --- Schedules, exceptions, calendars --- */

static WorldZone random_zone(Random *random, int stated_percent)
{
        if (!random_chance(random, stated_percent))
                return ZONE_NOT_STATED;
        return (WorldZone)(1 + random_below(random, ZONE_COUNT - 1));
}

/* The schedules of even number are of access levels, the others of doors. */
static void add_schedules(Random *random, WorldOrganization *o)
{
        o->schedules_count = 2 + random_below(random, WORLD_SCHEDULES_MAX - 1);
        for (int i = 0; i < o->schedules_count; i++) {
                WorldSchedule *schedule = &o->schedules[i];
                *schedule = (WorldSchedule){ .is_door = i % 2 == 1 };
                world_random_name(random, o->schedules, i, sizeof(*schedule), schedule->name);
                schedule->zone = random_zone(random, 50);
                schedule->windows = random_windows(random, schedule->is_door, 1);
        }
}

static WorldDays some_days(Random *random, const int *days, int most)
{
        WorldDays some = { .count = 0 };

        for (int i = 0; i < DAYS_COUNT && some.count < most; i++) {
                bool is_there = false;
                for (int k = 0; k < some.count; k++)
                        is_there = is_there || some.day[k] == days[i];
                if (!is_there && random_chance(random, 40))
                        some.day[some.count++] = days[i];
        }
        if (some.count == 0)
                some.day[some.count++] = days[random_below(random, DAYS_COUNT)];
        return some;
}

/* Their days are in order, as a reader would write them. */
static void add_calendars(Random *random, WorldOrganization *o, const int *days)
{
        o->calendars_count = random_below(random, WORLD_CALENDARS_MAX + 1);
        for (int i = 0; i < o->calendars_count; i++) {
                WorldCalendar *calendar = &o->calendars[i];
                world_random_name(random, o->calendars, i, sizeof(*calendar), calendar->name);
                calendar->days = some_days(random, days, 8);
        }
}

static void add_exceptions(Random *random, const WorldOrganization *o, const int *days,
                           bool is_door, WorldException *list, int *count)
{
        *count = random_below(random, WORLD_PLANS_MAX + 1);
        for (int i = 0; i < *count; i++) {
                list[i] = (WorldException){ .state = STATE_ACCESS_CONTROLLED };
                world_random_name(random, list, i, sizeof(list[i]), list[i].name);
                if (o->calendars_count > 0 && random_chance(random, 50))
                        list[i].calendars =
                                (WorldList){ 1, { random_below(random, o->calendars_count) } };
                if (list[i].calendars.count == 0 || random_chance(random, 40))
                        list[i].dates = some_days(random, days, 4);
                list[i].windows = random_windows(random, is_door, 0);
                if (is_door)
                        list[i].state = (WorldState)random_below(random, STATE_COUNT);
        }
}

static bool share_a_day(const WorldOrganization *o, const WorldException *a,
                        const WorldException *b)
{
        for (int day = FIRST_DAY - 400; day < LAST_DAY + 400; day++)
                if (reference_exception_has(o, a, day) && reference_exception_has(o, b, day))
                        return true;
        return false;
}

/* Says whether exception I of LIST may be added to those that are IN_USE. */
static bool may_join(const WorldOrganization *o, const WorldException *list,
                     const WorldList *in_use, int i)
{
        for (int k = 0; k < in_use->count; k++)
                if (share_a_day(o, &list[in_use->item[k]], &list[i]))
                        return false;
        return true;
}

static void plan_door(Random *random, WorldOrganization *o, WorldDoor *door)
{
        door->default_state = STATE_ACCESS_CONTROLLED;
        if (random_chance(random, 25))
                door->default_state = (WorldState)random_below(random, STATE_COUNT);
        door->has_schedule = random_chance(random, 60);
        door->schedule = 1 + 2 * random_below(random, o->schedules_count / 2);
        for (int i = 0; i < o->exceptions_count; i++)
                if (random_chance(random, 50) && may_join(o, o->exceptions, &door->exceptions, i))
                        door->exceptions.item[door->exceptions.count++] = i;
}

static WorldList random_list(Random *random, int items, int most, int percent)
{
        WorldList list = { .count = 0 };

        for (int i = 0; i < items && list.count < most; i++)
                if (random_chance(random, percent))
                        list.item[list.count++] = i;
        return list;
}

static void add_levels(Random *random, WorldOrganization *o)
{
        o->levels_count = 2 + random_below(random, WORLD_LEVELS_MAX - 1);
        for (int i = 0; i < o->levels_count; i++) {
                WorldLevel *level = &o->levels[i];
                WorldList exceptions = { .count = 0 };
                *level = (WorldLevel){ .schedule = WORLD_NONE };
                world_random_name(random, o->levels, i, sizeof(*level), level->name);
                level->doors = random_list(random, o->doors_count, 5, 50);
                level->access_groups = random_list(random, o->access_groups_count, 3, 50);
                if (random_chance(random, 75))
                        level->schedule = 2 * random_below(random, (o->schedules_count + 1) / 2);
                for (int k = 0; k < o->access_exceptions_count; k++) {
                        WorldList *levels = &o->access_exceptions[k].access_levels;
                        if (!random_chance(random, 40) ||
                            !may_join(o, o->access_exceptions, &exceptions, k))
                                continue;
                        levels->item[levels->count++] = i;
                        exceptions.item[exceptions.count++] = k;
                }
        }
}

static WorldPeopleList random_people(Random *random, const WorldOrganization *o)
{
        return (WorldPeopleList){ random_list(random, o->users_count, 3, 20),
                                  random_list(random, o->groups_count, 2, 20),
                                  random_list(random, o->access_groups_count, 2, 20) };
}

static void add_lockdowns(Random *random, WorldOrganization *o)
{
        o->lockdowns_count = random_below(random, WORLD_LOCKDOWNS_MAX + 1);
        for (int i = 0; i < o->lockdowns_count; i++) {
                WorldLockdown *lockdown = &o->lockdowns[i];
                world_random_name(random, o->lockdowns, i, sizeof(*lockdown), lockdown->name);
                lockdown->doors = random_list(random, o->doors_count, 3, 30);
                if (lockdown->doors.count == 0)
                        lockdown->doors =
                                (WorldList){ 1, { random_below(random, o->doors_count) } };
                if (random_chance(random, 40))
                        lockdown->sites =
                                (WorldList){ 1, { random_below(random, o->sites_count) } };
                lockdown->is_open = random_chance(random, 35);
                /* Only two that differ in what they do have the same rank. */
                lockdown->rank = random_below(random, 3);
                for (int k = 0; k < i; k++)
                        if (o->lockdowns[k].is_open == lockdown->is_open &&
                            o->lockdowns[k].rank == lockdown->rank)
                                lockdown->rank = 3 + i;
                lockdown->automatic_end_minutes =
                        random_chance(random, 50) ? 1 + random_below(random, 43200) : 0;
                lockdown->trigger = random_people(random, o);
                lockdown->release = random_people(random, o);
                lockdown->unlock = random_people(random, o);
        }
}

/* People who may pass doors, by badge or by role, for a while or for good. */
static void add_rights(Random *random, WorldOrganization *o)
{
        static const int ROLES[] = { SITE_VIEWER, SITE_VIEWER, SITE_MANAGER, SITE_ADMIN };

        for (int i = 0; i < o->users_count; i++) {
                WorldUser *user = &o->users[i];
                if (user->access_groups.count == 0 && random_chance(random, 80))
                        user->access_groups =
                                (WorldList){ 1, { random_below(random, o->access_groups_count) } };
                if (user->grants.count < WORLD_GRANTS_MAX && random_chance(random, 70))
                        user->grants.item[user->grants.count++] =
                                (WorldGrant){ PICK(ROLES), random_below(random, o->sites_count),
                                              world_random_interval(random, 60) };
        }
}

void world_random_add_time(Random *random, WorldOrganization *o)
{
        int days[DAYS_COUNT];

        for (int i = 0; i < DAYS_COUNT; i++)
                days[i] = i > 0 && random_chance(random, 50) ? days[i - 1] + 1 : random_day(random);
        for (int i = 0; i < o->sites_count; i++)
                o->sites[i].zone = random_zone(random, 40);
        add_schedules(random, o);
        add_calendars(random, o, days);
        add_exceptions(random, o, days, true, o->exceptions, &o->exceptions_count);
        add_exceptions(random, o, days, false, o->access_exceptions, &o->access_exceptions_count);
        for (int i = 0; i < o->doors_count; i++)
                plan_door(random, o, &o->doors[i]);
        add_levels(random, o);
        add_rights(random, o);
        add_lockdowns(random, o);
}

/* --- What is changed at the doors --- */

static int64_t random_end(Random *random)
{
        return FIRST_DAY * 86400ll + random_below(random, LAST_DAY - FIRST_DAY) * 86400ll +
               random_below(random, 86400);
}

static void change_people(Random *random, WorldOrganization *o, int percent)
{
        for (int i = 0; i < o->users_count; i++) {
                WorldLiveUser *live = &o->users[i].live;
                live->is_suspended = random_chance(random, percent / 3);
                live->has_dates = random_chance(random, percent);
                live->dates_ended = random_chance(random, 10);
                live->dates = (WorldInterval){ INT64_MIN, INT64_MAX };
                if (random_chance(random, 60))
                        live->dates.from_s = random_end(random);
                if (live->dates.from_s == INT64_MIN)
                        live->dates.until_s = random_end(random);
                else if (random_chance(random, 60))
                        live->dates.until_s =
                                live->dates.from_s + 1 + random_below(random, 300 * 86400);
        }
}

static void change_doors(Random *random, WorldOrganization *o, int percent)
{
        for (int i = 0; i < o->doors_count; i++) {
                WorldLiveDoor *live = &o->doors[i].live;
                live->is_overridden = random_chance(random, percent);
                live->state = (WorldState)random_below(random, STATE_COUNT);
                live->override_until_s = random_end(random);
                live->is_blocked = random_chance(random, percent / 2);
                live->block_until_s = random_chance(random, 75) ? random_end(random) : INT64_MAX;
        }
        for (int i = 0; i < o->lockdowns_count; i++) {
                o->lockdowns[i].is_on = random_chance(random, percent);
                o->lockdowns[i].until_s =
                        random_chance(random, 70) ? random_end(random) : INT64_MAX;
        }
}

void world_random_live(Random *random, World *world)
{
        static const int PERCENTS[] = { 0, 10, 30, 60 };

        world->live_unknown = random_chance(random, 5);
        world->clock_untrusted = random_chance(random, 10);
        for (int i = 0; i < world->organizations_count; i++) {
                change_people(random, &world->organizations[i], PICK(PERCENTS));
                change_doors(random, &world->organizations[i], PICK(PERCENTS));
        }
}
