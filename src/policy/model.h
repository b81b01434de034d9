/* SPDX-License-Identifier: MIT */
/*
 * Model
 *
 * A policy as it was read: one struct a thing, each with the place where it stands, nothing
 * resolved but what model_check() fills in. Everything lives in one arena; names are checked
 * for their form when they are read, and references are names until model_check() has found what
 * they mean. Lists are plain arrays.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/daemon_settings.h"
#include "policy/diagnostics.h"
#include "policy/vocabulary.h"
#include "util/arena.h"
#include "util/fingerprint.h"
#include "util/timestamp.h"

#define MODEL_NONE UINT32_MAX

/* A grant's role: an index into the model's roles; of a custom role that of the organization's
 * roles plus MODEL_CUSTOM. */
#define MODEL_CUSTOM 0x80000000u

/* A name that stands for something declared elsewhere. */
typedef struct Reference {
        const char *name;
        Place place;
        uint32_t index; /* set by model_check(): position in the list it refers to; MODEL_NONE
                           before */
} Reference;

#define LIST_OF(type)                                                                              \
        struct {                                                                                   \
                type *items;                                                                       \
                uint32_t count;                                                                    \
                uint32_t capacity;                                                                 \
        }

typedef LIST_OF(Reference) ReferenceList;

/* [from, until): contains its start, not its end. */
typedef struct Interval {
        int64_t from_s;  /* TIMESTAMP_MIN when not stated */
        int64_t until_s; /* TIMESTAMP_MAX when not stated */
} Interval;

/* ---- Role catalogues ---- */

typedef struct ModelPermission {
        const char *name;
        const char *title;
        Place place;
        uint32_t scopes;          /* bits of Scope */
        uint32_t gates;           /* bits of Gate */
        uint32_t without_role;    /* bits of Condition; 0: only a role gives it */
        uint32_t command;         /* PermissionCommand that it decides, or MODEL_NONE */
        const char *customizable; /* class of customization, or NULL */
        uint32_t class_bit;       /* set by model_check(); 0: none */
} ModelPermission;

/* One permission that a role gives. */
typedef struct ModelEntry {
        Reference permission;
        uint32_t scopes;             /* bits of Scope; 0: as the permission says */
        uint32_t *alternatives;      /* each a set of Condition bits that must all hold */
        uint32_t alternatives_count; /* 0: no condition */
        ReferenceList also;          /* roles of which the holder must have one as well */
        bool any_site;               /* given on the organization by the role at any site */
        Place place;
} ModelEntry;

typedef struct ModelRole {
        const char *name;
        const char *title;
        const char *description;
        Place place;
        RoleLevel level;
        const char *ladder;    /* NULL: a role of its own */
        uint32_t ladder_index; /* set by model_check(); MODEL_NONE without ladder */
        uint32_t rank;         /* in its ladder; 0: None, No Access */
        bool user_may_hold;
        bool group_may_hold;
        bool legacy;
        bool administers_organization;
        bool frozen_until_migrated; /* not granted to or revoked from a user with legacy roles */
        bool every_member;          /* held by every member of an organization */
        ReferenceList customizable; /* classes; index unused */
        uint32_t class_bits;        /* set by model_check() */
        ReferenceList includes;
        ReferenceList implies;      /* held as well, at all sites */
        ReferenceList requires;     /* one of them must be held for this one to have effect */
        ReferenceList granted_with; /* permissions, any of which; none: nobody grants it */
        ReferenceList revoked_with; /* none: as granted_with */
        LIST_OF(ModelEntry) entries;
} ModelRole;

/* What the roles that organizations make for themselves can hold, and who gives them. At most one
 * catalogue says it. Their level is account. */
typedef struct ModelAction {
        const char *name; /* "read" */
        Reference permission;
        Place place;
} ModelAction;

typedef struct ModelCustomRoles {
        bool stated;
        bool user_may_hold;
        bool group_may_hold;
        ReferenceList granted_with;
        ReferenceList revoked_with;
        LIST_OF(ModelAction) actions;
        Place place;
} ModelCustomRoles;

/* ---- Organizations ---- */

typedef struct ModelGrant {
        Reference role;
        Reference site; /* name NULL: the organization; else the path without the organization */
        Interval interval;
        Place place;
} ModelGrant;

