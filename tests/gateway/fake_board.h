/* SPDX-License-Identifier: MIT */
/*
 * Fake board
 *
 * A controller of four doors that speaks the UHPPOTE layout on loopback, written from the layout
 * and not from the driver's codec, so that a slip there is not answered by the same slip here. It
 * counts how often each lock has moved, keeps events by number and drops the oldest, and does wrong
 * what it is told to do wrong. It runs on an event loop: of a test, or of fake_controller.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <systemd/sd-event.h>

#define FAKE_DOORS    4
#define FAKE_SIZE     64
#define FAKE_SIZE_MAX 128  /* of a reply that is too long */
#define FAKE_EVENTS   1024 /* kept at most */
#define FAKE_CARDS    16

enum FakeMode { FAKE_NORMALLY_OPEN = 1, FAKE_NORMALLY_CLOSED = 2, FAKE_CONTROLLED = 3 };

typedef struct FakeDoor {
        uint8_t mode, delay;
        bool open;
        uint64_t released_until; /* ns, CLOCK_MONOTONIC */
        unsigned moves;          /* how often it was released by a request */
} FakeDoor;

typedef struct FakeEvent {
        uint32_t index;
        uint8_t type, granted, door, direction, reason;
        uint32_t card;
        int64_t time_s;
} FakeEvent;

/* What it does wrong. */
typedef struct FakeFaults {
        bool silent;             /* nothing is answered */
        bool deaf;               /* nothing is even done */
        unsigned silent_only;    /* this function is not answered; 0: none */
        bool refuses;            /* doors are not opened: 0 */
        bool stubborn;           /* modes are not taken over */
        unsigned delay_ms;       /* of each reply */
        unsigned copies;         /* of each reply beyond the first */
        uint32_t other_serial;   /* in replies; 0: its own */
        bool other_port;         /* replies come from another port */
        unsigned size;           /* of replies; 0: 64 */
        unsigned other_function; /* in replies; 0: that of the request */
        bool skips;              /* instead of an overwritten event it gives the oldest */
        bool forgetful;          /* it calls every event overwritten, and still has an oldest */
        unsigned other_door;     /* in replies about how a door is held; 0: its own */
        unsigned bad_value;      /* this byte of a reply is 0xaa; 0: none */
} FakeFaults;

typedef struct FakeBoard {
        sd_event *event;
        FILE *log; /* borrowed; NULL: none */
        int fd, other_fd;
        uint16_t port;
        sd_event_source *source;
        uint32_t serial;
        FakeDoor doors[FAKE_DOORS];
        uint8_t inputs, error;
        bool pc_control, special;
        uint64_t heard_at; /* ns */
        int64_t clock_wrong_s;
        struct sockaddr_in listener;
        bool notices_off;
        FakeEvent events[FAKE_EVENTS];
        unsigned event_count, capacity;
        uint32_t cards[FAKE_CARDS];
        unsigned card_count;
        unsigned requests[256]; /* by function */
        FakeFaults faults;
} FakeBoard;

/* Begins on 127.0.0.1. port 0: any. log may be NULL. Return: 0 and the board (owned by the caller),
 * or -errno. */
int fake_board_new(sd_event *event, uint16_t port, uint32_t serial, FILE *log,
                   FakeBoard **ret_board);

/* Return: NULL. */
FakeBoard *fake_board_free(FakeBoard *board);

/* Whether a door's lock is released now. */
bool fake_board_released(const FakeBoard *board, unsigned door);

/* Adds an event and sends it to whoever listens. Return: its number. */
uint32_t fake_board_add(FakeBoard *board, FakeEvent event);

/* Sends an event that it has to whoever listens (again). */
void fake_board_notify(FakeBoard *board, uint32_t index);

/* A card is shown at a door: decided by the host, or by the board's own list. */
void fake_board_swipe(FakeBoard *board, uint32_t card, unsigned door);

/* Runs one command; see the table in fake_command.c. Return: 0, or -EINVAL for none. */
int fake_board_command(FakeBoard *board, const char *line);
