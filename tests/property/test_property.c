/* SPDX-License-Identifier: MIT */
/*
 * test-property ROLES [SEED [DECISIONS]]: the engine against the reference on random worlds, at
 * least DECISIONS decisions (a million when not said), with the catalogues of the folder ROLES. Of
 * a failure it says the seed, and keeps the policy, as small as it could be made, and the question.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "property.h"
#include "world_random.h"

enum {
        DECISIONS_DEFAULT = 1000000,
        DECISIONS_PER_WORLD = 2000,
        CHANGES_PER_WORLD = 500,
        SEED_DEFAULT = 20241114,
};

/* Some properties build other images, and so spoil the run's; these come last, and not always. */
static bool check_changes(Run *run)
{
        switch (run->world_number % 4) {
        case 0:
                return property_order_is_nothing(run);
        case 1:
                return property_grants_only_add(run);
        case 2:
                return property_named_grant_matters(run);
        default:
                return property_remedies_help(run);
        }
}

static bool check_world(Run *run)
{
        return property_decisions_agree(run, DECISIONS_PER_WORLD) &&
               property_delegation_agrees(run, CHANGES_PER_WORLD) &&
               property_sessions_agree(run, 20) && property_who_can_agrees(run, 4) &&
               property_what_can_agrees(run, 4) && property_where_can_agrees(run, 8) &&
               property_explain_agrees(run, 50) && check_changes(run);
}

static bool run_worlds(Run *run, uint64_t decisions)
{
        for (; run->decisions < decisions; run->world_number++) {
                /* Each world has its own seed, so that one can be repeated without the others. */
                run->random.state = run->seed + (uint64_t)run->world_number * 1000003;
                world_random(&run->random, &run->world);
                int r = engine_build(&run->engine, &run->world,
                                     run->world_number % 5 == 0 ? NULL : &run->random);
                if (r != 0) {
                        RefQuery none = { .user = "-", .permission = "-", .resource = "-" };
                        return property_failed(run, "a world is built", &none, 0);
                }
                if (!check_world(run))
                        return false;
        }
        return true;
}

int main(int argc, char **argv)
{
        static Run run;
        uint64_t decisions = DECISIONS_DEFAULT;
        clock_t start = clock();
        bool held;

        if (argc < 2 || argc > 4) {
                fputs("usage: test-property ROLES [SEED [DECISIONS]]\n", stderr);
                return 2;
        }
        run.seed = argc > 2 ? strtoull(argv[2], NULL, 10) : SEED_DEFAULT;
        if (argc > 3)
                decisions = strtoull(argv[3], NULL, 10);
        if (engine_open(&run.engine, argv[1]) < 0) {
                perror("test-property: scratch folder");
                return 2;
        }
        held = run_worlds(&run, decisions);
        engine_close(&run.engine);
        printf("seed %llu: %llu decisions (%llu allowed) and %llu changes (%llu allowed) in %d "
               "worlds, %llu reviews, %llu remedies, %.1f s: %s\n",
               (unsigned long long)run.seed, (unsigned long long)run.decisions,
               (unsigned long long)run.allowed, (unsigned long long)run.changes,
               (unsigned long long)run.changes_allowed, run.world_number,
               (unsigned long long)run.reviews, (unsigned long long)run.remedies,
               (double)(clock() - start) / CLOCKS_PER_SEC, held ? "all properties held" : "FAILED");
        return held ? 0 : 1;
}
