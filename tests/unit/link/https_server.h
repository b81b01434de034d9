/* SPDX-License-Identifier: MIT */
/*
 * HTTPS server for tests
 *
 * A front in a thread of its own, on a port of loopback: it asks for a client certificate, reads
 * requests and does one thing to each, however wrong.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

typedef enum HttpsKind {
        HTTPS_ANSWER,         /* RECORD, RECORD, END */
        HTTPS_CUT,            /* the answer without its last byte */
        HTTPS_MORE,           /* the answer and a byte behind it */
        HTTPS_TWICE,          /* the answer, and another END */
        HTTPS_NO_END,         /* a RECORD only */
        HTTPS_OTHER_ID,       /* the answer to another request */
        HTTPS_REQUEST,        /* a request as reply */
        HTTPS_GARBAGE,        /* no frame */
        HTTPS_NOTHING,        /* an empty body */
        HTTPS_HUGE,           /* two mebibytes */
        HTTPS_STATUS,         /* `status`, with the answer */
        HTTPS_REDIRECT,       /* to another path of this server */
        HTTPS_SILENT,         /* reads and never answers */
        HTTPS_CLOSE_ON_REUSE, /* answers the first request of a connection and closes at the second
                                 after it has read it */
} HttpsKind;

typedef struct HttpsServer {
        char folder[64]; /* ca.pem, other.pem, server.pem/.key, client.pem/.key, stranger.pem/.key
                          */
        int port;
        _Atomic HttpsKind kind;
        atomic_int status;
        atomic_int requests;    /* whose body was read */
        atomic_int connections; /* whose handshake was done */
        atomic_bool ending;
        atomic_bool is_caller; /* it has a caller's certificate for its own */
        int listener;
        unsigned long thread;
} HttpsServer;

void https_server_start(HttpsServer *server);
void https_server_stop(HttpsServer *server);
