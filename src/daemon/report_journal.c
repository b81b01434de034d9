/* SPDX-License-Identifier: MIT */
/* Report journal: see report_journal.h. */
#include "daemon/report_journal.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "daemon/journal_schema.h"
#include "util/timestamp.h"

#define BUSY_MS      2000
#define MAP_SQL      "PRAGMA mmap_size = 2147418112" /* as much as SQLite maps */
#define SYNC_WAIT_MS 2000 /* a journal that hangs must not keep its past from being read */

static void wait_until_synced(void)
{
        struct pollfd poller = { .fd = REPORT_FD_SYNCED };
        while (poll(&poller, 1, SYNC_WAIT_MS) < 0 && errno == EINTR)
                ;
}

int report_journal_open(const Report *report, sqlite3 **ret_connection)
{
        char path[4096];
        wait_until_synced();
        if (snprintf(path, sizeof(path), "%s/%s", report->state, JOURNAL_FILE) >= (int)sizeof(path))
                return -ENAMETOOLONG;
        int result = sqlite3_open_v2(path, ret_connection,
                                     SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
        (void)sqlite3_busy_timeout(*ret_connection, BUSY_MS);
        /* The file never shrinks under it: pages are read where they lie. */
        (void)sqlite3_exec(*ret_connection, MAP_SQL, NULL, NULL, NULL);
        return result == SQLITE_OK ? 0 : -EIO;
}

void report_journal_close(sqlite3 **connection)
{
        (void)sqlite3_close(*connection);
}

int64_t report_journal_number(sqlite3 *connection, const char *sql)
{
        _cleanup_(journal_schema_finalize) sqlite3_stmt *statement = NULL;
        if (sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) != SQLITE_OK ||
            sqlite3_step(statement) != SQLITE_ROW)
                return -1;
        return sqlite3_column_int64(statement, 0);
}

Text report_journal_text(sqlite3_stmt *statement, int column)
{
        const unsigned char *data = sqlite3_column_text(statement, column);
        return (Text){ (const char *)data,
                       data ? (size_t)sqlite3_column_bytes(statement, column) : 0 };
}

void report_journal_time(ReportOutput *output, const char *name, int64_t time_s)
{
        char text[TIMESTAMP_TEXT_SIZE];
        report_output_pair(output, name, text_from(timestamp_format(time_s, text)));
}

int report_journal_refuse(const Report *report)
{
        return report_output_refuse(report->output, "journal-failed", 3,
                                    "The journal cannot be read.");
}
