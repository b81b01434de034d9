/* SPDX-License-Identifier: MIT */
/* The life of unlock commands, with clocks and a journal of the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "daemon/server.h"

#define ID       "0123456789abcdef0123456789abcdef"
#define DOOR     TEXT_LITERAL("acme/HQ/D1")
#define GW_1     TEXT_LITERAL("caller:acme/gw-1")
#define GW_2     TEXT_LITERAL("caller:acme/gw-2")
#define START_MS 5000 /* long ago by the real clock, by which timers go */
#define START_S  1800000000

int __wrap_journal_append(Journal *journal, const JournalRow *row, JournalDone done, void *data);
uint64_t __wrap_server_now_ms(Server *server);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time);

static uint64_t now_ms;
static unsigned rows;
static char last_decision[32], last_resource[64], last_why[64], last_gateway[64];
static JournalEffect last_effect;

uint64_t __wrap_server_now_ms(Server *server)
{
        return now_ms;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_time)
{
        uint64_t passed_ms = now_ms - START_MS;
        uint64_t time_ms = clock == CLOCK_REALTIME ? START_S * 1000ull + passed_ms : now_ms;
        *ret_time = (struct timespec){ (time_t)(time_ms / 1000), (long)(time_ms % 1000) * 1000000 };
        return 0;
}

static void keep(char *buffer, size_t size, Text text)
{
        assert_true(text.size < size);
        if (text.size > 0)
                memcpy(buffer, text.data, text.size);
        buffer[text.size] = '\0';
}

int __wrap_journal_append(Journal *journal, const JournalRow *row, JournalDone done, void *data)
{
        rows++;
        assert_true(text_is(row->texts[JOURNAL_KIND], "command"));
        assert_true(text_is(row->texts[JOURNAL_DECISION_ID], ID));
        assert_true(text_is(row->texts[JOURNAL_SUBJECT], "bob"));
        keep(last_decision, sizeof(last_decision), row->texts[JOURNAL_DECISION]);
        keep(last_resource, sizeof(last_resource), row->texts[JOURNAL_RESOURCE]);
        keep(last_why, sizeof(last_why), row->texts[JOURNAL_WHY]);
        keep(last_gateway, sizeof(last_gateway), row->texts[JOURNAL_GATEWAY]);
        last_effect = row->effect;
        return 0;
}

static int setup(void **state)
{
        Server *server = calloc(1, sizeof(*server));
        assert_non_null(server);
        now_ms = START_MS;
        rows = 0;
        server->journal = (Journal *)(void *)server; /* something that is there */
        assert_true(sd_event_new(&server->event) >= 0);
        assert_int_equal(server_clock_open(server), 0);
        assert_true(commands_open(server) >= 0);
        *state = server;
        return 0;
}

static int teardown(void **state)
{
        Server *server = *state;
        commands_stop(server);
        server_clock_stop(server);
        sd_event_unref(server->event);
        free(server);
        return 0;
}

/* Its gateway has just been answered, and is about to come back. */
static void serve(Server *server)
{
        GatewayDoor *door;
        assert_int_equal(gateway_presence_add(server->commands.presence, DOOR, GW_1, &door), 0);
        gateway_door_leave(door, now_ms, false);
}

static CommandFacts facts_of(void)
{
        return (CommandFacts){
                .id = TEXT_LITERAL(ID),
                .door = DOOR,
                .subject = TEXT_LITERAL("bob"),
                .seconds = 5,
                .not_after_s = START_S + 10,
        };
}

static Command *make(Server *server)
{
        CommandFacts facts = facts_of();
        Command *command;
        assert_int_equal(command_make(server, &facts, &command), 0);
        return command;
}

static Command *take(Server *server, CommandState state)
{
        serve(server);
        Command *command = make(server);
        command_give(server, command);
        command_take(server, command, state);
        return command;
}

