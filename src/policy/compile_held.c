/* SPDX-License-Identifier: MIT */
/*
 * Compile: held roles
 *
 * A holder's grants and those of his groups, with what they imply, sorted into one run: ladder by
 * ladder, the highest rank first, the widest place first. Where the organization has customized a
 * role its variant stands in the run. Roles of rank 0 are left out, what every member holds (a run
 * of its own), and a role at a place where it is held without an end already.
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/compile.h"

enum { INSERTION_MAX = 24 }; /* up to here insertion beats qsort() */

struct HeldItem {
        uint64_t where; /* the role's order, then its position */
        uint64_t which; /* wider, untimed, stated before implied, then the grant's number */
        ImageHeld held;
};

uint32_t compiled_variant(const Compiler *compiler, uint32_t organization, uint32_t role)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, organization);
        uint32_t custom = compiler->model->organizations.items[organization].roles.count;
        for (uint32_t i = custom; i < owner->roles.count; i++) {
                const ImageRole *variant =
                        compiler_at(compiler, IMAGE_ROLES, owner->roles.first + i);
                if (variant->base == role)
                        return owner->roles.first + i;
        }
        return compiled_role(compiler, organization, role);
}

/* Where a role stands in a run: a variant where its base does, custom roles last. */
static uint32_t role_order(const Compiler *compiler, uint32_t role)
{
        uint32_t count = compiler->model->roles.count;
        if (role < count)
                return compiler->role_order[role];
        uint32_t base = ((const ImageRole *)compiler_at(compiler, IMAGE_ROLES, role))->base;
        return base < count ? compiler->role_order[base] : role;
}

static struct HeldItem held_item(const Compiler *compiler, const ImageHeld *held)
{
        uint64_t narrowness = UINT32_MAX - held->end;
        uint64_t timed = (held->flags & IMAGE_HELD_TIMED) != 0;
        uint64_t implied = (held->flags & IMAGE_HELD_IMPLIED) != 0;
        return (struct HeldItem){
                .where = (uint64_t)role_order(compiler, held->role) << 32 | held->position,
                .which = narrowness << 32 | timed << 1 | implied,
                .held = *held,
        };
}

static void room_add(Compiler *compiler, HeldRoom *room, const ImageHeld *held)
{
        if (room->count == room->capacity) {
                size_t capacity = room->capacity ? 2 * room->capacity : 64;
                struct HeldItem *items = reallocarray(room->items, capacity, sizeof(*items));
                if (!items) {
                        compiler->error = -ENOMEM;
                        return;
                }
                room->items = items;
                room->capacity = capacity;
        }
        room->items[room->count++] = held_item(compiler, held);
}

void held_room_clear(HeldRoom *room)
{
        free(room->items);
        *room = (HeldRoom){ 0 };
}

/* Adds one role at a place, unless it is the bottom of its ladder, held by every member anyway, or
 * there is no such place. */
static void role_add(Compiler *compiler, HeldRoom *room, uint32_t role, ImageHeld held)
{
        const ImageRole *record = compiler_at(compiler, IMAGE_ROLES, role);
        bool in_ladder = record->ladder != IMAGE_NONE;
        bool member = held.flags & IMAGE_HELD_MEMBER;
        if ((in_ladder && record->rank == 0) || held.position >= held.end ||
            (record->flags & IMAGE_ROLE_EVERY_MEMBER && !member))
                return;
        held.role = (uint16_t)role;
        held.ladder = in_ladder ? (uint8_t)record->ladder : IMAGE_HELD_NO_LADDER;
        if (record->requires.count > 0)
                held.flags |= IMAGE_HELD_REQUIRES;
        room_add(compiler, room, &held);
}

/* Adds what a role of the catalogues implies, at all sites of the organization. */
static void implied_add(Compiler *compiler, HeldRoom *room, uint32_t organization, uint32_t role,
                        ImageHeld held)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, organization);
        ImageRange implied = compiler->role_implied[role];
        held.flags |= IMAGE_HELD_IMPLIED;
        held.end = owner->end;
        for (uint32_t i = 0; i < implied.count; i++) {
                uint32_t other =
                        *(uint32_t *)compiler_at(compiler, IMAGE_NUMBERS, implied.first + i);
                bool of_site = compiler->model->roles.items[other].level == ROLE_LEVEL_SITE;
                held.position = owner->position + (of_site ? 1 : 0);
                role_add(compiler, room, compiled_variant(compiler, organization, other), held);
        }
}