typedef LIST_OF(ModelGrant) ModelGrantList;

/* Who changed something, when and why, where that is remarked. */
typedef struct ModelRemark {
        const char *by;     /* user's name, or NULL */
        int64_t at_s;       /* TIMESTAMP_MIN when not stated */
        const char *reason; /* or NULL */
} ModelRemark;

/* A grant that stands by itself, not within its holder. model_check() adds it to the holder's. */
typedef struct ModelAssignment {
        Reference user;  /* name NULL: a group's */
        Reference group; /* name NULL: a user's */
        ModelGrant grant;
        ModelRemark remark;
        bool managed; /* stands in the daemon's own file */
        Place place;
} ModelAssignment;

/* A user's being in a group, standing by itself. model_check() adds it to the user's groups. */
typedef struct ModelMembership {
        Reference user;
        Reference group;        /* name NULL: of an access group */
        Reference access_group; /* name NULL: of a group */
        ModelRemark remark;
        bool managed;
        Place place;
} ModelMembership;

/* A user who was migrated: his legacy roles have no effect any more. */
typedef struct ModelMigration {
        Reference user;
        ModelRemark remark;
        bool managed;
        Place place;
} ModelMigration;

/* Permissions that an organization adds to a role of the catalogues, or removes from it. */
typedef struct ModelCustomization {
        Reference role;
        ReferenceList add;
        ReferenceList remove;
        ModelRemark remark;
        bool managed;
        Place place;
} ModelCustomization;

/* An entity of an account. */
typedef struct ModelEntity {
        const char *name;
        Place place;
} ModelEntity;

/* What a custom role may do with one entity. */
typedef struct ModelEntityActions {
        Reference entity;
        ReferenceList actions; /* of ModelCustomRoles */
        Place place;
} ModelEntityActions;

typedef struct ModelCustomRole {
        const char *name;
        const char *title;
        const char *description;
        LIST_OF(ModelEntityActions) entities;
        Place place;
} ModelCustomRole;

typedef struct ModelDoor {
        const char *name;
        const char *title;
        Place place;
        uint32_t site; /* index into the organization's sites */
        bool remote_unlock;
        Place remote_unlock_place;
        Reference schedule;       /* of kind door; name NULL: none */
        ReferenceList exceptions; /* of doors */
        DoorState default_state;
        uint32_t release_s;          /* seconds that an unlock lasts */
        uint32_t extended_release_s; /* for people who need more time */
} ModelDoor;

typedef struct ModelHost {
        const char *name;
        const char *title;
        Place place;
        uint32_t site;
} ModelHost;

typedef struct ModelSite {
        const char *name;
        const char *path; /* without the organization: "HQ/Tower" */
        const char *title;
        const char *timezone; /* NULL: as above it */
        Place timezone_place;
        Place place;
        uint32_t parent; /* MODEL_NONE at the top */
        uint32_t depth;  /* 1 at the top */
        bool remote_unlock;
        Place remote_unlock_place;
} ModelSite;

/* A Unix group that gives membership to the people the kernel says are in it. */
typedef struct ModelUnixGroup {
        const char *name; /* NULL when only the number is stated */
        bool gid_stated;
        uint32_t gid; /* stated, or set by model_resolve_unix_groups() */
        bool resolved;
        Place place;
} ModelUnixGroup;

typedef struct ModelGroup {
        const char *name;
        const char *title;
        Place place;
        bool synced;
        bool mapped; /* unix_group holds something */
        ModelUnixGroup unix_group;
        ModelGrantList roles; /* none for access groups */
} ModelGroup;

/* What a reader reads from somebody's card. */
typedef struct ModelCard {
        uint64_t number;
        Place place;
} ModelCard;

typedef struct ModelUser {
        const char *name;
        const char *title;
        Place place;
        bool member;
        bool synced;
        bool remote_unlock;
        Place remote_unlock_place;
        bool extended_time; /* a door stays unlocked longer for him */
        bool uid_stated;
        uint32_t uid;
        bool suspended;
        Interval access; /* dates of access */
        Place access_place;
        ReferenceList groups;
        ReferenceList access_groups;
        LIST_OF(ModelCard) cards;
        ModelGrantList roles;
        bool migrated; /* set by model_check() */
} ModelUser;