static void pass(Server *server, uint64_t milliseconds)
{
        now_ms += milliseconds;
        commands_expire(server);
}

static void what_nobody_takes_expires_once(void **state)
{
        Server *server = *state;
        serve(server);
        Command *command = make(server);
        command_give(server, command);
        pass(server, COMMAND_VALID_MS - 1);
        assert_int_equal(command->state, COMMAND_GIVEN);
        assert_int_equal(rows, 0);
        pass(server, 1);
        assert_int_equal(command->state, COMMAND_EXPIRED);
        assert_string_equal(last_decision, "expired");
        assert_string_equal(last_resource, "door:acme/HQ/D1");
        assert_string_equal(last_gateway, "caller:acme/gw-1");
        assert_int_equal(last_effect, JOURNAL_EFFECT_GIVES_UP_COMMAND);
        pass(server, COMMAND_SILENCE_MS);
        assert_int_equal(rows, 1);
        assert_int_equal(server->commands.counters.expired, 1);
        pass(server, COMMAND_KEPT_MS);
        assert_int_equal(command_table_count(server->commands.table), 0);
}

static void its_time_comes_by_itself(void **state)
{
        Server *server = *state;
        serve(server);
        Command *command = make(server);
        command_give(server, command);
        now_ms += COMMAND_VALID_MS;
        assert_int_equal(command->state, COMMAND_GIVEN);
        for (int i = 0; i < 10 && command->state == COMMAND_GIVEN; i++)
                assert_true(sd_event_run(server->event, 0) >= 0);
        assert_int_equal(command->state, COMMAND_EXPIRED);
}

static void what_is_taken_and_not_heard_of_is_unknown_once(void **state)
{
        Server *server = *state;
        Command *command = take(server, COMMAND_HANDED_OVER);
        pass(server, COMMAND_VALID_MS + COMMAND_SILENCE_MS - 1);
        assert_int_equal(rows, 0);
        pass(server, 1);
        assert_int_equal(command->state, COMMAND_UNKNOWN);
        assert_string_equal(last_decision, "unknown");
        pass(server, 1000);
        assert_int_equal(rows, 1);
        assert_int_equal(server->commands.counters.unknown, 1);
}

/* Until nothing is kept any more; then time begins again. */
static void pass_all(Server *server)
{
        pass(server, COMMAND_VALID_MS);
        pass(server, COMMAND_KEPT_MS);
        assert_int_equal(command_table_count(server->commands.table), 0);
        now_ms = START_MS;
}

static void what_is_consumed_is_unknown_only_where_a_report_is_due(void **state)
{
        Server *server = *state;
        Command *command = take(server, COMMAND_CONSUMED);
        pass(server, COMMAND_VALID_MS + COMMAND_SILENCE_MS);
        assert_int_equal(command->state, COMMAND_UNKNOWN);
        assert_int_equal(rows, 1);
        pass_all(server);
        command = take(server, COMMAND_CONSUMED);
        command->awaits_report = false;
        pass(server, COMMAND_VALID_MS + COMMAND_SILENCE_MS);
        assert_int_equal(command->state, COMMAND_CONSUMED);
        assert_int_equal(rows, 1);
}

/* A gateway is listed for the door, and was never there. */
static void what_was_for_an_absent_gateway_ends_with_a_row(void **state)
{
        Server *server = *state;
        JournalRow row = { 0 };
        Command *command = make(server);
        command->awaits_report = true;
        command_open_row(command, &row);
        assert_int_equal(row.effect, JOURNAL_EFFECT_OPENS_COMMAND);
        command_give(server, command);
        pass(server, COMMAND_VALID_MS);
        assert_int_equal(rows, 1);
        pass_all(server);
        command = make(server);
        command->awaits_report = true;
        command_withdraw(server, command, "who asked had gone");
        assert_int_equal(rows, 2);
        assert_string_equal(last_decision, "expired");
        pass_all(server);
        command_withdraw(server, make(server), "who asked had gone");
        assert_int_equal(command_table_count(server->commands.table), 0);
        assert_int_equal(rows, 2);
}

