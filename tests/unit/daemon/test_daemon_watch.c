/* SPDX-License-Identifier: MIT */
/*
 * Tests of request_watch.c: who waits for another policy is told of it at once, by the real daemon.
 * Needs root, to be somebody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "daemon/request_watch.h"

#define SKIPPED 77
#define SOON_MS 10000 /* what a change may take on a loaded machine */

static Reply reply;

/* The daemon's settings; more requests than these may not wait. */
static const char settings[] = "host = \"acme/HQ/gw-1\";\n"
                               "limits = { requests_in_flight = 4; };\n";

static uint64_t clock_ms(void)
{
        struct timespec now;
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool has_come(int fd, int timeout_ms)
{
        struct pollfd file = { .fd = fd, .events = POLLIN };
        return poll(&file, 1, timeout_ms) == 1;
}

static void begin(int fd, const char *revision, uint32_t seconds)
{
        const TestField fields[] = { { FIELD_SECONDS, NULL, seconds },
                                     { FIELD_REVISION, revision, 0 } };
        assert_true(fixture_send(fd, MESSAGE_WATCH, fields, 2));
}

/* What a reply says is served. Borrowed until the next call. */
static const char *served(const Reply *from)
{
        static char revision[64];
        char state[32] = "";
        *revision = '\0';
        assert_int_equal(from->type, MESSAGE_END);
        assert_int_equal(from->records, 1);
        assert_true(sscanf(from->pairs, "state=%31s\nrevision=%63s", state, revision) >= 1);
        assert_string_equal(state, *revision ? "serving" : "no-policy");
        assert_int_equal(from->status, *revision ? 0 : 3);
        return revision;
}

static void know(int fd, char revision[static 64])
{
        fixture_ask_plain(fd, &reply, MESSAGE_WATCH);
        (void)snprintf(revision, 64, "%s", served(&reply));
}

/* A user more, and the policy that holds him in force. */
static void change(const DaemonFixture *fixture, int fd)
{
        static unsigned n;
        char text[200];
        (void)snprintf(text, sizeof(text),
                       "organization = { name = \"acme\"; };\n"
                       "sites = ( { name = \"HQ\"; hosts = ( { name = \"gw-1\"; } ); } );\n"
                       "users = ( { name = \"frank\"; uid = 4711; }, { name = \"u%u\"; } );\n",
                       ++n);
        fixture_write(fixture, "organizations.d/acme.conf", text);
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
}

static void who_knows_none_or_another_is_told_at_once(void **state)
{
        int fd = fixture_connect(*state);
        char revision[64];
        know(fd, revision);
        assert_int_equal(strlen(revision), 16);
        begin(fd, "0123456789abcdef", 60);
        fixture_receive(fd, &reply);
        assert_string_equal(served(&reply), revision);
        begin(fd, "", 60);
        fixture_receive(fd, &reply);
        assert_string_equal(served(&reply), revision);
        (void)close(fd);
}

static void who_waits_is_told_when_it_changes(void **state)
{
        const DaemonFixture *fixture = *state;
        int fd = fixture_connect(fixture), other = fixture_connect(fixture);
        char revision[64], next[64];
        know(fd, revision);
        begin(fd, revision, 60);
        fixture_ask_plain(other, &reply, MESSAGE_RELOAD); /* of what is served already */
        assert_int_equal(reply.status, 0);
        assert_false(has_come(fd, 0));
        change(fixture, other);
        assert_true(has_come(fd, SOON_MS));
        fixture_receive(fd, &reply);
        (void)snprintf(next, sizeof(next), "%s", served(&reply));
        assert_string_not_equal(next, revision);
        /* … and goes on with the connection. */
        begin(fd, revision, 60);
        fixture_receive(fd, &reply);
        assert_string_equal(served(&reply), next);
        (void)close(fd);
        (void)close(other);
}

static void who_waits_is_told_when_the_time_has_passed(void **state)
{
        int fd = fixture_connect(*state);
        char revision[64];
        know(fd, revision);
        uint64_t began_ms = clock_ms();
        begin(fd, revision, 1);
        fixture_receive(fd, &reply);
        assert_in_range(clock_ms() - began_ms, 1000, SOON_MS);
        assert_string_equal(served(&reply), revision);
        (void)close(fd);
}

static void a_time_outside_the_limits_is_refused(void **state)
{
        static const uint32_t WRONG[] = { 0, WATCH_SECONDS_MAX + 1, UINT32_MAX };
        int fd = fixture_connect(*state);
        for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
                begin(fd, "0123456789abcdef", WRONG[i]);
                fixture_receive(fd, &reply);
                assert_int_equal(reply.type, MESSAGE_REFUSAL);
                assert_string_equal(reply.reason, "malformed-query");
                assert_int_equal(reply.status, 3);
        }
        (void)close(fd);
}