/* Members of a Unix group who need not be listed one by one. */
typedef struct ModelPeople {
        ModelUnixGroup unix_group;
        ReferenceList groups;
        ReferenceList access_groups;
        Place place;
} ModelPeople;

typedef struct ModelAccessLevel {
        const char *name;
        const char *title;
        Place place;
        ReferenceList doors; /* paths without the organization */
        ReferenceList access_groups;
        Reference schedule; /* name NULL: always */
} ModelAccessLevel;

/* One weekly window. minute_to <= minute_from: over midnight, into the next day. state: of doors;
 * DOOR_STATE_COUNT where none is stated. */
typedef struct ModelWindow {
        uint32_t days;        /* bit 0 Monday … bit 6 Sunday */
        uint32_t minute_from; /* 0 to 1439 */
        uint32_t minute_to;   /* 1 to 1440, not itself included */
        uint32_t state;
        Place place;
} ModelWindow;

typedef LIST_OF(ModelWindow) ModelWindowList;
typedef LIST_OF(int32_t) ModelDays; /* days since 1970-01-01 */

/* Whole days, from an iCalendar file (RFC 5545) in the policy's calendars.d. */
typedef struct ModelCalendar {
        const char *name;
        const char *title;
        const char *file; /* its name in calendars.d */
        Place file_place;
        ModelDays days;      /* read with the text: ascending, without repeats */
        int32_t known_until; /* the first day that was not looked at */
        Place place;
} ModelCalendar;

typedef struct ModelSchedule {
        const char *name;
        const char *title;
        ScheduleKind kind;
        const char *timezone; /* NULL: that of the door's site */
        Place timezone_place;
        Place place;
        ModelWindowList weekly;
} ModelSchedule;

/* On its days a door's state, or an access level's schedule, is what it says. */
typedef struct ModelException {
        const char *name;
        const char *title;
        ScheduleKind kind;
        Place place;
        ModelDays days;          /* stated one by one */
        ReferenceList calendars; /* and those of calendars */
        ModelWindowList weekly;
        DoorState state;             /* of doors: outside of the windows */
        ReferenceList access_levels; /* of access: whose schedule it replaces */
} ModelException;

/* People named one by one and by group. */
typedef struct ModelPeopleList {
        ReferenceList users, groups, access_groups;
        Place place;
} ModelPeopleList;

typedef struct ModelLockdown {
        const char *name;
        const char *title;
        ReferenceList doors; /* paths without the organization; model_check() adds those of sites */
        ReferenceList sites; /* all doors there and below */
        DoorMode mode;       /* DOOR_MODE_LOCKED_DOWN or DOOR_MODE_LOCKED_OPEN */
        uint32_t rank;
        uint32_t automatic_end_s; /* 0: ended by hand only */
        ModelPeopleList trigger, release, unlock;
        Place place;
} ModelLockdown;

typedef struct ModelTemplate {
        const char *name;
        const char *title;
        Reference site;
        Place place;
} ModelTemplate;

typedef struct ModelFloorplan {
        const char *name;
        const char *title;
        ReferenceList doors;
        Place place;
} ModelFloorplan;

/* A program that may ask, unlock or report at some sites, known by its uid here, by the certificate
 * it has on other hosts, or by both. */
typedef struct ModelCaller {
        const char *name;
        const char *title;
        bool uid_stated, certificate_stated; /* at least one */
        uint32_t uid;
        Fingerprint certificate;
        uint32_t may;        /* bits of CallerRight */
        ReferenceList sites; /* none: every site of the organization */
        Place place;
} ModelCaller;

