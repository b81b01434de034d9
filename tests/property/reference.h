/* SPDX-License-Identifier: MIT */
/*
 * The reference evaluator: the access rules read aloud over a small world. It knows no index, no
 * cache and no line of the engine; it walks every list on every question, so that one can see that
 * it is right. The engine is held against it.
 */
#pragma once

#include "world.h"

typedef enum RefFlag { REF_NOT_STATED, REF_FALSE, REF_TRUE } RefFlag;

typedef enum RefKind {
        REF_PERMISSION,
        REF_GRANT,
        REF_REVOKE,
        REF_MIGRATE,
        REF_ADD_MEMBER,
        REF_REMOVE_MEMBER,
        REF_CUSTOMIZE,
        REF_START_LOCKDOWN,
        REF_END_LOCKDOWN,
} RefKind;

/* A question, as its words. A subject's Unix groups are those attested for it. */
typedef struct RefQuery {
        RefKind kind;
        char user[WORLD_NAME_SIZE];
        char role[WORLD_TEXT_SIZE];       /* grant, revoke: ROLE[@SITEPATH]; customize: ROLE */
        char permission[WORLD_NAME_SIZE]; /* customize: with + or - in front, or "default" */
        char resource[WORLD_TEXT_SIZE];
        int with_count;
        char with[WORLD_WITH_MAX][WORLD_TEXT_SIZE]; /* migrate: ROLE[@SITEPATH] */
        RefFlag active;
        RefFlag is_private;
        RefFlag code;
        int gids_count;
        int gids[WORLD_GIDS_MAX];
} RefQuery;

typedef enum RefVerdict { REF_DENY, REF_ALLOW, REF_ERROR } RefVerdict;

enum { REF_REASONS_MAX = 8 };

/* A verdict with every reason that may be named for it, the most natural one first; NULL after. */
typedef struct RefAnswer {
        RefVerdict verdict;
        const char *reasons[REF_REASONS_MAX];
} RefAnswer;

/* Decides QUERY in WORLD at NOW_S (UTC seconds, years 2024 to 2100). */
RefAnswer reference_decide(const World *world, int64_t now_s, const RefQuery *query);

/*
 * Decides whether QUERY's user may have a session on the host named in its resource. With ROLE (an
 * index into REFERENCE_ROLES) its permission is not looked at and that role or a higher one of the
 * same ladder is needed there; with WORLD_NONE the permission is needed there.
 */
RefAnswer reference_session(const World *world, int64_t now_s, const RefQuery *query, int role);

/*
 * Lists in byte order who may PERMISSION on RESOURCE with nothing else stated, among the users of
 * the resource's organization; RET_NAMES takes WORLD_USERS_MAX pointers into WORLD (*borrows*).
 * Returns how many, or -EINVAL when the question itself cannot be decided.
 */
int reference_who_can(const World *world, int64_t now_s, const char *permission,
                      const char *resource, const char **ret_names);

/*
 * Lists in byte order what the user of WHO, with the Unix groups of WHO, may do on RESOURCE with
 * nothing else stated; RET_PERMISSIONS takes REFERENCE_PERMISSIONS_COUNT (reference_roles.h)
 * pointers to constants. Returns how many.
 */
int reference_what_can(const World *world, int64_t now_s, const RefQuery *who, const char *resource,
                       const char **ret_permissions);

/* Says whether ANSWER accepts the reason NAME. */
bool reference_answer_has(const RefAnswer *answer, const char *name);
