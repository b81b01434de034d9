/* SPDX-License-Identifier: MIT */
/*
 * Calendar rules
 *
 * One table says which parts there are, with which frequencies, and which numbers; another reads
 * the parts that are no lists.
 */
#include "policy/calendar_rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy/calendar_line.h"
#include "policy/limits.h"
#include "util/number.h"
#include "util/timestamp.h"

enum { DAYS_OF_WEEK = 7, NUMBER_SIZE_MAX = 9, WORD_SIZE = 64 };

#define FREQUENCY(name) (1u << CALENDAR_##name)
#define EVERY_FREQUENCY                                                                            \
        (FREQUENCY(DAILY) | FREQUENCY(WEEKLY) | FREQUENCY(MONTHLY) | FREQUENCY(YEARLY))
#define LONG_FREQUENCIES (FREQUENCY(MONTHLY) | FREQUENCY(YEARLY))

typedef struct ListForm {
        const char *name;
        uint32_t frequencies; /* with which libical does what RFC 5545 says */
        uint16_t number_max;  /* from 1 */
        bool negative;        /* counted from the end */
        bool weekdays;
} ListForm;

static const ListForm LISTS[CALENDAR_LIST_COUNT] = {
        [CALENDAR_BY_MONTH] = { "BYMONTH", EVERY_FREQUENCY, 12, false, false },
        [CALENDAR_BY_MONTH_DAY] = { "BYMONTHDAY", LONG_FREQUENCIES, 31, true, false },
        [CALENDAR_BY_YEAR_DAY] = { "BYYEARDAY", FREQUENCY(YEARLY), 366, true, false },
        [CALENDAR_BY_DAY] = { "BYDAY", EVERY_FREQUENCY, 53, true, true },
        [CALENDAR_BY_SET_POSITION] = { "BYSETPOS", LONG_FREQUENCIES, 366, true, false },
};

static const char *const FREQUENCIES[CALENDAR_FREQUENCY_COUNT] = { "DAILY", "WEEKLY", "MONTHLY",
                                                                   "YEARLY" };
static const char *const WEEKDAYS[DAYS_OF_WEEK] = { "SU", "MO", "TU", "WE", "TH", "FR", "SA" };

static bool is_digit(char byte)
{
        return byte >= '0' && byte <= '9';
}

int calendar_date_parse(Text text, CalendarDate *ret_date)
{
        enum { DATE_SIZE = 8 };
        unsigned digits[DATE_SIZE];
        if (text.size != DATE_SIZE)
                return -EINVAL;
        for (size_t i = 0; i < DATE_SIZE; i++) {
                if (!is_digit(text.data[i]))
                        return -EINVAL;
                digits[i] = (unsigned)(text.data[i] - '0');
        }
        CalendarDate date = {
                .year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3],
                .month = digits[4] * 10 + digits[5],
                .day = digits[6] * 10 + digits[7],
        };
        int result = timestamp_days(date.year, date.month, date.day, &date.days);
        if (result == 0)
                *ret_date = date;
        return result;
}

/* ---- Reading ---- */

/* A rule on its way; what is wrong goes to the problem, the first of it stays. */
typedef struct Reading {
        CalendarRule rule;
        uint32_t lists; /* bits of those stated */
        uint32_t parts; /* bits of the other parts */
        char *problem;
} Reading;

static bool refuse(Reading *reading, const char *what, Text word, const char *why)
{
        char escaped[WORD_SIZE];
        snprintf(reading->problem, CALENDAR_PROBLEM_SIZE, "RRULE: %s%s%s", what,
                 text_escape(word, escaped, sizeof(escaped)), why);
        return false;
}

/* Reads digits, with zeros in front of them too. */
static bool digits_read(Text text, unsigned minimum, unsigned maximum, unsigned *ret_number)
{
        uint64_t number;
        while (text.size > 1 && text.data[0] == '0')
                text = (Text){ text.data + 1, text.size - 1 };
        if (text.size > NUMBER_SIZE_MAX || number_parse(text, maximum, &number) != 0 ||
            number < minimum)
                return false;
        *ret_number = (unsigned)number;
        return true;
}