typedef struct ModelOrganization {
        const char *name;
        const char *title;
        const char *timezone; /* "UTC" when not stated */
        Place timezone_place;
        Place place;
        bool remote_unlock;
        Place remote_unlock_place;
        LIST_OF(ModelSite) sites;
        LIST_OF(ModelDoor) doors;
        LIST_OF(ModelHost) hosts;
        LIST_OF(ModelGroup) groups;
        LIST_OF(ModelGroup) access_groups;
        LIST_OF(ModelUser) users;
        LIST_OF(ModelPeople) people;
        LIST_OF(ModelAccessLevel) access_levels;
        LIST_OF(ModelSchedule) schedules;
        LIST_OF(ModelException) door_exceptions;
        LIST_OF(ModelException) access_exceptions;
        LIST_OF(ModelCalendar) calendars;
        LIST_OF(ModelLockdown) lockdowns;
        LIST_OF(ModelTemplate) templates;
        LIST_OF(ModelFloorplan) floorplans;
        LIST_OF(ModelCaller) callers;
        LIST_OF(ModelEntity) entities;
        LIST_OF(ModelCustomRole) roles;
        LIST_OF(ModelCustomization) customizations;
        LIST_OF(ModelAssignment) assignments;
        LIST_OF(ModelMembership) memberships;
        LIST_OF(ModelMigration) migrations;
        bool incomplete; /* a file of it is empty or could not be read: not all names are known */
} ModelOrganization;

/* ---- This host: doorward.conf ---- */

typedef struct ModelSessionRule {
        ReferenceList services; /* index unused */
        SessionRuleKind kind;
        Reference role;       /* SESSION_RULE_ROLE */
        Reference permission; /* SESSION_RULE_PERMISSION */
        bool at_door;         /* resource = "door" */
        bool subject_is_caller;
        Place place;
} ModelSessionRule;

/* A process of this host whose word on certificates is taken: doorward-http. */
typedef struct ModelFront {
        const char *name;
        const char *user; /* an account's name; NULL: the uid is stated */
        bool uid_known;   /* stated, or set by model_resolve_fronts() */
        uint32_t uid;
        Place place;
} ModelFront;

typedef struct ModelHostSettings {
        bool stated;     /* doorward.conf exists */
        bool incomplete; /* and could not be read */
        Place place;
        Reference host; /* PATH of host:PATH, organization first; name NULL when not stated */
        uint32_t host_organization; /* set by model_check() with host.index = its place in the
                                     * organization's hosts */
        ReferenceList break_glass;
        LIST_OF(ModelSessionRule) sessions;
        LIST_OF(ModelFront) fronts;
        bool observe;
        int64_t observe_until_s;
        Place observe_place;
        bool sessions_need_journal; /* journal_failure.sessions = "deny" */
        bool unlocks_need_journal;  /* journal_failure.unlocks = "deny" */
        DaemonSettings daemon;
} ModelHostSettings;

/* ---- Policy tests ---- */

typedef struct ModelTest {
        const char *query;   /* NULL for a who_can test */
        const char *who_can; /* "PERMISSION RESOURCE", or NULL */
        int64_t at_s;
        Outcome expect;
        const char *reason;  /* NULL: any */
        ReferenceList users; /* who_can: the complete list; index unused */
        Place place;
} ModelTest;

typedef struct Model {
        Arena *arena;
        Diagnostics *diagnostics; /* borrowed: names the files of all places */
        LIST_OF(ModelPermission) permissions;
        LIST_OF(ModelRole) roles;
        uint32_t ladders; /* set by model_check() */
        ModelCustomRoles custom_roles;
        LIST_OF(ModelOrganization) organizations;
        ModelHostSettings settings;
        LIST_OF(ModelTest) tests;
        bool catalogues_incomplete;    /* a catalogue could not be read */
        bool organizations_incomplete; /* nor could the folder of the organizations */
        uint64_t fingerprint;          /* over the names and bytes of every file read */
} Model;

/* Creates an empty model that reports to diagnostics (borrowed, must outlive it).
 * Return: owned by the caller, or NULL without memory. */
Model *model_new(Diagnostics *diagnostics);
Model *model_free(Model *model);
DEFINE_CLEANUP(Model *, model_free);

/* Makes room for one more item of a LIST_OF in the model's arena.
 * Return (as an expression): the new item, zeroed, or NULL without memory. */
#define model_append(model, list)                                                                  \
        ((__typeof__((list)->items))model_append_sized((model), (void **)&(list)->items,           \
                                                       &(list)->count, &(list)->capacity,          \
                                                       sizeof(*(list)->items)))
void *model_append_sized(Model *model, void **items, uint32_t *count, uint32_t *capacity,
                         size_t item_size);