static void grant_add(Compiler *compiler, HeldRoom *room, const HeldSource *source,
                      const ModelGrant *grant, uint32_t number)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, source->organization);
        const SiteWalk *walk = &compiler->organizations[source->organization].walk;
        uint32_t role = grant->role.index;
        bool custom = role & MODEL_CUSTOM;
        bool timed =
                grant->interval.from_s != TIMESTAMP_MIN || grant->interval.until_s != TIMESTAMP_MAX;
        ImageHeld held = { .position = owner->position,
                           .end = owner->end,
                           .flags = timed ? IMAGE_HELD_TIMED : 0,
                           .grant = number };
        if (source->user && source->user->migrated && !custom &&
            compiler->model->roles.items[role].legacy)
                return;
        if (grant->site.name) {
                held.position = owner->position + walk->position[grant->site.index];
                held.end = owner->position + walk->end[grant->site.index];
        }
        role_add(compiler, room, compiled_variant(compiler, source->organization, role), held);
        if (!custom)
                implied_add(compiler, room, source->organization, role, held);
}

static int item_compare(const void *left, const void *right)
{
        const struct HeldItem *a = left, *b = right;
        if (a->where != b->where)
                return a->where < b->where ? -1 : 1;
        if (a->which != b->which)
                return a->which < b->which ? -1 : 1;
        return a->held.grant < b->held.grant ? -1 : a->held.grant > b->held.grant;
}

static void items_sort(struct HeldItem *items, size_t count)
{
        if (count > INSERTION_MAX) {
                qsort(items, count, sizeof(*items), item_compare);
                return;
        }
        for (size_t i = 1; i < count; i++) {
                struct HeldItem item = items[i];
                size_t at = i;
                for (; at > 0 && item_compare(&items[at - 1], &item) > 0; at--)
                        items[at] = items[at - 1];
                items[at] = item;
        }
}

/* Says whether b gives nothing beside a, which stands before it: the same role at the same place,
 * and a has no end. */
static bool item_repeats(const ImageHeld *a, const ImageHeld *b)
{
        return a->role == b->role && a->position == b->position && a->end == b->end &&
               (!(a->flags & IMAGE_HELD_TIMED) || a->grant == b->grant);
}

/* Sorts, drops repeats and stores. The run is built in the items' own memory. */
static ImageRange room_store(Compiler *compiler, HeldRoom *room)
{
        items_sort(room->items, room->count);
        ImageHeld *run = (ImageHeld *)room->items;
        size_t count = 0;
        for (size_t i = 0; i < room->count; i++) {
                ImageHeld held = room->items[i].held;
                if (count == 0 || !item_repeats(&run[count - 1], &held))
                        run[count++] = held;
        }
        return compiler_store(compiler, &compiler->held, run, count);
}

static const ImageGroup *group_at(const Compiler *compiler, const HeldSource *source, uint32_t i)
{
        uint32_t first = COMPILED_ORGANIZATION(compiler, source->organization)->groups.first;
        return compiler_at(compiler, IMAGE_GROUPS, first + source->user->groups.items[i].index);
}

ImageRange compile_held(Compiler *compiler, HeldRoom *room, const HeldSource *source)
{
        uint32_t groups = source->user ? source->user->groups.count : 0;
        if (source->grants->count == 0 && groups <= 1)
                return groups == 1 ? group_at(compiler, source, 0)->held : (ImageRange){ 0, 0 };
        room->count = 0;
        for (uint32_t i = 0; i < source->grants->count; i++)
                grant_add(compiler, room, source, &source->grants->items[i],
                          source->first_grant + i);
        for (uint32_t i = 0; i < groups; i++) {
                ImageRange held = group_at(compiler, source, i)->held;
                for (uint32_t k = 0; k < held.count; k++)
                        room_add(compiler, room, compiler_at(compiler, IMAGE_HELD, held.first + k));
        }
        return room_store(compiler, room);
}

ImageRange compile_member_held(Compiler *compiler, HeldRoom *room, uint32_t organization)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, organization);
        ImageHeld held = { .position = owner->position,
                           .end = owner->end,
                           .flags = IMAGE_HELD_MEMBER,
                           .grant = IMAGE_NONE };
        room->count = 0;
        for (uint32_t role = 0; role < compiler->model->roles.count; role++) {
                if (!compiler->model->roles.items[role].every_member)
                        continue;
                role_add(compiler, room, role, held);
                implied_add(compiler, room, organization, role, held);
        }
        return room_store(compiler, room);
}
