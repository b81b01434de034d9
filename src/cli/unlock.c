/* SPDX-License-Identifier: MIT */
/* doorward unlock: unlock a door remotely, as the person one is. */
#include "cli/command.h"
#include "cli/unlock_command.h"

static int run(const Options *options)
{
        UnlockCommand command = {
                .name = "unlock",
                .type = MESSAGE_UNLOCK,
                .user = options->user,
                .door = options->words[0],
                .why = options->reason,
        };
        return unlock_command_run(options, &command);
}

const Command command_unlock = {
        .name = "unlock",
        .arguments = "DOOR",
        .summary = "Unlock a door remotely, e.g. door:acme/HQ/D1",
        .details = "Decided for the person you are. An allow carries the id of an unlock command\n"
                   "and when it becomes void, for whoever moves the lock. root needs --reason: a\n"
                   "break-glass unlock, alarmed. A listed caller that may vouch names --user.\n"
                   "Where a gateway serves the door, waits 3 seconds at most for what it reports:\n"
                   "what the controller was told, and what was observed of lock and door.\n"
                   "Exit status: 0 allowed (and commanded, where a gateway serves the door and it\n"
                   "was waited for), 1 denied, 3 could not, or not known.\n",
        .options = OPTIONS_LIVE | OPTION_REASON | OPTION_USER | OPTION_NO_WAIT,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
