/* SPDX-License-Identifier: MIT */
/*
 * Calendar events
 *
 * Readers of the properties that say something about days, and the table of all others that RFC
 * 5545, RFC 7986 and RFC 9073 have, which say nothing about them.
 */
#include "policy/calendar_event.h"

#include <errno.h>

#include "util/number.h"

enum { DAYS_OF_WEEK = 7, DURATION_DAYS_MAX = 3660 };

const char *calendar_word(Text text, char buffer[static CALENDAR_WORD_SIZE])
{
        return text_escape(text, buffer, CALENDAR_WORD_SIZE);
}

CalendarEvent calendar_event(uint32_t line)
{
        return (CalendarEvent){ .line = line, .recurrence = INT32_MIN };
}

void calendar_event_clear(CalendarEvent *event)
{
        vector_clear(&event->added);
        vector_clear(&event->removed);
}

/* One property on its way. */
typedef struct Reading {
        CalendarEvent *event;
        const CalendarLine *line;
        CalendarReport *report;
} Reading;

/* Reports an error about the property. Return: 0. */
static int refuse(const Reading *reading, const char *format_word, Text word)
{
        char name[CALENDAR_WORD_SIZE], shown[CALENDAR_WORD_SIZE];
        CALENDAR_ERROR(reading->report, reading->line->number, "%s%s%s",
                       calendar_word(reading->line->name, name), format_word,
                       calendar_word(word, shown));
        reading->event->faulty = true;
        return 0;
}

/* ---- Dates ---- */

/* Looks at the parameters of a property that holds dates. */
static bool date_parameters_check(const Reading *reading)
{
        Text rest = reading->line->parameters, name, value;
        bool is_date = false, zoned = false;
        while (calendar_parameter_next(&rest, &name, &value)) {
                if (calendar_name_is(name, "VALUE"))
                        is_date = calendar_name_is(value, "DATE");
                else if (calendar_name_is(name, "TZID"))
                        zoned = true;
                else if (!calendar_name_is_extension(name))
                        return refuse(reading,
                                      " has a parameter that is not supported here: ", name);
        }
        if (is_date && zoned)
                CALENDAR_WARNING(reading->report, reading->line->number,
                                 "a whole day has no time zone: TZID is not looked at");
        return is_date ||
               refuse(reading, " needs VALUE=DATE: only whole days count, no times of a day",
                      TEXT_NULL);
}

static bool date_read(const Reading *reading, Text value, CalendarDate *ret_date)
{
        int result = calendar_date_parse(value, ret_date);
        if (result == -EINVAL)
                return refuse(reading, ": this is not a date such as 20261225: ", value);
        return result == 0 || refuse(reading, ": this day does not exist: ", value);
}

static int start_read(const Reading *reading)
{
        if (date_parameters_check(reading))
                date_read(reading, reading->line->value, &reading->event->start);
        return 0;
}

static int end_read(const Reading *reading)
{
        CalendarDate date;
        reading->event->end_line = reading->line->number;
        if (date_parameters_check(reading) && date_read(reading, reading->line->value, &date))
                reading->event->end = date.days;
        return 0;
}

static int recurrence_read(const Reading *reading)
{
        CalendarDate date;
        if (date_parameters_check(reading) && date_read(reading, reading->line->value, &date))
                reading->event->recurrence = date.days;
        return 0;
}

static int dates_read(const Reading *reading, CalendarDays *days)
{
        if (!date_parameters_check(reading))
                return 0;
        Text rest = reading->line->value, one, after;
        for (bool more = true; more; rest = after) {
                CalendarDate date;
                more = text_split_first(rest, ',', &one, &after);
                if (!date_read(reading, more ? one : rest, &date))
                        return 0;
                int32_t *day = vector_append(days);
                if (!day)
                        return -ENOMEM;
                *day = date.days;
        }
        return 0;
}

static int added_read(const Reading *reading)
{
        return dates_read(reading, &reading->event->added);
}

static int removed_read(const Reading *reading)
{
        return dates_read(reading, &reading->event->removed);
}

/* ---- Others ---- */

/* Only extensions may go with what is no date. */
static bool parameters_check(const Reading *reading)
{
        Text rest = reading->line->parameters, name, value;
        while (calendar_parameter_next(&rest, &name, &value))
                if (!calendar_name_is_extension(name))
                        return refuse(reading,
                                      " has a parameter that is not supported here: ", name);
        return true;
}

/* "P3D", "+P1W" */
static int duration_read(const Reading *reading)
{
        CalendarEvent *event = reading->event;
        Text text = reading->line->value;
        event->duration_line = reading->line->number;
        if (!parameters_check(reading))
                return 0;
        if (text.size > 0 && text.data[0] == '+')
                text = (Text){ text.data + 1, text.size - 1 };
        uint64_t number = 0;
        char unit = text.size > 2 ? text.data[text.size - 1] : '\0';
        if (text.size <= 2 || (text.data[0] != 'P' && text.data[0] != 'p') ||
            !strchr("DdWw", unit) ||
            number_parse((Text){ text.data + 1, text.size - 2 }, DURATION_DAYS_MAX, &number) != 0 ||
            number == 0)
                return refuse(reading, ": only whole days count (P1D to P3660D, P1W): ",
                              reading->line->value);
        event->duration = (int32_t)number * (unit == 'W' || unit == 'w' ? DAYS_OF_WEEK : 1);
        return 0;
}

