/* SPDX-License-Identifier: MIT */
/* Changes that cannot be made, come at once, or are left by who asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>

#include "change_fixture.h"
#include "daemon/change_queue.h"

#define QUEUE_MAX 20

static int setup(void **state)
{
        static DaemonFixture fixture;
        change_fixture_set_up(&fixture);
        *state = &fixture;
        return 0;
}

static void what_is_written_by_hand_is_changed_there(void **state)
{
        DaemonFixture *fixture = *state;
        fixture_write(fixture, "organizations.d/acme.d/hand.conf",
                      "\nusers = ( { name = \"zed\"; groups = [ \"night\" ]; } );\n");
        assert_true(fixture_start(fixture));
        assert_error(change_as(fixture, ADA, REVOKE(VIEWER_HQ, "user:acme/bea")), "written-by-hand",
                     PEOPLE_FILE ":11: ");
        /* The image does not say where a membership stands: the compiler does. */
        const Reply *reply = change_as(fixture, ADA, { FIELD_ACTION, "remove-member", 0 },
                                       { FIELD_RESOURCE, "user:acme/zed", 0 },
                                       { FIELD_WITH, "group:acme/night", 0 });
        assert_error(reply, "written-by-hand", "organizations.d/acme.d/hand.conf:2: ");
        assert_true(sees_door(fixture, "bea"));
        assert_true(sees_door(fixture, "zed"));
        assert_string_equal(assignments(fixture), "");
        assert_false(has_candidate(fixture));
        assert_non_null(
                strstr(plain(fixture, MESSAGE_EVENTS), "decision=error\nreason=written-by-hand\n"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "last_change=refused\n"));
}

static void a_broken_text_refuses_changes_until_it_is_repaired(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        fixture_write(fixture, "organizations.d/other.conf",
                      "organization = { name = \"other\"; };\nuzers = ( );\n");
        assert_error(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")), "policy-refused",
                     "organizations.d/other.conf:2: error: ");
        assert_false(sees_door(fixture, "bob"));
        assert_string_equal(assignments(fixture), "");
        assert_false(has_candidate(fixture));
        (void)plain(fixture, MESSAGE_RELOAD);
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "alert=policy-refused\n"));
        fixture_write(fixture, "organizations.d/other.conf",
                      "organization = { name = \"other\"; };\n");
        /* The change takes over whatever the text says by then. */
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")));
        assert_true(sees_door(fixture, "bob"));
        const char *status = plain(fixture, MESSAGE_STATUS);
        assert_non_null(strstr(status, "state=ready\n"));
        assert_non_null(strstr(status, "text=served\n"));
}

static void a_failing_policy_test_refuses_a_change(void **state)
{
        DaemonFixture *fixture = *state;
        fixture_write(fixture, "tests.d/bob.conf",
                      "tests = (\n  { query = \"bob access.door.view door:acme/HQ/D1\";\n"
                      "    at = \"2026-11-22T09:00:00Z\"; expect = \"deny\"; } );\n");
        assert_true(fixture_start(fixture));
        assert_error(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")), "policy-refused",
                     "tests.d/bob.conf:2: failed: ");
        assert_error(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"),
                               { FIELD_DRY_RUN, NULL, 0 }),
                     "policy-refused", "tests.d/bob.conf:2: failed: ");
        assert_string_equal(assignments(fixture), "");
        assert_false(sees_door(fixture, "bob"));
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")));
}

/* ---- Several at once: sent while the daemon is stopped, in this order ---- */

typedef struct Sent {
        uint32_t uid;
        const char *action, *role, *resource;
        bool leaves; /* without waiting for the answer */
} Sent;

typedef struct Crowd {
        const Sent *sent;
        Reply *replies;
        int turns[QUEUE_MAX + 1][2];
} Crowd;

