/* SPDX-License-Identifier: MIT */
/*
 * Virtual clock
 *
 * A clock for tests and rehearsals: a file says what time it is, and time stands still until the
 * file says otherwise. It is read at each use.
 *
 *     2026-06-01T08:00:00Z        RFC 3339, one line
 *     set                         optional second line
 *
 * A time that is later than all before is time that has passed: the steady clock advances with it,
 * so that a day can be gone through in jumps of hours. With the line "set" somebody has set the
 * clock and no time has passed, so that a clock that is ahead can be provoked. An earlier time is a
 * clock set back, with or without it; coming back to where it was takes no time either.
 */
#pragma once

#include <stdbool.h>

#include "daemon/clock.h"

typedef struct VirtualClock {
        const char *path;  /* borrowed */
        bool has_begun;    /* it has been read without "set" */
        int64_t reached_s; /* up to where time has passed */
        uint64_t steady_ms;
} VirtualClock;

/*
 * Reads the file, which only root or the user that the program runs as may write.
 * Return: 0; > 0 a FileProblem; -EINVAL when it says no time; -errno.
 */
int virtual_clock_read(VirtualClock *clock, ClockReading *ret_reading);

/* What is wrong with the file, from a result other than 0. Static. */
const char *virtual_clock_problem(int result);
