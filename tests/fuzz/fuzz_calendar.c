/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the text of an iCalendar file
 *
 * Checked besides memory and time: days are within the span, ascending and without repeats, an
 * error leaves none, every finding names a line of the text, and reading the same bytes again finds
 * the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "policy/calendar.h"
#include "policy/limits.h"

enum { SIZE_MAX_TRIED = 1 << 16 };

#define NOW_S INT64_C(1795305600) /* 2026-11-22 */

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static uint32_t lines_count(const uint8_t *data, size_t size)
{
        uint32_t lines = 1;
        for (size_t i = 0; i < size; i++)
                lines += data[i] == '\n';
        return lines;
}

typedef struct Reading {
        Diagnostics *diagnostics;
        Model *model;
        ModelDays days;
} Reading;

static Reading reading_make(const uint8_t *data, size_t size)
{
        Reading reading = { .diagnostics = diagnostics_new() };
        reading.model = reading.diagnostics ? model_new(reading.diagnostics) : NULL;
        char *text = malloc(size > 0 ? size : 1);
        promise(reading.model && text);
        if (size > 0)
                memcpy(text, data, size);
        uint32_t file = diagnostics_file(reading.diagnostics, "input");
        promise(calendar_read(reading.model->arena, reading.diagnostics, file, text, size,
                              calendar_span(NOW_S), &reading.days) == 0);
        free(text);
        return reading;
}

static void reading_check(const Reading *reading, uint32_t lines)
{
        CalendarSpan span = calendar_span(NOW_S);
        size_t count;
        const Diagnostic *items = diagnostics_sorted(reading->diagnostics, &count);
        for (size_t i = 0; i < count; i++)
                promise(items[i].place.line >= 1 && items[i].place.line <= lines);
        promise(diagnostics_errors(reading->diagnostics) == 0 || reading->days.count == 0);
        promise(reading->days.count <= CALENDAR_DAYS_MAX);
        for (uint32_t i = 0; i < reading->days.count; i++) {
                int32_t day = reading->days.items[i];
                promise(day >= span.from && day < span.until);
                promise(i == 0 || day > reading->days.items[i - 1]);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size > SIZE_MAX_TRIED)
                return 0;
        Reading first = reading_make(data, size), second = reading_make(data, size);
        reading_check(&first, lines_count(data, size));
        promise(first.days.count == second.days.count &&
                (first.days.count == 0 || memcmp(first.days.items, second.days.items,
                                                 first.days.count * sizeof(int32_t)) == 0));
        Reading *readings[] = { &first, &second };
        for (size_t i = 0; i < 2; i++) {
                model_free(readings[i]->model);
                diagnostics_free(readings[i]->diagnostics);
        }
        return 0;
}