static int rule_read(const Reading *reading)
{
        char problem[CALENDAR_PROBLEM_SIZE];
        reading->event->rule_line = reading->line->number;
        if (!parameters_check(reading) ||
            calendar_rule_read(reading->line->value, &reading->event->rule, problem))
                return 0;
        CALENDAR_ERROR(reading->report, reading->line->number, "%s", problem);
        reading->event->faulty = true;
        return 0;
}

static int status_read(const Reading *reading)
{
        Text value = reading->line->value;
        reading->event->cancelled = calendar_name_is(value, "CANCELLED");
        if (!parameters_check(reading) || reading->event->cancelled ||
            calendar_name_is(value, "CONFIRMED") || calendar_name_is(value, "TENTATIVE"))
                return 0;
        return refuse(reading, ": an event is TENTATIVE, CONFIRMED or CANCELLED, not ", value);
}

static int uid_read(const Reading *reading)
{
        reading->event->uid = reading->line->value;
        return 0;
}

static int exception_rule_read(const Reading *reading)
{
        return refuse(reading, " is not supported: name the days with EXDATE", TEXT_NULL);
}

static const struct Property {
        const char *name;
        int (*read)(const Reading *reading);
        bool many; /* may stand more than once */
} PROPERTIES[] = {
        { "DTSTART", start_read, false },        { "DTEND", end_read, false },
        { "DURATION", duration_read, false },    { "RRULE", rule_read, false },
        { "RDATE", added_read, true },           { "EXDATE", removed_read, true },
        { "EXRULE", exception_rule_read, true }, { "RECURRENCE-ID", recurrence_read, false },
        { "STATUS", status_read, false },        { "UID", uid_read, false },
};

/* What says nothing about days. */
static const char *const OTHERS[] = {
        "ATTACH",
        "ATTENDEE",
        "CALENDAR-ADDRESS",
        "CATEGORIES",
        "CLASS",
        "COLOR",
        "COMMENT",
        "CONCEPT",
        "CONFERENCE",
        "CONTACT",
        "CREATED",
        "DESCRIPTION",
        "DTSTAMP",
        "GEO",
        "IMAGE",
        "LAST-MODIFIED",
        "LINK",
        "LOCATION",
        "NAME",
        "ORGANIZER",
        "PRIORITY",
        "REFID",
        "RELATED-TO",
        "RESOURCES",
        "REQUEST-STATUS",
        "SEQUENCE",
        "STRUCTURED-DATA",
        "STYLED-DESCRIPTION",
        "SUMMARY",
        "TRANSP",
        "URL",
};

static bool is_other(Text name)
{
        for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
                if (calendar_name_is(name, OTHERS[i]))
                        return true;
        return calendar_name_is_extension(name);
}

int calendar_event_read(CalendarEvent *event, const CalendarLine *line, CalendarReport *report)
{
        Reading reading = { event, line, report };
        for (size_t i = 0; i < sizeof(PROPERTIES) / sizeof(PROPERTIES[0]); i++) {
                if (!calendar_name_is(line->name, PROPERTIES[i].name))
                        continue;
                uint64_t bit = UINT64_C(1) << i;
                if (!PROPERTIES[i].many && event->stated & bit)
                        return refuse(&reading, " stands twice in this event", TEXT_NULL);
                event->stated |= bit;
                return PROPERTIES[i].read(&reading);
        }
        return is_other(line->name) ? 0
                                    : refuse(&reading, " is no property of an event", TEXT_NULL);
}

/* ---- Together ---- */

static void end_find(CalendarEvent *event, CalendarReport *report)
{
        int32_t start = event->start.days;
        if (event->end_line != 0 && event->duration_line != 0)
                CALENDAR_ERROR(report, event->duration_line,
                               "DTEND and DURATION exclude each other");
        else if (event->end_line != 0 && event->end <= start)
                CALENDAR_ERROR(report, event->end_line,
                               "DTEND is the day after the last: it must come after DTSTART");
        else {
                if (event->end_line == 0)
                        event->end = start + (event->duration > 0 ? event->duration : 1);
                return;
        }
        event->faulty = true;
}

void calendar_event_finish(CalendarEvent *event, CalendarReport *report)
{
        if (!(event->stated & 1)) { /* DTSTART is the first of the table */
                CALENDAR_ERROR(report, event->line, "this event has no DTSTART");
                event->faulty = true;
        }
        if (!event->faulty)
                end_find(event, report);
        if (event->recurrence != INT32_MIN && event->rule_line != 0) {
                CALENDAR_ERROR(report, event->rule_line,
                               "one day that is moved (RECURRENCE-ID) does not recur");
                event->faulty = true;
        }
}
