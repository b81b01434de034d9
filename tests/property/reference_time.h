/* SPDX-License-Identifier: MIT */
/* Local time of the worlds' three zones, and whether a weekly schedule is on. Years 2007 to 2037.
 */
#pragma once

#include "world.h"

/* Returns how many seconds ZONE is ahead of UTC at TIME_S (UTC seconds). */
int reference_zone_offset(WorldZone zone, int64_t time_s);

/* Says whether one of SCHEDULE's windows is open at NOW_S (UTC seconds). */
bool reference_schedule_is_on(const WorldSchedule *schedule, int64_t now_s);
