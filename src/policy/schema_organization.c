/* SPDX-License-Identifier: MIT */
/*
 * Schema: an organization's files
 *
 * NAME.conf and the fragments in NAME.d have the same keys; only NAME.conf holds the organization
 * itself. Sites stand in schema_sites.c, people and groups in schema_people.c, schedules and
 * exceptions in schema_schedules.c, lockdowns in schema_lockdowns.c, an organization's own roles
 * and its changes of the catalogues' in schema_roles.c.
 */
#include "policy/schema_callers.h"
#include "policy/schema_assignments.h"
#include "policy/schema_schedules.h"

/* ---- Doors: access levels, floorplans, templates ---- */

static void access_level_start(Loader *loader, void *item)
{
        ((ModelAccessLevel *)item)->schedule.index = MODEL_NONE;
}

#define FIELD(member) offsetof(ModelAccessLevel, member)
static const SchemaKey ACCESS_LEVEL_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "doors", schema_read_references, FIELD(doors), .form = FORM_DOOR_PATH },
        { "access_groups", schema_read_references, FIELD(access_groups) },
        /* A schedule that cannot be read must not become "always". */
        { "schedule", schema_read_reference, FIELD(schedule) },
};
#undef FIELD

static const SchemaTable ACCESS_LEVEL = {
        .title = "an access level",
        .keys = ACCESS_LEVEL_KEYS,
        .count = SCHEMA_COUNT(ACCESS_LEVEL_KEYS),
        .item_size = sizeof(ModelAccessLevel),
        .place = offsetof(ModelAccessLevel, place),
        .start = access_level_start,
};

#define FIELD(member) offsetof(ModelTemplate, member)
static const SchemaKey TEMPLATE_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "site", schema_read_reference, FIELD(site), .form = FORM_SITE_PATH,
          .flags = SCHEMA_IDENTITY },
};
#undef FIELD

static const SchemaTable TEMPLATE = {
        .title = "a roll call template",
        .keys = TEMPLATE_KEYS,
        .count = SCHEMA_COUNT(TEMPLATE_KEYS),
        .item_size = sizeof(ModelTemplate),
        .place = offsetof(ModelTemplate, place),
};

#define FIELD(member) offsetof(ModelFloorplan, member)
static const SchemaKey FLOORPLAN_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "doors", schema_read_references, FIELD(doors), .form = FORM_DOOR_PATH },
};
#undef FIELD

static const SchemaTable FLOORPLAN = {
        .title = "a floorplan",
        .keys = FLOORPLAN_KEYS,
        .count = SCHEMA_COUNT(FLOORPLAN_KEYS),
        .item_size = sizeof(ModelFloorplan),
        .place = offsetof(ModelFloorplan, place),
};

/* ---- The organization itself ---- */

static bool read_stated_name(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                             void *target)
{
        const char *wanted = loader->organization->name, *name = NULL;
        SchemaKey name_key = *key;
        name_key.offset = 0;
        if (!schema_read_name(loader, &name_key, setting, &name))
                return false;
        if (!text_is(text_from(name), wanted))
                return schema_error(loader, setting,
                                    "the organization of this file is \"%s\"; \"%s\" would stand "
                                    "in a file of its own, %s.conf",
                                    wanted, name, name);
        return true;
}

#define FIELD(member) offsetof(ModelOrganization, member)
static const SchemaKey ORGANIZATION_KEYS[] = {
        { "name", read_stated_name, 0, .flags = SCHEMA_REQUIRED },
        { "title", schema_read_title, FIELD(title) },
        { "timezone", schema_read_zone, FIELD(timezone), FIELD(timezone_place) },
        { "remote_unlock", schema_read_switch, FIELD(remote_unlock), FIELD(remote_unlock_place) },
};

static const SchemaTable ORGANIZATION = {
        .title = "an organization",
        .keys = ORGANIZATION_KEYS,
        .count = SCHEMA_COUNT(ORGANIZATION_KEYS),
};

static bool read_organization(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                              void *target)
{
        if (loader->kind == SOURCE_FRAGMENT)
                return schema_error(loader, setting,
                                    "only %s.conf may hold \"organization\": an organization has "
                                    "one file, and fragments that add to its lists",
                                    loader->organization->name);
        loader->organization_stated = true;
        return schema_read_group(loader, key, setting, target);
}

static bool file_ready(Loader *loader, void *item)
{
        if (loader->kind != SOURCE_ORGANIZATION || loader->organization_stated)
                return false;
        diagnostics_error(loader->model->diagnostics, (Place){ loader->file, 1 },
                          "missing key \"organization\" in an organization's file");
        loader->organization->incomplete = true; /* an empty file, or the beginning of one */
        return false;
}

static const SchemaKey FILE_KEYS[] = {
        { "organization", read_organization, 0, FIELD(place), .table = &ORGANIZATION },
        { "sites", schema_read_sites, 0 },
        { "site_additions", schema_read_additions, 0 },
        { "groups", schema_read_list, FIELD(groups), .table = &SCHEMA_GROUP },
        { "access_groups", schema_read_list, FIELD(access_groups), .table = &SCHEMA_ACCESS_GROUP },
        { "users", schema_read_list, FIELD(users), .table = &SCHEMA_USER },
        { "people", schema_read_list, FIELD(people), .table = &SCHEMA_PEOPLE },
        { "access_levels", schema_read_list, FIELD(access_levels), .table = &ACCESS_LEVEL },
        { "floorplans", schema_read_list, FIELD(floorplans), .table = &FLOORPLAN },
        { "roll_call_templates", schema_read_list, FIELD(templates), .table = &TEMPLATE },
        { "callers", schema_read_list, FIELD(callers), .table = &SCHEMA_CALLER },
        { "entities", schema_read_entities, FIELD(entities) },
        { "roles", schema_read_list, FIELD(roles), .table = &SCHEMA_CUSTOM_ROLE },
        SCHEMA_SCHEDULE_KEYS,
        SCHEMA_ASSIGNMENT_KEYS,
        { "areas" },
        { "anti_passback" },
};
#undef FIELD

const SchemaTable SCHEMA_ORGANIZATION_FILE = {
        .title = "an organization's file",
        .keys = FILE_KEYS,
        .count = SCHEMA_COUNT(FILE_KEYS),
        .ready = file_ready,
};
