/* SPDX-License-Identifier: MIT */
/*
 * HTTP call
 *
 * One request of a verified caller, between the server (connections, TLS, limits, routes) and who
 * serves it. The server has read the body, within its limits, and knows the certificate; whoever
 * serves the call answers it exactly once, at once or later. Everything is on one thread.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "link/link.h"
#include "util/text.h"

typedef struct HttpCall HttpCall;

#define HTTP_CERTIFICATE_SIZE 72 /* "sha256:", 64 hexadecimal digits and a NUL */

/* What serves the calls of a route. */
typedef void (*HttpHandler)(HttpCall *call);

typedef struct HttpRoute {
        const char *method; /* "GET", "POST" */
        const char *path;
        const char *content_type; /* that a body must have; NULL: there is none */
        HttpHandler handler;
} HttpRoute;

/* The fingerprint of the caller's certificate, as FIELD_CERTIFICATE holds it. Borrowed. */
const char *http_call_certificate(const HttpCall *call);

/* The body as it came. Borrowed. */
Text http_call_body(const HttpCall *call);

/* The link to doorwardd, and for how long a request over it may take. */
Link *http_call_link(const HttpCall *call);
uint64_t http_call_timeout_ms(const HttpCall *call);

/* Where clients reach this server: "https://HOST:PORT". Borrowed. */
const char *http_call_base_url(const HttpCall *call);

/* The permissions whose evaluation is an unlock, and a badge at a door, by the policy that is
 * served (names of the commands unlock and enter). Empty when there is none. Borrowed. */
Text http_call_unlock_permission(const HttpCall *call);
Text http_call_enter_permission(const HttpCall *call);

/* Limits of the front that those who serve enforce. */
uint32_t http_call_depth_max(const HttpCall *call);       /* of JSON */
uint32_t http_call_evaluations_max(const HttpCall *call); /* of one batch */

/*
 * Keeps what serving needs until the call has been answered, or its client is gone: then end()
 * gives up what is under way (link_cancel()) and frees. To be set at most once.
 */
void http_call_set_state(HttpCall *call, void *state, void (*end)(void *state));
void *http_call_state(const HttpCall *call);

/* Answer with a JSON document (taken; NULL counts as no memory), or with bytes (copied). The call
 * is gone when they return, and end() has been called. */
void http_call_answer_json(HttpCall *call, unsigned status, json_t *document);
void http_call_answer_bytes(HttpCall *call, unsigned status, const char *content_type,
                            const void *bytes, size_t size);

/*
 * Answers with an error: status (400 and above) and one sentence for people, as the standard wants
 * it. reason is a stable code for the journal and the counters, such as "malformed-json". What is
 * the caller's fault (below 500) is told to doorwardd for its journal.
 */
void http_call_answer_error(HttpCall *call, unsigned status, const char *reason,
                            const char *message);
