/* SPDX-License-Identifier: MIT */
/* A line of a program's own messages on standard error, as the logs of all programs write it. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

#define LOG_LINE_MAX 2048

/*
 * Writes one line in one write(2), so that lines of several processes never mix: behind the
 * program's name and a colon, or, with prefixed, behind its priority, "<4>", as sd-daemon(3) has it
 * (with the priorities of syslog). A line over LOG_LINE_MAX bytes is cut. Never fails: what cannot
 * be written is lost.
 */
void log_line(const char *program, bool prefixed, int priority, const char *format,
              va_list arguments) __attribute__((format(printf, 4, 0)));
