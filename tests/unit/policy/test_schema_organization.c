/* SPDX-License-Identifier: MIT */
/* Tests of an organization's files: schedules, access levels, what is refused, who may say what. */
#include "load_fixture.h"

static void an_organization_is_read_with_all_its_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          "\norganization = { name = \"acme\"; title = \"Acme\";\n"
                          " timezone = \"Europe/Berlin\"; remote_unlock = false; };\n");
        load_fixture_expect(&fixture, "");
        assert_int_equal(fixture.model->organizations.count, 1);
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_string_equal(organization->name, "acme");
        assert_string_equal(organization->title, "Acme");
        assert_string_equal(organization->timezone, "Europe/Berlin");
        assert_int_equal(organization->timezone_place.line, 3);
        assert_int_equal(organization->place.line, 2);
        assert_false(organization->remote_unlock);
        assert_int_equal(organization->remote_unlock_place.line, 3);
        load_fixture_done(&fixture);
}

static void an_organization_has_defaults(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f", LOAD_HEAD);
        load_fixture_expect(&fixture, "");
        assert_string_equal(fixture.model->organizations.items[0].timezone, "UTC");
        assert_true(fixture.model->organizations.items[0].remote_unlock);
        load_fixture_done(&fixture);
}

static void only_the_file_of_its_name_holds_an_organization(void **state)
{
        load_expect(SOURCE_ORGANIZATION, "organization = {\n name = \"other\"; };",
                    "f:2: error: the organization of this file is \"acme\"; \"other\" would stand "
                    "in a file of its own, other.conf\n");
        load_expect(SOURCE_ORGANIZATION, "users = ( );",
                    "f:1: error: missing key \"organization\" in an organization's file\n");
        load_expect(SOURCE_ORGANIZATION, "",
                    "f:1: error: missing key \"organization\" in an organization's file\n");
        load_expect(SOURCE_ORGANIZATION, "organization = { title = \"x\"; };",
                    "f:1: error: missing key \"name\" in an organization\n");
        load_expect(SOURCE_FRAGMENT, "\norganization = { name = \"acme\"; };",
                    "f:2: error: only acme.conf may hold \"organization\": an organization has one "
                    "file, and fragments that add to its lists\n");
        load_expect(SOURCE_FRAGMENT, "users = ( );", "");
}

static void lists_of_fragments_are_appended(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD "groups = ( { name = \"a\"; } );");
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "g", "groups = ( { name = \"b\"; } );");
        load_fixture_expect(&fixture, "");
        assert_int_equal(fixture.model->organizations.count, 1);
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->groups.count, 2);
        assert_string_equal(organization->groups.items[1].name, "b");
        assert_int_equal(organization->groups.items[1].place.file, 1);
        load_fixture_done(&fixture);
}

static void what_comes_later_is_refused_and_not_ignored(void **state)
{
        static const char *const KEYS[] = { "areas", "anti_passback" };
        for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
                char text[64], expected[128];
                snprintf(text, sizeof(text), "%s = ( );", KEYS[i]);
                snprintf(expected, sizeof(expected), "f:2: error: \"%s\" is not supported yet\n",
                         KEYS[i]);
                load_expect_organization(text, expected);
        }
        load_expect_organization("sites = ( { name = \"HQ\"; areas = ( );\n doors = ( { name = "
                                 "\"D\";\n areas = ( );\n"
                                 " anti_passback = true; } ); } );",
                                 "f:2: error: \"areas\" is not supported yet\n"
                                 "f:4: error: \"areas\" is not supported yet\n"
                                 "f:5: error: \"anti_passback\" is not supported yet\n");
}

static void unknown_keys_are_errors(void **state)
{
        load_expect_organization(
                "user = ( );",
                "f:2: error: unknown key \"user\" in an organization's file; did you "
                "mean \"users\"?\n");
        load_expect_organization("Users = ( );",
                                 "f:2: error: unknown key \"Users\" in an organization's file; did "
                                 "you mean \"users\"?\n");
        load_expect_organization(
                "something = 1;",
                "f:2: error: unknown key \"something\" in an organization's file\n");
        load_expect_organization(
                "users* = ( );",
                "f:2: error: unknown key \"users*\" in an organization's file; did "
                "you mean \"users\"?\n");
}

static void a_duplicate_key_is_an_error_of_the_second_line(void **state)
{
        load_expect_organization(
                "users = ( );\nusers = ( );",
                "f:3: error: a setting that stands above already, in the same group\n");
        load_expect_organization(
                "users = ( { name = \"a\";\n name = \"b\"; } );",
                "f:3: error: a setting that stands above already, in the same group\n");
        load_expect_organization("floorplans = ( { name = \"a\"; doors = [ \"x/y\",\n 1 ]; } );",
                                 "f:3: error: the values within [ ] are not all of one type\n");
}

