/* SPDX-License-Identifier: MIT */
/*
 * A step takes away one thing that nothing else refers to by number, or sets one property to its
 * default. Steps are tried in turn until none of them keeps the disagreement.
 */
#include "property_shrink.h"
#include "property_shrink_time.h"

#include <string.h>

#define REMOVE(list, count, i)                                                                     \
        do {                                                                                       \
                memmove(&(list)[i], &(list)[(i) + 1],                                              \
                        (size_t)((count) - (i)-1) * sizeof((list)[0]));                            \
                (count)--;                                                                         \
        } while (0)

static const WorldInterval OPEN = { INT64_MIN, INT64_MAX };

/* Each of these takes away the thing number I of its kind; false when there is none. */

static bool remove_person(WorldOrganization *o, int i)
{
        if (i >= o->users_count)
                return false;
        REMOVE(o->users, o->users_count, i);
        return true;
}

static bool remove_people(WorldOrganization *o, int i)
{
        if (i >= o->people_count)
                return false;
        REMOVE(o->people, o->people_count, i);
        return true;
}

static bool remove_level(WorldOrganization *o, int i)
{
        if (i >= o->levels_count)
                return false;
        REMOVE(o->levels, o->levels_count, i);
        return true;
}

static bool remove_objects(WorldOrganization *o, int i)
{
        int *const counts[] = { &o->floorplans_count, &o->templates_count, &o->exceptions_count };

        if (i >= 3)
                return false;
        *counts[i] = 0;
        return true;
}

static bool remove_grant(WorldOrganization *o, int i)
{
        int holder = i / WORLD_GRANTS_MAX, k = i % WORLD_GRANTS_MAX;
        WorldGrants *grants;

        if (holder >= o->users_count + o->groups_count)
                return false;
        grants = holder < o->users_count ? &o->users[holder].grants
                                         : &o->groups[holder - o->users_count].grants;
        if (k < grants->count)
                REMOVE(grants->item, grants->count, k);
        return true;
}

static bool open_grant(WorldOrganization *o, int i)
{
        int holder = i / WORLD_GRANTS_MAX, k = i % WORLD_GRANTS_MAX;

        if (holder >= o->users_count + o->groups_count)
                return false;
        if (holder < o->users_count)
                o->users[holder].grants.item[k].interval = OPEN;
        else
                o->groups[holder - o->users_count].grants.item[k].interval = OPEN;
        return true;
}

static bool remove_membership(WorldOrganization *o, int i)
{
        int user = i / (2 * WORLD_LIST_MAX), k = i % WORLD_LIST_MAX;
        WorldList *list;

        if (user >= o->users_count)
                return false;
        list = i / WORLD_LIST_MAX % 2 ? &o->users[user].groups : &o->users[user].access_groups;
        if (k < list->count)
                REMOVE(list->item, list->count, k);
        return true;
}

static bool reset_person(WorldOrganization *o, int i)
{
        WorldUser *user = &o->users[i / 7];

        if (i / 7 >= o->users_count)
                return false;
        switch (i % 7) {
        case 0:
                user->member = true;
                break;
        case 1:
                user->synced = false;
                break;
        case 2:
                user->suspended = false;
                break;
        case 3:
                user->remote_unlock = true;
                break;
        case 4:
                user->access = OPEN;
                break;
        case 5:
                user->migrated = false;
                break;
        default:
                user->uid = WORLD_NONE;
        }
        return true;
}

static bool remove_last(WorldOrganization *o, int i)
{
        int *const counts[] = { &o->sites_count,         &o->doors_count,
                                &o->hosts_count,         &o->groups_count,
                                &o->access_groups_count, &o->schedules_count,
                                &o->custom_roles_count,  &o->customizations_count };

        /* References into a list that is cut off make the world invalid, so check them first. */
        if (i >= 8)
                return false;
        if (*counts[i] > 0)
                (*counts[i])--;
        return true;
}

static bool remove_from_lists(WorldOrganization *o, int i)
{
        WorldList *list;

        if (i < WORLD_LEVELS_MAX * WORLD_LIST_MAX * 2) {
                WorldLevel *level = &o->levels[i / (2 * WORLD_LIST_MAX)];
                list = i / WORLD_LIST_MAX % 2 ? &level->doors : &level->access_groups;
        } else {
                i -= WORLD_LEVELS_MAX * WORLD_LIST_MAX * 2;
                if (i >= WORLD_PLANS_MAX * WORLD_LIST_MAX)
                        return false;
                list = &o->floorplans[i / WORLD_LIST_MAX].doors;
        }
        if (i % WORLD_LIST_MAX < list->count)
                REMOVE(list->item, list->count, i % WORLD_LIST_MAX);
        return true;
}

static bool remove_window(WorldOrganization *o, int i)
{
        WorldSchedule *schedule = &o->schedules[i / WORLD_WINDOWS_MAX];

        if (i / WORLD_WINDOWS_MAX >= o->schedules_count)
                return false;
        if (i % WORLD_WINDOWS_MAX < schedule->windows.count)
                REMOVE(schedule->windows.item, schedule->windows.count, i % WORLD_WINDOWS_MAX);
        return true;
}

static bool remove_customized(WorldOrganization *o, int i)
{
        WorldCustomization *customization = &o->customizations[i / (2 * WORLD_LIST_MAX)];
        WorldList *list = i / WORLD_LIST_MAX % 2 ? &customization->add : &customization->remove;

        if (i / (2 * WORLD_LIST_MAX) >= o->customizations_count)
                return false;
        if (i % WORLD_LIST_MAX < list->count)
                REMOVE(list->item, list->count, i % WORLD_LIST_MAX);
        return true;
}

