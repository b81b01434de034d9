/* SPDX-License-Identifier: MIT */
/*
 * Summer time, from text to decision: access schedules, door schedules and exceptions of both kinds
 * on both changes of the year 2026, in Berlin, in Santiago (where it is midnight that is left out
 * and repeated) and on Lord Howe Island (half an hour). Each row is looked at one second before a
 * moment and at it.
 */
#include "check_fixture.h"
#include "policy/door_state.h"

static const char CATALOGUE[] = "permissions = ( { name = \"enter\"; scope = \"door\";\n"
                                " without_role = [ \"door-access-now\" ]; } );\n";

static const char ORGANIZATION[] = CHECK_ACME "access_groups = ( { name = \"g\"; } );\n"
                                              "users = ( { name = \"u\"; access_groups = [ \"g\" "
                                              "]; } );\n";

/* What is different from site to site: the zone, a window of access and one of the door, and two
 * days of exceptions. */
typedef struct LocalTimes {
        const char *name, *zone, *access, *door, *dates;
} LocalTimes;

static const LocalTimes SITES[] = {
        { "berlin", "Europe/Berlin", "days = [ \"sun\" ]; from = \"02:00\"; to = \"03:00\";",
          "days = [ \"sun\" ]; from = \"02:30\"; to = \"03:30\";",
          "\"2026-03-29\", \"2026-10-25\"" },
        { "santiago", "America/Santiago", "days = [ \"sat\" ]; from = \"23:00\"; to = \"24:00\";",
          "days = [ \"sun\" ]; from = \"00:00\"; to = \"01:30\";",
          "\"2026-04-04\", \"2026-09-06\"" },
        { "lord-howe", "Australia/Lord_Howe",
          "days = [ \"sun\" ]; from = \"01:30\"; to = \"02:15\";",
          "days = [ \"sun\" ]; from = \"02:00\"; to = \"02:45\";",
          "\"2026-04-05\", \"2026-10-04\"" },
};

/* 1: its name, 2: its zone, 3: window of access, 4: window of the door, 5: days of exceptions. */
static const char SITE[] =
        "sites = ( { name = \"%1$s\"; timezone = \"%2$s\"; doors = (\n"
        "  { name = \"access\"; }, { name = \"state\"; schedule = \"%1$s-doors\"; },\n"
        "  { name = \"door-exception\"; exceptions = [ \"%1$s\" ]; },\n"
        "  { name = \"access-exception\"; } ); } );\n"
        "schedules = ( { name = \"%1$s\"; weekly = ( { %3$s } ); } );\n"
        "door_schedules = ( { name = \"%1$s-doors\"; weekly = ( { %4$s state = \"unlocked\"; } ); "
        "} );\n"
        "access_levels = ( { name = \"%1$s\"; doors = [ \"%1$s/access\" ];\n"
        "    access_groups = [ \"g\" ]; schedule = \"%1$s\"; },\n"
        "  { name = \"%1$s-always\"; doors = [ \"%1$s/access-exception\" ];\n"
        "    access_groups = [ \"g\" ]; } );\n"
        "door_exceptions = ( { name = \"%1$s\"; state = \"locked\"; dates = [ %5$s ]; } );\n"
        "access_exceptions = ( { name = \"%1$s\"; access_levels = [ \"%1$s-always\" ];\n"
        "  dates = [ %5$s ]; } );\n";

static int setup(void **state)
{
        LoadFixture fixture;
        Image *image = NULL;
        load_fixture_init(&fixture);
        check_load(&fixture, SOURCE_CATALOGUE, "roles.conf", NULL, CATALOGUE);
        check_load(&fixture, SOURCE_ORGANIZATION, "acme.conf", "acme", ORGANIZATION);
        for (size_t i = 0; i < sizeof(SITES) / sizeof(SITES[0]); i++) {
                const LocalTimes *site = &SITES[i];
                char text[4096];
                snprintf(text, sizeof(text), SITE, site->name, site->zone, site->access, site->door,
                         site->dates);
                check_load(&fixture, SOURCE_FRAGMENT, site->name, "acme", text);
        }
        model_check(fixture.model, CHECK_NOW);
        load_fixture_expect(&fixture, "");
        model_resolve_unix_groups(fixture.model);
        assert_int_equal(model_compile(fixture.model, CHECK_NOW, &image), 0);
        load_fixture_done(&fixture);
        *state = image;
        return 0;
}

