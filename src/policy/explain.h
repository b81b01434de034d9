/* SPDX-License-Identifier: MIT */
/*
 * Explain
 *
 * Why a decision is what it is. The same decision with a recorder: what is printed is what the
 * engine did. An allow is explained by the chain user -> group -> grant (file:line) -> role ->
 * permission -> site; a denial by its nearest misses and the smallest change that would allow it.
 */
#pragma once

#include <stdio.h>

#include "policy/decide.h"

/* A change that would turn a denial into an allow. */
typedef enum RemedyKind {
        REMEDY_NONE = 0,
        REMEDY_GRANT_ROLE,       /* give the role at the site (IMAGE_NONE: on the organization) */
        REMEDY_ADD_ACCESS_GROUP, /* put the user into the access group */
        REMEDY_RESUME,           /* end the suspension */
        REMEDY_CHANGE_DATES,     /* change the dates of access so that they hold now */
        REMEDY_SWITCH_ON,        /* switch remote unlock on, at `place` */
        REMEDY_MAKE_MEMBER,      /* member = true */
        REMEDY_DECLARE_USER,     /* list the user */
        REMEDY_WAIT,             /* until the schedule is on, at `at_s` */
        REMEDY_DECLARE_OBJECT,   /* declare the with= object, or state the property */
} RemedyKind;

typedef struct Remedy {
        RemedyKind kind;
        uint32_t role;
        uint32_t site;
        uint32_t access_group;
        int64_t at_s; /* TIMESTAMP_MAX when no such moment is within the next 8 days */
        ImagePlace place;
} Remedy;

#define REMEDIES_MAX 4

typedef struct Explanation {
        Decision decision;
        /* The smallest change: all of these together would allow it. None for an allow, and for a
         * denial that no change of the policy can turn (target-not-self and the like). */
        Remedy remedies[REMEDIES_MAX];
        size_t remedy_count;
} Explanation;

/*
 * Decides and writes the explanation as text, without the first line that `check` prints.
 * with_places: whether files and lines may be shown.
 * Return: 0, -ENOMEM, or the stream's error.
 */
int policy_explain(const Image *image, const DecisionContext *context, const Query *query,
                   bool with_places, FILE *stream, Explanation *ret_explanation);

/* Writes the one-line form that `check` prints behind outcome and reason: for an allow the deciding
 * grant ("access-site-viewer at site:acme/HQ by group desk, FILE:LINE"), for a denial what is
 * missing. */
int policy_describe(const Image *image, const DecisionContext *context, const Query *query,
                    const Decision *decision, bool with_places, FILE *stream);
