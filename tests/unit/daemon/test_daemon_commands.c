/* SPDX-License-Identifier: MIT */
/*
 * Unlock commands at the real daemon, frame by frame: who may consume them, what is told of them,
 * and what becomes of them when somebody goes.
 */
#include "commands_fixture.h"

#include <sys/socket.h>

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
        assert_consumed(fd, GW_1, D1, "no id\nunlock allow", OUTCOME_DENY, "command-unknown");
        assert_recorded(*state, "deny", "");
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
        assert_consumed(fd, NULL, D2, answer.decision_id, OUTCOME_ALLOW, "break-glass");
        fixture_receive(waiting, &reply);
        assert_non_null(strstr(reply.pairs, "state=consumed\n"));
        (void)close(fd);
        (void)close(waiting);
}

/* A gateway says what became of a command. number: of its event. */
static void observe(int fd, const char *certificate, const char *number, const char *event,
                    const char *id)
{
        uint8_t frame[1024];
        MessageWriter writer;
        size_t size;
        Reply reply;
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
        fixture_receive(fd, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
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
        observe(fd, GW_1, "1", "commanded", answer.decision_id);
        assert_command(fd, answer.decision_id, "state=commanded\ngateway=");
        observe(fd, GW_1, "2", "lock-unlocked", answer.decision_id);
        assert_command(fd, answer.decision_id, "state=commanded\nobserved=lock-unlocked\n");
        observe(fd, GW_1, "2", "door-opened", answer.decision_id); /* told before: nothing new */
        assert_command(fd, answer.decision_id, "observed=lock-unlocked\n");
        observe(fd, GW_1, "3", "access-taken", answer.decision_id);
        assert_command(fd, answer.decision_id, "passage=access-taken\n");
        assert_int_equal(count_rows(*state, "commanded", answer.decision_id), 1);
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_door_that_nobody_serves_is_opened_by_who_consumes_the_id),
                cmocka_unit_test(what_is_no_id_is_not_on_record_as_one),
                cmocka_unit_test(what_may_be_consumed_says_all_that_moving_a_lock_needs),
                cmocka_unit_test(who_went_while_the_journal_was_written_is_handed_nothing),
                cmocka_unit_test(of_who_asked_and_went_nothing_is_handed_out),
                cmocka_unit_test(who_waits_for_a_command_is_told_when_something_becomes_of_it),
                cmocka_unit_test(what_a_gateway_reports_is_the_end_of_its_own_commands_only),
                cmocka_unit_test(a_command_is_told_of_to_who_asked_and_who_has_it),
                cmocka_unit_test(a_badge_s_command_belongs_to_the_reader_that_asked),
                cmocka_unit_test(after_a_restart_what_was_open_is_unknown_and_handed_to_nobody),
        };
        return cmocka_run_group_tests(tests, commands_set_up, commands_tear_down) ? 1 : 0;
}