static void wrong_types_are_errors(void **state)
{
        load_expect_organization(
                "users = { };",
                "f:2: error: \"users\" must be a list of groups: ( { ... }, { ... } )\n");
        load_expect_organization("users = ( { name = \"a\"; },\n \"b\" );",
                                 "f:3: error: \"users\" must hold groups: { ... }\n");
        load_expect_organization(
                "users = [ \"a\" ];",
                "f:2: error: \"users\" must be a list of groups: ( { ... }, { ... } )\n");
        load_expect_organization("users = [ ];", "");
        load_expect_organization("floorplans = ( { name = 5; } );",
                                 "f:2: error: \"name\" must be a string, not a number\n");
        load_expect_organization(
                "floorplans = ( { name = \"a\"; doors = \"x/y\"; } );",
                "f:2: error: \"doors\" must be an array of strings, not a string\n");
        load_expect_organization("floorplans = ( { name = \"a\"; doors = ( \"x/y\", 5 ); } );",
                                 "f:2: error: \"doors\" must be a string, not a number\n");
}

static void titles_are_one_line_of_text(void **state)
{
        load_expect_organization(
                "floorplans = ( { name = \"a\"; title = \"\\x1b[2J\"; } );",
                "f:2: error: \"title\" holds control characters or bytes that are not UTF-8\n");
        load_expect_organization(
                "floorplans = ( { name = \"a\"; title = \"\\xff\"; } );",
                "f:2: error: \"title\" holds control characters or bytes that are not UTF-8\n");
        load_expect_organization(
                "floorplans = ( { name = \"a\"; title = \"T\xc3\xbcr \\xc3\\xa4\"; } );", "");
}

static void a_schedule_is_read_with_all_its_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD
                          "schedules = ( { name = \"s\"; title = \"S\"; timezone = \"UTC\";\n"
                          " weekly = ( { days = [ \"mon\", \"sun\" ]; from = \"08:00\";\n"
                          "  to = \"24:00\"; },\n"
                          "  { days = [ \"sat\" ]; from = \"22:00\"; to = \"06:00\"; } ); },\n"
                          " { name = \"t\"; weekly = ( { days = [ \"tue\" ]; from = \"00:00\";"
                          "  to = \"00:01\"; } ); } );");
        load_fixture_expect(&fixture, "");
        const ModelSchedule *schedules = fixture.model->organizations.items[0].schedules.items;
        assert_string_equal(schedules[0].timezone, "UTC");
        assert_null(schedules[1].timezone);
        assert_int_equal(schedules[0].weekly.count, 2);
        assert_int_equal(schedules[0].weekly.items[0].days, 1 << 0 | 1 << 6);
        assert_int_equal(schedules[0].weekly.items[0].minute_from, 480);
        assert_int_equal(schedules[0].weekly.items[0].minute_to, 1440);
        assert_int_equal(schedules[0].weekly.items[0].place.line, 3);
        assert_int_equal(schedules[0].weekly.items[1].minute_from, 1320);
        assert_int_equal(schedules[0].weekly.items[1].minute_to, 360);
        load_fixture_done(&fixture);
}

static void a_schedule_may_be_never_on(void **state)
{
        load_expect_organization("schedules = ( { name = \"s\"; weekly = ( ); } );", "");
        load_expect_organization("schedules = ( { name = \"s\"; } );", "");
        load_expect_organization(
                "schedules = ( { name = \"s\"; weekly = ( { days = [ ]; from = \"08:00\";\n"
                " to = \"09:00\"; } ); } );",
                "");
}

static void a_window_says_when(void **state)
{
        load_expect_organization("schedules = ( { name = \"s\"; weekly = ( { } ); } );",
                                 "f:2: error: missing key \"days\" in a weekly window\n"
                                 "f:2: error: missing key \"from\" in a weekly window\n"
                                 "f:2: error: missing key \"to\" in a weekly window\n");
}

static void expect_window(const char *keys, const char *expected)
{
        char text[256];
        snprintf(text, sizeof(text), "schedules = ( { name = \"s\"; weekly = ( {\n%s } ); } );",
                 keys);
        load_expect_organization(text, expected);
}

static void windows_have_days_and_times_that_exist(void **state)
{
        expect_window("days = [ \"mon\" ]; from = \"08:00\"; to = \"08:00\";",
                      "f:2: error: a window must not end when it starts (a whole day is from 00:00 "
                      "to 24:00)\n");
        expect_window("days = [ \"mon\" ]; from = \"24:00\"; to = \"08:00\";",
                      "f:3: error: \"24:00\" in \"from\" does not exist\n");
        expect_window("days = [ \"mon\" ]; from = \"08:60\"; to = \"24:01\";",
                      "f:3: error: \"08:60\" in \"from\" does not exist\n"
                      "f:3: error: \"24:01\" in \"to\" does not exist\n");
        expect_window("days = [ \"mon\" ]; from = \"8:00\"; to = \"09:00\";",
                      "f:3: error: \"8:00\" in \"from\" is not a time of the day such as 08:00\n");
        expect_window("days = [ \"mon\", \"mon\" ]; from = \"08:00\"; to = \"09:00\";",
                      "f:3: error: \"mon\" stands twice in \"days\"\n");
        expect_window("days = [ \"monday\" ]; from = \"08:00\"; to = \"09:00\";",
                      "f:3: error: unknown \"monday\" in \"days\"; known: mon, tue, wed, thu, "
                      "fri, sat, sun\n");
}

