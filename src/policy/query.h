/* SPDX-License-Identifier: MIT */
/*
 * Query
 *
 * The one grammar of questions, on the command line, in batch files, in policy tests and in
 * requests:
 *
 *     USER PERMISSION RESOURCE [with=RESOURCE]... [KEY=VALUE]...
 *
 * Parsing looks at form only, never at a policy. Everything in a Query borrows from the words it
 * was read from.
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

/* A property that may be stated in a query. */
typedef enum Property { PROPERTY_UNSTATED, PROPERTY_TRUE, PROPERTY_FALSE } Property;

typedef struct Query {
        Text user;
        Text permission;
        Resource resource;
        Resource with[QUERY_WITH_MAX];
        size_t with_count;
        Property is_private; /* private= */
        Property is_active;  /* active= */
} Query;

enum QueryProblem {
        QUERY_MALFORMED = 1,     /* no query; ret_problem says why */
        QUERY_NOT_SUPPORTED = 2, /* grant, revoke, migrate, … : not supported yet */
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

/* Reads a resource. Return: 0, or QUERY_MALFORMED. */
int resource_parse(Text text, Resource *ret_resource, const char **ret_problem);

/* Reads a path, organization first ("acme/HQ/D1"), as a resource of a type; `whole` is the path.
 * Return: 0, or QUERY_MALFORMED. */
int resource_parse_path(ResourceType type, Text path, Resource *ret_resource,
                        const char **ret_problem);
