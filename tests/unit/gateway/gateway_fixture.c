/* SPDX-License-Identifier: MIT */
/* Fixture of the gateway: see gateway_fixture.h. */
#include "gateway_fixture.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/deadline.h"
#include "util/timestamp.h"

Fixture fixture;

static const DriverDoor MAIN_DOORS[] = { { .path = "acme/HQ/D1", .has_contact = true },
                                         { .path = "acme/HQ/D2" } };
static const DriverDoor SIDE_DOORS[] = { { .path = "acme/HQ/D3" } };

/* ---- The driver ---- */

static int fixture_start(const DriverController *controller, const DriverHost *host,
                         void **ret_state)
{
        if (fixture.start_result < 0)
                return fixture.start_result;
        fixture.hosts[controller->doors == SIDE_DOORS] = host;
        *ret_state = (void *)controller;
        return 0;
}

static int fixture_open_door(void *state, unsigned door, uint32_t seconds, const char *command_id)
{
        const DriverController *controller = state;
        if (fixture.opening)
                fixture.opening(command_id);
        if (fixture.open_result < 0)
                return fixture.open_result;
        assert_true(fixture.open_count < FIXTURE_CALLS_MAX);
        FixtureOpen *open = &fixture.opens[fixture.open_count++];
        *open = (FixtureOpen){ .controller = controller->name, .index = door, .seconds = seconds };
        (void)snprintf(open->id, sizeof(open->id), "%s", command_id);
        return 0;
}

static int fixture_hold_door(void *state, unsigned door, GatewayHold hold)
{
        const DriverController *controller = state;
        assert_true(fixture.hold_count < FIXTURE_CALLS_MAX);
        fixture.holds[fixture.hold_count++] =
                (FixtureHold){ .controller = controller->name, .index = door, .hold = hold };
        return fixture.hold_result;
}

static void fixture_decide(void *state, bool can)
{
        fixture.decides[fixture.decide_count++] = can;
}

static void fixture_stop(void *state)
{
        fixture.stop_count++;
}

static const Driver FIXTURE_DRIVER = {
        .name = "fixture",
        .start = fixture_start,
        .open = fixture_open_door,
        .hold = fixture_hold_door,
        .decide = fixture_decide,
        .stop = fixture_stop,
};

static const Driver FIXTURE_DRIVER_PLAIN = {
        .name = "plain",
        .start = fixture_start,
        .open = fixture_open_door,
        .stop = fixture_stop,
};

/* ---- Life ---- */

int fixture_set_up(void **state)
{
        memset(&fixture, 0, sizeof(fixture));
        strcpy(fixture.folder, "/tmp/gateway-XXXXXX");
        assert_non_null(mkdtemp(fixture.folder));
        fixture.controllers[0] = (SettingsController){
                .controller = { .name = "main",
                                .decides_swipes = true,
                                .timeout_ms = 100,
                                .doors = MAIN_DOORS,
                                .door_count = 2 },
                .driver = &FIXTURE_DRIVER,
                .decides_offline = true,
        };
        fixture.controllers[1] = (SettingsController){
                .controller = { .name = "side",
                                .timeout_ms = 100,
                                .doors = SIDE_DOORS,
                                .door_count = 1 },
                .driver = &FIXTURE_DRIVER_PLAIN,
        };
        fixture.settings = (GatewaySettings){ .state = fixture.folder,
                                              .events_max = 1000,
                                              .offline_seconds = 60,
                                              .controllers = { fixture.controllers, 2, 2 } };
        return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
        return remove(path);
}

int fixture_tear_down(void **state)
{
        fixture_close();
        (void)nftw(fixture.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
        return 0;
}

static void on_done(void *data, unsigned door, const char *command_id, DriverResult result,
                    const char *detail)
{
        executor_done(fixture.executor, command_id, result, detail);
}

static void on_observed(void *data, unsigned door, const GatewayEvent *event)
{
        events_add(fixture.events, doors_door(fixture.doors, door)->path, event);
        passage_observed(fixture.passage, door, event, deadline_clock_ns());
}

static void on_swiped(void *data, unsigned door, uint64_t card)
{
        fixture.swipe_count++;
}

static bool on_still_valid(void *data, const char *command_id)
{
        return executor_is_valid(fixture.executor, command_id);
}

void fixture_open(void)
{
        char error[256] = "";
        const Log log = { .silent = true };
        assert_true(sd_event_new(&fixture.event) >= 0);
        int r = store_open(fixture.folder, error, sizeof(error), &fixture.store);
        assert_string_equal(error, "");
        assert_int_equal(r, 0);
        assert_int_equal(events_new(fixture.event, fixture.store, log, fixture.settings.events_max,
                                    &fixture.events),
                         0);
        assert_int_equal(doors_new(fixture.event, &fixture.settings, fixture.store, fixture.events,
                                   log, &fixture.doors),
                         0);
        assert_int_equal(passage_new(fixture.doors, fixture.events, &fixture.passage), 0);
        assert_int_equal(executor_new(fixture.event, fixture.store, fixture.events, fixture.doors,
                                      fixture.passage, log, &fixture.executor),
                         0);
        assert_int_equal(hold_new(fixture.doors, log, &fixture.hold), 0);
        doors_start(fixture.doors, (DoorsListener){ .done = on_done,
                                                    .observed = on_observed,
                                                    .swiped = on_swiped,
                                                    .still_valid = on_still_valid });
}

void fixture_close(void)
{
        fixture.executor = executor_free(fixture.executor);
        fixture.doors = doors_free(fixture.doors);
        fixture.hold = hold_free(fixture.hold);
        fixture.passage = passage_free(fixture.passage);
        fixture.events = events_free(fixture.events);
        fixture.store = store_close(fixture.store);
        fixture.event = sd_event_unref(fixture.event);
}

int fixture_set_up_open(void **state)
{
        fixture_set_up(state);
        fixture_open();
        return 0;
}

void fixture_run(unsigned ms)
{
        while (sd_event_run(fixture.event, (uint64_t)ms * 1000) > 0)
                ;
}

Command fixture_command(const char *id)
{
        Command command = { .door = 0,
                            .seconds = 5,
                            .not_after_s = timestamp_now() + 10,
                            .valid_until_ns = deadline_clock_ns() + UINT64_C(10000000000) };
        (void)snprintf(command.id, sizeof(command.id), "%s", id);
        return command;
}

static const char *or_dash(const char *text)
{
        return text && *text ? text : "-";
}

static void print_event(void *data, const StoreEvent *event)
{
        if (event->kind == GATEWAY_STARTED)
                return;
        (void)fprintf(data, "%s %s %.4s %llu %s\n", gateway_event_word(event->kind),
                      or_dash(event->door), or_dash(event->command_id),
                      (unsigned long long)event->card, or_dash(event->detail));
}

char *fixture_events(void)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(events_flush(fixture.events), 0);
        assert_int_equal(store_visit_events(fixture.store, 1000, print_event, stream), 0);
        fclose(stream);
        return text;
}
