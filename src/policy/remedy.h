/* SPDX-License-Identifier: MIT */
/*
 * Remedies, shared parts
 *
 * remedy.c looks for the way that costs least, remedy_condition.c says what each condition needs,
 * remedy_time.c what depends on time and live state, remedy_delegation.c puts together what a
 * question about granting needs.
 */
#pragma once

#include "policy/explain_parts.h"

/* Changes that together might be enough. */
typedef struct Plan {
        Remedy items[REMEDIES_MAX];
        size_t count;
        bool hopeless; /* something is needed that no such change gives */
} Plan;

/* It points into itself: not to be copied. */
typedef struct RemedySearch {
        Engine engine;
        const DecisionContext *asked; /* as things are */
        DecisionContext context; /* with a clock that is trusted and a live state that is known */
        Subject subject;         /* as if listed and a member already */
        Target target;
        uint32_t permission_index;
        const ImagePermission *permission;
        Ladders ladders;
        Plan common; /* what every way needs: the person, the gates */
} RemedySearch;

/* A way to an allow, compared by what it costs. */
typedef struct Way {
        bool found;
        bool gives; /* a role has to be given */
        uint32_t power;
        Plan plan; /* hopeless when none was found */
} Way;

/* Says whether a way costs less than the best one so far. */
bool way_is_better(const Way *way, const Way *best);

/* Finds the way that costs least to a permission on a target. */
Way way_find(const Image *image, const DecisionContext *context, const Query *query,
             uint32_t permission, const Target *target);

/* Finds the plan for a question about granting. */
Plan delegation_plan(const Image *image, const DecisionContext *context, const Query *query);

/* Adds one remedy unless the plan has it already. */
void plan_add_once(Plan *plan, Remedy remedy);

void plan_add(Plan *plan, Remedy remedy);
bool plan_has(const Plan *plan, RemedyKind kind);

/* Adds the listing of a person who is known through Unix groups only: nothing can be given to him
 * by name before. */
void plan_listing(const RemedySearch *search, Plan *plan);

/* The context of a search: with a clock that is trusted and a live state that is known. */
DecisionContext context_as_if_sound(const DecisionContext *asked);

/* ---- remedy_time.c ---- */

#define WAIT_SECONDS_MAX (INT64_C(8) * 24 * 60 * 60)

/* Adds what brings the person's access into force. */
void plan_person(const RemedySearch *search, Plan *plan);

/* Adds that the clock is mended, or the live state, where it is not sound. */
void plan_clock(const RemedySearch *search, Plan *plan);
void plan_live_known(const RemedySearch *search, Plan *plan);

/* Adds the end of lockdowns, and of a block, that are in the way at the door. */
void plan_lockdowns(const RemedySearch *search, Plan *plan);
void plan_block(const RemedySearch *search, Plan *plan);

/* Adds what lets the person open the door by badge: an access group, or a time. */
void plan_door_access(const RemedySearch *search, Plan *plan);

/* Adds the code where the door asks for one at the time for which is planned. */
void plan_code(const RemedySearch *search, Plan *plan);

/* ---- remedy_condition.c ---- */

/* Adds what makes all of a set of conditions hold. */
void plan_conditions(const RemedySearch *search, uint32_t conditions, Plan *plan);
