/* SPDX-License-Identifier: MIT */
/* Door state: see door_state.h. */
#include "policy/door_state.h"

#include "policy/engine.h"
#include "util/timestamp.h"

/* What window, exception or default says at a moment, leaving live state aside. */
static void scheduled_state(const Image *image, const DecisionContext *context,
                            const ImageDoor *door, DoorSituation *situation)
{
        situation->state = door->default_state < DOOR_STATE_COUNT ? (DoorState)door->default_state
                                                                  : DOOR_STATE_COUNT;
        situation->state_source = DOOR_SOURCE_DEFAULT;
        situation->state_place = door->place;
        if (situation->state == DOOR_STATE_COUNT)
                situation->unknown = REASON_CORRUPT_IMAGE;
        if (door->schedule == IMAGE_NONE && door->exceptions.days.count == 0 &&
            door->exceptions.with_calendar == IMAGE_NONE)
                return;
        ScheduleQuestion question = { door->schedule, door->exceptions, door->zone };
        ScheduleFinding found;
        ScheduleState state = schedule_find(image, &question, context, &found);
        situation->exception = found.exception;
        if (state == SCHEDULE_UNDETERMINED) {
                situation->state = DOOR_STATE_COUNT;
                situation->unknown = found.unknown;
                situation->state_place = found.place;
                situation->state_source = found.exception != IMAGE_NONE ? DOOR_SOURCE_EXCEPTION
                                                                        : DOOR_SOURCE_SCHEDULE;
                return;
        }
        if (found.exception != IMAGE_NONE)
                situation->state_source = DOOR_SOURCE_EXCEPTION;
        else if (state == SCHEDULE_ON && door->schedule != IMAGE_NONE)
                situation->state_source = DOOR_SOURCE_SCHEDULE;
        else
                return;
        situation->state_place = found.place;
        situation->state = found.state;
        situation->unknown = found.state == DOOR_STATE_COUNT ? REASON_CORRUPT_IMAGE : REASON_NONE;
}

static void override_apply(const DecisionContext *context, const LiveDoor *live,
                           DoorSituation *situation)
{
        if (!live->override || decision_has_ended(context, live->override_until_s))
                return;
        situation->state_source = DOOR_SOURCE_OVERRIDE;
        situation->state_note = live->override;
        situation->state_until_s = live->override_until_s;
        situation->state_place = (ImagePlace){ IMAGE_NONE, 0 };
        situation->exception = IMAGE_NONE;
        situation->unknown = REASON_NONE;
        situation->state = live->state;
        /* It may have ended: what opens more than "locked" does is not believed then. */
        if (context->clock_untrusted && live->state != DOOR_STATE_LOCKED) {
                situation->state = DOOR_STATE_COUNT;
                situation->unknown = REASON_CLOCK_UNTRUSTED;
        }
}

/* The lockdown that says which mode the door has: of those that are on the one of the lowest rank,
 * of equal ones one that locks. */
static const LiveLockdown *lockdown_of_mode(const Image *image, const DecisionContext *context,
                                            const ImageDoor *door)
{
        const LiveLockdown *best = NULL;
        const ImageLockdown *best_record = NULL;
        uint32_t count = 0;
        const uint32_t *numbers = NULL;
        if (context->live && context->live->lockdown_count > 0)
                numbers = image_inline_numbers(image, door->lockdowns, &count);
        for (uint32_t i = 0; i < count; i++) {
                const LiveLockdown *live = live_lockdown_find(context->live, numbers[i]);
                const ImageLockdown *record = image_inline_lockdown(image, numbers[i]);
                if (!live || !record || decision_has_ended(context, live->until_s))
                        continue;
                bool better =
                        !best || record->rank < best_record->rank ||
                        (record->rank == best_record->rank && record->mode < best_record->mode);
                if (better)
                        best = live, best_record = record;
        }
        return best;
}

static DoorMode mode_of_state(DoorState state)
{
        switch (state) {
        case DOOR_STATE_UNLOCKED:
                return DOOR_MODE_UNLOCKED;
        case DOOR_STATE_CARD_AND_CODE:
        case DOOR_STATE_LOCKED:
        case DOOR_STATE_ACCESS_CONTROLLED:
                return DOOR_MODE_LOCKED;
        case DOOR_STATE_COUNT:
                break;
        }
        return DOOR_MODE_UNKNOWN;
}