static int teardown(void **state)
{
        image_free(*state);
        return 0;
}

/* What changes at a moment: whether u may enter, or the door's state. */
typedef struct Turn {
        const char *site;
        const char *time;
        int before, after;
} Turn;

typedef int (*Look)(const Image *image, const char *door, int64_t now_s);

static int may_enter(const Image *image, const char *door, int64_t now_s)
{
        char line[128];
        Query query;
        const char *problem;
        snprintf(line, sizeof(line), "u enter door:acme/%s", door);
        assert_int_equal(query_parse_line(text_from(line), &query, &problem), 0);
        DecisionContext context = { .now_s = now_s };
        return policy_decide(image, &context, &query, NULL).outcome == OUTCOME_ALLOW;
}

static int state_of(const Image *image, const char *door, int64_t now_s)
{
        DecisionContext context = { .now_s = now_s };
        uint32_t index = image_find(image, RESOURCE_DOOR, 0, text_from(door));
        DoorSituation situation = policy_door_situation(image, &context, index);
        assert_int_equal(situation.unknown, REASON_NONE);
        return (int)situation.state;
}

static void changes_expect(const Image *image, const char *door, const Turn *changes, size_t count,
                           Look look)
{
        for (size_t i = 0; i < count; i++) {
                char path[64];
                int64_t now_s;
                snprintf(path, sizeof(path), "%s/%s", changes[i].site, door);
                assert_int_equal(timestamp_parse(text_from(changes[i].time), &now_s), 0);
                int before = look(image, path, now_s - 1), after = look(image, path, now_s);
                if (before != changes[i].before || after != changes[i].after)
                        fprintf(stderr, "%s at %s: %d, then %d\n", path, changes[i].time, before,
                                after);
                assert_int_equal(before, changes[i].before);
                assert_int_equal(after, changes[i].after);
        }
}

#define CHANGES_EXPECT(state, door, changes, look)                                                 \
        changes_expect(*(state), door, changes, sizeof(changes) / sizeof((changes)[0]), look)

enum { NO = 0, YES = 1 };

static void an_access_schedule_has_no_hour_left_out_and_one_repeated_twice(void **state)
{
        static const Turn CHANGES[] = {
                /* Sundays 02:00 to 03:00. A week before, as it is in winter; then not at all. */
                { "berlin", "2026-03-22T01:00:00Z", NO, YES },
                { "berlin", "2026-03-22T02:00:00Z", YES, NO },
                { "berlin", "2026-03-29T01:00:00Z", NO, NO },
                { "berlin", "2026-03-29T02:00:00Z", NO, NO },
                { "berlin", "2026-10-25T00:00:00Z", NO, YES },
                { "berlin", "2026-10-25T01:00:00Z", YES, YES },
                { "berlin", "2026-10-25T02:00:00Z", YES, NO },
                /* Saturdays 23:00 to 24:00: the hour that comes twice is the last of a Saturday. */
                { "santiago", "2026-04-05T02:00:00Z", NO, YES },
                { "santiago", "2026-04-05T03:00:00Z", YES, YES },
                { "santiago", "2026-04-05T04:00:00Z", YES, NO },
                { "santiago", "2026-09-06T03:00:00Z", NO, YES },
                { "santiago", "2026-09-06T04:00:00Z", YES, NO },
                /* Sundays 01:30 to 02:15: half an hour twice, then a quarter left out. */
                { "lord-howe", "2026-04-04T14:30:00Z", NO, YES },
                { "lord-howe", "2026-04-04T15:00:00Z", YES, YES },
                { "lord-howe", "2026-04-04T15:45:00Z", YES, NO },
                { "lord-howe", "2026-10-03T15:00:00Z", NO, YES },
                { "lord-howe", "2026-10-03T15:30:00Z", YES, NO },
        };
        CHANGES_EXPECT(state, "access", CHANGES, may_enter);
}

