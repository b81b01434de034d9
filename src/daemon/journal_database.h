/* SPDX-License-Identifier: MIT */
/*
 * Journal database
 *
 * The journal's file: one transaction a batch, and its size. SQLite in WAL mode with
 * synchronous=FULL: what is committed survives a crash of the machine. One connection, one thread.
 */
#pragma once

#include <sqlite3.h>

#include "daemon/journal_effect.h"
#include "daemon/journal_schema.h"

#define JOURNAL_DELETE_MAX 256  /* rows deleted in one transaction */
#define JOURNAL_LOOK_MAX   1024 /* rows of an older version looked at in one */

typedef struct JournalDatabase JournalDatabase;

/*
 * Opens or creates the journal at a path (copied); one of an older version is brought up to this
 * one in a single transaction. On failure `error` says why.
 * Return: 0 and the database (owned by the caller), a JournalDatabaseProblem, -EIO for anything
 * else that SQLite reports, -ENOMEM.
 */
int journal_database_open(const char *path, char *error, size_t error_size,
                          JournalDatabase **ret_database);
JournalDatabase *journal_database_close(JournalDatabase *database);
DEFINE_CLEANUP(JournalDatabase *, journal_database_close);

/* Moves a damaged journal and its log aside as PATH.damaged-TIME. Return: 0 or -errno. */
int journal_database_move_aside(const char *path, int64_t now_s);

/*
 * Writes a list of entries in one transaction, all or none, and returns when it is on disk.
 * Return: 0; JOURNAL_DATABASE_DAMAGED; -ENOENT when the file is no longer the one that was opened;
 * -EIO with `error` set.
 */
int journal_database_write(JournalDatabase *database, const JournalEntry *first, char *error,
                           size_t error_size);

/* Caps the size of the file; writing beyond it fails. */
void journal_database_set_size_max(JournalDatabase *database, uint32_t mebibytes_max);

/* The time of the newest row, found by its number. Return: TIMESTAMP_MIN when there is none, or it
 * cannot be read. */
int64_t journal_database_newest(JournalDatabase *database);

/* The id that the next row will have. */
int64_t journal_database_next_id(const JournalDatabase *database);

/*
 * Finds the rows behind an id that tell of changes of live state, which were not stored then, and
 * writes for each that has none yet the row that says so (journal_unmade.h). Between, nothing else
 * may be written. Return: 0 and how many rows that were; as journal_database_write().
 */
int journal_database_take_back(JournalDatabase *database, int64_t covered_id, size_t *ret_count);

/* What is read of the tables beside the rows. Borrowed from the database. */
JournalEffects *journal_database_effects(JournalDatabase *database);

/* Bytes of the database that are in use. */
uint64_t journal_database_size(JournalDatabase *database);

/*
 * Deletes at most JOURNAL_DELETE_MAX rows of a class that were written before a time, the oldest
 * first, in a transaction of its own; the newest row of all stays.
 * Return: 0 and how many; as journal_database_write().
 */
int journal_database_delete(JournalDatabase *database, EventClass event_class, int64_t before_s,
                            uint64_t *ret_deleted);

/*
 * The same among the rows of an older version, which no index finds: looks at the next ones behind
 * the id *cursor (0: from the first) and moves it. before_s has one time a class.
 * Return: 0 and how many of which class, added to deleted; JOURNAL_DATABASE_NO_MORE when there are
 * none to look at; as journal_database_write().
 */
int journal_database_delete_old(JournalDatabase *database,
                                const int64_t before_s[static EVENT_CLASS_COUNT], int64_t *cursor,
                                uint64_t deleted[static EVENT_CLASS_COUNT]);

/* What the last call that failed had to say. Borrowed until the next call. */
const char *journal_database_error(JournalDatabase *database);
