/* SPDX-License-Identifier: MIT */
/*
 * Schema: sites, doors, hosts
 *
 * Sites nest in the file and become one flat list with parents in the model. The keys of a site are
 * read before what stands in it, whatever their order in the file, so that its path is known.
 * loader->site says within which site the lists stand.
 */
#include "policy/schema_schedules.h"

#include <stdio.h>
#include <string.h>

#include "policy/limits.h"

/* ---- Doors and hosts ---- */

static void door_start(Loader *loader, void *item)
{
        ModelDoor *door = item;
        door->site = loader->site;
        door->remote_unlock = true;
        door->schedule.index = MODEL_NONE;
        door->default_state = DOOR_STATE_ACCESS_CONTROLLED;
        door->release_s = RELEASE_SECONDS;
}

/* Who needs more time must not get less. */
static bool door_finish(Loader *loader, const config_setting_t *group, void *item)
{
        ModelDoor *door = item;
        if (door->extended_release_s == 0)
                door->extended_release_s = door->release_s;
        if (door->extended_release_s < door->release_s)
                return schema_error(loader, group,
                                    "\"extended_release_time\" (%u) is for people who need more "
                                    "time: it must not be less than \"release_time\" (%u)",
                                    door->extended_release_s, door->release_s);
        return true;
}

#define FIELD(member) offsetof(ModelDoor, member)
static const SchemaKey DOOR_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "remote_unlock", schema_read_switch, FIELD(remote_unlock), FIELD(remote_unlock_place) },
        { "schedule", schema_read_reference, FIELD(schedule) },
        { "exceptions", schema_read_references, FIELD(exceptions) },
        { "default_state", schema_read_word, FIELD(default_state),
          .words = schema_door_state_word },
        { "release_time", schema_read_number, FIELD(release_s), .minimum = 1,
          .maximum = RELEASE_SECONDS_MAX },
        { "extended_release_time", schema_read_number, FIELD(extended_release_s), .minimum = 1,
          .maximum = RELEASE_SECONDS_MAX },
        { "areas" },
        { "anti_passback" },
};
#undef FIELD

static const SchemaTable DOOR = {
        .title = "a door",
        .keys = DOOR_KEYS,
        .count = SCHEMA_COUNT(DOOR_KEYS),
        .item_size = sizeof(ModelDoor),
        .place = offsetof(ModelDoor, place),
        .start = door_start,
        .finish = door_finish,
};

static void host_start(Loader *loader, void *item)
{
        ((ModelHost *)item)->site = loader->site;
}

#define FIELD(member) offsetof(ModelHost, member)
static const SchemaKey HOST_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
};
#undef FIELD

static const SchemaTable HOST = {
        .title = "a host",
        .keys = HOST_KEYS,
        .count = SCHEMA_COUNT(HOST_KEYS),
        .item_size = sizeof(ModelHost),
        .place = offsetof(ModelHost, place),
        .start = host_start,
};

/* The lists of the organization, wherever in its sites they stand. */
static bool read_doors(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        return schema_items(loader, key, setting, &loader->organization->doors);
}

static bool read_hosts(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        return schema_items(loader, key, setting, &loader->organization->hosts);
}

/* ---- Sites ---- */

/* Where a name could not be read: enough to go on with, and to be told apart. */
static const char *name_of_unnamed(Loader *loader, Place place)
{
        char name[16];
        int size = snprintf(name, sizeof(name), "?%u", place.line);
        return arena_copy(loader->model->arena, (Text){ name, (size_t)size });
}

/* "PARENT/NAME" in the arena, or NULL without memory. */
const char *schema_path_join(Loader *loader, const char *parent, const char *name)
{
        size_t size = strlen(parent) + 1 + strlen(name);
        char *path = arena_allocate(loader->model->arena, size + 1);
        if (path)
                snprintf(path, size + 1, "%s/%s", parent, name);
        return path;
}

/* Path and depth below a parent that is in the list already. Those below an addition are not known
 * yet, nor are those below such. */
static bool site_locate(Loader *loader, ModelSite *site)
{
        site->parent = loader->site;
        if (site->parent == MODEL_NONE) {
                site->path = site->name;
                site->depth = 1;
                return true;
        }
        if (site->parent & LOADER_ADDITION)
                return true;
        const ModelSite *parent = &loader->organization->sites.items[site->parent];
        if (!parent->path)
                return true;
        site->path = schema_path_join(loader, parent->path, site->name);
        site->depth = parent->depth + 1;
        return site->path ? true : schema_out_of_memory(loader);
}

