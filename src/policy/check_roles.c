/* SPDX-License-Identifier: MIT */
/*
 * Check: what roles are for
 *
 * Who gives a role, who holds it without being given it, by which classes of permissions it may be
 * customized, and what the roles that organizations make can hold. Runs when the roles themselves
 * have been checked.
 */
#include <stdlib.h>

#include "policy/check.h"
#include "policy/limits.h"

#define ORGANIZATION_WIDE (SCOPE_ORGANIZATION | SCOPE_ACCOUNT | SCOPE_USER)

/* ---- Who gives a role ---- */

/* A permission to give a role is asked at the place of the grant, on the organization, or on the
 * user who gets it. */
static void granters_check(Check *check, ReferenceList *list, RoleLevel level)
{
        const Model *model = check->model;
        uint32_t wanted = ORGANIZATION_WIDE | (level == ROLE_LEVEL_SITE ? SCOPE_SITE : 0);
        char name[CHECK_NAME_SIZE];
        for (uint32_t i = 0; i < list->count; i++) {
                const Reference *permission = &list->items[i];
                if (!check_reference(check, &check->permissions, &list->items[i]))
                        continue;
                if (model->permissions.items[permission->index].without_role)
                        diagnostics_error(model->diagnostics, permission->place,
                                          "permission \"%s\" needs no role: with it anybody could "
                                          "give this one",
                                          check_name(permission->name, name));
                if (model->permissions.items[permission->index].scopes & wanted)
                        continue;
                diagnostics_error(model->diagnostics, permission->place,
                                  "permission \"%s\" cannot be asked when a role of level %s is "
                                  "granted: its scope is none of organization, account, user%s",
                                  check_name(permission->name, name), role_level_name(level),
                                  level == ROLE_LEVEL_SITE ? ", site" : "");
        }
}

static void every_member_check(const Check *check, const ModelRole *role)
{
        char name[CHECK_NAME_SIZE];
        if (role->every_member && (role->level != ROLE_LEVEL_ORGANIZATION || role->ladder))
                diagnostics_error(check->model->diagnostics, role->place,
                                  "role \"%s\" is held by every member: it must be of level "
                                  "organization and in no ladder",
                                  check_name(role->name, name));
}

/* ---- Classes of customization ---- */

/* Numbers the classes in the order of the permissions. */
static void classes_fill(Check *check)
{
        Model *model = check->model;
        ReferenceList classes = { 0 };
        for (uint32_t i = 0; i < model->permissions.count; i++) {
                ModelPermission *permission = &model->permissions.items[i];
                permission->class_bit = 0;
                uint32_t number = 0;
                while (permission->customizable && number < classes.count &&
                       strcmp(classes.items[number].name, permission->customizable) != 0)
                        number++;
                if (!permission->customizable || number == CLASSES_MAX)
                        continue;
                permission->class_bit = UINT32_C(1) << number;
                if (number < classes.count)
                        continue;
                Reference *added = model_append(model, &classes);
                if (!added) {
                        check->failed = true;
                        return;
                }
                *added =
                        (Reference){ .name = permission->customizable, .place = permission->place };
        }
        NamedList list = NAMED_LIST("class of customization", classes, Reference);
        name_table_fill(check, &list, &check->classes);
        check->classes.incomplete = model->catalogues_incomplete;
}

static void classes_count(const Check *check)
{
        const Model *model = check->model;
        for (uint32_t i = 0; i < model->permissions.count; i++) {
                const ModelPermission *permission = &model->permissions.items[i];
                if (!permission->customizable || permission->class_bit)
                        continue;
                diagnostics_error(model->diagnostics, permission->place,
                                  "more than %d classes of customization", CLASSES_MAX);
                return;
        }
}

static void customizable_check(Check *check, ModelRole *role)
{
        char name[CHECK_NAME_SIZE];
        role->class_bits = 0;
        for (uint32_t i = 0; i < role->customizable.count; i++) {
                Reference class = role->customizable.items[i];
                if (check_reference(check, &check->classes, &class))
                        role->class_bits |= UINT32_C(1) << class.index;
        }
        if (role->customizable.count > 0 && !role->ladder)
                diagnostics_error(check->model->diagnostics, role->place,
                                  "role \"%s\" is in no ladder: it cannot be customizable",
                                  check_name(role->name, name));
}

/* ---- What roles give ---- */

static uint64_t *gives_row(const Check *check, uint32_t role)
{
        return check->gives + (size_t)role * check->gives_words;
}

/* Sets the bits of a role and of those it includes, which the roles' check has limited. */
static void gives_visit(const Check *check, uint32_t index, bool *done)
{
        const ModelRole *role = &check->model->roles.items[index];
        uint64_t *row = gives_row(check, index);
        if (done[index])
                return;
        done[index] = true;
        for (uint32_t i = 0; i < role->entries.count; i++) {
                uint32_t permission = role->entries.items[i].permission.index;
                row[permission / 64] |= UINT64_C(1) << permission % 64;
        }
        for (uint32_t i = 0; i < role->includes.count; i++) {
                uint32_t included = role->includes.items[i].index;
                gives_visit(check, included, done);
                for (uint32_t k = 0; k < check->gives_words; k++)
                        row[k] |= gives_row(check, included)[k];
        }
}

