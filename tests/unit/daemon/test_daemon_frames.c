/* SPDX-License-Identifier: MIT */
/* Frames that are none, peers that vanish, readers that do not read: the real daemon goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

#define IDLE_CLIENTS 900

static uint8_t frame[2 * MESSAGE_SIZE_MAX];
static Reply reply;

static size_t make_ask(void)
{
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 42, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("frank"));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.unlock"));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL("door:acme/HQ/D1"));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        return size;
}

static void assert_serves(const DaemonFixture *fixture)
{
        int fd = fixture_connect(fixture);
        size_t size = make_ask();
        assert_true(fd >= 0);
        assert_int_equal(send(fd, frame, size, MSG_NOSIGNAL), size);
        fixture_receive(fd, &reply);
        assert_int_equal(reply.type, MESSAGE_ANSWER);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        (void)close(fd);
}

/* Sends a frame on a connection of its own, which must be closed, and without an answer. */
static void assert_closes(const DaemonFixture *fixture, size_t size)
{
        int fd = fixture_connect(fixture);
        uint8_t answer[64];
        assert_int_equal(send(fd, frame, size, MSG_NOSIGNAL), size);
        assert_int_equal(recv(fd, answer, sizeof(answer), 0), 0);
        (void)close(fd);
}

static void a_frame_that_is_none_closes_that_connection_only(void **state)
{
        const DaemonFixture *fixture = *state;
        int other = fixture_connect(fixture);
        memset(frame, 0, sizeof(frame));
        assert_closes(fixture, 1);
        assert_closes(fixture, MESSAGE_HEADER_SIZE);
        assert_closes(fixture, MESSAGE_SIZE_MAX);
        assert_closes(fixture, MESSAGE_SIZE_MAX + 1);
        memset(frame, 0xff, sizeof(frame));
        assert_closes(fixture, 100);
        fixture_ask_plain(other, &reply, MESSAGE_STATUS);
        assert_int_equal(reply.type, MESSAGE_END);
        (void)close(other);
        assert_serves(fixture);
}

static void a_frame_cut_anywhere_closes(void **state)
{
        const DaemonFixture *fixture = *state;
        size_t size = make_ask();
        for (size_t cut = 1; cut < size; cut++)
                assert_closes(fixture, cut);
        assert_serves(fixture);
}

/* Each byte of a good frame replaced by others: an answer or the end of the connection, and the
 * daemon lives. */
