/* SPDX-License-Identifier: MIT */
/*
 * Unlock commands at the real daemon, frame by frame: who is handed them, who may consume them, and
 * what is told of them. The test is root and speaks for gateways by their certificates.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

#define D1 "door:acme/HQ/D1"
#define D2 "door:acme/HQ/D2"
#define D3 "door:acme/HQ/Tower/D3"
#define D4 "door:acme/Branch/D4"

#define ONES   "1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS   "2222222222222222222222222222222222222222222222222222222222222222"
#define THREES "3333333333333333333333333333333333333333333333333333333333333333"
#define GW_1   "sha256:" ONES
#define GW_2   "sha256:" TWOS
#define LOCK   "sha256:" THREES
#define NO_ID  "00000000000000000000000000000000"

static const char gateways[] =
        "callers = ( { name = \"gw-1\"; certificate = \"" GW_1 "\"; sites = [ \"HQ\" ];\n"
        "              may = [ \"ask\", \"vouch\", \"unlock\", \"report\" ]; },\n"
        "            { name = \"gw-2\"; certificate = \"" GW_2 "\";\n"
        "              may = [ \"unlock\", \"report\" ]; },\n"
        "            { name = \"lock\"; certificate = \"" LOCK "\"; sites = [ \"Branch\" ];\n"
        "              may = [ \"unlock\" ]; } );\n";

static int setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        char folder[160];
        (void)snprintf(folder, sizeof(folder), "mkdir -m 0755 '%s/organizations.d/acme.d'",
                       fixture.policy);
        assert_int_equal(system(folder), 0);
        fixture_write(&fixture, "organizations.d/acme.d/gateways.conf", gateways);
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

static int teardown(void **state)
{
        DaemonFixture *fixture = *state;
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        fixture_tear_down(fixture);
        return 0;
}

/* ---- What gateways and others say ---- */

static void send_take(int fd, const char *certificate, const char *door, const char *after)
{
        const TestField fields[] = { { FIELD_WITH, door, 0 },
                                     { FIELD_SECONDS, NULL, 20 },
                                     { FIELD_CERTIFICATE, certificate, 0 },
                                     { FIELD_AFTER, after, 0 } };
        assert_true(fixture_send(fd, MESSAGE_TAKE, fields, after ? 4 : 3));
}

/* The first TAKE tells how the door is to be held. */
static void take_once(int fd, Reply *reply, const char *certificate, const char *door)
{
        send_take(fd, certificate, door, NULL);
        fixture_receive(fd, reply);
        assert_int_equal(reply->type, MESSAGE_END);
}

/* A TAKE that knows all there is, and waits: it does by the time that another one, which is sent
 * behind it, has been answered. */
static void wait_for(const DaemonFixture *fixture, int fd, const char *certificate,
                     const char *door)
{
        Reply reply;
        int other = fixture_connect(fixture);
        take_once(fd, &reply, certificate, door);
        send_take(fd, certificate, door, reply.after);
        fixture_ask_plain(other, &reply, MESSAGE_STATUS);
        (void)close(other);
}

/* Root unlocks; the answer is in reply. */
static void unlock(int fd, Reply *reply, const char *door)
{
        fixture_ask(fd, reply, MESSAGE_UNLOCK, { FIELD_RESOURCE, door, 0 },
                    { FIELD_WHY, "a test", 0 });
}

static void consume(int fd, Reply *reply, const char *certificate, const char *door, const char *id)
{
        const TestField as_root[] = { { FIELD_RESOURCE, door, 0 }, { FIELD_DECISION_ID, id, 0 } };
        const TestField as_caller[] = { { FIELD_RESOURCE, door, 0 },
                                        { FIELD_CERTIFICATE, certificate, 0 },
                                        { FIELD_DECISION_ID, id, 0 } };
        fixture_ask_fields(fd, reply, MESSAGE_CONSUME, certificate ? as_caller : as_root,
                           certificate ? 3 : 2);
        assert_int_equal(reply->type, MESSAGE_ANSWER);
}

static void assert_consumed(int fd, const char *certificate, const char *door, const char *id,
                            uint32_t outcome, const char *reason)
{
        Reply reply;
        consume(fd, &reply, certificate, door, id);
        assert_int_equal(reply.outcome, outcome);
        assert_string_equal(reply.reason, reason);
}

/* What root is told of a command. */
static void assert_command(int fd, const char *id, const char *pairs)
{
        Reply reply;
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, id, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_non_null(strstr(reply.pairs, pairs));
}

