/* SPDX-License-Identifier: MIT */
/*
 * The reference itself where time matters: its zones against the C library's, and windows, days,
 * doors and lockdowns by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "reference_door.h"
#include "reference_time.h"
#include "world_text.h"

enum {
        HOUR_S = 3600,
        DAY_S = 86400,
        WEDNESDAY_S = 1780444800, /* 2026-06-03T00:00:00Z */
        WEDNESDAY = WEDNESDAY_S / DAY_S,
        FIRST_S = 1704067200, /* 2024-01-01 */
};

static void assert_offset(WorldZone zone, int64_t time_s)
{
        time_t now = (time_t)time_s;
        struct tm parts;

        localtime_r(&now, &parts);
        if (parts.tm_gmtoff != reference_zone_offset(zone, time_s))
                fail_msg("%s at %lld: %ld, by the rules %d", WORLD_ZONE_NAMES[zone],
                         (long long)time_s, parts.tm_gmtoff, reference_zone_offset(zone, time_s));
}

/* Every change of the clocks to the second, found by halving, and every third day. */
static void zones_are_those_of_the_c_library(void **state)
{
        for (WorldZone zone = ZONE_UTC; zone < ZONE_COUNT; zone++) {
                setenv("TZ", WORLD_ZONE_NAMES[zone], 1);
                tzset();
                for (int64_t at = FIRST_S; at < WORLD_ZONES_UNKNOWN_S - 3 * DAY_S;
                     at += 3 * DAY_S) {
                        int64_t before = at, after = at + 3 * DAY_S;
                        assert_offset(zone, at);
                        if (reference_zone_offset(zone, before) ==
                            reference_zone_offset(zone, after))
                                continue;
                        while (before + 1 < after) {
                                int64_t middle = before + (after - before) / 2;
                                if (reference_zone_offset(zone, middle) ==
                                    reference_zone_offset(zone, at))
                                        before = middle;
                                else
                                        after = middle;
                        }
                        assert_offset(zone, before);
                        assert_offset(zone, after);
                }
        }
        unsetenv("TZ");
        tzset();
}

/* One site HQ, one door D at it, one level that holds it for everybody in the group staff. */
static World small_world(void)
{
        World world = { .organizations_count = 1 };
        WorldOrganization *o = &world.organizations[0];

        strcpy(o->name, "acme");
        o->remote_unlock = true;
        o->sites_count = o->doors_count = o->levels_count = o->access_groups_count = 1;
        o->users_count = 1;
        strcpy(o->sites[0].name, "HQ");
        o->sites[0].parent = WORLD_NONE;
        o->sites[0].remote_unlock = true;
        strcpy(o->doors[0].name, "D");
        o->doors[0].remote_unlock = true;
        strcpy(o->access_groups[0].name, "staff");
        o->levels[0] = (WorldLevel){ "doors", { 1, { 0 } }, { 1, { 0 } }, WORLD_NONE };
        strcpy(o->users[0].name, "alice");
        o->users[0].member = o->users[0].remote_unlock = true;
        o->users[0].access = (WorldInterval){ INT64_MIN, INT64_MAX };
        o->users[0].access_groups = (WorldList){ 1, { 0 } };
        return world;
}

static void assert_answer(const World *world, int64_t now_s, const char *words, const char *reason)
{
        RefQuery query;
        RefAnswer answer;

        world_text_read_query(words, &query);
        answer = reference_decide(world, now_s, &query);
        assert_string_equal(answer.reasons[0], reason);
        assert_int_equal(answer.verdict == REF_ALLOW,
                         strcmp(reason, "door-access") == 0 || strcmp(reason, "listed") == 0);
}

#define ENTER "alice access.door.enter door:acme/HQ/D"
#define LATER "not-permitted-at-this-time"

