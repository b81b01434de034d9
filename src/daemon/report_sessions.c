/* SPDX-License-Identifier: MIT */
/* Open sessions, in a child: the journal's table of them, read over a read-only connection. */
#include <errno.h>
#include <signal.h>

#include "daemon/journal_schema.h"
#include "daemon/process.h"
#include "daemon/report_journal.h"

/* Whether the process that opened a session is gone; one that began at another time is another. */
static bool is_gone(pid_t pid, int64_t started)
{
        if (kill(pid, 0) < 0 && errno == ESRCH)
                return true;
        int64_t now;
        return started != 0 && process_started(pid, &now) == 0 && now != started;
}

static int send_session(ReportOutput *output, sqlite3_stmt *statement)
{
        static const char *const names[] = { "user",        "subject",  "service",
                                             "remote_host", "terminal", "decision_id" };
        report_output_begin(output);
        for (int i = 0; i < (int)(sizeof(names) / sizeof(*names)); i++)
                report_output_pair(output, names[i], report_journal_text(statement, i));
        report_journal_time(output, "since", sqlite3_column_int64(statement, 6));
        int64_t pid = sqlite3_column_int64(statement, 7);
        report_output_number(output, "pid", pid);
        if (pid > 0 && is_gone((pid_t)pid, sqlite3_column_int64(statement, 8)))
                report_output_pair(output, "gone", TEXT_LITERAL("true"));
        return report_output_send(output);
}

int report_sessions(const Report *report)
{
        _cleanup_(report_journal_close) sqlite3 *connection = NULL;
        _cleanup_(journal_schema_finalize) sqlite3_stmt *statement = NULL;
        static const char sql[] = "SELECT user, subject, service, remote_host, terminal, "
                                  "decision_id, opened, pid, started FROM sessions ORDER BY id";
        if (report_journal_open(report, &connection) < 0 ||
            sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) != SQLITE_OK)
                return report_journal_refuse(report);
        int result;
        while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
                int r = send_session(report->output, statement);
                if (r < 0)
                        return r;
        }
        return result == SQLITE_DONE ? report_output_end(report->output, 0, NULL)
                                     : report_journal_refuse(report);
}