static void gives_fill(Check *check)
{
        const Model *model = check->model;
        check->gives_words = model->permissions.count / 64 + 1;
        check->gives =
                calloc((size_t)model->roles.count + 1, check->gives_words * sizeof(uint64_t));
        _cleanup_free_ bool *done = calloc((size_t)model->roles.count + 1, sizeof(bool));
        if (!check->gives || !done) {
                check->failed = true;
                return;
        }
        for (uint32_t i = 0; i < model->roles.count; i++)
                gives_visit(check, i, done);
}

bool check_role_gives(const Check *check, uint32_t role, uint32_t permission)
{
        return check->gives && gives_row(check, role)[permission / 64] >> permission % 64 & 1;
}

/* Says whether a role of a ladder gives a permission. */
static bool ladder_gives(const Check *check, uint32_t ladder, uint32_t permission)
{
        const Model *model = check->model;
        for (uint32_t i = 0; i < model->roles.count; i++)
                if (model->roles.items[i].ladder && model->roles.items[i].ladder_index == ladder &&
                    check_role_gives(check, i, permission))
                        return true;
        return false;
}

/* The classes of a ladder's roles up to one of them, so that each is looked at once. */
static uint32_t earlier_classes(const Check *check, uint32_t role)
{
        const ModelRole *roles = check->model->roles.items;
        uint32_t bits = 0;
        for (uint32_t i = 0; i < role; i++)
                if (roles[i].ladder && roles[i].ladder_index == roles[role].ladder_index)
                        bits |= roles[i].class_bits;
        return bits;
}

/* What an organization adds comes with the conditions that the ladder has for it: there must be
 * some. */
static void addable_check(const Check *check, uint32_t index)
{
        const Model *model = check->model;
        const ModelRole *role = &model->roles.items[index];
        uint32_t bits = role->class_bits ? role->class_bits & ~earlier_classes(check, index) : 0;
        char name[CHECK_NAME_SIZE], permission[CHECK_NAME_SIZE];
        for (uint32_t i = 0; bits && i < model->permissions.count; i++)
                if (model->permissions.items[i].class_bit & bits &&
                    !ladder_gives(check, role->ladder_index, i))
                        diagnostics_error(model->diagnostics, role->place,
                                          "role \"%s\" is customizable by class \"%s\", but no "
                                          "role of its ladder gives \"%s\"",
                                          check_name(role->name, name),
                                          model->permissions.items[i].customizable,
                                          check_name(model->permissions.items[i].name, permission));
}

/* ---- Roles that are asked for by name ---- */

static void asked_add(Check *check, const ReferenceList *list)
{
        for (uint32_t i = 0; i < list->count; i++)
                if (list->items[i].index != MODEL_NONE)
                        check->asked[list->items[i].index] = true;
}

/* A role that gives nothing itself may still be what another one, or a session, asks for. */
static void asked_fill(Check *check)
{
        const Model *model = check->model;
        check->asked = calloc((size_t)model->roles.count + 1, sizeof(bool));
        if (!check->asked) {
                check->failed = true;
                return;
        }
        for (uint32_t i = 0; i < model->roles.count; i++) {
                const ModelRole *role = &model->roles.items[i];
                asked_add(check, &role->requires);
                for (uint32_t k = 0; k < role->entries.count; k++)
                        asked_add(check, &role->entries.items[k].also);
        }
        for (uint32_t i = 0; i < model->settings.sessions.count; i++) {
                const char *name = model->settings.sessions.items[i].role.name;
                uint32_t role = name ? name_table_find(&check->roles, name) : MODEL_NONE;
                if (role != MODEL_NONE)
                        check->asked[role] = true;
        }
}

/* ---- Roles that organizations make ---- */

static void custom_roles_check(Check *check)
{
        Model *model = check->model;
        ModelCustomRoles *custom_roles = &model->custom_roles;
        NamedList list = NAMED_LIST("action", custom_roles->actions, ModelAction);
        name_table_fill(check, &list, &check->actions);
        check->actions.incomplete = model->catalogues_incomplete;
        granters_check(check, &custom_roles->granted_with, ROLE_LEVEL_ACCOUNT);
        granters_check(check, &custom_roles->revoked_with, ROLE_LEVEL_ACCOUNT);
        for (uint32_t i = 0; i < custom_roles->actions.count; i++) {
                Reference *permission = &custom_roles->actions.items[i].permission;
                char name[CHECK_NAME_SIZE];
                if (check_reference(check, &check->permissions, permission) && permission->name &&
                    !(model->permissions.items[permission->index].scopes & SCOPE_ENTITY))
                        diagnostics_error(model->diagnostics, permission->place,
                                          "permission \"%s\" is not of scope entity",
                                          check_name(permission->name, name));
        }
}

void check_roles(Check *check)
{
        Model *model = check->model;
        classes_fill(check);
        classes_count(check);
        custom_roles_check(check);
        for (uint32_t i = 0; i < model->roles.count; i++) {
                ModelRole *role = &model->roles.items[i];
                granters_check(check, &role->granted_with, role->level);
                granters_check(check, &role->revoked_with, role->level);
                every_member_check(check, role);
                customizable_check(check, role);
        }
        if (!check->failed)
                asked_fill(check);
        /* What roles give is known when all references lead somewhere, and to no cycle. */
        if (check->failed || diagnostics_errors(model->diagnostics) > 0)
                return;
        gives_fill(check);
        for (uint32_t i = 0; i < model->roles.count && !check->failed; i++)
                addable_check(check, i);
}
