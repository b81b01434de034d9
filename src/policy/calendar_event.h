/* SPDX-License-Identifier: MIT */
/*
 * Calendar events
 *
 * One VEVENT (RFC 5545 section 3.6.1) of whole days, read property by property. A table says which
 * properties there are and which of them say something about days; what is in no table is refused.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/calendar_line.h"
#include "policy/calendar_rule.h"
#include "policy/diagnostics.h"
#include "util/vector.h"

typedef VECTOR_OF(int32_t) CalendarDays; /* days since 1970-01-01 */

typedef struct CalendarEvent {
        uint32_t line; /* of its BEGIN */
        Text uid;      /* borrowed; empty: none */
        CalendarDate start;
        int32_t end;        /* the first day that is none of it */
        int32_t recurrence; /* the day of another event that it replaces; INT32_MIN: none */
        uint32_t rule_line; /* 0: none */
        CalendarRule rule;
        CalendarDays added;   /* RDATE */
        CalendarDays removed; /* EXDATE */
        int32_t duration;     /* days; 0: not stated */
        uint32_t duration_line;
        uint32_t end_line; /* of DTEND; 0: not stated */
        uint64_t stated;   /* properties that may stand once */
        bool cancelled;
        bool faulty; /* something was reported: its days are not known */
} CalendarEvent;

/* Where findings go. */
typedef struct CalendarReport {
        Diagnostics *diagnostics; /* borrowed */
        uint32_t file;            /* index into their files */
        bool failed;              /* an error was reported */
} CalendarReport;

/* Reports an error of a line of the file. Arguments as of printf(). */
#define CALENDAR_ERROR(report, line, ...)                                                          \
        ((report)->failed = true,                                                                  \
         diagnostics_error((report)->diagnostics, (Place){ (report)->file, (line) }, __VA_ARGS__))
#define CALENDAR_WARNING(report, line, ...)                                                        \
        diagnostics_warning((report)->diagnostics, (Place){ (report)->file, (line) }, __VA_ARGS__)

/* Writes a text of the file so that it can stand in a message. Return: buffer. */
#define CALENDAR_WORD_SIZE 80
const char *calendar_word(Text text, char buffer[static CALENDAR_WORD_SIZE]);

/* Begins an event whose BEGIN stands in a line. */
CalendarEvent calendar_event(uint32_t line);

/* Gives back what an event holds. */
void calendar_event_clear(CalendarEvent *event);

/* Reads one property into an event; what is wrong with it is reported. Return: 0 or -ENOMEM. */
int calendar_event_read(CalendarEvent *event, const CalendarLine *line, CalendarReport *report);

/* Looks at what the properties say together, after the last of them, and finds the event's end. */
void calendar_event_finish(CalendarEvent *event, CalendarReport *report);
