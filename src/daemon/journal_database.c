/* SPDX-License-Identifier: MIT */
/* Journal database: see journal_database.h. */
#include "daemon/journal_database.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "daemon/journal_unmade.h"
#include "util/timestamp.h"

#define BUSY_TIMEOUT_MS 500 /* somebody else reading or backing up never holds it longer */

enum Statement {
        STATEMENT_BEGIN,
        STATEMENT_COMMIT,
        STATEMENT_ROLLBACK,
        STATEMENT_INSERT,
        STATEMENT_PAGES,
        STATEMENT_FREE_PAGES,
        STATEMENT_DELETE,
        STATEMENT_COUNT,
};

static const char *const statements[STATEMENT_COUNT] = {
        [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
        [STATEMENT_COMMIT] = "COMMIT",
        [STATEMENT_ROLLBACK] = "ROLLBACK",
        [STATEMENT_INSERT] = NULL, /* made from the table of columns */
        [STATEMENT_PAGES] = "PRAGMA page_count",
        [STATEMENT_FREE_PAGES] = "PRAGMA freelist_count",
        [STATEMENT_DELETE] =
                "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE class = ?1 AND "
                "time < ?2 AND id < (SELECT max(id) FROM events) ORDER BY time LIMIT ?3)",
};

struct JournalDatabase {
        sqlite3 *connection;
        sqlite3_stmt *statements[STATEMENT_COUNT];
        JournalEffects effects;
        int64_t next_id; /* of the next row; never one that a deleted row had */
        uint64_t page_size;
        char *path;
        dev_t device;
        ino_t inode;
        uint32_t mebibytes_max; /* as set; 0: not yet */
        char error[200];        /* of the last transaction that failed */
};

JournalDatabase *journal_database_close(JournalDatabase *database)
{
        if (!database)
                return NULL;
        for (size_t i = 0; i < STATEMENT_COUNT; i++)
                (void)sqlite3_finalize(database->statements[i]);
        journal_effects_close(&database->effects);
        (void)sqlite3_close(database->connection);
        free(database->path);
        free(database);
        return NULL;
}

static int prepare(JournalDatabase *database)
{
        char insert[JOURNAL_SQL_SIZE_MAX];
        journal_schema_insert(insert, sizeof(insert));
        for (size_t i = 0; i < STATEMENT_COUNT; i++) {
                int result = sqlite3_prepare_v3(
                        database->connection, i == STATEMENT_INSERT ? insert : statements[i], -1,
                        SQLITE_PREPARE_PERSISTENT, &database->statements[i], NULL);
                if (result != SQLITE_OK)
                        return journal_schema_problem(result);
        }
        return journal_schema_problem(
                journal_effects_open(&database->effects, database->connection));
}

static int set_up(JournalDatabase *database)
{
        sqlite3 *connection = database->connection;
        static const char *const settings[] = { "PRAGMA journal_mode = WAL",
                                                "PRAGMA synchronous = FULL" };
        (void)sqlite3_busy_timeout(connection, BUSY_TIMEOUT_MS);
        for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
                int result = journal_schema_run(connection, settings[i], NULL);
                if (result != SQLITE_OK)
                        return journal_schema_problem(result);
        }
        int64_t page_size = 0;
        (void)journal_schema_run(connection, "PRAGMA page_size", &page_size);
        database->page_size = page_size > 0 ? (uint64_t)page_size : 4096;
        int r = journal_schema_prepare(connection, &database->next_id);
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
        int r = result == SQLITE_OK ? set_up(database) : journal_schema_problem(result);
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

static int insert_row(JournalDatabase *database, const JournalEntry *entry, int64_t id)
{
        const JournalRow *row = &entry->row;
        sqlite3_stmt *statement = database->statements[STATEMENT_INSERT];
        int index = 1;
        (void)sqlite3_bind_int64(statement, index++, id);
        (void)sqlite3_bind_int64(statement, index++, row->time_s);
        (void)sqlite3_bind_int64(statement, index++, row->caller_uid);
        (void)sqlite3_bind_int64(statement, index++, row->caller_pid);
        (void)sqlite3_bind_int(statement, index++, row->observed);
        (void)sqlite3_bind_int(statement, index++, row->would_deny);
        (void)sqlite3_bind_int(statement, index++, (int)entry->event_class);
        bind_text(statement, index++, entry->site);
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                bind_text(statement, index++, row->texts[i]);
        return step(database, STATEMENT_INSERT);
}

static int write_entries(JournalDatabase *database, const JournalEntry *first)
{
        int result = step(database, STATEMENT_BEGIN);
        int64_t id = database->next_id;
        for (const JournalEntry *entry = first; entry && result == SQLITE_OK; entry = entry->next) {
                if (entry->is_mark)
                        continue;
                /* A row that is not wanted has an id all the same: others count on theirs. */
                int wanted = journal_effects_wants(&database->effects, &entry->row);
                result = wanted > 0 ? insert_row(database, entry, id) : -wanted;
                if (result == SQLITE_OK && wanted)
                        result = journal_effects_apply(&database->effects, &entry->row);
                id++;
        }
        if (result == SQLITE_OK)
                result = step(database, STATEMENT_COMMIT);
        if (result == SQLITE_OK)
                database->next_id = id;
        return result;
}

/* A journal that was removed or replaced would take rows that nobody ever finds again. */
static bool is_in_place(const JournalDatabase *database)
{
        struct stat status;
        return stat(database->path, &status) == 0 && status.st_dev == database->device &&
               status.st_ino == database->inode;
}

/* What a transaction came to: one that failed is taken back. */
static int finish(JournalDatabase *database, int result)
{
        if (result == SQLITE_OK)
                return 0;
        (void)snprintf(database->error, sizeof(database->error), "%s",
                       sqlite3_errmsg(database->connection));
        if (!sqlite3_get_autocommit(database->connection))
                (void)step(database, STATEMENT_ROLLBACK);
        return journal_schema_problem(result);
}

int journal_database_write(JournalDatabase *database, const JournalEntry *first, char *error,
                           size_t error_size)
{
        if (!is_in_place(database)) {
                (void)snprintf(error, error_size, "the journal was removed or replaced");
                return -ENOENT;
        }
        int r = finish(database, write_entries(database, first));
        if (r != 0)
                (void)snprintf(error, error_size, "%s", database->error);
        return r;
}

int journal_database_delete(JournalDatabase *database, EventClass event_class, int64_t before_s,
                            uint64_t *ret_deleted)
{
        sqlite3_stmt *statement = database->statements[STATEMENT_DELETE];
        (void)sqlite3_bind_int(statement, 1, (int)event_class);
        (void)sqlite3_bind_int64(statement, 2, before_s);
        (void)sqlite3_bind_int(statement, 3, JOURNAL_DELETE_MAX);
        int r = finish(database, step(database, STATEMENT_DELETE));
        if (r == 0)
                *ret_deleted = (uint64_t)sqlite3_changes64(database->connection);
        return r;
}

/* Deletes the old rows of one class with ids in (from, to]. */
static int delete_old(JournalDatabase *database, EventClass event_class, int64_t before_s,
                      int64_t from, int64_t to)
{
        _cleanup_(journal_schema_finalize) sqlite3_stmt *statement = NULL;
        char sql[JOURNAL_SQL_SIZE_MAX], classes[JOURNAL_SQL_SIZE_MAX / 2];
        journal_class_sql(classes, sizeof(classes));
        (void)snprintf(sql, sizeof(sql),
                       "DELETE FROM old_events WHERE id > ?1 AND id <= ?2 AND time < ?3 AND %s = "
                       "?4",
                       classes);
        int result = sqlite3_prepare_v2(database->connection, sql, -1, &statement, NULL);
        if (result != SQLITE_OK)
                return result;
        (void)sqlite3_bind_int64(statement, 1, from);
        (void)sqlite3_bind_int64(statement, 2, to);
        (void)sqlite3_bind_int64(statement, 3, before_s);
        (void)sqlite3_bind_int(statement, 4, (int)event_class);
        result = sqlite3_step(statement);
        return result == SQLITE_DONE ? SQLITE_OK : result;
}

int journal_database_delete_old(JournalDatabase *database,
                                const int64_t before_s[static EVENT_CLASS_COUNT], int64_t *cursor,
                                uint64_t deleted[static EVENT_CLASS_COUNT])
{
        int64_t exists = 0, to = *cursor;
        char sql[160];
        (void)journal_schema_run(database->connection, JOURNAL_OLD_EXISTS, &exists);
        if (!exists)
                return JOURNAL_DATABASE_NO_MORE;
        (void)snprintf(sql, sizeof(sql),
                       "SELECT coalesce(max(id), %lld) FROM (SELECT id FROM old_events WHERE id > "
                       "%lld ORDER BY id LIMIT %d)",
                       (long long)*cursor, (long long)*cursor, JOURNAL_LOOK_MAX);
        int result = journal_schema_run(database->connection, sql, &to);
        if (result == SQLITE_OK && to == *cursor)
                return JOURNAL_DATABASE_NO_MORE;
        uint64_t counts[EVENT_CLASS_COUNT] = { 0 };
        if (result == SQLITE_OK)
                result = step(database, STATEMENT_BEGIN);
        for (int i = 0; i < EVENT_CLASS_COUNT && result == SQLITE_OK; i++) {
                result = delete_old(database, (EventClass)i, before_s[i], *cursor, to);
                counts[i] = (uint64_t)sqlite3_changes64(database->connection);
        }
        int r = finish(database, result == SQLITE_OK ? step(database, STATEMENT_COMMIT) : result);
        for (int i = 0; i < EVENT_CLASS_COUNT && r == 0; i++)
                deleted[i] += counts[i];
        *cursor = to;
        return r;
}

const char *journal_database_error(JournalDatabase *database)
{
        return database->error;
}

int64_t journal_database_next_id(const JournalDatabase *database)
{
        return database->next_id;
}

int journal_database_take_back(JournalDatabase *database, int64_t covered_id, size_t *ret_count)
{
        _cleanup_(journal_entries_freep) JournalEntry *first = NULL;
        size_t count = 0;
        int result = journal_unmade_find(database->connection, covered_id, database->next_id - 1,
                                         &first, &count);
        int r = finish(database, result);
        if (r == 0 && first)
                r = journal_database_write(database, first, database->error,
                                           sizeof(database->error));
        if (r == 0)
                *ret_count = count;
        return r;
}

JournalEffects *journal_database_effects(JournalDatabase *database)
{
        return &database->effects;
}

void journal_database_set_size_max(JournalDatabase *database, uint32_t mebibytes_max)
{
        char sql[64];
        if (mebibytes_max == database->mebibytes_max)
                return;
        (void)snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %llu",
                       (unsigned long long)mebibytes_max * (1 << 20) / database->page_size);
        if (journal_schema_run(database->connection, sql, NULL) == SQLITE_OK)
                database->mebibytes_max = mebibytes_max;
}

int64_t journal_database_newest(JournalDatabase *database)
{
        int64_t newest_s = TIMESTAMP_MIN, old_exists = 0;
        (void)journal_schema_run(database->connection, JOURNAL_OLD_EXISTS, &old_exists);
        if (old_exists)
                (void)journal_schema_run(database->connection,
                                         "SELECT time FROM old_events ORDER BY id DESC LIMIT 1",
                                         &newest_s);
        (void)journal_schema_run(database->connection,
                                 "SELECT time FROM events ORDER BY id DESC LIMIT 1", &newest_s);
        return newest_s;
}

static uint64_t number_of(JournalDatabase *database, enum Statement which)
{
        sqlite3_stmt *statement = database->statements[which];
        uint64_t number = 0;
        if (sqlite3_step(statement) == SQLITE_ROW)
                number = (uint64_t)sqlite3_column_int64(statement, 0);
        (void)sqlite3_reset(statement);
        return number;
}

uint64_t journal_database_size(JournalDatabase *database)
{
        uint64_t pages = number_of(database, STATEMENT_PAGES);
        return (pages - number_of(database, STATEMENT_FREE_PAGES)) * database->page_size;
}
