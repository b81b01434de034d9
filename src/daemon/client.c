/* SPDX-License-Identifier: MIT */
/* Client: see client.h. */
#include "daemon/client.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "daemon/change_queue.h"
#include "daemon/live_change.h"
#include "daemon/pending.h"
#include "daemon/report.h"
#include "daemon/request.h"
#include "daemon/request_command.h"
#include "daemon/request_observe.h"
#include "daemon/request_saved_report.h"
#include "daemon/request_watch.h"
#include "daemon/server.h"
#include "daemon/take.h"

static void unlink_client(Client *client)
{
        Server *server = client->server;
        if (client->previous)
                client->previous->next = client->next;
        else
                server->clients = client->next;
        if (client->next)
                client->next->previous = client->previous;
        server->client_count--;
}

static void link_client(Client *client)
{
        Server *server = client->server;
        client->next = server->clients;
        if (client->next)
                client->next->previous = client;
        server->clients = client;
        server->client_count++;
}

static void drop_output(Client *client)
{
        while (client->output_first) {
                Output *output = client->output_first;
                client->output_first = output->next;
                free(output);
        }
        client->output_last = NULL;
        client->output_size = 0;
}

/* A client that only waits for news costs nothing that others could lack. */
static bool is_in_flight(ClientState state)
{
        return state != CLIENT_READY && state != CLIENT_WAITS_WATCH && state != CLIENT_WAITS_TAKE &&
               state != CLIENT_WAITS_COMMAND;
}

static void set_state(Client *client, ClientState state)
{
        client->server->in_flight += is_in_flight(state);
        client->server->in_flight -= is_in_flight(client->state);
        client->state = state;
}

Client *client_free(Client *client)
{
        if (!client)
                return NULL;
        set_state(client, CLIENT_READY);
        if (client->take)
                take_forget(client->take);
        if (client->command)
                request_command_forget(client);
        if (client->pending)
                pending_forget(client->pending);
        if (client->change)
                changes_forget(client->change);
        if (client->live)
                live_change_forget(client->live);
        if (client->report)
                report_end(client);
        if (client->saving)
                request_saving_forget(client->saving);
        if (client->observing)
                observing_forget(client->observing);
        unlink_client(client);
        rate_leave(client->account);
        sd_event_source_disable_unref(client->source);
        cleanup_close(&client->fd);
        drop_output(client);
        free(client->groups);
        free(client->held);
        free(client);
        return NULL;
}

/* Sends what waits. Return: 0, also when some of it still waits; negative: broken. */
static int flush_output(Client *client)
{
        while (client->output_first) {
                Output *output = client->output_first;
                if (send(client->fd, output->frame, output->size, MSG_DONTWAIT | MSG_NOSIGNAL) <
                    0) {
                        if (errno == EINTR)
                                continue;
                        return errno == EAGAIN ? 0 : -errno;
                }
                client->output_first = output->next;
                client->output_size -= output->size;
                free(output);
        }
        client->output_last = NULL;
        if (client->state == CLIENT_READY)
                client->deadline_ms = 0;
        return sd_event_source_set_io_events(client->source, EPOLLIN | EPOLLET);
}

static int on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Client *client = userdata;
        if ((revents & EPOLLOUT) && client->output_first && flush_output(client) < 0) {
                client_free(client);
                return 0;
        }
        if (client->state == CLIENT_READY)
                client_serve(client);
        else if (revents & (EPOLLHUP | EPOLLERR))
                client_free(client);
        return 0;
}

/* Watches the descriptor. Return: 0 or -errno. */
static int watch(Client *client)
{
        uint32_t events = EPOLLIN | EPOLLET | (client->output_first ? EPOLLOUT : 0u);
        if (client->source)
                return sd_event_source_set_io_events(client->source, events);
        return sd_event_add_io(client->server->event, &client->source, client->fd, events, on_event,
                               client);
}

static int queue_output(Client *client, const void *frame, size_t size)
{
        if (client->output_size + size > CLIENT_OUTPUT_MAX)
                return -ENOBUFS;
        Output *output = malloc(sizeof(*output) + size);
        if (!output)
                return -ENOMEM;
        output->next = NULL;
        output->size = size;
        memcpy(output->frame, frame, size);
        if (client->output_last)
                client->output_last->next = output;
        else
                client->output_first = output;
        client->output_last = output;
        client->output_size += size;
        client->deadline_ms = server_deadline(client->server);
        return watch(client);
}

