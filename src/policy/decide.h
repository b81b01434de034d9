/* SPDX-License-Identifier: MIT */
/*
 * Decide
 *
 * The decision itself: a pure function of an image, a context (time, attested Unix groups) and a
 * query. No clock, no input or output, no allocation, no logging. Everybody who decides (check,
 * explain, who-can, what-can, the daemon) calls policy_decide(); explain hands in a recorder.
 *
 * Questions about granting (query.h) are decided by delegation.c and its neighbours: each is asked
 * back as the permissions that the catalogues name for it.
 *
 * Live state is bound to the image before; a clock that cannot be trusted is said so.
 *
 * The order: request and names; subject; roles in force at the place; the highest role of each
 * ladder; what those roles give; its conditions; gates. Deny is where every path ends that does
 * not reach the one allow.
 */
#pragma once

#include "policy/image.h"
#include "policy/live.h"
#include "policy/query.h"
#include "policy/vocabulary.h"

/* What a decision depends on besides policy and query. */
typedef struct DecisionContext {
        int64_t now_s;
        /* Unix groups of the subject, as the kernel or the module attested them: sorted ascending,
         * without repeats. NULL and 0: none. Borrowed. */
        const uint32_t *unix_groups;
        size_t unix_group_count;
        /* Suspensions, dates, overrides and lockdowns, bound to this image. NULL: not considered.
         * Borrowed. */
        const LiveState *live;
        /* now_s may be wrong: whatever is bound to time is undetermined, and so denied. */
        bool clock_untrusted;
} DecisionContext;

/* Says whether something that ends has ended by now. A clock that cannot be trusted ends nothing.
 */
static inline bool decision_has_ended(const DecisionContext *context, int64_t until_s)
{
        return !context->clock_untrusted && context->now_s >= until_s;
}

/* The same moment and live state, with the Unix groups (borrowed) of somebody else. */
static inline DecisionContext decision_context_with(const DecisionContext *now,
                                                    const uint32_t *unix_groups, size_t count)
{
        DecisionContext context = *now;
        context.unix_groups = unix_groups;
        context.unix_group_count = count;
        return context;
}

/* What was decided, and by what. Indices into the image; IMAGE_NONE where there is none. */
typedef struct Decision {
        Outcome outcome;
        Reason reason;
        uint32_t organization;
        uint32_t user; /* IMAGE_NONE for people who are known by a Unix group only */
        uint32_t permission;
        uint32_t role;  /* allow: the role that gives it; deny: the one that would give it, but
                         * for a condition or a gate */
        uint32_t grant; /* by which that role is held */
        uint32_t access_level;      /* the level that opens the door, or whose schedule is off */
        Condition failed_condition; /* deny: the condition that does not hold; 0 otherwise */
        Gate failed_gate;           /* deny: the gate that beats the role; 0 otherwise */
        /* Of a question about granting: the role that would change hands, the place where it is
         * or would be held (IMAGE_NONE: the organization), for which `permission` decided. */
        uint32_t handed_role;
        uint32_t handed_site;
        ImagePlace place;     /* what decided: the grant or access level that allows, the line that
                               * denies (suspension, switch, level); file IMAGE_NONE: none */
        uint32_t lockdown;    /* deny: the lockdown that is in the way; IMAGE_NONE otherwise */
        const LiveNote *note; /* the live change that denies; NULL: none. Borrowed from the live
                               * state of the context */
} Decision;

/* A decision that names nothing yet. */
static inline Decision decision_new(Outcome outcome, Reason reason)
{
        return (Decision){
                .outcome = outcome,
                .reason = reason,
                .organization = IMAGE_NONE,
                .user = IMAGE_NONE,
                .permission = IMAGE_NONE,
                .role = IMAGE_NONE,
                .grant = IMAGE_NONE,
                .access_level = IMAGE_NONE,
                .handed_role = IMAGE_NONE,
                .handed_site = IMAGE_NONE,
                .place = { IMAGE_NONE, 0 },
                .lockdown = IMAGE_NONE,
        };
}

/* The subject, as far as the policy knows him. */
typedef struct Subject {
        uint32_t organization;
        uint32_t user; /* IMAGE_NONE: known only through Unix groups */
        bool member;
        bool mapped; /* at least one of his Unix groups is mapped here */
        Text name;
} Subject;

