/* SPDX-License-Identifier: MIT */
/* The server's clock: see server_clock.h. */
#include "daemon/server_clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "daemon/schedule_end.h"
#include "daemon/server.h"
#include "util/timestamp.h"

#define LOOK_US         UINT64_C(10000000)
#define LOOK_VIRTUAL_US UINT64_C(1000000)
#define WAIT_MAX_US     UINT64_C(60000000)
#define STORE_MS        60000

static uint64_t now_us(Server *server, clockid_t clock)
{
        uint64_t now = 0;
        if (sd_event_now(server->event, clock, &now) >= 0)
                return now;
        struct timespec time = { 0 };
        (void)clock_gettime(clock, &time);
        return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static int read_system(void *data, ClockReading *ret_reading)
{
        *ret_reading = (ClockReading){
                .realtime_s = (int64_t)(now_us(data, CLOCK_REALTIME) / 1000000),
                .steady_ms = now_us(data, CLOCK_BOOTTIME) / 1000, /* counts suspends */
        };
        return 0;
}

static int read_file(void *data, ClockReading *ret_reading)
{
        Server *server = data;
        server->clock.problem = virtual_clock_read(&server->clock.file, ret_reading);
        return server->clock.problem;
}

int64_t server_system_s(Server *server)
{
        return (int64_t)(now_us(server, CLOCK_REALTIME) / 1000000);
}

/* Without it each start is one after a boot, as far as is known. */
static void read_boot(char boot[static CLOCK_BOOT_SIZE])
{
        FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
        if (!file || !fgets(boot, CLOCK_BOOT_SIZE, file))
                boot[0] = '\0';
        boot[strcspn(boot, "\n")] = '\0';
        if (file)
                (void)fclose(file);
}

int server_clock_open(Server *server)
{
        ServerClock *clock = &server->clock;
        ClockReading reading;
        clock->file.path = server->options.virtual_clock;
        if (!clock->file.path)
                read_boot(clock->boot);
        clock->clock = clock_new(clock->file.path ? read_file : read_system, server);
        if (!clock->file.path || read_file(server, &reading) == 0)
                return 0;
        log_write(server->log, LOG_PRIORITY_ERROR, "%s: %s", clock->file.path,
                  virtual_clock_problem(clock->problem));
        return clock->problem < 0 ? clock->problem : -EPERM;
}

static ClockBounds bounds_of(const Server *server)
{
        const DaemonSettings *settings = &server->policy.settings;
        return (ClockBounds){ .ahead_seconds = settings->clock_ahead_seconds,
                              .offline_days = settings->clock_offline_days };
}

ClockMoment server_clock_moment(Server *server)
{
        ClockMoment moment = server->clock.last = clock_now(&server->clock.clock);
        /* Told in the next turn: a row about it asks for the time as well. */
        if (server->clock.timer && moment.trust != server->clock.told)
                (void)sd_event_source_set_time_relative(server->clock.timer, 0);
        return moment;
}

static void tell_trust(Server *server, const ClockMoment *moment)
{
        ServerClock *clock = &server->clock;
        char text[CLOCK_DETAIL_SIZE + 64];
        if (moment->trust == CLOCK_UNREADABLE)
                (void)snprintf(text, sizeof(text), "the virtual clock cannot be read: %s",
                               virtual_clock_problem(clock->problem));
        else if (moment->trust != CLOCK_TRUSTED)
                (void)clock_describe(moment, text);
        clock->told = moment->trust;
        alerts_set(server, ALERT_CLOCK_UNTRUSTED, moment->trust != CLOCK_TRUSTED,
                   moment->trust != CLOCK_TRUSTED ? text : NULL);
}

/* Borrows the boot. anchor NULL: none. */
static StateChange change_of(const ServerClock *clock, int64_t highest_s,
                             const ClockReading *anchor)
{
        StateChange change = { STATE_CHANGE_HIGHEST, { .note.at_s = highest_s } };
        if (anchor) {
                change.record.resource = text_from(clock->boot);
                change.record.from_s = anchor->realtime_s;
                change.record.until_s = (int64_t)anchor->steady_ms;
        }
        return change;
}

/* A store that cannot be read is left alone. */
static void store_highest(Server *server)
{
        ServerClock *clock = &server->clock;
        int64_t highest_s = clock->clock.highest_s;
        StateChange change =
                change_of(clock, highest_s, clock->clock.anchored ? &clock->clock.anchor : NULL);
        if (highest_s <= server->live.highest_s || !live_state_is_known(server))
                return;
        clock->stored_ms = server_now_ms(server);
        (void)live_state_change(server, NULL, &change, 1, NULL, NULL);
}

/* A machine may have been off, and its clock may have been set ahead meanwhile: nothing tells the
 * two apart but people. */
static void note_gap(Server *server, const ClockMoment *moment)
{
        ServerClock *clock = &server->clock;
        char known[TIMESTAMP_TEXT_SIZE];
        if (clock->was_believed || moment->trust != CLOCK_TRUSTED)
                return;
        clock->was_believed = true;
        if (clock->known_s == TIMESTAMP_MIN)
                return;
        clock->gap_s = moment->now_s - clock->known_s;
        clock->gap_ms = clock->clock.anchor.steady_ms;
        if (clock->gap_s > CLOCK_GAP_SECONDS)
                alerts_event(server, "clock-gap",
                             "the clock is %" PRId64 " days ahead of the last time known, %s; if "
                             "the machine was not off for so long, it is wrong",
                             clock->gap_s / (24 * 60 * 60),
                             timestamp_format(clock->known_s, known));
}

bool server_clock_is_settled(Server *server)
{
        ServerClock *clock = &server->clock;
        ClockReading reading;
        if (server_clock_moment(server).trust != CLOCK_TRUSTED || !clock->was_believed ||
            clock->clock.source(clock->clock.data, &reading) != 0)
                return false;
        return clock->gap_s <= CLOCK_GAP_SECONDS ||
               reading.steady_ms >= clock->gap_ms + CLOCK_ANCHOR_SECONDS * 1000ull;
}

static void look(Server *server)
{
        ClockMoment moment = server_clock_moment(server);
        tell_trust(server, &moment);
        note_gap(server, &moment);
        if (server_now_ms(server) - server->clock.stored_ms >= STORE_MS)
                store_highest(server);
        schedule_end_check(server, moment.now_s);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        look(server);
        (void)sd_event_source_set_time_relative(source, server->clock.file.path ? LOOK_VIRTUAL_US
                                                                                : LOOK_US);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* The anchor of before this start. A steady clock that has gone back is not the one of then. */
static bool find_anchor(Server *server, ClockReading *ret_anchor)
{
        ServerClock *clock = &server->clock;
        const LiveHolder *live = &server->live;
        ClockReading reading;
        if (live->anchor_s == TIMESTAMP_MIN || live->anchor_ms < 0 ||
            clock->clock.source(clock->clock.data, &reading) != 0 ||
            (uint64_t)live->anchor_ms > reading.steady_ms)
                return false;
        *ret_anchor = (ClockReading){ live->anchor_s, (uint64_t)live->anchor_ms };
        return true;
}

int server_clock_start(Server *server, int64_t stored_s, int64_t newest_s)
{
        ServerClock *clock = &server->clock;
        ClockBounds bounds = bounds_of(server);
        clock->known_s = clock_known_highest(&bounds, stored_s, newest_s);
        ClockReading anchor;
        bool anchored = find_anchor(server, &anchor);
        clock_start(&clock->clock, &bounds, clock->known_s, anchored ? &anchor : NULL);
        clock->was_believed = anchored; /* by the steady clock: what has passed is no gap */
        alerts_set(server, ALERT_VIRTUAL_CLOCK, clock->file.path != NULL, clock->file.path);
        look(server);
        return sd_event_add_time_relative(server->event, &clock->timer, CLOCK_MONOTONIC, 0, 0,
                                          on_timer, server);
}

StateChange server_clock_accepted(Server *server)
{
        ServerClock *clock = &server->clock;
        ClockReading reading;
        bool is_read = clock->clock.source(clock->clock.data, &reading) == 0;
        return change_of(clock, clock->last.system_s, is_read ? &reading : NULL);
}

void server_clock_accept(Server *server)
{
        if (clock_accept(&server->clock.clock) != 0)
                return;
        server->clock.was_believed = true; /* by somebody who knows */
        server->clock.gap_s = 0;
        look(server);
        live_sweep_arm(server); /* what has ended by now does not come back */
}

void server_clock_stop(Server *server)
{
        if (server->clock.timer)
                store_highest(server);
        server->clock.timer = sd_event_source_disable_unref(server->clock.timer);
}

void server_clock_apply_settings(Server *server)
{
        ClockBounds bounds = bounds_of(server);
        clock_set_bounds(&server->clock.clock, &bounds);
        schedule_end_check(server, server_now_s(server));
}

uint64_t server_clock_wait_us(Server *server, int64_t at_s)
{
        ClockMoment moment = server_clock_moment(server);
        uint64_t longest = server->clock.file.path ? LOOK_VIRTUAL_US : WAIT_MAX_US;
        if (moment.trust != CLOCK_TRUSTED)
                return LOOK_VIRTUAL_US;
        if (moment.now_s >= at_s)
                return 0;
        uint64_t left = (uint64_t)at_s - (uint64_t)moment.now_s;
        return left < longest / 1000000 ? left * 1000000 : longest;
}

const char *server_clock_state(Server *server)
{
        bool trusted = server_clock_moment(server).trust == CLOCK_TRUSTED;
        if (server->clock.file.path)
                return trusted ? "virtual" : "virtual-untrusted";
        return trusted ? "trusted" : "untrusted";
}