int client_send(Client *client, const void *frame, size_t size)
{
        while (!client->output_first) {
                if (send(client->fd, frame, size, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
                        return 0;
                if (errno == EAGAIN)
                        break;
                if (errno != EINTR)
                        return -errno;
        }
        return queue_output(client, frame, size);
}

void client_wait(Client *client, ClientState state, uint64_t request_id, uint64_t deadline_ms)
{
        set_state(client, state);
        client->request_id = request_id;
        client->deadline_ms = deadline_ms;
}

static void end_waiting(Client *client)
{
        set_state(client, CLIENT_READY);
        if (!client->output_first)
                client->deadline_ms = 0;
}

void client_resume(Client *client)
{
        end_waiting(client);
        client_serve(client);
}

void client_resume_later(Client *client)
{
        end_waiting(client);
        server_defer(client);
}

void client_serve_held(Client *client, const Refusal *refusal)
{
        uint64_t request_id = client->request_id;
        set_state(client, CLIENT_READY);
        client->deadline_ms = 0;
        int r = 0;
        if (refusal) {
                free(client->held);
                client->held = NULL;
                r = reply_refusal(client, request_id, refusal, TEXT_NULL);
        } else {
                r = request_serve_held(client);
        }
        if (r < 0)
                client_free(client);
        else if (client->state == CLIENT_READY)
                client_resume(client);
}

void client_break(Client *client)
{
        drop_output(client);
        (void)shutdown(client->fd, SHUT_RDWR);
}

/* Receives one frame. Return: its size, 0 at the end of the connection, -errno. */
static ssize_t receive(Client *client)
{
        ssize_t size;
        do
                size = recv(client->fd, client->server->receive_buffer,
                            sizeof(client->server->receive_buffer), MSG_DONTWAIT);
        while (size < 0 && errno == EINTR);
        return size < 0 ? -errno : size;
}

/* Reads and serves. Return: false when the client is gone. */
static bool serve(Client *client)
{
        if (client->server->ending)
                return true;
        for (unsigned n = 0; client->state == CLIENT_READY && !client->output_first; n++) {
                if (n == CLIENT_TURN_MAX) {
                        server_defer(client);
                        return true;
                }
                ssize_t size = receive(client);
                if (size == -EAGAIN)
                        return true;
                if (size <= 0 ||
                    request_serve(client, client->server->receive_buffer, (size_t)size) < 0) {
                        client_free(client);
                        return false;
                }
        }
        return true;
}

void client_serve(Client *client)
{
        (void)serve(client);
}

const uint32_t *client_groups(Client *client, size_t *ret_count)
{
        if (!client->groups_known)
                (void)identity_peer_groups(client->fd, client->peer.gid, &client->groups,
                                           &client->group_count);
        client->groups_known = true;
        *ret_count = client->group_count;
        return client->groups;
}

void client_expire(Client *client)
{
        client->deadline_ms = 0;
        if (client->change) {
                changes_expire(client->change);
                return;
        }
        if (client->live) {
                live_change_expire(client->live);
                return;
        }
        if (client->state == CLIENT_WAITS_WATCH) {
                request_watch_expire(client);
                return;
        }
        if (!client->output_first && (client->take || client->command)) {
                int r = client->take ? take_expire(client->take) : request_command_expire(client);
                if (r < 0)
                        client_free(client);
                else
                        client_resume(client);
                return;
        }
        if (client->observing) {
                if (observing_expire(client->observing) < 0)
                        client_free(client);
                else
                        client_resume(client);
                return;
        }
        if (client->output_first || !client->pending) {
                client->server->counters.slow_clients++;
                client_free(client);
                return;
        }
        if (pending_expire(client->pending) < 0)
                client_free(client);
        else
                client_resume(client);
}

static RateKind rate_kind(const Server *server, uint32_t uid)
{
        if (server_is_root(server, uid))
                return RATE_ROOT;
        const Image *image = server->policy.image;
        return image && image_front_of_uid(image, uid) ? RATE_FRONT : RATE_USER;
}

int client_accept(Server *server, int fd, const struct ucred *peer)
{
        _cleanup_close_ int owned = fd;
        RateAccount *account;
        int r = rate_enter(server->rates, &server->limits, peer->uid, rate_kind(server, peer->uid),
                           server_now_ms(server), &account);
        if (r < 0)
                return r;
        Client *client = calloc(1, sizeof(*client));
        if (!client) {
                rate_leave(account);
                return -ENOMEM;
        }
        client->server = server;
        client->fd = fd;
        client->peer = *peer;
        client->account = account;
        owned = -1;
        link_client(client);
        /* What was sent along with connecting is answered before the descriptor is watched. */
        if (serve(client) && watch(client) < 0)
                client_free(client);
        return 0;
}
