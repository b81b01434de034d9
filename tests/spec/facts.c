/* SPDX-License-Identifier: MIT */
/*
 * Facts: each list of the policy is written by looking through all facts for those that belong to
 * it, so that a fact needs no place of its own in memory.
 */
#include "facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { FACT_SIZE = 512 };

#define WEEKLY "weekly = ( { days = [ \"mon\" ]; from = \"08:00\"; to = \"18:00\"; } );"

/* The forms of facts: how many words each has. */
static const struct FactForm {
        const char *word;
        size_t count;
} forms[] = {
        { "site", 2 },      { "user", 2 },           { "group", 2 },        { "access-group", 2 },
        { "door", 2 },      { "role", 3 },           { "in", 3 },           { "opens", 3 },
        { "suspended", 2 }, { "no-member", 2 },      { "synced", 2 },       { "schedule", 2 },
        { "template", 3 },  { "door-exception", 2 }, { "floorplan", 3 },    { "entity", 2 },
        { "customize", 3 }, { "custom-role", 3 },    { "organization", 2 },
};

Facts facts_new(void)
{
        Facts facts = { .arena = arena_new(), .organization = "acme" };
        assert_non_null(facts.arena);
        return facts;
}

void facts_free(Facts *facts)
{
        vector_clear(&facts->list);
        vector_clear(&facts->organizations);
        facts->arena = arena_free(facts->arena);
}

static void check_form(const Fact *fact, const char *line)
{
        for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
                if (strcmp(forms[i].word, fact->words[0]) == 0 && forms[i].count == fact->count)
                        return;
        fail_msg("'%s' is no fact", line);
}

static Fact read_fact(Arena *arena, const char *text)
{
        Fact fact = { .count = 0 };
        char *rest = arena_copy(arena, text_from(text));
        assert_non_null(rest);
        for (char *word; (word = strsep(&rest, " ")); fact.count++) {
                if (fact.count == FACT_WORDS_MAX || *word == '\0')
                        fail_msg("'%s' is no fact", text);
                fact.words[fact.count] = word;
        }
        check_form(&fact, text);
        return fact;
}

/* What is stated from here on belongs to this organization. */
static void choose_organization(Facts *facts, const char *name)
{
        facts->organization = name;
        for (size_t i = 0; i < facts->organizations.count; i++)
                if (strcmp(facts->organizations.items[i], name) == 0)
                        return;
        const char **slot = vector_append(&facts->organizations);
        assert_non_null(slot);
        *slot = name;
}

static void add_fact(Facts *facts, const char *text)
{
        Fact fact = read_fact(facts->arena, text);
        if (strcmp(fact.words[0], "organization") == 0) {
                choose_organization(facts, fact.words[1]);
                return;
        }
        choose_organization(facts, facts->organization);
        Fact *slot = vector_append(&facts->list);
        assert_non_null(slot);
        fact.organization = facts->organization;
        *slot = fact;
}

void facts_add(Facts *facts, const char *format, ...)
{
        char text[FACT_SIZE];
        va_list values;
        va_start(values, format);
        int size = vsnprintf(text, sizeof(text), format, values);
        va_end(values);
        assert_in_range(size, 1, FACT_SIZE - 1);
        add_fact(facts, text);
}

void facts_add_line(Facts *facts, const char *line)
{
        while (*line) {
                const char *end = strstr(line, "; ");
                size_t size = end ? (size_t)(end - line) : strlen(line);
                facts_add(facts, "%.*s", (int)size, line);
                line += size + (end ? 2 : 0);
        }
}

/* The next fact that begins with this word, and whose second word is this (NULL: any).
 * Return: the fact, or NULL; *index stands behind it. */
static const Fact *next_fact(const Facts *facts, const char *word, const char *second,
                             size_t *index)
{
        while (*index < facts->list.count) {
                const Fact *fact = &facts->list.items[(*index)++];
                if (strcmp(fact->words[0], word) == 0 &&
                    (!second || strcmp(fact->words[1], second) == 0))
                        return fact;
        }
        return NULL;
}

