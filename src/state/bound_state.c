/* SPDX-License-Identifier: MIT */
/*
 * Bound state: see bound_state.h.
 *
 * Three arrays in ascending order of their indices, and bits for users and doors. Binding collects
 * one item a record, sorts, and joins the items of one user or door; an update makes the one item
 * anew from the records.
 */
#include "state/bound_state.h"

#include <errno.h>

#include "policy/decide.h"
#include "util/timestamp.h"
#include "util/vector.h"

struct BoundState {
        const Image *image;
        const LiveRecords *records; /* NULL: unknown */
        VECTOR_OF(LiveUser) users;
        VECTOR_OF(LiveDoor) doors;
        VECTOR_OF(LiveLockdown) lockdowns;
        uint64_t *user_bits, *door_bits;
        size_t unmatched;               /* as of the binding */
        const LiveRecord *an_unmatched; /* one of them, until a record changes */
        LiveState live;
};

BoundState *bound_state_free(BoundState *bound)
{
        if (!bound)
                return NULL;
        vector_clear(&bound->users);
        vector_clear(&bound->doors);
        vector_clear(&bound->lockdowns);
        free(bound->user_bits);
        free(bound->door_bits);
        free(bound);
        return NULL;
}

static const LiveState unknown_state = { .unknown = true };

const LiveState *bound_state_live(const BoundState *bound)
{
        return &bound->live;
}

size_t bound_state_unmatched(const BoundState *bound, const LiveRecord **ret_one)
{
        *ret_one = bound->an_unmatched;
        return bound->unmatched;
}

