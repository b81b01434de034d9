/* SPDX-License-Identifier: MIT */
/*
 * Names come from short lists in which many are beginnings of others; times from a short list, so
 * that intervals meet end to start.
 */
#include "world_random.h"

#include "reference_roles.h"
#include "reference_time.h"
#include "world_random_time.h"
#include "world_text.h"

#include <stdio.h>
#include <string.h>

enum { SITE_DEPTH_MAX = 6 };

static const char *const ORGANIZATION_NAMES[] = { "acme", "acme2", "ac", "Acme", "a.b_c-d" };
static const char *const SITE_NAMES[] = { "HQ",  "HQ2", "hq",     "H",   "Tower", "Tower-2",
                                          "Lab", "La",  "Branch", "B.1", "x_1",   "9" };
static const char *const DOOR_NAMES[] = { "D1", "D10", "D", "d1", "HQ", "Tower", "Lab", "gw-1" };
static const char *const USER_NAMES[] = { "al",   "alice", "alice2", "Alice",    "bob",
                                          "bo",   "bob@x", "b+c",    "carol",    "dave",
                                          "erin", "e",     "zoe",    "al.ice-1", "group" };
static const char *const OTHER_NAMES[] = { "desk",  "desk2", "staff", "sta", "Night",
                                           "night", "ops",   "o",     "al",  "HQ" };

/* The day of the legacy freeze, and moments of the years 2026 and 2027; four of them are changes to
 * and from summer time. */
static const int64_t MOMENTS[] = {
        1731542400, /* 2024-11-14T00:00:00Z */
        1767225600, /* 2026-01-01T00:00:00Z */
        1772953200, /* 2026-03-08T07:00:00Z */
        1774746000, /* 2026-03-29T01:00:00Z */
        1780304400, /* 2026-06-01T09:00:00Z */
        1780304401, /* 2026-06-01T09:00:01Z */
        1782900000, /* 2026-07-01T10:00:00Z */
        1792890000, /* 2026-10-25T01:00:00Z */
        1793512800, /* 2026-11-01T06:00:00Z */
        1798761600, /* 2027-01-01T00:00:00Z */
};

/* How many of each thing there may be; those of a level's doors and such follow. */
typedef struct Sizes {
        int sites, doors, hosts, groups, users;
        int own_grants, group_grants;
} Sizes;

static const Sizes LARGE = { WORLD_SITES_MAX,
                             WORLD_DOORS_MAX,
                             WORLD_HOSTS_MAX,
                             WORLD_GROUPS_MAX,
                             WORLD_USERS_MAX - 2,
                             6,
                             4 };
static const Sizes SMALL = { 4, 2, 1, 3, 8, 2, 2 };
static const Sizes TIMED = { 6, 8, 2, 3, 8, 2, 2 };

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define PICK(array)  array[random_below(random, COUNT(array))]

/* A name from NAMES that none of the elements in LIST (COUNT of SIZE bytes) of the same site has.
 */
static void fresh_name(Random *random, const char *const *names, int names_count, const char *list,
                       int count, size_t size, char *ret_name)
{
        snprintf(ret_name, WORLD_NAME_SIZE, "%s", names[random_below(random, names_count)]);
        for (int i = 0; i < count; i++) {
                if (strcmp(list + (size_t)i * size, ret_name) != 0)
                        continue;
                snprintf(ret_name, WORLD_NAME_SIZE, "%s%d",
                         names[random_below(random, names_count)], random_below(random, 10000));
                i = -1;
        }
}

#define FRESH_NAME(names, list, i)                                                                 \
        fresh_name(random, names, COUNT(names), (const char *)(list), i, sizeof((list)[0]),        \
                   (list)[i].name)

