/* SPDX-License-Identifier: MIT */
/*
 * who-can, what-can and where-can against asking one by one. People known by their Unix groups only
 * are tried with every set of the groups that a world may map.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/review.h"
#include "property.h"
#include "property_world.h"
#include "reference_names.h"
#include "reference_roles.h"
#include "world_random.h"

enum {
        FOUND_MAX = 16384,
        GID_SETS = 1 << WORLD_GIDS_COUNT,
        WHO_MAX = 512,
        DIFFERENCES_MAX = 12,
};

static const char STRANGER[] = "a.stranger", MEMBER[] = "a.member";

/* Who may, as who-can says it: NAME, NAME+unix-group:A+unix-group:B, unix-group:A, and
 * organization:ACME+unix-group:A for any listed member. */
typedef struct Who {
        char name[WORLD_NAME_SIZE]; /* empty: anybody with those groups */
        bool members;               /* any listed member with those groups */
        unsigned gids;              /* bits, one for each of WORLD_GIDS */
} Who;

/* What a search found: people, or lines of text (owned). */
typedef struct Found {
        int count;
        char *lines[FOUND_MAX];
        int who_count;
        Who who[WHO_MAX];
        bool failed;
} Found;

static void found_clear(Found *found)
{
        for (int i = 0; i < found->count; i++)
                free(found->lines[i]);
        found->count = 0;
        found->who_count = 0;
}

