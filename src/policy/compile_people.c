/* SPDX-License-Identifier: MIT */
/*
 * Compile: groups and users
 *
 * Groups keep their order, users are sorted by name. Grants are recorded one by one as they stand;
 * what they amount to for each holder is in the runs of held roles.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"
#include "policy/sort.h"

/* Whose grants are recorded. */
typedef struct Holder {
        uint32_t organization;
        enum ImageHolderKind kind;
        uint32_t index;
} Holder;

/* Records grants. Return: the number of the first one. */
static uint32_t grants_add(Compiler *compiler, const ModelGrantList *grants, Holder holder)
{
        uint32_t first = compiler_count(compiler, IMAGE_GRANTS);
        if (grants->count == 0)
                return first;
        ImageGrant *records = compiler_append(compiler, IMAGE_GRANTS, grants->count);
        for (uint32_t i = 0; i < grants->count && records; i++) {
                const ModelGrant *grant = &grants->items[i];
                records[i] = (ImageGrant){
                        .role = compiled_role(compiler, holder.organization, grant->role.index),
                        .site = grant->site.name ? compiled_site(compiler, holder.organization,
                                                                 grant->site.index)
                                                 : IMAGE_NONE,
                        .holder_kind = holder.kind,
                        .holder = holder.index,
                        .count = grants->count,
                        .from_s = grant->interval.from_s,
                        .until_s = grant->interval.until_s,
                        .place = compiled_place(grant->place),
                };
        }
        return first;
}

static void groups_fill(Compiler *compiler, uint32_t number, HeldRoom *room)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        uint32_t count = organization->groups.count;
        ImageRange range = { compiler_count(compiler, IMAGE_GROUPS), count };
        COMPILED_ORGANIZATION(compiler, number)->groups = range;
        ImageGroup *records = compiler_append(compiler, IMAGE_GROUPS, count);
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelGroup *group = &organization->groups.items[i];
                Holder holder = { number, IMAGE_HOLDER_GROUP, range.first + i };
                HeldSource source = { .organization = number,
                                      .grants = &group->roles,
                                      .first_grant = grants_add(compiler, &group->roles, holder) };
                records[i] = (ImageGroup){
                        .name = compiler_string(compiler, group->name),
                        .title = compiler_string(compiler, group->title),
                        .organization = number,
                        .flags = group->synced ? IMAGE_GROUP_SYNCED : 0,
                        .held = compile_held(compiler, room, &source),
                        .grants = { source.first_grant, group->roles.count },
                        .place = compiled_place(group->place),
                };
        }
}

static bool holds_legacy_role(const Compiler *compiler, const ModelUser *user)
{
        for (uint32_t i = 0; i < user->roles.count && !user->migrated; i++) {
                uint32_t role = user->roles.items[i].role.index;
                if (!(role & MODEL_CUSTOM) && compiler->model->roles.items[role].legacy)
                        return true;
        }
        return false;
}

static uint32_t user_flags(const Compiler *compiler, const ModelUser *user)
{
        bool has_dates =
                user->access.from_s != TIMESTAMP_MIN || user->access.until_s != TIMESTAMP_MAX;
        return (user->member ? IMAGE_USER_MEMBER : 0) | (user->synced ? IMAGE_USER_SYNCED : 0) |
               (user->suspended ? IMAGE_USER_SUSPENDED : 0) |
               (user->remote_unlock ? 0 : IMAGE_USER_NO_REMOTE_UNLOCK) |
               (user->extended_time ? IMAGE_USER_EXTENDED_TIME : 0) |
               (user->uid_stated ? IMAGE_USER_UID_STATED : 0) |
               (has_dates ? IMAGE_USER_HAS_DATES : 0) |
               (holds_legacy_role(compiler, user) ? IMAGE_USER_HAS_LEGACY_ROLE : 0);
}

static const ImageAccessGroup *access_group_at(const Compiler *compiler, uint32_t number,
                                               const Reference *reference)
{
        uint32_t first = COMPILED_ORGANIZATION(compiler, number)->access_groups.first;
        return compiler_at(compiler, IMAGE_ACCESS_GROUPS, first + reference->index);
}

