/* SPDX-License-Identifier: MIT */
/*
 * Schema: grants, memberships, migrations
 *
 * The tables of who holds what, and the keys that an organization's files have in common with the
 * daemon's own file.
 */
#pragma once

#include "policy/schema.h"

extern const SchemaTable SCHEMA_MANAGED_FILE; /* target: ModelOrganization */
extern const SchemaTable SCHEMA_GRANT;        /* ModelGrant */
extern const SchemaTable SCHEMA_ASSIGNMENT;   /* ModelAssignment */
extern const SchemaTable SCHEMA_MEMBERSHIP;   /* ModelMembership */
extern const SchemaTable SCHEMA_MIGRATION;    /* ModelMigration */

/* The keys that an organization's files and that of its managed assignments have in common. */
#define SCHEMA_ASSIGNMENT_KEYS                                                                     \
        { "assignments", schema_read_list, offsetof(ModelOrganization, assignments),               \
          .table = &SCHEMA_ASSIGNMENT },                                                           \
                { "memberships", schema_read_list, offsetof(ModelOrganization, memberships),       \
                  .table = &SCHEMA_MEMBERSHIP },                                                   \
                { "migrations", schema_read_list, offsetof(ModelOrganization, migrations),         \
                  .table = &SCHEMA_MIGRATION },                                                    \
        {                                                                                          \
                "customizations", schema_read_list, offsetof(ModelOrganization, customizations),   \
                        .table = &SCHEMA_CUSTOMIZATION                                             \
        }