static WorldInterval random_interval(Random *random, int open_percent)
{
        WorldInterval interval = { INT64_MIN, INT64_MAX };
        int from;

        if (random_chance(random, open_percent))
                return interval;
        from = random_below(random, COUNT(MOMENTS) - 1);
        if (random_chance(random, 65))
                interval.from_s = MOMENTS[from];
        if (random_chance(random, 65))
                interval.until_s =
                        MOMENTS[from + 1 + random_below(random, COUNT(MOMENTS) - 1 - from)];
        return interval;
}

static WorldList random_list(Random *random, int items, int most)
{
        WorldList list = { 0, { 0 } };

        for (int i = 0; i < items && list.count < most; i++)
                if (random_chance(random, 100 * most / (items + most)))
                        list.item[list.count++] = i;
        return list;
}

static int depth_of(const WorldOrganization *o, int site)
{
        int depth = 0;

        for (; site != WORLD_NONE; site = o->sites[site].parent)
                depth++;
        return depth;
}

static void add_sites(Random *random, const Sizes *sizes, WorldOrganization *o)
{
        o->sites_count = random_below(random, sizes->sites + 1);
        if (random_chance(random, 60))
                o->sites_count %= 8;
        for (int i = 0; i < o->sites_count; i++) {
                WorldSite *site = &o->sites[i];
                FRESH_NAME(SITE_NAMES, o->sites, i);
                site->parent = WORLD_NONE;
                if (i > 0 && random_chance(random, 75))
                        site->parent = random_chance(random, 50) ? i - 1 : random_below(random, i);
                if (depth_of(o, site->parent) >= SITE_DEPTH_MAX)
                        site->parent = WORLD_NONE;
                site->remote_unlock = !random_chance(random, 7);
        }
}

/* Gives sites and doors at different places the same names, which they may well have. */
static void share_names(Random *random, WorldOrganization *o)
{
        for (int i = 1; i < o->sites_count; i++) {
                int other = random_below(random, i);
                bool taken = false;
                for (int k = 0; k < o->sites_count; k++)
                        taken = taken || (o->sites[k].parent == o->sites[i].parent &&
                                          strcmp(o->sites[k].name, o->sites[other].name) == 0);
                if (!taken && random_chance(random, 30))
                        strcpy(o->sites[i].name, o->sites[other].name);
        }
        for (int i = 1; i < o->doors_count; i++) {
                int other = random_below(random, i);
                bool taken = false;
                for (int k = 0; k < o->doors_count; k++)
                        taken = taken || (o->doors[k].site == o->doors[i].site &&
                                          strcmp(o->doors[k].name, o->doors[other].name) == 0);
                if (!taken && random_chance(random, 50))
                        strcpy(o->doors[i].name, o->doors[other].name);
        }
}

static void add_doors(Random *random, const Sizes *sizes, WorldOrganization *o)
{
        o->doors_count = o->sites_count == 0 ? 0 : random_below(random, sizes->doors + 1);
        o->hosts_count = o->sites_count == 0 ? 0 : random_below(random, sizes->hosts + 1);
        for (int i = 0; i < o->doors_count; i++) {
                FRESH_NAME(DOOR_NAMES, o->doors, i);
                o->doors[i].site = random_below(random, o->sites_count);
                o->doors[i].remote_unlock = !random_chance(random, 7);
        }
        for (int i = 0; i < o->hosts_count; i++) {
                FRESH_NAME(DOOR_NAMES, o->hosts, i);
                o->hosts[i].site = random_below(random, o->sites_count);
        }
}

/* A role that a user, or a group, may hold; of the organization itself when it has no site. */
static int random_role(Random *random, const WorldOrganization *o, bool for_group)
{
        int role;

        do {
                role = random_below(random, WORLD_ROLES_COUNT + o->custom_roles_count);
                if (random_chance(random, 35)) /* more of the site roles */
                        role = (random_chance(random, 50) ? (int)SITE_NONE : (int)CAMERA_NONE) +
                               random_below(random, 4);
        } while (role < WORLD_ROLES_COUNT &&
                 ((REFERENCE_ROLES[role].level == 's' && o->sites_count == 0) ||
                  (REFERENCE_ROLES[role].users_only && for_group)));
        return role;
}

