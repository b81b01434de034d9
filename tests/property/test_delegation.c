/* SPDX-License-Identifier: MIT */
/*
 * test-delegation ROLES [SEED [STEPS]]: random walks of at least STEPS changes that are asked for
 * (a hundred thousand when not said), with the catalogues of the folder ROLES. Several changes are
 * decided against one image; those that are allowed are made if they still are allowed after the
 * ones before, and the next image has them all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "delegation.h"
#include "property_shrink.h"
#include "world_apply.h"
#include "world_random.h"

enum {
        STEPS_DEFAULT = 100000,
        STEPS_PER_WALK = 1000,
        STEPS_PER_IMAGE = 50,
        SEED_DEFAULT = 20241114,
        DAY_S = 86400,
};

static bool build(Walk *walk)
{
        Random *random = random_chance(&walk->run.random, 50) ? &walk->run.random : NULL;

        walk->run.world = walk->current;
        if (engine_build(&walk->run.engine, &walk->run.world, random) == 0)
                return true;
        return property_failed(&walk->run, "a changed world is built",
                               &(RefQuery){ .user = "-", .permission = "-", .resource = "-" },
                               walk->now_s);
}

static WorldInterval any_interval(Walk *walk)
{
        WorldInterval interval = { INT64_MIN, INT64_MAX };

        if (random_chance(&walk->run.random, 10))
                interval.from_s = walk->now_s + random_below(&walk->run.random, 5) * DAY_S;
        if (random_chance(&walk->run.random, 20))
                interval.until_s = walk->now_s + (6 + random_below(&walk->run.random, 5)) * DAY_S;
        return interval;
}

/* The engine allows the change; so it must allow what gives the right to it. */
static bool engine_allows_authorities(Walk *walk, const Record *record)
{
        for (int i = 0; i < record->authorities_count; i++)
                if (engine_decide(&walk->run.engine, walk->now_s, &record->authorities[i])
                            .verdict != REF_ALLOW)
                        return property_failed(&walk->run, "who may change has the permission",
                                               &record->authorities[i], walk->now_s);
        return true;
}

/* Makes an allowed change, if those made since the image was built leave it allowed. */
static bool make(Walk *walk, const RefQuery *query)
{
        static Record record;

        if (!delegation_authorities(&walk->run.world, walk->now_s, query, &record))
                return property_failed(&walk->run, "who may change has the right", query,
                                       walk->now_s);
        if (!engine_allows_authorities(walk, &record))
                return false;
        if (walk->log_count == LOG_MAX ||
            reference_decide(&walk->current, walk->now_s, query).verdict != REF_ALLOW)
                return true;
        if (!delegation_authorities(&walk->current, walk->now_s, query, &record))
                return property_failed(&walk->run, "who may still change has the right", query,
                                       walk->now_s);
        record.interval = any_interval(walk);
        if (!world_apply(&walk->current, walk->now_s, query, record.interval))
                return true;
        walk->log[walk->log_count++] = record;
        walk->made++;
        return true;
}

static bool step(Walk *walk)
{
        RefQuery query;
        EngineAnswer ours;
        RefAnswer reference;

        world_random_change(&walk->run.random, &walk->run.world, &query);
        ours = engine_decide(&walk->run.engine, walk->now_s, &query);
        reference = reference_decide(&walk->run.world, walk->now_s, &query);
        walk->steps++;
        if (!engine_agrees(&ours, &reference)) {
                property_shrink(&walk->run, &query, walk->now_s);
                return property_failed(&walk->run, "the engine decides changes as the reference",
                                       &query, walk->now_s);
        }
        walk->denied += ours.verdict == REF_DENY;
        return ours.verdict != REF_ALLOW || make(walk, &query);
}

static bool take_walk(Walk *walk)
{
        world_random_small(&walk->run.random, &walk->first);
        walk->current = walk->first;
        walk->now_s = world_random_time(&walk->run.random, &walk->first);
        walk->log_count = 0;
        for (int i = 0; i < STEPS_PER_WALK; i++) {
                if (i % STEPS_PER_IMAGE == 0) {
                        if (!build(walk))
                                return false;
                        walk->now_s += random_below(&walk->run.random, DAY_S);
                }
                if (!step(walk))
                        return false;
        }
        return build(walk) && delegation_log_is_whole(walk) && delegation_gains_are_given(walk) &&
               delegation_powers_are_kept(walk);
}

int main(int argc, char **argv)
{
        static Walk walk;
        uint64_t steps = STEPS_DEFAULT;
        clock_t start = clock();
        bool held = true;

        if (argc < 2 || argc > 4) {
                fputs("usage: test-delegation ROLES [SEED [STEPS]]\n", stderr);
                return 2;
        }
        walk.run.seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED_DEFAULT;
        if (argc > 3)
                steps = strtoull(argv[3], NULL, 10);
        if (engine_open(&walk.run.engine, argv[1]) < 0) {
                perror("test-delegation: scratch folder");
                return 2;
        }
        for (; held && walk.steps < steps; walk.run.world_number++) {
                /* Each walk has its own seed, so that one can be repeated without the others. */
                walk.run.random.state = walk.run.seed + (uint64_t)walk.run.world_number * 1000003;
                held = take_walk(&walk);
        }
        engine_close(&walk.run.engine);
        printf("seed %llu: %llu steps (%llu denied, %llu changes made) in %d walks, %llu "
               "decisions, %.1f s: %s\n",
               (unsigned long long)walk.run.seed, (unsigned long long)walk.steps,
               (unsigned long long)walk.denied, (unsigned long long)walk.made,
               walk.run.world_number, (unsigned long long)walk.run.decisions,
               (double)(clock() - start) / CLOCKS_PER_SEC, held ? "all properties held" : "FAILED");
        return held ? 0 : 1;
}
