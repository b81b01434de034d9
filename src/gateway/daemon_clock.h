/* SPDX-License-Identifier: MIT */
/*
 * Daemon clock
 *
 * What doorwardd's clock says at least, by this machine's monotonic clock: for commands whose
 * message was held up on its way while this machine's wall clock is wrong. doorwardd says its time
 * in every reply to a TAKE; what it said is older by the time that the reply took, so the latest of
 * what follows from all replies counts. That becomes less with time, by more than two clocks drift
 * apart, and is begun anew when doorwardd's clock was set back.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DAEMON_CLOCK_MS_MAX (INT64_MAX / 4)
#define DAEMON_CLOCK_DRIFT  512 /* clocks drift apart by less than the 512th part */

typedef struct DaemonClock {
        bool known;
        int64_t said_ms;
        uint64_t said_ns; /* CLOCK_MONOTONIC */
} DaemonClock;

/* What it says at least, in milliseconds UTC; INT64_MIN when it has said nothing. */
int64_t daemon_clock_ms(const DaemonClock *clock, uint64_t now_ns);

/* A reply to what was sent at sent_ns has said then_ms, at most DAEMON_CLOCK_MS_MAX. */
void daemon_clock_hear(DaemonClock *clock, int64_t then_ms, uint64_t sent_ns, uint64_t now_ns);
