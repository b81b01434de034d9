/* SPDX-License-Identifier: MIT */
/*
 * Live state
 *
 * What was changed at the doors and not in the text, as the daemon holds it: the records as they
 * are on disk, bound to the image that is served. A change is made by live_state_change() and is in
 * force when its callback says so: the row that tells of it is on disk, then the change itself, and
 * only then the records in memory follow.
 *
 * When the store could not be read, live state is unknown, and whatever depends on it is denied.
 * When it can only no longer be written, what is in memory stays in force.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/journal.h"
#include "state/bound_state.h"

typedef struct Server Server;

typedef struct LiveHolder {
        LiveRecords *records; /* NULL: unknown */
        BoundState *bound;    /* NULL: there is no image, or no memory */
        size_t unmatched;     /* in force about what the policy does not know */
        size_t in_flight;     /* records on their way to the disk */
        int64_t covered_id;   /* at the start, as state_store_covered() says */
        int64_t highest_s;    /* the highest time stored; TIMESTAMP_MIN: none */
        int64_t anchor_s;     /* found with it at the start, of this boot; TIMESTAMP_MIN: none */
        int64_t anchor_ms;    /* … by the steady clock */
        StateStore *store;    /* until the journal takes it */
        bool was_absent;      /* at the start */
        bool may_make, damaged;
        char error[200]; /* why it is not open */
} LiveHolder;

/* Opens and reads the store; before the journal, which takes it. A store that cannot be opened or
 * believed leaves live state unknown.
 * Return: 0; -EPROTONOSUPPORT for one of a later version, and -ENOMEM, which has been logged. */
int live_state_open(Server *server);
void live_state_close(Server *server);

/* What the journal is to take over. Borrowed. */
JournalState live_state_store(Server *server);

/* Binds the records to the image that is served from now on. */
void live_state_bind(Server *server);

/* Live state for a decision. Borrowed; valid in this turn of the loop. */
const LiveState *live_state_context(const Server *server);

/* Whether live state is known; the records are borrowed, for those who list or search them. */
bool live_state_is_known(const Server *server);
const LiveRecords *live_state_records(const Server *server);

/* Called on the loop when a change is in force (made), or could not be put into force. */
typedef void (*LiveStateDone)(void *data, bool made);

/*
 * Changes live state: journals the row, stores the changes, follows in memory, then calls back.
 * Rows and changes are copied. done may be NULL, and row for the highest time.
 * Return: 0; -EUCLEAN when live state is unknown, and nothing but a reset or the highest time is to
 * be stored; -E2BIG when there are LIVE_RECORDS_MAX records already; as journal_append_changes().
 */
int live_state_change(Server *server, const JournalRow *row, const StateChange *changes,
                      size_t count, LiveStateDone done, void *data);
