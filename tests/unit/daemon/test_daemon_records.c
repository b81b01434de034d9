/* SPDX-License-Identifier: MIT */
/* What the real daemon records, and what it does when it cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

static Reply reply;

static void session(const DaemonFixture *fixture, const char *service, const char *user,
                    uint32_t phase, const char *resource)
{
        int fd = fixture_connect(fixture);
        assert_true(fd >= 0);
        fixture_ask(fd, &reply, MESSAGE_SESSION, { FIELD_USER, user, 0 },
                    { FIELD_ACTION, "session", 0 }, { FIELD_RESOURCE, resource, 0 },
                    { FIELD_SERVICE, service, 0 }, { FIELD_PHASE, NULL, phase },
                    { FIELD_CALLER_UID, NULL, 0 }, { FIELD_REMOTE_HOST, "192.0.2.7", 0 },
                    { FIELD_TERMINAL, "ssh", 0 }, { FIELD_MINIMUM_UID, NULL, 1000 });
        (void)close(fd);
}

static void unlock(const DaemonFixture *fixture, const char *door)
{
        int fd = fixture_connect(fixture);
        assert_true(fd >= 0);
        fixture_ask(fd, &reply, MESSAGE_UNLOCK, { FIELD_RESOURCE, door, 0 },
                    { FIELD_WHY, "a drill", 0 });
        (void)close(fd);
}

static void list(const DaemonFixture *fixture, MessageType type)
{
        int fd = fixture_connect(fixture);
        assert_true(fd >= 0);
        fixture_ask_plain(fd, &reply, type);
        assert_int_equal(reply.type, MESSAGE_END);
        (void)close(fd);
}

static int setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        *state = &fixture;
        return 0;
}

static int teardown(void **state)
{
        fixture_tear_down(*state);
        return 0;
}

static void an_allowed_unlock_is_a_command_and_a_row(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        unlock(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_int_equal(strlen(reply.decision_id), 32);
        assert_true(reply.not_after > 0);
        assert_string_equal(reply.door, "acme/HQ/D1");
        char id[64];
        (void)snprintf(id, sizeof(id), "decision_id=%.32s\n", reply.decision_id);
        list(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, id));
        assert_non_null(strstr(reply.pairs, "kind=unlock\n"));
        assert_non_null(strstr(reply.pairs, "why=a drill\n"));
        assert_non_null(strstr(reply.pairs, "reason=break-glass-unlock\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void rescue(const DaemonFixture *fixture, uint32_t phase)
{
        int fd = fixture_connect(fixture);
        assert_true(fd >= 0);
        fixture_ask(fd, &reply, MESSAGE_SESSION, { FIELD_USER, "rescue", 0 },
                    { FIELD_ACTION, "session", 0 }, { FIELD_RESOURCE, "", 0 },
                    { FIELD_SERVICE, "sshd", 0 }, { FIELD_PHASE, NULL, phase },
                    { FIELD_CALLER_UID, NULL, 0 }, { FIELD_USER_UID, NULL, 1999 },
                    { FIELD_USER_LOCAL_UID, NULL, 1999 }, { FIELD_MINIMUM_UID, NULL, 1000 });
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_string_equal(reply.reason, "break-glass");
        (void)close(fd);
}

static void a_break_glass_session_is_an_alarm_in_either_phase(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        rescue(fixture, SESSION_PHASE_OPEN);
        list(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "reason=break-glass-session\n"));
        assert_non_null(strstr(reply.pairs, "why=rescue is let in by sshd (session)\n"));
        rescue(fixture, SESSION_PHASE_ACCOUNT);
        list(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "why=rescue is let in by sshd (account)\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void a_session_is_recorded_listed_and_closed(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        session(fixture, "sshd", "frank", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        session(fixture, "sshd", "frank", SESSION_PHASE_OPEN, "");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        list(fixture, MESSAGE_SESSIONS);
        assert_int_equal(reply.records, 1);
        assert_non_null(strstr(reply.pairs, "user=frank\n"));
        assert_non_null(strstr(reply.pairs, "remote_host=192.0.2.7\n"));
        assert_null(strstr(reply.pairs, "gone="));
        session(fixture, "sshd", "frank", SESSION_PHASE_CLOSE, "");
        list(fixture, MESSAGE_SESSIONS);
        assert_int_equal(reply.records, 0);
        list(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "kind=account\n"));
        assert_non_null(strstr(reply.pairs, "kind=session-open\n"));
        assert_non_null(strstr(reply.pairs, "kind=session-close\n"));
        assert_non_null(strstr(reply.pairs, "resource=host:acme/HQ/gw-1\n"));
        assert_non_null(strstr(reply.pairs, "place=organizations.d/acme.conf:"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void denials_and_refusals_are_rows_too(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        session(fixture, "sshd", "helen", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_DENY);
        session(fixture, "sshd", "stranger", SESSION_PHASE_ACCOUNT, "");
        assert_string_equal(reply.reason, "unknown-subject");
        session(fixture, "vsftpd", "frank", SESSION_PHASE_ACCOUNT, "");
        assert_string_equal(reply.reason, "no-session-rule");
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_EVENTS, { FIELD_DENIED, NULL, 0 });
        assert_int_equal(reply.records, 3);
        fixture_ask(fd, &reply, MESSAGE_EVENTS, { FIELD_USER, "helen", 0 });
        assert_int_equal(reply.records, 1);
        fixture_ask(fd, &reply, MESSAGE_EVENTS, { FIELD_USER, "hel", 0 });
        assert_int_equal(reply.records, 0);
        (void)close(fd);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void observed_sessions_are_let_in_and_say_what_they_would_be(void **state)
{
        DaemonFixture *fixture = *state;
        char observe[128];
        time_t until = time(NULL) + 86400;
        struct tm date;
        (void)gmtime_r(&until, &date);
        (void)strftime(observe, sizeof(observe),
                       "enforcement = \"observe\"; observe_until = \"%Y-%m-%dT00:00:00Z\";\n",
                       &date);
        fixture_append(fixture, "doorward.conf", observe);
        assert_true(fixture_start(fixture));
        session(fixture, "sshd", "helen", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_string_equal(reply.reason, "observed");
        session(fixture, "door", "helen", SESSION_PHASE_ACCOUNT, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_DENY);
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_EVENTS, { FIELD_WOULD_DENY, NULL, 0 });
        assert_int_equal(reply.records, 1);
        assert_non_null(strstr(reply.pairs, "decision=deny\n"));
        assert_non_null(strstr(reply.pairs, "reason=not-permitted\n"));
        (void)close(fd);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

/* Follows, and sees a row that is written later. */
static void following_shows_what_happens(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        int follower = fixture_connect(fixture);
        TestField follow[] = { { FIELD_USER, "root", 0 }, { FIELD_FOLLOW, NULL, 0 } };
        assert_true(fixture_send(follower, MESSAGE_EVENTS, follow, 2));
        (void)usleep(500000);
        unlock(fixture, "door:acme/HQ/D1");
        static uint8_t frame[MESSAGE_SIZE_MAX];
        Message message;
        ssize_t size = recv(follower, frame, sizeof(frame), 0);
        assert_true(size > 0);
        assert_int_equal(message_decode(frame, (size_t)size, &message), 0);
        assert_int_equal(message.type, MESSAGE_RECORD);
        (void)close(follower);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

/* Whoever follows must not believe that nothing happens. */
static void following_ends_without_an_end_when_the_journal_is_replaced(void **state)
{
        DaemonFixture *fixture = *state;
        char path[128], other[128];
        static uint8_t frame[MESSAGE_SIZE_MAX];
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        (void)snprintf(other, sizeof(other), "%s/other.db", fixture->state);
        assert_true(fixture_start(fixture));
        int follower = fixture_connect(fixture);
        TestField follow[] = { { FIELD_FOLLOW, NULL, 0 } };
        assert_true(fixture_send(follower, MESSAGE_EVENTS, follow, 1));
        (void)usleep(500000);
        assert_int_equal(rename(path, other), 0);
        assert_int_equal(recv(follower, frame, sizeof(frame), 0), 0);
        (void)close(follower);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void answered_allows_survive_being_killed(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        char ids[20][64];
        for (int i = 0; i < 20; i++) {
                unlock(fixture, "door:acme/HQ/D1");
                assert_int_equal(reply.outcome, OUTCOME_ALLOW);
                (void)snprintf(ids[i], sizeof(ids[i]), "decision_id=%.32s\n", reply.decision_id);
        }
        assert_int_equal(fixture_stop(fixture, SIGKILL), 128 + SIGKILL);
        assert_true(fixture_start(fixture));
        list(fixture, MESSAGE_EVENTS);
        for (int i = 0; i < 20; i++)
                assert_non_null(strstr(reply.pairs, ids[i]));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void move_state(const DaemonFixture *fixture, bool away)
{
        char other[128];
        (void)snprintf(other, sizeof(other), "%s-away", fixture->state);
        assert_int_equal(away ? rename(fixture->state, other) : rename(other, fixture->state), 0);
}

static void without_journal_sessions_are_let_in_and_doors_stay_shut(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        move_state(fixture, true);
        unlock(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_DENY);
        assert_string_equal(reply.reason, "journal-failed");
        assert_int_equal(reply.not_after, 0);
        assert_string_equal(reply.door, "");
        session(fixture, "door", "frank", SESSION_PHASE_ACCOUNT, "door:acme/HQ/D1");
        assert_string_equal(reply.reason, "journal-failed");
        session(fixture, "sshd", "frank", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        list(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 3);
        assert_non_null(strstr(reply.pairs, "alert=journal-failing\n"));
        assert_non_null(strstr(reply.pairs, "journal=failing\n"));
        move_state(fixture, false);
        unlock(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        list(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 0);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void what_happens_without_journal_can_be_set(void **state)
{
        DaemonFixture *fixture = *state;
        fixture_append(fixture, "doorward.conf",
                       "journal_failure = { sessions = \"deny\"; unlocks = \"allow\"; };\n");
        assert_true(fixture_start(fixture));
        move_state(fixture, true);
        unlock(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        session(fixture, "sshd", "frank", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_DENY);
        assert_string_equal(reply.reason, "journal-failed");
        move_state(fixture, false);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

/* Stops and continues the journal's thread alone, as a disk that hangs would. Return: its id. */
static pid_t stop_journal(const DaemonFixture *fixture)
{
        char path[64];
        long tid = 0;
        (void)snprintf(path, sizeof(path), "/proc/%d/task", (int)fixture->pid);
        DIR *tasks = opendir(path);
        assert_non_null(tasks);
        for (const struct dirent *entry; (entry = readdir(tasks));)
                if (strtol(entry->d_name, NULL, 10) > tid)
                        tid = strtol(entry->d_name, NULL, 10);
        (void)closedir(tasks);
        assert_int_not_equal(tid, fixture->pid);
        assert_int_equal(ptrace(PTRACE_SEIZE, (pid_t)tid, NULL, NULL), 0);
        assert_int_equal(ptrace(PTRACE_INTERRUPT, (pid_t)tid, NULL, NULL), 0);
        assert_int_equal(waitpid((pid_t)tid, NULL, __WALL), (pid_t)tid);
        return (pid_t)tid;
}

static void a_journal_that_hangs_is_late_for_everybody_and_known(void **state)
{
        DaemonFixture *fixture = *state;
        fixture_append(fixture, "doorward.conf", "limits = { request_seconds = 1; };\n");
        assert_true(fixture_start(fixture));
        pid_t tid = stop_journal(fixture);
        /* The second of them begins when the first is given up. */
        TestField fields[] = { { FIELD_RESOURCE, "door:acme/HQ/D1", 0 },
                               { FIELD_WHY, "a drill", 0 } };
        int fd = fixture_connect(fixture);
        assert_true(fixture_send(fd, MESSAGE_UNLOCK, fields, 2));
        assert_true(fixture_send(fd, MESSAGE_UNLOCK, fields, 2));
        for (int i = 0; i < 2; i++) {
                fixture_receive(fd, &reply);
                assert_int_equal(reply.outcome, OUTCOME_DENY);
                assert_string_equal(reply.reason, "journal-failed");
        }
        (void)close(fd);
        char late[64];
        (void)snprintf(late, sizeof(late), "decision_id=%.32s\n", reply.decision_id);
        list(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 3);
        assert_non_null(strstr(reply.pairs, "alert=journal-failing\n"));

        assert_int_equal(ptrace(PTRACE_DETACH, tid, NULL, NULL), 0);
        unlock(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        list(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 0);
        /* What was allowed and then denied is there twice. */
        list(fixture, MESSAGE_EVENTS);
        const char *first = strstr(reply.pairs, late);
        assert_non_null(first);
        const char *second = strstr(first + 1, late);
        assert_non_null(second);
        assert_non_null(strstr(second, "decision=deny\nreason=journal-failed\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

/* A disk without room, as RLIMIT_FSIZE makes it. */
static void a_full_disk_is_a_journal_that_fails(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start_limited(fixture, 512 << 10));
        bool denied = false;
        for (int i = 0; i < 2000 && !denied; i++) {
                unlock(fixture, "door:acme/HQ/D1");
                denied = reply.outcome == OUTCOME_DENY;
        }
        assert_true(denied);
        assert_string_equal(reply.reason, "journal-failed");
        session(fixture, "sshd", "frank", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void names_from_outside_are_bounded_and_escaped(void **state)
{
        DaemonFixture *fixture = *state;
        static char name[60000];
        memset(name, 'a', sizeof(name) - 1);
        assert_true(fixture_start(fixture));
        session(fixture, "sshd", name, SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_DENY);
        session(fixture, "sshd", "frank\n\x1b[31m\xff", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_DENY);
        session(fixture, "sshd", "", SESSION_PHASE_ACCOUNT, "");
        assert_int_equal(reply.outcome, OUTCOME_DENY);
        list(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "user=frank\\x0a\\x1b[31m\\xff\n"));
        assert_true(strlen(reply.pairs) < 20000);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_allowed_unlock_is_a_command_and_a_row),
                TEST(a_break_glass_session_is_an_alarm_in_either_phase),
                TEST(a_session_is_recorded_listed_and_closed),
                TEST(denials_and_refusals_are_rows_too),
                TEST(observed_sessions_are_let_in_and_say_what_they_would_be),
                TEST(following_shows_what_happens),
                TEST(following_ends_without_an_end_when_the_journal_is_replaced),
                TEST(answered_allows_survive_being_killed),
                TEST(without_journal_sessions_are_let_in_and_doors_stay_shut),
                TEST(what_happens_without_journal_can_be_set),
                TEST(a_journal_that_hangs_is_late_for_everybody_and_known),
                TEST(a_full_disk_is_a_journal_that_fails),
                TEST(names_from_outside_are_bounded_and_escaped),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
