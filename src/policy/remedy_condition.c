/* SPDX-License-Identifier: MIT */
/*
 * Remedies for conditions
 *
 * A condition about an object needs the object; one about door access needs the person's access in
 * force and an access group whose level is on, or the time at which one is. About the target itself
 * (synced, oneself, no legacy role) nothing can be done.
 */
#include "policy/remedy.h"
#include "util/timestamp.h"

#define WAIT_SECONDS_MAX (INT64_C(8) * 24 * 60 * 60)

/* ---- Door access ---- */

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

/* What the levels of a door offer. */
typedef struct Offer {
        uint32_t held_level;
        int64_t held_at_s;    /* when a level that the person has is on next */
        uint32_t group_now;   /* a group whose level is on now */
        uint32_t group_later; /* a group whose level is on at group_at_s */
        uint32_t group_level;
        int64_t group_at_s;
} Offer;

static void offer_level(const RemedySearch *search, uint32_t index, Offer *offer)
{
        const Image *image = search->engine.image;
        int64_t now_s = search->engine.context->now_s;
        const ImageAccessLevel *level = image_access_level(image, index);
        if (!level)
                return;
        ScheduleQuestion question = access_schedule(&search->engine, level);
        ScheduleFinding found;
        bool on = schedule_find(image, &question, search->engine.context, &found) == SCHEDULE_ON;
        uint32_t group = level_group(image, level);
        if (on && offer->group_now == IMAGE_NONE)
                offer->group_now = group;
        if (on)
                return;
        int64_t at_s = schedule_next_on(image, &question, now_s, WAIT_SECONDS_MAX);
        if (access_level_is_held(&search->engine, index) && at_s < offer->held_at_s) {
                offer->held_level = index;
                offer->held_at_s = at_s;
        }
        if (group != IMAGE_NONE && at_s < offer->group_at_s) {
                offer->group_later = group;
                offer->group_level = index;
                offer->group_at_s = at_s;
        }
}

static Offer offer_find(const RemedySearch *search)
{
        Offer offer = { .held_at_s = TIMESTAMP_MAX,
                        .group_now = IMAGE_NONE,
                        .group_later = IMAGE_NONE,
                        .group_at_s = TIMESTAMP_MAX };
        const ImageDoor *door = search->target.type == RESOURCE_DOOR
                                        ? image_door(search->engine.image, search->target.index)
                                        : NULL;
        uint32_t count = 0;
        const uint32_t *levels =
                door ? image_numbers(search->engine.image, door->levels, &count) : NULL;
        for (uint32_t i = 0; i < count; i++)
                offer_level(search, levels[i], &offer);
        return offer;
}

/* Says whether the person's dates of access hold at a later time, or will be changed anyway. */
static bool dates_hold_at(const RemedySearch *search, const Plan *plan, int64_t at_s)
{
        const ImageUser *user = search->engine.user;
        return at_s != TIMESTAMP_MAX &&
               (!user || !(user->flags & IMAGE_USER_HAS_DATES) ||
                plan_has(plan, REMEDY_CHANGE_DATES) ||
                (user->access_from_s <= at_s && at_s < user->access_until_s));
}

static void plan_wait(Plan *plan, uint32_t access_level, int64_t at_s)
{
        plan_add(plan, (Remedy){ .kind = REMEDY_WAIT, .access_level = access_level, .at_s = at_s });
}

static void plan_group(const RemedySearch *search, Plan *plan, uint32_t group)
{
        plan_listing(search, plan);
        plan_add(plan, (Remedy){ .kind = REMEDY_ADD_ACCESS_GROUP, .access_group = group });
}

static void plan_door_access(const RemedySearch *search, Plan *plan)
{
        Finding finding = FINDING_NONE;
        plan_person(search, plan);
        if (access_by_levels(&search->engine, &finding) == REASON_NONE)
                return;
        Offer offer = offer_find(search);
        if (dates_hold_at(search, plan, offer.held_at_s)) {
                plan_wait(plan, offer.held_level, offer.held_at_s);
        } else if (offer.group_now != IMAGE_NONE) {
                plan_group(search, plan, offer.group_now);
        } else if (dates_hold_at(search, plan, offer.group_at_s)) {
                plan_group(search, plan, offer.group_later);
                plan_wait(plan, offer.group_level, offer.group_at_s);
        } else {
                plan->hopeless = true;
        }
}

/* ---- Objects ---- */

static bool is_actor_type(ResourceType type)
{
        return type == RESOURCE_USER || type == RESOURCE_GROUP || type == RESOURCE_ACCESS_GROUP;
}

static bool is_about_target(Condition condition)
{
        return condition & (CONDITION_TARGET_NOT_SYNCED | CONDITION_TARGET_NOT_SELF |
                            CONDITION_TARGET_HAS_LEGACY_ROLE | CONDITION_TARGET_IS_SELF |
                            CONDITION_TARGET_IS_MEMBER);
}

