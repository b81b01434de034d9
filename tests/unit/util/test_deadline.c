/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/deadline.h: what is left is rounded up, never negative, and fits poll(2).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <poll.h>

#include "util/deadline.h"

static void the_clock_never_goes_backwards(void **state)
{
        uint64_t before = deadline_clock_ns();

        assert_true(before > 0);
        for (int i = 0; i < 1000; i++) {
                uint64_t now = deadline_clock_ns();
                assert_true(now >= before);
                before = now;
        }
}

static void no_time_leaves_nothing(void **state)
{
        assert_int_equal(deadline_left_ms(deadline_after_ms(0)), 0);
        assert_int_equal(deadline_left_ms((Deadline){ .at_ns = 0 }), 0);
}

static void what_is_left_is_at_most_what_was_given(void **state)
{
        int left = deadline_left_ms(deadline_after_ms(60000));

        assert_in_range(left, 1, 60000);
}

static void less_than_a_millisecond_is_one(void **state)
{
        /* Half a millisecond before a whole number of seconds: rounding down would lose it. */
        Deadline deadline = { .at_ns = deadline_clock_ns() + UINT64_C(60000500000) };
        int left = deadline_left_ms(deadline);
        uint64_t after = deadline_clock_ns();

        assert_true((uint64_t)left * 1000000 + after >= deadline.at_ns);
}

static void a_deadline_passes(void **state)
{
        Deadline deadline = deadline_after_ms(2);
        int waits = 0;

        /* One wait for what is left is enough: poll() does not wake early. */
        for (int left; (left = deadline_left_ms(deadline)) > 0; waits++)
                assert_int_equal(poll(NULL, 0, left), 0);
        assert_true(deadline_clock_ns() >= deadline.at_ns);
        assert_in_range(waits, 0, 1);
}

static void a_timeout_beyond_all_bounds_never_passes(void **state)
{
        assert_int_equal(deadline_left_ms(deadline_after_ms(UINT64_MAX)), INT_MAX);
        assert_int_equal(deadline_left_ms(deadline_after_ms(UINT64_MAX / 1000000)), INT_MAX);
        assert_int_equal(deadline_left_ms(deadline_after_ms(UINT64_C(2) * INT_MAX)), INT_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_clock_never_goes_backwards),
                cmocka_unit_test(no_time_leaves_nothing),
                cmocka_unit_test(what_is_left_is_at_most_what_was_given),
                cmocka_unit_test(less_than_a_millisecond_is_one),
                cmocka_unit_test(a_deadline_passes),
                cmocka_unit_test(a_timeout_beyond_all_bounds_never_passes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
