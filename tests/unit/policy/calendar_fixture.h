/* SPDX-License-Identifier: MIT */
/* What tests of calendars share: a text to days, written as dates, and what is reported. */
#pragma once

#include "load_fixture.h"

#include "policy/calendar.h"
#include "util/timestamp.h"

#define CALENDAR_NOW INT64_C(1795305600) /* 2026-11-22 */

/* The head of a calendar is three lines, that of an event one more: its DTSTART stands in line 4.
 */
#define CALENDAR(body)  "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" body "END:VCALENDAR\r\n"
#define EVENT(body)     "BEGIN:VEVENT\r\n" body "END:VEVENT\r\n"
#define ONE_EVENT(body) CALENDAR(EVENT(body))
#define DAY(date)       "DTSTART;VALUE=DATE:" date "\r\n"

typedef struct CalendarFixture {
        Diagnostics *diagnostics;
        Model *model;
        ModelDays days;
} CalendarFixture;

static inline CalendarFixture calendar_fixture_bytes(const char *bytes, size_t size)
{
        CalendarFixture fixture = { .diagnostics = diagnostics_new() };
        fixture.model = model_new(fixture.diagnostics);
        char *copy = malloc(size > 0 ? size : 1);
        assert_true(fixture.model != NULL && copy != NULL);
        memcpy(copy, bytes, size);
        uint32_t file = diagnostics_file(fixture.diagnostics, "f");
        assert_int_equal(calendar_read(fixture.model->arena, fixture.diagnostics, file, copy, size,
                                       calendar_span(CALENDAR_NOW), &fixture.days),
                         0);
        free(copy);
        return fixture;
}

static inline CalendarFixture calendar_fixture(const char *text)
{
        return calendar_fixture_bytes(text, strlen(text));
}

static inline void calendar_fixture_done(CalendarFixture *fixture)
{
        model_free(fixture->model);
        diagnostics_free(fixture->diagnostics);
}

/* Compares the days of a text with dates such as "2026-12-25 2026-12-26", and all that is reported
 * with what is expected. */
static inline void calendar_expect_both(const char *text, const char *dates, const char *reported)
{
        CalendarFixture fixture = calendar_fixture(text);
        char *found = diagnostics_text(fixture.diagnostics);
        assert_string_equal(found, reported);
        free(found);
        size_t size;
        FILE *stream = open_memstream(&found, &size);
        for (uint32_t i = 0; i < fixture.days.count; i++) {
                char written[TIMESTAMP_TEXT_SIZE];
                timestamp_format(fixture.days.items[i] * INT64_C(86400), written);
                fprintf(stream, "%s%.10s", i > 0 ? " " : "", written);
        }
        fclose(stream);
        assert_string_equal(found, dates);
        free(found);
        calendar_fixture_done(&fixture);
}

static inline void calendar_expect(const char *text, const char *dates)
{
        calendar_expect_both(text, dates, "");
}

/* A text that gives no day at all, and why. */
static inline void calendar_refuse(const char *text, const char *reported)
{
        calendar_expect_both(text, "", reported);
}
