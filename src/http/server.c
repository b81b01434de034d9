/* SPDX-License-Identifier: MIT */
/* HTTP server: see server.h. */
#include "http/server.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "http/log.h"
#include "http/monitor.h"
#include "http/pem_files.h"
#include "http/request.h"
#include "http/tls.h"
#include "util/timestamp.h"

#define TICK_MS             500     /* how exact the deadlines of connections are */
#define LOOK_MS             100     /* until who waits for an answer is watched */
#define ENDING_US           5000000 /* for who is being answered when the end is asked for */
#define ENDING_LOOK_US      20000
#define ENDING_PATIENCE_US  1000000 /* what has waited longer may wait for long */
#define MHD_MEMORY          16384u  /* of a connection: its head must fit, too */
#define MHD_MEMORY_STEP     4096u
#define CONNECTIONS_RESERVE 64u /* libmicrohttpd's own limit is never reached; ours is told */
#define LINK_CONNECTIONS    LINK_CALLS_MAX

uint64_t http_server_now_ms(const HttpServer *server)
{
        uint64_t now_us = 0;
        (void)sd_event_now(server->event, CLOCK_MONOTONIC, &now_us);
        return now_us / 1000;
}

bool http_server_knows(const HttpServer *server, const char *certificate)
{
        return callers_has(server->callers, certificate);
}

void http_server_turn_away(HttpServer *server, const char *host, const char *code, const char *text,
                           const char *certificate)
{
        metrics_count_refusal(&server->metrics, code);
        if (turn_away_tell(server->turn_away, host, code, text, certificate,
                           http_server_now_ms(server)))
                server->metrics.reports++;
}

/* ---- Connections ---- */

static enum MHD_Result on_accept(void *data, const struct sockaddr *address, socklen_t size)
{
        HttpServer *server = data;
        const HttpLimits *limits = &server->settings->limits;
        char host[ADDRESS_TEXT_SIZE];
        (void)address_host(address, host, sizeof(host));
        if (!server->ending && server->metrics.connections < limits->connections &&
            addresses_count(server->addresses, host) < limits->connections_per_address)
                return MHD_YES;
        if (!server->ending)
                http_server_turn_away(server, host, "too-many-connections",
                                      "there are too many connections", "");
        return MHD_NO;
}

static void on_connection(void *data, struct MHD_Connection *mhd, void **connection,
                          enum MHD_ConnectionNotificationCode code)
{
        HttpServer *server = data;
        if (code == MHD_CONNECTION_NOTIFY_STARTED) {
                server->metrics.accepted++;
                server->metrics.connections++;
                *connection = http_connection_begin(server, mhd);
        } else {
                server->metrics.connections--;
                *connection = http_connection_end(*connection);
        }
}

/* Who is no listed caller any more has no connection any more. */
static void on_callers_changed(void *data)
{
        HttpServer *server = data;
        for (HttpConnection *connection = server->connections; connection;
             connection = connection->next)
                if (connection->verified && !http_server_knows(server, connection->certificate))
                        http_connection_shut(connection);
}

static void expire(HttpConnection *connection)
{
        if (connection->phase != HTTP_PHASE_IDLE && !connection->refused) {
                connection->refused = true;
                http_server_turn_away(connection->server, connection->host, "too-slow",
                                      "a request or its answer took too long",
                                      connection->certificate);
        }
        connection->deadline_ms = 0;
        http_connection_shut(connection);
}

void http_server_look_soon(HttpServer *server)
{
        if (server->looking)
                return;
        server->looking = true;
        (void)sd_event_source_set_time_relative(server->look_source, LOOK_MS * 1000);
        (void)sd_event_source_set_enabled(server->look_source, SD_EVENT_ONESHOT);
}

static int on_look(sd_event_source *source, uint64_t now_us, void *data)
{
        HttpServer *server = data;
        server->looking = false;
        for (HttpConnection *connection = server->connections; connection;
             connection = connection->next)
                http_connection_look(connection);
        return 0;
}

