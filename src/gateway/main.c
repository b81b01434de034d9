/* SPDX-License-Identifier: MIT */
/*
 * doorward-gateway
 *
 * Moves the locks that its configuration names, as doorwardd commands.
 * Exit: 0 ended, 2 usage, 3 could not start, or the configuration is wrong.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "doorward-config.h"
#include "gateway/daemon_files.h"
#include "gateway/gateway.h"
#include "gateway/settings.h"
#include "policy/settings_file.h"
#include "util/program_options.h"

#define EXIT_USAGE     2
#define EXIT_COULD_NOT 3

static const char usage[] =
        "Usage: doorward-gateway [--config FILE] [--check]\n"
        "\n"
        "Moves the locks of the doors that its configuration names, as doorwardd commands. Stays "
        "in\n"
        "the foreground.\n"
        "\n"
        "  --config FILE   configuration (default " GATEWAY_CONFIGURATION ")\n"
        "  --check         read the configuration, say what is wrong, move nothing\n"
        "  --help          show this\n"
        "  --version       show the version\n"
        "\n"
        "SIGTERM ends. Exit: 0 ended, 2 usage, 3 could not start, or the configuration is wrong.\n";

/* Signals reach the event loop only; programs that are run get them back. */
static void block_signals(void)
{
        sigset_t handled;
        sigemptyset(&handled);
        sigaddset(&handled, SIGTERM);
        sigaddset(&handled, SIGINT);
        sigaddset(&handled, SIGCHLD);
        sigaddset(&handled, SIGPIPE);
        (void)sigprocmask(SIG_BLOCK, &handled, NULL);
}

static int serve(const GatewaySettings *settings)
{
        Gateway *gateway;
        /* What the gateway writes is nobody else's business. */
        (void)umask(0077);
        block_signals();
        if (gateway_new(settings, log_for_environment(), &gateway) < 0)
                return EXIT_COULD_NOT;
        int r = gateway_run(gateway);
        gateway_free(gateway);
        return r < 0 ? EXIT_COULD_NOT : 0;
}

/* What the command line wants to be told. Return: exit status. */
static int tell(ProgramAction action, const ProgramOptions *options)
{
        if (action == PROGRAM_WRONG) {
                (void)fprintf(stderr, "doorward-gateway: %s; try doorward-gateway --help\n",
                              options->wrong);
                return EXIT_USAGE;
        }
        (void)fputs(action == PROGRAM_SHOW_HELP ? usage : "doorward-gateway " DOORWARD_VERSION "\n",
                    stdout);
        return 0;
}

int main(int argument_count, char **arguments)
{
        ProgramOptions options;
        ProgramAction action =
                program_options_parse(GATEWAY_CONFIGURATION, argument_count, arguments, &options);
        if (action != PROGRAM_SERVE)
                return tell(action, &options);
        _cleanup_(arena_freep) Arena *arena = arena_new();
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        GatewaySettings settings;
        if (!arena || !diagnostics)
                return EXIT_COULD_NOT;
        int r = settings_read(options.config, arena, diagnostics, &settings);
        diagnostics_print(diagnostics, stderr);
        if (r != 0 ||
            daemon_files_check(&settings.daemon, options.check, log_for_environment()) < 0)
                return EXIT_COULD_NOT;
        return options.check ? 0 : serve(&settings);
}
