/* SPDX-License-Identifier: MIT */
/* Tests of compile_schedules.c: zones, windows, days of exceptions. */
#include "compile_fixture.h"

#include "policy/door_state.h"
#include "policy/engine.h"

enum { HOUR = 60 * 60, DAY = 24 * HOUR };

static void expect_zone(const Image *image, uint32_t zone, const char *name)
{
        const ImageZone *record = image_inline_zone(image, zone);
        assert_non_null(record);
        compiled_expect_text(image, record->name, name);
}

static void expect_door_zone(const Image *image, const char *door, const char *name)
{
        uint32_t index = compiled_find(image, RESOURCE_DOOR, door);
        expect_zone(image, image_inline_door(image, index)->zone, name);
}

static void a_door_has_the_zone_of_the_nearest_site_that_states_one(void **state)
{
        Image *image = compile_text(
                "organization = { name = \"acme\"; timezone = \"Europe/Berlin\"; };\n"
                "sites = ( { name = \"A\"; doors = ( { name = \"d\"; } ); sites = (\n"
                "  { name = \"B\"; timezone = \"Asia/Tokyo\"; doors = ( { name = \"d\"; } );\n"
                "    sites = ( { name = \"C\"; doors = ( { name = \"d\"; } ); } ); } ); } );\n",
                NULL, 0);
        expect_door_zone(image, "A/d", "Europe/Berlin");
        expect_door_zone(image, "A/B/d", "Asia/Tokyo");
        expect_door_zone(image, "A/B/C/d", "Asia/Tokyo");
        image_free(image);
        image = compile_text(CHECK_ACME
                             "sites = ( { name = \"A\"; doors = ( { name = \"d\"; } ); } );\n",
                             NULL, 0);
        expect_door_zone(image, "A/d", "UTC");
        assert_true(image_header(image)->known_until_s == TIMESTAMP_MAX);
        image_free(image);
}

static void expect_window(const Image *image, ImageRange windows, uint32_t index, uint32_t from,
                          uint32_t to, uint32_t state)
{
        uint32_t count;
        const ImageWindow *records = image_inline_windows(image, windows, &count);
        assert_true(index < count);
        assert_int_equal(records[index].from, from);
        assert_int_equal(records[index].to, to);
        assert_int_equal(records[index].state, state);
}

#define WINDOW_OF(day, from, to, rest)                                                             \
        "{ days = [ \"" day "\" ]; from = \"" from "\"; to = \"" to "\"; " rest " }"
#define WINDOW(from, to, rest) WINDOW_OF("mon", from, to, rest)

static void windows_that_say_the_same_and_touch_are_one(void **state)
{
        Image *image = compile_text(
                CHECK_ACME
                "schedules = ( { name = \"s\"; timezone = \"Asia/Tokyo\"; weekly = (\n" WINDOW(
                        "10:00", "12:00", "") ", " WINDOW("08:00", "10:00", "") ", " //
                WINDOW("11:00", "11:30",
                       "") ", " WINDOW("14:00", "15:00",
                                       "") " ); } );\n"
                                           "door_schedules = ( { name = \"d\"; weekly = (\n" WINDOW(
                                                   "10:00", "12:00", "state = \"locked\";") ", " //
                WINDOW("08:00", "10:00", "state = \"unlocked\";") " ); } );\n",
                NULL, 0);
        const ImageSchedule *schedule =
                image_inline_schedule(image, compiled_find(image, RESOURCE_SCHEDULE, "s"));
        assert_int_equal(schedule->kind, SCHEDULE_KIND_ACCESS);
        expect_zone(image, schedule->zone, "Asia/Tokyo");
        assert_int_equal(schedule->windows.count, 2);
        expect_window(image, schedule->windows, 0, 8 * HOUR, 12 * HOUR, DOOR_STATE_COUNT);
        expect_window(image, schedule->windows, 1, 14 * HOUR, 15 * HOUR, DOOR_STATE_COUNT);
        schedule = image_inline_schedule(image, compiled_find(image, RESOURCE_SCHEDULE, "d"));
        assert_int_equal(schedule->kind, SCHEDULE_KIND_DOOR);
        assert_int_equal(schedule->zone, IMAGE_NONE);
        assert_int_equal(schedule->windows.count, 2);
        expect_window(image, schedule->windows, 0, 8 * HOUR, 10 * HOUR, DOOR_STATE_UNLOCKED);
        expect_window(image, schedule->windows, 1, 10 * HOUR, 12 * HOUR, DOOR_STATE_LOCKED);
        image_free(image);
}

