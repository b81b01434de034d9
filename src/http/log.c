/* SPDX-License-Identifier: MIT */
/* Log: see log.h. */
#include "http/log.h"

#include <stdlib.h>

void log_write(LogPriority priority, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        log_line("doorward-http", getenv("JOURNAL_STREAM") != NULL, (int)priority, format,
                 arguments);
        va_end(arguments);
}
