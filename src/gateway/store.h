/* SPDX-License-Identifier: MIT */
/*
 * Store
 *
 * What the gateway must not forget, in one SQLite file (WAL, synchronous=FULL): which command ids
 * are used up and what came of them, what happened and was not yet handed over to doorwardd, and
 * how far each controller's own events were read. What a function says is done is on disk. One
 * process at a time, one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/cleanup.h"
#include "wire/gateway_event.h"

#define COMMAND_ID_SIZE   33 /* 32 hexadecimal digits, with the NUL */
#define EVENT_DETAIL_SIZE 257
#define STORE_ID_SIZE     33

typedef struct Store Store;

/* What happened, as it is kept. */
typedef struct StoreEvent {
        uint64_t sequence; /* set by the store: from 1, without a gap */
        GatewayEventKind kind;
        int64_t time_s;                   /* UTC */
        const char *door;                 /* path; NULL: none. Borrowed */
        char command_id[COMMAND_ID_SIZE]; /* "": none */
        uint64_t card;                    /* 0: none */
        char detail[EVENT_DETAIL_SIZE];   /* "": none */
} StoreEvent;

/* What goes to disk together, all or nothing. */
typedef struct StoreBatch {
        const StoreEvent *events; /* one about a command (up to GATEWAY_COMMAND_UNKNOWN) also
                                   * becomes the result of its id, which has none yet */
        size_t event_count;
        uint32_t events_max;    /* the oldest above are dropped; 0: none are */
        const char *controller; /* whose cursor is put; NULL: none is */
        uint64_t cursor;
} StoreBatch;

/* A command id that was used up. */
typedef struct StoreCommand {
        char id[COMMAND_ID_SIZE];
        const char *door; /* path, borrowed */
        int64_t not_after_s;
        bool has_result;
        GatewayEventKind result;
        char detail[EVENT_DETAIL_SIZE];
} StoreCommand;

/* What store_consume() returns for an id that was used up before. */
#define STORE_CONSUMED_BEFORE 1

/*
 * Opens the store in a folder, which is made (0700) when it does not exist, and locks it against
 * every other process. An empty one gets a random id of its own. Nobody but root and the own uid
 * may be able to write the folder.
 * Return: 0 and the store (owned by the caller); -EBUSY when another process has it, -EUCLEAN when
 * it is damaged or of a later version, -errno; then error says why in one line, but for -ENOMEM.
 */
int store_open(const char *directory, char *error, size_t error_size, Store **ret_store);
Store *store_close(Store *store);
DEFINE_CLEANUP(Store *, store_close);

/* The id of this file: 32 hexadecimal digits. Borrowed. */
const char *store_id(const Store *store);

/*
 * Uses up the id of a command. Return: 0: it is on disk that it is used up, and was not before;
 * STORE_CONSUMED_BEFORE and what is known of it (door NULL); -errno: it was not used up.
 */
int store_consume(Store *store, const StoreCommand *command, StoreCommand *ret_known);

/* Called for each of some items, which are borrowed for the call. */
typedef void (*StoreCommandVisit)(void *data, const StoreCommand *command);
typedef void (*StoreEventVisit)(void *data, const StoreEvent *event);

/* Visits at most max ids that were used up and have no result. Return: 0 or -errno. */
int store_visit_unfinished(Store *store, size_t max, StoreCommandVisit visit, void *data);

/* Forgets ids that have a result and were void before a time. Return: 0 or -errno. */
int store_prune(Store *store, int64_t before_s);

/* Writes a batch. Return: 0 and how many old events were dropped for it; -errno: none of it. */
int store_write(Store *store, const StoreBatch *batch, uint64_t *ret_dropped);

/* Visits the oldest events, in order, at most max. Return: 0 or -errno. */
int store_visit_events(Store *store, size_t max, StoreEventVisit visit, void *data);

/* Forgets the events up to a sequence. Return: 0 or -errno. */
int store_forget_events(Store *store, uint64_t sequence);

/* The number last put for a controller; 0 when there is none, or it cannot be read. */
uint64_t store_cursor(Store *store, const char *controller);
