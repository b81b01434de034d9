/* SPDX-License-Identifier: MIT */
/* Roles: text. */
#include "cli/roles_text.h"

#include <stdio.h>
#include <stdlib.h>

/* Writes one text about an entry. */
typedef void (*EntryWriter)(const Image *image, const ImageEntry *entry, FILE *stream);

const char *roles_holders_text(const ImageRole *role)
{
        bool user = role->flags & IMAGE_ROLE_USER, group = role->flags & IMAGE_ROLE_GROUP;
        if (user && group)
                return "user,group";
        return user ? "user" : group ? "group" : "nobody";
}

static char *write_text(const Image *image, const ImageEntry *entry, EntryWriter writer)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        if (!stream)
                return NULL;
        writer(image, entry, stream);
        if (fclose(stream) == 0)
                return text;
        free(text);
        return NULL;
}

/* Roles that must be held too are conditions as well. */
static void write_when(const Image *image, const ImageEntry *entry, FILE *stream)
{
        const char *separator = "";
        for (unsigned bit = 0; bit < CONDITION_COUNT; bit++) {
                if (!(entry->conditions & 1u << bit))
                        continue;
                fprintf(stream, "%s%s", separator, condition_name((Condition)(1u << bit)));
                separator = " and ";
        }
        uint32_t count;
        const uint32_t *also = image_numbers(image, entry->also, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageRole *role = image_role(image, also[i]);
                fprintf(stream, "%salso %s", separator,
                        role ? image_string(image, role->name).data : "?");
                separator = " or ";
        }
        if (entry->conditions == 0 && count == 0)
                fputs("-", stream);
}

static void write_scope(const Image *image, const ImageEntry *entry, FILE *stream)
{
        static const char *const NAMES[] = { "organization", "site",   "door",   "user",
                                             "group",        "entity", "account" };
        const char *separator = "";
        if (entry->any_site) {
                fputs("organization, from any site", stream);
                return;
        }
        for (unsigned i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
                if (!(entry->scopes & 1u << i))
                        continue;
                fprintf(stream, "%s%s", separator, NAMES[i]);
                separator = "|";
        }
        uint32_t count;
        const uint32_t *entities = image_numbers(image, entry->entities, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageObject *entity = image_object(image, entities[i]);
                fprintf(stream, "%s%s", i ? "," : " ",
                        entity ? image_string(image, entity->name).data : "?");
        }
}

char *roles_when_text(const Image *image, const ImageEntry *entry)
{
        return write_text(image, entry, write_when);
}

char *roles_scope_text(const Image *image, const ImageEntry *entry)
{
        return write_text(image, entry, write_scope);
}
