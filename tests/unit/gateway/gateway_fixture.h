/* SPDX-License-Identifier: MIT */
/*
 * What tests of the gateway's parts share: a folder with a store in it, a driver that writes down
 * what it is told, three doors ("acme/HQ/D1" with a contact, "acme/HQ/D2", "acme/HQ/D3" of a second
 * controller), and the parts on top of each other.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/executor.h"
#include "gateway/hold.h"

#define ID_A "0123456789abcdef0123456789abcdef"
#define ID_B "fedcba9876543210fedcba9876543210"
#define ID_C "00112233445566778899aabbccddeeff"

#define FIXTURE_CALLS_MAX 64

/* What the driver was told; index: among its controller's doors. */
typedef struct FixtureOpen {
        const char *controller;
        unsigned index;
        uint32_t seconds;
        char id[COMMAND_ID_SIZE];
} FixtureOpen;

typedef struct FixtureHold {
        const char *controller;
        unsigned index;
        GatewayHold hold;
} FixtureHold;

typedef struct Fixture {
        char folder[64];
        sd_event *event;
        GatewaySettings settings;
        SettingsController controllers[2];
        Store *store;
        Events *events;
        Doors *doors;
        Passage *passage;
        Executor *executor;
        Hold *hold;

        /* The driver */
        const DriverHost *hosts[2]; /* of the controllers, once started */
        int start_result, open_result, hold_result;
        bool cannot_hold;
        void (*opening)(const char *command_id); /* called first in open(); NULL: nothing */
        size_t open_count, hold_count, swipe_count, stop_count;
        FixtureOpen opens[FIXTURE_CALLS_MAX];
        FixtureHold holds[FIXTURE_CALLS_MAX];
        bool decides[FIXTURE_CALLS_MAX];
        size_t decide_count;
} Fixture;

/* The one that there is. */
extern Fixture fixture;

/* Makes folder and settings; fixture_open() the loop and the parts on the store, fixture_close()
 * takes them apart. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);
void fixture_open(void);
void fixture_close(void);

/* Both at once. */
int fixture_set_up_open(void **state);

/* Runs the loop until it has nothing to do for this many milliseconds. */
void fixture_run(unsigned ms);

/* A command for D1 that is valid for ten seconds. */
Command fixture_command(const char *id);

/* The events in the store, one a line: "EVENT DOOR COMMAND CARD DETAIL", "-" for what is absent;
 * gateway-started left out. Owned by the caller. */
char *fixture_events(void);
#define assert_events(expected)                                                                    \
        do {                                                                                       \
                char *events_text = fixture_events();                                              \
                assert_string_equal(events_text, expected);                                        \
                free(events_text);                                                                 \
        } while (0)

#define FIXTURE_TEST(name)                                                                         \
        cmocka_unit_test_setup_teardown(name, fixture_set_up_open, fixture_tear_down)
