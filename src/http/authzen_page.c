/* SPDX-License-Identifier: MIT */
/* Pages of a search: see authzen_page.h. A token is SEARCH.LIMIT.AFTER. */
#include "http/authzen_page.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/number.h"

static int refuse(AuthzenProblem *problem, const char *what)
{
        return authzen_problem_set(problem, 400, "malformed-request", "%s.", what);
}

/* What a search is: all its entities, by whom, and what is searched for. */
static int make_search(const json_t *document, AuthzenSought sought, const char *certificate,
                       char *search)
{
        uint8_t hash[32]; /* of SHA-256 */
        AuthzenParts parts = authzen_parts(document, NULL);
        json_t *all = json_pack("[s, i, O?, O?, O?, O?]", certificate, (int)sought,
                                (json_t *)parts.subject, (json_t *)parts.action,
                                (json_t *)parts.resource, (json_t *)parts.context);
        _cleanup_free_ char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
        json_decref(all);
        if (!text || gnutls_hash_fast(GNUTLS_DIG_SHA256, text, strlen(text), hash) < 0)
                return -1;
        for (size_t i = 0; i < 16; i++)
                (void)snprintf(search + 2 * i, 3, "%02x", hash[i]);
        return 0;
}

/* Reads page.limit. Return: 0, or AUTHZEN_PROBLEM. */
static int read_limit(const json_t *limit, uint32_t *ret_limit, AuthzenProblem *problem)
{
        if (!json_is_integer(limit) || json_integer_value(limit) < 0)
                return refuse(problem, "page.limit must be a non-negative integer");
        *ret_limit = json_integer_value(limit) > AUTHZEN_LIMIT_MAX
                             ? AUTHZEN_LIMIT_MAX
                             : (uint32_t)json_integer_value(limit);
        return 0;
}

/* Reads a token, which must belong to the page's search and, if one is stated, limit. */
static int read_token(const json_t *value, bool has_limit, AuthzenPage *page,
                      AuthzenProblem *problem)
{
        Text token, search, rest, limit, after;
        uint64_t number;
        if (!json_is_string(value))
                return refuse(problem, "page.token must be a string");
        token = (Text){ json_string_value(value), json_string_length(value) };
        if (!text_split_first(token, '.', &search, &rest) ||
            !text_split_first(rest, '.', &limit, &after) ||
            number_parse(limit, AUTHZEN_LIMIT_MAX, &number) < 0 || after.size == 0 ||
            after.size >= sizeof(page->after))
                return refuse(problem, "page.token is no token of this server");
        if (!text_is(search, page->search) || (has_limit && page->limit != number))
                return refuse(problem, "page.token belongs to another search: all but the token "
                                       "must stay as it was");
        page->limit = (uint32_t)number;
        memcpy(page->after, after.data, after.size);
        page->after[after.size] = '\0';
        return 0;
}

int authzen_page_read(const json_t *document, AuthzenSought sought, const char *certificate,
                      AuthzenPage *ret_page, AuthzenProblem *problem)
{
        const json_t *page = json_object_get(document, "page");
        const json_t *limit = json_object_get(page, "limit");
        const json_t *token = json_object_get(page, "token");
        const json_t *properties = json_object_get(page, "properties");
        *ret_page = (AuthzenPage){ .limit = AUTHZEN_LIMIT_MAX };
        if (page && !json_is_object(page))
                return refuse(problem, "page must be an object");
        if (properties && (!json_is_object(properties) || json_object_size(properties) > 0))
                return refuse(problem, "page.properties would not be considered");
        if (limit && read_limit(limit, &ret_page->limit, problem) != 0)
                return AUTHZEN_PROBLEM;
        if (make_search(document, sought, certificate, ret_page->search) < 0)
                return authzen_problem_set(problem, 500, "internal", "Out of memory.");
        return token ? read_token(token, limit != NULL, ret_page, problem) : 0;
}

json_t *authzen_page_answer(const AuthzenPage *page, size_t count, Text after)
{
        char token[AUTHZEN_TOKEN_SIZE] = "";
        if (after.size > 0)
                (void)snprintf(token, sizeof(token), "%s.%u.%.*s", page->search, page->limit,
                               (int)after.size, after.data);
        return json_pack("{s:s, s:i}", "next_token", token, "count", (int)count);
}
