/* SPDX-License-Identifier: MIT */
/*
 * Timestamps
 *
 * Points in time as seconds since 1970-01-01T00:00:00Z in an int64_t, and their written form, RFC
 * 3339 with an offset. Leap seconds (":60") are refused: the system clock has none.
 */
#pragma once

#include <stdint.h>

#include "util/text.h"

/* An open start and an open end of an interval. */
#define TIMESTAMP_MIN INT64_MIN
#define TIMESTAMP_MAX INT64_MAX

#define TIMESTAMP_TEXT_SIZE sizeof("9999-12-31T23:59:59Z")

/*
 * Reads "2026-06-01T09:00:00Z" or with an offset such as "+02:00" (RFC 3339 section 5.6; fractions
 * of a second are refused, 'T' and 'Z' are upper case, years 1970 to 9999, in UTC too, so that
 * every result can be written again). Return: 0, -EINVAL for another form, -ERANGE for a date or
 * time that does not exist or lies outside those years.
 */
int timestamp_parse(Text text, int64_t *ret_seconds);

/* Reads a date "2026-12-25" as the days since 1970-01-01.
 * Return: 0, -EINVAL for another form, -ERANGE for a day that does not exist. */
int timestamp_parse_date(Text text, int32_t *ret_days);

/* Counts the days since 1970-01-01 of a date of the Gregorian calendar, before 1970 below 0. year:
 * 1583 to 9999, month and day from 1. Return: 0, -ERANGE for a day that does not exist. */
int timestamp_days(unsigned year, unsigned month, unsigned day, int32_t *ret_days);

/*
 * Reads a time of the day "08:00" as minutes since midnight. "24:00" gives 1440, which the caller
 * refuses where it may not stand.
 * Return: 0, -EINVAL for another form, -ERANGE for a time that does not exist.
 */
int timestamp_parse_minute(Text text, unsigned *ret_minute);

/* Writes seconds as RFC 3339 in UTC; open ends, and all outside 1970 to 9999, as "-".
 * Return: buffer. */
char *timestamp_format(int64_t seconds, char buffer[static TIMESTAMP_TEXT_SIZE]);

/* The system's clock (CLOCK_REALTIME), in seconds. Never called while deciding. */
int64_t timestamp_now(void);
