/* SPDX-License-Identifier: MIT */
/* Log: see log.h. */
#include "gateway/log.h"

#include <stdlib.h>

Log log_for_environment(void)
{
        return (Log){ .prefixed = getenv("JOURNAL_STREAM") != NULL };
}

void log_write(Log log, int priority, const char *format, ...)
{
        va_list arguments;
        if (log.silent)
                return;
        va_start(arguments, format);
        log_line("doorward-gateway", log.prefixed, priority, format, arguments);
        va_end(arguments);
}
