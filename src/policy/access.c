/* SPDX-License-Identifier: MIT */
/*
 * Door access
 *
 * Whether a badge would open the door now: the person is in force, an access level holds both the
 * door and one of the person's access groups, its schedule is on, and the door takes badges. The
 * levels of a person and of a door are two ascending lists; what they share is what counts.
 */
#include "policy/door_state.h"
#include "policy/engine.h"

/* Where a moment lies in an interval. */
static Reason reason_of_dates(const DecisionContext *context, int64_t from_s, int64_t until_s)
{
        if (context->clock_untrusted)
                return REASON_CLOCK_UNTRUSTED;
        if (context->now_s < from_s)
                return REASON_NOT_YET_ACTIVE;
        return context->now_s >= until_s ? REASON_EXPIRED : REASON_NONE;
}

static Reason by_text(const ImageUser *user, Reason reason, Finding *finding)
{
        finding->place = user->access_place;
        return reason;
}

static Reason by_note(const LiveNote *note, Reason reason, Finding *finding)
{
        finding->note = note;
        return reason;
}

static Reason live_dates(const DecisionContext *context, const LiveUser *live, Finding *finding)
{
        if (!live || !live->dates)
                return REASON_NONE;
        Reason reason = live->dates_ended ? REASON_EXPIRED
                                          : reason_of_dates(context, live->from_s, live->until_s);
        return reason == REASON_NONE ? reason : by_note(live->dates, reason, finding);
}

/* Suspensions come before dates, and what is written before what was changed live. */
Reason access_of_person(const Engine *engine, Finding *finding)
{
        const ImageUser *user = engine->user;
        const DecisionContext *context = engine->context;
        if (context->live && context->live->unknown)
                return REASON_LIVE_STATE_UNKNOWN;
        if (!user)
                return REASON_NONE;
        if (user->flags & IMAGE_USER_SUSPENDED)
                return by_text(user, REASON_SUSPENDED, finding);
        const LiveUser *live = live_user(context->live, engine->subject->user);
        if (live && live->suspension)
                return by_note(live->suspension, REASON_SUSPENDED, finding);
        Reason reason = REASON_NONE;
        if (user->flags & IMAGE_USER_HAS_DATES)
                reason = reason_of_dates(context, user->access_from_s, user->access_until_s);
        return reason == REASON_NONE ? live_dates(context, live, finding)
                                     : by_text(user, reason, finding);
}

ScheduleQuestion access_schedule(const Engine *engine, const ImageAccessLevel *level)
{
        const ImageDoor *door = engine->target->type == RESOURCE_DOOR
                                        ? image_inline_door(engine->image, engine->target->index)
                                        : NULL;
        return (ScheduleQuestion){ level->schedule, level->exceptions,
                                   door ? door->zone : IMAGE_NONE };
}

/* What the levels that have been looked at add up to. */
typedef struct LevelSearch {
        const Engine *engine;
        const uint32_t *door_levels;
        uint32_t door_level_count;
        uint32_t on, off, undetermined; /* a level in that state, or IMAGE_NONE */
        Reason unknown;                 /* why it is undetermined */
} LevelSearch;

static bool level_is_on(LevelSearch *search, uint32_t index)
{
        const ImageAccessLevel *level = image_inline_access_level(search->engine->image, index);
        if (!level)
                return false;
        ScheduleQuestion question = access_schedule(search->engine, level);
        ScheduleFinding found;
        ScheduleState state =
                schedule_find(search->engine->image, &question, search->engine->context, &found);
        uint32_t *of_state = state == SCHEDULE_ON    ? &search->on
                             : state == SCHEDULE_OFF ? &search->off
                                                     : &search->undetermined;
        if (index < *of_state) {
                *of_state = index;
                if (state == SCHEDULE_UNDETERMINED)
                        search->unknown = found.unknown;
        }
        return state == SCHEDULE_ON;
}

