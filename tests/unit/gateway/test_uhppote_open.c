/* SPDX-License-Identifier: MIT */
/*
 * Tests of gateway/uhppote_open.c: a command becomes at most one request, and what is said of it is
 * what is known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "uhppote_fixture.h"

static unsigned moves(const World *world, unsigned door)
{
        return world->board->doors[door - 1].moves;
}

static unsigned opens(const World *world)
{
        return world->board->requests[0x40];
}

static void a_command_opens_its_door_once(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_open(world, 0, 1, "c1");
        world_await(world, "done 0 c1 commanded");
        world_await(world, "observed 0 lock-unlocked c1");
        world_await(world, "observed 0 lock-locked c1");
        assert_int_equal(moves(world, 1), 1);
        assert_int_equal(moves(world, 2), 0);
        assert_int_equal(opens(world), 1);
        assert_int_equal(world_count(world, "done"), 1);
        /* That it was opened remotely is no news to who has done it */
        assert_int_equal(world_count(world, "observed 0 controller-granted"), 0);
}

static void a_command_for_a_released_door_is_observed_as_its_own(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_open(world, 0, 60, "c1");
        world_await(world, "observed 0 lock-unlocked c1");
        world_open(world, 0, 60, "c2");
        world_await(world, "observed 0 lock-unlocked c2");
        world_settle(world);
        assert_int_equal(world_count(world, "observed 0 lock-unlocked"), 2);
}

static void nothing_is_said_before_open_has_returned(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_open(world, 0, 5, "c1");
        assert_int_equal(world_count(world, "done"), 0);
        world_await(world, "done 0 c1 commanded");
}

static void the_release_time_is_set_where_it_differs(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 commanded");
        assert_int_equal(world->board->requests[0x80], 0);
        world_open(world, 0, 7, "c2");
        world_await(world, "done 0 c2 commanded");
        assert_int_equal(world->board->requests[0x80], 1);
        assert_int_equal(world->board->doors[0].delay, 7);
        assert_int_equal(world->board->doors[0].mode, FAKE_CONTROLLED);
        world_open(world, 0, 7, "c3");
        world_await(world, "done 0 c3 commanded");
        assert_int_equal(world->board->requests[0x80], 1);
        world_open(world, 0, 3600, "c4");
        world_await(world, "done 0 c4 commanded");
        assert_int_equal(world->board->doors[0].delay, UHPPOTE_DELAY_MAX);
}

static void a_command_right_after_the_start_keeps_the_doors_mode(void **state)
{
        World *world = *state;

        world_do(world, "mode 1 1 9");
        world_start(world);
        world_open(world, 0, 4, "c1");
        world_await(world, "done 0 c1 commanded");
        assert_int_equal(world->board->doors[0].mode, FAKE_NORMALLY_OPEN);
        assert_int_equal(world->board->doors[0].delay, 4);
}

static void a_door_held_shut_is_opened_and_shut_again(void **state)
{
        World *world = *state;

        world_start_heard(world);
        assert_int_equal(driver_uhppote.hold(world->state, 0, GATEWAY_HOLD_LOCKED), 0);
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
        world_open(world, 0, 1, "c1");
        world_await(world, "done 0 c1 commanded");
        assert_int_equal(moves(world, 1), 1);
        assert_int_equal(world->board->doors[0].mode, FAKE_CONTROLLED);
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
        assert_int_equal(moves(world, 1), 1);
}

static void a_door_is_held_as_told_even_while_a_command_lasts(void **state)
{
        World *world = *state;

        world_start_heard(world);
        driver_uhppote.hold(world->state, 0, GATEWAY_HOLD_LOCKED);
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
        world_open(world, 0, 60, "c1");
        world_await(world, "done 0 c1 commanded");
        driver_uhppote.hold(world->state, 0, GATEWAY_HOLD_UNLOCKED);
        world_await_mode(world, 1, FAKE_NORMALLY_OPEN);
}

static void the_release_time_is_set_after_the_board_was_away(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 30;
        world_start_heard(world);
        world_do(world, "faults.deaf 1");
        world_await(world, "observed - controller-lost");
        world_do(world, "faults.deaf 0");
        world_do(world, "mode 1 3 200");
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 commanded");
        assert_int_equal(world->board->doors[0].delay, 5);
}

static void a_refusal_is_said(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "faults.refuses 1");
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 refused");
        assert_int_equal(opens(world), 1);
        assert_int_equal(moves(world, 1), 0);
}

static void silence_is_unknown_and_never_tried_again(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 60;
        world_start_heard(world);
        world_do(world, "faults.silent_only 0x40");
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 unknown");
        world_settle(world);
        assert_int_equal(opens(world), 1);
        assert_int_equal(moves(world, 1), 1);
        assert_int_equal(world_count(world, "done"), 1);
        /* What is seen of the lock is told, and that it was for this command */
        world_await(world, "observed 0 lock-unlocked c1");
}

static void a_controller_that_never_answers_gets_one_datagram_for_a_command(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 60;
        world_start_heard(world);
        world_do(world, "faults.deaf 1");
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 unknown");
        world_await(world, "observed - controller-lost");
        assert_int_equal(opens(world), 1);
        assert_int_equal(moves(world, 1), 0);
}

static void nothing_is_opened_when_the_release_time_has_no_answer(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 60;
        world_start_heard(world);
        world_do(world, "faults.silent_only 0x80");
        world_open(world, 0, 9, "c1");
        world_await(world, "done 0 c1 failed");
        assert_int_equal(opens(world), 0);
}