static bool reset_group(WorldOrganization *o, int i)
{
        if (i >= o->groups_count)
                return false;
        o->groups[i].gid = WORLD_NONE;
        return true;
}

static bool (*const STEPS[])(WorldOrganization *o, int i) = {
        remove_person, remove_people,     remove_level, remove_objects,    remove_grant,
        open_grant,    remove_membership, reset_person, remove_from_lists, remove_window,
        reset_group,   remove_customized, remove_last,
};

static bool list_fits(const WorldList *list, int count)
{
        for (int i = 0; i < list->count; i++)
                if (list->item[i] >= count)
                        return false;
        return true;
}

static bool grants_fit(const WorldGrants *grants, const WorldOrganization *o)
{
        for (int i = 0; i < grants->count; i++)
                if (grants->item[i].site >= o->sites_count ||
                    grants->item[i].role >= WORLD_ROLES_COUNT + o->custom_roles_count)
                        return false;
        return true;
}

static bool people_fit(const WorldOrganization *o)
{
        for (int i = 0; i < o->users_count; i++)
                if (!grants_fit(&o->users[i].grants, o) ||
                    !list_fits(&o->users[i].groups, o->groups_count) ||
                    !list_fits(&o->users[i].access_groups, o->access_groups_count))
                        return false;
        for (int i = 0; i < o->people_count; i++)
                if (!list_fits(&o->people[i].groups, o->groups_count) ||
                    !list_fits(&o->people[i].access_groups, o->access_groups_count))
                        return false;
        for (int i = 0; i < o->groups_count; i++)
                if (!grants_fit(&o->groups[i].grants, o))
                        return false;
        return true;
}

/* Says whether nothing refers to what is no longer there. */
static bool is_whole(const WorldOrganization *o)
{
        for (int i = 0; i < o->doors_count; i++)
                if (o->doors[i].site >= o->sites_count)
                        return false;
        for (int i = 0; i < o->hosts_count; i++)
                if (o->hosts[i].site >= o->sites_count)
                        return false;
        for (int i = 0; i < o->levels_count; i++)
                if (o->levels[i].schedule >= o->schedules_count ||
                    !list_fits(&o->levels[i].doors, o->doors_count) ||
                    !list_fits(&o->levels[i].access_groups, o->access_groups_count))
                        return false;
        for (int i = 0; i < o->floorplans_count; i++)
                if (!list_fits(&o->floorplans[i].doors, o->doors_count))
                        return false;
        for (int i = 0; i < o->templates_count; i++)
                if (o->templates[i].site >= o->sites_count)
                        return false;
        return people_fit(o) && shrink_time_is_whole(o);
}

/* What engine and reference say, so that no other disagreement is followed on the way. */
typedef struct Disagreement {
        const char *ours, *reference;
} Disagreement;

static Disagreement disagreement(Run *run, const World *world, const RefQuery *query, int64_t now_s)
{
        EngineAnswer ours;
        RefAnswer reference;

        if (engine_build(&run->engine, world, NULL) != 0)
                return (Disagreement){ NULL, NULL };
        ours = engine_decide(&run->engine, now_s, query);
        reference = reference_decide(world, now_s, query);
        if (engine_agrees(&ours, &reference))
                return (Disagreement){ NULL, NULL };
        return (Disagreement){ ours.reason, reference.reasons[0] };
}

static bool is_same(Disagreement a, Disagreement b)
{
        return a.ours != NULL && b.ours != NULL && strcmp(a.ours, b.ours) == 0 &&
               strcmp(a.reference, b.reference) == 0;
}

enum { STEPS_COUNT = sizeof(STEPS) / sizeof(STEPS[0]) };

static bool take_step(WorldOrganization *o, int step, int i)
{
        return step < STEPS_COUNT ? STEPS[step](o, i) : SHRINK_TIME[step - STEPS_COUNT](o, i);
}

/* Tries one kind of step on organization K; returns whether any of it was kept. */
static bool try_step(Run *run, const RefQuery *query, int64_t now_s, Disagreement first, int step,
                     int k)
{
        static World smaller;
        bool kept = false;

        for (int i = 0;;) {
                smaller = run->world;
                if (!take_step(&smaller.organizations[k], step, i))
                        return kept;
                if (memcmp(&smaller, &run->world, sizeof(smaller)) == 0 ||
                    !is_whole(&smaller.organizations[k]) ||
                    !is_same(disagreement(run, &smaller, query, now_s), first)) {
                        i++;
                        continue;
                }
                run->world = smaller;
                kept = true;
        }
}

void property_shrink(Run *run, const RefQuery *query, int64_t now_s)
{
        enum { ROUNDS_MAX = 6 };
        Disagreement first;
        bool kept;

        run->engine.quiet = true;
        first = disagreement(run, &run->world, query, now_s);
        kept = first.ours != NULL;

        for (int round = 0; kept && round < ROUNDS_MAX; round++) {
                kept = false;
                for (int k = 0; k < run->world.organizations_count; k++)
                        for (int step = 0; step < STEPS_COUNT + SHRINK_TIME_STEPS; step++)
                                kept = try_step(run, query, now_s, first, step, k) || kept;
        }
        engine_build(&run->engine, &run->world, NULL);
        run->engine.quiet = false;
}
