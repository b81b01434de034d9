/* SPDX-License-Identifier: MIT */
/*
 * Journal schema
 *
 * The tables of journal.db, and how those of older versions become them. Version 1 had no before
 * and after. Versions 1 and 2 had no class, site and index: to give them to millions of rows would
 * keep the daemon from serving, so their rows stay as they are in a table of their own, old_events,
 * which is read by a slower path until the rows are too old to be kept. Their ids are smaller.
 * Version 3 had no gateway and occurred, no commands and no gateways; its rows say nothing there.
 *
 *     events(id, time, caller_uid, caller_pid, observed, would_deny, class, site, texts...)
 *       events_by_time(time, class, site)   what happened in a time, where: found in the index
 *       events_by_class(class, time)        what is too old
 *     sessions(id, opened, user, ..., started)
 *     commands(decision_id, door, subject, not_after, uid, certificate)   unlock commands: open
 * ones gateways(caller, store, sequence)   how far each has told what happened
 */
#pragma once

#include <sqlite3.h>

#include "daemon/journal.h"

#define JOURNAL_SCHEMA_VERSION 4
#define JOURNAL_SQL_SIZE_MAX   4096

/* 1 when there are rows of an older version. */
#define JOURNAL_OLD_EXISTS                                                                         \
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'old_events'"

/* Names of the columns of a row's texts, by JournalText. */
extern const char *const journal_text_columns[JOURNAL_TEXT_COUNT];

enum JournalDatabaseProblem {
        JOURNAL_DATABASE_NEWER = 1,   /* a schema of a later version */
        JOURNAL_DATABASE_DAMAGED = 2, /* not a database, or a broken one */
        JOURNAL_DATABASE_NO_MORE = 3, /* there is nothing left to look at */
};

/* Turns SQLite's result into ours. Return: 0, JOURNAL_DATABASE_DAMAGED, -ENOMEM, -EIO. */
int journal_schema_problem(int result);

/* Runs SQL that returns at most one number. Return: SQLite's result, and the number; ret_number may
 * be NULL. */
int journal_schema_run(sqlite3 *connection, const char *sql, int64_t *ret_number);

/* Finalizes *statement: for _cleanup_. */
void journal_schema_finalize(sqlite3_stmt **statement);

/* Makes the tables, or brings those of an older version up to this one, all or nothing; a table of
 * old rows that has become empty goes. ret_next_id receives the id that the next row shall have.
 * Return: 0, JOURNAL_DATABASE_NEWER, as journal_schema_problem(). */
int journal_schema_prepare(sqlite3 *connection, int64_t *ret_next_id);

/* The statement that inserts a row: id, time, caller_uid, caller_pid, observed, would_deny, class,
 * site, and the texts in their order are its parameters. */
void journal_schema_insert(char *sql, size_t size);
