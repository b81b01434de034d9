/* SPDX-License-Identifier: MIT */
/*
 * Tests of gateway/uhppote_listener.c: what the board sends by itself hastens, and nothing else;
 * datagrams of others, of the past and of the future change nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uhppote_fixture.h"

/* Statuses are rare: what is told in between was told by a notice. */
static void start_listening(World *world)
{
        world_listen(world);
        world_start_heard(world);
        world_await_requests(world, 0x90, 1);
        world->times.poll_ms = 5000;
        world_settle_once(world);
}

static void a_notice_brings_the_event_at_once(void **state)
{
        World *world = *state;

        start_listening(world);
        unsigned statuses = world->board->requests[0x20];
        world_do(world, "swipe 4711 1");
        world_await(world, "observed 0 controller-denied - card=4711");
        world_do(world, "swipe 4712 1");
        world_do(world, "swipe 4713 1");
        world_await(world, "observed 0 controller-denied - card=4713");
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 3);
        assert_int_equal(world->board->requests[0x20], statuses);
}

static void notices_of_before_are_nothing_new(void **state)
{
        World *world = *state;

        start_listening(world);
        world_do(world, "swipe 4711 1");
        world_await(world, "observed 0 controller-denied - card=4711");
        world_do(world, "swipe 4712 1");
        world_await(world, "observed 0 controller-denied - card=4712");
        world_pass(world, 30);
        unsigned reads = world->board->requests[0xb0];
        world_do(world, "notify 2");
        world_do(world, "notify 1");
        world_do(world, "notify 1");
        world_pass(world, 30);
        assert_int_equal(world->board->requests[0xb0], reads);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 2);
}

static void notices_in_another_order_bring_events_in_theirs(void **state)
{
        World *world = *state;

        start_listening(world);
        world_do(world, "notices_off 1");
        world_do(world, "swipe 4711 1");
        world_do(world, "swipe 4712 1");
        world_do(world, "notices_off 0");
        world_do(world, "notify 2");
        world_do(world, "notify 1");
        world_await(world, "observed 0 controller-denied - card=4711");
        assert_int_equal(world_count(world, "observed 0 controller-denied - card=4712"), 0);
        world_await(world, "observed 0 controller-denied - card=4712");
        world_pass(world, 30);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 2);
}

/* A datagram that counts would be followed by a request for an event. */
static void assert_ignored(World *world, const char *from, const uint8_t *bytes, size_t size)
{
        unsigned reads = world->board->requests[0xb0];

        world_send_notice(world, from, bytes, size);
        world_pass(world, 30);
        assert_int_equal(world->board->requests[0xb0], reads);
}

static void datagrams_of_others_are_ignored(void **state)
{
        World *world = *state;
        uint8_t notice[FAKE_SIZE + 1] = { 0 };

        start_listening(world);
        world_notice_make(WORLD_SERIAL, 7, notice);
        assert_ignored(world, "127.0.0.2", notice, FAKE_SIZE);
        assert_true(world_count(world, "log 4 ignored a datagram from another "
                                       "address (1 so far)"));
        assert_ignored(world, "127.0.0.1", notice, FAKE_SIZE - 1);
        assert_ignored(world, "127.0.0.1", notice, FAKE_SIZE + 1);
        assert_ignored(world, "127.0.0.1", notice, 0);
        world_notice_make(WORLD_SERIAL + 1, 7, notice);
        assert_ignored(world, "127.0.0.1", notice, FAKE_SIZE);
        world_notice_make(WORLD_SERIAL, 7, notice);
        notice[13] = 9;
        assert_ignored(world, "127.0.0.1", notice, FAKE_SIZE);
        notice[13] = 0;
        notice[1] = 0x40;
        assert_ignored(world, "127.0.0.1", notice, FAKE_SIZE);
}

static void a_notice_of_an_event_that_does_not_exist_moves_nothing(void **state)
{
        World *world = *state;
        uint8_t notice[FAKE_SIZE];

        world->controller.decides_swipes = true;
        start_listening(world);
        world_notice_make(WORLD_SERIAL, 4000000000u, notice);
        notice[0] = 0x19;
        notice[12] = 1; /* a swipe at door 1, as it would be under PC control */
        notice[14] = 1;
        notice[16] = 0x55;
        notice[27] = 0x05;
        unsigned reads = world->board->requests[0xb0];
        world_send_notice(world, "127.0.0.1", notice, sizeof(notice));
        world_await_requests(world, 0xb0, reads + 1);
        world_pass(world, 30);
        assert_int_equal(world->board->requests[0xb0], reads + 1);
        assert_int_equal(world_count(world, "swiped"), 0);
        assert_int_equal(world_count(world, "observed - events-lost"), 0);
        assert_int_equal(world->cursor, 1 + 0);
}

static void the_board_is_told_where_to_send_again_after_it_was_away(void **state)
{
        World *world = *state;

        world_listen(world);
        world->controller.timeout_ms = 30;
        world_start_heard(world);
        world_await_requests(world, 0x90, 1);
        world_do(world, "faults.silent 1");
        world_await(world, "observed - controller-lost");
        world_do(world, "faults.silent 0");
        world_await_requests(world, 0x90, 2);
        assert_true(world->board->listener.sin_port != 0);
}

static void a_port_that_is_taken_is_said(void **state)
{
        World *world = *state;

        world->controller.listen = world->address; /* the board's own */
        assert_true(uhppote_start_with(&world->controller, &world->host, &world->times,
                                       &world->state) < 0);
        assert_null(world->state);
        assert_int_equal(world_count(world, "log 3 cannot listen at"), 1);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
        const struct CMUnitTest tests[] = {
                TEST(a_notice_brings_the_event_at_once),
                TEST(notices_of_before_are_nothing_new),
                TEST(notices_in_another_order_bring_events_in_theirs),
                TEST(datagrams_of_others_are_ignored),
                TEST(a_notice_of_an_event_that_does_not_exist_moves_nothing),
                TEST(the_board_is_told_where_to_send_again_after_it_was_away),
                TEST(a_port_that_is_taken_is_said),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
