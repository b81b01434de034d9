/* SPDX-License-Identifier: MIT */
/* Ask: the daemon decides, or the policy directory in this process. */
#include "cli/ask.h"

#include "cli/command.h"
#include "cli/live_ask.h"
#include "cli/offline.h"
#include "cli/output.h"

static int print_verdict(const Options *options, const Text *words, size_t count, Verdict *verdict)
{
        int status = output_verdict(verdict, words, count, options->given & OPTION_JSON);
        if (status == 0)
                status = verdict_status(verdict->outcome);
        verdict_clear(verdict);
        return status;
}

static int ask_offline(const char *command, const Options *options, bool explain)
{
        Text words[QUERY_WORDS_MAX + 1];
        size_t count = live_words(options, words);
        Offline offline;
        Verdict verdict;
        int status = offline_open(command, options, &offline);
        if (status == 0)
                status = offline_add_live_state(command, options, &offline);
        if (status == 0 && offline_decide(&offline, words, count, explain, &verdict) < 0)
                status = output_out_of_memory();
        else if (status == 0) {
                status = print_verdict(options, words, count, &verdict);
                offline_note_state(options);
        }
        offline_close(&offline);
        return status;
}

int ask_run(const char *command, const Options *options, bool explain)
{
        return options->given & OPTION_LIVE ? live_ask(command, options, explain)
                                            : ask_offline(command, options, explain);
}
