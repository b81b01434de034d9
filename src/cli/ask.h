/* SPDX-License-Identifier: MIT */
/* Ask: what `check` and `explain` share, the one question of the command line. */
#pragma once

#include <stdbool.h>

#include "cli/options.h"

/* Has the question decided, here or with --live by the daemon, and prints the verdict.
 * Return: the exit status. */
int ask_run(const char *command, const Options *options, bool explain);
