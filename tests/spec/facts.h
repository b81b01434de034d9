/* SPDX-License-Identifier: MIT */
/*
 * Facts
 *
 * A world stated fact by fact, in the grammar of data/README.md, and its text as a policy: one file
 * for each organization. Whatever is not stated does not exist.
 */
#pragma once

#include <stdio.h>

#include "util/arena.h"
#include "util/vector.h"

enum { FACT_WORDS_MAX = 4 };

typedef struct Fact {
        const char *words[FACT_WORDS_MAX];
        size_t count;
        const char *organization;
} Fact;

typedef struct Facts {
        Arena *arena;
        VECTOR_OF(Fact) list;
        VECTOR_OF(const char *) organizations; /* in the order in which they are stated */
        const char *organization;              /* of the next fact; at first "acme" */
} Facts;

Facts facts_new(void);
void facts_free(Facts *facts);

/* Adds a fact as printf() writes it, e.g. facts_add(&facts, "user %s", name). A fact of another
 * form fails the running test. */
void facts_add(Facts *facts, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

/* Adds the facts of a line, divided by "; ". */
void facts_add_line(Facts *facts, const char *line);

/* Writes the file of an organization: the facts that belong to it. */
void facts_write_organization(const Facts *facts, const char *organization, FILE *stream);
