/* SPDX-License-Identifier: MIT */
/*
 * To change who holds what is to have a permission, at the place of the change and for the person
 * concerned; what more the change itself needs follows. The first objection is the answer.
 */
#include "reference_change.h"
#include "reference_condition.h"
#include "world_text.h"

#include <stdio.h>
#include <string.h>

/* One change being judged: who asks, in which world, and whom it concerns. */
typedef struct Change {
        const World *world;
        const RefQuery *query;
        int64_t now_s;
        const WorldOrganization *o;
        ReferencePlace target;
} Change;

static const RefAnswer NO_OBJECTION = { REF_ALLOW, { NULL } };

static RefAnswer deny(const char *reason)
{
        return (RefAnswer){ REF_DENY, { reason } };
}

static const WorldUser *target_user(const Change *change)
{
        return change->target.letter == 'u' ? &change->o->users[change->target.index] : NULL;
}

static bool target_has_legacy(const Change *change)
{
        const WorldUser *user = target_user(change);

        return user != NULL && reference_user_has_legacy(user, change->now_s);
}

ReferenceRoleAt reference_role_at(const World *world, const WorldOrganization *o, const char *text)
{
        size_t length = strcspn(text, "@");
        ReferenceRoleAt at = { WORLD_NONE, text[length] == '@', WORLD_NONE };
        char path[WORLD_TEXT_SIZE + 8];
        ReferencePlace place;

        for (int i = 0; i < WORLD_ROLES_COUNT; i++)
                if (reference_text_is(text, length, REFERENCE_ROLES[i].name))
                        at.role = i;
        for (int i = 0; i < o->custom_roles_count; i++)
                if (reference_text_is(text, length, o->custom_roles[i].name))
                        at.role = WORLD_ROLES_COUNT + i;
        if (!at.at_site)
                return at;
        snprintf(path, sizeof(path), "site:%s", text + length + 1);
        if (reference_place_find(world, path, &place) && place.letter == 's' &&
            place.organization == o)
                at.site = place.site;
        return at;
}

static bool is_site_role(int role)
{
        return role < WORLD_ROLES_COUNT && REFERENCE_ROLES[role].level == 's';
}

/* --- Authority --- */

/* Asks for PERMISSION on RESOURCE with the target of the change as the one acted on. */
static RefAnswer ask(const Change *change, const char *permission, const char *resource)
{
        RefQuery query = *change->query;

        query.kind = REF_PERMISSION;
        query.with_count = 0;
        query.active = query.is_private = REF_NOT_STATED;
        strcpy(query.permission, permission);
        strcpy(query.resource, resource);
        if (change->target.letter != 'o' && strcmp(resource, change->query->resource) != 0)
                strcpy(query.with[query.with_count++], change->query->resource);
        return reference_decide(change->world, change->now_s, &query);
}

/* Where PERMISSION is needed for a role at SITE: there, or on the organization, or on the user. */
static void place_of_authority(const Change *change, const char *permission, int site,
                               char *ret_resource)
{
        const ReferencePermission *needed = reference_permission_find(permission);
        const WorldOrganization *o = change->o;

        if (strchr(needed->scope, 's') != NULL && site != WORLD_NONE)
                world_text_resource(o, "site", o->sites[site].parent, o->sites[site].name,
                                    ret_resource);
        else if (strchr(needed->scope, 'u') != NULL && change->target.letter == 'u')
                strcpy(ret_resource, change->query->resource);
        else
                world_text_resource(o, "organization", WORLD_NONE, "", ret_resource);
}

/* A legacy role stays as it is until its holder is migrated; by then it cannot be given. */
static bool is_frozen_for(const Change *change, int role)
{
        return change->query->kind != REF_MIGRATE && role < WORLD_ROLES_COUNT &&
               REFERENCE_ROLES[role].is_legacy && target_has_legacy(change);
}

/* Any one of the permissions that give ROLE (or take it) will do. */
static RefAnswer check_authority(const Change *change, int role, int site, bool is_revoke)
{
        static const char *const CUSTOM[2][2] = { { "rekor.role.assign" },
                                                  { "rekor.role.remove" } };
        const char *const *needed = CUSTOM[is_revoke];
        RefAnswer result = { REF_DENY, { NULL } }, one;
        char resource[WORLD_TEXT_SIZE];

        if (role < WORLD_ROLES_COUNT)
                needed = is_revoke ? REFERENCE_ROLES[role].revoked_with
                                   : REFERENCE_ROLES[role].granted_with;
        if (needed[0] == NULL)
                return deny(is_frozen_for(change, role) ? "legacy-frozen" : "not-grantable");
        for (int i = 0; i < 2 && needed[i] != NULL; i++) {
                place_of_authority(change, needed[i], site, resource);
                one = ask(change, needed[i], resource);
                if (one.verdict == REF_ALLOW)
                        return one;
                for (int k = 0; k < REF_REASONS_MAX && one.reasons[k] != NULL; k++)
                        reference_answer_add(&result, one.reasons[k]);
        }
        return result;
}

