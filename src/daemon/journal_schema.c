/* SPDX-License-Identifier: MIT */
/* Journal schema: see journal_schema.h. Statements are made from the table of columns, so that
 * names and texts cannot get out of step. */
#include "daemon/journal_schema.h"

#include <errno.h>
#include <stdio.h>

const char *const journal_text_columns[JOURNAL_TEXT_COUNT] = {
        [JOURNAL_KIND] = "kind",
        [JOURNAL_DECISION_ID] = "decision_id",
        [JOURNAL_SUBJECT] = "subject",
        [JOURNAL_IDENTIFIED] = "identified",
        [JOURNAL_USER] = "user",
        [JOURNAL_CALLER_NAME] = "caller_name",
        [JOURNAL_SERVICE] = "service",
        [JOURNAL_ACTION] = "action",
        [JOURNAL_RESOURCE] = "resource",
        [JOURNAL_DECISION] = "decision",
        [JOURNAL_REASON] = "reason",
        [JOURNAL_GRANTED_BY] = "granted_by",
        [JOURNAL_PLACE] = "place",
        [JOURNAL_REVISION] = "revision",
        [JOURNAL_REMOTE_USER] = "remote_user",
        [JOURNAL_REMOTE_HOST] = "remote_host",
        [JOURNAL_TERMINAL] = "terminal",
        [JOURNAL_WHY] = "why",
        [JOURNAL_BEFORE] = "before",
        [JOURNAL_AFTER] = "after",
        [JOURNAL_GATEWAY] = "gateway",
        [JOURNAL_OCCURRED] = "occurred",
};

static const char sessions[] =
        "CREATE TABLE sessions(id INTEGER PRIMARY KEY, opened INTEGER NOT NULL, "
        "user TEXT NOT NULL, subject TEXT NOT NULL, service TEXT NOT NULL, "
        "terminal TEXT NOT NULL, remote_host TEXT NOT NULL, pid INTEGER NOT NULL, "
        "decision_id TEXT NOT NULL, started INTEGER NOT NULL DEFAULT 0);"
        "CREATE INDEX sessions_by_user ON sessions(service, user);";

/* What version 4 added beside two columns. */
static const char commands_and_gateways[] =
        "CREATE TABLE commands(decision_id TEXT PRIMARY KEY, door TEXT NOT NULL, subject TEXT NOT "
        "NULL, not_after INTEGER NOT NULL, uid INTEGER NOT NULL, certificate TEXT NOT NULL) "
        "WITHOUT ROWID;"
        "CREATE TABLE gateways(caller TEXT PRIMARY KEY, store TEXT NOT NULL, sequence INTEGER NOT "
        "NULL) WITHOUT ROWID;";

static const char indexes[] = "CREATE INDEX events_by_time ON events(time, class, site);"
                              "CREATE INDEX events_by_class ON events(class, time);";

int journal_schema_problem(int result)
{
        switch (result & 0xff) {
        case SQLITE_OK:
                return 0;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
                return JOURNAL_DATABASE_DAMAGED;
        case SQLITE_NOMEM:
                return -ENOMEM;
        default:
                return -EIO;
        }
}

void journal_schema_finalize(sqlite3_stmt **statement)
{
        (void)sqlite3_finalize(*statement);
}

int journal_schema_run(sqlite3 *connection, const char *sql, int64_t *ret_number)
{
        sqlite3_stmt *statement = NULL;
        int result = sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);
        if (result == SQLITE_OK)
                result = sqlite3_step(statement);
        if (result == SQLITE_ROW && ret_number)
                *ret_number = sqlite3_column_int64(statement, 0);
        (void)sqlite3_finalize(statement);
        return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

void journal_schema_insert(char *sql, size_t size)
{
        size_t used = (size_t)snprintf(
                sql, size,
                "INSERT INTO events(id, time, caller_uid, caller_pid, observed, would_deny, class, "
                "site");
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                used += (size_t)snprintf(sql + used, size - used, ", %s", journal_text_columns[i]);
        used += (size_t)snprintf(sql + used, size - used, ") VALUES(?, ?, ?, ?, ?, ?, ?, ?");
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                used += (size_t)snprintf(sql + used, size - used, ", ?");
        (void)snprintf(sql + used, size - used, ")");
}

static int create_events(sqlite3 *connection)
{
        char sql[JOURNAL_SQL_SIZE_MAX];
        size_t used = (size_t)snprintf(
                sql, sizeof(sql),
                "CREATE TABLE events(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, caller_uid "
                "INTEGER, caller_pid INTEGER, observed INTEGER NOT NULL, would_deny INTEGER NOT "
                "NULL, class INTEGER NOT NULL, site TEXT NOT NULL");
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                used += (size_t)snprintf(sql + used, sizeof(sql) - used, ", %s TEXT NOT NULL",
                                         journal_text_columns[i]);
        (void)snprintf(sql + used, sizeof(sql) - used, ")");
        int result = journal_schema_run(connection, sql, NULL);
        return result == SQLITE_OK ? sqlite3_exec(connection, indexes, NULL, NULL, NULL) : result;
}

