/* SPDX-License-Identifier: MIT */
/*
 * The rules of access control, in the order in which one would apply them by hand: is the question
 * well formed, who asks, which roles are in force at the place, do they give the permission, does
 * its condition hold, does a gate at the door forbid it.
 */
#include "reference.h"
#include "reference_names.h"
#include "reference_roles.h"
#include "reference_time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SYSTEM_ADMIN_RANK = 2, SITE_ADMIN_RANK = 3, SITE_VIEWER_RANK = 1 };

/* Whoever asks: a listed user, or (user is NULL) somebody known by his Unix groups only. */
typedef struct Subject {
        const WorldOrganization *organization;
        const WorldUser *user;
        const RefQuery *query;
} Subject;

static RefAnswer answer(RefVerdict verdict, const char *reason, const char *or_reason)
{
        return (RefAnswer){ verdict, { reason, or_reason, NULL } };
}

/* The first with= object whose kind is LETTER and that is declared; false when there is none. */
static bool find_with(const World *world, const RefQuery *query, char letter,
                      ReferencePlace *object)
{
        for (int i = 0; i < query->with_count; i++)
                if (reference_place_find(world, query->with[i], object) && object->letter == letter)
                        return true;
        return false;
}

/* --- People: what the policy lists, and what their Unix groups add to it --- */

static bool list_has(const WorldList *list, int item)
{
        for (int i = 0; i < list->count; i++)
                if (list->item[i] == item)
                        return true;
        return false;
}

static bool has_gid(const Subject *subject, int gid)
{
        for (int i = 0; i < subject->query->gids_count; i++)
                if (gid != WORLD_NONE && subject->query->gids[i] == gid)
                        return true;
        return false;
}

static bool in_group(const Subject *subject, int group)
{
        const WorldOrganization *o = subject->organization;

        if (subject->user != NULL && list_has(&subject->user->groups, group))
                return true;
        for (int i = 0; i < o->people_count; i++)
                if (has_gid(subject, o->people[i].gid) && list_has(&o->people[i].groups, group))
                        return true;
        return has_gid(subject, o->groups[group].gid);
}

static bool in_access_group(const Subject *subject, int group)
{
        const WorldOrganization *o = subject->organization;

        if (subject->user != NULL && list_has(&subject->user->access_groups, group))
                return true;
        for (int i = 0; i < o->people_count; i++)
                if (has_gid(subject, o->people[i].gid) &&
                    list_has(&o->people[i].access_groups, group))
                        return true;
        return false;
}

/* What is said of a listed user by name counts, whatever his Unix groups would make of him. */
static bool is_member(const Subject *subject)
{
        const WorldOrganization *o = subject->organization;

        if (subject->user != NULL)
                return subject->user->member;
        for (int i = 0; i < o->people_count; i++)
                if (has_gid(subject, o->people[i].gid))
                        return true;
        return false;
}

static bool is_known(const Subject *subject)
{
        const WorldOrganization *o = subject->organization;

        for (int i = 0; i < o->groups_count; i++)
                if (has_gid(subject, o->groups[i].gid))
                        return true;
        return subject->user != NULL || is_member(subject);
}

static Subject find_subject(const WorldOrganization *o, const RefQuery *query)
{
        Subject subject = { o, NULL, query };

        for (int i = 0; i < o->users_count; i++)
                if (strcmp(o->users[i].name, query->user) == 0)
                        subject.user = &o->users[i];
        return subject;
}

/* --- Roles in force: own grants and those of one's groups, at a place or above it --- */

static bool in_interval(const WorldInterval *interval, int64_t now_s)
{
        return interval->from_s <= now_s && now_s < interval->until_s;
}

static bool is_below(const WorldOrganization *o, int site, int above)
{
        for (; site != WORLD_NONE; site = o->sites[site].parent)
                if (site == above)
                        return true;
        return false;
}

/* The highest rank on LADDER among GRANTS; SITE is where (WORLD_NONE: at any site at all). */
static int highest(const Subject *subject, const WorldGrants *grants, int64_t now_s,
                   WorldLadder ladder, int site)
{
        int rank = 0;

        for (int i = 0; i < grants->count; i++) {
                const WorldGrant *grant = &grants->item[i];
                const WorldRole *role = &REFERENCE_ROLES[grant->role];
                if (role->ladder != ladder || !in_interval(&grant->interval, now_s))
                        continue;
                if (ladder == LADDER_SITE && site != WORLD_NONE &&
                    !is_below(subject->organization, site, grant->site))
                        continue;
                if (role->rank > rank)
                        rank = role->rank;
        }
        return rank;
}

