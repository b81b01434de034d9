/* SPDX-License-Identifier: MIT */
/* HTTP connection: see connection.h. */
#include "http/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "http/request.h"
#include "http/server.h"
#include "http/tls.h"

/* ---- While libmicrohttpd rests ---- */

static int on_watch(sd_event_source *source, int fd, uint32_t events, void *data)
{
        HttpConnection *connection = data;
        /* Who waits for an answer may send more; only the end counts. */
        if (connection->call && !(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)))
                return 0;
        if (connection->call)
                http_call_abandon(connection->call);
        else
                http_connection_resume(connection);
        return 0;
}

static int watch(HttpConnection *connection)
{
        uint32_t events = connection->call ? EPOLLRDHUP : EPOLLIN | EPOLLRDHUP;
        connection->watched = true;
        if (!connection->watch)
                return sd_event_add_io(connection->server->event, &connection->watch,
                                       connection->fd, events, on_watch, connection);
        int r = sd_event_source_set_io_events(connection->watch, events);
        return r < 0 ? r : sd_event_source_set_enabled(connection->watch, SD_EVENT_ON);
}

/* Most answers come sooner than it takes to begin to watch: who waits for one is watched only when
 * the server looks after those who wait. */
void http_connection_suspend(HttpConnection *connection)
{
        if (connection->suspended)
                return;
        if (connection->call)
                http_server_look_soon(connection->server);
        else if (watch(connection) < 0) {
                (void)shutdown(connection->fd, SHUT_RDWR);
                return;
        }
        connection->suspended = true;
        MHD_suspend_connection(connection->mhd);
}

void http_connection_look(HttpConnection *connection)
{
        if (connection->suspended && connection->call && !connection->watched &&
            watch(connection) < 0)
                http_connection_shut(connection);
}

void http_connection_resume(HttpConnection *connection)
{
        if (!connection->suspended)
                return;
        if (connection->watched)
                (void)sd_event_source_set_enabled(connection->watch, SD_EVENT_OFF);
        connection->watched = connection->suspended = false;
        MHD_resume_connection(connection->mhd);
        daemon_source_run_soon(connection->server->daemon_source);
}

void http_connection_shut(HttpConnection *connection)
{
        (void)shutdown(connection->fd, SHUT_RDWR);
        http_connection_resume(connection);
}

/* ---- What TLS asks of us ---- */

static HttpConnection *connection_of(gnutls_session_t session)
{
        return gnutls_session_get_ptr(session);
}

/* GnuTLS reads the head of a record and then the rest: one recv(2) serves both. Nothing is said to
 * be missing before the socket has said so. */
static ssize_t receive(HttpConnection *connection, void *buffer, size_t size)
{
        size_t left = (size_t)(connection->ahead_to - connection->ahead_from);
        if (left == 0) {
                ssize_t received = recv(connection->fd, connection->ahead, HTTP_READ_AHEAD, 0);
                if (received <= 0)
                        return received;
                connection->ahead_from = 0;
                connection->ahead_to = (uint16_t)received;
                left = (size_t)received;
        }
        size_t taken = left < size ? left : size;
        memcpy(buffer, connection->ahead + connection->ahead_from, taken);
        connection->ahead_from += (uint16_t)taken;
        return (ssize_t)taken;
}

/* Reads for GnuTLS, to know when a request begins and when a handshake waits for the peer. */
static ssize_t pull(gnutls_transport_ptr_t data, void *buffer, size_t size)
{
        HttpConnection *connection = data;
        ssize_t received = receive(connection, buffer, size);
        connection->has_bytes = connection->has_bytes || received > 0;
        if (received > 0 && connection->phase == HTTP_PHASE_IDLE)
                http_connection_enter(connection, HTTP_PHASE_READING);
        if (received < 0 && errno == EAGAIN && connection->phase == HTTP_PHASE_HANDSHAKE) {
                http_connection_suspend(connection);
                errno = EAGAIN;
        }
        return received;
}

static int on_handshake(gnutls_session_t session, unsigned type, unsigned when, unsigned incoming,
                        const gnutls_datum_t *message)
{
        HttpConnection *connection = connection_of(session);
        if (!incoming)
                return 0;
        if (type == GNUTLS_HANDSHAKE_CERTIFICATE_PKT)
                connection->has_certificate = true;
        if (type == GNUTLS_HANDSHAKE_FINISHED)
                http_connection_enter(connection, HTTP_PHASE_IDLE);
        return 0;
}

