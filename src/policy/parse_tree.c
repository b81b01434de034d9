/* SPDX-License-Identifier: MIT */
/*
 * Parse, the tree
 *
 * libconfig's tree takes several times the room of the text, so it goes as soon as it was walked
 * over. After a failed parse it holds half of a file and is never looked at.
 */
#include "policy/parse_tree.h"

#include <stdlib.h>
#include <string.h>

#include "policy/prescan.h"

/* What libconfig says, for somebody who does not know its terms. */
static const char *error_text(const char *text)
{
        if (text && strcmp(text, "duplicate setting name") == 0)
                return "a setting that stands above already, in the same group";
        if (text && strcmp(text, "mismatched element type in array") == 0)
                return "the values within [ ] are not all of one type";
        return text ? text : "cannot be parsed";
}

static void error_report(Diagnostics *diagnostics, uint32_t file, const config_t *config)
{
        int line = config_error_line(config);
        diagnostics_error(diagnostics, (Place){ file, line > 0 ? (uint32_t)line : 1 }, "%s",
                          error_text(config_error_text(config)));
}

bool parse_tree(Diagnostics *diagnostics, SourceFile *file, ParseWalk walk, void *user)
{
        if (!file->data || !prescan(diagnostics, file->file, file->data, file->size))
                return false;
        config_t config;
        config_init(&config);
        int parsed = config_read_string(&config, file->data);
        free(file->data);
        file->data = NULL;
        if (parsed == CONFIG_TRUE)
                walk(user, config_root_setting(&config));
        else
                error_report(diagnostics, file->file, &config);
        config_destroy(&config);
        return parsed == CONFIG_TRUE;
}
