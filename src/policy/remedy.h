/* SPDX-License-Identifier: MIT */
/*
 * Remedies, shared parts
 *
 * remedy.c looks for the way that costs least, remedy_condition.c says what each condition needs,
 * remedy_delegation.c puts together what a question about granting needs.
 */
#pragma once

#include "policy/explain_parts.h"

/* Changes that together might be enough. */
typedef struct Plan {
        Remedy items[REMEDIES_MAX];
        size_t count;
        bool hopeless; /* something is needed that no such change gives */
} Plan;

typedef struct RemedySearch {
        Engine engine;
        Subject subject; /* as if listed and a member already */
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

/* Adds what brings the person's access into force. */
void plan_person(const RemedySearch *search, Plan *plan);

/* Adds what makes all of a set of conditions hold. */
void plan_conditions(const RemedySearch *search, uint32_t conditions, Plan *plan);
