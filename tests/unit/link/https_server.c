/* SPDX-License-Identifier: MIT */
/* HTTPS server for tests: see https_server.h. */
#include "https_server.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/message.h"

#define REQUEST_MAX (MESSAGE_SIZE_MAX + 4096)

typedef struct Peer {
        HttpsServer *server;
        gnutls_session_t session;
        int fd;
        char request[REQUEST_MAX];
        size_t size;
} Peer;

/* A private authority, certificates of it, and one of another authority. */
static const char make_certificates[] =
        "cd '%s' && exec >log 2>&1 && "
        "ca() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj \"/CN=$1\" -keyout $1.key -out $1.pem; } && "
        "leaf() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-CA $1.pem -CAkey $1.key -subj \"/CN=$2\" -addext subjectAltName=IP:127.0.0.1 "
        "-addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=$3Auth "
        "-keyout $2.key -out $2.pem; } && "
        "ca ca && ca other && leaf ca server server && leaf ca client client && "
        "leaf other stranger client";

static bool wait_readable(const Peer *peer)
{
        struct pollfd file = { peer->fd, POLLIN, 0 };
        while (!peer->server->ending && gnutls_record_check_pending(peer->session) == 0)
                if (poll(&file, 1, 20) != 0)
                        return true;
        return !peer->server->ending;
}

/* Reads until the body is there. Return: where it begins, or NULL. */
static const char *read_request(Peer *peer)
{
        peer->size = 0;
        while (peer->size + 1 < REQUEST_MAX && wait_readable(peer)) {
                ssize_t n = gnutls_record_recv(peer->session, peer->request + peer->size,
                                               REQUEST_MAX - 1 - peer->size);
                if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
                        continue;
                if (n <= 0)
                        return NULL;
                peer->size += (size_t)n;
                peer->request[peer->size] = '\0';
                const char *length = strstr(peer->request, "Content-Length: ");
                const char *body = strstr(peer->request, "\r\n\r\n");
                if (body && length &&
                    (size_t)(peer->request + peer->size - body - 4) >=
                            strtoul(length + strlen("Content-Length: "), NULL, 10))
                        return body + 4;
        }
        return NULL;
}

static void send_bytes(const Peer *peer, const void *bytes, size_t size)
{
        for (size_t sent = 0; sent < size;) {
                ssize_t n =
                        gnutls_record_send(peer->session, (const char *)bytes + sent, size - sent);
                if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED)
                        continue;
                if (n <= 0)
                        return;
                sent += (size_t)n;
        }
}

static void send_response(const Peer *peer, int status, const char *header, const void *body,
                          size_t size)
{
        char head[256];
        int length = snprintf(head, sizeof(head), "HTTP/1.1 %d x\r\n%sContent-Length: %zu\r\n\r\n",
                              status, header, size);
        send_bytes(peer, head, (size_t)length);
        send_bytes(peer, body, size);
}

static size_t add(uint8_t *buffer, size_t used, MessageType type, uint64_t id, uint32_t sequence)
{
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, buffer + used, 256, type, id, sequence);
        if (type == MESSAGE_RECORD)
                message_write_pair(&writer, TEXT_LITERAL("kind"), TEXT_LITERAL("command"));
        else if (type == MESSAGE_END)
                message_write_number(&writer, FIELD_STATUS, 0);
        assert_int_equal(message_writer_end(&writer, &size), 0);
        return used + size;
}

static void respond(const Peer *peer, const char *body)
{
        static const char huge[2 << 20];
        uint8_t replies[1024];
        size_t size = 0;
        HttpsServer *server = peer->server;
        Message request;
        if (message_decode(body, (size_t)(peer->request + peer->size - body), &request) < 0)
                return;
        uint64_t id = request.request_id + (server->kind == HTTPS_OTHER_ID);
        size = add(replies, size, MESSAGE_RECORD, id, 0);
        if (server->kind != HTTPS_NO_END) {
                size = add(replies, size, MESSAGE_RECORD, id, 1);
                size = add(replies, size, MESSAGE_END, id, 2);
        }
        HttpsKind kind = server->kind;
        switch (kind) {
        case HTTPS_CUT:
                send_response(peer, 200, "", replies, size - 1);
                break;
        case HTTPS_MORE:
                replies[size] = 0;
                send_response(peer, 200, "", replies, size + 1);
                break;
        case HTTPS_TWICE:
                send_response(peer, 200, "", replies, add(replies, size, MESSAGE_END, id, 2));
                break;
        case HTTPS_REQUEST:
                send_response(peer, 200, "", replies, add(replies, 0, MESSAGE_STATUS, id, 0));
                break;
        case HTTPS_GARBAGE:
                send_response(peer, 200, "", "this is no frame at all", 23);
                break;
        case HTTPS_NOTHING:
                send_response(peer, 200, "", "", 0);
                break;
        case HTTPS_HUGE:
                send_response(peer, 200, "", huge, sizeof(huge));
                break;
        case HTTPS_STATUS:
                send_response(peer, server->status, "", replies, size);
                break;
        case HTTPS_REDIRECT:
                send_response(peer, 307, "Location: /elsewhere\r\n", "", 0);
                break;
        default:
                send_response(peer, 200, "", replies, size);
        }
}

