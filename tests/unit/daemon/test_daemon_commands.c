/* SPDX-License-Identifier: MIT */
/*
 * Unlock commands at the real daemon, frame by frame: who may consume them, what is told of them,
 * and what becomes of them when somebody goes.
 */
#include "commands_fixture.h"

#include <sys/socket.h>

#include "daemon/journal_row.h"

/* Runs SQL on the journal. Return: the number in its last row. */
static int run_on_journal(const DaemonFixture *fixture, const char *sql)
{
        char path[200];
        sqlite3 *database;
        sqlite3_stmt *statement;
        int number = 0;
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        sqlite3_busy_timeout(database, 5000);
        assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW)
                number = sqlite3_column_int(statement, 0);
        assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
        sqlite3_close(database);
        return number;
}

/* Whether the next daemon would have to say what became of a command. */
static bool is_open_on_disk(const DaemonFixture *fixture, const char *id)
{
        char sql[120];
        (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM commands WHERE decision_id = '%s'",
                       id);
        return run_on_journal(fixture, sql) == 1;
}

static void a_door_that_nobody_serves_is_opened_by_who_consumes_the_id(void **state)
{
        int fd = fixture_connect(*state);
        Reply reply;
        unlock(fd, &reply, D2);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_string_equal(reply.gateway, "none");
        assert_command(fd, reply.decision_id, "state=given\ngateway=none\n");
        assert_consumed(fd, NULL, D1, reply.decision_id, OUTCOME_DENY, "command-unknown");
        assert_consumed(fd, LOCK, D2, reply.decision_id, OUTCOME_DENY, "command-unknown");
        assert_consumed(fd, NULL, D2, NO_ID, OUTCOME_DENY, "command-unknown");
        assert_consumed(fd, NULL, D2, "x", OUTCOME_DENY, "command-unknown");
        assert_consumed(fd, WATCHER, D2, reply.decision_id, OUTCOME_DENY, "command-unknown");
        static const char *const no_doors[] = {
                "", "acme/HQ/D2", "site:acme/HQ/D2", "door:acme/HQ", "door:acme/HQ/D99", D2 "/"
        };
        for (size_t i = 0; i < sizeof(no_doors) / sizeof(*no_doors); i++) {
                assert_consumed(fd, NULL, no_doors[i], reply.decision_id, OUTCOME_DENY,
                                "command-unknown");
                assert_consumed(fd, GW_2, no_doors[i], reply.decision_id, OUTCOME_DENY,
                                "command-unknown");
        }
        assert_consumed(fd, GW_1, D2, reply.decision_id, OUTCOME_ALLOW, "break-glass");
        assert_int_equal(count_rows(*state, "consumed", reply.decision_id), 1);
        assert_consumed(fd, GW_1, D2, reply.decision_id, OUTCOME_DENY, "command-consumed");
        assert_consumed(fd, NULL, D2, reply.decision_id, OUTCOME_DENY, "command-consumed");
        assert_int_equal(count_rows(*state, "consumed", reply.decision_id), 1);
        assert_command(fd, reply.decision_id, "state=consumed\ngateway=caller:acme/gate-1\n");
        (void)close(fd);
}

/* What is no id is on record as none, whatever it says. */
static void what_is_no_id_is_not_on_record_as_one(void **state)
{
        int fd = fixture_connect(*state);
        assert_consumed(fd, GW_1, D3, "no id\nunlock allow", OUTCOME_DENY, "command-unknown");
        int count = 0;
        for (int i = 0; i < 500 && count == 0; i++) {
                count = run_on_journal(*state,
                                       "SELECT count(*) FROM events WHERE kind = 'command' AND "
                                       "decision = 'deny' AND decision_id = '' AND "
                                       "resource = 'door:acme/HQ/Tower/D3'");
                if (count == 0)
                        (void)usleep(10000);
        }
        assert_int_equal(count, 1);
        (void)close(fd);
}

static void what_may_be_consumed_says_all_that_moving_a_lock_needs(void **state)
{
        int fd = fixture_connect(*state);
        Reply given, reply;
        unlock(fd, &given, D2);
        consume(fd, &reply, NULL, D2, given.decision_id);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_string_equal(reply.door, "acme/HQ/D2");
        assert_string_equal(reply.subject, "root");
        assert_int_equal(reply.release_seconds, given.release_seconds);
        assert_int_equal(reply.not_after, given.not_after);
        assert_string_equal(reply.revision, given.revision);
        (void)close(fd);
}

