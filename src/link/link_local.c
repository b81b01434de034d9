/* SPDX-License-Identifier: MIT */
/*
 * Link over the local socket: a few kept connections (lines), each with one call at a time. Folder,
 * socket and peer are verified at every connection (client/connection.h). A line whose call is
 * dropped is closed, so that the daemon learns of it at once and no late reply is taken for that to
 * a later call.
 *
 * All lines are watched by one epoll descriptor of their own, which the loop watches: what has come
 * on several of them is read in one turn.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "doorward-config.h"
#include "link/link_type.h"

#define LINES_AT_ONCE 64 /* that are read in one turn */

typedef struct Line {
        struct LocalLink *link;
        Connection *connection; /* NULL: none */
        bool is_open;
        LinkCall *call; /* NULL: it is free */
} Line;

typedef struct LocalLink {
        Link shared;
        ConnectionOptions options;
        char *socket_path;
        int epoll_fd;
        sd_event_source *source;
        unsigned line_count;
        Line lines[];
} LocalLink;

static int problem_of(int problem)
{
        switch (problem) {
        case CONNECTION_UNTRUSTED:
                return LINK_UNTRUSTED;
        case CONNECTION_PROTOCOL:
                return LINK_PROTOCOL;
        default:
                return LINK_UNREACHABLE;
        }
}

static void close_line(Line *line)
{
        line->is_open = false;
        line->connection = connection_free(line->connection); /* epoll forgets it with that */
}

/* The call of a line has failed: what may still come is nobody's. */
static void fail_line(Line *line, int problem)
{
        LinkCall *call = line->call;
        line->call = NULL;
        close_line(line);
        if (call) {
                call->carrier = NULL;
                link_call_fail(call, problem);
        }
}

/* Takes one reply. Return: whether there may be more. */
static bool receive(Line *line)
{
        Message message;
        LinkCall *call = line->call;
        int r = connection_try_receive(line->connection, call->request_id, &message);
        if (r == CONNECTION_AGAIN)
                return false;
        if (r != 0 || !link_is_reply(&message)) {
                fail_line(line, r != 0 ? problem_of(r) : LINK_PROTOCOL);
                return false;
        }
        if (link_reply_is_last(&message)) {
                line->call = NULL;
                call->carrier = NULL;
        }
        link_call_reply(call, &message);
        return true;
}

static void look_at_line(Line *line)
{
        /* Nothing was asked: the daemon has closed it, or says what nobody wants to know. */
        if (!line->call && line->is_open && !connection_is_idle(line->connection))
                close_line(line);
        while (line->call && receive(line))
                ;
}

static int on_lines(sd_event_source *source, int fd, uint32_t mask, void *data)
{
        LocalLink *link = data;
        struct epoll_event events[LINES_AT_ONCE];
        int count = epoll_wait(link->epoll_fd, events, LINES_AT_ONCE, 0);
        for (int i = 0; i < count; i++)
                look_at_line(events[i].data.ptr);
        link_carry_waiting(&link->shared);
        return 0;
}

/* Connects a line. Return: 0, CONNECTION_AGAIN, another ConnectionProblem, -errno. */
static int open_line(Line *line)
{
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = line };
        if (line->is_open)
                return 0;
        int r = line->connection ? 0 : connection_new(&line->link->options, &line->connection);
        if (r == 0)
                r = connection_try_open(line->connection);
        if (r == 0 && epoll_ctl(line->link->epoll_fd, EPOLL_CTL_ADD,
                                connection_fd(line->connection), &event) < 0)
                r = -errno;
        if (r == 0)
                line->is_open = true;
        else if (r != CONNECTION_AGAIN)
                close_line(line);
        return r;
}

/* Sends a frame on a line. The daemon may have closed a kept one, in which case nothing was sent,
 * and it is made anew. Return: as open_line(). */
static int send_on(Line *line, const LinkCall *call)
{
        bool was_open = line->is_open;
        int r = open_line(line);
        if (r == 0)
                r = connection_try_send(line->connection, call->frame, call->size);
        if (r != CONNECTION_UNREACHABLE || !was_open)
                return r;
        close_line(line);
        r = open_line(line);
        return r == 0 ? connection_try_send(line->connection, call->frame, call->size) : r;
}

static Line *find_free(LocalLink *link)
{
        Line *found = NULL;
        for (unsigned i = 0; i < link->line_count; i++) {
                Line *line = &link->lines[i];
                if (line->call)
                        continue;
                if (line->is_open)
                        return line; /* one that is connected already */
                if (!found)
                        found = line;
        }
        return found;
}

static bool carry(LinkCall *call)
{
        Line *line = find_free((LocalLink *)call->link);
        if (!line)
                return false;
        int r = send_on(line, call);
        if (r == CONNECTION_AGAIN)
                return false;
        if (r != 0) {
                close_line(line);
                call->problem = problem_of(r);
                return true;
        }
        line->call = call;
        call->carrier = line;
        return true;
}

static void drop(LinkCall *call)
{
        Line *line = call->carrier;
        call->carrier = NULL;
        line->call = NULL;
        close_line(line);
}

static void local_free(Link *shared)
{
        LocalLink *link = (LocalLink *)shared;
        for (unsigned i = 0; i < link->line_count; i++)
                close_line(&link->lines[i]);
        sd_event_source_disable_unref(link->source);
        cleanup_close(&link->epoll_fd);
        free(link->socket_path);
        free(link);
}

static const LinkType local_type = { carry, drop, local_free };

int link_local_new(sd_event *event, const ConnectionOptions *options, unsigned connections_max,
                   Link **ret_link)
{
        Connection *probe = NULL;
        if (connections_max == 0 || connections_max > LINK_CALLS_MAX)
                return -EINVAL;
        int r = connection_new(options, &probe); /* is the path one? */
        if (r < 0)
                return r;
        connection_free(probe);
        LocalLink *link = calloc(1, sizeof(*link) + connections_max * sizeof(Line));
        if (!link)
                return -ENOMEM;
        link->options = *options;
        link->line_count = connections_max;
        for (unsigned i = 0; i < connections_max; i++)
                link->lines[i].link = link;
        link->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
        r = link_init(&link->shared, &local_type, event);
        if (r == 0 && link->epoll_fd < 0)
                r = -EMFILE;
        if (r == 0)
                r = sd_event_add_io(event, &link->source, link->epoll_fd, EPOLLIN, on_lines, link);
        if (r >= 0 && options->socket_path) {
                link->options.socket_path = link->socket_path = strdup(options->socket_path);
                r = link->socket_path ? 0 : -ENOMEM;
        }
        if (r < 0) {
                link_free(&link->shared);
                return r;
        }
        link->shared.place = link->socket_path ? link->socket_path : DOORWARD_SOCKET;
        *ret_link = &link->shared;
        return 0;
}
