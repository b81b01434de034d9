/* SPDX-License-Identifier: MIT */
/* Program options: the command line of a program that reads one file of settings and serves
 * (--config FILE, --check, --help, --version). What is to be printed, the program prints. */
#pragma once

#include <stdbool.h>

typedef enum ProgramAction {
        PROGRAM_SERVE,
        PROGRAM_SHOW_HELP,
        PROGRAM_SHOW_VERSION,
        PROGRAM_WRONG, /* `wrong` of the options says what is */
} ProgramAction;

typedef struct ProgramOptions {
        const char *config; /* file */
        bool check;         /* say what is wrong with it, and no more */
        const char *wrong;  /* a few words, static; NULL: nothing is */
} ProgramOptions;

/* Reads the command line. config: the file when none is stated. Return: what is to be done; the
 * options borrow from config and arguments. */
ProgramAction program_options_parse(const char *config, int argument_count, char **arguments,
                                    ProgramOptions *ret_options);
