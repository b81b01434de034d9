/* SPDX-License-Identifier: MIT */
/* Live state: see live.h. Three ascending lists, searched by halving. */
#include "policy/live.h"

#include <stddef.h>

#define LIVE_FIND(record, list, list_count, member)                                                \
        uint32_t low = 0, high = (list_count);                                                     \
        while (low < high) {                                                                       \
                uint32_t middle = low + (high - low) / 2;                                          \
                if ((list)[middle].member < (record))                                              \
                        low = middle + 1;                                                          \
                else                                                                               \
                        high = middle;                                                             \
        }                                                                                          \
        return low < (list_count) && (list)[low].member == (record) ? &(list)[low] : NULL

const LiveUser *live_user_find(const LiveState *live, uint32_t user)
{
        if (!live)
                return NULL;
        LIVE_FIND(user, live->users, live->user_count, user);
}

const LiveDoor *live_door_find(const LiveState *live, uint32_t door)
{
        if (!live)
                return NULL;
        LIVE_FIND(door, live->doors, live->door_count, door);
}

const LiveLockdown *live_lockdown_find(const LiveState *live, uint32_t lockdown)
{
        if (!live)
                return NULL;
        LIVE_FIND(lockdown, live->lockdowns, live->lockdown_count, lockdown);
}

const char *live_kind_name(LiveKind kind)
{
        static const char *const NAMES[LIVE_KIND_COUNT] = {
                [LIVE_SUSPENSION] = "suspension", [LIVE_DATES] = "dates",
                [LIVE_OVERRIDE] = "override",     [LIVE_BLOCK] = "block",
                [LIVE_LOCKDOWN] = "lockdown",
        };
        return (unsigned)kind < LIVE_KIND_COUNT ? NAMES[kind] : NULL;
}
