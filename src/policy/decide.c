/* SPDX-License-Identifier: MIT */
/*
 * Decide
 *
 * The order of a decision, and nothing else: what each step looks at stands in the other files of
 * the engine (engine.h). There is one place where an allow is made, allowed(), and every way that
 * does not come past it ends in a denial.
 */
#include "policy/delegation.h"
#include "policy/roles.h"

/* The search for a role that gives a permission. */
typedef struct Search {
        const Engine *engine;
        uint32_t permission;
        bool any_site;          /* a role at any site may give it here */
        bool member_gives;      /* a role that every member holds may give it */
        const Ladders *ladders; /* NULL: one run, which is sorted */
        Decision *decision;     /* in: a denial; out: the allow, or the nearest miss */
} Search;

static bool allowed(Search *search, const ImageHeld *held, const Finding *finding)
{
        Decision *decision = search->decision;
        decision->outcome = OUTCOME_ALLOW;
        decision->reason = REASON_GRANTED_BY_ROLE;
        decision->role = held->role;
        decision->grant = held->grant;
        decision->access_level = finding->access_level;
        decision->failed_condition = 0;
        decision->place = held_place(search->engine, held);
        decision->note = NULL;
        step_of_held(search->engine, STEP_GIVES, held);
        return true;
}

/* Remembers a failed condition when it came later than the one remembered. */
static void condition_failed(Search *search, const ImageHeld *held, Condition condition,
                             Reason reason, const Finding *finding)
{
        Decision *decision = search->decision;
        step(search->engine, &(Step){ .kind = STEP_CONDITION_FAILS,
                                      .role = held->role,
                                      .grant = held->grant,
                                      .implied = held->flags & IMAGE_HELD_IMPLIED,
                                      .condition = condition,
                                      .reason = reason,
                                      .access_level = finding->access_level,
                                      .lockdown = finding->lockdown,
                                      .place = finding->place,
                                      .note = finding->note });
        if (condition <= decision->failed_condition)
                return;
        decision->reason = reason;
        decision->role = held->role;
        decision->grant = held->grant;
        decision->access_level = finding->access_level;
        decision->failed_condition = condition;
        decision->place = finding->place;
        decision->note = finding->note;
}

/* A role that does not count because the time is not known, and that might give the permission:
 * this is why it is denied, unless a condition of another role comes nearer. */
static void clock_failed(Search *search, const ImageHeld *held)
{
        Decision *decision = search->decision;
        step_of_held(search->engine, STEP_CLOCK_UNTRUSTED, held);
        if (decision->failed_condition != 0 || decision->reason == REASON_CLOCK_UNTRUSTED)
                return;
        decision->reason = REASON_CLOCK_UNTRUSTED;
        decision->role = held->role;
        decision->grant = held->grant;
}

static bool entry_is_for_entity(const Engine *engine, const ImageEntry *entry)
{
        return entry->entities.count == 0 ||
               (engine->target->type == RESOURCE_ENTITY &&
                numbers_hold(engine->image, entry->entities, engine->target->index));
}

static bool entry_gives(Search *search, const ImageHeld *held, const ImageEntry *entry,
                        uint32_t position)
{
        const Engine *engine = search->engine;
        if (!(entry->scopes & engine->target->scopes))
                return false;
        if (!entry_is_for_entity(engine, entry)) {
                step_of_held(engine, STEP_ROLE_OTHER_ENTITY, held);
                return false;
        }
        if (entry->also.count > 0) {
                uint32_t count;
                const uint32_t *also = image_inline_numbers(engine->image, entry->also, &count);
                StepKind why_not;
                if (!any_required_role_is_held(engine, also, count, position, &why_not)) {
                        if (why_not == STEP_CLOCK_UNTRUSTED)
                                clock_failed(search, held);
                        else
                                step_of_held(engine, why_not, held);
                        return false;
                }
        }
        Finding finding = FINDING_NONE;
        Condition failed;
        Reason reason = conditions_test(engine, entry->conditions, &finding, &failed);
        if (reason == REASON_NONE)
                return allowed(search, held, &finding);
        condition_failed(search, held, failed, reason, &finding);
        return false;
}

/* Where in a sorted list the entries about a permission begin. */
static uint32_t entries_from(const ImageEntry *entries, uint32_t count, uint32_t permission)
{
        uint32_t low = 0;
        while (low < count) {
                uint32_t middle = low + (count - low) / 2;
                if (entries[middle].permission < permission)
                        low = middle + 1;
                else
                        count = middle;
        }
        return low;
}

