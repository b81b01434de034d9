/* SPDX-License-Identifier: MIT */
/* doorward suspend: take somebody's access away at once. */
#include "cli/command.h"
#include "cli/live_change.h"

static int run(const Options *options)
{
        LiveChangeRequest request = {
                .action = "suspend",
                .resource = options->words[0],
                .end_sessions = options->given & OPTION_END_SESSIONS,
                .sentence = "is suspended",
        };
        return live_change_run("suspend", options, &request);
}

const Command command_suspend = {
        .name = "suspend",
        .arguments = "USER",
        .summary = "Suspend somebody's access at once, e.g. user:acme/bob",
        .details = "He opens no door and no session until he is resumed. --end-sessions also ends\n"
                   "the sessions that he has open on this host.\n" LIVE_CHANGE_EXITS,
        .options = OPTIONS_LIVE_CHANGE | OPTION_END_SESSIONS,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