static unsigned weekday_find(Text text)
{
        for (unsigned i = 0; i < DAYS_OF_WEEK; i++)
                if (calendar_name_is(text, WEEKDAYS[i]))
                        return i + 1;
        return 0;
}

static bool frequency_read(Reading *reading, Text value)
{
        for (unsigned i = 0; i < CALENDAR_FREQUENCY_COUNT; i++) {
                if (!calendar_name_is(value, FREQUENCIES[i]))
                        continue;
                reading->rule.frequency = (CalendarFrequency)i;
                return true;
        }
        return refuse(reading, "FREQ=", value,
                      " is not supported: days recur DAILY, WEEKLY, MONTHLY or YEARLY");
}

static bool interval_read(Reading *reading, Text value)
{
        return digits_read(value, 1, CALENDAR_INTERVAL_MAX, &reading->rule.interval) ||
               refuse(reading, "INTERVAL=", value, " is not a number from 1 to 1000");
}

static bool count_read(Reading *reading, Text value)
{
        return digits_read(value, 1, CALENDAR_STEPS_MAX, &reading->rule.count) ||
               refuse(reading, "COUNT=", value, " is not a number from 1 to 100000");
}

static bool until_read(Reading *reading, Text value)
{
        CalendarDate date;
        if (calendar_date_parse(value, &date) != 0)
                return refuse(reading, "UNTIL=", value,
                              " is not a date such as 20261231: only whole days count");
        reading->rule.until = date.days;
        return true;
}

static bool week_start_read(Reading *reading, Text value)
{
        reading->rule.week_start = weekday_find(value);
        return reading->rule.week_start != 0 ||
               refuse(reading, "WKST=", value, " is not one of MO TU WE TH FR SA SU");
}

static const struct RulePart {
        const char *name;
        bool (*read)(Reading *reading, Text value);
} PARTS[] = {
        { "FREQ", frequency_read }, { "INTERVAL", interval_read }, { "COUNT", count_read },
        { "UNTIL", until_read },    { "WKST", week_start_read },
};

enum { PART_FREQ, PART_INTERVAL, PART_COUNT, PART_UNTIL, PART_WKST, PARTS_COUNT };

/* Reads "-1", "+2MO" or "FR". */
static bool value_read(const ListForm *form, Text text, CalendarValue *ret_value)
{
        CalendarValue value = { 0 };
        if (form->weekdays) {
                if (text.size < 2)
                        return false;
                value.weekday = (uint8_t)weekday_find((Text){ text.data + text.size - 2, 2 });
                text.size -= 2;
                if (value.weekday == 0)
                        return false;
        }
        bool every = form->weekdays && text.size == 0;
        bool negative = text.size > 0 && text.data[0] == '-';
        if (text.size > 0 && form->negative && (negative || text.data[0] == '+'))
                text = (Text){ text.data + 1, text.size - 1 };
        unsigned number = 0;
        if (!every && !digits_read(text, 1, form->number_max, &number))
                return false;
        value.number = (int16_t)(negative ? -(int)number : (int)number);
        *ret_value = value;
        return true;
}

static bool values_contain(const CalendarValues *values, CalendarValue value)
{
        for (unsigned i = 0; i < values->count; i++)
                if (values->items[i].number == value.number &&
                    values->items[i].weekday == value.weekday)
                        return true;
        return false;
}

static bool list_read(Reading *reading, CalendarList list, Text text)
{
        const ListForm *form = &LISTS[list];
        CalendarValues *values = &reading->rule.lists[list];
        Text one, rest = text;
        for (bool more = true; more;) {
                more = text_split_first(rest, ',', &one, &text);
                if (!more)
                        one = rest;
                rest = text;
                CalendarValue value;
                if (!value_read(form, one, &value))
                        return refuse(reading, form->name, one, " is no value that it can have");
                if (values_contain(values, value))
                        return refuse(reading, form->name, one, " stands twice");
                if (values->count >= CALENDAR_VALUES_MAX)
                        return refuse(reading, form->name, TEXT_NULL, " has more than 31 values");
                values->items[values->count++] = value;
        }
        return true;
}

