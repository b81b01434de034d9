/* SPDX-License-Identifier: MIT */
/* Tests of check_exceptions.c: days of exceptions, their own and those of calendars. */
#include "check_fixture.h"

#define LEVELS "access_levels = ( { name = \"l\"; }, { name = \"m\"; } );\n"
#define DOORS(first, second)                                                                       \
        "sites = ( { name = \"HQ\"; doors = ( { name = \"A\"; exceptions = [ " first " ]; },\n"    \
        " { name = \"B\"; exceptions = [ " second " ]; } ); } );\n"
#define EXCEPTION(name, rest) "{ name = \"" name "\"; state = \"locked\"; " rest " }"

static void organization_expect(const char *organization, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE, .organization = organization };
        check_expect(&policy, expected);
}

static void two_exceptions_of_a_door_hold_no_day_together(void **state)
{
        /* Nor does it matter that one is named twice, or has a day twice. */
        organization_expect(
                CHECK_ACME DOORS("\"x\", \"x\"", "\"y\"") "door_exceptions = ( " EXCEPTION(
                        "x", "dates = [ \"2026-12-25\", \"2026-12-25\" ];") ", " //
                EXCEPTION("y", "dates = [ \"2026-12-25\" ];") " );\n",
                "");
        organization_expect(
                CHECK_ACME DOORS("\"x\"", "\"x\", \"z\", \"y\"") "door_exceptions = (\n" //
                EXCEPTION("x", "dates = [ \"2026-12-26\", \"2026-12-25\" ];") ",\n"      //
                EXCEPTION("y", "dates = [ \"2026-12-25\", \"2026-12-26\" ];") ",\n"      //
                EXCEPTION("z", "dates = [ \"2026-12-24\" ];") " );\n",
                "acme.conf:3: error: exceptions \"x\" (acme.conf:5) and \"y\" (acme.conf:6) of "
                "door \"HQ/B\" both hold 2026-12-25: take the day out of one of them\n");
}

static void two_exceptions_of_a_level_hold_no_day_together(void **state)
{
        organization_expect(
                CHECK_ACME LEVELS
                "access_exceptions = (\n"
                " { name = \"x\"; access_levels = [ \"m\", \"l\", \"m\" ]; dates = [ "
                "\"2026-05-01\" ]; },\n"
                " { name = \"y\"; access_levels = [ \"m\" ]; dates = [ \"2026-05-01\" ]; },\n"
                " { name = \"z\"; access_levels = [ \"l\" ]; dates = [ \"2026-05-02\" ]; } );\n",
                "acme.conf:2: error: exceptions \"x\" (acme.conf:4) and \"y\" (acme.conf:5) of "
                "access level \"m\" both hold 2026-05-01: take the day out of one of them\n");
}

/* What is wrong with one is wrong with the next that has the same. */
static void each_that_has_two_exceptions_of_a_day_is_told(void **state)
{
#define BOTH "\"x\", \"y\""
        static const char DOORS_TOLD[] =
                "acme.conf:2: error: exceptions \"x\" (acme.conf:5) and \"y\" (acme.conf:6) of "
                "door \"HQ/A\" both hold 2026-12-25: take the day out of one of them\n"
                "acme.conf:3: error: exceptions \"x\" (acme.conf:5) and \"y\" (acme.conf:6) of "
                "door \"HQ/B\" both hold 2026-12-25: take the day out of one of them\n";
        organization_expect(CHECK_ACME DOORS(BOTH, BOTH) "door_exceptions = (\n" //
                            EXCEPTION("x", "dates = [ \"2026-12-25\" ];") ",\n"  //
                            EXCEPTION("y", "dates = [ \"2026-12-25\" ];") " );\n",
                            DOORS_TOLD);
        /* One may stand in the way of two others. */
        organization_expect(
                CHECK_ACME DOORS(BOTH ", \"z\"", "") "door_exceptions = (\n"        //
                EXCEPTION("x", "dates = [ \"2026-12-25\", \"2026-12-26\" ];") ",\n" //
                EXCEPTION("y", "dates = [ \"2026-12-25\" ];") ",\n"                 //
                EXCEPTION("z", "dates = [ \"2026-12-26\" ];") " );\n",
                "acme.conf:2: error: exceptions \"x\" (acme.conf:5) and \"y\" (acme.conf:6) of "
                "door \"HQ/A\" both hold 2026-12-25: take the day out of one of them\n"
                "acme.conf:2: error: exceptions \"x\" (acme.conf:5) and \"z\" (acme.conf:7) of "
                "door \"HQ/A\" both hold 2026-12-26: take the day out of one of them\n");
        /* What is right with the first of two is not always right with the second. */
        organization_expect(
                CHECK_ACME DOORS("\"x\", \"z\"", BOTH) "door_exceptions = (\n" //
                EXCEPTION("x", "dates = [ \"2026-12-25\" ];") ",\n"            //
                EXCEPTION("y", "dates = [ \"2026-12-25\" ];") ",\n"            //
                EXCEPTION("z", "dates = [ \"2026-12-26\" ];") " );\n",
                "acme.conf:3: error: exceptions \"x\" (acme.conf:5) and \"y\" (acme.conf:6) of "
                "door \"HQ/B\" both hold 2026-12-25: take the day out of one of them\n");
        /* Exceptions of doors and of access levels have the same numbers. */
        organization_expect(
                CHECK_ACME DOORS(BOTH, BOTH) "door_exceptions = (\n" //
                EXCEPTION("x", "dates = [ \"2026-12-24\" ];") ",\n"  //
                EXCEPTION("y",
                          "dates = [ \"2026-12-25\" ];") " );\n" LEVELS //
                                                         "access_exceptions = (\n"
                                                         " { name = \"x\"; access_levels = [ \"m\" "
                                                         "]; dates = [ \"2026-05-01\" ]; },\n"
                                                         " { name = \"y\"; access_levels = [ \"m\" "
                                                         "]; dates = [ \"2026-05-01\" ]; } );\n",
                "acme.conf:7: error: exceptions \"x\" (acme.conf:9) and \"y\" (acme.conf:10) of "
                "access level \"m\" both hold 2026-05-01: take the day out of one of them\n");
}

