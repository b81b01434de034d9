/* SPDX-License-Identifier: MIT */
/*
 * Lockdowns
 *
 * While a lockdown is on, no role passes its doors: only who is on its list of those who may unlock
 * them, and who may do so otherwise too. Where several are on, every one has to list him.
 */
#include "policy/engine.h"

static bool any_of(const Engine *engine, ImageRange range,
                   bool (*is_in)(const Engine *engine, uint32_t group))
{
        uint32_t count;
        const uint32_t *groups = image_inline_numbers(engine->image, range, &count);
        for (uint32_t i = 0; i < count; i++)
                if (is_in(engine, groups[i]))
                        return true;
        return false;
}

bool people_hold(const Engine *engine, const ImagePeople *people)
{
        return (engine->user &&
                numbers_hold(engine->image, people->users, engine->subject->user)) ||
               any_of(engine, people->groups, subject_is_in_group) ||
               any_of(engine, people->access_groups, subject_is_in_access_group);
}

bool policy_lockdown_lists(const Image *image, const DecisionContext *context,
                           const Subject *subject, uint32_t lockdown)
{
        const ImageLockdown *record = image_inline_lockdown(image, lockdown);
        Target target;
        if (!record ||
            !target_of_index(image, record->organization, RESOURCE_LOCKDOWN, lockdown, &target))
                return false;
        Engine engine = {
                .image = image,
                .context = context,
                .subject = subject,
                .user = image_inline_user(image, subject->user),
                .target = &target,
                .permission = IMAGE_NONE,
        };
        Finding finding = FINDING_NONE;
        return (subject->user != IMAGE_NONE || subject->mapped) &&
               (people_hold(&engine, &record->trigger) || people_hold(&engine, &record->release)) &&
               access_of_person(&engine, &finding) == REASON_NONE;
}

bool lockdown_stands_in_the_way(const Engine *engine, uint32_t index, Finding *finding)
{
        const DecisionContext *context = engine->context;
        const LiveLockdown *live = live_lockdown_find(context->live, index);
        const ImageLockdown *lockdown = live ? image_inline_lockdown(engine->image, index) : NULL;
        if (!lockdown || decision_has_ended(context, live->until_s) ||
            lockdown->mode == DOOR_MODE_LOCKED_OPEN || people_hold(engine, &lockdown->unlock))
                return false;
        finding->lockdown = index;
        finding->place = lockdown->place;
        finding->note = live->note;
        return true;
}

Reason lockdowns_pass(const Engine *engine, Finding *finding)
{
        const LiveState *live = engine->context->live;
        if (!live || engine->target->type != RESOURCE_DOOR)
                return REASON_NONE;
        if (live->unknown)
                return REASON_LIVE_STATE_UNKNOWN;
        if (live->lockdown_count == 0)
                return REASON_NONE;
        const ImageDoor *door = image_inline_door(engine->image, engine->target->index);
        uint32_t count = 0;
        const uint32_t *lockdowns =
                door ? image_inline_numbers(engine->image, door->lockdowns, &count) : NULL;
        for (uint32_t i = 0; i < count; i++)
                if (lockdown_stands_in_the_way(engine, lockdowns[i], finding))
                        return REASON_LOCKED_DOWN;
        return REASON_NONE;
}
