/* SPDX-License-Identifier: MIT */
/* Open addressing, linear probing, at most half full; the names are kept with the tables. */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "questions.h"

typedef struct Entry {
        const char *name; /* NULL: free */
        uint32_t hash;
        uint32_t number;
} Entry;

typedef struct Table {
        Entry *entries;
        uint32_t mask;
} Table;

struct Floor {
        const BenchPolicy *policy;
        Table users, permissions, doors;
        uint32_t *enter, *leave; /* of each site, in the Euler tour */
        uint64_t masks[BENCH_ROLES_COUNT];
        char *names;
};

static uint32_t hash_of(const char *name)
{
        uint64_t hash = 14695981039346656037u;

        while (*name != '\0')
                hash = (hash ^ (unsigned char)*name++) * 1099511628211u;
        return (uint32_t)(hash ^ hash >> 32);
}

static Entry *table_find(const Table *table, const char *name)
{
        uint32_t hash = hash_of(name), at = hash & table->mask;

        for (; table->entries[at].name != NULL; at = (at + 1) & table->mask)
                if (table->entries[at].hash == hash && strcmp(table->entries[at].name, name) == 0)
                        break;
        return &table->entries[at];
}

bool floor_decide(const Floor *floor, const char *user, const char *permission,
                  const char *resource)
{
        const Entry *who = table_find(&floor->users, user);
        const Entry *what = table_find(&floor->permissions, permission);
        const Entry *where = table_find(&floor->doors, resource);
        uint64_t mask = 0;

        if (who->name == NULL || what->name == NULL || where->name == NULL)
                return false;
        const BenchUser *u = &floor->policy->users[who->number];
        uint32_t at = floor->enter[floor->policy->door_sites[where->number]];
        if (u->grant.site != BENCH_NONE && at >= floor->enter[u->grant.site] &&
            at < floor->leave[u->grant.site])
                mask |= floor->masks[u->grant.role];
        for (uint8_t i = 0; i < u->groups_count; i++) {
                const BenchGroup *group = &floor->policy->groups[u->groups[i]];
                for (uint8_t k = 0; k < group->grants_count; k++)
                        if (at >= floor->enter[group->grants[k].site] &&
                            at < floor->leave[group->grants[k].site])
                                mask |= floor->masks[group->grants[k].role];
        }
        return mask >> what->number & 1;
}

static Table table_new(uint32_t count)
{
        uint32_t size = 16;

        while (size < 2 * count)
                size *= 2;
        return (Table){ bench_allocate(size, sizeof(Entry)), size - 1 };
}

/* Puts a name in whose text the caller keeps. */
static void table_put(Table *table, const char *name, uint32_t number)
{
        *table_find(table, name) = (Entry){ name, hash_of(name), number };
}

/* Numbers the sites: a site's descendants are those from enter on, before leave. */
static void tour(Floor *floor)
{
        const BenchPolicy *policy = floor->policy;
        uint32_t sites = policy->size.sites, *sizes = bench_allocate(sites, sizeof(uint32_t));
        uint32_t *used = bench_allocate(sites, sizeof(uint32_t));

        /* Parents stand before their children, so the sizes of subtrees add up from the end. */
        for (uint32_t i = sites; i-- > 0;) {
                sizes[i]++;
                if (policy->parents[i] != BENCH_NONE)
                        sizes[policy->parents[i]] += sizes[i];
        }
        for (uint32_t i = 0; i < sites; i++) {
                uint32_t parent = policy->parents[i];
                if (parent != BENCH_NONE) {
                        floor->enter[i] = floor->enter[parent] + 1 + used[parent];
                        used[parent] += sizes[i];
                }
                floor->leave[i] = floor->enter[i] + sizes[i];
        }
        free(sizes);
        free(used);
}

Floor *floor_new(const BenchPolicy *policy)
{
        enum { USER_SIZE = 16, DOOR_SIZE = 128 };
        const BenchSize *size = &policy->size;
        Floor *floor = bench_allocate(1, sizeof(*floor));
        char *name;

        floor->policy = policy;
        floor->users = table_new(size->users);
        floor->doors = table_new(size->doors);
        floor->permissions = table_new(BENCH_PERMISSIONS_COUNT);
        floor->enter = bench_allocate(size->sites, sizeof(uint32_t));
        floor->leave = bench_allocate(size->sites, sizeof(uint32_t));
        floor->names = name = bench_allocate(
                (uint64_t)size->users * USER_SIZE + (uint64_t)size->doors * DOOR_SIZE, 1);
        for (uint32_t i = 0; i < size->users; i++, name += strlen(name) + 1) {
                sprintf(name, "u%u", i);
                table_put(&floor->users, name, i);
        }
        for (uint32_t i = 0; i < size->doors; i++, name += strlen(name) + 1) {
                bench_door_path(policy, i, 1, name);
                table_put(&floor->doors, name, i);
        }
        for (uint32_t i = 0; i < BENCH_PERMISSIONS_COUNT; i++) {
                table_put(&floor->permissions, bench_permission_name(i), i);
                for (int role = (int)bench_permission_role(i); role < BENCH_ROLES_COUNT; role++)
                        floor->masks[role] |= UINT64_C(1) << i;
        }
        tour(floor);
        return floor;
}

Floor *floor_free(Floor *floor)
{
        if (floor == NULL)
                return NULL;
        free(floor->users.entries);
        free(floor->doors.entries);
        free(floor->permissions.entries);
        free(floor->enter);
        free(floor->leave);
        free(floor->names);
        free(floor);
        return NULL;
}