/* Looks at the levels that the door shares with a list. Return: true once one is on. */
static bool levels_intersect(LevelSearch *search, ImageRange range)
{
        uint32_t count;
        const uint32_t *levels = image_inline_numbers(search->engine->image, range, &count);
        for (uint32_t i = 0, j = 0; i < count && j < search->door_level_count;) {
                if (levels[i] < search->door_levels[j])
                        i++;
                else if (levels[i] > search->door_levels[j])
                        j++;
                else if (level_is_on(search, levels[i]))
                        return true;
                else
                        i++, j++;
        }
        return false;
}

static bool mapped_levels_intersect(LevelSearch *search)
{
        const Image *image = search->engine->image;
        MappedGroups walk = mapped_groups(search->engine);
        for (const ImageMappedGroup *mapped; (mapped = mapped_groups_next(&walk));) {
                uint32_t count;
                const uint32_t *groups = image_inline_numbers(image, mapped->access_groups, &count);
                for (uint32_t i = 0; i < count; i++) {
                        const ImageAccessGroup *group = image_inline_access_group(image, groups[i]);
                        if (group && levels_intersect(search, group->levels))
                                return true;
                }
        }
        return false;
}

Reason access_by_levels(const Engine *engine, Finding *finding)
{
        if (engine->target->type != RESOURCE_DOOR)
                return REASON_NO_DOOR_ACCESS;
        const ImageDoor *door = image_inline_door(engine->image, engine->target->index);
        LevelSearch search = {
                .engine = engine, .on = IMAGE_NONE, .off = IMAGE_NONE, .undetermined = IMAGE_NONE
        };
        if (door)
                search.door_levels =
                        image_inline_numbers(engine->image, door->levels, &search.door_level_count);
        bool on = search.door_level_count > 0 &&
                  ((engine->user && levels_intersect(&search, engine->user->levels)) ||
                   (engine->subject->mapped && mapped_levels_intersect(&search)));
        if (on) {
                finding->access_level = search.on;
                return REASON_NONE;
        }
        bool undetermined = search.undetermined != IMAGE_NONE;
        finding->access_level = undetermined ? search.undetermined : search.off;
        const ImageAccessLevel *level =
                image_inline_access_level(engine->image, finding->access_level);
        if (!level)
                return REASON_NO_DOOR_ACCESS;
        finding->place = level->place;
        return undetermined ? search.unknown : REASON_NOT_PERMITTED_AT_THIS_TIME;
}

Reason access_by_door_state(const Engine *engine, Finding *finding)
{
        DoorSituation door =
                policy_door_situation(engine->image, engine->context, engine->target->index);
        if (door.unknown == REASON_NONE && door.state != DOOR_STATE_LOCKED)
                return REASON_NONE;
        finding->place = door.state_place;
        finding->note = door.state_note;
        return door.unknown != REASON_NONE ? door.unknown : REASON_DOOR_LOCKED;
}

Reason access_to_door(const Engine *engine, Finding *finding)
{
        Reason reason = access_of_person(engine, finding);
        if (reason == REASON_NONE)
                reason = access_by_levels(engine, finding);
        return reason != REASON_NONE ? reason : access_by_door_state(engine, finding);
}

bool access_level_is_held(const Engine *engine, uint32_t access_level)
{
        if (engine->user && numbers_hold(engine->image, engine->user->levels, access_level))
                return true;
        MappedGroups walk = mapped_groups(engine);
        for (const ImageMappedGroup *mapped; (mapped = mapped_groups_next(&walk));) {
                uint32_t count;
                const uint32_t *groups =
                        image_inline_numbers(engine->image, mapped->access_groups, &count);
                for (uint32_t i = 0; i < count; i++) {
                        const ImageAccessGroup *group =
                                image_inline_access_group(engine->image, groups[i]);
                        if (group && numbers_hold(engine->image, group->levels, access_level))
                                return true;
                }
        }
        return false;
}
