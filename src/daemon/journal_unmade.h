/* SPDX-License-Identifier: MIT */
/*
 * Unmade changes
 *
 * A daemon that is killed between the commit of rows and that of what they change leaves rows that
 * say "allow", or "done", of changes that nobody was told of and that were not made. The store says
 * up to which row its changes go: what a newer row tells of is not in it, and the journal has to
 * say so before anything else is written.
 */
#pragma once

#include <sqlite3.h>

#include "daemon/journal_entry.h"

/* The newest rows that are looked at: more than one batch can have left. */
#define JOURNAL_UNMADE_LOOK_MAX (2 * JOURNAL_QUEUE_MAX)

/* Rows that are taken back one by one; if there are more, one row says that. */
#define JOURNAL_UNMADE_MAX 4096

/*
 * Finds rows with ids in (covered_id, newest_id] that tell of a change of live state or of saved
 * reports and are not taken back yet, and makes a list of the rows that say so, with their decision
 * ids: kind alarm, decision error, reason change-not-made, of the time of the newest row.
 * Return: SQLite's result, the list (owned by the caller, journal_entries_free()) and its length.
 */
int journal_unmade_find(sqlite3 *connection, int64_t covered_id, int64_t newest_id,
                        JournalEntry **ret_first, size_t *ret_count);
