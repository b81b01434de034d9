/* SPDX-License-Identifier: MIT */
/* Take: see take.h. */
#include "daemon/take.h"

#include <errno.h>

#include "daemon/server.h"
#include "daemon/take_answer.h"

/* Whether a resource is a door in the form that its path is written in. */
static bool is_door(Text text)
{
        Resource resource;
        return resource_parse(text, &resource, NULL) == 0 && resource.type == RESOURCE_DOOR;
}

static bool stands_there(const Take *take, Text path)
{
        for (size_t i = 0; i < take->door_count; i++)
                if (text_equal(take->doors[i].path, path))
                        return true;
        return false;
}

/* Reads the doors; their paths are copied behind each other. Return: 0 or -EINVAL. */
static int read_doors(const Request *request, Take *take)
{
        const size_t prefix = sizeof("door:") - 1;
        char *position = take->frame;
        Text text;
        for (size_t i = 0; message_text_at(request->message, FIELD_WITH, i, &text); i++) {
                if (i == TAKE_DOORS_MAX || !is_door(text))
                        return -EINVAL;
                Text path = { position, text.size - prefix };
                memcpy(position, text.data + prefix, path.size);
                position += path.size;
                if (stands_there(take, path))
                        return -EINVAL;
                take->doors[take->door_count++] = (TakeDoor){ .path = path };
        }
        return 0;
}

int take_new(const Request *request, Take **ret_take)
{
        Text token = request_text(request, FIELD_AFTER);
        Take *take = calloc(1, sizeof(*take) + request->frame_size);
        if (!take)
                return -ENOMEM;
        take->client = request->client;
        take->request_id = request->message->request_id;
        take->identity = *request->identity;
        /* What is no token of ours differs from all of them. */
        if (token.size < sizeof(take->token))
                memcpy(take->token, token.data ? token.data : "", token.size);
        int r = read_doors(request, take);
        if (r < 0) {
                free(take);
                return r;
        }
        *ret_take = take;
        return 0;
}

Take *take_free(Take *take)
{
        free(take);
        return NULL;
}

/* ---- Which doors it may serve ---- */

