/* SPDX-License-Identifier: MIT */
/* The policy that the real daemon serves: reloads, images, starts and ends. */
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

static Reply reply;

#define ask(fixture, door)                                                                         \
        ask_fields((fixture), MESSAGE_ASK,                                                         \
                   (const TestField[]){ { FIELD_USER, "frank", 0 },                                \
                                        { FIELD_ACTION, "access.door.unlock", 0 },                 \
                                        { FIELD_RESOURCE, (door), 0 } },                           \
                   3)

static void ask_fields(const DaemonFixture *fixture, MessageType type, const TestField *fields,
                       size_t count)
{
        int fd = fixture_connect(fixture);
        assert_true(fd >= 0);
        fixture_ask_fields(fd, &reply, type, fields, count);
        (void)close(fd);
}

static void plain(const DaemonFixture *fixture, MessageType type)
{
        ask_fields(fixture, type, NULL, 0);
}

static void break_policy(const DaemonFixture *fixture)
{
        fixture_write(fixture, "organizations.d/other.conf",
                      "organization = { name = \"other\"; };\nuzers = ( );\n");
}

static void repair_policy(const DaemonFixture *fixture)
{
        fixture_write(fixture, "organizations.d/other.conf",
                      "organization = { name = \"other\"; };\n");
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

static void a_reload_serves_the_new_text(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        ask(fixture, "door:other/D");
        assert_string_equal(reply.reason, "unknown-resource");
        fixture_write(fixture, "organizations.d/other.conf",
                      "organization = { name = \"other\"; };\n"
                      "sites = ( { name = \"S\"; doors = ( { name = \"D\"; } ); } );\n");
        plain(fixture, MESSAGE_STATUS);
        assert_non_null(strstr(reply.pairs, "text=differs\n"));
        plain(fixture, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        ask(fixture, "door:other/S/D");
        assert_string_equal(reply.reason, "unknown-subject");
        plain(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 0);
        assert_non_null(strstr(reply.pairs, "text=served\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void a_broken_text_is_refused_and_the_old_policy_stays(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        break_policy(fixture);
        plain(fixture, MESSAGE_RELOAD);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.status, 3);
        assert_non_null(strstr(reply.pairs, "diagnostic=organizations.d/other.conf:2: error: "));
        ask(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        plain(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 3);
        assert_non_null(strstr(reply.pairs, "state=degraded\n"));
        assert_non_null(strstr(reply.pairs, "alert=policy-refused\n"));
        assert_non_null(strstr(reply.pairs, "last_error=organizations.d/other.conf:2: error: "));
        repair_policy(fixture);
        plain(fixture, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        plain(fixture, MESSAGE_STATUS);
        assert_non_null(strstr(reply.pairs, "state=ready\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void a_failing_test_refuses_and_can_be_skipped_with_an_alarm(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        fixture_write(fixture, "tests.d/wrong.conf",
                      "tests = ( { query = \"helen access.door.unlock door:acme/HQ/D1\";\n"
                      "            at = \"2026-06-01T09:00:00Z\"; expect = \"allow\"; } );\n");
        plain(fixture, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 3);
        assert_non_null(strstr(reply.pairs, "tests.d/wrong.conf:1: failed: "));
        TestField skip[] = { { FIELD_SKIP_TESTS, NULL, 0 } };
        ask_fields(fixture, MESSAGE_RELOAD, skip, 1);
        assert_int_equal(reply.status, 0);
        plain(fixture, MESSAGE_STATUS);
        assert_non_null(strstr(reply.pairs, "tests=skipped\n"));
        plain(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "reason=tests-skipped\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void hangup_reloads(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        break_policy(fixture);
        assert_int_equal(kill(fixture->pid, SIGHUP), 0);
        reply.status = 0;
        for (int i = 0; i < 200 && reply.status != 3; i++) {
                (void)usleep(20000);
                plain(fixture, MESSAGE_STATUS);
        }
        assert_int_equal(reply.status, 3);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void reloads_at_once_are_all_answered(void **state)
{
        DaemonFixture *fixture = *state;
        int fds[20];
        assert_true(fixture_start(fixture));
        for (int i = 0; i < 20; i++) {
                TestField skip[] = { { FIELD_SKIP_TESTS, NULL, 0 } };
                fds[i] = fixture_connect(fixture);
                assert_true(fixture_send(fds[i], MESSAGE_RELOAD, skip, (size_t)i % 2));
        }
        for (int i = 0; i < 20; i++) {
                fixture_receive(fds[i], &reply);
                assert_int_equal(reply.type, MESSAGE_END);
                assert_int_equal(reply.status, 0);
                (void)close(fds[i]);
        }
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void without_any_policy_it_stays_up_and_denies(void **state)
{
        DaemonFixture *fixture = *state;
        break_policy(fixture);
        assert_true(fixture_start(fixture));
        ask(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ERROR);
        assert_string_equal(reply.reason, "no-policy");
        TestField unlock[] = { { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_WHY, "x", 0 } };
        ask_fields(fixture, MESSAGE_UNLOCK, unlock, 2);
        assert_string_equal(reply.reason, "no-policy");
        TestField session[] = { { FIELD_USER, "frank", 0 },
                                { FIELD_ACTION, "session", 0 },
                                { FIELD_RESOURCE, "", 0 },
                                { FIELD_SERVICE, "cron", 0 },
                                { FIELD_PHASE, NULL, SESSION_PHASE_ACCOUNT },
                                { FIELD_CALLER_UID, NULL, 0 },
                                { FIELD_MINIMUM_UID, NULL, 1000 } };
        ask_fields(fixture, MESSAGE_SESSION, session, 7);
        assert_int_equal(reply.outcome, OUTCOME_ERROR);
        assert_string_equal(reply.reason, "no-policy");
        plain(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 3);
        assert_non_null(strstr(reply.pairs, "state=no-policy\n"));
        repair_policy(fixture);
        plain(fixture, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        ask(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void the_last_good_image_is_served_over_a_broken_text(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        assert_int_equal(fixture_stop(fixture, SIGKILL), 128 + SIGKILL);
        break_policy(fixture);
        assert_true(fixture_start(fixture));
        ask(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        plain(fixture, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 3);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void overwrite(const DaemonFixture *fixture, const char *name, off_t at)
{
        char path[200];
        (void)snprintf(path, sizeof(path), "%s/images/%s", fixture->state, name);
        int fd = open(path, O_WRONLY | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(pwrite(fd, "\xa5\x5a", 2, at), 2);
        (void)close(fd);
}

static void a_damaged_image_gives_way_to_an_older_one(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        repair_policy(fixture);
        plain(fixture, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        overwrite(fixture, "2.image", 5000);
        break_policy(fixture);
        assert_true(fixture_start(fixture));
        plain(fixture, MESSAGE_RELOAD);
        ask(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        plain(fixture, MESSAGE_STATUS);
        assert_int_equal(reply.status, 3);
        assert_non_null(strstr(reply.pairs, "alert=image-damaged\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        /* No good image at all, and a broken text. */
        overwrite(fixture, "1.image", 5000);
        assert_true(fixture_start(fixture));
        ask(fixture, "door:acme/HQ/D1");
        assert_string_equal(reply.reason, "no-policy");
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void two_daemons_do_not_share_a_state_folder(void **state)
{
        DaemonFixture *fixture = *state;
        DaemonFixture second = *fixture;
        assert_true(fixture_start(fixture));
        (void)snprintf(second.socket, sizeof(second.socket), "%s/other/s", fixture->folder);
        memcpy(second.folder + strlen(second.folder), "/run", sizeof("/run"));
        assert_false(fixture_start(&second));
        assert_int_equal(fixture_stop(&second, SIGTERM), 3);
        ask(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

static void a_socket_in_an_unsafe_folder_is_refused(void **state)
{
        DaemonFixture *fixture = *state;
        char folder[120];
        (void)snprintf(folder, sizeof(folder), "%s/run", fixture->folder);
        assert_int_equal(mkdir(folder, 0700), 0);
        assert_int_equal(chmod(folder, 0777), 0);
        assert_false(fixture_start(fixture));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 3);
}

static void an_unsafe_state_folder_is_refused(void **state)
{
        DaemonFixture *fixture = *state;
        assert_int_equal(mkdir(fixture->state, 0700), 0);
        assert_int_equal(chmod(fixture->state, 0777), 0);
        assert_false(fixture_start(fixture));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 3);
}

static void socket_and_state_have_their_modes_whatever_the_umask(void **state)
{
        DaemonFixture *fixture = *state;
        struct stat status;
        assert_true(fixture_start(fixture));
        assert_int_equal(stat(fixture->socket, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0666);
        assert_int_equal(status.st_uid, geteuid());
        assert_int_equal(stat(fixture->state, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0700);
        assert_int_equal(status.st_uid, geteuid());
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        assert_int_equal(stat(fixture->socket, &status), -1);
}

static void a_socket_left_behind_is_taken_over(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        assert_int_equal(fixture_stop(fixture, SIGKILL), 128 + SIGKILL);
        assert_int_equal(access(fixture->socket, F_OK), 0);
        assert_true(fixture_start(fixture));
        ask(fixture, "door:acme/HQ/D1");
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
}

/* A socket as systemd makes it, by another process than the daemon. */
static int make_socket(const DaemonFixture *fixture, int type)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        char folder[120];
        (void)snprintf(folder, sizeof(folder), "%s/run", fixture->folder);
        (void)mkdir(folder, 0755);
        memcpy(address.sun_path, fixture->socket, strlen(fixture->socket) + 1);
        (void)unlink(fixture->socket);
        int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(fd, 10), 0);
        return fd;
}

static void a_passed_socket_is_served_under_the_daemon_s_own_credentials(void **state)
{
        DaemonFixture *fixture = *state;
        struct ucred peer;
        socklen_t size = sizeof(peer);
        fixture->passed_fd = make_socket(fixture, SOCK_SEQPACKET);
        assert_true(fixture_start(fixture));
        int fd = fixture_connect(fixture);
        assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size), 0);
        assert_int_equal(peer.pid, fixture->pid);
        fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
        assert_int_equal(reply.type, MESSAGE_END);
        (void)close(fd);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        /* It belongs to who passed it, and whoever asks now waits for the next daemon. */
        assert_int_equal(access(fixture->socket, F_OK), 0);
        fd = fixture_connect(fixture);
        assert_true(fixture_send(fd, MESSAGE_STATUS, NULL, 0));
        assert_true(fixture_start(fixture));
        fixture_receive(fd, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
        (void)close(fd);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        (void)close(fixture->passed_fd);
}

static void a_passed_socket_of_another_kind_is_refused(void **state)
{
        DaemonFixture *fixture = *state;
        fixture->passed_fd = make_socket(fixture, SOCK_STREAM);
        assert_false(fixture_start(fixture));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 3);
        (void)close(fixture->passed_fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_reload_serves_the_new_text),
                TEST(a_broken_text_is_refused_and_the_old_policy_stays),
                TEST(a_failing_test_refuses_and_can_be_skipped_with_an_alarm),
                TEST(hangup_reloads),
                TEST(reloads_at_once_are_all_answered),
                TEST(without_any_policy_it_stays_up_and_denies),
                TEST(the_last_good_image_is_served_over_a_broken_text),
                TEST(a_damaged_image_gives_way_to_an_older_one),
                TEST(two_daemons_do_not_share_a_state_folder),
                TEST(a_socket_in_an_unsafe_folder_is_refused),
                TEST(an_unsafe_state_folder_is_refused),
                TEST(socket_and_state_have_their_modes_whatever_the_umask),
                TEST(a_socket_left_behind_is_taken_over),
                TEST(a_passed_socket_is_served_under_the_daemon_s_own_credentials),
                TEST(a_passed_socket_of_another_kind_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
