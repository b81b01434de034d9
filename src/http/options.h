/* SPDX-License-Identifier: MIT */
/* Options: the command line of doorward-http. */
#pragma once

#include <stdbool.h>

typedef struct HttpOptions {
        const char *config;
        bool check; /* only look whether the settings are good */
} HttpOptions;

enum HttpOptionsOutcome {
        HTTP_OPTIONS_GO = 0,
        HTTP_OPTIONS_DONE = 1,  /* --help or --version was printed */
        HTTP_OPTIONS_WRONG = 2, /* what is wrong was printed; also the exit status */
};

/* Reads the command line. Return: an HttpOptionsOutcome, and the options with HTTP_OPTIONS_GO; they
 * borrow from the arguments. */
int http_options_parse(int argument_count, char **arguments, HttpOptions *ret_options);
