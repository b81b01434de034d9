/* SPDX-License-Identifier: MIT */
/*
 * Events and sessions in a child: the journal, read over a read-only connection. Events are read in
 * chunks, so that a slow reader never holds the database open; following means looking again
 * whenever PRAGMA data_version says that somebody has written.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "daemon/journal_database.h"
#include "daemon/report_child.h"
#include "util/timestamp.h"

#define CHUNK          256 /* rows read at once */
#define FOLLOW_WAIT_MS 200
#define BUSY_MS        2000
#define SYNC_WAIT_MS   2000 /* a journal that hangs must not keep its past from being read */
#define SQL_SIZE_MAX   2048

#define FIRST_TEXT_COLUMN 6 /* behind id, time, caller_uid, caller_pid, observed, would_deny */

static void close_connection(sqlite3 **connection)
{
        (void)sqlite3_close(*connection);
}

static void finalize(sqlite3_stmt **statement)
{
        (void)sqlite3_finalize(*statement);
}

static void wait_until_synced(void)
{
        struct pollfd poller = { .fd = REPORT_FD_SYNCED };
        while (poll(&poller, 1, SYNC_WAIT_MS) < 0 && errno == EINTR)
                ;
}

static int open_journal(const Report *report, sqlite3 **ret_connection)
{
        char path[4096];
        wait_until_synced();
        if (snprintf(path, sizeof(path), "%s/%s", report->state, JOURNAL_FILE) >= (int)sizeof(path))
                return -ENAMETOOLONG;
        int result = sqlite3_open_v2(path, ret_connection,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
        (void)sqlite3_busy_timeout(*ret_connection, BUSY_MS);
        return result == SQLITE_OK ? 0 : -EIO;
}

static Text column_text(sqlite3_stmt *statement, int column)
{
        const unsigned char *data = sqlite3_column_text(statement, column);
        return (Text){ (const char *)data,
                       data ? (size_t)sqlite3_column_bytes(statement, column) : 0 };
}

static void add_time(ReportOutput *output, const char *name, int64_t time_s)
{
        char text[TIMESTAMP_TEXT_SIZE];
        report_output_pair(output, name, text_from(timestamp_format(time_s, text)));
}

static int send_event(ReportOutput *output, sqlite3_stmt *statement)
{
        report_output_begin(output);
        report_output_number(output, "id", sqlite3_column_int64(statement, 0));
        add_time(output, "time", sqlite3_column_int64(statement, 1));
        report_output_number(output, "caller_uid", sqlite3_column_int64(statement, 2));
        report_output_number(output, "caller_pid", sqlite3_column_int64(statement, 3));
        if (sqlite3_column_int(statement, 4))
                report_output_pair(output, "observed", TEXT_LITERAL("true"));
        if (sqlite3_column_int(statement, 5))
                report_output_pair(output, "would_deny", TEXT_LITERAL("true"));
        for (int i = 0; i < JOURNAL_TEXT_COUNT; i++)
                report_output_pair(output, journal_text_columns[i],
                                   column_text(statement, FIRST_TEXT_COLUMN + i));
        return report_output_send(output);
}

/* The filter's texts are parameters; its flags change the statement. */
static void make_sql(const Report *report, char *sql, size_t size)
{
        const Message *message = report->message;
        Text ignored;
        size_t used = (size_t)snprintf(
                sql, size, "SELECT id, time, caller_uid, caller_pid, observed, would_deny");
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                used += (size_t)snprintf(sql + used, size - used, ", %s", journal_text_columns[i]);
        (void)snprintf(sql + used, size - used,
                       " FROM events WHERE id > ?1 AND time >= ?2%s%s%s%s "
                       "ORDER BY id LIMIT %d",
                       message_text(message, FIELD_USER, &ignored) ? " AND ?3 IN (subject, user)"
                                                                   : "",
                       message_text(message, FIELD_RESOURCE, &ignored) ? " AND resource = ?4" : "",
                       message_flag(message, FIELD_DENIED)
                               ? " AND decision IN ('deny', 'refused', 'error')"
                               : "",
                       message_flag(message, FIELD_WOULD_DENY) ? " AND would_deny" : "", CHUNK);
}

static void bind_filter(const Report *report, sqlite3_stmt *statement)
{
        Text text;
        int64_t since_s = 0;
        (void)message_time(report->message, FIELD_SINCE, &since_s);
        (void)sqlite3_bind_int64(statement, 2, since_s);
        if (message_text(report->message, FIELD_USER, &text))
                (void)sqlite3_bind_text(statement, 3, text.data, (int)text.size, SQLITE_STATIC);
        if (message_text(report->message, FIELD_RESOURCE, &text))
                (void)sqlite3_bind_text(statement, 4, text.data, (int)text.size, SQLITE_STATIC);
}

/* Sends the next rows behind *last_id and moves it. Return: how many, -errno. */
static int send_chunk(const Report *report, sqlite3_stmt *statement, int64_t *last_id)
{
        int count = 0, result, r = 0;
        (void)sqlite3_bind_int64(statement, 1, *last_id);
        while (r == 0 && (result = sqlite3_step(statement)) == SQLITE_ROW) {
                *last_id = sqlite3_column_int64(statement, 0);
                r = send_event(report->output, statement);
                count++;
        }
        (void)sqlite3_reset(statement);
        if (r < 0)
                return r;
        return result == SQLITE_DONE ? count : -EIO;
}

static int64_t number_of(sqlite3 *connection, const char *sql)
{
        _cleanup_(finalize) sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) != SQLITE_OK ||
            sqlite3_step(statement) != SQLITE_ROW)
                return -1;
        return sqlite3_column_int64(statement, 0);
}

