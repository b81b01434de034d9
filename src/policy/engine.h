/* SPDX-License-Identifier: MIT */
/*
 * Engine
 *
 * What the files of the engine share: one question with everything already found. It lives on the
 * stack of one decision and borrows all it points to.
 *
 *     subject.c     who asks, and the runs of roles he holds
 *     target.c      what is asked about, and where it is
 *     access.c      door access: the person, the levels, the door
 *     schedule.c    schedules and exceptions
 *     door_state.c  what a door is meant to be
 *     conditions.c  one function per condition
 *     gates.c       one function per gate
 *     decide.c      the order in which all this is looked at
 */
#pragma once

#include "policy/decide.h"
#include "policy/image_inline.h"
#include "policy/schedule.h"
#include "util/timestamp.h"

typedef struct Engine {
        const Image *image;
        const DecisionContext *context;
        const Subject *subject;
        const ImageUser *user; /* NULL for people known through Unix groups only */
        const Target *target;
        const Query *query;  /* its objects and properties; NULL when none are stated */
        Recorder *recorder;  /* or NULL */
        uint32_t permission; /* asked about, for the recorder; set by whoever sets that */
} Engine;

/* What a condition or gate has found, besides its verdict. */
typedef struct Finding {
        uint32_t access_level; /* IMAGE_NONE: none */
        uint32_t lockdown;     /* the one that denies; IMAGE_NONE: none */
        ImagePlace place;      /* the line that denies; file IMAGE_NONE: none */
        const LiveNote *note;  /* the live change that denies; NULL: none */
} Finding;

#define FINDING_NONE ((Finding){ IMAGE_NONE, IMAGE_NONE, { IMAGE_NONE, 0 }, NULL })

/* ---- subject.c ---- */

/* Walks over the mapped groups of the subject's organization that he is in. */
typedef struct MappedGroups {
        const Engine *engine;
        size_t unix_group;
        uint32_t next, end; /* in IMAGE_MAPPED_GROUPS */
} MappedGroups;

MappedGroups mapped_groups(const Engine *engine);
const ImageMappedGroup *mapped_groups_next(MappedGroups *mapped);

/* Walks over the runs of held roles: the user's own one, then those of his mapped groups, then what
 * every member holds. */
typedef struct HeldRuns {
        const Engine *engine;
        bool own_done, members_done;
        MappedGroups mapped;
        const uint32_t *groups; /* of the mapped group in hand */
        uint32_t group_count;
} HeldRuns;

HeldRuns held_runs(const Engine *engine);

/* Return: the first record of the next run and their number, or NULL after the last one. */
const ImageHeld *held_runs_next(HeldRuns *runs, uint32_t *ret_count);

/* Says whether an ascending list in IMAGE_NUMBERS holds a number. */
bool numbers_hold(const Image *image, ImageRange range, uint32_t number);

/* Says whether the subject is in a group, listed or mapped. */
bool subject_is_in_group(const Engine *engine, uint32_t group);
bool subject_is_in_access_group(const Engine *engine, uint32_t access_group);

/* The grant of a legacy role that a user holds: his own, not ended, and he has not been migrated;
 * where that depends on a clock that cannot be trusted, grant_is_certain() is false of it.
 * Return: the grant, or NULL. */
const ImageGrant *legacy_grant(const Image *image, const DecisionContext *context,
                               const ImageUser *user);

/* Says whether a grant that is taken not to have ended has not. */
static inline bool grant_is_certain(const DecisionContext *context, const ImageGrant *grant)
{
        return !context->clock_untrusted || grant->until_s == TIMESTAMP_MAX;
}

/* As policy_find_subject(), for a name already looked up; index IMAGE_NONE: nobody is listed. */
Reason subject_of_index(const Image *image, const DecisionContext *context, uint32_t organization,
                        uint32_t index, Text name, Subject *ret_subject);

/* Whoever is in the context's Unix groups and is not listed.
 * Return: true; false when none of the groups is mapped. */
bool subject_of_groups(const Image *image, const DecisionContext *context, uint32_t organization,
                       Subject *ret_subject);

/* ---- target.c ---- */

/* Something declared, by its index. Return: false when there is no such thing. */
bool target_of_index(const Image *image, uint32_t organization, ResourceType type, uint32_t index,
                     Target *ret_target);

/* Says whether `position` is that of the target's site (or organization) or of a site below it. */
bool target_holds(const Engine *engine, uint32_t position);

/* ---- access.c ---- */

/* Says whether the person's access is in force: not suspended, and inside its dates, those of the
 * text and those of live state.
 * Return: REASON_NONE, suspended, not-yet-active, expired, clock-untrusted (there are dates) or
 * live-state-unknown. */
Reason access_of_person(const Engine *engine, Finding *finding);

/* Says whether an access level gives the person the target, a door, now; neither the person's own
 * state nor the door's is looked at. Return: REASON_NONE and the level, no-door-access, or with a
 * level not-permitted-at-this-time, schedule-ended or clock-untrusted. */
Reason access_by_levels(const Engine *engine, Finding *finding);

/* Says whether the person has an access level through one of his access groups. */
bool access_level_is_held(const Engine *engine, uint32_t access_level);

/* Says whether the target, a door, takes badges now.
 * Return: REASON_NONE, door-locked, schedule-ended, clock-untrusted or live-state-unknown. */
Reason access_by_door_state(const Engine *engine, Finding *finding);

/* Says whether the person may open the target, a door, by badge now.
 * Return: REASON_NONE and the access level; as access_of_person(), access_by_levels() and
 * access_by_door_state(), the first of them that is in the way. */
Reason access_to_door(const Engine *engine, Finding *finding);

/* The schedule of an access level at the target, a door. */
ScheduleQuestion access_schedule(const Engine *engine, const ImageAccessLevel *level);

/* ---- conditions.c ---- */

/* Tests a set of conditions in their order.
 * Return: REASON_NONE, or the reason of the first one that does not hold, and which one that is. */
Reason conditions_test(const Engine *engine, uint32_t conditions, Finding *finding,
                       Condition *ret_failed);

/* ---- lockdown.c ---- */

/* Says whether the subject is one of the people, by name or through a group, listed or mapped. */
bool people_hold(const Engine *engine, const ImagePeople *people);

/* Says whether a lockdown is on, locks down, and does not list the subject to unlock. */
bool lockdown_stands_in_the_way(const Engine *engine, uint32_t index, Finding *finding);

/* Says whether no lockdown is in the subject's way at the target, a door: none that locks down is
 * on there, or each one lists him to unlock.
 * Return: REASON_NONE, locked-down with the lockdown, or live-state-unknown. */
Reason lockdowns_pass(const Engine *engine, Finding *finding);

/* ---- gates.c ---- */

/* Tests a set of gates in their order. Return: as conditions_test(). */
Reason gates_test(const Engine *engine, uint32_t gates, Finding *finding, Gate *ret_failed);

/* ---- decide.c ---- */

/* Begins a decision: finds the user's record and sets the decision to not-permitted.
 * Return: true; false and the decision unknown-subject when subject and target do not fit. */
bool policy_engine_start(Engine *engine, Decision *ret_decision);

/* Turns an allow into a denial when one of the gates is shut. */
void policy_gates_decide(const Engine *engine, uint32_t gates, Decision *decision);

/* Turns a decision into the denial not-a-member. */
void policy_not_a_member(const Engine *engine, Decision *decision);
