/* SPDX-License-Identifier: MIT */
/*
 * Timestamps
 *
 * A written form is matched against a pattern in which '0' stands for a digit; then the fields are
 * read at fixed places. Dates become days by arithmetic (the proleptic Gregorian calendar, years
 * counted from March so that the leap day is the last of its year): no locale, no time zone and no
 * libc state takes part.
 */
#include "util/timestamp.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

enum {
        YEAR_MIN = 1970,
        GREGORIAN_YEAR_MIN = 1583,
        YEAR_MAX = 9999,
        SECONDS_PER_DAY = 24 * 60 * 60,
        MINUTES_PER_DAY = 24 * 60,
        DAYS_PER_ERA = 146097, /* 400 years */
        DAYS_TO_1970 = 719468, /* from 0000-03-01 */
};

#define SECONDS_END INT64_C(253402300800) /* 10000-01-01T00:00:00Z */

typedef struct Date {
        unsigned year;
        unsigned month; /* 1 to 12 */
        unsigned day;   /* 1 to 31 */
} Date;

static bool has_form(const char *text, size_t size, const char *pattern)
{
        if (size != strlen(pattern))
                return false;
        for (size_t i = 0; i < size; i++) {
                bool digit = text[i] >= '0' && text[i] <= '9';
                if (pattern[i] == '0' ? !digit : text[i] != pattern[i])
                        return false;
        }
        return true;
}

/* Reads a field of digits, which has_form() has checked. */
static unsigned field_read(const char *digits, unsigned count)
{
        unsigned value = 0;
        for (unsigned i = 0; i < count; i++)
                value = value * 10 + (unsigned)(digits[i] - '0');
        return value;
}

static unsigned month_days(unsigned year, unsigned month)
{
        static const uint8_t DAYS[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        return DAYS[month - 1] + (month == 2 && leap);
}

static int32_t days_from_date(Date date)
{
        unsigned year = date.month > 2 ? date.year : date.year - 1;
        unsigned month = date.month > 2 ? date.month - 3 : date.month + 9; /* from March */
        unsigned era = year / 400, year_of_era = year % 400;
        unsigned day_of_year = (153 * month + 2) / 5 + date.day - 1;
        unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        return (int32_t)(era * DAYS_PER_ERA + day_of_era) - DAYS_TO_1970;
}

static Date date_from_days(uint32_t days)
{
        uint32_t since = days + DAYS_TO_1970;
        unsigned era = since / DAYS_PER_ERA, day_of_era = since % DAYS_PER_ERA;
        unsigned year_of_era =
                (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        unsigned day_of_year =
                day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        unsigned month = (5 * day_of_year + 2) / 153; /* from March */
        return (Date){ .year = era * 400 + year_of_era + (month >= 10),
                       .month = month < 10 ? month + 3 : month - 9,
                       .day = day_of_year - (153 * month + 2) / 5 + 1 };
}

int timestamp_days(unsigned year, unsigned month, unsigned day, int32_t *ret_days)
{
        if (year < GREGORIAN_YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
            day > month_days(year, month))
                return -ERANGE;
        *ret_days = days_from_date((Date){ year, month, day });
        return 0;
}

/* Reads "0000-00-00", the form checked already. */
static int date_read(const char *text, int32_t *ret_days)
{
        unsigned year = field_read(text, 4);
        if (year < YEAR_MIN)
                return -ERANGE;
        return timestamp_days(year, field_read(text + 5, 2), field_read(text + 8, 2), ret_days);
}

/* Reads "Z" or "+00:00" as seconds east of UTC. */
static int offset_read(Text text, int *ret_seconds)
{
        if (text_is(text, "Z")) {
                *ret_seconds = 0;
                return 0;
        }
        if (!has_form(text.data, text.size, "+00:00") && !has_form(text.data, text.size, "-00:00"))
                return -EINVAL;
        unsigned hours = field_read(text.data + 1, 2), minutes = field_read(text.data + 4, 2);
        if (hours > 23 || minutes > 59)
                return -ERANGE;
        int seconds = (int)(hours * 60 + minutes) * 60;
        *ret_seconds = text.data[0] == '-' ? -seconds : seconds;
        return 0;
}

int timestamp_parse(Text text, int64_t *ret_seconds)
{
        static const char FORM[] = "0000-00-00T00:00:00";
        enum { FORM_SIZE = sizeof(FORM) - 1 };
        int offset, error;
        int32_t days;

        if (text.size < FORM_SIZE || !has_form(text.data, FORM_SIZE, FORM))
                return -EINVAL;
        error = offset_read((Text){ text.data + FORM_SIZE, text.size - FORM_SIZE }, &offset);
        if (error < 0)
                return error;
        error = date_read(text.data, &days);
        if (error < 0)
                return error;
        unsigned hour = field_read(text.data + 11, 2), minute = field_read(text.data + 14, 2),
                 second = field_read(text.data + 17, 2);
        if (hour > 23 || minute > 59 || second > 59)
                return -ERANGE;
        int64_t seconds = (int64_t)days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
        seconds -= offset;
        if (seconds < 0 || seconds >= SECONDS_END) /* the offset leads out of the years */
                return -ERANGE;
        *ret_seconds = seconds;
        return 0;
}

int timestamp_parse_date(Text text, int32_t *ret_days)
{
        if (!has_form(text.data, text.size, "0000-00-00"))
                return -EINVAL;
        return date_read(text.data, ret_days);
}

int timestamp_parse_minute(Text text, unsigned *ret_minute)
{
        if (!has_form(text.data, text.size, "00:00"))
                return -EINVAL;
        unsigned hour = field_read(text.data, 2), minute = field_read(text.data + 3, 2);
        if (minute > 59 || hour * 60 + minute > MINUTES_PER_DAY)
                return -ERANGE;
        *ret_minute = hour * 60 + minute;
        return 0;
}

char *timestamp_format(int64_t seconds, char buffer[static TIMESTAMP_TEXT_SIZE])
{
        if (seconds < 0 || seconds >= SECONDS_END)
                return strcpy(buffer, "-");
        Date date = date_from_days((uint32_t)(seconds / SECONDS_PER_DAY));
        unsigned rest = (unsigned)(seconds % SECONDS_PER_DAY);
        snprintf(buffer, TIMESTAMP_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", date.year % 10000,
                 date.month % 100, date.day % 100, rest / 3600, rest / 60 % 60, rest % 60);
        return buffer;
}

int64_t timestamp_now(void)
{
        struct timespec now = { 0 };
        /* Cannot fail: Linux always has this clock and the pointer is good. */
        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec;
}
