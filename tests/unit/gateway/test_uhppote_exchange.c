/* SPDX-License-Identifier: MIT */
/*
 * Tests of gateway/uhppote_exchange.c and uhppote_contact.c: what is no reply is waited past, moves
 * nothing and is believed by nobody; a board that is silent is lost, and found again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "uhppote_fixture.h"

/* The board opens the door, but its reply is none: nobody knows. */
static void reply_is_none(World *world, const char *fault)
{
        world->controller.timeout_ms = 80;
        world_start_heard(world);
        world_do(world, fault);
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 unknown");
        assert_int_equal(world_count(world, "done"), 1);
        assert_int_equal(world->board->requests[0x40], 1);
}

static void a_short_reply_is_none(void **state)
{
        reply_is_none(*state, "faults.size 63");
        assert_true(world_count(*state, "log 4 ignored a datagram not 64 bytes"));
}

static void a_long_reply_is_none(void **state)
{
        reply_is_none(*state, "faults.size 65");
}

static void a_reply_with_another_serial_is_none(void **state)
{
        reply_is_none(*state, "faults.other_serial 405419896");
        assert_true(world_count(*state, "log 4 ignored a datagram of another "
                                        "serial number (1 so far)"));
}

static void a_reply_of_another_function_is_none(void **state)
{
        reply_is_none(*state, "faults.other_function 0x20");
}

static void a_reply_from_another_port_is_none(void **state)
{
        reply_is_none(*state, "faults.other_port 1");
}

static void a_reply_with_reserved_bytes_is_none(void **state)
{
        reply_is_none(*state, "faults.bad_value 2");
}

static void a_reply_that_says_neither_yes_nor_no_is_none(void **state)
{
        reply_is_none(*state, "faults.bad_value 8");
}

static void a_reply_sent_twice_answers_one_command_only(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 80;
        world_start_heard(world);
        world_do(world, "faults.copies 3");
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 commanded");
        world_do(world, "faults.deaf 1");
        world_open(world, 1, 5, "c2");
        world_await(world, "done 1 c2 unknown");
        assert_int_equal(world_count(world, "done"), 2);
}

static void a_late_reply_is_not_taken_for_the_next_command(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 60;
        world_start_heard(world);
        world_do(world, "faults.delay_ms 90");
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 unknown");
        /* Its reply is on its way yet; the second door's request is refused */
        world_do(world, "faults.delay_ms 0");
        world_do(world, "faults.refuses 1");
        world_open(world, 1, 5, "c2");
        world_await(world, "done 1 c2");
        assert_int_equal(world_count(world, "done 1 c2 commanded"), 0);
        world_settle(world);
        assert_int_equal(world_count(world, "done"), 2);
}

static void a_silent_board_is_lost_once_and_found_again(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 30;
        world_start_heard(world);
        world_do(world, "faults.silent 1");
        world_await(world, "observed - controller-lost");
        world_await_requests(world, 0x20, world->board->requests[0x20] + 4);
        assert_int_equal(world_count(world, "observed - controller-lost"), 1);
        assert_int_equal(world_count(world, "observed - controller-found"), 1);
        world_do(world, "faults.silent 0");
        world->size = 0;
        memset(world->lines, 0, sizeof(world->lines));
        world_await(world, "observed - controller-found");
        /* What it is like is told anew */
        world_await(world, "observed 0 lock-locked");
        world_await(world, "observed 0 door-closed");
}

static void a_board_that_never_answered_is_lost(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 30;
        world_do(world, "faults.deaf 1");
        world_start(world);
        world_await(world, "observed - controller-lost");
        assert_int_equal(world_count(world, "observed - controller-found"), 0);
        assert_int_equal(world->board->requests[0x80], 0);
        assert_int_equal(world->board->requests[0xa0], 0);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
        const struct CMUnitTest tests[] = {
                TEST(a_short_reply_is_none),
                TEST(a_long_reply_is_none),
                TEST(a_reply_with_another_serial_is_none),
                TEST(a_reply_of_another_function_is_none),
                TEST(a_reply_from_another_port_is_none),
                TEST(a_reply_with_reserved_bytes_is_none),
                TEST(a_reply_that_says_neither_yes_nor_no_is_none),
                TEST(a_reply_sent_twice_answers_one_command_only),
                TEST(a_late_reply_is_not_taken_for_the_next_command),
                TEST(a_silent_board_is_lost_once_and_found_again),
                TEST(a_board_that_never_answered_is_lost),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
