/* SPDX-License-Identifier: MIT */
/* Things are found in the image by their names and then sorted by their numbers there. */
#include "engine_live.h"

#include <stdlib.h>
#include <string.h>

static const LiveNote NOTE = { .at_s = WORLD_COMPILED_S };

DoorState engine_door_state(WorldState state)
{
        static const DoorState STATES[STATE_COUNT] = {
                [STATE_ACCESS_CONTROLLED] = DOOR_STATE_ACCESS_CONTROLLED,
                [STATE_UNLOCKED] = DOOR_STATE_UNLOCKED,
                [STATE_CARD_AND_CODE] = DOOR_STATE_CARD_AND_CODE,
                [STATE_LOCKED] = DOOR_STATE_LOCKED,
        };

        return STATES[state];
}

bool engine_find(const Image *image, const WorldOrganization *o, const char *type, int site,
                 const char *name, uint32_t *ret_index)
{
        char text[WORLD_TEXT_SIZE];
        const char *problem;
        Resource resource;
        Target target;

        world_text_resource(o, type, site, name, text);
        if (resource_parse(text_from(text), &resource, &problem) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return false;
        *ret_index = target.index;
        return true;
}

/* All three kinds begin with their number. */
static int compare(const void *a, const void *b)
{
        uint32_t left, right;

        memcpy(&left, a, sizeof(left));
        memcpy(&right, b, sizeof(right));
        return left < right ? -1 : left > right;
}

static bool bind_users(EngineLive *live, const WorldOrganization *o, const Image *image)
{
        for (int i = 0; i < o->users_count; i++) {
                const WorldLiveUser *user = &o->users[i].live;
                LiveUser *bound = &live->users[live->state.user_count];
                if (!user->is_suspended && !user->has_dates)
                        continue;
                *bound = (LiveUser){ .from_s = user->dates.from_s,
                                     .until_s = user->dates.until_s,
                                     .dates_ended = user->dates_ended,
                                     .suspension = user->is_suspended ? &NOTE : NULL,
                                     .dates = user->has_dates ? &NOTE : NULL };
                if (!engine_find(image, o, "user", WORLD_NONE, o->users[i].name, &bound->user))
                        return false;
                live->user_bits[bound->user / 64] |= (uint64_t)1 << bound->user % 64;
                live->state.user_count++;
        }
        return true;
}

static bool bind_doors(EngineLive *live, const WorldOrganization *o, const Image *image)
{
        for (int i = 0; i < o->doors_count; i++) {
                const WorldLiveDoor *door = &o->doors[i].live;
                LiveDoor *bound = &live->doors[live->state.door_count];
                if (!door->is_overridden && !door->is_blocked)
                        continue;
                *bound = (LiveDoor){ .override = door->is_overridden ? &NOTE : NULL,
                                     .state = engine_door_state(door->state),
                                     .override_until_s = door->override_until_s,
                                     .block = door->is_blocked ? &NOTE : NULL,
                                     .block_until_s = door->block_until_s };
                if (!engine_find(image, o, "door", o->doors[i].site, o->doors[i].name,
                                 &bound->door))
                        return false;
                live->door_bits[bound->door / 64] |= (uint64_t)1 << bound->door % 64;
                live->state.door_count++;
        }
        return true;
}

static bool bind_lockdowns(EngineLive *live, const WorldOrganization *o, const Image *image)
{
        for (int i = 0; i < o->lockdowns_count; i++) {
                LiveLockdown *bound = &live->lockdowns[live->state.lockdown_count];
                if (!o->lockdowns[i].is_on)
                        continue;
                *bound = (LiveLockdown){ .note = &NOTE, .until_s = o->lockdowns[i].until_s };
                if (!engine_find(image, o, "lockdown", WORLD_NONE, o->lockdowns[i].name,
                                 &bound->lockdown))
                        return false;
                live->state.lockdown_count++;
        }
        return true;
}

bool engine_live_bind(EngineLive *live, const World *world, const Image *image)
{
        memset(live, 0, sizeof(*live));
        live->state = (LiveState){ .unknown = world->live_unknown,
                                   .user_bits = live->user_bits,
                                   .door_bits = live->door_bits,
                                   .user_bit_count = ENGINE_USERS_MAX,
                                   .door_bit_count = ENGINE_DOORS_MAX,
                                   .users = live->users,
                                   .doors = live->doors,
                                   .lockdowns = live->lockdowns };
        for (int i = 0; !world->live_unknown && i < world->organizations_count; i++) {
                const WorldOrganization *o = &world->organizations[i];
                if (!bind_users(live, o, image) || !bind_doors(live, o, image) ||
                    !bind_lockdowns(live, o, image))
                        return false;
        }
        qsort(live->users, live->state.user_count, sizeof(live->users[0]), compare);
        qsort(live->doors, live->state.door_count, sizeof(live->doors[0]), compare);
        qsort(live->lockdowns, live->state.lockdown_count, sizeof(live->lockdowns[0]), compare);
        return true;
}
