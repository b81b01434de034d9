/* SPDX-License-Identifier: MIT */
/* Options: see options.h. */
#include "http/options.h"

#include <getopt.h>
#include <stdio.h>

#include "doorward-config.h"
#include "http/settings.h"

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

static const struct option long_options[] = {
        { "config", required_argument, NULL, 'c' },
        { "check", no_argument, NULL, 'k' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
};

static int wrong(const char *what)
{
        (void)fprintf(stderr, "doorward-http: %s; try doorward-http --help\n", what);
        return HTTP_OPTIONS_WRONG;
}

static int take(HttpOptions *options, int option)
{
        switch (option) {
        case 'c':
                options->config = optarg;
                return *optarg ? HTTP_OPTIONS_GO : wrong("an option is empty");
        case 'k':
                options->check = true;
                return HTTP_OPTIONS_GO;
        case 'h':
                (void)fputs(usage, stdout);
                return HTTP_OPTIONS_DONE;
        case 'V':
                (void)puts("doorward-http " DOORWARD_VERSION);
                return HTTP_OPTIONS_DONE;
        default:
                return wrong("wrong option");
        }
}

int http_options_parse(int argument_count, char **arguments, HttpOptions *ret_options)
{
        HttpOptions options = { .config = HTTP_SETTINGS_PATH };
        if (argument_count < 1)
                return wrong("started without a name");
        int option;
        opterr = 0;
        optind = 0; /* glibc: from the beginning, whatever was read before */
        while ((option = getopt_long(argument_count, arguments, "", long_options, NULL)) >= 0) {
                int outcome = take(&options, option);
                if (outcome != HTTP_OPTIONS_GO)
                        return outcome;
        }
        if (optind < argument_count)
                return wrong("an argument that is no option");
        *ret_options = options;
        return HTTP_OPTIONS_GO;
}
