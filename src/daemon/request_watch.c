/* SPDX-License-Identifier: MIT */
/* Watch: see request_watch.h. */
#include "daemon/request_watch.h"

#include "daemon/server.h"

#define STATUS_DEGRADED 3

static const Refusal refusal_seconds = { "malformed-query", 3, "SECONDS of a WATCH is 1 to 60." };
static const Refusal refusal_watchers = { "busy", 3, "Too many watchers of your uid wait." };

static const char *state_of(const Server *server)
{
        if (!server->policy.image)
                return "no-policy";
        return alerts_degraded(&server->alerts) ? "degraded" : "serving";
}

/* Tells which permission a command is decided by: what a front serves as an unlock or an entry. */
static void add_permission(MessageWriter *writer, const Image *image, PermissionCommand command,
                           const char *name)
{
        const ImagePermission *permission =
                image ? image_permission(image, image_header(image)->commands[command]) : NULL;
        if (permission)
                message_write_pair(writer, text_from(name), image_string(image, permission->name));
}

/* Tells what is served now. Return: as client_send(). */
static int answer(Client *client, uint64_t request_id)
{
        Server *server = client->server;
        MessageWriter writer;
        size_t size;
        Text state = text_from(state_of(server));
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             request_id, 0);
        message_write_pair(&writer, TEXT_LITERAL("state"), state);
        message_write_pair(&writer, TEXT_LITERAL("revision"), text_from(server->policy.revision));
        add_permission(&writer, server->policy.image, PERMISSION_COMMAND_UNLOCK,
                       "unlock-permission");
        add_permission(&writer, server->policy.image, PERMISSION_COMMAND_ENTER, "enter-permission");
        int r = message_writer_end(&writer, &size);
        if (r == 0)
                r = client_send(client, server->send_buffer, size);
        if (r < 0)
                return r;
        return reply_end(client, request_id, 1, text_is(state, "serving") ? 0 : STATUS_DEGRADED,
                         TEXT_NULL);
}

/* How many watchers of a uid wait. */
static unsigned waiting_of(const Server *server, uint32_t uid)
{
        unsigned count = 0;
        for (const Client *client = server->clients; client; client = client->next)
                count += client->state == CLIENT_WAITS_WATCH && client->peer.uid == uid;
        return count;
}

int request_watch(const Request *request)
{
        Server *server = request->server;
        Client *client = request->client;
        uint64_t id = request->message->request_id;
        uint32_t seconds = WATCH_SECONDS_DEFAULT;
        Text known;
        if (message_number(request->message, FIELD_SECONDS, &seconds) &&
            (seconds == 0 || seconds > WATCH_SECONDS_MAX))
                return reply_refusal(client, id, &refusal_seconds, TEXT_NULL);
        if (!message_text(request->message, FIELD_REVISION, &known) ||
            !text_is(known, server->policy.revision))
                return answer(client, id);
        if (waiting_of(server, client->peer.uid) >= WATCH_PER_USER_MAX) {
                server->counters.busy++;
                return reply_refusal(client, id, &refusal_watchers, TEXT_NULL);
        }
        memcpy(client->watched, server->policy.revision, sizeof(client->watched));
        client_wait(client, CLIENT_WAITS_WATCH, id, server_deadline_in(server, seconds * 1000ull));
        return 0;
}

void request_watch_changed(Server *server)
{
        for (Client *client = server->clients; client; client = client->next) {
                if (client->state != CLIENT_WAITS_WATCH ||
                    strcmp(client->watched, server->policy.revision) == 0)
                        continue;
                if (answer(client, client->request_id) < 0)
                        client_break(client);
                client_resume_later(client);
        }
}

void request_watch_expire(Client *client)
{
        if (answer(client, client->request_id) < 0)
                client_free(client);
        else
                client_resume(client);
}
