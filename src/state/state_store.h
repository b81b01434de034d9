/* SPDX-License-Identifier: MIT */
/*
 * State store
 *
 * Live state on disk: state.db in the state folder, SQLite in WAL mode, synced at each commit. One
 * process writes it (doorwardd, from the thread that writes the journal), others may read it. Also
 * kept here: the highest time seen, up to which row of the journal its changes are here, and saved
 * reports.
 *
 * A suspension must not be lost because a disk lies: every record carries a checksum, and the sum
 * of them all is stored with each commit, so that a record that is missing or different is noticed.
 * What cannot be believed is never written to and never replaced: it is moved aside on request.
 */
#pragma once

#include "state/state_change.h"

#define STATE_FILE "state.db" /* in the state folder */

typedef struct StateStore StateStore;

enum StateStoreProblem {
        STATE_STORE_NEWER = 1,   /* written by a later version of the program; left as it is */
        STATE_STORE_DAMAGED = 2, /* it cannot be believed (also: not a regular file, of somebody
                                  * else, or others may write it); left as it is */
        STATE_STORE_ABSENT = 3,  /* opened for reading, and not there */
};

/*
 * Opens the store, making an empty one where there is none and it is not opened for reading only.
 * Opened for reading only, it is found as the last commit left it, whether or not a daemon runs,
 * and no file is made but the index of a log that has none. error receives one line about what is
 * wrong. Threads: one at a time.
 * Return: 0 and the store (owned by the caller), a StateStoreProblem, -errno.
 */
int state_store_open(const char *directory, bool read_only, char *error, size_t error_size,
                     StateStore **ret_store);
StateStore *state_store_close(StateStore *store);
DEFINE_CLEANUP(StateStore *, state_store_close);

/* Reads everything. A row that is none (an unknown kind, a bad resource or time, a wrong checksum)
 * makes the store damaged.
 * Return: 0 and the records (owned by the caller), STATE_STORE_DAMAGED, -EAGAIN when it was written
 * meanwhile by a daemon that has just started, -errno. */
int state_store_read(StateStore *store, char *error, size_t error_size, LiveRecords **ret_records);

/* The highest time that was ever stored. Return: 0 and the time, TIMESTAMP_MIN when none was;
 * STATE_STORE_DAMAGED, -errno. */
int state_store_highest(StateStore *store, int64_t *ret_highest_s);

/* The reading of both clocks that was stored with it, if the machine has not booted since: UTC
 * seconds, TIMESTAMP_MIN when there is none, and steady milliseconds. boot: of the machine; empty:
 * unknown. Return: as state_store_highest(). */
int state_store_anchor(StateStore *store, Text boot, int64_t *ret_realtime_s,
                       int64_t *ret_steady_ms);

/* The id of the newest row of the journal when changes were last stored: a newer row that tells of
 * a change tells of one that was not made. Return: 0 and the id, STATE_STORE_COVERED_UNKNOWN when
 * none was stored (an empty store, or one of an older version); STATE_STORE_DAMAGED, -errno. */
#define STATE_STORE_COVERED_UNKNOWN (-1)
int state_store_covered(StateStore *store, int64_t *ret_row_id);

/* Calls back for each saved report, by owner and name: the record is as STATE_CHANGE_SAVE_REPORT
 * says, its texts are borrowed during the call. Return: 0, STATE_STORE_DAMAGED, -errno; the first
 * call that does not return 0 ends it with -ENOMEM. */
int state_store_each_report(StateStore *store, int (*each)(void *data, const LiveRecord *report),
                            void *data);

/* Makes changes in one synced transaction: all of them or none.
 * Return: 0, STATE_STORE_DAMAGED, -EINVAL for a record that is not valid, -ENOENT when the file is
 * no longer the one that was opened, -errno; error as above. */
int state_store_write(StateStore *store, const StateChange *changes, size_t count, char *error,
                      size_t error_size);

/* Moves a store, whatever it is, and its log aside as state.db.damaged-TIME; it must not be open.
 * Return: 0, -EEXIST when that name is taken, -errno. */
int state_store_move_aside(const char *directory, int64_t now_s);
