/* SPDX-License-Identifier: MIT */
/* Unlock outcome: what the gateway of a door makes of an unlock command, as far as is heard while
 * somebody waits for it. */
#pragma once

#include "cli/live.h"

#define UNLOCK_WAIT_MS 3000

typedef struct UnlockOutcome {
        char state[32];    /* of the command, a word of MESSAGE_COMMAND; "": nothing was told */
        char observed[32]; /* what was seen of lock and door since; "": nothing */
        char passage[32];  /* whether somebody went through; "": nothing yet */
        char detail[512];  /* what the gateway says about it; escaped */
} UnlockOutcome;

/*
 * Waits, UNLOCK_WAIT_MS at most, until it is known what became of a command (its id), and then a
 * second at most for what is observed. Return: 0 and the outcome as it is by then; EXIT_UNABLE when
 * the daemon could not be asked, which was printed.
 */
int unlock_outcome_wait(Live *live, const char *id, UnlockOutcome *ret_outcome);

/* Prints it in words, commanded and observed apart. gateway: its name. */
void unlock_outcome_print(const UnlockOutcome *outcome, const char *gateway);

/* The exit status: 0 for one that was commanded, else EXIT_UNABLE. */
int unlock_outcome_status(const UnlockOutcome *outcome);