static WorldGrants random_grants(Random *random, const WorldOrganization *o, bool for_group,
                                 int most)
{
        WorldGrants grants = { .count = random_below(random, most + 1) };
        WorldGrant *grant;

        for (int i = 0; i < grants.count; i++) {
                grant = &grants.item[i];
                grant->role = random_role(random, o, for_group);
                grant->site = WORLD_NONE;
                if (grant->role < WORLD_ROLES_COUNT && REFERENCE_ROLES[grant->role].level == 's')
                        grant->site = random_below(random, o->sites_count);
                grant->interval = random_interval(random, 65);
        }
        return grants;
}

static void add_groups(Random *random, const Sizes *sizes, WorldOrganization *o)
{
        o->groups_count = random_below(random, sizes->groups + 1);
        o->access_groups_count = random_below(random, WORLD_ACCESS_GROUPS_MAX + 1);
        for (int i = 0; i < o->groups_count; i++) {
                WorldGroup *group = &o->groups[i];
                FRESH_NAME(OTHER_NAMES, o->groups, i);
                group->synced = random_chance(random, 25);
                group->gid = random_chance(random, 35) ? PICK(WORLD_GIDS).gid : WORLD_NONE;
                group->grants = random_grants(random, o, true, sizes->group_grants);
        }
        for (int i = 0; i < o->access_groups_count; i++) {
                FRESH_NAME(OTHER_NAMES, o->access_groups, i);
                o->access_groups[i].synced = random_chance(random, 40);
        }
}

/* Entities, roles made of them, and changes of the roles that can be changed. */
static void add_roles(Random *random, WorldOrganization *o)
{
        o->entities_count = random_below(random, WORLD_ENTITIES_MAX + 1);
        for (int i = 0; i < o->entities_count; i++)
                FRESH_NAME(OTHER_NAMES, o->entities, i);
        o->custom_roles_count = random_below(random, WORLD_CUSTOM_ROLES_MAX + 1);
        for (int i = 0; i < o->custom_roles_count; i++) {
                FRESH_NAME(OTHER_NAMES, o->custom_roles, i);
                for (int k = 0; k < o->entities_count; k++)
                        o->custom_roles[i].actions[k] = (unsigned)random_below(random, 16);
        }
        for (int role = CAMERA_VIEWER; role <= CAMERA_ADMIN; role++) {
                WorldCustomization *customization = &o->customizations[o->customizations_count];
                if (random_chance(random, 60))
                        continue;
                *customization = (WorldCustomization){ .role = role };
                for (int i = 0; i < REFERENCE_PERMISSIONS_COUNT; i++) {
                        WorldList *list = random_chance(random, 50) ? &customization->add
                                                                    : &customization->remove;
                        if (reference_can_customize(role, &REFERENCE_PERMISSIONS[i]) &&
                            random_chance(random, 40))
                                list->item[list->count++] = i;
                }
                o->customizations_count++;
        }
}

static void add_schedules(Random *random, WorldOrganization *o)
{
        static const int MINUTES[] = { 0, 1, 60, 120, 150, 180, 480, 539, 540, 1080, 1320, 1439 };

        o->schedules_count = random_below(random, WORLD_SCHEDULES_MAX + 1);
        for (int i = 0; i < o->schedules_count; i++) {
                WorldSchedule *schedule = &o->schedules[i];
                FRESH_NAME(OTHER_NAMES, o->schedules, i);
                schedule->zone = (WorldZone)random_below(random, ZONE_COUNT);
                schedule->windows.count = random_below(random, WORLD_WINDOWS_MAX + 1);
                for (int w = 0; w < schedule->windows.count; w++) {
                        WorldWindow *window = &schedule->windows.item[w];
                        window->days = 1 + (unsigned)random_below(random, 127);
                        window->from_minute = PICK(MINUTES);
                        do
                                window->to_minute =
                                        random_chance(random, 20) ? 1440 : PICK(MINUTES);
                        while (window->to_minute == window->from_minute);
                }
        }
}

