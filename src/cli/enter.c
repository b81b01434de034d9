/* SPDX-License-Identifier: MIT */
/* doorward enter: what a reader asks when somebody shows a badge. */
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/unlock_command.h"

static const char CARD[] = "card:"; /* no user's name holds a colon */

static int run(const Options *options)
{
        bool is_card = strncmp(options->words[0], CARD, strlen(CARD)) == 0;
        const char *property = options->word_count > 2 ? options->words[2] : NULL;
        UnlockCommand command = {
                .name = "enter",
                .type = MESSAGE_ENTER,
                .user = is_card ? NULL : options->words[0],
                .card = is_card ? options->words[0] + strlen(CARD) : NULL,
                .door = options->words[1],
                .property = property,
        };
        if (!property || strcmp(property, "code=true") == 0 || strcmp(property, "code=false") == 0)
                return unlock_command_run(options, &command);
        complain("enter", "code=true or code=false is expected, not '%s'", property);
        return EXIT_USAGE;
}

const Command command_enter = {
        .name = "enter",
        .arguments = "USER|card:NUMBER DOOR [code=true|code=false]",
        .summary = "Decide a badge at a door, for a listed caller that may vouch",
        .details = "E.g. bob door:acme/HQ/D1 code=true: a badge and a right code. A reader that\n"
                   "knows the number of the card only says card:8165538. An allow carries\n"
                   "the id of an unlock command, when it becomes void, and how long it releases\n"
                   "the door. Exit status: 0 allowed, 1 denied, 3 could not.\n",
        .options = OPTIONS_LIVE,
        .words_min = 2,
        .words_max = 3,
        .run = run,
};
