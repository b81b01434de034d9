/* SPDX-License-Identifier: MIT */
/*
 * Tests of policy/calendar_expand.h: rules as calendars of holidays have them, and random ones
 * against an evaluator that looks at every day and knows no libical.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/calendar_expand.h"
#include "policy/limits.h"
#include "util/timestamp.h"

enum { DAYS_MAX = 20000, SECONDS_OF_DAY = 24 * 60 * 60 };

typedef struct Days {
        int32_t items[DAYS_MAX];
        unsigned count;
} Days;

static void day_add(void *user, int32_t day)
{
        Days *days = user;
        assert_in_range(days->count, 0, DAYS_MAX - 1);
        days->items[days->count++] = day;
}

static CalendarDate date(const char *text)
{
        CalendarDate found;
        assert_int_equal(calendar_date_parse(text_from(text), &found), 0);
        return found;
}

static CalendarRule rule(const char *text)
{
        CalendarRule found;
        char problem[CALENDAR_PROBLEM_SIZE] = "";
        if (!calendar_rule_read(text_from(text), &found, problem))
                fail_msg("%s: %s", text, problem);
        return found;
}

/* Expands a rule up to a day and compares what its result and its days are. */
static void expect(const char *text, const char *start, const char *last, const char *expected)
{
        CalendarRule parsed = rule(text);
        CalendarDate first = date(start);
        Days days = { .count = 0 };
        uint32_t steps = CALENDAR_STEPS_MAX;
        assert_int_equal(calendar_expand(&parsed, &first, date(last).days, &steps, day_add, &days),
                         CALENDAR_EXPANDED);
        char found[4096] = "";
        for (unsigned i = 0; i < days.count; i++) {
                char written[TIMESTAMP_TEXT_SIZE];
                timestamp_format(days.items[i] * INT64_C(86400), written);
                size_t size = strlen(found);
                snprintf(found + size, sizeof(found) - size, "%s%.10s", i > 0 ? " " : "", written);
        }
        assert_string_equal(found, expected);
}

static void rules_of_holidays(void **state)
{
        expect("FREQ=YEARLY", "20261225", "20281231", "2026-12-25 2027-12-25 2028-12-25");
        expect("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25,26", "20261225", "20271231",
               "2026-12-25 2026-12-26 2027-12-25 2027-12-26");
        /* Memorial Day, Thanksgiving, Buß- und Bettag */
        expect("FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", "20260525", "20281231",
               "2026-05-25 2027-05-31 2028-05-29");
        expect("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "20261126", "20281231",
               "2026-11-26 2027-11-25 2028-11-23");
        expect("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=16,17,18,19,20,21,22;BYDAY=WE", "20261118",
               "20281231", "2026-11-18 2027-11-17 2028-11-22");
        /* A leap day, the programmers' day, the last working day of a month */
        expect("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "20200229", "20281231",
               "2020-02-29 2024-02-29 2028-02-29");
        expect("FREQ=YEARLY;BYYEARDAY=256", "20260913", "20281231",
               "2026-09-13 2027-09-13 2028-09-12");
        expect("FREQ=MONTHLY;BYMONTHDAY=-2,-1;BYSETPOS=1", "20261129", "20261231",
               "2026-11-29 2026-12-30");
        expect("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "20261030", "20270131",
               "2026-10-30 2026-11-30 2026-12-31 2027-01-29");
        expect("FREQ=MONTHLY;BYMONTHDAY=-1", "20261130", "20270301",
               "2026-11-30 2026-12-31 2027-01-31 2027-02-28");
        expect("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=SU", "20261101", "20261130",
               "2026-11-01 2026-11-07 2026-11-15 2026-11-21 2026-11-29");
        expect("FREQ=DAILY;COUNT=3", "20261224", "20281231", "2026-12-24 2026-12-25 2026-12-26");
        expect("FREQ=DAILY;UNTIL=20261226", "20261224", "20281231",
               "2026-12-24 2026-12-25 2026-12-26");
}

