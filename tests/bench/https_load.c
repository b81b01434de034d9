/* SPDX-License-Identifier: MIT */
#include "https_load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

enum { EVENTS = 64, ANSWER_SIZE = 8192 };

typedef struct Peer {
        gnutls_session_t session;
        int fd;
        uint64_t sent_ns; /* 0: no request is under way */
        size_t size;
        char answer[ANSWER_SIZE];
} Peer;

struct HttpsLoad {
        gnutls_certificate_credentials_t credentials;
        int epoll;
        unsigned count, busy;
        Peer *peers;
};

static void must(int r, const char *what)
{
        if (r < 0)
                bench_fail(what, gnutls_strerror(r));
}

static int connect_to(uint16_t port)
{
        int yes = 1;
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_port = htons(port),
                                       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) < 0)
                bench_fail("connect", strerror(errno));
        return fd;
}

static void open_peer(HttpsLoad *load, uint16_t port, Peer *peer)
{
        int r;
        peer->fd = connect_to(port);
        must(gnutls_init(&peer->session, GNUTLS_CLIENT | GNUTLS_NO_SIGNAL), "session");
        must(gnutls_set_default_priority(peer->session), "session");
        must(gnutls_credentials_set(peer->session, GNUTLS_CRD_CERTIFICATE, load->credentials),
             "session");
        gnutls_session_set_verify_cert(peer->session, "127.0.0.1", 0);
        gnutls_transport_set_int(peer->session, peer->fd);
        do
                r = gnutls_handshake(peer->session);
        while (r < 0 && !gnutls_error_is_fatal(r));
        must(r, "handshake");
        if (fcntl(peer->fd, F_SETFL, O_NONBLOCK) < 0)
                bench_fail("fcntl", strerror(errno));
}

HttpsLoad *https_load_new(const HttpsLoadOptions *options)
{
        HttpsLoad *load = calloc(1, sizeof(*load));
        load->count = options->idle + options->busy;
        load->busy = options->busy;
        load->peers = calloc(load->count, sizeof(*load->peers));
        load->epoll = epoll_create1(EPOLL_CLOEXEC);
        must(gnutls_certificate_allocate_credentials(&load->credentials), "credentials");
        must(gnutls_certificate_set_x509_trust_file(load->credentials, options->authority,
                                                    GNUTLS_X509_FMT_PEM),
             options->authority);
        must(gnutls_certificate_set_x509_key_file(load->credentials, options->certificate,
                                                  options->key, GNUTLS_X509_FMT_PEM),
             options->certificate);
        for (unsigned i = 0; i < load->count; i++) {
                struct epoll_event event = { .events = EPOLLIN, .data.ptr = &load->peers[i] };
                open_peer(load, options->port, &load->peers[i]);
                if (i < load->busy)
                        epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->peers[i].fd, &event);
        }
        return load;
}

HttpsLoad *https_load_free(HttpsLoad *load)
{
        for (unsigned i = 0; i < load->count; i++) {
                gnutls_deinit(load->peers[i].session);
                close(load->peers[i].fd);
        }
        gnutls_certificate_free_credentials(load->credentials);
        close(load->epoll);
        free(load->peers);
        free(load);
        return NULL;
}

static void send_request(Peer *peer, const void *request, size_t size)
{
        peer->size = 0;
        peer->sent_ns = sampler_now_ns();
        ssize_t r;
        do
                r = gnutls_record_send(peer->session, request, size);
        while (r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED);
        must((int)r, "send");
}

/* Whether an answer is there as a whole; one that is not the answer expected ends the program. */
static bool is_whole(Peer *peer)
{
        static const char good[] = "HTTP/1.1 200 ", length_name[] = "Content-Length:";
        peer->answer[peer->size] = '\0';
        const char *end = strstr(peer->answer, "\r\n\r\n");
        const char *length = strstr(peer->answer, length_name);
        if (!end || !length)
                return false;
        if (strncmp(peer->answer, good, sizeof(good) - 1) != 0)
                bench_fail("answer", peer->answer);
        size_t body = strtoul(length + sizeof(length_name) - 1, NULL, 10);
        return peer->size >= (size_t)(end + 4 - peer->answer) + body;
}

/* Reads what there is. Return: whether the answer is whole. */
static bool receive(Peer *peer)
{
        for (;;) {
                ssize_t r = gnutls_record_recv(peer->session, peer->answer + peer->size,
                                               sizeof(peer->answer) - 1 - peer->size);
                if (r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED)
                        return false;
                must((int)r, "receive");
                if (r == 0)
                        bench_fail("receive", "the server closed a connection");
                peer->size += (size_t)r;
                if (is_whole(peer))
                        return true;
        }
}

uint64_t https_load_run(HttpsLoad *load, const void *request, size_t size, unsigned count,
                        Sampler *sampler)
{
        struct epoll_event events[EVENTS];
        unsigned done = 0, sent = 0;
        uint64_t start = sampler_now_ns();
        for (; sent < load->busy && sent < count; sent++)
                send_request(&load->peers[sent], request, size);
        while (done < count) {
                int ready = epoll_wait(load->epoll, events, EVENTS, 10000);
                if (ready <= 0)
                        bench_fail("epoll_wait", "no answer within 10 s");
                for (int i = 0; i < ready; i++) {
                        Peer *peer = events[i].data.ptr;
                        if (!receive(peer))
                                continue;
                        sampler_add(sampler, (double)(sampler_now_ns() - peer->sent_ns));
                        done++;
                        if (sent++ < count)
                                send_request(peer, request, size);
                }
        }
        return sampler_now_ns() - start;
}
