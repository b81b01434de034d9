/* SPDX-License-Identifier: MIT */
/* Changes that cannot be made, come at once, are left by who asked, or meet a daemon in trouble. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "change_fixture.h"
#include "daemon/change_queue.h"

#define VIEWER_HQ "access-site-viewer@acme/HQ"
#define QUEUE_MAX 20

static int setup(void **state)
{
        static DaemonFixture fixture;
        change_fixture_set_up(&fixture);
        *state = &fixture;
        return 0;
}

static int teardown(void **state)
{
        DaemonFixture *fixture = *state;
        int status = fixture->pid > 0 ? fixture_stop(fixture, SIGTERM) : 0;
        fixture_tear_down(fixture);
        return status;
}

static const char *plain(const DaemonFixture *fixture, MessageType type)
{
        static Reply reply;
        int fd = fixture_connect(fixture);
        fixture_ask_plain(fd, &reply, type);
        (void)close(fd);
        return reply.pairs;
}

static bool sees_door(const DaemonFixture *fixture, const char *user)
{
        return outcome_of(fixture, user, "access.door.view", "door:acme/HQ/D1") == OUTCOME_ALLOW;
}

#define assert_error(reply, expected_reason, expected_detail)                                      \
        do {                                                                                       \
                const Reply *reply_ = (reply);                                                     \
                assert_int_equal(reply_->type, MESSAGE_ANSWER);                                    \
                assert_string_equal(reply_->reason, expected_reason);                              \
                assert_int_equal(reply_->outcome, OUTCOME_ERROR);                                  \
                assert_non_null(strstr(reply_->detail, expected_detail));                          \
        } while (0)

#define assert_made(reply)                                                                         \
        do {                                                                                       \
                const Reply *made_ = (reply);                                                      \
                assert_string_equal(made_->reason, "granted-by-role");                             \
                assert_int_equal(made_->outcome, OUTCOME_ALLOW);                                   \
        } while (0)

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

/* ---- Trouble ---- */

static void without_journal_nothing_is_changed(void **state)
{
        DaemonFixture *fixture = *state;
        char path[160];
        assert_true(fixture_start(fixture));
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        /* The row of the start must not be the one that finds it gone and begins a new one. */
        bool begun = false;
        for (int i = 0; i < 100 && !begun; i++)
                begun = strstr(plain(fixture, MESSAGE_EVENTS), "kind=reload\n");
        assert_true(begun);
        assert_int_equal(unlink(path), 0);
        const Reply *reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"));
        assert_error(reply, "journal-failed", "");
        assert_string_equal(assignments(fixture), "");
        assert_false(has_candidate(fixture));
        assert_false(sees_door(fixture, "bob"));
        /* A new one is begun by what has to be recorded since. */
        for (int i = 0; i < 100 && reply->outcome != OUTCOME_ALLOW; i++) {
                (void)plain(fixture, MESSAGE_RELOAD);
                reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"));
        }
        assert_made(reply);
        assert_true(sees_door(fixture, "bob"));
        assert_non_null(strstr(plain(fixture, MESSAGE_EVENTS), "resource=user:acme/bob\n"));
}

/* That a change was refused is a row, too: there may be nothing else to be recorded. */
static void a_journal_that_can_be_written_again_is_noticed_by_changes(void **state)
{
        DaemonFixture *fixture = *state;
        char path[160];
        assert_true(fixture_start(fixture));
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        for (int i = 0; i < 3; i++)
                assert_error(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")),
                             "journal-failed", "");
        assert_int_equal(rmdir(path), 0);
        const Reply *reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"));
        for (int i = 0; i < 100 && reply->outcome != OUTCOME_ALLOW; i++) {
                (void)usleep(10000);
                reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"));
        }
        assert_made(reply);
        assert_non_null(strstr(plain(fixture, MESSAGE_EVENTS), "reason=journal-failed\n"));
}