static RefAnswer check_holder(const Change *change, int role, bool is_revoke)
{
        const WorldUser *user = target_user(change);

        if (user == NULL && role < WORLD_ROLES_COUNT && REFERENCE_ROLES[role].users_only)
                return deny("users-only");
        if (user != NULL && !user->member && !is_revoke)
                return deny("not-a-member");
        return NO_OBJECTION;
}

/* --- Grants --- */

static bool is_recorded(const Change *change, const ReferenceRoleAt *at)
{
        const WorldGrants *grants = change->target.letter == 'u'
                                            ? &change->o->users[change->target.index].grants
                                            : &change->o->groups[change->target.index].grants;

        for (int i = 0; i < grants->count; i++)
                if (grants->item[i].role == at->role && grants->item[i].site == at->site &&
                    change->now_s < grants->item[i].interval.until_s)
                        return true;
        return false;
}

/* What is needed to give (or take) the role at its place, whatever is held already. */
static RefAnswer check_role(const Change *change, const ReferenceRoleAt *at, bool is_revoke)
{
        RefAnswer result;

        if (at->at_site != is_site_role(at->role))
                return deny("wrong-level");
        result = check_authority(change, at->role, at->site, is_revoke);
        return result.verdict != REF_ALLOW ? result : check_holder(change, at->role, is_revoke);
}

static RefAnswer decide_grant(const Change *change)
{
        bool is_revoke = change->query->kind == REF_REVOKE;
        ReferenceRoleAt at = reference_role_at(change->world, change->o, change->query->role);
        RefAnswer result = check_role(change, &at, is_revoke);

        if (result.verdict != REF_ALLOW)
                return result;
        if (at.role < WORLD_ROLES_COUNT && REFERENCE_ROLES[at.role].is_frozen &&
            target_has_legacy(change))
                return deny("legacy-frozen");
        return is_recorded(change, &at) == is_revoke ? NO_OBJECTION : deny("no-change");
}

static RefAnswer decide_migrate(const Change *change)
{
        RefAnswer result = ask(change, "access.legacy-role.migrate", change->query->resource);

        if (!target_has_legacy(change) && result.verdict == REF_ALLOW)
                return deny("no-change");
        for (int i = 0; i < REF_REASONS_MAX && result.reasons[i] != NULL; i++)
                if (!target_has_legacy(change) && strcmp(result.reasons[i], "no-legacy-role") == 0)
                        result.reasons[i] = "no-change";
        for (int i = 0; i < change->query->with_count && result.verdict == REF_ALLOW; i++) {
                ReferenceRoleAt at =
                        reference_role_at(change->world, change->o, change->query->with[i]);
                result = check_role(change, &at, false);
        }
        return result;
}

/* --- Membership --- */

static bool is_bottom(int role)
{
        return role < WORLD_ROLES_COUNT && REFERENCE_ROLES[role].ladder != LADDER_NONE &&
               REFERENCE_ROLES[role].rank == 0;
}

/* To put a user into a group is to grant him every role of it. */
static RefAnswer check_group(const Change *change, const WorldGroup *group, bool is_removal)
{
        RefAnswer result = NO_OBJECTION;
        char resource[WORLD_TEXT_SIZE];
        int carried = 0;

        if (group->synced)
                return deny("synced");
        if (!is_removal && !target_user(change)->member)
                return deny("not-a-member");
        for (int i = 0; i < group->grants.count; i++) {
                const WorldGrant *grant = &group->grants.item[i];
                ReferenceRoleAt at = { grant->role, grant->site != WORLD_NONE, grant->site };
                RefAnswer one;
                if (change->now_s >= grant->interval.until_s || is_bottom(grant->role))
                        continue;
                carried++;
                one = check_role(change, &at, is_removal);
                for (int k = 0; one.verdict != REF_ALLOW && k < REF_REASONS_MAX; k++)
                        if (one.reasons[k] != NULL)
                                reference_answer_add(&result, one.reasons[k]);
                if (one.verdict != REF_ALLOW)
                        result.verdict = REF_DENY;
        }
        if (carried > 0)
                return result;
        world_text_resource(change->o, "organization", WORLD_NONE, "", resource);
        return ask(change, "org.permission.set", resource);
}

