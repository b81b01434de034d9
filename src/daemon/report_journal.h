/* SPDX-License-Identifier: MIT */
/* Report journal: what children that read the journal share. */
#pragma once

#include <sqlite3.h>

#include "daemon/report_child.h"

/* Opens the journal for reading, when what was decided before is written or has not been for too
 * long. Return: 0, -ENAMETOOLONG, -EIO; the connection is the caller's to close in any case. */
int report_journal_open(const Report *report, sqlite3 **ret_connection);

/* Closes *connection: for _cleanup_. */
void report_journal_close(sqlite3 **connection);

/* The one number that a statement returns; -1 when it returns none. */
int64_t report_journal_number(sqlite3 *connection, const char *sql);

/* Text of a column, borrowed until the next row. */
Text report_journal_text(sqlite3_stmt *statement, int column);

/* Adds a pair with a time. */
void report_journal_time(ReportOutput *output, const char *name, int64_t time_s);

/* Says that the journal cannot be read. Return: as report_output_send(). */
int report_journal_refuse(const Report *report);
