/* SPDX-License-Identifier: MIT */
/* Tests of daemon_clock.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/daemon_clock.h"

#define S UINT64_C(1000000000)

static void what_has_said_nothing_is_not_known(void **state)
{
        DaemonClock clock = { 0 };
        assert_false(clock.known);
        assert_true(daemon_clock_ms(&clock, 5 * S) == INT64_MIN);
}

static void it_goes_on_a_little_slower(void **state)
{
        DaemonClock clock = { 0 };
        daemon_clock_hear(&clock, 1000000, 10 * S, 10 * S);
        assert_int_equal(daemon_clock_ms(&clock, 10 * S), 1000000);
        assert_int_equal(daemon_clock_ms(&clock, 522 * S), 1000000 + 512000 - 1000);
        assert_int_equal(daemon_clock_ms(&clock, 9 * S), 1000000);
}

static void the_latest_of_what_follows_counts(void **state)
{
        DaemonClock clock = { 0 };
        daemon_clock_hear(&clock, 100000, 10 * S, 10 * S);
        daemon_clock_hear(&clock, 101000, 11 * S, 31 * S); /* held up for 20 s */
        assert_in_range(daemon_clock_ms(&clock, 31 * S), 120900, 121000);
        daemon_clock_hear(&clock, 122000, 31 * S, 32 * S);
        assert_int_equal(daemon_clock_ms(&clock, 32 * S), 122000);
        daemon_clock_hear(&clock, 500000, 32 * S, 32 * S); /* set forwards */
        assert_int_equal(daemon_clock_ms(&clock, 32 * S), 500000);
}

static void one_that_was_set_back_is_believed_when_nothing_else_is_possible(void **state)
{
        DaemonClock clock = { 0 };
        daemon_clock_hear(&clock, 100000, 10 * S, 10 * S);
        daemon_clock_hear(&clock, 100500, 10 * S, 20 * S); /* or held up */
        assert_in_range(daemon_clock_ms(&clock, 20 * S), 109900, 110000);
        daemon_clock_hear(&clock, 95000, 20 * S, 21 * S);
        assert_int_equal(daemon_clock_ms(&clock, 21 * S), 95000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_has_said_nothing_is_not_known),
                cmocka_unit_test(it_goes_on_a_little_slower),
                cmocka_unit_test(the_latest_of_what_follows_counts),
                cmocka_unit_test(one_that_was_set_back_is_believed_when_nothing_else_is_possible),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
