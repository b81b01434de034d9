/* SPDX-License-Identifier: MIT */
/*
 * Report format
 *
 * Rows of a report as text (one line each, as `events` prints them), as CSV (RFC 4180: CRLF, quotes
 * doubled; a heading; the same columns in every row) or as one JSON array. A cell of CSV that a
 * spreadsheet would take for a formula has an apostrophe before it.
 */
#pragma once

#include "cli/live.h"

typedef struct ReportPrinter {
        OutputFormat format;
        bool any; /* a row has been printed */
} ReportPrinter;

void report_format_begin(ReportPrinter *printer);

/* Prints one row; a LiveRecord whose data is the printer. */
int report_format_row(void *printer, const Message *record);

/* Return: 0, or EXIT_UNABLE. */
int report_format_end(ReportPrinter *printer);
