/* SPDX-License-Identifier: MIT */
/*
 * Check: an organization's own roles
 *
 * Its entities, the roles it makes over them, and what it changes of the catalogues' roles: only
 * within the classes that both the role and the permission name.
 */
#include <stddef.h>
#include <stdlib.h>

#include "policy/check.h"
#include "policy/limits.h"
#include "util/vector.h"

/* ---- Custom roles ---- */

static void names_fill(Check *check, const ModelOrganization *organization,
                       OrganizationNames *names)
{
        Diagnostics *diagnostics = check->model->diagnostics;
        NamedList entities = NAMED_LIST("entity", organization->entities, ModelEntity);
        NamedList roles = NAMED_LIST("custom role", organization->roles, ModelCustomRole);
        name_table_fill(check, &entities, &names->entities);
        name_table_fill(check, &roles, &names->roles);
        names->entities.incomplete = names->roles.incomplete = organization->incomplete;
        if (organization->entities.count > ENTITIES_MAX)
                diagnostics_error(diagnostics, organization->entities.items[ENTITIES_MAX].place,
                                  "more than %d entities", ENTITIES_MAX);
        if (organization->roles.count > CUSTOM_ROLES_MAX)
                diagnostics_error(diagnostics, organization->roles.items[CUSTOM_ROLES_MAX].place,
                                  "more than %d custom roles", CUSTOM_ROLES_MAX);
}

