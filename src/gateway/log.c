/* SPDX-License-Identifier: MIT */
/* Log: see log.h. A line is one write(2), so that lines of gateway and its programs never mix. */
#include "gateway/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

Log log_for_environment(void)
{
        return (Log){ .prefixed = getenv("JOURNAL_STREAM") != NULL };
}

void log_write(Log log, int priority, const char *format, ...)
{
        char line[LOG_LINE_MAX];
        if (log.silent)
                return;
        int prefix = log.prefixed ? snprintf(line, sizeof(line), "<%d>", priority)
                                  : snprintf(line, sizeof(line), "doorward-gateway: ");
        size_t size = (size_t)prefix;
        va_list arguments;
        va_start(arguments, format);
        int text = vsnprintf(line + size, sizeof(line) - size - 1, format, arguments);
        va_end(arguments);
        if (text < 0)
                return;
        size += (size_t)text;
        if (size > sizeof(line) - 2)
                size = sizeof(line) - 2;
        line[size++] = '\n';
        while (write(STDERR_FILENO, line, size) < 0 && errno == EINTR)
                ;
}
