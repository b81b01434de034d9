/* SPDX-License-Identifier: MIT */
/* Report, the daemon's side: see report.h. */
#include "daemon/report.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/following.h"
#include "daemon/request.h"
#include "daemon/server.h"
#include "util/file.h"

#define REPORT_TIMEOUT_MS 60000 /* events may be followed for ever */

/* A file in memory with all that the child is told. Return: its descriptor, -errno. */
static int make_request_file(const Request *request)
{
        Server *server = request->server;
        size_t group_count = 0;
        const uint32_t *groups = NULL;
        bool own = (request->identity->kinds & IDENTITY_PERSON) &&
                   text_is(request_text(request, FIELD_USER), request->identity->name);
        if (own && server->policy.has_unix_groups)
                groups = client_groups(request->client, &group_count);
        ReportRequest header = {
                .now_s = request->now_s,
                .live_unknown = !live_state_is_known(server),
                .clock_untrusted = server_context(server).clock_untrusted,
                .group_count = (uint32_t)group_count,
                .frame_size = (uint32_t)request->frame_size,
                .has_image = server->policy.image != NULL,
                .has_control = request->client->following != NULL,
                .with_places = request->identity->kinds & IDENTITY_ROOT,
                .is_restricted = !(request->identity->kinds & IDENTITY_ROOT),
                .is_caller = !own && (request->identity->kinds & IDENTITY_CALLER),
                .identity = *request->identity,
        };
        header.identity.how = NULL; /* means nothing to another process */
        _cleanup_close_ int fd = memfd_create("doorwardd-request", MFD_CLOEXEC);
        if (fd < 0)
                return -errno;
        int r = file_write_all(fd, &header, sizeof(header));
        if (r == 0)
                r = file_write_all(fd, groups, group_count * sizeof(*groups));
        if (r == 0)
                r = file_write_all(fd, request->frame, request->frame_size);
        if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
                r = -errno;
        if (r < 0)
                return r;
        int made = fd;
        fd = -1;
        return made;
}

static uint32_t *counter_of(const Client *client)
{
        return client->follows ? &client->server->followers : &client->server->reports;
}

void report_end(Client *client)
{
        --*counter_of(client);
        client->report = task_free(client->report);
        client->following = following_free(client->following);
}

/* The child has ended: with a complete answer the connection goes on, else it is closed. */
static void on_done(void *data, const TaskResult *result)
{
        Client *client = data;
        report_end(client);
        if (result->status == 0)
                client_resume(client);
        else
                client_free(client);
}

static void on_synced(void *data, bool written)
{
        (void)close((int)(intptr_t)data);
}

/* What the loop has answered may still be in the journal's queue: a pipe whose other end is closed
 * when it no longer is. Return: the end that the child waits at, -errno. */
static int make_synced(Server *server)
{
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        if (journal_sync(server->journal, on_synced, (void *)(intptr_t)ends[1]) < 0)
                (void)close(ends[1]);
        return ends[0];
}

static int start(const Request *request, int request_fd, int source_fd, int control_fd)
{
        Server *server = request->server;
        int fds[] = { request->client->fd, request_fd, source_fd, control_fd };
        const char *arguments[] = { server->options.state };
        TaskOptions options = {
                .mode = REPORT_MODE,
                .arguments = arguments,
                .argument_count = 1,
                .fds = fds,
                .fd_count = source_fd < 0    ? 2
                            : control_fd < 0 ? 3
                                             : 4,
                .timeout_ms = request->client->follows ? 0 : REPORT_TIMEOUT_MS,
                .output_max = 0,
        };
        return task_start(server->event, &options, on_done, request->client,
                          &request->client->report);
}

static bool reads_journal(const Request *request)
{
        return request->message->type == MESSAGE_EVENTS ||
               request->message->type == MESSAGE_SESSIONS;
}

/* Whether somebody else's report is that of who asks now: a caller that a front speaks for is known
 * by its certificate, everybody else by his uid. */
static bool is_of_same(const Request *request, const Client *other)
{
        const Identity *identity = request->identity;
        if (identity->by_certificate || other->report_by_certificate)
                return identity->by_certificate && other->report_by_certificate &&
                       fingerprint_compare(&identity->certificate, &other->report_certificate) == 0;
        return other->peer.uid == request->client->peer.uid;
}

/* Whether one more child may run. What is followed for ever has places of its own, and nobody but
 * root has more than a few of either. */
static bool has_room(const Request *request)
{
        const Client *client = request->client;
        const Server *server = request->server;
        uint32_t limit = client->follows ? SERVER_FOLLOWERS_MAX : SERVER_REPORTS_MAX, own = 0;
        if (request->identity->kinds & IDENTITY_ROOT)
                return *counter_of(client) < limit;
        for (const Client *other = server->clients; other; other = other->next)
                own += other->report && other->follows == client->follows &&
                       is_of_same(request, other);
        return *counter_of(client) < limit - SERVER_REPORTS_RESERVE &&
               own < SERVER_REPORTS_PER_USER;
}

/* Starts the child with all that it is given. Return: 0 or -errno. */
static int start_child(const Request *request)
{
        Server *server = request->server;
        Client *client = request->client;
        _cleanup_close_ int request_fd = -1, synced_fd = -1, control_fd = -1;
        int r = client->follows ? following_begin(request, &control_fd) : 0;
        if (r < 0)
                return r;
        request_fd = make_request_file(request);
        if (request_fd >= 0 && reads_journal(request))
                synced_fd = make_synced(server);
        int source_fd = reads_journal(request) ? synced_fd : server->policy.image_fd;
        if (request_fd < 0 || (reads_journal(request) && synced_fd < 0))
                return -EMFILE;
        return start(request, request_fd, source_fd, control_fd);
}

int request_report(const Request *request)
{
        Server *server = request->server;
        Client *client = request->client;
        client->follows = message_flag(request->message, FIELD_FOLLOW);
        if (!has_room(request) || start_child(request) < 0) {
                client->following = following_free(client->following);
                server->counters.busy++;
                return reply_refusal(client, request->message->request_id, &refusal_busy,
                                     TEXT_NULL);
        }
        ++*counter_of(client);
        client->report_by_certificate = request->identity->by_certificate;
        client->report_certificate = request->identity->certificate;
        client_wait(client, CLIENT_WAITS_REPORT, request->message->request_id, 0);
        return 0;
}
