/* SPDX-License-Identifier: MIT */
/* HTTP call: see call.h. An answer is kept with the call until libmicrohttpd asks for it: at once
 * when the handler answered within its call, else when the connection has been resumed. */
#include "http/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/request.h"
#include "http/server.h"
#include "util/deadline.h"

const char *http_call_certificate(const HttpCall *call)
{
        return call->connection->certificate;
}

Text http_call_body(const HttpCall *call)
{
        return (Text){ call->body, call->size };
}

Link *http_call_link(const HttpCall *call)
{
        return call->server->link;
}

uint64_t http_call_timeout_ms(const HttpCall *call)
{
        return call->server->settings->limits.request_seconds * 1000ull;
}

const char *http_call_base_url(const HttpCall *call)
{
        return call->server->settings->url ? call->server->settings->url : call->server->base_url;
}

Text http_call_unlock_permission(const HttpCall *call)
{
        return following_unlock_permission(call->server->following);
}

Text http_call_enter_permission(const HttpCall *call)
{
        return following_enter_permission(call->server->following);
}

uint32_t http_call_depth_max(const HttpCall *call)
{
        return call->server->settings->limits.depth;
}

uint32_t http_call_evaluations_max(const HttpCall *call)
{
        return call->server->settings->limits.evaluations;
}

void http_call_set_state(HttpCall *call, void *state, void (*end)(void *state))
{
        call->state = state;
        call->end = end;
}

void *http_call_state(const HttpCall *call)
{
        return call->state;
}

static void end_state(HttpCall *call)
{
        void (*end)(void *state) = call->end;
        call->end = NULL;
        if (end)
                end(call->state);
        call->state = NULL;
}

/* The call is whole: libmicrohttpd is to come and take the answer. */
static void finish(HttpCall *call, unsigned status)
{
        HttpServer *server = call->server;
        uint64_t now_us = deadline_clock_ns() / 1000;
        call->answered = true;
        call->status = status;
        metrics_count_answer(&server->metrics, call->route ? call->route->path : "other", status,
                             call->begun_us ? now_us - call->begun_us : 0);
        end_state(call);
        if (!call->in_handler)
                http_connection_resume(call->connection);
}

static bool add_headers(HttpCall *call, unsigned status, const char *content_type)
{
        char seconds[16];
        struct MHD_Response *response = call->response;
        bool good = MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store") &&
                    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
        if (content_type)
                good = good && MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                                       content_type);
        if (*call->request_id)
                good = good && MHD_add_response_header(response, "X-Request-ID", call->request_id);
        if (status == MHD_HTTP_METHOD_NOT_ALLOWED && call->allowed_method)
                good = good && MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW,
                                                       call->allowed_method);
        (void)snprintf(seconds, sizeof(seconds), "%u", call->retry_after_seconds);
        if (status == MHD_HTTP_TOO_MANY_REQUESTS)
                good = good &&
                       MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
        return good;
}

/* Without memory for the answer there is none: the connection is closed. */
static void answer(HttpCall *call, unsigned status, const char *content_type, void *bytes,
                   size_t size, enum MHD_ResponseMemoryMode mode)
{
        if (call->answered)
                return;
        call->response = MHD_create_response_from_buffer(size, bytes, mode);
        if (!call->response && mode == MHD_RESPMEM_MUST_FREE)
                free(bytes);
        if (call->response && !add_headers(call, status, content_type)) {
                MHD_destroy_response(call->response);
                call->response = NULL;
        }
        finish(call, status);
}

void http_call_answer_bytes(HttpCall *call, unsigned status, const char *content_type,
                            const void *bytes, size_t size)
{
        answer(call, status, content_type, (void *)bytes, size, MHD_RESPMEM_MUST_COPY);
}

void http_call_answer_json(HttpCall *call, unsigned status, json_t *document)
{
        char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
        json_decref(document);
        if (!text) {
                http_call_answer_error(call, MHD_HTTP_SERVICE_UNAVAILABLE, "no-memory",
                                       "out of memory");
                return;
        }
        answer(call, status, "application/json", text, strlen(text), MHD_RESPMEM_MUST_FREE);
}

void http_call_answer_error(HttpCall *call, unsigned status, const char *reason,
                            const char *message)
{
        char text[512];
        int size = snprintf(text, sizeof(text), "%s: %s\n", reason, message);
        if (size >= (int)sizeof(text))
                size = sizeof(text) - 1;
        if (status < 500)
                http_server_turn_away(call->server, call->connection->host, reason, message,
                                      call->connection->certificate);
        http_call_answer_bytes(call, status, "text/plain; charset=utf-8", text, (size_t)size);
}

void http_call_refuse(HttpCall *call, const HttpRefusal *refusal)
{
        bool in_handler = call->in_handler;
        call->in_handler = true;
        http_call_answer_error(call, refusal->status, refusal->reason, refusal->message);
        call->in_handler = in_handler;
}

void http_call_abandon(HttpCall *call)
{
        call->abandoned = true;
        call->server->metrics.abandoned++;
        end_state(call);
        http_connection_resume(call->connection);
}
