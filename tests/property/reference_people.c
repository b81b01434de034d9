/* SPDX-License-Identifier: MIT */
/*
 * People: what the policy lists, and what their Unix groups add to it.
 */
#include "reference_people.h"

#include <string.h>

bool reference_list_has(const WorldList *list, int item)
{
        for (int i = 0; i < list->count; i++)
                if (list->item[i] == item)
                        return true;
        return false;
}

static bool has_gid(const RefSubject *subject, int gid)
{
        for (int i = 0; i < subject->query->gids_count; i++)
                if (gid != WORLD_NONE && subject->query->gids[i] == gid)
                        return true;
        return false;
}

bool reference_subject_in_group(const RefSubject *subject, int group)
{
        const WorldOrganization *o = subject->organization;

        if (subject->user != NULL && reference_list_has(&subject->user->groups, group))
                return true;
        for (int i = 0; i < o->people_count; i++)
                if (has_gid(subject, o->people[i].gid) &&
                    reference_list_has(&o->people[i].groups, group))
                        return true;
        return has_gid(subject, o->groups[group].gid);
}

bool reference_subject_in_access_group(const RefSubject *subject, int group)
{
        const WorldOrganization *o = subject->organization;

        if (subject->user != NULL && reference_list_has(&subject->user->access_groups, group))
                return true;
        for (int i = 0; i < o->people_count; i++)
                if (has_gid(subject, o->people[i].gid) &&
                    reference_list_has(&o->people[i].access_groups, group))
                        return true;
        return false;
}

/* What is said of a listed user by name counts, whatever his Unix groups would make of him. */
bool reference_subject_is_member(const RefSubject *subject)
{
        const WorldOrganization *o = subject->organization;

        if (subject->user != NULL)
                return subject->user->member;
        for (int i = 0; i < o->people_count; i++)
                if (has_gid(subject, o->people[i].gid))
                        return true;
        return false;
}

bool reference_subject_is_known(const RefSubject *subject)
{
        const WorldOrganization *o = subject->organization;

        for (int i = 0; i < o->groups_count; i++)
                if (has_gid(subject, o->groups[i].gid))
                        return true;
        return subject->user != NULL || reference_subject_is_member(subject);
}

RefSubject reference_subject_find(const World *world, const WorldOrganization *organization,
                                  const RefQuery *query, int64_t now_s)
{
        RefSubject subject = { world, organization, NULL, query, now_s, false };

        for (int i = 0; i < organization->users_count; i++)
                if (strcmp(organization->users[i].name, query->user) == 0)
                        subject.user = &organization->users[i];
        return subject;
}

/* --- Roles in force: own grants and those of one's groups, at a place or above it --- */

bool reference_site_is_below(const WorldOrganization *o, int site, int above)
{
        for (; site != WORLD_NONE; site = o->sites[site].parent)
                if (site == above)
                        return true;
        return false;
}

static bool is_site_role(int role)
{
        return role < WORLD_ROLES_COUNT && REFERENCE_ROLES[role].level == 's';
}

/* With a clock that may show any time, what has a start or an end cannot be told. */
static bool is_in_force(const RefSubject *subject, const WorldInterval *interval)
{
        if (subject->world->clock_untrusted)
                return subject->any_time ||
                       (interval->from_s == INT64_MIN && interval->until_s == INT64_MAX);
        return interval->from_s <= subject->now_s && subject->now_s < interval->until_s;
}

static bool grants_give(const RefSubject *subject, const WorldGrants *grants, int role, int site)
{
        for (int i = 0; i < grants->count; i++) {
                const WorldGrant *grant = &grants->item[i];
                if (grant->role != role || !is_in_force(subject, &grant->interval))
                        continue;
                if (!is_site_role(role) || site == ANY_SITE ||
                    reference_site_is_below(subject->organization, site, grant->site))
                        return true;
        }
        return false;
}

static bool has_grant(const RefSubject *subject, int role, int site)
{
        const WorldOrganization *o = subject->organization;
        bool is_legacy = role < WORLD_ROLES_COUNT && REFERENCE_ROLES[role].is_legacy;

        if (role == ORG_MEMBER)
                return reference_subject_is_member(subject);
        if (subject->user != NULL && !(is_legacy && subject->user->migrated) &&
            grants_give(subject, &subject->user->grants, role, site))
                return true;
        for (int i = 0; i < o->groups_count; i++)
                if (reference_subject_in_group(subject, i) &&
                    grants_give(subject, &o->groups[i].grants, role, site))
                        return true;
        /* Access System Admin is Access Site Admin on all sites. */
        return role == SITE_ADMIN && site != WORLD_NONE &&
               has_grant(subject, SYSTEM_ADMIN, WORLD_NONE);
}

bool reference_subject_holds(const RefSubject *subject, int role, int site)
{
        if (!has_grant(subject, role, site))
                return false;
        /* The legacy site flag is of no effect without one of two other legacy roles. */
        return role != LEGACY_SITE_ADMIN || has_grant(subject, LEGACY_MANAGER, site) ||
               has_grant(subject, LEGACY_ADMIN, site);
}

bool reference_subject_counts(const RefSubject *subject, int role, int site)
{
        if (!reference_subject_holds(subject, role, site))
                return false;
        if (role >= WORLD_ROLES_COUNT || REFERENCE_ROLES[role].ladder == LADDER_NONE)
                return true;
        for (int i = 0; i < WORLD_ROLES_COUNT; i++)
                if (REFERENCE_ROLES[i].ladder == REFERENCE_ROLES[role].ladder &&
                    REFERENCE_ROLES[i].rank > REFERENCE_ROLES[role].rank &&
                    reference_subject_holds(subject, i, site))
                        return false;
        return true;
}

bool reference_user_has_legacy(const WorldUser *user, int64_t now_s)
{
        for (int i = 0; i < user->grants.count; i++) {
                const WorldGrant *grant = &user->grants.item[i];
                if (!user->migrated && grant->role < WORLD_ROLES_COUNT &&
                    REFERENCE_ROLES[grant->role].is_legacy && now_s < grant->interval.until_s)
                        return true;
        }
        return false;
}