/* Gives a table of rows two more texts, of which its rows say nothing. No row is looked at. */
static int add_texts(sqlite3 *connection, const char *table, JournalText first)
{
        int result = SQLITE_OK;
        for (JournalText i = first; i <= first + 1 && result == SQLITE_OK; i++) {
                char sql[128];
                (void)snprintf(sql, sizeof(sql),
                               "ALTER TABLE %s ADD COLUMN %s TEXT NOT NULL DEFAULT ''", table,
                               journal_text_columns[i]);
                result = journal_schema_run(connection, sql, NULL);
        }
        return result;
}

/* Puts the rows of versions 1 and 2 aside. Neither statement looks at them. */
static int add_version_3(sqlite3 *connection)
{
        int result =
                journal_schema_run(connection, "ALTER TABLE events RENAME TO old_events", NULL);
        if (result == SQLITE_OK)
                result = journal_schema_run(
                        connection,
                        "ALTER TABLE sessions ADD COLUMN started INTEGER NOT NULL DEFAULT 0", NULL);
        return result == SQLITE_OK ? create_events(connection) : result;
}

/* version: from 1; the events of one below 3 have just been made anew. */
static int add_version_4(sqlite3 *connection, int64_t version)
{
        int64_t old_exists = 0;
        int result = journal_schema_run(connection, JOURNAL_OLD_EXISTS, &old_exists);
        if (result == SQLITE_OK && old_exists)
                result = add_texts(connection, "old_events", JOURNAL_GATEWAY);
        if (result == SQLITE_OK && version == 3)
                result = add_texts(connection, "events", JOURNAL_GATEWAY);
        return result == SQLITE_OK
                       ? sqlite3_exec(connection, commands_and_gateways, NULL, NULL, NULL)
                       : result;
}

static int create(sqlite3 *connection)
{
        int result = create_events(connection);
        if (result == SQLITE_OK)
                result = sqlite3_exec(connection, sessions, NULL, NULL, NULL);
        return result == SQLITE_OK
                       ? sqlite3_exec(connection, commands_and_gateways, NULL, NULL, NULL)
                       : result;
}

static int change_schema(sqlite3 *connection, int64_t version)
{
        int result = SQLITE_OK;
        if (version == 0)
                return create(connection);
        if (version < 2)
                result = add_texts(connection, "events", JOURNAL_BEFORE);
        if (result == SQLITE_OK && version < 3)
                result = add_version_3(connection);
        return result == SQLITE_OK ? add_version_4(connection, version) : result;
}

static int bring_up(sqlite3 *connection, int64_t version)
{
        char sql[64];
        (void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", JOURNAL_SCHEMA_VERSION);
        int result = journal_schema_run(connection, "BEGIN IMMEDIATE", NULL);
        if (result == SQLITE_OK)
                result = change_schema(connection, version);
        if (result == SQLITE_OK)
                result = journal_schema_run(connection, sql, NULL);
        return result == SQLITE_OK ? journal_schema_run(connection, "COMMIT", NULL) : result;
}

/* The highest id of a table. Return: SQLite's result. */
static int raise_to(sqlite3 *connection, const char *sql, int64_t *highest)
{
        int64_t id = 0;
        int result = journal_schema_run(connection, sql, &id);
        if (result == SQLITE_OK && id > *highest)
                *highest = id;
        return result;
}

static int find_next_id(sqlite3 *connection, int64_t *ret_next_id)
{
        int64_t old_exists = 0, highest = 0;
        int result = journal_schema_run(connection, JOURNAL_OLD_EXISTS, &old_exists);
        if (result == SQLITE_OK)
                result = raise_to(connection, "SELECT max(id) FROM events", &highest);
        if (result == SQLITE_OK && old_exists) {
                int64_t before = highest, old = 0;
                result = raise_to(connection, "SELECT max(id) FROM old_events", &highest);
                /* Empty, and behind it a row that keeps the ids: nobody reads it any more. */
                if (result == SQLITE_OK && before > 0 &&
                    journal_schema_run(connection,
                                       "SELECT count(*) FROM (SELECT 1 FROM old_events "
                                       "LIMIT 1)",
                                       &old) == SQLITE_OK &&
                    old == 0)
                        result = journal_schema_run(connection, "DROP TABLE old_events", NULL);
        }
        if (result == SQLITE_OK)
                *ret_next_id = highest + 1;
        return result;
}

int journal_schema_prepare(sqlite3 *connection, int64_t *ret_next_id)
{
        int64_t version = 0;
        int result = journal_schema_run(connection, "PRAGMA user_version", &version);
        if (result == SQLITE_OK && version > JOURNAL_SCHEMA_VERSION)
                return JOURNAL_DATABASE_NEWER;
        if (result == SQLITE_OK && version < JOURNAL_SCHEMA_VERSION)
                result = bring_up(connection, version);
        if (result == SQLITE_OK)
                result = find_next_id(connection, ret_next_id);
        return journal_schema_problem(result);
}
