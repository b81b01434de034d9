/* SPDX-License-Identifier: MIT */
/*
 * doorwardd
 *
 * The decision daemon. Started with an internal mode it is one of its own children (child.h).
 * Exit: 0 ended, 2 usage, 3 socket or state folder cannot be used.
 */
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/child.h"
#include "daemon/compiler.h"
#include "daemon/report.h"
#include "daemon/resolver.h"
#include "daemon/server.h"
#include "util/number.h"

#define EXIT_COULD_NOT 3

static CompilerArguments compiler_arguments(char **arguments)
{
        return (CompilerArguments){ .policy = arguments[0],
                                    .roles = arguments[1],
                                    .assignments = arguments[2] };
}

/* POLICY ROLES ASSIGNMENTS NOW skip|test */
static int compile(char **arguments, bool has_changes)
{
        CompilerArguments compiler = compiler_arguments(arguments);
        uint64_t now_s;
        if (number_parse(text_from(arguments[3]), INT64_MAX, &now_s) < 0)
                return COMPILER_FAILED;
        compiler.now_s = (int64_t)now_s;
        compiler.has_changes = has_changes;
        compiler.skip_tests = strcmp(arguments[4], "skip") == 0;
        return compiler_main(&compiler);
}

static int run_compiler(char **arguments)
{
        return compile(arguments, false);
}

static int run_change(char **arguments)
{
        return compile(arguments, true);
}

static int run_fingerprint(char **arguments)
{
        CompilerArguments compiler = compiler_arguments(arguments);
        return compiler_fingerprint_main(&compiler);
}

static int run_resolver(char **arguments)
{
        return resolver_main();
}

static int run_report(char **arguments)
{
        return report_main(arguments[0]);
}

static const struct InternalMode {
        const char *option;
        int argument_count;
        int (*run)(char **arguments);
} modes[] = {
        { CHILD_MODE_PREFIX COMPILER_MODE, 5, run_compiler },
        { CHILD_MODE_PREFIX CHANGE_MODE, 5, run_change },
        { CHILD_MODE_PREFIX FINGERPRINT_MODE, 3, run_fingerprint },
        { CHILD_MODE_PREFIX RESOLVER_MODE, 0, run_resolver },
        { CHILD_MODE_PREFIX REPORT_MODE, 1, run_report },
};

static const struct InternalMode *find_mode(int argument_count, char **arguments)
{
        for (size_t i = 0; argument_count > 1 && i < sizeof(modes) / sizeof(*modes); i++)
                if (strcmp(arguments[1], modes[i].option) == 0 &&
                    argument_count == 2 + modes[i].argument_count)
                        return &modes[i];
        return NULL;
}

/* Signals reach the event loop only; the journal's thread inherits that they are blocked. */
static void block_signals(void)
{
        sigset_t handled;
        sigemptyset(&handled);
        sigaddset(&handled, SIGHUP);
        sigaddset(&handled, SIGTERM);
        sigaddset(&handled, SIGINT);
        sigaddset(&handled, SIGCHLD);
        sigaddset(&handled, SIGPIPE);
        (void)sigprocmask(SIG_BLOCK, &handled, NULL);
}

int main(int argument_count, char **arguments)
{
        const struct InternalMode *mode = find_mode(argument_count, arguments);
        if (mode) {
                child_begin();
                return mode->run(arguments + 2);
        }

        Options options;
        int outcome = options_parse(argument_count, arguments, &options);
        if (outcome != OPTIONS_SERVE)
                return outcome == OPTIONS_DONE ? 0 : outcome;

        /* What the daemon writes is nobody else's business. */
        (void)umask(0077);
        block_signals();

        Server *server;
        if (server_new(&options, &server) < 0)
                return EXIT_COULD_NOT;
        int r = server_run(server);
        server_free(server);
        return r < 0 ? EXIT_COULD_NOT : 0;
}
