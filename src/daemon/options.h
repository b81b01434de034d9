/* SPDX-License-Identifier: MIT */
/* Options: the command line of doorwardd. */
#pragma once

typedef struct Options {
        const char *policy;        /* policy directory */
        const char *roles;         /* vendor catalogues */
        const char *state;         /* state folder */
        const char *socket;        /* path of the socket that the daemon makes itself */
        const char *virtual_clock; /* file that says what time it is; NULL: the system's clock */
} Options;

enum OptionsOutcome {
        OPTIONS_SERVE = 0,
        OPTIONS_DONE = 1,  /* --help or --version was printed */
        OPTIONS_WRONG = 2, /* one line about it was printed on standard error */
};

/* Reads the options of `doorwardd`. Return: an OptionsOutcome. What is set borrows from arguments.
 */
int options_parse(int argument_count, char **arguments, Options *ret_options);