static void a_passage_is_no_state_of_the_lock(void **state)
{
        Server *server = *state;
        Command *command = take(server, COMMAND_HANDED_OVER);
        commands_observed(server, GW_1, TEXT_LITERAL(ID), GATEWAY_ACCESS_NOT_TAKEN, TEXT_NULL);
        assert_string_equal(command->passage, "access-not-taken");
        assert_null(command->observed);
        assert_int_equal(command->state, COMMAND_HANDED_OVER);
}

static void what_was_reported_is_its_end(void **state)
{
        Server *server = *state;
        Command *command = take(server, COMMAND_HANDED_OVER);
        commands_observed(server, GW_1, TEXT_LITERAL(ID), GATEWAY_COMMANDED, TEXT_LITERAL("ok"));
        commands_observed(server, GW_1, TEXT_LITERAL(ID), GATEWAY_COMMAND_FAILED, TEXT_NULL);
        commands_observed(server, GW_1, TEXT_LITERAL(ID), GATEWAY_LOCK_UNLOCKED, TEXT_NULL);
        commands_observed(server, GW_1, TEXT_LITERAL(ID), GATEWAY_ACCESS_TAKEN, TEXT_NULL);
        assert_int_equal(command->state, COMMAND_COMMANDED);
        assert_string_equal(command->detail, "ok");
        assert_string_equal(command->observed, "lock-unlocked");
        assert_string_equal(command->passage, "access-taken");
        pass(server, COMMAND_VALID_MS + COMMAND_SILENCE_MS);
        assert_int_equal(rows, 0);
        assert_int_equal(server->commands.counters.commanded, 1);
        assert_int_equal(server->commands.counters.failed, 0);
}

static void only_who_has_it_may_report(void **state)
{
        Server *server = *state;
        serve(server);
        Command *command = make(server);
        assert_false(commands_may_report(server, GW_1, DOOR, TEXT_LITERAL(ID)));
        command_give(server, command);
        commands_observed(server, GW_1, TEXT_LITERAL(ID), GATEWAY_COMMANDED, TEXT_NULL);
        assert_int_equal(command->state, COMMAND_GIVEN);
        command_take(server, command, COMMAND_HANDED_OVER);
        assert_true(commands_may_report(server, GW_1, DOOR, TEXT_LITERAL(ID)));
        assert_false(commands_may_report(server, GW_2, DOOR, TEXT_LITERAL(ID)));
        assert_false(
                commands_may_report(server, GW_1, TEXT_LITERAL("acme/HQ/D2"), TEXT_LITERAL(ID)));
        assert_true(commands_may_report(server, GW_2, DOOR, TEXT_LITERAL("not known")));
        commands_observed(server, GW_2, TEXT_LITERAL(ID), GATEWAY_COMMANDED, TEXT_NULL);
        assert_int_equal(command->state, COMMAND_HANDED_OVER);
}

static void a_report_that_comes_late_is_told_all_the_same(void **state)
{
        Server *server = *state;
        Command *command = take(server, COMMAND_HANDED_OVER);
        pass(server, COMMAND_VALID_MS + COMMAND_SILENCE_MS);
        assert_int_equal(command->state, COMMAND_UNKNOWN);
        commands_observed(server, GW_1, TEXT_LITERAL(ID), GATEWAY_COMMAND_REFUSED, TEXT_NULL);
        assert_int_equal(command->state, COMMAND_REFUSED);
        assert_int_equal(rows, 1);
}

static void a_door_that_is_served_by_nobody_now_gets_no_command(void **state)
{
        Server *server = *state;
        CommandFacts facts = facts_of();
        Command *command;
        serve(server);
        now_ms += GATEWAY_GRACE_MS;
        assert_int_equal(command_make(server, &facts, &command), COMMAND_GATEWAY_AWAY);
        assert_int_equal(command_table_count(server->commands.table), 0);
        assert_int_equal(server->commands.counters.away, 1);
}

