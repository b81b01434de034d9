/* SPDX-License-Identifier: MIT */
/* Filling the arrays: the sites are a breadth-first tree, everything else is drawn at random. */
#include "generate.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum {
        DIRECT_GRANT_PERCENT = 10,
        GROUPS_PER_ACCESS_GROUP = 20,
        ACCESS_GROUPS_MIN = 2,
        LEVELS_PER_ACCESS_GROUP = 5,
        LEVELS_PER_DOOR = 2, /* each door is in about that many */
};

static const BenchSize SIZES[] = {
        { "S", 100, 10, 10, 2, 50 },
        { "M", 10000, 500, 1000, 4, 10000 },
        { "L", 100000, 2000, 5000, 5, 100000 },
        { "1M", 1000000, 2000, 5000, 5, 100000 },
};

const BenchSize *bench_size_find(const char *name)
{
        for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++)
                if (strcmp(SIZES[i].name, name) == 0)
                        return &SIZES[i];
        return NULL;
}

void *bench_allocate(uint64_t count, uint64_t size)
{
        void *memory = calloc(count > 0 ? count : 1, size);

        if (memory == NULL) {
                fputs("out of memory\n", stderr);
                exit(2);
        }
        return memory;
}

const char *bench_role_name(BenchRole role)
{
        static const char *const NAMES[] = { "access-site-viewer", "access-site-manager",
                                             "access-site-admin" };

        return NAMES[role];
}

static uint32_t below(Random *random, uint32_t count)
{
        return (uint32_t)(random_next(random) % count);
}

static BenchGrant random_grant(Random *random, const BenchSize *size)
{
        return (BenchGrant){ below(random, size->sites),
                             (uint8_t)below(random, BENCH_ROLES_COUNT) };
}

/* Fills LIST with WANTED different numbers below COUNT, all of them when there are not as many. */
static uint8_t draw_different(Random *random, uint32_t count, uint32_t wanted, uint32_t *list)
{
        uint8_t drawn = 0;

        while (drawn < wanted && drawn < count) {
                bool repeated = false;
                list[drawn] = below(random, count);
                for (uint8_t i = 0; i < drawn; i++)
                        repeated = repeated || list[i] == list[drawn];
                drawn += !repeated;
        }
        return drawn;
}

static void make_sites(BenchPolicy *policy, Random *random)
{
        const BenchSize *size = &policy->size;
        uint32_t branches = (uint32_t)ceil(pow(size->sites, 1.0 / (size->depth - 1)));

        policy->parents = bench_allocate(size->sites, sizeof(uint32_t));
        policy->door_sites = bench_allocate(size->doors, sizeof(uint32_t));
        for (uint32_t i = 0; i < size->sites; i++)
                policy->parents[i] = i == 0 ? BENCH_NONE : (i - 1) / branches;
        for (uint32_t i = 0; i < size->doors; i++)
                policy->door_sites[i] = below(random, size->sites);
}

static void make_groups(BenchPolicy *policy, Random *random)
{
        policy->groups = bench_allocate(policy->size.groups, sizeof(BenchGroup));
        for (uint32_t i = 0; i < policy->size.groups; i++) {
                BenchGroup *group = &policy->groups[i];
                group->grants_count = (uint8_t)(1 + below(random, BENCH_GROUP_GRANTS_MAX));
                for (uint8_t k = 0; k < group->grants_count; k++)
                        group->grants[k] = random_grant(random, &policy->size);
        }
}

static void make_users(BenchPolicy *policy, Random *random)
{
        const BenchSize *size = &policy->size;

        policy->users = bench_allocate(size->users, sizeof(BenchUser));
        for (uint32_t i = 0; i < size->users; i++) {
                BenchUser *user = &policy->users[i];
                user->groups_count =
                        draw_different(random, size->groups,
                                       1 + below(random, BENCH_USER_GROUPS_MAX), user->groups);
                user->access_groups_count = draw_different(
                        random, policy->access_groups_count,
                        1 + below(random, BENCH_USER_ACCESS_GROUPS_MAX), user->access_groups);
                user->grant.site = BENCH_NONE;
                if (below(random, 100) < DIRECT_GRANT_PERCENT)
                        user->grant = random_grant(random, size);
        }
}

static void make_levels(BenchPolicy *policy, Random *random)
{
        uint32_t doors = LEVELS_PER_DOOR * policy->size.doors / policy->levels_count;

        policy->levels = bench_allocate(policy->levels_count, sizeof(BenchLevel));
        for (uint32_t i = 0; i < policy->levels_count; i++) {
                BenchLevel *level = &policy->levels[i];
                level->access_group = i % policy->access_groups_count;
                level->schedule = (BenchSchedule)below(random, 3);
                level->doors = bench_allocate(doors, sizeof(uint32_t));
                /* Doors at even distances, so that none is there twice. */
                level->doors_count = doors;
                for (uint32_t k = 0, first = below(random, policy->size.doors); k < doors; k++)
                        level->doors[k] =
                                (uint32_t)((first + (uint64_t)k * policy->size.doors / doors) %
                                           policy->size.doors);
        }
}

BenchPolicy *bench_policy_new(const BenchSize *size)
{
        BenchPolicy *policy = bench_allocate(1, sizeof(*policy));
        Random random = { size->users };

        policy->size = *size;
        policy->access_groups_count = size->groups / GROUPS_PER_ACCESS_GROUP;
        if (policy->access_groups_count < ACCESS_GROUPS_MIN)
                policy->access_groups_count = ACCESS_GROUPS_MIN;
        policy->levels_count = policy->access_groups_count * LEVELS_PER_ACCESS_GROUP;
        make_sites(policy, &random);
        make_groups(policy, &random);
        make_users(policy, &random);
        make_levels(policy, &random);
        return policy;
}

BenchPolicy *bench_policy_free(BenchPolicy *policy)
{
        if (policy == NULL)
                return NULL;
        for (uint32_t i = 0; i < policy->levels_count; i++)
                free(policy->levels[i].doors);
        free(policy->levels);
        free(policy->users);
        free(policy->groups);
        free(policy->door_sites);
        free(policy->parents);
        free(policy);
        return NULL;
}