static bool part_read(Reading *reading, Text part)
{
        Text name, value;
        if (!text_split_first(part, '=', &name, &value))
                return refuse(reading, "\"", part, "\" is no part of a rule (NAME=VALUE)");
        for (unsigned i = 0; i < PARTS_COUNT; i++) {
                if (!calendar_name_is(name, PARTS[i].name))
                        continue;
                if (reading->parts & 1u << i)
                        return refuse(reading, "", name, " stands twice");
                reading->parts |= 1u << i;
                return PARTS[i].read(reading, value);
        }
        for (unsigned i = 0; i < CALENDAR_LIST_COUNT; i++) {
                if (!calendar_name_is(name, LISTS[i].name))
                        continue;
                if (reading->lists & 1u << i)
                        return refuse(reading, "", name, " stands twice");
                reading->lists |= 1u << i;
                return list_read(reading, (CalendarList)i, value);
        }
        return refuse(reading, "", name, " is not supported in a calendar of whole days");
}

static bool parts_read(Reading *reading, Text text)
{
        Text one, rest;
        while (text_split_first(text, ';', &one, &rest)) {
                if (!part_read(reading, one))
                        return false;
                text = rest;
        }
        return text.size == 0 || part_read(reading, text); /* some programs end it with ";" */
}

/* ---- What parts say together ---- */

static bool weekdays_check(Reading *reading)
{
        const CalendarRule *rule = &reading->rule;
        const CalendarValues *weekdays = &rule->lists[CALENDAR_BY_DAY];
        int maximum = rule->frequency == CALENDAR_YEARLY    ? 53
                      : rule->frequency == CALENDAR_MONTHLY ? 5
                                                            : 0;
        for (unsigned i = 0; i < weekdays->count; i++)
                if (abs(weekdays->items[i].number) > maximum)
                        return refuse(reading, "BYDAY cannot count weekdays like this with FREQ=",
                                      text_from(FREQUENCIES[rule->frequency]), "");
        return true;
}

static bool has_both_signs(const CalendarValues *values)
{
        unsigned negative = 0;
        for (unsigned i = 0; i < values->count; i++)
                negative += values->items[i].number < 0;
        return negative > 0 && negative < values->count;
}

/* libical counts a day twice that is meant twice, by its number from both ends. */
static bool positions_check(Reading *reading)
{
        const CalendarValues *lists = reading->rule.lists;
        if (lists[CALENDAR_BY_SET_POSITION].count > 0 &&
            (has_both_signs(&lists[CALENDAR_BY_MONTH_DAY]) ||
             has_both_signs(&lists[CALENDAR_BY_YEAR_DAY])))
                return refuse(reading, "BYSETPOS is not supported with days counted from both ends",
                              TEXT_NULL, "");
        return true;
}

static bool together_check(Reading *reading)
{
        uint32_t lists = reading->lists;
        CalendarFrequency frequency = reading->rule.frequency;
        if (!(reading->parts & 1u << PART_FREQ))
                return refuse(reading, "FREQ is missing", TEXT_NULL, "");
        if (reading->parts & 1u << PART_COUNT && reading->parts & 1u << PART_UNTIL)
                return refuse(reading, "COUNT and UNTIL exclude each other", TEXT_NULL, "");
        for (unsigned i = 0; i < CALENDAR_LIST_COUNT; i++)
                if (lists & 1u << i && !(LISTS[i].frequencies & 1u << frequency))
                        return refuse(reading, LISTS[i].name, TEXT_NULL,
                                      " is not supported with this FREQ");
        if (lists == 1u << CALENDAR_BY_SET_POSITION)
                return refuse(reading, "BYSETPOS needs another BY", TEXT_NULL, "");
        if (lists & 1u << CALENDAR_BY_YEAR_DAY &&
            lists & (1u << CALENDAR_BY_MONTH | 1u << CALENDAR_BY_MONTH_DAY))
                return refuse(reading, "BYYEARDAY is not supported with BYMONTH or BYMONTHDAY",
                              TEXT_NULL, "");
        if (frequency == CALENDAR_YEARLY && lists & 1u << CALENDAR_BY_MONTH_DAY &&
            !(lists & 1u << CALENDAR_BY_MONTH))
                return refuse(reading, "BYMONTHDAY needs BYMONTH with FREQ=YEARLY", TEXT_NULL, "");
        return positions_check(reading) && weekdays_check(reading);
}

