/* SPDX-License-Identifier: MIT */
/*
 * Deadlines
 *
 * A moment on CLOCK_MONOTONIC that a whole exchange must not pass, however often it is interrupted
 * and whatever happens to the wall clock.
 */
#pragma once

#include <stdint.h>

typedef struct Deadline {
        uint64_t at_ns; /* CLOCK_MONOTONIC */
} Deadline;

/* Now on CLOCK_MONOTONIC, in nanoseconds. */
uint64_t deadline_clock_ns(void);

/* Sets a deadline timeout_ms from now. */
Deadline deadline_after_ms(uint64_t timeout_ms);

/* What is left, in milliseconds rounded up, 0 once it has passed; fits poll(2). */
int deadline_left_ms(Deadline deadline);
