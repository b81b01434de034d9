/* SPDX-License-Identifier: MIT */
/*
 * Change
 *
 * What the commands that change who holds what share: each is the query of its verb without the
 * user, who is whoever the kernel says calls. Its form is checked before anything is sent.
 */
#pragma once

#include "cli/change_ask.h"
#include "util/text.h"

/* The options of every change. */
#define OPTIONS_CHANGE OPTIONS_ANY_CHANGE

#define CHANGE_EXITS                                                                               \
        "Exit status: 0 done, 1 denied, 3 could not: nothing was changed then. --dry-run\n"        \
        "decides, and changes nothing.\n"

/* Has the daemon make a change, and prints what it answered. words are those of the query behind
 * its user: the verb, and what follows it. Return: the exit status. */
int change_run(const char *command, const Options *options, const Text *words, size_t count);
