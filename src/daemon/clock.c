/* SPDX-License-Identifier: MIT */
/* Clock: see clock.h. */
#include "daemon/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "util/timestamp.h"

#define SECONDS_PER_DAY INT64_C(86400)
#define LATEST_S        INT64_C(4102444800) /* 2100-01-01T00:00:00Z: no row is from there */

Clock clock_new(ClockSource source, void *data)
{
        return (Clock){ .source = source, .data = data, .highest_s = TIMESTAMP_MIN };
}

void clock_start(Clock *clock, const ClockBounds *bounds, int64_t highest_s,
                 const ClockReading *anchor)
{
        clock->bounds = *bounds;
        clock->highest_s = highest_s;
        clock->anchored = anchor != NULL;
        if (anchor)
                clock->anchor = *anchor;
        clock->started = true;
}

void clock_set_bounds(Clock *clock, const ClockBounds *bounds)
{
        clock->bounds = *bounds;
}

/* Steady seconds since the anchor. A steady clock that went back is none; it adds nothing. */
static int64_t elapsed_s(const Clock *clock, const ClockReading *reading)
{
        uint64_t since_ms = clock->anchor.steady_ms;
        return reading->steady_ms > since_ms ? (int64_t)((reading->steady_ms - since_ms) / 1000)
                                             : 0;
}

static int64_t expected_s(const Clock *clock, const ClockReading *reading)
{
        return clock->anchor.realtime_s + elapsed_s(clock, reading);
}

/* Whether a reading is believed, and if not, against what it was held. */
static ClockTrust judge(const Clock *clock, const ClockReading *reading, int64_t *ret_against_s)
{
        int64_t now_s = reading->realtime_s;
        bool known = clock->highest_s != TIMESTAMP_MIN;
        int64_t expected = clock->anchored ? expected_s(clock, reading) : 0;
        int64_t offline_s = clock->bounds.offline_days * SECONDS_PER_DAY;

        *ret_against_s = CLOCK_EARLIEST_S;
        if (now_s < CLOCK_EARLIEST_S)
                return CLOCK_BEHIND;
        *ret_against_s = clock->highest_s;
        if (known && now_s < clock->highest_s - CLOCK_BEHIND_SECONDS)
                return CLOCK_BEHIND;
        if (known && !clock->anchored && now_s > clock->highest_s + offline_s)
                return CLOCK_AHEAD;
        *ret_against_s = expected;
        if (clock->anchored && now_s < expected - CLOCK_LAG_SECONDS)
                return CLOCK_BEHIND;
        if (clock->anchored && now_s > expected + clock->bounds.ahead_seconds)
                return CLOCK_AHEAD;
        return CLOCK_TRUSTED;
}

static void believe(Clock *clock, const ClockReading *reading)
{
        if (reading->realtime_s > clock->highest_s)
                clock->highest_s = reading->realtime_s;
        if (!clock->anchored || elapsed_s(clock, reading) >= CLOCK_ANCHOR_SECONDS)
                clock->anchor = *reading;
        clock->anchored = true;
}

/* The earliest time that it can be. It is never later than a reading that is believed again. */
static int64_t earliest_s(const Clock *clock, const ClockReading *reading)
{
        int64_t earliest =
                clock->anchored ? expected_s(clock, reading) - CLOCK_LAG_SECONDS : CLOCK_EARLIEST_S;
        return earliest > clock->highest_s ? earliest : clock->highest_s;
}

ClockMoment clock_now(Clock *clock)
{
        ClockReading reading;
        ClockMoment moment = { 0 };
        if (clock->source(clock->data, &reading) != 0) {
                moment.now_s = earliest_s(clock, &clock->anchor);
                moment.system_s = moment.against_s = moment.now_s;
                moment.trust = CLOCK_UNREADABLE;
                return moment;
        }
        moment.now_s = moment.system_s = reading.realtime_s;
        if (!clock->started)
                return moment;
        moment.trust = judge(clock, &reading, &moment.against_s);
        if (moment.trust == CLOCK_TRUSTED)
                believe(clock, &reading);
        moment.now_s =
                moment.trust == CLOCK_TRUSTED ? clock->highest_s : earliest_s(clock, &reading);
        return moment;
}

int clock_accept(Clock *clock)
{
        ClockReading reading;
        if (clock->source(clock->data, &reading) != 0)
                return -EIO;
        if (reading.realtime_s < CLOCK_EARLIEST_S)
                return -ERANGE;
        clock->highest_s = reading.realtime_s;
        clock->anchor = reading;
        clock->anchored = true;
        return 0;
}

int64_t clock_known_highest(const ClockBounds *bounds, int64_t stored_s, int64_t row_s)
{
        bool known = stored_s != TIMESTAMP_MIN;
        if (row_s < CLOCK_EARLIEST_S || row_s >= LATEST_S || row_s <= stored_s)
                return stored_s;
        if (known && row_s > stored_s + bounds->offline_days * SECONDS_PER_DAY)
                return stored_s;
        return row_s;
}

const char *clock_trust_name(ClockTrust trust)
{
        static const char *const names[] = {
                [CLOCK_TRUSTED] = "trusted",
                [CLOCK_BEHIND] = "behind",
                [CLOCK_AHEAD] = "ahead",
                [CLOCK_UNREADABLE] = "unreadable",
        };
        return names[trust];
}

char *clock_describe(const ClockMoment *moment, char buffer[static CLOCK_DETAIL_SIZE])
{
        char system[TIMESTAMP_TEXT_SIZE], against[TIMESTAMP_TEXT_SIZE];
        int64_t off_s = moment->trust == CLOCK_AHEAD ? moment->system_s - moment->against_s
                                                     : moment->against_s - moment->system_s;
        if (moment->trust == CLOCK_UNREADABLE) {
                (void)snprintf(buffer, CLOCK_DETAIL_SIZE, "the clock cannot be read");
                return buffer;
        }
        (void)snprintf(buffer, CLOCK_DETAIL_SIZE,
                       "it says %s, %" PRId64 " d %" PRId64 " h %" PRId64 " min %" PRId64
                       " s %s %s; set it right or, if it is, run doorward clock accept",
                       timestamp_format(moment->system_s, system), off_s / SECONDS_PER_DAY,
                       off_s / 3600 % 24, off_s / 60 % 60, off_s % 60,
                       moment->trust == CLOCK_AHEAD ? "ahead of" : "behind",
                       timestamp_format(moment->against_s, against));
        return buffer;
}
