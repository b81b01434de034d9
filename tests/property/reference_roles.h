/* SPDX-License-Identifier: MIT */
/*
 * The access roles and what each gives, as a table of permissions: since every role of a ladder
 * does all that the lower ones do, one number a ladder says it.
 */
#pragma once

#include "world.h"

typedef enum ReferenceCondition {
        ALWAYS,
        NOT_SYNCED,     /* the user or access group acted on is not synced */
        NOT_SELF,       /* the user or group named by with= is not the asker, nor holds him */
        VIEWER_HAS_KEY, /* a Viewer opens only what his badge would open now */
        SCHEDULE_EXISTS,
        EXCEPTION_EXISTS,
        TEMPLATE_EXISTS,
        ROLL_CALL_ACTIVE,
        FLOORPLAN_SHOWS_DOOR,
        BOTH_ADMINS, /* all of its ladders are needed, and the target has a legacy role */
} ReferenceCondition;

typedef struct ReferencePermission {
        const char *name;
        /* Where it may be asked: o organization, s site or anything at one, d door, u user, g
         * access group. */
        const char *scope;
        int rank[LADDER_COUNT]; /* the lowest that gives it on each ladder; 0: none does */
        ReferenceCondition condition;
} ReferencePermission;

/* All roles, lowest rank first within each ladder. */
extern const WorldRole REFERENCE_ROLES[WORLD_ROLES_COUNT];

/* Says how many permissions there are, access.door.enter (which no role gives) among them. */
int reference_permissions_count(void);

/* Returns permission INDEX, a constant. */
const ReferencePermission *reference_permission(int index);

/* Returns the permission called NAME, NULL when there is none. */
const ReferencePermission *reference_permission_find(const char *name);
