/* SPDX-License-Identifier: MIT */
/*
 * Calendar rules
 *
 * What an RRULE (RFC 5545 section 3.3.10) may say in a calendar of whole days, read and checked
 * before libical sees any of it. libical passes over some combinations in silence, searches for
 * others up to the year 20000, and can write past its lists: what is let through here does none of
 * that.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/text.h"

typedef enum CalendarFrequency {
        CALENDAR_DAILY,
        CALENDAR_WEEKLY,
        CALENDAR_MONTHLY,
        CALENDAR_YEARLY,
        CALENDAR_FREQUENCY_COUNT,
} CalendarFrequency;

typedef enum CalendarList {
        CALENDAR_BY_MONTH,
        CALENDAR_BY_MONTH_DAY,
        CALENDAR_BY_YEAR_DAY,
        CALENDAR_BY_DAY,
        CALENDAR_BY_SET_POSITION,
        CALENDAR_LIST_COUNT,
} CalendarList;

#define CALENDAR_VALUES_MAX   31   /* of one list: libical has no room for more days of a month */
#define CALENDAR_INTERVAL_MAX 1000 /* days, weeks, months or years */

/* One value of a list. */
typedef struct CalendarValue {
        int16_t number;  /* of BYDAY: which one of the month or year, 0: each */
        uint8_t weekday; /* of BYDAY: 1 Sunday … 7 Saturday, as libical counts; 0: another list */
} CalendarValue;

typedef struct CalendarValues {
        CalendarValue items[CALENDAR_VALUES_MAX]; /* none twice; BYDAY in the order of the week */
        unsigned count;
} CalendarValues;

typedef struct CalendarRule {
        CalendarFrequency frequency;
        unsigned interval;
        unsigned count; /* of occurrences; 0: not stated */
        int32_t until;  /* the last day; INT32_MAX: not stated */
        unsigned week_start;
        CalendarValues lists[CALENDAR_LIST_COUNT];
} CalendarRule;

/* A day and where it lies. */
typedef struct CalendarDate {
        unsigned year, month, day; /* month and day from 1 */
        int32_t days;              /* since 1970-01-01 */
} CalendarDate;

/* Reads "20261225", a day from 1583 to 9999. Return: 0, -EINVAL for another form, -ERANGE for a day
 * that does not exist. */
int calendar_date_parse(Text text, CalendarDate *ret_date);

#define CALENDAR_PROBLEM_SIZE 200

/* Reads a rule. Return: true, or false and what is wrong with it, fit to be shown. */
bool calendar_rule_read(Text text, CalendarRule *ret_rule,
                        char problem[static CALENDAR_PROBLEM_SIZE]);

/* Says whether a day agrees with all that a rule says about each of its days, BYSETPOS aside: with
 * its months, days of the month and of the year, weekdays and which of them. */
bool calendar_rule_fits(const CalendarRule *rule, const CalendarDate *date);
