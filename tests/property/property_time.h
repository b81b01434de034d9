/* SPDX-License-Identifier: MIT */
/* Decisions and doors at the second before, at and after whatever begins or ends. */
#pragma once

#include "policy/door_state.h"
#include "property.h"
#include "world_random_time.h"

/* A run, and what occurred in it. */
typedef struct TimeRun {
        Run run;
        Boundary boundaries[BOUNDARIES_MAX];
        uint64_t reasons[REASON_COUNT];
        uint64_t sources[DOOR_SOURCE_COUNT];
        uint64_t modes[DOOR_MODE_COUNT];
        uint64_t turned[BOUNDARY_COUNT]; /* answers that changed at a boundary */
        uint64_t situations;
} TimeRun;

/* Asks at COUNT boundaries of the run's world, as it is now, and once at any other moment for each;
 * engine and reference agree. */
bool property_boundaries_agree(TimeRun *time, int count);

/* Says whether everything that may occur did so in a run of this many decisions, and on standard
 * error what did not. */
bool property_time_is_covered(const TimeRun *time);

/* Writes to standard output how often what occurred. */
void property_time_print(const TimeRun *time);