static void the_last_day_of_a_rule_and_of_the_span_count(void **state)
{
        expect("FREQ=DAILY;UNTIL=20261225", "20261225", "20261231", "2026-12-25");
        expect("FREQ=DAILY;UNTIL=20261226", "20261225", "20261231", "2026-12-25 2026-12-26");
        expect("FREQ=DAILY", "20261225", "20261225", "2026-12-25");
        expect("FREQ=DAILY", "20261225", "20261226", "2026-12-25 2026-12-26");
}

static void an_end_before_the_first_day_gives_no_day(void **state)
{
        expect("FREQ=YEARLY", "20291225", "20281231", "");
        expect("FREQ=YEARLY", "20281231", "20281231", "2028-12-31");
}

static void steps_are_counted_by_the_time_that_passes(void **state)
{
        static const struct {
                const char *rule;
                uint32_t steps;
        } ROWS[] = {
                { "FREQ=DAILY;UNTIL=20260110", 20 }, /* ten days, each found one after the other */
                { "FREQ=DAILY;BYMONTH=1", 1120 },    /* and those between */
                { "FREQ=YEARLY", 7 },
                { "FREQ=DAILY;COUNT=2", 3 },
        };
        for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
                CalendarRule parsed = rule(ROWS[i].rule);
                CalendarDate start = date("20260101");
                int32_t last = date("20281231").days;
                uint32_t steps = CALENDAR_STEPS_MAX;
                Days days = { .count = 0 };
                assert_int_equal(calendar_expand(&parsed, &start, last, &steps, day_add, &days),
                                 CALENDAR_EXPANDED);
                uint32_t needed = CALENDAR_STEPS_MAX - steps;
                assert_in_range(needed, days.count, ROWS[i].steps + days.count);
                steps = needed;
                days.count = 0;
                assert_int_equal(calendar_expand(&parsed, &start, last, &steps, day_add, &days),
                                 CALENDAR_EXPANDED);
                assert_int_equal(steps, 0);
                steps = needed - 1;
                days.count = 0;
                assert_int_equal(calendar_expand(&parsed, &start, last, &steps, day_add, &days),
                                 CALENDAR_EXHAUSTED);
        }
}

static uint32_t steps_of(const char *text)
{
        CalendarRule parsed = rule(text);
        CalendarDate start = date("20260101");
        uint32_t steps = CALENDAR_STEPS_MAX;
        Days days = { .count = 0 };
        assert_int_equal(
                calendar_expand(&parsed, &start, date("20281231").days, &steps, day_add, &days),
                CALENDAR_EXPANDED);
        return CALENDAR_STEPS_MAX - steps;
}

static void a_count_that_is_not_reached_ends_no_search(void **state)
{
        uint32_t all = steps_of("FREQ=DAILY;BYMONTH=1");
        assert_int_equal(steps_of("FREQ=DAILY;BYMONTH=1;COUNT=94"), all);
        assert_in_range(steps_of("FREQ=DAILY;BYMONTH=1;COUNT=93"), 93, all - 1);
}

static void a_start_that_does_not_fit_is_told(void **state)
{
        static const struct {
                const char *rule, *start;
        } ROWS[] = {
                { "FREQ=YEARLY;BYMONTH=6", "20260501" },
                { "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=2", "20260501" },
                { "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=-1", "20260501" },
                { "FREQ=YEARLY;BYYEARDAY=120", "20260501" },
                { "FREQ=YEARLY;BYDAY=MO", "20260501" },
                { "FREQ=YEARLY;BYMONTH=5;BYDAY=2FR", "20260501" },
                { "FREQ=YEARLY;BYDAY=1FR", "20260501" },
                { "FREQ=MONTHLY;BYDAY=-1FR", "20260501" },
                { "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=2", "20260501" },
                { "FREQ=DAILY;UNTIL=20260430", "20260501" },
        };
        for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
                CalendarRule parsed = rule(ROWS[i].rule);
                CalendarDate start = date(ROWS[i].start);
                uint32_t steps = CALENDAR_STEPS_MAX;
                Days days = { .count = 0 };
                assert_int_equal(calendar_expand(&parsed, &start, date("20281231").days, &steps,
                                                 day_add, &days),
                                 CALENDAR_UNFIT);
                assert_int_equal(days.count, 0);
        }
}

