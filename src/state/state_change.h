/* SPDX-License-Identifier: MIT */
/* State changes: what is to become of the state store, and of the records in memory. */
#pragma once

#include "state/live_records.h"

typedef enum StateChangeKind {
        STATE_CHANGE_PUT,     /* record */
        STATE_CHANGE_REMOVE,  /* record.kind and record.resource */
        STATE_CHANGE_HIGHEST, /* record.note.at_s: the highest time, raised or set; and a reading
                               * of both clocks that was believed: record.from_s UTC seconds,
                               * record.until_s steady milliseconds, record.resource: the machine's
                               * boot, empty: no reading */
        STATE_CHANGE_COVERS, /* record.note.at_s: the id of the newest row of the journal that tells
                              * of a change which is stored by now; of who owns both */
        STATE_CHANGE_RESET,  /* a damaged store is moved aside, record.note.at_s in its name, and
                              * an empty one begun; alone, and for who owns the store:
                              * state_store_write() refuses it */
        STATE_CHANGE_SAVE_REPORT,   /* record.resource: name, note.by: owner, note.why: definition,
                                     * note.at_s: when it was saved */
        STATE_CHANGE_DELETE_REPORT, /* record.resource: name, note.by: owner */
} StateChangeKind;

/* One change. Borrowed texts. */
typedef struct StateChange {
        StateChangeKind kind;
        LiveRecord record;
} StateChange;

/* Says whether a change could be made: for a record, whether it is valid (live_records.h). */
bool state_change_is_valid(const StateChange *change);

/* Copies changes with their texts. Return: owned by the caller, one piece of memory (free()); NULL
 * without memory. */
StateChange *state_changes_copy(const StateChange *changes, size_t count);
