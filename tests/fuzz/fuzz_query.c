/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a query in one line
 *
 * Checked besides memory: a line that is no query says why; everything in a query lies in the line
 * and has the form of a name; and writing a query down in one way gives the same query again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "policy/query.h"
#include "util/name.h"

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static bool lies_in(Text part, Text whole)
{
        return part.size == 0 ||
               (part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

/* "caller:" and two names. */
static bool is_program(Text user)
{
        static const char TYPE[] = "caller:";
        size_t size = sizeof(TYPE) - 1;
        return user.size > size && memcmp(user.data, TYPE, size) == 0 &&
               memchr(user.data, '/', user.size) &&
               name_is_valid_path((Text){ user.data + size, user.size - size }, 2);
}

static void resource_check(const Resource *resource, Text line)
{
        Resource again;
        promise(lies_in(resource->whole, line) && lies_in(resource->organization, line) &&
                lies_in(resource->path, line));
        promise(name_is_valid(resource->organization));
        promise(resource_type_name(resource->type) != NULL);
        promise(resource_parse(resource->whole, &again, NULL) == 0);
        promise(again.type == resource->type && text_equal(again.path, resource->path));
}

static const char *property_text(Property property, const char *name, char *buffer, size_t size)
{
        if (property == PROPERTY_UNSTATED)
                return "";
        snprintf(buffer, size, " %s=%s", name, property == PROPERTY_TRUE ? "true" : "false");
        return buffer;
}

static void text_write(FILE *stream, const char *before, Text text)
{
        fprintf(stream, "%s%.*s", before, (int)text.size, text.data);
}

/* What stands behind the second word, in the order in which each kind of query has it. */
static void rest_write(const Query *query, FILE *stream)
{
        static const char *const VERBS[] = {
                [CUSTOMIZE_ADD] = " +", [CUSTOMIZE_REMOVE] = " -", [CUSTOMIZE_DEFAULT] = " default"
        };
        bool migrates = query->kind == QUERY_MIGRATE;
        for (size_t i = 0; !migrates && i < query->role_count; i++)
                text_write(stream, " ", query->roles[i].whole);
        if (query->kind == QUERY_CUSTOMIZE)
                text_write(stream, VERBS[query->verb], query->permission);
        text_write(stream, " ", query->resource.whole);
        for (size_t i = 0; migrates && i < query->role_count; i++)
                text_write(stream, " with=", query->roles[i].whole);
        for (size_t i = 0; i < query->with_count; i++)
                text_write(stream, " with=", query->with[i].whole);
}

static bool queries_are_same(const Query *a, const Query *b)
{
        bool same = a->kind == b->kind && a->verb == b->verb && text_equal(a->user, b->user) &&
                    text_equal(a->permission, b->permission) &&
                    text_equal(a->resource.whole, b->resource.whole) &&
                    a->with_count == b->with_count && a->role_count == b->role_count &&
                    a->is_active == b->is_active && a->is_private == b->is_private;
        for (size_t i = 0; same && i < a->with_count; i++)
                same = text_equal(a->with[i].whole, b->with[i].whole);
        for (size_t i = 0; same && i < a->role_count; i++)
                same = text_equal(a->roles[i].whole, b->roles[i].whole) &&
                       text_equal(a->roles[i].role, b->roles[i].role) &&
                       a->roles[i].at_site == b->roles[i].at_site;
        return same;
}

/* Writes the query with single spaces, and reads that again. */
static void query_write_and_read(const Query *query)
{
        char first[32], second[32], *text = NULL;
        const char *kind = query_kind_name(query->kind);
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        promise(stream != NULL);
        text_write(stream, "", query->user);
        text_write(stream, " ", kind ? text_from(kind) : query->permission);
        rest_write(query, stream);
        fprintf(stream, "%s%s", property_text(query->is_active, "active", first, sizeof(first)),
                property_text(query->is_private, "private", second, sizeof(second)));
        fclose(stream);
        Query again;
        promise(query_parse_line((Text){ text, size }, &again, NULL) == 0);
        promise(queries_are_same(query, &again));
        free(text);
}

static void role_check(const RoleAt *role, const Query *query, Text line)
{
        RoleAt again;
        promise(lies_in(role->whole, line) && lies_in(role->role, line));
        promise(name_is_valid(role->role));
        promise(role_at_parse(role->whole, &again, NULL) == 0);
        promise(text_equal(again.role, role->role) && again.at_site == role->at_site);
        promise(!role->at_site ||
                text_equal(role->site.organization, query->resource.organization));
}

/* What each kind of query is made of. */
static void kind_check(const Query *query)
{
        ResourceType type = query->resource.type;
        bool of_members = query->kind == QUERY_ADD_MEMBER || query->kind == QUERY_REMOVE_MEMBER;
        bool of_roles = query->kind == QUERY_GRANT || query->kind == QUERY_REVOKE ||
                        query->kind == QUERY_CUSTOMIZE;
        promise(query->kind >= QUERY_PERMISSION && query->kind < QUERY_KIND_COUNT);
        promise(!of_roles || query->role_count == 1);
        promise(!of_members || (query->with_count == 1 && type == RESOURCE_USER));
        promise(query->kind != QUERY_MIGRATE || type == RESOURCE_USER);
        promise(query->kind != QUERY_CUSTOMIZE || type == RESOURCE_ORGANIZATION);
        promise(query->kind == QUERY_PERMISSION || query->kind == QUERY_CUSTOMIZE ||
                query->permission.size == 0);
        promise(query->role_count <= QUERY_ROLES_MAX && query->with_count <= QUERY_WITH_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        Text line = { (const char *)data, size };
        const char *problem = NULL;
        Query query;
        int result = query_parse_line(line, &query, &problem);
        if (result != 0) {
                promise(result == QUERY_MALFORMED);
                promise(problem != NULL && problem[0] != '\0');
                return 0;
        }
        promise(lies_in(query.user, line) &&
                (name_is_valid_user(query.user) || is_program(query.user)));
        promise(lies_in(query.permission, line));
        promise(query.kind != QUERY_PERMISSION || name_is_valid(query.permission));
        kind_check(&query);
        resource_check(&query.resource, line);
        for (size_t i = 0; i < query.role_count; i++)
                role_check(&query.roles[i], &query, line);
        for (size_t i = 0; i < query.with_count; i++)
                resource_check(&query.with[i], line);
        query_write_and_read(&query);
        return 0;
}
