/* SPDX-License-Identifier: MIT */
/*
 * Check: role catalogues
 *
 * Vendor's roles and one's own are one list: a name that stands twice is an error wherever the
 * second one is, so roles.d can add and never redefine.
 */
#include <stddef.h>
#include <stdlib.h>

#include "policy/check.h"
#include "policy/limits.h"

static void permissions_check(Check *check)
{
        Model *model = check->model;
        NamedList list = NAMED_LIST("permission", model->permissions, ModelPermission);
        name_table_fill(check, &list, &check->permissions);
        check->permissions.incomplete = model->catalogues_incomplete;
        if (model->permissions.count > PERMISSIONS_MAX)
                diagnostics_error(model->diagnostics,
                                  model->permissions.items[PERMISSIONS_MAX].place,
                                  "more than %d permissions", PERMISSIONS_MAX);
        const ModelPermission *deciding[PERMISSION_COMMAND_COUNT] = { NULL };
        for (uint32_t i = 0; i < model->permissions.count; i++) {
                const ModelPermission *permission = &model->permissions.items[i];
                char name[CHECK_NAME_SIZE];
                if (permission->command >= PERMISSION_COMMAND_COUNT)
                        continue;
                const ModelPermission **before = &deciding[permission->command];
                if (*before)
                        diagnostics_error(
                                model->diagnostics, permission->place,
                                "two permissions for the command \"%s\": \"%s\" has it already",
                                permission_command_name((PermissionCommand)permission->command),
                                check_name((*before)->name, name));
                else
                        *before = permission;
        }
}

static void entry_check(Check *check, const ModelRole *role, ModelEntry *entry)
{
        Diagnostics *diagnostics = check->model->diagnostics;
        char name[CHECK_NAME_SIZE];
        check_references(check, &check->roles, &entry->also);
        if (!check_reference(check, &check->permissions, &entry->permission) ||
            !entry->permission.name)
                return;
        uint32_t declared = check->model->permissions.items[entry->permission.index].scopes;
        uint32_t scopes = entry->scopes ? entry->scopes : declared;
        check_name(entry->permission.name, name);
        if (entry->scopes & ~declared)
                diagnostics_error(diagnostics, entry->place,
                                  "the scope of \"%s\" here is wider than where it is declared",
                                  name);
        if (entry->any_site && (role->level != ROLE_LEVEL_SITE || !(scopes & SCOPE_ORGANIZATION)))
                diagnostics_error(diagnostics, entry->place,
                                  "\"reach\" of \"%s\": only a site role can give a permission of "
                                  "scope organization from any site",
                                  name);
}

static void role_check(Check *check, ModelRole *role)
{
        check_references(check, &check->roles, &role->includes);
        check_references(check, &check->roles, &role->implies);
        check_references(check, &check->roles, &role->requires);
        for (uint32_t i = 0; i < role->entries.count; i++)
                entry_check(check, role, &role->entries.items[i]);
        bool gives = role->entries.count > 0 || role->includes.count > 0 ||
                     role->implies.count > 0 || role->customizable.count > 0;
        char name[CHECK_NAME_SIZE];
        if (role->ladder && role->rank == 0 && gives)
                diagnostics_error(check->model->diagnostics, role->place,
                                  "role \"%s\" is the bottom of its ladder (rank 0): it can give "
                                  "nothing",
                                  check_name(role->name, name));
}

/* ---- Ladders ---- */

static const ReferenceList *list_of(const ModelRole *role, size_t offset)
{
        return (const void *)((const char *)role + offset);
}

/* Marks everything that a role reaches through lists of one kind, itself too.
 * Return: how many roles. */
static uint32_t reach(const Model *model, uint32_t role, size_t offset, bool *reached,
                      uint32_t *queue)
{
        uint32_t count = 0;
        memset(reached, 0, model->roles.count * sizeof(bool));
        reached[role] = true;
        queue[count++] = role;
        for (uint32_t i = 0; i < count; i++) {
                const ReferenceList *list = list_of(&model->roles.items[queue[i]], offset);
                for (uint32_t k = 0; k < list->count; k++) {
                        uint32_t next = list->items[k].index;
                        if (next == MODEL_NONE || reached[next])
                                continue;
                        reached[next] = true;
                        queue[count++] = next;
                }
        }
        return count;
}

/* Two roles of one ladder, b standing after a in the list. b has no number yet when a is the first
 * one of the ladder. */
static void ladder_pair_check(const Check *check, const ModelRole *a, const ModelRole *b)
{
        Diagnostics *diagnostics = check->model->diagnostics;
        char a_name[CHECK_NAME_SIZE], ladder[CHECK_NAME_SIZE];
        check_name(a->name, a_name);
        check_name(b->ladder, ladder);
        if (a->rank == b->rank && strcmp(a->name, b->name) != 0)
                diagnostics_error(diagnostics, b->place,
                                  "rank %u of ladder \"%s\" belongs to \"%s\" already", b->rank,
                                  ladder, a_name);
        if (a->level != b->level && b->ladder_index == MODEL_NONE)
                diagnostics_error(diagnostics, b->place,
                                  "\"%s\" of the same ladder \"%s\" is of level %s", a_name, ladder,
                                  role_level_name(a->level));
}

