/* SPDX-License-Identifier: MIT */
/*
 * Subscriptions, batches and reports of libdoorward at the real daemon. Each is made by a process
 * with the uid of whom it is for. Needs root, to be somebody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <doorward/doorward.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon_fixture.h"

#define SKIPPED    77
#define READER_UID 4722
#define SOON_MS    10000
#define QUIET_MS   150
#define D1         "door:acme/HQ/D1"
#define UNLOCK     "access.door.unlock"
#define STORE      "00112233445566778899aabbccddeeff"

static const char reader[] =
        "callers = ( { name = \"reader\"; uid = 4722; may = [ \"unlock\", \"report\" ];\n"
        "              sites = [ \"HQ\" ]; } );\n";

/* A connection with time enough for a loaded machine. */
static doorward *connect_to(const DaemonFixture *fixture)
{
        doorward *connection = NULL;
        assert_int_equal(doorward_new(&connection, fixture->socket), 0);
        assert_int_equal(doorward_set_timeout(connection, SOON_MS), 0);
        return connection;
}

static doorward_subscription *subscribe(doorward *connection, enum doorward_subscription_kind kind,
                                        const char *const *words)
{
        doorward_subscription *subscription = NULL;
        assert_int_equal(doorward_subscribe(connection, kind, words, &subscription), 0);
        return subscription;
}

/* The next item must have that value. */
static void expect_item(doorward_subscription *subscription, const char *name, const char *value)
{
        doorward_item *item = NULL;
        assert_int_equal(doorward_subscription_next(subscription, SOON_MS, &item), 0);
        assert_non_null(item);
        assert_string_equal(doorward_item_get(item, name), value);
        doorward_item_free(item);
}

static void expect_nothing(doorward_subscription *subscription)
{
        doorward_item *item = NULL;
        assert_int_equal(doorward_subscription_next(subscription, QUIET_MS, &item), 0);
        assert_null(item);
}

static void reload(const DaemonFixture *fixture)
{
        static Reply reply;
        int fd = fixture_connect(fixture);
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        (void)close(fd);
}

/* Unlocks as whoever this is. Return: 1 allowed, 2 denied. */
static int unlock(const DaemonFixture *fixture, void *data)
{
        doorward *connection = NULL;
        doorward_answer *answer = NULL;
        if (doorward_new(&connection, fixture->socket) < 0 ||
            doorward_set_timeout(connection, SOON_MS) < 0 ||
            doorward_unlock(connection, D1, NULL, &answer) < 0)
                return 100;
        int outcome = doorward_answer_outcome(answer) == DOORWARD_ALLOW ? 1 : 2;
        doorward_answer_free(answer);
        doorward_free(connection);
        return outcome;
}

static void events_come_as_they_happen(void **state)
{
        static const char *const DENIED[] = { "denied", "user=helen", NULL };
        const DaemonFixture *fixture = *state;
        doorward *connection = connect_to(fixture);
        doorward_subscription *all = subscribe(connection, DOORWARD_EVENTS, NULL);
        doorward_subscription *denied = subscribe(connection, DOORWARD_EVENTS, DENIED);
        expect_nothing(all);
        expect_nothing(denied);
        assert_int_equal(fixture_as(FRANK_UID, 100, unlock, fixture, NULL), 1);
        expect_item(all, "subject", "frank");
        assert_int_equal(fixture_as(HELEN_UID, 100, unlock, fixture, NULL), 2);
        expect_item(all, "subject", "helen");
        expect_item(denied, "reason", "not-permitted");
        expect_nothing(denied);
        doorward_subscription_free(all);
        doorward_subscription_free(denied);
        doorward_free(connection);
}

