/* SPDX-License-Identifier: MIT */
/* Tests of command_table.c: time is what the test says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>

#include "daemon/command_table.h"

#define START_MS     1000000
#define START_S      1800000000
#define NOT_AFTER_MS (START_MS + COMMAND_VALID_MS)

static int setup(void **state)
{
        *state = command_table_new();
        return *state ? 0 : -1;
}

static int teardown(void **state)
{
        command_table_free(*state);
        return 0;
}

static int try_add(CommandTable *table, const char *id, uint64_t now_ms, Command **ret_command)
{
        CommandFacts facts = {
                .id = text_from(id),
                .door = TEXT_LITERAL("acme/HQ/D1"),
                .subject = TEXT_LITERAL("bob"),
                .reason = TEXT_LITERAL("granted-by-role"),
                .revision = TEXT_LITERAL("7"),
                .gateway = TEXT_LITERAL("caller:acme/gw-1"),
                .seconds = 5,
                .not_after_s = START_S + 10,
                .now_ms = now_ms,
                .awaits_report = true,
        };
        return command_table_add(table, &facts, ret_command);
}

/* One that is given; number makes its id. */
static Command *add(CommandTable *table, unsigned number, uint64_t now_ms)
{
        char id[DECISION_ID_SIZE];
        Command *command;
        (void)snprintf(id, sizeof(id), "%032x", number);
        assert_int_equal(try_add(table, id, now_ms, &command), 0);
        command->pins = 0;
        command_table_move(table, command, COMMAND_GIVEN);
        return command;
}

static void a_command_is_found_by_its_id_and_by_no_other(void **state)
{
        Command *command = add(*state, 1, START_MS);
        assert_ptr_equal(
                command_table_find(*state, TEXT_LITERAL("00000000000000000000000000000001")),
                command);
        assert_string_equal(command->door, "acme/HQ/D1");
        assert_string_equal(command->subject, "bob");
        assert_string_equal(command->reason, "granted-by-role");
        assert_string_equal(command->revision, "7");
        assert_string_equal(command->asker, "");
        assert_string_equal(command->gateway, "caller:acme/gw-1");
        static const char *const others[] = {
                "00000000000000000000000000000002", "",
                "0000000000000000000000000000001",  "000000000000000000000000000000001",
                "0000000000000000000000000000000G", "0000000000000000000000000000000g",
                "0000000000000000000000000000000/", "0000000000000000000000000000000:",
                "0000000000000000000000000000000`"
        };
        for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
                assert_null(command_table_find(*state, text_from(others[i])));
}

static void an_id_stands_there_once_and_is_one(void **state)
{
        Command *command;
        (void)add(*state, 1, START_MS);
        assert_int_equal(try_add(*state, "00000000000000000000000000000001", START_MS, &command),
                         -EINVAL);
        static const char *const none[] = {
                "x", "0000000000000000000000000000000g", "0000000000000000000000000000000/",
                "0000000000000000000000000000000:", "0000000000000000000000000000000`"
        };
        for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
                assert_int_equal(try_add(*state, none[i], START_MS, &command), -EINVAL);
        assert_int_equal(try_add(*state, "0000000000000000000000000000000A", START_MS, &command),
                         -EINVAL);
        assert_int_equal(command_table_count(*state), 1);
}

static void it_is_void_by_either_clock(void **state)
{
        Command *command = add(*state, 1, START_MS);
        assert_false(command_is_void(command, NOT_AFTER_MS - 1, START_S + 9));
        assert_true(command_is_void(command, NOT_AFTER_MS, START_S));
        assert_true(command_is_void(command, START_MS, START_S + 10));
}

static void its_times_come_once_each_in_the_order_of_making(void **state)
{
        Command *first = add(*state, 1, START_MS), *second = add(*state, 2, START_MS + 1);
        assert_int_equal(command_table_due_ms(*state), NOT_AFTER_MS);
        assert_null(command_table_next_void(*state, NOT_AFTER_MS - 1));
        assert_ptr_equal(command_table_next_void(*state, NOT_AFTER_MS), first);
        assert_null(command_table_next_void(*state, NOT_AFTER_MS));
        assert_ptr_equal(command_table_next_void(*state, NOT_AFTER_MS + 1), second);
        assert_null(command_table_next_void(*state, UINT64_MAX));
        uint64_t silent_ms = NOT_AFTER_MS + COMMAND_SILENCE_MS;
        assert_int_equal(command_table_due_ms(*state), silent_ms);
        assert_null(command_table_next_silent(*state, silent_ms - 1));
        assert_ptr_equal(command_table_next_silent(*state, silent_ms + 1), first);
        assert_ptr_equal(command_table_next_silent(*state, silent_ms + 1), second);
        assert_null(command_table_next_silent(*state, silent_ms + 1));
        uint64_t kept_ms = NOT_AFTER_MS + COMMAND_KEPT_MS;
        assert_int_equal(command_table_due_ms(*state), kept_ms);
        command_table_forget(*state, kept_ms - 1);
        assert_int_equal(command_table_count(*state), 2);
        command_table_forget(*state, kept_ms);
        assert_int_equal(command_table_count(*state), 1);
        second->pins = 1;
        command_table_forget(*state, UINT64_MAX);
        assert_int_equal(command_table_count(*state), 1);
        assert_int_equal(command_table_due_ms(*state), UINT64_MAX);
        second->pins = 0;
        command_table_forget(*state, UINT64_MAX);
        assert_int_equal(command_table_count(*state), 0);
}

