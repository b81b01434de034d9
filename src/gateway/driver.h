/* SPDX-License-Identifier: MIT */
/*
 * Driver
 *
 * What moves locks, behind one interface; each driver is one file with one constant table
 * (driver_null, driver_exec, driver_uhppote). A driver runs on the gateway's event loop and never
 * waits. It is handed a command only after the gateway has consumed its id on disk; it moves the
 * lock at most once for each call, never tries again by itself, and says exactly one result.
 *
 * A driver lets the lock hardware relock by itself. One that cannot do that relocks by a timer, and
 * when it is stopped.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "wire/gateway_event.h"

typedef struct DriverDoor {
        const char *path;             /* "acme/HQ/D1" */
        unsigned number;              /* at the controller: uhppote 1 to 4; 0: not stated */
        bool has_contact;             /* the controller knows whether it stands open */
        const char *const *open_argv; /* exec: NULL-terminated */
} DriverDoor;

/* A controller as the gateway's file describes it. Borrowed; outlives the driver. */
typedef struct DriverController {
        const char *name;
        const char *address; /* uhppote: "ADDRESS:PORT" */
        const char *listen;  /* uhppote: where it sends its events; NULL: it is only polled */
        uint32_t serial;
        bool decides_swipes; /* PC control: doorward decides every swipe */
        uint32_t timeout_ms;
        const DriverDoor *doors;
        size_t door_count;
} DriverController;

/* What became of a command, as far as the driver knows. */
typedef enum DriverResult {
        DRIVER_COMMANDED, /* the controller has said that it does it */
        DRIVER_REFUSED,   /* the controller has said that it does not */
        DRIVER_FAILED,    /* nothing has left for the controller */
        DRIVER_UNKNOWN,   /* it may have been done: no answer came */
        DRIVER_LATE,      /* still_valid() said no: nothing has left for the controller */
} DriverResult;

/* What drivers may call. door is an index into the controller's doors. */
typedef struct DriverHost {
        sd_event *event;
        void *data; /* first argument of the functions */

        /* The result of an open(). detail is one line, or NULL. */
        void (*done)(void *data, unsigned door, const char *command_id, DriverResult result,
                     const char *detail);
        /* Something happened at a door, or at the controller as a whole (door: UINT_MAX). */
        void (*observed)(void *data, unsigned door, const GatewayEvent *event);
        /* A card was shown at a door and doorward is to decide; granted, open() follows. */
        void (*swiped)(void *data, unsigned door, uint64_t card);
        /* A number that outlives the process, such as the index of the last event read; 0 when
         * there is none. Put is on disk when it returns 0; else -errno. */
        uint64_t (*get_cursor)(void *data);
        int (*put_cursor)(void *data, uint64_t cursor);
        /* Asked right before a command leaves for the controller, which may be a while after
         * open() when others came first: may it still? NULL: it may. */
        bool (*still_valid)(void *data, unsigned door, const char *command_id);
        /* One line for the log. */
        void (*log)(void *data, int priority, const char *line);
} DriverHost;

typedef struct Driver {
        const char *name;
        /* Return: 0 and the driver's own state (owned by the caller, stop()), -errno; what is
         * wrong was logged. host and controller are borrowed until stop(). */
        int (*start)(const DriverController *controller, const DriverHost *host, void **ret_state);
        /* Opens a door for so many seconds. Return: 0: done() follows, never from within; -errno:
         * nothing has left for the controller. */
        int (*open)(void *state, unsigned door, uint32_t seconds, const char *command_id);
        /* Holds a door in a state until the next call; NULL: this driver cannot. Return: 0, or
         * -errno; a controller that does not answer is told of by observed(). */
        int (*hold)(void *state, unsigned door, GatewayHold hold);
        /* Says whether doorward can decide swipes at present; at first it can. While it cannot, a
         * controller with decides_swipes decides by itself. NULL: this driver knows no swipes. */
        void (*decide)(void *state, bool can);
        /* Ends and frees; what was held released by this program is secured. */
        void (*stop)(void *state);
} Driver;

extern const Driver driver_null, driver_exec, driver_uhppote;

/* The driver of a name. Return: static, or NULL. */
const Driver *driver_find(const char *name);
