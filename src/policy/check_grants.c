/* SPDX-License-Identifier: MIT */
/*
 * Check: grants
 *
 * First what each grant says: role, place, holder. Then what it changes: a grant that something
 * else which the same person holds makes superfluous is a warning, since it looks like a decision
 * and is none.
 */
#include <stddef.h>
#include <stdlib.h>

#include "policy/check.h"
#include "policy/limits.h"
#include "util/vector.h"

/* A role that somebody holds while his grants are looked at. */
typedef struct Item {
        const ModelGrant *grant;
        uint32_t role;
        uint32_t site;  /* MODEL_NONE: the whole organization */
        uint32_t order; /* of two equal ones the later is superfluous */
} Item;

typedef VECTOR_OF(Item) Items;

/* What is the same for all grants of an organization. */
typedef struct GrantCheck {
        Check *check;
        ModelOrganization *organization;
        const OrganizationNames *names;
        Items items;
        ModelRole custom; /* stands for every custom role */
} GrantCheck;

static const ModelRole *role_of(const GrantCheck *grants, uint32_t role)
{
        return role & MODEL_CUSTOM ? &grants->custom : &grants->check->model->roles.items[role];
}

static bool has_ended(const GrantCheck *grants, const ModelGrant *grant)
{
        return grant->interval.until_s <= grants->check->now_s;
}

/* ---- What a grant says ---- */

static bool place_check(GrantCheck *grants, ModelGrant *grant, const ModelRole *role)
{
        Diagnostics *diagnostics = grants->check->model->diagnostics;
        bool of_site = role->level == ROLE_LEVEL_SITE;
        char name[CHECK_NAME_SIZE];
        check_name(grant->role.name, name);
        if (of_site && !grant->site.name)
                diagnostics_error(diagnostics, grant->place,
                                  "role \"%s\" is of level site: it needs \"site\"%s", name,
                                  grants->check->advice);
        if (!of_site && grant->site.name)
                diagnostics_error(diagnostics, grant->site.place,
                                  "role \"%s\" is of level %s: it has no \"site\"%s", name,
                                  role_level_name(role->level), grants->check->advice);
        return of_site == (grant->site.name != NULL);
}

static bool holder_check(GrantCheck *grants, const ModelGrant *grant, const ModelRole *role,
                         bool is_group)
{
        char name[CHECK_NAME_SIZE];
        if (is_group ? role->group_may_hold : role->user_may_hold)
                return true;
        diagnostics_error(grants->check->model->diagnostics, grant->place,
                          is_group ? "role \"%s\" can be held by users only, not by a group%s"
                                   : "role \"%s\" can be held by groups only, not by a user%s",
                          check_name(grant->role.name, name), grants->check->advice);
        return false;
}

/* Says whether a role gives nothing, is nothing that another one or a session asks for, and no
 * other warning says so. */
static bool gives_nothing(const GrantCheck *grants, uint32_t index)
{
        const ModelRole *role = role_of(grants, index);
        if (index & MODEL_CUSTOM)
                return grants->organization->roles.items[index & ~MODEL_CUSTOM].entities.count == 0;
        if (role->legacy || role->requires.count > 0)
                return false;
        return role->entries.count == 0 && role->includes.count == 0 && role->implies.count == 0 &&
               !role->ladder && !role->administers_organization && grants->check->asked &&
               !grants->check->asked[index];
}

