/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the arguments of the PAM module
 *
 * The input is one argument a line. Checked besides memory: what is taken lies in its range, and
 * what is refused names an argument and sets nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "pam/arguments.h"

enum { ARGUMENTS_MAX = 16, SIZE_MAX_TRIED = 1 << 16, MARK = 12345 };

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static void taken_check(const Arguments *arguments)
{
        promise(arguments->timeout_ms >= 1 && arguments->timeout_ms <= TIMEOUT_MAX_MS);
        promise(arguments->minimum_uid <= INT32_MAX);
        promise(arguments->server.server_uid <= INT32_MAX);
        promise(!arguments->server.socket_path || arguments->server.socket_path[0] == '/');
        promise(!arguments->door || arguments->door[0] != '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *argv[ARGUMENTS_MAX];
        int argc = 0;
        if (size > SIZE_MAX_TRIED)
                return 0;
        char *text = malloc(size + 1);
        promise(text != NULL);
        memcpy(text, data, size);
        text[size] = '\0';
        for (char *line = text; line && argc < ARGUMENTS_MAX; argc++) {
                char *end = strchr(line, '\n');
                argv[argc] = line;
                if (end)
                        *end++ = '\0';
                line = end;
        }
        Arguments arguments = { .timeout_ms = MARK };
        ArgumentProblem problem = { 0 };
        if (arguments_parse(argc, argv, &arguments, &problem) == 0)
                taken_check(&arguments);
        else
                promise(problem.argument && problem.why && arguments.timeout_ms == MARK);
        free(text);
        return 0;
}