/* Also by the gateway itself: what it was handed is what it moves its lock by. */
/* Who reports nothing ends it by consuming it; who may not have it is recorded. */
static void who_consumes_and_reports_has_it_until_it_has_reported(void **state)
{
        int fd = fixture_connect(*state);
        Reply reply;
        unlock(fd, &reply, D2);
        assert_consumed(fd, LOCK, D2, reply.decision_id, OUTCOME_DENY, "command-unknown");
        assert_recorded(*state, "deny", reply.decision_id);
        assert_true(is_open_on_disk(*state, reply.decision_id));
        assert_consumed(fd, GW_1, D2, reply.decision_id, OUTCOME_ALLOW, "break-glass");
        assert_true(is_open_on_disk(*state, reply.decision_id));
        unlock(fd, &reply, D4);
        assert_true(is_open_on_disk(*state, reply.decision_id));
        assert_consumed(fd, LOCK, D4, reply.decision_id, OUTCOME_ALLOW, "break-glass");
        assert_false(is_open_on_disk(*state, reply.decision_id));
        (void)close(fd);
}

static void what_was_handed_out_is_consumed(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply answer, reply;
        wait_for(*state, gateway, GW_1, D1);
        unlock(fd, &answer, D1);
        fixture_receive(gateway, &reply);
        assert_consumed(fd, GW_1, D1, answer.decision_id, OUTCOME_DENY, "command-consumed");
        assert_consumed(fd, GW_2, D1, answer.decision_id, OUTCOME_DENY, "command-consumed");
        assert_int_equal(count_rows(*state, "consumed", answer.decision_id), 0);
        (void)close(fd);
        (void)close(gateway);
}

static void who_went_while_the_journal_was_written_is_handed_nothing(void **state)
{
        int fd = fixture_connect(*state);
        int gone = fixture_connect(*state), gateway = fixture_connect(*state);
        const TestField fields[] = { { FIELD_RESOURCE, D1, 0 }, { FIELD_WHY, "a test", 0 } };
        Reply answer, reply;
        wait_for(*state, gone, GW_1, D1);
        sqlite3 *journal = hold_journal(*state);
        assert_true(fixture_send(fd, MESSAGE_UNLOCK, fields, 2));
        (void)usleep(50000);
        (void)close(gone);
        (void)usleep(50000);
        sqlite3_close(journal);
        fixture_receive(fd, &answer);
        assert_int_equal(answer.outcome, OUTCOME_ALLOW);
        assert_command(fd, answer.decision_id, "state=given\n");
        take_once(gateway, &reply, GW_1, D1);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        assert_command(fd, answer.decision_id, "state=handed-over\n");
        (void)close(fd);
        (void)close(gateway);
}

static void of_who_asked_and_went_nothing_is_handed_out(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        const TestField fields[] = { { FIELD_RESOURCE, D1, 0 }, { FIELD_WHY, "went", 0 } };
        Reply answer, reply;
        wait_for(*state, gateway, GW_1, D1);
        sqlite3 *journal = hold_journal(*state);
        assert_true(fixture_send(fd, MESSAGE_UNLOCK, fields, 2));
        (void)usleep(50000);
        (void)close(fd);
        (void)usleep(50000);
        sqlite3_close(journal);
        fd = fixture_connect(*state);
        unlock(fd, &answer, D1);
        fixture_receive(gateway, &reply);
        assert_int_equal(reply.records, 2);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        fixture_ask_plain(fd, &reply, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "decision=expired"));
        assert_non_null(strstr(reply.pairs, "why=who asked had gone"));
        (void)close(fd);
        (void)close(gateway);
}