static void usefulness_check(GrantCheck *grants, const ModelGrant *grant, const ModelRole *role)
{
        Diagnostics *diagnostics = grants->check->model->diagnostics;
        char name[CHECK_NAME_SIZE], time[TIMESTAMP_TEXT_SIZE];
        check_name(grant->role.name, name);
        if (role->ladder && role->rank == 0)
                diagnostics_warning(diagnostics, grant->place,
                                    "role \"%s\" has no effect: it is the bottom of its ladder "
                                    "and takes nothing away",
                                    name);
        else if (role->every_member)
                diagnostics_warning(diagnostics, grant->place,
                                    "the grant of role \"%s\" has no effect: every member has it",
                                    name);
        else if (gives_nothing(grants, grant->role.index))
                diagnostics_warning(diagnostics, grant->place,
                                    "role \"%s\" has no effect: it gives nothing and takes nothing "
                                    "away",
                                    name);
        else if (has_ended(grants, grant))
                diagnostics_warning(diagnostics, grant->place,
                                    "the grant of role \"%s\" has ended, at %s", name,
                                    timestamp_format(grant->interval.until_s, time));
        if (role->legacy)
                diagnostics_warning(diagnostics, grant->place, "legacy role \"%s\" is still in use",
                                    name);
}

/* Finds a role of the catalogues, or one of the organization's own, which may stand in a file that
 * could not be read unless the grant has a site. */
static bool role_find(GrantCheck *grants, ModelGrant *grant)
{
        Check *check = grants->check;
        Reference *role = &grant->role;
        bool unseen = grants->names->roles.incomplete && !grant->site.name;
        uint32_t custom =
                role->name ? name_table_find(&grants->names->roles, role->name) : MODEL_NONE;
        role->index = MODEL_NONE;
        bool known = role->name && name_table_find(&check->roles, role->name) != MODEL_NONE;
        if (known || (custom == MODEL_NONE && !unseen))
                return check_reference(check, &check->roles, role) && role->name;
        if (custom != MODEL_NONE)
                role->index = MODEL_CUSTOM | custom;
        return custom != MODEL_NONE;
}

static void grant_check(GrantCheck *grants, ModelGrant *grant, bool is_group)
{
        Check *check = grants->check;
        bool found = role_find(grants, grant);
        check_reference(check, &grants->names->sites, &grant->site);
        if (!found)
                return;
        const ModelRole *role = role_of(grants, grant->role.index);
        bool fits = place_check(grants, grant, role);
        if (holder_check(grants, grant, role, is_group) && fits)
                usefulness_check(grants, grant, role);
}

static void list_check(GrantCheck *grants, ModelGrantList *list, bool is_group, const char *holder)
{
        char advice[CHECK_ADVICE_SIZE];
        for (uint32_t i = 0; i < list->count; i++) {
                ModelGrant *grant = &list->items[i];
                if (grant->place.file == grants->names->managed_file)
                        grants->check->advice =
                                check_revoke_advice(grants->organization, grant,
                                                    is_group ? "group" : "user", holder, advice);
                grant_check(grants, grant, is_group);
                grants->check->advice = "";
        }
}

/* ---- What a grant changes ---- */

static void item_add(GrantCheck *grants, Item item)
{
        Item *added = vector_append(&grants->items);
        if (!added) {
                grants->check->failed = true;
                return;
        }
        item.order = (uint32_t)grants->items.count;
        *added = item;
}

/* Adds what a role implies, and what that implies. The catalogue has no cycles of this kind, or
 * effects are not looked at. */
static void implied_add(GrantCheck *grants, const ModelGrant *grant, const ModelRole *role,
                        unsigned depth)
{
        for (uint32_t i = 0; i < role->implies.count && depth < ROLE_INCLUDES_MAX; i++) {
                uint32_t implied = role->implies.items[i].index;
                item_add(grants, (Item){ .grant = grant, .role = implied, .site = MODEL_NONE });
                implied_add(grants, grant, role_of(grants, implied), depth + 1);
        }
}

static void items_add(GrantCheck *grants, const ModelGrantList *list)
{
        for (uint32_t i = 0; i < list->count; i++) {
                const ModelGrant *grant = &list->items[i];
                item_add(grants,
                         (Item){ .grant = grant,
                                 .role = grant->role.index,
                                 .site = grant->site.name ? grant->site.index : MODEL_NONE });
                implied_add(grants, grant, role_of(grants, grant->role.index), 0);
        }
}

