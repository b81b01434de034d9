/* SPDX-License-Identifier: MIT */
/* Events: see events.h. */
#include "gateway/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/arena.h"
#include "util/timestamp.h"

#define MICROSECONDS_PER_MS 1000

struct Events {
        sd_event *event;
        Store *store;
        Log log;
        uint32_t events_max;
        EventsListener listener;
        sd_event_source *flush_source; /* at the end of this turn */
        sd_event_source *retry_source; /* while writing fails */
        bool failing;
        Arena *arena;     /* of texts that were copied */
        uint64_t lost;    /* that found no room in memory */
        uint64_t dropped; /* by the store, the oldest first */
        size_t count;
        StoreEvent pending[EVENTS_PENDING_MAX];
};

static int on_flush(sd_event_source *source, void *data)
{
        (void)events_flush(data);
        return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *data)
{
        (void)events_flush(data);
        return 0;
}

int events_new(sd_event *event, Store *store, Log log, uint32_t events_max, Events **ret_events)
{
        _cleanup_(events_freep) Events *events = calloc(1, sizeof(*events));
        if (!events)
                return -ENOMEM;
        events->event = sd_event_ref(event);
        events->arena = arena_new();
        if (!events->arena)
                return -ENOMEM;
        events->store = store;
        events->log = log;
        events->events_max = events_max;
        int r = sd_event_add_defer(event, &events->flush_source, on_flush, events);
        if (r >= 0)
                r = sd_event_source_set_enabled(events->flush_source, SD_EVENT_OFF);
        /* After whatever else this turn has to do */
        if (r >= 0)
                r = sd_event_source_set_priority(events->flush_source, SD_EVENT_PRIORITY_IDLE);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &events->retry_source, CLOCK_MONOTONIC, 0, 0,
                                               on_retry, events);
        if (r >= 0)
                r = sd_event_source_set_enabled(events->retry_source, SD_EVENT_OFF);
        if (r < 0)
                return r;
        *ret_events = events;
        events = NULL;
        return 0;
}

Events *events_free(Events *events)
{
        if (!events)
                return NULL;
        events->listener = (EventsListener){ 0 };
        if (events->count > 0)
                (void)events_flush(events);
        sd_event_source_disable_unref(events->flush_source);
        sd_event_source_disable_unref(events->retry_source);
        sd_event_unref(events->event);
        arena_free(events->arena);
        free(events);
        return NULL;
}

void events_listen(Events *events, EventsListener listener)
{
        events->listener = listener;
}

const char *events_keep(Events *events, const char *text)
{
        return arena_copy(events->arena, text_from(text));
}

static void copy_line(char *buffer, size_t size, const char *text)
{
        buffer[0] = '\0';
        if (text)
                text_escape(text_from(text), buffer, size);
}

void events_add(Events *events, const char *door, const GatewayEvent *event)
{
        if (events->count == EVENTS_PENDING_MAX) {
                if (events->lost++ == 0)
                        log_write(events->log, LOG_ERR, "Events are lost: there is no room");
                return;
        }
        StoreEvent *pending = &events->pending[events->count++];
        *pending = (StoreEvent){ .kind = event->kind,
                                 .time_s = event->time_s ? event->time_s : timestamp_now(),
                                 .door = door,
                                 .card = event->card };
        if (event->command_id)
                (void)snprintf(pending->command_id, sizeof(pending->command_id), "%s",
                               event->command_id);
        copy_line(pending->detail, sizeof(pending->detail), event->detail);
        if (!events->failing)
                (void)sd_event_source_set_enabled(events->flush_source, SD_EVENT_ONESHOT);
}

/* Notes how writing went; tells when that has changed. */
static void note_result(Events *events, int r)
{
        bool failing = r < 0, changed = failing != events->failing;
        events->failing = failing;
        if (failing) {
                (void)sd_event_source_set_time_relative(events->retry_source,
                                                        EVENTS_RETRY_MS * MICROSECONDS_PER_MS);
                (void)sd_event_source_set_enabled(events->retry_source, SD_EVENT_ONESHOT);
        }
        if (!changed)
                return;
        if (failing)
                log_write(events->log, LOG_ALERT, "The store cannot be written: %s. No door moves.",
                          strerror(-r));
        else
                log_write(events->log, LOG_NOTICE, "The store is written again");
        if (events->listener.failing)
                events->listener.failing(events->listener.data, failing);
}

static int write_batch(Events *events, const char *controller, uint64_t cursor)
{
        StoreBatch batch = { .events = events->pending,
                             .event_count = events->count,
                             .events_max = events->events_max,
                             .controller = controller,
                             .cursor = cursor };
        uint64_t dropped = 0;
        int r = store_write(events->store, &batch, &dropped);
        if (r == 0) {
                if (dropped > 0 && events->dropped == 0)
                        log_write(
                                events->log, LOG_ERR,
                                "The oldest events are dropped: doorwardd has been away too long");
                events->dropped += dropped;
                events->count = 0;
        }
        note_result(events, r);
        if (r == 0 && batch.event_count > 0 && events->listener.stored)
                events->listener.stored(events->listener.data);
        return r;
}

/* Says how many are missing. */
static void tell_missing(Events *events, uint64_t *count, const char *why)
{
        char detail[EVENT_DETAIL_SIZE];
        if (*count == 0)
                return;
        (void)snprintf(detail, sizeof(detail), "%llu %s", (unsigned long long)*count, why);
        *count = 0;
        events_add(events, NULL, &(GatewayEvent){ .kind = GATEWAY_EVENTS_LOST, .detail = detail });
}

int events_flush(Events *events)
{
        int r = write_batch(events, NULL, 0);
        if (r == 0)
                tell_missing(events, &events->lost, "found no room while the store failed");
        return r;
}

int events_put_cursor(Events *events, const char *controller, uint64_t cursor)
{
        return write_batch(events, controller, cursor);
}

bool events_are_failing(const Events *events)
{
        return events->failing;
}

void events_tell_dropped(Events *events)
{
        tell_missing(events, &events->dropped, "were dropped while doorwardd was away");
}
