/* SPDX-License-Identifier: MIT */
/*
 * Log
 *
 * The program's own messages, one line each on standard error. Under systemd (JOURNAL_STREAM is
 * set) a line begins with its priority, "<4>", as sd-daemon(3) has it. Priorities are those of
 * syslog(3). What happens at doors is not logged: its record is doorwardd's journal.
 */
#pragma once

#include <stdbool.h>
#include <syslog.h>

#include "util/log_line.h"

typedef struct Log {
        bool prefixed;
        bool silent; /* for tests */
} Log;

/* Looks at the environment for how lines are to be written. */
Log log_for_environment(void);

/* Writes one line. What comes from outside must have been escaped (text_escape()); a line over
 * LOG_LINE_MAX bytes is cut. Never fails: what cannot be written is lost. */
void log_write(Log log, int priority, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
