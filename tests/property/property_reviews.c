/* SPDX-License-Identifier: MIT */
/*
 * who-can and what-can against asking one by one. People known by their Unix groups only are tried
 * with every set of the groups that a world may map.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/review.h"
#include "property.h"
#include "reference_roles.h"
#include "world_random.h"

enum {
        FOUND_MAX = 16384,
        GID_SETS = 1 << WORLD_GIDS_COUNT,
};

/* What a search found, as lines; sets of Unix groups as bits, one for each of WORLD_GIDS. */
typedef struct Found {
        int count;
        char *lines[FOUND_MAX];
        int sets_count;
        unsigned sets[GID_SETS];
        bool failed;
} Found;

static void found_clear(Found *found)
{
        for (int i = 0; i < found->count; i++)
                free(found->lines[i]);
        found->count = 0;
        found->sets_count = 0;
}

static int compare_lines(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns the bit of the Unix group called NAME (or numbered so), 0 for one that no world maps. */
static unsigned gid_bit(const char *name)
{
        for (int i = 0; i < WORLD_GIDS_COUNT; i++)
                if ((WORLD_GIDS[i].name != NULL && strcmp(WORLD_GIDS[i].name, name) == 0) ||
                    WORLD_GIDS[i].gid == atoi(name))
                        return 1u << i;
        return 0;
}

/* Takes an answer of who-can: a name, or unix-group:A, or several joined by "+". */
static int take_name(void *data, Text name, const Decision *decision)
{
        Found *found = data;
        char text[WORLD_TEXT_SIZE], *rest = NULL;
        unsigned set = 0;

        snprintf(text, sizeof(text), "%.*s", (int)name.size, name.data);
        if (decision->outcome != OUTCOME_ALLOW || found->count == FOUND_MAX)
                found->failed = true;
        else if (strncmp(text, "unix-group:", 11) != 0)
                found->lines[found->count++] = strdup(text);
        else if (found->sets_count < GID_SETS) {
                for (char *part = strtok_r(text, "+", &rest); part != NULL;
                     part = strtok_r(NULL, "+", &rest)) {
                        unsigned bit =
                                gid_bit(strncmp(part, "unix-group:", 11) == 0 ? part + 11 : part);
                        found->failed = found->failed || bit == 0 || (set & bit) != 0;
                        set |= bit;
                }
                found->sets[found->sets_count++] = set;
        }
        return 0;
}

static int take_permission(void *data, Text permission, Text resource, const Decision *decision)
{
        Found *found = data;

        if (decision->outcome != OUTCOME_ALLOW || found->count == FOUND_MAX ||
            asprintf(&found->lines[found->count], "%.*s %.*s", (int)resource.size, resource.data,
                     (int)permission.size, permission.data) < 0)
                found->failed = true;
        else
                found->count++;
        return 0;
}

/* Says whether the sets found are the smallest with which a stranger may. */
static bool sets_are_right(Run *run, const RefQuery *query, int64_t now_s, const Found *found)
{
        RefQuery stranger = *query;

        strcpy(stranger.user, "a.stranger");
        for (unsigned set = 0; set < GID_SETS; set++) {
                bool covered = false;
                int same = 0;
                stranger.gids_count = 0;
                for (int i = 0; i < WORLD_GIDS_COUNT; i++)
                        if (set & 1u << i)
                                stranger.gids[stranger.gids_count++] = WORLD_GIDS[i].gid;
                for (int i = 0; i < found->sets_count; i++) {
                        covered = covered || (found->sets[i] & set) == found->sets[i];
                        same += (found->sets[i] & set) == found->sets[i] && found->sets[i] != set;
                }
                if (covered !=
                    (reference_decide(&run->world, now_s, &stranger).verdict == REF_ALLOW))
                        return false;
                for (int i = 0; i < found->sets_count; i++)
                        if (found->sets[i] == set && same > 0)
                                return false; /* a smaller one would do */
        }
        return true;
}

static bool names_are_right(const Found *found, const char **names, int count)
{
        if (found->count != count)
                return false;
        for (int i = 0; i < count; i++)
                if (strcmp(found->lines[i], names[i]) != 0)
                        return false;
        return true;
}

bool property_who_can_agrees(Run *run, int count)
{
        static Found found;

        for (int i = 0; i < count; i++) {
                const char *names[WORLD_USERS_MAX], *problem;
                RefQuery query;
                Resource resource;
                int64_t now_s = world_random_query(&run->random, &run->world, &query);
                query.with_count = query.gids_count = 0;
                query.active = REF_NOT_STATED;
                if (resource_parse(text_from(query.resource), &resource, &problem) != 0)
                        continue;
                int expected = reference_who_can(&run->world, now_s, query.permission,
                                                 query.resource, names);
                found_clear(&found);
                int r = policy_who_can(run->engine.image, now_s, text_from(query.permission),
                                       &resource, take_name, &found);
                run->reviews++;
                if (found.failed || (r > 0) != (expected < 0) || r < 0)
                        return property_failed(run, "who-can answers", &query, now_s);
                if (r == 0 && (!names_are_right(&found, names, expected) ||
                               !sets_are_right(run, &query, now_s, &found)))
                        return property_failed(run, "who-can is complete", &query, now_s);
        }
        return true;
}

/* Adds what the reference allows on RESOURCE. */
static void add_expected(Run *run, const RefQuery *who, int64_t now_s, const char *resource,
                         Found *expected)
{
        const char *permissions[256];
        int count = reference_what_can(&run->world, now_s, who, resource, permissions);

        for (int i = 0; i < count && expected->count < FOUND_MAX; i++)
                if (asprintf(&expected->lines[expected->count], "%s %s", resource,
                             permissions[i]) >= 0)
                        expected->count++;
}

/* Adds what the reference allows on everything that ORGANIZATION declares. */
static void add_all_expected(Run *run, const RefQuery *who, int64_t now_s,
                             const WorldOrganization *o, Found *expected)
{
        char resource[WORLD_TEXT_SIZE];

#define ADD(type, at, its_name)                                                                    \
        world_text_resource(o, type, at, its_name, resource);                                      \
        add_expected(run, who, now_s, resource, expected)

        ADD("organization", WORLD_NONE, "");
        for (int i = 0; i < o->sites_count; i++) {
                ADD("site", o->sites[i].parent, o->sites[i].name);
        }
        for (int i = 0; i < o->doors_count; i++) {
                ADD("door", o->doors[i].site, o->doors[i].name);
        }
        for (int i = 0; i < o->hosts_count; i++) {
                ADD("host", o->hosts[i].site, o->hosts[i].name);
        }
        for (int i = 0; i < o->users_count; i++) {
                ADD("user", WORLD_NONE, o->users[i].name);
        }
        for (int i = 0; i < o->access_groups_count; i++) {
                ADD("access-group", WORLD_NONE, o->access_groups[i].name);
        }
#undef ADD
}

static bool lists_are_equal(Found *ours, Found *expected)
{
        if (ours->failed || ours->count != expected->count)
                return false;
        qsort(ours->lines, (size_t)ours->count, sizeof(ours->lines[0]), compare_lines);
        qsort(expected->lines, (size_t)expected->count, sizeof(expected->lines[0]), compare_lines);
        for (int i = 0; i < ours->count; i++)
                if (strcmp(ours->lines[i], expected->lines[i]) != 0)
                        return false;
        return true;
}

/* Prints the first line that only one of two sorted lists has. */
static void print_difference(const Found *ours, const Found *expected)
{
        int i = 0;

        while (i < ours->count && i < expected->count &&
               strcmp(ours->lines[i], expected->lines[i]) == 0)
                i++;
        fprintf(stderr, "what-can: ours has %d lines, expected %d; first difference: %s | %s\n",
                ours->count, expected->count, i < ours->count ? ours->lines[i] : "(end)",
                i < expected->count ? expected->lines[i] : "(end)");
}

/* Compares one what-can; RESOURCE is NULL for everything. */
static bool what_can_is_right(Run *run, const RefQuery *who, int64_t now_s,
                              const Resource *resource)
{
        static Found ours, expected;
        uint32_t groups[WORLD_GIDS_COUNT];
        DecisionContext context = engine_context(who, now_s, groups);
        int r;

        found_clear(&ours);
        found_clear(&expected);
        if (resource != NULL)
                add_expected(run, who, now_s, who->resource, &expected);
        for (int i = 0; resource == NULL && i < run->world.organizations_count; i++)
                add_all_expected(run, who, now_s, &run->world.organizations[i], &expected);
        r = policy_what_can(run->engine.image, &context, text_from(who->user), resource,
                            take_permission, &ours);
        run->reviews++;
        if (r > 0 && expected.count == 0)
                return true; /* an unknown subject or resource: nothing is allowed */
        if (r == 0 && lists_are_equal(&ours, &expected))
                return true;
        print_difference(&ours, &expected);
        return false;
}

bool property_what_can_agrees(Run *run, int count)
{
        for (int i = 0; i <= count; i++) {
                RefQuery query;
                Resource resource;
                const char *problem;
                int64_t now_s = world_random_query(&run->random, &run->world, &query);
                if (resource_parse(text_from(query.resource), &resource, &problem) != 0)
                        continue;
                if (!what_can_is_right(run, &query, now_s, i < count ? &resource : NULL))
                        return property_failed(run, "what-can is complete", &query, now_s);
        }
        return true;
}