static int rank_in_force(const Subject *subject, int64_t now_s, WorldLadder ladder, int site)
{
        const WorldOrganization *o = subject->organization;
        int rank = 0, more;

        if (subject->user != NULL)
                rank = highest(subject, &subject->user->grants, now_s, ladder, site);
        for (int i = 0; i < o->groups_count; i++) {
                if (!in_group(subject, i))
                        continue;
                more = highest(subject, &o->groups[i].grants, now_s, ladder, site);
                rank = more > rank ? more : rank;
        }
        if (ladder == LADDER_SITE && site != WORLD_NONE &&
            rank_in_force(subject, now_s, LADDER_SYSTEM, WORLD_NONE) == SYSTEM_ADMIN_RANK)
                return SITE_ADMIN_RANK;
        return rank;
}

static bool role_gives(const Subject *subject, int64_t now_s, const ReferencePermission *permission,
                       const ReferencePlace *place)
{
        bool given_by_all = true;

        for (WorldLadder ladder = LADDER_SYSTEM; ladder < LADDER_COUNT; ladder++) {
                int needed = permission->rank[ladder];
                /* Site roles say nothing about the organization, support access excepted. */
                if (ladder == LADDER_SITE && place->site == WORLD_NONE &&
                    strcmp(permission->name, "access.support-access.enable") != 0)
                        continue;
                if (needed == 0)
                        continue;
                if (rank_in_force(subject, now_s, ladder, place->site) < needed)
                        given_by_all = false;
                else if (permission->condition != BOTH_ADMINS)
                        return true;
        }
        return permission->condition == BOTH_ADMINS && given_by_all;
}

/* --- Conditions and gates; NULL means that nothing stands in the way --- */

/* Why the person himself is refused, whatever the door. */
static const char *person_refused(const Subject *subject, int64_t now_s)
{
        if (subject->user == NULL)
                return NULL;
        if (subject->user->suspended)
                return "suspended";
        if (now_s < subject->user->access.from_s)
                return "not-yet-active";
        return now_s >= subject->user->access.until_s ? "expired" : NULL;
}

static const char *door_access_refused(const Subject *subject, int64_t now_s, int door)
{
        const WorldOrganization *o = subject->organization;
        const char *reason = person_refused(subject, now_s);
        bool has_level = false;

        if (reason != NULL)
                return reason;
        for (int i = 0; i < o->levels_count; i++) {
                const WorldLevel *level = &o->levels[i];
                for (int g = 0; g < o->access_groups_count; g++) {
                        if (!list_has(&level->doors, door) || !in_access_group(subject, g) ||
                            !list_has(&level->access_groups, g))
                                continue;
                        has_level = true;
                        if (level->schedule == WORLD_NONE ||
                            reference_schedule_is_on(&o->schedules[level->schedule], now_s))
                                return NULL;
                }
        }
        return has_level ? "not-permitted-at-this-time" : "no-door-access";
}

static bool remote_unlock_off(const Subject *subject, int door)
{
        const WorldOrganization *o = subject->organization;

        for (int s = o->doors[door].site; s != WORLD_NONE; s = o->sites[s].parent)
                if (!o->sites[s].remote_unlock)
                        return true;
        return !o->remote_unlock || !o->doors[door].remote_unlock ||
               (subject->user != NULL && !subject->user->remote_unlock);
}

/* The object of a grant is another user, or a group without the asker, or not named at all. */
static RefAnswer judge_self(const World *world, const Subject *subject, const ReferencePlace *place)
{
        const RefQuery *query = subject->query;
        ReferencePlace target;
        bool self;

        if (query->with_count == 0 && place->letter == 'o')
                return answer(REF_ALLOW, NULL, NULL);
        if (query->with_count == 0)
                return answer(REF_DENY, "no-such-object", "self-grant");
        if (find_with(world, query, 'u', &target))
                self = strcmp(subject->organization->users[target.index].name, query->user) == 0;
        else if (find_with(world, query, 'c', &target))
                self = in_group(subject, target.index);
        else
                return answer(REF_DENY, "no-such-object", NULL);
        return self ? answer(REF_DENY, "self-grant", NULL) : answer(REF_ALLOW, NULL, NULL);
}

