/* SPDX-License-Identifier: MIT */
/* Maintain: commands by which root puts right what the daemon must not put right by itself. */
#pragma once

#include "cli/options.h"

typedef struct MaintainCommand {
        const char *name;   /* of the command, e.g. "clock" */
        const char *word;   /* the one word behind it, e.g. "accept" */
        const char *action; /* in the message */
        const char *noun;   /* what is recorded with its reason, e.g. "an acceptance" */
} MaintainCommand;

/* Asks the daemon to do it, with the reason that is required. Return: the exit status. */
int maintain_run(const MaintainCommand *command, const Options *options);
