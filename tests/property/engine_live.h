/* SPDX-License-Identifier: MIT */
/* What was changed at the doors of a world, as the engine reads it: as records bound to an image.
 */
#pragma once

#include "policy/decide.h"
#include "state/bound_state.h"
#include "world_text.h"

/* The records of a world, bound to the image that was built from it. */
typedef struct EngineLive {
        LiveRecords *records; /* owned */
        BoundState *bound;    /* owned */
        bool is_unknown;      /* bound to nothing */
} EngineLive;

/* Finds the number in IMAGE of what world_text_resource() calls TYPE, SITE and NAME. Returns false
 * when there is none. */
bool engine_find(const Image *image, const WorldOrganization *o, const char *type, int site,
                 const char *name, uint32_t *ret_index);

/*
 * Makes LIVE what WORLD says, bound to IMAGE, which was built from WORLD: all at once, or, where it
 * is bound to IMAGE already and IN_STEPS, change by change. Returns false without memory.
 */
bool engine_live_bind(EngineLive *live, const World *world, const Image *image, bool in_steps);

/* Forgets the image; to be called before it is freed. */
void engine_live_clear(EngineLive *live);

/* Returns the engine's word for STATE. */
DoorState engine_door_state(WorldState state);
