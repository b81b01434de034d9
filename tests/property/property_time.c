/* SPDX-License-Identifier: MIT */
/*
 * The same questions are put at three seconds in a row, so that what turns at a boundary is seen to
 * turn there and not a second beside it; and what turned is counted, so that a run in which nothing
 * does is noticed.
 */
#include "property_time.h"

#include <stdio.h>
#include <string.h>

#include "property_shrink.h"
#include "reference_door.h"
#include "reference_roles.h"
#include "world_random.h"

enum { ANY_FIRST_S = 1735776000, ANY_DAYS = 27700 }; /* 2025-01-02, and somewhat beyond 2100 */

static bool failed(TimeRun *time, const char *property, const RefQuery *query, int64_t now_s)
{
        Run *run = &time->run;

        fprintf(stderr, "live state %s, clock %s\n", run->world.live_unknown ? "unknown" : "known",
                run->world.clock_untrusted ? "untrusted" : "trusted");
        return property_failed(run, property, query, now_s);
}

/* Compares one decision; RET_TURNED gets whether it is another one than LAST. */
static bool decide(TimeRun *time, const RefQuery *query, int64_t now_s, EngineAnswer *last)
{
        Run *run = &time->run;
        EngineAnswer ours = engine_decide(&run->engine, now_s, query);
        RefAnswer reference = reference_decide(&run->world, now_s, query);

        run->decisions++;
        run->allowed += ours.verdict == REF_ALLOW;
        time->reasons[ours.decision.reason]++;
        *last = ours;
        if (engine_agrees(&ours, &reference))
                return true;
        property_shrink(run, query, now_s);
        return failed(time, "the engine decides at any second as the reference does", query, now_s);
}

/* Sessions by role depend on suspension, dates and the grants' ends. */
static bool decide_session(TimeRun *time, const Boundary *at, int64_t now_s)
{
        Run *run = &time->run;
        const WorldOrganization *o = &run->world.organizations[at->organization];
        int role = SITE_VIEWER + random_below(&run->random, 3);
        RefQuery query = { .kind = REF_PERMISSION };
        const WorldDoor *host;
        EngineAnswer ours;
        RefAnswer reference;

        if (o->hosts_count == 0)
                return true;
        host = &o->hosts[random_below(&run->random, o->hosts_count)];
        world_text_resource(o, "host", host->site, host->name, query.resource);
        strcpy(query.user, o->users[at->user == WORLD_NONE ? 0 : at->user].name);
        strcpy(query.permission, REFERENCE_ROLES[role].name);
        ours = engine_decide_role(&run->engine, now_s, &query, role);
        reference = reference_session(&run->world, now_s, &query, role);
        run->decisions++;
        run->allowed += ours.verdict == REF_ALLOW;
        time->reasons[ours.decision.reason]++;
        if (engine_agrees(&ours, &reference))
                return true;
        fprintf(stderr, "session: engine %s, reference %s\n", ours.reason, reference.reasons[0]);
        return failed(time, "a session needs a role in force and somebody not suspended", &query,
                      now_s);
}

static bool is_same_situation(const TimeRun *time, const WorldOrganization *o,
                              const DoorSituation *ours, const RefSituation *reference)
{
        uint32_t lockdown = IMAGE_NONE;

        if (reference->lockdown != WORLD_NONE &&
            !engine_find(time->run.engine.image, o, "lockdown", WORLD_NONE,
                         o->lockdowns[reference->lockdown].name, &lockdown))
                return false;
        if (strcmp(door_mode_name(ours->mode), reference->mode) != 0 ||
            ours->lockdown != lockdown || ours->until_s != reference->until_s)
                return false;
        if (reference->unknown != NULL)
                return ours->state == DOOR_STATE_COUNT &&
                       strcmp(reason_name(ours->unknown), reference->unknown) == 0;
        return ours->unknown == REASON_NONE && (int)ours->source == (int)reference->source &&
               ours->state == engine_door_state(reference->state);
}

