/* SPDX-License-Identifier: MIT */
/* Saved reports: see saved_reports.h. */
#include "daemon/saved_reports.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What a definition may hold, in the order of a message. */
static const FieldTag texts[] = { FIELD_USER, FIELD_RESOURCE, FIELD_WITH };
#define TEXT_COUNT (sizeof(texts) / sizeof(*texts))

static void free_report(SavedReport *report)
{
        free(report->owner);
        free(report->name);
        free(report->definition);
}

void saved_reports_clear(SavedReports *reports)
{
        for (size_t i = 0; i < reports->list.count; i++)
                free_report(&reports->list.items[i]);
        vector_clear(&reports->list);
        for (size_t i = 0; i < reports->in_flight.count; i++)
                free(reports->in_flight.items[i]);
        vector_clear(&reports->in_flight);
}

static int compare(const SavedReport *report, Text owner, Text name)
{
        int order = text_compare(text_from(report->owner), owner);
        return order != 0 ? order : text_compare(text_from(report->name), name);
}

/* The place of a report, or where it would be. */
static size_t place_of(const SavedReports *reports, Text owner, Text name)
{
        size_t at = 0;
        while (at < reports->list.count && compare(&reports->list.items[at], owner, name) < 0)
                at++;
        return at;
}

const SavedReport *saved_reports_find(const SavedReports *reports, Text owner, Text name)
{
        size_t at = place_of(reports, owner, name);
        if (at == reports->list.count || compare(&reports->list.items[at], owner, name) != 0)
                return NULL;
        return &reports->list.items[at];
}

bool saved_reports_has_room(const SavedReports *reports, Text owner, Text name)
{
        size_t own = 0;
        if (saved_reports_find(reports, owner, name))
                return true;
        for (size_t i = 0; i < reports->list.count; i++)
                own += text_is(owner, reports->list.items[i].owner);
        for (size_t i = 0; i < reports->in_flight.count; i++)
                own += text_is(owner, reports->in_flight.items[i]);
        return own < SAVED_REPORTS_OWNER_MAX &&
               reports->list.count + reports->in_flight.count < SAVED_REPORTS_MAX;
}

int saved_reports_begin(SavedReports *reports, Text owner)
{
        char *copy = strndup(owner.data, owner.size);
        char **slot = copy ? vector_append(&reports->in_flight) : NULL;
        if (!slot) {
                free(copy);
                return -ENOMEM;
        }
        *slot = copy;
        return 0;
}

void saved_reports_end(SavedReports *reports, Text owner)
{
        for (size_t i = 0; i < reports->in_flight.count; i++) {
                if (!text_is(owner, reports->in_flight.items[i]))
                        continue;
                free(reports->in_flight.items[i]);
                reports->in_flight.items[i] = reports->in_flight.items[--reports->in_flight.count];
                return;
        }
}

static void forget(SavedReports *reports, Text owner, Text name)
{
        size_t at = place_of(reports, owner, name);
        if (!saved_reports_find(reports, owner, name))
                return;
        free_report(&reports->list.items[at]);
        reports->list.count--;
        memmove(&reports->list.items[at], &reports->list.items[at + 1],
                (reports->list.count - at) * sizeof(*reports->list.items));
}

static int keep(SavedReports *reports, const LiveRecord *record)
{
        SavedReport report = {
                .owner = strndup(record->note.by.data, record->note.by.size),
                .name = strndup(record->resource.data, record->resource.size),
                .definition = strndup(record->note.why.data, record->note.why.size),
                .saved_s = record->note.at_s,
        };
        forget(reports, record->note.by, record->resource);
        size_t at = place_of(reports, record->note.by, record->resource);
        if (!report.owner || !report.name || !report.definition || !vector_append(&reports->list)) {
                free_report(&report);
                return -ENOMEM;
        }
        memmove(&reports->list.items[at + 1], &reports->list.items[at],
                (reports->list.count - 1 - at) * sizeof(report));
        reports->list.items[at] = report;
        return 0;
}