/* Checks a policy whose only calendar holds some days. */
static void calendar_expect(const char *organization, int32_t *days, uint32_t count,
                            const char *expected)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        check_load(&fixture, SOURCE_CATALOGUE, "roles.conf", NULL, CHECK_CATALOGUE);
        check_load(&fixture, SOURCE_ORGANIZATION, "acme.conf", "acme", organization);
        load_fixture_expect(&fixture, "");
        ModelCalendar *calendar = fixture.model->organizations.items->calendars.items;
        calendar->days.items = days;
        calendar->days.count = count;
        model_check(fixture.model, CHECK_NOW);
        load_fixture_expect(&fixture, expected);
        load_fixture_done(&fixture);
}

#define CALENDAR "calendars = ( { name = \"c\"; file = \"c.ics\"; } );\n"

static void days_of_calendars_count_as_well(void **state)
{
        int32_t days[] = { 20597, 20812 }; /* 2026-05-24 and 2026-12-25 */
        calendar_expect(
                CHECK_ACME DOORS("\"x\"", "\"x\", \"y\"") CALENDAR "door_exceptions = (\n" //
                EXCEPTION("x", "calendars = [ \"c\" ]; dates = [ \"2026-12-25\" ];") ",\n" //
                EXCEPTION("y", "dates = [ \"2026-12-25\" ];") " );\n",
                days, 2,
                "acme.conf:3: error: exceptions \"x\" (acme.conf:6) and \"y\" "
                "(acme.conf:7) of door \"HQ/B\" both hold 2026-12-25: take the day out of "
                "one of them\n");
        calendar_expect(CHECK_ACME LEVELS CALENDAR
                        "access_exceptions = (\n"
                        "{ name = \"x\"; access_levels = [ \"l\" ]; calendars = [ \"c\" ]; },\n"
                        "{ name = \"y\"; access_levels = [ \"l\" ]; calendars = [ \"c\" ]; } );\n",
                        days, 2,
                        "acme.conf:2: error: exceptions \"x\" (acme.conf:5) and \"y\" "
                        "(acme.conf:6) of access level \"l\" both hold 2026-05-24: take the day "
                        "out of one of them\n");
        calendar_expect(CHECK_ACME LEVELS CALENDAR
                        "access_exceptions = ( { name = \"x\"; access_levels = [ \"l\" ]; "
                        "calendars = [ \"c\" ]; } );\n",
                        days, 2, "");
}

static void exceptions_of_one_thing_have_only_so_many_days(void **state)
{
        static int32_t days[16384];
        for (int32_t i = 0; i < 16384; i++)
                days[i] = i;
        calendar_expect(
                CHECK_ACME DOORS("\"x\"", "\"x\", \"y\"") CALENDAR "door_exceptions = (\n" //
                EXCEPTION("x", "calendars = [ \"c\" ]; dates = [ \"1970-01-01\" ];") ",\n" //
                EXCEPTION("y", "dates = [ \"2026-12-25\" ];") " );\n",
                days, 16384,
                "acme.conf:3: error: the exceptions of door \"HQ/B\" hold more than 16384 "
                "days\n");
}