static void serve(Peer *peer)
{
        HttpsServer *server = peer->server;
        const char *body;
        for (int n = 0; (body = read_request(peer)); n++) {
                server->requests++;
                if (server->kind == HTTPS_CLOSE_ON_REUSE && n > 0)
                        return;
                if (server->kind != HTTPS_SILENT)
                        respond(peer, body);
        }
}

static void serve_connection(HttpsServer *server, gnutls_certificate_credentials_t credentials,
                             int fd)
{
        Peer *peer = calloc(1, sizeof(*peer));
        peer->server = server;
        peer->fd = fd;
        gnutls_init(&peer->session, GNUTLS_SERVER);
        gnutls_set_default_priority(peer->session);
        gnutls_credentials_set(peer->session, GNUTLS_CRD_CERTIFICATE, credentials);
        gnutls_certificate_server_set_request(peer->session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_cert(peer->session, NULL, 0);
        gnutls_transport_set_int(peer->session, fd);
        gnutls_handshake_set_timeout(peer->session, 1000);
        int r;
        while ((r = gnutls_handshake(peer->session)) < 0 && !gnutls_error_is_fatal(r))
                ;
        if (r == 0) {
                server->connections++;
                serve(peer);
        }
        gnutls_deinit(peer->session);
        free(peer);
}

/* Those of a certificate; of the authority. */
static gnutls_certificate_credentials_t credentials_of(const HttpsServer *server, const char *name)
{
        char authority[96], certificate[96], key[96];
        gnutls_certificate_credentials_t credentials;
        (void)snprintf(authority, sizeof(authority), "%s/ca.pem", server->folder);
        (void)snprintf(certificate, sizeof(certificate), "%s/%s.pem", server->folder, name);
        (void)snprintf(key, sizeof(key), "%s/%s.key", server->folder, name);
        gnutls_certificate_allocate_credentials(&credentials);
        gnutls_certificate_set_x509_trust_file(credentials, authority, GNUTLS_X509_FMT_PEM);
        gnutls_certificate_set_x509_key_file(credentials, certificate, key, GNUTLS_X509_FMT_PEM);
        return credentials;
}

static void *run(void *data)
{
        HttpsServer *server = data;
        gnutls_certificate_credentials_t own = credentials_of(server, "server");
        gnutls_certificate_credentials_t caller = credentials_of(server, "client");
        while (!server->ending) {
                struct pollfd file = { server->listener, POLLIN, 0 };
                int fd = poll(&file, 1, 20) > 0 ? accept(server->listener, NULL, NULL) : -1;
                if (fd < 0)
                        continue;
                serve_connection(server, server->is_caller ? caller : own, fd);
                close(fd);
        }
        gnutls_certificate_free_credentials(own);
        gnutls_certificate_free_credentials(caller);
        return NULL;
}

void https_server_start(HttpsServer *server)
{
        char command[2048];
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof(address);
        memset(server, 0, sizeof(*server));
        (void)snprintf(server->folder, sizeof(server->folder), "/tmp/doorward-https.XXXXXX");
        assert_non_null(mkdtemp(server->folder));
        (void)snprintf(command, sizeof(command), make_certificates, server->folder);
        assert_int_equal(system(command), 0);
        server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
        assert_int_equal(listen(server->listener, 16), 0);
        assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
        server->port = ntohs(address.sin_port);
        assert_int_equal(pthread_create(&server->thread, NULL, run, server), 0);
}

void https_server_stop(HttpsServer *server)
{
        char command[128];
        server->ending = true;
        (void)pthread_join(server->thread, NULL);
        close(server->listener);
        (void)snprintf(command, sizeof(command), "rm -r '%s'", server->folder);
        assert_int_equal(system(command), 0);
}
