/* SPDX-License-Identifier: MIT */
/*
 * HTTP server
 *
 * The front: one thread, one event loop. libmicrohttpd's epoll descriptor is one of its sources,
 * the link to doorwardd another. It holds no policy and decides nothing but who may speak: every
 * request is doorwardd's to decide.
 */
#pragma once

#include <microhttpd.h>
#include <systemd/sd-event.h>

#include "http/addresses.h"
#include "http/call.h"
#include "http/callers.h"
#include "http/connection.h"
#include "http/daemon_source.h"
#include "http/following.h"
#include "http/metrics.h"
#include "http/monitor.h"
#include "http/settings.h"
#include "http/turn_away.h"

struct HttpServer {
        const HttpSettings *settings; /* borrowed */
        sd_event *event;
        Link *link;
        Addresses *addresses;
        Callers *callers;
        Following *following;
        TurnAway *turn_away;
        Metrics metrics;
        struct MHD_Daemon *daemon;
        int listen_fd;
        DaemonSource *daemon_source;
        Monitor *monitor; /* NULL: none */
        sd_event_source *tick_source;
        sd_event_source *look_source;
        bool looking; /* it has been set */
        HttpConnection *connections;
        char base_url[ADDRESS_TEXT_SIZE + sizeof("https://")];
        sd_event_source *ending_source;
        uint64_t ending_until_us;
        bool ending;
};

/* Prepares everything and listens; what is wrong is logged. settings is borrowed as long as the
 * server lives. Return: 0 and the server (owned by the caller), -errno. */
int http_server_new(const HttpSettings *settings, HttpServer **ret_server);
HttpServer *http_server_free(HttpServer *server);
DEFINE_CLEANUP(HttpServer *, http_server_free);

/* Serves until SIGTERM or SIGINT. Return: 0, -errno. */
int http_server_run(HttpServer *server);

/* Now, monotonic, as of this turn of the event loop. */
uint64_t http_server_now_ms(const HttpServer *server);

/* Has connections that wait for answers watched in a moment. */
void http_server_look_soon(HttpServer *server);

/* Whether a certificate is a listed caller's. */
bool http_server_knows(const HttpServer *server, const char *certificate);

/* Somebody was refused: counts it and has doorwardd record it. certificate "" when
 * there is none. */
void http_server_turn_away(HttpServer *server, const char *host, const char *code, const char *text,
                           const char *certificate);
