/* SPDX-License-Identifier: MIT */
/*
 * doorward-http
 *
 * The front for callers on other hosts. Exit: 0 ended, 2 usage, 3 could not start.
 */
#include <signal.h>
#include <sys/stat.h>

#include "http/options.h"
#include "http/pem_files.h"
#include "http/server.h"
#include "util/timestamp.h"

#define EXIT_COULD_NOT 3

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

int main(int argument_count, char **arguments)
{
        HttpOptions options;
        int outcome = http_options_parse(argument_count, arguments, &options);
        if (outcome != HTTP_OPTIONS_GO)
                return outcome == HTTP_OPTIONS_DONE ? 0 : outcome;

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
