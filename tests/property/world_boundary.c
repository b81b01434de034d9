/* SPDX-License-Identifier: MIT */
/*
 * Everything that has a start or an end in a world, and whom it concerns. What recurs every week is
 * met on days near those of exceptions and near changes of the clocks.
 */
#include "reference_people.h"
#include "reference_time.h"
#include "world_random_time.h"

#include <string.h>

/* Moments being collected. */
typedef struct Collection {
        Random *random;
        const World *world;
        int organization;
        const WorldOrganization *o;
        Boundary *list;
        int count;
} Collection;

static void add(Collection *c, BoundaryKind kind, int64_t at_s, int door, int user)
{
        if (at_s == INT64_MIN || at_s == INT64_MAX || c->count == BOUNDARIES_MAX)
                return;
        c->list[c->count++] = (Boundary){ at_s, kind, c->organization, door, user };
}

static void add_interval(Collection *c, BoundaryKind kind, const WorldInterval *interval, int door,
                         int user)
{
        add(c, kind, interval->from_s, door, user);
        add(c, kind, interval->until_s, door, user);
}

/* A day on which something is out of the ordinary, or any. */
static int day_near(const Collection *c, const WorldException *exceptions, int count)
{
        const WorldException *exception;
        const WorldDays *days;

        if (count == 0 || random_chance(c->random, 30))
                return 20100 + random_below(c->random, 1400);
        exception = &exceptions[random_below(c->random, count)];
        days = &exception->dates;
        if (days->count == 0 || (exception->calendars.count > 0 && random_chance(c->random, 50)))
                days = &c->o->calendars[exception->calendars.item[0]].days;
        return days->day[random_below(c->random, days->count)] + random_below(c->random, 3) - 1;
}

/* The first change of ZONE's clocks after AT_S; INT64_MAX when there is none in two years. */
static int64_t next_change(WorldZone zone, int64_t at_s)
{
        int offset = reference_zone_offset(zone, at_s);
        int64_t before = at_s, after;

        for (after = at_s; after < at_s + 400 * 86400ll; after += 86400)
                if (reference_zone_offset(zone, after) != offset)
                        break;
        if (reference_zone_offset(zone, after) == offset)
                return INT64_MAX;
        while (before + 1 < after) {
                int64_t middle = before + (after - before) / 2;
                if (reference_zone_offset(zone, middle) == offset)
                        before = middle;
                else
                        after = middle;
        }
        return after;
}

/* Starts and ends of some of WINDOWS, and of days, in ZONE. */
static void add_week(Collection *c, BoundaryKind kind, const WorldWindows *windows, WorldZone zone,
                     const WorldException *exceptions, int exceptions_count, int door, int user)
{
        int day = day_near(c, exceptions, exceptions_count);
        const WorldWindow *window;
        int64_t change;

        add(c, BOUNDARY_ZONE_UNKNOWN, WORLD_ZONES_UNKNOWN_S, door, user);
        add(c, exceptions == c->o->exceptions ? BOUNDARY_DOOR_EXCEPTION : BOUNDARY_EXCEPTION,
            world_time_of(c->random, zone, day, 0), door, user);
        change = next_change(zone, day * 86400ll);
        add(c, BOUNDARY_SUMMER_TIME, change, door, user);
        if (windows->count == 0)
                return;
        window = &windows->item[random_below(c->random, windows->count)];
        if (change != INT64_MAX && random_chance(c->random, 50))
                day = (int)(change / 86400) + random_below(c->random, 3) - 1;
        for (int i = 0; i < 2; i++, day++) {
                add(c, kind, world_time_of(c->random, zone, day, window->from_minute), door, user);
                add(c, kind, world_time_of(c->random, zone, day, window->to_minute), door, user);
        }
}

static int user_of_level(const Collection *c, const WorldLevel *level)
{
        int start = random_below(c->random, c->o->users_count);

        for (int i = 0; i < c->o->users_count; i++) {
                int user = (start + i) % c->o->users_count;
                for (int g = 0; g < level->access_groups.count; g++)
                        if (reference_list_has(&c->o->users[user].access_groups,
                                               level->access_groups.item[g]))
                                return user;
        }
        return WORLD_NONE;
}

static int level_of_door(const Collection *c, int door)
{
        int start = random_below(c->random, c->o->levels_count);

        for (int i = 0; i < c->o->levels_count; i++)
                if (reference_list_has(&c->o->levels[(start + i) % c->o->levels_count].doors, door))
                        return (start + i) % c->o->levels_count;
        return start;
}