static void revisions_come_when_they_are_served(void **state)
{
        const DaemonFixture *fixture = *state;
        doorward *connection = connect_to(fixture);
        doorward_subscription *revisions = subscribe(connection, DOORWARD_REVISIONS, NULL);
        expect_item(revisions, "state", "serving");
        expect_nothing(revisions);
        fixture_write(fixture, "organizations.d/other.conf",
                      "organization = { name = \"other\"; };\n");
        reload(fixture);
        expect_item(revisions, "state", "serving");
        reload(fixture); /* of the same */
        expect_nothing(revisions);
        doorward_subscription_free(revisions);
        doorward_free(connection);
}

/* A person, or a program, subscribes to what is not his. Return: 0 when he is refused. */
static int subscribe_in_vain(const DaemonFixture *fixture, void *data)
{
        static const char *const WORDS[] = { "resource=site:acme/HQ", NULL };
        doorward *connection = NULL;
        doorward_subscription *subscription = NULL;
        doorward_item *item = NULL;
        if (doorward_new(&connection, fixture->socket) < 0 ||
            doorward_subscribe(connection, DOORWARD_EVENTS, WORDS, &subscription) < 0)
                return 1;
        if (doorward_subscription_next(subscription, SOON_MS, &item) != -DOORWARD_ERROR_REFUSED)
                return 2;
        return strcmp(doorward_subscription_reason(subscription), data) == 0 ? 0 : 3;
}

static void who_may_not_see_is_told_so(void **state)
{
        static char no_permission[] = "not-permitted";
        const DaemonFixture *fixture = *state;
        assert_int_equal(fixture_as(HELEN_UID, 100, subscribe_in_vain, fixture, no_permission), 0);
        assert_int_equal(fixture_as(KIOSK_UID, 100, subscribe_in_vain, fixture, no_permission), 0);
}

/* Asks about several people. Return: 0 when each has the answer that is his. */
static int ask_about_many(const DaemonFixture *fixture, void *data)
{
        static const struct doorward_question QUESTIONS[] = {
                { "frank", UNLOCK, D1, NULL, DOORWARD_QUESTION_EXPLAIN },
                { "frank", UNLOCK, "door:acme/Branch/D4", NULL, 0 },
                { "nobody-here", UNLOCK, D1, NULL, 0 },
                { "helen", UNLOCK, D1, NULL, 0 },
        };
        struct doorward_result results[4];
        doorward *connection = NULL;
        if (doorward_new(&connection, fixture->socket) < 0 ||
            doorward_set_timeout(connection, SOON_MS) < 0 ||
            doorward_ask_many(connection, QUESTIONS, 4, results) < 0)
                return 1;
        if (doorward_answer_outcome(results[0].answer) != DOORWARD_ALLOW ||
            !*doorward_answer_explanation(results[0].answer))
                return 2;
        /* Not at a site of the program's */
        if (results[1].error != -DOORWARD_ERROR_REFUSED ||
            doorward_answer_outcome(results[1].answer) != DOORWARD_CANNOT_DECIDE)
                return 3;
        if (strcmp(doorward_answer_reason(results[2].answer), "unknown-subject") != 0)
                return 4;
        if (doorward_answer_outcome(results[3].answer) != DOORWARD_DENY)
                return 5;
        for (size_t i = 0; i < 4; i++)
                doorward_answer_free(results[i].answer);
        doorward_free(connection);
        return 0;
}

static void a_batch_is_answered_one_by_one(void **state)
{
        assert_int_equal(fixture_as(BRIDGE_UID, 100, ask_about_many, *state, NULL), 0);
}

/* Reports a passage, and the same again. Return: 0 when both are acknowledged; 10: refused. */
static int report(const DaemonFixture *fixture, void *data)
{
        const struct doorward_event events[] = {
                { .event = "door-opened", .sequence = 1, .door = "acme/HQ/D1" },
                { .event = "access-taken",
                  .sequence = 2,
                  .door = "acme/HQ/D1",
                  .user = "frank",
                  .detail = "through the library" },
        };
        doorward *connection = NULL;
        doorward_answer *answer = NULL;
        if (doorward_new(&connection, fixture->socket) < 0 ||
            doorward_set_timeout(connection, SOON_MS) < 0)
                return 1;
        for (int i = 0; i < 2; i++) {
                int r = doorward_report(connection, STORE, events, 2, &answer);
                if (r == -DOORWARD_ERROR_REFUSED &&
                    strcmp(doorward_answer_reason(answer), "not-allowed") == 0)
                        return 10;
                if (r != 0 || strcmp(doorward_answer_reason(answer), "recorded") != 0)
                        return 2;
                answer = doorward_answer_free(answer);
        }
        doorward_free(connection);
        return 0;
}