static void a_frame_with_any_byte_changed_does_no_harm(void **state)
{
        const DaemonFixture *fixture = *state;
        static const uint8_t bytes[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
        size_t size = make_ask();
        for (size_t at = 0; at < size; at++)
                for (size_t i = 0; i < sizeof(bytes); i++) {
                        int fd = fixture_connect(fixture);
                        size = make_ask();
                        frame[at] = bytes[i];
                        assert_int_equal(send(fd, frame, size, MSG_NOSIGNAL), size);
                        ssize_t received = recv(fd, frame, sizeof(frame), 0);
                        assert_true(received >= 0);
                        (void)close(fd);
                }
        assert_serves(fixture);
}

static void other_versions_are_not_answered(void **state)
{
        size_t size = make_ask();
        frame[4] = MESSAGE_VERSION + 1;
        assert_closes(*state, size);
}

static void many_requests_before_reading_are_answered_in_order(void **state)
{
        int fd = fixture_connect(*state);
        for (int i = 0; i < 100; i++)
                assert_true(send(fd, frame, make_ask(), MSG_NOSIGNAL) > 0);
        for (int i = 0; i < 100; i++) {
                fixture_receive(fd, &reply);
                assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        }
        (void)close(fd);
}

/* Unlocks that wait for the journal among asks that do not. */
static void answers_keep_the_order_of_requests(void **state)
{
        int fd = fixture_connect(*state);
        for (int i = 0; i < 20; i++) {
                TestField door[] = { { FIELD_RESOURCE, "door:acme/HQ/D1", 0 },
                                     { FIELD_WHY, "drill", 0 } };
                assert_true(fixture_send(fd, MESSAGE_UNLOCK, door, 2));
                assert_true(send(fd, frame, make_ask(), MSG_NOSIGNAL) > 0);
        }
        for (int i = 0; i < 20; i++) {
                fixture_receive(fd, &reply);
                assert_string_equal(reply.reason, "break-glass");
                assert_string_equal(reply.door, "acme/HQ/D1");
                fixture_receive(fd, &reply);
                assert_string_equal(reply.reason, "granted-by-role");
        }
        (void)close(fd);
}

static void peers_that_vanish_do_no_harm(void **state)
{
        const DaemonFixture *fixture = *state;
        for (int i = 0; i < 300; i++) {
                TestField door[] = { { FIELD_RESOURCE, "door:acme/HQ/D1", 0 },
                                     { FIELD_WHY, "drill", 0 } };
                int fd = fixture_connect(fixture);
                if (i % 3 == 1)
                        assert_true(fixture_send(fd, MESSAGE_UNLOCK, door, 2));
                if (i % 3 == 2)
                        assert_true(
                                fixture_send(fd, i % 2 ? MESSAGE_STATUS : MESSAGE_RELOAD, NULL, 0));
                (void)close(fd);
        }
        assert_serves(fixture);
}

/* Half-closed after asking: the answer still comes. */
static void a_peer_that_says_no_more_is_still_answered(void **state)
{
        int fd = fixture_connect(*state);
        TestField door[] = { { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_WHY, "drill", 0 } };
        assert_true(fixture_send(fd, MESSAGE_UNLOCK, door, 2));
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        fixture_receive(fd, &reply);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        (void)close(fd);
}

static uint64_t now_ms(void)
{
        struct timespec now;
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Asks until its own buffers are full, and never reads. */
static void a_reader_that_does_not_read_is_dropped(void **state)
{
        const DaemonFixture *fixture = *state;
        int fd = fixture_connect(fixture);
        unsigned sent = 0;
        while (sent < 100000 && send(fd, frame, make_ask(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
                sent++;
        assert_in_range(sent, 10, 99999);
        uint64_t began_ms = now_ms();
        struct pollfd poller = { .fd = fd };
        assert_serves(fixture);
        assert_int_equal(poll(&poller, 1, 15000), 1);
        assert_true(poller.revents & POLLHUP);
        /* request_seconds is 2 here. */
        assert_in_range(now_ms() - began_ms, 1000, 5000);
        (void)close(fd);
        assert_serves(fixture);
}

static void there_are_only_so_many_connections(void **state)
{
        const DaemonFixture *fixture = *state;
        static int idle[IDLE_CLIENTS];
        unsigned served = 0;
        for (int i = 0; i < IDLE_CLIENTS; i++)
                idle[i] = fixture_connect(fixture);
        (void)usleep(300000);
        /* The limit is 100 here and root's reserve 64: the others are closed. */
        for (int i = 0; i < IDLE_CLIENTS; i++) {
                struct pollfd poller = { .fd = idle[i] };
                served += idle[i] >= 0 && poll(&poller, 1, 0) == 0;
        }
        assert_int_equal(served, 164);
        for (int i = 0; i < IDLE_CLIENTS; i++)
                (void)close(idle[i]);
        (void)usleep(100000);
        assert_serves(fixture);
}

static int setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        fixture_append(&fixture, "doorward.conf",
                       "limits = { clients = 100; request_seconds = 2; };\n");
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
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_frame_that_is_none_closes_that_connection_only),
                cmocka_unit_test(a_frame_cut_anywhere_closes),
                cmocka_unit_test(a_frame_with_any_byte_changed_does_no_harm),
                cmocka_unit_test(other_versions_are_not_answered),
                cmocka_unit_test(many_requests_before_reading_are_answered_in_order),
                cmocka_unit_test(answers_keep_the_order_of_requests),
                cmocka_unit_test(peers_that_vanish_do_no_harm),
                cmocka_unit_test(a_peer_that_says_no_more_is_still_answered),
                cmocka_unit_test(a_reader_that_does_not_read_is_dropped),
                cmocka_unit_test(there_are_only_so_many_connections),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
