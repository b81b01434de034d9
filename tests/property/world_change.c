/* SPDX-License-Identifier: MIT */
/*
 * Random questions about changes. Half of them concern what somebody holds already, so that there
 * is something to take, and most actors hold something that lets them give.
 */
#include <stdio.h>
#include <string.h>

#include "reference_people.h"
#include "world_random.h"
#include "world_text.h"

static const WorldUser *any_user(Random *random, const WorldOrganization *o)
{
        return &o->users[random_below(random, o->users_count)];
}

/* One of GRANTS that lets its holder give roles to others; NULL when none does. */
static const WorldGrant *find_power(const WorldGrants *grants)
{
        for (int i = 0; i < grants->count; i++) {
                int role = grants->item[i].role;
                if (role == ORG_ADMIN || role == SYSTEM_ADMIN || role == USER_ADMIN ||
                    role == SITE_ADMIN || role == CAMERA_ADMIN || role == ACCOUNT_MANAGER)
                        return &grants->item[i];
        }
        return NULL;
}

static const WorldGrant *power_of(const WorldOrganization *o, const WorldUser *user)
{
        const WorldGrant *power = find_power(&user->grants);

        for (int i = 0; i < user->groups.count && power == NULL; i++)
                power = find_power(&o->groups[user->groups.item[i]].grants);
        return power;
}

/* Most askers have, by themselves or by a group, some role that lets them give others. */
static const WorldUser *any_actor(Random *random, const WorldOrganization *o)
{
        const WorldUser *user = any_user(random, o);

        for (int tries = random_chance(random, 85) ? 16 : 0; tries > 0 && power_of(o, user) == NULL;
             tries--)
                user = any_user(random, o);
        return user;
}

/* Writes ROLE[@SITEPATH] for GRANT, now and then with a site where none belongs or without one. */
static void write_role(Random *random, const WorldOrganization *o, const WorldGrant *grant,
                       char *ret_text)
{
        char path[WORLD_TEXT_SIZE];
        int site = grant->site;

        if (random_chance(random, 2))
                site = site != WORLD_NONE || o->sites_count == 0
                               ? WORLD_NONE
                               : random_below(random, o->sites_count);
        strcpy(ret_text, world_text_role(o, grant->role));
        if (site != WORLD_NONE) {
                world_text_path(o, o->sites[site].parent, o->sites[site].name, path);
                sprintf(ret_text + strlen(ret_text), "@%s/%s", o->name, path);
        }
        if (random_chance(random, 1))
                strcat(ret_text, "2");
}

/* Says whether ROLE is one that nobody may grant, or that has no site to be granted at. */
static bool is_vain(const WorldOrganization *o, int role)
{
        if (role >= WORLD_ROLES_COUNT)
                return false;
        return REFERENCE_ROLES[role].granted_with[0] == NULL ||
               (REFERENCE_ROLES[role].level == 's' && o->sites_count == 0);
}

static WorldGrant any_grant(Random *random, const WorldOrganization *o)
{
        WorldGrant grant = { 0, WORLD_NONE, { INT64_MIN, INT64_MAX } };

        do {
                grant.role = random_below(random, WORLD_ROLES_COUNT + o->custom_roles_count);
                if (random_chance(random, 30))
                        grant.role =
                                (random_chance(random, 50) ? (int)SITE_NONE : (int)CAMERA_NONE) +
                                random_below(random, 4);
        } while (is_vain(o, grant.role) && random_chance(random, 90));
        if (grant.role < WORLD_ROLES_COUNT && REFERENCE_ROLES[grant.role].level == 's' &&
            o->sites_count > 0)
                grant.site = random_below(random, o->sites_count);
        return grant;
}

/* A site at SITE or below it. */
static int site_below(Random *random, const WorldOrganization *o, int site)
{
        int found = random_below(random, o->sites_count);

        while (!reference_site_is_below(o, found, site))
                found = (found + 1) % o->sites_count;
        return found;
}

/* A grant that who has POWER may well make; NULL is none. */
static WorldGrant likely_grant(Random *random, const WorldOrganization *o, const WorldGrant *power)
{
        WorldGrant grant = any_grant(random, o);
        int role = power != NULL ? power->role : (int)ORG_ADMIN;

        if (role == ORG_ADMIN || (role == SYSTEM_ADMIN && random_chance(random, 50)))
                return grant;
        grant.site = WORLD_NONE;
        if (role == SYSTEM_ADMIN)
                grant.role = SYSTEM_MANAGER + random_below(random, 2);
        else if (role == USER_ADMIN)
                grant.role = CREDENTIAL_MANAGER + random_below(random, 3);
        else if (role == ACCOUNT_MANAGER)
                grant.role =
                        o->custom_roles_count > 0 && random_chance(random, 50)
                                ? WORLD_ROLES_COUNT + random_below(random, o->custom_roles_count)
                                : ACCOUNT_VIEWER + random_below(random, 2);
        else
                grant = (WorldGrant){ role - random_below(random, 3),
                                      site_below(random, o, power->site), grant.interval };
        return grant;
}

/* The user called NAME, NULL when there is none. */
static const WorldUser *find_user(const WorldOrganization *o, const char *name)
{
        for (int i = 0; i < o->users_count; i++)
                if (strcmp(o->users[i].name, name) == 0)
                        return &o->users[i];
        return NULL;
}

