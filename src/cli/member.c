/* SPDX-License-Identifier: MIT */
/* doorward member: put a user into a group or an access group, or take him out. */
#include <stdio.h>
#include <string.h>

#include "cli/change.h"
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/output.h"

static int run(const Options *options)
{
        static const struct {
                const char *word, *verb;
        } VERBS[] = { { "add", "add-member" }, { "remove", "remove-member" } };
        const char *verb = NULL;
        for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++)
                if (strcmp(options->words[0], VERBS[i].word) == 0)
                        verb = VERBS[i].verb;
        if (!verb) {
                complain("member", "add or remove is expected, not '%s'", options->words[0]);
                return EXIT_USAGE;
        }
        _cleanup_free_ char *with = NULL;
        if (asprintf(&with, "with=%s", options->words[2]) < 0) {
                with = NULL;
                return output_out_of_memory();
        }
        Text words[] = { text_from(verb), text_from(options->words[1]), text_from(with) };
        return change_run("member", options, words, 3);
}

const Command command_member = {
        .name = "member",
        .arguments = "add|remove USER GROUP",
        .summary = "Change who is in a group, e.g. add user:acme/bob group:acme/desk",
        .details = "GROUP is group:... or access-group:... . A group with roles is changed by who\n"
                   "could grant (or revoke) every one of them to (from) that user.\n" CHANGE_EXITS,
        .options = OPTIONS_CHANGE,
        .words_min = 3,
        .words_max = 3,
        .run = run,
};
