/* SPDX-License-Identifier: MIT */
/* Tests of rate.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "daemon/rate.h"

static const RateLimits limits = {
        .clients_per_user = 3,
        .clients_per_front = 5,
        .requests_per_second = 10,
        .requests_burst = 5,
};

static int setup(void **state)
{
        *state = rate_table_new();
        return *state ? 0 : -1;
}

static int teardown(void **state)
{
        rate_table_free(*state);
        return 0;
}

static unsigned take_all(RateAccount *account, uint64_t now_ms)
{
        unsigned taken = 0;
        while (taken < 1000 && rate_take(account, &limits, now_ms))
                taken++;
        return taken;
}

static void a_burst_is_allowed_and_then_the_rate_holds(void **state)
{
        RateAccount *account;
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 0, &account), 0);
        assert_int_equal(take_all(account, 0), 5);
        assert_int_equal(take_all(account, 99), 0);
        assert_int_equal(take_all(account, 100), 1);
        assert_int_equal(take_all(account, 400), 3);
        assert_int_equal(take_all(account, 1000000), 5);
}

static void a_clock_that_jumps_back_gives_nothing(void **state)
{
        RateAccount *account;
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 10000, &account), 0);
        assert_int_equal(take_all(account, 10000), 5);
        assert_int_equal(take_all(account, 0), 0);
        assert_int_equal(take_all(account, UINT64_MAX), 5);
}

static void connections_of_one_uid_are_limited(void **state)
{
        RateAccount *account, *other;
        for (int i = 0; i < 3; i++)
                assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 0, &account), 0);
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 0, &other), -EUSERS);
        assert_int_equal(rate_enter(*state, &limits, 1001, RATE_USER, 0, &other), 0);
        assert_ptr_not_equal(account, other);
        rate_leave(account);
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 0, &other), 0);
        assert_ptr_equal(account, other);
}

static void root_passes_the_limit_of_connections(void **state)
{
        RateAccount *account;
        for (int i = 0; i < 10; i++)
                assert_int_equal(rate_enter(*state, &limits, 0, RATE_ROOT, 0, &account), 0);
}

static void connecting_anew_gains_no_tokens(void **state)
{
        RateAccount *account;
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 0, &account), 0);
        assert_int_equal(take_all(account, 0), 5);
        rate_leave(account);
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 50, &account), 0);
        assert_int_equal(take_all(account, 50), 0);
}

static void a_full_table_forgets_only_who_is_gone_and_rested(void **state)
{
        RateAccount *account, *connected;
        assert_int_equal(rate_enter(*state, &limits, 1, RATE_USER, 0, &connected), 0);
        for (uint32_t uid = 2; uid <= RATE_ACCOUNTS_MAX; uid++) {
                assert_int_equal(rate_enter(*state, &limits, uid, RATE_USER, 0, &account), 0);
                assert_true(rate_take(account, &limits, 0));
                rate_leave(account);
        }
        /* Nobody has rested yet. */
        assert_int_equal(rate_enter(*state, &limits, 4000000, RATE_USER, 1, &account), -EUSERS);
        assert_int_equal(rate_enter(*state, &limits, 4000000, RATE_USER, 60000, &account), 0);
        /* Who was connected all the time still has his account. */
        assert_int_equal(rate_enter(*state, &limits, 1, RATE_USER, 60000, &account), 0);
        assert_ptr_equal(account, connected);
        assert_int_equal(connected->clients, 2);
}

static void a_full_table_does_not_keep_root_out(void **state)
{
        RateAccount *account;
        for (uint32_t uid = 1; uid <= RATE_ACCOUNTS_MAX; uid++)
                assert_int_equal(rate_enter(*state, &limits, uid, RATE_USER, 0, &account), 0);
        assert_int_equal(rate_enter(*state, &limits, 4000000, RATE_USER, 0, &account), -EUSERS);
        assert_int_equal(rate_enter(*state, &limits, 0, RATE_ROOT, 0, &account), 0);
        assert_int_equal(account->uid, 0);
        rate_leave(account);
        /* Root's account is forgotten and made again like any other. */
        assert_int_equal(rate_enter(*state, &limits, 0, RATE_ROOT, 60000, &account), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void a_front_has_a_limit_of_its_own(void **state)
{
        RateAccount *account = NULL, *other;
        for (int i = 0; i < 5; i++)
                assert_int_equal(rate_enter(*state, &limits, 1000, RATE_FRONT, 0, &account), 0);
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_FRONT, 0, &other), -EUSERS);
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_ROOT, 0, &other), 0);
        rate_leave(other);
        rate_leave(account);
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_FRONT, 0, &other), 0);
        /* Whoever is none any more gets no further connection while he has too many. */
        assert_int_equal(rate_enter(*state, &limits, 1000, RATE_USER, 0, &other), -EUSERS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_burst_is_allowed_and_then_the_rate_holds),
                TEST(a_clock_that_jumps_back_gives_nothing),
                TEST(connections_of_one_uid_are_limited),
                TEST(root_passes_the_limit_of_connections),
                TEST(a_front_has_a_limit_of_its_own),
                TEST(connecting_anew_gains_no_tokens),
                TEST(a_full_table_forgets_only_who_is_gone_and_rested),
                TEST(a_full_table_does_not_keep_root_out),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
