/* SPDX-License-Identifier: MIT */
/*
 * Calendar lines
 *
 * The content lines of an iCalendar file (RFC 5545 section 3.1): unfolded, split into a name,
 * parameters and a value, each with the number of the line where it begins. libical's own reader
 * knows no line numbers and turns what it cannot read into notes that are easily passed over, so
 * only what is hard, recurrence, is left to it (calendar_rule.h).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/text.h"

/* A file on its way through. The bytes are borrowed and written over where lines are unfolded. */
typedef struct CalendarText {
        char *data;
        size_t size;
        size_t offset;   /* of the next line */
        uint32_t number; /* of the last line read */
} CalendarText;

/* One content line; everything borrows from the file. */
typedef struct CalendarLine {
        uint32_t number; /* from 1, where it begins */
        Text name;       /* "DTSTART" */
        Text parameters; /* "VALUE=DATE;X-A=b", or empty */
        Text value;
} CalendarLine;

typedef enum CalendarLineResult {
        CALENDAR_LINE_READ,
        CALENDAR_LINE_END, /* of the file */
        CALENDAR_LINE_BAD, /* the number is set, and what is wrong; the next one can be read */
} CalendarLineResult;

/* Begins a file. size: bytes of data (borrowed, changed while it is read). A byte order mark at the
 * beginning is passed over. */
CalendarText calendar_text(char *data, size_t size);

/* Reads the next content line; empty lines are passed over. ret_problem: a constant, set for
 * CALENDAR_LINE_BAD only. */
CalendarLineResult calendar_line_next(CalendarText *text, CalendarLine *ret_line,
                                      const char **ret_problem);

/* Takes the first parameter off a list of them. ret_value is without its quotes.
 * Return: false at the end of the list. A part without "=" has an empty value. */
bool calendar_parameter_next(Text *parameters, Text *ret_name, Text *ret_value);

/* Compares names of components, properties, parameters and enumerated values, which have no case.
 */
bool calendar_name_is(Text text, const char *name);

/* Whether a name begins with "X-": an extension, which anybody may add. */
bool calendar_name_is_extension(Text name);
