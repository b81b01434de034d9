/* SPDX-License-Identifier: MIT */
/* doorward dates: from when and until when somebody has access. */
#include <stddef.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live_change.h"

/* Return: NULL, or what is wrong with the options. */
static const char *problem_of(const Options *options)
{
        bool clear = options->given & OPTION_CLEAR;
        bool dated = options->given & (OPTION_FROM | OPTION_UNTIL);
        if (clear && dated)
                return "--clear takes the dates away: no --from and no --until";
        if (!clear && !dated)
                return "--from, --until, both, or --clear";
        return options->from_s < options->until_s ? NULL : "--from must lie before --until";
}

static int run(const Options *options)
{
        bool clear = options->given & OPTION_CLEAR;
        LiveChangeRequest request = {
                .action = clear ? "clear-dates" : "dates",
                .resource = options->words[0],
                .dates = true,
                .sentence = clear ? "has no dates of access" : "has new dates of access",
        };
        const char *problem = problem_of(options);
        if (!problem)
                return live_change_run("dates", options, &request);
        complain("dates", "%s", problem);
        return EXIT_USAGE;
}

const Command command_dates = {
        .name = "dates",
        .arguments = "USER",
        .summary = "Say from when and until when somebody has access",
        .details =
                "E.g. user:acme/bob --until 2026-06-30T16:00:00Z. Dates that are written in the\n"
                "policy are changed there. Dates that have passed do not come back; --clear\n"
                "takes them away.\n" LIVE_CHANGE_EXITS,
        .options = OPTIONS_LIVE_CHANGE | OPTION_FROM | OPTION_UNTIL | OPTION_CLEAR,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
