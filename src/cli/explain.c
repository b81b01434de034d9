/* SPDX-License-Identifier: MIT */
/* doorward explain: the decision, and why. */
#include "cli/command.h"
#include "cli/live_ask.h"
#include "cli/offline.h"
#include "cli/output.h"

static int run(const Options *options)
{
        if (options->given & OPTION_LIVE)
                return live_ask("explain", options, true);
        Text words[QUERY_WORDS_MAX + 1];
        size_t count = live_words(options, words);
        Offline offline;
        Verdict verdict;
        int status = offline_open("explain", options, &offline);
        if (status == 0 && offline_decide(&offline, words, count, true, &verdict) < 0)
                status = output_out_of_memory();
        else if (status == 0) {
                status = output_verdict(&verdict, words, count, options->given & OPTION_JSON);
                if (status == 0)
                        status = verdict_status(verdict.outcome);
                verdict_clear(&verdict);
                offline_note_state(options);
        }
        offline_close(&offline);
        return status;
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
