/* SPDX-License-Identifier: MIT */
/* Log line: see log_line.h. */
#include "util/log_line.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

void log_line(const char *program, bool prefixed, int priority, const char *format,
              va_list arguments)
{
        char line[LOG_LINE_MAX];
        int prefix = prefixed ? snprintf(line, sizeof(line), "<%d>", priority)
                              : snprintf(line, sizeof(line), "%s: ", program);
        size_t size = (size_t)prefix;
        int text = vsnprintf(line + size, sizeof(line) - size - 1, format, arguments);
        if (text < 0)
                return;
        size += (size_t)text;
        if (size > sizeof(line) - 2)
                size = sizeof(line) - 2;
        line[size++] = '\n';
        while (write(STDERR_FILENO, line, size) < 0 && errno == EINTR)
                ;
}
