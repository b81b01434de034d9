/* SPDX-License-Identifier: MIT */
/* Commands: see command.h. */
#include "daemon/command.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "daemon/request_command.h"
#include "daemon/server.h"
#include "daemon/take.h"
#include "policy/vocabulary.h"

#define TAKES_CHECK_MS    1000 /* how often waiting TAKEs are looked at without a reason */
#define TIMER_ACCURACY_US 1000

CommandMoment command_moment(void)
{
        struct timespec steady = { 0 }, system = { 0 };
        (void)clock_gettime(CLOCK_MONOTONIC, &steady);
        (void)clock_gettime(CLOCK_REALTIME, &system);
        return (CommandMoment){
                .now_ms = (uint64_t)steady.tv_sec * 1000 + (uint64_t)steady.tv_nsec / 1000000,
                .system_ms = system.tv_sec * 1000ll + system.tv_nsec / 1000000,
        };
}

uint64_t command_valid_ms(const Command *command, CommandMoment moment)
{
        if (command_is_void(command, moment.now_ms, moment.system_ms / 1000))
                return 0;
        uint64_t steady = command->void_ms - moment.now_ms;
        uint64_t system = (uint64_t)(command->not_after_s * 1000 - moment.system_ms);
        return steady < system ? steady : system;
}

/* ---- Rows ---- */

static JournalRow row_of(Server *server, const Command *command, CommandState state)
{
        JournalRow row = {
                .time_s = server_now_s(server),
                .caller_uid = server->own_uid,
                .effect = JOURNAL_EFFECT_GIVES_UP_COMMAND,
        };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("command");
        row.texts[JOURNAL_DECISION_ID] = decision_id_text(&command->id);
        row.texts[JOURNAL_SUBJECT] = text_from(command->subject);
        row.texts[JOURNAL_DECISION] = text_from(command_state_name(state));
        row.texts[JOURNAL_GATEWAY] = text_from(command->gateway);
        row.texts[JOURNAL_REVISION] = text_from(command->revision);
        return row;
}

/* Appends a row about a command: its resource is the door. */
static void append(Server *server, const Command *command, JournalRow *row)
{
        char door[PATH_SIZE_MAX + sizeof("door:")];
        (void)snprintf(door, sizeof(door), "door:%s", command->door);
        row->texts[JOURNAL_RESOURCE] = text_from(door);
        if (server->journal)
                (void)journal_append(server->journal, row, NULL, NULL);
}

void command_open_row(const Command *command, JournalRow *row)
{
        if (!command->is_for_gateway && !command->awaits_report)
                return;
        row->effect = JOURNAL_EFFECT_OPENS_COMMAND;
        row->facts[JOURNAL_FACT_DOOR] = text_from(command->door);
        row->not_after_s = command->not_after_s;
}

/* ---- From the decision to the gateway ---- */

