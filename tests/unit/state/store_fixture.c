/* SPDX-License-Identifier: MIT */
/* Stores for tests: see store_fixture.h. */
#include "store_fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "scratch.h"
#include "util/file.h"
#include "util/timestamp.h"

char error[256];

char *path_of(const char *folder, const char *name)
{
        char *path;
        assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
        return path;
}

bool exists(const char *folder, const char *name)
{
        _cleanup_free_ char *path = path_of(folder, name);
        struct stat status;
        return lstat(path, &status) == 0;
}

StateChange put_change(LiveKind kind, const char *resource)
{
        return (StateChange){
                STATE_CHANGE_PUT,
                { .kind = kind,
                  .resource = text_from(resource),
                  .note = { .at_s = 1700000000,
                            .by = TEXT_LITERAL("ann"),
                            .why = TEXT_LITERAL("badge \"lost\""),
                            .decision_id = TEXT_LITERAL("0123456789abcdef0123456789abcdef") },
                  .from_s = TIMESTAMP_MIN,
                  .until_s = kind == LIVE_SUSPENSION ? TIMESTAMP_MAX : 1800000000,
                  .state = DOOR_STATE_CARD_AND_CODE },
        };
}

StateStore *open_store(const char *folder)
{
        StateStore *store = NULL;
        int r = state_store_open(folder, false, error, sizeof(error), &store);
        if (r != 0)
                fail_msg("%d: %s", r, error);
        return store;
}

void write_changes(StateStore *store, const StateChange *changes, size_t count)
{
        int r = state_store_write(store, changes, count, error, sizeof(error));
        if (r != 0)
                fail_msg("%d: %s", r, error);
}

/* Reads through a new connection. */
int reread(const char *folder, bool read_only, LiveRecords **ret_records)
{
        _cleanup_(state_store_closep) StateStore *store = NULL;
        int r = state_store_open(folder, read_only, error, sizeof(error), &store);
        return r != 0 ? r : state_store_read(store, error, sizeof(error), ret_records);
}

void run_sql(const char *folder, const char *sql)
{
        _cleanup_free_ char *path = path_of(folder, STATE_FILE);
        sqlite3 *connection;
        assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(connection), SQLITE_OK);
}

void fill(const char *folder, unsigned count)
{
        StateStore *store = open_store(folder);
        for (unsigned i = 0; i < count; i++) {
                char name[32];
                (void)snprintf(name, sizeof(name), "user:acme/u%u", i);
                StateChange change = put_change(LIVE_SUSPENSION, name);
                write_changes(store, &change, 1);
        }
        (void)state_store_close(store);
}

/* Reads, changes and writes the bytes of the store. */
size_t load(const char *folder, char **ret_bytes)
{
        _cleanup_close_ int fd = open(folder, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
        size_t size;
        assert_int_equal(file_read(fd, STATE_FILE, 1 << 24, ret_bytes, &size, NULL), 0);
        return size;
}

void save(const char *folder, const char *bytes, size_t size)
{
        _cleanup_free_ char *path = path_of(folder, STATE_FILE);
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(file_write_all(fd, bytes, size), 0);
}

void remove_logs(const char *folder)
{
        static const char *const NAMES[] = { STATE_FILE "-wal", STATE_FILE "-shm" };
        for (size_t i = 0; i < 2; i++) {
                _cleanup_free_ char *path = path_of(folder, NAMES[i]);
                (void)unlink(path);
        }
}

int make_folder(void **state)
{
        char template[] = "/tmp/doorward-state-XXXXXX";
        *state = mkdtemp(template) ? strdup(template) : NULL;
        return *state ? 0 : -1;
}

int remove_folder(void **state)
{
        scratch_remove(*state);
        free(*state);
        return 0;
}