/* Looks at a role's entries for the permission: scopes, further roles, conditions. */
static bool entries_give(Search *search, const ImageHeld *held, uint32_t position, bool any_site)
{
        const Image *image = search->engine->image;
        const ImageRole *role = image_inline_role(image, held->role);
        if (!role)
                return false;
        uint32_t count;
        const ImageEntry *entries = image_inline_entries(image, role->entries, &count);
        for (uint32_t i = entries_from(entries, count, search->permission);
             i < count && entries[i].permission == search->permission; i++)
                if ((!any_site || entries[i].any_site) &&
                    entry_gives(search, held, &entries[i], position))
                        return true;
        return false;
}

/* The pair of words of IMAGE_ROLE_BITS about a role and the permission; NULL outside. */
static inline const uint64_t *role_bits(const Search *search, uint32_t role)
{
        const ImageRecords *bits = &search->engine->image->sections[IMAGE_ROLE_BITS];
        uint64_t pairs =
                IMAGE_ROLE_BITS_PAIRS(search->engine->image->sections[IMAGE_PERMISSIONS].count);
        uint64_t at = 2 * (role * pairs + search->permission / 64);
        return at + 1 < bits->count ? (const uint64_t *)bits->records + at : NULL;
}

static inline bool role_gives(Search *search, const ImageHeld *held)
{
        const uint64_t *bits = role_bits(search, held->role);
        uint64_t bit = UINT64_C(1) << search->permission % 64;
        if (!bits || !(bits[1] & bit)) {
                step_of_held(search->engine, STEP_ROLE_LACKS, held);
                return false;
        }
        if (bits[0] & bit)
                return allowed(search, held, &FINDING_NONE);
        return entries_give(search, held, search->engine->target->position, false);
}

/* Says whether a role would give the permission here, if it counted and all conditions held. */
static bool role_has_entry(const Search *search, uint32_t index, bool any_site)
{
        const Engine *engine = search->engine;
        const ImageRole *role = image_inline_role(engine->image, index);
        if (!role)
                return false;
        uint32_t count;
        const ImageEntry *entries = image_inline_entries(engine->image, role->entries, &count);
        for (uint32_t i = entries_from(entries, count, search->permission);
             i < count && entries[i].permission == search->permission; i++)
                if ((!any_site || entries[i].any_site) &&
                    entries[i].scopes & engine->target->scopes &&
                    entry_is_for_entity(engine, &entries[i]))
                        return true;
        return false;
}

/* A role at another place, for a permission that some role gives from any site: what it requires
 * has to be held where the role is. */
static bool role_gives_from_elsewhere(Search *search, const ImageHeld *held)
{
        StepKind why_not = STEP_ROLE_ELSEWHERE;
        if (search->any_site && held_is_in_force(search->engine, held, held->position, &why_not) &&
            entries_give(search, held, held->position, true))
                return true;
        if (why_not == STEP_CLOCK_UNTRUSTED && role_has_entry(search, held->role, true))
                clock_failed(search, held);
        else
                step_of_held(search->engine, STEP_ROLE_ELSEWHERE, held);
        return false;
}

/* A role that does not count. */
static void not_in_force(Search *search, const ImageHeld *held, StepKind why_not)
{
        if (why_not == STEP_CLOCK_UNTRUSTED && role_has_entry(search, held->role, false))
                clock_failed(search, held);
        else
                step_of_held(search->engine, why_not, held);
}

/* Looks for a role that gives the permission in one run: ladder by ladder, the highest first. */
static bool run_gives(Search *search, const ImageHeld *held, uint32_t count)
{
        const Engine *engine = search->engine;
        uint32_t position = engine->target->position;
        uint32_t settled = IMAGE_HELD_NO_LADDER; /* the ladder whose highest role was found */
        for (; count > 0; count--, held++) {
                if (!held_covers(held, position)) {
                        if ((search->any_site || engine->recorder) &&
                            role_gives_from_elsewhere(search, held))
                                return true;
                        continue;
                }
                StepKind why_not = STEP_ROLE_LOWER;
                bool settled_before = held->ladder == settled && settled != IMAGE_HELD_NO_LADDER;
                if (settled_before || held_is_beaten(engine, held, search->ladders) ||
                    (held->flags & (IMAGE_HELD_TIMED | IMAGE_HELD_REQUIRES) &&
                     !held_is_in_force(engine, held, position, &why_not))) {
                        not_in_force(search, held, why_not);
                        continue;
                }
                settled = held->ladder;
                if (role_gives(search, held))
                        return true;
        }
        return false;
}

