/* SPDX-License-Identifier: MIT */
/* Tests of schema_schedules.c: schedules and exceptions of both kinds, calendars. */
#include "load_fixture.h"

#define WINDOW "days = [ \"mon\" ]; from = \"08:00\"; to = \"18:00\";"

static void schedules_of_both_kinds_are_one_list(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD
                          "schedules = ( { name = \"s\"; weekly = ( { " WINDOW " } ); } );\n"
                          "door_schedules = ( { name = \"d\"; timezone = \"Europe/Berlin\";\n"
                          "  weekly = ( { " WINDOW " state = \"card-and-code\"; } ); } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->schedules.count, 2);
        const ModelSchedule *schedules = organization->schedules.items;
        assert_int_equal(schedules[0].kind, SCHEDULE_KIND_ACCESS);
        assert_int_equal(schedules[0].weekly.items[0].state, DOOR_STATE_COUNT);
        assert_int_equal(schedules[1].kind, SCHEDULE_KIND_DOOR);
        assert_int_equal(schedules[1].weekly.items[0].state, DOOR_STATE_CARD_AND_CODE);
        assert_string_equal(schedules[1].timezone, "Europe/Berlin");
        assert_int_equal(schedules[1].timezone_place.line, 3);
        load_fixture_done(&fixture);
}

static void a_state_stands_in_windows_of_doors_only(void **state)
{
        static const char REFUSED[] =
                "error: access is on in a window and has no \"state\": what gives a door a state "
                "stands in \"door_schedules\" or \"door_exceptions\"\n";
        char expected[512];
        snprintf(expected, sizeof(expected), "f:3: %sf:5: %sf:6: %s", REFUSED, REFUSED, REFUSED);
        load_expect_organization(
                "schedules = ( { name = \"s\"; weekly = ( { " WINDOW "\n state = \"locked\"; } ); "
                "} );\naccess_exceptions = ( { name = \"x\"; weekly = ( { " WINDOW "\n"
                " state = \"locked\"; } );\n state = \"locked\"; } );",
                expected);
        load_expect_organization(
                "door_schedules = ( { name = \"d\"; weekly = (\n { " WINDOW " } ); } );\n"
                "door_exceptions = ( { name = \"x\"; state = \"locked\"; weekly = (\n"
                " { " WINDOW " } ); } );",
                "f:3: error: missing key \"state\" in a door's weekly window\n"
                "f:5: error: missing key \"state\" in a door's weekly window\n");
        load_expect_organization(
                "door_schedules = ( { name = \"d\"; weekly = ( { " WINDOW "\n"
                " state = \"open\"; } ); } );",
                "f:3: error: unknown \"open\" in \"state\"; known: unlocked, card-and-code, "
                "locked, access-controlled\n");
}

static void days_do_not_stand_in_a_schedule(void **state)
{
        static const char *const KEYS[] = { "calendar", "calendars", "holidays" };
        static const char *const LISTS[] = { "schedules", "door_schedules" };
        for (size_t i = 0; i < 6; i++) {
                const char *key = KEYS[i / 2];
                char text[128], expected[256];
                snprintf(text, sizeof(text), "%s = ( { name = \"s\";\n%s = [ \"x\" ]; } );",
                         LISTS[i % 2], key);
                snprintf(expected, sizeof(expected),
                         "f:3: error: \"%s\" does not stand in a schedule: days stand in "
                         "\"access_exceptions\" or \"door_exceptions\", which may name "
                         "\"calendars\"\n",
                         key);
                load_expect_organization(text, expected);
        }
}

static void exceptions_are_read_with_all_their_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_ORGANIZATION, "f",
                LOAD_HEAD
                "door_exceptions = ( { name = \"d\"; title = \"D\"; dates = [ \"1970-01-02\" ];\n"
                "  calendars = [ \"c\" ]; state = \"locked\";\n"
                "  weekly = ( { " WINDOW " state = \"unlocked\"; } ); } );\n"
                "access_exceptions = ( { name = \"a\"; dates = [ \"1970-01-03\" ];\n"
                "  access_levels = [ \"l\", \"m\" ]; calendars = [ \"c\" ];\n"
                "  weekly = ( { " WINDOW " } ); } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        const ModelException *door = organization->door_exceptions.items,
                             *access = organization->access_exceptions.items;
        assert_int_equal(door->kind, SCHEDULE_KIND_DOOR);
        assert_string_equal(door->title, "D");
        assert_int_equal(door->days.items[0], 1);
        assert_string_equal(door->calendars.items[0].name, "c");
        assert_int_equal(door->calendars.items[0].place.line, 3);
        assert_int_equal(door->state, DOOR_STATE_LOCKED);
        assert_int_equal(door->weekly.items[0].state, DOOR_STATE_UNLOCKED);
        assert_int_equal(access->kind, SCHEDULE_KIND_ACCESS);
        assert_int_equal(access->days.items[0], 2);
        assert_int_equal(access->access_levels.count, 2);
        assert_int_equal(access->calendars.count, 1);
        assert_int_equal(access->weekly.items[0].state, DOOR_STATE_COUNT);
        load_fixture_done(&fixture);
        load_expect_organization("door_exceptions = ( { name = \"d\"; } );",
                                 "f:2: error: missing key \"state\" in a door exception\n");
        load_expect_organization("door_exceptions = ( { name = \"d\"; state = \"locked\";\n"
                                 " access_levels = [ ]; } );",
                                 "f:3: error: unknown key \"access_levels\" in a door exception\n");
}

static void a_schedule_has_only_so_many_windows(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        fputs("door_exceptions = ( { name = \"x\"; state = \"locked\"; weekly = (\n", stream);
        for (int i = 0; i <= 256; i++)
                fprintf(stream, "%s{ " WINDOW " state = \"locked\"; }", i > 0 ? ", " : "");
        fputs(" ); } );", stream);
        fclose(stream);
        load_expect_organization(text, "f:2: error: more than 256 windows\n");
        free(text);
}

static void calendars_name_a_file(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD "calendars = ( { name = \"c\"; title = \"C\";\n"
                                    "  file = \"berlin-2026.ics\"; } );");
        load_fixture_expect(&fixture, "");
        const ModelCalendar *calendar = fixture.model->organizations.items->calendars.items;
        assert_string_equal(calendar->name, "c");
        assert_string_equal(calendar->file, "berlin-2026.ics");
        assert_int_equal(calendar->file_place.line, 3);
        load_fixture_done(&fixture);
        load_expect_organization("calendars = ( { name = \"c\"; } );",
                                 "f:2: error: missing key \"file\" in a calendar\n");
        static const char *const WRONG[] = { "x.conf", "../x.ics", "a/x.ics", ".ics", "ics", "" };
        for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
                char text[128], expected[256];
                snprintf(text, sizeof(text), "calendars = ( { name = \"c\"; file = \"%s\"; } );",
                         WRONG[i]);
                snprintf(expected, sizeof(expected),
                         "f:2: error: \"%s\" in \"file\" is not the name of a file in "
                         "calendars.d, such as holidays.ics\n",
                         WRONG[i]);
                load_expect_organization(text, expected);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(schedules_of_both_kinds_are_one_list),
                cmocka_unit_test(a_state_stands_in_windows_of_doors_only),
                cmocka_unit_test(days_do_not_stand_in_a_schedule),
                cmocka_unit_test(exceptions_are_read_with_all_their_keys),
                cmocka_unit_test(a_schedule_has_only_so_many_windows),
                cmocka_unit_test(calendars_name_a_file),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
