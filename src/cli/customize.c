/* SPDX-License-Identifier: MIT */
/* doorward customize: what a role gives in one organization. */
#include "cli/change.h"
#include "cli/command.h"

static int run(const Options *options)
{
        Text words[] = { TEXT_LITERAL("customize"), text_from(options->words[0]),
                         text_from(options->words[1]), text_from(options->words[2]) };
        return change_run("customize", options, words, 4);
}

const Command command_customize = {
        .name = "customize",
        .arguments = "ROLE +PERMISSION|-PERMISSION|default RESOURCE",
        .summary = "Change what a role gives in an organization, or restore its default",
        .details = "RESOURCE is organization:... . A role has classes of permissions that may be\n"
                   "added to it and removed from it; `doorward roles ROLE --organization NAME`\n"
                   "shows what it gives now and by default.\n" CHANGE_EXITS,
        .options = OPTIONS_CHANGE,
        .words_min = 3,
        .words_max = 3,
        .run = run,
};
