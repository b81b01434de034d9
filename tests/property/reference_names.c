/* SPDX-License-Identifier: MIT */
/*
 * The last part of a path is the object's own name, the rest says where it is. Every named thing of
 * a world starts with its name, so that one search serves all lists.
 */
#include "reference_names.h"

#include <stddef.h>
#include <string.h>

/* A kind of thing that a path can name: its list within an organization. */
typedef struct Kind {
        const char *type;
        char letter; /* as in ReferencePermission.scope, or any other */
        size_t count_at, list_at, size;
        ptrdiff_t site_at; /* where an element says at which site it is; -1: it is at none */
} Kind;

#define KIND(type, letter, list, element, site_at)                                                 \
        {                                                                                          \
                type, letter, offsetof(WorldOrganization, list##_count),                           \
                        offsetof(WorldOrganization, list), sizeof(element), site_at                \
        }

static const Kind KINDS[] = {
        KIND("site", 's', sites, WorldSite, offsetof(WorldSite, parent)),
        KIND("door", 'd', doors, WorldDoor, offsetof(WorldDoor, site)),
        KIND("host", 'h', hosts, WorldDoor, offsetof(WorldDoor, site)),
        KIND("user", 'u', users, WorldUser, -1),
        KIND("access-group", 'g', access_groups, WorldAccessGroup, -1),
        KIND("group", 'c', groups, WorldGroup, -1),
        KIND("schedule", 'e', schedules, WorldSchedule, -1),
        KIND("door-exception", 'x', exceptions, WorldException, -1),
        KIND("access-exception", 'z', access_exceptions, WorldException, -1),
        KIND("lockdown", 'l', lockdowns, WorldLockdown, -1),
        KIND("roll-call-template", 't', templates, WorldTemplate, -1),
        KIND("floorplan", 'f', floorplans, WorldFloorplan, -1),
        KIND("entity", 'y', entities, WorldEntity, -1),
};

bool reference_text_is(const char *text, size_t length, const char *name)
{
        return strlen(name) == length && memcmp(text, name, length) == 0;
}

static bool path_names(const WorldOrganization *o, int site, const char *name, const char *path,
                       size_t length)
{
        const char *slash = memrchr(path, '/', length);

        if (slash == NULL || !reference_text_is(slash + 1, length - (slash + 1 - path), name))
                return false;
        if (site == WORLD_NONE)
                return reference_text_is(path, slash - path, o->name);
        return path_names(o, o->sites[site].parent, o->sites[site].name, path, slash - path);
}

static int number_at(const char *place)
{
        int number;

        memcpy(&number, place, sizeof(number));
        return number;
}

/* Returns the index of the element of KIND that PATH names, WORLD_NONE when there is none. */
static int find_in_list(const WorldOrganization *o, const Kind *kind, const char *path,
                        size_t length)
{
        const char *base = (const char *)o;
        int count = number_at(base + kind->count_at);

        for (int i = 0; i < count; i++) {
                const char *name = base + kind->list_at + (size_t)i * kind->size;
                int site = kind->site_at < 0 ? WORLD_NONE : number_at(name + kind->site_at);
                if (path_names(o, site, name, path, length))
                        return i;
        }
        return WORLD_NONE;
}

bool reference_place_find(const World *world, const char *text, ReferencePlace *place)
{
        size_t type = strcspn(text, ":");
        const char *path = text + type + (text[type] == ':');
        const char *slash = strrchr(path, '/');

        *place = (ReferencePlace){ .site = WORLD_NONE, .index = WORLD_NONE };
        for (int i = 0; i < world->organizations_count; i++)
                if (reference_text_is(path, strcspn(path, "/"), world->organizations[i].name))
                        place->organization = &world->organizations[i];
        if (place->organization == NULL)
                return false;
        if (reference_text_is(text, type, "organization")) {
                place->letter = 'o';
                return slash == NULL;
        }
        if (reference_text_is(text, type, "roll-call") ||
            reference_text_is(text, type, "archive")) {
                /* It is not declared; the site that holds it is. */
                place->letter = text[0];
                if (slash != NULL)
                        place->site = find_in_list(place->organization, &KINDS[0], path,
                                                   (size_t)(slash - path));
                return place->site != WORLD_NONE;
        }
        for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++) {
                if (!reference_text_is(text, type, KINDS[i].type))
                        continue;
                place->letter = KINDS[i].letter;
                place->index = find_in_list(place->organization, &KINDS[i], path, strlen(path));
        }
        if (place->index == WORLD_NONE)
                return false;
        if (place->letter == 's')
                place->site = place->index;
        else if (place->letter == 'd')
                place->site = place->organization->doors[place->index].site;
        else if (place->letter == 'h')
                place->site = place->organization->hosts[place->index].site;
        else if (place->letter == 't')
                place->site = place->organization->templates[place->index].site;
        return true;
}
