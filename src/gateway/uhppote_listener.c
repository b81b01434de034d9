/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE listener
 *
 * Boards send their events to an address by themselves. Such a datagram is taken for what it is,
 * something anybody in the network can send: a notice that there may be an event to read. Only one
 * from the board's address and with its serial number counts, and only when its number is new.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/uhppote_parts.h"
#include "util/deadline.h"

static void notice_take(UhppoteBoard *board, const uint8_t *message)
{
        UhppoteStatus status;

        if (uhppote_read_status(message, &status) > 0) {
                uhppote_ignore(board, uhppote_problem_text(UHPPOTE_BAD_VALUE));
                return;
        }
        if (status.event.index <= board->cursor)
                return; /* repeated or overtaken */
        /* The number itself is not believed: the board is asked until it has no more */
        board->noticed = true;
        board->events_at = 0;
        uhppote_work_soon(board);
}

/* Return: whether there may be more. */
static bool notice_receive(UhppoteBoard *board, int fd)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        struct sockaddr_in from = { 0 };
        socklen_t from_size = sizeof(from);
        ssize_t size = recvfrom(fd, message, sizeof(message), MSG_TRUNC, (struct sockaddr *)&from,
                                &from_size);

        if (size < 0)
                return false;
        if (from.sin_addr.s_addr != board->address.sin_addr.s_addr) {
                uhppote_ignore(board, "from another address");
                return true;
        }
        int r = uhppote_notice_check(message, (size_t)size, board->controller->serial);
        if (r > 0)
                uhppote_ignore(board, uhppote_problem_text(r));
        else
                notice_take(board, message);
        return true;
}

static int on_notice(sd_event_source *source, int fd, uint32_t events, void *data)
{
        for (unsigned i = 0; i < UHPPOTE_DATAGRAMS_MAX; i++)
                if (!notice_receive(data, fd))
                        return 0;
        return 0;
}

int uhppote_listener_open(UhppoteBoard *board)
{
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return -errno;
        board->listener_fd = fd;
        if (bind(fd, (const struct sockaddr *)&board->listener, sizeof(board->listener)) < 0)
                return -errno;
        return sd_event_add_io(board->host->event, &board->listener_source, fd, EPOLLIN, on_notice,
                               board);
}
