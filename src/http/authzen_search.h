/* SPDX-License-Identifier: MIT */
/* Searches: what the three endpoints share. */
#pragma once

#include "http/authzen_read.h"

typedef struct AuthzenSearchKind {
        AuthzenSought sought;
        MessageType type;   /* the request that answers it */
        const char *record; /* the pair of a RECORD that holds a result */
        /* Makes an entity of it (owned by the caller), or NULL for what is none. */
        json_t *(*entity)(Text value);
        const char *others; /* member of the answer's context for what is none; NULL: a problem */
} AuthzenSearchKind;

/* Serves a search. kind is static. */
void authzen_search(HttpCall *call, const AuthzenSearchKind *kind);
