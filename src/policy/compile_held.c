/* SPDX-License-Identifier: MIT */
/*
 * Compile: held roles
 *
 * A holder's grants and those of his groups, with what they imply, sorted into one run: ladder by
 * ladder, the highest rank first, the widest place first. Roles of rank 0 are left out, and so is a
 * role at a place where it is held without an end already.
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

static struct HeldItem held_item(const Compiler *compiler, const ImageHeld *held)
{
        uint64_t narrowness = UINT32_MAX - held->end;
        uint64_t timed = (held->flags & IMAGE_HELD_TIMED) != 0;
        uint64_t implied = (held->flags & IMAGE_HELD_IMPLIED) != 0;
        return (struct HeldItem){
                .where = (uint64_t)compiler->role_order[held->role] << 32 | held->position,
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

/* Adds one role at a place, unless it is the bottom of its ladder or there is no such place. */
static void role_add(Compiler *compiler, HeldRoom *room, uint32_t role, ImageHeld held)
{
        const ModelRole *model = &compiler->model->roles.items[role];
        if ((model->ladder && model->rank == 0) || held.position >= held.end)
                return;
        held.role = (uint16_t)role;
        held.ladder = model->ladder ? (uint8_t)model->ladder_index : IMAGE_HELD_NO_LADDER;
        if (model->requires.count > 0)
                held.flags |= IMAGE_HELD_REQUIRES;
        room_add(compiler, room, &held);
}

static void grant_add(Compiler *compiler, HeldRoom *room, const HeldSource *source,
                      const ModelGrant *grant, uint32_t number)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, source->organization);
        const SiteWalk *walk = &compiler->organizations[source->organization].walk;
        bool timed =
                grant->interval.from_s != TIMESTAMP_MIN || grant->interval.until_s != TIMESTAMP_MAX;
        ImageHeld held = { .position = owner->position,
                           .end = owner->end,
                           .flags = timed ? IMAGE_HELD_TIMED : 0,
                           .grant = number };
        if (grant->site.name) {
                held.position = owner->position + walk->position[grant->site.index];
                held.end = owner->position + walk->end[grant->site.index];
        }
        role_add(compiler, room, grant->role.index, held);

        ImageRange implied = compiler->role_implied[grant->role.index];
        for (uint32_t i = 0; i < implied.count; i++) {
                uint32_t role =
                        *(uint32_t *)compiler_at(compiler, IMAGE_NUMBERS, implied.first + i);
                bool of_site = compiler->model->roles.items[role].level == ROLE_LEVEL_SITE;
                held.position = owner->position + (of_site ? 1 : 0);
                held.end = owner->end;
                held.flags = (uint8_t)(IMAGE_HELD_IMPLIED | (timed ? IMAGE_HELD_TIMED : 0));
                role_add(compiler, room, role, held);
        }
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
