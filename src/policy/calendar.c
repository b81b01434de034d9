/* SPDX-License-Identifier: MIT */
/*
 * Calendar
 *
 * A stack of the components that are open decides what a line means. When all events are read they
 * are sorted by UID, so that each stands beside those that replace single days of it, and mark
 * their days on a map of the span.
 */
#include "policy/calendar.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "policy/calendar_event.h"
#include "policy/calendar_expand.h"
#include "policy/limits.h"

enum { DEPTH_MAX = 8, YEAR_MAX = 9999 };

CalendarSpan calendar_span(int64_t now_s)
{
        time_t now = (time_t)now_s;
        struct tm tm = { 0 };
        CalendarSpan span = { 0 };
        gmtime_r(&now, &tm);
        unsigned year = (unsigned)(tm.tm_year + 1900) + CALENDAR_YEARS;
        timestamp_days(year < YEAR_MAX ? year : YEAR_MAX, 1, 1, &span.until);
        return span;
}

typedef VECTOR_OF(CalendarEvent) Events;

/* What is being read. */
typedef struct Calendar {
        CalendarReport report;
        CalendarSpan span;
        Events events;
        Text open[DEPTH_MAX]; /* names of components */
        uint32_t lines[DEPTH_MAX];
        unsigned depth;
        unsigned event_depth; /* of the event that is open; 0: none */
        bool seen;            /* a VCALENDAR */
        bool versioned;       /* and its VERSION */
        bool stopped;
        uint32_t steps;
        uint8_t marked[]; /* by day of the span */
} Calendar;

static Calendar *calendar_new(CalendarSpan span)
{
        Calendar *calendar = calloc(1, sizeof(*calendar) + (size_t)(span.until - span.from));
        if (!calendar)
                return NULL;
        calendar->span = span;
        calendar->steps = CALENDAR_STEPS_MAX;
        return calendar;
}

static void calendar_clear(Calendar *calendar)
{
        for (size_t i = 0; i < calendar->events.count; i++)
                calendar_event_clear(&calendar->events.items[i]);
        vector_clear(&calendar->events);
        free(calendar);
}

static void calendar_clearp(Calendar **calendar)
{
        if (*calendar)
                calendar_clear(*calendar);
}

/* ---- Components ---- */

static const char *open_name(const Calendar *calendar, char buffer[static CALENDAR_WORD_SIZE])
{
        return calendar_word(calendar->open[calendar->depth - 1], buffer);
}

static int event_begin(Calendar *calendar, const CalendarLine *line)
{
        calendar->event_depth = calendar->depth;
        if (calendar->events.count >= CALENDAR_EVENTS_MAX) {
                CALENDAR_ERROR(&calendar->report, line->number, "more than %d events",
                               CALENDAR_EVENTS_MAX);
                calendar->stopped = true;
                return 0;
        }
        CalendarEvent *event = vector_append(&calendar->events);
        if (!event)
                return -ENOMEM;
        *event = calendar_event(line->number);
        return 0;
}

/* What a component is worth where it begins; its name is on the stack already. */
static int component_enter(Calendar *calendar, const CalendarLine *line)
{
        char shown[CALENDAR_WORD_SIZE];
        Text name = line->value;
        unsigned depth = calendar->depth;
        bool top = calendar_name_is(name, "VCALENDAR");
        if (depth == 1 && !top)
                CALENDAR_ERROR(&calendar->report, line->number,
                               "a calendar begins with BEGIN:VCALENDAR");
        else if (depth > 1 && top)
                CALENDAR_ERROR(&calendar->report, line->number, "a calendar within a calendar");
        else if (top) {
                calendar->seen = true;
                calendar->versioned = false;
        } else if (calendar_name_is(name, "VEVENT")) {
                if (depth == 2)
                        return event_begin(calendar, line);
                CALENDAR_ERROR(&calendar->report, line->number, "an event within a %s",
                               calendar_word(calendar->open[depth - 2], shown));
        } else if (depth == 2 || depth == calendar->event_depth + 1) {
                if (!calendar_name_is(name, depth == 2 ? "VTIMEZONE" : "VALARM"))
                        CALENDAR_WARNING(&calendar->report, line->number,
                                         "not read: %s; only events have days",
                                         calendar_word(name, shown));
        }
        return 0;
}

static int component_begin(Calendar *calendar, const CalendarLine *line)
{
        if (calendar->depth == DEPTH_MAX) {
                CALENDAR_ERROR(&calendar->report, line->number,
                               "components within components: more than %d", DEPTH_MAX);
                calendar->stopped = true;
                return 0;
        }
        calendar->lines[calendar->depth] = line->number;
        calendar->open[calendar->depth++] = line->value;
        return component_enter(calendar, line);
}

