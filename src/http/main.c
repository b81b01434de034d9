/* SPDX-License-Identifier: MIT */
/*
 * doorward-http
 *
 * The front for callers on other hosts. Exit: 0 ended, 2 usage, 3 could not start.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "doorward-config.h"
#include "http/pem_files.h"
#include "http/server.h"
#include "http/settings.h"
#include "util/program_options.h"
#include "util/timestamp.h"

#define EXIT_USAGE     2
#define EXIT_COULD_NOT 3

static const char usage[] =
        "Usage: doorward-http [--config FILE] [--check]\n"
        "\n"
        "Takes questions of the OpenID AuthZEN Authorization API, and gateways' messages, over\n"
        "mutual TLS, and asks doorwardd. Stays in the foreground.\n"
        "\n"
        "  --config FILE   settings (default " HTTP_SETTINGS_PATH ")\n"
        "  --check         say what is wrong with the settings, and end\n"
        "  --help          show this\n"
        "  --version       show the version\n"
        "\n"
        "SIGTERM ends. Exit: 0 ended, or the settings are good; 2 usage; 3 could not start, or "
        "the\n"
        "settings are not good.\n";

/* Signals reach the event loop only. */
static void block_signals(void)
{
        sigset_t handled;
        sigemptyset(&handled);
        sigaddset(&handled, SIGTERM);
        sigaddset(&handled, SIGINT);
        sigaddset(&handled, SIGPIPE);
        (void)sigprocmask(SIG_BLOCK, &handled, NULL);
}

static int serve(const HttpSettings *settings)
{
        _cleanup_(http_server_freep) HttpServer *server = NULL;
        if (http_server_new(settings, &server) < 0)
                return EXIT_COULD_NOT;
        return http_server_run(server) < 0 ? EXIT_COULD_NOT : 0;
}

static int check_files(const HttpSettings *settings)
{
        PemFiles files = { 0 };
        int r = pem_files_read(settings, true, timestamp_now(), &files);
        pem_files_release(&files);
        return r < 0 ? EXIT_COULD_NOT : 0;
}

/* What the command line wants to be told. Return: exit status. */
static int tell(ProgramAction action, const ProgramOptions *options)
{
        if (action == PROGRAM_WRONG) {
                (void)fprintf(stderr, "doorward-http: %s; try doorward-http --help\n",
                              options->wrong);
                return EXIT_USAGE;
        }
        (void)fputs(action == PROGRAM_SHOW_HELP ? usage : "doorward-http " DOORWARD_VERSION "\n",
                    stdout);
        return 0;
}

int main(int argument_count, char **arguments)
{
        ProgramOptions options;
        ProgramAction action =
                program_options_parse(HTTP_SETTINGS_PATH, argument_count, arguments, &options);
        if (action != PROGRAM_SERVE)
                return tell(action, &options);

        _cleanup_(arena_freep) Arena *arena = arena_new();
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        HttpSettings settings;
        if (!arena || !diagnostics)
                return EXIT_COULD_NOT;
        int r = http_settings_read(options.config, arena, diagnostics, &settings);
        diagnostics_print(diagnostics, stderr);
        if (r != 0)
                return EXIT_COULD_NOT;
        if (options.check)
                return check_files(&settings);
        (void)umask(0077);
        block_signals();
        return serve(&settings);
}