static int on_report(void *data, const LiveRecord *record)
{
        SavedReports *reports = data;
        return reports->list.count < SAVED_REPORTS_MAX ? keep(reports, record) : 0;
}

int saved_reports_read(SavedReports *reports, StateStore *store)
{
        int r = state_store_each_report(store, on_report, reports);
        if (r != 0)
                saved_reports_clear(reports);
        return r;
}

void saved_reports_apply(SavedReports *reports, const StateChange *change)
{
        if (change->kind == STATE_CHANGE_SAVE_REPORT)
                (void)keep(reports, &change->record);
        else
                forget(reports, change->record.note.by, change->record.resource);
}

/* ---- Definitions ---- */

static bool add(char *text, size_t size, FieldTag tag, Text value)
{
        size_t used = strlen(text);
        int length = snprintf(text + used, size - used, "%d %.*s\n", (int)tag, (int)value.size,
                              value.data ? value.data : "");
        return length >= 0 && (size_t)length < size - used && !memchr(value.data, '\n', value.size);
}

static bool add_time(char *text, size_t size, const Message *message, FieldTag tag)
{
        char digits[24];
        int64_t time_s;
        if (!message_time(message, tag, &time_s))
                return true;
        (void)snprintf(digits, sizeof(digits), "%" PRId64, time_s);
        return add(text, size, tag, text_from(digits));
}

bool saved_report_define(const Message *message, char *text, size_t size)
{
        text[0] = '\0';
        for (size_t i = 0; i < TEXT_COUNT; i++) {
                Text value;
                if (message_text(message, texts[i], &value) && !add(text, size, texts[i], value))
                        return false;
        }
        if (message_flag(message, FIELD_DENIED) && !add(text, size, FIELD_DENIED, TEXT_LITERAL("")))
                return false;
        return add_time(text, size, message, FIELD_SINCE) &&
               add_time(text, size, message, FIELD_UNTIL);
}

bool saved_report_text(const SavedReport *report, FieldTag tag, Text *ret_text)
{
        char prefix[8];
        (void)snprintf(prefix, sizeof(prefix), "%d ", (int)tag);
        for (const char *line = report->definition; *line; line += *line == '\n') {
                size_t size = strcspn(line, "\n");
                if (strncmp(line, prefix, strlen(prefix)) == 0) {
                        *ret_text = (Text){ line + strlen(prefix), size - strlen(prefix) };
                        return true;
                }
                line += size;
        }
        return false;
}

/* The time of the request, or else of the definition. */
static void write_time(MessageWriter *writer, const SavedReport *report, const Message *message,
                       FieldTag tag)
{
        int64_t time_s;
        Text text;
        if (message_time(message, tag, &time_s))
                message_write_time(writer, tag, time_s);
        else if (saved_report_text(report, tag, &text))
                message_write_time(writer, tag, strtoll(text.data, NULL, 10));
}

int saved_report_request(const SavedReport *report, const Message *message, void *frame,
                         size_t capacity, size_t *ret_size)
{
        MessageWriter writer;
        Text text, format = TEXT_LITERAL("text");
        message_writer_begin(&writer, frame, capacity, MESSAGE_EVENTS, message->request_id, 0);
        for (size_t i = 0; i < TEXT_COUNT; i++)
                if (saved_report_text(report, texts[i], &text))
                        message_write_text(&writer, texts[i], text);
        write_time(&writer, report, message, FIELD_SINCE);
        if (saved_report_text(report, FIELD_DENIED, &text))
                message_write_flag(&writer, FIELD_DENIED);
        write_time(&writer, report, message, FIELD_UNTIL);
        (void)message_text(message, FIELD_FORMAT, &format);
        message_write_text(&writer, FIELD_FORMAT, format);
        return message_writer_end(&writer, ret_size);
}
