/* SPDX-License-Identifier: MIT */
/*
 * Zones
 *
 * Time zones of the system's tz database as lists of offsets, so that nothing has to ask the C
 * library for local time while deciding. Uses TZ and tzset(3) of the whole process: only for the
 * process that compiles, with one thread.
 */
#pragma once

#include <stdbool.h>

#include "policy/image_format.h"

/* Says whether the tz database holds a zone of this name; "UTC" always is one. The C library itself
 * would take an unknown name for UTC. */
bool zone_is_known(const char *name);

/*
 * Lists the offsets of a known zone, the first one from TIMESTAMP_MIN on (that of 1970), up to the
 * start of ZONE_UNTIL_YEAR; UTC has one for all time.
 * Return: 0, the transitions (owned by the caller, free()), their number and the time from which
 * on nothing is known; -ENOENT for an unknown zone, -ENOMEM.
 */
int zone_transitions(const char *name, ImageTransition **ret_transitions, uint32_t *ret_count,
                     int64_t *ret_until_s);
