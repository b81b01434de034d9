/* SPDX-License-Identifier: MIT */
/*
 * A question is built from a permission and a grant that gives it, when one is wanted that may well
 * be allowed, or from anything at all; then its objects are chosen, and sometimes spoilt.
 */
#include <stdio.h>
#include <string.h>

#include "reference_roles.h"
#include "world_random.h"
#include "world_text.h"

/* What a question is made of before it is written as text. */
typedef struct Draft {
        Random *random;
        const World *world;
        const WorldOrganization *o;
        const ReferencePermission *permission;
        int site;            /* where the grant is that should give it; WORLD_NONE: anywhere */
        char scope;          /* the letter of the kind of resource to ask on */
        unsigned conditions; /* of the permission, all ways together */
        RefQuery *query;
} Draft;

static void set_resource(const Draft *draft, const char *type, int site, const char *name)
{
        world_text_resource(draft->o, type, site, name, draft->query->resource);
}

static bool is_at_or_below(const WorldOrganization *o, int site, int above)
{
        for (; site != WORLD_NONE; site = o->sites[site].parent)
                if (site == above)
                        return true;
        return above == WORLD_NONE;
}

/* One of the COUNT doors or hosts at LIST that lie below the draft's grant, if any does. */
static int below_grant(const Draft *draft, const WorldDoor *list, int count)
{
        int found = random_below(draft->random, count);

        for (int i = 0; i < count; i++, found = (found + 1) % count)
                if (is_at_or_below(draft->o, list[found].site, draft->site))
                        break;
        return found;
}

static int site_below_grant(const Draft *draft)
{
        int count = draft->o->sites_count, site = random_below(draft->random, count);

        for (int i = 0; i < count; i++, site = (site + 1) % count)
                if (is_at_or_below(draft->o, site, draft->site))
                        break;
        return site;
}

static void ask_on_door(Draft *draft)
{
        const WorldOrganization *o = draft->o;
        int door;

        if (o->doors_count == 0) {
                set_resource(draft, "door", WORLD_NONE, "D1");
                return;
        }
        door = below_grant(draft, o->doors, o->doors_count);
        set_resource(draft, "door", o->doors[door].site, o->doors[door].name);
}

static void ask_on_site(Draft *draft)
{
        const WorldOrganization *o = draft->o;
        int choice = random_below(draft->random, 100), site;

        if (o->sites_count == 0) {
                set_resource(draft, "site", WORLD_NONE, "HQ");
        } else if (choice < 20 && o->doors_count > 0) {
                ask_on_door(draft);
        } else if (choice < 40 && o->hosts_count > 0) {
                int host = below_grant(draft, o->hosts, o->hosts_count);
                set_resource(draft, "host", o->hosts[host].site, o->hosts[host].name);
        } else if (choice < 45) {
                set_resource(draft, random_chance(draft->random, 50) ? "roll-call" : "archive",
                             site_below_grant(draft), "R1");
        } else if (choice < 48 && o->templates_count > 0) {
                set_resource(draft, "roll-call-template", WORLD_NONE,
                             o->templates[random_below(draft->random, o->templates_count)].name);
        } else {
                site = site_below_grant(draft);
                set_resource(draft, "site", o->sites[site].parent, o->sites[site].name);
        }
}

static void ask_on_person(Draft *draft)
{
        const WorldOrganization *o = draft->o;

        if (draft->scope == 'u' && (draft->conditions & IS_SELF) != 0 &&
            random_chance(draft->random, 60))
                set_resource(draft, "user", WORLD_NONE, draft->query->user);
        else if (draft->scope == 'u')
                set_resource(draft, "user", WORLD_NONE,
                             o->users[random_below(draft->random, o->users_count)].name);
        else if (o->groups_count > 0 && random_chance(draft->random, 5)) /* another thing */
                set_resource(draft, "group", WORLD_NONE,
                             o->groups[random_below(draft->random, o->groups_count)].name);
        else if (o->access_groups_count > 0)
                set_resource(
                        draft, "access-group", WORLD_NONE,
                        o->access_groups[random_below(draft->random, o->access_groups_count)].name);
        else
                set_resource(draft, "access-group", WORLD_NONE, "staff");
}

static void ask_on_entity(Draft *draft)
{
        const WorldOrganization *o = draft->o;

        set_resource(draft, "entity", WORLD_NONE,
                     o->entities_count == 0
                             ? "plates"
                             : o->entities[random_below(draft->random, o->entities_count)].name);
}