/* How many rows of the journal hold all of: kind command, this decision, and this id. */
static unsigned count_rows(const DaemonFixture *fixture, const char *decision, const char *id)
{
        char path[200];
        sqlite3 *database;
        sqlite3_stmt *statement;
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(database,
                                            "SELECT count(*) FROM events WHERE kind = 'command' "
                                            "AND decision = ?1 AND decision_id = ?2",
                                            -1, &statement, NULL),
                         SQLITE_OK);
        sqlite3_bind_text(statement, 1, decision, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        unsigned count = (unsigned)sqlite3_column_int(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(database);
        return count;
}

/* ---- Tests ---- */

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
        assert_command(fd, reply.decision_id, "state=consumed\ngateway=caller:acme/gw-1\n");
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

static void a_waiting_gateway_is_handed_a_command_once(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        char id[96];
        Reply answer, reply;
        take_once(gateway, &reply, GW_1, D1);
        assert_non_null(strstr(reply.pairs, "kind=time\nnow=1"));
        assert_non_null(strstr(reply.pairs, "kind=door\ndoor=acme/HQ/D1\nhold=controlled\n"
                                            "state=access-controlled\nmode=Locked\n"));
        send_take(gateway, GW_1, D1, reply.after);
        unlock(fd, &answer, D1);
        assert_int_equal(answer.outcome, OUTCOME_ALLOW);
        assert_string_equal(answer.gateway, "caller:acme/gw-1");
        fixture_receive(gateway, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 2);
        (void)snprintf(id, sizeof(id), "kind=command\nid=%s\n", answer.decision_id);
        assert_non_null(strstr(reply.pairs, id));
        assert_non_null(strstr(reply.pairs, "\ndoor=acme/HQ/D1\nseconds=5\nnot-after="));
        assert_non_null(strstr(reply.pairs, "\nsubject=root\n"));
        const char *valid = strstr(reply.pairs, "valid-milliseconds=");
        assert_non_null(valid);
        assert_in_range(strtoul(strchr(valid, '=') + 1, NULL, 10), 5000, 10000);
        assert_command(fd, answer.decision_id, "state=handed-over\ngateway=caller:acme/gw-1\n");
        assert_consumed(fd, NULL, D1, answer.decision_id, OUTCOME_DENY, "command-consumed");
        fixture_ask(gateway, &reply, MESSAGE_TAKE, { FIELD_WITH, D1, 0 },
                    { FIELD_CERTIFICATE, GW_1, 0 });
        assert_null(strstr(reply.pairs, "kind=command"));
        (void)close(fd);
        (void)close(gateway);
}

static void between_two_takes_a_gateway_is_there_and_gets_it_with_the_next(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply answer, reply;
        take_once(gateway, &reply, GW_1, D1);
        unlock(fd, &answer, D1);
        assert_string_equal(answer.gateway, "caller:acme/gw-1");
        assert_command(fd, answer.decision_id, "state=given\n");
        send_take(gateway, GW_1, D1, reply.after);
        fixture_receive(gateway, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        (void)close(fd);
        (void)close(gateway);
}

static void a_gateway_that_is_gone_is_told_at_once(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply reply;
        wait_for(*state, gateway, GW_1, D3);
        (void)close(gateway);
        for (int i = 0; i < 100; i++) { /* the end of a connection may be heard of later */
                unlock(fd, &reply, D3);
                if (reply.outcome != OUTCOME_ALLOW)
                        break;
                (void)usleep(10000);
        }
        assert_int_equal(reply.outcome, OUTCOME_ERROR);
        assert_string_equal(reply.reason, "gateway-away");
        assert_string_equal(reply.gateway, "");
        assert_string_equal(reply.door, "");
        assert_int_equal(reply.release_seconds, 0);
        assert_consumed(fd, NULL, D3, reply.decision_id, OUTCOME_DENY, "command-unknown");
        fixture_ask_plain(fd, &reply, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "decision=error\nreason=gateway-away\n"));
        (void)close(fd);
}

static void of_two_gateways_one_gets_it(void **state)
{
        int fd = fixture_connect(*state);
        int one = fixture_connect(*state), two = fixture_connect(*state);
        Reply answer, reply;
        wait_for(*state, one, GW_1, D1);
        wait_for(*state, two, GW_2, D1);
        unlock(fd, &answer, D1);
        int taker = strcmp(answer.gateway, "caller:acme/gw-1") == 0 ? one : two;
        int other = taker == one ? two : one;
        fixture_receive(taker, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        /* The other one still waits: the next is its. */
        unlock(fd, &answer, D1);
        fixture_receive(other, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        assert_int_equal(reply.records, 2);
        (void)close(fd);
        (void)close(one);
        (void)close(two);
}

static void a_newer_take_of_the_same_gateway_ends_the_older_one(void **state)
{
        int fd = fixture_connect(*state);
        int older = fixture_connect(*state), newer = fixture_connect(*state);
        Reply answer, reply;
        wait_for(*state, older, GW_1, D1);
        wait_for(*state, newer, GW_1, D1);
        fixture_receive(older, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_null(strstr(reply.pairs, "kind=command"));
        unlock(fd, &answer, D1);
        fixture_receive(newer, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        (void)close(fd);
        (void)close(older);
        (void)close(newer);
}

static void only_doors_at_its_sites_are_served(void **state)
{
        int fd = fixture_connect(*state);
        Reply reply;
        fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, D1, 0 }, { FIELD_WITH, D4, 0 },
                    { FIELD_WITH, "door:acme/HQ/D99", 0 }, { FIELD_CERTIFICATE, GW_1, 0 });
        assert_int_equal(reply.records, 4);
        assert_non_null(strstr(reply.pairs, "door=acme/Branch/D4\nrefused=not-permitted\n"));
        assert_non_null(strstr(reply.pairs, "door=acme/HQ/D99\nrefused=unknown-resource\n"));
        unlock(fd, &reply, D4);
        assert_string_equal(reply.gateway, "none");
        static const struct {
                const char *certificate, *door;
        } refused[] = { { GW_1, D4 }, { LOCK, D4 }, { LOCK, D1 }, { GW_2, "door:other/HQ/D1" } };
        for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
                fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, refused[i].door, 0 },
                            { FIELD_CERTIFICATE, refused[i].certificate, 0 });
                assert_int_equal(reply.type, MESSAGE_REFUSAL);
                assert_string_equal(reply.reason, "not-allowed");
        }
        (void)close(fd);
}

