/* SPDX-License-Identifier: MIT */
/*
 * Remedies for conditions
 *
 * A condition about an object needs the object; those about doors are remedy_time.c's. About the
 * target itself (synced, oneself, no legacy role) nothing can be done.
 */
#include "policy/remedy.h"

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

/* Says whether a condition holds only if the clock is right. */
static bool clock_decides(const RemedySearch *search, Condition condition)
{
        Engine engine = search->engine;
        Finding finding = FINDING_NONE;
        Condition failed;
        engine.context = search->asked;
        return search->asked->clock_untrusted &&
               conditions_test(&engine, condition, &finding, &failed) == REASON_CLOCK_UNTRUSTED;
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
                if (condition == CONDITION_CODE_WHERE_REQUIRED) {
                        plan_code(search, plan);
                        continue;
                }
                if (clock_decides(search, condition))
                        plan_clock(search, plan);
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