static void add_objects(Random *random, WorldOrganization *o)
{
        o->levels_count = random_below(random, WORLD_LEVELS_MAX + 1);
        for (int i = 0; i < o->levels_count; i++) {
                FRESH_NAME(OTHER_NAMES, o->levels, i);
                o->levels[i].doors = random_list(random, o->doors_count, WORLD_LIST_MAX);
                o->levels[i].access_groups = random_list(random, o->access_groups_count, 3);
                o->levels[i].schedule = o->schedules_count == 0 || random_chance(random, 40)
                                                ? WORLD_NONE
                                                : random_below(random, o->schedules_count);
        }
        o->floorplans_count = random_below(random, WORLD_PLANS_MAX + 1);
        for (int i = 0; i < o->floorplans_count; i++) {
                FRESH_NAME(OTHER_NAMES, o->floorplans, i);
                o->floorplans[i].doors = random_list(random, o->doors_count, 3);
        }
        o->templates_count = o->sites_count == 0 ? 0 : random_below(random, WORLD_PLANS_MAX + 1);
        for (int i = 0; i < o->templates_count; i++) {
                FRESH_NAME(OTHER_NAMES, o->templates, i);
                o->templates[i].site = random_below(random, o->sites_count);
        }
        o->exceptions_count = random_below(random, WORLD_PLANS_MAX + 1);
        for (int i = 0; i < o->exceptions_count; i++) {
                FRESH_NAME(OTHER_NAMES, o->exceptions, i);
                o->exceptions[i].dates = (WorldDays){ 1, { PICK(MOMENTS) / 86400 } };
        }
}

/* A name is one person in all organizations, so the uid depends on nothing but the name. */
static int uid_of(const char *name)
{
        int uid = 0;

        while (*name != '\0')
                uid = uid * 31 % 1000003 + *name++;
        return 100000 + uid;
}

static void add_people(Random *random, const Sizes *sizes, WorldOrganization *o)
{
        o->users_count = 1 + random_below(random, sizes->users);
        for (int i = 0; i < o->users_count; i++) {
                WorldUser *user = &o->users[i];
                FRESH_NAME(USER_NAMES, o->users, i);
                user->uid = random_chance(random, 30) ? uid_of(user->name) : WORLD_NONE;
                user->member = !random_chance(random, 8);
                user->synced = random_chance(random, 30);
                user->remote_unlock = !random_chance(random, 8);
                user->suspended = random_chance(random, 8);
                user->access = random_interval(random, 75);
                user->groups = random_list(random, o->groups_count, 3);
                user->access_groups = random_list(random, o->access_groups_count, 3);
                user->grants = random_grants(random, o, false, sizes->own_grants);
                user->migrated = random_chance(random, 10);
        }
        o->people_count =
                random_chance(random, 50) ? random_below(random, WORLD_PEOPLE_MAX + 1) : 0;
        for (int i = 0; i < o->people_count; i++) {
                o->people[i].gid = WORLD_GIDS[i + 1].gid;
                o->people[i].groups = random_list(random, o->groups_count, 2);
                o->people[i].access_groups = random_list(random, o->access_groups_count, 2);
        }
}

static void add_organization(Random *random, const Sizes *sizes, WorldOrganization *o)
{
        o->zone = (WorldZone)random_below(random, ZONE_COUNT);
        o->remote_unlock = !random_chance(random, 5);
        add_sites(random, sizes, o);
        add_doors(random, sizes, o);
        share_names(random, o);
        add_roles(random, o);
        add_groups(random, sizes, o);
        add_schedules(random, o);
        add_objects(random, o);
        add_people(random, sizes, o);
}