static void what_no_gateway_was_to_have_ends_without_a_row(void **state)
{
        Server *server = *state;
        Command *command = make(server);
        JournalRow row = { 0 };
        assert_true(text_is(command_gateway_text(command), "none"));
        command_open_row(command, &row);
        assert_int_equal(row.effect, JOURNAL_EFFECT_NONE);
        command_give(server, command);
        assert_null(command_table_given(server->commands.table));
        pass(server, COMMAND_VALID_MS);
        assert_int_equal(command->state, COMMAND_EXPIRED);
        assert_int_equal(rows, 0);
}

static void what_is_on_disk_too_late_is_given_to_nobody(void **state)
{
        Server *server = *state;
        JournalRow row = { 0 };
        serve(server);
        Command *command = make(server);
        command_open_row(command, &row);
        assert_int_equal(row.effect, JOURNAL_EFFECT_OPENS_COMMAND);
        assert_int_equal(row.not_after_s, START_S + 10);
        assert_true(text_equal(row.facts[JOURNAL_FACT_DOOR], DOOR));
        pass(server, COMMAND_VALID_MS);
        assert_int_equal(command->state, COMMAND_MAKING);
        command_give(server, command);
        assert_int_equal(command->state, COMMAND_EXPIRED);
        assert_null(command_table_given(server->commands.table));
        assert_int_equal(rows, 1);
        pass(server, COMMAND_SILENCE_MS);
        assert_int_equal(rows, 1);
}

static void what_was_told_to_nobody_is_withdrawn(void **state)
{
        Server *server = *state;
        serve(server);
        command_withdraw(server, make(server), NULL);
        assert_int_equal(command_table_count(server->commands.table), 0);
        assert_int_equal(rows, 0);
        Command *command = make(server);
        command_withdraw(server, command, "who asked had gone");
        assert_int_equal(command->state, COMMAND_EXPIRED);
        assert_string_equal(last_why, "who asked had gone");
        assert_int_equal(rows, 1);
}

static void what_is_left_of_its_time_is_the_less_of_both_clocks(void **state)
{
        Command *command = make(*state);
        CommandMoment moment = { START_MS + 1000, START_S * 1000ll + 4000 };
        assert_int_equal(command_valid_ms(command, moment), 6000);
        moment.system_ms = START_S * 1000ll - 3600000;
        assert_int_equal(command_valid_ms(command, moment), 9000);
        moment.system_ms = (START_S + 10) * 1000ll;
        assert_int_equal(command_valid_ms(command, moment), 0);
        moment = (CommandMoment){ START_MS + COMMAND_VALID_MS, START_S * 1000ll };
        assert_int_equal(command_valid_ms(command, moment), 0);
        command_withdraw(*state, command, NULL);
}

#define LIFE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                LIFE(what_nobody_takes_expires_once),
                LIFE(its_time_comes_by_itself),
                LIFE(what_is_taken_and_not_heard_of_is_unknown_once),
                LIFE(what_is_consumed_is_unknown_only_where_a_report_is_due),
                LIFE(what_was_for_an_absent_gateway_ends_with_a_row),
                LIFE(a_passage_is_no_state_of_the_lock),
                LIFE(what_was_reported_is_its_end),
                LIFE(only_who_has_it_may_report),
                LIFE(a_report_that_comes_late_is_told_all_the_same),
                LIFE(a_door_that_is_served_by_nobody_now_gets_no_command),
                LIFE(what_no_gateway_was_to_have_ends_without_a_row),
                LIFE(what_is_on_disk_too_late_is_given_to_nobody),
                LIFE(what_was_told_to_nobody_is_withdrawn),
                LIFE(what_is_left_of_its_time_is_the_less_of_both_clocks),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
