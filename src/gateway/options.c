/* SPDX-License-Identifier: MIT */
/* Options: see options.h. */
#include "gateway/options.h"

#include <getopt.h>
#include <stdio.h>

#include "doorward-config.h"
#include "gateway/settings.h"

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

static const struct option long_options[] = {
        { "config", required_argument, NULL, 'c' },
        { "check", no_argument, NULL, 'n' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
};

static int wrong(const char *what)
{
        (void)fprintf(stderr, "doorward-gateway: %s; try doorward-gateway --help\n", what);
        return OPTIONS_WRONG;
}

/* Takes one option. Return: an OptionsOutcome; OPTIONS_SERVE: there may be more. */
static int take(int option, Options *options)
{
        switch (option) {
        case 'c':
                options->configuration = optarg;
                return *optarg != '\0' ? OPTIONS_SERVE : wrong("an option is empty");
        case 'n':
                options->check = true;
                return OPTIONS_SERVE;
        case 'h':
                (void)fputs(usage, stdout);
                return OPTIONS_DONE;
        case 'V':
                (void)puts("doorward-gateway " DOORWARD_VERSION);
                return OPTIONS_DONE;
        default:
                return wrong("wrong option");
        }
}

int options_parse(int argument_count, char **arguments, Options *ret_options)
{
        Options options = { .configuration = GATEWAY_CONFIGURATION };
        if (argument_count < 1)
                return wrong("started without a name");
        int option, outcome;
        opterr = 0;
        while ((option = getopt_long(argument_count, arguments, "", long_options, NULL)) >= 0)
                if ((outcome = take(option, &options)) != OPTIONS_SERVE)
                        return outcome;
        if (optind < argument_count)
                return wrong("an argument that is no option");
        *ret_options = options;
        return OPTIONS_SERVE;
}