/* All access levels of a user's access groups. */
static ImageRange user_levels(Compiler *compiler, uint32_t number, const ModelUser *user)
{
        const ReferenceList *groups = &user->access_groups;
        if (groups->count == 0)
                return (ImageRange){ 0, 0 };
        if (groups->count == 1)
                return access_group_at(compiler, number, &groups->items[0])->levels;
        size_t count = 0;
        for (uint32_t i = 0; i < groups->count; i++)
                count += access_group_at(compiler, number, &groups->items[i])->levels.count;
        if (count == 0)
                return (ImageRange){ 0, 0 };
        _cleanup_free_ uint32_t *levels = calloc(count, sizeof(uint32_t));
        if (!levels) {
                compiler->error = -ENOMEM;
                return (ImageRange){ 0, 0 };
        }
        size_t at = 0;
        for (uint32_t i = 0; i < groups->count; i++) {
                ImageRange range = access_group_at(compiler, number, &groups->items[i])->levels;
                if (range.count > 0)
                        memcpy(levels + at, compiler_at(compiler, IMAGE_NUMBERS, range.first),
                               range.count * sizeof(uint32_t));
                at += range.count;
        }
        return compiler_numbers(compiler, levels, count);
}

/* The place, if what stands there is in use. */
static ImagePlace place_if(bool used, Place place)
{
        return used ? compiled_place(place) : (ImagePlace){ IMAGE_NONE, 0 };
}

static void user_fill(Compiler *compiler, uint32_t number, const ModelUser *user,
                      const HeldSource *source, HeldRoom *room, ImageUser *record)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        uint32_t flags = user_flags(compiler, user);
        *record = (ImageUser){
                .name = compiler_string(compiler, user->name),
                .title = compiler_string(compiler, user->title),
                .organization = number,
                .flags = flags,
                .uid = user->uid_stated ? user->uid : 0,
                .held = compile_held(compiler, room, source),
                .first_grant = user->roles.count > 0 ? source->first_grant : IMAGE_NONE,
                .levels = user_levels(compiler, number, user),
                .groups = compiler_references(compiler, &user->groups, owner->groups.first),
                .access_groups = compiler_references(compiler, &user->access_groups,
                                                     owner->access_groups.first),
                .access_from_s = user->access.from_s,
                .access_until_s = user->access.until_s,
                .place = compiled_place(user->place),
                .access_place = place_if(flags & (IMAGE_USER_SUSPENDED | IMAGE_USER_HAS_DATES),
                                         user->access_place),
                .remote_unlock_place = place_if(!user->remote_unlock, user->remote_unlock_place),
        };
}

/* The users in the order of their names. Return: model indices (owned by the caller), or NULL
 * without memory. */
static uint32_t *user_order(const ModelOrganization *organization)
{
        size_t count = organization->users.count;
        _cleanup_free_ SortName *names = calloc(count + 1, sizeof(*names));
        uint32_t *order = calloc(count + 1, sizeof(*order));
        if (!names || !order) {
                free(order);
                return NULL;
        }
        for (uint32_t i = 0; i < count; i++)
                names[i] = (SortName){ .name = organization->users.items[i].name, .index = i };
        sort_names(names, count);
        for (size_t i = 0; i < count; i++)
                order[i] = names[i].index;
        return order;
}

static void users_fill(Compiler *compiler, uint32_t number, HeldRoom *room)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        uint32_t count = organization->users.count;
        _cleanup_free_ uint32_t *order = user_order(organization);
        if (!order) {
                compiler->error = -ENOMEM;
                return;
        }
        ImageRange range = { compiler_count(compiler, IMAGE_USERS), count };
        COMPILED_ORGANIZATION(compiler, number)->users = range;
        ImageUser *records = compiler_append(compiler, IMAGE_USERS, count);
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelUser *user = &organization->users.items[order[i]];
                Holder holder = { number, IMAGE_HOLDER_USER, range.first + i };
                HeldSource source = { .organization = number,
                                      .grants = &user->roles,
                                      .first_grant = grants_add(compiler, &user->roles, holder),
                                      .user = user };
                user_fill(compiler, number, user, &source, room, &records[i]);
        }
        if (!compiler->error)
                (void)compile_cards(compiler, number, order);
}

int compile_people(Compiler *compiler)
{
        HeldRoom room = { 0 };
        for (uint32_t i = 0; i < compiler->model->organizations.count && !compiler->error; i++) {
                COMPILED_ORGANIZATION(compiler, i)->member_held =
                        compile_member_held(compiler, &room, i);
                groups_fill(compiler, i, &room);
                if (!compiler->error)
                        users_fill(compiler, i, &room);
        }
        held_room_clear(&room);
        return compiler->error;
}
