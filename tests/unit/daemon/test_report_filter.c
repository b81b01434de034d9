/* SPDX-License-Identifier: MIT */
/* Tests of report_filter.c: its statements on a small journal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "daemon/journal_class.h"
#include "daemon/journal_schema.h"
#include "daemon/report_filter.h"

/* Rows by their id; time is 100 * id. */
static const struct {
        const char *kind, *resource, *subject, *decision;
} rows[] = {
        { "unlock", "door:acme/HQ/D1", "ben", "allow" },
        { "unlock", "door:acme/HQ/Tower/D3", "ben", "deny" },
        { "enter", "door:acme/HQ-old/D9", "ben", "allow" },
        { "unlock", "door:acme/HQ0/D9", "ben", "allow" },
        { "unlock", "door:other/HQ/D1", "olga", "allow" },
        { "account", "host:acme/HQ/gw-1", "vera", "allow" },
        { "ask", "door:acme/HQ/D1", "nora", "deny" },
        { "alarm", "door:acme/HQ/D1", "root", "done" },
        { "change", "site:acme/HQ", "sam", "allow" },
        { "unlock", "door:acme/HQ/D1", "nora", "deny" },
        { "session-open", "", "vera", "allow" },
};
#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static void insert(sqlite3 *connection, const char *table, size_t at)
{
        char sql[4096], insert_sql[JOURNAL_SQL_SIZE_MAX], buffer[256];
        Text site = journal_site(text_from(rows[at].resource), buffer);
        bool old = strcmp(table, "events") != 0;
        journal_schema_insert(insert_sql, sizeof(insert_sql));
        (void)snprintf(
                sql, sizeof(sql),
                "INSERT INTO %s(id, time, caller_uid, caller_pid, observed, would_deny, %s kind, "
                "decision_id, subject, identified, user, caller_name, service, action, resource, "
                "decision, reason, granted_by, place, revision, remote_user, remote_host, "
                "terminal, why, before, after, gateway, occurred) VALUES(%zu, %zu, 1, 2, 0, 0, %s "
                "'%s', '', '%s', '', "
                "'', '', '', '', '%s', '%s', '', 'secret', 'f:1', '', '', '', '', '', '', '', 'gw "
                "#1', '')",
                table, old ? "" : "class, site,", at + 1, 100 * (at + 1), old ? "" : "0 + ?1, ?2,",
                rows[at].kind, rows[at].subject, rows[at].resource, rows[at].decision);
        sqlite3_stmt *statement;
        assert_int_equal(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL), SQLITE_OK);
        if (!old) {
                sqlite3_bind_int(statement, 1, (int)journal_class(text_from(rows[at].kind)));
                sqlite3_bind_text(statement, 2, site.data ? site.data : "", (int)site.size,
                                  SQLITE_TRANSIENT);
        }
        assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_finalize(statement);
}

static int setup(void **state)
{
        sqlite3 *connection;
        int64_t next_id;
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(journal_schema_prepare(connection, &next_id), 0);
        assert_int_equal(next_id, 1);
        assert_int_equal(sqlite3_exec(connection,
                                      "CREATE TABLE old_events AS SELECT * FROM events; "
                                      "ALTER TABLE old_events DROP COLUMN class; "
                                      "ALTER TABLE old_events DROP COLUMN site",
                                      NULL, NULL, NULL),
                         SQLITE_OK);
        for (size_t i = 0; i < ROW_COUNT; i++) {
                insert(connection, "events", i);
                insert(connection, "old_events", i);
        }
        *state = connection;
        return 0;
}

static int teardown(void **state)
{
        return sqlite3_close(*state);
}

typedef struct Ask {
        const char *resource, *door, *user;
        bool denied;
        int64_t since_s, until_s;
} Ask;

static void make_message(const Ask *ask, uint8_t *frame, size_t capacity, Message *ret_message)
{
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, capacity, MESSAGE_EVENTS, 1, 0);
        if (ask->user)
                message_write_text(&writer, FIELD_USER, text_from(ask->user));
        if (ask->resource)
                message_write_text(&writer, FIELD_RESOURCE, text_from(ask->resource));
        if (ask->door)
                message_write_text(&writer, FIELD_WITH, text_from(ask->door));
        if (ask->since_s)
                message_write_time(&writer, FIELD_SINCE, ask->since_s);
        if (ask->denied)
                message_write_flag(&writer, FIELD_DENIED);
        if (ask->until_s)
                message_write_time(&writer, FIELD_UNTIL, ask->until_s);
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(frame, size, ret_message), 0);
}

/* The ids of the rows that a source gives. */
static void expect_from(sqlite3 *connection, ReportSource source, bool restricted, const Ask *ask,
                        const char *expected)
{
        static ReportFilter filter;
        uint8_t frame[4096];
        Message message;
        sqlite3_stmt *statement;
        char ids[128] = "";
        make_message(ask, frame, sizeof(frame), &message);
        assert_int_equal(report_filter_read(&message, restricted, &filter), 0);
        assert_int_equal(report_filter_prepare(&filter, connection, source, &statement), SQLITE_OK);
        report_filter_bind(&filter, statement,
                           &(ReportCursor){ .time_s = filter.since_s, .id_max = 1000 });
        while (sqlite3_step(statement) == SQLITE_ROW) {
                size_t used = strlen(ids);
                (void)snprintf(ids + used, sizeof(ids) - used, "%s%d", used ? " " : "",
                               sqlite3_column_int(statement, 0));
        }
        sqlite3_finalize(statement);
        assert_string_equal(ids, expected);
}

