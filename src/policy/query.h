/* SPDX-License-Identifier: MIT */
/*
 * Query
 *
 * The one grammar of questions, on the command line, in batch files, in policy tests and in
 * requests:
 *
 *     USER PERMISSION RESOURCE [with=RESOURCE]... [KEY=VALUE]...
 *     USER grant  ROLE[@SITEPATH] RESOURCE               RESOURCE: user:... or group:...
 *     USER revoke ROLE[@SITEPATH] RESOURCE
 *     USER migrate RESOURCE [with=ROLE[@SITEPATH]]...    RESOURCE: user:...
 *     USER add-member    RESOURCE with=GROUP             user:..., group:... or access-group:...
 *     USER remove-member RESOURCE with=GROUP
 *     USER customize ROLE +PERMISSION RESOURCE           organization:...; or -PERMISSION, default
 *
 *     USER start-lockdown|end-lockdown RESOURCE          lockdown:...
 *
 * SITEPATH begins with the organization, which must be the resource's. Parsing looks at form only,
 * never at a policy. Everything in a Query borrows from the words it was read from.
 */
#pragma once

#include <stddef.h>

#include "policy/limits.h"
#include "policy/vocabulary.h"
#include "util/text.h"

/* A resource as written: TYPE:ORGANIZATION[/PATH]. */
typedef struct Resource {
        ResourceType type;
        Text whole;        /* "door:acme/HQ/D1" */
        Text organization; /* "acme" */
        Text path;         /* "HQ/D1"; empty for an organization */
} Resource;

/* A role as written: ROLE[@ORGANIZATION/SITE...]. */
typedef struct RoleAt {
        Text whole; /* "access-site-viewer@acme/HQ" */
        Text role;
        bool at_site;
        Resource site; /* at_site: as if written site:acme/HQ, but for `whole`: "acme/HQ" */
} RoleAt;

/* A property that may be stated in a query. */
typedef enum Property { PROPERTY_UNSTATED, PROPERTY_TRUE, PROPERTY_FALSE } Property;

typedef enum QueryKind {
        QUERY_PERMISSION,
        QUERY_GRANT,
        QUERY_REVOKE,
        QUERY_MIGRATE,
        QUERY_ADD_MEMBER,
        QUERY_REMOVE_MEMBER,
        QUERY_CUSTOMIZE,
        QUERY_START_LOCKDOWN,
        QUERY_END_LOCKDOWN,
        QUERY_KIND_COUNT,
} QueryKind;

/* What a customize query does to the role. */
typedef enum CustomizeVerb {
        CUSTOMIZE_ADD,     /* +PERMISSION */
        CUSTOMIZE_REMOVE,  /* -PERMISSION */
        CUSTOMIZE_DEFAULT, /* default: all as the catalogue has it */
} CustomizeVerb;

typedef struct Query {
        QueryKind kind;
        Text user;
        Text permission; /* QUERY_PERMISSION, QUERY_CUSTOMIZE; empty for CUSTOMIZE_DEFAULT */
        Resource resource;
        Resource with[QUERY_WITH_MAX];
        size_t with_count;
        Property is_private; /* private= */
        Property is_active;  /* active= */
        Property has_code;   /* code= */
        CustomizeVerb verb;  /* QUERY_CUSTOMIZE */
        size_t role_count;
        /* QUERY_GRANT, QUERY_REVOKE, QUERY_CUSTOMIZE: one; QUERY_MIGRATE: those he shall have. The
         * last member: beyond role_count nothing is written. */
        RoleAt roles[QUERY_ROLES_MAX];
} Query;

enum QueryProblem {
        QUERY_MALFORMED = 1, /* no query; ret_problem says why */
};

/*
 * Reads a query from its words, one argument a word.
 * ret_problem receives a static sentence when the words are no query; NULL if not wanted.
 * Return: 0, or a QueryProblem.
 */
int query_parse(const Text *words, size_t count, Query *ret_query, const char **ret_problem);

/* Reads a query from one line: words are separated by spaces or tabs. The query borrows from the
 * line. Return: as query_parse(); a line over QUERY_SIZE_MAX is malformed. */
int query_parse_line(Text line, Query *ret_query, const char **ret_problem);

/* Splits a line into words at spaces and tabs. Return: their number, or words_max + 1 when there
 * are more. */
size_t query_split(Text line, Text *words, size_t words_max);

/* The second word of a query that is no permission, e.g. "grant"; NULL for QUERY_PERMISSION.
 * Static.
 */
const char *query_kind_name(QueryKind kind);

/* The kind of query that a second word begins; QUERY_PERMISSION for every other word. */
QueryKind query_kind_from_name(Text word);

/* Reads a resource. Return: 0, or QUERY_MALFORMED. */
int resource_parse(Text text, Resource *ret_resource, const char **ret_problem);

/* Reads a path, organization first ("acme/HQ/D1"), as a resource of a type; `whole` is the path.
 * Return: 0, or QUERY_MALFORMED. */
int resource_parse_path(ResourceType type, Text path, Resource *ret_resource,
                        const char **ret_problem);

/* Reads ROLE[@SITEPATH]. Return: 0, or QUERY_MALFORMED. */
int role_at_parse(Text text, RoleAt *ret_role, const char **ret_problem);