static void expect_days(const Image *image, const ImageDays *days,
                        const ImageExceptionDay *expected, uint32_t count)
{
        uint32_t found;
        const ImageExceptionDay *records = image_inline_exception_days(image, days->days, &found);
        assert_int_equal(found, count);
        for (uint32_t i = 0; i < count; i++) {
                assert_int_equal(records[i].day, expected[i].day);
                assert_int_equal(records[i].exception, expected[i].exception);
        }
}

#define EXCEPTIONS                                                                                 \
        CHECK_ACME                                                                                 \
        "sites = ( { name = \"A\"; doors = ( { name = \"d\"; schedule = \"s\"; exceptions = [ "    \
        "\"y\", \"x\" ]; }, { name = \"e\"; exceptions = [ \"x\" ]; }, { name = \"f\"; } ); } "    \
        ");\n"                                                                                     \
        "door_schedules = ( { name = \"s\"; weekly = ( " WINDOW(                                   \
                "08:00", "09:00",                                                                  \
                "state = \"locked\";") " ); } );\n"                                                \
                                       "calendars = ( { name = \"c\"; file = \"c.ics\"; } );\n"    \
                                       "door_exceptions = ( { name = \"x\"; state = \"locked\"; "  \
                                       "dates = [ \"1970-01-04\", "                                \
                                       "\"1970-01-02\" ]; }, { name = \"y\"; state = "             \
                                       "\"unlocked\"; calendars = [ \"c\" ]; dates "               \
                                       "= [ \"1970-01-06\" ]; } );\n"                              \
                                       "access_levels = ( { name = \"l\"; }, { name = \"m\"; } "   \
                                       ");\n"                                                      \
                                       "access_exceptions = ( { name = \"x\"; access_levels = [ "  \
                                       "\"m\" ]; dates = [ "                                       \
                                       "\"1970-01-02\" ]; weekly = ( " WINDOW_OF(                  \
                                               "fri", "08:00", "09:00",                            \
                                               "") " ); }, { name = \"z\"; "                       \
                                                   "access_levels = [ \"m\", \"l\" ]; dates = [ "  \
                                                   "\"1970-01-03\" ]; } );\n"

static void a_door_has_the_days_of_its_exceptions_in_order(void **state)
{
        int32_t items[] = { 2, 5 }; /* 1970-01-06 stands in the text as well */
        ModelDays days = { items, 2, 2 };
        Image *image = compile_text(EXCEPTIONS, &days, 20000);
        const ImageDoor *doors = image_inline_door(image, 0);
        assert_int_equal(doors[0].schedule, compiled_find(image, RESOURCE_SCHEDULE, "s"));
        expect_days(image, &doors[0].exceptions,
                    (ImageExceptionDay[]){ { 1, 0 }, { 2, 1 }, { 3, 0 }, { 5, 1 } }, 4);
        assert_int_equal(doors[0].exceptions.known_until, 20000);
        assert_int_equal(doors[0].exceptions.with_calendar, 1);
        assert_int_equal(doors[1].schedule, IMAGE_NONE);
        expect_days(image, &doors[1].exceptions, (ImageExceptionDay[]){ { 1, 0 }, { 3, 0 } }, 2);
        assert_int_equal(doors[1].exceptions.known_until, INT32_MAX);
        assert_int_equal(doors[1].exceptions.with_calendar, IMAGE_NONE);
        assert_int_equal(doors[2].exceptions.days.count, 0);
        assert_true(image_header(image)->known_until_s == INT64_C(20000) * DAY);
        image_free(image);
}

/* Of several exceptions with calendars the first one is told. */
static void the_first_exception_with_a_calendar_is_told(void **state)
{
        int32_t items[] = { 2 };
        ModelDays days = { items, 1, 1 };
        Image *image = compile_text(
                CHECK_ACME "sites = ( { name = \"A\"; doors = ( { name = \"d\"; exceptions = [ "
                           "\"x\", \"y\", \"z\" ]; } ); } );\n"
                           "calendars = ( { name = \"c\"; file = \"c.ics\"; }, { name = \"e\"; "
                           "file = \"e.ics\"; } );\n"
                           "door_exceptions = ( { name = \"x\"; state = \"locked\"; dates = [ "
                           "\"1970-01-06\" ]; },\n { name = \"y\"; state = \"locked\"; "
                           "calendars = [ \"c\" ]; },\n { name = \"z\"; state = \"locked\"; "
                           "dates = [ \"1970-01-07\" ]; calendars = [ \"e\" ]; } );\n",
                &days, 20000);
        assert_int_equal(image_inline_door(image, 0)->exceptions.with_calendar, 1);
        image_free(image);
}