static void custom_name_check(const Check *check, const ModelCustomRole *role)
{
        const Model *model = check->model;
        char name[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
        uint32_t other = name_table_find(&check->roles, role->name);
        if (other != MODEL_NONE)
                diagnostics_error(model->diagnostics, role->place,
                                  "custom role \"%s\" has the name of a role of the catalogues, "
                                  "at %s",
                                  check_name(role->name, name),
                                  check_place(check, model->roles.items[other].place, at));
}

static void custom_role_check(Check *check, ModelCustomRole *role, const OrganizationNames *names)
{
        custom_name_check(check, role);
        NamedList list = { .what = "entity",
                           .items = role->entities.items,
                           .count = role->entities.count,
                           .item_size = sizeof(ModelEntityActions),
                           .name = offsetof(ModelEntityActions, entity.name),
                           .place = offsetof(ModelEntityActions, place) };
        check_duplicates(check, list);
        for (uint32_t i = 0; i < role->entities.count; i++) {
                ModelEntityActions *entity = &role->entities.items[i];
                check_reference(check, &names->entities, &entity->entity);
                check_references(check, &check->actions, &entity->actions);
                check_duplicates(check, NAMED_LIST("action", entity->actions, Reference));
        }
}

static void custom_roles_check(Check *check, ModelOrganization *organization,
                               const OrganizationNames *names)
{
        const Model *model = check->model;
        if (organization->roles.count == 0)
                return;
        if (!model->custom_roles.stated) {
                if (!model->catalogues_incomplete)
                        diagnostics_error(model->diagnostics, organization->roles.items[0].place,
                                          "organizations cannot have roles of their own: no role "
                                          "catalogue has \"custom_roles\"");
                return;
        }
        for (uint32_t i = 0; i < organization->roles.count && !check->failed; i++)
                custom_role_check(check, &organization->roles.items[i], names);
}

/* ---- Customizations ---- */

/* One permission that is added to a role or removed from it. */
typedef struct Customized {
        uint32_t role;
        uint32_t permission;
        uint32_t order;
        bool added;
        const Reference *reference;
} Customized;

typedef VECTOR_OF(Customized) CustomizedList;

/* Finds the role. Return: false when it is none that can be customized, which was reported. */
static bool customized_role_check(Check *check, ModelCustomization *customization,
                                  const OrganizationNames *names)
{
        Diagnostics *diagnostics = check->model->diagnostics;
        Reference *role = &customization->role;
        char name[CHECK_NAME_SIZE];
        bool custom = role->name && name_table_find(&names->roles, role->name) != MODEL_NONE;
        if (!custom && !check_reference(check, &check->roles, role))
                return false;
        if (!custom && check->model->roles.items[role->index].customizable.count > 0)
                return true;
        diagnostics_error(diagnostics, role->place,
                          custom ? "\"%s\" is a role of this organization: it is changed where it "
                                   "stands, not by a customization"
                                 : "role \"%s\" cannot be customized",
                          check_name(role->name, name));
        return false;
}

static void permissions_collect(Check *check, const ModelCustomization *customization,
                                ReferenceList *list, bool added, CustomizedList *all)
{
        const Model *model = check->model;
        const ModelRole *role = &model->roles.items[customization->role.index];
        char name[CHECK_NAME_SIZE], role_name[CHECK_NAME_SIZE];
        for (uint32_t i = 0; i < list->count; i++) {
                Reference *permission = &list->items[i];
                if (!check_reference(check, &check->permissions, permission))
                        continue;
                if (!(model->permissions.items[permission->index].class_bit & role->class_bits)) {
                        diagnostics_error(model->diagnostics, permission->place,
                                          "permission \"%s\" cannot be customized in role \"%s\"%s",
                                          check_name(permission->name, name),
                                          check_name(role->name, role_name), check->advice);
                        continue;
                }
                Customized *item = vector_append(all);
                if (!item) {
                        check->failed = true;
                        return;
                }
                *item = (Customized){ .role = customization->role.index,
                                      .permission = permission->index,
                                      .order = (uint32_t)all->count,
                                      .added = added,
                                      .reference = permission };
        }
}

static int customized_compare(const void *left, const void *right)
{
        const Customized *a = left, *b = right;
        if (a->role != b->role)
                return a->role < b->role ? -1 : 1;
        if (a->permission != b->permission)
                return a->permission < b->permission ? -1 : 1;
        return a->order < b->order ? -1 : a->order > b->order;
}

/* Says whether a role has an entry of its own for a permission. */
static bool has_entry(const ModelRole *role, uint32_t permission)
{
        for (uint32_t i = 0; i < role->entries.count; i++)
                if (role->entries.items[i].permission.index == permission)
                        return true;
        return false;
}

/* Says whether a permission is one of those by which a role is granted. */
static bool gives_by(const ModelRole *role, uint32_t permission)
{
        for (uint32_t i = 0; i < role->granted_with.count; i++)
                if (role->granted_with.items[i].index == permission)
                        return true;
        return false;
}

/* Says whether a permission can be added to a role that gives it: with fewer conditions, as a
 * higher role of its ladder has it. */
static bool higher_role_gives_more(const Check *check, const Customized *item)
{
        const Model *model = check->model;
        const ModelRole *role = &model->roles.items[item->role];
        for (uint32_t i = 0; i < model->roles.count; i++) {
                const ModelRole *other = &model->roles.items[i];
                if (other->ladder && other->ladder_index == role->ladder_index &&
                    other->rank > role->rank && has_entry(other, item->permission))
                        return true;
        }
        return false;
}

/* Whoever holds the role could give a higher one of its ladder, to himself too. */
static void authority_check(const Check *check, const Customized *item)
{
        const Model *model = check->model;
        const ModelRole *role = &model->roles.items[item->role];
        char name[CHECK_NAME_SIZE], held[CHECK_NAME_SIZE], given[CHECK_NAME_SIZE];
        for (uint32_t i = 0; i < model->roles.count && item->added; i++) {
                const ModelRole *other = &model->roles.items[i];
                if (!other->ladder || other->ladder_index != role->ladder_index ||
                    other->rank <= role->rank || !gives_by(other, item->permission))
                        continue;
                diagnostics_warning(model->diagnostics, item->reference->place,
                                    "with \"%s\" whoever holds \"%s\" can give \"%s\", which "
                                    "stands above it",
                                    check_name(item->reference->name, name),
                                    check_name(role->name, held), check_name(other->name, given));
        }
}

static void effect_check(const Check *check, const Customized *item)
{
        char name[CHECK_NAME_SIZE], role[CHECK_NAME_SIZE];
        bool gives = check_role_gives(check, item->role, item->permission);
        if (!check->gives || gives != item->added ||
            (item->added && higher_role_gives_more(check, item)))
                return;
        diagnostics_warning(check->model->diagnostics, item->reference->place,
                            "the customization has no effect: role \"%s\" %s \"%s\" by default",
                            check_name(check->model->roles.items[item->role].name, role),
                            gives ? "gives" : "does not give",
                            check_name(item->reference->name, name));
}

/* Two items for one role and permission, b behind a. */
static void pair_check(const Check *check, const Customized *a, const Customized *b)
{
        char name[CHECK_NAME_SIZE], role[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
        Diagnostics *diagnostics = check->model->diagnostics;
        check_name(b->reference->name, name);
        check_name(check->model->roles.items[b->role].name, role);
        check_place(check, a->reference->place, at);
        if (a->added != b->added)
                diagnostics_error(diagnostics, b->reference->place,
                                  "permission \"%s\" is both added to role \"%s\" and removed from "
                                  "it: see %s",
                                  name, role, at);
        else
                diagnostics_warning(diagnostics, b->reference->place,
                                    "the customization has no effect: \"%s\" in role \"%s\" "
                                    "already stands at %s",
                                    name, role, at);
}

static void customized_check(Check *check, const CustomizedList *all)
{
        for (size_t i = 0; i < all->count; i++) {
                const Customized *item = &all->items[i], *before = i > 0 ? item - 1 : NULL;
                if (!before || before->role != item->role)
                        check->all_roles++; /* a variant */
                if (before && before->role == item->role &&
                    before->permission == item->permission) {
                        pair_check(check, before, item);
                } else {
                        effect_check(check, item);
                        authority_check(check, item);
                }
        }
}

static void customization_check(Check *check, ModelCustomization *customization,
                                const OrganizationNames *names, CustomizedList *all)
{
        if (!customized_role_check(check, customization, names))
                return;
        permissions_collect(check, customization, &customization->add, true, all);
        permissions_collect(check, customization, &customization->remove, false, all);
        if (customization->add.count + customization->remove.count == 0)
                diagnostics_warning(check->model->diagnostics, customization->place,
                                    "the customization has no effect: it adds and removes nothing");
}

static void customizations_check(Check *check, ModelOrganization *organization,
                                 const OrganizationNames *names)
{
        CustomizedList all = { 0 };
        char advice[CHECK_ADVICE_SIZE];
        for (uint32_t i = 0; i < organization->customizations.count && !check->failed; i++) {
                ModelCustomization *customization = &organization->customizations.items[i];
                snprintf(advice, sizeof(advice),
                         CHECK_ADVICE "customize %s default organization:%s",
                         customization->role.name, organization->name);
                check->advice = customization->managed ? advice : "";
                customization_check(check, customization, names, &all);
                check->advice = "";
        }
        if (all.count > 0)
                qsort(all.items, all.count, sizeof(*all.items), customized_compare);
        customized_check(check, &all);
        vector_clear(&all);
}

void check_organization_roles(Check *check, ModelOrganization *organization,
                              OrganizationNames *names)
{
        names_fill(check, organization, names);
        if (check->failed)
                return;
        bool fitted = check->all_roles <= ALL_ROLES_MAX;
        custom_roles_check(check, organization, names);
        customizations_check(check, organization, names);
        check->all_roles += organization->roles.count;
        if (fitted && check->all_roles > ALL_ROLES_MAX)
                diagnostics_error(check->model->diagnostics, organization->place,
                                  "more than %d roles, with the organizations' own and those that "
                                  "they customize",
                                  ALL_ROLES_MAX);
}
