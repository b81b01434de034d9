/* SPDX-License-Identifier: MIT */
/*
 * Compile: organizations, sites, doors and hosts
 *
 * Sites get positions by a walk over each tree. Whether a door may be unlocked remotely is settled
 * here for the organization, every site above it and the door itself.
 */
#include <errno.h>
#include <stdio.h>

#include "policy/compile.h"
#include "policy/limits.h"

static const ImagePlace NO_PLACE = { IMAGE_NONE, 0 };

/* Where remote unlock is switched off for everything at a site; file IMAGE_NONE: it is on. */
static ImagePlace switch_place(const ModelOrganization *organization, uint32_t site)
{
        for (; site < organization->sites.count; site = organization->sites.items[site].parent)
                if (!organization->sites.items[site].remote_unlock)
                        return compiled_place(organization->sites.items[site].remote_unlock_place);
        if (!organization->remote_unlock)
                return compiled_place(organization->remote_unlock_place);
        return NO_PLACE;
}

static void organization_fill(Compiler *compiler, const ModelOrganization *organization,
                              ImageOrganization *record)
{
        *record = (ImageOrganization){
                .name = compiler_string(compiler, organization->name),
                .title = compiler_string(compiler, organization->title),
                .position = compiler->position,
                .end = compiler->position + 1 + organization->sites.count,
                .remote_unlock = organization->remote_unlock,
                .remote_unlock_place = organization->remote_unlock
                                               ? NO_PLACE
                                               : compiled_place(organization->remote_unlock_place),
                .place = compiled_place(organization->place),
        };
        compiler->position = record->end;
}

/* A site's own zone, else that of the site above it, else the organization's. */
static uint32_t site_zone(Compiler *compiler, const ModelOrganization *organization,
                          const ModelSite *site, const ImageSite *parent)
{
        if (site->timezone)
                return compiled_zone(compiler, site->timezone);
        if (parent)
                return parent->zone;
        return compiled_zone(compiler, organization->timezone ? organization->timezone : "UTC");
}

static void sites_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        const SiteWalk *walk = &compiler->organizations[number].walk;
        ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        owner->sites = (ImageRange){ compiler_count(compiler, IMAGE_SITES), walk->count };
        ImageSite *records = compiler_append(compiler, IMAGE_SITES, walk->count);
        for (uint32_t i = 0; i < walk->count && records; i++) {
                uint32_t index = walk->site_at[i];
                const ModelSite *site = &organization->sites.items[index];
                bool nested = site->parent < organization->sites.count;
                records[i] = (ImageSite){
                        .name = compiler_string(compiler, site->name),
                        .path = compiler_string(compiler, site->path),
                        .title = compiler_string(compiler, site->title),
                        .organization = number,
                        .parent =
                                nested ? compiled_site(compiler, number, site->parent) : IMAGE_NONE,
                        .position = owner->position + walk->position[index],
                        .end = owner->position + walk->end[index],
                        .zone = site_zone(
                                compiler, organization, site,
                                nested ? compiler_at(compiler, IMAGE_SITES,
                                                     compiled_site(compiler, number, site->parent))
                                       : NULL),
                        .remote_unlock = site->remote_unlock,
                        .remote_unlock_place = site->remote_unlock
                                                       ? NO_PLACE
                                                       : compiled_place(site->remote_unlock_place),
                        .place = compiled_place(site->place),
                };
        }
}

/* The path of something at a site: the site's path, a slash, its name. */
static uint32_t path_string(Compiler *compiler, const ModelSite *site, const char *name)
{
        char path[PATH_SIZE_MAX];
        int size = snprintf(path, sizeof(path), "%s/%s", site->path, name);
        if (size < 0 || (size_t)size >= sizeof(path)) {
                compiler->error = COMPILE_TOO_LARGE;
                return IMAGE_NONE;
        }
        return compiler_string(compiler, path);
}

static void doors_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        uint32_t count = organization->doors.count;
        owner->doors = (ImageRange){ compiler_count(compiler, IMAGE_DOORS), count };
        ImageDoor *records = compiler_append(compiler, IMAGE_DOORS, count);
        for (uint32_t i = 0; i < count && records; i++) {
                const ModelDoor *door = &organization->doors.items[i];
                uint32_t site = compiled_site(compiler, number, door->site);
                ImagePlace off = door->remote_unlock ? switch_place(organization, door->site)
                                                     : compiled_place(door->remote_unlock_place);
                records[i] = (ImageDoor){
                        .path = path_string(compiler, &organization->sites.items[door->site],
                                            door->name),
                        .title = compiler_string(compiler, door->title),
                        .site = site,
                        .position =
                                ((ImageSite *)compiler_at(compiler, IMAGE_SITES, site))->position,
                        .organization = number,
                        .zone = ((ImageSite *)compiler_at(compiler, IMAGE_SITES, site))->zone,
                        .schedule = IMAGE_NONE,
                        .exceptions = { .known_until = INT32_MAX, .with_calendar = IMAGE_NONE },
                        .default_state = door->default_state,
                        .release_s = door->release_s,
                        .extended_release_s = door->extended_release_s,
                        .remote_unlock = off.file == IMAGE_NONE && door->remote_unlock,
                        .remote_unlock_place = off,
                        .place = compiled_place(door->place),
                };
        }
}

static void hosts_fill(Compiler *compiler, uint32_t number)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        uint32_t count = organization->hosts.count;
        owner->hosts = (ImageRange){ compiler_count(compiler, IMAGE_HOSTS), count };
        ImageHost *records = compiler_append(compiler, IMAGE_HOSTS, count);
        for (uint32_t i = 0; i < count && records; i++) {
                const ModelHost *host = &organization->hosts.items[i];
                uint32_t site = compiled_site(compiler, number, host->site);
                records[i] = (ImageHost){
                        .path = path_string(compiler, &organization->sites.items[host->site],
                                            host->name),
                        .title = compiler_string(compiler, host->title),
                        .site = site,
                        .position =
                                ((ImageSite *)compiler_at(compiler, IMAGE_SITES, site))->position,
                        .organization = number,
                        .place = compiled_place(host->place),
                };
        }
}

int compile_tree(Compiler *compiler)
{
        uint32_t count = compiler->model->organizations.count;
        ImageOrganization *records = compiler_append(compiler, IMAGE_ORGANIZATIONS, count);
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelOrganization *organization = &compiler->model->organizations.items[i];
                if (site_walk_make(organization, &compiler->organizations[i].walk) != 0)
                        return compiler->error = -ENOMEM;
                organization_fill(compiler, organization, &records[i]);
                sites_fill(compiler, i);
                doors_fill(compiler, i);
                hosts_fill(compiler, i);
        }
        return compiler->error;
}
