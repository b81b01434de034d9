/* SPDX-License-Identifier: MIT */
/* A step that leaves a policy which is refused is not kept, so none of them looks ahead. */
#include "property_shrink_time.h"

#include <string.h>

static bool reset_door(WorldOrganization *o, int i)
{
        WorldDoor *door = &o->doors[i / 6];

        if (i / 6 >= o->doors_count)
                return false;
        switch (i % 6) {
        case 0:
                door->has_schedule = false;
                break;
        case 1:
                door->exceptions.count = 0;
                break;
        case 2:
                door->default_state = STATE_ACCESS_CONTROLLED;
                break;
        case 3:
                door->live.is_overridden = false;
                break;
        case 4:
                door->live.is_blocked = false;
                break;
        default:
                door->live.override_until_s = door->live.block_until_s = INT64_MAX;
        }
        return true;
}

static bool reset_live_user(WorldOrganization *o, int i)
{
        if (i / 2 >= o->users_count)
                return false;
        if (i % 2 == 0)
                o->users[i / 2].live.is_suspended = false;
        else
                o->users[i / 2].live.has_dates = false;
        return true;
}

static bool reset_zone(WorldOrganization *o, int i)
{
        if (i >= o->sites_count + o->schedules_count)
                return false;
        if (i < o->sites_count)
                o->sites[i].zone = ZONE_NOT_STATED;
        else
                o->schedules[i - o->sites_count].zone = ZONE_NOT_STATED;
        return true;
}

static bool reset_lockdown(WorldOrganization *o, int i)
{
        WorldLockdown *lockdown = &o->lockdowns[i / 7];
        WorldList *const lists[] = { &lockdown->doors,          &lockdown->sites,
                                     &lockdown->unlock.users,   &lockdown->unlock.groups,
                                     &lockdown->trigger.groups, &lockdown->release.groups };

        if (i / 7 >= o->lockdowns_count)
                return false;
        if (i % 7 < 6)
                lists[i % 7]->count = 0;
        else
                lockdown->is_on = false;
        return true;
}

/* Takes away the last one of a list, or the first window or day of an exception. */
static bool cut_exceptions(WorldOrganization *o, int i)
{
        int *const counts[] = { &o->exceptions_count, &o->access_exceptions_count,
                                &o->calendars_count, &o->lockdowns_count };
        WorldException *exception;

        if (i < 4) {
                if (*counts[i] > 0)
                        (*counts[i])--;
                return true;
        }
        i -= 4;
        if (i / 2 >= 2 * WORLD_PLANS_MAX)
                return false;
        exception = i / 2 < WORLD_PLANS_MAX ? &o->exceptions[i / 2]
                                            : &o->access_exceptions[i / 2 - WORLD_PLANS_MAX];
        if (i % 2 == 0 && exception->windows.count > 0)
                memmove(&exception->windows.item[0], &exception->windows.item[1],
                        (size_t)--exception->windows.count * sizeof(exception->windows.item[0]));
        else if (i % 2 == 1 && exception->dates.count > 0)
                memmove(&exception->dates.day[0], &exception->dates.day[1],
                        (size_t)--exception->dates.count * sizeof(exception->dates.day[0]));
        return true;
}

static bool reset_level(WorldOrganization *o, int i)
{
        if (i >= o->levels_count)
                return false;
        o->levels[i].schedule = WORLD_NONE;
        return true;
}

bool (*const SHRINK_TIME[SHRINK_TIME_STEPS])(WorldOrganization *o, int i) = {
        reset_door, reset_live_user, reset_zone, reset_lockdown, cut_exceptions, reset_level,
};

static bool list_fits(const WorldList *list, int count)
{
        for (int i = 0; i < list->count; i++)
                if (list->item[i] >= count)
                        return false;
        return true;
}

static bool people_fit(const WorldOrganization *o, const WorldPeopleList *people)
{
        return list_fits(&people->users, o->users_count) &&
               list_fits(&people->groups, o->groups_count) &&
               list_fits(&people->access_groups, o->access_groups_count);
}

static bool exceptions_fit(const WorldOrganization *o, const WorldException *list, int count)
{
        for (int i = 0; i < count; i++)
                if (!list_fits(&list[i].calendars, o->calendars_count) ||
                    !list_fits(&list[i].access_levels, o->levels_count))
                        return false;
        return true;
}

bool shrink_time_is_whole(const WorldOrganization *o)
{
        for (int i = 0; i < o->doors_count; i++)
                if ((o->doors[i].has_schedule && o->doors[i].schedule >= o->schedules_count) ||
                    !list_fits(&o->doors[i].exceptions, o->exceptions_count))
                        return false;
        for (int i = 0; i < o->lockdowns_count; i++)
                if (!list_fits(&o->lockdowns[i].doors, o->doors_count) ||
                    !list_fits(&o->lockdowns[i].sites, o->sites_count) ||
                    !people_fit(o, &o->lockdowns[i].trigger) ||
                    !people_fit(o, &o->lockdowns[i].release) ||
                    !people_fit(o, &o->lockdowns[i].unlock))
                        return false;
        return exceptions_fit(o, o->exceptions, o->exceptions_count) &&
               exceptions_fit(o, o->access_exceptions, o->access_exceptions_count);
}
