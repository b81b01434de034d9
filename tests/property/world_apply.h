/* SPDX-License-Identifier: MIT */
/* What an allowed change does to a world. */
#pragma once

#include "reference.h"

/*
 * Does in WORLD what QUERY, a change that was allowed at NOW_S, asks for; roles are given for
 * INTERVAL. Returns false, and changes nothing, when a list of the world is full.
 */
bool world_apply(World *world, int64_t now_s, const RefQuery *query, WorldInterval interval);

/* Returns the organization that RESOURCE is in, NULL when WORLD has none. */
WorldOrganization *world_apply_organization(World *world, const char *resource);
