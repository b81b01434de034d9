/* SPDX-License-Identifier: MIT */
/*
 * Pages of a search
 *
 * A token says where the next page begins, and to which search it belongs: the standard wants all
 * but the token to stay the same. It is opaque to clients and holds nothing secret; one that was
 * made up shows nothing that the same search would not.
 */
#pragma once

#include "http/authzen_read.h"

#define AUTHZEN_LIMIT_MAX  1000 /* results on one page, also where no limit is stated */
#define AUTHZEN_AFTER_SIZE 128
#define AUTHZEN_TOKEN_SIZE 256

typedef struct AuthzenPage {
        char search[33];                /* of which search: 32 hexadecimal digits */
        uint32_t limit;                 /* at most AUTHZEN_LIMIT_MAX */
        char after[AUTHZEN_AFTER_SIZE]; /* FIELD_AFTER; "": the first page */
} AuthzenPage;

/* Reads the page that a request wants. sought and the caller's certificate are part of what a
 * search is. Return: 0, or AUTHZEN_PROBLEM. */
int authzen_page_read(const json_t *document, AuthzenSought sought, const char *certificate,
                      AuthzenPage *ret_page, AuthzenProblem *problem);

/* The page object of an answer: how many results there are on it, and the token of the next one.
 * after: FIELD_AFTER of the END; empty: this was the last one. Return: owned by the caller; NULL
 * without memory. */
json_t *authzen_page_answer(const AuthzenPage *page, size_t count, Text after);