/* One person of the crowd: sends when it is his turn. */
static int take_turn(const DaemonFixture *fixture, const Crowd *crowd, size_t n)
{
        const Sent *sent = &crowd->sent[n];
        char token;
        const TestField fields[] = { { FIELD_ACTION, sent->action, 0 },
                                     { FIELD_RESOURCE, sent->resource, 0 },
                                     { FIELD_ROLE, sent->role, 0 } };
        if (read(crowd->turns[n][0], &token, 1) != 1)
                return 1;
        if (setgid(sent->uid) < 0 || setuid(sent->uid) < 0)
                return 1;
        int fd = fixture_connect(fixture);
        bool done = fixture_send(fd, MESSAGE_CHANGE, fields, 3);
        if (sent->leaves)
                (void)close(fd);
        if (write(crowd->turns[n + 1][1], "x", 1) != 1 || !done)
                return 1;
        if (!sent->leaves)
                fixture_receive(fd, &crowd->replies[n]);
        return 0;
}

/* Sends all of them, one after the other, before the daemon reads any. */
static const Reply *send_at_once(const DaemonFixture *fixture, const Sent *sent, size_t count)
{
        static Reply *replies;
        Crowd crowd = { .sent = sent };
        pid_t pids[QUEUE_MAX];
        char token;
        if (!replies)
                replies = mmap(NULL, QUEUE_MAX * sizeof(*replies), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_true(count <= QUEUE_MAX && replies != MAP_FAILED);
        memset(replies, 0, QUEUE_MAX * sizeof(*replies));
        crowd.replies = replies;
        for (size_t i = 0; i <= count; i++)
                assert_int_equal(pipe(crowd.turns[i]), 0);
        assert_int_equal(kill(fixture->pid, SIGSTOP), 0);
        for (size_t i = 0; i < count; i++) {
                pids[i] = fork();
                assert_true(pids[i] >= 0);
                if (pids[i] == 0)
                        _exit(take_turn(fixture, &crowd, i));
        }
        assert_int_equal(write(crowd.turns[0][1], "x", 1), 1);
        assert_int_equal(read(crowd.turns[count][0], &token, 1), 1);
        assert_int_equal(kill(fixture->pid, SIGCONT), 0);
        for (size_t i = 0; i < count; i++) {
                int status;
                assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
                assert_int_equal(status, 0);
        }
        for (size_t i = 0; i <= count; i++) {
                (void)close(crowd.turns[i][0]);
                (void)close(crowd.turns[i][1]);
        }
        return replies;
}

static void changes_that_wait_share_a_compile(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        const Sent sent[] = {
                { ADA, "grant", VIEWER_HQ, "user:acme/bob", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/cleo", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/olga", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/uma", false },
        };
        const Reply *replies = send_at_once(fixture, sent, 4);
        for (size_t i = 0; i < 4; i++)
                assert_made(&replies[i]);
        assert_string_not_equal(replies[0].revision, replies[1].revision);
        assert_string_equal(replies[1].revision, replies[2].revision);
        assert_string_equal(replies[1].revision, replies[3].revision);
        assert_non_null(strstr(assignments(fixture), "uma"));
}

static void changes_of_the_same_person_are_made_in_their_order(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        const Sent sent[] = {
                { ADA, "grant", VIEWER_HQ, "user:acme/cleo", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/bob", false },
                { ADA, "revoke", VIEWER_HQ, "user:acme/bob", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/bob", false },
                { ADA, "revoke", VIEWER_HQ, "user:acme/bob", false },
        };
        const Reply *replies = send_at_once(fixture, sent, 5);
        for (size_t i = 0; i < 5; i++)
                assert_made(&replies[i]);
        assert_false(sees_door(fixture, "bob"));
        assert_true(sees_door(fixture, "cleo"));
}

/* Whoever is made Site Admin has a say only in what comes after it. */
static void who_gains_authority_has_it_in_the_next_batch(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        const Sent sent[] = {
                { ADA, "grant", VIEWER_HQ, "user:acme/olga", false },
                { ADA, "grant", "access-site-admin@acme/HQ", "user:acme/bob", false },
                { BOB, "grant", VIEWER_HQ, "user:acme/cleo", false },
                { ADA, "revoke", "access-site-admin@acme/HQ", "user:acme/bob", false },
                { BOB, "grant", VIEWER_HQ, "user:acme/helen", false },
        };
        const Reply *replies = send_at_once(fixture, sent, 5);
        assert_made(&replies[1]);
        assert_made(&replies[2]);
        assert_made(&replies[3]);
        assert_int_equal(replies[4].outcome, OUTCOME_DENY);
        assert_true(sees_door(fixture, "cleo"));
        assert_false(sees_door(fixture, "helen"));
}

/* He depends on a change before him and is depended on, but has no say as things are. */
static void who_may_not_keeps_nobody_from_sharing_a_compile(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        const Sent sent[] = {
                { ADA, "grant", VIEWER_HQ, "user:acme/olga", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/bob", false },
                { BOB, "grant", VIEWER_HQ, "user:acme/cleo", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/cleo", false },
        };
        const Reply *replies = send_at_once(fixture, sent, 4);
        assert_made(&replies[1]);
        assert_int_equal(replies[2].outcome, OUTCOME_DENY);
        assert_made(&replies[3]);
        assert_string_equal(replies[1].revision, replies[3].revision);
}

/* Each of these takes a compile of its own: who sends them does not fill the queue. */
static void nobody_has_more_than_a_few_changes_waiting(void **state)
{
        enum { FIRST = 1, ALL = FIRST + CHANGES_WAITING_OF_USER_MAX + 2 };
        DaemonFixture *fixture = *state;
        Sent sent[ALL];
        assert_true(fixture_start(fixture));
        for (size_t i = 0; i < ALL; i++)
                sent[i] = (Sent){ ADA, i % 2 ? "revoke" : "grant", VIEWER_HQ, "user:acme/bob",
                                  false };
        sent[ALL - 1] = (Sent){ UMA, "grant", "access-user-admin", "user:acme/cleo", false };
        const Reply *replies = send_at_once(fixture, sent, ALL);
        for (size_t i = 0; i < ALL - 2; i++)
                assert_made(&replies[i]);
        assert_int_equal(replies[ALL - 2].type, MESSAGE_REFUSAL);
        assert_string_equal(replies[ALL - 2].reason, "busy");
        assert_made(&replies[ALL - 1]);
}

static void one_that_is_refused_takes_nobody_along(void **state)
{
        DaemonFixture *fixture = *state;
        fixture_write(fixture, "tests.d/bob.conf",
                      "tests = (\n  { query = \"bob access.door.view door:acme/HQ/D1\";\n"
                      "    at = \"2026-11-22T09:00:00Z\"; expect = \"deny\"; } );\n");
        assert_true(fixture_start(fixture));
        const Sent sent[] = {
                { ADA, "grant", VIEWER_HQ, "user:acme/olga", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/cleo", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/frank", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/bob", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/uma", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/helen", false },
        };
        const Reply *replies = send_at_once(fixture, sent, 6);
        for (size_t i = 0; i < 6; i++)
                if (i != 3)
                        assert_made(&replies[i]);
        assert_error(&replies[3], "policy-refused", "tests.d/bob.conf:2: failed: ");
        assert_true(sees_door(fixture, "cleo"));
        assert_true(sees_door(fixture, "helen"));
        assert_false(sees_door(fixture, "bob"));
        assert_null(strstr(assignments(fixture), "bob"));
}

static void who_leaves_before_his_change_begins_does_not_make_it(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        const Sent sent[] = {
                { ADA, "grant", VIEWER_HQ, "user:acme/cleo", false },
                { ADA, "grant", VIEWER_HQ, "user:acme/bob", true },
                { ADA, "grant", VIEWER_HQ, "user:acme/uma", false },
        };
        const Reply *replies = send_at_once(fixture, sent, 3);
        assert_made(&replies[0]);
        assert_made(&replies[2]);
        assert_false(sees_door(fixture, "bob"));
        assert_non_null(strstr(assignments(fixture), "uma"));
}

static void who_leaves_afterwards_does_not_stop_it(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        /* The first of those that come at once begins at once. */
        const Sent sent[] = { { ADA, "grant", VIEWER_HQ, "user:acme/bob", true } };
        (void)send_at_once(fixture, sent, 1);
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")));
        assert_true(sees_door(fixture, "bob"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "changes_made=2\n"));
}

enum { MANY = 600 };

typedef struct Many {
        unsigned busy, made, unchanged;
        int sent[2]; /* a pipe: everything has been sent */
} Many;

/* One person on many connections. Return: 0 when each got one of the answers that there are. */
static int ask_on_many(const DaemonFixture *fixture, void *data)
{
        Many *many = data;
        static int fds[MANY];
        Reply *reply = malloc(sizeof(*reply));
        for (int i = 0; i < MANY; i++) {
                const TestField fields[] = { GRANT(VIEWER_HQ, "user:acme/bob") };
                fds[i] = fixture_connect(fixture);
                if (fds[i] < 0 || !fixture_send(fds[i], MESSAGE_CHANGE, fields, 3))
                        return 1;
        }
        if (write(many->sent[1], "x", 1) != 1)
                return 1;
        for (int i = 0; i < MANY; i++) {
                fixture_receive(fds[i], reply);
                if (reply->type == MESSAGE_REFUSAL && strcmp(reply->reason, "busy") == 0)
                        many->busy++;
                else if (reply->type == MESSAGE_ANSWER && reply->outcome == OUTCOME_ALLOW)
                        many->made++;
                else if (strcmp(reply->reason, "no-change") == 0)
                        many->unchanged++;
                (void)close(fds[i]);
        }
        free(reply);
        return 0;
}

/* A child that lets the daemon go on when everything has been sent. */
static pid_t go_on_when_sent(const DaemonFixture *fixture, const Many *many)
{
        char token;
        pid_t pid = fork();
        if (pid != 0)
                return pid;
        bool sent = read(many->sent[0], &token, 1) == 1;
        (void)kill(fixture->pid, SIGCONT);
        _exit(sent ? 0 : 1);
}

static void write_many_people(const DaemonFixture *fixture)
{
        char path[160];
        (void)snprintf(path, sizeof(path), "%s/organizations.d/acme.d/many.conf", fixture->policy);
        FILE *file = fopen(path, "w");
        (void)fputs("users = (", file);
        for (int i = 0; i < 100000; i++)
                (void)fprintf(file, "%s { name = \"m%d\"; }", i ? ",\n" : "", i);
        (void)fputs(" );\n", file);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(path, 0644), 0);
}

static void only_so_many_changes_wait(void **state)
{
        DaemonFixture *fixture = *state;
        int status;
        Many *many = mmap(NULL, sizeof(*many), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                          -1, 0);
        assert_true(many != MAP_FAILED);
        assert_int_equal(pipe(many->sent), 0);
        fixture_append(fixture, "doorward.conf",
                       "limits = { clients_per_user = 1000; requests_per_second = 100000;\n"
                       "           requests_burst = 100000; };\n");
        /* So many people that the first compile takes longer than reading what was sent. */
        write_many_people(fixture);
        assert_true(fixture_start(fixture));
        assert_int_equal(kill(fixture->pid, SIGSTOP), 0);
        pid_t helper = go_on_when_sent(fixture, many);
        assert_int_equal(fixture_as(ADA, ADA, ask_on_many, fixture, many), 0);
        assert_int_equal(waitpid(helper, &status, 0), helper);
        assert_int_equal(status, 0);
        /* One begins at once and is made, a few wait and find it made, the others are turned away.
         */
        assert_int_equal(many->made, 1);
        assert_int_equal(many->unchanged, CHANGES_WAITING_OF_USER_MAX);
        assert_int_equal(many->busy, MANY - 1 - CHANGES_WAITING_OF_USER_MAX);
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "changes_waiting=0\n"));
        (void)close(many->sent[0]);
        (void)close(many->sent[1]);
        (void)munmap(many, sizeof(*many));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, change_fixture_tear_down)

int main(void)
{
        CHANGE_FIXTURE_NEEDS_ROOT();
        const struct CMUnitTest tests[] = {
                TEST(what_is_written_by_hand_is_changed_there),
                TEST(a_broken_text_refuses_changes_until_it_is_repaired),
                TEST(a_failing_policy_test_refuses_a_change),
                TEST(changes_that_wait_share_a_compile),
                TEST(changes_of_the_same_person_are_made_in_their_order),
                TEST(who_gains_authority_has_it_in_the_next_batch),
                TEST(who_may_not_keeps_nobody_from_sharing_a_compile),
                TEST(nobody_has_more_than_a_few_changes_waiting),
                TEST(one_that_is_refused_takes_nobody_along),
                TEST(who_leaves_before_his_change_begins_does_not_make_it),
                TEST(who_leaves_afterwards_does_not_stop_it),
                TEST(only_so_many_changes_wait),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
