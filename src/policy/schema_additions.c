/* SPDX-License-Identifier: MIT */
/*
 * Schema: site additions
 *
 * A fragment may extend a site that another fragment declares, also one that is itself an addition.
 * So paths are looked up in rounds: each round finds the additions whose site has a path by now and
 * gives a path to the sites in them; every round reaches at least one level deeper, so there are at
 * most SITE_DEPTH_MAX rounds. A site that does not exist is reported and put in, so that what
 * stands in it is still checked; no image is ever made of such a model.
 */
#include "policy/schema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/limits.h"
#include "util/cleanup.h"

/* A site's path and where it is, for a search by path. */
typedef struct Located {
        const char *path;
        uint32_t site;
} Located;

static int located_compare(const void *a, const void *b)
{
        return strcmp(((const Located *)a)->path, ((const Located *)b)->path);
}

/* Sorts the sites that have a path. Return: 0 or -ENOMEM. */
static int located_make(const ModelOrganization *organization, Located **ret_located,
                        size_t *ret_count)
{
        Located *located = calloc(organization->sites.count + 1, sizeof(*located));
        size_t count = 0;
        if (!located)
                return -ENOMEM;
        for (uint32_t i = 0; i < organization->sites.count; i++)
                if (organization->sites.items[i].path)
                        located[count++] = (Located){ organization->sites.items[i].path, i };
        qsort(located, count, sizeof(*located), located_compare);
        *ret_located = located;
        *ret_count = count;
        return 0;
}

/* Looks up the sites of an organization's additions. ret_found: how many more are known now. */
static int additions_find(Loader *loader, uint32_t index, unsigned *ret_found)
{
        const ModelOrganization *organization = &loader->model->organizations.items[index];
        _cleanup_free_ Located *located = NULL;
        size_t count;
        unsigned found_count = 0;
        int result = located_make(organization, &located, &count);
        if (result < 0)
                return result;
        for (uint32_t i = 0; i < loader->additions.count; i++) {
                LoaderAddition *addition = &loader->additions.items[i];
                if (addition->organization != index || addition->site.index != MODEL_NONE ||
                    !addition->site.name)
                        continue;
                Located wanted = { .path = addition->site.name };
                const Located *found =
                        bsearch(&wanted, located, count, sizeof(*located), located_compare);
                if (found) {
                        addition->site.index = found->site;
                        found_count++;
                }
        }
        *ret_found = found_count;
        return 0;
}

/* What an index means once its addition is known. */
static uint32_t site_resolve(const Loader *loader, uint32_t site)
{
        if (site == MODEL_NONE || !(site & LOADER_ADDITION))
                return site;
        uint32_t found = loader->additions.items[site & ~LOADER_ADDITION].site.index;
        return found == MODEL_NONE ? site : found;
}

/* Gives a path to every site whose parent has one. Parents within one file stand before their
 * children, so one pass reaches everything below the additions found last. */
static int sites_locate(Loader *loader, ModelOrganization *organization)
{
        for (uint32_t i = 0; i < organization->sites.count; i++) {
                ModelSite *site = &organization->sites.items[i];
                site->parent = site_resolve(loader, site->parent);
                if (site->path || (site->parent & LOADER_ADDITION))
                        continue;
                const ModelSite *parent = &organization->sites.items[site->parent];
                if (!parent->path)
                        continue;
                site->path = schema_path_join(loader, parent->path, site->name);
                site->depth = parent->depth + 1;
                if (!site->path)
                        return -ENOMEM;
                if (site->depth == SITE_DEPTH_MAX + 1)
                        diagnostics_error(loader->model->diagnostics, site->place,
                                          "sites nest more than %d deep", SITE_DEPTH_MAX);
        }
        return 0;
}

