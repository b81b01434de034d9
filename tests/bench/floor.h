/* SPDX-License-Identifier: MIT */
/*
 * The floor that the engine's speed is held against: the least that a decision can do that starts
 * from three names. Three string hashes, one interval test for each grant of the user and of his
 * groups (sites numbered in an Euler tour, so that "at or below" is two comparisons), a bit mask of
 * permissions for each role. It answers the plain questions; of an unlock it decides the role only.
 */
#pragma once

#include <stdbool.h>

#include "generate.h"

typedef struct Floor Floor;

/* Makes the floor's tables from POLICY, which must outlive it (*returns owned*). */
Floor *floor_new(const BenchPolicy *policy);

/* Frees FLOOR, which may be NULL. Returns NULL. */
Floor *floor_free(Floor *floor);

/* Says whether a role gives USER ("u12") PERMISSION on RESOURCE ("door:bench/s0/d4"). */
bool floor_decide(const Floor *floor, const char *user, const char *permission,
                  const char *resource);
