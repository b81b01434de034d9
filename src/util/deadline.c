/* SPDX-License-Identifier: MIT */
/*
 * Deadlines
 *
 * Sums saturate: a timeout too long to be represented means "never" instead of wrapping round into
 * the past.
 */
#include "util/deadline.h"

#include <limits.h>
#include <time.h>

#define NS_PER_MS     UINT64_C(1000000)
#define NS_PER_SECOND UINT64_C(1000000000)

uint64_t deadline_clock_ns(void)
{
        struct timespec now = { 0 };
        /* Cannot fail: Linux always has this clock and the pointer is good. */
        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

Deadline deadline_after_ms(uint64_t timeout_ms)
{
        uint64_t at_ns;
        if (__builtin_mul_overflow(timeout_ms, NS_PER_MS, &at_ns) ||
            __builtin_add_overflow(at_ns, deadline_clock_ns(), &at_ns))
                at_ns = UINT64_MAX;
        return (Deadline){ .at_ns = at_ns };
}

int deadline_left_ms(Deadline deadline)
{
        uint64_t now_ns = deadline_clock_ns();
        if (now_ns >= deadline.at_ns)
                return 0;
        /* Rounded up: poll() must not wake just before the deadline and spin until it. */
        uint64_t left_ms = (deadline.at_ns - now_ns - 1) / NS_PER_MS + 1;
        return left_ms > INT_MAX ? INT_MAX : (int)left_ms;
}