static void what_was_left_behind_is_removed_at_the_start(void **state)
{
        DaemonFixture *fixture = *state;
        char path[160];
        assert_true(fixture_start(fixture));
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")));
        (void)fixture_stop(fixture, SIGKILL);
        (void)snprintf(path, sizeof(path), "%s/assignments/acme.conf.next", fixture->state);
        int fd = open(path, O_WRONLY | O_CREAT, 0600);
        assert_int_equal(write(fd, "half a", 6), 6);
        (void)close(fd);
        assert_true(fixture_start(fixture));
        assert_false(has_candidate(fixture));
        assert_true(sees_door(fixture, "bob"));
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")));
}

static void the_folder_of_assignments_is_nobody_else_s(void **state)
{
        DaemonFixture *fixture = *state;
        char path[160];
        struct stat status;
        assert_true(fixture_start(fixture));
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")));
        (void)snprintf(path, sizeof(path), "%s/assignments/acme.conf", fixture->state);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
        (void)snprintf(path, sizeof(path), "%s/assignments", fixture->state);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0700);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        assert_int_equal(chmod(path, 0777), 0);
        assert_false(fixture_start(fixture));
        assert_int_equal(fixture_stop(fixture, SIGKILL), 3);
}

/* Renames one folder or file of the state folder. */
static void state_rename(const DaemonFixture *fixture, const char *from, const char *to)
{
        char old[160], new[160];
        (void)snprintf(old, sizeof(old), "%s/%s", fixture->state, from);
        (void)snprintf(new, sizeof(new), "%s/%s", fixture->state, to);
        assert_int_equal(rename(old, new), 0);
}

/* As from a backup, while the daemon runs: what is answered stands in the folder that is read. */
static void another_folder_of_assignments_is_followed(void **state)
{
        DaemonFixture *fixture = *state;
        char path[160];
        assert_true(fixture_start(fixture));
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")));
        state_rename(fixture, "assignments", "former");
        (void)snprintf(path, sizeof(path), "%s/assignments", fixture->state);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")));
        assert_non_null(strstr(assignments(fixture), "cleo"));
        assert_false(has_candidate(fixture));
        (void)plain(fixture, MESSAGE_RELOAD);
        assert_true(sees_door(fixture, "cleo"));
        assert_false(sees_door(fixture, "bob"));
}

/* Without it, legacy roles that were migrated would come back. */
static void a_folder_of_assignments_that_is_gone_is_not_an_empty_one(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")));
        state_rename(fixture, "assignments", "former");
        (void)plain(fixture, MESSAGE_RELOAD);
        const char *status = plain(fixture, MESSAGE_STATUS);
        assert_non_null(strstr(status, "alert=policy-refused\n"));
        assert_non_null(strstr(status, "the managed assignments are gone"));
        assert_true(sees_door(fixture, "bob"));
        assert_error(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")), "policy-refused",
                     "the managed assignments are gone");
        state_rename(fixture, "former", "assignments");
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")));
        assert_true(sees_door(fixture, "bob"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "state=ready\n"));
}

/* What stands in the place of the new assignments is not written to, whatever it is. */
static void a_link_in_the_place_of_the_new_file_is_not_followed(void **state)
{
        DaemonFixture *fixture = *state;
        char path[160], target[160];
        assert_true(fixture_start(fixture));
        (void)snprintf(path, sizeof(path), "%s/assignments/acme.conf.next", fixture->state);
        (void)snprintf(target, sizeof(target), "%s/victim", fixture->folder);
        assert_int_equal(symlink(target, path), 0);
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")));
        assert_int_equal(access(target, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
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
                TEST(without_journal_nothing_is_changed),
                TEST(a_journal_that_can_be_written_again_is_noticed_by_changes),
                TEST(what_was_left_behind_is_removed_at_the_start),
                TEST(the_folder_of_assignments_is_nobody_else_s),
                TEST(another_folder_of_assignments_is_followed),
                TEST(a_folder_of_assignments_that_is_gone_is_not_an_empty_one),
                TEST(a_link_in_the_place_of_the_new_file_is_not_followed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
