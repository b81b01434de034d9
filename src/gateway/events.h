/* SPDX-License-Identifier: MIT */
/*
 * Events
 *
 * What happened, on its way into the store: collected within one turn of the event loop and written
 * together at its end, results of commands among it. While the store cannot be written they wait in
 * memory, up to a limit, and writing is tried again; what did not find room is counted and told of
 * later.
 */
#pragma once

#include <systemd/sd-event.h>

#include "gateway/log.h"
#include "gateway/store.h"

#define EVENTS_PENDING_MAX 1024 /* in memory */
#define EVENTS_RETRY_MS    1000

typedef struct Events Events;

typedef struct EventsListener {
        void *data;
        void (*stored)(void *data); /* there are new ones in the store */
        /* The store cannot be written; or it can, again. */
        void (*failing)(void *data, bool failing);
} EventsListener;

/* Prepares collecting. store is borrowed. events_max: how many the store keeps. Return: 0 and the
 * collection (owned by the caller), -ENOMEM, -errno. */
int events_new(sd_event *event, Store *store, Log log, uint32_t events_max, Events **ret_events);

/* Writes what waits, as far as that can be done, and frees. Return: NULL. */
Events *events_free(Events *events);
DEFINE_CLEANUP(Events *, events_free);

/* Who is told; nobody at first. */
void events_listen(Events *events, EventsListener listener);

/* Copies a text that lives as long as the events. Return: NULL without memory. */
const char *events_keep(Events *events, const char *text);

/* Takes an event (copied). door: a path that outlives the events, or NULL: at none. Its time 0 is
 * now. */
void events_add(Events *events, const char *door, const GatewayEvent *event);

/* Writes what waits, now. Return: 0 or -errno. */
int events_flush(Events *events);

/* Writes what waits and a controller's cursor, together. Return: 0 or -errno: nothing of it. */
int events_put_cursor(Events *events, const char *controller, uint64_t cursor);

/* Whether the last attempt to write has failed. */
bool events_are_failing(const Events *events);

/* Tells, once doorwardd listens again, how many events were dropped meanwhile. */
void events_tell_dropped(Events *events);
