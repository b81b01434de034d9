/* SPDX-License-Identifier: MIT */
/* doorward explain: the decision, and why. */
#include "cli/ask.h"
#include "cli/command.h"

static int run(const Options *options)
{
        return ask_run("explain", options, true);
}

const Command command_explain = {
        .name = "explain",
        .arguments = "USER PERMISSION RESOURCE [with=RESOURCE]... [KEY=VALUE]...",
        .summary = "Decide one question and explain the decision",
        .details = "The first line is that of `check`; then the chain from user to grant, role,\n"
                   "permission and site, or for a denial the nearest misses and the smallest\n"
                   "change that would allow it. Exit status: 0 allow, 1 deny, 3 cannot decide.\n",
        .options = OPTIONS_OFFLINE | OPTIONS_LIVE | OPTION_LIVE | OPTION_UNIX_GROUP,
        .words_min = 1,
        .words_max = -1,
        .run = run,
};