static void expect(void **state, bool restricted, Ask ask, const char *expected)
{
        expect_from(*state, REPORT_OF_PAST, restricted, &ask, expected);
        expect_from(*state, REPORT_OF_OLD, restricted, &ask, expected);
        if (ask.since_s == 0)
                expect_from(*state, REPORT_OF_NEW, restricted, &ask, expected);
}

static void a_person_sees_movements_and_sessions_of_his_site_only(void **state)
{
        expect(state, true, (Ask){ .resource = "site:acme/HQ" }, "1 2 6 10");
        expect(state, true, (Ask){ .resource = "site:acme/HQ/Tower" }, "2");
        expect(state, true, (Ask){ .resource = "site:acme/HQ-old" }, "3");
        expect(state, true, (Ask){ .resource = "site:other/HQ" }, "5");
        expect(state, true, (Ask){ .resource = "site:acme/H" }, "");
        expect(state, true, (Ask){ .resource = "door:acme/HQ/D1" }, "1 10");
        expect(state, true, (Ask){ .resource = "site:acme/HQ", .door = "door:other/HQ/D1" }, "");
}

static void root_sees_everything(void **state)
{
        expect(state, false, (Ask){ 0 }, "1 2 3 4 5 6 7 8 9 10 11");
        expect(state, false, (Ask){ .resource = "site:acme/HQ" }, "1 2 6 7 8 9 10");
        expect(state, false, (Ask){ .resource = "door:acme/HQ/D1" }, "1 7 8 10");
}

static void filters_narrow(void **state)
{
        expect(state, true, (Ask){ .resource = "site:acme/HQ", .denied = true }, "2 10");
        expect(state, true, (Ask){ .resource = "site:acme/HQ", .user = "nora" }, "10");
        expect(state, true, (Ask){ .resource = "site:acme/HQ", .door = "door:acme/HQ/D1" }, "1 10");
        /* From then on, and before. */
        expect(state, true, (Ask){ .resource = "site:acme/HQ", .since_s = 200, .until_s = 1000 },
               "2 6");
        expect(state, true, (Ask){ .resource = "site:acme/HQ", .since_s = 201, .until_s = 1001 },
               "6 10");
}

static void rows_of_an_older_version_are_filtered_alike(void **state)
{
        for (size_t i = 0; i < ROW_COUNT; i++) {
                Ask ask = { .resource = rows[i].resource };
                static ReportFilter filter;
                uint8_t frame[4096];
                Message message;
                sqlite3_stmt *statement;
                int counts[2] = { 0, 0 };
                if (strncmp(ask.resource, "door:", 5) != 0)
                        continue;
                make_message(&ask, frame, sizeof(frame), &message);
                assert_int_equal(report_filter_read(&message, true, &filter), 0);
                for (int source = 0; source < 2; source++) {
                        assert_int_equal(
                                report_filter_prepare(&filter, *state,
                                                      source ? REPORT_OF_PAST : REPORT_OF_OLD,
                                                      &statement),
                                SQLITE_OK);
                        report_filter_bind(
                                &filter, statement,
                                &(ReportCursor){ .time_s = filter.since_s, .id_max = 1000 });
                        while (sqlite3_step(statement) == SQLITE_ROW)
                                counts[source]++;
                        sqlite3_finalize(statement);
                }
                assert_int_equal(counts[0], counts[1]);
                assert_true(counts[0] > 0);
        }
}

static void texts_of_a_request_are_values_and_never_sql(void **state)
{
        static const char *const texts[] = {
                "' OR 1=1 --", "%", "_", "*", "x' UNION SELECT 1 --", "?10", "\" OR \"\"=\""
        };
        for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
                expect(state, true, (Ask){ .resource = "site:acme/HQ", .user = texts[i] }, "");
                expect(state, true, (Ask){ .resource = "site:acme/HQ", .door = texts[i] }, "");
                expect(state, false, (Ask){ .resource = texts[i] }, "");
        }
}

static void who_is_not_root_names_a_site_or_a_door(void **state)
{
        static const char *const others[] = {
                NULL, "organization:acme", "host:acme/HQ/gw-1", "user:acme/ben", "site:", "' OR 1",
                ""
        };
        static ReportFilter filter;
        uint8_t frame[4096];
        Message message;
        for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
                make_message(&(Ask){ .resource = others[i] }, frame, sizeof(frame), &message);
                assert_int_equal(report_filter_read(&message, true, &filter), -EINVAL);
                assert_int_equal(report_filter_read(&message, false, &filter), 0);
        }
}

static void columns_of_persons_hold_no_place_and_no_process(void **state)
{
        static const char *const hidden[] = {
                "caller_uid", "caller_pid",  "granted_by",  "place",
                "why",        "remote_host", "remote_user", "before",
                "after",      "identified",  "caller_name", "gateway"
        };
        bool is_flag;
        const char *name;
        int count = 0;
        for (int i = 2; (name = report_filter_column(true, i, &is_flag)); i++, count++)
                for (size_t k = 0; k < sizeof(hidden) / sizeof(*hidden); k++)
                        assert_string_not_equal(name, hidden[k]);
        assert_int_equal(count, 12);
        for (int i = 2; report_filter_column(false, i, &is_flag); i++)
                count++;
        assert_int_equal(count, 12 + 4 + JOURNAL_TEXT_COUNT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_person_sees_movements_and_sessions_of_his_site_only),
                TEST(root_sees_everything),
                TEST(filters_narrow),
                TEST(rows_of_an_older_version_are_filtered_alike),
                TEST(texts_of_a_request_are_values_and_never_sql),
                TEST(who_is_not_root_names_a_site_or_a_door),
                TEST(columns_of_persons_hold_no_place_and_no_process),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