static void ask_on_resource(Draft *draft)
{
        const char *scope = draft->permission->scope;

        draft->scope = scope[random_below(draft->random, (int)strlen(scope))];
        if (random_chance(draft->random, 3)) /* quite another kind, most likely out of scope */
                draft->scope = "osduy"[random_below(draft->random, 5)];
        if (draft->scope == 'o')
                set_resource(draft, "organization", WORLD_NONE, "");
        else if (draft->scope == 's')
                ask_on_site(draft);
        else if (draft->scope == 'd')
                ask_on_door(draft);
        else if (draft->scope == 'y')
                ask_on_entity(draft);
        else
                ask_on_person(draft);
}

/* Adds with=TYPE:NAME, NAME being that of one of COUNT elements of SIZE bytes at LIST. */
static void add_with(Draft *draft, const char *type, const void *list, int count, size_t size)
{
        RefQuery *query = draft->query;
        const char *name = "nobody";

        if (count > 0 && !random_chance(draft->random, 8))
                name = (const char *)list + (size_t)random_below(draft->random, count) * size;
        world_text_resource(draft->o, type, WORLD_NONE, name, query->with[query->with_count++]);
}

#define ADD_WITH(type, list) add_with(draft, type, o->list, o->list##_count, sizeof(o->list[0]))

static void add_roll_call(Draft *draft)
{
        static const RefFlag FLAGS[] = { REF_TRUE, REF_TRUE, REF_TRUE, REF_FALSE, REF_NOT_STATED };
        RefQuery *query = draft->query;
        const WorldOrganization *o = draft->o;

        query->active = FLAGS[random_below(draft->random, 5)];
        if (o->sites_count > 0)
                world_text_resource(o, "roll-call",
                                    random_chance(draft->random, 40)
                                            ? random_below(draft->random, o->sites_count)
                                            : site_below_grant(draft),
                                    "R1", query->with[query->with_count++]);
}

static void add_target(Draft *draft)
{
        const WorldOrganization *o = draft->o;

        if (random_chance(draft->random, 25))
                world_text_resource(o, "user", WORLD_NONE, draft->query->user,
                                    draft->query->with[draft->query->with_count++]);
        else if (random_chance(draft->random, 50))
                ADD_WITH("user", users);
        else
                ADD_WITH("group", groups);
}

/* Says whether a user named by with= may matter. */
static bool is_about_people(const Draft *draft)
{
        return (draft->conditions & (NOT_SYNCED | NOT_SELF | HAS_LEGACY | IS_SELF | IS_MEMBER)) !=
               0;
}

/* Permissions on people name them by themselves. */
static bool needs_target(const Draft *draft)
{
        return is_about_people(draft) && strchr("ug", draft->scope) == NULL;
}

static void add_objects(Draft *draft)
{
        static const RefFlag FLAGS[] = { REF_FALSE, REF_FALSE, REF_TRUE, REF_NOT_STATED };
        const WorldOrganization *o = draft->o;
        int others = draft->world->organizations_count;
        const WorldOrganization *other;

        if ((draft->conditions & NOT_PRIVATE) != 0)
                draft->query->is_private = FLAGS[random_below(draft->random, 4)];
        if (random_chance(draft->random, 8))
                return; /* the object that may be needed is not named */
        if (needs_target(draft) && (draft->scope != 'o' || random_chance(draft->random, 50)))
                add_target(draft);
        if ((draft->conditions & SCHEDULE_EXISTS) != 0)
                ADD_WITH("schedule", schedules);
        if ((draft->conditions & EXCEPTION_EXISTS) != 0)
                ADD_WITH("door-exception", exceptions);
        if ((draft->conditions & TEMPLATE_EXISTS) != 0)
                ADD_WITH("roll-call-template", templates);
        if ((draft->conditions & FLOORPLAN_SHOWS_DOOR) != 0)
                ADD_WITH("floorplan", floorplans);
        if ((draft->conditions & ROLL_CALL_ACTIVE) != 0)
                add_roll_call(draft);
        /* One more object, of another organization perhaps, or of this one and not needed. */
        other = &draft->world->organizations[random_below(draft->random, others)];
        if (random_chance(draft->random, 2) && (other != o || !is_about_people(draft)))
                world_text_resource(other, "user", WORLD_NONE, "al",
                                    draft->query->with[draft->query->with_count++]);
}

