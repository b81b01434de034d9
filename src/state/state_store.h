/* SPDX-License-Identifier: MIT */
/*
 * State store
 *
 * Live state on disk: state.db in the state folder, SQLite in WAL mode, synced at each commit. One
 * process writes it (doorwardd, from the thread that writes the journal), others may read it. Also
 * kept here: the highest time seen, and saved reports.
 */
#pragma once

#include "state/live_records.h"

#define STATE_FILE "state.db" /* in the state folder */

typedef struct StateStore StateStore;

enum StateStoreProblem {
        STATE_STORE_NEWER = 1,   /* written by a later version of the program; left as it is */
        STATE_STORE_DAMAGED = 2, /* it cannot be believed; left as it is */
        STATE_STORE_ABSENT = 3,  /* opened for reading, and not there */
};

/*
 * Opens the store, making an empty one where there is none and it is not opened for reading only.
 * error receives one line about what is wrong.
 * Return: 0 and the store (owned by the caller), a StateStoreProblem, -errno.
 */
int state_store_open(const char *directory, bool read_only, char *error, size_t error_size,
                     StateStore **ret_store);
StateStore *state_store_close(StateStore *store);
DEFINE_CLEANUP(StateStore *, state_store_close);

/* Reads everything. A row that is none (an unknown kind, a bad resource or time) makes the store
 * damaged: a suspension must not be lost because it cannot be read.
 * Return: 0 and the records (owned by the caller), STATE_STORE_DAMAGED, -errno. */
int state_store_read(StateStore *store, char *error, size_t error_size, LiveRecords **ret_records);

/* The highest time that was ever stored. Return: 0 and the time; TIMESTAMP_MIN when none was. */
int state_store_highest(StateStore *store, int64_t *ret_highest_s);

/* One change of the store. Borrowed texts. */
typedef enum StateChangeKind {
        STATE_CHANGE_PUT,     /* record */
        STATE_CHANGE_REMOVE,  /* record.kind and record.resource */
        STATE_CHANGE_HIGHEST, /* record.note.at_s: the highest time, raised or set */
        STATE_CHANGE_RESET,   /* everything is removed */
} StateChangeKind;

typedef struct StateChange {
        StateChangeKind kind;
        LiveRecord record;
} StateChange;

/* Makes changes in one synced transaction: all of them or none.
 * Return: 0, STATE_STORE_DAMAGED, -errno; error as above. */
int state_store_write(StateStore *store, const StateChange *changes, size_t count, char *error,
                      size_t error_size);
