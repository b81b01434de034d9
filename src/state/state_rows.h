/* SPDX-License-Identifier: MIT */
/*
 * State rows
 *
 * The tables of the state store and what their rows are: records with their checksums, and facts,
 * such as the sum of all checksums, the highest time, a reading of the clocks and how far the
 * journal is covered.
 */
#pragma once

#include <sqlite3.h>

#include "state/live_records.h"

#define STATE_SCHEMA_VERSION 1

/* Makes the tables. One transaction. */
extern const char state_rows_schema[];

typedef struct StateRows StateRows;

/* Prepares the statements. Return: SQLite's result, and the rows (owned by the caller; they borrow
 * the connection). */
int state_rows_open(sqlite3 *connection, bool read_only, StateRows **ret_rows);
StateRows *state_rows_close(StateRows *rows);
DEFINE_CLEANUP(StateRows *, state_rows_close);

/* Reads all records; SQLITE_CORRUPT for what was not written by state_rows_put(), or is not
 * complete. Return: SQLite's result, and the records (owned by the caller). */
int state_rows_read(StateRows *rows, LiveRecords **ret_records);

/* Puts, removes, sets the highest time or the newest row covered; within a transaction. What
 * changes the records has to be followed by state_rows_seal() before the commit. Return: SQLite's
 * result. */
int state_rows_put(StateRows *rows, const LiveRecord *record);
int state_rows_remove(StateRows *rows, LiveKind kind, Text resource);
int state_rows_set_highest(StateRows *rows, const LiveRecord *highest);
int state_rows_set_covered(StateRows *rows, int64_t row_id);
int state_rows_seal(StateRows *rows);

/* The highest time; TIMESTAMP_MIN when none is stored. Return: SQLite's result. */
int state_rows_highest(StateRows *rows, int64_t *ret_highest_s);

/* The reading stored beside it, if it is of that boot; *ret_realtime_s is TIMESTAMP_MIN otherwise.
 * Return: SQLite's result. */
int state_rows_anchor(StateRows *rows, Text boot, int64_t *ret_realtime_s, int64_t *ret_steady_ms);

/* The id of the newest row covered; -1 when none is stored. Return: SQLite's
 * result. */
int state_rows_covered(StateRows *rows, int64_t *ret_row_id);

/* Saved reports: as STATE_CHANGE_SAVE_REPORT says. No checksums: who changes them harms nobody's
 * rights. Return: SQLite's result. */
int state_rows_save_report(StateRows *rows, const LiveRecord *report);
int state_rows_delete_report(StateRows *rows, const LiveRecord *report);

/* Calls back for each saved report, by owner and name; texts are borrowed during the call. Ends
 * with the first call that does not return 0. Return: SQLite's result; SQLITE_NOMEM then. */
int state_rows_each_report(StateRows *rows, int (*each)(void *data, const LiveRecord *report),
                           void *data);

int state_rows_begin(StateRows *rows);
int state_rows_commit(StateRows *rows);
void state_rows_rollback(StateRows *rows);
