/* SPDX-License-Identifier: MIT */
/*
 * A small world: everything that a policy says about organizations, sites, people and doors, as
 * plain arrays that refer to one another by index. Random worlds are made of it, printed as a
 * policy directory, and judged by the reference evaluator. Sizes are fixed: a world owns no memory.
 */
#pragma once

#include "world_time.h"

enum {
        WORLD_NONE = -1, /* no site (the organization itself), no schedule, no Unix group */
        WORLD_TEXT_SIZE = 640,
        WORLD_ORGANIZATIONS_MAX = 3,
        WORLD_SITES_MAX = 24,
        WORLD_DOORS_MAX = 24,
        WORLD_HOSTS_MAX = 6,
        WORLD_GROUPS_MAX = 8,
        WORLD_ACCESS_GROUPS_MAX = 6,
        WORLD_USERS_MAX = 16, /* random worlds leave room for two */
        WORLD_PEOPLE_MAX = 3,
        WORLD_LEVELS_MAX = 6,
        WORLD_SCHEDULES_MAX = 6,
        WORLD_PLANS_MAX = 4,
        WORLD_CALENDARS_MAX = 2,
        WORLD_LOCKDOWNS_MAX = 3,
        WORLD_GRANTS_MAX = 10, /* random worlds leave room for four */
        WORLD_WITH_MAX = 3,
        WORLD_GIDS_MAX = 5,
        WORLD_ENTITIES_MAX = 4,
        WORLD_CUSTOM_ROLES_MAX = 3,
        WORLD_CUSTOMIZATIONS_MAX = 2,
        WORLD_ROLES_COUNT = 24, /* of the catalogues */
};

typedef struct WorldGrant {
        int role; /* index into REFERENCE_ROLES; WORLD_ROLES_COUNT + k: custom role k */
        int site; /* WORLD_NONE for roles of the organization */
        WorldInterval interval;
} WorldGrant;

typedef struct WorldGrants {
        int count;
        WorldGrant item[WORLD_GRANTS_MAX];
} WorldGrants;

typedef struct WorldSite {
        char name[WORLD_NAME_SIZE];
        int parent; /* an index lower than its own, or WORLD_NONE */
        bool remote_unlock;
        WorldZone zone;
} WorldSite;

/* A door, or a host (which has a name and a site only). */
typedef struct WorldDoor {
        char name[WORLD_NAME_SIZE];
        int site;
        bool remote_unlock;
        bool has_schedule;
        int schedule;
        WorldList exceptions;
        WorldState default_state;
        WorldLiveDoor live;
} WorldDoor;

typedef struct WorldGroup {
        char name[WORLD_NAME_SIZE];
        bool synced;
        int gid;
        WorldGrants grants;
} WorldGroup;

typedef struct WorldAccessGroup {
        char name[WORLD_NAME_SIZE];
        bool synced;
} WorldAccessGroup;

typedef struct WorldUser {
        char name[WORLD_NAME_SIZE];
        int uid; /* WORLD_NONE when not stated */
        bool member;
        bool synced;
        bool remote_unlock;
        bool suspended;
        bool migrated; /* the legacy roles that are still written have no effect */
        WorldInterval access;
        WorldList groups;
        WorldList access_groups;
        WorldGrants grants;
        WorldLiveUser live;
} WorldUser;

typedef struct WorldPeople {
        int gid;
        WorldList groups;
        WorldList access_groups;
} WorldPeople;

typedef struct WorldLevel {
        char name[WORLD_NAME_SIZE];
        WorldList doors;
        WorldList access_groups;
        int schedule;
} WorldLevel;

typedef struct WorldFloorplan {
        char name[WORLD_NAME_SIZE];
        WorldList doors;
} WorldFloorplan;

typedef struct WorldTemplate {
        char name[WORLD_NAME_SIZE];
        int site;
} WorldTemplate;

typedef struct WorldEntity {
        char name[WORLD_NAME_SIZE];
} WorldEntity;

/* A role that an organization made for itself. */
typedef struct WorldCustomRole {
        char name[WORLD_NAME_SIZE];
        unsigned actions[WORLD_ENTITIES_MAX]; /* bits: create, read, update, delete */
} WorldCustomRole;

/* What an organization changed about one role; the numbers are those of permissions. */
typedef struct WorldCustomization {
        int role;
        WorldList add;
        WorldList remove;
} WorldCustomization;

typedef struct WorldOrganization {
        char name[WORLD_NAME_SIZE];
        WorldZone zone;
        bool remote_unlock;
        int sites_count, doors_count, hosts_count, groups_count, access_groups_count, users_count;
        int people_count, levels_count, schedules_count, floorplans_count, templates_count;
        int exceptions_count, access_exceptions_count, calendars_count, lockdowns_count;
        int entities_count, custom_roles_count, customizations_count;
        WorldSite sites[WORLD_SITES_MAX];
        WorldDoor doors[WORLD_DOORS_MAX];
        WorldDoor hosts[WORLD_HOSTS_MAX];
        WorldGroup groups[WORLD_GROUPS_MAX];
        WorldAccessGroup access_groups[WORLD_ACCESS_GROUPS_MAX];
        WorldUser users[WORLD_USERS_MAX];
        WorldPeople people[WORLD_PEOPLE_MAX];
        WorldLevel levels[WORLD_LEVELS_MAX];
        WorldSchedule schedules[WORLD_SCHEDULES_MAX];
        WorldFloorplan floorplans[WORLD_PLANS_MAX];
        WorldTemplate templates[WORLD_PLANS_MAX];
        WorldException exceptions[WORLD_PLANS_MAX];
        WorldException access_exceptions[WORLD_PLANS_MAX];
        WorldCalendar calendars[WORLD_CALENDARS_MAX];
        WorldLockdown lockdowns[WORLD_LOCKDOWNS_MAX];
        WorldEntity entities[WORLD_ENTITIES_MAX];
        WorldCustomRole custom_roles[WORLD_CUSTOM_ROLES_MAX];
        WorldCustomization customizations[WORLD_CUSTOMIZATIONS_MAX];
} WorldOrganization;

typedef struct World {
        int organizations_count;
        bool live_unknown;    /* what was changed at the doors cannot be read */
        bool clock_untrusted; /* the time may be any other */
        WorldOrganization organizations[WORLD_ORGANIZATIONS_MAX];
} World;
