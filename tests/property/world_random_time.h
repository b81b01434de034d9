/* SPDX-License-Identifier: MIT */
/* What of a random world depends on time, and the moments at which it may change. */
#pragma once

#include "random.h"
#include "reference.h"

/* Replaces the schedules, exceptions, access levels and lockdowns of O by ones that meet the edges
 * of days, weeks and summer time. */
void world_random_add_time(Random *random, WorldOrganization *o);

/* Changes what was changed at the doors of WORLD, and whether that and the time are known. */
void world_random_live(Random *random, World *world);

/* Returns when the clocks of ZONE show MINUTE of the local DAY; where they show it twice, or never,
 * by either offset. */
int64_t world_time_of(Random *random, WorldZone zone, int64_t day, int minute);

/* What changes at a boundary. */
typedef enum BoundaryKind {
        BOUNDARY_WINDOW,
        BOUNDARY_DOOR_WINDOW,
        BOUNDARY_EXCEPTION,
        BOUNDARY_DOOR_EXCEPTION,
        BOUNDARY_SUMMER_TIME,
        BOUNDARY_DATES,
        BOUNDARY_LIVE_DATES,
        BOUNDARY_GRANT,
        BOUNDARY_OVERRIDE,
        BOUNDARY_BLOCK,
        BOUNDARY_LOCKDOWN,
        BOUNDARY_CALENDAR_UNKNOWN,
        BOUNDARY_ZONE_UNKNOWN,
        BOUNDARY_COUNT,
} BoundaryKind;

/* A moment, and whom and what it concerns in an organization; WORLD_NONE: nobody, nothing. */
typedef struct Boundary {
        int64_t at_s;
        BoundaryKind kind;
        int organization, door, user;
} Boundary;

enum { BOUNDARIES_MAX = 256 };

/* Fills RET_BOUNDARIES (BOUNDARIES_MAX) with moments at which something changes in WORLD: of each
 * thing the ends that it has, and some of the many that recur. Returns how many. */
int world_boundaries(Random *random, const World *world, Boundary *ret_boundaries);

/* Makes a question about WORLD whose answer may well change AT a boundary. */
void world_random_query_at(Random *random, const World *world, const Boundary *at,
                           RefQuery *ret_query);
