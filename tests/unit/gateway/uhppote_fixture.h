/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE fixture
 *
 * The driver and a fake board on one event loop. What the driver tells its host becomes lines, such
 * as "done 0 c1 commanded", "observed 0 lock-unlocked c1", "observed - controller-found" and
 * "swiped 0 8165538"; tests wait for lines, never for a time to pass.
 */
#pragma once

#include <sys/types.h>

#include "fake_board.h"
#include "gateway/uhppote_parts.h"

#define WORLD_SERIAL 423187757u
#define WORLD_LINES  65536

typedef struct World {
        sd_event *event;
        FakeBoard *board;
        DriverDoor doors[2]; /* acme/HQ/D1 is number 1, with a contact; D2 is number 2, without */
        DriverController controller;
        char address[32], listen[32];
        DriverHost host;
        UhppoteTimes times;
        void *state;     /* of the driver; NULL: not started */
        uint64_t cursor; /* what the driver has put */
        int put_error;   /* what put_cursor() returns */
        bool valid;      /* what still_valid() returns */
        char lines[WORLD_LINES];
        size_t size;
} World;

/* Set up and tear down: a board, nothing started. */
int world_set_up(void **state);
int world_tear_down(void **state);

/* Has the board send its events to a free port. */
void world_listen(World *world);

/* Starts the driver; world_start_heard() waits until the board is known. */
void world_start(World *world);
void world_start_heard(World *world);

/* Stops the driver, as at the end of the gateway. */
void world_stop(World *world);

/* Runs until there is a line that begins so, or fails. */
void world_await(World *world, const char *line);

/* Runs until the board has had so many requests of a function since the start, or fails. */
void world_await_requests(World *world, unsigned function, unsigned count);

/* Runs until a door of the board has a mode, or fails. */
void world_await_mode(World *world, unsigned door, uint8_t mode);

/* Runs until the board was asked for its status several more times: long enough for anything that
 * would still come. */
void world_settle(World *world);

/* Runs until the board was asked for its status once more. */
void world_settle_once(World *world);

/* Runs for a time, to see that nothing happens. */
void world_pass(World *world, unsigned ms);

/* How many lines begin so. */
unsigned world_count(const World *world, const char *line);

/* Commands of the fake board. */
void world_do(World *world, const char *command);

/* Opens a door: expects that the driver takes the command. */
void world_open(World *world, unsigned door, uint32_t seconds, const char *command_id);

/* Sends bytes to the driver's listener, from 127.0.0.1 or another address of the loopback. */
void world_send_notice(World *world, const char *from, const uint8_t *bytes, size_t size);

/* A notice as the board sends it. */
void world_notice_make(uint32_t serial, uint32_t index, uint8_t bytes[static FAKE_SIZE]);
