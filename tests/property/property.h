/* SPDX-License-Identifier: MIT */
/*
 * The properties that must hold for every world. Each takes the run and returns true when it held;
 * when not, it has said so on standard error, in a form from which the case can be repeated.
 */
#pragma once

#include "engine.h"

/* One run over many worlds. */
typedef struct Run {
        uint64_t seed;
        Random random;
        Engine engine;
        World world; /* as the engine has it, unless a property says otherwise */
        int world_number;
        uint64_t decisions; /* compared with the reference */
        uint64_t allowed;   /* of those */
        uint64_t changes;   /* grants and the like, compared with the reference */
        uint64_t changes_allowed;
        uint64_t remedies; /* applied and found to help */
        uint64_t reviews;  /* searches compared */
} Run;

/* Reports that QUERY at NOW_S violates PROPERTY, with the policy as text. Returns false. */
bool property_failed(Run *run, const char *property, const RefQuery *query, int64_t now_s);

/* COUNT random questions get the verdict, and a reason, that the reference accepts. */
bool property_decisions_agree(Run *run, int count);

/* COUNT random grants, migrations, memberships and customizations are decided as by the reference.
 */
bool property_delegation_agrees(Run *run, int count);

/* COUNT random sessions by role are decided as by the reference. */
bool property_sessions_agree(Run *run, int count);

/* COUNT answers of who-can name exactly those whom the reference allows, also by Unix groups. */
bool property_who_can_agrees(Run *run, int count);

/* COUNT answers of what-can on a resource, and one on all, name exactly what is allowed. */
bool property_what_can_agrees(Run *run, int count);

/* COUNT searches name exactly the resources of a type where somebody may do something. */
bool property_where_can_agrees(Run *run, int count);

/* COUNT explanations decide as check does, and a named grant is enough on its own. */
bool property_explain_agrees(Run *run, int count);

/* Without the grants that are named, the answer is still right (builds other images). */
bool property_named_grant_matters(Run *run);

/* A denial's remedies, applied to the policy, allow (builds other images). */
bool property_remedies_help(Run *run);

/* The same policy in other files, lists and orders decides the same (builds other images). */
bool property_order_is_nothing(Run *run);

/* Grants given twice change nothing; ended grants are like none; a further grant takes nothing
 * away (builds other images). */
bool property_grants_only_add(Run *run);
