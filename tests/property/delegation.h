/* SPDX-License-Identifier: MIT */
/*
 * A random walk through the policies that people can make of one another's: every change that is
 * asked for is decided by the engine and by the reference, every allowed one is made and kept in a
 * log, and in the end what everybody may do must follow from the first policy and the log.
 */
#pragma once

#include "property.h"

enum { LOG_MAX = 1000, AUTHORITIES_MAX = WORLD_GRANTS_MAX };

/* One change that was made: by whom (the user of the query), and by what right. */
typedef struct Record {
        RefQuery query;
        int64_t now_s;
        WorldInterval interval;
        int authorities_count;
        RefQuery authorities[AUTHORITIES_MAX]; /* the permissions that he needed, and had */
} Record;

/* One walk. The run's world is the one that its image was built from. */
typedef struct Walk {
        Run run;
        World first;   /* as the walk began */
        World current; /* with all changes made so far */
        int64_t now_s;
        uint64_t steps; /* of all walks */
        uint64_t made;
        uint64_t denied;
        int log_count;
        Record log[LOG_MAX];
} Walk;

/*
 * Finds the permissions by which the asker of QUERY may make this change of WORLD, each as a plain
 * question that the reference allows, into RET_RECORD. Returns false when one is missing.
 */
bool delegation_authorities(const World *world, int64_t now_s, const RefQuery *query,
                            Record *ret_record);

/* The log, made again from the first world, is allowed change by change and leads to the last. */
bool delegation_log_is_whole(Walk *walk);

/* Whoever may do now what he could not do before, had something given to him. */
bool delegation_gains_are_given(Walk *walk);

/* Nobody holds a role now that nobody could ever give. */
bool delegation_powers_are_kept(Walk *walk);