static void an_access_level_has_the_days_of_the_exceptions_that_name_it(void **state)
{
        int32_t items[] = { 2 };
        ModelDays days = { items, 1, 1 };
        Image *image = compile_text(EXCEPTIONS, &days, 20000);
        const ImageAccessLevel *levels = image_inline_access_level(image, 0);
        /* Behind the two of doors. */
        expect_days(image, &levels[0].exceptions, (ImageExceptionDay[]){ { 2, 3 } }, 1);
        expect_days(image, &levels[1].exceptions, (ImageExceptionDay[]){ { 1, 2 }, { 2, 3 } }, 2);
        const ImageException *exceptions = image_inline_exception(image, 0);
        assert_int_equal(exceptions[0].kind, SCHEDULE_KIND_DOOR);
        assert_int_equal(exceptions[0].state, DOOR_STATE_LOCKED);
        assert_int_equal(exceptions[1].state, DOOR_STATE_UNLOCKED);
        assert_int_equal(exceptions[2].kind, SCHEDULE_KIND_ACCESS);
        compiled_expect_text(image, exceptions[2].name, "x");
        assert_int_equal(exceptions[2].windows.count, 1);
        expect_window(image, exceptions[2].windows, 0, 4 * DAY + 8 * HOUR, 4 * DAY + 9 * HOUR,
                      DOOR_STATE_COUNT); /* the day is a Friday */
        assert_int_equal(exceptions[3].windows.count, 0);
        image_free(image);
}

/* One level is off and the other not known any more: it may be on. */
static void past_a_calendar_nothing_is_said_about_a_door_or_a_level(void **state)
{
        int32_t items[] = { 2 };
        ModelDays days = { items, 1, 1 };
        Image *image = compile_text(
                CHECK_ACME
                "calendars = ( { name = \"c\"; file = \"c.ics\"; } );\n"
                "sites = ( { name = \"A\"; doors = ( { name = \"d\"; exceptions = [ \"x\" ]; } ); "
                "} "
                ");\n"
                "door_exceptions = ( { name = \"x\"; state = \"locked\"; calendars = [ \"c\" ]; } "
                ");\n"
                "schedules = ( { name = \"s\"; weekly = ( { days = [ \"thu\" ]; from = \"08:00\"; "
                "to = "
                "\"09:00\"; } ); } );\n"
                "access_groups = ( { name = \"g\"; } ); users = ( { name = \"u\"; access_groups = "
                "[ "
                "\"g\" ]; } );\n"
                "access_levels = ( { name = \"off\"; schedule = \"s\"; doors = [ \"A/d\" ]; "
                "access_groups = [ \"g\" ]; },\n { name = \"open\"; doors = [ \"A/d\" ]; "
                "access_groups = [ \"g\" ]; } );\n"
                "access_exceptions = ( { name = \"y\"; access_levels = [ \"open\" ]; calendars = [ "
                "\"c\" ]; } );\n",
                &days, 20000);
        DecisionContext context = { .now_s = INT64_C(20000) * DAY }; /* a Thursday's midnight */
        DoorSituation door = policy_door_situation(image, &context, 0);
        assert_int_equal(door.unknown, REASON_SCHEDULE_ENDED);
        assert_int_equal(door.state_source, DOOR_SOURCE_EXCEPTION);
        assert_int_equal(door.exception, 0);
        Subject subject = { .user = 0 };
        Target target = { .type = RESOURCE_DOOR };
        Engine engine = { .image = image,
                          .context = &context,
                          .subject = &subject,
                          .user = image_inline_user(image, 0),
                          .target = &target };
        Finding finding = FINDING_NONE;
        assert_int_equal(access_by_levels(&engine, &finding), REASON_SCHEDULE_ENDED);
        compiled_expect_text(image, image_inline_access_level(image, finding.access_level)->name,
                             "open");
        context.now_s--; /* on a day that is known: it is on */
        assert_int_equal(access_by_levels(&engine, &finding), REASON_NONE);
        image_free(image);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_door_has_the_zone_of_the_nearest_site_that_states_one),
                cmocka_unit_test(windows_that_say_the_same_and_touch_are_one),
                cmocka_unit_test(a_door_has_the_days_of_its_exceptions_in_order),
                cmocka_unit_test(the_first_exception_with_a_calendar_is_told),
                cmocka_unit_test(past_a_calendar_nothing_is_said_about_a_door_or_a_level),
                cmocka_unit_test(an_access_level_has_the_days_of_the_exceptions_that_name_it),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
