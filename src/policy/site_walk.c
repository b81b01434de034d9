/* SPDX-License-Identifier: MIT */
/*
 * Site walk
 *
 * Sites know their parents only. Chains of siblings are linked first, then followed from the top
 * without recursion: down to the first child, on to the next sibling, up to the parent.
 */
#include "policy/site_walk.h"

#include <errno.h>
#include <stdlib.h>

typedef struct Links {
        uint32_t *first_child;  /* by site + 1; [0] the first site at the top */
        uint32_t *next_sibling; /* by site */
} Links;

static uint32_t parent_slot(const ModelOrganization *organization, uint32_t site)
{
        uint32_t parent = organization->sites.items[site].parent;
        return parent < organization->sites.count ? parent + 1 : 0;
}

/* From the last site to the first, so that chains come out in the order of the list. */
static void links_fill(const ModelOrganization *organization, Links *links)
{
        for (uint32_t i = 0; i <= organization->sites.count; i++)
                links->first_child[i] = MODEL_NONE;
        for (uint32_t i = organization->sites.count; i-- > 0;) {
                uint32_t slot = parent_slot(organization, i);
                links->next_sibling[i] = links->first_child[slot];
                links->first_child[slot] = i;
        }
}

/* Ends a site and those above it whose last child it is. Return: the next site, or MODEL_NONE. */
static uint32_t walk_up(const ModelOrganization *organization, const Links *links, uint32_t site,
                        uint32_t position, SiteWalk *walk)
{
        while (site != MODEL_NONE) {
                walk->end[site] = position;
                if (links->next_sibling[site] != MODEL_NONE)
                        return links->next_sibling[site];
                uint32_t slot = parent_slot(organization, site);
                site = slot > 0 ? slot - 1 : MODEL_NONE;
        }
        return MODEL_NONE;
}

static void walk_fill(const ModelOrganization *organization, const Links *links, SiteWalk *walk)
{
        uint32_t position = 1;
        uint32_t site = links->first_child[0];
        while (site != MODEL_NONE) {
                walk->site_at[position - 1] = site;
                walk->position[site] = position++;
                uint32_t child = links->first_child[site + 1];
                site = child != MODEL_NONE ? child
                                           : walk_up(organization, links, site, position, walk);
        }
}

int site_walk_make(const ModelOrganization *organization, SiteWalk *ret_walk)
{
        uint32_t count = organization->sites.count;
        _cleanup_free_ uint32_t *first_child = calloc((size_t)count + 1, sizeof(uint32_t));
        _cleanup_free_ uint32_t *next_sibling = calloc((size_t)count + 1, sizeof(uint32_t));
        _cleanup_site_walk_ SiteWalk walk = {
                .count = count,
                .position = calloc((size_t)count + 1, sizeof(uint32_t)),
                .end = calloc((size_t)count + 1, sizeof(uint32_t)),
                .site_at = calloc((size_t)count + 1, sizeof(uint32_t)),
        };
        if (!first_child || !next_sibling || !walk.position || !walk.end || !walk.site_at)
                return -ENOMEM;
        Links links = { first_child, next_sibling };
        links_fill(organization, &links);
        walk_fill(organization, &links, &walk);
        *ret_walk = walk;
        walk = (SiteWalk){ 0 };
        return 0;
}

void site_walk_clear(SiteWalk *walk)
{
        free(walk->position);
        free(walk->end);
        free(walk->site_at);
        *walk = (SiteWalk){ 0 };
}
