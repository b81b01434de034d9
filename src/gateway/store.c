/* SPDX-License-Identifier: MIT */
/*
 * Store
 *
 * The folder's descriptor carries the lock, so that it goes with the process however that ends.
 * Whoever removes or replaces the file while the gateway runs finds that nothing is written any
 * more: ids that only this process knows would not be used up for the next one.
 */
#include "gateway/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "util/file.h"
#include "util/number.h"

#define STORE_FILE      "gateway.db"
#define SCHEMA_VERSION  1
#define BUSY_TIMEOUT_MS 500 /* somebody who makes a copy */
#define LOCK_TRIES      20
#define LOCK_PAUSE_MS   50

static const char SCHEMA[] =
        "BEGIN IMMEDIATE;"
        "CREATE TABLE store(id TEXT NOT NULL);"
        "CREATE TABLE commands(id TEXT PRIMARY KEY, door TEXT NOT NULL, not_after INTEGER NOT NULL,"
        " result TEXT, detail TEXT) WITHOUT ROWID;"
        "CREATE INDEX commands_by_time ON commands(not_after);"
        "CREATE TABLE events(sequence INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL,"
        " time INTEGER NOT NULL, door TEXT, command TEXT, card TEXT, detail TEXT);"
        "CREATE TABLE cursors(controller TEXT PRIMARY KEY, cursor INTEGER NOT NULL) WITHOUT ROWID;"
        "INSERT INTO store VALUES(lower(hex(randomblob(16))));"
        "PRAGMA user_version = 1;"
        "COMMIT;";

enum Statement {
        STATEMENT_BEGIN,
        STATEMENT_COMMIT,
        STATEMENT_ROLLBACK,
        STATEMENT_CONSUME,
        STATEMENT_KNOWN,
        STATEMENT_UNFINISHED,
        STATEMENT_RESULT,
        STATEMENT_PRUNE,
        STATEMENT_EVENT,
        STATEMENT_DROP,
        STATEMENT_EVENTS,
        STATEMENT_FORGET,
        STATEMENT_CURSOR,
        STATEMENT_PUT_CURSOR,
        STATEMENT_COUNT,
};

