/* SPDX-License-Identifier: MIT */
/* Doors observed: see door_observed.h. A table of chains that grows with the doors in it. */
#include "daemon/door_observed.h"

#include <stdlib.h>

#define BUCKETS_FIRST 64

typedef struct Door {
        struct Door *next; /* in its bucket */
        uint64_t hash;
        DoorObservation observation; /* its gateway lies in gateway */
        char gateway[160];
        size_t path_size;
        char path[];
} Door;

struct DoorsObserved {
        Door **buckets;
        size_t bucket_count; /* a power of 2 */
        size_t count;
};

/* What an event says of its door. */
static const struct Change {
        DoorAspect aspect;
        DoorPhysical state; /* DOOR_PHYSICAL_UNKNOWN: nothing */
} changes[GATEWAY_EVENT_KIND_COUNT] = {
        [GATEWAY_LOCK_UNLOCKED] = { DOOR_ASPECT_LOCK, DOOR_PHYSICAL_UNLOCKED },
        [GATEWAY_LOCK_LOCKED] = { DOOR_ASPECT_LOCK, DOOR_PHYSICAL_LOCKED },
        [GATEWAY_DOOR_OPENED] = { DOOR_ASPECT_CONTACT, DOOR_PHYSICAL_OPEN },
        [GATEWAY_DOOR_CLOSED] = { DOOR_ASPECT_CONTACT, DOOR_PHYSICAL_CLOSED },
        [GATEWAY_DOOR_FORCED_OPEN] = { DOOR_ASPECT_ALARM, DOOR_PHYSICAL_FORCED_OPEN },
        [GATEWAY_DOOR_OPEN_TOO_LONG] = { DOOR_ASPECT_ALARM, DOOR_PHYSICAL_OPEN_TOO_LONG },
        [GATEWAY_DOOR_ALARM_NORMAL] = { DOOR_ASPECT_ALARM, DOOR_PHYSICAL_NORMAL },
        [GATEWAY_TAMPER_DETECTED] = { DOOR_ASPECT_TAMPER, DOOR_PHYSICAL_TAMPER_DETECTED },
        [GATEWAY_TAMPER_ENDED] = { DOOR_ASPECT_TAMPER, DOOR_PHYSICAL_NOT_IN_TAMPER },
        [GATEWAY_FAULT_DETECTED] = { DOOR_ASPECT_FAULT, DOOR_PHYSICAL_FAULT_DETECTED },
        [GATEWAY_FAULT_ENDED] = { DOOR_ASPECT_FAULT, DOOR_PHYSICAL_NOT_IN_FAULT },
};

/* FNV-1a: paths come from the policy, not from strangers. */
static uint64_t hash_of(Text path)
{
        uint64_t hash = 0xcbf29ce484222325ull;
        for (size_t i = 0; i < path.size; i++)
                hash = (hash ^ (unsigned char)path.data[i]) * 0x100000001b3ull;
        return hash;
}

DoorsObserved *doors_observed_new(void)
{
        _cleanup_(doors_observed_freep) DoorsObserved *doors = calloc(1, sizeof(*doors));
        if (!doors || !(doors->buckets = calloc(BUCKETS_FIRST, sizeof(Door *))))
                return NULL;
        doors->bucket_count = BUCKETS_FIRST;
        DoorsObserved *made = doors;
        doors = NULL;
        return made;
}

DoorsObserved *doors_observed_free(DoorsObserved *doors)
{
        if (!doors)
                return NULL;
        for (size_t i = 0; i < doors->bucket_count; i++) {
                while (doors->buckets[i]) {
                        Door *door = doors->buckets[i];
                        doors->buckets[i] = door->next;
                        free(door);
                }
        }
        free(doors->buckets);
        free(doors);
        return NULL;
}

static Door **bucket_of(Door **buckets, size_t count, uint64_t hash)
{
        return &buckets[hash & (count - 1)];
}

static Door *find(const DoorsObserved *doors, Text path, uint64_t hash)
{
        Door *door = *bucket_of(doors->buckets, doors->bucket_count, hash);
        while (door &&
               (door->hash != hash || !text_equal((Text){ door->path, door->path_size }, path)))
                door = door->next;
        return door;
}

/* Doubles the buckets; without memory chains only become longer. */
static void grow(DoorsObserved *doors)
{
        size_t count = 2 * doors->bucket_count;
        Door **buckets = calloc(count, sizeof(Door *));
        if (!buckets)
                return;
        for (size_t i = 0; i < doors->bucket_count; i++) {
                while (doors->buckets[i]) {
                        Door *door = doors->buckets[i];
                        Door **bucket = bucket_of(buckets, count, door->hash);
                        doors->buckets[i] = door->next;
                        door->next = *bucket;
                        *bucket = door;
                }
        }
        free(doors->buckets);
        doors->buckets = buckets;
        doors->bucket_count = count;
}

static Door *add(DoorsObserved *doors, Text path, uint64_t hash)
{
        if (doors->count >= DOORS_OBSERVED_MAX)
                return NULL;
        Door *door = malloc(sizeof(*door) + path.size);
        if (!door)
                return NULL;
        if (doors->count >= doors->bucket_count)
                grow(doors);
        *door = (Door){ .hash = hash, .path_size = path.size };
        memcpy(door->path, path.data, path.size);
        Door **bucket = bucket_of(doors->buckets, doors->bucket_count, hash);
        door->next = *bucket;
        *bucket = door;
        doors->count++;
        return door;
}

/* Another gateway begins anew: what the one before it told is not its word. */
static void set_gateway(Door *door, Text gateway)
{
        if (text_equal(door->observation.gateway, gateway) || gateway.size > sizeof(door->gateway))
                return;
        memcpy(door->gateway, gateway.data, gateway.size);
        door->observation = (DoorObservation){ .gateway = { door->gateway, gateway.size } };
}

static void set_aspect(DoorObservation *observation, DoorAspect aspect, DoorPhysical state,
                       int64_t since_s)
{
        /* The same told again has not begun again. */
        if (observation->aspects[aspect].state != state)
                observation->aspects[aspect].since_s = since_s;
        observation->aspects[aspect].state = state;
}

void doors_observed_note(DoorsObserved *doors, Text path, Text gateway, GatewayEventKind kind,
                         int64_t since_s, int64_t now_s)
{
        uint64_t hash = hash_of(path);
        Door *door = find(doors, path, hash);
        if (!door)
                door = add(doors, path, hash);
        if (!door)
                return;
        set_gateway(door, gateway);
        door->observation.told_s = now_s;
        if (kind == GATEWAY_CONTROLLER_LOST) {
                set_aspect(&door->observation, DOOR_ASPECT_LOCK, DOOR_PHYSICAL_UNKNOWN, since_s);
                set_aspect(&door->observation, DOOR_ASPECT_CONTACT, DOOR_PHYSICAL_UNKNOWN, since_s);
        }
        const struct Change *change = &changes[kind];
        if (change->state == DOOR_PHYSICAL_UNKNOWN)
                return;
        set_aspect(&door->observation, change->aspect, change->state, since_s);
        /* A door that is shut neither stands open too long nor is held open by force. */
        if (kind == GATEWAY_DOOR_CLOSED &&
            door->observation.aspects[DOOR_ASPECT_ALARM].state != DOOR_PHYSICAL_UNKNOWN)
                set_aspect(&door->observation, DOOR_ASPECT_ALARM, DOOR_PHYSICAL_NORMAL, since_s);
}

const DoorObservation *doors_observed_find(const DoorsObserved *doors, Text path)
{
        const Door *door = find(doors, path, hash_of(path));
        return door ? &door->observation : NULL;
}
