/* SPDX-License-Identifier: MIT */
/*
 * Command table: see command_table.h. Every command is valid for the same time, so the order in
 * which they were made is the order in which their times come, and two cursors find those whose
 * time has come without looking at the others.
 */
#include "daemon/command_table.h"

#include <errno.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "daemon/gateway_presence.h"

#define BUCKETS 16384 /* a power of two */

struct CommandTable {
        size_t count, open;
        Command *first, *last;
        Command *first_given, *last_given;   /* and for a gateway */
        Command *to_expire, *to_fall_silent; /* the next ones; NULL: none */
        Command *buckets[BUCKETS];
};

static const char *const names[COMMAND_STATE_COUNT] = {
        [COMMAND_MAKING] = "making",           [COMMAND_GIVEN] = "given",
        [COMMAND_HANDED_OVER] = "handed-over", [COMMAND_CONSUMED] = "consumed",
        [COMMAND_EXPIRED] = "expired",         [COMMAND_UNKNOWN] = "unknown",
};

static const struct {
        GatewayEventKind kind;
        CommandState state;
} reports[] = {
        { GATEWAY_COMMANDED, COMMAND_COMMANDED },
        { GATEWAY_COMMAND_REFUSED, COMMAND_REFUSED },
        { GATEWAY_COMMAND_FAILED, COMMAND_FAILED },
        { GATEWAY_COMMAND_LATE, COMMAND_LATE },
        { GATEWAY_COMMAND_UNKNOWN, COMMAND_UNCERTAIN },
};

#define REPORT_COUNT (sizeof(reports) / sizeof(*reports))

const char *command_state_name(CommandState state)
{
        for (size_t i = 0; i < REPORT_COUNT; i++)
                if (reports[i].state == state)
                        return gateway_event_word(reports[i].kind);
        return names[state];
}

bool command_state_of_event(GatewayEventKind kind, CommandState *ret_state)
{
        for (size_t i = 0; i < REPORT_COUNT; i++) {
                if (reports[i].kind != kind)
                        continue;
                *ret_state = reports[i].state;
                return true;
        }
        return false;
}

bool command_state_is_final(CommandState state)
{
        return state >= COMMAND_COMMANDED;
}

CommandTable *command_table_new(void)
{
        return calloc(1, sizeof(CommandTable));
}

static void free_command(Command *command)
{
        free(command->gateway);
        free(command->detail);
        free(command);
}

CommandTable *command_table_free(CommandTable *table)
{
        Command *next;
        for (Command *command = table ? table->first : NULL; command; command = next) {
                next = command->next;
                free_command(command);
        }
        free(table);
        return NULL;
}

static size_t bucket_of(Text id)
{
        return XXH3_64bits(id.data, id.size) % BUCKETS;
}

bool command_id_is_valid(Text id)
{
        if (id.size != DECISION_ID_SIZE - 1)
                return false;
        for (size_t i = 0; i < id.size; i++)
                if (!(id.data[i] >= '0' && id.data[i] <= '9') &&
                    !(id.data[i] >= 'a' && id.data[i] <= 'f'))
                        return false;
        return true;
}

Command *command_table_find(const CommandTable *table, Text id)
{
        if (!command_id_is_valid(id))
                return NULL;
        for (Command *command = table->buckets[bucket_of(id)]; command;
             command = command->next_of_id)
                if (text_equal(id, decision_id_text(&command->id)))
                        return command;
        return NULL;
}

/* Whether it can go when there is no room: nothing more happens to it, and nobody points to it. */
static bool can_be_given_up(const Command *command)
{
        return !command->is_counted && command->pins == 0;
}

static bool make_room(CommandTable *table)
{
        if (table->count < COMMANDS_MAX)
                return true;
        if (table->open >= COMMANDS_MAX)
                return false;
        for (Command *command = table->first; command; command = command->next) {
                if (!can_be_given_up(command))
                        continue;
                command_table_remove(table, command);
                return true;
        }
        return false;
}

static char *copy(char **position, Text text)
{
        char *start = *position;
        if (text.size > 0)
                memcpy(start, text.data, text.size);
        *position += text.size + 1; /* zeroed */
        return start;
}

static Command *new_command(const CommandFacts *facts)
{
        size_t size = facts->door.size + facts->subject.size + facts->reason.size +
                      facts->revision.size + facts->asker.size + 5;
        Command *command = calloc(1, sizeof(*command) + size);
        if (!command || command_set_gateway(command, facts->gateway) < 0) {
                free(command);
                return NULL;
        }
        char *position = command->bytes;
        memcpy(command->id.digits, facts->id.data, facts->id.size);
        command->door = copy(&position, facts->door);
        command->subject = copy(&position, facts->subject);
        command->reason = copy(&position, facts->reason);
        command->revision = copy(&position, facts->revision);
        command->asker = copy(&position, facts->asker);
        command->asker_uid = facts->asker_uid;
        command->is_asked_for = facts->is_asked_for;
        command->is_for_gateway = facts->gateway.size > 0 && !facts->is_asked_for;
        command->awaits_report = facts->awaits_report;
        command->seconds = facts->seconds;
        command->not_after_s = facts->not_after_s;
        command->void_ms = facts->now_ms + COMMAND_VALID_MS;
        command->door_hash = gateway_presence_hash(facts->door);
        command->pins = 1;
        return command;
}

