/* SPDX-License-Identifier: MIT */
/*
 * Events in a child: the journal, read over a read-only connection. Rows are read in chunks, so
 * that a slow reader never holds the database open; following means looking again whenever PRAGMA
 * data_version says that somebody has written. Who follows may lose the right to: the daemon then
 * says so over a pipe, and that is the last thing the reader is told.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "daemon/journal_schema.h"
#include "daemon/report_filter.h"
#include "daemon/report_journal.h"
#include "util/timestamp.h"

#define FOLLOW_WAIT_MS 200
#define STATUS_DENIED  1

enum {
        EVENTS_ENDED = 1, /* the reader has been told that he may not go on */
};

static int send_event(const ReportFilter *filter, ReportOutput *output, sqlite3_stmt *statement)
{
        const char *name;
        bool is_flag;
        report_output_begin(output);
        report_output_number(output, "id", sqlite3_column_int64(statement, 0));
        report_journal_time(output, "time", sqlite3_column_int64(statement, 1));
        for (int i = 2; (name = report_filter_column(filter->is_restricted, i, &is_flag)); i++) {
                if (!is_flag)
                        report_output_pair(output, name, report_journal_text(statement, i));
                else if (sqlite3_column_int(statement, i))
                        report_output_pair(output, name, TEXT_LITERAL("true"));
        }
        return report_output_send(output);
}

/* Whether the daemon has ended it; then the reader is told. Return: 0, EVENTS_ENDED, -errno. */
static int check_control(const Report *report)
{
        struct pollfd poller = { .fd = REPORT_FD_CONTROL, .events = POLLIN };
        char why[REPORT_WHY_SIZE] = "";
        if (!report->has_control || poll(&poller, 1, 0) <= 0)
                return 0;
        ssize_t size = read(REPORT_FD_CONTROL, why, sizeof(why) - 1);
        why[size > 0 ? size : 0] = '\0';
        int r = report_output_end(report->output, STATUS_DENIED, why);
        return r < 0 ? r : EVENTS_ENDED;
}

/* Sends the next rows and moves the cursor. Return: 0 and how many; EVENTS_ENDED; -errno. */
static int send_chunk(const Report *report, const ReportFilter *filter, sqlite3_stmt *statement,
                      ReportCursor *cursor, int *ret_count)
{
        int count = 0, result, r = 0;
        report_filter_bind(filter, statement, cursor);
        while (r == 0 && (result = sqlite3_step(statement)) == SQLITE_ROW) {
                cursor->id = sqlite3_column_int64(statement, 0);
                cursor->time_s = sqlite3_column_int64(statement, 1);
                r = check_control(report);
                if (r == 0)
                        r = send_event(filter, report->output, statement);
                /* What he is shown next is decided anew. */
                if (r == 0 && report->has_control)
                        r = report_output_flush(report->output);
                count++;
        }
        (void)sqlite3_reset(statement);
        *ret_count = count;
        return r != 0 ? r : result == SQLITE_DONE ? 0 : -EIO;
}

/* All rows of a source, from the cursor on. Return: 0, EVENTS_ENDED, -errno. */
static int send_all(const Report *report, const ReportFilter *filter, sqlite3 *connection,
                    ReportSource source, ReportCursor *cursor)
{
        _cleanup_(journal_schema_finalize) sqlite3_stmt *statement = NULL;
        int count = REPORT_CHUNK, r = 0;
        if (report_filter_prepare(filter, connection, source, &statement) != SQLITE_OK)
                return -EIO;
        while (r == 0 && count == REPORT_CHUNK)
                r = send_chunk(report, filter, statement, cursor, &count);
        return r;
}

/* Waits until somebody has written. Return: 0; EVENTS_ENDED; -ECONNRESET when the reader has gone;
 * -ESTALE when the journal has been moved aside: what is written from then on stands in another
 * one. */
static int wait_for_rows(const Report *report, sqlite3 *connection, int64_t *version)
{
        for (;;) {
                struct pollfd pollers[] = { { .fd = report->output->fd },
                                            { .fd = REPORT_FD_CONTROL, .events = POLLIN } };
                int moved = 0;
                (void)poll(pollers, report->has_control ? 2 : 1, FOLLOW_WAIT_MS);
                int r = check_control(report);
                if (r != 0)
                        return r;
                if (pollers[0].revents)
                        return -ECONNRESET;
                if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved) !=
                            SQLITE_OK ||
                    moved)
                        return -ESTALE;
                int64_t now = report_journal_number(connection, "PRAGMA data_version");
                if (now != *version) {
                        *version = now;
                        return 0;
                }
        }
}

/* What has happened already, in the order of time. */
static int send_past(const Report *report, const ReportFilter *filter, sqlite3 *connection,
                     int64_t id_max)
{
        ReportCursor old = { 0 };
        int r = 0;
        if (report_journal_number(connection, JOURNAL_OLD_EXISTS) == 1)
                r = send_all(report, filter, connection, REPORT_OF_OLD, &old);
        ReportCursor past = { .time_s = filter->since_s, .id_max = id_max };
        return r != 0 ? r : send_all(report, filter, connection, REPORT_OF_PAST, &past);
}

static int follow(const Report *report, const ReportFilter *filter, sqlite3 *connection,
                  int64_t id_max, int64_t version)
{
        ReportCursor cursor = { .id = id_max };
        for (;;) {
                int r = send_all(report, filter, connection, REPORT_OF_NEW, &cursor);
                if (r == 0)
                        r = wait_for_rows(report, connection, &version);
                if (r != 0)
                        return r;
        }
}

static int stream(const Report *report, const ReportFilter *filter, sqlite3 *connection)
{
        bool follows = message_flag(report->message, FIELD_FOLLOW);
        int64_t ignored, version = report_journal_number(connection, "PRAGMA data_version");
        int64_t id_max =
                report_journal_number(connection, "SELECT coalesce(max(id), 0) FROM events");
        if (version < 0 || id_max < 0)
                return report_journal_refuse(report);
        int r = 0;
        /* Without --since, following begins now. */
        if (!follows || message_time(report->message, FIELD_SINCE, &ignored))
                r = send_past(report, filter, connection, id_max);
        if (r == 0)
                r = follows ? follow(report, filter, connection, id_max, version)
                            : report_output_end(report->output, 0, NULL);
        return r == EVENTS_ENDED ? 0 : r;
}

int report_events(const Report *report)
{
        _cleanup_(report_journal_close) sqlite3 *connection = NULL;
        ReportFilter filter;
        if (report_filter_read(report->message, report->is_restricted, &filter) < 0)
                return report_output_refuse(report->output, "malformed-query", 3,
                                            "A site or a door is needed.");
        if (report_journal_open(report, &connection) < 0)
                return report_journal_refuse(report);
        return stream(report, &filter, connection);
}