/* Puts in the sites that do not exist. */
static int dangling_report(Loader *loader, uint32_t index)
{
        ModelOrganization *organization = &loader->model->organizations.items[index];
        for (uint32_t i = 0; i < loader->additions.count; i++) {
                LoaderAddition *addition = &loader->additions.items[i];
                if (addition->organization != index || addition->site.index != MODEL_NONE)
                        continue;
                const char *path = addition->site.name ? addition->site.name : "?";
                if (addition->site.name && !organization->incomplete)
                        diagnostics_error(loader->model->diagnostics, addition->site.place,
                                          "there is no site \"%s\"", path);
                ModelSite *site = model_append(loader->model, &organization->sites);
                if (!site)
                        return -ENOMEM;
                *site = (ModelSite){ .name = path,
                                     .path = path,
                                     .place = addition->site.place,
                                     .parent = MODEL_NONE,
                                     .depth = 1,
                                     .remote_unlock = true };
                addition->site.index = organization->sites.count - 1;
        }
        return 0;
}

/* One organization's additions, round by round. */
static int organization_resolve(Loader *loader, uint32_t index)
{
        ModelOrganization *organization = &loader->model->organizations.items[index];
        unsigned found = 1;
        int result = 0;
        for (unsigned round = 0; round < SITE_DEPTH_MAX && found > 0 && result == 0; round++) {
                result = additions_find(loader, index, &found);
                if (result == 0)
                        result = sites_locate(loader, organization);
        }
        if (result == 0)
                result = dangling_report(loader, index);
        if (result == 0)
                result = sites_locate(loader, organization);
        for (uint32_t i = 0; i < organization->doors.count; i++)
                organization->doors.items[i].site =
                        site_resolve(loader, organization->doors.items[i].site);
        for (uint32_t i = 0; i < organization->hosts.count; i++)
                organization->hosts.items[i].site =
                        site_resolve(loader, organization->hosts.items[i].site);
        return result;
}

/* ---- Parents before children ---- */

/* Sorts the sites by depth, keeping the order of equals. new_index[i]: where site i goes. */
static void sites_order(const ModelOrganization *organization, uint32_t *new_index)
{
        uint32_t next = 0;
        for (uint32_t depth = 1; next < organization->sites.count; depth++)
                for (uint32_t i = 0; i < organization->sites.count; i++)
                        if (organization->sites.items[i].depth == depth)
                                new_index[i] = next++;
}

static bool sites_are_ordered(const ModelOrganization *organization)
{
        for (uint32_t i = 0; i < organization->sites.count; i++) {
                uint32_t parent = organization->sites.items[i].parent;
                if (parent != MODEL_NONE && parent > i)
                        return false;
        }
        return true;
}

static int sites_reorder(ModelOrganization *organization)
{
        uint32_t count = organization->sites.count;
        if (sites_are_ordered(organization))
                return 0;
        _cleanup_free_ uint32_t *new_index = calloc(count, sizeof(*new_index));
        _cleanup_free_ ModelSite *old = calloc(count, sizeof(*old));
        if (!new_index || !old)
                return -ENOMEM;
        sites_order(organization, new_index);
        memcpy(old, organization->sites.items, count * sizeof(*old));
        for (uint32_t i = 0; i < count; i++) {
                if (old[i].parent != MODEL_NONE)
                        old[i].parent = new_index[old[i].parent];
                organization->sites.items[new_index[i]] = old[i];
        }
        for (uint32_t i = 0; i < organization->doors.count; i++)
                organization->doors.items[i].site = new_index[organization->doors.items[i].site];
        for (uint32_t i = 0; i < organization->hosts.count; i++)
                organization->hosts.items[i].site = new_index[organization->hosts.items[i].site];
        return 0;
}

int schema_additions_resolve(Loader *loader)
{
        if (loader->additions.count == 0)
                return 0;
        for (uint32_t i = 0; i < loader->model->organizations.count; i++) {
                int result = organization_resolve(loader, i);
                if (result == 0)
                        result = sites_reorder(&loader->model->organizations.items[i]);
                if (result < 0)
                        return result;
        }
        return 0;
}
