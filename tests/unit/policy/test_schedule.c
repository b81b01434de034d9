/* SPDX-License-Identifier: MIT */
/* Tests of schedule.c: windows, midnight, the week's end, summer time, the end of what is known. */
#include "decide_fixture.h"
#include "policy/engine.h"

static uint32_t schedule_named(const Image *image, const char *name)
{
        uint32_t found = image_find(image, RESOURCE_SCHEDULE, 0, text_from(name));
        assert_int_not_equal(found, IMAGE_NONE);
        return found;
}

static int64_t next_on(const Image *image, uint32_t schedule, int64_t now_s, int64_t seconds)
{
        ScheduleQuestion question = decide_schedule(image, schedule);
        return schedule_next_on(image, &question, now_s, seconds);
}

/* Until when the offsets of a schedule's zone are known. */
static int64_t zone_until(const Image *image, uint32_t schedule)
{
        ScheduleQuestion question = decide_schedule(image, schedule);
        return image_zone(image, schedule_zone(image, &question))->until_s;
}

static void expect_state(void **state, const char *name, const char *time, ScheduleState expected)
{
        int64_t now_s;
        assert_int_equal(timestamp_parse(text_from(time), &now_s), 0);
        ScheduleState found = decide_schedule_at(decide_image(state),
                                                 schedule_named(decide_image(state), name), now_s);
        if (found != expected)
                fprintf(stderr, "%s at %s\n", name, time);
        assert_int_equal(found, expected);
}

static void a_window_contains_its_start_and_not_its_end(void **state)
{
        expect_state(state, "day", "2026-06-01T07:59:59+02:00", SCHEDULE_OFF);
        expect_state(state, "day", "2026-06-01T08:00:00+02:00", SCHEDULE_ON);
        expect_state(state, "day", "2026-06-01T17:59:59+02:00", SCHEDULE_ON);
        expect_state(state, "day", "2026-06-01T18:00:00+02:00", SCHEDULE_OFF);
        expect_state(state, "day", "2026-06-05T12:00:00+02:00", SCHEDULE_ON);
        expect_state(state, "day", "2026-06-06T12:00:00+02:00", SCHEDULE_OFF);
}

static void a_window_goes_over_midnight_and_over_the_end_of_the_week(void **state)
{
        expect_state(state, "over-midnight", "2026-06-07T21:59:59+02:00", SCHEDULE_OFF);
        expect_state(state, "over-midnight", "2026-06-07T22:00:00+02:00", SCHEDULE_ON);
        expect_state(state, "over-midnight", "2026-06-07T23:59:59+02:00", SCHEDULE_ON);
        expect_state(state, "over-midnight", "2026-06-08T00:00:00+02:00", SCHEDULE_ON);
        expect_state(state, "over-midnight", "2026-06-08T05:59:59+02:00", SCHEDULE_ON);
        expect_state(state, "over-midnight", "2026-06-08T06:00:00+02:00", SCHEDULE_OFF);
        expect_state(state, "over-midnight", "2026-06-07T05:00:00+02:00", SCHEDULE_OFF);
}

static void a_day_up_to_midnight_ends_there(void **state)
{
        expect_state(state, "utc", "2026-05-31T23:59:59Z", SCHEDULE_OFF);
        expect_state(state, "utc", "2026-06-01T00:00:00Z", SCHEDULE_ON);
        expect_state(state, "utc", "2026-06-01T23:59:59Z", SCHEDULE_ON);
        expect_state(state, "utc", "2026-06-02T00:00:00Z", SCHEDULE_OFF);
}

/* In Berlin 02:00 to 03:00 does not exist on 29 March 2026 and comes twice on 25 October. */
static void summer_time_leaves_an_hour_out_and_repeats_one(void **state)
{
        expect_state(state, "summer-hour", "2026-03-22T01:30:00Z", SCHEDULE_ON);
        expect_state(state, "summer-hour", "2026-03-29T00:59:59Z", SCHEDULE_OFF); /* 01:59:59 */
        expect_state(state, "summer-hour", "2026-03-29T01:00:00Z", SCHEDULE_OFF); /* 03:00:00 */
        expect_state(state, "summer-hour", "2026-03-29T01:30:00Z", SCHEDULE_OFF);
        expect_state(state, "summer-hour", "2026-10-24T23:59:59Z", SCHEDULE_OFF); /* 01:59:59 */
        expect_state(state, "summer-hour", "2026-10-25T00:00:00Z", SCHEDULE_ON);  /* 02:00:00 */
        expect_state(state, "summer-hour", "2026-10-25T00:59:59Z", SCHEDULE_ON);
        expect_state(state, "summer-hour", "2026-10-25T01:00:00Z", SCHEDULE_ON); /* 02:00:00 */
        expect_state(state, "summer-hour", "2026-10-25T01:59:59Z", SCHEDULE_ON);
        expect_state(state, "summer-hour", "2026-10-25T02:00:00Z", SCHEDULE_OFF);
        /* Whole days follow the clock on the wall. */
        expect_state(state, "day", "2026-03-27T07:00:00Z", SCHEDULE_ON);
        expect_state(state, "day", "2026-03-30T06:00:00Z", SCHEDULE_ON);
        expect_state(state, "day", "2026-03-30T05:59:59Z", SCHEDULE_OFF);
}