static void add_level(Collection *c, const WorldLevel *level)
{
        static const WorldWindows NO_WINDOWS;
        const WorldWindows *windows = &NO_WINDOWS;
        int user = user_of_level(c, level), door;
        WorldZone zone;

        if (level->doors.count == 0)
                return;
        door = level->doors.item[random_below(c->random, level->doors.count)];
        zone = reference_zone_at(c->o, c->o->doors[door].site);
        if (level->schedule != WORLD_NONE) {
                const WorldSchedule *schedule = &c->o->schedules[level->schedule];
                zone = schedule->zone != ZONE_NOT_STATED ? schedule->zone : zone;
                windows = &schedule->windows;
        }
        if (c->o->access_exceptions_count > 0 && random_chance(c->random, 40))
                windows = &c->o->access_exceptions[random_below(c->random,
                                                                c->o->access_exceptions_count)]
                                   .windows;
        add_week(c, BOUNDARY_WINDOW, windows, zone, c->o->access_exceptions,
                 c->o->access_exceptions_count, door, user);
        add(c, BOUNDARY_CALENDAR_UNKNOWN,
            world_time_of(c->random, zone, WORLD_CALENDAR_UNKNOWN_DAY, 0), door, user);
}

static void add_door(Collection *c, int door)
{
        static const WorldWindows NO_WINDOWS;
        const WorldDoor *it = &c->o->doors[door];
        int user = user_of_level(c, &c->o->levels[level_of_door(c, door)]);
        const WorldWindows *windows = &NO_WINDOWS;
        WorldZone zone = reference_zone_at(c->o, it->site);

        if (it->has_schedule) {
                const WorldSchedule *schedule = &c->o->schedules[it->schedule];
                zone = schedule->zone != ZONE_NOT_STATED ? schedule->zone : zone;
                windows = &schedule->windows;
        }
        if (it->exceptions.count > 0 && random_chance(c->random, 40))
                windows = &c->o->exceptions[it->exceptions.item[0]].windows;
        add_week(c, BOUNDARY_DOOR_WINDOW, windows, zone, c->o->exceptions, c->o->exceptions_count,
                 door, user);
        add(c, BOUNDARY_CALENDAR_UNKNOWN,
            world_time_of(c->random, zone, WORLD_CALENDAR_UNKNOWN_DAY, 0), door, user);
        if (it->live.is_overridden)
                add(c, BOUNDARY_OVERRIDE, it->live.override_until_s, door, user);
        if (it->live.is_blocked)
                add(c, BOUNDARY_BLOCK, it->live.block_until_s, door, user);
        for (int i = 0; i < c->o->lockdowns_count; i++)
                if (c->o->lockdowns[i].is_on)
                        add(c, BOUNDARY_LOCKDOWN, c->o->lockdowns[i].until_s, door, user);
}

/* A door that an access level may open for USER, if any does. */
static int door_of_user(const Collection *c, int user)
{
        int start = random_below(c->random, c->o->levels_count);

        for (int i = 0; i < c->o->levels_count; i++) {
                const WorldLevel *level = &c->o->levels[(start + i) % c->o->levels_count];
                for (int g = 0; g < level->access_groups.count; g++)
                        if (level->doors.count > 0 &&
                            reference_list_has(&c->o->users[user].access_groups,
                                               level->access_groups.item[g]))
                                return level->doors
                                        .item[random_below(c->random, level->doors.count)];
        }
        return WORLD_NONE;
}

/* A door at SITE or below, if there is one. */
static int door_below(const Collection *c, int site)
{
        for (int i = 0; site != WORLD_NONE && i < c->o->doors_count; i++)
                if (reference_site_is_below(c->o, c->o->doors[i].site, site))
                        return i;
        return WORLD_NONE;
}

static void add_user(Collection *c, int user)
{
        const WorldUser *it = &c->o->users[user];
        int door = door_of_user(c, user);

        add_interval(c, BOUNDARY_DATES, &it->access, door, user);
        if (it->live.has_dates)
                add_interval(c, BOUNDARY_LIVE_DATES, &it->live.dates, door, user);
        for (int i = 0; i < it->grants.count; i++)
                add_interval(c, BOUNDARY_GRANT, &it->grants.item[i].interval,
                             door_below(c, it->grants.item[i].site), user);
}

int world_boundaries(Random *random, const World *world, Boundary *ret_boundaries)
{
        Collection c = { random, world, 0, NULL, ret_boundaries, 0 };

        for (; c.organization < world->organizations_count; c.organization++) {
                c.o = &world->organizations[c.organization];
                for (int i = 0; i < c.o->users_count; i++)
                        add_user(&c, i);
                for (int i = 0; i < c.o->doors_count; i++)
                        add_door(&c, i);
                for (int i = 0; i < c.o->levels_count; i++)
                        add_level(&c, &c.o->levels[i]);
        }
        return c.count;
}