static void component_end(Calendar *calendar, const CalendarLine *line)
{
        char shown[CALENDAR_WORD_SIZE], opened[CALENDAR_WORD_SIZE];
        unsigned depth = calendar->depth;
        bool matches = depth > 0 && calendar->open[depth - 1].size == line->value.size &&
                       strncasecmp(calendar->open[depth - 1].data, line->value.data,
                                   line->value.size) == 0;
        if (!matches) {
                CALENDAR_ERROR(&calendar->report, line->number, "END:%s where %s%s is open",
                               calendar_word(line->value, shown), depth > 0 ? "" : "nothing",
                               depth > 0 ? open_name(calendar, opened) : "");
                calendar->stopped = true;
                return;
        }
        if (depth == calendar->event_depth) {
                calendar_event_finish(&calendar->events.items[calendar->events.count - 1],
                                      &calendar->report);
                calendar->event_depth = 0;
        }
        if (depth == 1 && calendar->seen && !calendar->versioned)
                CALENDAR_ERROR(&calendar->report, calendar->lines[0],
                               "this calendar has no VERSION:2.0");
        calendar->depth--;
}

/* ---- Properties of the calendar itself ---- */

static void calendar_property_read(Calendar *calendar, const CalendarLine *line)
{
        char shown[CALENDAR_WORD_SIZE];
        const char *word = calendar_word(line->value, shown);
        if (calendar_name_is(line->name, "VERSION")) {
                calendar->versioned = true;
                if (!text_is(line->value, "2.0"))
                        CALENDAR_ERROR(&calendar->report, line->number,
                                       "version %s of calendars is not supported: only 2.0 is",
                                       word);
        } else if (calendar_name_is(line->name, "CALSCALE")) {
                if (!calendar_name_is(line->value, "GREGORIAN"))
                        CALENDAR_ERROR(&calendar->report, line->number,
                                       "CALSCALE:%s is not supported: only GREGORIAN is", word);
        } else if (calendar_name_is(line->name, "METHOD")) {
                if (calendar_name_is(line->value, "CANCEL"))
                        CALENDAR_ERROR(&calendar->report, line->number,
                                       "a list of what is cancelled is no calendar");
        }
}

static int line_read(Calendar *calendar, const CalendarLine *line)
{
        if (calendar_name_is(line->name, "BEGIN"))
                return component_begin(calendar, line);
        if (calendar_name_is(line->name, "END"))
                component_end(calendar, line);
        else if (calendar->depth == 0)
                CALENDAR_ERROR(&calendar->report, line->number,
                               "a calendar begins with BEGIN:VCALENDAR");
        else if (calendar->depth == calendar->event_depth)
                return calendar_event_read(&calendar->events.items[calendar->events.count - 1],
                                           line, &calendar->report);
        else if (calendar->depth == 1)
                calendar_property_read(calendar, line);
        return 0;
}

static int lines_read(Calendar *calendar, char *data, size_t size)
{
        CalendarText text = calendar_text(data, size);
        CalendarLine line;
        const char *problem = NULL;
        CalendarLineResult read = CALENDAR_LINE_END;
        int result = 0;
        while (result == 0 && !calendar->stopped &&
               (read = calendar_line_next(&text, &line, &problem)) != CALENDAR_LINE_END) {
                if (read == CALENDAR_LINE_BAD)
                        CALENDAR_ERROR(&calendar->report, line.number, "%s", problem);
                else
                        result = line_read(calendar, &line);
        }
        char shown[CALENDAR_WORD_SIZE];
        if (result == 0 && !calendar->stopped && calendar->depth > 0)
                CALENDAR_ERROR(&calendar->report, calendar->lines[calendar->depth - 1],
                               "BEGIN:%s without END: the file is not whole",
                               open_name(calendar, shown));
        else if (result == 0 && !calendar->seen && !calendar->report.failed)
                CALENDAR_ERROR(&calendar->report, 1, "no calendar: BEGIN:VCALENDAR is missing");
        return result;
}

/* ---- Days ---- */

static int event_compare(const void *left, const void *right)
{
        const CalendarEvent *a = left, *b = right;
        int order = text_compare(a->uid, b->uid);
        if (order != 0)
                return order;
        if (a->recurrence != b->recurrence)
                return a->recurrence < b->recurrence ? -1 : 1;
        return a->line < b->line ? -1 : a->line > b->line;
}

static void events_sort(Calendar *calendar)
{
        Events *events = &calendar->events;
        if (events->count > 0)
                qsort(events->items, events->count, sizeof(events->items[0]), event_compare);
        for (size_t i = 1; i < events->count; i++) {
                const CalendarEvent *before = &events->items[i - 1], *event = &events->items[i];
                char shown[CALENDAR_WORD_SIZE];
                if (event->uid.size > 0 && text_equal(before->uid, event->uid) &&
                    before->recurrence == event->recurrence)
                        CALENDAR_ERROR(&calendar->report, event->line,
                                       "the event with UID %s stands in line %u already",
                                       calendar_word(event->uid, shown), before->line);
        }
}