static bool look_at_door(TimeRun *time, const Boundary *at, int64_t now_s)
{
        Run *run = &time->run;
        const WorldOrganization *o = &run->world.organizations[at->organization];
        int door = at->door != WORLD_NONE ? at->door : random_below(&run->random, o->doors_count);
        RefSituation reference = reference_situation(&run->world, o, door, now_s);
        DecisionContext context = { .now_s = now_s,
                                    .live = bound_state_live(run->engine.live.bound),
                                    .clock_untrusted = run->engine.clock_untrusted };
        RefQuery query = { .user = "nobody", .permission = "access.door.view" };
        DoorSituation ours;
        uint32_t index;

        world_text_resource(o, "door", o->doors[door].site, o->doors[door].name, query.resource);
        if (!engine_find(run->engine.image, o, "door", o->doors[door].site, o->doors[door].name,
                         &index))
                return failed(time, "a door is found", &query, now_s);
        ours = policy_door_situation(run->engine.image, &context, index);
        time->situations++;
        time->sources[ours.source]++;
        time->modes[ours.mode]++;
        if (is_same_situation(time, o, &ours, &reference))
                return true;
        fprintf(stderr,
                "door: engine %s by %s, state %s, unknown %s, until %lld\n"
                "reference %s by %s, state %s, unknown %s, until %lld\n",
                door_mode_name(ours.mode), door_source_name(ours.source),
                ours.state == DOOR_STATE_COUNT ? "-" : door_state_name(ours.state),
                ours.unknown == REASON_NONE ? "-" : reason_name(ours.unknown),
                (long long)ours.until_s, reference.mode,
                door_source_name((DoorSource)reference.source), WORLD_STATE_NAMES[reference.state],
                reference.unknown == NULL ? "-" : reference.unknown, (long long)reference.until_s);
        return failed(time, "a door is meant to be what the reference says", &query, now_s);
}

/* Where something ceases to be known, that is the reason that counts. */
static bool has_turned(const Boundary *at, const EngineAnswer *before, const EngineAnswer *now)
{
        if (at->kind == BOUNDARY_CALENDAR_UNKNOWN || at->kind == BOUNDARY_ZONE_UNKNOWN)
                return before->decision.reason != REASON_SCHEDULE_ENDED &&
                       now->decision.reason == REASON_SCHEDULE_ENDED;
        return before->verdict != now->verdict;
}

/* Three seconds, a few questions at each. */
static bool ask_around(TimeRun *time, const Boundary *at)
{
        enum { QUESTIONS = 3 };
        Run *run = &time->run;
        RefQuery query;
        EngineAnswer before, now;
        int64_t any_s;

        for (int i = 0; i < QUESTIONS; i++) {
                world_random_query_at(&run->random, &run->world, at, &query);
                if (!decide(time, &query, at->at_s - 1, &before) ||
                    !decide(time, &query, at->at_s, &now))
                        return false;
                time->turned[at->kind] += has_turned(at, &before, &now);
                if (!decide(time, &query, at->at_s + 1, &now))
                        return false;
        }
        any_s = ANY_FIRST_S + random_below(&run->random, ANY_DAYS) * 86400ll +
                random_below(&run->random, 86400);
        return decide(time, &query, any_s, &now) &&
               decide_session(time, at, at->at_s + random_below(&run->random, 3) - 1) &&
               look_at_door(time, at, at->at_s - 1) && look_at_door(time, at, at->at_s) &&
               look_at_door(time, at, any_s);
}

bool property_boundaries_agree(TimeRun *time, int count)
{
        Run *run = &time->run;
        int known = world_boundaries(&run->random, &run->world, time->boundaries);

        for (int i = 0; known > 0 && i < count; i++)
                if (!ask_around(time, &time->boundaries[random_below(&run->random, known)]))
                        return false;
        return true;
}

