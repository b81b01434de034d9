/* SPDX-License-Identifier: MIT */
/* doorward roles: the catalogue as a table, and what one role gives. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/offline.h"
#include "cli/output.h"

#define CELL_SIZE 512

static const char *holders_text(const ImageRole *role)
{
        bool user = role->flags & IMAGE_ROLE_USER, group = role->flags & IMAGE_ROLE_GROUP;
        if (user && group)
                return "user,group";
        return user ? "user" : group ? "group" : "nobody";
}

static json_t *role_json(const Image *image, const ImageRole *role)
{
        json_t *object =
                json_pack("{s:s, s:s, s:s, s:s, s:i}", "role", image_string(image, role->name).data,
                          "title", image_string(image, role->title).data, "level",
                          role_level_name((RoleLevel)role->level), "holders", holders_text(role),
                          "rank", (int)role->rank);
        return object;
}

static int print_table(const Image *image, bool json)
{
        if (!json)
                printf("%-28s %-13s %4s  %-11s %s\n", "ROLE", "LEVEL", "RANK", "HOLDERS", "TITLE");
        for (uint32_t i = 0; i < image_count(image, IMAGE_ROLES); i++) {
                const ImageRole *role = image_role(image, i);
                if (json && output_json(role_json(image, role)) != 0)
                        return EXIT_UNABLE;
                if (!json)
                        printf("%-28s %-13s %4u  %-11s %s\n", image_string(image, role->name).data,
                               role_level_name((RoleLevel)role->level), role->rank,
                               holders_text(role), image_string(image, role->title).data);
        }
        return EXIT_ALLOWED;
}

/* "condition and condition" of one entry, or "-"; roles that must be held too are conditions as
 * well. */
static const char *conditions_text(const Image *image, const ImageEntry *entry, char *buffer)
{
        size_t used = 0;
        buffer[0] = '\0';
        for (unsigned bit = 0; bit < CONDITION_COUNT; bit++) {
                if (!(entry->conditions & 1u << bit))
                        continue;
                used += (size_t)snprintf(buffer + used, CELL_SIZE - used, "%s%s",
                                         used ? " and " : "",
                                         condition_name((Condition)(1u << bit)));
        }
        uint32_t count;
        const uint32_t *also = image_numbers(image, entry->also, &count);
        for (uint32_t i = 0; i < count && used < CELL_SIZE; i++) {
                const ImageRole *role = image_role(image, also[i]);
                used += (size_t)snprintf(buffer + used, CELL_SIZE - used, "%salso %s",
                                         i      ? " or "
                                         : used ? " and "
                                                : "",
                                         role ? image_string(image, role->name).data : "?");
        }
        return used ? buffer : "-";
}

static const char *scopes_text(uint32_t scopes, char *buffer)
{
        static const char *const names[] = { "organization", "site",   "door",   "user",
                                             "group",        "entity", "account" };
        size_t used = 0;
        buffer[0] = '\0';
        for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
                if (scopes & 1u << i)
                        used += (size_t)snprintf(buffer + used, CELL_SIZE - used, "%s%s",
                                                 used ? "|" : "", names[i]);
        return buffer;
}

static int print_entry(const Image *image, const ImageEntry *entry, bool json)
{
        char conditions[CELL_SIZE], scopes[CELL_SIZE];
        const ImagePermission *permission = image_permission(image, entry->permission);
        if (!permission)
                return 0;
        const char *name = image_string(image, permission->name).data;
        const char *scope = entry->any_site ? "organization, from any site"
                                            : scopes_text(entry->scopes, scopes);
        const char *when = conditions_text(image, entry, conditions);
        if (json)
                return output_json(json_pack("{s:s, s:s, s:s}", "permission", name, "scope", scope,
                                             "when", when));
        printf("%-36s %-20s %s\n", name, scope, when);
        return 0;
}

static int print_implied(const Image *image, const ImageRole *role, bool json)
{
        uint32_t count;
        const uint32_t *implied = image_numbers(image, role->implies, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageRole *other = image_role(image, implied[i]);
                const char *name = other ? image_string(image, other->name).data : "?";
                if (json &&
                    output_json(json_pack("{s:s, s:s}", "implies", name, "at", "all-sites")) != 0)
                        return EXIT_UNABLE;
                if (!json)
                        printf("and the role %s at all sites of the organization\n", name);
        }
        return 0;
}

static int print_role(const Image *image, const char *name, bool json)
{
        uint32_t index = image_find_role(image, IMAGE_NONE, text_from(name));
        const ImageRole *role = image_role(image, index);
        if (!role) {
                complain("roles", "there is no role '%s'; `doorward roles` lists all", name);
                return EXIT_UNABLE;
        }
        if (!json)
                printf("%s (%s)\n%s\n\n%-36s %-20s %s\n", image_string(image, role->title).data,
                       name, image_string(image, role->description).data, "PERMISSION", "SCOPE",
                       "WHEN");
        uint32_t count;
        const ImageEntry *entries = image_entries(image, role->entries, &count);
        for (uint32_t i = 0; i < count; i++)
                if (print_entry(image, &entries[i], json) != 0)
                        return EXIT_UNABLE;
        return print_implied(image, role, json);
}

static int run(const Options *options)
{
        Offline offline;
        bool json = options->given & OPTION_JSON;
        int status = offline_open("roles", options, &offline);
        if (status == 0)
                status = options->word_count ? print_role(offline.image, options->words[0], json)
                                             : print_table(offline.image, json);
        offline_close(&offline);
        return status;
}

const Command command_roles = {
        .name = "roles",
        .arguments = "[ROLE]",
        .summary = "Show the role catalogue, or the permissions of one role",
        .details = NULL,
        .options = OPTIONS_OFFLINE,
        .words_min = 0,
        .words_max = 1,
        .run = run,
};
