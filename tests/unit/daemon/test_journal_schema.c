/* SPDX-License-Identifier: MIT */
/* Tests of journal_schema.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "daemon/journal_schema.h"

static void the_statements_of_every_report_use_an_index(void **state)
{
        static const struct {
                const char *sql, *index;
        } cases[] = {
                { "EXPLAIN QUERY PLAN SELECT id, why FROM events INDEXED BY events_by_time WHERE "
                  "time >= 5 AND (time > 5 OR "
                  "id > 7) AND id <= 9 AND time < 11 AND class IN (0, 1) AND site >= 'a/' AND "
                  "site < 'a0' ORDER BY time, id LIMIT 256",
                  "SEARCH events USING INDEX events_by_time (time>? AND time<?)" },
                { "EXPLAIN QUERY PLAN SELECT id FROM events WHERE class = 1 AND time < 7 AND id < "
                  "(SELECT max(id) FROM events) ORDER BY time LIMIT 5",
                  "SEARCH events USING COVERING INDEX events_by_class (class=? AND time<?)" },
        };
        sqlite3 *connection;
        int64_t next_id;
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(journal_schema_prepare(connection, &next_id), 0);
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                sqlite3_stmt *statement;
                assert_int_equal(sqlite3_prepare_v2(connection, cases[i].sql, -1, &statement, NULL),
                                 SQLITE_OK);
                assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
                assert_string_equal((const char *)sqlite3_column_text(statement, 3),
                                    cases[i].index);
                sqlite3_finalize(statement);
        }
        sqlite3_close(connection);
}

/* Version 2 looked so, but for the texts. */
static const char version_2[] =
        "CREATE TABLE events(id INTEGER PRIMARY KEY, time INTEGER NOT NULL);"
        "CREATE TABLE sessions(id INTEGER PRIMARY KEY);"
        "INSERT INTO events(id, time) VALUES(41, 7);"
        "PRAGMA user_version = 2;";

static void rows_put_aside_go_when_nothing_is_left_of_them(void **state)
{
        sqlite3 *connection;
        int64_t next_id, exists;
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, version_2, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(journal_schema_prepare(connection, &next_id), 0);
        assert_int_equal(next_id, 42);
        assert_int_equal(sqlite3_exec(connection, "DELETE FROM old_events", NULL, NULL, NULL),
                         SQLITE_OK);
        /* Not while the new table is empty: its ids would begin anew. */
        assert_int_equal(journal_schema_prepare(connection, &next_id), 0);
        assert_int_equal(journal_schema_run(connection, JOURNAL_OLD_EXISTS, &exists), SQLITE_OK);
        assert_int_equal(exists, 1);
        sqlite3_close(connection);
}

/* Version 3 looked so, but for most texts; it may have rows of an older one beside. */
static const char version_3[] =
        "CREATE TABLE events(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, after TEXT NOT NULL);"
        "CREATE TABLE old_events(id INTEGER PRIMARY KEY, time INTEGER NOT NULL);"
        "CREATE TABLE sessions(id INTEGER PRIMARY KEY, started INTEGER NOT NULL DEFAULT 0);"
        "INSERT INTO events(id, time, after) VALUES(41, 7, 'a role');"
        "INSERT INTO old_events(id, time) VALUES(3, 5);"
        "INSERT INTO sessions(id, started) VALUES(41, 9);"
        "PRAGMA user_version = 3;";

static void rows_of_version_3_stay_where_they_are(void **state)
{
        static const struct {
                const char *sql;
                int64_t expected;
        } cases[] = {
                { "SELECT count(*) FROM events WHERE id = 41 AND gateway || occurred = '' AND "
                  "after = 'a role'",
                  1 },
                { "SELECT count(*) FROM old_events WHERE id = 3 AND gateway || occurred = ''", 1 },
                { "SELECT started FROM sessions", 9 },
                { "SELECT count(*) FROM commands", 0 },
                { "SELECT count(*) FROM gateways", 0 },
                { "PRAGMA user_version", 4 },
        };
        sqlite3 *connection;
        int64_t next_id, number;
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, version_3, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(journal_schema_prepare(connection, &next_id), 0);
        assert_int_equal(next_id, 42);
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                assert_int_equal(journal_schema_run(connection, cases[i].sql, &number), SQLITE_OK);
                assert_int_equal(number, cases[i].expected);
        }
        /* Once more, nothing is left to do. */
        assert_int_equal(journal_schema_prepare(connection, &next_id), 0);
        sqlite3_close(connection);
}

static void a_version_3_without_older_rows_is_brought_up(void **state)
{
        sqlite3 *connection;
        int64_t next_id, number;
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, version_3, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(journal_schema_run(connection, "DROP TABLE old_events", NULL), SQLITE_OK);
        assert_int_equal(journal_schema_prepare(connection, &next_id), 0);
        assert_int_equal(journal_schema_run(connection,
                                            "SELECT count(*) FROM events WHERE occurred = ''",
                                            &number),
                         SQLITE_OK);
        assert_int_equal(number, 1);
        sqlite3_close(connection);
}

static void a_version_3_that_cannot_be_brought_up_stays_as_it_is(void **state)
{
        sqlite3 *connection;
        int64_t next_id, number;
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, version_3, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(journal_schema_run(connection, "CREATE TABLE gateways(x)", NULL),
                         SQLITE_OK);
        assert_int_equal(journal_schema_prepare(connection, &next_id), -EIO);
        assert_int_equal(journal_schema_run(connection, "ROLLBACK", NULL), SQLITE_OK);
        assert_int_equal(journal_schema_run(connection, "PRAGMA user_version", &number), SQLITE_OK);
        assert_int_equal(number, 3);
        assert_int_equal(journal_schema_run(connection,
                                            "SELECT count(*) FROM pragma_table_info('events') "
                                            "WHERE name = 'gateway'",
                                            &number),
                         SQLITE_OK);
        assert_int_equal(number, 0);
        sqlite3_close(connection);
}

static void a_later_version_is_not_touched(void **state)
{
        sqlite3 *connection;
        int64_t next_id, version;
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, "PRAGMA user_version = 5", NULL, NULL, NULL),
                         SQLITE_OK);
        assert_int_equal(journal_schema_prepare(connection, &next_id), JOURNAL_DATABASE_NEWER);
        assert_int_equal(journal_schema_run(connection, "PRAGMA user_version", &version),
                         SQLITE_OK);
        assert_int_equal(version, 5);
        sqlite3_close(connection);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_statements_of_every_report_use_an_index),
                cmocka_unit_test(rows_put_aside_go_when_nothing_is_left_of_them),
                cmocka_unit_test(rows_of_version_3_stay_where_they_are),
                cmocka_unit_test(a_version_3_without_older_rows_is_brought_up),
                cmocka_unit_test(a_version_3_that_cannot_be_brought_up_stays_as_it_is),
                cmocka_unit_test(a_later_version_is_not_touched),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
