/* SPDX-License-Identifier: MIT */
/*
 * Link over the local socket: a few kept connections (lines), each with one call at a time. Folder,
 * socket and peer are verified at every connection (client/connection.h). A line whose call is
 * dropped is closed, so that the daemon learns of it at once and no late reply is taken for that to
 * a later call.
 */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "link/link_type.h"

typedef struct Line {
        struct LocalLink *link;
        Connection *connection; /* NULL: none */
        sd_event_source *source;
        LinkCall *call; /* NULL: it is free */
} Line;

typedef struct LocalLink {
        Link shared;
        ConnectionOptions options;
        char *socket_path;
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
        line->source = sd_event_source_disable_unref(line->source);
        line->connection = connection_free(line->connection);
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

static int on_line(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Line *line = data;
        Link *link = &line->link->shared;
        if (!line->call)
                close_line(line); /* nothing was asked: the daemon has closed it */
        while (line->call && receive(line))
                ;
        link_carry_waiting(link);
        return 0;
}

/* Connects a line. Return: 0, CONNECTION_AGAIN, a LinkProblem's cause, -errno. */
static int open_line(Line *line)
{
        if (line->connection && connection_fd(line->connection) >= 0 &&
            !connection_is_idle(line->connection))
                close_line(line);
        if (line->source)
                return 0;
        int r = line->connection ? 0 : connection_new(&line->link->options, &line->connection);
        if (r == 0)
                r = connection_try_open(line->connection);
        if (r == 0)
                r = sd_event_add_io(line->link->shared.event, &line->source,
                                    connection_fd(line->connection), EPOLLIN, on_line, line);
        if (r != 0 && r != CONNECTION_AGAIN)
                close_line(line);
        return r;
}

static Line *find_free(LocalLink *link)
{
        Line *found = NULL;
        for (unsigned i = 0; i < link->line_count; i++) {
                Line *line = &link->lines[i];
                if (line->call)
                        continue;
                if (line->source)
                        return line; /* one that is connected already */
                if (!found)
                        found = line;
        }
        return found;
}

static void carry(LinkCall *call)
{
        Line *line = find_free((LocalLink *)call->link);
        if (!line)
                return;
        int r = open_line(line);
        if (r == 0)
                r = connection_try_send(line->connection, call->frame, call->size);
        if (r == CONNECTION_AGAIN)
                return;
        if (r != 0) {
                close_line(line);
                call->problem = problem_of(r);
                return;
        }
        line->call = call;
        call->carrier = line;
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
        r = link_init(&link->shared, &local_type, event);
        if (r == 0 && options->socket_path) {
                link->options.socket_path = link->socket_path = strdup(options->socket_path);
                r = link->socket_path ? 0 : -ENOMEM;
        }
        if (r < 0) {
                link_free(&link->shared);
                return r;
        }
        *ret_link = &link->shared;
        return 0;
}