/* Whether the policy lists a gateway for a door: a caller there that may unlock and report. */
static bool is_listed_for(const Server *server, Text door)
{
        const unsigned rights = CALLER_MAY_UNLOCK | CALLER_MAY_REPORT;
        const Image *image = server->policy.image;
        char text[PATH_SIZE_MAX + sizeof("door:")];
        Resource resource;
        Target target;
        int size = snprintf(text, sizeof(text), "door:%.*s", (int)door.size, door.data);
        if (!image || resource_parse((Text){ text, (size_t)size }, &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return false;
        for (uint32_t i = 0; i < image_count(image, IMAGE_CALLERS); i++) {
                const ImageCaller *caller = image_caller(image, i);
                if ((caller->may & rights) == rights &&
                    identity_caller_reaches(image, caller, &target))
                        return true;
        }
        return false;
}

/* Who is to have a command for a door, and whether anybody is to say what became of it. Return: 0,
 * or COMMAND_GATEWAY_AWAY. */
static int find_gateway(const Server *server, CommandFacts *facts)
{
        const GatewayPresence *presence = server->commands.presence;
        if (facts->is_asked_for)
                return 0;
        GatewayDoor *door = gateway_presence_of(presence, facts->door, facts->now_ms);
        facts->gateway = door ? text_from(door->caller) : TEXT_NULL;
        facts->awaits_report = door || is_listed_for(server, facts->door);
        return door || !gateway_presence_was_served(presence, facts->door) ? 0
                                                                           : COMMAND_GATEWAY_AWAY;
}

int command_make(Server *server, CommandFacts *facts, Command **ret_command)
{
        facts->now_ms = server_now_ms(server);
        int r = find_gateway(server, facts);
        if (r != 0) {
                server->commands.counters.away++;
                return r;
        }
        r = command_table_add(server->commands.table, facts, ret_command);
        if (r < 0)
                return COMMAND_BUSY;
        commands_arm(server);
        return 0;
}

Text command_gateway_text(const Command *command)
{
        return text_from(*command->gateway ? command->gateway : GATEWAY_NONE);
}

/* Those who wait for news of a command are told. */
static void tell(Server *server, const Command *command)
{
        if (command->pins > 0)
                request_command_changed(server, command);
}

static void move(Server *server, Command *command, CommandState state)
{
        command_table_move(server->commands.table, command, state);
        tell(server, command);
}

/* Its end has come without a report. A command that nobody was to report on has no row. */
static void finish(Server *server, Command *command, CommandState state, const char *why)
{
        if (command->is_for_gateway || command->awaits_report) {
                JournalRow row = row_of(server, command, state);
                row.texts[JOURNAL_WHY] = text_from(why);
                append(server, command, &row);
                if (state == COMMAND_EXPIRED)
                        server->commands.counters.expired++;
                else
                        server->commands.counters.unknown++;
        }
        move(server, command, state);
}

void command_pin(Command *command)
{
        command->pins++;
}

void command_unpin(Server *server, Command *command)
{
        command->pins--;
        commands_arm(server);
}

void command_give(Server *server, Command *command)
{
        server->commands.counters.made++;
        command_unpin(server, command);
        if (command->is_asked_for) {
                move(server, command, COMMAND_HANDED_OVER);
                return;
        }
        move(server, command, COMMAND_GIVEN);
        if (command_valid_ms(command, command_moment()) == 0)
                finish(server, command, COMMAND_EXPIRED, "on disk too late");
        else if (command->is_for_gateway && !server->ending)
                takes_hand_over(server, command);
}

void command_withdraw(Server *server, Command *command, const char *why)
{
        if (why && (command->is_for_gateway || command->awaits_report)) {
                command_unpin(server, command);
                finish(server, command, COMMAND_EXPIRED, why);
                return;
        }
        command_table_remove(server->commands.table, command);
}

void command_take(Server *server, Command *command, CommandState state)
{
        server->commands.counters.taken++;
        move(server, command, state);
}

/* ---- What gateways report ---- */

/* The first report of an end counts, also one that comes when it was not waited for any more. */
static void note_end(Server *server, Command *command, CommandState state, Text detail)
{
        CommandCounters *counters = &server->commands.counters;
        if (command_state_is_final(command->state) && command->state != COMMAND_UNKNOWN)
                return;
        free(command->detail);
        command->detail = detail.size > 0 ? strndup(detail.data, detail.size) : NULL;
        *(state == COMMAND_COMMANDED ? &counters->commanded : &counters->failed) += 1;
        move(server, command, state);
}

bool commands_may_report(const Server *server, Text caller, Text door, Text command_id)
{
        const Command *command = command_table_find(server->commands.table, command_id);
        return !command || (text_is(caller, command->gateway) && text_is(door, command->door) &&
                            command->state != COMMAND_MAKING && command->state != COMMAND_GIVEN);
}

void commands_observed(Server *server, Text caller, Text command_id, GatewayEventKind kind,
                       Text detail)
{
        CommandState state;
        Command *command = command_table_find(server->commands.table, command_id);
        if (!command || !commands_may_report(server, caller, text_from(command->door), command_id))
                return;
        if (command_state_of_event(kind, &state)) {
                note_end(server, command, state, detail);
                return;
        }
        if (kind == GATEWAY_ACCESS_TAKEN || kind == GATEWAY_ACCESS_NOT_TAKEN)
                command->passage = gateway_event_word(kind);
        else
                command->observed = gateway_event_word(kind);
        command->version++;
        tell(server, command);
}

/* ---- Time ---- */

void commands_expire(Server *server)
{
        uint64_t now_ms = server_now_ms(server);
        CommandTable *table = server->commands.table;
        Command *command;
        while ((command = command_table_next_void(table, now_ms)))
                if (command->state == COMMAND_GIVEN)
                        finish(server, command, COMMAND_EXPIRED, "nobody took it in time");
        while ((command = command_table_next_silent(table, now_ms))) {
                bool is_taken =
                        command->state == COMMAND_HANDED_OVER || command->state == COMMAND_CONSUMED;
                if (is_taken && command->awaits_report)
                        finish(server, command, COMMAND_UNKNOWN, "nothing more was heard");
        }
        command_table_forget(table, now_ms);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        commands_expire(server);
        takes_check(server);
        commands_arm(server);
        return 0;
}

void commands_arm(Server *server)
{
        Commands *commands = &server->commands;
        uint64_t now_ms = server_now_ms(server);
        uint64_t due_ms = command_table_due_ms(commands->table);
        if (commands->takes && due_ms > now_ms + TAKES_CHECK_MS)
                due_ms = now_ms + TAKES_CHECK_MS;
        if (due_ms != UINT64_MAX)
                (void)sd_event_source_set_time(commands->timer, due_ms * 1000);
        (void)sd_event_source_set_enabled(commands->timer,
                                          due_ms == UINT64_MAX ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}

/* ---- Start and end ---- */

int commands_open(Server *server)
{
        Commands *commands = &server->commands;
        commands->table = command_table_new();
        commands->presence = gateway_presence_new();
        if (!commands->table || !commands->presence)
                return -ENOMEM;
        int r = sd_event_add_time(server->event, &commands->timer, CLOCK_MONOTONIC, 0,
                                  TIMER_ACCURACY_US, on_timer, server);
        return r < 0 ? r : sd_event_source_set_enabled(commands->timer, SD_EVENT_OFF);
}

/* Records one as unknown, but for those of this daemon, and those whose end comes in between. */
static void give_up(Server *server, const JournalCommand *found)
{
        char door[PATH_SIZE_MAX + sizeof("door:")];
        if (command_table_find(server->commands.table, text_from(found->decision_id)))
                return;
        JournalRow row = {
                .time_s = server_now_s(server),
                .caller_uid = server->own_uid,
                .effect = JOURNAL_EFFECT_GIVES_UP_COMMAND,
        };
        (void)snprintf(door, sizeof(door), "door:%s", found->door);
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("command");
        row.texts[JOURNAL_DECISION_ID] = text_from(found->decision_id);
        row.texts[JOURNAL_SUBJECT] = text_from(found->subject);
        row.texts[JOURNAL_RESOURCE] = text_from(door);
        row.texts[JOURNAL_DECISION] = text_from(command_state_name(COMMAND_UNKNOWN));
        row.texts[JOURNAL_WHY] = TEXT_LITERAL("doorwardd was started anew");
        server->commands.counters.unknown++;
        (void)journal_append(server->journal, &row, NULL, NULL);
}

static void on_found(void *data, bool written)
{
        Server *server = data;
        JournalCommands *found = server->commands.found;
        bool may_be_more = written && found->count == JOURNAL_COMMANDS_FOUND_MAX && !server->ending;
        for (size_t i = 0; i < found->count && written && !server->ending; i++)
                give_up(server, &found->commands[i]);
        if (may_be_more && journal_find_commands(server->journal, found, on_found, server) == 0)
                return;
        free(found);
        server->commands.found = NULL;
}

void commands_start(Server *server)
{
        Commands *commands = &server->commands;
        commands->found = calloc(1, sizeof(*commands->found));
        if (commands->found &&
            journal_find_commands(server->journal, commands->found, on_found, server) == 0)
                return;
        free(commands->found);
        commands->found = NULL;
}

void commands_stop(Server *server)
{
        Commands *commands = &server->commands;
        commands->timer = sd_event_source_disable_unref(commands->timer);
        commands->table = command_table_free(commands->table);
        commands->presence = gateway_presence_free(commands->presence);
        free(commands->found);
        commands->found = NULL;
}