static RefAnswer judge_object(const World *world, const Subject *subject,
                              ReferenceCondition condition, const ReferencePlace *place)
{
        static const char LETTERS[] = { [SCHEDULE_EXISTS] = 'e',
                                        [EXCEPTION_EXISTS] = 'x',
                                        [TEMPLATE_EXISTS] = 't',
                                        [ROLL_CALL_ACTIVE] = 'r',
                                        [FLOORPLAN_SHOWS_DOOR] = 'f' };
        const WorldOrganization *o = place->organization;
        bool holds = true;
        ReferencePlace object;

        if (!find_with(world, subject->query, LETTERS[condition], &object))
                return answer(REF_DENY, "no-such-object", NULL);
        if (condition == ROLL_CALL_ACTIVE && subject->query->active != REF_TRUE)
                return answer(REF_DENY, "not-active", "no-such-object");
        if (condition == ROLL_CALL_ACTIVE)
                holds = is_below(o, object.site, place->site);
        if (condition == FLOORPLAN_SHOWS_DOOR) {
                const WorldList *doors = &o->floorplans[object.index].doors;
                holds = false;
                for (int i = 0; i < doors->count; i++)
                        holds = holds || is_below(o, o->doors[doors->item[i]].site, place->site);
        }
        return holds ? answer(REF_ALLOW, NULL, NULL)
                     : answer(REF_DENY, "no-such-object", "not-permitted");
}

static RefAnswer judge_condition(const World *world, int64_t now_s, const Subject *subject,
                                 const ReferencePermission *permission, const ReferencePlace *place)
{
        const WorldOrganization *o = place->organization;
        const char *refused = NULL;

        switch (permission->condition) {
        case ALWAYS:
                return answer(REF_ALLOW, NULL, NULL);
        case NOT_SYNCED:
                if ((place->letter == 'u' && o->users[place->index].synced) ||
                    (place->letter == 'g' && o->access_groups[place->index].synced))
                        refused = "synced";
                break;
        case VIEWER_HAS_KEY:
                if (rank_in_force(subject, now_s, LADDER_SITE, place->site) == SITE_VIEWER_RANK)
                        refused = door_access_refused(subject, now_s, place->index);
                break;
        case BOTH_ADMINS: /* no world has legacy roles; whoever is migrated cannot be named here */
                if (place->letter == 'u')
                        return answer(REF_DENY, "no-legacy-role", "self-grant");
                break;
        case NOT_SELF:
                return judge_self(world, subject, place);
        default:
                return judge_object(world, subject, permission->condition, place);
        }
        return answer(refused == NULL ? REF_ALLOW : REF_DENY, refused, NULL);
}

/* --- The questions --- */

/* Whatever is located at a site may stand for that site. */
static bool scope_has(const ReferencePermission *permission, const ReferencePlace *place)
{
        if (strchr(permission->scope, place->letter) != NULL)
                return true;
        return place->site != WORLD_NONE && strchr(permission->scope, 's') != NULL;
}

/* The organization is the one in the resource's path, for all objects of a question. */
static bool is_one_organization(const RefQuery *query)
{
        const char *first = strchr(query->resource, ':') + 1;

        for (int i = 0; i < query->with_count; i++) {
                const char *other = strchr(query->with[i], ':') + 1;
                size_t length = strcspn(first, "/");
                if (strcspn(other, "/") != length || memcmp(first, other, length) != 0)
                        return false;
        }
        return true;
}

/* Step 1: the question itself. Returns a reason when it cannot be decided. */
static RefAnswer check_question(const World *world, const RefQuery *query,
                                const ReferencePermission *permission, ReferencePlace *place)
{
        bool found = reference_place_find(world, query->resource, place);

        if (!is_one_organization(query))
                return answer(REF_ERROR, "malformed-query", "unknown-resource");
        if (permission == NULL)
                return answer(REF_ERROR, "unknown-permission", found ? NULL : "unknown-resource");
        if (!found || !scope_has(permission, place))
                return answer(REF_ERROR, "unknown-resource", NULL);
        return answer(REF_ALLOW, NULL, NULL);
}

