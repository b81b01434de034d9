/* SPDX-License-Identifier: MIT */
/*
 * Remedies for time and live state
 *
 * What was changed live is ended by the same command that made it; what stands in the text is
 * changed there; what depends on the hour is waited for. A search works with the clock and the live
 * state as if both were sound, and says beside it when one of them has to be mended first.
 */
#include "policy/door_state.h"
#include "policy/remedy.h"

#define TURNS_MAX   64   /* of level and door waiting for each other */
#define CHANGES_MAX 4096 /* of a door's state that are looked at */

/* ---- The person ---- */

static const LiveUser *live_of_person(const RemedySearch *search)
{
        const LiveState *live = search->asked->live;
        return live && !live->unknown ? live_user(live, search->subject.user) : NULL;
}

static bool interval_holds(int64_t from_s, int64_t until_s, int64_t at_s)
{
        return from_s <= at_s && at_s < until_s;
}

void plan_clock(const RemedySearch *search, Plan *plan)
{
        if (search->asked->clock_untrusted)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_ACCEPT_CLOCK });
}

void plan_live_known(const RemedySearch *search, Plan *plan)
{
        if (search->asked->live && search->asked->live->unknown)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_MEND_LIVE_STATE });
}

void plan_person(const RemedySearch *search, Plan *plan)
{
        const ImageUser *user = search->engine.user;
        const LiveUser *live = live_of_person(search);
        int64_t now_s = search->context.now_s;
        plan_live_known(search, plan);
        if (!user)
                return;
        bool has_dates = user->flags & IMAGE_USER_HAS_DATES;
        bool live_dates = live && live->dates, live_ended = live_dates && live->dates_ended;
        if (user->flags & IMAGE_USER_SUSPENDED)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_RESUME, .place = user->access_place });
        if (live && live->suspension)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_RESUME, .note = live->suspension });
        if (has_dates || (live_dates && !live_ended))
                plan_clock(search, plan);
        if (has_dates && !interval_holds(user->access_from_s, user->access_until_s, now_s))
                plan_add_once(plan,
                              (Remedy){ .kind = REMEDY_CHANGE_DATES, .place = user->access_place });
        if (live_dates && (live_ended || !interval_holds(live->from_s, live->until_s, now_s)))
                plan_add_once(plan, (Remedy){ .kind = REMEDY_CHANGE_DATES, .note = live->dates });
}

/* Says whether the person's dates of access hold at a later time, or will be changed anyway. */
static bool dates_hold_at(const RemedySearch *search, const Plan *plan, int64_t at_s)
{
        const ImageUser *user = search->engine.user;
        const LiveUser *live = live_of_person(search);
        if (at_s == TIMESTAMP_MAX || plan_has(plan, REMEDY_CHANGE_DATES))
                return at_s != TIMESTAMP_MAX;
        bool by_text = !user || !(user->flags & IMAGE_USER_HAS_DATES) ||
                       interval_holds(user->access_from_s, user->access_until_s, at_s);
        bool by_live = !live || !live->dates || interval_holds(live->from_s, live->until_s, at_s);
        return by_text && by_live;
}

/* ---- Gates ---- */

void plan_lockdowns(const RemedySearch *search, Plan *plan)
{
        const LiveState *live = search->asked->live;
        const ImageDoor *door = search->target.type == RESOURCE_DOOR
                                        ? image_door(search->engine.image, search->target.index)
                                        : NULL;
        plan_live_known(search, plan);
        if (!door || !live || live->unknown)
                return;
        Engine engine = search->engine;
        engine.context = search->asked;
        uint32_t count;
        const uint32_t *lockdowns = image_numbers(engine.image, door->lockdowns, &count);
        for (uint32_t i = 0; i < count; i++) {
                Finding finding = FINDING_NONE;
                if (lockdown_stands_in_the_way(&engine, lockdowns[i], &finding))
                        plan_add_once(plan, (Remedy){ .kind = REMEDY_END_LOCKDOWN,
                                                      .index = lockdowns[i],
                                                      .place = finding.place,
                                                      .note = finding.note });
        }
}

void plan_block(const RemedySearch *search, Plan *plan)
{
        const LiveState *live = search->asked->live;
        plan_live_known(search, plan);
        if (search->target.type != RESOURCE_DOOR || !live || live->unknown)
                return;
        const LiveDoor *door = live_door(live, search->target.index);
        if (door && door->block && !decision_has_ended(search->asked, door->block_until_s))
                plan_add_once(plan, (Remedy){ .kind = REMEDY_RELEASE_DOOR,
                                              .index = search->target.index,
                                              .note = door->block });
}

/* ---- The door's state ---- */