static void a_report_is_recorded_once(void **state)
{
        static const char *const WORDS[] = { "resource=door:acme/HQ/D1", NULL };
        const DaemonFixture *fixture = *state;
        doorward *connection = connect_to(fixture);
        doorward_subscription *seen = subscribe(connection, DOORWARD_EVENTS, WORDS);
        expect_nothing(seen);
        assert_int_equal(fixture_as(READER_UID, 100, report, fixture, NULL), 0);
        expect_item(seen, "decision", "door-opened");
        expect_item(seen, "decision", "access-taken");
        expect_nothing(seen);
        assert_int_equal(fixture_as(BRIDGE_UID, 100, report, fixture, NULL), 10);
        doorward_subscription_free(seen);
        doorward_free(connection);
}

/* Uses up the command whose id is `data`, as the gateway's neighbour that it was not given to.
 * Return: 0 when it is told that it is gone. */
static int consume_in_vain(const DaemonFixture *fixture, void *data)
{
        doorward *connection = NULL;
        doorward_answer *answer = NULL;
        if (doorward_new(&connection, fixture->socket) < 0 ||
            doorward_set_timeout(connection, SOON_MS) < 0 ||
            doorward_consume(connection, data, D1, &answer) != 0)
                return 1;
        if (doorward_answer_outcome(answer) != DOORWARD_DENY)
                return 2;
        return strcmp(doorward_answer_reason(answer), "command-consumed") == 0 ? 0 : 3;
}

/* An item of that kind; others are passed over. Owned by the caller. */
static doorward_item *next_of_kind(doorward_subscription *subscription, const char *kind)
{
        for (int i = 0; i < 20; i++) {
                doorward_item *item = NULL;
                assert_int_equal(doorward_subscription_next(subscription, SOON_MS, &item), 0);
                assert_non_null(item);
                if (strcmp(doorward_item_get(item, "kind"), kind) == 0)
                        return item;
                doorward_item_free(item);
        }
        fail_msg("no %s came", kind);
        return NULL;
}

static void commands_come_to_their_gateway_and_to_nobody_else(void **state)
{
        static const char *const WORDS[] = { "with=" D1, NULL };
        const DaemonFixture *fixture = *state;
        char id[64];
        doorward *connection = connect_to(fixture);
        doorward_subscription *commands = subscribe(connection, DOORWARD_COMMANDS, WORDS);
        /* Who subscribes is who connects. */
        assert_int_equal(seteuid(READER_UID), 0);
        doorward_item *item = next_of_kind(commands, "door");
        assert_int_equal(seteuid(0), 0);
        assert_string_equal(doorward_item_get(item, "hold"), "controlled");
        doorward_item_free(item);
        expect_nothing(commands);
        assert_int_equal(fixture_as(FRANK_UID, 100, unlock, fixture, NULL), 1);
        item = next_of_kind(commands, "command");
        (void)snprintf(id, sizeof(id), "%s", doorward_item_get(item, "id"));
        assert_int_equal(strlen(id), 32);
        assert_string_equal(doorward_item_get(item, "door"), "acme/HQ/D1");
        assert_int_not_equal(strtol(doorward_item_get(item, "valid-milliseconds"), NULL, 10), 0);
        doorward_item_free(item);
        assert_int_equal(fixture_as(BRIDGE_UID, 100, consume_in_vain, fixture, id), 0);
        doorward_subscription_free(commands);
        doorward_free(connection);
}