static void a_take_that_is_none_is_refused(void **state)
{
        enum { TOO_MANY = 201 };
        int fd = fixture_connect(*state);
        Reply reply;
        static const char *const doors[][2] = {
                { "site:acme/HQ", D1 },
                { "acme/HQ/D1", D1 },
                { D1, D1 },
                { "door:acme", D1 },
        };
        for (size_t i = 0; i < sizeof(doors) / sizeof(*doors); i++) {
                fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, doors[i][0], 0 },
                            { FIELD_WITH, doors[i][1], 0 }, { FIELD_CERTIFICATE, GW_2, 0 });
                assert_string_equal(reply.reason, "malformed-query");
        }
        for (uint32_t seconds = 0; seconds <= 61; seconds += 61) {
                fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, D1, 0 },
                            { FIELD_SECONDS, NULL, seconds }, { FIELD_CERTIFICATE, GW_2, 0 });
                assert_string_equal(reply.reason, "malformed-query");
        }
        static char names[TOO_MANY][32];
        TestField many[TOO_MANY + 1];
        for (int i = 0; i < TOO_MANY; i++) {
                (void)snprintf(names[i], sizeof(names[i]), "door:acme/HQ/X%d", i);
                many[i] = (TestField){ FIELD_WITH, names[i], 0 };
        }
        many[TOO_MANY] = (TestField){ FIELD_CERTIFICATE, GW_2, 0 };
        fixture_ask_fields(fd, &reply, MESSAGE_TAKE, many, TOO_MANY + 1);
        assert_string_equal(reply.reason, "malformed-query");
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_SECONDS, NULL, 61 },
                    { FIELD_DECISION_ID, NO_ID, 0 });
        assert_string_equal(reply.reason, "malformed-query");
        (void)close(fd);
}

/* Root changes a door, and the gateway that waits is told. */
static void assert_held(const DaemonFixture *fixture, int fd, const char *action,
                        const char *new_state, const char *pairs)
{
        int gateway = fixture_connect(fixture);
        Reply reply;
        wait_for(fixture, gateway, GW_1, D2);
        const TestField fields[] = { { FIELD_ACTION, action, 0 },
                                     { FIELD_RESOURCE, D2, 0 },
                                     { FIELD_WHY, "a test", 0 },
                                     { FIELD_STATE, new_state, 0 },
                                     { FIELD_SECONDS, NULL, 100 } };
        fixture_ask_fields(fd, &reply, MESSAGE_CHANGE, fields, new_state ? 5 : 3);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        fixture_receive(gateway, &reply);
        assert_non_null(strstr(reply.pairs, pairs));
        (void)close(gateway);
}

