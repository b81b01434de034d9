/* SPDX-License-Identifier: MIT */
/* Tests of how doors are held. D3 belongs to a driver that cannot hold. */
#include "gateway_fixture.h"

#include <errno.h>

static void expect_hold(size_t count, unsigned index, GatewayHold hold)
{
        assert_int_equal(fixture.hold_count, count);
        assert_int_equal(fixture.holds[count - 1].index, index);
        assert_int_equal(fixture.holds[count - 1].hold, hold);
}

static void a_driver_is_told_once_of_each_change(void **state)
{
        hold_set(fixture.hold, 1, GATEWAY_HOLD_UNLOCKED);
        hold_set(fixture.hold, 1, GATEWAY_HOLD_UNLOCKED);
        expect_hold(1, 1, GATEWAY_HOLD_UNLOCKED);
        hold_set(fixture.hold, 1, GATEWAY_HOLD_LOCKED);
        expect_hold(2, 1, GATEWAY_HOLD_LOCKED);
        hold_tick(fixture.hold);
        assert_int_equal(fixture.hold_count, 2);
}

static void what_stands_unlocked_ends_when_nobody_says_so_any_more(void **state)
{
        hold_set(fixture.hold, 0, GATEWAY_HOLD_UNLOCKED);
        hold_set(fixture.hold, 1, GATEWAY_HOLD_LOCKED);
        hold_away(fixture.hold);
        expect_hold(3, 0, GATEWAY_HOLD_CONTROLLED);
        hold_away(fixture.hold);
        assert_int_equal(fixture.hold_count, 3);
        hold_set(fixture.hold, 0, GATEWAY_HOLD_UNLOCKED);
        expect_hold(4, 0, GATEWAY_HOLD_UNLOCKED);
}

static void after_a_start_nothing_moves_until_somebody_speaks_or_is_away(void **state)
{
        hold_tick(fixture.hold);
        assert_int_equal(fixture.hold_count, 0);
        hold_away(fixture.hold);
        assert_int_equal(fixture.hold_count, 2);
        assert_int_equal(fixture.holds[0].hold, GATEWAY_HOLD_CONTROLLED);
        assert_int_equal(fixture.holds[1].hold, GATEWAY_HOLD_CONTROLLED);
}

static void what_could_not_be_done_is_tried_again(void **state)
{
        fixture.hold_result = -EHOSTUNREACH;
        hold_set(fixture.hold, 0, GATEWAY_HOLD_LOCKED);
        hold_tick(fixture.hold);
        assert_int_equal(fixture.hold_count, 2);
        fixture.hold_result = 0;
        hold_tick(fixture.hold);
        expect_hold(3, 0, GATEWAY_HOLD_LOCKED);
        hold_tick(fixture.hold);
        assert_int_equal(fixture.hold_count, 3);
}

static void a_driver_that_cannot_hold_is_not_asked_again(void **state)
{
        hold_set(fixture.hold, 2, GATEWAY_HOLD_UNLOCKED);
        hold_tick(fixture.hold);
        assert_int_equal(fixture.hold_count, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXTURE_TEST(a_driver_is_told_once_of_each_change),
                FIXTURE_TEST(what_stands_unlocked_ends_when_nobody_says_so_any_more),
                FIXTURE_TEST(after_a_start_nothing_moves_until_somebody_speaks_or_is_away),
                FIXTURE_TEST(what_could_not_be_done_is_tried_again),
                FIXTURE_TEST(a_driver_that_cannot_hold_is_not_asked_again),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
