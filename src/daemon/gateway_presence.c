/* SPDX-License-Identifier: MIT */
/* Gateway presence: see gateway_presence.h. A table of chains by the door's path. */
#include "daemon/gateway_presence.h"

#include <errno.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#define BUCKETS 4096 /* a power of two */

struct GatewayPresence {
        uint32_t count;
        GatewayDoor *buckets[BUCKETS];
};

GatewayPresence *gateway_presence_new(void)
{
        return calloc(1, sizeof(GatewayPresence));
}

GatewayPresence *gateway_presence_free(GatewayPresence *presence)
{
        for (size_t i = 0; presence && i < BUCKETS; i++) {
                GatewayDoor *next;
                for (GatewayDoor *door = presence->buckets[i]; door; door = next) {
                        next = door->next;
                        free(door);
                }
        }
        free(presence);
        return NULL;
}

uint64_t gateway_presence_hash(Text door)
{
        return XXH3_64bits(door.data, door.size);
}

static GatewayDoor *first_of(const GatewayPresence *presence, uint64_t hash)
{
        return presence->buckets[hash % BUCKETS];
}

static bool is_of(const GatewayDoor *found, uint64_t hash, Text door)
{
        return found->hash == hash && text_is(door, found->door);
}

static GatewayDoor *new_door(uint64_t hash, Text door, Text caller)
{
        GatewayDoor *made = calloc(1, sizeof(*made) + door.size + caller.size + 2);
        if (!made)
                return NULL;
        made->hash = hash;
        made->door = made->bytes;
        made->caller = made->bytes + door.size + 1;
        memcpy(made->door, door.data, door.size);
        memcpy(made->caller, caller.data, caller.size);
        return made;
}

int gateway_presence_add(GatewayPresence *presence, Text door, Text caller, GatewayDoor **ret_door)
{
        uint64_t hash = gateway_presence_hash(door);
        for (GatewayDoor *found = first_of(presence, hash); found; found = found->next) {
                if (is_of(found, hash, door) && text_is(caller, found->caller)) {
                        *ret_door = found;
                        return 0;
                }
        }
        if (presence->count >= GATEWAY_DOORS_MAX)
                return -ENOSPC;
        GatewayDoor *made = new_door(hash, door, caller);
        if (!made)
                return -ENOMEM;
        made->next = presence->buckets[hash % BUCKETS];
        presence->buckets[hash % BUCKETS] = made;
        presence->count++;
        *ret_door = made;
        return 0;
}

bool gateway_door_is_present(const GatewayDoor *door, uint64_t now_ms)
{
        return door->take || now_ms < door->until_ms;
}

void gateway_door_arrive(GatewayDoor *door, Take *take, uint64_t now_ms, int64_t now_s)
{
        if (!gateway_door_is_present(door, now_ms))
                door->since_s = now_s;
        door->take = take;
}

void gateway_door_leave(GatewayDoor *door, uint64_t now_ms, bool broken)
{
        door->take = NULL;
        door->until_ms = broken ? 0 : now_ms + GATEWAY_GRACE_MS;
}

GatewayDoor *gateway_presence_of(const GatewayPresence *presence, Text door, uint64_t now_ms)
{
        uint64_t hash = gateway_presence_hash(door);
        GatewayDoor *present = NULL;
        for (GatewayDoor *found = first_of(presence, hash); found; found = found->next) {
                if (!is_of(found, hash, door))
                        continue;
                if (found->take)
                        return found;
                if (gateway_door_is_present(found, now_ms))
                        present = found;
        }
        return present;
}

bool gateway_presence_was_served(const GatewayPresence *presence, Text door)
{
        uint64_t hash = gateway_presence_hash(door);
        for (GatewayDoor *found = first_of(presence, hash); found; found = found->next)
                if (is_of(found, hash, door))
                        return true;
        return false;
}

GatewayCaller gateway_presence_caller(const GatewayPresence *presence, Text caller, uint64_t now_ms)
{
        GatewayCaller known = { 0 };
        for (size_t i = 0; i < BUCKETS; i++) {
                for (const GatewayDoor *door = presence->buckets[i]; door; door = door->next) {
                        if (!text_is(caller, door->caller))
                                continue;
                        known.served++;
                        if (!gateway_door_is_present(door, now_ms))
                                continue;
                        if (!known.is_present || door->since_s < known.since_s)
                                known.since_s = door->since_s;
                        known.is_present = true;
                        known.doors++;
                }
        }
        return known;
}

GatewayTotals gateway_presence_totals(const GatewayPresence *presence, uint64_t now_ms)
{
        GatewayTotals totals = { .served = presence->count };
        for (size_t i = 0; i < BUCKETS; i++)
                for (const GatewayDoor *door = presence->buckets[i]; door; door = door->next)
                        totals.present += gateway_door_is_present(door, now_ms);
        return totals;
}
