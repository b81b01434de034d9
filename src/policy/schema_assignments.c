/* SPDX-License-Identifier: MIT */
/*
 * Schema: grants, memberships, migrations
 *
 * Who holds what: within a user or a group, or standing by itself. The latter may stand in any of
 * an organization's files; in the daemon's own file nothing else may.
 */
#include "policy/schema_assignments.h"

#include "policy/schema_remark.h"

/* ---- Grants within their holder ---- */

static void grant_start(Loader *loader, void *item)
{
        ModelGrant *grant = item;
        grant->interval = (Interval){ TIMESTAMP_MIN, TIMESTAMP_MAX };
        grant->site.index = MODEL_NONE;
}

static bool grant_finish(Loader *loader, const config_setting_t *group, void *item)
{
        return schema_interval_check(loader, group, &((ModelGrant *)item)->interval);
}

#define GRANT_KEYS(type, member)                                                                   \
        { "role", schema_read_reference, offsetof(type, member role), .flags = SCHEMA_IDENTITY },  \
                { "site", schema_read_reference, offsetof(type, member site),                      \
                  .form = FORM_SITE_PATH },                                                        \
                { "from", schema_read_time, offsetof(type, member interval.from_s) },              \
        {                                                                                          \
                "until", schema_read_time, offsetof(type, member interval.until_s)                 \
        }

static const SchemaKey HELD_GRANT_KEYS[] = { GRANT_KEYS(ModelGrant, ) };

/* A grant without its site or its end would be another grant. */
const SchemaTable SCHEMA_GRANT = {
        .title = "a grant of a role",
        .keys = HELD_GRANT_KEYS,
        .count = SCHEMA_COUNT(HELD_GRANT_KEYS),
        .item_size = sizeof(ModelGrant),
        .place = offsetof(ModelGrant, place),
        .whole = true,
        .start = grant_start,
        .finish = grant_finish,
};

/* ---- What stands by itself ---- */

static bool is_managed(const Loader *loader)
{
        return loader->kind == SOURCE_MANAGED;
}

/* One of two keys, and not both. */
static bool either_check(Loader *loader, const config_setting_t *group, const SchemaTable *table,
                         bool first, bool second)
{
        const char *first_name = table->keys[0].name, *second_name = table->keys[1].name;
        if (first && second)
                return schema_error(loader, group, "\"%s\" and \"%s\" exclude each other",
                                    first_name, second_name);
        if (!first && !second)
                return schema_error(loader, group, "missing key \"%s\" (or \"%s\") in %s",
                                    first_name, second_name, table->title);
        return true;
}

static void assignment_start(Loader *loader, void *item)
{
        ModelAssignment *assignment = item;
        grant_start(loader, &assignment->grant);
        assignment->user.index = assignment->group.index = MODEL_NONE;
        assignment->remark = SCHEMA_REMARK_NONE;
        assignment->managed = is_managed(loader);
}

static bool assignment_finish(Loader *loader, const config_setting_t *group, void *item)
{
        ModelAssignment *assignment = item;
        assignment->grant.place = assignment->place;
        return either_check(loader, group, &SCHEMA_ASSIGNMENT, assignment->user.name != NULL,
                            assignment->group.name != NULL) &&
               grant_finish(loader, group, &assignment->grant);
}

#define FIELD(member) offsetof(ModelAssignment, member)
static const SchemaKey ASSIGNMENT_KEYS[] = {
        { "user", schema_read_reference, FIELD(user), .form = FORM_USER },
        { "group", schema_read_reference, FIELD(group) },
        GRANT_KEYS(ModelAssignment, grant.),
        SCHEMA_REMARK_KEYS(ModelAssignment),
};
#undef FIELD

const SchemaTable SCHEMA_ASSIGNMENT = {
        .title = "an assignment",
        .keys = ASSIGNMENT_KEYS,
        .count = SCHEMA_COUNT(ASSIGNMENT_KEYS),
        .item_size = sizeof(ModelAssignment),
        .place = offsetof(ModelAssignment, place),
        .whole = true,
        .start = assignment_start,
        .finish = assignment_finish,
};

static void membership_start(Loader *loader, void *item)
{
        ModelMembership *membership = item;
        membership->group.index = membership->access_group.index = MODEL_NONE;
        membership->remark = SCHEMA_REMARK_NONE;
        membership->managed = is_managed(loader);
}

static bool membership_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const ModelMembership *membership = item;
        return either_check(loader, group, &SCHEMA_MEMBERSHIP, membership->group.name != NULL,
                            membership->access_group.name != NULL);
}

#define FIELD(member) offsetof(ModelMembership, member)
static const SchemaKey MEMBERSHIP_KEYS[] = {
        { "group", schema_read_reference, FIELD(group) },
        { "access_group", schema_read_reference, FIELD(access_group) },
        { "user", schema_read_reference, FIELD(user), .form = FORM_USER, .flags = SCHEMA_IDENTITY },
        SCHEMA_REMARK_KEYS(ModelMembership),
};
#undef FIELD

const SchemaTable SCHEMA_MEMBERSHIP = {
        .title = "a membership",
        .keys = MEMBERSHIP_KEYS,
        .count = SCHEMA_COUNT(MEMBERSHIP_KEYS),
        .item_size = sizeof(ModelMembership),
        .place = offsetof(ModelMembership, place),
        .whole = true,
        .start = membership_start,
        .finish = membership_finish,
};

static void migration_start(Loader *loader, void *item)
{
        ModelMigration *migration = item;
        migration->remark = SCHEMA_REMARK_NONE;
        migration->managed = is_managed(loader);
}

#define FIELD(member) offsetof(ModelMigration, member)
static const SchemaKey MIGRATION_KEYS[] = {
        { "user", schema_read_reference, FIELD(user), .form = FORM_USER, .flags = SCHEMA_IDENTITY },
        SCHEMA_REMARK_KEYS(ModelMigration),
};
#undef FIELD

const SchemaTable SCHEMA_MIGRATION = {
        .title = "a migration",
        .keys = MIGRATION_KEYS,
        .count = SCHEMA_COUNT(MIGRATION_KEYS),
        .item_size = sizeof(ModelMigration),
        .place = offsetof(ModelMigration, place),
        .whole = true,
        .start = migration_start,
};

/* ---- The daemon's own file ---- */

static const SchemaKey MANAGED_KEYS[] = { SCHEMA_ASSIGNMENT_KEYS };

const SchemaTable SCHEMA_MANAGED_FILE = {
        .title = "a file of managed assignments",
        .keys = MANAGED_KEYS,
        .count = SCHEMA_COUNT(MANAGED_KEYS),
};