static void who_waits_for_a_command_is_told_when_something_becomes_of_it(void **state)
{
        int fd = fixture_connect(*state), waiting = fixture_connect(*state);
        Reply answer, reply;
        unlock(fd, &answer, D2);
        fixture_ask(waiting, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, answer.decision_id, 0 });
        const TestField fields[] = { { FIELD_SECONDS, NULL, 20 },
                                     { FIELD_AFTER, reply.after, 0 },
                                     { FIELD_DECISION_ID, answer.decision_id, 0 } };
        assert_true(fixture_send(waiting, MESSAGE_COMMAND, fields, 3));
        assert_true(fixture_send(waiting, MESSAGE_STATUS, NULL, 0)); /* behind it */
        assert_consumed(fd, NULL, D2, answer.decision_id, OUTCOME_ALLOW, "break-glass");
        fixture_receive(waiting, &reply);
        assert_non_null(strstr(reply.pairs, "state=consumed\n"));
        fixture_receive(waiting, &reply);
        assert_non_null(strstr(reply.pairs, "state=ready\n"));
        (void)close(fd);
        (void)close(waiting);
}

static void only_a_command_can_be_waited_for_and_not_for_ever(void **state)
{
        static const uint32_t seconds[] = { 0, 1, 60, 61 };
        int fd = fixture_connect(*state);
        Reply answer, reply;
        unlock(fd, &answer, D2);
        for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
                fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_SECONDS, NULL, seconds[i] },
                            { FIELD_DECISION_ID, answer.decision_id, 0 });
                if (i == 0 || i == 3)
                        assert_string_equal(reply.reason, "malformed-query");
                else
                        assert_int_equal(reply.type, MESSAGE_END);
        }
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, NO_ID, 0 });
        assert_string_equal(reply.reason, "command-unknown");
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, "x", 0 });
        assert_string_equal(reply.reason, "command-unknown");
        (void)close(fd);
}

/* A gateway says what became of a command. number: of its event. */
static void send_observation(int fd, const char *certificate, const char *number, const char *event,
                             const char *id)
{
        uint8_t frame[1024];
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_OBSERVE, 42, 0);
        message_write_text(&writer, FIELD_CERTIFICATE, text_from(certificate));
        message_write_pair(&writer, TEXT_LITERAL("store"),
                           TEXT_LITERAL("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
        message_write_pair(&writer, TEXT_LITERAL("event"), text_from(event));
        message_write_pair(&writer, TEXT_LITERAL("sequence"), text_from(number));
        message_write_pair(&writer, TEXT_LITERAL("door"), TEXT_LITERAL("acme/HQ/D1"));
        message_write_pair(&writer, TEXT_LITERAL("command"), text_from(id));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(send(fd, frame, size, MSG_NOSIGNAL), size);
}

static void observe(int fd, const char *certificate, const char *number, const char *event,
                    const char *id)
{
        Reply reply;
        send_observation(fd, certificate, number, event, id);
        fixture_receive(fd, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
}

/* One batch of a gateway at a time is written. */
static void while_a_batch_is_written_the_next_one_is_to_come_again(void **state)
{
        int fd = fixture_connect(*state), other = fixture_connect(*state);
        Reply reply;
        observe(fd, GW_2, "1", "commanded", NO_ID);
        sqlite3 *journal = hold_journal(*state);
        send_observation(fd, GW_2, "2", "commanded", NO_ID);
        (void)usleep(20000);
        send_observation(other, GW_2, "2", "commanded", NO_ID);
        fixture_receive(other, &reply);
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, "busy");
        sqlite3_close(journal);
        fixture_receive(fd, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
        observe(other, GW_2, "3", "commanded", NO_ID);
        (void)close(fd);
        (void)close(other);
}

static void what_a_gateway_reports_is_the_end_of_its_own_commands_only(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply answer, reply;
        wait_for(*state, gateway, GW_1, D1);
        unlock(fd, &answer, D1);
        fixture_receive(gateway, &reply);
        observe(fd, GW_2, "1", "command-failed", answer.decision_id);
        assert_command(fd, answer.decision_id, "state=handed-over\n");
        assert_true(is_open_on_disk(*state, answer.decision_id));
        observe(fd, GW_1, "1", "lock-unlocked", answer.decision_id);
        assert_true(is_open_on_disk(*state, answer.decision_id));
        observe(fd, GW_1, "2", "commanded", answer.decision_id);
        assert_false(is_open_on_disk(*state, answer.decision_id));
        assert_command(fd, answer.decision_id, "state=commanded\nobserved=lock-unlocked\n");
        observe(fd, GW_1, "2", "door-opened", answer.decision_id); /* told before: nothing new */
        assert_command(fd, answer.decision_id, "observed=lock-unlocked\n");
        observe(fd, GW_1, "3", "access-taken", answer.decision_id);
        assert_command(fd, answer.decision_id, "passage=access-taken\n");
        assert_int_equal(count_rows(*state, "commanded", answer.decision_id), 1);
        assert_int_equal(count_rows(*state, "command-failed", answer.decision_id), 0);
        (void)close(fd);
        (void)close(gateway);
}

static int ask_as_helen(const DaemonFixture *fixture, void *data)
{
        int fd = fixture_connect(fixture);
        Reply reply;
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, data, 0 });
        (void)close(fd);
        return reply.type == MESSAGE_REFUSAL && strcmp(reply.reason, "command-unknown") == 0;
}