/* The mode is that of the state, until something that goes before changes it. */
static void state_apply(DoorSituation *situation)
{
        situation->mode = mode_of_state(situation->state);
        situation->source = situation->state_source;
        situation->until_s = situation->state_until_s;
        situation->place = situation->state_place;
        situation->note = situation->state_note;
}

static void block_apply(const DecisionContext *context, const LiveDoor *live,
                        DoorSituation *situation)
{
        if (!live->block || decision_has_ended(context, live->block_until_s))
                return;
        situation->mode = DOOR_MODE_BLOCKED;
        situation->source = DOOR_SOURCE_BLOCK;
        situation->note = live->block;
        situation->until_s = live->block_until_s;
        situation->place = (ImagePlace){ IMAGE_NONE, 0 };
}

static void lockdown_apply(const Image *image, const DecisionContext *context,
                           const ImageDoor *door, DoorSituation *situation)
{
        const LiveLockdown *live = lockdown_of_mode(image, context, door);
        const ImageLockdown *record = live ? image_inline_lockdown(image, live->lockdown) : NULL;
        if (!record)
                return;
        situation->mode = record->mode == DOOR_MODE_LOCKED_OPEN ? DOOR_MODE_LOCKED_OPEN
                                                                : DOOR_MODE_LOCKED_DOWN;
        situation->source = DOOR_SOURCE_LOCKDOWN;
        situation->lockdown = live->lockdown;
        situation->note = live->note;
        situation->until_s = live->until_s;
        situation->place = record->place;
}

DoorSituation policy_door_situation(const Image *image, const DecisionContext *context,
                                    uint32_t index)
{
        DoorSituation situation = {
                .state = DOOR_STATE_COUNT,
                .unknown = REASON_NONE,
                .lockdown = IMAGE_NONE,
                .until_s = TIMESTAMP_MAX,
                .place = { IMAGE_NONE, 0 },
                .state_until_s = TIMESTAMP_MAX,
                .state_place = { IMAGE_NONE, 0 },
                .exception = IMAGE_NONE,
        };
        const ImageDoor *door = image_inline_door(image, index);
        if (!door) {
                situation.unknown = REASON_CORRUPT_IMAGE;
                return situation;
        }
        if (context->live && context->live->unknown) {
                situation.unknown = REASON_LIVE_STATE_UNKNOWN;
                return situation;
        }
        scheduled_state(image, context, door, &situation);
        const LiveDoor *live = live_door(context->live, index);
        if (live)
                override_apply(context, live, &situation);
        state_apply(&situation);
        if (live)
                block_apply(context, live, &situation);
        lockdown_apply(image, context, door, &situation);
        return situation;
}

int64_t policy_door_state_until(const Image *image, const DecisionContext *context, uint32_t index)
{
        const ImageDoor *door = image_inline_door(image, index);
        DecisionContext at = *context;
        DoorSituation now = { 0 }, then = { 0 };
        if (!door)
                return TIMESTAMP_MAX;
        ScheduleQuestion question = { door->schedule, door->exceptions, door->zone };
        scheduled_state(image, context, door, &now);
        for (unsigned i = 0; i < DOOR_CHANGES_MAX; i++) {
                at.now_s = schedule_next_change(image, &question, at.now_s);
                if (at.now_s == TIMESTAMP_MAX)
                        break;
                then.unknown = REASON_NONE;
                scheduled_state(image, &at, door, &then);
                if (then.state != now.state)
                        return at.now_s;
        }
        return TIMESTAMP_MAX;
}

const char *door_source_name(DoorSource source)
{
        static const char *const NAMES[DOOR_SOURCE_COUNT] = {
                [DOOR_SOURCE_DEFAULT] = "default",     [DOOR_SOURCE_SCHEDULE] = "schedule",
                [DOOR_SOURCE_EXCEPTION] = "exception", [DOOR_SOURCE_OVERRIDE] = "override",
                [DOOR_SOURCE_BLOCK] = "block",         [DOOR_SOURCE_LOCKDOWN] = "lockdown",
        };
        return (unsigned)source < DOOR_SOURCE_COUNT ? NAMES[source] : NULL;
}