/* Says when a higher role takes away what a lower one of its ladder gives. */
static void ladder_order_check(const Check *check, const ModelRole *role, const bool *reached)
{
        const Model *model = check->model;
        char name[CHECK_NAME_SIZE], lower[CHECK_NAME_SIZE];
        for (uint32_t i = 0; i < model->roles.count; i++) {
                const ModelRole *other = &model->roles.items[i];
                bool below = other->ladder && other->ladder_index == role->ladder_index &&
                             other->rank < role->rank && other->rank > 0;
                if (below && !reached[i])
                        diagnostics_warning(model->diagnostics, role->place,
                                            "role \"%s\" does not include \"%s\", which stands "
                                            "below it: whoever is given both loses what the lower "
                                            "one gives",
                                            check_name(role->name, name),
                                            check_name(other->name, lower));
        }
}

/* Numbers the ladders. Return: false when there are too many roles to look at pairs. */
static bool ladders_number(Check *check)
{
        Model *model = check->model;
        if (model->roles.count > ROLES_MAX) {
                diagnostics_error(model->diagnostics, model->roles.items[ROLES_MAX].place,
                                  "more than %d roles", ROLES_MAX);
                return false;
        }
        model->ladders = 0;
        for (uint32_t i = 0; i < model->roles.count; i++) {
                ModelRole *role = &model->roles.items[i];
                role->ladder_index = MODEL_NONE;
                for (uint32_t k = 0; role->ladder && k < i; k++) {
                        const ModelRole *earlier = &model->roles.items[k];
                        if (!earlier->ladder || strcmp(earlier->ladder, role->ladder) != 0)
                                continue;
                        ladder_pair_check(check, earlier, role);
                        role->ladder_index = earlier->ladder_index;
                }
                if (!role->ladder || role->ladder_index != MODEL_NONE)
                        continue;
                role->ladder_index = model->ladders++;
                if (model->ladders == LADDERS_MAX + 1)
                        diagnostics_error(model->diagnostics, role->place,
                                          "more than %d ladders of roles", LADDERS_MAX);
        }
        return true;
}

/* ---- Cycles ---- */

/* One kind of reference between roles. */
typedef struct Relation {
        size_t list;
        const char *verb;
} Relation;

static const Relation RELATIONS[] = {
        { offsetof(ModelRole, includes), "includes" },
        { offsetof(ModelRole, implies), "implies" },
};

enum Colour { NEW, OPEN, DONE };

/* Goes through everything a role reaches; a role that is met again while it is open is in a
 * cycle. At most ROLES_MAX deep. */
static void cycles_visit(const Check *check, const Relation *relation, uint32_t role,
                         unsigned char *colours)
{
        const Model *model = check->model;
        const ReferenceList *list = list_of(&model->roles.items[role], relation->list);
        char name[CHECK_NAME_SIZE], by[CHECK_NAME_SIZE];
        colours[role] = OPEN;
        for (uint32_t i = 0; i < list->count; i++) {
                const Reference *next = &list->items[i];
                if (next->index == MODEL_NONE)
                        continue;
                if (next->index == role)
                        diagnostics_error(model->diagnostics, next->place, "role \"%s\" %s itself",
                                          check_name(next->name, name), relation->verb);
                else if (colours[next->index] == OPEN)
                        diagnostics_error(model->diagnostics, next->place,
                                          "role \"%s\" %s itself by way of \"%s\"",
                                          check_name(next->name, name), relation->verb,
                                          check_name(model->roles.items[role].name, by));
                else if (colours[next->index] == NEW)
                        cycles_visit(check, relation, next->index, colours);
        }
        colours[role] = DONE;
}

static void relation_check(Check *check, const Relation *relation, bool *reached, uint32_t *queue)
{
        const Model *model = check->model;
        _cleanup_free_ unsigned char *colours = calloc((size_t)model->roles.count + 1, 1);
        if (!colours) {
                check->failed = true;
                return;
        }
        char name[CHECK_NAME_SIZE];
        for (uint32_t i = 0; i < model->roles.count; i++) {
                const ModelRole *role = &model->roles.items[i];
                if (colours[i] == NEW)
                        cycles_visit(check, relation, i, colours);
                if (reach(model, i, relation->list, reached, queue) > ROLE_INCLUDES_MAX + 1)
                        diagnostics_error(model->diagnostics, role->place,
                                          "role \"%s\" %s more than %d roles",
                                          check_name(role->name, name), relation->verb,
                                          ROLE_INCLUDES_MAX);
                if (relation == &RELATIONS[0] && role->ladder)
                        ladder_order_check(check, role, reached);
        }
}

void check_catalogue(Check *check)
{
        Model *model = check->model;
        permissions_check(check);
        NamedList list = NAMED_LIST("role", model->roles, ModelRole);
        name_table_fill(check, &list, &check->roles);
        check->roles.incomplete = model->catalogues_incomplete;
        for (uint32_t i = 0; i < model->roles.count; i++)
                role_check(check, &model->roles.items[i]);
        if (!ladders_number(check))
                return;
        _cleanup_free_ bool *reached = calloc((size_t)model->roles.count + 1, sizeof(bool));
        _cleanup_free_ uint32_t *queue = calloc((size_t)model->roles.count + 1, sizeof(uint32_t));
        if (!reached || !queue) {
                check->failed = true;
                return;
        }
        for (size_t i = 0; i < sizeof(RELATIONS) / sizeof(RELATIONS[0]); i++)
                relation_check(check, &RELATIONS[i], reached, queue);
        if (!check->failed)
                check_roles(check);
}
