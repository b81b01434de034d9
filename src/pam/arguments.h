/* SPDX-License-Identifier: MIT */
/* Arguments of a line in a PAM service file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "client/connection.h"

#define TIMEOUT_DEFAULT_MS  2000
#define TIMEOUT_MAX_MS      60000
#define MINIMUM_UID_DEFAULT 1000
#define DOOR_DEPTH_MAX      34 /* organization, 32 sites, door */

/* Texts are borrowed from argv. */
typedef struct Arguments {
        ConnectionOptions server;
        uint32_t timeout_ms; /* 1 to TIMEOUT_MAX_MS */
        uint32_t minimum_uid;
        const char *door; /* a path, organization first; NULL: none */
        bool groups_off;
        bool quiet;
        bool debug;
} Arguments;

/* What is wrong with which argument. Borrowed and static. */
typedef struct ArgumentProblem {
        const char *argument; /* never NULL */
        const char *why;
} ArgumentProblem;

/*
 * Reads the arguments. Unknown, repeated, empty and malformed ones are errors, never defaults: a
 * typing mistake in a login stack must not pass for a setting.
 * Return: 0, or -EINVAL with the first problem.
 */
int arguments_parse(int argc, const char **argv, Arguments *ret_arguments,
                    ArgumentProblem *reterr_problem);
