/* SPDX-License-Identifier: MIT */
/* Tests of gateway/uhppote_mode.c: how doors are held. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "uhppote_fixture.h"

static void hold(World *world, unsigned door, GatewayHold as)
{
        assert_int_equal(driver_uhppote.hold(world->state, door, as), 0);
}

static void doors_are_held_as_told(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "mode 2 3 9");
        hold(world, 0, GATEWAY_HOLD_LOCKED);
        hold(world, 1, GATEWAY_HOLD_UNLOCKED);
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
        world_await_mode(world, 2, FAKE_NORMALLY_OPEN);
        world_await(world, "observed 1 lock-unlocked -");
        hold(world, 0, GATEWAY_HOLD_CONTROLLED);
        hold(world, 1, GATEWAY_HOLD_CONTROLLED);
        world_await_mode(world, 1, FAKE_CONTROLLED);
        world_await_mode(world, 2, FAKE_CONTROLLED);
        world_await(world, "observed 1 lock-locked -");
        /* Nobody has passed, nobody has commanded, and no time to release was changed */
        assert_int_equal(world->board->requests[0x40], 0);
        assert_int_equal(world->board->doors[0].delay, 5);
}

static void a_board_is_left_as_it_is_until_told(void **state)
{
        World *world = *state;

        world_do(world, "mode 1 1 9");
        world_start_heard(world);
        world_settle(world);
        assert_int_equal(world->board->requests[0x80], 0);
        world_stop(world);
        assert_int_equal(world->board->requests[0x80], 0);
}

static void a_mode_that_somebody_else_has_changed_is_set_again(void **state)
{
        World *world = *state;

        world_start_heard(world);
        hold(world, 0, GATEWAY_HOLD_LOCKED);
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
        world_do(world, "mode 1 1 5");
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
}

static void a_mode_is_set_again_when_its_answer_is_lost(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 40;
        world_start_heard(world);
        world_do(world, "faults.deaf 1");
        hold(world, 0, GATEWAY_HOLD_LOCKED);
        world_await_requests(world, 0x80, 1);
        world_do(world, "faults.deaf 0");
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
}

static void a_mode_that_could_not_be_read_is_read_again_soon(void **state)
{
        World *world = *state;

        world->times.compare_ms = 60000;
        world->controller.timeout_ms = 20;
        world_do(world, "faults.silent_only 0x82");
        world_start(world);
        hold(world, 0, GATEWAY_HOLD_LOCKED);
        world_await_requests(world, 0x82, 6);
        world_do(world, "faults.silent_only 0");
        world_await_mode(world, 1, FAKE_NORMALLY_CLOSED);
}

static void a_board_that_does_not_take_it_over_is_told_of_once(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "faults.stubborn 1");
        unsigned reads = world->board->requests[0x82];
        hold(world, 0, GATEWAY_HOLD_LOCKED);
        world_await(world, "observed 0 fault-detected");
        world_await_requests(world, 0x80, 3);
        assert_int_equal(world_count(world, "observed 0 fault-detected"), 1);
        /* It is asked again after its mode was read, not over and over */
        assert_true(world->board->requests[0x80] <= world->board->requests[0x82] - reads + 1);
        world_do(world, "faults.stubborn 0");
        world_await(world, "observed 0 fault-ended");
        assert_int_equal(world->board->doors[0].mode, FAKE_NORMALLY_CLOSED);
}

/* The board's loop stands still meanwhile: it acts on what it was sent afterwards. */
static void what_is_held_open_is_secured_at_the_end(void **state)
{
        World *world = *state;

        world_start_heard(world);
        hold(world, 0, GATEWAY_HOLD_UNLOCKED);
        hold(world, 1, GATEWAY_HOLD_LOCKED);
        world_await_mode(world, 1, FAKE_NORMALLY_OPEN);
        world_await_mode(world, 2, FAKE_NORMALLY_CLOSED);
        world_settle(world);
        unsigned sets = world->board->requests[0x80];
        world_stop(world);
        world_await_mode(world, 1, FAKE_CONTROLLED);
        world_pass(world, 20);
        assert_int_equal(world->board->requests[0x80], sets + 2); /* tried twice, one door */
        assert_int_equal(world->board->doors[1].mode, FAKE_NORMALLY_CLOSED);
}

static void doors_and_holds_that_are_none_are_refused(void **state)
{
        World *world = *state;

        world_start(world);
        assert_int_equal(driver_uhppote.hold(world->state, 2, GATEWAY_HOLD_LOCKED), -EINVAL);
        assert_int_equal(driver_uhppote.hold(world->state, 0, (GatewayHold)3), -EINVAL);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
        const struct CMUnitTest tests[] = {
                TEST(doors_are_held_as_told),
                TEST(a_board_is_left_as_it_is_until_told),
                TEST(a_mode_that_somebody_else_has_changed_is_set_again),
                TEST(a_mode_is_set_again_when_its_answer_is_lost),
                TEST(a_mode_that_could_not_be_read_is_read_again_soon),
                TEST(a_board_that_does_not_take_it_over_is_told_of_once),
                TEST(what_is_held_open_is_secured_at_the_end),
                TEST(doors_and_holds_that_are_none_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
