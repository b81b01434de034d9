/* SPDX-License-Identifier: MIT */
/*
 * Calendar
 *
 * The days of an iCalendar file (RFC 5545): whole-day events with their recurrences, within the
 * years that count. What is not understood is an error with its line, since a holiday left out
 * opens or closes a door; what has nothing to do with events is a warning. The file is bounded in
 * size by who reads it, and here in everything that can grow or take long (limits.h).
 */
#pragma once

#include "policy/model.h"

/* Which days count: from one to before another, in days since 1970-01-01. */
typedef struct CalendarSpan {
        int32_t from;
        int32_t until;
} CalendarSpan;

/* The days that a policy compiled now knows of: from 1970, so that a question about the past gets
 * the same answer from now on, to the end of the year after next. It is the same for a whole year,
 * and so are the images of the same text. */
CalendarSpan calendar_span(int64_t now_s);

/*
 * Reads a file. data: size bytes, borrowed and changed. file: its index in the diagnostics' files.
 * ret_days: within the span, ascending, without repeats, in the arena; none after an error.
 * Return: 0 (also when something was reported), -ENOMEM.
 */
int calendar_read(Arena *arena, Diagnostics *diagnostics, uint32_t file, char *data, size_t size,
                  CalendarSpan span, ModelDays *ret_days);
