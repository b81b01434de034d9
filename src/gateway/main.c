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

#include "gateway/daemon_files.h"
#include "gateway/gateway.h"
#include "gateway/options.h"
#include "policy/settings_file.h"

#define EXIT_COULD_NOT 3

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

int main(int argument_count, char **arguments)
{
        Options options;
        int outcome = options_parse(argument_count, arguments, &options);
        if (outcome != OPTIONS_SERVE)
                return outcome == OPTIONS_DONE ? 0 : outcome;
        _cleanup_(arena_freep) Arena *arena = arena_new();
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        GatewaySettings settings;
        if (!arena || !diagnostics)
                return EXIT_COULD_NOT;
        int r = settings_read(options.configuration, arena, diagnostics, &settings);
        diagnostics_print(diagnostics, stderr);
        if (r != 0 ||
            daemon_files_check(&settings.daemon, options.check, log_for_environment()) < 0)
                return EXIT_COULD_NOT;
        return options.check ? 0 : serve(&settings);
}
