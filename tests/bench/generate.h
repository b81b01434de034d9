/* SPDX-License-Identifier: MIT */
/*
 * Policies of a given size for measuring, the same on every machine: a tree of sites with doors,
 * groups with one to three site roles, users in one to five groups, one in ten with a grant of his
 * own, access groups and access levels. Kept in plain arrays, so that the floor and the oracle work
 * on the same policy as the engine.
 */
#pragma once

#include <stdint.h>

enum {
        BENCH_USER_GROUPS_MAX = 5,
        BENCH_GROUP_GRANTS_MAX = 3,
        BENCH_USER_ACCESS_GROUPS_MAX = 2,
        BENCH_LOCKDOWNS = 2, /* of BENCH_TIME_ALL: "k0" of door 0, "k1" of door 1 */
        BENCH_NONE = UINT32_MAX,
        /* All questions are asked at this time: 2026-06-03, a Wednesday, 10:00 UTC, 12:00 in
           Berlin. */
        BENCH_NOW_S = 1780480800,
};

/* The size of a policy; "S", "M", "L" and "1M". */
typedef struct BenchSize {
        const char *name;
        uint32_t users, groups, sites, depth, doors;
} BenchSize;

typedef enum BenchRole { BENCH_VIEWER, BENCH_MANAGER, BENCH_ADMIN, BENCH_ROLES_COUNT } BenchRole;

typedef struct BenchGrant {
        uint32_t site;
        uint8_t role; /* BenchRole */
} BenchGrant;

typedef struct BenchUser {
        uint32_t groups[BENCH_USER_GROUPS_MAX];
        uint32_t access_groups[BENCH_USER_ACCESS_GROUPS_MAX];
        uint8_t groups_count, access_groups_count;
        BenchGrant grant; /* site BENCH_NONE: none */
} BenchUser;

typedef struct BenchGroup {
        BenchGrant grants[BENCH_GROUP_GRANTS_MAX];
        uint8_t grants_count;
} BenchGroup;

/* Opens its doors for one access group: always, by day or by night. */
typedef enum BenchSchedule { BENCH_ALWAYS, BENCH_DAY, BENCH_NIGHT } BenchSchedule;

typedef struct BenchLevel {
        uint32_t access_group;
        uint32_t doors_count;
        uint32_t *doors; /* owned */
        BenchSchedule schedule;
} BenchLevel;

/* How much of the policy depends on the time. */
typedef enum BenchTime {
        BENCH_TIME_SOME, /* two thirds of the access levels have a schedule */
        BENCH_TIME_NONE, /* nothing does: access levels are always on */
        BENCH_TIME_ALL,  /* every access level and every door has a schedule and exceptions */
} BenchTime;

typedef struct BenchPolicy {
        BenchSize size;
        BenchTime time;
        uint32_t access_groups_count, levels_count;
        uint32_t *parents; /* of each site; BENCH_NONE for site 0, the root of all */
        uint32_t *door_sites;
        BenchUser *users;
        BenchGroup *groups;
        BenchLevel *levels;
} BenchPolicy;

/* Finds a size by its name. Returns NULL when there is none of that name. */
const BenchSize *bench_size_find(const char *name);

/* Makes the policy of SIZE (*returns owned*). Ends the program when there is no memory. */
BenchPolicy *bench_policy_new(const BenchSize *size);

/* Frees POLICY, which may be NULL. Returns NULL. */
BenchPolicy *bench_policy_free(BenchPolicy *policy);

/* Allocates COUNT zeroed elements of SIZE bytes (*returns owned*) or ends the program. */
void *bench_allocate(uint64_t count, uint64_t size);

/* Returns the name of ROLE in a policy, a constant. */
const char *bench_role_name(BenchRole role);

/* Writes "s0/s1/s7/d4", or "door:bench/s0/s1/s7/d4" with FULL, into RET_PATH, 128 bytes. */
void bench_door_path(const BenchPolicy *policy, uint32_t door, int full, char *ret_path);

/* Likewise for a site: "s0/s1/s7" or "site:bench/s0/s1/s7". */
void bench_site_path(const BenchPolicy *policy, uint32_t site, int full, char *ret_path);

/*
 * Writes POLICY as a policy directory into the folder DIRECTORY, making it when it is not there.
 * Nothing written is writable for others, whatever the umask. Returns 0, or -errno.
 */
int bench_policy_write(const BenchPolicy *policy, const char *directory);
