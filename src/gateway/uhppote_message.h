/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE messages
 *
 * The layout of what UHPPOTE controllers (UT0311-L01, -L02, -L04) and hosts send each other over
 * UDP: always 64 bytes, numbers little-endian, dates as binary coded decimal, what is not used 0.
 * Byte 0 is 0x17 (0x19 in events of firmware 6.62), 1 the function, 2 and 3 are 0, 4 to 7 the
 * controller's serial number; what follows depends on the function. There is neither a number of
 * the request nor anything that proves who sent it.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UHPPOTE_MESSAGE_SIZE 64
#define UHPPOTE_DOORS        4   /* of the largest controller, numbered from 1 */
#define UHPPOTE_DELAY_MAX    255 /* seconds that a door stays released; a byte */

typedef enum UhppoteFunction {
        UHPPOTE_GET_STATUS = 0x20, /* of the event that a controller sends by itself, too */
        UHPPOTE_OPEN_DOOR = 0x40,
        UHPPOTE_SET_DOOR_CONTROL = 0x80,
        UHPPOTE_GET_DOOR_CONTROL = 0x82,
        UHPPOTE_RECORD_SPECIAL_EVENTS = 0x8e, /* opened, closed and button become events */
        UHPPOTE_SET_LISTENER = 0x90,
        UHPPOTE_GET_LISTENER = 0x92,
        UHPPOTE_SET_PC_CONTROL = 0xa0,
        UHPPOTE_GET_EVENT = 0xb0,
} UhppoteFunction;

typedef enum UhppoteMode {
        UHPPOTE_NORMALLY_OPEN = 1,
        UHPPOTE_NORMALLY_CLOSED = 2,
        UHPPOTE_CONTROLLED = 3,
} UhppoteMode;

enum UhppoteInput { UHPPOTE_INPUT_FORCED_LOCK = 1, UHPPOTE_INPUT_FIRE = 2 };

/* The index that stands for the oldest event; what an overwritten event has for a type. */
#define UHPPOTE_EVENT_OLDEST      0
#define UHPPOTE_EVENT_OVERWRITTEN 0xff

/* What a host asks; each function uses the members that its comment names. */
typedef struct UhppoteRequest {
        UhppoteFunction function;
        uint32_t serial;
        uint8_t door;      /* open door, get and set door control: 1 to 4 */
        UhppoteMode mode;  /* set door control */
        uint8_t delay;     /* set door control: seconds */
        uint32_t index;    /* get event */
        bool enable;       /* record special events, set PC control */
        in_addr_t address; /* set listener: network byte order */
        uint16_t port;     /* set listener: host byte order */
        uint8_t interval;  /* set listener: seconds between repetitions, 0: none */
} UhppoteRequest;

typedef struct UhppoteDoorControl {
        uint8_t door;
        uint8_t mode;
        uint8_t delay; /* seconds */
} UhppoteDoorControl;

typedef struct UhppoteListener {
        in_addr_t address; /* network byte order */
        uint16_t port;     /* host byte order */
        uint8_t interval;
} UhppoteListener;

typedef struct UhppoteEvent {
        uint32_t index; /* from 1; 0: no such event */
        uint8_t type;
        bool granted;
        uint8_t door; /* 1 to 4; 0: of none */
        uint8_t direction;
        uint32_t card;   /* or some constant, where no card was shown */
        int64_t clock_s; /* what the controller's clock showed, read as if it were UTC; 0: none */
        uint8_t reason;
} UhppoteEvent;

typedef struct UhppoteStatus {
        UhppoteEvent event; /* the newest */
        bool open[UHPPOTE_DOORS];
        bool button[UHPPOTE_DOORS];
        uint8_t error;
        int64_t clock_s; /* as in UhppoteEvent */
        uint32_t sequence;
        uint8_t special;
        uint8_t relays; /* bit 0: door 1 is released, ... */
        uint8_t inputs; /* UhppoteInput */
} UhppoteStatus;

/* Why a datagram is not what was waited for. */
typedef enum UhppoteProblem {
        UHPPOTE_OTHER_SIZE = 1,
        UHPPOTE_OTHER_START = 2, /* byte 0, or 2 and 3 are not 0 */
        UHPPOTE_OTHER_FUNCTION = 3,
        UHPPOTE_OTHER_SERIAL = 4,
        UHPPOTE_BAD_VALUE = 5, /* a truth that is neither 0 nor 1, digits that are none, ... */
} UhppoteProblem;

/* Says in a few words what a problem is. Static, never NULL. */
const char *uhppote_problem_text(int problem);

/* Writes a request. */
void uhppote_request_write(const UhppoteRequest *request,
                           uint8_t ret_message[static UHPPOTE_MESSAGE_SIZE]);

/* Checks what all replies have in common. Return: 0, or > 0 an UhppoteProblem. */
int uhppote_reply_check(const uint8_t *data, size_t size, UhppoteFunction function,
                        uint32_t serial);

/* Checks an event that a controller sent by itself; it holds a status, 0x19 may begin it.
 * Return: 0, or > 0 an UhppoteProblem. */
int uhppote_notice_check(const uint8_t *data, size_t size, uint32_t serial);

/*
 * Read the replies of each function: what follows the serial number of a message of 64 bytes that
 * was checked. A date that does not exist is none; uninitialised controllers have such ones.
 * Return: 0, or UHPPOTE_BAD_VALUE.
 */
int uhppote_read_done(const uint8_t *message, bool *ret_done);
int uhppote_read_door_control(const uint8_t *message, UhppoteDoorControl *ret_control);
int uhppote_read_listener(const uint8_t *message, UhppoteListener *ret_listener);
int uhppote_read_event(const uint8_t *message, UhppoteEvent *ret_event);
int uhppote_read_status(const uint8_t *message, UhppoteStatus *ret_status);