static const char *const statements[STATEMENT_COUNT] = {
        [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
        [STATEMENT_COMMIT] = "COMMIT",
        [STATEMENT_ROLLBACK] = "ROLLBACK",
        [STATEMENT_CONSUME] = "INSERT INTO commands(id, door, not_after) VALUES(?1, ?2, ?3)",
        [STATEMENT_KNOWN] =
                "SELECT id, NULL, not_after, result, detail FROM commands WHERE id = ?1",
        [STATEMENT_UNFINISHED] = "SELECT id, door, not_after, result, detail FROM commands "
                                 "WHERE result IS NULL LIMIT ?1",
        [STATEMENT_RESULT] =
                "UPDATE commands SET result = ?2, detail = ?3 WHERE id = ?1 AND result IS NULL",
        [STATEMENT_PRUNE] = "DELETE FROM commands WHERE not_after < ?1 AND result IS NOT NULL",
        [STATEMENT_EVENT] = "INSERT INTO events(event, time, door, command, card, detail) "
                            "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        [STATEMENT_DROP] =
                "DELETE FROM events WHERE sequence <= (SELECT max(sequence) FROM events) - ?1",
        [STATEMENT_EVENTS] = "SELECT sequence, event, time, door, command, card, detail "
                             "FROM events ORDER BY sequence LIMIT ?1",
        [STATEMENT_FORGET] = "DELETE FROM events WHERE sequence <= ?1",
        [STATEMENT_CURSOR] = "SELECT cursor FROM cursors WHERE controller = ?1",
        [STATEMENT_PUT_CURSOR] =
                "INSERT INTO cursors VALUES(?1, ?2) ON CONFLICT DO UPDATE SET cursor = ?2",
};

struct Store {
        sqlite3 *connection;
        sqlite3_stmt *statements[STATEMENT_COUNT];
        int directory_fd; /* locked */
        struct stat status;
        char id[STORE_ID_SIZE];
};

/* What a result of SQLite is as an -errno. */
static int error_of(int result)
{
        switch (result & 0xff) {
        case SQLITE_OK:
        case SQLITE_DONE:
        case SQLITE_ROW:
                return 0;
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_BUSY:
                return -EBUSY;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
                return -EUCLEAN;
        default:
                return -EIO;
        }
}

/* ---- Statements ---- */

static sqlite3_stmt *ready(Store *store, enum Statement number)
{
        sqlite3_stmt *statement = store->statements[number];
        (void)sqlite3_reset(statement);
        (void)sqlite3_clear_bindings(statement);
        return statement;
}

/* Runs a statement that gives no rows. Return: 0 or -errno. */
static int run(sqlite3_stmt *statement)
{
        int result = sqlite3_step(statement);
        (void)sqlite3_reset(statement);
        return error_of(result);
}

static int run_number(Store *store, enum Statement number, int64_t value)
{
        sqlite3_stmt *statement = ready(store, number);
        (void)sqlite3_bind_int64(statement, 1, value);
        return run(statement);
}

/* Binds a text that lives until the statement was run; "" and NULL are NULL. */
static void bind_text(sqlite3_stmt *statement, int column, const char *text)
{
        if (text && *text)
                (void)sqlite3_bind_text(statement, column, text, -1, SQLITE_STATIC);
}

static const char *column_text(sqlite3_stmt *statement, int column)
{
        return (const char *)sqlite3_column_text(statement, column);
}

static void copy_column(sqlite3_stmt *statement, int column, char *buffer, size_t size)
{
        const char *text = column_text(statement, column);
        (void)snprintf(buffer, size, "%s", text ? text : "");
}

/* The file must still be the one that was opened. Return: 0 or -ESTALE. */
static int check_file(const Store *store)
{
        struct stat status;
        if (fstatat(store->directory_fd, STORE_FILE, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
            status.st_ino != store->status.st_ino || status.st_dev != store->status.st_dev)
                return -ESTALE;
        return 0;
}

static int begin(Store *store)
{
        int r = check_file(store);
        return r < 0 ? r : run(ready(store, STATEMENT_BEGIN));
}

/* Ends a transaction: commits when all went well so far, else takes it back. Return: 0, r, or the
 * -errno of the commit. */
static int end(Store *store, int r)
{
        if (r == 0)
                r = run(ready(store, STATEMENT_COMMIT));
        if (r != 0 && !sqlite3_get_autocommit(store->connection))
                (void)run(ready(store, STATEMENT_ROLLBACK));
        return r;
}

/* ---- Opening ---- */

Store *store_close(Store *store)
{
        if (!store)
                return NULL;
        for (size_t i = 0; i < STATEMENT_COUNT; i++)
                (void)sqlite3_finalize(store->statements[i]);
        (void)sqlite3_close(store->connection);
        cleanup_close(&store->directory_fd);
        free(store);
        return NULL;
}

/* A child of a gateway that was killed holds the lock until it has become its program: tries for a
 * moment. Return: 0, -EBUSY, -errno. */
static int lock_directory(int fd)
{
        const struct timespec pause = { 0, LOCK_PAUSE_MS * 1000000L };
        for (int i = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
                if (errno != EWOULDBLOCK)
                        return -errno;
                if (i >= LOCK_TRIES)
                        return -EBUSY;
                (void)nanosleep(&pause, NULL);
        }
        return 0;
}

static int open_directory(Store *store, const char *directory, char *error, size_t error_size)
{
        if (mkdir(directory, 0700) < 0 && errno != EEXIST) {
                int r = -errno;
                (void)snprintf(error, error_size, "it cannot be made: %s", strerror(-r));
                return r;
        }
        int r = file_open_directory(AT_FDCWD, directory, &store->directory_fd);
        if (r != 0) {
                (void)snprintf(error, error_size, "it %s",
                               r > 0 ? file_problem_text(r) : strerror(-r));
                return r > 0 ? -EPERM : r;
        }
        r = lock_directory(store->directory_fd);
        if (r == 0)
                return 0;
        (void)snprintf(error, error_size, "%s",
                       r == -EBUSY ? "another gateway is running on it" : strerror(-r));
        return r;
}

/* Runs SQL of at most one row. Return: a result of SQLite. */
static int run_text(Store *store, const char *sql, int64_t *ret_number, char *text, size_t size)
{
        sqlite3_stmt *statement = NULL;
        int result = sqlite3_prepare_v2(store->connection, sql, -1, &statement, NULL);
        if (result == SQLITE_OK)
                result = sqlite3_step(statement);
        if (result == SQLITE_ROW && ret_number)
                *ret_number = sqlite3_column_int64(statement, 0);
        if (result == SQLITE_ROW && text)
                copy_column(statement, 0, text, size);
        (void)sqlite3_finalize(statement);
        return result == SQLITE_ROW || result == SQLITE_DONE ? SQLITE_OK : result;
}

/* Whether the pages form the trees they should: a search in one that does not finds nothing, and an
 * id would seem to be new. */
static int check_pages(Store *store)
{
        char verdict[16] = "";
        int result = run_text(store, "PRAGMA quick_check(1)", NULL, verdict, sizeof(verdict));
        return result == SQLITE_OK && strcmp(verdict, "ok") != 0 ? SQLITE_CORRUPT : result;
}

static int set_up(Store *store)
{
        static const char *const SETTINGS[] = { "PRAGMA locking_mode = EXCLUSIVE",
                                                "PRAGMA journal_mode = WAL",
                                                "PRAGMA synchronous = FULL" };
        int64_t version = 0;
        int result = SQLITE_OK;
        (void)sqlite3_busy_timeout(store->connection, BUSY_TIMEOUT_MS);
        for (size_t i = 0; i < sizeof(SETTINGS) / sizeof(*SETTINGS) && result == SQLITE_OK; i++)
                result = run_text(store, SETTINGS[i], NULL, NULL, 0);
        if (result == SQLITE_OK)
                result = run_text(store, "PRAGMA user_version", &version, NULL, 0);
        if (result == SQLITE_OK && version == 0)
                result = sqlite3_exec(store->connection, SCHEMA, NULL, NULL, NULL);
        else if (result == SQLITE_OK && version != SCHEMA_VERSION)
                result = SQLITE_CORRUPT;
        if (result == SQLITE_OK)
                result = check_pages(store);
        if (result == SQLITE_OK)
                result =
                        run_text(store, "SELECT id FROM store", NULL, store->id, sizeof(store->id));
        for (size_t i = 0; i < STATEMENT_COUNT && result == SQLITE_OK; i++)
                result = sqlite3_prepare_v3(store->connection, statements[i], -1,
                                            SQLITE_PREPARE_PERSISTENT, &store->statements[i], NULL);
        if (result == SQLITE_OK && strlen(store->id) != STORE_ID_SIZE - 1)
                result = SQLITE_CORRUPT;
        return result;
}

int store_open(const char *directory, char *error, size_t error_size, Store **ret_store)
{
        char path[PATH_MAX];
        _cleanup_(store_closep) Store *store = calloc(1, sizeof(*store));
        if (!store)
                return -ENOMEM;
        store->directory_fd = -1;
        int r = open_directory(store, directory, error, error_size);
        if (r < 0)
                return r;
        if (snprintf(path, sizeof(path), "%s/" STORE_FILE, directory) >= (int)sizeof(path)) {
                (void)snprintf(error, error_size, "its name is too long");
                return -ENAMETOOLONG;
        }
        int result = sqlite3_open_v2(
                path, &store->connection,
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
        if (result == SQLITE_OK)
                result = set_up(store);
        if (result != SQLITE_OK) {
                (void)snprintf(error, error_size, STORE_FILE ": %s",
                               error_of(result) == -EUCLEAN ? "it is damaged, or of a later version"
                                                            : sqlite3_errmsg(store->connection));
                return error_of(result);
        }
        /* A new file's name is to be on disk, too. */
        r = fstatat(store->directory_fd, STORE_FILE, &store->status, AT_SYMLINK_NOFOLLOW) < 0 ||
                            fsync(store->directory_fd) < 0
                    ? -errno
                    : 0;
        if (r < 0) {
                (void)snprintf(error, error_size, STORE_FILE ": %s", strerror(-r));
                return r;
        }
        *ret_store = store;
        store = NULL;
        return 0;
}

const char *store_id(const Store *store)
{
        return store->id;
}

/* ---- Commands ---- */

/* Reads a row of id, door, not_after, result, detail; door is borrowed until the next step. */
static int read_command(sqlite3_stmt *row, StoreCommand *ret_command)
{
        StoreCommand command = { .door = column_text(row, 1),
                                 .not_after_s = sqlite3_column_int64(row, 2) };
        const char *result = column_text(row, 3);
        command.has_result = result != NULL;
        if (result && !gateway_event_from_word(text_from(result), &command.result))
                return -EUCLEAN;
        copy_column(row, 0, command.id, sizeof(command.id));
        copy_column(row, 4, command.detail, sizeof(command.detail));
        *ret_command = command;
        return 0;
}

/* Return: 0 when the id was never used up, STORE_CONSUMED_BEFORE and what is known, -errno. */
static int find_known(Store *store, const char *id, StoreCommand *ret_known)
{
        sqlite3_stmt *statement = ready(store, STATEMENT_KNOWN);
        bind_text(statement, 1, id);
        int result = sqlite3_step(statement);
        int r = error_of(result);
        if (result == SQLITE_ROW)
                r = read_command(statement, ret_known);
        (void)sqlite3_reset(statement);
        return result == SQLITE_ROW && r == 0 ? STORE_CONSUMED_BEFORE : r;
}

int store_consume(Store *store, const StoreCommand *command, StoreCommand *ret_known)
{
        int r = begin(store);
        if (r < 0)
                return r;
        r = find_known(store, command->id, ret_known);
        if (r == 0) {
                sqlite3_stmt *statement = ready(store, STATEMENT_CONSUME);
                bind_text(statement, 1, command->id);
                bind_text(statement, 2, command->door);
                (void)sqlite3_bind_int64(statement, 3, command->not_after_s);
                r = run(statement);
        }
        return end(store, r);
}

int store_visit_unfinished(Store *store, size_t max, StoreCommandVisit visit, void *data)
{
        sqlite3_stmt *statement = ready(store, STATEMENT_UNFINISHED);
        (void)sqlite3_bind_int64(statement, 1, (int64_t)max);
        int result, r = 0;
        while (r == 0 && (result = sqlite3_step(statement)) == SQLITE_ROW) {
                StoreCommand command;
                r = read_command(statement, &command);
                if (r == 0)
                        visit(data, &command);
        }
        (void)sqlite3_reset(statement);
        return r < 0 ? r : error_of(result);
}

int store_prune(Store *store, int64_t before_s)
{
        int r = check_file(store);
        return r < 0 ? r : run_number(store, STATEMENT_PRUNE, before_s);
}

/* ---- Events and cursors ---- */

static int write_result(Store *store, const StoreEvent *event)
{
        sqlite3_stmt *statement = ready(store, STATEMENT_RESULT);
        bind_text(statement, 1, event->command_id);
        bind_text(statement, 2, gateway_event_word(event->kind));
        bind_text(statement, 3, event->detail);
        return run(statement);
}

static int write_event(Store *store, const StoreEvent *event)
{
        char card[24] = "";
        if (event->card)
                (void)snprintf(card, sizeof(card), "%llu", (unsigned long long)event->card);
        sqlite3_stmt *statement = ready(store, STATEMENT_EVENT);
        bind_text(statement, 1, gateway_event_word(event->kind));
        (void)sqlite3_bind_int64(statement, 2, event->time_s);
        bind_text(statement, 3, event->door);
        bind_text(statement, 4, event->command_id);
        bind_text(statement, 5, card);
        bind_text(statement, 6, event->detail);
        int r = run(statement);
        bool is_result = event->kind <= GATEWAY_COMMAND_UNKNOWN && event->command_id[0];
        return r == 0 && is_result ? write_result(store, event) : r;
}

static int write_cursor(Store *store, const char *controller, uint64_t cursor)
{
        sqlite3_stmt *statement = ready(store, STATEMENT_PUT_CURSOR);
        bind_text(statement, 1, controller);
        (void)sqlite3_bind_int64(statement, 2, (int64_t)cursor);
        return run(statement);
}

int store_write(Store *store, const StoreBatch *batch, uint64_t *ret_dropped)
{
        uint64_t dropped = 0;
        int r = begin(store);
        if (r < 0)
                return r;
        for (size_t i = 0; i < batch->event_count && r == 0; i++)
                r = write_event(store, &batch->events[i]);
        if (r == 0 && batch->event_count > 0 && batch->events_max > 0) {
                r = run_number(store, STATEMENT_DROP, batch->events_max);
                dropped = r == 0 ? (uint64_t)sqlite3_changes(store->connection) : 0;
        }
        if (r == 0 && batch->controller)
                r = write_cursor(store, batch->controller, batch->cursor);
        r = end(store, r);
        if (r == 0)
                *ret_dropped = dropped;
        return r;
}

static int read_event(sqlite3_stmt *row, StoreEvent *ret_event)
{
        StoreEvent event = { .sequence = (uint64_t)sqlite3_column_int64(row, 0),
                             .time_s = sqlite3_column_int64(row, 2),
                             .door = column_text(row, 3) };
        const char *card = column_text(row, 5);
        if (!gateway_event_from_word(text_from(column_text(row, 1)), &event.kind) ||
            (card && number_parse(text_from(card), UINT64_MAX, &event.card) < 0))
                return -EUCLEAN;
        copy_column(row, 4, event.command_id, sizeof(event.command_id));
        copy_column(row, 6, event.detail, sizeof(event.detail));
        *ret_event = event;
        return 0;
}

int store_visit_events(Store *store, size_t max, StoreEventVisit visit, void *data)
{
        sqlite3_stmt *statement = ready(store, STATEMENT_EVENTS);
        (void)sqlite3_bind_int64(statement, 1, (int64_t)max);
        int result, r = 0;
        while (r == 0 && (result = sqlite3_step(statement)) == SQLITE_ROW) {
                StoreEvent event;
                r = read_event(statement, &event);
                if (r == 0)
                        visit(data, &event);
        }
        (void)sqlite3_reset(statement);
        return r < 0 ? r : error_of(result);
}

int store_forget_events(Store *store, uint64_t sequence)
{
        int r = check_file(store);
        return r < 0 ? r : run_number(store, STATEMENT_FORGET, (int64_t)sequence);
}

uint64_t store_cursor(Store *store, const char *controller)
{
        sqlite3_stmt *statement = ready(store, STATEMENT_CURSOR);
        bind_text(statement, 1, controller);
        uint64_t cursor = 0;
        if (sqlite3_step(statement) == SQLITE_ROW)
                cursor = (uint64_t)sqlite3_column_int64(statement, 0);
        (void)sqlite3_reset(statement);
        return cursor;
}
