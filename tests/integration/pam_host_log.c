/* SPDX-License-Identifier: MIT */
/* In place of syslog(3): see pam_host_log.h. */
#include "pam_host_log.h"

#include <stdarg.h>
#include <stdio.h>

#define EXPORTED __attribute__((visibility("default"), format(printf, 2, 3)))

EXPORTED void syslog(int priority, const char *format, ...);
__attribute__((visibility("default"), format(printf, 3, 4))) void
__syslog_chk(int priority, int flag, const char *format, ...);

static bool shown;

void pam_host_log_show(bool show)
{
        shown = show;
}

__attribute__((format(printf, 1, 0))) static void log_print(const char *format, va_list arguments)
{
        if (!shown)
                return;
        printf("log: ");
        vprintf(format, arguments);
        putchar('\n');
}

void syslog(int priority, const char *format, ...)
{
        va_list arguments;

        (void)priority;
        va_start(arguments, format);
        log_print(format, arguments);
        va_end(arguments);
}

void __syslog_chk(int priority, int flag, const char *format, ...)
{
        va_list arguments;

        (void)priority, (void)flag;
        va_start(arguments, format);
        log_print(format, arguments);
        va_end(arguments);
}
