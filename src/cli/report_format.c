/* SPDX-License-Identifier: MIT */
/* Report format: see report_format.h. */
#include "cli/report_format.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/records.h"

#define CELL_SIZE 8192

static const char *const columns[] = {
        "id",     "time",     "kind",   "user",     "subject",    "service",     "resource",
        "action", "decision", "reason", "observed", "would_deny", "decision_id",
};
#define COLUMN_COUNT (sizeof(columns) / sizeof(*columns))

/* The value of a column, empty when the record has none. */
static Text value_of(const Message *record, const char *column)
{
        Text name, value;
        for (size_t i = 0; message_text_at(record, FIELD_NAME, i, &name) &&
                           message_text_at(record, FIELD_VALUE, i, &value);
             i++)
                if (text_is(name, column))
                        return value;
        return TEXT_NULL;
}

static void print_cell(Text value)
{
        char shown[CELL_SIZE];
        const char *text = text_escape(value, shown, sizeof(shown));
        bool guarded = *text && strchr("=+-@\t\r", *text);
        putchar('"');
        if (guarded)
                putchar('\'');
        for (; *text; text++) {
                if (*text == '"')
                        putchar('"');
                putchar(*text);
        }
        putchar('"');
}

static int print_csv(const Message *record)
{
        for (size_t i = 0; i < COLUMN_COUNT; i++) {
                if (i > 0)
                        putchar(',');
                print_cell(value_of(record, columns[i]));
        }
        fputs("\r\n", stdout);
        return 0;
}

static int print_json(const ReportPrinter *printer, const Message *record)
{
        json_t *object = json_object();
        for (size_t i = 0; object && i < COLUMN_COUNT; i++) {
                Text value = value_of(record, columns[i]);
                if (value.size == 0)
                        continue;
                if (json_object_set_new(object, columns[i], output_json_text(value)) < 0) {
                        json_decref(object);
                        object = NULL;
                }
        }
        fputs(printer->any ? ",\n" : "\n", stdout);
        int r = object ? json_dumpf(object, stdout, JSON_COMPACT) : -1;
        json_decref(object);
        return r < 0 ? output_out_of_memory() : 0;
}

void report_format_begin(ReportPrinter *printer)
{
        printer->any = false;
}

/* What stands before the first row; nothing when the report was refused. */
static void print_heading(ReportPrinter *printer)
{
        if (printer->format == FORMAT_JSON)
                putchar('[');
        for (size_t i = 0; printer->format == FORMAT_CSV && i < COLUMN_COUNT; i++)
                printf("%s%s", i > 0 ? "," : "", columns[i]);
        if (printer->format == FORMAT_CSV)
                fputs("\r\n", stdout);
}

int report_format_row(void *data, const Message *record)
{
        ReportPrinter *printer = data;
        bool json = false;
        int r;
        if (!printer->any)
                print_heading(printer);
        if (printer->format == FORMAT_CSV)
                r = print_csv(record);
        else if (printer->format == FORMAT_JSON)
                r = print_json(printer, record);
        else
                r = records_print_line(&json, record);
        printer->any = true;
        return r;
}

int report_format_end(ReportPrinter *printer)
{
        if (!printer->any)
                print_heading(printer);
        if (printer->format == FORMAT_JSON)
                fputs(printer->any ? "\n]\n" : "]\n", stdout);
        return ferror(stdout) ? EXIT_UNABLE : 0;
}