#define FOR_EACH_FACT(fact, facts, word, second)                                                   \
        size_t fact##_index = 0;                                                                   \
        for (const Fact *fact; (fact = next_fact(facts, word, second, &fact##_index));)

static bool has_fact(const Facts *facts, const char *word, const char *second)
{
        size_t index = 0;
        return next_fact(facts, word, second, &index) != NULL;
}

/* Is path a child of parent ("" for the top)? Return: the child's own name, or NULL. */
static const char *child_name(const char *path, const char *parent)
{
        const char *slash = strrchr(path, '/');
        size_t size = slash ? (size_t)(slash - path) : 0;
        if (size != strlen(parent) || strncmp(path, parent, size) != 0)
                return NULL;
        return slash ? slash + 1 : path;
}

/* Writes the comma before every element but the first. */
static void separate(FILE *stream, bool *first)
{
        fputs(*first ? " " : ",\n  ", stream);
        *first = false;
}

static void write_doors(const Facts *facts, FILE *stream, const char *site)
{
        bool first = true;
        fputs(" doors = (", stream);
        FOR_EACH_FACT(door, facts, "door", NULL)
        {
                const char *name = child_name(door->words[1], site);
                if (!name)
                        continue;
                separate(stream, &first);
                fprintf(stream, "{ name = \"%s\"; }", name);
        }
        fputs(" );", stream);
}

static void write_sites(const Facts *facts, FILE *stream, const char *parent)
{
        bool first = true;
        fputs(" sites = (", stream);
        FOR_EACH_FACT(site, facts, "site", NULL)
        {
                const char *name = child_name(site->words[1], parent);
                if (!name)
                        continue;
                separate(stream, &first);
                fprintf(stream, "{ name = \"%s\";", name);
                write_doors(facts, stream, site->words[1]);
                write_sites(facts, stream, site->words[1]);
                fputs(" }", stream);
        }
        fputs(" );", stream);
}

/* Writes the roles of "user:NAME" or "group:NAME". */
static void write_roles(const Facts *facts, FILE *stream, const char *holder)
{
        bool first = true;
        fputs(" roles = (", stream);
        FOR_EACH_FACT(role, facts, "role", holder)
        {
                const char *at = strchr(role->words[2], '@');
                int size = at ? (int)(at - role->words[2]) : (int)strlen(role->words[2]);
                separate(stream, &first);
                fprintf(stream, "{ role = \"%.*s\";", size, role->words[2]);
                if (at)
                        fprintf(stream, " site = \"%s\";", at + 1);
                fputs(" }", stream);
        }
        fputs(" );", stream);
}

/* Writes the groups of a kind ("group:" or "access-group:") that a person is in; his own access
 * group is the one that opens his doors. */
static void write_memberships(const Facts *facts, FILE *stream, const char *key, const char *person,
                              const char *kind, size_t own)
{
        bool first = true;
        fprintf(stream, " %s = [", key);
        FOR_EACH_FACT(in, facts, "in", person)
        {
                if (strncmp(in->words[2], kind, strlen(kind)) != 0)
                        continue;
                separate(stream, &first);
                fprintf(stream, "\"%s\"", in->words[2] + strlen(kind));
        }
        if (own > 0) {
                separate(stream, &first);
                fprintf(stream, "\"opens-%zu\"", own);
        }
        fputs(" ];", stream);
}

static void write_user(const Facts *facts, FILE *stream, const char *name, size_t own)
{
        char person[FACT_SIZE];
        snprintf(person, sizeof(person), "user:%s", name);
        fprintf(stream, "{ name = \"%s\"; member = %s; synced = %s; access = { suspended = %s; };",
                name, has_fact(facts, "no-member", person) ? "false" : "true",
                has_fact(facts, "synced", person) ? "true" : "false",
                has_fact(facts, "suspended", person) ? "true" : "false");
        write_memberships(facts, stream, "groups", person, "group:", 0);
        write_memberships(facts, stream, "access_groups", person,
                          "access-group:", has_fact(facts, "opens", person) ? own : 0);
        write_roles(facts, stream, person);
        fputs(" }", stream);
}

static void write_users(const Facts *facts, FILE *stream)
{
        bool first = true;
        fputs("users = (", stream);
        FOR_EACH_FACT(user, facts, "user", NULL)
        {
                separate(stream, &first);
                write_user(facts, stream, user->words[1], user_index);
        }
        fputs(" );\n", stream);
}

static void write_groups(const Facts *facts, FILE *stream)
{
        bool first = true;
        fputs("groups = (", stream);
        FOR_EACH_FACT(group, facts, "group", NULL)
        {
                char holder[FACT_SIZE];
                snprintf(holder, sizeof(holder), "group:%s", group->words[1]);
                separate(stream, &first);
                fprintf(stream, "{ name = \"%s\";", group->words[1]);
                write_roles(facts, stream, holder);
                fputs(" }", stream);
        }
        fputs(" );\n", stream);
}

/* The access groups that are stated, and one for everybody who opens a door. */
static void write_access_groups(const Facts *facts, FILE *stream)
{
        bool first = true;
        fputs("access_groups = (", stream);
        FOR_EACH_FACT(group, facts, "access-group", NULL)
        {
                char whole[FACT_SIZE];
                snprintf(whole, sizeof(whole), "access-group:%s", group->words[1]);
                separate(stream, &first);
                fprintf(stream, "{ name = \"%s\"; synced = %s; }", group->words[1],
                        has_fact(facts, "synced", whole) ? "true" : "false");
        }
        FOR_EACH_FACT(user, facts, "user", NULL)
        {
                separate(stream, &first);
                fprintf(stream, "{ name = \"opens-%zu\"; }", user_index);
        }
        fputs(" );\n", stream);
}

static void write_access_levels(const Facts *facts, FILE *stream)
{
        bool first = true;
        fputs("access_levels = (", stream);
        FOR_EACH_FACT(user, facts, "user", NULL)
        {
                char person[FACT_SIZE];
                bool first_door = true;
                snprintf(person, sizeof(person), "user:%s", user->words[1]);
                separate(stream, &first);
                fprintf(stream,
                        "{ name = \"opens-%zu\"; access_groups = [ \"opens-%zu\" ]; "
                        "doors = [",
                        user_index, user_index);
                FOR_EACH_FACT(opens, facts, "opens", person)
                {
                        separate(stream, &first_door);
                        fprintf(stream, "\"%s\"", opens->words[2]);
                }
                fputs(" ]; }", stream);
        }
        fputs(" );\n", stream);
}

/* A list whose elements are a name and, from the third word, something else. */
static void write_objects(const Facts *facts, FILE *stream, const char *list, const char *word,
                          const char *format)
{
        bool first = true;
        fprintf(stream, "%s = (", list);
        FOR_EACH_FACT(object, facts, word, NULL)
        {
                separate(stream, &first);
                fprintf(stream, "{ name = \"%s\"; ", object->words[1]);
                fputs(format, stream);
                if (object->count == 3)
                        fprintf(stream, "\"%s\"%s", object->words[2],
                                strcmp(word, "floorplan") == 0 ? " ];" : ";");
                fputs(" }", stream);
        }
        fputs(" );\n", stream);
}

/* Custom roles: "custom-role TMC plates:read,update". A role of several entities is several facts;
 * the first of them writes all. */
static void write_custom_role(const Facts *facts, FILE *stream, const char *name)
{
        bool first = true;
        fprintf(stream, "{ name = \"%s\"; entities = (", name);
        FOR_EACH_FACT(part, facts, "custom-role", name)
        {
                char actions[FACT_SIZE];
                bool first_action = true;
                int entity = (int)strcspn(part->words[2], ":");
                assert_int_equal(part->words[2][entity], ':');
                snprintf(actions, sizeof(actions), "%s", part->words[2] + entity + 1);
                separate(stream, &first);
                fprintf(stream, "{ entity = \"%.*s\"; actions = [", entity, part->words[2]);
                char *rest = actions;
                for (char *action; (action = strsep(&rest, ","));) {
                        separate(stream, &first_action);
                        fprintf(stream, "\"%s\"", action);
                }
                fputs(" ]; }", stream);
        }
        fputs(" ); }", stream);
}

static void write_custom_roles(const Facts *facts, FILE *stream)
{
        bool first = true;
        if (!has_fact(facts, "custom-role", NULL))
                return;
        fputs("roles = (", stream);
        FOR_EACH_FACT(role, facts, "custom-role", NULL)
        {
                size_t index = 0;
                if (next_fact(facts, "custom-role", role->words[1], &index) != role)
                        continue;
                separate(stream, &first);
                write_custom_role(facts, stream, role->words[1]);
        }
        fputs(" );\n", stream);
}

static void write_entities(const Facts *facts, FILE *stream)
{
        bool first = true;
        if (!has_fact(facts, "entity", NULL))
                return;
        fputs("entities = [", stream);
        FOR_EACH_FACT(entity, facts, "entity", NULL)
        {
                separate(stream, &first);
                fprintf(stream, "\"%s\"", entity->words[1]);
        }
        fputs(" ];\n", stream);
}

/* "customize camera-site-viewer +camera.archive.delete"; one fact a role. */
static void write_customizations(const Facts *facts, FILE *stream)
{
        bool first = true;
        if (!has_fact(facts, "customize", NULL))
                return;
        fputs("customizations = (", stream);
        FOR_EACH_FACT(change, facts, "customize", NULL)
        {
                separate(stream, &first);
                fprintf(stream, "{ role = \"%s\"; %s = [ \"%s\" ]; }", change->words[1],
                        change->words[2][0] == '+' ? "add" : "remove", change->words[2] + 1);
        }
        fputs(" );\n", stream);
}

static void write_all(const Facts *facts, FILE *stream)
{
        write_sites(facts, stream, "");
        fputs("\n", stream);
        write_entities(facts, stream);
        write_custom_roles(facts, stream);
        write_customizations(facts, stream);
        write_groups(facts, stream);
        write_access_groups(facts, stream);
        write_users(facts, stream);
        write_access_levels(facts, stream);
        write_objects(facts, stream, "schedules", "schedule", WEEKLY);
        write_objects(facts, stream, "door_exceptions", "door-exception",
                      "dates = [ \"2026-12-25\" ]; state = \"locked\";");
        write_objects(facts, stream, "roll_call_templates", "template", "site = ");
        write_objects(facts, stream, "floorplans", "floorplan", "doors = [ ");
}

void facts_write_organization(const Facts *facts, const char *organization, FILE *stream)
{
        Facts own = { .arena = NULL };
        for (size_t i = 0; i < facts->list.count; i++) {
                if (strcmp(facts->list.items[i].organization, organization) != 0)
                        continue;
                Fact *slot = vector_append(&own.list);
                assert_non_null(slot);
                *slot = facts->list.items[i];
        }
        fprintf(stream, "# SPDX-License-Identifier: MIT\norganization = { name = \"%s\"; };\n",
                organization);
        write_all(&own, stream);
        vector_clear(&own.list);
}
