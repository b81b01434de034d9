/* SPDX-License-Identifier: MIT */
/*
 * Hold
 *
 * How doors are held between commands, as doorwardd says it. What stands unlocked returns to
 * controlled when nobody can say any more that it should: after doorwardd was not heard for a
 * while. What is locked stays locked.
 */
#pragma once

#include "gateway/doors.h"

typedef struct Hold Hold;

/* Return: 0 and the holds (owned by the caller), -ENOMEM. doors is borrowed. Nothing is held until
 * hold_set() or hold_away(). */
int hold_new(Doors *doors, Log log, Hold **ret_hold);
Hold *hold_free(Hold *hold);
DEFINE_CLEANUP(Hold *, hold_free);

/* doorwardd has said how a door is to be held. */
void hold_set(Hold *hold, unsigned door, GatewayHold state);

/* doorwardd is away: also what is not known, as after a start, is controlled then. */
void hold_away(Hold *hold);

/* Tries again what a driver could not do. */
void hold_tick(Hold *hold);