/* Several runs: the highest role of each ladder has to be found over all of them first. */
static __attribute__((noinline)) void runs_decide(Search *search)
{
        const Engine *engine = search->engine;
        Ladders ladders;
        uint32_t count;
        ladders_find(engine, &ladders);
        search->ladders = &ladders;
        HeldRuns runs = held_runs(engine);
        for (const ImageHeld *held; (held = held_runs_next(&runs, &count));)
                if (run_gives(search, held, count))
                        return;
}

/* What every member holds, when his own run has not given it. */
static __attribute__((noinline)) void members_decide(Search *search)
{
        const Engine *engine = search->engine;
        const ImageOrganization *organization =
                image_inline_organization(engine->image, engine->subject->organization);
        uint32_t count = 0;
        const ImageHeld *held =
                organization ? image_inline_held(engine->image, organization->member_held, &count)
                             : NULL;
        if (held)
                run_gives(search, held, count);
}

static inline void roles_decide(Search *search)
{
        const Engine *engine = search->engine;
        if (engine->subject->mapped) {
                runs_decide(search);
        } else {
                uint32_t count;
                const ImageHeld *held =
                        image_inline_held(engine->image, engine->user->held, &count);
                if (!run_gives(search, held, count) && (search->member_gives || engine->recorder))
                        members_decide(search);
        }
}

/* A permission that needs no role: its conditions alone decide. */
static void conditions_decide(const Engine *engine, uint32_t conditions, Decision *decision)
{
        Finding finding = FINDING_NONE;
        Condition failed = 0;
        Reason reason = conditions_test(engine, conditions, &finding, &failed);
        decision->access_level = finding.access_level;
        if (reason == REASON_NONE) {
                const ImageAccessLevel *level =
                        image_inline_access_level(engine->image, finding.access_level);
                decision->outcome = OUTCOME_ALLOW;
                decision->reason = REASON_DOOR_ACCESS;
                if (level)
                        decision->place = level->place;
                return;
        }
        decision->reason = reason;
        decision->failed_condition = failed;
        decision->place = finding.place;
        decision->note = finding.note;
        step(engine, &(Step){ .kind = STEP_CONDITION_FAILS,
                              .role = IMAGE_NONE,
                              .grant = IMAGE_NONE,
                              .condition = failed,
                              .reason = reason,
                              .access_level = finding.access_level,
                              .lockdown = finding.lockdown,
                              .place = finding.place,
                              .note = finding.note });
}

void policy_gates_decide(const Engine *engine, uint32_t gates, Decision *decision)
{
        Finding finding = FINDING_NONE;
        Gate failed;
        Reason reason = gates_test(engine, gates, &finding, &failed);
        if (reason == REASON_NONE)
                return;
        decision->outcome = OUTCOME_DENY;
        decision->reason = reason;
        decision->failed_gate = failed;
        decision->place = finding.place;
        decision->lockdown = finding.lockdown;
        decision->note = finding.note;
        step(engine, &(Step){ .kind = STEP_GATE,
                              .role = decision->role,
                              .grant = decision->grant,
                              .gate = failed,
                              .reason = reason,
                              .access_level = IMAGE_NONE,
                              .lockdown = finding.lockdown,
                              .place = finding.place,
                              .note = finding.note });
}

bool policy_engine_start(Engine *engine, Decision *ret_decision)
{
        const Subject *subject = engine->subject;
        Decision decision = decision_new(OUTCOME_DENY, REASON_NOT_PERMITTED);
        decision.organization = engine->target->organization;
        decision.user = subject->user;
        engine->user = image_inline_user(engine->image, subject->user);
        bool sound = (engine->user || subject->mapped) &&
                     subject->organization == engine->target->organization;
        if (!sound)
                decision.reason = REASON_UNKNOWN_SUBJECT;
        *ret_decision = decision;
        return sound;
}

void policy_not_a_member(const Engine *engine, Decision *decision)
{
        decision->outcome = OUTCOME_DENY;
        decision->reason = REASON_NOT_A_MEMBER;
        if (engine->user)
                decision->place = engine->user->place;
}