/* Puts weekdays into the order of a week that begins with week_start, as libical wants them. */
static void weekdays_sort(CalendarRule *rule)
{
        CalendarValues *values = &rule->lists[CALENDAR_BY_DAY];
        unsigned first = rule->week_start;
        for (unsigned i = 1; i < values->count; i++)
                for (unsigned k = i; k > 0; k--) {
                        CalendarValue *a = &values->items[k - 1], *b = &values->items[k];
                        if ((a->weekday + DAYS_OF_WEEK - first) % DAYS_OF_WEEK <=
                            (b->weekday + DAYS_OF_WEEK - first) % DAYS_OF_WEEK)
                                break;
                        CalendarValue swapped = *a;
                        *a = *b;
                        *b = swapped;
                }
}

bool calendar_rule_read(Text text, CalendarRule *ret_rule,
                        char problem[static CALENDAR_PROBLEM_SIZE])
{
        enum { MONDAY = 2 };
        Reading reading = { .rule = { .interval = 1, .until = INT32_MAX, .week_start = MONDAY },
                            .problem = problem };
        if (!parts_read(&reading, text) || !together_check(&reading))
                return false;
        weekdays_sort(&reading.rule);
        *ret_rule = reading.rule;
        return true;
}

/* ---- Days ---- */

static unsigned length(unsigned year, unsigned month)
{
        int32_t days;
        for (unsigned day = 31; day > 28; day--)
                if (timestamp_days(year, month, day, &days) == 0)
                        return day;
        return 28;
}

static int year_length(unsigned year)
{
        return length(year, 2) == 29 ? 366 : 365;
}

/* Whether a list is empty or holds a number, counted from the beginning or from the end. */
static bool list_holds(const CalendarValues *values, int position, int size)
{
        for (unsigned i = 0; i < values->count; i++) {
                int number = values->items[i].number;
                if (number == position || (number < 0 && size + 1 + number == position))
                        return true;
        }
        return values->count == 0;
}

/* position: of the day in what weekdays are counted in, size: of that, in days. */
static bool weekday_holds(const CalendarValues *values, unsigned weekday, int position, int size)
{
        int from_start = (position - 1) / DAYS_OF_WEEK + 1;
        int from_end = -((size - position) / DAYS_OF_WEEK + 1);
        for (unsigned i = 0; i < values->count; i++) {
                int number = values->items[i].number;
                if (values->items[i].weekday == weekday &&
                    (number == 0 || number == from_start || number == from_end))
                        return true;
        }
        return values->count == 0;
}

bool calendar_rule_fits(const CalendarRule *rule, const CalendarDate *date)
{
        enum { THURSDAY = 4 }; /* 1970-01-01, Sunday being 0 */
        const CalendarValues *lists = rule->lists;
        int32_t first = 0;
        if (timestamp_days(date->year, 1, 1, &first) != 0)
                return false;
        int year_day = date->days - first + 1, year_size = year_length(date->year);
        int month_size = (int)length(date->year, date->month);
        int since = (date->days + THURSDAY) % DAYS_OF_WEEK;
        unsigned weekday = (unsigned)((since + DAYS_OF_WEEK) % DAYS_OF_WEEK) + 1;
        bool in_month = rule->frequency != CALENDAR_YEARLY || lists[CALENDAR_BY_MONTH].count > 0;
        return list_holds(&lists[CALENDAR_BY_MONTH], (int)date->month, 0) &&
               list_holds(&lists[CALENDAR_BY_MONTH_DAY], (int)date->day, month_size) &&
               list_holds(&lists[CALENDAR_BY_YEAR_DAY], year_day, year_size) &&
               weekday_holds(&lists[CALENDAR_BY_DAY], weekday, in_month ? (int)date->day : year_day,
                             in_month ? month_size : year_size);
}
