/* SPDX-License-Identifier: MIT */
/* Forward: see forward.h. */
#include "gateway/forward.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MICROSECONDS_PER_MS 1000
#define ESCAPED_SIZE        256

struct Forward {
        sd_event *event;
        Link *link;
        Store *store;
        Events *events;
        Log log;
        sd_event_source *timer; /* enabled: it waits before it tries again */
        LinkCall *call;
        bool waiting;
        uint64_t back_off_ms;
        bool failing;
        size_t events_max;      /* of the next batch */
        size_t sent_count;      /* of the one under way */
        uint64_t sent_sequence; /* its last one */
        uint8_t frame[MESSAGE_SIZE_MAX];
};

/* A batch that is being written down. */
typedef struct Batch {
        MessageWriter writer;
        size_t count;
        uint64_t sequence;
} Batch;

static void add_text(Batch *batch, const char *name, const char *value)
{
        if (value && *value)
                message_write_pair(&batch->writer, text_from(name), text_from(value));
}

static void add_number(Batch *batch, const char *name, uint64_t number)
{
        char digits[24];
        (void)snprintf(digits, sizeof(digits), "%" PRIu64, number);
        add_text(batch, name, digits);
}

static void add_event(void *data, const StoreEvent *event)
{
        Batch *batch = data;
        add_text(batch, "event", gateway_event_word(event->kind));
        add_number(batch, "sequence", event->sequence);
        if (event->time_s > 0)
                add_number(batch, "time", (uint64_t)event->time_s);
        add_text(batch, "door", event->door);
        add_text(batch, "command", event->command_id);
        if (event->card)
                add_number(batch, "card", event->card);
        add_text(batch, "detail", event->detail);
        batch->count++;
        batch->sequence = event->sequence;
}

static void next(Forward *forward);

static int on_timer(sd_event_source *source, uint64_t usec, void *data)
{
        Forward *forward = data;
        forward->waiting = false;
        next(forward);
        return 0;
}

static void failed(Forward *forward, const char *why)
{
        if (!forward->failing)
                log_write(forward->log, LOG_WARNING, "events wait to be handed over: %s", why);
        forward->failing = forward->waiting = true;
        (void)sd_event_source_set_time_relative(forward->timer,
                                                forward->back_off_ms * MICROSECONDS_PER_MS);
        (void)sd_event_source_set_enabled(forward->timer, SD_EVENT_ONESHOT);
        forward->back_off_ms *= 2;
        if (forward->back_off_ms > FORWARD_BACK_OFF_MAX_MS)
                forward->back_off_ms = FORWARD_BACK_OFF_MAX_MS;
}

static void acknowledged(Forward *forward)
{
        int r = store_forget_events(forward->store, forward->sent_sequence);
        if (r < 0) {
                failed(forward, strerror(-r));
                return;
        }
        if (forward->failing)
                log_write(forward->log, LOG_NOTICE, "events are handed over again");
        forward->failing = false;
        forward->back_off_ms = FORWARD_BACK_OFF_MIN_MS;
        forward->events_max = FORWARD_EVENTS_MAX;
        events_tell_dropped(forward->events);
        next(forward);
}

/* Refused: one bad event must not keep back the others. Alone, it is dropped, and its sequence
 * remains as a gap. */
static void refused(Forward *forward, const Message *message)
{
        Text reason = TEXT_NULL, text = TEXT_NULL;
        char code[ESCAPED_SIZE], sentence[ESCAPED_SIZE];
        (void)message_text(message, FIELD_REASON, &reason);
        (void)message_text(message, FIELD_MESSAGE, &text);
        text_escape(reason, code, sizeof(code));
        text_escape(text, sentence, sizeof(sentence));
        if (!text_is(reason, "malformed-query")) {
                failed(forward, code);
        } else if (forward->sent_count > 1) {
                forward->events_max = 1;
                next(forward);
        } else {
                log_write(forward->log, LOG_ERR, "doorwardd does not take event %" PRIu64 ": %s",
                          forward->sent_sequence, sentence);
                acknowledged(forward);
        }
}

static void on_reply(void *data, int problem, const Message *message)
{
        Forward *forward = data;
        uint32_t status = 0;
        if (problem == 0 && message->type == MESSAGE_RECORD)
                return;
        forward->call = NULL;
        if (problem != 0)
                failed(forward, link_problem_say(forward->link, problem));
        else if (message->type == MESSAGE_REFUSAL)
                refused(forward, message);
        else if (message->type == MESSAGE_END && message_number(message, FIELD_STATUS, &status) &&
                 status == 0)
                acknowledged(forward);
        else
                failed(forward, "doorwardd could not record them");
}

static void next(Forward *forward)
{
        Batch batch = { 0 };
        size_t size;
        if (forward->call || forward->waiting)
                return;
        message_writer_begin(&batch.writer, forward->frame, sizeof(forward->frame), MESSAGE_OBSERVE,
                             link_request_id(forward->link), 0);
        add_text(&batch, "store", store_id(forward->store));
        int r = store_visit_events(forward->store, forward->events_max, add_event, &batch);
        if (r == 0 && batch.count == 0)
                return;
        if (r == 0)
                r = message_writer_end(&batch.writer, &size);
        if (r == 0)
                r = link_call(forward->link, forward->frame, size, FORWARD_ANSWER_MS, on_reply,
                              forward, &forward->call);
        forward->sent_count = batch.count;
        forward->sent_sequence = batch.sequence;
        if (r < 0) {
                forward->call = NULL;
                failed(forward, strerror(-r));
        }
}

int forward_new(sd_event *event, Link *link, Store *store, Events *events, Log log,
                Forward **ret_forward)
{
        _cleanup_(forward_freep) Forward *forward = calloc(1, sizeof(*forward));
        if (!forward)
                return -ENOMEM;
        *forward = (Forward){ .event = sd_event_ref(event),
                              .link = link,
                              .store = store,
                              .events = events,
                              .log = log,
                              .back_off_ms = FORWARD_BACK_OFF_MIN_MS,
                              .events_max = FORWARD_EVENTS_MAX };
        int r = sd_event_add_time_relative(event, &forward->timer, CLOCK_MONOTONIC, 0, 0, on_timer,
                                           forward);
        if (r >= 0)
                r = sd_event_source_set_enabled(forward->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        *ret_forward = forward;
        forward = NULL;
        return 0;
}

Forward *forward_free(Forward *forward)
{
        if (!forward)
                return NULL;
        link_cancel(forward->call);
        sd_event_source_disable_unref(forward->timer);
        sd_event_unref(forward->event);
        free(forward);
        return NULL;
}

void forward_kick(Forward *forward)
{
        next(forward);
}