static void time_zones_have_a_form(void **state)
{
        load_expect_organization(
                "schedules = ( { name = \"s\"; timezone = \"../../etc/passwd\"; weekly = ( {\n"
                " days = [ \"mon\" ]; from = \"08:00\"; to = \"09:00\"; } ); } );",
                "f:2: error: \"../../etc/passwd\" in \"timezone\" is not a time zone such as "
                "Europe/Berlin\n");
}

static void access_levels_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD "access_levels = ( { name = \"l\"; doors = [ \"HQ/D1\",\n"
                                    "  \"HQ/Tower/D3\"\n ];\n access_groups = [ \"staff\" ];\n"
                                    " schedule = \"s\"; }, { name = \"m\"; } );");
        load_fixture_expect(&fixture, "");
        const ModelAccessLevel *levels = fixture.model->organizations.items[0].access_levels.items;
        assert_int_equal(levels[0].doors.count, 2);
        assert_string_equal(levels[0].doors.items[1].name, "HQ/Tower/D3");
        assert_int_equal(levels[0].doors.items[1].place.line, 3);
        assert_int_equal(levels[0].doors.items[1].index, MODEL_NONE);
        assert_string_equal(levels[0].schedule.name, "s");
        assert_null(levels[1].schedule.name);
        load_fixture_done(&fixture);
        load_expect_organization(
                "access_levels = ( { name = \"l\"; doors = [ \"D1\", \"HQ//D1\", \"../D1\" ]; } );",
                "f:2: error: \"D1\" in \"doors\" is not the path of a door, such as HQ/Tower/D1\n"
                "f:2: error: \"HQ//D1\" in \"doors\" is not the path of a door, such as "
                "HQ/Tower/D1\n"
                "f:2: error: \"../D1\" in \"doors\" is not the path of a door, such as "
                "HQ/Tower/D1\n");
}

static void exceptions_templates_and_floorplans_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD
                          "door_exceptions = ( { name = \"e\"; dates = [ \"1970-01-02\" ];\n"
                          " state = \"card-and-code\"; } );\n"
                          "roll_call_templates = ( { name = \"t\"; site = \"HQ\"; } );\n"
                          "floorplans = ( { name = \"p\"; doors = [ \"HQ/D1\" ]; } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->door_exceptions.items[0].days.items[0], 1);
        assert_int_equal(organization->door_exceptions.items[0].state, DOOR_STATE_CARD_AND_CODE);
        assert_string_equal(organization->templates.items[0].site.name, "HQ");
        assert_string_equal(organization->floorplans.items[0].doors.items[0].name, "HQ/D1");
        load_fixture_done(&fixture);
        load_expect_organization(
                "door_exceptions = ( { name = \"e\"; dates = [ \"2026-02-29\",\n \"26-1-1\" ];\n"
                " state = \"locked\"; } );",
                "f:2: error: \"2026-02-29\" in \"dates\" does not exist\n"
                "f:3: error: \"26-1-1\" in \"dates\" is not a date such as 2026-12-25\n");
        load_expect_organization(
                "door_exceptions = ( { name = \"e\"; state = \"loked\"; } );",
                "f:2: error: unknown \"loked\" in \"state\"; did you mean \"locked\"?\n");
        load_expect_organization("roll_call_templates = ( { name = \"t\"; } );",
                                 "f:2: error: missing key \"site\" in a roll call template\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_organization_is_read_with_all_its_keys),
                cmocka_unit_test(an_organization_has_defaults),
                cmocka_unit_test(only_the_file_of_its_name_holds_an_organization),
                cmocka_unit_test(lists_of_fragments_are_appended),
                cmocka_unit_test(what_comes_later_is_refused_and_not_ignored),
                cmocka_unit_test(unknown_keys_are_errors),
                cmocka_unit_test(a_duplicate_key_is_an_error_of_the_second_line),
                cmocka_unit_test(wrong_types_are_errors),
                cmocka_unit_test(titles_are_one_line_of_text),
                cmocka_unit_test(a_schedule_is_read_with_all_its_keys),
                cmocka_unit_test(a_schedule_may_be_never_on),
                cmocka_unit_test(a_window_says_when),
                cmocka_unit_test(windows_have_days_and_times_that_exist),
                cmocka_unit_test(time_zones_have_a_form),
                cmocka_unit_test(access_levels_are_read),
                cmocka_unit_test(exceptions_templates_and_floorplans_are_read),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
