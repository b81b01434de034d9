/* SPDX-License-Identifier: MIT */
/*
 * Tests of gateway/uhppote_events.c: each event once and in order, over restarts, too; a swipe is
 * decided once, and only while it is fresh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "uhppote_fixture.h"
#include "util/timestamp.h"

/* Cards 1001, 1002, ... denied by the board at door 1. */
static void swipes(World *world, unsigned count)
{
        for (unsigned i = 1; i <= count; i++)
                fake_board_swipe(world->board, 1000 + i, 1);
}

static void start_deciding(World *world)
{
        world->controller.decides_swipes = true;
        world_start_heard(world);
        world_await_requests(world, 0xa0, 1);
        world_settle(world);
        assert_true(world->board->pc_control);
}

static void what_was_before_the_first_start_is_history(void **state)
{
        World *world = *state;

        swipes(world, 5);
        world_start_heard(world);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 0);
        assert_int_equal(world->cursor, 1 + 5);
        assert_int_equal(world->board->requests[0xb0], 0);
}

static void a_board_without_events_has_none(void **state)
{
        World *world = *state;

        world_start_heard(world);
        assert_int_equal(world->cursor, 1 + 0);
        swipes(world, 1);
        world_await(world, "observed 0 controller-denied - card=1001");
        assert_int_equal(world->cursor, 1 + 1);
}

static void events_of_a_time_away_are_read_in_order(void **state)
{
        World *world = *state;
        char line[64];

        world->cursor = 1 + 0;
        swipes(world, 40);
        world_do(world, "faults.delay_ms 2");
        world_start(world);
        for (unsigned i = 1; i <= 40; i++) {
                snprintf(line, sizeof(line), "observed 0 controller-denied - card=%u", 1000 + i);
                world_await(world, line);
                assert_int_equal(world_count(world, line), 1);
        }
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 40);
        assert_int_equal(world->cursor, 1 + 40);
        assert_int_equal(world->board->requests[0xb0], 40);
        assert_true(world->board->requests[0x20] >= 3); /* the status had its turns */
        world_stop(world);
        world_start_heard(world);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 40);
}

static void overwritten_events_are_told_of(void **state)
{
        World *world = *state;

        world->cursor = 1 + 2;
        swipes(world, 10);
        world_do(world, "forget 6");
        world_start_heard(world);
        world_await(world, "observed - events-lost - card=0 time=0 4, from 3 to 6: overwritten");
        world_await(world, "observed 0 controller-denied - card=1010");
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 4);
        assert_int_equal(world->cursor, 1 + 10);
}

static void events_that_the_board_passes_over_are_told_of(void **state)
{
        World *world = *state;

        world->cursor = 1 + 2;
        swipes(world, 10);
        world_do(world, "forget 6");
        world_do(world, "faults.skips 1");
        world_start_heard(world);
        world_await(world, "observed 0 controller-denied - card=1010");
        assert_int_equal(
                world_count(world, "observed - events-lost - card=0 time=0 4, from 3 to 6"), 1);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 4);
}

static void a_board_that_contradicts_itself_is_left_behind(void **state)
{
        World *world = *state;

        world->cursor = 1 + 2;
        swipes(world, 10);
        world_do(world, "faults.forgetful 1");
        world_start_heard(world);
        world_await(world, "observed - events-lost - card=0 time=0 8, from 3 to 10: overwritten");
        assert_int_equal(world->cursor, 1 + 10);
        assert_true(world->board->requests[0xb0] <= 4);
}

static void a_list_that_begins_anew_is_told_of(void **state)
{
        World *world = *state;

        world->cursor = 1 + 500;
        swipes(world, 3);
        world_start_heard(world);
        world_await(world,
                    "observed - events-lost - card=0 time=0 the controller's list begins anew");
        assert_int_equal(world->cursor, 1 + 3);
        swipes(world, 1);
        world_await(world, "observed 0 controller-denied - card=1001");
        assert_int_equal(world_count(world, "observed - events-lost"), 1);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 1);
}

static void a_swipe_under_pc_control_is_asked_about_once(void **state)
{
        World *world = *state;

        start_deciding(world);
        world_do(world, "swipe 8165538 1");
        world_await(world, "swiped 0 8165538");
        world_settle(world);
        assert_int_equal(world_count(world, "swiped"), 1);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 0);
        assert_int_equal(world->board->doors[0].moves, 0);
        world_stop(world);
        world_start_heard(world);
        assert_int_equal(world_count(world, "swiped"), 1);
}

static void a_swipe_that_was_granted_opens_like_a_command(void **state)
{
        World *world = *state;

        start_deciding(world);
        world_do(world, "swipe 8165538 2");
        world_await(world, "swiped 1 8165538");
        world_open(world, 1, 5, "c1");
        world_await(world, "done 1 c1 commanded");
        assert_int_equal(world->board->doors[1].moves, 1);
}

static void swipes_of_a_time_away_are_not_decided(void **state)
{
        World *world = *state;

        world->cursor = 1 + 0;
        world_do(world, "event 5 1 8165538");
        start_deciding(world);
        world_await(world, "observed 0 controller-denied - card=8165538");
        assert_int_equal(world_count(world, "swiped"), 0);
        world_do(world, "swipe 77 1");
        world_await(world, "swiped 0 77");
}