static void what_has_no_effect_is_a_warning(void **state)
{
        organization_expect(
                CHECK_ACME LEVELS CALENDAR "door_exceptions = ( " EXCEPTION(
                        "x",
                        "") " );\n"
                            "access_exceptions = ( { name = \"y\"; access_levels = [ \"l\" ]; },\n"
                            " { name = \"z\"; dates = [ \"2026-05-01\" ]; },\n"
                            " { name = \"e\"; access_levels = [ \"l\" ]; calendars = [ \"c\" ]; } "
                            ");\n",
                "acme.conf:4: warning: door exception \"x\" has no effect: neither \"dates\" nor "
                "\"calendars\" give it a day\n"
                "acme.conf:5: warning: access exception \"y\" has no effect: neither \"dates\" nor "
                "\"calendars\" give it a day\n"
                "acme.conf:6: warning: access exception \"z\" has no effect: it names no "
                "\"access_levels\"\n"
                "acme.conf:7: warning: access exception \"e\" has no effect: neither \"dates\" nor "
                "\"calendars\" give it a day\n");
        /* Without windows access is shut on its days: that is what it is for. */
        organization_expect(CHECK_ACME LEVELS
                            "access_exceptions = ( { name = \"y\"; access_levels = [ \"l\" ]; "
                            "dates = [ \"2026-05-01\" ]; } );\n",
                            "");
}

/* What is missing may be what was wrong. */
static void where_something_is_wrong_nobody_is_warned_that_nothing_is_there(void **state)
{
        organization_expect(CHECK_ACME LEVELS "door_exceptions = (\n"      //
                            EXCEPTION("x", "calendars = [ \"d\" ];") ",\n" //
                            EXCEPTION("y", "") " );\n",
                            "acme.conf:4: error: there is no calendar \"d\"\n");
}

static void what_exceptions_name_exists_and_stands_once(void **state)
{
        organization_expect(
                CHECK_ACME LEVELS
                "calendars = ( { name = \"c\"; file = \"c.ics\"; },\n"
                " { name = \"c\"; file = \"d.ics\"; } );\n"
                "door_exceptions = ( " EXCEPTION(
                        "x", "calendars = [ \"d\" ];") " );\n"
                                                       "access_exceptions = ( { name = \"y\"; "
                                                       "access_levels = [ \"n\",\n \"nobody\" ]; "
                                                       "dates = [ \"2026-05-01\" ]; },\n"
                                                       " { name = \"y\"; access_levels = [ \"l\" "
                                                       "]; dates = [ \"2026-05-02\" ]; } );\n",
                "acme.conf:4: error: duplicate calendar \"c\": it already stands at acme.conf:3\n"
                "acme.conf:5: error: there is no calendar \"d\"; did you mean \"c\"?\n"
                "acme.conf:6: error: there is no access level \"n\"; did you mean \"l\"?\n"
                "acme.conf:7: error: there is no access level \"nobody\"\n"
                "acme.conf:8: error: duplicate access exception \"y\": it already stands at "
                "acme.conf:6\n");
}

/* 2026-06-08 is a Monday. A window that only ends at midnight does not reach it. */
static void a_window_of_no_day_of_its_exception_has_no_effect(void **state)
{
#define NIGHT(days, to)                                                                            \
        "door_exceptions = (\n" EXCEPTION("x",                                                     \
                                          "dates = [ \"2026-06-08\" ]; weekly = (\n"               \
                                          "{ days = [ " days " ]; from = \"22:00\"; to = \"" to    \
                                          "\"; state = \"unlocked\"; } );") " );\n"
        static const char NO_EFFECT[] =
                "acme.conf:6: warning: this window has no effect: none of the \"dates\" of "
                "exception \"x\" falls on its \"days\"\n";
        organization_expect(CHECK_ACME DOORS("\"x\"", "") NIGHT("\"mon\"", "23:00"), "");
        organization_expect(CHECK_ACME DOORS("\"x\"", "") NIGHT("\"sun\"", "06:00"), "");
        organization_expect(CHECK_ACME DOORS("\"x\"", "") NIGHT("\"sun\"", "24:00"), NO_EFFECT);
        organization_expect(CHECK_ACME DOORS("\"x\"", "") NIGHT("\"tue\"", "06:00"), NO_EFFECT);
#undef NIGHT
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_window_of_no_day_of_its_exception_has_no_effect),
                cmocka_unit_test(two_exceptions_of_a_door_hold_no_day_together),
                cmocka_unit_test(two_exceptions_of_a_level_hold_no_day_together),
                cmocka_unit_test(each_that_has_two_exceptions_of_a_day_is_told),
                cmocka_unit_test(days_of_calendars_count_as_well),
                cmocka_unit_test(exceptions_of_one_thing_have_only_so_many_days),
                cmocka_unit_test(what_has_no_effect_is_a_warning),
                cmocka_unit_test(where_something_is_wrong_nobody_is_warned_that_nothing_is_there),
                cmocka_unit_test(what_exceptions_name_exists_and_stands_once),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
