/* SPDX-License-Identifier: MIT */
/* HTTP request: see request.h. */
#include "http/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/head.h"
#include "http/routes.h"
#include "http/server.h"
#include "util/deadline.h"

static const HttpRefusal refusal_too_large = { MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
                                               "the body is too large" };
static const HttpRefusal refusal_no_memory = { MHD_HTTP_SERVICE_UNAVAILABLE, "no-memory",
                                               "out of memory" };
static const HttpRefusal refusal_at_once = { MHD_HTTP_TOO_MANY_REQUESTS, "too-many-at-once",
                                             "too many requests of this caller are under way" };

HttpCall *http_call_free(HttpCall *call)
{
        if (!call)
                return NULL;
        if (call->end)
                call->end(call->state);
        if (call->response)
                MHD_destroy_response(call->response);
        if (call->is_counted)
                callers_end(call->server->callers, call->connection->certificate);
        if (call->connection)
                call->connection->call = NULL;
        free(call->body);
        free(call);
        return NULL;
}

/* ---- Its head ---- */

static HttpCall *begin(HttpServer *server, HttpConnection *connection, struct MHD_Connection *mhd)
{
        HttpCall *call = calloc(1, sizeof(*call));
        if (!call)
                return NULL;
        *call = (HttpCall){ .server = server, .connection = connection };
        connection->call = call;
        http_connection_enter(connection, HTTP_PHASE_READING);
        return call;
}

static enum MHD_Result queue(HttpCall *call, struct MHD_Connection *mhd)
{
        http_connection_enter(call->connection, HTTP_PHASE_ANSWERING);
        return MHD_queue_response(mhd, call->status, call->response);
}

/* Refuses at once, before a body has come (the connection is closed then), or lets a small body
 * come and answers after it, which keeps the connection. */
static enum MHD_Result take_head(HttpCall *call, struct MHD_Connection *mhd, const char *method,
                                 const char *path, const char *version)
{
        bool at_once = false;
        call->refusal = http_head_check(call, mhd, method, path, version, &at_once);
        if (!call->refusal || !at_once)
                return MHD_YES;
        http_call_refuse(call, call->refusal);
        return call->answered ? queue(call, mhd) : MHD_NO;
}

/* ---- Its body ---- */

static bool keep(HttpCall *call, const char *upload, size_t size)
{
        if (call->capacity - call->size < size + 1) {
                size_t capacity = 2 * call->size + size + 1;
                char *body = realloc(call->body, capacity);
                if (!body)
                        return false;
                call->body = body;
                call->capacity = capacity;
        }
        memcpy(call->body + call->size, upload, size);
        call->size += size;
        call->body[call->size] = '\0';
        return true;
}

/* Counts what comes. What is too large is thrown away, to be answered behind it; but who goes on
 * and on is cut off. */
static enum MHD_Result take_body(HttpCall *call, const char *upload, size_t *upload_size)
{
        uint32_t limit = call->server->settings->limits.body_bytes;
        size_t size = *upload_size;
        *upload_size = 0;
        if (!call->refusal && size > limit - call->size)
                call->refusal = &refusal_too_large;
        if (!call->refusal && !keep(call, upload, size))
                call->refusal = &refusal_no_memory;
        if (!call->refusal)
                return MHD_YES;
        call->overflow += size;
        if (call->overflow <= limit)
                return MHD_YES;
        http_server_turn_away(call->server, call->connection->host, call->refusal->reason,
                              call->refusal->message, call->connection->certificate);
        return MHD_NO;
}

/* ---- The whole ---- */

static void dispatch(HttpCall *call)
{
        call->dispatched = true;
        call->begun_us = deadline_clock_ns() / 1000;
        http_connection_enter(call->connection, HTTP_PHASE_SERVING);
        call->in_handler = true;
        if (!call->refusal) {
                call->is_counted =
                        callers_begin(call->server->callers, call->connection->certificate);
                call->retry_after_seconds = 1;
                call->refusal = call->is_counted ? NULL : &refusal_at_once;
        }
        if (call->refusal)
                http_call_refuse(call, call->refusal);
        else
                call->route->handler(call);
        call->in_handler = false;
}

static enum MHD_Result serve(HttpCall *call, struct MHD_Connection *mhd)
{
        if (call->abandoned)
                return MHD_NO;
        if (!call->dispatched)
                dispatch(call);
        if (call->answered)
                return call->response ? queue(call, mhd) : MHD_NO;
        http_connection_suspend(call->connection);
        return MHD_YES;
}

enum MHD_Result http_request_handle(void *data, struct MHD_Connection *mhd, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **request)
{
        HttpServer *server = data;
        HttpCall *call = *request;
        const union MHD_ConnectionInfo *information =
                MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
        HttpConnection *connection = information ? information->socket_context : NULL;
        /* Nobody who was not verified gets this far; if TLS were ever to let him, he ends here. */
        if (!connection || !connection->verified)
                return MHD_NO;
        if (!call) {
                *request = call = begin(server, connection, mhd);
                return call ? take_head(call, mhd, method, url, version) : MHD_NO;
        }
        if (*upload_size > 0)
                return take_body(call, upload, upload_size);
        return serve(call, mhd);
}

void http_request_completed(void *data, struct MHD_Connection *mhd, void **request,
                            enum MHD_RequestTerminationCode code)
{
        HttpCall *call = *request;
        if (!call)
                return;
        if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
                http_connection_enter(call->connection, HTTP_PHASE_IDLE);
        *request = http_call_free(call);
}