static int on_tick(sd_event_source *source, uint64_t now_us, void *data)
{
        HttpServer *server = data;
        uint64_t now_ms = http_server_now_ms(server);
        for (HttpConnection *connection = server->connections; connection;
             connection = connection->next)
                if (connection->deadline_ms != 0 && connection->deadline_ms <= now_ms)
                        expire(connection);
        (void)sd_event_source_set_time_relative(source, TICK_MS * 1000);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- The end ---- */

static bool is_busy(const HttpConnection *connection)
{
        return connection->phase == HTTP_PHASE_SERVING || connection->phase == HTTP_PHASE_ANSWERING;
}

/* Answers are finished; who waits for something that may take long is sent away, and comes again
 * to whoever listens by then. */
static int on_ending(sd_event_source *source, uint64_t now_us, void *data)
{
        HttpServer *server = data;
        HttpConnection *next;
        bool any = false;
        for (HttpConnection *connection = server->connections; connection; connection = next) {
                next = connection->next;
                if (connection->suspended && connection->call &&
                    connection->call->begun_us + ENDING_PATIENCE_US < now_us)
                        http_call_answer_error(connection->call, MHD_HTTP_SERVICE_UNAVAILABLE,
                                               "ending", "this server ends");
                if (is_busy(connection))
                        any = true;
                else
                        http_connection_shut(connection);
        }
        if (!any || server->ending_until_us <= now_us)
                return sd_event_exit(server->event, 0);
        (void)sd_event_source_set_time_relative(source, ENDING_LOOK_US);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_terminate(sd_event_source *source, const struct signalfd_siginfo *information,
                        void *data)
{
        HttpServer *server = data;
        if (server->ending)
                return 0;
        (void)sd_notify(0, "STOPPING=1");
        server->ending = true;
        (void)sd_event_now(server->event, CLOCK_MONOTONIC, &server->ending_until_us);
        server->ending_until_us += ENDING_US;
        server->listen_fd = MHD_quiesce_daemon(server->daemon);
        return sd_event_source_set_enabled(server->ending_source, SD_EVENT_ONESHOT);
}

/* ---- libmicrohttpd ---- */

/* Paths are compared as they came: nothing is decoded, so that nothing is ever decoded twice or cut
 * at a decoded NUL. */
static size_t leave_escaped(void *data, struct MHD_Connection *mhd, char *text)
{
        return strlen(text);
}

static int start_daemon(HttpServer *server)
{
        const HttpSettings *settings = server->settings;
        _cleanup_(pem_files_release) PemFiles files = { 0 };
        int r = pem_files_read(settings, false, timestamp_now(), &files);
        if (r < 0)
                return r;
        unsigned limit = settings->limits.connections + CONNECTIONS_RESERVE;
        server->daemon = MHD_start_daemon(
                MHD_USE_TLS | MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, on_accept, server,
                http_request_handle, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
                MHD_OPTION_HTTPS_MEM_KEY, files.key, MHD_OPTION_HTTPS_MEM_CERT, files.certificate,
                MHD_OPTION_HTTPS_MEM_TRUST, files.authority, MHD_OPTION_HTTPS_PRIORITIES,
                TLS_PRIORITIES, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
                MHD_OPTION_NOTIFY_COMPLETED, http_request_completed, server,
                MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, server, MHD_OPTION_CONNECTION_LIMIT,
                limit, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MHD_MEMORY,
                MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)MHD_MEMORY_STEP,
                MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
                MHD_OPTION_END);
        server->listen_fd = -1; /* the daemon's, or closed when it could not be started */
        if (server->daemon)
                return 0;
        log_write(LOG_PRIORITY_ERROR, "TLS cannot be started with this certificate and authority");
        return -EINVAL;
}

/* A timer that is not set yet. */
static int add_timer(HttpServer *server, sd_event_time_handler_t handler,
                     sd_event_source **ret_source)
{
        int r = sd_event_add_time_relative(server->event, ret_source, CLOCK_MONOTONIC, 0, 1000,
                                           handler, server);
        return r < 0 ? r : sd_event_source_set_enabled(*ret_source, SD_EVENT_OFF);
}

static int add_sources(HttpServer *server)
{
        int r = daemon_source_new(server->event, server->daemon, &server->daemon_source);
        if (r >= 0)
                r = sd_event_add_time_relative(server->event, &server->tick_source, CLOCK_MONOTONIC,
                                               TICK_MS * 1000, 0, on_tick, server);
        if (r >= 0)
                r = add_timer(server, on_look, &server->look_source);
        if (r >= 0)
                r = add_timer(server, on_ending, &server->ending_source);
        return r < 0 ? r : 0;
}

/* ---- Its life ---- */

static int fail(const char *what, int error)
{
        log_write(LOG_PRIORITY_ERROR, "%s: %s", what, strerror(-error));
        return error;
}

static int open_listener(HttpServer *server)
{
        const Address *address = &server->settings->listen;
        char text[ADDRESS_TEXT_SIZE];
        server->listen_fd = address_listen(address);
        (void)address_text(address, text, sizeof(text));
        (void)snprintf(server->base_url, sizeof(server->base_url), "https://%s", text);
        return server->listen_fd < 0 ? fail(text, server->listen_fd) : 0;
}

static int prepare(HttpServer *server)
{
        const HttpSettings *settings = server->settings;
        ConnectionOptions options = { .socket_path = settings->socket,
                                      .server_uid_stated = settings->server_uid_stated,
                                      .server_uid = settings->server_uid };
        CallerRate rate = { settings->limits.requests_per_second, settings->limits.requests_burst,
                            settings->limits.requests_at_once };
        int r = sd_event_new(&server->event);
        if (r >= 0)
                r = link_local_new(server->event, &options, LINK_CONNECTIONS, &server->link);
        if (r < 0)
                return r;
        server->addresses = addresses_new();
        server->callers = callers_new(rate, on_callers_changed, server);
        server->turn_away = turn_away_new(server->link);
        if (!server->addresses || !server->callers || !server->turn_away)
                return -ENOMEM;
        return following_new(server->event, server->link, server->callers, &server->following);
}

int http_server_new(const HttpSettings *settings, HttpServer **ret_server)
{
        _cleanup_(http_server_freep) HttpServer *server = calloc(1, sizeof(*server));
        if (!server)
                return -ENOMEM;
        *server = (HttpServer){ .settings = settings, .listen_fd = -1 };
        int r = prepare(server);
        if (r < 0)
                return fail("the front cannot be started", r);
        r = open_listener(server);
        if (r == 0)
                r = start_daemon(server);
        if (r < 0)
                return r;
        r = add_sources(server);
        if (r < 0)
                return fail("the front cannot be started", r);
        if (settings->monitor.size > 0)
                r = monitor_new(server->event, &settings->monitor, server->link, server->callers,
                                &server->metrics, &server->monitor);
        if (r < 0)
                return r;
        *ret_server = server;
        server = NULL;
        return 0;
}

HttpServer *http_server_free(HttpServer *server)
{
        if (!server)
                return NULL;
        for (HttpConnection *connection = server->connections; connection;
             connection = connection->next)
                http_connection_resume(connection);
        monitor_free(server->monitor);
        daemon_source_free(server->daemon_source);
        sd_event_source_disable_unref(server->tick_source);
        sd_event_source_disable_unref(server->look_source);
        sd_event_source_disable_unref(server->ending_source);
        if (server->daemon)
                MHD_stop_daemon(server->daemon);
        if (server->listen_fd >= 0)
                close(server->listen_fd);
        following_free(server->following);
        turn_away_free(server->turn_away);
        callers_free(server->callers);
        addresses_free(server->addresses);
        link_free(server->link);
        sd_event_unref(server->event);
        free(server);
        return NULL;
}

int http_server_run(HttpServer *server)
{
        int r = sd_event_add_signal(server->event, NULL, SIGTERM, on_terminate, server);
        if (r >= 0)
                r = sd_event_add_signal(server->event, NULL, SIGINT, on_terminate, server);
        if (r >= 0)
                r = sd_event_set_watchdog(server->event, true);
        if (r < 0)
                return fail("the front cannot be started", r);
        log_write(LOG_PRIORITY_NOTICE, "callers are served at %s", server->base_url);
        (void)sd_notify(0, "READY=1");
        r = sd_event_loop(server->event);
        return r < 0 ? fail("the event loop has failed", r) : 0;
}
