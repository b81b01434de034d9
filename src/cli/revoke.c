/* SPDX-License-Identifier: MIT */
/* doorward revoke: take a role from a user or a group. */
#include "cli/change.h"
#include "cli/command.h"

static int run(const Options *options)
{
        Text words[] = { TEXT_LITERAL("revoke"), text_from(options->words[0]),
                         text_from(options->words[1]) };
        return change_run("revoke", options, words, 3);
}

const Command command_revoke = {
        .name = "revoke",
        .arguments = "ROLE[@SITEPATH] RESOURCE",
        .summary = "Revoke a role, e.g. access-site-viewer@acme/HQ user:acme/bob",
        .details = "RESOURCE is user:... or group:... . Only what is recorded for that very user\n"
                   "or group is revoked. What stands in a file written by hand is refused, and\n"
                   "its line named.\n" CHANGE_EXITS,
        .options = OPTIONS_CHANGE,
        .words_min = 2,
        .words_max = 2,
        .run = run,
};