static int unlock_as_frank(const DaemonFixture *fixture, void *data)
{
        int fd = fixture_connect(fixture);
        Reply answer, reply;
        fixture_ask(fd, &answer, MESSAGE_UNLOCK, { FIELD_RESOURCE, D1, 0 });
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, answer.decision_id, 0 });
        (void)close(fd);
        return answer.outcome == OUTCOME_ALLOW && reply.type == MESSAGE_END &&
               strstr(reply.pairs, "state=given\n");
}

static void a_command_is_told_of_to_who_asked_and_who_has_it(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply answer, reply;
        take_once(gateway, &reply, GW_1, D1);
        unlock(fd, &answer, D1);
        take_once(gateway, &reply, GW_1, D1);
        static const struct {
                const char *certificate;
                int type;
        } asked[] = { { GW_1, MESSAGE_END }, { GW_2, MESSAGE_REFUSAL }, { LOCK, MESSAGE_REFUSAL } };
        for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
                fixture_ask(fd, &reply, MESSAGE_COMMAND,
                            { FIELD_CERTIFICATE, asked[i].certificate, 0 },
                            { FIELD_DECISION_ID, answer.decision_id, 0 });
                assert_int_equal(reply.type, asked[i].type);
        }
        /* Nobody has this one yet. */
        fixture_ask(fd, &answer, MESSAGE_UNLOCK, { FIELD_USER, "frank", 0 },
                    { FIELD_RESOURCE, D3, 0 }, { FIELD_CERTIFICATE, GW_1, 0 });
        assert_int_equal(answer.outcome, OUTCOME_ALLOW);
        for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
                fixture_ask(fd, &reply, MESSAGE_COMMAND,
                            { FIELD_CERTIFICATE, asked[i].certificate, 0 },
                            { FIELD_DECISION_ID, answer.decision_id, 0 });
                assert_int_equal(reply.type, asked[i].type);
        }
        if (geteuid() == 0) {
                assert_int_equal(
                        fixture_as(HELEN_UID, HELEN_UID, ask_as_helen, *state, answer.decision_id),
                        1);
                assert_int_equal(fixture_as(FRANK_UID, FRANK_UID, unlock_as_frank, *state, NULL),
                                 1);
        }
        (void)close(fd);
        (void)close(gateway);
}

static void a_badge_s_command_belongs_to_the_reader_that_asked(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply answer, reply;
        fixture_append(*state, GATEWAYS_FILE,
                       "access_levels = ( { name = \"all\"; doors = [ \"HQ/D1\" ];\n"
                       "                    access_groups = [ \"staff\" ]; } );\n"
                       "users = ( { name = \"vera\"; access_groups = [ \"staff\" ]; } );\n"
                       "access_groups = ( { name = \"staff\"; } );\n");
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        wait_for(*state, gateway, GW_2, D1);
        fixture_ask(fd, &answer, MESSAGE_ENTER, { FIELD_USER, "vera", 0 },
                    { FIELD_RESOURCE, D1, 0 }, { FIELD_CERTIFICATE, GW_1, 0 });
        assert_int_equal(answer.outcome, OUTCOME_ALLOW);
        assert_string_equal(answer.gateway, "caller:acme/gate-1");
        assert_command(fd, answer.decision_id, "state=handed-over\n");
        assert_true(is_open_on_disk(*state, answer.decision_id));
        assert_consumed(fd, GW_2, D1, answer.decision_id, OUTCOME_DENY, "command-consumed");
        assert_consumed(fd, GW_1, D1, answer.decision_id, OUTCOME_ALLOW, "door-access");
        assert_consumed(fd, GW_1, D1, answer.decision_id, OUTCOME_DENY, "command-consumed");
        unlock(fd, &answer, D1);
        fixture_receive(gateway, &reply);
        assert_int_equal(reply.records, 2); /* that one and no other */
        (void)close(fd);
        (void)close(gateway);
}

