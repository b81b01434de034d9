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

/* A change that, alone or with others, would turn a denial into an allow. */
typedef enum RemedyKind {
        REMEDY_NONE = 0,
        REMEDY_DECLARE_USER, /* list the user, with nothing but his name */
        REMEDY_MAKE_MEMBER,  /* member = true */
        REMEDY_GRANT_ROLE,   /* give him the role at the site (IMAGE_NONE: on the organization) */
        REMEDY_ADD_ACCESS_GROUP,   /* put him into the access group */
        REMEDY_RESUME,             /* end the suspension, at `place`, or by command if `note` */
        REMEDY_CHANGE_DATES,       /* change the dates of access, likewise */
        REMEDY_SWITCH_ON,          /* switch remote unlock on, at `place` */
        REMEDY_WAIT,               /* until a level is on and the door `index` takes badges,
                                    * at `at_s`; IMAGE_NONE: that is so already */
        REMEDY_NAME_OBJECT,        /* name the object, or the property, that `condition` needs */
        REMEDY_DECLARE_OBJECT,     /* declare the object that is named, or what it lacks */
        REMEDY_MAKE_TARGET_MEMBER, /* member = true for the user `index`, who is acted on */
        REMEDY_MIGRATE_TARGET,     /* migrate the user `index`, who is acted on */
        REMEDY_RELEASE_DOOR,       /* end the override or block `note` of the door `index` */
        REMEDY_END_LOCKDOWN,       /* end lockdown `index`, or add the person to its unlock list */
        REMEDY_ADD_TO_LIST,        /* of lockdown `index`: of those who may do what is asked */
        REMEDY_ACCEPT_CLOCK,       /* set the clock, or accept it */
        REMEDY_MEND_LIVE_STATE,    /* mend it, or begin an empty one */
        REMEDY_RELOAD,             /* compile again, for a calendar that has ended */
} RemedyKind;

typedef struct Remedy {
        RemedyKind kind;
        uint32_t role;
        uint32_t site;
        uint32_t access_group;
        uint32_t access_level; /* REMEDY_WAIT: whose schedule is waited for */
        Condition condition;
        ResourceType type; /* of what is switched on: organization, site, door or user */
        uint32_t index;
        int64_t at_s; /* at most 8 days ahead */
        ImagePlace place;
        const LiveNote
                *note; /* the live change to be ended; NULL: none. Borrowed from the context */
} Remedy;

#define REMEDIES_MAX 8

typedef struct Explanation {
        Decision decision;
        /* The smallest change: all of these together would allow it. Smallest means the role that
         * gives the least among those that suffice, and a role that is held already before any.
         * None for an allow, and for a denial that no such change can turn: a synced target,
         * oneself as the target, a door that no access level holds, a role that nobody grants. */
        Remedy remedies[REMEDIES_MAX];
        size_t remedy_count;
} Explanation;

/*
 * Decides and writes the explanation as text, without the first line that `check` prints and
 * without what that says already: nothing at all for an error that no near name explains.
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