/* Says whether an object of this type serves a condition. */
static bool object_serves(Condition condition, ResourceType type)
{
        switch (condition) {
        case CONDITION_SCHEDULE_EXISTS:
                return type == RESOURCE_SCHEDULE;
        case CONDITION_DOOR_EXCEPTION_EXISTS:
                return type == RESOURCE_DOOR_EXCEPTION;
        case CONDITION_TEMPLATE_EXISTS:
                return type == RESOURCE_ROLL_CALL_TEMPLATE;
        case CONDITION_FLOORPLAN_SHOWS_SITE:
                return type == RESOURCE_FLOORPLAN;
        case CONDITION_TARGET_NOT_SYNCED:
        case CONDITION_TARGET_NOT_SELF:
        case CONDITION_TARGET_HAS_LEGACY_ROLE:
        case CONDITION_TARGET_IS_SELF:
        case CONDITION_TARGET_IS_MEMBER:
                return is_actor_type(type);
        case CONDITION_DOOR_ACCESS_NOW:
        case CONDITION_ARCHIVE_NOT_PRIVATE:
        case CONDITION_BEFORE_2024_11_14:
        case CONDITION_SITE_VISIBLE:
        case CONDITION_CUSTOMIZATION_POSSIBLE:
        case CONDITION_CODE_WHERE_REQUIRED:
        case CONDITION_ROLL_CALL_ACTIVE: /* is not declared: another one has to be named */
                break;
        }
        return false;
}

/* Whether a target that is to be declared would be the asker himself. */
static bool object_is_asker(const RemedySearch *search, const Resource *object)
{
        return object->type == RESOURCE_USER && text_equal(object->path, search->subject.name);
}

static void plan_object(const RemedySearch *search, Condition condition, Plan *plan)
{
        const Query *query = search->engine.query;
        Remedy remedy = { .kind = REMEDY_NAME_OBJECT, .condition = condition };
        for (size_t i = 0; i < query->with_count; i++) {
                if (!object_serves(condition, query->with[i].type))
                        continue;
                remedy.kind = REMEDY_DECLARE_OBJECT;
                if (object_is_asker(search, &query->with[i]) ||
                    condition == CONDITION_TARGET_HAS_LEGACY_ROLE ||
                    condition == CONDITION_TARGET_IS_SELF)
                        plan->hopeless = true;
                break;
        }
        for (size_t i = 0; i < plan->count; i++)
                if (plan->items[i].kind == remedy.kind && is_about_target(condition) &&
                    is_about_target(plan->items[i].condition))
                        return; /* the same target serves both */
        plan_add(plan, remedy);
}

/* The user that is acted on, who is no member. */
static void plan_target_member(const RemedySearch *search, Plan *plan)
{
        const Engine *engine = &search->engine;
        uint32_t index = search->target.type == RESOURCE_USER ? search->target.index : IMAGE_NONE;
        for (size_t i = 0; index == IMAGE_NONE && i < engine->query->with_count; i++)
                if (engine->query->with[i].type == RESOURCE_USER)
                        index = image_find(engine->image, RESOURCE_USER,
                                           search->target.organization,
                                           engine->query->with[i].path);
        if (index != search->subject.user)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_MAKE_TARGET_MEMBER, .index = index });
}

/* A property that is not stated can be; one that is stated otherwise is as it is. */
static void plan_privacy(const RemedySearch *search, Plan *plan)
{
        if (search->engine.query->is_private != PROPERTY_UNSTATED)
                plan->hopeless = true;
        else
                plan_add(plan, (Remedy){ .kind = REMEDY_NAME_OBJECT,
                                         .condition = CONDITION_ARCHIVE_NOT_PRIVATE });
}

void plan_conditions(const RemedySearch *search, uint32_t conditions, Plan *plan)
{
        for (uint32_t bit = 0; bit < CONDITION_COUNT; bit++) {
                Condition condition = (Condition)(UINT32_C(1) << bit), failed;
                Finding finding = FINDING_NONE;
                if (!(conditions & condition))
                        continue;
                if (condition == CONDITION_DOOR_ACCESS_NOW) {
                        plan_door_access(search, plan);
                        continue;
                }
                Reason reason = conditions_test(&search->engine, condition, &finding, &failed);
                if (reason == REASON_NO_SUCH_OBJECT || reason == REASON_NOT_ACTIVE)
                        plan_object(search, condition, plan);
                else if (reason == REASON_PRIVATE_ARCHIVE)
                        plan_privacy(search, plan);
                else if (reason == REASON_NOT_A_MEMBER)
                        plan_target_member(search, plan);
                else if (reason != REASON_NONE)
                        plan->hopeless = true;
        }
}