RefAnswer reference_decide(const World *world, int64_t now_s, const RefQuery *query)
{
        const ReferencePermission *permission = reference_permission_find(query->permission);
        ReferencePlace place;
        RefAnswer result = check_question(world, query, permission, &place);
        const char *refused;

        if (result.verdict == REF_ERROR)
                return result;
        Subject subject = find_subject(place.organization, query);
        if (!is_known(&subject))
                return answer(REF_DENY, "unknown-subject", NULL);
        if (strcmp(permission->name, "access.door.enter") == 0) {
                refused = door_access_refused(&subject, now_s, place.index);
                return refused == NULL ? answer(REF_ALLOW, "door-access", NULL)
                                       : answer(REF_DENY, refused, NULL);
        }
        if (!is_member(&subject))
                return answer(REF_DENY, "not-a-member", NULL);
        if (!role_gives(&subject, now_s, permission, &place))
                return answer(REF_DENY, "not-permitted", NULL);
        result = judge_condition(world, now_s, &subject, permission, &place);
        if (result.verdict == REF_DENY)
                return result;
        if (permission->condition == VIEWER_HAS_KEY) {
                refused = person_refused(&subject, now_s);
                if (refused == NULL && remote_unlock_off(&subject, place.index))
                        refused = "remote-unlock-disabled";
                if (refused != NULL)
                        return answer(REF_DENY, refused, NULL);
        }
        return answer(REF_ALLOW, "granted-by-role", NULL);
}

RefAnswer reference_session(const World *world, int64_t now_s, const RefQuery *query, int role)
{
        ReferencePlace place;
        RefAnswer result = answer(REF_ALLOW, "granted-by-role", NULL);

        if (!reference_place_find(world, query->resource, &place) || place.letter != 'h')
                return answer(REF_ERROR, "unknown-resource", NULL);
        Subject subject = find_subject(place.organization, query);
        if (!is_known(&subject))
                return answer(REF_DENY, "unknown-subject", NULL);
        if (!is_member(&subject))
                return answer(REF_DENY, "not-a-member", NULL);
        if (role == WORLD_NONE)
                result = reference_decide(world, now_s, query);
        else if (rank_in_force(&subject, now_s, REFERENCE_ROLES[role].ladder, place.site) <
                 REFERENCE_ROLES[role].rank)
                return answer(REF_DENY, "not-permitted", NULL);
        if (result.verdict == REF_ALLOW && person_refused(&subject, now_s) != NULL)
                return answer(REF_DENY, person_refused(&subject, now_s), NULL);
        return result;
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int reference_who_can(const World *world, int64_t now_s, const char *permission,
                      const char *resource, const char **ret_names)
{
        RefQuery query = { .with_count = 0 };
        ReferencePlace place;
        int count = 0;

        strcpy(query.permission, permission);
        strcpy(query.resource, resource);
        if (reference_decide(world, now_s, &query).verdict == REF_ERROR)
                return -EINVAL;
        reference_place_find(world, resource, &place);
        for (int i = 0; i < place.organization->users_count; i++) {
                strcpy(query.user, place.organization->users[i].name);
                if (reference_decide(world, now_s, &query).verdict == REF_ALLOW)
                        ret_names[count++] = place.organization->users[i].name;
        }
        qsort(ret_names, (size_t)count, sizeof(*ret_names), compare_names);
        return count;
}

int reference_what_can(const World *world, int64_t now_s, const RefQuery *who, const char *resource,
                       const char **ret_permissions)
{
        RefQuery query = *who;
        int count = 0;

        query.with_count = 0;
        query.active = REF_NOT_STATED;
        strcpy(query.resource, resource);
        for (int i = 0; i < reference_permissions_count(); i++) {
                strcpy(query.permission, reference_permission(i)->name);
                if (reference_decide(world, now_s, &query).verdict == REF_ALLOW)
                        ret_permissions[count++] = reference_permission(i)->name;
        }
        qsort(ret_permissions, (size_t)count, sizeof(*ret_permissions), compare_names);
        return count;
}

bool reference_answer_has(const RefAnswer *answer, const char *name)
{
        for (int i = 0; i < REF_REASONS_MAX && answer->reasons[i] != NULL; i++)
                if (strcmp(answer->reasons[i], name) == 0)
                        return true;
        return false;
}
