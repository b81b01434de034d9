/* SPDX-License-Identifier: MIT */
/* Names are looked up anew for each change: changes are few, and worlds are small. */
#include "world_apply.h"
#include "reference_change.h"
#include "reference_roles.h"

#include <string.h>

WorldOrganization *world_apply_organization(World *world, const char *resource)
{
        const char *path = resource + strcspn(resource, ":") + 1;

        for (int i = 0; i < world->organizations_count; i++)
                if (reference_text_is(path, strcspn(path, "/"), world->organizations[i].name))
                        return &world->organizations[i];
        return NULL;
}

static bool is_same_place(const WorldGrant *grant, const ReferenceRoleAt *at)
{
        return grant->role == at->role && grant->site == at->site;
}

static bool give(WorldGrants *grants, int64_t now_s, const ReferenceRoleAt *at,
                 WorldInterval interval)
{
        for (int i = 0; i < grants->count; i++)
                if (is_same_place(&grants->item[i], at) && now_s < grants->item[i].interval.until_s)
                        return true;
        if (grants->count == WORLD_GRANTS_MAX)
                return false;
        grants->item[grants->count++] = (WorldGrant){ at->role, at->site, interval };
        return true;
}

static bool take(WorldGrants *grants, const ReferenceRoleAt *at)
{
        int kept = 0;

        for (int i = 0; i < grants->count; i++)
                if (!is_same_place(&grants->item[i], at))
                        grants->item[kept++] = grants->item[i];
        grants->count = kept;
        return true;
}

static bool put_item(WorldList *list, int item)
{
        for (int i = 0; i < list->count; i++)
                if (list->item[i] == item)
                        return true;
        if (list->count == WORLD_LIST_MAX)
                return false;
        list->item[list->count++] = item;
        return true;
}

static bool drop_item(WorldList *list, int item)
{
        int kept = 0;

        for (int i = 0; i < list->count; i++)
                if (list->item[i] != item)
                        list->item[kept++] = list->item[i];
        list->count = kept;
        return true;
}

static bool migrate(World *world, WorldOrganization *o, WorldUser *user, int64_t now_s,
                    const RefQuery *query, WorldInterval interval)
{
        WorldUser before = *user;

        user->migrated = true;
        for (int i = 0; i < query->with_count; i++) {
                ReferenceRoleAt at = reference_role_at(world, o, query->with[i]);
                if (give(&user->grants, now_s, &at, interval))
                        continue;
                *user = before;
                return false;
        }
        return true;
}

static bool customize(WorldOrganization *o, int role, const char *words)
{
        const ReferencePermission *permission = reference_permission_find(words + 1);
        int number = (int)(permission - REFERENCE_PERMISSIONS), i = 0;
        WorldCustomization *customization;

        while (i < o->customizations_count && o->customizations[i].role != role)
                i++;
        customization = &o->customizations[i];
        if (strcmp(words, "default") == 0) {
                if (i < o->customizations_count)
                        *customization = o->customizations[--o->customizations_count];
                return true;
        }
        if (i == WORLD_CUSTOMIZATIONS_MAX)
                return false;
        if (i == o->customizations_count) {
                *customization = (WorldCustomization){ .role = role };
                o->customizations_count++;
        }
        drop_item(words[0] == '+' ? &customization->remove : &customization->add, number);
        return put_item(words[0] == '+' ? &customization->add : &customization->remove, number);
}

static bool change_membership(World *world, WorldUser *user, const RefQuery *query)
{
        ReferencePlace group;
        WorldList *list;

        if (!reference_place_find(world, query->with[0], &group))
                return false;
        list = group.letter == 'c' ? &user->groups : &user->access_groups;
        return query->kind == REF_ADD_MEMBER ? put_item(list, group.index)
                                             : drop_item(list, group.index);
}

bool world_apply(World *world, int64_t now_s, const RefQuery *query, WorldInterval interval)
{
        WorldOrganization *o = world_apply_organization(world, query->resource);
        ReferenceRoleAt at = reference_role_at(world, o, query->role);
        ReferencePlace target;
        WorldUser *user;
        WorldGrants *grants;

        if (query->kind == REF_CUSTOMIZE)
                return customize(o, at.role, query->permission);
        if (!reference_place_find(world, query->resource, &target))
                return false;
        user = target.letter == 'u' ? &o->users[target.index] : NULL;
        grants = user != NULL ? &user->grants : &o->groups[target.index].grants;
        switch (query->kind) {
        case REF_GRANT:
                return give(grants, now_s, &at, interval);
        case REF_REVOKE:
                return take(grants, &at);
        case REF_MIGRATE:
                return migrate(world, o, user, now_s, query, interval);
        default:
                return change_membership(world, user, query);
        }
}
