/* SPDX-License-Identifier: MIT */
/*
 * Gateway presence
 *
 * Which callers serve which doors, and whether they are there at this moment. A caller serves a
 * door while a TAKE of it waits for that door, and for GATEWAY_GRACE_MS after one has ended, for
 * it is about to come back. A connection that ends while its TAKE waits takes it away at once.
 * That a door was ever served is remembered until the daemon ends. Time is handed in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/cleanup.h"
#include "util/text.h"

#define GATEWAY_GRACE_MS  3000
#define GATEWAY_DOORS_MAX 65536  /* pairs of caller and door known at a time */
#define GATEWAY_NONE      "none" /* in place of a name: nobody serves the door */

typedef struct Take Take;
typedef struct GatewayPresence GatewayPresence;

/* One door and one caller who serves it, or has. */
typedef struct GatewayDoor GatewayDoor;
struct GatewayDoor {
        GatewayDoor *next; /* in its bucket */
        uint64_t hash;     /* gateway_presence_hash() of the door */
        Take *take;        /* that waits for it; NULL: none */
        uint64_t until_ms; /* present until then, when none waits; monotonic */
        int64_t since_s;   /* UTC, present since */
        char *door;        /* "acme/HQ/D1"; in bytes, as the next */
        char *caller;      /* "caller:acme/gw-1" */
        char bytes[];
};

/* What is known of one caller. */
typedef struct GatewayCaller {
        bool is_present; /* for any of its doors */
        int64_t since_s; /* the earliest of these; 0: not present */
        uint32_t doors;  /* that it is present for */
        uint32_t served; /* … or was, since the daemon started */
} GatewayCaller;

/* What is known of all. */
typedef struct GatewayTotals {
        uint32_t served;  /* pairs of caller and door since the start */
        uint32_t present; /* those that are present */
} GatewayTotals;

/* Return: owned by the caller, or NULL without memory. */
GatewayPresence *gateway_presence_new(void);
GatewayPresence *gateway_presence_free(GatewayPresence *presence);
DEFINE_CLEANUP(GatewayPresence *, gateway_presence_free);

/* A number for a door's path, by which commands and doors are compared first. */
uint64_t gateway_presence_hash(Text door);

/* Finds or makes the pair of a door and a caller; a new one is not present. Return: 0 and the pair
 * (borrowed until the presence is freed), -ENOSPC above GATEWAY_DOORS_MAX, -ENOMEM. */
int gateway_presence_add(GatewayPresence *presence, Text door, Text caller, GatewayDoor **ret_door);

/* A TAKE waits for the door from now on, in place of one that did. */
void gateway_door_arrive(GatewayDoor *door, Take *take, uint64_t now_ms, int64_t now_s);

/* Its TAKE has ended: was answered, or its connection is broken. */
void gateway_door_leave(GatewayDoor *door, uint64_t now_ms, bool broken);

bool gateway_door_is_present(const GatewayDoor *door, uint64_t now_ms);

/* Who serves a door now, one whose TAKE waits before others. Return: borrowed, or NULL: nobody. */
GatewayDoor *gateway_presence_of(const GatewayPresence *presence, Text door, uint64_t now_ms);

/* Whether anybody has served a door since the daemon started. */
bool gateway_presence_was_served(const GatewayPresence *presence, Text door);

/* What is known of a caller ("caller:acme/gw-1"); all zero when it never took anything. */
GatewayCaller gateway_presence_caller(const GatewayPresence *presence, Text caller,
                                      uint64_t now_ms);

GatewayTotals gateway_presence_totals(const GatewayPresence *presence, uint64_t now_ms);