static int day_compare(const void *left, const void *right)
{
        int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
        return a < b ? -1 : a > b;
}

/* One event with those that replace days of it behind it. */
typedef struct Marking {
        Calendar *calendar;
        const CalendarEvent *event;
} Marking;

static void day_mark(void *user, int32_t day)
{
        const Marking *marking = user;
        const CalendarEvent *event = marking->event;
        const CalendarSpan *span = &marking->calendar->span;
        const CalendarDays *removed = &event->removed;
        if (removed->count > 0 &&
            bsearch(&day, removed->items, removed->count, sizeof(int32_t), day_compare))
                return;
        int64_t from = day, until = (int64_t)day + event->end - event->start.days;
        for (int64_t at = from < span->from ? span->from : from; at < until && at < span->until;
             at++)
                marking->calendar->marked[at - span->from] = 1;
}

/* Adds the days that other events replace to those removed. Return: 0 or -ENOMEM. */
static int replaced_add(CalendarEvent *event, const CalendarEvent *end)
{
        bool recurs = event->recurrence == INT32_MIN && event->uid.size > 0;
        for (const CalendarEvent *other = event + 1;
             recurs && other < end && text_equal(other->uid, event->uid); other++) {
                int32_t *day = vector_append(&event->removed);
                if (!day)
                        return -ENOMEM;
                *day = other->recurrence;
        }
        if (event->removed.count > 0)
                qsort(event->removed.items, event->removed.count, sizeof(int32_t), day_compare);
        return 0;
}

/* Return: 0, -ENOMEM; what does not end is reported. */
static int rule_mark(Calendar *calendar, const CalendarEvent *event, Marking *marking)
{
        int result = calendar_expand(&event->rule, &event->start, calendar->span.until - 1,
                                     &calendar->steps, day_mark, marking);
        if (result == CALENDAR_UNFIT)
                CALENDAR_ERROR(&calendar->report, event->rule_line,
                               "the first day (DTSTART) is none of those that this rule gives");
        else if (result == CALENDAR_EXHAUSTED)
                CALENDAR_ERROR(&calendar->report, event->rule_line,
                               "too many recurrences: more than %d steps up to here",
                               CALENDAR_STEPS_MAX);
        calendar->stopped = calendar->steps == 0;
        return result < 0 ? result : 0;
}

static int event_mark(Calendar *calendar, CalendarEvent *event)
{
        Marking marking = { calendar, event };
        int result = replaced_add(event, calendar->events.items + calendar->events.count);
        if (result < 0 || event->cancelled || event->faulty)
                return result;
        if (event->rule_line != 0)
                result = rule_mark(calendar, event, &marking);
        else
                day_mark(&marking, event->start.days);
        for (size_t i = 0; i < event->added.count; i++)
                day_mark(&marking, event->added.items[i]);
        return result;
}

static int days_collect(Calendar *calendar, Arena *arena, ModelDays *ret_days)
{
        uint32_t count = 0, size = (uint32_t)(calendar->span.until - calendar->span.from);
        for (uint32_t i = 0; i < size; i++)
                count += calendar->marked[i];
        if (count > CALENDAR_DAYS_MAX)
                CALENDAR_ERROR(&calendar->report, 1, "%u days, more than %d", count,
                               CALENDAR_DAYS_MAX);
        if (calendar->report.failed) {
                *ret_days = (ModelDays){ 0 };
                return 0;
        }
        ModelDays days = { .items = arena_allocate(arena, (size_t)(count + 1) * sizeof(int32_t)) };
        if (!days.items)
                return -ENOMEM;
        for (uint32_t i = 0; i < size; i++)
                if (calendar->marked[i])
                        days.items[days.count++] = calendar->span.from + (int32_t)i;
        days.capacity = count;
        *ret_days = days;
        return 0;
}

int calendar_read(Arena *arena, Diagnostics *diagnostics, uint32_t file, char *data, size_t size,
                  CalendarSpan span, ModelDays *ret_days)
{
        _cleanup_(calendar_clearp) Calendar *calendar = calendar_new(span);
        if (!calendar)
                return -ENOMEM;
        calendar->report = (CalendarReport){ .diagnostics = diagnostics, .file = file };
        int result = lines_read(calendar, data, size);
        if (result == 0 && !calendar->stopped)
                events_sort(calendar);
        for (size_t i = 0; i < calendar->events.count && result == 0 && !calendar->stopped; i++)
                result = event_mark(calendar, &calendar->events.items[i]);
        return result == 0 ? days_collect(calendar, arena, ret_days) : result;
}