static inline Decision decide_found(Engine *engine, uint32_t permission,
                                    const ImagePermission *record)
{
        Decision decision;
        bool sound = policy_engine_start(engine, &decision);
        decision.permission = engine->permission = permission;
        if (!sound)
                return decision;
        if (record->without_role != 0) {
                conditions_decide(engine, record->without_role, &decision);
        } else if (!engine->subject->member) {
                policy_not_a_member(engine, &decision);
        } else {
                roles_decide(&(Search){
                        .engine = engine,
                        .permission = permission,
                        .any_site =
                                record->any_site && engine->target->type == RESOURCE_ORGANIZATION,
                        .member_gives = record->member_gives,
                        .decision = &decision,
                });
        }
        if (decision.outcome == OUTCOME_ALLOW && record->gates != 0)
                policy_gates_decide(engine, record->gates, &decision);
        if (decision.reason == REASON_CORRUPT_IMAGE)
                decision.outcome = OUTCOME_ERROR;
        return decision;
}

static Decision decision_error(Reason reason, uint32_t organization)
{
        Decision decision = decision_new(OUTCOME_ERROR, reason);
        decision.organization = organization;
        return decision;
}

Decision policy_decide_found(const Image *image, const DecisionContext *context,
                             const Subject *subject, uint32_t permission, const Target *target,
                             const Query *query, Recorder *recorder)
{
        Engine engine = {
                .image = image,
                .context = context,
                .subject = subject,
                .target = target,
                .query = query,
                .recorder = recorder,
        };
        const ImagePermission *record = image_inline_permission(image, permission);
        if (!record)
                return decision_error(REASON_UNKNOWN_PERMISSION, target->organization);
        if (!(record->scopes & target->scopes))
                return decision_error(REASON_UNKNOWN_RESOURCE, target->organization);
        return decide_found(&engine, permission, record);
}

/* The names of a query, looked up. */
typedef struct Names {
        Target target;
        uint32_t permission;
        uint32_t user; /* IMAGE_NONE: not listed */
} Names;

/* Questions about doors are what speed is for. */
static inline Reason names_find_door(const Image *image, const Query *query, Names *names)
{
        uint32_t organization = image_find_organization(image, query->resource.organization), door;
        if (organization == IMAGE_NONE)
                return REASON_UNKNOWN_RESOURCE;
        image_find_door_and_user(image, organization, query->resource.path, query->user, &door,
                                 &names->user);
        if (door == IMAGE_NONE)
                return REASON_UNKNOWN_RESOURCE;
        names->permission = image_find_permission(image, query->permission);
        bool sound = target_of_index(image, organization, RESOURCE_DOOR, door, &names->target);
        return sound ? REASON_NONE : REASON_CORRUPT_IMAGE;
}

static Reason names_find(const Image *image, const Query *query, Names *names)
{
        if (query->resource.type == RESOURCE_DOOR)
                return names_find_door(image, query, names);
        Reason reason = policy_find_target(image, &query->resource, &names->target);
        if (reason != REASON_NONE)
                return reason;
        names->permission = image_find_permission(image, query->permission);
        names->user = image_find_user(image, names->target.organization, query->user);
        return REASON_NONE;
}

Decision policy_decide(const Image *image, const DecisionContext *context, const Query *query,
                       Recorder *recorder)
{
        Names names;
        Subject subject;
        Engine engine = {
                .image = image,
                .context = context,
                .subject = &subject,
                .target = &names.target,
                .query = query,
                .recorder = recorder,
        };
        if (query->kind != QUERY_PERMISSION)
                return delegation_decide(image, context, query, recorder);
        Reason reason = names_find(image, query, &names);
        if (reason != REASON_NONE)
                return decision_error(reason, IMAGE_NONE);
        uint32_t organization = names.target.organization;
        const ImagePermission *record = image_inline_permission(image, names.permission);
        if (!record)
                return decision_error(REASON_UNKNOWN_PERMISSION, organization);
        if (!(record->scopes & names.target.scopes))
                return decision_error(REASON_UNKNOWN_RESOURCE, organization);
        reason = subject_of_index(image, context, organization, names.user, query->user, &subject);
        if (reason != REASON_NONE) {
                Decision decision = decision_new(OUTCOME_DENY, reason);
                decision.organization = organization;
                decision.permission = names.permission;
                return decision;
        }
        return decide_found(&engine, names.permission, record);
}
