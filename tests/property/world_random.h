/* SPDX-License-Identifier: MIT */
/*
 * Random worlds, and random questions about them, made to meet the edges of the rules: names that
 * are prefixes of one another, deep trees, None roles, ends of intervals to the second.
 */
#pragma once

#include <stddef.h>

#include "random.h"
#include "reference.h"

/* Fills RET_WORLD with one to three organizations. */
void world_random(Random *random, World *ret_world);

/* Fills RET_WORLD with one organization of few people, sites and groups, in which much is held. */
void world_random_small(Random *random, World *ret_world);

/*
 * Fills RET_WORLD with an organization or two in which much depends on time: schedules, exceptions,
 * calendars, lockdowns (world_random_time.h), and nothing has been changed at the doors yet.
 */
void world_random_timed(Random *random, World *ret_world);

/* Returns an interval that is open on both sides in OPEN_PERCENT cases of a hundred. */
WorldInterval world_random_interval(Random *random, int open_percent);

/* Writes a name that none of the COUNT elements of SIZE bytes at LIST has into RET_NAME. */
void world_random_name(Random *random, const void *list, int count, size_t size, char *ret_name);

/*
 * Makes a question about WORLD, about half the time one that a grant was made for. Returns the time
 * to ask it at, in UTC seconds of the years 2025 to 2028.
 */
int64_t world_random_query(Random *random, const World *world, RefQuery *ret_query);

/* Makes a question about a change: a grant, a migration, a membership, a customization. */
void world_random_change(Random *random, const World *world, RefQuery *ret_query);

/* Returns a moment at which something may change in WORLD, or a second beside one, or any other. */
int64_t world_random_time(Random *random, const World *world);
