/* SPDX-License-Identifier: MIT */
/*
 * State store: see state_store.h.
 *
 * An empty store is made under another name and renamed when it is complete, so that a file of
 * state.db's name that is empty or half made is never one of ours: it is damaged, not new.
 */
#include "state/state_store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "state/state_rows.h"
#include "util/file.h"

#define BUSY_TIMEOUT_MS 500 /* somebody else reading or backing up never holds it longer */
#define NEW_FILE        STATE_FILE ".new"
#define URI_SIZE_MAX    (3 * PATH_MAX + 64)

struct StateStore {
        sqlite3 *connection;
        StateRows *rows;
        char *path;
        struct stat status; /* of the file that was opened */
        bool is_alone;      /* read as if nobody could write it */
};

static const char *const SUFFIXES[] = { "", "-wal", "-shm" };
#define SUFFIX_COUNT (sizeof(SUFFIXES) / sizeof(*SUFFIXES))

StateStore *state_store_close(StateStore *store)
{
        if (!store)
                return NULL;
        store->rows = state_rows_close(store->rows);
        (void)sqlite3_close(store->connection);
        free(store->path);
        free(store);
        return NULL;
}

/* Turns SQLite's result into ours. Tables that are not as they were made are damage, too. */
static int problem_of(int result)
{
        switch (result & 0xff) {
        case SQLITE_OK:
                return 0;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
        case SQLITE_ERROR:
        case SQLITE_MISMATCH:
        case SQLITE_CONSTRAINT:
        case SQLITE_FORMAT:
                return STATE_STORE_DAMAGED;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_READONLY:
                return -EROFS;
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
                return -EACCES;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return -EBUSY;
        default:
                return -EIO;
        }
}

static int fail(const StateStore *store, int result, char *error, size_t error_size)
{
        const char *what = result == SQLITE_CORRUPT ? "what it holds is not what was written"
                                                    : sqlite3_errmsg(store->connection);
        (void)snprintf(error, error_size, "%s", what);
        return problem_of(result);
}

/* ---- Files ---- */

typedef struct Files {
        struct stat status[SUFFIX_COUNT];
        bool exists[SUFFIX_COUNT];
} Files;

/* What is wrong with one of the files. Return: NULL: nothing. */
static const char *file_fault(const struct stat *status)
{
        if (!S_ISREG(status->st_mode))
                return file_problem_text(FILE_NOT_REGULAR);
        if (status->st_uid != 0 && status->st_uid != geteuid())
                return file_problem_text(FILE_WRONG_OWNER);
        return status->st_mode & (S_IWGRP | S_IWOTH) ? file_problem_text(FILE_WRITABLE) : NULL;
}

/* Looks at the store's files. Return: 0, STATE_STORE_DAMAGED, STATE_STORE_ABSENT, -errno. */
static int look_at_files(const char *path, Files *files, char *error, size_t error_size)
{
        const char *fault = NULL;
        for (size_t i = 0; i < SUFFIX_COUNT && !fault; i++) {
                char name[PATH_MAX];
                if (snprintf(name, sizeof(name), "%s%s", path, SUFFIXES[i]) >= (int)sizeof(name))
                        return -ENAMETOOLONG;
                files->exists[i] = lstat(name, &files->status[i]) == 0;
                if (!files->exists[i] && errno != ENOENT)
                        return -errno;
                fault = files->exists[i] ? file_fault(&files->status[i]) : NULL;
                if (fault)
                        (void)snprintf(error, error_size, "%s%s: %s", STATE_FILE, SUFFIXES[i],
                                       fault);
        }
        if (fault)
                return STATE_STORE_DAMAGED;
        if (!files->exists[0] && !files->exists[1])
                return STATE_STORE_ABSENT;
        if (files->exists[0] && files->status[0].st_size > 0)
                return 0;
        (void)snprintf(error, error_size, "%s",
                       files->exists[0] ? "it is empty" : "it is gone, and its log is still there");
        return STATE_STORE_DAMAGED;
}

int state_store_move_aside(const char *directory, int64_t now_s)
{
        for (size_t i = 0; i < SUFFIX_COUNT; i++) {
                char from[PATH_MAX], to[PATH_MAX];
                int from_size =
                        snprintf(from, sizeof(from), "%s/" STATE_FILE "%s", directory, SUFFIXES[i]);
                int to_size = snprintf(to, sizeof(to), "%s/" STATE_FILE ".damaged-%lld%s",
                                       directory, (long long)now_s, SUFFIXES[i]);
                if (from_size >= (int)sizeof(from) || to_size >= (int)sizeof(to))
                        return -ENAMETOOLONG;
                if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) < 0 &&
                    errno != ENOENT)
                        return -errno;
        }
        return 0;
}

/* ---- Making an empty one ---- */

