/* SPDX-License-Identifier: MIT */
/* Tests of policy/calendar_rule.h: dates, what a rule may say, and what is refused before libical
 * sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "policy/calendar_rule.h"

static void dates_are_eight_digits_of_a_day_that_exists(void **state)
{
        CalendarDate date;
        assert_int_equal(calendar_date_parse(TEXT_LITERAL("20261225"), &date), 0);
        assert_int_equal(date.year, 2026);
        assert_int_equal(date.month, 12);
        assert_int_equal(date.day, 25);
        assert_int_equal(date.days, 20812);
        assert_int_equal(calendar_date_parse(TEXT_LITERAL("19700101"), &date), 0);
        assert_int_equal(date.days, 0);
        assert_int_equal(calendar_date_parse(TEXT_LITERAL("15830101"), &date), 0);
        assert_int_equal(calendar_date_parse(TEXT_LITERAL("99991231"), &date), 0);
        static const char *const FORMS[] = { "",           "2026122",          "202612255",
                                             "2026-12-25", "20261225T000000Z", "2026122x" };
        for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++)
                assert_int_equal(calendar_date_parse(text_from(FORMS[i]), &date), -EINVAL);
        static const char *const DAYS[] = { "20260229", "20261301", "20260001", "20260100",
                                            "20260431", "15821231", "00000101" };
        for (size_t i = 0; i < sizeof(DAYS) / sizeof(DAYS[0]); i++)
                assert_int_equal(calendar_date_parse(text_from(DAYS[i]), &date), -ERANGE);
}

static CalendarRule read_rule(const char *text)
{
        CalendarRule rule;
        char problem[CALENDAR_PROBLEM_SIZE] = "";
        if (!calendar_rule_read(text_from(text), &rule, problem))
                fail_msg("%s: %s", text, problem);
        return rule;
}

static void a_rule_has_defaults(void **state)
{
        CalendarRule rule = read_rule("FREQ=DAILY");
        assert_int_equal(rule.frequency, CALENDAR_DAILY);
        assert_int_equal(rule.interval, 1);
        assert_int_equal(rule.count, 0);
        assert_int_equal(rule.until, INT32_MAX);
        assert_int_equal(rule.week_start, 2);
        for (unsigned i = 0; i < CALENDAR_LIST_COUNT; i++)
                assert_int_equal(rule.lists[i].count, 0);
}

static void all_parts_are_read_in_any_order(void **state)
{
        CalendarRule rule =
                read_rule("byday=SU,-1mo,+2WE,03TH;WKST=SU;BYSETPOS=-1,366;INTERVAL=1000;"
                          "COUNT=100000;BYMONTH=1,12,05;FREQ=yearly;");
        assert_int_equal(rule.frequency, CALENDAR_YEARLY);
        assert_int_equal(rule.interval, 1000);
        assert_int_equal(rule.count, 100000);
        assert_int_equal(rule.week_start, 1);
        static const CalendarValue DAYS[] = { { 0, 1 }, { -1, 2 }, { 2, 4 }, { 3, 5 } };
        const CalendarValues *values = &rule.lists[CALENDAR_BY_DAY];
        assert_int_equal(values->count, 4);
        for (unsigned i = 0; i < values->count; i++) {
                assert_int_equal(values->items[i].number, DAYS[i].number);
                assert_int_equal(values->items[i].weekday, DAYS[i].weekday);
        }
        assert_int_equal(rule.lists[CALENDAR_BY_MONTH].items[2].number, 5);
        assert_int_equal(rule.lists[CALENDAR_BY_SET_POSITION].items[0].number, -1);
        rule = read_rule("FREQ=MONTHLY;UNTIL=19700102;BYMONTHDAY=31,-31");
        assert_int_equal(rule.until, 1);
        assert_int_equal(rule.lists[CALENDAR_BY_MONTH_DAY].items[1].number, -31);
}

static void weekdays_stand_in_the_order_of_the_week(void **state)
{
        CalendarRule rule = read_rule("FREQ=WEEKLY;BYDAY=SU,FR,MO");
        const CalendarValues *values = &rule.lists[CALENDAR_BY_DAY];
        assert_int_equal(values->items[0].weekday, 2);
        assert_int_equal(values->items[1].weekday, 6);
        assert_int_equal(values->items[2].weekday, 1);
        rule = read_rule("FREQ=WEEKLY;BYDAY=FR,MO,SU;WKST=SU");
        values = &rule.lists[CALENDAR_BY_DAY];
        assert_int_equal(values->items[0].weekday, 1);
        assert_int_equal(values->items[1].weekday, 2);
        assert_int_equal(values->items[2].weekday, 6);
}

static const char *const REFUSED[][2] = {
        { "", "FREQ is missing" },
        { "INTERVAL=2", "FREQ is missing" },
        { "FREQ=HOURLY",
          "FREQ=HOURLY is not supported: days recur DAILY, WEEKLY, MONTHLY or YEARLY" },
        { "FREQ=SECONDLY",
          "FREQ=SECONDLY is not supported: days recur DAILY, WEEKLY, MONTHLY or YEARLY" },
        { "FREQ=DAILY;FREQ=DAILY", "FREQ stands twice" },
        { "FREQ=DAILY;;COUNT=1", "\"\" is no part of a rule (NAME=VALUE)" },
        { "FREQ=DAILY;COUNT", "\"COUNT\" is no part of a rule (NAME=VALUE)" },
        { "FREQ=DAILY;INTERVAL=0", "INTERVAL=0 is not a number from 1 to 1000" },
        { "FREQ=DAILY;INTERVAL=1001", "INTERVAL=1001 is not a number from 1 to 1000" },
        { "FREQ=DAILY;INTERVAL=-1", "INTERVAL=-1 is not a number from 1 to 1000" },
        { "FREQ=DAILY;INTERVAL=", "INTERVAL= is not a number from 1 to 1000" },
        { "FREQ=DAILY;INTERVAL=4294967297", "INTERVAL=4294967297 is not a number from 1 to 1000" },
        { "FREQ=DAILY;COUNT=0", "COUNT=0 is not a number from 1 to 100000" },
        { "FREQ=DAILY;COUNT=100001", "COUNT=100001 is not a number from 1 to 100000" },
        { "FREQ=DAILY;COUNT=1;UNTIL=20270101", "COUNT and UNTIL exclude each other" },
        { "FREQ=DAILY;UNTIL=20270101T000000Z",
          "UNTIL=20270101T000000Z is not a date such as 20261231: only whole days count" },
        { "FREQ=DAILY;UNTIL=20270229",
          "UNTIL=20270229 is not a date such as 20261231: only whole days count" },
        { "FREQ=DAILY;WKST=XX", "WKST=XX is not one of MO TU WE TH FR SA SU" },
        { "FREQ=DAILY;BYHOUR=1", "BYHOUR is not supported in a calendar of whole days" },
        { "FREQ=YEARLY;BYWEEKNO=1", "BYWEEKNO is not supported in a calendar of whole days" },
        { "FREQ=YEARLY;RSCALE=CHINESE", "RSCALE is not supported in a calendar of whole days" },
        { "FREQ=YEARLY;SKIP=FORWARD", "SKIP is not supported in a calendar of whole days" },
        { "FREQ=YEARLY;BYMONTH=13", "BYMONTH13 is no value that it can have" },
        { "FREQ=YEARLY;BYMONTH=", "BYMONTH is no value that it can have" },
        { "FREQ=YEARLY;BYMONTH=1,", "BYMONTH is no value that it can have" },
        { "FREQ=YEARLY;BYMONTH=-1", "BYMONTH-1 is no value that it can have" },
        { "FREQ=YEARLY;BYMONTH=5L", "BYMONTH5L is no value that it can have" },
        { "FREQ=YEARLY;BYMONTH=1,01", "BYMONTH01 stands twice" },
        { "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY0 is no value that it can have" },
        { "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY32 is no value that it can have" },
        { "FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY-32 is no value that it can have" },
        { "FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY367 is no value that it can have" },
        { "FREQ=YEARLY;BYDAY=54MO", "BYDAY54MO is no value that it can have" },
        { "FREQ=YEARLY;BYDAY=255SU", "BYDAY255SU is no value that it can have" },
        { "FREQ=YEARLY;BYDAY=0SU", "BYDAY0SU is no value that it can have" },
        { "FREQ=YEARLY;BYDAY=XX", "BYDAYXX is no value that it can have" },
        { "FREQ=YEARLY;BYDAY=1", "BYDAY1 is no value that it can have" },
        { "FREQ=YEARLY;BYDAY=MO,MO", "BYDAYMO stands twice" },
        { "FREQ=MONTHLY;BYDAY=6MO", "BYDAY cannot count weekdays like this with FREQ=MONTHLY" },
        { "FREQ=WEEKLY;BYDAY=1MO", "BYDAY cannot count weekdays like this with FREQ=WEEKLY" },
        { "FREQ=DAILY;BYDAY=-1MO", "BYDAY cannot count weekdays like this with FREQ=DAILY" },
        { "FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY is not supported with this FREQ" },
        { "FREQ=DAILY;BYMONTHDAY=1", "BYMONTHDAY is not supported with this FREQ" },
        { "FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY is not supported with this FREQ" },
        { "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "BYSETPOS is not supported with this FREQ" },
        { "FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs another BY" },
        { "FREQ=MONTHLY;BYMONTHDAY=28,-3;BYSETPOS=1",
          "BYSETPOS is not supported with days counted from both ends" },
        { "FREQ=YEARLY;BYYEARDAY=365,-1;BYSETPOS=1",
          "BYSETPOS is not supported with days counted from both ends" },
        { "FREQ=YEARLY;BYMONTHDAY=1", "BYMONTHDAY needs BYMONTH with FREQ=YEARLY" },
        { "FREQ=YEARLY;BYYEARDAY=1;BYMONTH=1",
          "BYYEARDAY is not supported with BYMONTH or BYMONTHDAY" },
        { "FREQ=\x1b[31m",
          "FREQ=\\x1b[31m is not supported: days recur DAILY, WEEKLY, MONTHLY or YEARLY" },
};

static void what_is_not_understood_is_refused(void **state)
{
        for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++) {
                CalendarRule rule;
                char problem[CALENDAR_PROBLEM_SIZE] = "", expected[CALENDAR_PROBLEM_SIZE];
                assert_false(calendar_rule_read(text_from(REFUSED[i][0]), &rule, problem));
                snprintf(expected, sizeof(expected), "RRULE: %s", REFUSED[i][1]);
                assert_string_equal(problem, expected);
        }
}

static void a_list_is_bounded(void **state)
{
        char text[1024] = "FREQ=YEARLY;BYYEARDAY=1", problem[CALENDAR_PROBLEM_SIZE] = "";
        for (int i = 2; i <= CALENDAR_VALUES_MAX; i++)
                snprintf(text + strlen(text), sizeof(text) - strlen(text), ",%d", i);
        assert_int_equal(read_rule(text).lists[CALENDAR_BY_YEAR_DAY].count, CALENDAR_VALUES_MAX);
        CalendarRule rule;
        snprintf(text + strlen(text), sizeof(text) - strlen(text), ",100");
        assert_false(calendar_rule_read(text_from(text), &rule, problem));
        assert_string_equal(problem, "RRULE: BYYEARDAY has more than 31 values");
}

static void a_day_fits_by_its_month_its_number_and_its_weekday(void **state)
{
        static const struct {
                const char *rule, *date;
                bool fits;
        } ROWS[] = {
                { "FREQ=DAILY", "20261225", true },
                { "FREQ=DAILY;BYMONTH=11", "20261225", false },
                { "FREQ=DAILY;BYDAY=FR", "20261225", true },
                { "FREQ=DAILY;BYDAY=SA", "20261225", false },
                { "FREQ=DAILY;BYDAY=MO", "16000103", true },
                { "FREQ=MONTHLY;BYMONTHDAY=-7", "20261225", true },
                { "FREQ=MONTHLY;BYMONTHDAY=-1", "20280229", true },
                { "FREQ=MONTHLY;BYMONTHDAY=-1", "20270228", true },
                { "FREQ=MONTHLY;BYMONTHDAY=-1", "20280228", false },
                { "FREQ=MONTHLY;BYDAY=4FR", "20261225", true },
                { "FREQ=MONTHLY;BYDAY=-1FR", "20261225", true },
                { "FREQ=MONTHLY;BYDAY=-2FR", "20261225", false },
                { "FREQ=YEARLY;BYDAY=-1FR", "20261225", true },
                { "FREQ=YEARLY;BYDAY=4FR", "20261225", false },
                { "FREQ=YEARLY;BYDAY=4FR;BYMONTH=12", "20261225", true },
                { "FREQ=YEARLY;BYDAY=1TH", "20260101", true },
                { "FREQ=YEARLY;BYYEARDAY=-1", "20281231", true },
                { "FREQ=YEARLY;BYYEARDAY=366", "20281231", true },
                { "FREQ=YEARLY;BYYEARDAY=366", "20271231", false },
        };
        for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
                CalendarRule rule = read_rule(ROWS[i].rule);
                CalendarDate date;
                assert_int_equal(calendar_date_parse(text_from(ROWS[i].date), &date), 0);
                if (calendar_rule_fits(&rule, &date) != ROWS[i].fits)
                        fail_msg("%s %s", ROWS[i].rule, ROWS[i].date);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dates_are_eight_digits_of_a_day_that_exists),
                cmocka_unit_test(a_rule_has_defaults),
                cmocka_unit_test(all_parts_are_read_in_any_order),
                cmocka_unit_test(weekdays_stand_in_the_order_of_the_week),
                cmocka_unit_test(what_is_not_understood_is_refused),
                cmocka_unit_test(a_list_is_bounded),
                cmocka_unit_test(a_day_fits_by_its_month_its_number_and_its_weekday),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