static void who_waits_is_told_how_its_door_is_to_be_held(void **state)
{
        int fd = fixture_connect(*state);
        assert_held(*state, fd, "override", "unlocked",
                    "hold=unlocked\nstate=unlocked\nmode=Unlocked\nuntil=");
        assert_held(*state, fd, "override", "locked",
                    "hold=locked\nstate=locked\nmode=Locked\nuntil=");
        assert_held(*state, fd, "block", NULL, "hold=locked\nstate=locked\nmode=Blocked\n");
        assert_held(*state, fd, "release", NULL, "hold=controlled\n");
        (void)close(fd);
}

/* Holds the journal, so that nothing can be written, until it is closed. */
static sqlite3 *hold_journal(const DaemonFixture *fixture)
{
        char path[200];
        sqlite3 *database;
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
        sqlite3_busy_timeout(database, 5000);
        assert_int_equal(sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        return database;
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
        fixture_append(*state, "organizations.d/acme.d/gateways.conf",
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
        assert_string_equal(answer.gateway, "caller:acme/gw-1");
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

static void a_door_service_of_pam_hands_its_command_out_too(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        const TestField fields[] = {
                { FIELD_USER, "frank", 0 },     { FIELD_ACTION, "session", 0 },
                { FIELD_RESOURCE, D1, 0 },      { FIELD_SERVICE, "door", 0 },
                { FIELD_PHASE, NULL, 1 },       { FIELD_CALLER_UID, NULL, 0 },
                { FIELD_USER_UID, NULL, 4711 }, { FIELD_MINIMUM_UID, NULL, 1000 },
        };
        Reply answer, reply;
        wait_for(*state, gateway, GW_1, D1);
        fixture_ask_fields(fd, &answer, MESSAGE_SESSION, fields, sizeof(fields) / sizeof(*fields));
        assert_int_equal(answer.outcome, OUTCOME_ALLOW);
        assert_string_equal(answer.gateway, "caller:acme/gw-1");
        fixture_receive(gateway, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        assert_non_null(strstr(reply.pairs, "subject=frank\n"));
        (void)close(fd);
        (void)close(gateway);
}

static void who_is_no_longer_listed_waits_no_longer(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply reply;
        wait_for(*state, gateway, GW_1, D1);
        fixture_write(*state, "organizations.d/acme.d/gateways.conf", "callers = ( );\n");
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        fixture_receive(gateway, &reply);
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, "not-allowed");
        fixture_write(*state, "organizations.d/acme.d/gateways.conf", gateways);
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
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
                unlock(fd, &reply, D4); /* and with it, what was to be written before */
                assert_int_equal(count_rows(fixture, "unknown", taken.decision_id), 1);
                assert_int_equal(count_rows(fixture, "unknown", given.decision_id), 1);
                assert_int_equal(count_rows(fixture, "unknown", plain.decision_id), 0);
                (void)close(fd);
                (void)close(gateway);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_door_that_nobody_serves_is_opened_by_who_consumes_the_id),
                cmocka_unit_test(what_may_be_consumed_says_all_that_moving_a_lock_needs),
                cmocka_unit_test(who_waits_for_a_command_is_told_when_something_becomes_of_it),
                cmocka_unit_test(a_waiting_gateway_is_handed_a_command_once),
                cmocka_unit_test(between_two_takes_a_gateway_is_there_and_gets_it_with_the_next),
                cmocka_unit_test(a_gateway_that_is_gone_is_told_at_once),
                cmocka_unit_test(of_two_gateways_one_gets_it),
                cmocka_unit_test(a_newer_take_of_the_same_gateway_ends_the_older_one),
                cmocka_unit_test(only_doors_at_its_sites_are_served),
                cmocka_unit_test(a_take_that_is_none_is_refused),
                cmocka_unit_test(who_waits_is_told_how_its_door_is_to_be_held),
                cmocka_unit_test(who_went_while_the_journal_was_written_is_handed_nothing),
                cmocka_unit_test(of_who_asked_and_went_nothing_is_handed_out),
                cmocka_unit_test(a_command_is_told_of_to_who_asked_and_who_has_it),
                cmocka_unit_test(a_door_service_of_pam_hands_its_command_out_too),
                cmocka_unit_test(who_is_no_longer_listed_waits_no_longer),
                cmocka_unit_test(a_badge_s_command_belongs_to_the_reader_that_asked),
                cmocka_unit_test(after_a_restart_what_was_open_is_unknown_and_handed_to_nobody),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
