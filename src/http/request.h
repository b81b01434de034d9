/* SPDX-License-Identifier: MIT */
/*
 * HTTP request
 *
 * From libmicrohttpd's calls to an HttpCall: what may be refused by its head alone is refused
 * before its body is read, the body is counted while it comes, and whoever serves the route gets
 * the whole. See call.h for the side of who serves.
 */
#pragma once

#include <microhttpd.h>

#include "http/call.h"
#include "http/connection.h"

#define REQUEST_ID_MAX 256 /* bytes of X-Request-ID */

typedef struct HttpRefusal {
        unsigned status;
        const char *reason; /* code, static */
        const char *message;
} HttpRefusal;

struct HttpCall {
        HttpServer *server;
        HttpConnection *connection;
        const HttpRoute *route; /* NULL: refused before one was found */
        char *body;
        size_t size, capacity;
        uint64_t overflow;          /* bytes of a body that is refused, thrown away */
        const HttpRefusal *refusal; /* to be answered when the body has come */
        uint64_t begun_us;          /* when it was whole, monotonic */
        uint32_t retry_after_seconds;
        const char *allowed_method; /* of its path, when it has another one */
        bool dispatched;
        bool is_counted; /* among those of its caller that are under way */
        bool in_handler;
        bool abandoned; /* the peer has gone */
        bool answered;
        unsigned status;
        struct MHD_Response *response;
        void *state;
        void (*end)(void *state);
        char request_id[REQUEST_ID_MAX + 1]; /* "": none */
};

/* libmicrohttpd's access handler and its word that a request has ended; data: the HttpServer. */
enum MHD_Result http_request_handle(void *data, struct MHD_Connection *mhd, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **request);
void http_request_completed(void *data, struct MHD_Connection *mhd, void **request,
                            enum MHD_RequestTerminationCode code);

/* Its peer has gone: whoever serves it gives it up, and the connection is closed. */
void http_call_abandon(HttpCall *call);

/* Answers with a refusal. */
void http_call_refuse(HttpCall *call, const HttpRefusal *refusal);

/* Gives up and frees. Return: NULL. */
HttpCall *http_call_free(HttpCall *call);
