/* SPDX-License-Identifier: MIT */
/* What was changed at the doors of a world, as the engine reads it. */
#pragma once

#include "policy/decide.h"
#include "world_text.h"

enum {
        ENGINE_USERS_MAX = WORLD_ORGANIZATIONS_MAX * WORLD_USERS_MAX,
        ENGINE_DOORS_MAX = WORLD_ORGANIZATIONS_MAX * WORLD_DOORS_MAX,
        ENGINE_LOCKDOWNS_MAX = WORLD_ORGANIZATIONS_MAX * WORLD_LOCKDOWNS_MAX,
};

/* Live state and what it points to. */
typedef struct EngineLive {
        LiveState state;
        LiveUser users[ENGINE_USERS_MAX];
        LiveDoor doors[ENGINE_DOORS_MAX];
        LiveLockdown lockdowns[ENGINE_LOCKDOWNS_MAX];
        uint64_t user_bits[1 + ENGINE_USERS_MAX / 64], door_bits[1 + ENGINE_DOORS_MAX / 64];
} EngineLive;

/* Finds the number in IMAGE of what world_text_resource() calls TYPE, SITE and NAME. Returns false
 * when there is none. */
bool engine_find(const Image *image, const WorldOrganization *o, const char *type, int site,
                 const char *name, uint32_t *ret_index);

/* Fills LIVE with what WORLD says, bound to IMAGE, which was built from WORLD; the engine's state
 * of a door and a world's are numbered differently. Returns false when IMAGE lacks something. */
bool engine_live_bind(EngineLive *live, const World *world, const Image *image);

/* Returns the engine's word for STATE. */
DoorState engine_door_state(WorldState state);
