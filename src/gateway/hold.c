/* SPDX-License-Identifier: MIT */
/* Hold: see hold.h. */
#include "gateway/hold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef struct HeldDoor {
        bool known;         /* wanted holds */
        bool done;          /* the driver has been told of it */
        bool told;          /* that it cannot be done: it was logged */
        GatewayHold wanted; /* what it is to be */
} HeldDoor;

struct Hold {
        Doors *doors;
        Log log;
        HeldDoor items[GATEWAY_DOORS_MAX];
};

int hold_new(Doors *doors, Log log, Hold **ret_hold)
{
        Hold *hold = calloc(1, sizeof(*hold));
        if (!hold)
                return -ENOMEM;
        hold->doors = doors;
        hold->log = log;
        *ret_hold = hold;
        return 0;
}

Hold *hold_free(Hold *hold)
{
        free(hold);
        return NULL;
}

/* Brings a door to what it is to be. A driver that cannot hold doors leaves them controlled. */
static void apply(Hold *hold, unsigned door)
{
        HeldDoor *item = &hold->items[door];
        int r = doors_hold(hold->doors, door, item->wanted);
        item->done = r >= 0 || r == -EOPNOTSUPP;
        bool mute = r >= 0 || (r == -EOPNOTSUPP && item->wanted == GATEWAY_HOLD_CONTROLLED);
        if (mute || item->told)
                return;
        item->told = true;
        log_write(hold->log, LOG_WARNING, "%s: cannot be held as it should be: %s",
                  doors_door(hold->doors, door)->path,
                  r == -EOPNOTSUPP ? "its driver only opens for a while" : strerror(-r));
}

void hold_set(Hold *hold, unsigned door, GatewayHold state)
{
        HeldDoor *item = &hold->items[door];
        if (item->known && item->wanted == state)
                return;
        *item = (HeldDoor){ .known = true, .wanted = state };
        apply(hold, door);
}

void hold_away(Hold *hold)
{
        for (unsigned i = 0; i < doors_count(hold->doors); i++)
                if (!hold->items[i].known || hold->items[i].wanted == GATEWAY_HOLD_UNLOCKED)
                        hold_set(hold, i, GATEWAY_HOLD_CONTROLLED);
}

void hold_tick(Hold *hold)
{
        for (unsigned i = 0; i < doors_count(hold->doors); i++)
                if (hold->items[i].known && !hold->items[i].done)
                        apply(hold, i);
}
