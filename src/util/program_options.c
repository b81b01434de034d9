/* SPDX-License-Identifier: MIT */
/* Program options: see program_options.h. */
#include "util/program_options.h"

#include <getopt.h>
#include <stddef.h>

static const struct option long_options[] = {
        { "config", required_argument, NULL, 'c' },
        { "check", no_argument, NULL, 'n' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
};

static ProgramAction wrong(ProgramOptions *options, const char *what)
{
        options->wrong = what;
        return PROGRAM_WRONG;
}

/* Takes one option. Return: what is to be done; PROGRAM_SERVE: there may be more. */
static ProgramAction take(int option, ProgramOptions *options)
{
        switch (option) {
        case 'c':
                options->config = optarg;
                return *optarg ? PROGRAM_SERVE : wrong(options, "an option is empty");
        case 'n':
                options->check = true;
                return PROGRAM_SERVE;
        case 'h':
                return PROGRAM_SHOW_HELP;
        case 'V':
                return PROGRAM_SHOW_VERSION;
        default:
                return wrong(options, "wrong option");
        }
}

ProgramAction program_options_parse(const char *config, int argument_count, char **arguments,
                                    ProgramOptions *ret_options)
{
        ProgramAction action = PROGRAM_SERVE;
        int option;
        *ret_options = (ProgramOptions){ .config = config };
        if (argument_count < 1)
                return wrong(ret_options, "started without a name");
        opterr = 0;
        while (action == PROGRAM_SERVE &&
               (option = getopt_long(argument_count, arguments, "", long_options, NULL)) >= 0)
                action = take(option, ret_options);
        if (action == PROGRAM_SERVE && optind < argument_count)
                return wrong(ret_options, "an argument that is no option");
        return action;
}