static void draft_grant(Random *random, const WorldOrganization *o, RefQuery *query)
{
        const WorldUser *actor = find_user(o, query->user);
        const WorldGroup *group = o->groups_count > 0 && random_chance(random, 35)
                                          ? &o->groups[random_below(random, o->groups_count)]
                                          : NULL;
        const WorldUser *user = any_user(random, o);
        const WorldGrants *held = group != NULL ? &group->grants : &user->grants;
        WorldGrant grant = any_grant(random, o);

        if (actor != NULL && random_chance(random, 70))
                grant = likely_grant(random, o, power_of(o, actor));
        if (held->count > 0 && random_chance(random, query->kind == REF_REVOKE ? 85 : 10))
                grant = held->item[random_below(random, held->count)];
        write_role(random, o, &grant, query->role);
        world_text_resource(o, group != NULL ? "group" : "user", WORLD_NONE,
                            group != NULL ? group->name : user->name, query->resource);
}

static void draft_migration(Random *random, const WorldOrganization *o, RefQuery *query)
{
        const WorldUser *user = any_user(random, o);

        for (int tries = 0; tries < 8 && !reference_user_has_legacy(user, INT64_MIN); tries++)
                user = any_user(random, o);
        world_text_resource(o, "user", WORLD_NONE, user->name, query->resource);
        query->with_count = random_chance(random, 50) ? 0 : random_below(random, 3);
        for (int i = 0; i < query->with_count; i++) {
                WorldGrant grant = any_grant(random, o);
                write_role(random, o, &grant, query->with[i]);
        }
}

static void draft_membership(Random *random, const WorldOrganization *o, RefQuery *query)
{
        const WorldUser *user = any_user(random, o);
        bool access = o->groups_count == 0 || random_chance(random, 35);
        int count = access ? o->access_groups_count : o->groups_count;
        const WorldList *in = access ? &user->access_groups : &user->groups;
        const char *name = "nobody";
        int i;

        if (count > 0) {
                i = random_below(random, count);
                if (query->kind == REF_REMOVE_MEMBER && in->count > 0 && random_chance(random, 80))
                        i = in->item[random_below(random, in->count)];
                name = access ? o->access_groups[i].name : o->groups[i].name;
        }
        world_text_resource(o, "user", WORLD_NONE, user->name, query->resource);
        world_text_resource(o, access ? "access-group" : "group", WORLD_NONE, name, query->with[0]);
        query->with_count = 1;
}

static void draft_customization(Random *random, const WorldOrganization *o, RefQuery *query)
{
        int role = random_chance(random, 80) ? CAMERA_VIEWER + random_below(random, 2)
                                             : random_below(random, WORLD_ROLES_COUNT);
        int index = random_below(random, REFERENCE_PERMISSIONS_COUNT);

        for (int i = 0; i < REFERENCE_PERMISSIONS_COUNT && !random_chance(random, 1); i++) {
                if (reference_can_customize(CAMERA_ADMIN, &REFERENCE_PERMISSIONS[index]))
                        break;
                index = (index + 1) % REFERENCE_PERMISSIONS_COUNT;
        }
        strcpy(query->role, REFERENCE_ROLES[role].name);
        snprintf(query->permission, sizeof(query->permission), "%c%s",
                 random_chance(random, 50) ? '+' : '-', REFERENCE_PERMISSIONS[index].name);
        if (random_chance(random, 25))
                strcpy(query->permission, "default");
        world_text_resource(o, "organization", WORLD_NONE, "", query->resource);
}

void world_random_change(Random *random, const World *world, RefQuery *ret_query)
{
        static const RefKind KINDS[] = {
                REF_GRANT,   REF_GRANT,      REF_GRANT,      REF_GRANT,         REF_REVOKE,
                REF_MIGRATE, REF_ADD_MEMBER, REF_ADD_MEMBER, REF_REMOVE_MEMBER, REF_CUSTOMIZE,
        };
        const WorldOrganization *o =
                &world->organizations[random_below(random, world->organizations_count)];

        memset(ret_query, 0, sizeof(*ret_query));
        strcpy(ret_query->user, random_chance(random, 2) ? "nobody" : any_actor(random, o)->name);
        ret_query->kind = KINDS[random_below(random, sizeof(KINDS) / sizeof(KINDS[0]))];
        if (ret_query->kind == REF_GRANT || ret_query->kind == REF_REVOKE)
                draft_grant(random, o, ret_query);
        else if (ret_query->kind == REF_MIGRATE)
                draft_migration(random, o, ret_query);
        else if (ret_query->kind == REF_CUSTOMIZE)
                draft_customization(random, o, ret_query);
        else
                draft_membership(random, o, ret_query);
        if (random_chance(random, 3)) /* to oneself */
                if (strncmp(ret_query->resource, "user:", 5) == 0)
                        world_text_resource(o, "user", WORLD_NONE, ret_query->user,
                                            ret_query->resource);
        for (int i = random_chance(random, 20) ? 2 : 0; i > 0; i--)
                ret_query->gids[ret_query->gids_count++] =
                        WORLD_GIDS[random_below(random, WORLD_GIDS_COUNT)].gid;
}
