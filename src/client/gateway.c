/* SPDX-License-Identifier: MIT */
/*
 * libdoorward: what moves a lock, and tells of it
 *
 * A report is written whole or not at all: the first word of a wrong form ends it before anything
 * is sent, so that nobody has to find out which half of it was taken.
 */
#include <doorward/doorward.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "client/door.h"
#include "client/word.h"
#include "wire/gateway_event.h"

int doorward_consume_begin(doorward *connection, const char *decision_id, const char *door)
{
        MessageWriter writer;
        int r = door_write(connection, MESSAGE_CONSUME, &writer);
        if (r < 0)
                return r;
        if (!word_is_id(decision_id))
                return -DOORWARD_ERROR_ARGUMENT;
        door_write_text(&writer, FIELD_RESOURCE, door);
        door_write_text(&writer, FIELD_DECISION_ID, decision_id);
        return door_begin(connection, &writer);
}

int doorward_consume(doorward *connection, const char *decision_id, const char *door,
                     doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_consume_begin(connection, decision_id, door);
        return door_finish(connection, r, ret_answer);
}

/* A pair whose value may be left out, but must have its form otherwise. */
static void write_pair(MessageWriter *writer, const char *name, const char *value,
                       bool (*is_form)(const char *word))
{
        if (value && !is_form(value))
                writer->error = -EINVAL;
        else if (value)
                message_write_pair(writer, text_from(name), text_from(value));
}

static void write_number(MessageWriter *writer, const char *name, int64_t number)
{
        char digits[24];
        (void)snprintf(digits, sizeof(digits), "%" PRId64, number);
        message_write_pair(writer, text_from(name), text_from(digits));
}

static bool is_event(const char *word)
{
        GatewayEventKind kind;
        return word && gateway_event_from_word(text_from(word), &kind);
}

static void write_event(MessageWriter *writer, const struct doorward_event *event)
{
        if (!is_event(event->event) || event->sequence == 0 || event->sequence > INT64_MAX ||
            event->time_s < 0)
                writer->error = -EINVAL;
        write_pair(writer, "event", event->event, is_event);
        write_number(writer, "sequence", (int64_t)event->sequence);
        if (event->time_s != 0)
                write_number(writer, "time", event->time_s);
        write_pair(writer, "door", event->door, word_is_line);
        write_pair(writer, "command", event->command, word_is_id);
        write_pair(writer, "card", event->card, word_is_card);
        write_pair(writer, "user", event->user, word_is_line);
        write_pair(writer, "detail", event->detail, word_is_line);
}

int doorward_report_begin(doorward *connection, const char *store,
                          const struct doorward_event *events, size_t count)
{
        MessageWriter writer;
        int r = door_write(connection, MESSAGE_OBSERVE, &writer);
        if (r < 0)
                return r;
        if (!word_is_id(store) || !events || count == 0 || count > DOORWARD_EVENTS_MAX)
                return -DOORWARD_ERROR_ARGUMENT;
        write_pair(&writer, "store", store, word_is_id);
        for (size_t i = 0; i < count; i++) {
                if (events[i].sequence != events[0].sequence + i)
                        return -DOORWARD_ERROR_ARGUMENT;
                write_event(&writer, &events[i]);
        }
        return door_begin(connection, &writer);
}

int doorward_report(doorward *connection, const char *store, const struct doorward_event *events,
                    size_t count, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_report_begin(connection, store, events, count);
        return door_finish(connection, r, ret_answer);
}
