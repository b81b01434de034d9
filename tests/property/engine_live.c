/* SPDX-License-Identifier: MIT */
/* Records go by names. Those of somebody and something that no policy knows are among them. */
#include "engine_live.h"

#include "util/timestamp.h"

DoorState engine_door_state(WorldState state)
{
        static const DoorState STATES[STATE_COUNT] = {
                [STATE_ACCESS_CONTROLLED] = DOOR_STATE_ACCESS_CONTROLLED,
                [STATE_UNLOCKED] = DOOR_STATE_UNLOCKED,
                [STATE_CARD_AND_CODE] = DOOR_STATE_CARD_AND_CODE,
                [STATE_LOCKED] = DOOR_STATE_LOCKED,
        };

        return STATES[state];
}

bool engine_find(const Image *image, const WorldOrganization *o, const char *type, int site,
                 const char *name, uint32_t *ret_index)
{
        char text[WORLD_TEXT_SIZE];
        Resource resource;
        Target target;

        world_text_resource(o, type, site, name, text);
        if (resource_parse(text_from(text), &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return false;
        *ret_index = target.index;
        return true;
}

/* Makes RECORD the one of its kind about what it is about, or takes that away. */
static bool set(EngineLive *live, bool is_there, LiveRecord record)
{
        record.note = (LiveNote){ .kind = record.kind,
                                  .at_s = WORLD_COMPILED_S,
                                  .by = text_from("root"),
                                  .decision_id = text_from("0123456789abcdef0123456789abcdef") };
        if (is_there && live_records_put(live->records, &record) != 0)
                return false;
        if (!is_there && !live_records_remove(live->records, record.kind, record.resource))
                return true;
        return live->bound == NULL ||
               bound_state_update(live->bound, record.kind, record.resource) == 0;
}

static bool set_user(EngineLive *live, const WorldOrganization *o, const char *name,
                     const WorldLiveUser *user)
{
        char text[WORLD_TEXT_SIZE];
        LiveRecord suspension = { .kind = LIVE_SUSPENSION, .until_s = TIMESTAMP_MAX };
        LiveRecord dates = { .kind = LIVE_DATES,
                             .from_s = user->dates.from_s,
                             .until_s = user->dates.until_s,
                             .ended = user->dates_ended };

        world_text_resource(o, "user", WORLD_NONE, name, text);
        suspension.resource = dates.resource = text_from(text);
        suspension.from_s = TIMESTAMP_MIN;
        return set(live, user->is_suspended, suspension) && set(live, user->has_dates, dates);
}

static bool set_door(EngineLive *live, const WorldOrganization *o, const WorldDoor *door)
{
        char text[WORLD_TEXT_SIZE];
        LiveRecord override = { .kind = LIVE_OVERRIDE,
                                .from_s = TIMESTAMP_MIN,
                                .until_s = door->live.override_until_s,
                                .state = engine_door_state(door->live.state) };
        LiveRecord block = { .kind = LIVE_BLOCK,
                             .from_s = TIMESTAMP_MIN,
                             .until_s = door->live.block_until_s };

        world_text_resource(o, "door", door->site, door->name, text);
        override.resource = block.resource = text_from(text);
        return set(live, door->live.is_overridden, override) &&
               set(live, door->live.is_blocked, block);
}

static bool set_lockdown(EngineLive *live, const WorldOrganization *o,
                         const WorldLockdown *lockdown)
{
        char text[WORLD_TEXT_SIZE];
        LiveRecord record = { .kind = LIVE_LOCKDOWN,
                              .from_s = TIMESTAMP_MIN,
                              .until_s = lockdown->until_s };

        world_text_resource(o, "lockdown", WORLD_NONE, lockdown->name, text);
        record.resource = text_from(text);
        return set(live, lockdown->is_on, record);
}

static bool set_all(EngineLive *live, const WorldOrganization *o)
{
        static const WorldLiveUser GONE = { .is_suspended = true };
        static const WorldLockdown FORGOTTEN = { .name = "forgotten",
                                                 .is_on = true,
                                                 .until_s = INT64_MAX };

        for (int i = 0; i < o->users_count; i++)
                if (!set_user(live, o, o->users[i].name, &o->users[i].live))
                        return false;
        for (int i = 0; i < o->doors_count; i++)
                if (!set_door(live, o, &o->doors[i]))
                        return false;
        for (int i = 0; i < o->lockdowns_count; i++)
                if (!set_lockdown(live, o, &o->lockdowns[i]))
                        return false;
        return set_user(live, o, "gone", &GONE) && set_lockdown(live, o, &FORGOTTEN);
}

void engine_live_clear(EngineLive *live)
{
        live->bound = bound_state_free(live->bound);
        live->records = live_records_free(live->records);
}

bool engine_live_bind(EngineLive *live, const World *world, const Image *image, bool in_steps)
{
        if (live->is_unknown || !in_steps)
                engine_live_clear(live);
        if (live->records == NULL)
                live->records = live_records_new();
        for (int i = 0; live->records != NULL && i < world->organizations_count; i++)
                if (!set_all(live, &world->organizations[i]))
                        return false;
        live->is_unknown = world->live_unknown;
        if (live->is_unknown)
                live->bound = bound_state_free(live->bound);
        if (live->records != NULL && live->bound == NULL)
                live->bound = bound_state_new(image, live->is_unknown ? NULL : live->records);
        return live->bound != NULL;
}
