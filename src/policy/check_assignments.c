/* SPDX-License-Identifier: MIT */
/*
 * Check: assignments
 *
 * What stands by itself is added to whom it is about, behind what his own entry says and in the
 * order in which it was read; from there on it is checked and compiled like the rest. What leads
 * nowhere in a file that people do not write comes with the command that takes it away.
 */
#include <stdio.h>

#include "policy/check.h"
#include "util/timestamp.h"

typedef struct AssignmentCheck {
        Check *check;
        ModelOrganization *organization;
        const OrganizationNames *names;
} AssignmentCheck;

const char *check_revoke_advice(const ModelOrganization *organization, const ModelGrant *grant,
                                const char *type, const char *holder,
                                char buffer[static CHECK_ADVICE_SIZE])
{
        snprintf(buffer, CHECK_ADVICE_SIZE, CHECK_ADVICE "revoke %s%s%s%s%s %s:%s/%s",
                 grant->role.name, grant->site.name ? "@" : "",
                 grant->site.name ? organization->name : "", grant->site.name ? "/" : "",
                 grant->site.name ? grant->site.name : "", type, organization->name, holder);
        return buffer;
}

/* Finds a name; the advice stands behind the error when there is none. */
static bool name_find(const AssignmentCheck *assignments, const NameTable *table,
                      Reference *reference, const char *advice)
{
        Check *check = assignments->check;
        check->advice = advice;
        bool found = check_reference(check, table, reference);
        check->advice = "";
        return found;
}

static bool is_named(const NameTable *table, const Reference *reference)
{
        return !reference->name || table->incomplete ||
               name_table_find(table, reference->name) != MODEL_NONE;
}

/* The table of custom roles is made later. */
static bool is_custom_role(const ModelOrganization *organization, const Reference *role)
{
        for (uint32_t i = 0; i < organization->roles.count; i++)
                if (organization->roles.items[i].name &&
                    strcmp(organization->roles.items[i].name, role->name) == 0)
                        return true;
        return false;
}

/* A managed grant that has ended cannot be revoked, so that one that leads nowhere stays and does
 * no harm. Return: whether it is one, which was reported. */
static bool ended_report(const AssignmentCheck *assignments, const ModelAssignment *assignment)
{
        Check *check = assignments->check;
        const OrganizationNames *names = assignments->names;
        const ModelGrant *grant = &assignment->grant;
        char role[CHECK_NAME_SIZE], time[TIMESTAMP_TEXT_SIZE];
        if (!assignment->managed || grant->interval.until_s > check->now_s ||
            (is_named(&names->users, &assignment->user) &&
             is_named(&names->groups, &assignment->group) &&
             is_named(&names->sites, &grant->site) &&
             (is_named(&check->roles, &grant->role) ||
              is_custom_role(assignments->organization, &grant->role))))
                return false;
        diagnostics_warning(check->model->diagnostics, grant->place,
                            "the grant of role \"%s\" has ended, at %s, and leads nowhere",
                            check_name(grant->role.name, role),
                            timestamp_format(grant->interval.until_s, time));
        return true;
}

/* Taking somebody out of the policy must work at once, whatever was given to him through the
 * daemon: that stays in its file and has no effect. Return: whether he is gone, which was
 * reported. */
static bool is_gone(const AssignmentCheck *assignments, bool managed, const Reference *user,
                    Place place)
{
        char name[CHECK_NAME_SIZE];
        if (!managed || is_named(&assignments->names->users, user))
                return false;
        diagnostics_warning(assignments->check->model->diagnostics, place,
                            "there is no user \"%s\": this has no effect, until one of that name "
                            "is declared",
                            check_name(user->name, name));
        return true;
}

static void assignment_check(const AssignmentCheck *assignments, ModelAssignment *assignment)
{
        if (ended_report(assignments, assignment) ||
            is_gone(assignments, assignment->managed, &assignment->user, assignment->place))
                return;
        ModelOrganization *organization = assignments->organization;
        const OrganizationNames *names = assignments->names;
        bool of_user = assignment->user.name != NULL;
        Reference *holder = of_user ? &assignment->user : &assignment->group;
        char advice[CHECK_ADVICE_SIZE] = "";
        if (assignment->managed)
                check_revoke_advice(organization, &assignment->grant, of_user ? "user" : "group",
                                    holder->name, advice);
        if (!name_find(assignments, of_user ? &names->users : &names->groups, holder, advice))
                return;
        ModelGrantList *list = of_user ? &organization->users.items[holder->index].roles
                                       : &organization->groups.items[holder->index].roles;
        ModelGrant *added = model_append(assignments->check->model, list);
        assignments->check->failed |= !added;
        if (added)
                *added = assignment->grant;
}

