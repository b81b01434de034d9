/* SPDX-License-Identifier: MIT */
/*
 * Command: what has become of an unlock command, for root, who asked for it, and who has it. With
 * what was told before it waits for something new.
 */
#include <inttypes.h>
#include <stdio.h>

#include "daemon/request_command.h"

#include "daemon/request.h"
#include "daemon/server.h"

#define SECONDS_DEFAULT 30
#define SECONDS_MAX     60
#define TOKEN_SIZE      16

static const Refusal unknown = { "command-unknown", 3,
                                 "No such unlock command is known, or it is not yours." };
static const Refusal malformed = { "malformed-query", 3, "1 to 60 seconds can be waited." };

/* Whether a listed caller is one who asked for the command or has it. */
static bool is_of_caller(const Request *request, const Command *command)
{
        const Image *image = request->server->policy.image;
        char text[IDENTITY_CALLER_SIZE];
        Resource resource;
        Target target;
        if (!image ||
            resource_parse_path(RESOURCE_DOOR, text_from(command->door), &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return false;
        const ImageCaller *caller = identity_caller(image, request->identity, target.organization);
        if (!caller)
                return false;
        Text name = identity_caller_text(image, caller, text);
        return text_is(name, command->asker) || text_is(name, command->gateway);
}

static bool may_see(const Request *request, const Command *command)
{
        const Identity *identity = request->identity;
        if (identity->kinds & IDENTITY_ROOT)
                return true;
        if ((identity->kinds & IDENTITY_PERSON) && !*command->asker &&
            command->asker_uid == identity->uid)
                return true;
        return (identity->kinds & IDENTITY_CALLER) && is_of_caller(request, command);
}

static void token_of(const Command *command, char token[static TOKEN_SIZE])
{
        (void)snprintf(token, TOKEN_SIZE, "%" PRIu32, command->version);
}

static void add(MessageWriter *writer, const char *name, const char *value)
{
        if (value && *value)
                message_write_pair(writer, text_from(name), text_from(value));
}

/* Tells what is known. Return: as client_send(). */
static int tell(Client *client, uint64_t request_id, const Command *command)
{
        Server *server = client->server;
        MessageWriter writer;
        char token[TOKEN_SIZE];
        size_t size;
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             request_id, 0);
        add(&writer, "id", command->id.digits);
        add(&writer, "door", command->door);
        add(&writer, "state", command_state_name(command->state));
        add(&writer, "observed", command->observed);
        add(&writer, "passage", command->passage);
        add(&writer, "gateway", command_gateway_text(command).data);
        add(&writer, "detail", command->detail);
        int r = message_writer_end(&writer, &size);
        if (r == 0)
                r = client_send(client, server->send_buffer, size);
        if (r < 0)
                return r;
        token_of(command, token);
        return reply_page_end(client, request_id, 1, text_from(token));
}

/* Whether nothing is known but what was told before. */
static bool is_old_news(const Request *request, const Command *command)
{
        char token[TOKEN_SIZE];
        token_of(command, token);
        return text_is(request_text(request, FIELD_AFTER), token);
}

int request_command(const Request *request)
{
        uint32_t seconds = SECONDS_DEFAULT;
        Client *client = request->client;
        Command *command = command_table_find(request->server->commands.table,
                                              request_text(request, FIELD_DECISION_ID));
        (void)message_number(request->message, FIELD_SECONDS, &seconds);
        if (seconds < 1 || seconds > SECONDS_MAX)
                return request_refuse(request, &malformed);
        if (!command || command->state == COMMAND_MAKING || !may_see(request, command))
                return request_refuse(request, &unknown);
        if (!is_old_news(request, command))
                return tell(client, request->message->request_id, command);
        command_pin(command);
        client->command = command;
        client_wait(client, CLIENT_WAITS_COMMAND, request->message->request_id,
                    server_deadline_in(request->server, seconds * 1000ull));
        return 0;
}

void request_command_forget(Client *client)
{
        Command *command = client->command;
        client->command = NULL;
        command_unpin(client->server, command);
}

int request_command_expire(Client *client)
{
        int r = tell(client, client->request_id, client->command);
        request_command_forget(client);
        return r;
}

void request_command_changed(Server *server, const Command *command)
{
        for (Client *client = server->clients; client; client = client->next) {
                if (client->command != command)
                        continue;
                if (request_command_expire(client) < 0)
                        client_break(client);
                client_resume_later(client);
        }
}
