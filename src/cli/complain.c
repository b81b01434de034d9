/* SPDX-License-Identifier: MIT */
/*
 * Complain
 *
 * Arguments, names and paths are repeated in messages, and whoever gave them need not be whoever
 * reads the terminal or the log: the whole text is escaped, so no caller can forget to.
 */
#include "cli/complain.h"

#include <stdarg.h>
#include <stdio.h>

#include "util/text.h"

#define TEXT_SIZE 4096

void complain(const char *command, const char *format, ...)
{
        char text[TEXT_SIZE], shown[TEXT_SIZE];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        fprintf(stderr, "doorward%s%s: %s\n", command ? " " : "", command ? command : "",
                text_escape(text_from(text), shown, sizeof(shown)));
}
