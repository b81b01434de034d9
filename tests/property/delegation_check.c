/* SPDX-License-Identifier: MIT */
/*
 * What must be true when a walk has ended, computed from its first world and its log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delegation.h"
#include "reference_names.h"
#include "reference_people.h"
#include "reference_roles.h"
#include "world_apply.h"
#include "world_text.h"

bool delegation_log_is_whole(Walk *walk)
{
        static World again;

        again = walk->first;
        for (int i = 0; i < walk->log_count; i++) {
                const Record *record = &walk->log[i];
                for (int k = 0; k < record->authorities_count; k++)
                        if (reference_decide(&again, record->now_s, &record->authorities[k])
                                    .verdict != REF_ALLOW)
                                return property_failed(&walk->run, "a right was held when used",
                                                       &record->authorities[k], record->now_s);
                if (record->authorities_count == 0 ||
                    reference_decide(&again, record->now_s, &record->query).verdict != REF_ALLOW ||
                    !world_apply(&again, record->now_s, &record->query, record->interval))
                        return property_failed(&walk->run, "a change was allowed when made",
                                               &record->query, record->now_s);
        }
        if (memcmp(&again, &walk->current, sizeof(again)) == 0 &&
            memcmp(&again, &walk->run.world, sizeof(again)) == 0)
                return true;
        fputs("violated: the log leads to the last policy\n", stderr);
        return false;
}

/* --- Gains --- */

/* Says whether RECORD can have given something to USER: to him, to a group of his, to a role. */
static bool concerns(const Walk *walk, const Record *record, const WorldUser *user)
{
        ReferencePlace target;

        if (record->query.kind == REF_CUSTOMIZE)
                return true;
        if (!reference_place_find(&walk->current, record->query.resource, &target))
                return false;
        if (target.letter == 'c')
                return reference_list_has(&user->groups, target.index);
        return strcmp(target.organization->users[target.index].name, user->name) == 0;
}

static bool is_concerned(const Walk *walk, const WorldUser *user)
{
        for (int i = 0; i < walk->log_count; i++)
                if (concerns(walk, &walk->log[i], user))
                        return true;
        return false;
}

/* Compares what the engine allows USER on RESOURCE with what he may by the log, and with what he
 * could do at first. */
static bool gains_on(Walk *walk, const WorldUser *user, const char *resource)
{
        bool may_gain = is_concerned(walk, user);
        RefQuery query = { .kind = REF_PERMISSION };

        strcpy(query.user, user->name);
        strcpy(query.resource, resource);
        for (int i = 0; i < REFERENCE_PERMISSIONS_COUNT; i++) {
                EngineAnswer ours;
                RefAnswer now;
                strcpy(query.permission, REFERENCE_PERMISSIONS[i].name);
                ours = engine_decide(&walk->run.engine, walk->now_s, &query);
                now = reference_decide(&walk->current, walk->now_s, &query);
                walk->run.decisions++;
                if (!engine_agrees(&ours, &now))
                        return property_failed(&walk->run, "what is allowed follows from the log",
                                               &query, walk->now_s);
                /* What his own roles do not give depends on others: who is migrated, say. */
                if (ours.verdict != REF_ALLOW || may_gain ||
                    (reference_permission_conditions(&REFERENCE_PERMISSIONS[i]) & HAS_LEGACY) != 0)
                        continue;
                if (reference_decide(&walk->first, walk->now_s, &query).verdict != REF_ALLOW)
                        return property_failed(&walk->run, "nobody gains what nobody gave him",
                                               &query, walk->now_s);
        }
        return true;
}

bool delegation_gains_are_given(Walk *walk)
{
        const WorldOrganization *o = &walk->current.organizations[0];
        char resource[WORLD_TEXT_SIZE];

        for (int u = 0; u < o->users_count; u++) {
                const WorldUser *user = &o->users[u];
                world_text_resource(o, "organization", WORLD_NONE, "", resource);
                if (!gains_on(walk, user, resource))
                        return false;
                world_text_resource(o, "user", WORLD_NONE, o->users[0].name, resource);
                if (!gains_on(walk, user, resource))
                        return false;
                for (int i = 0; i < o->sites_count; i++) {
                        world_text_resource(o, "site", o->sites[i].parent, o->sites[i].name,
                                            resource);
                        if (!gains_on(walk, user, resource))
                                return false;
                }
                for (int i = 0; i < o->doors_count; i++) {
                        world_text_resource(o, "door", o->doors[i].site, o->doors[i].name,
                                            resource);
                        if (!gains_on(walk, user, resource))
                                return false;
                }
                for (int i = 0; i < o->entities_count; i++) {
                        world_text_resource(o, "entity", WORLD_NONE, o->entities[i].name, resource);
                        if (!gains_on(walk, user, resource))
                                return false;
                }
        }
        return true;
}

/* --- Powers --- */

