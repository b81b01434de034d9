/* SPDX-License-Identifier: MIT */
/* Review: what who-can and what-can share. */
#pragma once

#include <stdio.h>

#include "cli/options.h"
#include "cli/output.h"
#include "policy/decide.h"

#define REVIEW_FIELDS_MAX 4

typedef struct ReviewPrinter {
        const Image *image;
        const DecisionContext *context;
        bool json;
        bool via;
} ReviewPrinter;

/* Prints one line of a review: fields (at most REVIEW_FIELDS_MAX - 1, names being their keys in
 * JSON) and, with --via, what decided the query, as `check` words it. Return: 0 or -ENOMEM. */
int review_print(const ReviewPrinter *printer, const char *const *names, const Text *fields,
                 size_t count, const Query *query, const Decision *decision);

/* Says that the words are no question. Return: EXIT_UNABLE. */
int review_malformed(const char *command, const char *problem);

/* Says why a review could not be made; result is what policy_who_can() or policy_what_can()
 * returned. Return: EXIT_UNABLE. */
int review_problem(const char *command, int result);

/* Asks the daemon for a review and prints its records. type is MESSAGE_WHO_CAN or
 * MESSAGE_WHAT_CAN. Return: the exit status. */
int review_live(const char *command, const Options *options, int type);
