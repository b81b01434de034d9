/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/timestamp.h: every day from 1970 to 9999, and every form that is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "util/timestamp.h"

static void assert_seconds(const char *text, int64_t expected)
{
        int64_t seconds = -1;

        assert_int_equal(timestamp_parse(text_from(text), &seconds), 0);
        assert_true(seconds == expected);
}

static void assert_refused(const char *text, int error)
{
        int64_t seconds = 42;

        assert_int_equal(timestamp_parse(text_from(text), &seconds), error);
        assert_int_equal(seconds, 42);
}

/* The figures come from "date -u -d TEXT +%s" of GNU coreutils. */
static void known_moments_are_read(void **state)
{
        assert_seconds("1970-01-01T00:00:00Z", 0);
        assert_seconds("2000-02-29T23:59:59Z", 951868799);
        assert_seconds("2026-06-01T09:00:00Z", 1780304400);
        assert_seconds("2038-01-19T03:14:08Z", INT64_C(2147483648));
        assert_seconds("9999-12-31T23:59:59Z", INT64_C(253402300799));
}

static void offsets_are_taken_off(void **state)
{
        assert_seconds("2026-06-01T11:00:00+02:00", 1780304400);
        assert_seconds("2026-06-01T03:30:00-05:30", 1780304400);
        assert_seconds("2026-06-01T09:00:00+00:00", 1780304400);
        assert_seconds("2026-06-01T09:00:00-00:00", 1780304400);
        assert_seconds("1970-01-01T23:59:00+23:59", 0);
}

static void moments_outside_the_years_are_out_of_range(void **state)
{
        assert_refused("1969-12-31T23:59:59Z", -ERANGE);
        assert_refused("0000-01-01T00:00:00Z", -ERANGE);
        assert_refused("1970-01-01T00:00:00+00:01", -ERANGE);
        assert_refused("9999-12-31T23:59:59-00:01", -ERANGE);
}

static void moments_that_do_not_exist_are_out_of_range(void **state)
{
        static const char *const TEXTS[] = {
                "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z",      "2026-01-00T00:00:00Z",
                "2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z",      "2026-02-29T00:00:00Z",
                "2100-02-29T00:00:00Z", "2026-01-01T24:00:00Z",      "2026-01-01T00:60:00Z",
                "2016-12-31T23:59:60Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00-00:60",
        };

        for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
                assert_refused(TEXTS[i], -ERANGE);
}

static void other_forms_are_invalid(void **state)
{
        static const char *const TEXTS[] = {
                "",
                "2026-06-01",
                "2026-06-01T09:00:00",
                "2026-06-01T09:00Z",
                "2026-06-01T09:00:00z",
                "2026-06-01t09:00:00Z",
                "2026-06-01 09:00:00Z",
                "2026-06-01T09:00:00.5Z",
                "2026-06-01T09:00:00ZZ",
                "2026-06-01T09:00:00Z ",
                " 2026-06-01T09:00:00Z",
                "2026-06-01T09:00:00+0200",
                "2026-06-01T09:00:00+02",
                "2026-06-01T09:00:00+02:00Z",
                "2026-06-01T09:00:00 02:00",
                "2026-6-01T09:00:00Z",
                "+026-06-01T09:00:00Z",
                "20260601T090000Z",
                "12026-06-01T09:00:00Z",
                "2026/06/01T09:00:00Z",
                "2026-06-01T09-00-00Z",
        };
        int64_t seconds = 42;

        for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
                assert_refused(TEXTS[i], -EINVAL);
        assert_int_equal(timestamp_parse(TEXT_NULL, &seconds), -EINVAL);
        assert_int_equal(timestamp_parse(TEXT_LITERAL("2026-06-01T09:00:00Z\0"), &seconds),
                         -EINVAL);
        assert_int_equal(timestamp_parse(TEXT_LITERAL("2026-06-01T09:00\0:00Z"), &seconds),
                         -EINVAL);
}

/* Counts the days as a calendar on the wall does; shares nothing with the arithmetic. */
static void every_day_until_9999_is_read_and_written(void **state)
{
        static const int MONTH_DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        int32_t expected = 0, days = -1;
        char text[64], written[TIMESTAMP_TEXT_SIZE];

        for (int year = 1970; year <= 9999; year++) {
                bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
                for (int month = 1, day = 1; month <= 12; expected++) {
                        snprintf(text, sizeof(text), "%04d-%02d-%02dT23:58:57Z", year, month, day);
                        if (timestamp_parse_date((Text){ text, 10 }, &days) != 0 ||
                            days != expected)
                                fail_msg("%s is read as day %d", text, (int)days);
                        timestamp_format((int64_t)expected * 86400 + 86337, written);
                        assert_string_equal(written, text);
                        if (++day > MONTH_DAYS[month - 1] + (month == 2 && leap)) {
                                day = 1;
                                month++;
                        }
                }
        }
        assert_int_equal(expected, 2932897);
}

static void dates_of_another_form_or_no_calendar_are_refused(void **state)
{
        int32_t days = 42;

        assert_int_equal(timestamp_parse_date(TEXT_NULL, &days), -EINVAL);
        assert_int_equal(timestamp_parse_date(TEXT_LITERAL("2026-12-2"), &days), -EINVAL);
        assert_int_equal(timestamp_parse_date(TEXT_LITERAL("2026-12-251"), &days), -EINVAL);
        assert_int_equal(timestamp_parse_date(TEXT_LITERAL("2026-12-25T"), &days), -EINVAL);
        assert_int_equal(timestamp_parse_date(TEXT_LITERAL("25.12.2026"), &days), -EINVAL);
        assert_int_equal(timestamp_parse_date(TEXT_LITERAL("1969-12-31"), &days), -ERANGE);
        assert_int_equal(timestamp_parse_date(TEXT_LITERAL("2025-02-29"), &days), -ERANGE);
        assert_int_equal(days, 42);
}

