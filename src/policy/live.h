/* SPDX-License-Identifier: MIT */
/*
 * Live state, as the engine reads it
 *
 * What was changed at the doors and not in the text: suspensions, dates, overrides, blocks and
 * lockdowns. Here it is bound to one image: everything is named by its index, in ascending order,
 * and a bit for each user and door says whether there is anything to look up at all. It is made and
 * kept by state/bound_state.h; the engine only reads it, and borrows it for one decision.
 *
 * What has ended by now counts as absent, whether or not it was removed already.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/vocabulary.h"
#include "util/text.h"

typedef enum LiveKind {
        LIVE_SUSPENSION,
        LIVE_DATES,
        LIVE_OVERRIDE,
        LIVE_BLOCK,
        LIVE_LOCKDOWN,
        LIVE_KIND_COUNT,
} LiveKind;

/* One change that is in force: who made it, when and why, for whoever asks. Texts are borrowed from
 * the store. */
typedef struct LiveNote {
        LiveKind kind;
        int64_t at_s;
        Text by;          /* a person of the policy, or "root" */
        Text why;         /* as stated; may be empty */
        Text decision_id; /* of the row in the journal: 32 hexadecimal digits */
} LiveNote;

typedef struct LiveUser {
        uint32_t user;
        const LiveNote *suspension; /* NULL: not suspended here */
        const LiveNote *dates;      /* NULL: no dates here */
        int64_t from_s, until_s;    /* dates */
        bool dates_ended;           /* the dates have passed once: they do not come back */
} LiveUser;

typedef struct LiveDoor {
        uint32_t door;
        const LiveNote *override; /* NULL: none */
        DoorState state;          /* of the override */
        int64_t override_until_s;
        const LiveNote *block; /* NULL: not blocked */
        int64_t block_until_s; /* TIMESTAMP_MAX: until it is released */
} LiveDoor;

typedef struct LiveLockdown {
        uint32_t lockdown;
        const LiveNote *note;
        int64_t until_s; /* TIMESTAMP_MAX: until somebody ends it */
} LiveLockdown;

typedef struct LiveState {
        bool unknown; /* the store could not be read: whatever depends on it is undetermined */
        const uint64_t *user_bits, *door_bits; /* by index in the image; NULL: none is set */
        uint32_t user_bit_count, door_bit_count;
        const LiveUser *users; /* ascending by user, as are the others */
        uint32_t user_count;
        const LiveDoor *doors;
        uint32_t door_count;
        const LiveLockdown *lockdowns; /* those that are on */
        uint32_t lockdown_count;
} LiveState;

/* What is said about a user, a door or a lockdown (by index). NULL: nothing, or live is NULL. */
const LiveUser *live_user_find(const LiveState *live, uint32_t user);
const LiveDoor *live_door_find(const LiveState *live, uint32_t door);
const LiveLockdown *live_lockdown_find(const LiveState *live, uint32_t lockdown);

static inline bool live_bit(const uint64_t *bits, uint32_t count, uint32_t index)
{
        return bits && index < count && bits[index / 64] >> index % 64 & 1;
}

static inline const LiveUser *live_user(const LiveState *live, uint32_t user)
{
        return live && live_bit(live->user_bits, live->user_bit_count, user)
                       ? live_user_find(live, user)
                       : NULL;
}

static inline const LiveDoor *live_door(const LiveState *live, uint32_t door)
{
        return live && live_bit(live->door_bits, live->door_bit_count, door)
                       ? live_door_find(live, door)
                       : NULL;
}

/* The name of a kind, e.g. "suspension". NULL outside the list. Static. */
const char *live_kind_name(LiveKind kind);