/* Where a resource is. */
typedef struct Target {
        ResourceType type;
        uint32_t organization;
        uint32_t index;    /* in its section; IMAGE_NONE for what is not declared */
        uint32_t site;     /* IMAGE_NONE for what lies at no site */
        uint32_t position; /* of the site, or of the organization */
        uint32_t scopes;   /* in which permissions can be asked on it */
} Target;

/* What happened to one held role while deciding. */
typedef enum StepKind {
        STEP_ROLE_ELSEWHERE,     /* the role is held at a place that does not hold the resource */
        STEP_ROLE_NOT_NOW,       /* its grant has not begun or has ended */
        STEP_CLOCK_UNTRUSTED,    /* its grant has a start or an end, and the time is not known */
        STEP_ROLE_LOWER,         /* a higher role of the same ladder counts instead */
        STEP_ROLE_LACKS,         /* the role counts here and does not give the permission */
        STEP_ROLE_OTHER_ENTITY,  /* the role gives the permission for entities it names, not here */
        STEP_ROLE_NEEDS_ANOTHER, /* it has no effect without a role it requires, or `also` */
        STEP_CONDITION_FAILS,    /* the role gives it, `condition` does not hold for `reason` */
        STEP_GIVES,              /* the role gives it and all conditions hold */
        STEP_GATE,               /* `gate` denies for `reason` */
} StepKind;

typedef struct Step {
        StepKind kind;
        uint32_t permission; /* asked about; IMAGE_NONE: a role is. Filled in by step(). */
        uint32_t role;
        uint32_t grant;
        bool implied;
        Condition condition;
        Gate gate;
        Reason reason;
        uint32_t access_level;
        uint32_t lockdown; /* IMAGE_NONE: none */
        ImagePlace place;
        const LiveNote *note; /* NULL: none */
} Step;

/* Told what happens while deciding, in order. Called from inside policy_decide(). */
typedef struct Recorder {
        void (*step)(struct Recorder *recorder, const Step *step);
} Recorder;

/*
 * Decides. recorder may be NULL. Never fails: what cannot be decided is OUTCOME_ERROR with its
 * reason (unknown-resource, unknown-permission, corrupt-image).
 *
 * Which reason a denial has: when some role in force would give the permission but for its
 * conditions, the reason of the condition that fails; of several such ways the one that fails at
 * the latest condition, which does not depend on the order of anything. Otherwise not-permitted.
 */
Decision policy_decide(const Image *image, const DecisionContext *context, const Query *query,
                       Recorder *recorder);

/*
 * Decides for a subject and a target already found, with the query's objects and properties; the
 * part that searches share. permission is an index.
 */
Decision policy_decide_found(const Image *image, const DecisionContext *context,
                             const Subject *subject, uint32_t permission, const Target *target,
                             const Query *query, Recorder *recorder);

/*
 * Decides whether the subject holds a role, or a higher one of its ladder, in force at a target
 * (for a role without ladder: that very role). The gate access-in-force applies: this is what a
 * host session asks.
 */
Decision policy_decide_role(const Image *image, const DecisionContext *context,
                            const Subject *subject, uint32_t role, const Target *target,
                            Recorder *recorder);

/* Says whether a lockdown lists a subject among those who may start or end it, and nothing about
 * himself keeps that from helping him. */
bool policy_lockdown_lists(const Image *image, const DecisionContext *context,
                           const Subject *subject, uint32_t lockdown);

/* Finds what a resource is and where. Return: REASON_NONE, or REASON_UNKNOWN_RESOURCE or
 * REASON_CORRUPT_IMAGE. */
Reason policy_find_target(const Image *image, const Resource *resource, Target *ret_target);

/*
 * Finds who a name is in an organization: listed there, or known through a mapped Unix group.
 * Groups only add: a listed user keeps what he has by himself and gets what his Unix groups give.
 * Two things that his own entry says stand whatever his groups are: a suspension or dates of
 * access, and member = false. Who is not listed is a member through a `people` entry only.
 * Return: REASON_NONE, or REASON_UNKNOWN_SUBJECT.
 */
Reason policy_find_subject(const Image *image, const DecisionContext *context,
                           uint32_t organization, Text name, Subject *ret_subject);