void world_random(Random *random, World *ret_world)
{
        memset(ret_world, 0, sizeof(*ret_world));
        ret_world->organizations_count = 1;
        if (random_chance(random, 35))
                ret_world->organizations_count = 1 + random_below(random, WORLD_ORGANIZATIONS_MAX);
        for (int i = 0; i < ret_world->organizations_count; i++) {
                FRESH_NAME(ORGANIZATION_NAMES, ret_world->organizations, i);
                add_organization(random, &LARGE, &ret_world->organizations[i]);
        }
}

/* Members who administer something, so that there is somebody to begin. */
static void add_administrators(Random *random, WorldOrganization *o)
{
        static const int ROLES[] = { ORG_ADMIN, SYSTEM_ADMIN, USER_ADMIN, ACCOUNT_MANAGER };

        for (int i = 0; i < 3; i++) {
                WorldUser *user = &o->users[random_below(random, o->users_count)];
                user->member = true;
                if (user->grants.count < WORLD_GRANTS_MAX)
                        user->grants.item[user->grants.count++] =
                                (WorldGrant){ PICK(ROLES), WORLD_NONE, { INT64_MIN, INT64_MAX } };
        }
}

void world_random_small(Random *random, World *ret_world)
{
        memset(ret_world, 0, sizeof(*ret_world));
        ret_world->organizations_count = 1;
        FRESH_NAME(ORGANIZATION_NAMES, ret_world->organizations, 0);
        add_organization(random, &SMALL, &ret_world->organizations[0]);
        if (random_chance(random, 80))
                add_administrators(random, &ret_world->organizations[0]);
}

void world_random_timed(Random *random, World *ret_world)
{
        memset(ret_world, 0, sizeof(*ret_world));
        ret_world->organizations_count = random_chance(random, 15) ? 2 : 1;
        for (int i = 0; i < ret_world->organizations_count; i++) {
                WorldOrganization *o = &ret_world->organizations[i];
                do {
                        memset(o, 0, sizeof(*o));
                        FRESH_NAME(ORGANIZATION_NAMES, ret_world->organizations, i);
                        add_organization(random, &TIMED, o);
                } while (o->doors_count < 2 || o->access_groups_count == 0);
                if (random_chance(random, 60))
                        add_administrators(random, o);
                world_random_add_time(random, o);
        }
}

WorldInterval world_random_interval(Random *random, int open_percent)
{
        return random_interval(random, open_percent);
}

void world_random_name(Random *random, const void *list, int count, size_t size, char *ret_name)
{
        fresh_name(random, OTHER_NAMES, COUNT(OTHER_NAMES), list, count, size, ret_name);
}

/* When a window of one of the organization's schedules opens or closes, on some day. */
static int64_t window_edge(Random *random, const WorldOrganization *o)
{
        const WorldSchedule *schedule = &o->schedules[random_below(random, o->schedules_count)];
        const WorldWindow *window = &schedule->windows.item[0];
        int64_t day = PICK(MOMENTS) / 86400 + random_below(random, 9) - 4;
        WorldZone zone = schedule->zone != ZONE_NOT_STATED ? schedule->zone
                                                           : reference_zone_at(o, WORLD_NONE);

        if (schedule->windows.count > 0)
                window = &schedule->windows.item[random_below(random, schedule->windows.count)];
        return world_time_of(random, zone, day,
                             random_chance(random, 50) ? window->from_minute : window->to_minute);
}

int64_t world_random_time(Random *random, const World *world)
{
        const WorldOrganization *o =
                &world->organizations[random_below(random, world->organizations_count)];
        int beside = random_below(random, 3) - 1;

        if (random_chance(random, 40))
                return PICK(MOMENTS) + beside;
        if (o->schedules_count > 0 && random_chance(random, 70))
                return window_edge(random, o) + beside;
        return 1735689600 + random_below(random, 4 * 365) * 86400ll + random_below(random, 86400);
}