static void repetition_report(const AssignmentCheck *assignments, const Reference *first,
                              const ModelMembership *membership)
{
        char user[CHECK_NAME_SIZE], group[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
        diagnostics_warning(assignments->check->model->diagnostics, membership->place,
                            "user \"%s\" is in %s \"%s\" already, by what stands at %s",
                            check_name(membership->user.name, user),
                            membership->group.name ? "group" : "access group",
                            check_name(first->name, group),
                            check_place(assignments->check, first->place, at));
}

static void membership_check(const AssignmentCheck *assignments, ModelMembership *membership)
{
        ModelOrganization *organization = assignments->organization;
        const OrganizationNames *names = assignments->names;
        if (is_gone(assignments, membership->managed, &membership->user, membership->place))
                return;
        bool of_group = membership->group.name != NULL;
        Reference *group = of_group ? &membership->group : &membership->access_group;
        char advice[CHECK_ADVICE_SIZE] = "";
        if (membership->managed)
                snprintf(advice, sizeof(advice), CHECK_ADVICE "member remove user:%s/%s %s:%s/%s",
                         organization->name, membership->user.name,
                         of_group ? "group" : "access-group", organization->name, group->name);
        if (!name_find(assignments, &names->users, &membership->user, advice) ||
            !name_find(assignments, of_group ? &names->groups : &names->access_groups, group,
                       advice))
                return;
        ModelUser *user = &organization->users.items[membership->user.index];
        ReferenceList *list = of_group ? &user->groups : &user->access_groups;
        for (uint32_t i = 0; i < list->count; i++)
                if (strcmp(list->items[i].name, group->name) == 0) {
                        repetition_report(assignments, &list->items[i], membership);
                        return;
                }
        Reference *added = model_append(assignments->check->model, list);
        assignments->check->failed |= !added;
        if (added)
                *added = *group;
}

static void legacy_report(const AssignmentCheck *assignments, const ModelGrant *grant,
                          const ModelMigration *migration)
{
        char role[CHECK_NAME_SIZE], user[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
        diagnostics_warning(assignments->check->model->diagnostics, grant->place,
                            "the legacy role \"%s\" of \"%s\" has no effect: he was migrated (%s); "
                            "remove it here",
                            check_name(grant->role.name, role),
                            check_name(migration->user.name, user),
                            check_place(assignments->check, migration->place, at));
}

/* Takes the legacy grants of a migrated user out of what counts. */
static void legacy_drop(const AssignmentCheck *assignments, const ModelMigration *migration)
{
        Check *check = assignments->check;
        ModelGrantList *list = &assignments->organization->users.items[migration->user.index].roles;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < list->count; i++) {
                ModelGrant grant = list->items[i];
                uint32_t role = name_table_find(&check->roles, grant.role.name);
                if (role == MODEL_NONE || !check->model->roles.items[role].legacy) {
                        list->items[kept++] = grant;
                        continue;
                }
                check_reference(check, &assignments->names->sites, &grant.site);
                legacy_report(assignments, &grant, migration);
        }
        list->count = kept;
}

static void migration_check(const AssignmentCheck *assignments, ModelMigration *migration)
{
        if (is_gone(assignments, migration->managed, &migration->user, migration->place) ||
            !name_find(assignments, &assignments->names->users, &migration->user, ""))
                return;
        ModelUser *user = &assignments->organization->users.items[migration->user.index];
        char name[CHECK_NAME_SIZE];
        if (user->migrated)
                diagnostics_warning(assignments->check->model->diagnostics, migration->place,
                                    "user \"%s\" is said to be migrated already",
                                    check_name(user->name, name));
        else
                legacy_drop(assignments, migration);
        user->migrated = true;
}

/* The daemon's own file is one an organization. */
static uint32_t managed_file(const ModelOrganization *organization)
{
        for (uint32_t i = organization->assignments.count; i > 0; i--)
                if (organization->assignments.items[i - 1].managed)
                        return organization->assignments.items[i - 1].place.file;
        return PLACE_NO_FILE;
}

void check_assignments(Check *check, ModelOrganization *organization, OrganizationNames *names)
{
        AssignmentCheck assignments = { check, organization, names };
        names->managed_file = managed_file(organization);
        for (uint32_t i = 0; i < organization->assignments.count && !check->failed; i++)
                assignment_check(&assignments, &organization->assignments.items[i]);
        for (uint32_t i = 0; i < organization->memberships.count && !check->failed; i++)
                membership_check(&assignments, &organization->memberships.items[i]);
        for (uint32_t i = 0; i < organization->migrations.count && !check->failed; i++)
                migration_check(&assignments, &organization->migrations.items[i]);
}
