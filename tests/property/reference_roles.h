/* SPDX-License-Identifier: MIT */
/*
 * The roles of all systems and what each gives, as the products' tables have it: a permission, and
 * for each ladder the lowest role that has it, for all higher ones of that ladder have it too.
 */
#pragma once

#include "world.h"

/* The catalogues' roles, lowest first within each ladder. */
typedef enum ReferenceRoleId {
        SYSTEM_NONE,
        SYSTEM_MANAGER,
        SYSTEM_ADMIN,
        USER_NONE,
        CREDENTIAL_MANAGER,
        USER_MANAGER,
        USER_ADMIN,
        SITE_NONE,
        SITE_VIEWER,
        SITE_MANAGER,
        SITE_ADMIN,
        LEGACY_MEMBER,
        LEGACY_MANAGER,
        LEGACY_ADMIN,
        LEGACY_SITE_ADMIN,
        ORG_MEMBER,
        ORG_ADMIN,
        CAMERA_NONE,
        LIVE_VIEWER,
        CAMERA_VIEWER,
        CAMERA_ADMIN,
        ACCOUNT_NONE,
        ACCOUNT_VIEWER,
        ACCOUNT_MANAGER,
} ReferenceRoleId;

/* Within a ladder only the highest role counts. */
typedef enum ReferenceLadder {
        LADDER_NONE, /* the role is on none */
        LADDER_SYSTEM,
        LADDER_USER,
        LADDER_SITE,
        LADDER_LEGACY,
        LADDER_CAMERA,
} ReferenceLadder;

typedef struct ReferenceRole {
        const char *name;
        char level; /* o organization, s site, a account */
        ReferenceLadder ladder;
        int rank; /* 0 is None or No Access, where the ladder has it */
        bool is_legacy;
        bool users_only;
        bool is_frozen; /* not to be changed for who has legacy roles */
        /* Any one of these permissions is needed to give it, or to take it; NULL: nobody may. */
        const char *granted_with[2];
        const char *revoked_with[2];
} ReferenceRole;

/* What must hold besides the role; bits. */
typedef enum ReferenceCondition {
        ALWAYS = 0,
        HAS_KEY = 1 << 0,    /* the asker's badge would open the door now */
        NOT_SYNCED = 1 << 1, /* the user or group acted on is not synced */
        NOT_SELF = 1 << 2,   /* it is not the asker, nor a group that holds him */
        SCHEDULE_EXISTS = 1 << 3,
        EXCEPTION_EXISTS = 1 << 4,
        TEMPLATE_EXISTS = 1 << 5,
        ROLL_CALL_ACTIVE = 1 << 6,
        FLOORPLAN_SHOWS_DOOR = 1 << 7,
        HAS_LEGACY = 1 << 8, /* the user acted on holds a legacy role */
        IS_SELF = 1 << 9,    /* the user acted on is the asker */
        IS_MEMBER = 1 << 10, /* the user acted on is a member; a group always */
        NOT_PRIVATE = 1 << 11,
        BEFORE_FREEZE = 1 << 12, /* before 14 November 2024 */
        SITE_VISIBLE = 1 << 13,  /* the asker has some site role here */
        CUSTOMIZABLE = 1 << 14,  /* when a role is customized: it and the permission can be */
        FROM_ANY_SITE = 1 << 15, /* a site role gives it on the organization, from any site */
} ReferenceCondition;

/* One way to a permission: the lowest role of a ladder, and what else must hold. */
typedef struct ReferenceGive {
        ReferenceRoleId role; /* SYSTEM_NONE, which gives nothing, ends the list */
        unsigned conditions;
        ReferenceRoleId also; /* a role to be held at the same place; SYSTEM_NONE: no other */
} ReferenceGive;

enum { REFERENCE_GIVES_MAX = 5, REFERENCE_PERMISSIONS_COUNT = 166 };

typedef struct ReferencePermission {
        const char *name;
        /* Where it may be asked: o organization or account, s site or anything at one, d door, u
         * user, g access group, y entity. */
        const char *scope;
        ReferenceGive gives[REFERENCE_GIVES_MAX];
} ReferencePermission;

extern const ReferenceRole REFERENCE_ROLES[WORLD_ROLES_COUNT];
extern const ReferencePermission REFERENCE_PERMISSIONS[REFERENCE_PERMISSIONS_COUNT];

/* Returns the permission called NAME, NULL when there is none. */
const ReferencePermission *reference_permission_find(const char *name);

/* Says whether ROLE has all that LOWER has. */
bool reference_role_includes(int role, int lower);

/* Says whether organizations may add PERMISSION to ROLE, or take it from it. */
bool reference_can_customize(int role, const ReferencePermission *permission);

/* Returns the conditions of all ways to PERMISSION together. */
unsigned reference_permission_conditions(const ReferencePermission *permission);