/* Within the handshake: what is refused here is never read. */
static int verify(gnutls_session_t session)
{
        HttpConnection *connection = connection_of(session);
        char certificate[HTTP_CERTIFICATE_SIZE] = "";
        const char *problem = tls_verify_peer(session, certificate, &connection->expires_s);
        if (!problem && !http_server_knows(connection->server, certificate))
                problem = "unknown-caller";
        if (!problem) {
                memcpy(connection->certificate, certificate, sizeof(certificate));
                connection->verified = true;
                return 0;
        }
        (void)gnutls_alert_send(session, GNUTLS_AL_FATAL, tls_alert_for(problem));
        connection->refused = true;
        http_server_turn_away(connection->server, connection->host, problem,
                              "the certificate was refused", certificate);
        return GNUTLS_E_CERTIFICATE_ERROR;
}

/* ---- Its life ---- */

void http_connection_enter(HttpConnection *connection, HttpPhase phase)
{
        const HttpLimits *limits = &connection->server->settings->limits;
        uint32_t seconds =
                phase == HTTP_PHASE_IDLE ? limits->idle_seconds : limits->request_seconds;
        connection->phase = phase;
        connection->deadline_ms =
                phase == HTTP_PHASE_SERVING
                        ? 0
                        : http_server_now_ms(connection->server) + seconds * 1000ull;
}

static void prepare_session(HttpConnection *connection)
{
        gnutls_session_t session = connection->session;
        gnutls_session_set_ptr(session, connection);
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_function(session, verify);
        gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_POST,
                                           on_handshake);
        gnutls_transport_set_ptr2(session, connection,
                                  (gnutls_transport_ptr_t)(intptr_t)connection->fd);
        gnutls_transport_set_pull_function(session, pull);
}

HttpConnection *http_connection_begin(HttpServer *server, struct MHD_Connection *mhd)
{
        const union MHD_ConnectionInfo *information =
                MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
        const union MHD_ConnectionInfo *fd =
                MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        const union MHD_ConnectionInfo *address =
                MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        HttpConnection *connection = calloc(1, sizeof(*connection));
        char host[ADDRESS_TEXT_SIZE];
        if (!connection || !information || !information->tls_session || !fd || !address ||
            addresses_enter(server->addresses,
                            address_host(address->client_addr, host, sizeof(host))) < 0) {
                /* Without our verification no handshake may succeed. */
                if (fd)
                        (void)shutdown(fd->connect_fd, SHUT_RDWR);
                free(connection);
                return NULL;
        }
        *connection = (HttpConnection){ .server = server,
                                        .mhd = mhd,
                                        .session = information->tls_session,
                                        .fd = fd->connect_fd,
                                        .next = server->connections };
        memcpy(connection->host, host, sizeof(host));
        if (connection->next)
                connection->next->previous = connection;
        server->connections = connection;
        http_connection_enter(connection, HTTP_PHASE_HANDSHAKE);
        prepare_session(connection);
        return connection;
}

/* A handshake that has failed elsewhere than in verify(). Who connects and says nothing (a probe
 * of whether the port is open) is nobody's business. */
static void tell_failed_handshake(const HttpConnection *connection)
{
        if (!connection->has_bytes)
                return;
        const char *code = connection->has_certificate ? "certificate-missing" : "handshake-failed";
        const char *text = connection->has_certificate ? "no certificate was shown"
                                                       : "no TLS that is spoken here";
        http_server_turn_away(connection->server, connection->host, code, text, "");
}

HttpConnection *http_connection_end(HttpConnection *connection)
{
        if (!connection)
                return NULL;
        if (!connection->verified && !connection->refused)
                tell_failed_handshake(connection);
        addresses_leave(connection->server->addresses, connection->host);
        sd_event_source_disable_unref(connection->watch);
        if (connection->previous)
                connection->previous->next = connection->next;
        else
                connection->server->connections = connection->next;
        if (connection->next)
                connection->next->previous = connection->previous;
        free(connection);
        return NULL;
}
