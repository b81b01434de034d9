/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics
 *
 * Counting comes first and never fails, so that a policy with an error stays a policy with an error
 * whatever memory there is; texts are kept as far as there is room for them.
 */
#include "policy/diagnostics.h"

#include <stdarg.h>
#include <string.h>

#include "policy/limits.h"
#include "util/vector.h"

enum { TEXT_SIZE_MAX = 2048 };

struct Diagnostics {
        VECTOR_OF(char *) files;
        VECTOR_OF(Diagnostic) items; /* in the order of arrival */
        Diagnostic *sorted;          /* borrows the texts of items */
        size_t counts[2];            /* by Severity */
};

Diagnostics *diagnostics_new(void)
{
        return calloc(1, sizeof(Diagnostics));
}

Diagnostics *diagnostics_free(Diagnostics *diagnostics)
{
        if (!diagnostics)
                return NULL;
        for (size_t i = 0; i < diagnostics->files.count; i++)
                free(diagnostics->files.items[i]);
        for (size_t i = 0; i < diagnostics->items.count; i++)
                free(diagnostics->items.items[i].text);
        vector_clear(&diagnostics->files);
        vector_clear(&diagnostics->items);
        free(diagnostics->sorted);
        free(diagnostics);
        return NULL;
}

uint32_t diagnostics_file(Diagnostics *diagnostics, const char *name)
{
        /* The latest file is the likeliest; there are at most SOURCE_FILES_MAX. */
        for (size_t i = diagnostics->files.count; i > 0; i--)
                if (strcmp(diagnostics->files.items[i - 1], name) == 0)
                        return (uint32_t)(i - 1);
        char *copy = strdup(name);
        char **slot = copy ? vector_append(&diagnostics->files) : NULL;
        if (!slot) {
                free(copy);
                diagnostics->counts[SEVERITY_ERROR]++;
                return PLACE_NO_FILE;
        }
        *slot = copy;
        return (uint32_t)(diagnostics->files.count - 1);
}

const char *diagnostics_file_name(const Diagnostics *diagnostics, uint32_t file)
{
        return file < diagnostics->files.count ? diagnostics->files.items[file] : "?";
}

size_t diagnostics_file_count(const Diagnostics *diagnostics)
{
        return diagnostics->files.count;
}

/* One diagnostic is one line, whatever a format was given. */
static void control_characters_replace(char *text)
{
        for (unsigned char *byte = (unsigned char *)text; *byte; byte++)
                if (*byte < 0x20 || *byte == 0x7f)
                        *byte = '?';
}

__attribute__((format(printf, 4, 0))) static void diagnostics_add(Diagnostics *diagnostics,
                                                                  Severity severity, Place place,
                                                                  const char *format,
                                                                  va_list arguments)
{
        diagnostics->counts[severity]++;
        if (diagnostics->items.count >= DIAGNOSTICS_MAX)
                return;
        char buffer[TEXT_SIZE_MAX];
        vsnprintf(buffer, sizeof(buffer), format, arguments);
        control_characters_replace(buffer);
        char *text = strdup(buffer);
        Diagnostic *item = text ? vector_append(&diagnostics->items) : NULL;
        if (!item) {
                free(text);
                return;
        }
        *item = (Diagnostic){ .place = place, .severity = severity, .text = text };
}

void diagnostics_error(Diagnostics *diagnostics, Place place, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        diagnostics_add(diagnostics, SEVERITY_ERROR, place, format, arguments);
        va_end(arguments);
}

void diagnostics_warning(Diagnostics *diagnostics, Place place, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        diagnostics_add(diagnostics, SEVERITY_WARNING, place, format, arguments);
        va_end(arguments);
}

DiagnosticsMark diagnostics_mark(const Diagnostics *diagnostics)
{
        return (DiagnosticsMark){ .files = diagnostics->files.count,
                                  .items = diagnostics->items.count,
                                  .errors = diagnostics->counts[SEVERITY_ERROR],
                                  .warnings = diagnostics->counts[SEVERITY_WARNING] };
}

void diagnostics_rewind(Diagnostics *diagnostics, DiagnosticsMark mark)
{
        while (diagnostics->files.count > mark.files)
                free(diagnostics->files.items[--diagnostics->files.count]);
        while (diagnostics->items.count > mark.items)
                free(diagnostics->items.items[--diagnostics->items.count].text);
        diagnostics->counts[SEVERITY_ERROR] = mark.errors;
        diagnostics->counts[SEVERITY_WARNING] = mark.warnings;
}

size_t diagnostics_errors(const Diagnostics *diagnostics)
{
        return diagnostics->counts[SEVERITY_ERROR];
}

size_t diagnostics_warnings(const Diagnostics *diagnostics)
{
        return diagnostics->counts[SEVERITY_WARNING];
}

/* Compares by file and line; equal places by arrival, which is the order in memory. */
static int diagnostic_compare(const void *a, const void *b)
{
        const Diagnostic *one = *(Diagnostic *const *)a, *other = *(Diagnostic *const *)b;
        if (one->place.file != other->place.file)
                return one->place.file < other->place.file ? -1 : 1;
        if (one->place.line != other->place.line)
                return one->place.line < other->place.line ? -1 : 1;
        return (one > other) - (one < other);
}

const Diagnostic *diagnostics_sorted(Diagnostics *diagnostics, size_t *ret_count)
{
        size_t count = diagnostics->items.count;
        *ret_count = 0;
        if (count == 0)
                return NULL;
        _cleanup_free_ Diagnostic **order = calloc(count, sizeof(*order));
        Diagnostic *sorted = calloc(count, sizeof(*sorted));
        if (!order || !sorted) {
                free(sorted);
                *ret_count = count;
                return diagnostics->items.items; /* better unsorted than unseen */
        }
        for (size_t i = 0; i < count; i++)
                order[i] = &diagnostics->items.items[i];
        qsort(order, count, sizeof(*order), diagnostic_compare);
        for (size_t i = 0; i < count; i++)
                sorted[i] = *order[i];
        free(diagnostics->sorted);
        diagnostics->sorted = sorted;
        *ret_count = count;
        return sorted;
}

void diagnostics_print(Diagnostics *diagnostics, FILE *stream)
{
        size_t count;
        const Diagnostic *sorted = diagnostics_sorted(diagnostics, &count);
        for (size_t i = 0; i < count; i++)
                fprintf(stream, "%s:%u: %s: %s\n",
                        diagnostics_file_name(diagnostics, sorted[i].place.file),
                        sorted[i].place.line,
                        sorted[i].severity == SEVERITY_ERROR ? "error" : "warning", sorted[i].text);
        size_t left_out =
                diagnostics->counts[SEVERITY_ERROR] + diagnostics->counts[SEVERITY_WARNING] - count;
        if (left_out > 0)
                fprintf(stream, "%zu more are not shown (%zu errors and %zu warnings in all)\n",
                        left_out, diagnostics->counts[SEVERITY_ERROR],
                        diagnostics->counts[SEVERITY_WARNING]);
}
