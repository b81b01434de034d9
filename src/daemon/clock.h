/* SPDX-License-Identifier: MIT */
/*
 * Clock
 *
 * The time that decisions use, and whether it can be believed: a state machine over readings of two
 * clocks, the one that somebody can set (realtime) and the one that nobody can (steady: it counts
 * from the start of the machine, suspends included). It reads nothing itself but its source.
 *
 * Two things are remembered: the highest time that was ever believed, and an anchor, a reading that
 * was believed within the last day; a start within the same boot of the machine keeps it. The
 * anchor and the steady clock say what time is expected. Realtime is believed unless it lies
 *   - more than CLOCK_BEHIND_SECONDS behind the highest time: what has ended would come back;
 *   - more than CLOCK_LAG_SECONDS behind what is expected: time would stand still in small steps;
 *   - more than ahead_seconds ahead of what is expected, or, before there is an anchor, more than
 *     offline_days ahead of the highest time: what has not begun would begin;
 *   - before CLOCK_EARLIEST_S.
 * What is not believed moves neither the highest time nor the anchor, so that trust comes back by
 * itself when the clock is right again, or by clock_accept().
 *
 * Time handed out never goes back, but by clock_accept(): small steps back repeat the highest time,
 * and while the clock is not believed the earliest time that it can be is given.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_BEHIND_SECONDS 5              /* steps back that time servers make */
#define CLOCK_LAG_SECONDS    300            /* … and what they may add up to */
#define CLOCK_ANCHOR_SECONDS (24 * 60 * 60) /* steady time after which the anchor is moved on */
#define CLOCK_EARLIEST_S     INT64_C(1577836800) /* 2020-01-01T00:00:00Z */
#define CLOCK_DETAIL_SIZE    200

typedef struct ClockReading {
        int64_t realtime_s; /* UTC */
        uint64_t steady_ms; /* since the start of the machine */
} ClockReading;

/* Reads both clocks at once. Return: 0; anything else: they cannot be read, and nothing is
 * believed. */
typedef int (*ClockSource)(void *data, ClockReading *ret_reading);

typedef enum ClockTrust {
        CLOCK_TRUSTED,
        CLOCK_BEHIND,
        CLOCK_AHEAD,
        CLOCK_UNREADABLE,
} ClockTrust;

typedef struct ClockBounds {
        uint32_t ahead_seconds; /* while running */
        uint32_t offline_days;  /* at the start: how long the machine may have been off */
} ClockBounds;

typedef struct ClockMoment {
        int64_t now_s;    /* to decide by */
        int64_t system_s; /* what the clock says; now_s where it says nothing */
        ClockTrust trust;
        int64_t against_s; /* untrusted: the time that it is behind or ahead of */
} ClockMoment;

typedef struct Clock {
        ClockSource source;
        void *data;
        ClockBounds bounds;
        bool started;      /* until then every reading is handed out as it is */
        int64_t highest_s; /* TIMESTAMP_MIN: none yet */
        bool anchored;
        ClockReading anchor;
} Clock;

/* A clock that believes everything, until clock_start(). data is borrowed. */
Clock clock_new(ClockSource source, void *data);

/* From now on readings are judged. highest_s: the highest time known from before, TIMESTAMP_MIN:
 * none. anchor: a reading of the same steady clock that was believed before; NULL: none, or the
 * machine has booted since. */
void clock_start(Clock *clock, const ClockBounds *bounds, int64_t highest_s,
                 const ClockReading *anchor);

/* Other bounds hold from the next reading on. */
void clock_set_bounds(Clock *clock, const ClockBounds *bounds);

/* Reads and judges. */
ClockMoment clock_now(Clock *clock);

/*
 * Somebody who may says that the clock is right as it is: it becomes the highest time, even if that
 * was later, and the anchor. Return: 0; -EIO when it cannot be read; -ERANGE when it lies before
 * CLOCK_EARLIEST_S.
 */
int clock_accept(Clock *clock);

/* The time from which the next start goes on: the later of a stored highest time and the time of
 * the newest row of a journal (either TIMESTAMP_MIN: unknown), a row that lies outside the years in
 * which there can be one, or further ahead of the stored time than offline_days, left out. */
int64_t clock_known_highest(const ClockBounds *bounds, int64_t stored_s, int64_t row_s);

/* "trusted", "behind", "ahead", "unreadable". Static. */
const char *clock_trust_name(ClockTrust trust);

/* One line about an untrusted moment: by how much it is off, and what to do. Return: buffer. */
char *clock_describe(const ClockMoment *moment, char buffer[static CLOCK_DETAIL_SIZE]);
