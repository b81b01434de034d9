/* SPDX-License-Identifier: MIT */
/* Tests of journal_effect.c; most of those of sessions are in test_journal_database.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/journal_effect.h"
#include "daemon/journal_schema.h"

typedef struct Tables {
        sqlite3 *connection;
        JournalEffects effects;
} Tables;

static int setup(void **state)
{
        static Tables tables;
        int64_t next_id;
        tables = (Tables){ 0 };
        *state = &tables;
        return sqlite3_open(":memory:", &tables.connection) == SQLITE_OK &&
                               journal_schema_prepare(tables.connection, &next_id) == 0 &&
                               journal_effects_open(&tables.effects, tables.connection) == SQLITE_OK
                       ? 0
                       : -1;
}

static int teardown(void **state)
{
        Tables *tables = *state;
        journal_effects_close(&tables->effects);
        return sqlite3_close(tables->connection);
}

static JournalRow command(JournalEffect effect, const char *id)
{
        JournalRow row = { .effect = effect, .not_after_s = 1700000010, .caller_uid = 4294967294u };
        row.texts[JOURNAL_DECISION_ID] = text_from(id);
        row.texts[JOURNAL_SUBJECT] = TEXT_LITERAL("bob");
        row.facts[JOURNAL_FACT_DOOR] = TEXT_LITERAL("acme/HQ/D1");
        row.facts[JOURNAL_FACT_CERTIFICATE] = TEXT_LITERAL("sha256:00");
        return row;
}

static void apply(Tables *tables, JournalRow row)
{
        assert_int_equal(journal_effects_apply(&tables->effects, &row), SQLITE_OK);
}

static void an_open_command_is_found_until_it_is_closed(void **state)
{
        static JournalCommands found;
        Tables *tables = *state;
        apply(tables, command(JOURNAL_EFFECT_OPENS_COMMAND, "b0"));
        apply(tables, command(JOURNAL_EFFECT_OPENS_COMMAND, "a0"));
        apply(tables, command(JOURNAL_EFFECT_NONE, "c0"));
        found.after[0] = '\0';
        assert_int_equal(journal_effects_find_commands(&tables->effects, &found), SQLITE_OK);
        assert_int_equal(found.count, 2);
        const JournalCommand *first = &found.commands[0];
        assert_string_equal(first->decision_id, "a0");
        assert_string_equal(first->door, "acme/HQ/D1");
        assert_string_equal(first->subject, "bob");
        assert_string_equal(first->certificate, "sha256:00");
        assert_int_equal(first->not_after_s, 1700000010);
        assert_int_equal(first->uid, 4294967294u);
        apply(tables, command(JOURNAL_EFFECT_CLOSES_COMMAND, "a0"));
        apply(tables, command(JOURNAL_EFFECT_CLOSES_COMMAND, "never opened"));
        found.after[0] = '\0';
        assert_int_equal(journal_effects_find_commands(&tables->effects, &found), SQLITE_OK);
        assert_int_equal(found.count, 1);
        assert_string_equal(found.commands[0].decision_id, "b0");
}

static void what_gives_up_a_command_is_wanted_while_that_is_open(void **state)
{
        Tables *tables = *state;
        JournalRow row = command(JOURNAL_EFFECT_GIVES_UP_COMMAND, "a1");
        JournalRow other = command(JOURNAL_EFFECT_CLOSES_COMMAND, "a1");
        assert_int_equal(journal_effects_wants(&tables->effects, &other), 1);
        assert_int_equal(journal_effects_wants(&tables->effects, &row), 0);
        apply(tables, command(JOURNAL_EFFECT_OPENS_COMMAND, "a1"));
        assert_int_equal(journal_effects_wants(&tables->effects, &row), 1);
        apply(tables, row);
        assert_int_equal(journal_effects_wants(&tables->effects, &row), 0);
}

static void commands_are_found_in_portions(void **state)
{
        enum { COUNT = JOURNAL_COMMANDS_FOUND_MAX + 3 };
        static JournalCommands found;
        Tables *tables = *state;
        char id[16];
        for (int i = 0; i < COUNT; i++) {
                (void)snprintf(id, sizeof(id), "%08d", i);
                apply(tables, command(JOURNAL_EFFECT_OPENS_COMMAND, id));
        }
        found.after[0] = '\0';
        assert_int_equal(journal_effects_find_commands(&tables->effects, &found), SQLITE_OK);
        assert_int_equal(found.count, JOURNAL_COMMANDS_FOUND_MAX);
        assert_string_equal(found.after, "00000255");
        assert_int_equal(journal_effects_find_commands(&tables->effects, &found), SQLITE_OK);
        assert_int_equal(found.count, 3);
        assert_string_equal(found.commands[2].decision_id, "00000258");
}

static void a_session_knows_when_its_process_began(void **state)
{
        Tables *tables = *state;
        JournalRow row = { .effect = JOURNAL_EFFECT_OPENS_SESSION,
                           .caller_pid = 10,
                           .caller_started = 123456789012345 };
        int64_t started;
        apply(tables, row);
        assert_int_equal(journal_schema_run(tables->connection,
                                            "SELECT started FROM sessions WHERE pid = 10",
                                            &started),
                         SQLITE_OK);
        assert_int_equal(started, 123456789012345);
}

static JournalRow told(const char *caller, const char *store, uint64_t sequence)
{
        JournalRow row = { .sequence = sequence };
        row.texts[JOURNAL_CALLER_NAME] = text_from(caller);
        row.facts[JOURNAL_FACT_STORE] = text_from(store);
        return row;
}

static void a_gateway_is_known_by_how_far_it_has_told(void **state)
{
        Tables *tables = *state;
        Text caller = TEXT_LITERAL("caller:acme/gw-1");
        JournalGateway gateway = { .sequence = 99 };
        assert_int_equal(journal_effects_find_gateway(&tables->effects, caller, &gateway),
                         SQLITE_OK);
        assert_string_equal(gateway.store, "");
        assert_int_equal(gateway.sequence, 0);
        apply(tables, told("caller:acme/gw-1", "aa", 1));
        apply(tables, told("caller:acme/gw-2", "bb", 5));
        apply(tables, told("caller:acme/gw-1", "aa", 2));
        apply(tables, told("caller:acme/gw-1", "aa", 0)); /* not told by a gateway */
        assert_int_equal(journal_effects_find_gateway(&tables->effects, caller, &gateway),
                         SQLITE_OK);
        assert_string_equal(gateway.store, "aa");
        assert_int_equal(gateway.sequence, 2);
        apply(tables, told("caller:acme/gw-1", "cc", 1));
        assert_int_equal(journal_effects_find_gateway(&tables->effects, caller, &gateway),
                         SQLITE_OK);
        assert_string_equal(gateway.store, "cc");
        assert_int_equal(gateway.sequence, 1);
}

