/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: what a gateway tells
 *
 * The input is pairs, "NAME=VALUE" a line, which become an OBSERVE. Checked besides memory: what is
 * taken has a store, 1 to 15 events whose sequences have no hole, what each kind of event needs,
 * and texts that lie inside the message.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/observation.h"
#include "fuzz_target.h"

static uint8_t frame[MESSAGE_SIZE_MAX];

static void promise(bool kept)
{
        if (!kept)
                abort();
}

/* Return: the size of the message; 0 when the lines make none. */
static size_t write_message(const uint8_t *data, size_t size)
{
        MessageWriter writer;
        size_t written = 0;
        Text rest = { (const char *)data, size }, line, tail;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_OBSERVE, 1, 0);
        for (; rest.size > 0; rest = tail) {
                Text name, value = TEXT_NULL;
                tail = TEXT_NULL;
                if (!text_split_first(rest, '\n', &line, &tail))
                        line = rest;
                if (!text_split_first(line, '=', &name, &value))
                        name = line;
                message_write_pair(&writer, name, value);
        }
        return message_writer_end(&writer, &written) == 0 ? written : 0;
}

static void promise_inside(Text text, size_t size)
{
        const char *begin = (const char *)frame;
        promise(text.size == 0 || (text.data >= begin && text.data + text.size <= begin + size));
}

static void check(const Observations *observations, size_t size)
{
        promise(observations->store.size == OBSERVATION_STORE_DIGITS);
        promise(observations->count >= 1 && observations->count <= OBSERVATIONS_MAX);
        for (size_t i = 0; i < observations->count; i++) {
                const Observation *event = &observations->events[i];
                const ObservationRule *rule = observation_rule(event->kind);
                promise(event->sequence == observations->events[0].sequence + i);
                promise(event->sequence >= 1 && event->sequence <= INT64_MAX);
                promise(event->door.size > 0 || (!rule->needs_door && !event->command_id.size));
                promise(event->command_id.size > 0 || !rule->needs_command);
                promise(event->detail.size <= OBSERVATION_DETAIL_SIZE_MAX);
                promise(text_is_printable(event->detail));
                promise_inside(event->door, size);
                promise_inside(event->command_id, size);
                promise_inside(event->card, size);
                promise_inside(event->user, size);
                promise_inside(event->detail, size);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static Message message;
        static Observations observations;
        size_t written = write_message(data, size);
        if (written == 0 || message_decode(frame, written, &message) < 0)
                return 0;
        if (!observations_read(&message, &observations))
                check(&observations, written);
        return 0;
}
