/* SPDX-License-Identifier: MIT */
/* Questions whose answer may change at a boundary: about its door, by the one it concerns. */
#include <string.h>

#include "reference_roles.h"
#include "world_random.h"
#include "world_random_time.h"
#include "world_text.h"

static void set_door(Random *random, const WorldOrganization *o, const Boundary *at,
                     RefQuery *query)
{
        int door = random_below(random, o->doors_count);

        if (at->door != WORLD_NONE && random_chance(random, 85))
                door = at->door;
        world_text_resource(o, "door", o->doors[door].site, o->doors[door].name, query->resource);
}

static void set_code(Random *random, RefQuery *query)
{
        static const RefFlag FLAGS[] = { REF_NOT_STATED, REF_FALSE, REF_TRUE, REF_TRUE };

        query->code = FLAGS[random_below(random, 4)];
}

static void set_lockdown(Random *random, const WorldOrganization *o, RefQuery *query)
{
        const char *name = "nothing";

        query->kind = random_chance(random, 50) ? REF_START_LOCKDOWN : REF_END_LOCKDOWN;
        if (random_chance(random, 97))
                name = o->lockdowns[random_below(random, o->lockdowns_count)].name;
        world_text_resource(o, "lockdown", WORLD_NONE, name, query->resource);
}

/* Somebody else at times: anybody, or nobody that is listed. */
static void set_user(Random *random, const WorldOrganization *o, const Boundary *at,
                     RefQuery *query)
{
        int user = random_below(random, o->users_count);

        if (at->user != WORLD_NONE && random_chance(random, 80))
                user = at->user;
        strcpy(query->user, random_chance(random, 96) ? o->users[user].name : "nobody");
        for (int count = random_chance(random, 20) ? 1 + random_below(random, 2) : 0; count > 0;
             count--)
                query->gids[query->gids_count++] =
                        WORLD_GIDS[random_below(random, WORLD_GIDS_COUNT)].gid;
}

void world_random_query_at(Random *random, const World *world, const Boundary *at,
                           RefQuery *ret_query)
{
        const WorldOrganization *o = &world->organizations[at->organization];
        int choice = random_below(random, 100);

        if (choice < 10) {
                world_random_query(random, world, ret_query);
                return;
        }
        memset(ret_query, 0, sizeof(*ret_query));
        set_user(random, o, at, ret_query);
        if (choice < 20 && o->lockdowns_count > 0) {
                set_lockdown(random, o, ret_query);
                return;
        }
        set_door(random, o, at, ret_query);
        strcpy(ret_query->permission, choice < 60 ? "access.door.enter" : "access.door.unlock");
        if (choice < 60)
                set_code(random, ret_query);
}