static Reason refusal_of(const Take *take, const Image *image, TakeDoor *door, Text *ret_caller,
                         char caller_text[static IDENTITY_CALLER_SIZE])
{
        const unsigned rights = CALLER_MAY_UNLOCK | CALLER_MAY_REPORT;
        Resource resource;
        Target target;
        if (!image || resource_parse_path(RESOURCE_DOOR, door->path, &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return REASON_UNKNOWN_RESOURCE;
        const ImageCaller *caller = identity_caller(image, &take->identity, target.organization);
        if (!caller || (caller->may & rights) != rights ||
            !identity_caller_reaches(image, caller, &target))
                return REASON_NOT_PERMITTED;
        door->index = target.index;
        *ret_caller = identity_caller_text(image, caller, caller_text);
        return REASON_NONE;
}

/* Finds one door. One that it may no longer serve, or as another caller, is left at once. */
static void bind_door(Take *take, TakeDoor *door)
{
        Server *server = take->client->server;
        char caller_text[IDENTITY_CALLER_SIZE];
        GatewayDoor *before = door->served;
        Text caller;
        door->served = NULL;
        door->refused = refusal_of(take, server->policy.image, door, &caller, caller_text);
        if (door->refused == REASON_NONE &&
            gateway_presence_add(server->commands.presence, door->path, caller, &door->served) < 0)
                door->refused = REASON_NOT_PERMITTED;
        if (before && before != door->served && before->take == take)
                gateway_door_leave(before, server_now_ms(server), true);
}

size_t take_bind(Take *take)
{
        size_t served = 0;
        take->generation = take->client->server->policy.generation;
        for (size_t i = 0; i < take->door_count; i++) {
                bind_door(take, &take->doors[i]);
                served += take->doors[i].served != NULL;
        }
        return served;
}

/* ---- Waiting ---- */

static void link_take(Take *take)
{
        Commands *commands = &take->client->server->commands;
        take->previous = NULL;
        take->next = commands->takes;
        if (take->next)
                take->next->previous = take;
        commands->takes = take;
        take->client->take = take;
        take->is_waiting = true;
}

static void unlink_take(Take *take)
{
        Commands *commands = &take->client->server->commands;
        *(take->previous ? &take->previous->next : &commands->takes) = take->next;
        if (take->next)
                take->next->previous = take->previous;
        take->client->take = NULL;
        take->is_waiting = false;
}

/* It serves its doors from now on. */
static void arrive(Take *take)
{
        Server *server = take->client->server;
        for (size_t i = 0; i < take->door_count; i++)
                if (take->doors[i].served)
                        gateway_door_arrive(take->doors[i].served, take, server_now_ms(server),
                                            server_now_s(server));
}

/* It is over: frees it. broken: its connection is. */
static void leave(Take *take, bool broken)
{
        uint64_t now_ms = server_now_ms(take->client->server);
        for (size_t i = 0; i < take->door_count; i++)
                if (take->doors[i].served && take->doors[i].served->take == take)
                        gateway_door_leave(take->doors[i].served, now_ms, broken);
        if (take->is_waiting)
                unlink_take(take);
        free(take);
}

/* Answers and ends it. Return: 0; negative: the connection is broken. */
static int finish(Take *take, const char *token)
{
        int r = take_answer(take, token);
        leave(take, r < 0);
        return r;
}

/* The same for one that waits, from within somebody else's turn. */
static void finish_waiting(Take *take, const char *token)
{
        Client *client = take->client;
        if (finish(take, token) < 0)
                client_break(client);
        client_resume_later(client);
}

/* Ends one that waits without telling it anything: its connection may be dead. */
static void end_waiting(Take *take)
{
        Client *client = take->client;
        if (reply_page_end(client, take->request_id, 0, text_from(take->token)) < 0)
                client_break(client);
        leave(take, false);
        client_resume_later(client);
}

/* Another one of the same caller waits for one of its doors from now on. */
static void replace_older(Take *take)
{
        for (size_t i = 0; i < take->door_count; i++) {
                GatewayDoor *door = take->doors[i].served;
                if (door && door->take && door->take != take)
                        end_waiting(door->take);
        }
}

static bool has_command(const Take *take)
{
        const CommandTable *table = take->client->server->commands.table;
        for (const Command *command = command_table_given(table); command;
             command = command->next_given)
                for (size_t i = 0; i < take->door_count; i++)
                        if (take->doors[i].served &&
                            take->doors[i].served->hash == command->door_hash)
                                return true;
        return false;
}

int take_begin(Take *take, uint32_t seconds)
{
        Client *client = take->client;
        Server *server = client->server;
        char token[TAKE_TOKEN_SIZE];
        replace_older(take);
        arrive(take);
        take_token(take, token);
        if (has_command(take) || strcmp(token, take->token) != 0)
                return finish(take, token);
        link_take(take);
        client_wait(client, CLIENT_WAITS_TAKE, take->request_id,
                    server_deadline_in(server, seconds * 1000ull));
        commands_arm(server);
        return 0;
}

int take_expire(Take *take)
{
        char token[TAKE_TOKEN_SIZE];
        take_token(take, token);
        return finish(take, token);
}

void take_forget(Take *take)
{
        leave(take, true);
}

/* ---- All of them ---- */

void takes_hand_over(Server *server, Command *command)
{
        GatewayDoor *door = gateway_presence_of(server->commands.presence, text_from(command->door),
                                                server_now_ms(server));
        if (door && door->take)
                finish_waiting(door->take, door->take->token);
}

/* It may serve nothing any more. */
static void refuse(Take *take)
{
        Client *client = take->client;
        uint64_t request_id = take->request_id;
        leave(take, true);
        if (reply_refusal(client, request_id, &refusal_not_allowed, TEXT_NULL) < 0)
                client_break(client);
        client_resume_later(client);
}

static void check(Take *take)
{
        Server *server = take->client->server;
        char token[TAKE_TOKEN_SIZE];
        if (take->generation != server->policy.generation) {
                if (take_bind(take) == 0) {
                        refuse(take);
                        return;
                }
                arrive(take);
        }
        take_token(take, token);
        if (strcmp(token, take->token) != 0)
                finish_waiting(take, token);
}

void takes_check(Server *server)
{
        Take *next;
        for (Take *take = server->commands.takes; take; take = next) {
                next = take->next;
                check(take);
        }
}