static bool may_give(const WorldOrganization *o, int role, const ReferencePermission *permission)
{
        if (role >= WORLD_ROLES_COUNT)
                return strcmp(permission->scope, "y") == 0;
        for (int i = 0; i < o->customizations_count; i++)
                if (o->customizations[i].role == role && reference_can_customize(role, permission))
                        return true;
        for (int i = 0; i < REFERENCE_GIVES_MAX && permission->gives[i].role != SYSTEM_NONE; i++)
                if (reference_role_includes(role, (int)permission->gives[i].role))
                        return true;
        return false;
}

/* Chooses a permission that ROLE may give, any when it gives none. */
static const ReferencePermission *permission_of(const Draft *draft, int role)
{
        int count = REFERENCE_PERMISSIONS_COUNT, index = random_below(draft->random, count);

        for (int i = 0; i < count; i++, index = (index + 1) % count)
                if (may_give(draft->o, role, &REFERENCE_PERMISSIONS[index]))
                        break;
        return &REFERENCE_PERMISSIONS[index];
}

/* Chooses a user and one of the grants that he has by himself or by a group, and asks for it. */
static void draft_from_grant(Draft *draft)
{
        const WorldOrganization *o = draft->o;
        const WorldUser *user = &o->users[random_below(draft->random, o->users_count)];
        const WorldGrants *grants = &user->grants;
        const WorldGrant *grant;

        strcpy(draft->query->user, user->name);
        if (user->groups.count > 0 && (grants->count == 0 || random_chance(draft->random, 50)))
                grants = &o->groups[user->groups
                                            .item[random_below(draft->random, user->groups.count)]]
                                  .grants;
        if (grants->count == 0)
                return;
        grant = &grants->item[random_below(draft->random, grants->count)];
        draft->permission = permission_of(draft, grant->role);
        draft->site = grant->site;
}

static void draft_from_anything(Draft *draft)
{
        const WorldOrganization *o = draft->o;
        Random *random = draft->random;

        strcpy(draft->query->user, o->users[random_below(random, o->users_count)].name);
        if (random_chance(random, 10))
                strcpy(draft->query->user, random_chance(random, 50) ? "nobody" : "alic");
        draft->permission =
                &REFERENCE_PERMISSIONS[random_below(random, REFERENCE_PERMISSIONS_COUNT)];
        if (random_chance(random, 5))
                draft->permission = permission_of(draft, ORG_MEMBER);
}

static void add_gids(Draft *draft)
{
        int count = 1 + random_below(draft->random, 3);

        for (int i = 0; i < count; i++)
                draft->query->gids[draft->query->gids_count++] =
                        WORLD_GIDS[random_below(draft->random, WORLD_GIDS_COUNT)].gid;
}

/* Spoils a question: a misspelt permission, or a resource that is not declared. */
static void spoil(Draft *draft)
{
        RefQuery *query = draft->query;
        size_t length = strlen(query->resource);

        switch (random_below(draft->random, 4)) {
        case 0:
                strcpy(query->permission, "access.door.teleport");
                break;
        case 1:
                query->resource[length - 1] = query->resource[length - 1] == 'Z' ? 'z' : 'Z';
                break;
        case 2:
                strcpy(query->resource + length, "2");
                break;
        default:
                world_text_resource(draft->o, "site", WORLD_NONE, "Nowhere", query->resource);
        }
}

int64_t world_random_query(Random *random, const World *world, RefQuery *ret_query)
{
        Draft draft = { random, world, NULL, NULL, WORLD_NONE, 0, 0, ret_query };

        memset(ret_query, 0, sizeof(*ret_query));
        draft.o = &world->organizations[random_below(random, world->organizations_count)];
        draft_from_anything(&draft);
        if (random_chance(random, 70))
                draft_from_grant(&draft);
        if (random_chance(random, 15))
                draft.permission = reference_permission_find(
                        random_chance(random, 65) ? "access.door.unlock" : "access.door.enter");
        draft.conditions = reference_permission_conditions(draft.permission);
        strcpy(ret_query->permission, draft.permission->name);
        ask_on_resource(&draft);
        add_objects(&draft);
        if (random_chance(random, 30))
                add_gids(&draft);
        if (random_chance(random, 3))
                spoil(&draft);
        return world_random_time(random, world);
}