/* Waits until somebody has written. Return: 0; -ECONNRESET when the reader has gone; -ESTALE when
 * the journal has been moved aside: what is written from then on stands in another one. */
static int wait_for_rows(const Report *report, sqlite3 *connection, int64_t *version)
{
        for (;;) {
                struct pollfd poller = { .fd = report->output->fd };
                int moved = 0;
                if (poll(&poller, 1, FOLLOW_WAIT_MS) > 0)
                        return -ECONNRESET;
                if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved) !=
                            SQLITE_OK ||
                    moved)
                        return -ESTALE;
                int64_t now = number_of(connection, "PRAGMA data_version");
                if (now != *version) {
                        *version = now;
                        return 0;
                }
        }
}

static int stream(const Report *report, sqlite3 *connection, sqlite3_stmt *statement)
{
        bool follow = message_flag(report->message, FIELD_FOLLOW);
        int64_t last_id = 0, ignored;
        /* Without --since, following begins now. */
        if (follow && !message_time(report->message, FIELD_SINCE, &ignored))
                last_id = number_of(connection, "SELECT coalesce(max(id), 0) FROM events");
        int64_t version = number_of(connection, "PRAGMA data_version");
        for (;;) {
                int count = send_chunk(report, statement, &last_id);
                if (count < 0)
                        return count;
                if (count == CHUNK)
                        continue;
                if (!follow)
                        return report_output_end(report->output, 0, NULL);
                int r = wait_for_rows(report, connection, &version);
                if (r < 0)
                        return r;
        }
}

static int refuse(const Report *report)
{
        return report_output_refuse(report->output, "journal-failed", 3,
                                    "The journal cannot be read.");
}

int report_events(const Report *report)
{
        _cleanup_(close_connection) sqlite3 *connection = NULL;
        _cleanup_(finalize) sqlite3_stmt *statement = NULL;
        char sql[SQL_SIZE_MAX];
        make_sql(report, sql, sizeof(sql));
        if (open_journal(report, &connection) < 0 ||
            sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) != SQLITE_OK)
                return refuse(report);
        bind_filter(report, statement);
        return stream(report, connection, statement);
}

static int send_session(ReportOutput *output, sqlite3_stmt *statement)
{
        static const char *const names[] = { "user",        "subject",  "service",
                                             "remote_host", "terminal", "decision_id" };
        report_output_begin(output);
        for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++)
                report_output_pair(output, names[i], column_text(statement, i));
        add_time(output, "since", sqlite3_column_int64(statement, 6));
        int64_t pid = sqlite3_column_int64(statement, 7);
        report_output_number(output, "pid", pid);
        if (pid > 0 && kill((pid_t)pid, 0) < 0 && errno == ESRCH)
                report_output_pair(output, "gone", TEXT_LITERAL("true"));
        return report_output_send(output);
}

int report_sessions(const Report *report)
{
        _cleanup_(close_connection) sqlite3 *connection = NULL;
        _cleanup_(finalize) sqlite3_stmt *statement = NULL;
        static const char sql[] = "SELECT user, subject, service, remote_host, terminal, "
                                  "decision_id, opened, pid FROM sessions ORDER BY id";
        if (open_journal(report, &connection) < 0 ||
            sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) != SQLITE_OK)
                return refuse(report);
        int result;
        while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
                int r = send_session(report->output, statement);
                if (r < 0)
                        return r;
        }
        return result == SQLITE_DONE ? report_output_end(report->output, 0, NULL) : refuse(report);
}
