/* SPDX-License-Identifier: MIT */
/*
 * Log
 *
 * The front's own messages, one line each on standard error. Under systemd (JOURNAL_STREAM is set)
 * a line begins with its priority, "<4>", as sd-daemon(3) has it. Requests are not logged: who was
 * turned away is told to doorwardd for its journal, the rest is counted.
 */
#pragma once

#include "util/log_line.h"

typedef enum LogPriority {
        LOG_PRIORITY_ERROR = 3,
        LOG_PRIORITY_WARNING = 4,
        LOG_PRIORITY_NOTICE = 5,
        LOG_PRIORITY_INFORMATION = 6,
} LogPriority;

/* Writes one line; what comes from outside must have been escaped (text_escape()). A line over
 * LOG_LINE_MAX bytes is cut. Never fails: what cannot be written is lost. */
void log_write(LogPriority priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
