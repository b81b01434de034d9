/* SPDX-License-Identifier: MIT */
/*
 * Who may pass a door now: the person, his access levels, what the door is meant to be, and what
 * beats every role. Each adds to an answer why it refuses.
 */
#pragma once

#include "reference_people.h"

/* What says what a door is meant to be. */
typedef enum RefSource {
        SOURCE_DEFAULT,
        SOURCE_SCHEDULE,
        SOURCE_EXCEPTION,
        SOURCE_OVERRIDE,
        SOURCE_BLOCK,
        SOURCE_LOCKDOWN,
        SOURCE_COUNT,
} RefSource;

/* What a door is meant to be. */
typedef struct RefSituation {
        const char *mode;    /* ONVIF's word */
        const char *unknown; /* why its state cannot be told; NULL when it can */
        WorldState state;    /* for badges, whatever a lockdown or a block says */
        RefSource source;    /* of the mode */
        int lockdown;        /* WORLD_NONE: none */
        int64_t until_s;     /* of override, block and lockdown; else INT64_MAX */
} RefSituation;

/* Returns what DOOR is meant to be at NOW_S. */
RefSituation reference_situation(const World *world, const WorldOrganization *o, int door,
                                 int64_t now_s);

/* Says whether LOCKDOWN is on. */
bool reference_lockdown_is_on(const World *world, const WorldLockdown *lockdown, int64_t now_s);

/* Says whether LOCKDOWN holds DOOR. */
bool reference_lockdown_holds(const WorldOrganization *o, const WorldLockdown *lockdown, int door);

/* Says whether PEOPLE lists him, by name or by a group. */
bool reference_people_list(const RefSubject *subject, const WorldPeopleList *people);

/* Says whether he is suspended, by the text or since. */
bool reference_subject_is_suspended(const RefSubject *subject);

/* Says whether he himself is refused, whatever the door. */
bool reference_person_refused(const RefSubject *subject, RefAnswer *answer);

/* Says whether his badge does not open DOOR now. */
bool reference_badge_refused(const RefSubject *subject, int door, RefAnswer *answer);

/* Says whether a gate on DOOR refuses him whatever his roles; IS_UNLOCK: not at the reader. */
bool reference_gates_refuse(const RefSubject *subject, int door, bool is_unlock, RefAnswer *answer);
