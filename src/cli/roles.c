/* SPDX-License-Identifier: MIT */
/* doorward roles: the catalogue as a table, what one role gives, and whole role systems. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "cli/roles_matrix.h"
#include "cli/roles_role.h"
#include "cli/roles_text.h"

/* kind: what the role is to an organization; NULL in the list of the catalogues. */
static int print_role_line(const Image *image, const ImageRole *role, const char *kind, bool json)
{
        const char *name = image_string(image, role->name).data;
        const char *title = image_string(image, role->title).data;
        const char *level = role_level_name((RoleLevel)role->level);
        if (json)
                return output_json(json_pack("{s:s, s:s, s:s, s:s, s:i, s:s*}", "role", name,
                                             "title", title, "level", level, "holders",
                                             roles_holders_text(role), "rank", (int)role->rank,
                                             "kind", kind));
        printf("%-28s ", name);
        if (kind)
                printf("%-10s ", kind);
        printf("%-13s %4u  %-11s %s\n", level, role->rank, roles_holders_text(role), title);
        return 0;
}

static int print_catalogues(const Image *image, bool json)
{
        if (!json)
                printf("%-28s %-13s %4s  %-11s %s\n", "ROLE", "LEVEL", "RANK", "HOLDERS", "TITLE");
        for (uint32_t i = 0; i < image_count(image, IMAGE_ROLES); i++) {
                const ImageRole *role = image_role(image, i);
                if (role->organization == IMAGE_NONE &&
                    print_role_line(image, role, NULL, json) != 0)
                        return EXIT_UNABLE;
        }
        return EXIT_ALLOWED;
}

/* The roles that an organization has made, and those that it has customized. */
static int print_organization(const Image *image, uint32_t index, bool json)
{
        const ImageOrganization *organization = image_organization(image, index);
        ImageRange range = organization->roles;
        if (!json && range.count == 0)
                printf("organization:%s has no role of its own and customizes none\n",
                       image_string(image, organization->name).data);
        else if (!json)
                printf("%-28s %-10s %-13s %4s  %-11s %s\n", "ROLE", "KIND", "LEVEL", "RANK",
                       "HOLDERS", "TITLE");
        for (uint32_t i = 0; i < range.count; i++) {
                const ImageRole *role = image_role(image, range.first + i);
                const char *kind =
                        role && role->flags & IMAGE_ROLE_CUSTOM ? "custom" : "customized";
                if (role && print_role_line(image, role, kind, json) != 0)
                        return EXIT_UNABLE;
        }
        return EXIT_ALLOWED;
}

/* Options that would have no effect are refused, never ignored. Return: 0, or EXIT_USAGE. */
static int check_options(const Options *options)
{
        bool matrix = options->given & OPTION_MATRIX, format = options->given & OPTION_FORMAT;
        const char *problem = NULL;
        if (!matrix && options->word_count > 1)
                problem = "usage: doorward roles [ROLE] [OPTION...]";
        else if (!matrix && format)
                problem = "--format needs --matrix";
        else if (matrix && options->given & OPTION_ORGANIZATION)
                problem = "--matrix shows the catalogues: --organization does not go with it";
        else if (format && options->given & OPTION_JSON)
                problem = "--json is a format: --format does not go with it";
        if (!problem)
                return 0;
        complain("roles", "%s", problem);
        return EXIT_USAGE;
}

static int print_roles(const Offline *offline, const Options *options)
{
        const Image *image = offline->image;
        bool json = options->given & OPTION_JSON;
        uint32_t organization = IMAGE_NONE;
        if (options->given & OPTION_MATRIX)
                return roles_matrix_run(offline, options);
        if (options->organization) {
                organization = image_find_organization(image, text_from(options->organization));
                if (!image_organization(image, organization)) {
                        complain("roles", "there is no organization '%s'", options->organization);
                        return EXIT_UNABLE;
                }
        }
        if (options->word_count > 0)
                return roles_role_print(image, organization, options->words[0], json);
        return options->organization ? print_organization(image, organization, json)
                                     : print_catalogues(image, json);
}

static int run(const Options *options)
{
        Offline offline;
        int status = check_options(options);
        if (status != 0)
                return status;
        status = offline_open("roles", options, &offline);
        if (status == 0)
                status = print_roles(&offline, options);
        offline_close(&offline);
        return status;
}

const Command command_roles = {
        .name = "roles",
        .arguments = "[ROLE] | --matrix [SYSTEM]...",
        .summary = "Show the role catalogue, the permissions of one role, or a whole role system",
        .details = "With --organization NAME: the roles that it has made or customized, or what\n"
                   "ROLE gives there now, what by default, and which line made the difference.\n"
                   "With --matrix: every permission and which role gives it, of the catalogues\n"
                   "named (a file's name without .conf, such as access), or of all.\n",
        .options = OPTIONS_OFFLINE | OPTION_MATRIX | OPTION_FORMAT | OPTION_ORGANIZATION,
        .words_min = 0,
        .words_max = -1,
        .run = run,
};