static void nothing_is_opened_for_another_time_than_asked(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "faults.stubborn 1");
        world_open(world, 0, 9, "c1");
        world_await(world, "done 0 c1 refused");
        assert_int_equal(opens(world), 0);
}

static void an_answer_about_another_door_prepares_nothing(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 60;
        world_start_heard(world);
        world_do(world, "faults.other_door 2");
        world_open(world, 0, 9, "c1");
        world_await(world, "done 0 c1 failed");
        assert_int_equal(opens(world), 0);
}

static void a_command_that_is_void_by_its_turn_is_discarded(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world->valid = false;
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 late");
        assert_int_equal(opens(world), 0);
}

static void commands_wait_for_each_other_and_not_for_anything_else(void **state)
{
        World *world = *state;
        char line[32];

        world_start_heard(world);
        world_do(world, "faults.delay_ms 5");
        for (unsigned i = 0; i < 6; i++) {
                snprintf(line, sizeof(line), "c%u", i);
                world_open(world, i % 2, 5, line);
        }
        for (unsigned i = 0; i < 6; i++) {
                snprintf(line, sizeof(line), "done %u c%u commanded", i % 2, i);
                world_await(world, line);
        }
        assert_int_equal(moves(world, 1), 3);
        assert_int_equal(moves(world, 2), 3);
        assert_int_equal(opens(world), 6);
}

static void what_comes_while_a_command_is_under_way_does_not_send_it_again(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "faults.delay_ms 50");
        world_open(world, 0, 5, "c1");
        world_await_requests(world, 0x40, 1);
        world_open(world, 1, 5, "c2");
        driver_uhppote.hold(world->state, 0, GATEWAY_HOLD_CONTROLLED);
        driver_uhppote.decide(world->state, false);
        world_await(world, "done 0 c1 commanded");
        world_await(world, "done 1 c2 commanded");
        assert_int_equal(opens(world), 2);
        assert_int_equal(moves(world, 1), 1);
        assert_int_equal(moves(world, 2), 1);
}

static void a_command_does_not_wait_for_a_status(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 60000;
        world_start_heard(world);
        world_do(world, "faults.silent_only 0x20");
        world_await_requests(world, 0x20, world->board->requests[0x20] + 1);
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 commanded");
}

static void a_command_that_waits_too_long_fails(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 150;
        world->times.turn_ms = 100;
        world_start_heard(world);
        world_do(world, "faults.silent_only 0x40");
        world_open(world, 0, 5, "c1");
        world_open(world, 1, 5, "c2");
        world_await(world, "done 0 c1 unknown");
        world_await(world, "done 1 c2 failed");
        assert_int_equal(opens(world), 1);
        assert_int_equal(moves(world, 2), 0);
}

static void what_cannot_be_sent_has_failed(void **state)
{
        World *world = *state;

        /* A broadcast address is refused by the kernel before anything leaves */
        strcpy(world->address, "255.255.255.255:60000");
        world->controller.timeout_ms = 60000; /* nobody waits for an answer to nothing */
        world_start(world);
        assert_int_equal(driver_uhppote.hold(world->state, 0, GATEWAY_HOLD_CONTROLLED), 0);
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 failed");
        driver_uhppote.hold(world->state, 0, GATEWAY_HOLD_CONTROLLED);
}

static void commands_that_make_no_sense_are_not_taken(void **state)
{
        World *world = *state;
        char id[UHPPOTE_COMMAND_ID_MAX + 1];

        memset(id, 'x', sizeof(id) - 1);
        id[sizeof(id) - 1] = '\0';
        world_start_heard(world);
        assert_int_equal(driver_uhppote.open(world->state, 2, 5, "c1"), -EINVAL);
        assert_int_equal(driver_uhppote.open(world->state, 0, 0, "c1"), -EINVAL);
        assert_int_equal(driver_uhppote.open(world->state, 0, 5, id), -EINVAL);
        for (unsigned i = 0; i < UHPPOTE_OPENS_MAX; i++)
                assert_int_equal(driver_uhppote.open(world->state, 0, 5, "c1"), 0);
        assert_int_equal(driver_uhppote.open(world->state, 0, 5, "c2"), -ENOBUFS);
        assert_int_equal(world_count(world, "done"), 0);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
        const struct CMUnitTest tests[] = {
                TEST(a_command_opens_its_door_once),
                TEST(a_command_for_a_released_door_is_observed_as_its_own),
                TEST(nothing_is_said_before_open_has_returned),
                TEST(the_release_time_is_set_where_it_differs),
                TEST(a_command_right_after_the_start_keeps_the_doors_mode),
                TEST(a_door_held_shut_is_opened_and_shut_again),
                TEST(a_door_is_held_as_told_even_while_a_command_lasts),
                TEST(the_release_time_is_set_after_the_board_was_away),
                TEST(a_refusal_is_said),
                TEST(silence_is_unknown_and_never_tried_again),
                TEST(a_controller_that_never_answers_gets_one_datagram_for_a_command),
                TEST(nothing_is_opened_when_the_release_time_has_no_answer),
                TEST(nothing_is_opened_for_another_time_than_asked),
                TEST(an_answer_about_another_door_prepares_nothing),
                TEST(a_command_that_is_void_by_its_turn_is_discarded),
                TEST(commands_wait_for_each_other_and_not_for_anything_else),
                TEST(what_comes_while_a_command_is_under_way_does_not_send_it_again),
                TEST(a_command_does_not_wait_for_a_status),
                TEST(a_command_that_waits_too_long_fails),
                TEST(what_cannot_be_sent_has_failed),
                TEST(commands_that_make_no_sense_are_not_taken),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