static void swipes_that_may_be_old_are_not_decided(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 40;
        world->times.fresh_ms = 150;
        start_deciding(world);
        world_do(world, "faults.silent 1");
        world_await(world, "observed - controller-lost");
        world_do(world, "swipe 8165538 1");
        world_await_requests(world, 0x20, world->board->requests[0x20] + 5);
        world_do(world, "faults.silent 0");
        world_await(world, "observed 0 controller-denied - card=8165538");
        assert_int_equal(world_count(world, "swiped"), 0);
}

static void without_pc_control_the_board_decides(void **state)
{
        World *world = *state;

        world->board->pc_control = true;
        world_start_heard(world);
        world_await_requests(world, 0xa0, 1);
        assert_false(world->board->pc_control);
        world_do(world, "card 4711");
        world_do(world, "swipe 4711 1");
        world_await(world, "observed 0 controller-granted - card=4711");
        world_do(world, "swipe 4712 1");
        world_await(world, "observed 0 controller-denied - card=4712");
        assert_int_equal(world_count(world, "swiped"), 0);
        world_settle(world);
        world_settle(world);
        assert_int_equal(world->board->requests[0xa0], 1); /* once is enough */
}

static void reasons_of_the_boards_own_stay_its_own(void **state)
{
        World *world = *state;

        start_deciding(world);
        world_do(world, "event 0x0c 1 4711");
        world_await(world, "observed 0 controller-denied - card=4711");
        world_do(world, "event 0x0b 1 4711");
        world_await(world, "swiped 0 4711");
        world_do(world, "event 0x05 1 0");
        world_settle(world);
        assert_int_equal(world_count(world, "swiped"), 1);
}

static void events_become_words(void **state)
{
        World *world = *state;

        world_start_heard(world);
        world_do(world, "event 0x14 2 1");
        world_await(world, "observed 1 exit-requested - card=0");
        world_do(world, "event 0x2c 1 32767");
        world_await(world, "observed 0 controller-granted - card=0");
        world_do(world, "event 0x22 1 0");
        world_await(world, "observed 0 tamper-detected");
        world_await(world, "observed 0 tamper-ended");
        world_do(world, "event 0x1d 0 0");
        world_settle(world);
        assert_int_equal(world_count(world, "observed - controller-found"), 2);
        /* Of no table, and of a door that is not this gateway's */
        unsigned before = world_count(world, "observed");
        world_do(world, "event 0x7f 1 0");
        world_do(world, "event 0x02 1 0");
        world_do(world, "event 0x26 4 0");
        world_settle(world);
        assert_int_equal(world_count(world, "observed"), before);
        assert_int_equal(world->cursor, 1 + 7);
}

static void the_boards_clock_does_not_matter(void **state)
{
        World *world = *state;
        char line[96];

        world->board->clock_wrong_s = -3 * 365 * 86400;
        world->cursor = 1 + 0;
        fake_board_add(world->board, (FakeEvent){ .type = 1,
                                                  .door = 1,
                                                  .card = 5,
                                                  .reason = 6,
                                                  .time_s = timestamp_now() - 100 +
                                                            world->board->clock_wrong_s });
        world_start_heard(world);
        world_await(world, "observed 0 controller-denied - card=5");
        unsigned found = 0;
        for (int64_t off = -3; off <= 3; off++) {
                snprintf(line, sizeof(line), "observed 0 controller-denied - card=5 time=%" PRId64,
                         timestamp_now() - 100 + off);
                found += world_count(world, line);
        }
        assert_int_equal(found, 1);
        /* What it says to come from the future came now */
        fake_board_add(world->board, (FakeEvent){ .type = 1,
                                                  .door = 1,
                                                  .card = 6,
                                                  .reason = 6,
                                                  .time_s = timestamp_now() + 3600 });
        world_await(world, "observed 0 controller-denied - card=6 time=0");
}

static void an_event_without_an_answer_is_asked_for_again(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 40;
        world_start_heard(world);
        world_do(world, "faults.silent_only 0xb0");
        swipes(world, 2);
        world_await_requests(world, 0xb0, 2);
        world_do(world, "faults.silent_only 0");
        world_await(world, "observed 0 controller-denied - card=1002");
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 2);
}

static void a_number_that_cannot_be_stored_is_said(void **state)
{
        World *world = *state;

        world->put_error = -EIO;
        world_start_heard(world);
        swipes(world, 1);
        world_await(world, "observed 0 controller-denied - card=1001");
        world_settle(world);
        assert_int_equal(world_count(world, "observed 0 controller-denied"), 1);
        assert_true(world_count(world, "log 3 the number of its last event"));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
        const struct CMUnitTest tests[] = {
                TEST(what_was_before_the_first_start_is_history),
                TEST(a_board_without_events_has_none),
                TEST(events_of_a_time_away_are_read_in_order),
                TEST(overwritten_events_are_told_of),
                TEST(events_that_the_board_passes_over_are_told_of),
                TEST(a_board_that_contradicts_itself_is_left_behind),
                TEST(a_list_that_begins_anew_is_told_of),
                TEST(a_swipe_under_pc_control_is_asked_about_once),
                TEST(a_swipe_that_was_granted_opens_like_a_command),
                TEST(swipes_of_a_time_away_are_not_decided),
                TEST(swipes_that_may_be_old_are_not_decided),
                TEST(without_pc_control_the_board_decides),
                TEST(reasons_of_the_boards_own_stay_its_own),
                TEST(events_become_words),
                TEST(the_boards_clock_does_not_matter),
                TEST(an_event_without_an_answer_is_asked_for_again),
                TEST(a_number_that_cannot_be_stored_is_said),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