/* ---- Random rules against a naive evaluator ---- */

static uint64_t random_state = 20261225;

static unsigned random_below(unsigned bound)
{
        random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (unsigned)((random_state >> 33) % bound);
}

static struct tm day_parts(int32_t day)
{
        time_t time = (time_t)day * SECONDS_OF_DAY;
        struct tm parts;
        assert_non_null(gmtime_r(&time, &parts));
        return parts;
}

static bool any_number(const CalendarValues *values, int from_start, int from_end)
{
        for (unsigned i = 0; i < values->count; i++)
                if (values->items[i].number == from_start || values->items[i].number == from_end)
                        return true;
        return values->count == 0;
}

/* Counts days of the same weekday from a day to the end of its month or year, in one direction. */
static int weekdays_count(int32_t day, int step, bool year)
{
        struct tm at = day_parts(day);
        int count = 0;
        for (int32_t other = day;; other += step) {
                struct tm parts = day_parts(other);
                if (parts.tm_year != at.tm_year || (!year && parts.tm_mon != at.tm_mon))
                        return count;
                count += parts.tm_wday == at.tm_wday;
        }
}

static bool any_weekday(const CalendarRule *tested, int32_t day)
{
        const CalendarValues *values = &tested->lists[CALENDAR_BY_DAY];
        bool year =
                tested->frequency == CALENDAR_YEARLY && tested->lists[CALENDAR_BY_MONTH].count == 0;
        int weekday = day_parts(day).tm_wday + 1;
        for (unsigned i = 0; i < values->count; i++) {
                int number = values->items[i].number;
                if (values->items[i].weekday != weekday)
                        continue;
                if (number == 0 || (number > 0 && weekdays_count(day, -1, year) == number) ||
                    (number < 0 && weekdays_count(day, 1, year) == -number))
                        return true;
        }
        return values->count == 0;
}

static int days_of_month(int32_t day)
{
        int month = day_parts(day).tm_mon, size = day_parts(day).tm_mday;
        while (day_parts(++day).tm_mon == month)
                size++;
        return size;
}

static int days_of_year(int32_t day)
{
        int year = day_parts(day).tm_year + 1900;
        return 365 + ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
}

/* Whether a day is one of its period's, BYSETPOS aside. */
static bool is_candidate(const CalendarRule *tested, int32_t start, int32_t day)
{
        struct tm parts = day_parts(day), first = day_parts(start);
        const CalendarValues *lists = tested->lists;
        int month_size = days_of_month(day), year_size = days_of_year(day);
        bool fits = any_number(&lists[CALENDAR_BY_MONTH], parts.tm_mon + 1, 0) &&
                    any_number(&lists[CALENDAR_BY_MONTH_DAY], parts.tm_mday,
                               parts.tm_mday - month_size - 1) &&
                    any_number(&lists[CALENDAR_BY_YEAR_DAY], parts.tm_yday + 1,
                               parts.tm_yday - year_size) &&
                    any_weekday(tested, day);
        bool days_stated = lists[CALENDAR_BY_MONTH_DAY].count > 0 ||
                           lists[CALENDAR_BY_YEAR_DAY].count > 0 ||
                           lists[CALENDAR_BY_DAY].count > 0;
        if (!fits || days_stated || tested->frequency == CALENDAR_DAILY)
                return fits;
        if (tested->frequency == CALENDAR_WEEKLY)
                return parts.tm_wday == first.tm_wday;
        return parts.tm_mday == first.tm_mday &&
               (tested->frequency == CALENDAR_MONTHLY || lists[CALENDAR_BY_MONTH].count > 0 ||
                parts.tm_mon == first.tm_mon);
}

