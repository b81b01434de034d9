/* SPDX-License-Identifier: MIT */
/* doorward clock: root says that a clock which the daemon does not trust is right. */
#include "cli/command.h"
#include "cli/maintain.h"

static int run(const Options *options)
{
        static const MaintainCommand ACCEPT = {
                .name = "clock",
                .word = "accept",
                .action = "accept-clock",
                .noun = "an acceptance",
        };
        return maintain_run(&ACCEPT, options);
}

const Command command_clock = {
        .name = "clock",
        .arguments = "accept",
        .summary = "Trust the daemon's clock as it is",
        .details =
                "For a clock that is right while the time that the daemon remembers is not: the\n"
                "present time becomes the highest, even if that was later, and an alarm is\n"
                "raised. Root only. Refused while the clock is trusted; `doorward status` says\n"
                "whether it is. Exit status: 0 done, 1 not permitted, 3 not reachable.\n",
        .options = OPTIONS_LIVE | OPTION_REASON,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