static void after_a_restart_what_was_open_is_unknown_and_handed_to_nobody(void **state)
{
        DaemonFixture *fixture = *state;
        int fd = fixture_connect(fixture), gateway = fixture_connect(fixture);
        Reply taken, given, plain, reply;
        wait_for(fixture, gateway, GW_1, D1);
        unlock(fd, &taken, D1);
        fixture_receive(gateway, &reply);
        unlock(fd, &given, D1);
        unlock(fd, &plain, D4);
        assert_string_equal(plain.gateway, "none");
        (void)close(fd);
        (void)close(gateway);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(fixture_stop(fixture, SIGKILL), 128 + SIGKILL);
                assert_true(fixture_start(fixture));
                fd = fixture_connect(fixture);
                gateway = fixture_connect(fixture);
                take_once(gateway, &reply, GW_1, D1);
                assert_null(strstr(reply.pairs, "kind=command"));
                assert_consumed(fd, NULL, D1, given.decision_id, OUTCOME_DENY, "command-unknown");
                assert_recorded(fixture, "unknown", taken.decision_id);
                assert_recorded(fixture, "unknown", given.decision_id);
                /* Nobody served that door, and the policy lists somebody who should. */
                assert_recorded(fixture, "unknown", plain.decision_id);
                (void)close(fd);
                (void)close(gateway);
        }
}

/* More than are looked at in one go. */
static void after_a_restart_all_that_were_open_are_unknown(void **state)
{
        enum { OPEN = JOURNAL_COMMANDS_FOUND_MAX + 20 };
        static const char unknown[] =
                "SELECT count(*) FROM events WHERE kind = 'command' AND decision = 'unknown' AND "
                "why = 'doorwardd was started anew' AND subject = 'many'";
        DaemonFixture *fixture = *state;
        char sql[400];
        int count = 0;
        (void)snprintf(sql, sizeof(sql),
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                       "WHERE i < %d) INSERT INTO commands(decision_id, door, subject, "
                       "not_after, uid, certificate) SELECT printf('%%032x', i), 'acme/HQ/D1', "
                       "'many', 1, 0, '' FROM n",
                       OPEN);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        (void)run_on_journal(fixture, sql);
        assert_true(fixture_start(fixture));
        for (int i = 0; i < 500 && count < OPEN; i++) {
                (void)usleep(10000);
                count = run_on_journal(fixture, unknown);
        }
        assert_int_equal(count, OPEN);
        assert_int_equal(run_on_journal(fixture, "SELECT count(*) FROM commands"), 0);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        assert_true(fixture_start(fixture));
        assert_int_equal(run_on_journal(fixture, unknown), OPEN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_door_that_nobody_serves_is_opened_by_who_consumes_the_id),
                cmocka_unit_test(what_is_no_id_is_not_on_record_as_one),
                cmocka_unit_test(what_may_be_consumed_says_all_that_moving_a_lock_needs),
                cmocka_unit_test(who_consumes_and_reports_has_it_until_it_has_reported),
                cmocka_unit_test(what_was_handed_out_is_consumed),
                cmocka_unit_test(who_went_while_the_journal_was_written_is_handed_nothing),
                cmocka_unit_test(of_who_asked_and_went_nothing_is_handed_out),
                cmocka_unit_test(who_waits_for_a_command_is_told_when_something_becomes_of_it),
                cmocka_unit_test(only_a_command_can_be_waited_for_and_not_for_ever),
                cmocka_unit_test(while_a_batch_is_written_the_next_one_is_to_come_again),
                cmocka_unit_test(what_a_gateway_reports_is_the_end_of_its_own_commands_only),
                cmocka_unit_test(a_command_is_told_of_to_who_asked_and_who_has_it),
                cmocka_unit_test(a_badge_s_command_belongs_to_the_reader_that_asked),
                cmocka_unit_test(after_a_restart_what_was_open_is_unknown_and_handed_to_nobody),
                cmocka_unit_test(after_a_restart_all_that_were_open_are_unknown),
        };
        return cmocka_run_group_tests(tests, commands_set_up, commands_tear_down) ? 1 : 0;
}