/* What the door is at a time, once an override that the plan releases is gone. */
static DoorSituation door_at(const RemedySearch *search, const Plan *plan, int64_t at_s)
{
        DecisionContext context = search->context;
        context.now_s = at_s;
        for (size_t i = 0; i < plan->count; i++)
                if (plan->items[i].kind == REMEDY_RELEASE_DOOR &&
                    plan->items[i].note->kind == LIVE_OVERRIDE)
                        context.live = NULL;
        return policy_door_situation(search->engine.image, &context, search->target.index);
}

static bool takes_badges(const DoorSituation *door)
{
        return door->unknown == REASON_NONE && door->state != DOOR_STATE_LOCKED;
}

/* The first moment not before at_s at which the door takes badges. */
static int64_t door_opens_at(const RemedySearch *search, const Plan *plan, int64_t at_s,
                             int64_t end_s)
{
        const ImageDoor *door = image_door(search->engine.image, search->target.index);
        if (!door)
                return TIMESTAMP_MAX;
        ScheduleQuestion question = { door->schedule, door->exceptions, door->zone };
        for (unsigned i = 0; i < CHANGES_MAX && at_s <= end_s; i++) {
                DoorSituation situation = door_at(search, plan, at_s);
                if (takes_badges(&situation))
                        return at_s;
                at_s = schedule_next_change(search->engine.image, &question, at_s);
        }
        return TIMESTAMP_MAX;
}

/* An override that keeps badges out is released; one that may have ended takes the clock. */
static void plan_override(const RemedySearch *search, Plan *plan)
{
        DoorSituation door =
                policy_door_situation(search->engine.image, search->asked, search->target.index);
        if (door.unknown == REASON_CLOCK_UNTRUSTED)
                plan_clock(search, plan);
        else if (door.state == DOOR_STATE_LOCKED && door.state_source == DOOR_SOURCE_OVERRIDE)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_RELEASE_DOOR,
                                              .index = search->target.index,
                                              .note = door.state_note });
}

/* ---- Access levels ---- */

/* An access group of a level, one that is not synced from a directory if there is any. */
static uint32_t level_group(const Image *image, const ImageAccessLevel *level)
{
        uint32_t count;
        const uint32_t *groups = image_numbers(image, level->access_groups, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageAccessGroup *group = image_access_group(image, groups[i]);
                if (group && !(group->flags & IMAGE_GROUP_SYNCED))
                        return groups[i];
        }
        return count > 0 ? groups[0] : IMAGE_NONE;
}

static bool level_is_on(const RemedySearch *search, const ScheduleQuestion *question, int64_t at_s)
{
        ScheduleFinding found;
        DecisionContext context = search->context;
        context.now_s = at_s;
        return schedule_find(search->engine.image, question, &context, &found) == SCHEDULE_ON;
}

/* The first moment from now on at which a level is on and the door takes badges. */
static int64_t level_opens_at(const RemedySearch *search, const Plan *plan,
                              const ImageAccessLevel *level)
{
        ScheduleQuestion question = access_schedule(&search->engine, level);
        int64_t at_s = search->context.now_s, end_s;
        if (__builtin_add_overflow(at_s, WAIT_SECONDS_MAX, &end_s))
                return TIMESTAMP_MAX;
        for (unsigned i = 0; i < TURNS_MAX && at_s <= end_s; i++) {
                if (!level_is_on(search, &question, at_s))
                        at_s = schedule_next_on(search->engine.image, &question, at_s,
                                                end_s - at_s);
                int64_t door_s = door_opens_at(search, plan, at_s, end_s);
                if (door_s == at_s || door_s == TIMESTAMP_MAX)
                        return door_s;
                at_s = door_s;
        }
        return TIMESTAMP_MAX;
}

/* What the levels of a door offer. */
typedef struct Offer {
        uint32_t level; /* IMAGE_NONE: none is on in time */
        uint32_t group; /* of the level */
        int64_t at_s;   /* now, or when the door is open to it next */
} Offer;

typedef struct Offers {
        Offer held, other; /* the earliest of those he has, and of all */
} Offers;

static void offer_level(const RemedySearch *search, const Plan *plan, uint32_t index,
                        Offers *offers)
{
        const ImageAccessLevel *level = image_access_level(search->engine.image, index);
        if (!level)
                return;
        Offer offer = { index, level_group(search->engine.image, level),
                        level_opens_at(search, plan, level) };
        if (access_level_is_held(&search->engine, index) && offer.at_s < offers->held.at_s)
                offers->held = offer;
        if (offer.group != IMAGE_NONE && offer.at_s < offers->other.at_s)
                offers->other = offer;
}

