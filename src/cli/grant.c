/* SPDX-License-Identifier: MIT */
/* doorward grant: give a role to a user or a group. */
#include "cli/change.h"
#include "cli/command.h"

static int run(const Options *options)
{
        Text words[] = { TEXT_LITERAL("grant"), text_from(options->words[0]),
                         text_from(options->words[1]) };
        return change_run("grant", options, words, 3);
}

const Command command_grant = {
        .name = "grant",
        .arguments = "ROLE[@SITEPATH] RESOURCE",
        .summary = "Grant a role, e.g. access-site-viewer@acme/HQ user:acme/bob",
        .details = "RESOURCE is user:... or group:... . You need the authority to grant that role\n"
                   "there; --from and --until limit it in time.\n" CHANGE_EXITS,
        .options = OPTIONS_CHANGE | OPTION_FROM | OPTION_UNTIL,
        .words_min = 2,
        .words_max = 2,
        .run = run,
};
