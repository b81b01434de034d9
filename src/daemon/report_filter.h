/* SPDX-License-Identifier: MIT */
/*
 * Report filter
 *
 * Which rows of the journal a report shows, as SQL. Statements are put together from the fixed
 * pieces of one table; whatever comes from a request is a parameter of them. What who is not root
 * may see at all is one of these pieces: movements and sessions at one site or door.
 */
#pragma once

#include <sqlite3.h>

#include "daemon/report_child.h"
#include "policy/limits.h"

#define REPORT_CHUNK 256 /* rows read at once */

/* Where a statement looks, in the order in which a report goes through them. */
typedef enum ReportSource {
        REPORT_OF_OLD,  /* rows of an older version, by id, without an index */
        REPORT_OF_PAST, /* by time, through the index, up to a highest id */
        REPORT_OF_NEW,  /* behind an id: what happens now */
} ReportSource;

/* How far a report has come. */
typedef struct ReportCursor {
        int64_t time_s, id; /* of the last row sent */
        int64_t id_max;     /* of the last row there was at the beginning */
} ReportCursor;

typedef struct ReportFilter {
        const Message *message;
        bool is_restricted;
        bool at_site, at_resource;
        Text resource;
        int64_t since_s, until_s;
        char low[RESOURCE_SIZE_MAX], high[RESOURCE_SIZE_MAX]; /* the site's range of paths */
} ReportFilter;

/* Reads the filter of a MESSAGE_EVENTS. Return: 0, -EINVAL for a resource that is none, or none for
 * who may not see everything. */
int report_filter_read(const Message *message, bool is_restricted, ReportFilter *ret_filter);

/* Prepares a statement whose columns are id, time and then those of report_filter_column().
 * Return: SQLite's result, and the statement (owned by the caller). */
int report_filter_prepare(const ReportFilter *filter, sqlite3 *connection, ReportSource source,
                          sqlite3_stmt **ret_statement);

/* Sets where the statement goes on. */
void report_filter_bind(const ReportFilter *filter, sqlite3_stmt *statement,
                        const ReportCursor *cursor);

/* Name of column 2 and on; NULL past the last one. Static. A column whose value is only a mark
 * (observed, would_deny) is_flag. */
const char *report_filter_column(bool is_restricted, int column, bool *ret_is_flag);
