/* SPDX-License-Identifier: MIT */
/*
 * Turn away
 *
 * Tells doorwardd for its journal whom the front has refused. Whoever is refused could have that
 * happen without end, so reports are rationed: of one address and code one a second, in all
 * TURN_AWAY_BURST at once and TURN_AWAY_PER_SECOND after that. What is left out is counted, and the
 * next report of the same address and code says how many there were.
 */
#pragma once

#include <stdint.h>

#include "link/link.h"
#include "util/cleanup.h"

#define TURN_AWAY_PER_SECOND 2 /* each is a row of the journal */
#define TURN_AWAY_BURST      50
#define TURN_AWAY_CODE_MAX   48 /* bytes of a code */

typedef struct TurnAway TurnAway;

/* link is borrowed as long as it lives. Return: owned by the caller, NULL without memory. */
TurnAway *turn_away_new(Link *link);
TurnAway *turn_away_free(TurnAway *turn_away);
DEFINE_CLEANUP(TurnAway *, turn_away_free);

/*
 * Reports, or counts for later. host: the address, without its port. code: a word such as
 * "too-large"; text: one line for people, without what the peer has sent. certificate: "" or
 * NULL: none. now_ms is monotonic. Return: whether it was sent.
 */
bool turn_away_tell(TurnAway *turn_away, const char *host, const char *code, const char *text,
                    const char *certificate, uint64_t now_ms);