static void link_command(CommandTable *table, Command *command)
{
        Command **bucket = &table->buckets[bucket_of(decision_id_text(&command->id))];
        command->next_of_id = *bucket;
        *bucket = command;
        command->previous = table->last;
        if (table->last)
                table->last->next = command;
        else
                table->first = command;
        table->last = command;
        if (!table->to_expire)
                table->to_expire = command;
        if (!table->to_fall_silent)
                table->to_fall_silent = command;
        command->is_counted = true;
        table->count++;
        table->open++;
}

int command_table_add(CommandTable *table, const CommandFacts *facts, Command **ret_command)
{
        if (!command_id_is_valid(facts->id) || command_table_find(table, facts->id))
                return -EINVAL;
        if (!make_room(table))
                return -EBUSY;
        Command *command = new_command(facts);
        if (!command)
                return -ENOMEM;
        link_command(table, command);
        *ret_command = command;
        return 0;
}

/* It counts no longer among those without an end. */
static void close_command(CommandTable *table, Command *command)
{
        if (command->is_counted)
                table->open--;
        command->is_counted = false;
}

/* Keeps the list of those that a TAKE may have. */
static void update_given(CommandTable *table, Command *command, bool is_waiting)
{
        if (is_waiting == command->is_waiting)
                return;
        command->is_waiting = is_waiting;
        if (is_waiting) {
                command->next_given = NULL;
                command->previous_given = table->last_given;
                *(table->last_given ? &table->last_given->next_given : &table->first_given) =
                        command;
                table->last_given = command;
                return;
        }
        *(command->previous_given ? &command->previous_given->next_given : &table->first_given) =
                command->next_given;
        *(command->next_given ? &command->next_given->previous_given : &table->last_given) =
                command->previous_given;
}

Command *command_table_given(const CommandTable *table)
{
        return table->first_given;
}

void command_table_remove(CommandTable *table, Command *command)
{
        Command **place = &table->buckets[bucket_of(decision_id_text(&command->id))];
        while (*place != command)
                place = &(*place)->next_of_id;
        *place = command->next_of_id;
        if (table->to_expire == command)
                table->to_expire = command->next;
        if (table->to_fall_silent == command)
                table->to_fall_silent = command->next;
        *(command->previous ? &command->previous->next : &table->first) = command->next;
        *(command->next ? &command->next->previous : &table->last) = command->previous;
        update_given(table, command, false);
        close_command(table, command);
        table->count--;
        free_command(command);
}

void command_table_move(CommandTable *table, Command *command, CommandState state)
{
        command->state = state;
        command->version++;
        update_given(table, command, state == COMMAND_GIVEN && command->is_for_gateway);
        if (command_state_is_final(state))
                close_command(table, command);
}

int command_set_gateway(Command *command, Text gateway)
{
        char *name = strndup(gateway.data ? gateway.data : "", gateway.size);
        if (!name)
                return -ENOMEM;
        free(command->gateway);
        command->gateway = name;
        return 0;
}

bool command_is_void(const Command *command, uint64_t now_ms, int64_t system_s)
{
        return now_ms >= command->void_ms || system_s >= command->not_after_s;
}

Command *command_table_next_void(CommandTable *table, uint64_t now_ms)
{
        Command *command = table->to_expire;
        if (!command || now_ms < command->void_ms)
                return NULL;
        table->to_expire = command->next;
        return command;
}

Command *command_table_next_silent(CommandTable *table, uint64_t now_ms)
{
        Command *command = table->to_fall_silent;
        if (!command || now_ms < command->void_ms + COMMAND_SILENCE_MS)
                return NULL;
        table->to_fall_silent = command->next;
        /* Whatever it is, nothing more happens to it. */
        if (command->state == COMMAND_CONSUMED || command->state == COMMAND_HANDED_OVER)
                close_command(table, command);
        return command;
}

void command_table_forget(CommandTable *table, uint64_t now_ms)
{
        while (table->first && table->first != table->to_fall_silent && table->first->pins == 0 &&
               now_ms >= table->first->void_ms + COMMAND_KEPT_MS)
                command_table_remove(table, table->first);
}

uint64_t command_table_due_ms(const CommandTable *table)
{
        uint64_t due_ms = UINT64_MAX;
        if (table->to_expire)
                due_ms = table->to_expire->void_ms;
        if (table->to_fall_silent && table->to_fall_silent->void_ms + COMMAND_SILENCE_MS < due_ms)
                due_ms = table->to_fall_silent->void_ms + COMMAND_SILENCE_MS;
        if (table->first && table->first->pins == 0 &&
            table->first->void_ms + COMMAND_KEPT_MS < due_ms)
                due_ms = table->first->void_ms + COMMAND_KEPT_MS;
        return due_ms;
}

size_t command_table_count(const CommandTable *table)
{
        return table->count;
}

size_t command_table_count_open(const CommandTable *table)
{
        return table->open;
}
