/* SPDX-License-Identifier: MIT */
/* doorward state: begin an empty live state when the one there cannot be believed. */
#include "cli/command.h"
#include "cli/maintain.h"

static int run(const Options *options)
{
        static const MaintainCommand RESET = {
                .name = "state",
                .word = "reset",
                .action = "reset-live-state",
                .noun = "a reset",
        };
        return maintain_run(&RESET, options);
}

const Command command_state = {
        .name = "state",
        .arguments = "reset",
        .summary = "Begin an empty live state when the one there is damaged",
        .details =
                "Suspensions, dates, overrides, blocks and lockdowns are gone then; the damaged\n"
                "file is kept beside it, and an alarm is raised. Root only. Refused while the\n"
                "live state is sound. Exit status: 0 done, 1 not permitted, 3 not reachable.\n",
        .options = OPTIONS_LIVE | OPTION_REASON,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