static int fill_new(sqlite3 *connection)
{
        _cleanup_(state_rows_closep) StateRows *rows = NULL;
        int result = sqlite3_exec(connection, state_rows_schema, NULL, NULL, NULL);
        if (result == SQLITE_OK)
                result = state_rows_open(connection, false, &rows);
        if (result == SQLITE_OK)
                result = state_rows_seal(rows);
        rows = state_rows_close(rows);
        if (result == SQLITE_OK)
                result = sqlite3_exec(connection, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        return result;
}

/* Renames, and has the folder on disk. */
static int publish_new(const char *directory, const char *from, const char *to)
{
        if (rename(from, to) < 0)
                return -errno;
        _cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int make_new(const char *directory, const char *path, char *error, size_t error_size)
{
        static const char *const LEFT_OVER[] = { "", "-journal", "-wal", "-shm" };
        char new_path[PATH_MAX], name[PATH_MAX + 16];
        if (snprintf(new_path, sizeof(new_path), "%s/" NEW_FILE, directory) >=
            (int)sizeof(new_path))
                return -ENAMETOOLONG;
        for (size_t i = 0; i < sizeof(LEFT_OVER) / sizeof(*LEFT_OVER); i++) {
                (void)snprintf(name, sizeof(name), "%s%s", new_path, LEFT_OVER[i]);
                if (unlink(name) < 0 && errno != ENOENT)
                        return -errno;
        }
        /* SQLite would let others read it. */
        int fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        close(fd);
        sqlite3 *connection = NULL;
        int result = sqlite3_open_v2(new_path, &connection,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
        if (result == SQLITE_OK)
                result = fill_new(connection);
        if (result != SQLITE_OK)
                (void)snprintf(error, error_size, "%s", sqlite3_errmsg(connection));
        int closed = sqlite3_close(connection);
        result = result == SQLITE_OK ? closed : result;
        return result == SQLITE_OK ? publish_new(directory, new_path, path) : problem_of(result);
}

/* ---- Opening ---- */

/* Runs SQL that returns at most one number. */
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

/* Whether the pages form the trees they should; a search in one that does not finds nothing. */
static int check_pages(sqlite3 *connection)
{
        sqlite3_stmt *statement = NULL;
        int result = sqlite3_prepare_v2(connection, "PRAGMA quick_check(1)", -1, &statement, NULL);
        if (result == SQLITE_OK)
                result = sqlite3_step(statement);
        if (result == SQLITE_ROW) {
                const char *text = (const char *)sqlite3_column_text(statement, 0);
                result = text && strcmp(text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
        }
        (void)sqlite3_finalize(statement);
        return result == SQLITE_DONE ? SQLITE_CORRUPT : result;
}

/* The name that SQLite is to open: how a reader goes about it depends on what files there are.
 * Without a log nobody writes, and a reader need make no files; with one and its index, the reader
 * uses these. */
static void make_uri(const StateStore *store, const Files *files, bool read_only, char *uri)
{
        static const char DIGITS[] = "0123456789ABCDEF";
        char *end = stpcpy(uri, "file:");
        for (const char *byte = store->path; *byte; byte++) {
                unsigned value = (unsigned char)*byte;
                if (value != '%' && value != '?' && value != '#') {
                        *end++ = *byte;
                        continue;
                }
                *end++ = '%';
                *end++ = DIGITS[value >> 4];
                *end++ = DIGITS[value & 15];
        }
        *end = '\0';
        if (store->is_alone)
                (void)stpcpy(end, "?immutable=1");
        else if (read_only && files->exists[2])
                (void)stpcpy(end, "?readonly_shm=1");
}

static int set_up(StateStore *store, bool read_only, char *error, size_t error_size)
{
        static const char *const SETTINGS[] = { "PRAGMA journal_mode = WAL",
                                                "PRAGMA synchronous = FULL" };
        sqlite3 *connection = store->connection;
        int64_t version = 0;
        (void)sqlite3_busy_timeout(connection, BUSY_TIMEOUT_MS);
        int result = run(connection, "PRAGMA user_version", &version);
        if (result == SQLITE_OK && version > STATE_SCHEMA_VERSION) {
                (void)snprintf(error, error_size, "it was written by a later version");
                return STATE_STORE_NEWER;
        }
        if (result == SQLITE_OK && version != STATE_SCHEMA_VERSION)
                result = SQLITE_CORRUPT;
        if (result == SQLITE_OK && !read_only)
                result = check_pages(connection);
        for (size_t i = 0; i < 2 && result == SQLITE_OK && !read_only; i++)
                result = run(connection, SETTINGS[i], NULL);
        if (result == SQLITE_OK)
                result = state_rows_open(connection, read_only, &store->rows);
        return result == SQLITE_OK ? 0 : fail(store, result, error, error_size);
}

static int open_files(StateStore *store, const Files *files, bool read_only, char *error,
                      size_t error_size)
{
        char uri[URI_SIZE_MAX];
        bool has_log = files->exists[1] && (files->status[1].st_size > 0 || files->exists[2]);
        store->is_alone = read_only && !has_log;
        store->status = files->status[0];
        if (strlen(store->path) >= PATH_MAX)
                return -ENAMETOOLONG;
        make_uri(store, files, read_only, uri);
        int result =
                sqlite3_open_v2(uri, &store->connection,
                                SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                                        (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE),
                                NULL);
        return result == SQLITE_OK ? set_up(store, read_only, error, error_size)
                                   : fail(store, result, error, error_size);
}

int state_store_open(const char *directory, bool read_only, char *error, size_t error_size,
                     StateStore **ret_store)
{
        _cleanup_(state_store_closep) StateStore *store = calloc(1, sizeof(*store));
        if (!store)
                return -ENOMEM;
        if (asprintf(&store->path, "%s/" STATE_FILE, directory) < 0) {
                store->path = NULL;
                return -ENOMEM;
        }
        Files files;
        *error = '\0';
        int r = look_at_files(store->path, &files, error, error_size);
        if (r == STATE_STORE_ABSENT && !read_only) {
                r = make_new(directory, store->path, error, error_size);
                if (r == 0)
                        r = look_at_files(store->path, &files, error, error_size);
        }
        if (r == 0)
                r = open_files(store, &files, read_only, error, error_size);
        if (r < 0 && !*error)
                (void)snprintf(error, error_size, "%s", strerror(-r));
        if (r != 0)
                return r;
        *ret_store = store;
        store = NULL;
        return 0;
}

/* ---- Reading and writing ---- */

/* Whether somebody has begun to write what was read as if nobody could. */
static bool was_disturbed(const StateStore *store)
{
        struct stat status;
        return store->is_alone &&
               (stat(store->path, &status) < 0 || status.st_ino != store->status.st_ino ||
                status.st_size != store->status.st_size ||
                status.st_mtim.tv_sec != store->status.st_mtim.tv_sec ||
                status.st_mtim.tv_nsec != store->status.st_mtim.tv_nsec);
}

int state_store_read(StateStore *store, char *error, size_t error_size, LiveRecords **ret_records)
{
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        int result = state_rows_read(store->rows, &records);
        if (was_disturbed(store)) {
                (void)snprintf(error, error_size, "it was written meanwhile");
                return -EAGAIN;
        }
        if (result != SQLITE_OK)
                return fail(store, result, error, error_size);
        *ret_records = records;
        records = NULL;
        return 0;
}

int state_store_highest(StateStore *store, int64_t *ret_highest_s)
{
        int64_t highest_s;
        int result = state_rows_highest(store->rows, &highest_s);
        if (result == SQLITE_OK)
                *ret_highest_s = highest_s;
        return problem_of(result);
}

int state_store_anchor(StateStore *store, Text boot, int64_t *ret_realtime_s,
                       int64_t *ret_steady_ms)
{
        return problem_of(state_rows_anchor(store->rows, boot, ret_realtime_s, ret_steady_ms));
}

int state_store_covered(StateStore *store, int64_t *ret_row_id)
{
        int64_t row_id;
        int result = state_rows_covered(store->rows, &row_id);
        if (result == SQLITE_OK)
                *ret_row_id = row_id;
        return problem_of(result);
}

int state_store_each_report(StateStore *store, int (*each)(void *data, const LiveRecord *report),
                            void *data)
{
        int result = state_rows_each_report(store->rows, each, data);
        return result == SQLITE_OK ? 0 : problem_of(result);
}

/* A store that was removed or replaced would take changes that nobody ever finds again. */
static bool is_in_place(const StateStore *store)
{
        struct stat status;
        return stat(store->path, &status) == 0 && status.st_dev == store->status.st_dev &&
               status.st_ino == store->status.st_ino;
}

static int make_change(StateRows *rows, const StateChange *change)
{
        switch (change->kind) {
        case STATE_CHANGE_PUT:
                return state_rows_put(rows, &change->record);
        case STATE_CHANGE_REMOVE:
                return state_rows_remove(rows, change->record.kind, change->record.resource);
        case STATE_CHANGE_HIGHEST:
                return state_rows_set_highest(rows, &change->record);
        case STATE_CHANGE_COVERS:
                return state_rows_set_covered(rows, change->record.note.at_s);
        case STATE_CHANGE_SAVE_REPORT:
                return state_rows_save_report(rows, &change->record);
        case STATE_CHANGE_DELETE_REPORT:
                return state_rows_delete_report(rows, &change->record);
        default:
                return SQLITE_MISUSE;
        }
}

int state_store_write(StateStore *store, const StateChange *changes, size_t count, char *error,
                      size_t error_size)
{
        for (size_t i = 0; i < count; i++) {
                if (state_change_is_valid(&changes[i]) && changes[i].kind != STATE_CHANGE_RESET)
                        continue;
                (void)snprintf(error, error_size, "a change that cannot be stored");
                return -EINVAL;
        }
        if (!is_in_place(store)) {
                (void)snprintf(error, error_size, "the live state was removed or replaced");
                return -ENOENT;
        }
        int result = state_rows_begin(store->rows);
        for (size_t i = 0; i < count && result == SQLITE_OK; i++)
                result = make_change(store->rows, &changes[i]);
        if (result == SQLITE_OK)
                result = state_rows_seal(store->rows);
        if (result == SQLITE_OK)
                result = state_rows_commit(store->rows);
        if (result == SQLITE_OK)
                return 0;
        int r = fail(store, result, error, error_size);
        state_rows_rollback(store->rows);
        return r;
}