static void a_door_schedule_follows_the_clock_on_the_wall(void **state)
{
        enum { OPEN = DOOR_STATE_UNLOCKED, BADGE = DOOR_STATE_ACCESS_CONTROLLED };
        static const Turn CHANGES[] = {
                /* Sundays 02:30 to 03:30. */
                { "berlin", "2026-03-29T00:30:00Z", BADGE, BADGE },
                { "berlin", "2026-03-29T01:00:00Z", BADGE, OPEN },
                { "berlin", "2026-03-29T01:30:00Z", OPEN, BADGE },
                { "berlin", "2026-10-25T00:30:00Z", BADGE, OPEN },
                { "berlin", "2026-10-25T01:00:00Z", OPEN, BADGE },
                { "berlin", "2026-10-25T01:30:00Z", BADGE, OPEN },
                { "berlin", "2026-10-25T02:30:00Z", OPEN, BADGE },
                /* Sundays 00:00 to 01:30. */
                { "santiago", "2026-04-05T03:00:00Z", BADGE, BADGE },
                { "santiago", "2026-04-05T04:00:00Z", BADGE, OPEN },
                { "santiago", "2026-04-05T05:30:00Z", OPEN, BADGE },
                { "santiago", "2026-09-06T04:00:00Z", BADGE, OPEN },
                { "santiago", "2026-09-06T04:30:00Z", OPEN, BADGE },
                /* Sundays 02:00 to 02:45. */
                { "lord-howe", "2026-04-04T15:00:00Z", BADGE, BADGE },
                { "lord-howe", "2026-04-04T15:30:00Z", BADGE, OPEN },
                { "lord-howe", "2026-04-04T16:15:00Z", OPEN, BADGE },
                { "lord-howe", "2026-10-03T15:30:00Z", BADGE, OPEN },
                { "lord-howe", "2026-10-03T15:45:00Z", OPEN, BADGE },
        };
        CHANGES_EXPECT(state, "state", CHANGES, state_of);
}

/* When the local days of the exceptions begin and end: of 23 and 25 hours in Berlin and Santiago,
 * of 24.5 and 23.5 on Lord Howe Island. */
static const struct {
        const char *site, *begins, *ends;
} DAYS[] = {
        { "berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z" },
        { "berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z" },
        { "santiago", "2026-04-04T03:00:00Z", "2026-04-05T04:00:00Z" },
        { "santiago", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z" },
        { "lord-howe", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z" },
        { "lord-howe", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z" },
};

static void days_expect(void **state, const char *door, Look look, int on_them, int otherwise)
{
        for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++) {
                const Turn changes[] = {
                        { DAYS[i].site, DAYS[i].begins, otherwise, on_them },
                        { DAYS[i].site, DAYS[i].ends, on_them, otherwise },
                };
                CHANGES_EXPECT(state, door, changes, look);
        }
}

static void an_exception_lasts_for_the_whole_local_day(void **state)
{
        days_expect(state, "door-exception", state_of, DOOR_STATE_LOCKED,
                    DOOR_STATE_ACCESS_CONTROLLED);
        days_expect(state, "access-exception", may_enter, NO, YES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_access_schedule_has_no_hour_left_out_and_one_repeated_twice),
                cmocka_unit_test(a_door_schedule_follows_the_clock_on_the_wall),
                cmocka_unit_test(an_exception_lasts_for_the_whole_local_day),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
