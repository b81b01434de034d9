/* SPDX-License-Identifier: MIT */
/*
 * HTTP connection
 *
 * One connection of a peer, beside libmicrohttpd's own object: what TLS found about the peer, what
 * it is doing and until when, and the request that waits for an answer.
 *
 * libmicrohttpd 0.9.75 has two gaps in its epoll mode that this closes. While a handshake waits
 * for the peer it would be tried again and again without rest; so the connection is suspended as
 * soon as there is nothing more to read, and resumed when there is. And it does not look at the
 * sockets of suspended connections; so we do, and a peer that goes ends what it waited for.
 */
#pragma once

#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "http/address.h"
#include "http/call.h"

typedef struct HttpServer HttpServer;

#define HTTP_READ_AHEAD 4096 /* bytes that one recv(2) takes for several small reads */

typedef enum HttpPhase {
        HTTP_PHASE_HANDSHAKE,
        HTTP_PHASE_IDLE,    /* kept, without a request */
        HTTP_PHASE_READING, /* a request has begun to come */
        HTTP_PHASE_SERVING, /* it waits for its answer */
        HTTP_PHASE_ANSWERING,
} HttpPhase;

typedef struct HttpConnection {
        HttpServer *server;
        struct HttpConnection *previous, *next; /* all of the server */
        struct MHD_Connection *mhd;
        gnutls_session_t session;
        int fd; /* borrowed */
        HttpPhase phase;
        uint64_t deadline_ms; /* monotonic: when it is given up; 0: never */
        bool suspended;
        bool watched;                  /* by us, while it is suspended */
        uint16_t ahead_from, ahead_to; /* of `ahead`: read, and not yet taken by GnuTLS */
        bool has_bytes;                /* the peer has sent something */
        bool has_certificate;          /* the message of the handshake, which may be empty */
        bool verified;                 /* its certificate is valid and a listed caller's */
        bool refused;                  /* the reason was told */
        sd_event_source *watch;
        HttpCall *call;
        char host[ADDRESS_TEXT_SIZE];
        char certificate[HTTP_CERTIFICATE_SIZE]; /* "": none was verified */
        uint8_t ahead[HTTP_READ_AHEAD];
        int64_t expires_s; /* of the certificate, UTC */
} HttpConnection;

/* Begins and ends what belongs to a connection of libmicrohttpd (its notifications).
 * Return of the first: NULL when it cannot be had; no request of it is served then. */
HttpConnection *http_connection_begin(HttpServer *server, struct MHD_Connection *mhd);
HttpConnection *http_connection_end(HttpConnection *connection);

/* What it does now, and so until when it may. */
void http_connection_enter(HttpConnection *connection, HttpPhase phase);

/* Stops libmicrohttpd's work on it until http_connection_resume(), and watches for its end. */
void http_connection_suspend(HttpConnection *connection);
void http_connection_resume(HttpConnection *connection);

/* Watches one that waits for its answer and is not watched yet. */
void http_connection_look(HttpConnection *connection);

/* Lets libmicrohttpd find the connection closed. */
void http_connection_shut(HttpConnection *connection);
