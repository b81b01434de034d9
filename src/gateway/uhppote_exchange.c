/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE exchange
 *
 * One request and its reply: 64 bytes each way, on a socket of its own. A datagram that is not the
 * reply is counted and waited past; only time ends an exchange without a reply. That an ICMP
 * message calls the port closed is no answer of the controller either.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/uhppote_parts.h"
#include "util/cleanup.h"
#include "util/deadline.h"

#define ACCURACY_US 1000

static int socket_connect(const UhppoteBoard *board)
{
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return -errno;
        if (connect(fd, (const struct sockaddr *)&board->address, sizeof(board->address)) < 0) {
                int error = errno;
                close(fd);
                return -error;
        }
        return fd;
}

/* Return: the descriptor, or -errno: nothing has left. */
static int request_send(const UhppoteBoard *board, const UhppoteRequest *request)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        int fd = socket_connect(board);

        if (fd < 0)
                return fd;
        uhppote_request_write(request, message);
        if (send(fd, message, sizeof(message), MSG_NOSIGNAL) == (ssize_t)sizeof(message))
                return fd;
        int error = errno;
        close(fd);
        return -error;
}

/* Reads one datagram. Return: 0 when it is the reply, > 0 when it is none, -errno when there is
 * nothing to read. */
static int reply_receive(UhppoteBoard *board, int fd, const UhppoteRequest *request,
                         uint8_t reply[static UHPPOTE_MESSAGE_SIZE])
{
        ssize_t size = recv(fd, reply, UHPPOTE_MESSAGE_SIZE, MSG_TRUNC);

        if (size < 0 && errno == ECONNREFUSED)
                return UHPPOTE_OTHER_SIZE;
        if (size < 0)
                return -errno;
        int r = uhppote_reply_check(reply, (size_t)size, request->function, request->serial);
        if (r > 0)
                uhppote_ignore(board, uhppote_problem_text(r));
        return r;
}

void uhppote_exchange_abandon(UhppoteBoard *board)
{
        UhppoteExchange *exchange = &board->exchange;

        exchange->readable = sd_event_source_disable_unref(exchange->readable);
        sd_event_source_set_enabled(exchange->timer, SD_EVENT_OFF);
        if (exchange->fd >= 0)
                close(exchange->fd);
        exchange->fd = -1;
        exchange->ended = NULL;
}

static void exchange_end(UhppoteBoard *board, const uint8_t *reply)
{
        UhppoteEnded ended = board->exchange.ended;
        bool sent = board->exchange.fd >= 0;

        uhppote_exchange_abandon(board);
        if (reply)
                uhppote_contact_heard(board);
        else
                uhppote_contact_silent(board);
        ended(board, reply, sent);
        uhppote_work(board);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *data)
{
        UhppoteBoard *board = data;
        uint8_t reply[UHPPOTE_MESSAGE_SIZE];

        for (unsigned i = 0; i < UHPPOTE_DATAGRAMS_MAX; i++) {
                int r = reply_receive(board, fd, &board->exchange.request, reply);
                if (r == 0) {
                        exchange_end(board, reply);
                        return 0;
                }
                if (r < 0)
                        return 0;
        }
        return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *data)
{
        exchange_end(data, NULL);
        return 0;
}

void uhppote_exchange_begin(UhppoteBoard *board, UhppoteRequest request, UhppoteEnded ended)
{
        UhppoteExchange *exchange = &board->exchange;
        uint64_t wait_us = (uint64_t)board->timeout_ms * 1000;

        request.serial = board->controller->serial;
        exchange->request = request;
        exchange->ended = ended;
        exchange->fd = request_send(board, &request);
        if (exchange->fd >= 0 && sd_event_add_io(board->host->event, &exchange->readable,
                                                 exchange->fd, EPOLLIN, on_readable, board) < 0)
                exchange->readable = NULL; /* then no reply is seen, which is no answer */
        /* Whoever wants a door opened hears at once that nothing has left */
        if (exchange->fd < 0 && board->open_count > 0)
                wait_us = 0;
        sd_event_source_set_time_relative(exchange->timer, wait_us);
        sd_event_source_set_enabled(exchange->timer, SD_EVENT_ONESHOT);
}

int uhppote_exchange_prepare(UhppoteBoard *board)
{
        int r = sd_event_add_time(board->host->event, &board->exchange.timer, CLOCK_MONOTONIC,
                                  UINT64_MAX, ACCURACY_US, on_time, board);

        board->exchange.fd = -1;
        return r < 0 ? r : sd_event_source_set_enabled(board->exchange.timer, SD_EVENT_OFF);
}

bool uhppote_exchange_wait(UhppoteBoard *board, UhppoteRequest request, int wait_ms)
{
        uint8_t reply[UHPPOTE_MESSAGE_SIZE];
        Deadline deadline = deadline_after_ms((uint64_t)wait_ms);
        _cleanup_close_ int fd = -1;

        request.serial = board->controller->serial;
        fd = request_send(board, &request);
        for (unsigned i = 0; fd >= 0 && i < UHPPOTE_DATAGRAMS_MAX; i++) {
                struct pollfd waiting = { .fd = fd, .events = POLLIN };
                if (poll(&waiting, 1, deadline_left_ms(deadline)) <= 0)
                        return false;
                if (reply_receive(board, fd, &request, reply) == 0)
                        return true;
        }
        return false;
}
