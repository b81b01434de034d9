/* SPDX-License-Identifier: MIT */
/*
 * The end of schedules
 *
 * Time zones and calendars are compiled up to a day; what depends on them is denied from then on.
 * Somebody is told a month before, and when it has come.
 */
#pragma once

#include <stdint.h>

typedef struct Server Server;

/* Looks at what is served, as of now_s. */
void schedule_end_check(Server *server, int64_t now_s);