static void times_of_the_day_are_minutes(void **state)
{
        char text[32];
        unsigned minute = 0;

        for (unsigned hour = 0; hour < 100; hour++) {
                for (unsigned i = 0; i < 100; i++) {
                        bool exists = (hour < 24 && i < 60) || (hour == 24 && i == 0);
                        snprintf(text, sizeof(text), "%02u:%02u", hour, i);
                        minute = 9999;
                        assert_int_equal(timestamp_parse_minute(text_from(text), &minute),
                                         exists ? 0 : -ERANGE);
                        assert_int_equal(minute, exists ? hour * 60 + i : 9999);
                }
        }
}

static void times_of_another_form_are_invalid(void **state)
{
        static const char *const TEXTS[] = { "",       "8:00",  "08:0",  "08-00", "08:00:00",
                                             " 08:00", "0800 ", "+8:00", "08:-1", "08:00Z" };
        unsigned minute = 42;

        for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
                assert_int_equal(timestamp_parse_minute(text_from(TEXTS[i]), &minute), -EINVAL);
        assert_int_equal(timestamp_parse_minute(TEXT_NULL, &minute), -EINVAL);
        assert_int_equal(minute, 42);
}

static void open_ends_are_written_as_a_dash(void **state)
{
        char buffer[TIMESTAMP_TEXT_SIZE];

        assert_string_equal(timestamp_format(TIMESTAMP_MIN, buffer), "-");
        assert_string_equal(timestamp_format(TIMESTAMP_MAX, buffer), "-");
        assert_string_equal(timestamp_format(-1, buffer), "-");
        assert_string_equal(timestamp_format(INT64_C(253402300800), buffer), "-");
        assert_string_equal(timestamp_format(INT64_C(253402300799), buffer),
                            "9999-12-31T23:59:59Z");
        assert_ptr_equal(timestamp_format(0, buffer), buffer);
        assert_string_equal(buffer, "1970-01-01T00:00:00Z");
}

static void days_are_counted_in_the_gregorian_calendar(void **state)
{
        static const struct Day {
                unsigned year, month, day;
                int32_t days;
        } DAYS[] = {
                { 1970, 1, 1, 0 },       { 1969, 12, 31, -1 },      { 1970, 2, 1, 31 },
                { 2000, 2, 29, 11016 },  { 2000, 3, 1, 11017 },     { 1900, 2, 28, -25509 },
                { 1900, 3, 1, -25508 },  { 2024, 12, 31, 20088 },   { 2025, 1, 1, 20089 },
                { 1583, 1, 1, -141349 }, { 9999, 12, 31, 2932896 },
        };
        for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++) {
                int32_t days = 7;
                assert_int_equal(timestamp_days(DAYS[i].year, DAYS[i].month, DAYS[i].day, &days),
                                 0);
                assert_int_equal(days, DAYS[i].days);
        }
}

static void days_that_do_not_exist_are_none(void **state)
{
        static const unsigned DAYS[][3] = {
                { 1582, 12, 31 },   { 0, 1, 1 },           { 10000, 1, 1 },       { 2026, 0, 1 },
                { 2026, 13, 1 },    { 2026, 1, 0 },        { 2026, 1, 32 },       { 2026, 4, 31 },
                { 2026, 2, 29 },    { 1900, 2, 29 },       { 2100, 2, 29 },       { 2024, 2, 30 },
                { UINT_MAX, 1, 1 }, { 2026, UINT_MAX, 1 }, { 2026, 1, UINT_MAX },
        };
        for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++) {
                int32_t days = 7;
                assert_int_equal(timestamp_days(DAYS[i][0], DAYS[i][1], DAYS[i][2], &days),
                                 -ERANGE);
                assert_int_equal(days, 7);
        }
}

/* One day after the other, until no year that can be written is left. */
static void every_day_is_one_more_than_the_day_before(void **state)
{
        int32_t expected = 0, days;
        for (unsigned year = 1970; year <= 9999; year++)
                for (unsigned month = 1; month <= 12; month++)
                        for (unsigned day = 1; timestamp_days(year, month, day, &days) == 0; day++)
                                assert_int_equal(days, expected++);
        assert_int_equal(expected, 2932897);
}

static void now_is_the_systems_clock(void **state)
{
        struct timespec before, after;

        clock_gettime(CLOCK_REALTIME, &before);
        int64_t now_s = timestamp_now();
        clock_gettime(CLOCK_REALTIME, &after);
        assert_true(now_s >= before.tv_sec && now_s <= after.tv_sec);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(known_moments_are_read),
                cmocka_unit_test(offsets_are_taken_off),
                cmocka_unit_test(moments_outside_the_years_are_out_of_range),
                cmocka_unit_test(moments_that_do_not_exist_are_out_of_range),
                cmocka_unit_test(other_forms_are_invalid),
                cmocka_unit_test(every_day_until_9999_is_read_and_written),
                cmocka_unit_test(dates_of_another_form_or_no_calendar_are_refused),
                cmocka_unit_test(times_of_the_day_are_minutes),
                cmocka_unit_test(times_of_another_form_are_invalid),
                cmocka_unit_test(open_ends_are_written_as_a_dash),
                cmocka_unit_test(days_are_counted_in_the_gregorian_calendar),
                cmocka_unit_test(days_that_do_not_exist_are_none),
                cmocka_unit_test(every_day_is_one_more_than_the_day_before),
                cmocka_unit_test(now_is_the_systems_clock),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
