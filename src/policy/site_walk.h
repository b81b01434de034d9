/* SPDX-License-Identifier: MIT */
/*
 * Site walk
 *
 * The numbers that a walk over an organization's tree gives its sites: a site's comes directly
 * before those of the sites below it, in the order in which they are listed. "B is A or lies below
 * it" is A.position <= B.position < A.end. The organization itself is 0.
 */
#pragma once

#include "policy/model.h"

typedef struct SiteWalk {
        uint32_t count;     /* sites */
        uint32_t *position; /* of each site, 1 to count */
        uint32_t *end;      /* of each site: the first number after everything below it */
        uint32_t *site_at;  /* by position - 1: the site */
} SiteWalk;

/* Walks the sites. Return: 0 and the walk (owned by the caller, site_walk_clear()), -ENOMEM. */
int site_walk_make(const ModelOrganization *organization, SiteWalk *ret_walk);

/* Frees what the walk holds and empties it. */
void site_walk_clear(SiteWalk *walk);

#define _cleanup_site_walk_ _cleanup_(site_walk_clear)
