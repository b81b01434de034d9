/* SPDX-License-Identifier: MIT */
/*
 * Journal database
 *
 * The journal's file: its schema, one transaction a batch, and its size. SQLite in WAL mode with
 * synchronous=FULL: what is committed survives a crash of the machine. One connection, one thread.
 */
#pragma once

#include <sqlite3.h>

#include "daemon/journal_entry.h"

#define JOURNAL_SCHEMA_VERSION    3     /* 1: without before and after; 2: without started */
#define JOURNAL_OPEN_SESSIONS_MAX 65536 /* the oldest are forgotten first */

/* Names of the columns of a row's texts, by JournalText. */
extern const char *const journal_text_columns[JOURNAL_TEXT_COUNT];

typedef struct JournalDatabase JournalDatabase;

enum JournalDatabaseProblem {
        JOURNAL_DATABASE_NEWER = 1,   /* a schema of a later version */
        JOURNAL_DATABASE_DAMAGED = 2, /* not a database, or a broken one */
};

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

/* Finds the open sessions of a person that are older than ret_sessions->before, the newest first;
 * none when they cannot be read. */
void journal_database_find_sessions(JournalDatabase *database, Text subject,
                                    JournalSessions *ret_sessions);

/* Bytes of the database. */
uint64_t journal_database_size(JournalDatabase *database);
