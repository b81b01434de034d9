/* SPDX-License-Identifier: MIT */
/* What the engine names (grants, remedies), found again in a world and changed there. */
#pragma once

#include "policy/explain.h"
#include "reference.h"

/*
 * Finds in WORLD the grants that GRANT (an index into IMAGE) stands for: same holder, role, site
 * and times. With REMOVE they are taken away, else all other grants are. Returns how many there
 * were.
 */
int property_world_keep_grant(World *world, const Image *image, uint32_t grant, bool remove);

/*
 * Applies REMEDY to WORLD for the one who asks QUERY, or to QUERY (a property to be stated) or
 * NOW_S (a time to wait for). Returns false when a world has no room for it, or it is of a kind
 * that is applied last by one of the functions below.
 */
bool property_world_apply(World *world, const Image *image, const Remedy *remedy, RefQuery *query,
                          int64_t *now_s);

/*
 * Names in QUERY the object that its permission's condition needs, one with which the reference
 * allows it at NOW_S. Returns false when WORLD has none.
 */
bool property_world_name_object(World *world, int64_t now_s, RefQuery *query);

/*
 * Declares what QUERY names first by with=, a schedule or a door exception, or makes the floorplan
 * show a door with which the reference allows it at NOW_S. Returns false when it is of another
 * kind, or WORLD has no room or no such door.
 */
bool property_world_declare_object(World *world, int64_t now_s, RefQuery *query);

/* Returns the organization that QUERY's resource is of, NULL when there is none. */
WorldOrganization *property_world_organization(World *world, const RefQuery *query);
