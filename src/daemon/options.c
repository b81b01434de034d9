/* SPDX-License-Identifier: MIT */
/* Options: see options.h. */
#include "daemon/options.h"

#include <getopt.h>
#include <stdio.h>

#include "doorward-config.h"

static const char usage[] =
        "Usage: doorwardd [--policy DIR] [--roles DIR] [--state DIR] [--socket PATH]\n"
        "                 [--virtual-clock FILE]\n"
        "\n"
        "Decides about sessions and doors, and answers on a local socket. Stays in the "
        "foreground.\n"
        "\n"
        "  --policy DIR    policy directory (default " DOORWARD_POLICY_DIRECTORY ")\n"
        "  --roles DIR     vendor role catalogues (default " DOORWARD_ROLES_DIRECTORY ")\n"
        "  --state DIR     images, journal, managed assignments (default " DOORWARD_STATE_DIRECTORY
        ")\n"
        "  --socket PATH   socket to make when systemd passes none (default " DOORWARD_SOCKET ")\n"
        "  --virtual-clock FILE\n"
        "                  take the time from a file, for tests and rehearsals only\n"
        "  --help          show this\n"
        "  --version       show the version\n"
        "\n"
        "SIGHUP reloads the policy, SIGTERM ends. Exit: 0 ended, 2 usage, 3 could not start.\n";

static const struct option long_options[] = {
        { "policy", required_argument, NULL, 'p' },
        { "roles", required_argument, NULL, 'r' },
        { "state", required_argument, NULL, 's' },
        { "socket", required_argument, NULL, 'k' },
        { "virtual-clock", required_argument, NULL, 'c' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
};

/* Where an option's value goes. */
static const char **value_of(Options *options, int option)
{
        switch (option) {
        case 'p':
                return &options->policy;
        case 'r':
                return &options->roles;
        case 's':
                return &options->state;
        case 'k':
                return &options->socket;
        case 'c':
                return &options->virtual_clock;
        default:
                return NULL;
        }
}

static int wrong(const char *what)
{
        (void)fprintf(stderr, "doorwardd: %s; try doorwardd --help\n", what);
        return OPTIONS_WRONG;
}

int options_parse(int argument_count, char **arguments, Options *ret_options)
{
        Options options = {
                .policy = DOORWARD_POLICY_DIRECTORY,
                .roles = DOORWARD_ROLES_DIRECTORY,
                .state = DOORWARD_STATE_DIRECTORY,
                .socket = DOORWARD_SOCKET,
        };
        if (argument_count < 1)
                return wrong("started without a name");
        int option;
        opterr = 0;
        while ((option = getopt_long(argument_count, arguments, "", long_options, NULL)) >= 0) {
                const char **value = value_of(&options, option);
                if (option == 'h') {
                        (void)fputs(usage, stdout);
                        return OPTIONS_DONE;
                }
                if (option == 'V') {
                        (void)puts("doorwardd " DOORWARD_VERSION);
                        return OPTIONS_DONE;
                }
                if (!value)
                        return wrong("wrong option");
                if (*optarg == '\0')
                        return wrong("an option is empty");
                *value = optarg;
        }
        if (optind < argument_count)
                return wrong("an argument that is no option");
        *ret_options = options;
        return OPTIONS_SERVE;
}
