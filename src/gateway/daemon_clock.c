/* SPDX-License-Identifier: MIT */
/* Daemon clock: see daemon_clock.h. */
#include "gateway/daemon_clock.h"

#define NS_PER_MS 1000000

static int64_t passed_ms(uint64_t since_ns, uint64_t now_ns)
{
        return now_ns > since_ns ? (int64_t)((now_ns - since_ns) / NS_PER_MS) : 0;
}

int64_t daemon_clock_ms(const DaemonClock *clock, uint64_t now_ns)
{
        int64_t passed = passed_ms(clock->said_ns, now_ns);
        return clock->known ? clock->said_ms + passed - passed / DAEMON_CLOCK_DRIFT : INT64_MIN;
}

void daemon_clock_hear(DaemonClock *clock, int64_t then_ms, uint64_t sent_ns, uint64_t now_ns)
{
        int64_t least_ms = daemon_clock_ms(clock, now_ns);
        /* Said when it was asked, at the earliest: more cannot have passed since. */
        bool was_set_back = then_ms + passed_ms(sent_ns, now_ns) < least_ms;
        if (then_ms > least_ms || was_set_back)
                *clock = (DaemonClock){ true, then_ms, now_ns };
}