/* --- What must have occurred --- */

static const Reason REASONS[] = {
        REASON_GRANTED_BY_ROLE,
        REASON_DOOR_ACCESS,
        REASON_LISTED,
        REASON_UNKNOWN_SUBJECT,
        REASON_NOT_A_MEMBER,
        REASON_NOT_PERMITTED,
        REASON_NO_DOOR_ACCESS,
        REASON_NOT_YET_ACTIVE,
        REASON_NOT_PERMITTED_AT_THIS_TIME,
        REASON_EXPIRED,
        REASON_SUSPENDED,
        REASON_REMOTE_UNLOCK_DISABLED,
        REASON_LOCKED_DOWN,
        REASON_BLOCKED,
        REASON_DOOR_LOCKED,
        REASON_CODE_REQUIRED,
        REASON_SCHEDULE_ENDED,
        REASON_CLOCK_UNTRUSTED,
        REASON_LIVE_STATE_UNKNOWN,
        REASON_UNKNOWN_RESOURCE,
};

static const char *const BOUNDARY_NAMES[BOUNDARY_COUNT] = {
        [BOUNDARY_WINDOW] = "access window",
        [BOUNDARY_DOOR_WINDOW] = "door window",
        [BOUNDARY_EXCEPTION] = "day of an access exception",
        [BOUNDARY_DOOR_EXCEPTION] = "day of a door exception",
        [BOUNDARY_SUMMER_TIME] = "summer time",
        [BOUNDARY_DATES] = "dates",
        [BOUNDARY_LIVE_DATES] = "dates given since",
        [BOUNDARY_GRANT] = "grant",
        [BOUNDARY_OVERRIDE] = "override",
        [BOUNDARY_BLOCK] = "block",
        [BOUNDARY_LOCKDOWN] = "lockdown",
        [BOUNDARY_CALENDAR_UNKNOWN] = "end of calendars",
        [BOUNDARY_ZONE_UNKNOWN] = "end of zones",
};

/* Says whether NAME occurred at least LEAST times. */
static bool is_enough(const char *name, uint64_t count, uint64_t least)
{
        if (count >= least)
                return true;
        fprintf(stderr, "occurred too seldom: %s, %llu times, at least %llu expected\n", name,
                (unsigned long long)count, (unsigned long long)least);
        return false;
}

void property_time_print(const TimeRun *time)
{
        for (Reason reason = 0; reason < REASON_COUNT; reason++)
                if (time->reasons[reason] > 0)
                        printf("%s %llu, ", reason_name(reason),
                               (unsigned long long)time->reasons[reason]);
        for (DoorSource source = 0; source < DOOR_SOURCE_COUNT; source++)
                printf("%s%s %llu", source == 0 ? "\ndoors by " : ", ", door_source_name(source),
                       (unsigned long long)time->sources[source]);
        for (BoundaryKind kind = 0; kind < BOUNDARY_COUNT; kind++)
                printf("%s%s %llu", kind == 0 ? "\nturned at " : ", ", BOUNDARY_NAMES[kind],
                       (unsigned long long)time->turned[kind]);
        putchar('\n');
}

bool property_time_is_covered(const TimeRun *time)
{
        uint64_t least = time->run.decisions / 10000;
        bool is_covered = true;

        for (size_t i = 0; i < sizeof(REASONS) / sizeof(REASONS[0]); i++)
                is_covered = is_enough(reason_name(REASONS[i]), time->reasons[REASONS[i]], least) &&
                             is_covered;
        for (DoorSource source = 0; source < DOOR_SOURCE_COUNT; source++)
                is_covered = is_enough(door_source_name(source), time->sources[source], least) &&
                             is_covered;
        for (BoundaryKind kind = 0; kind < BOUNDARY_COUNT; kind++)
                is_covered = is_enough(BOUNDARY_NAMES[kind], time->turned[kind], least / 2) &&
                             is_covered;
        return is_covered;
}