/* The number of the period that a day lies in. */
static int32_t period(const CalendarRule *tested, int32_t day)
{
        struct tm parts = day_parts(day);
        switch (tested->frequency) {
        case CALENDAR_WEEKLY: {
                int since = (parts.tm_wday + 1 - (int)tested->week_start + 7) % 7;
                return (day - since + 70000) / 7;
        }
        case CALENDAR_MONTHLY:
                return parts.tm_year * 12 + parts.tm_mon;
        case CALENDAR_YEARLY:
                return parts.tm_year;
        default:
                return day;
        }
}

/* Whether BYSETPOS chooses a candidate from those of its period. */
static bool is_chosen(const CalendarRule *tested, int32_t start, int32_t day)
{
        const CalendarValues *positions = &tested->lists[CALENDAR_BY_SET_POSITION];
        if (positions->count == 0)
                return true;
        int32_t at = period(tested, day);
        int before = 1, behind = 1;
        for (int32_t other = day - 1; period(tested, other) == at; other--)
                before += is_candidate(tested, start, other);
        for (int32_t other = day + 1; period(tested, other) == at; other++)
                behind += is_candidate(tested, start, other);
        return any_number(positions, before, -behind);
}

static void naive_expand(const CalendarRule *tested, int32_t start, int32_t last, Days *days)
{
        unsigned count = tested->count > 0 ? tested->count : UINT32_MAX;
        int32_t end = tested->until < last ? tested->until : last;
        for (int32_t day = start; day <= end && days->count < count; day++) {
                int32_t passed = period(tested, day) - period(tested, start);
                if (passed % (int32_t)tested->interval == 0 && is_candidate(tested, start, day) &&
                    is_chosen(tested, start, day))
                        day_add(days, day);
        }
}

/* Adds a list of values around one that fits the start. */
static void list_write(FILE *stream, const char *name, int fitting, int maximum, bool negative)
{
        unsigned others = random_below(3);
        fprintf(stream, ";%s=%d", name, fitting);
        for (unsigned i = 0; i < others; i++) {
                int value = (int)random_below((unsigned)maximum) + 1;
                value = negative && random_below(2) ? -value : value;
                if (value != fitting && i == 0)
                        fprintf(stream, ",%d", value);
        }
}

static void weekdays_write(FILE *stream, unsigned frequency, bool in_month, int32_t start)
{
        static const char *const NAMES[] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };
        int weekday = day_parts(start).tm_wday;
        bool numbered = frequency >= CALENDAR_MONTHLY && random_below(2);
        bool year = frequency == CALENDAR_YEARLY && !in_month;
        fprintf(stream, ";BYDAY=");
        if (numbered && random_below(2))
                fprintf(stream, "%d", weekdays_count(start, -1, year));
        else if (numbered)
                fprintf(stream, "-%d", weekdays_count(start, 1, year));
        fprintf(stream, "%s", NAMES[weekday]);
        if (random_below(2))
                fprintf(stream, ",%s%s", numbered ? "2" : "", NAMES[(weekday + 1) % 7]);
}

