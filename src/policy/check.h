/* SPDX-License-Identifier: MIT */
/*
 * Check, shared parts
 *
 * One Check a run of model_check(). Names are found through tables, one for each list, so that the
 * whole is linear in the size of the policy. A reference that leads nowhere keeps the index
 * MODEL_NONE, and whatever builds on it is passed over: one mistake gives one error.
 */
#pragma once

#include "policy/build.h"
#include "util/text.h"

typedef struct NameSlot {
        uint32_t hash; /* 0: empty */
        uint32_t index;
} NameSlot;

/* The names of a list and where each one stands in it. */
typedef struct NameTable {
        const char *what;   /* what the names are of: "door" */
        const char **names; /* owned array of borrowed names; NULL: an item without one */
        uint32_t count;
        NameSlot *slots;
        uint32_t mask;
        bool incomplete; /* others may be declared where nobody could read */
} NameTable;

/* A list of any type, with the offsets of its items' name and place. */
typedef struct NamedList {
        const char *what;
        const void *items;
        uint32_t count;
        size_t item_size;
        size_t name;
        size_t place;
} NamedList;

#define NAMED_LIST(title, list, type)                                                              \
        ((NamedList){ (title), (list).items, (list).count, sizeof(type), offsetof(type, name),     \
                      offsetof(type, place) })

typedef struct Check {
        Model *model;
        int64_t now_s;
        bool failed; /* without memory */
        NameTable permissions;
        NameTable roles;
        NameTable classes; /* of customization */
        NameTable actions; /* of custom roles */
        bool *asked;       /* by role: another role or a session rule asks for it; owned */
        uint64_t *gives;   /* by role: bits of the permissions that it gives, owned; NULL: not known
                              because of errors */
        uint32_t gives_words;
        uint64_t all_roles;   /* of catalogues and organizations, variants too */
        uint64_t comparisons; /* left for "did you mean" */
        /* What stands behind an error: what to do about something that nobody edits, for whom "did
         * you mean" is no help; "" mostly. */
        const char *advice;
} Check;

/* The names of one organization. */
typedef struct OrganizationNames {
        NameTable sites, doors, hosts, groups, access_groups, users, access_levels, schedules,
                door_exceptions, calendars, roles, entities;
        uint32_t managed_file; /* of the diagnostics: whose grants nobody edits; or PLACE_NO_FILE */
} OrganizationNames;

/* ---- check_names.c ---- */

/* Fills a table with the names of a list and reports names that stand twice. Without memory the
 * check has failed and the table is empty. */
void name_table_fill(Check *check, const NamedList *list, NameTable *table);

/* As name_table_fill() for things at a site: their names are paths. site_offset: where an item's
 * number of its site is. */
void name_table_fill_paths(Check *check, const NamedList *list,
                           const ModelOrganization *organization, size_t site_offset,
                           NameTable *table);
void name_table_clear(NameTable *table);

/* Reports names of a list that stand twice. */
void check_duplicates(Check *check, NamedList list);

/* Finds a name. Return: its index, or MODEL_NONE. */
uint32_t name_table_find(const NameTable *table, const char *name);

/* Finds what references mean and reports those that lead nowhere, with the nearest name.
 * In an incomplete table what is missing is not reported: one mistake gives one error.
 * Return (of the first): whether it was found. A reference without a name is found, as nothing. */
bool check_reference(Check *check, const NameTable *table, Reference *reference);
void check_references(Check *check, const NameTable *table, ReferenceList *list);

/* Writes a name from a policy so that it can stand in a message. Return: buffer. */
#define CHECK_NAME_SIZE 600
const char *check_name(const char *name, char buffer[static CHECK_NAME_SIZE]);

/* Writes "FILE:LINE". Return: buffer. */
#define CHECK_PLACE_SIZE 4200
const char *check_place(const Check *check, Place place, char buffer[static CHECK_PLACE_SIZE]);

/* Reports a list that is longer than it may be. */
void check_count(const Check *check, uint32_t count, uint32_t maximum, const char *what,
                 Place place);

/* Reports a time zone that this machine does not know. zone NULL: none is stated. */
void check_zone(const Check *check, const char *zone, Place place);

/* ---- the subjects ---- */

/* Permissions and roles: fills the check's tables, resolves and numbers ladders. */
void check_catalogue(Check *check);

/* What check_catalogue() runs last: who gives the roles, classes, what organizations may make. */
void check_roles(Check *check);

/* Says whether a role of the catalogues gives a permission, itself or by a role it includes. */
bool check_role_gives(const Check *check, uint32_t role, uint32_t permission);

/* Entities, custom roles and customizations of one organization, part of check_organization(). */
void check_organization_roles(Check *check, ModelOrganization *organization,
                              OrganizationNames *names);

/* One organization but for its grants. Fills `names` (cleared by the caller). */
void check_organization(Check *check, ModelOrganization *organization, OrganizationNames *names);

/* Schedules, exceptions and calendars of one organization, and who refers to them; part of
 * check_organization(). */
void check_schedules(Check *check, ModelOrganization *organization, const OrganizationNames *names);

/* The exceptions, part of check_schedules(): what they name, and that of each door and access level
 * no two hold the same day. The days of calendars have been read. */
void check_exceptions(Check *check, ModelOrganization *organization,
                      const OrganizationNames *names);

/* Reports windows of one schedule or exception that overlap and give a door different states. */
void check_windows(Check *check, const ModelWindowList *weekly);

/* Lockdowns of one organization: adds the doors of their sites; part of check_organization(). */
void check_lockdowns(Check *check, ModelOrganization *organization, const OrganizationNames *names);

/* Adds assignments and memberships to users and groups, and leaves out what migrated users held
 * before. Part of check_organization(). */
void check_assignments(Check *check, ModelOrganization *organization, OrganizationNames *names);

/* Begins what to do about a managed item that leads nowhere. It can be taken away by command only
 * while the policy in force, and all else in the text, knows what it is about. */
#define CHECK_ADVICE "; undo that edit and first run: doorward "

/* What to do about a managed grant that cannot stay; type: "user" or "group". Return: buffer. */
#define CHECK_ADVICE_SIZE 2560
const char *check_revoke_advice(const ModelOrganization *organization, const ModelGrant *grant,
                                const char *type, const char *holder,
                                char buffer[static CHECK_ADVICE_SIZE]);

/* The grants of one organization. */
void check_grants(Check *check, ModelOrganization *organization, const OrganizationNames *names);

/* Persons and callers of all organizations: who has which uid. */
void check_uids(Check *check);

/* Certificates, cards and fronts: whose they are. */
void check_callers(Check *check);

/* Session rules and settings of this host. */
void check_settings(Check *check);