/* frank watches as often as he may and once more. Return: 0 when all is as it should be. */
static int watch_often(const DaemonFixture *fixture, void *data)
{
        int fds[WATCH_PER_USER_MAX + 1];
        const TestField known[] = { { FIELD_REVISION, data, 0 } };
        for (size_t i = 0; i <= WATCH_PER_USER_MAX; i++) {
                fds[i] = fixture_connect(fixture);
                if (fds[i] < 0 || !fixture_send(fds[i], MESSAGE_WATCH, known, 1))
                        return 1;
        }
        fixture_receive(fds[WATCH_PER_USER_MAX], &reply);
        if (reply.type != MESSAGE_REFUSAL || strcmp(reply.reason, "busy") != 0)
                return 2;
        /* All the others wait, and are not in the way of what is in flight. */
        fixture_ask_plain(fds[WATCH_PER_USER_MAX], &reply, MESSAGE_STATUS);
        if (reply.type != MESSAGE_END)
                return 3;
        for (size_t i = 0; i < WATCH_PER_USER_MAX; i++)
                if (has_come(fds[i], 0))
                        return 4;
        /* One that goes away makes room for another. */
        (void)close(fds[0]);
        fixture_ask_plain(fds[WATCH_PER_USER_MAX], &reply, MESSAGE_STATUS);
        if (!fixture_send(fds[WATCH_PER_USER_MAX], MESSAGE_WATCH, known, 1) ||
            has_come(fds[WATCH_PER_USER_MAX], 100))
                return 5;
        return 0;
}

/* Return: the type of the reply. */
static int watch_once(const DaemonFixture *fixture, void *data)
{
        fixture_ask_plain(fixture_connect(fixture), &reply, MESSAGE_WATCH);
        return reply.type;
}

static void who_stands_for_nobody_is_told_nothing(void **state)
{
        static const uint32_t NOBODIES[] = { 65534, 61184, 4999 };
        for (size_t i = 0; i < sizeof(NOBODIES) / sizeof(NOBODIES[0]); i++)
                assert_int_equal(fixture_as(NOBODIES[i], 100, watch_once, *state, NULL),
                                 MESSAGE_REFUSAL);
        assert_int_equal(fixture_as(FRANK_UID, 100, watch_once, *state, NULL), MESSAGE_END);
}

static void a_user_has_so_many_watchers_and_no_more(void **state)
{
        const DaemonFixture *fixture = *state;
        int fd = fixture_connect(fixture), other = fixture_connect(fixture);
        char revision[64];
        know(fd, revision);
        assert_int_equal(fixture_as(FRANK_UID, 100, watch_often, fixture, revision), 0);
        begin(fd, revision, 60); /* another's are not counted */
        assert_false(has_come(fd, 100));
        change(fixture, other);
        assert_true(has_come(fd, SOON_MS));
        (void)close(fd);
        (void)close(other);
}

static void without_policy_one_waits_for_the_first(void **state)
{
        DaemonFixture *fixture = *state;
        char command[160];
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", fixture->state);
        assert_int_equal(system(command), 0);
        fixture_write(fixture, "organizations.d/acme.conf", "sites = ;\n");
        assert_true(fixture_start(fixture));
        int fd = fixture_connect(fixture), other = fixture_connect(fixture);
        fixture_ask_plain(fd, &reply, MESSAGE_WATCH);
        assert_string_equal(served(&reply), "");
        begin(fd, "", 60);
        assert_false(has_come(fd, 0));
        change(fixture, other);
        assert_true(has_come(fd, SOON_MS));
        fixture_receive(fd, &reply);
        assert_int_equal(strlen(served(&reply)), 16);
        (void)close(fd);
        (void)close(other);
}

static void a_daemon_ends_while_somebody_waits(void **state)
{
        DaemonFixture *fixture = *state;
        int fd = fixture_connect(fixture);
        char revision[64];
        know(fd, revision);
        begin(fd, revision, 60);
        assert_false(has_come(fd, 50));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        fixture_receive(fd, &reply);
        assert_int_equal(reply.type, 0);
        (void)close(fd);
        assert_true(fixture_start(fixture));
}

static int setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        fixture_write(&fixture, "doorward.conf", settings);
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
                cmocka_unit_test(who_knows_none_or_another_is_told_at_once),
                cmocka_unit_test(who_waits_is_told_when_it_changes),
                cmocka_unit_test(who_waits_is_told_when_the_time_has_passed),
                cmocka_unit_test(a_time_outside_the_limits_is_refused),
                cmocka_unit_test(who_stands_for_nobody_is_told_nothing),
                cmocka_unit_test(a_user_has_so_many_watchers_and_no_more),
                cmocka_unit_test(without_policy_one_waits_for_the_first),
                cmocka_unit_test(a_daemon_ends_while_somebody_waits),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