static RefAnswer decide_membership(const Change *change)
{
        bool is_removal = change->query->kind == REF_REMOVE_MEMBER, is_in;
        ReferencePlace group;
        RefAnswer result;

        reference_place_find(change->world, change->query->with[0], &group);
        if (group.letter == 'c') {
                result = check_group(change, &change->o->groups[group.index], is_removal);
                is_in = reference_list_has(&target_user(change)->groups, group.index);
        } else {
                result = ask(change,
                             is_removal ? "access.group-membership.remove"
                                        : "access.group-membership.add",
                             change->query->with[0]);
                is_in = reference_list_has(&target_user(change)->access_groups, group.index);
        }
        if (result.verdict != REF_ALLOW)
                return result;
        return is_in == is_removal ? NO_OBJECTION : deny("no-change");
}

/* --- Customization --- */

static RefAnswer decide_customization(const Change *change)
{
        ReferenceRoleAt at = reference_role_at(change->world, change->o, change->query->role);
        const ReferencePermission *permission =
                reference_permission_find(change->query->permission + 1);
        bool is_restore = strcmp(change->query->permission, "default") == 0;
        RefAnswer result =
                ask(change,
                    is_restore ? "org.role-customization.restore" : "org.role-customization.update",
                    change->query->resource);

        bool possible = is_restore ? at.role == CAMERA_VIEWER || at.role == CAMERA_ADMIN
                                   : reference_can_customize(at.role, permission);
        if (result.verdict == REF_ALLOW && !possible)
                return deny("not-customizable");
        return result;
}

/* --- All of them --- */

static bool changes_members(const RefQuery *query)
{
        return query->kind == REF_ADD_MEMBER || query->kind == REF_REMOVE_MEMBER;
}

static bool names_group(const Change *change)
{
        ReferencePlace group;

        return reference_place_find(change->world, change->query->with[0], &group) &&
               (group.letter == 'c' || group.letter == 'g');
}

/* The names in a question; what is not declared cannot be decided. */
static RefAnswer check_names(const Change *change)
{
        const RefQuery *query = change->query;
        RefAnswer result = { REF_ERROR, { NULL } };
        int roles = changes_members(query) ? 0 : 1;

        if (query->kind == REF_MIGRATE)
                roles = query->with_count;
        for (int i = 0; i < roles; i++) {
                ReferenceRoleAt at = reference_role_at(change->world, change->o,
                                                       query->kind == REF_MIGRATE ? query->with[i]
                                                                                  : query->role);
                if (at.role == WORLD_NONE)
                        reference_answer_add(&result, "unknown-role");
                if (at.at_site && at.site == WORLD_NONE)
                        reference_answer_add(&result, "unknown-resource");
        }
        if (query->kind == REF_CUSTOMIZE && strcmp(query->permission, "default") != 0 &&
            reference_permission_find(query->permission + 1) == NULL)
                reference_answer_add(&result, "unknown-permission");
        if (change->target.letter == 0 || (changes_members(query) && !names_group(change)))
                reference_answer_add(&result, "unknown-resource");
        return result.reasons[0] != NULL ? result : NO_OBJECTION;
}

static const WorldOrganization *find_organization(const World *world, const char *resource)
{
        const char *path = resource + strcspn(resource, ":") + 1;

        for (int i = 0; i < world->organizations_count; i++)
                if (reference_text_is(path, strcspn(path, "/"), world->organizations[i].name))
                        return &world->organizations[i];
        return NULL;
}

RefAnswer reference_decide_change(const World *world, int64_t now_s, const RefQuery *query)
{
        Change change = {
                world, query, now_s, find_organization(world, query->resource), { .letter = 0 }
        };
        RefAnswer result;

        if (change.o == NULL)
                return (RefAnswer){ REF_ERROR, { "unknown-resource", "unknown-role" } };
        if (!reference_place_find(world, query->resource, &change.target))
                change.target.letter = 0;
        result = check_names(&change);
        if (result.verdict == REF_ERROR)
                return result;
        RefSubject subject = reference_subject_find(world, change.o, query, now_s);
        if (!reference_subject_is_known(&subject))
                return deny("unknown-subject");
        if (!reference_subject_is_member(&subject))
                return deny("not-a-member");
        if (query->kind == REF_GRANT || query->kind == REF_REVOKE)
                result = decide_grant(&change);
        else if (query->kind == REF_MIGRATE)
                result = decide_migrate(&change);
        else if (query->kind == REF_CUSTOMIZE)
                result = decide_customization(&change);
        else
                result = decide_membership(&change);
        if (result.verdict == REF_ALLOW)
                return (RefAnswer){ REF_ALLOW, { "granted-by-role" } };
        return result;
}
