/* SPDX-License-Identifier: MIT */
/* doorward check: one question, or a file full of them. */
#include <stdio.h>

#include "cli/batch.h"
#include "cli/command.h"
#include "cli/live_ask.h"
#include "cli/offline.h"
#include "cli/output.h"

static int check_offline(const Options *options, const Text *words, size_t count)
{
        Offline offline;
        Verdict verdict;
        int status = offline_open("check", options, &offline);
        if (status == 0 && offline_decide(&offline, words, count, false, &verdict) < 0)
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

static int run(const Options *options)
{
        if (options->given & OPTION_BATCH) {
                if (options->word_count > 0) {
                        fputs("doorward check: --batch takes its queries from the file only\n",
                              stderr);
                        return EXIT_USAGE;
                }
                return batch_run(options);
        }
        if (options->word_count == 0) {
                fputs("doorward check: usage: doorward check USER PERMISSION RESOURCE "
                      "[with=RESOURCE]... [KEY=VALUE]... [OPTION...]\n",
                      stderr);
                return EXIT_USAGE;
        }
        if (options->given & OPTION_LIVE)
                return live_ask("check", options, false);
        Text words[QUERY_WORDS_MAX + 1];
        size_t count = live_words(options, words);
        return check_offline(options, words, count);
}

const Command command_check = {
        .name = "check",
        .arguments = "USER PERMISSION RESOURCE [with=RESOURCE]... [KEY=VALUE]...",
        .summary = "Decide one question: allow, deny or error, with the reason",
        .details = "Prints the outcome, the reason and the deciding grant or what is missing,\n"
                   "separated by tabs. With --batch FILE, one query a line gives one line each.\n"
                   "Exit status: 0 allow, 1 deny, 3 cannot decide (--batch: 3 unless every line\n"
                   "was decided).\n",
        .options = OPTIONS_OFFLINE | OPTIONS_LIVE | OPTION_LIVE | OPTION_BATCH | OPTION_UNIX_GROUP,
        .words_min = 0,
        .words_max = -1,
        .run = run,
};
