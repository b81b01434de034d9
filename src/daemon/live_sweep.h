/* SPDX-License-Identifier: MIT */
/*
 * Live sweep
 *
 * What has ended by itself is put away: overrides, blocks and lockdowns are removed, dates are
 * marked as ended, so that they do not come back whatever the clock says later. Each is a row of
 * the journal, and on disk together with it. Decisions do not wait for this: for them it has ended
 * when its time has come. While the clock cannot be trusted nothing ends but what had ended by the
 * highest time that was ever believed.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

typedef struct Server Server;

typedef struct LiveSweep {
        sd_event_source *timer;
        bool under_way; /* one at a time */
} LiveSweep;

/* Records or the clock have changed: looks when the next one ends. */
void live_sweep_arm(Server *server);

/* Whether something that has ended is still to be put away: with an earlier clock it would be in
 * force again. */
bool live_sweep_is_behind(Server *server);

void live_sweep_stop(Server *server);
