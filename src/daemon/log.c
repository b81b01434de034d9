/* SPDX-License-Identifier: MIT */
/* Log: see log.h. */
#include "daemon/log.h"

#include <stdlib.h>

Log log_for_environment(void)
{
        return (Log){ .prefixed = getenv("JOURNAL_STREAM") != NULL };
}

void log_write(Log log, LogPriority priority, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        log_line("doorwardd", log.prefixed, (int)priority, format, arguments);
        va_end(arguments);
}