static bool site_ready(Loader *loader, void *item)
{
        ModelSite *site = item;
        if (!site->name)
                site->name = name_of_unnamed(loader, site->place);
        if (!site->name)
                return schema_out_of_memory(loader);
        if (!site_locate(loader, site))
                return false;
        if (site->depth > SITE_DEPTH_MAX) {
                diagnostics_error(loader->model->diagnostics, site->place,
                                  "sites nest more than %d deep", SITE_DEPTH_MAX);
                return false;
        }
        ModelSite *slot = model_append(loader->model, &loader->organization->sites);
        if (!slot)
                return schema_out_of_memory(loader);
        *slot = *site;
        loader->site = loader->organization->sites.count - 1;
        return true;
}

#define FIELD(member) offsetof(ModelSite, member)
static const SchemaKey SITE_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_REQUIRED },
        { "title", schema_read_title, FIELD(title) },
        { "timezone", schema_read_zone, FIELD(timezone), FIELD(timezone_place) },
        { "remote_unlock", schema_read_switch, FIELD(remote_unlock), FIELD(remote_unlock_place) },
        { "areas" },
        { "doors", read_doors, 0, .table = &DOOR, .flags = SCHEMA_LATER },
        { "hosts", read_hosts, 0, .table = &HOST, .flags = SCHEMA_LATER },
        { "sites", schema_read_sites, 0, .flags = SCHEMA_LATER },
};
#undef FIELD

static const SchemaTable SITE = {
        .title = "a site",
        .keys = SITE_KEYS,
        .count = SCHEMA_COUNT(SITE_KEYS),
        .ready = site_ready,
};

static bool element_check(Loader *loader, const SchemaKey *key, const config_setting_t *element)
{
        if (!config_setting_is_group(element))
                return schema_error(loader, element, "\"%s\" must hold groups: { ... }", key->name);
        return true;
}

static bool list_check(Loader *loader, const SchemaKey *key, const config_setting_t *setting)
{
        bool empty = config_setting_is_array(setting) && config_setting_length(setting) == 0;
        if (!config_setting_is_list(setting) && !empty)
                return schema_error(loader, setting,
                                    "\"%s\" must be a list of groups: ( { ... }, { ... } )",
                                    key->name);
        return true;
}

bool schema_read_sites(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        bool good = true;
        uint32_t outer = loader->site;
        if (!list_check(loader, key, setting))
                return false;
        int length = config_setting_length(setting);
        for (int i = 0; i < length && !loader->out_of_memory; i++) {
                const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
                if (!element_check(loader, key, element)) {
                        good = false;
                        continue;
                }
                ModelSite site = { .place = schema_place(loader, element), .remote_unlock = true };
                good &= schema_walk(loader, &SITE, element, &site) == SCHEMA_GOOD;
                loader->site = outer;
        }
        return good;
}

/* ---- What extends a site ---- */

static bool addition_ready(Loader *loader, void *item)
{
        const LoaderAddition *read = item;
        LoaderAddition *slot = model_append(loader->model, &loader->additions);
        if (!slot)
                return schema_out_of_memory(loader);
        *slot = *read;
        loader->site = LOADER_ADDITION | (loader->additions.count - 1);
        return true;
}

#define FIELD(member) offsetof(LoaderAddition, member)
static const SchemaKey ADDITION_KEYS[] = {
        { "site", schema_read_reference, FIELD(site), .form = FORM_SITE_PATH,
          .flags = SCHEMA_REQUIRED },
        { "doors", read_doors, 0, .table = &DOOR, .flags = SCHEMA_LATER },
        { "hosts", read_hosts, 0, .table = &HOST, .flags = SCHEMA_LATER },
        { "sites", schema_read_sites, 0, .flags = SCHEMA_LATER },
};
#undef FIELD

static const SchemaTable ADDITION = {
        .title = "a site addition",
        .keys = ADDITION_KEYS,
        .count = SCHEMA_COUNT(ADDITION_KEYS),
        .ready = addition_ready,
};

bool schema_read_additions(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                           void *target)
{
        bool good = true;
        if (!list_check(loader, key, setting))
                return false;
        int length = config_setting_length(setting);
        for (int i = 0; i < length && !loader->out_of_memory; i++) {
                const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
                if (!element_check(loader, key, element)) {
                        good = false;
                        continue;
                }
                LoaderAddition addition = {
                        .organization = (uint32_t)(loader->organization -
                                                   loader->model->organizations.items),
                        .site = { .place = schema_place(loader, element), .index = MODEL_NONE },
                };
                good &= schema_walk(loader, &ADDITION, element, &addition) == SCHEMA_GOOD;
                loader->site = MODEL_NONE;
        }
        return good;
}
