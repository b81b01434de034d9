/* SPDX-License-Identifier: MIT */
/* Take answer: see take_answer.h. */
#include "daemon/take_answer.h"

#include <inttypes.h>
#include <stdio.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "daemon/server.h"
#include "policy/door_state.h"
#include "util/timestamp.h"

/* An answer on its way: how many records were sent. */
typedef struct Sender {
        const Take *take;
        MessageWriter writer;
        uint32_t count;
} Sender;

static void begin_record(Sender *sender, const char *kind)
{
        Server *server = sender->take->client->server;
        message_writer_begin(&sender->writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             sender->take->request_id, sender->count);
        message_write_pair(&sender->writer, TEXT_LITERAL("kind"), text_from(kind));
}

static void add_text(Sender *sender, const char *name, Text value)
{
        message_write_pair(&sender->writer, text_from(name), value);
}

static void add_number(Sender *sender, const char *name, int64_t number)
{
        char digits[24];
        (void)snprintf(digits, sizeof(digits), "%" PRId64, number);
        add_text(sender, name, text_from(digits));
}

/* Return: as client_send(). */
static int send_record(Sender *sender)
{
        Client *client = sender->take->client;
        size_t size;
        int r = message_writer_end(&sender->writer, &size);
        if (r == 0)
                r = client_send(client, client->server->send_buffer, size);
        if (r == 0)
                sender->count++;
        return r;
}

static int send_time(Sender *sender, CommandMoment moment)
{
        begin_record(sender, "time");
        add_number(sender, "now", moment.system_ms);
        return send_record(sender);
}

static int send_command(Sender *sender, const Command *command, uint64_t valid_ms)
{
        begin_record(sender, "command");
        add_text(sender, "id", decision_id_text(&command->id));
        add_text(sender, "door", text_from(command->door));
        add_number(sender, "seconds", command->seconds);
        add_number(sender, "not-after", command->not_after_s);
        add_number(sender, "valid-milliseconds", (int64_t)valid_ms);
        add_text(sender, "revision", text_from(command->revision));
        add_text(sender, "subject", text_from(command->subject));
        return send_record(sender);
}

/* Whether a command is for one of the doors that are served. Return: the door, or NULL. */
static const TakeDoor *door_of(const Take *take, const Command *command)
{
        for (size_t i = 0; i < take->door_count; i++) {
                const TakeDoor *door = &take->doors[i];
                if (door->served && door->served->hash == command->door_hash &&
                    text_is(door->path, command->door))
                        return door;
        }
        return NULL;
}

/* Nothing else happens between looking at a command, sending it, and its being handed over. */
static int hand_over(Sender *sender, Command *command, const TakeDoor *door)
{
        uint64_t valid_ms = command_valid_ms(command, command_moment());
        if (valid_ms == 0 || command_set_gateway(command, text_from(door->served->caller)) < 0)
                return 0;
        int r = send_command(sender, command, valid_ms);
        if (r == 0)
                command_take(sender->take->client->server, command, COMMAND_HANDED_OVER);
        return r;
}

static int send_commands(Sender *sender)
{
        CommandTable *table = sender->take->client->server->commands.table;
        Command *next;
        int r = 0;
        for (Command *command = command_table_given(table); command && r == 0; command = next) {
                next = command->next_given;
                const TakeDoor *door = door_of(sender->take, command);
                r = door ? hand_over(sender, command, door) : 0;
        }
        return r;
}

/* How a door is held between commands. */
static const char *hold_of(const DoorSituation *situation)
{
        switch (situation->mode) {
        case DOOR_MODE_UNLOCKED:
        case DOOR_MODE_LOCKED_OPEN:
                return "unlocked";
        case DOOR_MODE_BLOCKED:
        case DOOR_MODE_LOCKED_DOWN:
                return "locked";
        default:
                return situation->state == DOOR_STATE_LOCKED ? "locked" : "controlled";
        }
}

/* When something else will be intended, where that is known. */
static int64_t until_of(const Image *image, const DecisionContext *context, uint32_t door,
                        const DoorSituation *situation)
{
        bool by_schedule = situation->source == DOOR_SOURCE_SCHEDULE ||
                           situation->source == DOOR_SOURCE_EXCEPTION;
        return by_schedule && situation->unknown == REASON_NONE
                       ? policy_door_state_until(image, context, door)
                       : situation->until_s;
}

static int send_door(Sender *sender, const DecisionContext *context, const TakeDoor *door)
{
        const Image *image = sender->take->client->server->policy.image;
        begin_record(sender, "door");
        add_text(sender, "door", door->path);
        if (!door->served) {
                add_text(sender, "refused", text_from(reason_name(door->refused)));
                return send_record(sender);
        }
        DoorSituation situation = policy_door_situation(image, context, door->index);
        int64_t until_s = until_of(image, context, door->index, &situation);
        add_text(sender, "hold", text_from(hold_of(&situation)));
        add_text(sender, "state", text_from(door_state_name(situation.state)));
        add_text(sender, "mode", text_from(door_mode_name(situation.mode)));
        if (until_s != TIMESTAMP_MAX)
                add_number(sender, "until", until_s);
        return send_record(sender);
}

static int send_doors(Sender *sender)
{
        DecisionContext context = server_context(sender->take->client->server);
        int r = 0;
        for (size_t i = 0; i < sender->take->door_count && r == 0; i++)
                r = send_door(sender, &context, &sender->take->doors[i]);
        return r;
}

/* What of a door makes a difference. */
typedef struct DoorFacts {
        uint64_t path;
        int64_t until_s;
        uint32_t mode, state, refused, unused;
} DoorFacts;

void take_token(const Take *take, char token[static TAKE_TOKEN_SIZE])
{
        Server *server = take->client->server;
        DecisionContext context = server_context(server);
        uint64_t hash = take->door_count;
        for (size_t i = 0; i < take->door_count; i++) {
                const TakeDoor *door = &take->doors[i];
                DoorFacts facts = { .path = gateway_presence_hash(door->path),
                                    .refused = door->refused };
                if (door->served) {
                        DoorSituation situation =
                                policy_door_situation(server->policy.image, &context, door->index);
                        facts.until_s = situation.until_s;
                        facts.mode = situation.mode;
                        facts.state = situation.state;
                }
                hash = XXH3_64bits_withSeed(&facts, sizeof(facts), hash);
        }
        (void)snprintf(token, TAKE_TOKEN_SIZE, "%016" PRIx64, hash);
}

int take_answer(const Take *take, const char *token)
{
        Sender sender = { .take = take };
        int r = send_time(&sender, command_moment());
        if (r == 0)
                r = send_commands(&sender);
        if (r == 0 && strcmp(take->token, token) != 0)
                r = send_doors(&sender);
        return r < 0 ? r
                     : reply_page_end(take->client, take->request_id, sender.count,
                                      text_from(token));
}