static int compare_lines(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Returns the bit of the Unix group called NAME (or numbered so), 0 for one that no world maps. */
static unsigned gid_bit(const char *name, size_t length)
{
        char number[16];

        for (int i = 0; i < WORLD_GIDS_COUNT; i++) {
                snprintf(number, sizeof(number), "%d", WORLD_GIDS[i].gid);
                if (reference_text_is(name, length, number) ||
                    (WORLD_GIDS[i].name != NULL &&
                     reference_text_is(name, length, WORLD_GIDS[i].name)))
                        return 1u << i;
        }
        return 0;
}

/* Takes an answer of who-can apart. A user's name may itself hold a "+", but no colon. */
static int take_name(void *data, Text name, const Decision *decision)
{
        Found *found = data;
        Who *who = &found->who[found->who_count];
        char text[WORLD_TEXT_SIZE], *part, *next;

        snprintf(text, sizeof(text), "+%.*s", (int)name.size, name.data);
        part = strstr(text, "+unix-group:");
        if (decision->outcome != OUTCOME_ALLOW || found->who_count == WHO_MAX) {
                found->failed = true;
                return 0;
        }
        *who = (Who){ .gids = 0 };
        for (; part != NULL; part = next) {
                unsigned bit;
                *part = '\0';
                part += strlen("+unix-group:");
                next = strstr(part, "+unix-group:");
                bit = gid_bit(part, next != NULL ? (size_t)(next - part) : strlen(part));
                found->failed = found->failed || bit == 0 || (who->gids & bit) != 0;
                who->gids |= bit;
        }
        who->members = strncmp(text, "+organization:", 14) == 0;
        if (!who->members && text[0] != '\0')
                snprintf(who->name, sizeof(who->name), "%.64s", text + 1);
        found->failed = found->failed || (who->gids == 0 && who->name[0] == '\0');
        found->who_count++;
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

/* Says whether NAME may, being in the Unix groups of SET. */
static bool may(const World *world, const RefQuery *query, int64_t now_s, const char *name,
                unsigned set)
{
        RefQuery asked = *query;

        strcpy(asked.user, name);
        asked.gids_count = 0;
        for (int i = 0; i < WORLD_GIDS_COUNT; i++)
                if (set & 1u << i)
                        asked.gids[asked.gids_count++] = WORLD_GIDS[i].gid;
        return reference_decide(world, now_s, &asked).verdict == REF_ALLOW;
}

/* Says whether an answer allows NAME (NULL: somebody who is not listed) with the groups of SET. */
static bool is_covered(const Found *found, const char *name, bool is_member, unsigned set)
{
        for (int i = 0; i < found->who_count; i++) {
                const Who *who = &found->who[i];
                if ((who->gids & set) != who->gids || (who->members && !is_member))
                        continue;
                if (who->name[0] == '\0' || (name != NULL && strcmp(who->name, name) == 0))
                        return true;
        }
        return false;
}

/* Says whether everybody who may, with any set of Unix groups, is among those found. */
static bool is_complete(Run *run, const WorldOrganization *o, const RefQuery *query, int64_t now_s,
                        const Found *found)
{
        for (unsigned set = 0; set < GID_SETS; set++) {
                for (int i = 0; i < o->users_count; i++)
                        if (may(&run->world, query, now_s, o->users[i].name, set) &&
                            !is_covered(found, o->users[i].name, o->users[i].member, set))
                                return false;
                if (may(&run->world, query, now_s, STRANGER, set) &&
                    !is_covered(found, NULL, false, set))
                        return false;
        }
        return true;
}

/* Says whether each of those found may, and not with fewer groups. Any member is tried as one that
 * is listed for the purpose. */
static bool is_sound(Run *run, const RefQuery *query, int64_t now_s, const Found *found)
{
        static World more;
        WorldOrganization *o;
        WorldUser *member;

        more = run->world;
        o = property_world_organization(&more, query);
        member = &o->users[o->users_count++];
        *member = (WorldUser){ .member = true,
                               .remote_unlock = true,
                               .uid = WORLD_NONE,
                               .access = { INT64_MIN, INT64_MAX } };
        strcpy(member->name, MEMBER);
        for (int i = 0; i < found->who_count; i++) {
                const Who *who = &found->who[i];
                const World *world = who->members ? &more : &run->world;
                const char *name = who->members ? MEMBER : STRANGER;
                if (who->name[0] != '\0')
                        name = who->name;
                if (!may(world, query, now_s, name, who->gids))
                        return false;
                for (unsigned bit = 1; bit < GID_SETS; bit <<= 1)
                        if ((who->gids & bit) != 0 &&
                            may(world, query, now_s, name, who->gids & ~bit))
                                return false;
        }
        return true;
}

/* Says whether those found by name alone are the expected ones, in order. */
static bool names_are_right(const Found *found, const char **names, int count)
{
        int k = 0;

        for (int i = 0; i < found->who_count; i++) {
                const Who *who = &found->who[i];
                if (who->name[0] == '\0' || who->gids != 0)
                        continue;
                if (k == count || strcmp(who->name, names[k]) != 0)
                        return false;
                k++;
        }
        return k == count;
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
                query.active = query.is_private = REF_NOT_STATED;
                if (resource_parse(text_from(query.resource), &resource, &problem) != 0)
                        continue;
                int expected = reference_who_can(&run->world, now_s, query.permission,
                                                 query.resource, names);
                found_clear(&found);
                int r = policy_who_can(run->engine.image, &(DecisionContext){ .now_s = now_s },
                                       text_from(query.permission), &resource, take_name, &found);
                run->reviews++;
                if (found.failed || (r > 0) != (expected < 0) || r < 0)
                        return property_failed(run, "who-can answers", &query, now_s);
                if (r > 0)
                        continue;
                if (!names_are_right(&found, names, expected))
                        return property_failed(run, "who-can names users in order", &query, now_s);
                if (!is_sound(run, &query, now_s, &found))
                        return property_failed(run, "who-can names nobody else", &query, now_s);
                if (!is_complete(run, property_world_organization(&run->world, &query), &query,
                                 now_s, &found))
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

/* Adds something of a resource to what is expected. */
typedef void (*AddExpected)(Run *run, const RefQuery *who, int64_t now_s, const char *resource,
                            Found *expected);

/* Adds what the reference allows on everything that ORGANIZATION declares. */
static void add_all_expected(Run *run, const RefQuery *who, int64_t now_s,
                             const WorldOrganization *o, AddExpected add, Found *expected)
{
        char resource[WORLD_TEXT_SIZE];

#define ADD(type, at, its_name)                                                                    \
        world_text_resource(o, type, at, its_name, resource);                                      \
        add(run, who, now_s, resource, expected)

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
        for (int i = 0; i < o->entities_count; i++) {
                ADD("entity", WORLD_NONE, o->entities[i].name);
        }
        for (int i = 0; i < o->templates_count; i++) {
                ADD("roll-call-template", WORLD_NONE, o->templates[i].name);
        }
#undef ADD
}

static bool lists_are_equal(Found *ours, Found *expected)
{
        qsort(ours->lines, (size_t)ours->count, sizeof(ours->lines[0]), compare_lines);
        qsort(expected->lines, (size_t)expected->count, sizeof(expected->lines[0]), compare_lines);
        if (ours->failed || ours->count != expected->count)
                return false;
        for (int i = 0; i < ours->count; i++)
                if (strcmp(ours->lines[i], expected->lines[i]) != 0)
                        return false;
        return true;
}

/* Prints some of the lines that only one of two sorted lists has. */
static void print_difference(const Found *ours, const Found *expected)
{
        int i = 0, k = 0, printed = 0;

        while ((i < ours->count || k < expected->count) && printed < DIFFERENCES_MAX) {
                int order = i == ours->count       ? 1
                            : k == expected->count ? -1
                                                   : strcmp(ours->lines[i], expected->lines[k]);
                if (order != 0) {
                        fprintf(stderr, "  %s: %s\n", order < 0 ? "not expected" : "missing",
                                order < 0 ? ours->lines[i] : expected->lines[k]);
                        printed++;
                }
                i += order <= 0;
                k += order >= 0;
        }
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
                add_all_expected(run, who, now_s, &run->world.organizations[i], add_expected,
                                 &expected);
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

/* ---- Where somebody can ---- */

static int take_place(void *data, Text resource, const Target *target, const Decision *decision)
{
        Found *found = data;

        if (decision->outcome != OUTCOME_ALLOW || found->count == FOUND_MAX ||
            asprintf(&found->lines[found->count], "%.*s", (int)resource.size, resource.data) < 0)
                found->failed = true;
        else
                found->count++;
        return 0;
}

/* Adds the resource, if it is of the type of the one that is asked about and the reference allows
 * the permission there. */
static void add_place(Run *run, const RefQuery *who, int64_t now_s, const char *resource,
                      Found *expected)
{
        RefQuery query = *who;
        size_t type_length = strcspn(resource, ":");

        if (strncmp(resource, who->resource, type_length + 1) != 0)
                return;
        strcpy(query.resource, resource);
        if (expected->count < FOUND_MAX &&
            reference_decide(&run->world, now_s, &query).verdict == REF_ALLOW &&
            (expected->lines[expected->count] = strdup(resource)) != NULL)
                expected->count++;
}

/* Compares one search with the reference's answer about everything. */
static bool where_can_is_right(Run *run, const RefQuery *who, int64_t now_s, ResourceType type)
{
        static Found ours, expected;
        uint32_t groups[WORLD_GIDS_COUNT];
        DecisionContext context = engine_context(who, now_s, groups);
        int r;

        found_clear(&ours);
        found_clear(&expected);
        for (int i = 0; i < run->world.organizations_count; i++)
                add_all_expected(run, who, now_s, &run->world.organizations[i], add_place,
                                 &expected);
        r = policy_where_can(run->engine.image, &context, text_from(who->user),
                             text_from(who->permission), type, TEXT_NULL, take_place, &ours);
        run->reviews++;
        if (r > 0 && expected.count == 0)
                return true; /* the permission is not asked on such resources */
        if (r == 0 && lists_are_equal(&ours, &expected))
                return true;
        print_difference(&ours, &expected);
        return false;
}

bool property_where_can_agrees(Run *run, int count)
{
        /* Its own numbers: what other checks of a world ask does not depend on this one. */
        Random random = run->random;

        for (int i = 0; i < count; i++) {
                RefQuery query;
                Resource resource;
                int64_t now_s = world_random_query(&random, &run->world, &query);
                query.kind = REF_PERMISSION;
                query.with_count = 0;
                query.active = query.is_private = REF_NOT_STATED;
                if (resource_parse(text_from(query.resource), &resource, NULL) == 0 &&
                    !where_can_is_right(run, &query, now_s, resource.type))
                        return property_failed(run, "where-can is complete", &query, now_s);
        }
        return true;
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