/* The row of a command's end comes from a gateway: both are done. */
static void a_row_may_close_a_command_and_tell_of_its_gateway(void **state)
{
        static JournalCommands found;
        Tables *tables = *state;
        JournalGateway gateway;
        apply(tables, command(JOURNAL_EFFECT_OPENS_COMMAND, "a0"));
        JournalRow row = command(JOURNAL_EFFECT_CLOSES_COMMAND, "a0");
        row.texts[JOURNAL_CALLER_NAME] = TEXT_LITERAL("caller:acme/gw-1");
        row.facts[JOURNAL_FACT_STORE] = TEXT_LITERAL("aa");
        row.sequence = 12;
        apply(tables, row);
        found.after[0] = '\0';
        assert_int_equal(journal_effects_find_commands(&tables->effects, &found), SQLITE_OK);
        assert_int_equal(found.count, 0);
        assert_int_equal(journal_effects_find_gateway(&tables->effects,
                                                      row.texts[JOURNAL_CALLER_NAME], &gateway),
                         SQLITE_OK);
        assert_int_equal(gateway.sequence, 12);
}

static void what_cannot_be_read_is_no_empty_answer(void **state)
{
        static JournalCommands found;
        Tables *tables = *state;
        JournalGateway gateway;
        assert_int_equal(journal_schema_run(tables->connection, "DROP TABLE commands", NULL),
                         SQLITE_OK);
        assert_int_equal(journal_schema_run(tables->connection, "DROP TABLE gateways", NULL),
                         SQLITE_OK);
        assert_int_not_equal(journal_effects_find_commands(&tables->effects, &found), SQLITE_OK);
        assert_int_not_equal(
                journal_effects_find_gateway(&tables->effects, TEXT_LITERAL("x"), &gateway),
                SQLITE_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_open_command_is_found_until_it_is_closed),
                TEST(what_gives_up_a_command_is_wanted_while_that_is_open),
                TEST(commands_are_found_in_portions),
                TEST(a_session_knows_when_its_process_began),
                TEST(a_gateway_is_known_by_how_far_it_has_told),
                TEST(a_row_may_close_a_command_and_tell_of_its_gateway),
                TEST(what_cannot_be_read_is_no_empty_answer),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