/* The index of what a record is about. Return: IMAGE_NONE when the image does not know it. */
static uint32_t index_of(const Image *image, Text text)
{
        Resource resource;
        Target target;
        if (resource_parse(text, &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return IMAGE_NONE;
        return target.index;
}

bool bound_state_knows(const BoundState *bound, Text resource)
{
        return index_of(bound->image, resource) != IMAGE_NONE;
}

static void fill_user(LiveUser *user, const LiveRecord *record)
{
        if (record && record->kind == LIVE_SUSPENSION)
                user->suspension = &record->note;
        if (!record || record->kind != LIVE_DATES)
                return;
        user->dates = &record->note;
        user->from_s = record->from_s;
        user->until_s = record->until_s;
        user->dates_ended = record->ended;
}

static void fill_door(LiveDoor *door, const LiveRecord *record)
{
        if (record && record->kind == LIVE_OVERRIDE) {
                door->override = &record->note;
                door->state = record->state;
                door->override_until_s = record->until_s;
        }
        if (record && record->kind == LIVE_BLOCK) {
                door->block = &record->note;
                door->block_until_s = record->until_s;
        }
}

static LiveUser new_user(uint32_t index)
{
        return (LiveUser){ .user = index, .from_s = TIMESTAMP_MIN, .until_s = TIMESTAMP_MAX };
}

static LiveDoor new_door(uint32_t index)
{
        return (LiveDoor){ .door = index,
                           .override_until_s = TIMESTAMP_MAX,
                           .block_until_s = TIMESTAMP_MAX };
}

static LiveLockdown new_lockdown(uint32_t index, const LiveRecord *record)
{
        return (LiveLockdown){ .lockdown = index,
                               .note = &record->note,
                               .until_s = record->until_s };
}

/* Adds an item for one record, in no order. */
static int collect(void *data, const LiveRecord *record)
{
        BoundState *bound = data;
        uint32_t index = index_of(bound->image, record->resource);
        if (index == IMAGE_NONE) {
                bound->unmatched += record->ended ? 0 : 1;
                bound->an_unmatched = record->ended ? bound->an_unmatched : record;
                return 0;
        }
        if (record->kind == LIVE_LOCKDOWN) {
                LiveLockdown *lockdown = vector_append(&bound->lockdowns);
                if (lockdown)
                        *lockdown = new_lockdown(index, record);
                return lockdown ? 0 : -ENOMEM;
        }
        if (record->kind == LIVE_SUSPENSION || record->kind == LIVE_DATES) {
                LiveUser *user = vector_append(&bound->users);
                if (!user)
                        return -ENOMEM;
                *user = new_user(index);
                fill_user(user, record);
                return 0;
        }
        LiveDoor *door = vector_append(&bound->doors);
        if (!door)
                return -ENOMEM;
        *door = new_door(index);
        fill_door(door, record);
        return 0;
}

static int compare_index(const void *a, const void *b)
{
        /* Each of the three begins with its index. */
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
        return left < right ? -1 : left > right;
}

#define SORT(vector)                                                                               \
        do {                                                                                       \
                if ((vector)->count)                                                               \
                        qsort((vector)->items, (vector)->count, sizeof(*(vector)->items),          \
                              compare_index);                                                      \
        } while (0)

static void join_users(BoundState *bound)
{
        LiveUser *users = bound->users.items;
        size_t kept = 0;
        for (size_t i = 0; i < bound->users.count; i++) {
                LiveUser from = users[i], *last = kept ? &users[kept - 1] : NULL;
                if (last && last->user == from.user) {
                        /* One of the two has the suspension, the other one the dates. */
                        const LiveNote *suspension =
                                from.suspension ? from.suspension : last->suspension;
                        if (from.dates)
                                *last = from;
                        last->suspension = suspension;
                } else {
                        users[kept++] = from;
                }
        }
        bound->users.count = kept;
}

static void join_doors(BoundState *bound)
{
        LiveDoor *doors = bound->doors.items;
        size_t kept = 0;
        for (size_t i = 0; i < bound->doors.count; i++) {
                LiveDoor from = doors[i], *last = kept ? &doors[kept - 1] : NULL;
                if (last && last->door == from.door) {
                        /* One of the two has the override, the other one the block. */
                        const LiveDoor *block = from.block ? &from : last;
                        LiveDoor joined = from.override ? from : *last;
                        joined.block = block->block;
                        joined.block_until_s = block->block_until_s;
                        *last = joined;
                } else {
                        doors[kept++] = from;
                }
        }
        bound->doors.count = kept;
}

static void set_bit(uint64_t *bits, uint32_t index, bool on)
{
        uint64_t bit = UINT64_C(1) << index % 64;
        bits[index / 64] = on ? bits[index / 64] | bit : bits[index / 64] & ~bit;
}

/* What the engine reads points to where things are now. */
static void publish(BoundState *bound)
{
        bound->live = (LiveState){
                .user_bits = bound->user_bits,
                .door_bits = bound->door_bits,
                .user_bit_count = image_count(bound->image, IMAGE_USERS),
                .door_bit_count = image_count(bound->image, IMAGE_DOORS),
                .users = bound->users.items,
                .user_count = (uint32_t)bound->users.count,
                .doors = bound->doors.items,
                .door_count = (uint32_t)bound->doors.count,
                .lockdowns = bound->lockdowns.items,
                .lockdown_count = (uint32_t)bound->lockdowns.count,
        };
}

static int bind(BoundState *bound)
{
        bound->user_bits = calloc(image_count(bound->image, IMAGE_USERS) / 64 + 1, 8);
        bound->door_bits = calloc(image_count(bound->image, IMAGE_DOORS) / 64 + 1, 8);
        if (!bound->user_bits || !bound->door_bits)
                return -ENOMEM;
        int r = live_records_walk(bound->records, collect, bound);
        if (r < 0)
                return r;
        SORT(&bound->users);
        SORT(&bound->doors);
        SORT(&bound->lockdowns);
        join_users(bound);
        join_doors(bound);
        for (size_t i = 0; i < bound->users.count; i++)
                set_bit(bound->user_bits, bound->users.items[i].user, true);
        for (size_t i = 0; i < bound->doors.count; i++)
                set_bit(bound->door_bits, bound->doors.items[i].door, true);
        publish(bound);
        return 0;
}

BoundState *bound_state_new(const Image *image, const LiveRecords *records)
{
        BoundState *bound = calloc(1, sizeof(*bound));
        if (!bound)
                return NULL;
        bound->image = image;
        bound->records = records;
        bound->live = unknown_state;
        if (records && bind(bound) < 0)
                return bound_state_free(bound);
        return bound;
}

/* Where an item of an index is or would be. Items begin with their index. */
static size_t position_of(const char *items, size_t count, size_t size, uint32_t index)
{
        size_t low = 0, high = count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (*(const uint32_t *)(const void *)(items + middle * size) < index)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Puts an item into its place in an ascending array, or takes the one of its index out. */
static int replace(void **items, size_t *count, size_t *capacity, size_t size, const void *item,
                   bool is_wanted)
{
        uint32_t index = *(const uint32_t *)item;
        size_t at = position_of(*items, *count, size, index);
        char *place = *items ? (char *)*items + at * size : NULL;
        bool is_there = at < *count && *(const uint32_t *)(const void *)place == index;
        if (is_there && !is_wanted) {
                memmove(place, place + size, (*count - at - 1) * size);
                --*count;
        }
        if (is_wanted && !is_there) {
                if (!vector_append_sized(items, count, capacity, size))
                        return -ENOMEM;
                place = (char *)*items + at * size;
                memmove(place + size, place, (*count - at - 1) * size);
        }
        if (is_wanted)
                memcpy(place, item, size);
        return 0;
}

#define REPLACE(vector, item, is_wanted)                                                           \
        replace((void **)&(vector)->items, &(vector)->count, &(vector)->capacity,                  \
                sizeof(*(vector)->items), item, is_wanted)

static int update_user(BoundState *bound, uint32_t index, Text resource)
{
        LiveUser user = new_user(index);
        fill_user(&user, live_records_find(bound->records, LIVE_SUSPENSION, resource));
        fill_user(&user, live_records_find(bound->records, LIVE_DATES, resource));
        bool is_wanted = user.suspension || user.dates;
        set_bit(bound->user_bits, index, is_wanted);
        return REPLACE(&bound->users, &user, is_wanted);
}

static int update_door(BoundState *bound, uint32_t index, Text resource)
{
        LiveDoor door = new_door(index);
        fill_door(&door, live_records_find(bound->records, LIVE_OVERRIDE, resource));
        fill_door(&door, live_records_find(bound->records, LIVE_BLOCK, resource));
        bool is_wanted = door.override || door.block;
        set_bit(bound->door_bits, index, is_wanted);
        return REPLACE(&bound->doors, &door, is_wanted);
}

static int update_lockdown(BoundState *bound, uint32_t index, Text resource)
{
        const LiveRecord *record = live_records_find(bound->records, LIVE_LOCKDOWN, resource);
        LiveLockdown lockdown = { .lockdown = index };
        if (record)
                lockdown = new_lockdown(index, record);
        return REPLACE(&bound->lockdowns, &lockdown, record != NULL);
}

int bound_state_update(BoundState *bound, LiveKind kind, Text resource)
{
        if (bound->live.unknown)
                return 0;
        uint32_t index = index_of(bound->image, resource);
        if (index == IMAGE_NONE)
                return 0;
        int r;
        if (kind == LIVE_SUSPENSION || kind == LIVE_DATES)
                r = update_user(bound, index, resource);
        else if (kind == LIVE_LOCKDOWN)
                r = update_lockdown(bound, index, resource);
        else
                r = update_door(bound, index, resource);
        if (r == 0)
                publish(bound);
        else
                bound->live = unknown_state;
        return r;
}
