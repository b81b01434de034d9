/* SPDX-License-Identifier: MIT */
/* Journal database: see journal_database.h. The statement that inserts a row is made from the table
 * of columns, so that names and texts cannot get out of step. */
#include "daemon/journal_database.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "util/timestamp.h"

#define BUSY_TIMEOUT_MS 500 /* somebody else reading or backing up never holds it longer */
#define SQL_SIZE_MAX    2048

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
};

enum Statement {
        STATEMENT_BEGIN,
        STATEMENT_COMMIT,
        STATEMENT_ROLLBACK,
        STATEMENT_INSERT,
        STATEMENT_OPEN_SESSION,
        STATEMENT_FORGET_SESSIONS,
        STATEMENT_CLOSE_SESSION,
        STATEMENT_FIND_SESSIONS,
        STATEMENT_PAGES,
        STATEMENT_COUNT,
};

static const char *const statements[STATEMENT_COUNT] = {
        [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
        [STATEMENT_COMMIT] = "COMMIT",
        [STATEMENT_ROLLBACK] = "ROLLBACK",
        [STATEMENT_INSERT] = NULL, /* made from the table of columns */
        [STATEMENT_OPEN_SESSION] =
                "INSERT INTO sessions(opened, user, subject, service, terminal, remote_host, pid, "
                "decision_id, started) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        [STATEMENT_FORGET_SESSIONS] =
                "DELETE FROM sessions WHERE id <= (SELECT max(id) FROM sessions) - ?1",
        [STATEMENT_CLOSE_SESSION] =
                "DELETE FROM sessions WHERE id = (SELECT id FROM sessions WHERE service = ?1 AND "
                "user = ?2 AND (pid = ?3 OR (terminal != '' AND terminal = ?4)) "
                "ORDER BY pid = ?3 DESC, id DESC LIMIT 1)",
        [STATEMENT_FIND_SESSIONS] =
                "SELECT id, pid, started, user, service, decision_id, EXISTS (SELECT 1 FROM "
                "sessions "
                "AS other WHERE other.pid = mine.pid AND other.started = mine.started AND "
                "other.subject != mine.subject) FROM sessions AS mine WHERE subject = ?1 AND "
                "id < ?2 ORDER BY id DESC LIMIT ?3",
        [STATEMENT_PAGES] = "PRAGMA page_count",
};

static const char schema[] =
        "CREATE TABLE sessions(id INTEGER PRIMARY KEY, opened INTEGER NOT NULL, "
        "user TEXT NOT NULL, subject TEXT NOT NULL, service TEXT NOT NULL, "
        "terminal TEXT NOT NULL, remote_host TEXT NOT NULL, pid INTEGER NOT NULL, "
        "decision_id TEXT NOT NULL, started INTEGER NOT NULL DEFAULT 0);"
        "CREATE INDEX sessions_by_user ON sessions(service, user);";

struct JournalDatabase {
        sqlite3 *connection;
        sqlite3_stmt *statements[STATEMENT_COUNT];
        uint64_t page_size;
        char *path;
        dev_t device;
        ino_t inode;
        uint32_t mebibytes_max; /* as set; 0: not yet */
};

JournalDatabase *journal_database_close(JournalDatabase *database)
{
        if (!database)
                return NULL;
        for (size_t i = 0; i < STATEMENT_COUNT; i++)
                (void)sqlite3_finalize(database->statements[i]);
        (void)sqlite3_close(database->connection);
        free(database->path);
        free(database);
        return NULL;
}

/* Turns SQLite's result into ours. */
static int problem_of(int result)
{
        switch (result & 0xff) {
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
                return JOURNAL_DATABASE_DAMAGED;
        case SQLITE_NOMEM:
                return -ENOMEM;
        default:
                return -EIO;
        }
}

/* Runs SQL that returns at most one number. Return: SQLite's result, and the number. */
static int run(sqlite3 *connection, const char *sql, int64_t *ret_number)
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

/* "CREATE TABLE events(…)" or "INSERT INTO events(…) VALUES(?, …)". */
static void make_sql(char *sql, size_t size, bool create)
{
        size_t used = (size_t)snprintf(
                sql, size, "%s",
                create ? "CREATE TABLE events(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, "
                         "caller_uid INTEGER, caller_pid INTEGER, observed INTEGER NOT NULL, "
                         "would_deny INTEGER NOT NULL"
                       : "INSERT INTO events(time, caller_uid, caller_pid, observed, would_deny");
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                used += (size_t)snprintf(sql + used, size - used, ", %s%s", journal_text_columns[i],
                                         create ? " TEXT NOT NULL" : "");
        used += (size_t)snprintf(sql + used, size - used, "%s",
                                 create ? ")" : ") VALUES(?, ?, ?, ?, ?");
        for (size_t i = 0; !create && i < JOURNAL_TEXT_COUNT; i++)
                used += (size_t)snprintf(sql + used, size - used, ", ?");
        if (!create)
                (void)snprintf(sql + used, size - used, ")");
}

static int create_schema(sqlite3 *connection)
{
        char events[SQL_SIZE_MAX], version[64];
        make_sql(events, sizeof(events), true);
        (void)snprintf(version, sizeof(version), "PRAGMA user_version = %d",
                       JOURNAL_SCHEMA_VERSION);
        int result = run(connection, "BEGIN IMMEDIATE", NULL);
        if (result == SQLITE_OK)
                result = run(connection, events, NULL);
        if (result == SQLITE_OK)
                result = sqlite3_exec(connection, schema, NULL, NULL, NULL);
        if (result == SQLITE_OK)
                result = run(connection, version, NULL);
        if (result == SQLITE_OK)
                result = run(connection, "COMMIT", NULL);
        return result;
}

/* Adds what later versions added: to rows of an older one these columns say nothing. */
static int migrate_schema(sqlite3 *connection, int64_t version)
{
        static const JournalText added[] = { JOURNAL_BEFORE, JOURNAL_AFTER };
        char sql[128];
        int result = run(connection, "BEGIN IMMEDIATE", NULL);
        for (size_t i = 0; version < 2 && i < sizeof(added) / sizeof(*added) && result == SQLITE_OK;
             i++) {
                (void)snprintf(sql, sizeof(sql),
                               "ALTER TABLE events ADD COLUMN %s TEXT NOT NULL DEFAULT ''",
                               journal_text_columns[added[i]]);
                result = run(connection, sql, NULL);
        }
        if (result == SQLITE_OK)
                result = run(connection,
                             "ALTER TABLE sessions ADD COLUMN started INTEGER NOT NULL "
                             "DEFAULT 0",
                             NULL);
        (void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", JOURNAL_SCHEMA_VERSION);
        if (result == SQLITE_OK)
                result = run(connection, sql, NULL);
        if (result == SQLITE_OK)
                result = run(connection, "COMMIT", NULL);
        return result;
}

static int check_version(sqlite3 *connection)
{
        int64_t version = 0;
        int result = run(connection, "PRAGMA user_version", &version);
        if (result != SQLITE_OK)
                return problem_of(result);
        if (version > JOURNAL_SCHEMA_VERSION)
                return JOURNAL_DATABASE_NEWER;
        if (version == JOURNAL_SCHEMA_VERSION)
                return 0;
        result = version == 0 ? create_schema(connection) : migrate_schema(connection, version);
        return result == SQLITE_OK ? 0 : problem_of(result);
}

static int prepare(JournalDatabase *database)
{
        char insert[SQL_SIZE_MAX];
        make_sql(insert, sizeof(insert), false);
        for (size_t i = 0; i < STATEMENT_COUNT; i++) {
                int result = sqlite3_prepare_v3(
                        database->connection, i == STATEMENT_INSERT ? insert : statements[i], -1,
                        SQLITE_PREPARE_PERSISTENT, &database->statements[i], NULL);
                if (result != SQLITE_OK)
                        return problem_of(result);
        }
        return 0;
}

static int set_up(JournalDatabase *database)
{
        sqlite3 *connection = database->connection;
        static const char *const settings[] = { "PRAGMA journal_mode = WAL",
                                                "PRAGMA synchronous = FULL" };
        (void)sqlite3_busy_timeout(connection, BUSY_TIMEOUT_MS);
        for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
                int result = run(connection, settings[i], NULL);
                if (result != SQLITE_OK)
                        return problem_of(result);
        }
        int64_t page_size = 0;
        (void)run(connection, "PRAGMA page_size", &page_size);
        database->page_size = page_size > 0 ? (uint64_t)page_size : 4096;
        int r = check_version(connection);
        return r != 0 ? r : prepare(database);
}

int journal_database_open(const char *path, char *error, size_t error_size,
                          JournalDatabase **ret_database)
{
        _cleanup_(journal_database_closep) JournalDatabase *database = calloc(1, sizeof(*database));
        if (!database || !(database->path = strdup(path)))
                return -ENOMEM;
        int result = sqlite3_open_v2(
                path, &database->connection,
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
        int r = result == SQLITE_OK ? set_up(database) : problem_of(result);
        if (r != 0) {
                (void)snprintf(error, error_size, "%s", sqlite3_errmsg(database->connection));
                return r;
        }
        struct stat status;
        if (stat(path, &status) < 0)
                return -errno;
        database->device = status.st_dev;
        database->inode = status.st_ino;
        *ret_database = database;
        database = NULL;
        return 0;
}

int journal_database_move_aside(const char *path, int64_t now_s)
{
        static const char *const suffixes[] = { "", "-wal", "-shm" };
        for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
                char from[PATH_MAX], to[PATH_MAX];
                int from_size = snprintf(from, sizeof(from), "%s%s", path, suffixes[i]);
                int to_size = snprintf(to, sizeof(to), "%s.damaged-%lld%s", path, (long long)now_s,
                                       suffixes[i]);
                if (from_size >= (int)sizeof(from) || to_size >= (int)sizeof(to))
                        return -ENAMETOOLONG;
                if (rename(from, to) < 0 && (errno != ENOENT || i == 0))
                        return -errno;
        }
        return 0;
}

static int step(JournalDatabase *database, enum Statement statement)
{
        int result = sqlite3_step(database->statements[statement]);
        (void)sqlite3_reset(database->statements[statement]);
        return result == SQLITE_DONE ? SQLITE_OK : result;
}

static void bind_text(sqlite3_stmt *statement, int index, Text text)
{
        (void)sqlite3_bind_text(statement, index, text.data ? text.data : "", (int)text.size,
                                SQLITE_STATIC);
}

static int insert_row(JournalDatabase *database, const JournalRow *row)
{
        sqlite3_stmt *statement = database->statements[STATEMENT_INSERT];
        int index = 1;
        (void)sqlite3_bind_int64(statement, index++, row->time_s);
        (void)sqlite3_bind_int64(statement, index++, row->caller_uid);
        (void)sqlite3_bind_int64(statement, index++, row->caller_pid);
        (void)sqlite3_bind_int(statement, index++, row->observed);
        (void)sqlite3_bind_int(statement, index++, row->would_deny);
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                bind_text(statement, index++, row->texts[i]);
        return step(database, STATEMENT_INSERT);
}

static int open_session(JournalDatabase *database, const JournalRow *row)
{
        static const JournalText columns[] = { JOURNAL_USER, JOURNAL_SUBJECT, JOURNAL_SERVICE,
                                               JOURNAL_TERMINAL, JOURNAL_REMOTE_HOST };
        sqlite3_stmt *statement = database->statements[STATEMENT_OPEN_SESSION];
        (void)sqlite3_bind_int64(statement, 1, row->time_s);
        for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
                bind_text(statement, 2 + (int)i, row->texts[columns[i]]);
        (void)sqlite3_bind_int64(statement, 7, row->caller_pid);
        bind_text(statement, 8, row->texts[JOURNAL_DECISION_ID]);
        (void)sqlite3_bind_int64(statement, 9, row->caller_started);
        int result = step(database, STATEMENT_OPEN_SESSION);
        if (result != SQLITE_OK)
                return result;
        (void)sqlite3_bind_int(database->statements[STATEMENT_FORGET_SESSIONS], 1,
                               JOURNAL_OPEN_SESSIONS_MAX);
        return step(database, STATEMENT_FORGET_SESSIONS);
}

static int close_session(JournalDatabase *database, const JournalRow *row)
{
        sqlite3_stmt *statement = database->statements[STATEMENT_CLOSE_SESSION];
        bind_text(statement, 1, row->texts[JOURNAL_SERVICE]);
        bind_text(statement, 2, row->texts[JOURNAL_USER]);
        (void)sqlite3_bind_int64(statement, 3, row->caller_pid);
        bind_text(statement, 4, row->texts[JOURNAL_TERMINAL]);
        return step(database, STATEMENT_CLOSE_SESSION);
}

static int write_entries(JournalDatabase *database, const JournalEntry *first)
{
        int result = step(database, STATEMENT_BEGIN);
        for (const JournalEntry *entry = first; entry && result == SQLITE_OK; entry = entry->next) {
                if (entry->is_mark)
                        continue;
                result = insert_row(database, &entry->row);
                if (result == SQLITE_OK && entry->row.effect == JOURNAL_EFFECT_OPENS_SESSION)
                        result = open_session(database, &entry->row);
                if (result == SQLITE_OK && entry->row.effect == JOURNAL_EFFECT_CLOSES_SESSION)
                        result = close_session(database, &entry->row);
        }
        return result == SQLITE_OK ? step(database, STATEMENT_COMMIT) : result;
}

/* A journal that was removed or replaced would take rows that nobody ever finds again. */
static bool is_in_place(const JournalDatabase *database)
{
        struct stat status;
        return stat(database->path, &status) == 0 && status.st_dev == database->device &&
               status.st_ino == database->inode;
}

int journal_database_write(JournalDatabase *database, const JournalEntry *first, char *error,
                           size_t error_size)
{
        if (!is_in_place(database)) {
                (void)snprintf(error, error_size, "the journal was removed or replaced");
                return -ENOENT;
        }
        int result = write_entries(database, first);
        if (result == SQLITE_OK)
                return 0;
        (void)snprintf(error, error_size, "%s", sqlite3_errmsg(database->connection));
        if (!sqlite3_get_autocommit(database->connection))
                (void)step(database, STATEMENT_ROLLBACK);
        return problem_of(result);
}

static void copy_column(sqlite3_stmt *statement, int column, char *buffer, size_t size)
{
        const unsigned char *text = sqlite3_column_text(statement, column);
        (void)snprintf(buffer, size, "%s", text ? (const char *)text : "");
}

void journal_database_find_sessions(JournalDatabase *database, Text subject,
                                    JournalSessions *ret_sessions)
{
        sqlite3_stmt *statement = database->statements[STATEMENT_FIND_SESSIONS];
        ret_sessions->count = 0;
        bind_text(statement, 1, subject);
        (void)sqlite3_bind_int64(statement, 2, ret_sessions->before);
        (void)sqlite3_bind_int(statement, 3, JOURNAL_SESSIONS_FOUND_MAX);
        while (ret_sessions->count < JOURNAL_SESSIONS_FOUND_MAX &&
               sqlite3_step(statement) == SQLITE_ROW) {
                JournalSession *session = &ret_sessions->sessions[ret_sessions->count++];
                ret_sessions->before = sqlite3_column_int64(statement, 0);
                session->pid = (pid_t)sqlite3_column_int64(statement, 1);
                session->started = sqlite3_column_int64(statement, 2);
                copy_column(statement, 3, session->user, sizeof(session->user));
                copy_column(statement, 4, session->service, sizeof(session->service));
                copy_column(statement, 5, session->decision_id, sizeof(session->decision_id));
                session->is_shared = sqlite3_column_int(statement, 6);
        }
        (void)sqlite3_reset(statement);
}

void journal_database_set_size_max(JournalDatabase *database, uint32_t mebibytes_max)
{
        char sql[64];
        if (mebibytes_max == database->mebibytes_max)
                return;
        (void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %llu",
                       (unsigned long long)mebibytes_max * (1 << 20) / database->page_size);
        if (run(database->connection, sql, NULL) == SQLITE_OK)
                database->mebibytes_max = mebibytes_max;
}

int64_t journal_database_newest(JournalDatabase *database)
{
        int64_t newest_s = TIMESTAMP_MIN;
        (void)run(database->connection, "SELECT time FROM events ORDER BY id DESC LIMIT 1",
                  &newest_s);
        return newest_s;
}

uint64_t journal_database_size(JournalDatabase *database)
{
        sqlite3_stmt *statement = database->statements[STATEMENT_PAGES];
        uint64_t pages = 0;
        if (sqlite3_step(statement) == SQLITE_ROW)
                pages = (uint64_t)sqlite3_column_int64(statement, 0);
        (void)sqlite3_reset(statement);
        return pages * database->page_size;
}