static void windows_run_over_midnight_and_days_of_exceptions_do_not(void **state)
{
        World world = small_world();
        WorldOrganization *o = &world.organizations[0];

        o->schedules_count = o->access_exceptions_count = 1;
        o->levels[0].schedule = 0;
        o->schedules[0].windows =
                (WorldWindows){ 1, { { 1u << 2, 22 * 60, 6 * 60, 0 } } }; /* Wednesday */
        assert_answer(&world, WEDNESDAY_S + 22 * HOUR_S - 1, ENTER, LATER);
        assert_answer(&world, WEDNESDAY_S + 22 * HOUR_S, ENTER, "door-access");
        assert_answer(&world, WEDNESDAY_S + 30 * HOUR_S - 1, ENTER, "door-access");
        assert_answer(&world, WEDNESDAY_S + 30 * HOUR_S, ENTER, LATER);
        /* On Thursday the level is on from one to two only. */
        o->access_exceptions[0].access_levels = (WorldList){ 1, { 0 } };
        o->access_exceptions[0].dates = (WorldDays){ 1, { WEDNESDAY + 1 } };
        o->access_exceptions[0].windows = (WorldWindows){ 1, { { 127, 60, 120, 0 } } };
        assert_answer(&world, WEDNESDAY_S + DAY_S - 1, ENTER, "door-access");
        assert_answer(&world, WEDNESDAY_S + DAY_S, ENTER, LATER);
        assert_answer(&world, WEDNESDAY_S + 25 * HOUR_S, ENTER, "door-access");
        assert_answer(&world, WEDNESDAY_S + 26 * HOUR_S, ENTER, LATER);
        /* Days are those of the site; the schedule's own zone goes before. */
        o->sites[0].zone = ZONE_KOLKATA;
        assert_answer(&world, WEDNESDAY_S + DAY_S - 11 * HOUR_S / 2 - 1, ENTER, "door-access");
        assert_answer(&world, WEDNESDAY_S + DAY_S - 11 * HOUR_S / 2, ENTER, LATER);
        o->schedules[0].zone = ZONE_UTC;
        assert_answer(&world, WEDNESDAY_S + DAY_S - 1, ENTER, "door-access");
}

static void an_hour_that_comes_twice_is_in_its_window_twice(void **state)
{
        enum {
                BERLIN_TWO_S = 1792890000 - HOUR_S
        }; /* 2026-10-25, two o'clock for the first time */
        World world = small_world();
        WorldOrganization *o = &world.organizations[0];

        o->schedules_count = 1;
        o->levels[0].schedule = 0;
        o->schedules[0].zone = ZONE_BERLIN;
        o->schedules[0].windows = (WorldWindows){ 1, { { 127, 120, 150, 0 } } };
        assert_answer(&world, BERLIN_TWO_S, ENTER, "door-access");
        assert_answer(&world, BERLIN_TWO_S + HOUR_S / 2, ENTER, LATER);
        assert_answer(&world, BERLIN_TWO_S + HOUR_S, ENTER, "door-access");
        assert_answer(&world, BERLIN_TWO_S + 3 * HOUR_S / 2, ENTER, LATER);
        /* 2026-03-29 has no such half hour. */
        assert_answer(&world, 1774746000 - 1, ENTER, LATER);
        assert_answer(&world, 1774746000, ENTER, LATER);
        assert_answer(&world, WORLD_ZONES_UNKNOWN_S, ENTER, "schedule-ended");
}

static void assert_mode(const World *world, const char *mode, RefSource source)
{
        RefSituation situation =
                reference_situation(world, &world->organizations[0], 0, WEDNESDAY_S);

        assert_string_equal(situation.mode, mode);
        assert_int_equal(situation.source, source);
}