static void what_may_still_be_heard_of_is_kept(void **state)
{
        (void)add(*state, 1, START_MS);
        command_table_forget(*state, UINT64_MAX);
        assert_int_equal(command_table_count(*state), 1);
        assert_non_null(command_table_next_silent(*state, UINT64_MAX));
        command_table_forget(*state, UINT64_MAX);
        assert_int_equal(command_table_count(*state), 0);
        assert_int_equal(command_table_due_ms(*state), UINT64_MAX);
}

static void of_what_fell_silent_nothing_is_open(void **state)
{
        command_table_move(*state, add(*state, 1, START_MS), COMMAND_HANDED_OVER);
        command_table_move(*state, add(*state, 2, START_MS), COMMAND_CONSUMED);
        (void)add(*state, 3, START_MS);
        assert_int_equal(command_table_count_open(*state), 3);
        assert_non_null(command_table_next_silent(*state, UINT64_MAX));
        assert_int_equal(command_table_count_open(*state), 2);
        assert_non_null(command_table_next_silent(*state, UINT64_MAX));
        assert_int_equal(command_table_count_open(*state), 1);
        assert_non_null(command_table_next_silent(*state, UINT64_MAX));
        assert_int_equal(command_table_count_open(*state), 1);
}

static void those_that_a_gateway_may_have_are_listed_in_their_order(void **state)
{
        Command *commands[4];
        for (unsigned i = 0; i < 4; i++)
                commands[i] = add(*state, i, START_MS);
        command_table_move(*state, commands[1], COMMAND_HANDED_OVER);
        command_table_move(*state, commands[3], COMMAND_EXPIRED);
        command_table_move(*state, commands[0], COMMAND_GIVEN);
        assert_ptr_equal(command_table_given(*state), commands[0]);
        assert_ptr_equal(commands[0]->next_given, commands[2]);
        assert_null(commands[2]->next_given);
        command_table_remove(*state, commands[0]);
        assert_ptr_equal(command_table_given(*state), commands[2]);
        command_table_move(*state, commands[2], COMMAND_CONSUMED);
        assert_null(command_table_given(*state));
        commands[0] = add(*state, 9, START_MS);
        assert_ptr_equal(command_table_given(*state), commands[0]);
        assert_null(commands[0]->next_given);
}

static void what_stands_before_a_cursor_may_go(void **state)
{
        Command *commands[3];
        for (unsigned i = 0; i < 3; i++)
                commands[i] = add(*state, i, START_MS);
        command_table_remove(*state, commands[0]);
        assert_ptr_equal(command_table_next_void(*state, NOT_AFTER_MS), commands[1]);
        command_table_remove(*state, commands[2]);
        assert_null(command_table_next_void(*state, NOT_AFTER_MS));
        assert_ptr_equal(command_table_next_silent(*state, UINT64_MAX), commands[1]);
        assert_null(command_table_next_silent(*state, UINT64_MAX));
        commands[0] = add(*state, 7, START_MS);
        assert_ptr_equal(command_table_next_void(*state, NOT_AFTER_MS), commands[0]);
}

static void full_of_open_ones_it_takes_no_more_and_gives_up_those_that_ended(void **state)
{
        Command *first = add(*state, 0, START_MS), *more;
        for (unsigned i = 1; i < COMMANDS_MAX; i++)
                (void)add(*state, i, START_MS);
        assert_int_equal(command_table_count_open(*state), COMMANDS_MAX);
        assert_int_equal(try_add(*state, "ffffffffffffffffffffffffffffffff", START_MS, &more),
                         -EBUSY);
        command_table_move(*state, first, COMMAND_COMMANDED);
        command_table_move(*state, first, COMMAND_COMMANDED);
        assert_int_equal(command_table_count_open(*state), COMMANDS_MAX - 1);
        first->pins = 1;
        assert_int_equal(try_add(*state, "ffffffffffffffffffffffffffffffff", START_MS, &more),
                         -EBUSY);
        first->pins = 0;
        assert_int_equal(try_add(*state, "ffffffffffffffffffffffffffffffff", START_MS, &more), 0);
        assert_int_equal(command_table_count(*state), COMMANDS_MAX);
        assert_null(command_table_find(*state, TEXT_LITERAL("00000000000000000000000000000000")));
}

static void states_and_reports_have_the_same_words(void **state)
{
        CommandState reported;
        unsigned reports = 0;
        for (int i = 0; i < COMMAND_STATE_COUNT; i++)
                assert_non_null(command_state_name((CommandState)i));
        for (int i = 0; i < GATEWAY_EVENT_KIND_COUNT; i++) {
                if (!command_state_of_event((GatewayEventKind)i, &reported))
                        continue;
                reports++;
                assert_true(command_state_is_final(reported));
                assert_string_equal(command_state_name(reported),
                                    gateway_event_word((GatewayEventKind)i));
        }
        assert_int_equal(reports, 5);
        assert_string_equal(command_state_name(COMMAND_HANDED_OVER), "handed-over");
        assert_false(command_state_is_final(COMMAND_CONSUMED));
        assert_true(command_state_is_final(COMMAND_EXPIRED));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_command_is_found_by_its_id_and_by_no_other, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(an_id_stands_there_once_and_is_one, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(it_is_void_by_either_clock, setup, teardown),
                cmocka_unit_test_setup_teardown(its_times_come_once_each_in_the_order_of_making,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(what_may_still_be_heard_of_is_kept, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(of_what_fell_silent_nothing_is_open, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(
                        those_that_a_gateway_may_have_are_listed_in_their_order, setup, teardown),
                cmocka_unit_test_setup_teardown(what_stands_before_a_cursor_may_go, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(
                        full_of_open_ones_it_takes_no_more_and_gives_up_those_that_ended, setup,
                        teardown),
                cmocka_unit_test(states_and_reports_have_the_same_words),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