/* Writes a rule that has a good chance to hold its start. */
static void rule_write(FILE *stream, int32_t start)
{
        static const char *const NAMES[] = { "DAILY", "WEEKLY", "MONTHLY", "YEARLY" };
        static const char *const WEEK[] = { "MO", "SU", "SA", "WE" };
        unsigned frequency = random_below(4);
        struct tm parts = day_parts(start);
        bool month = random_below(3) == 0;
        bool month_day = frequency == CALENDAR_MONTHLY || (month && frequency == CALENDAR_YEARLY);
        bool year_day = frequency == CALENDAR_YEARLY && !month && random_below(3) == 0;
        fprintf(stream, "FREQ=%s", NAMES[frequency]);
        if (random_below(2))
                fprintf(stream, ";INTERVAL=%u", random_below(5) + 1);
        if (random_below(3) == 0)
                fprintf(stream, ";COUNT=%u", random_below(40) + 1);
        if (random_below(3) == 0)
                fprintf(stream, ";WKST=%s", WEEK[random_below(4)]);
        if (month)
                list_write(stream, "BYMONTH", parts.tm_mon + 1, 12, false);
        month_day = month_day && random_below(2);
        if (month_day)
                list_write(stream, "BYMONTHDAY",
                           random_below(2) ? parts.tm_mday
                                           : parts.tm_mday - days_of_month(start) - 1,
                           31, true);
        if (year_day)
                list_write(stream, "BYYEARDAY",
                           random_below(2) ? parts.tm_yday + 1
                                           : parts.tm_yday - days_of_year(start),
                           366, true);
        bool weekday = random_below(2);
        if (weekday)
                weekdays_write(stream, frequency, month, start);
        if (frequency >= CALENDAR_MONTHLY && (month || month_day || year_day || weekday) &&
            random_below(4) == 0)
                list_write(stream, "BYSETPOS", random_below(2) ? 1 : -1, 5, true);
}

static void random_rules_give_what_a_look_at_every_day_gives(void **state)
{
        enum { RULES = 1000, FIRST_DAY = 7305, DAYS = 12000, LENGTH = 1500 }; /* from 1990 */
        unsigned expanded = 0;
        for (unsigned i = 0; i < RULES; i++) {
                int32_t day = (int32_t)(FIRST_DAY + random_below(DAYS));
                struct tm parts = day_parts(day);
                char text[512] = "";
                FILE *stream = fmemopen(text, sizeof(text), "w");
                assert_non_null(stream);
                rule_write(stream, day);
                fclose(stream);
                CalendarRule tested;
                char problem[CALENDAR_PROBLEM_SIZE];
                if (!calendar_rule_read(text_from(text), &tested, problem)) {
                        assert_non_null(strstr(problem, "counted from both ends"));
                        continue;
                }
                CalendarDate start = { (unsigned)parts.tm_year + 1900, (unsigned)parts.tm_mon + 1,
                                       (unsigned)parts.tm_mday, day };
                static Days expected, found;
                expected.count = found.count = 0;
                uint32_t steps = CALENDAR_STEPS_MAX;
                naive_expand(&tested, day, day + LENGTH, &expected);
                bool holds = expected.count > 0 && expected.items[0] == day;
                int result =
                        calendar_expand(&tested, &start, day + LENGTH, &steps, day_add, &found);
                if (result != (holds ? CALENDAR_EXPANDED : CALENDAR_UNFIT))
                        fail_msg("%04u-%02u-%02u %s: result %d, %u days", start.year, start.month,
                                 start.day, text, result, expected.count);
                expanded += holds;
                if (holds && (found.count != expected.count ||
                              memcmp(found.items, expected.items,
                                     found.count * sizeof(found.items[0])) != 0))
                        fail_msg("%04u-%02u-%02u %s: %u days instead of %u", start.year,
                                 start.month, start.day, text, found.count, expected.count);
        }
        assert_in_range(expanded, RULES / 2, RULES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rules_of_holidays),
                cmocka_unit_test(the_last_day_of_a_rule_and_of_the_span_count),
                cmocka_unit_test(an_end_before_the_first_day_gives_no_day),
                cmocka_unit_test(steps_are_counted_by_the_time_that_passes),
                cmocka_unit_test(a_count_that_is_not_reached_ends_no_search),
                cmocka_unit_test(a_start_that_does_not_fit_is_told),
                cmocka_unit_test(random_rules_give_what_a_look_at_every_day_gives),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