/* Unlocks and uses the command up, since no gateway serves that door; the second time in vain.
 * Return: 0 when it is so. */
static int consume_once(const DaemonFixture *fixture, void *data)
{
        doorward *connection = NULL;
        doorward_answer *answer = NULL;
        char id[64];
        if (doorward_new(&connection, fixture->socket) < 0 ||
            doorward_set_timeout(connection, SOON_MS) < 0 ||
            doorward_unlock(connection, "door:acme/HQ/Tower/D3", "tested", &answer) != 0)
                return 1;
        (void)snprintf(id, sizeof(id), "%s", doorward_answer_decision_id(answer));
        if (strcmp(doorward_answer_gateway(answer), "none") != 0 || strlen(id) != 32)
                return 2;
        answer = doorward_answer_free(answer);
        for (int i = 0; i < 2; i++) {
                if (doorward_consume(connection, id, "door:acme/HQ/Tower/D3", &answer) != 0 ||
                    (doorward_answer_outcome(answer) == DOORWARD_ALLOW) != (i == 0))
                        return 3;
                if (i == 1 && strcmp(doorward_answer_reason(answer), "command-consumed") != 0)
                        return 4;
                answer = doorward_answer_free(answer);
        }
        doorward_free(connection);
        return 0;
}

static void a_command_is_used_up_once(void **state)
{
        assert_int_equal(fixture_as(0, 0, consume_once, *state, NULL), 0);
}

static void a_daemon_that_ends_is_a_loss_that_is_told(void **state)
{
        DaemonFixture *fixture = *state;
        doorward *connection = connect_to(fixture);
        doorward_subscription *lost[] = { subscribe(connection, DOORWARD_EVENTS, NULL),
                                          subscribe(connection, DOORWARD_REVISIONS, NULL) };
        doorward_item *item = NULL;
        expect_nothing(lost[0]);
        expect_item(lost[1], "state", "serving");
        expect_nothing(lost[1]);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        for (size_t i = 0; i < 2; i++) {
                assert_int_equal(doorward_subscription_next(lost[i], SOON_MS, &item),
                                 -DOORWARD_ERROR_UNREACHABLE);
                doorward_subscription_free(lost[i]);
        }
        /* Subscribing again is the program's business, and works. */
        assert_true(fixture_start(fixture));
        lost[1] = subscribe(connection, DOORWARD_REVISIONS, NULL);
        expect_item(lost[1], "state", "serving");
        doorward_subscription_free(lost[1]);
        doorward_free(connection);
}

static int setup(void **state)
{
        static DaemonFixture fixture;
        char folder[160];
        fixture_set_up(&fixture);
        (void)snprintf(folder, sizeof(folder), "%s/organizations.d/acme.d", fixture.policy);
        assert_int_equal(mkdir(folder, 0755), 0);
        assert_int_equal(chmod(folder, 0755), 0);
        fixture_write(&fixture, "organizations.d/acme.d/reader.conf", reader);
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

static int teardown(void **state)
{
        DaemonFixture *fixture = *state;
        int status = fixture_stop(fixture, SIGTERM);
        fixture_tear_down(fixture);
        return status;
}

int main(void)
{
        if (geteuid() != 0) {
                (void)fputs("this test has to be somebody else, so it needs root\n", stderr);
                return SKIPPED;
        }
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(events_come_as_they_happen),
                cmocka_unit_test(revisions_come_when_they_are_served),
                cmocka_unit_test(who_may_not_see_is_told_so),
                cmocka_unit_test(a_batch_is_answered_one_by_one),
                cmocka_unit_test(a_report_is_recorded_once),
                cmocka_unit_test(commands_come_to_their_gateway_and_to_nobody_else),
                cmocka_unit_test(a_command_is_used_up_once),
                cmocka_unit_test(a_daemon_that_ends_is_a_loss_that_is_told),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
