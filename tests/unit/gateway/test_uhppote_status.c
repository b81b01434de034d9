/* SPDX-License-Identifier: MIT */
/* Tests of gateway/uhppote_status.c: relays, contacts and inputs become what was observed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "uhppote_fixture.h"

static void what_a_board_is_like_is_told_at_first(void **state)
{
        World *world = *state;

        world_do(world, "contact 1 1");
        world_do(world, "contact 2 1");
        world_do(world, "mode 2 1 5");
        world_start_heard(world);
        assert_int_equal(world_count(world, "observed 0 lock-locked -"), 1);
        assert_int_equal(world_count(world, "observed 1 lock-unlocked -"), 1);
        assert_int_equal(world_count(world, "observed 0 door-opened"), 1);
        /* A door without a contact is neither open nor shut, whatever the input says */
        assert_int_equal(world_count(world, "observed 1 door-"), 0);
}

static void a_contact_that_opens_and_closes_is_told_once_each(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_await_requests(world, 0x8e, 1);
        world_do(world, "contact 1 1");
        world_await(world, "observed 0 door-opened");
        world_do(world, "contact 1 0");
        world_settle(world);
        /* Both the status and the board's events have shown it */
        assert_int_equal(world_count(world, "observed 0 door-opened"), 1);
        assert_int_equal(world_count(world, "observed 0 door-closed"), 2); /* at first, too */
        assert_int_equal(world->cursor, 1 + 2);
}

static void a_door_that_was_open_between_two_statuses_is_told(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_await_requests(world, 0x8e, 1);
        world_do(world, "contact 1 1");
        world_do(world, "contact 1 0");
        world_await(world, "observed 0 door-opened");
        world_settle(world);
        assert_int_equal(world_count(world, "observed 0 door-opened"), 1);
        assert_int_equal(world_count(world, "observed 0 door-closed"), 2);
}

static void a_status_waits_for_the_events_before_it(void **state)
{
        World *world = *state;

        world->board->special = true;
        world->cursor = 1 + 0;
        for (unsigned i = 0; i < 30; i++)
                fake_board_swipe(world->board, 4711, 1);
        world_do(world, "contact 1 1");
        world_do(world, "faults.delay_ms 3");
        world_start(world);
        world_await(world, "observed 0 lock-locked"); /* of the same status */
        world_do(world, "contact 1 0");
        world_await(world, "observed 0 door-closed");
        world_settle(world);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 30);
        assert_int_equal(world_count(world, "observed 0 door-opened"), 1);
        assert_int_equal(world_count(world, "observed 0 door-closed"), 1);
}

static void contacts_are_told_though_events_have_no_answer(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 20;
        world_start_heard(world);
        world_await_requests(world, 0x8e, 1);
        world_do(world, "faults.silent_only 0xb0");
        world_do(world, "contact 1 1");
        world_await(world, "observed 0 door-opened");
}

static void inputs_and_errors_begin_and_end(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "inputs 3");
        world_await(world, "observed - fire-detected");
        world_await(world, "observed - fault-detected - card=0 time=0 an input keeps all doors");
        world_do(world, "inputs 0");
        world_await(world, "observed - fire-ended");
        world_await(world, "observed - fault-ended - card=0 time=0 an input keeps all doors");
        world_do(world, "error 9");
        world_await(world, "observed - fault-detected - card=0 time=0 the controller's error 9");
        world_do(world, "error 0");
        world_await(world, "observed - fault-ended - card=0 time=0 the controller's error 9");
        assert_int_equal(world_count(world, "observed - fire"), 2);
        assert_int_equal(world_count(world, "observed - fault"), 4);
}

static void an_alarm_ends_when_the_door_is_shut(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "contact 1 1");
        world_do(world, "event 0x26 1 0");
        world_await(world, "observed 0 door-forced-open");
        world_settle(world);
        assert_int_equal(world_count(world, "observed 0 door-alarm-normal"), 0);
        world_do(world, "contact 1 0");
        world_await(world, "observed 0 door-alarm-normal");
        world_do(world, "contact 1 1");
        world_do(world, "event 0x25 1 0");
        world_await(world, "observed 0 door-open-too-long");
        world_do(world, "contact 1 0");
        world_settle(world);
        assert_int_equal(world_count(world, "observed 0 door-alarm-normal"), 2);
}

static void a_status_with_bad_values_is_ignored(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "contact 1 1");
        world_await(world, "observed 0 door-opened");
        world_do(world, "faults.bad_value 28");
        world_settle(world);
        assert_int_equal(world_count(world, "observed 0 door-closed"), 1);
        assert_true(world_count(world, "log 4 ignored a datagram with a value"));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
        const struct CMUnitTest tests[] = {
                TEST(what_a_board_is_like_is_told_at_first),
                TEST(a_contact_that_opens_and_closes_is_told_once_each),
                TEST(a_door_that_was_open_between_two_statuses_is_told),
                TEST(a_status_waits_for_the_events_before_it),
                TEST(contacts_are_told_though_events_have_no_answer),
                TEST(inputs_and_errors_begin_and_end),
                TEST(an_alarm_ends_when_the_door_is_shut),
                TEST(a_status_with_bad_values_is_ignored),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
