/* SPDX-License-Identifier: MIT */
/* doorward resume: end a suspension. */
#include "cli/command.h"
#include "cli/live_change.h"

static int run(const Options *options)
{
        LiveChangeRequest request = {
                .action = "resume",
                .resource = options->words[0],
                .sentence = "is no longer suspended",
        };
        return live_change_run("resume", options, &request);
}

const Command command_resume = {
        .name = "resume",
        .arguments = "USER",
        .summary = "End a suspension, e.g. user:acme/bob",
        .details = "A suspension that is written in the policy is ended there.\n" LIVE_CHANGE_EXITS,
        .options = OPTIONS_LIVE_CHANGE,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
