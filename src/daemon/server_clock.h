/* SPDX-License-Identifier: MIT */
/*
 * The server's clock
 *
 * Every time that the daemon compares with a policy or writes down comes from here (clock.h): the
 * system's clock, or the file of --virtual-clock. Looked at once a second when it is virtual and
 * every ten seconds when it is not, so that it is told of a clock that cannot be trusted also when
 * nobody asks for anything. The highest time goes to the state store once a minute and at the end;
 * rows of the journal say it in between. The anchor goes with it, and holds until the machine
 * boots.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/clock.h"
#include "daemon/virtual_clock.h"
#include "state/state_change.h"

typedef struct Server Server;

#define CLOCK_GAP_SECONDS (7 * 24 * 60 * 60)
#define CLOCK_BOOT_SIZE   64

typedef struct ServerClock {
        Clock clock;
        VirtualClock file;          /* path NULL: the system's clock */
        char boot[CLOCK_BOOT_SIZE]; /* the machine's; empty: a virtual clock, or unknown */
        int problem;      /* of the last reading of that file, as virtual_clock_read(); 0: none */
        ClockMoment last; /* reading, and what was thought of it */
        ClockTrust told;
        int64_t known_s;    /* the highest time known at the start; TIMESTAMP_MIN: none */
        bool was_believed;  /* since then */
        int64_t gap_s;      /* how far ahead of it the clock was when it was first believed */
        uint64_t gap_ms;    /* steady time then */
        uint64_t stored_ms; /* when the highest time was last given to the state store */
        sd_event_source *timer;
} ServerClock;

/* Opens the clock; until server_clock_start() everything is believed. A virtual clock that cannot
 * be read has been logged. Return: 0, -errno. */
int server_clock_open(Server *server);

/* From now on the clock is judged. stored_s and newest_s: the highest time in the state store, and
 * that of the newest row of the journal; TIMESTAMP_MIN: none. The anchor is that of the live
 * state (live_state.h). Return: 0, -errno. */
int server_clock_start(Server *server, int64_t stored_s, int64_t newest_s);
void server_clock_stop(Server *server);

/* What is to be stored for root to say that the clock is right as it is (borrows from the server),
 * and then: that is on disk. */
StateChange server_clock_accepted(Server *server);
void server_clock_accept(Server *server);

/* The policy has changed: its bounds hold from now on. */
void server_clock_apply_settings(Server *server);

/* Time as of this turn of the loop, and whether it is to be believed. */
ClockMoment server_clock_moment(Server *server);

/* How long to wait, in microseconds, before looking again whether it is at_s: at most a second when
 * the clock is virtual and a minute when it is not, for it may be set. 0: it is. A clock that is
 * not trusted never says that it is. */
uint64_t server_clock_wait_us(Server *server, int64_t at_s);

/* What the system's clock says, whatever is thought of it: for what others compare with their own
 * reading of it. */
int64_t server_system_s(Server *server);

/* Whether the clock can be trusted with what cannot be undone: it is believed, and for a day if it
 * was more than CLOCK_GAP_SECONDS ahead of what was known at the start. */
bool server_clock_is_settled(Server *server);

/* "trusted", "untrusted", "virtual", "virtual-untrusted". Static. */
const char *server_clock_state(Server *server);