static Offers offers_find(const RemedySearch *search, const Plan *plan)
{
        const Offer none = { IMAGE_NONE, IMAGE_NONE, TIMESTAMP_MAX };
        Offers offers = { none, none };
        const ImageDoor *door = search->target.type == RESOURCE_DOOR
                                        ? image_door(search->engine.image, search->target.index)
                                        : NULL;
        uint32_t count = 0;
        const uint32_t *levels =
                door ? image_numbers(search->engine.image, door->levels, &count) : NULL;
        for (uint32_t i = 0; i < count; i++)
                offer_level(search, plan, levels[i], &offers);
        return offers;
}

/* Adds the wait for an offer, saying what is waited for; and the clock, where it counts. */
static void plan_offer(const RemedySearch *search, Plan *plan, const Offer *offer)
{
        const ImageAccessLevel *level = image_access_level(search->engine.image, offer->level);
        if (!level)
                return;
        ScheduleQuestion question = access_schedule(&search->engine, level);
        ScheduleFinding found;
        int64_t now_s = search->context.now_s;
        DoorSituation door = door_at(search, plan, now_s);
        if (schedule_find(search->engine.image, &question, search->asked, &found) ==
            SCHEDULE_UNDETERMINED)
                plan_clock(search, plan);
        if (offer->at_s == now_s)
                return;
        plan_clock(search, plan);
        plan_add(plan,
                 (Remedy){ .kind = REMEDY_WAIT,
                           .access_level = level_is_on(search, &question, now_s) ? IMAGE_NONE
                                                                                 : offer->level,
                           .index = takes_badges(&door) ? IMAGE_NONE : search->target.index,
                           .at_s = offer->at_s });
}

/* A calendar that does not reach today does once the policy is compiled again. */
static bool plan_reload(const RemedySearch *search, Plan *plan)
{
        Finding finding = FINDING_NONE;
        ScheduleFinding found = { REASON_NONE, IMAGE_NONE, DOOR_STATE_COUNT, { IMAGE_NONE, 0 } };
        if (search->target.type != RESOURCE_DOOR)
                return false;
        DoorSituation door = door_at(search, plan, search->context.now_s);
        if (access_by_levels(&search->engine, &finding) == REASON_SCHEDULE_ENDED) {
                const ImageAccessLevel *level =
                        image_access_level(search->engine.image, finding.access_level);
                ScheduleQuestion question =
                        level ? access_schedule(&search->engine, level) : (ScheduleQuestion){ 0 };
                (void)schedule_find(search->engine.image, &question, &search->context, &found);
        } else if (door.unknown == REASON_SCHEDULE_ENDED) {
                found.exception = door.exception;
        }
        if (found.exception == IMAGE_NONE)
                return false;
        plan_add_once(plan, (Remedy){ .kind = REMEDY_RELOAD });
        return true;
}

void plan_door_access(const RemedySearch *search, Plan *plan)
{
        plan_person(search, plan);
        if (search->target.type == RESOURCE_DOOR)
                plan_override(search, plan);
        Offers offers = offers_find(search, plan);
        int64_t now_s = search->context.now_s;
        bool held = dates_hold_at(search, plan, offers.held.at_s) || offers.held.at_s == now_s;
        bool other = dates_hold_at(search, plan, offers.other.at_s) || offers.other.at_s == now_s;
        if (held) {
                plan_offer(search, plan, &offers.held);
        } else if (other) {
                plan_listing(search, plan);
                plan_add(plan, (Remedy){ .kind = REMEDY_ADD_ACCESS_GROUP,
                                         .access_group = offers.other.group });
                plan_offer(search, plan, &offers.other);
        } else if (!plan_reload(search, plan)) {
                plan->hopeless = true;
        }
}

void plan_code(const RemedySearch *search, Plan *plan)
{
        int64_t at_s = search->context.now_s;
        for (size_t i = 0; i < plan->count; i++)
                if (plan->items[i].kind == REMEDY_WAIT)
                        at_s = plan->items[i].at_s;
        if (search->target.type != RESOURCE_DOOR) {
                plan->hopeless = true;
                return;
        }
        DoorSituation asked =
                policy_door_situation(search->engine.image, search->asked, search->target.index);
        DoorSituation door = door_at(search, plan, at_s);
        if (asked.unknown == REASON_CLOCK_UNTRUSTED)
                plan_clock(search, plan);
        if (door.unknown != REASON_NONE && !plan_reload(search, plan))
                plan->hopeless = true;
        if (door.state == DOOR_STATE_CARD_AND_CODE &&
            search->engine.query->has_code != PROPERTY_TRUE)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_NAME_OBJECT,
                                              .condition = CONDITION_CODE_WHERE_REQUIRED });
}