static int item_compare(const void *left, const void *right)
{
        const Item *a = left, *b = right;
        if (a->site != b->site)
                return a->site < b->site ? -1 : 1;
        return a->order < b->order ? -1 : a->order > b->order;
}

/* The first item at a site. */
static size_t items_at(const Items *items, uint32_t site)
{
        size_t low = 0, high = items->count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (items->items[middle].site < site)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Says whether `other`, at the same place or above, leaves nothing for `item` to give. */
static bool item_covers(const GrantCheck *grants, const Item *other, const Item *item)
{
        const ModelRole *role = role_of(grants, item->role);
        const ModelRole *other_role = role_of(grants, other->role);
        const Interval *when = &item->grant->interval, *other_when = &other->grant->interval;
        if (other->grant == item->grant || other_when->from_s > when->from_s ||
            other_when->until_s < when->until_s)
                return false;
        if (other->role != item->role)
        return role->ladder && other_role->ladder &&
               role->ladder_index == other_role->ladder_index && other_role->rank > role->rank &&
               other_role->requires.count == 0;
        bool equal = other->site == item->site && other_when->from_s == when->from_s &&
                     other_when->until_s == when->until_s;
        return !equal || other->order < item->order;
}

/* Finds what makes an item superfluous, from its own place upwards. Return: NULL when nothing. */
static const Item *cover_find(const GrantCheck *grants, const Item *item)
{
        for (uint32_t site = item->site;;) {
                for (size_t i = items_at(&grants->items, site);
                     i < grants->items.count && grants->items.items[i].site == site; i++)
                        if (item_covers(grants, &grants->items.items[i], item))
                                return &grants->items.items[i];
                if (site == MODEL_NONE)
                        return NULL;
                site = grants->organization->sites.items[site].parent;
        }
}

static void cover_report(const GrantCheck *grants, const Item *item, const Item *cover)
{
        char name[CHECK_NAME_SIZE], by[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
        diagnostics_warning(grants->check->model->diagnostics, item->grant->place,
                            "the grant of role \"%s\" has no effect beside \"%s\" at %s",
                            check_name(item->grant->role.name, name),
                            check_name(cover->grant->role.name, by),
                            check_place(grants->check, cover->grant->place, at));
}

/* A role that needs another one, and its holder has none of those. */
static void requirement_check(const GrantCheck *grants, const Item *item)
{
        const ReferenceList *required = &role_of(grants, item->role)->requires;
        for (uint32_t i = 0; i < required->count; i++)
                for (size_t k = 0; k < grants->items.count; k++)
                        if (grants->items.items[k].role == required->items[i].index)
                                return;
        char name[CHECK_NAME_SIZE];
        if (required->count > 0)
                diagnostics_warning(grants->check->model->diagnostics, item->grant->place,
                                    "the grant of role \"%s\" has no effect without a role that "
                                    "it requires",
                                    check_name(item->grant->role.name, name));
}

/* Looks at the effect of those grants whose holder's items are collected. */
static void effects_check(GrantCheck *grants, const ModelGrantList *own, bool knows_all)
{
        if (grants->items.count > 0)
                qsort(grants->items.items, grants->items.count, sizeof(Item), item_compare);
        for (size_t i = 0; i < grants->items.count; i++) {
                const Item *item = &grants->items.items[i];
                const ModelRole *role = role_of(grants, item->role);
                bool is_own = item->grant >= own->items && item->grant < own->items + own->count &&
                              item->role == item->grant->role.index;
                if (!is_own || has_ended(grants, item->grant) ||
                    (role->ladder && role->rank == 0) || role->every_member)
                        continue;
                const Item *cover = cover_find(grants, item);
                if (cover)
                        cover_report(grants, item, cover);
                else if (knows_all)
                        requirement_check(grants, item);
        }
}

static void group_effects_check(GrantCheck *grants, const ModelGroup *group)
{
        grants->items.count = 0;
        items_add(grants, &group->roles);
        if (!grants->check->failed)
                effects_check(grants, &group->roles, false);
}

static void user_effects_check(GrantCheck *grants, const ModelUser *user)
{
        grants->items.count = 0;
        if (user->roles.count == 0)
                return;
        for (uint32_t i = 0; i < user->groups.count; i++)
                items_add(grants,
                          &grants->organization->groups.items[user->groups.items[i].index].roles);
        items_add(grants, &user->roles);
        if (!grants->check->failed)
                effects_check(grants, &user->roles, true);
}

static void stranger_check(const GrantCheck *grants, const ModelUser *user)
{
        uint32_t count = user->roles.count;
        for (uint32_t i = 0; i < user->groups.count; i++)
                if (user->groups.items[i].index != MODEL_NONE)
                        count += grants->organization->groups.items[user->groups.items[i].index]
                                         .roles.count;
        char name[CHECK_NAME_SIZE];
        if (count > 0)
                diagnostics_warning(grants->check->model->diagnostics, user->place,
                                    "user \"%s\" is not a member (member = false): the roles given "
                                    "here have no effect",
                                    check_name(user->name, name));
}

static void all_effects_check(GrantCheck *grants)
{
        for (uint32_t i = 0; i < grants->organization->groups.count; i++)
                group_effects_check(grants, &grants->organization->groups.items[i]);
        for (uint32_t i = 0; i < grants->organization->users.count; i++)
                if (grants->organization->users.items[i].member)
                        user_effects_check(grants, &grants->organization->users.items[i]);
}

/* ---- Who administers ---- */

static bool list_administers(const GrantCheck *grants, const ModelGrantList *list)
{
        for (uint32_t i = 0; i < list->count; i++)
                if (list->items[i].role.index != MODEL_NONE &&
                    role_of(grants, list->items[i].role.index)->administers_organization &&
                    !has_ended(grants, &list->items[i]))
                        return true;
        return false;
}

static void administration_check(const GrantCheck *grants)
{
        const ModelOrganization *organization = grants->organization;
        const Model *model = grants->check->model;
        bool possible = false;
        if (organization->incomplete)
                return;
        for (uint32_t i = 0; i < model->roles.count && !possible; i++)
                possible = model->roles.items[i].administers_organization;
        if (!possible)
                return;
        for (uint32_t i = 0; i < organization->groups.count; i++)
                if (list_administers(grants, &organization->groups.items[i].roles))
                        return;
        for (uint32_t i = 0; i < organization->users.count; i++)
                if (organization->users.items[i].member &&
                    list_administers(grants, &organization->users.items[i].roles))
                        return;
        diagnostics_warning(model->diagnostics, organization->place,
                            "nobody holds a role that administers this organization");
}

void check_grants(Check *check, ModelOrganization *organization, const OrganizationNames *names)
{
        const ModelCustomRoles *custom_roles = &check->model->custom_roles;
        GrantCheck grants = { .check = check,
                              .organization = organization,
                              .names = names,
                              .custom = { .level = ROLE_LEVEL_ACCOUNT,
                                          .user_may_hold = custom_roles->user_may_hold,
                                          .group_may_hold = custom_roles->group_may_hold } };
        for (uint32_t i = 0; i < organization->groups.count; i++)
                list_check(&grants, &organization->groups.items[i].roles, true,
                           organization->groups.items[i].name);
        for (uint32_t i = 0; i < organization->users.count; i++) {
                list_check(&grants, &organization->users.items[i].roles, false,
                           organization->users.items[i].name);
                if (!organization->users.items[i].member)
                        stranger_check(&grants, &organization->users.items[i]);
        }
        administration_check(&grants);
        /* Effects of grants that mean nothing would only repeat the errors. */
        if (diagnostics_errors(check->model->diagnostics) == 0)
                all_effects_check(&grants);
        vector_clear(&grants.items);
}
