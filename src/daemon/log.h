/* SPDX-License-Identifier: MIT */
/*
 * Log
 *
 * The program's own messages, one line each on standard error. Under systemd (JOURNAL_STREAM is
 * set) a line begins with its priority, "<4>", as sd-daemon(3) has it. Decisions are not logged:
 * their record is the journal.
 */
#pragma once

#include "util/log_line.h"

typedef enum LogPriority {
        LOG_PRIORITY_ALERT = 1,
        LOG_PRIORITY_ERROR = 3,
        LOG_PRIORITY_WARNING = 4,
        LOG_PRIORITY_NOTICE = 5,
        LOG_PRIORITY_INFORMATION = 6,
} LogPriority;

typedef struct Log {
        bool prefixed;
} Log;

/* Looks at the environment for how lines are to be written. */
Log log_for_environment(void);

/* Writes one line. What comes from outside must have been escaped (text_escape()); a line over
 * LOG_LINE_MAX bytes is cut. Never fails: what cannot be written is lost. */
void log_write(Log log, LogPriority priority, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
