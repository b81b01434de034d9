/* SPDX-License-Identifier: MIT */
/* doorward migrate: end somebody's legacy roles, and give him current ones instead. */
#include <stdio.h>

#include "cli/change.h"
#include "cli/command.h"
#include "cli/output.h"
#include "util/arena.h"

/* Return: "with=ROLE" in the arena, or the empty text without memory. */
static Text with_role(Arena *arena, const char *role)
{
        size_t size = sizeof("with=") + strlen(role);
        char *word = arena_allocate(arena, size);
        if (!word)
                return TEXT_NULL;
        snprintf(word, size, "with=%s", role);
        return text_from(word);
}

static int run(const Options *options)
{
        _cleanup_(arena_freep) Arena *arena = arena_new();
        Text words[QUERY_ROLES_MAX + 2] = { TEXT_LITERAL("migrate"), text_from(options->words[0]) };
        size_t count = 2;
        if (!arena)
                return output_out_of_memory();
        for (int i = 0; i < options->role_count; i++, count++) {
                words[count] = with_role(arena, options->with_roles[i]);
                if (words[count].size == 0)
                        return output_out_of_memory();
        }
        return change_run("migrate", options, words, count);
}

const Command command_migrate = {
        .name = "migrate",
        .arguments = "RESOURCE",
        .summary = "End the legacy roles of a user, e.g. user:acme/bob",
        .details = "Each --role is granted to him in the same step, and needs the authority to\n"
                   "grant it. Without one he has what else he holds.\n" CHANGE_EXITS,
        .options = OPTIONS_CHANGE | OPTION_ROLE,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
