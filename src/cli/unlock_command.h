/* SPDX-License-Identifier: MIT */
/* Unlock command: asking for one, by a person who unlocks or a reader that shows a badge. */
#pragma once

#include "cli/options.h"
#include "wire/message.h"

/* What is asked. Borrowed; NULL: not stated. */
typedef struct UnlockCommand {
        const char *name; /* of the subcommand */
        MessageType type;
        const char *user, *door, *property, *why, *card;
} UnlockCommand;

/* Asks the daemon and prints its answer. Return: the exit status. */
int unlock_command_run(const Options *options, const UnlockCommand *command);
