/* SPDX-License-Identifier: MIT */
/* doorward check: one question, or a file full of them. */
#include <stdio.h>

#include "cli/ask.h"
#include "cli/batch.h"
#include "cli/command.h"

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
        return ask_run("check", options, false);
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
