/* SPDX-License-Identifier: MIT */
/*
 * test-time ROLES [SEED [DECISIONS]]: the engine against the reference at the boundaries of random
 * schedules, exceptions, dates, grants, overrides, blocks and lockdowns, at least DECISIONS
 * decisions (a million when not said), with the catalogues of the folder ROLES. The clock is a
 * number. Of a failure it says the seed, and keeps the policy and the question.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "property_time.h"
#include "world_random.h"

enum {
        DECISIONS_DEFAULT = 1000000,
        SCENES_PER_WORLD = 12, /* changes at the doors */
        BOUNDARIES_PER_SCENE = 20,
        SEED_DEFAULT = 20241114,
};

static bool check_world(TimeRun *time)
{
        Run *run = &time->run;

        for (int scene = 0; scene < SCENES_PER_WORLD; scene++) {
                world_random_live(&run->random, &run->world);
                if (!engine_bind(&run->engine, &run->world, scene % 2 == 1) ||
                    !property_boundaries_agree(time, BOUNDARIES_PER_SCENE))
                        return false;
        }
        return true;
}

static bool run_worlds(TimeRun *time, uint64_t decisions)
{
        Run *run = &time->run;

        for (; run->decisions < decisions; run->world_number++) {
                run->random.state = run->seed + (uint64_t)run->world_number * 1000003;
                world_random_timed(&run->random, &run->world);
                if (engine_build(&run->engine, &run->world,
                                 run->world_number % 5 == 0 ? NULL : &run->random) != 0) {
                        RefQuery none = { .user = "-", .permission = "-", .resource = "-" };
                        return property_failed(run, "a world is built", &none, 0);
                }
                if (!check_world(time))
                        return false;
        }
        return true;
}

int main(int argc, char **argv)
{
        static TimeRun time_run;
        Run *run = &time_run.run;
        uint64_t decisions = DECISIONS_DEFAULT;
        clock_t start = clock();
        bool held;

        if (argc < 2 || argc > 4) {
                fputs("usage: test-time ROLES [SEED [DECISIONS]]\n", stderr);
                return 2;
        }
        run->seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED_DEFAULT;
        if (argc > 3)
                decisions = strtoull(argv[3], NULL, 10);
        if (engine_open(&run->engine, argv[1]) < 0) {
                perror("test-time: scratch folder");
                return 2;
        }
        held = run_worlds(&time_run, decisions) && property_time_is_covered(&time_run);
        engine_close(&run->engine);
        property_time_print(&time_run);
        printf("seed %llu: %llu decisions (%llu allowed) and %llu doors in %d worlds, %.1f s: %s\n",
               (unsigned long long)run->seed, (unsigned long long)run->decisions,
               (unsigned long long)run->allowed, (unsigned long long)time_run.situations,
               run->world_number, (double)(clock() - start) / CLOCKS_PER_SEC,
               held ? "all properties held" : "FAILED");
        return held ? 0 : 1;
}
