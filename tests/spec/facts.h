/* SPDX-License-Identifier: MIT */
/*
 * Facts
 *
 * A world stated fact by fact, in the grammar of data/README.md, and its text as a policy. Whatever
 * is not stated does not exist.
 */
#pragma once

#include <stdio.h>

#include "util/arena.h"
#include "util/vector.h"

/* The role, marked legacy, that the policies of facts declare beside the vendor's roles. */
#define FACTS_LEGACY_ROLE "test-legacy"

enum { FACT_WORDS_MAX = 4 };

typedef struct Fact {
        const char *words[FACT_WORDS_MAX];
        size_t count;
} Fact;

typedef struct Facts {
        Arena *arena;
        VECTOR_OF(Fact) list;
} Facts;

Facts facts_new(void);
void facts_free(Facts *facts);

/* Adds a fact as printf() writes it, e.g. facts_add(&facts, "user %s", name). A fact of another
 * form fails the running test. */
void facts_add(Facts *facts, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));

/* Adds the facts of a line, divided by "; ". */
void facts_add_line(Facts *facts, const char *line);

/* Writes organizations.d/acme.conf and the catalogue with FACTS_LEGACY_ROLE. */
void facts_write_organization(const Facts *facts, FILE *stream);
void facts_write_catalogue(FILE *stream);
