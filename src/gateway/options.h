/* SPDX-License-Identifier: MIT */
/* Options: the command line of doorward-gateway. */
#pragma once

#include <stdbool.h>

typedef struct Options {
        const char *configuration; /* file */
        bool check;                /* read the configuration, and no more */
} Options;

enum OptionsOutcome {
        OPTIONS_SERVE = 0,
        OPTIONS_DONE = 1,  /* --help or --version was printed */
        OPTIONS_WRONG = 2, /* one line about it was printed on standard error */
};

/* Reads the options. Return: an OptionsOutcome. What is set borrows from arguments. */
int options_parse(int argument_count, char **arguments, Options *ret_options);