/* Says whether anybody or any group of O has ROLE at SITE or above it, now or later. */
static bool anybody_has(const WorldOrganization *o, int role, int site)
{
        for (int i = 0; i < o->users_count + o->groups_count; i++) {
                const WorldGrants *grants = i < o->users_count
                                                    ? &o->users[i].grants
                                                    : &o->groups[i - o->users_count].grants;
                for (int k = 0; k < grants->count; k++)
                        if (grants->item[k].role == role &&
                            (site == WORLD_NONE ||
                             reference_site_is_below(o, site, grants->item[k].site)))
                                return true;
        }
        return false;
}

static bool viewers_may_give(const WorldOrganization *o)
{
        for (int i = 0; i < o->customizations_count; i++)
                for (int k = 0; k < o->customizations[i].add.count; k++)
                        if (o->customizations[i].role == CAMERA_VIEWER &&
                            strcmp(REFERENCE_PERMISSIONS[o->customizations[i].add.item[k]].name,
                                   "site.permission.set") == 0)
                                return true;
        return false;
}

/*
 * Says whether among the people of O, as it was at first, somebody could give ROLE at SITE, or make
 * somebody who could: Org Admins make everybody but account managers; every other administrator
 * makes his like, and an Access System Admin makes Access Site Admins.
 */
static bool could_be_given(const WorldOrganization *o, int role, int site)
{
        bool org_admin = anybody_has(o, ORG_ADMIN, WORLD_NONE);

        if (role >= WORLD_ROLES_COUNT || REFERENCE_ROLES[role].level == 'a')
                return (role >= WORLD_ROLES_COUNT || role != ACCOUNT_NONE) &&
                       anybody_has(o, ACCOUNT_MANAGER, WORLD_NONE);
        if (REFERENCE_ROLES[role].is_legacy || role == ORG_MEMBER)
                return false;
        switch (REFERENCE_ROLES[role].ladder) {
        case LADDER_SYSTEM:
                return org_admin || anybody_has(o, SYSTEM_ADMIN, WORLD_NONE);
        case LADDER_USER:
                return org_admin || anybody_has(o, USER_ADMIN, WORLD_NONE);
        case LADDER_SITE:
                return org_admin || anybody_has(o, SYSTEM_ADMIN, WORLD_NONE) ||
                       anybody_has(o, SITE_ADMIN, site);
        case LADDER_CAMERA:
                return org_admin || anybody_has(o, CAMERA_ADMIN, site) ||
                       (viewers_may_give(o) && anybody_has(o, CAMERA_VIEWER, site));
        default:
                return org_admin;
        }
}

static bool is_held(const WorldGrants *grants, const WorldGrant *wanted)
{
        for (int i = 0; i < grants->count; i++)
                if (grants->item[i].role == wanted->role && grants->item[i].site == wanted->site)
                        return true;
        return false;
}

/* Says whether USER holds WANTED by himself or by a group that lists him. */
static bool has_role(const WorldOrganization *o, const WorldUser *user, const WorldGrant *wanted)
{
        if (is_held(&user->grants, wanted))
                return true;
        for (int i = 0; i < user->groups.count; i++)
                if (is_held(&o->groups[user->groups.item[i]].grants, wanted))
                        return true;
        return false;
}

/* None and No Access come with a group; whatever else USER has of GRANTS could be given. */
static bool grants_are_kept(const Walk *walk, int u, const WorldGrants *grants)
{
        const WorldOrganization *first = &walk->first.organizations[0];

        for (int i = 0; i < grants->count; i++) {
                const WorldGrant *grant = &grants->item[i];
                bool is_nothing = grant->role < WORLD_ROLES_COUNT &&
                                  REFERENCE_ROLES[grant->role].rank == 0 &&
                                  REFERENCE_ROLES[grant->role].ladder != LADDER_NONE;
                if (is_nothing || walk->now_s >= grant->interval.until_s ||
                    has_role(first, &first->users[u], grant) ||
                    could_be_given(first, grant->role, grant->site))
                        continue;
                fprintf(stderr, "violated: nobody holds what nobody could give\n  %s: %s\n",
                        first->users[u].name, world_text_role(first, grant->role));
                return false;
        }
        return true;
}

bool delegation_powers_are_kept(Walk *walk)
{
        const WorldOrganization *o = &walk->current.organizations[0];
        const WorldOrganization *first = &walk->first.organizations[0];
        bool groups_may_change = anybody_has(first, ORG_ADMIN, WORLD_NONE) ||
                                 anybody_has(first, USER_MANAGER, WORLD_NONE) ||
                                 anybody_has(first, USER_ADMIN, WORLD_NONE);

        for (int u = 0; u < o->users_count; u++) {
                const WorldUser *user = &o->users[u];
                if (!grants_are_kept(walk, u, &user->grants))
                        return false;
                for (int i = 0; i < user->groups.count; i++)
                        if (!grants_are_kept(walk, u, &o->groups[user->groups.item[i]].grants))
                                return false;
                for (int i = 0; i < user->access_groups.count; i++) {
                        if (groups_may_change || reference_list_has(&first->users[u].access_groups,
                                                                    user->access_groups.item[i]))
                                continue;
                        fprintf(stderr, "violated: %s is in an access group\n", user->name);
                        return false;
                }
        }
        return true;
}