static void a_door_is_what_comes_first_says(void **state)
{
        World world = small_world();
        WorldOrganization *o = &world.organizations[0];
        WorldLiveDoor *live = &o->doors[0].live;

        assert_mode(&world, "Locked", SOURCE_DEFAULT);
        o->schedules_count = o->exceptions_count = 1;
        o->doors[0].has_schedule = true;
        o->schedules[0] = (WorldSchedule){ .is_door = true };
        o->schedules[0].windows = (WorldWindows){ 1, { { 127, 0, 1440, STATE_UNLOCKED } } };
        assert_mode(&world, "Unlocked", SOURCE_SCHEDULE);
        o->doors[0].exceptions = (WorldList){ 1, { 0 } };
        o->exceptions[0].dates = (WorldDays){ 1, { WEDNESDAY } };
        o->exceptions[0].state = STATE_LOCKED;
        assert_mode(&world, "Locked", SOURCE_EXCEPTION);
        assert_answer(&world, WEDNESDAY_S, ENTER, "door-locked");
        *live = (WorldLiveDoor){ .is_overridden = true, .state = STATE_CARD_AND_CODE };
        live->override_until_s = WEDNESDAY_S + 1;
        assert_mode(&world, "Locked", SOURCE_OVERRIDE);
        assert_answer(&world, WEDNESDAY_S, ENTER, "code-required");
        assert_answer(&world, WEDNESDAY_S, ENTER " code=true", "door-access");
        assert_answer(&world, WEDNESDAY_S + 1, ENTER " code=true", "door-locked");
        live->is_blocked = true;
        live->block_until_s = INT64_MAX;
        assert_mode(&world, "Blocked", SOURCE_BLOCK);
        assert_answer(&world, WEDNESDAY_S, ENTER " code=true", "blocked");
        o->lockdowns_count = 1;
        strcpy(o->lockdowns[0].name, "fire");
        o->lockdowns[0].sites = (WorldList){ 1, { 0 } };
        o->lockdowns[0].is_on = true;
        o->lockdowns[0].until_s = WEDNESDAY_S + 1;
        assert_mode(&world, "LockedDown", SOURCE_LOCKDOWN);
        assert_answer(&world, WEDNESDAY_S, ENTER " code=true", "locked-down");
        o->lockdowns[0].unlock.users = (WorldList){ 1, { 0 } };
        assert_answer(&world, WEDNESDAY_S, ENTER " code=true", "blocked");
        live->is_blocked = false;
        assert_answer(&world, WEDNESDAY_S, ENTER " code=true", "door-access");
        o->lockdowns[0].is_open = true;
        assert_mode(&world, "LockedOpen", SOURCE_LOCKDOWN);
}

static void lockdowns_are_for_who_is_listed(void **state)
{
        World world = small_world();
        WorldOrganization *o = &world.organizations[0];

        o->lockdowns_count = 1;
        strcpy(o->lockdowns[0].name, "fire");
        o->lockdowns[0].doors = (WorldList){ 1, { 0 } };
        o->lockdowns[0].trigger.access_groups = (WorldList){ 1, { 0 } };
        assert_answer(&world, WEDNESDAY_S, "alice start-lockdown lockdown:acme/fire", "listed");
        assert_answer(&world, WEDNESDAY_S, "alice end-lockdown lockdown:acme/fire",
                      "not-permitted");
        o->lockdowns[0].is_on = true;
        o->lockdowns[0].until_s = WEDNESDAY_S;
        assert_answer(&world, WEDNESDAY_S - 1, "alice start-lockdown lockdown:acme/fire",
                      "no-change");
        assert_answer(&world, WEDNESDAY_S, "alice start-lockdown lockdown:acme/fire", "listed");
        o->users[0].live.is_suspended = true;
        assert_answer(&world, WEDNESDAY_S, "alice start-lockdown lockdown:acme/fire", "suspended");
}

static void what_cannot_be_known_is_refused(void **state)
{
        World world = small_world();
        WorldOrganization *o = &world.organizations[0];

        world.live_unknown = true;
        assert_answer(&world, WEDNESDAY_S, ENTER, "live-state-unknown");
        world.live_unknown = false;
        world.clock_untrusted = true;
        assert_answer(&world, WEDNESDAY_S, ENTER, "door-access");
        o->users[0].live.has_dates = true;
        o->users[0].live.dates = (WorldInterval){ WEDNESDAY_S, INT64_MAX };
        assert_answer(&world, WEDNESDAY_S, ENTER, "clock-untrusted");
        o->users[0].live.dates_ended = true;
        assert_answer(&world, WEDNESDAY_S, ENTER, "expired");
        o->users[0].live.has_dates = false;
        o->doors[0].live = (WorldLiveDoor){ .is_overridden = true, .state = STATE_LOCKED };
        assert_answer(&world, WEDNESDAY_S, ENTER, "door-locked");
        o->doors[0].live.state = STATE_UNLOCKED;
        assert_answer(&world, WEDNESDAY_S, ENTER, "clock-untrusted");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(zones_are_those_of_the_c_library),
                cmocka_unit_test(windows_run_over_midnight_and_days_of_exceptions_do_not),
                cmocka_unit_test(an_hour_that_comes_twice_is_in_its_window_twice),
                cmocka_unit_test(a_door_is_what_comes_first_says),
                cmocka_unit_test(lockdowns_are_for_who_is_listed),
                cmocka_unit_test(what_cannot_be_known_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
