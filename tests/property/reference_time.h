/* SPDX-License-Identifier: MIT */
/* Local time of the worlds' zones, and what schedules and exceptions say then. */
#pragma once

#include "world.h"

/* A moment on the wall clock of a zone. */
typedef struct RefLocal {
        const char *unknown; /* why it cannot be told; NULL when it can */
        int day;             /* counted from 1970-01-01 */
        int weekday;         /* Monday is 0 */
        int second;          /* of that day's wall clock */
} RefLocal;

/* Returns how many seconds ZONE is ahead of UTC at TIME_S (UTC seconds, years 2024 to 2099). */
int reference_zone_offset(WorldZone zone, int64_t time_s);

/* Returns the zone at SITE: its own, that of the site above, the organization's, UTC. */
WorldZone reference_zone_at(const WorldOrganization *o, int site);

/* Returns what the clocks of ZONE show at NOW_S. */
RefLocal reference_local(const World *world, WorldZone zone, int64_t now_s);

/* Returns the window of WINDOWS that is open at LOCAL, NULL when none is. */
const WorldWindow *reference_window(const WorldWindows *windows, const RefLocal *local);

/* Says whether DAY is one of EXCEPTION's. */
bool reference_exception_has(const WorldOrganization *o, const WorldException *exception, int day);

/*
 * Says whether LEVEL is on at DOOR, one of its doors. Returns false with RET_UNKNOWN set when it
 * cannot be told; RET_UNKNOWN is NULL otherwise.
 */
bool reference_level_is_on(const World *world, const WorldOrganization *o, int level, int door,
                           int64_t now_s, const char **ret_unknown);

/* What a door's text says of it at a moment. */
typedef struct RefPlanned {
        const char *unknown; /* why it cannot be told; NULL when it can */
        WorldState state;
        enum { PLANNED_DEFAULT, PLANNED_SCHEDULE, PLANNED_EXCEPTION } source;
} RefPlanned;

/* Returns what exceptions, schedule and default of DOOR make of it at NOW_S. */
RefPlanned reference_planned(const World *world, const WorldOrganization *o, int door,
                             int64_t now_s);