static void beyond_what_is_known_of_a_zone_nothing_is_determined(void **state)
{
        const Image *image = decide_image(state);
        uint32_t day = schedule_named(image, "day");
        int64_t until_s = zone_until(image, day);
        assert_int_equal(decide_schedule_at(image, day, until_s), SCHEDULE_UNDETERMINED);
        assert_int_equal(decide_schedule_at(image, day, INT64_MAX), SCHEDULE_UNDETERMINED);
        assert_int_not_equal(decide_schedule_at(image, day, until_s - 1), SCHEDULE_UNDETERMINED);
        assert_int_not_equal(decide_schedule_at(image, day, INT64_MIN), SCHEDULE_UNDETERMINED);
        assert_int_equal(decide_schedule_at(image, 999, MONDAY_MORNING), SCHEDULE_UNDETERMINED);
        decide_expect_of(image, "viewer door.unlock door:acme/HQ/D1", until_s, NULL,
                         "deny schedule-ended");
}

/* A calendar may have no day yet: what it says of later days is still not known. */
static void beyond_what_is_known_of_a_calendar_nothing_is_determined(void **state)
{
        const Image *image = decide_image(state);
        ScheduleQuestion question = decide_schedule(image, schedule_named(image, "day"));
        const int32_t tuesday = (int32_t)(MONDAY_MORNING / (24 * HOUR)) + 1;
        question.exceptions = (ImageDays){ .known_until = tuesday, .with_calendar = 0 };
        ScheduleFinding finding;
        DecisionContext context = { .now_s = tuesday * INT64_C(86400) - 2 * HOUR - 1 };
        assert_int_equal(schedule_find(image, &question, &context, &finding), SCHEDULE_OFF);
        context.now_s++; /* midnight in Berlin */
        assert_int_equal(schedule_find(image, &question, &context, &finding),
                         SCHEDULE_UNDETERMINED);
        assert_int_equal(finding.unknown, REASON_SCHEDULE_ENDED);
}

static void no_schedule_means_always(void **state)
{
        assert_int_equal(decide_schedule_at(decide_image(state), IMAGE_NONE, INT64_MIN),
                         SCHEDULE_ON);
        assert_int_equal(decide_schedule_at(decide_image(state), IMAGE_NONE, INT64_MAX),
                         SCHEDULE_ON);
}

static void the_next_time_is_found_to_the_minute(void **state)
{
        const Image *image = decide_image(state);
        uint32_t day = schedule_named(image, "day"), never = schedule_named(image, "never");
        int64_t evening_s = MONDAY_MORNING + 8 * HOUR,
                friday_s = MONDAY_MORNING + 4 * DAY + 9 * HOUR;
        assert_int_equal(next_on(image, day, evening_s, 8 * DAY), MONDAY_MORNING + 21 * HOUR);
        assert_int_equal(next_on(image, day, evening_s + 17, 8 * DAY), MONDAY_MORNING + 21 * HOUR);
        assert_int_equal(next_on(image, day, friday_s, 8 * DAY),
                         MONDAY_MORNING + 7 * DAY - 3 * HOUR);
        assert_int_equal(next_on(image, day, friday_s, DAY), TIMESTAMP_MAX);
        /* The last moment looked at is as far ahead as said. */
        assert_int_equal(next_on(image, day, MONDAY_MORNING - 3 * HOUR - 60, 60),
                         MONDAY_MORNING - 3 * HOUR);
        assert_int_equal(next_on(image, day, MONDAY_MORNING - 3 * HOUR - 60, 59), TIMESTAMP_MAX);
        assert_int_equal(next_on(image, never, MONDAY_MORNING, 8 * DAY),
                         MONDAY_MORNING + 4 * DAY + 13 * HOUR);
        assert_int_equal(next_on(image, day, INT64_MAX, DAY), TIMESTAMP_MAX);
}

/* Minute by minute, which is slow and hard to get wrong. */
static int64_t next_on_slowly(const Image *image, const ScheduleQuestion *question, int64_t now_s,
                              int64_t seconds)
{
        for (int64_t at_s = now_s - now_s % 60 + 60; at_s <= now_s + seconds; at_s += 60) {
                ScheduleFinding found;
                DecisionContext context = { .now_s = at_s };
                if (schedule_find(image, question, &context, &found) == SCHEDULE_ON)
                        return at_s;
        }
        return TIMESTAMP_MAX;
}

static void the_next_time_is_the_one_that_every_minute_would_find(void **state)
{
        const Image *image = decide_image(state);
        static const char *const NAMES[] = { "day", "over-midnight", "summer-hour", "never",
                                             "utc" };
        static const int64_t STARTS[] = { 1774736000, 1792880000, MONDAY_MORNING };
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
                for (size_t k = 0; k < sizeof(STARTS) / sizeof(STARTS[0]); k++)
                        for (int64_t after = 0; after < 2 * DAY; after += 3571) {
                                ScheduleQuestion question =
                                        decide_schedule(image, schedule_named(image, NAMES[i]));
                                int64_t now_s = STARTS[k] + after;
                                assert_int_equal(schedule_next_on(image, &question, now_s, 8 * DAY),
                                                 next_on_slowly(image, &question, now_s, 8 * DAY));
                        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_window_contains_its_start_and_not_its_end),
                cmocka_unit_test(a_window_goes_over_midnight_and_over_the_end_of_the_week),
                cmocka_unit_test(a_day_up_to_midnight_ends_there),
                cmocka_unit_test(summer_time_leaves_an_hour_out_and_repeats_one),
                cmocka_unit_test(beyond_what_is_known_of_a_zone_nothing_is_determined),
                cmocka_unit_test(beyond_what_is_known_of_a_calendar_nothing_is_determined),
                cmocka_unit_test(no_schedule_means_always),
                cmocka_unit_test(the_next_time_is_found_to_the_minute),
                cmocka_unit_test(the_next_time_is_the_one_that_every_minute_would_find),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
