/* SPDX-License-Identifier: MIT */
/* Changes of a policy that must not change its decisions, or only in one direction. */
#include <string.h>

#include "property.h"
#include "reference_roles.h"
#include "world_random.h"

enum { QUESTIONS_COUNT = 250 };

/* Questions with the engine's answers before a change. */
typedef struct Memory {
        RefQuery queries[QUESTIONS_COUNT];
        int64_t times_s[QUESTIONS_COUNT];
        EngineAnswer answers[QUESTIONS_COUNT];
} Memory;

typedef enum Comparison { SAME_ANSWER, ALLOW_STAYS } Comparison;

/* Asks new questions; with one time for all when NOW_S is not 0. Questions about changes are among
 * them where the answers are to stay the same: who holds more may be given less. */
static void remember(Run *run, Memory *memory, int64_t now_s, Comparison comparison)
{
        for (int i = 0; i < QUESTIONS_COUNT; i++) {
                if (comparison == SAME_ANSWER && i % 4 == 0) {
                        memory->times_s[i] = world_random_time(&run->random, &run->world);
                        world_random_change(&run->random, &run->world, &memory->queries[i]);
                } else {
                        memory->times_s[i] =
                                world_random_query(&run->random, &run->world, &memory->queries[i]);
                }
                if (now_s != 0)
                        memory->times_s[i] = now_s;
                memory->answers[i] =
                        engine_decide(&run->engine, memory->times_s[i], &memory->queries[i]);
        }
}

/* Builds WORLD and asks again. */
static bool compare(Run *run, const Memory *memory, const World *world, Random *random,
                    Comparison comparison, const char *property)
{
        if (engine_build(&run->engine, world, random) != 0)
                return property_failed(run, property, &memory->queries[0], memory->times_s[0]);
        for (int i = 0; i < QUESTIONS_COUNT; i++) {
                const EngineAnswer *before = &memory->answers[i];
                EngineAnswer after =
                        engine_decide(&run->engine, memory->times_s[i], &memory->queries[i]);
                bool held = after.verdict == before->verdict &&
                            strcmp(after.reason, before->reason) == 0;
                if (comparison == ALLOW_STAYS)
                        held = before->verdict != REF_ALLOW || after.verdict == REF_ALLOW;
                if (!held)
                        return property_failed(run, property, &memory->queries[i],
                                               memory->times_s[i]);
        }
        return true;
}

bool property_order_is_nothing(Run *run)
{
        static Memory memory;

        remember(run, &memory, 0, SAME_ANSWER);
        return compare(run, &memory, &run->world, &run->random, SAME_ANSWER,
                       "order and files do not matter");
}

static void each_grants(World *world, void (*change)(WorldGrants *grants, int64_t now_s),
                        int64_t now_s)
{
        for (int k = 0; k < world->organizations_count; k++) {
                WorldOrganization *o = &world->organizations[k];
                for (int i = 0; i < o->users_count; i++)
                        change(&o->users[i].grants, now_s);
                for (int i = 0; i < o->groups_count; i++)
                        change(&o->groups[i].grants, now_s);
        }
}

static void give_twice(WorldGrants *grants, int64_t now_s)
{
        int count = grants->count;

        for (int i = 0; i < count && grants->count < WORLD_GRANTS_MAX; i++)
                grants->item[grants->count++] = grants->item[i];
}

static void drop_ended(WorldGrants *grants, int64_t now_s)
{
        int kept = 0;

        for (int i = 0; i < grants->count; i++)
                if (grants->item[i].interval.until_s > now_s)
                        grants->item[kept++] = grants->item[i];
        grants->count = kept;
}

/* Puts a grant that somebody has into the hands of somebody else. */
static void add_grant(Random *random, World *world)
{
        WorldOrganization *o =
                &world->organizations[random_below(random, world->organizations_count)];
        const WorldUser *from = &o->users[random_below(random, o->users_count)];
        bool to_group = o->groups_count > 0 && random_chance(random, 40);
        WorldUser *to = &o->users[random_below(random, o->users_count)];
        WorldGrants *grants = &to->grants;

        if (to_group)
                grants = &o->groups[random_below(random, o->groups_count)].grants;
        if (from->grants.count > 0 && grants->count < WORLD_GRANTS_MAX) {
                /* Drawn before the list grows, which may be the same one. */
                WorldGrant drawn = from->grants.item[random_below(random, from->grants.count)];
                if (!to_group || drawn.role >= WORLD_ROLES_COUNT ||
                    !REFERENCE_ROLES[drawn.role].users_only)
                        grants->item[grants->count++] = drawn;
        }
}

/* A higher role may have been customized to less than a lower one, so nothing is customized. */
static bool further_grants_take_nothing(Run *run, Memory *memory, int64_t now_s)
{
        static World plain, changed;

        plain = run->world;
        for (int k = 0; k < plain.organizations_count; k++)
                plain.organizations[k].customizations_count = 0;
        if (engine_build(&run->engine, &plain, NULL) != 0)
                return property_failed(run, "a world without customizations is built",
                                       &memory->queries[0], now_s);
        remember(run, memory, now_s, ALLOW_STAYS);
        changed = plain;
        for (int i = 0; i < 6; i++)
                add_grant(&run->random, &changed);
        return compare(run, memory, &changed, NULL, ALLOW_STAYS, "a grant takes nothing away");
}

bool property_grants_only_add(Run *run)
{
        static Memory memory;
        static World changed;
        int64_t now_s = world_random_time(&run->random, &run->world);

        remember(run, &memory, now_s, SAME_ANSWER);
        changed = run->world;
        each_grants(&changed, give_twice, now_s);
        if (!compare(run, &memory, &changed, NULL, SAME_ANSWER, "giving twice changes nothing"))
                return false;
        changed = run->world;
        each_grants(&changed, drop_ended, now_s);
        if (!compare(run, &memory, &changed, NULL, SAME_ANSWER, "an ended grant is like none"))
                return false;
        return further_grants_take_nothing(run, &memory, now_s);
}
