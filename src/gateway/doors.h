/* SPDX-License-Identifier: MIT */
/*
 * Doors
 *
 * The doors that this gateway serves, numbered from 0 over all controllers, and the drivers that
 * move them. A controller that cannot be started is tried again; its doors do not open meanwhile,
 * the others do.
 */
#pragma once

#include "gateway/events.h"
#include "gateway/settings.h"

#define DOORS_RETRY_MS 10000 /* a controller that could not be started is tried again */

typedef struct Doors Doors;

/* Who is told of what drivers say. door: the number over all controllers. */
typedef struct DoorsListener {
        void *data;
        void (*done)(void *data, unsigned door, const char *command_id, DriverResult result,
                     const char *detail);
        void (*observed)(void *data, unsigned door, const GatewayEvent *event);
        void (*swiped)(void *data, unsigned door, uint64_t card);
        bool (*still_valid)(void *data, const char *command_id);
} DoorsListener;

/* Numbers the doors of the settings (borrowed); no driver is started. Return: 0 and the doors
 * (owned by the caller), -ENOMEM, -errno. */
int doors_new(sd_event *event, const GatewaySettings *settings, Store *store, Events *events,
              Log log, Doors **ret_doors);

/* Stops the drivers, each of which secures what it held released, and frees. Return: NULL. */
Doors *doors_free(Doors *doors);
DEFINE_CLEANUP(Doors *, doors_free);

/* Starts the drivers. */
void doors_start(Doors *doors, DoorsListener listener);

unsigned doors_count(const Doors *doors);

/* What is configured of a door. Borrowed. */
const DriverDoor *doors_door(const Doors *doors, unsigned door);

/* How long its controller may take to answer. */
uint32_t doors_timeout_ms(const Doors *doors, unsigned door);

/* Finds a door by "acme/HQ/D1" or "door:acme/HQ/D1". Return: true and its number. */
bool doors_find(const Doors *doors, Text path, unsigned *ret_door);

/* Has the driver open a door. Return: 0: done() follows; -ENODEV: its controller could not be
 * started; -errno: nothing has left for the controller. */
int doors_open(Doors *doors, unsigned door, uint32_t seconds, const char *command_id);

/* Has the driver hold a door. Return: 0, -EOPNOTSUPP: this driver cannot; -errno. */
int doors_hold(Doors *doors, unsigned door, GatewayHold hold);

/* Says whether doorwardd can decide swipes; only the controllers that are to decide by themselves
 * otherwise are told. */
void doors_decide(Doors *doors, bool can);
