/* SPDX-License-Identifier: MIT */
/*
 * Live change
 *
 * What the commands that change live state share: suspensions, dates, doors, lockdowns. The daemon
 * decides, records and puts into force; nothing is compiled.
 */
#pragma once

#include <stdbool.h>

#include "cli/change_ask.h"

/* The options of every live change. */
#define OPTIONS_LIVE_CHANGE OPTIONS_ANY_CHANGE

#define LIVE_CHANGE_EXITS                                                                          \
        "root needs --reason: then it is break-glass, alarmed. Exit status: 0 done, 1 denied,\n"   \
        "3 could not: nothing was changed then. --dry-run decides, and changes nothing.\n"

/* One change. Borrowed; NULL and 0: not stated. */
typedef struct LiveChangeRequest {
        const char *action, *resource;
        const char *state; /* of an override */
        uint32_t seconds;  /* how long */
        bool dates;        /* states --from and --until as they are given */
        bool end_sessions;
        const char *sentence; /* what is so once it was done, behind the resource */
} LiveChangeRequest;

/* How long --for or --until say. Return: 0 and the seconds (0: neither is given), or EXIT_USAGE:
 * both, none of 1 second to 31 days, or a time that has passed (printed). */
int live_change_seconds(const char *command, const Options *options, uint32_t *ret_seconds);

/* Has the daemon make a change, and prints what it answered. Return: the exit status. */
int live_change_run(const char *command, const Options *options, const LiveChangeRequest *request);
