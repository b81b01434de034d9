/* SPDX-License-Identifier: MIT */
/* Changes whose journal or folder of assignments is in trouble. */
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

#include "change_fixture.h"

static int setup(void **state)
{
        static DaemonFixture fixture;
        change_fixture_set_up(&fixture);
        *state = &fixture;
        return 0;
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, change_fixture_tear_down)

int main(void)
{
        CHANGE_FIXTURE_NEEDS_ROOT();
        const struct CMUnitTest tests[] = {
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
