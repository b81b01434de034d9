/* SPDX-License-Identifier: MIT */
/* Tests of addresses.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "http/addresses.h"

static void each_address_is_counted_by_itself(void **state)
{
        _cleanup_(addresses_freep) Addresses *addresses = addresses_new();
        assert_int_equal(addresses_count(addresses, "192.0.2.1"), 0);
        assert_int_equal(addresses_enter(addresses, "192.0.2.1"), 0);
        assert_int_equal(addresses_enter(addresses, "192.0.2.1"), 0);
        assert_int_equal(addresses_enter(addresses, "192.0.2.2"), 0);
        assert_int_equal(addresses_count(addresses, "192.0.2.1"), 2);
        assert_int_equal(addresses_count(addresses, "192.0.2.2"), 1);
        addresses_leave(addresses, "192.0.2.1");
        addresses_leave(addresses, "192.0.2.2");
        assert_int_equal(addresses_count(addresses, "192.0.2.1"), 1);
        assert_int_equal(addresses_count(addresses, "192.0.2.2"), 0);
        addresses_leave(addresses, "192.0.2.2");
        assert_int_equal(addresses_count(addresses, "192.0.2.2"), 0);
}

/* Whoever has one IPv6 address has 2^64 of them. */
static void a_network_of_ipv6_is_counted_as_one(void **state)
{
        _cleanup_(addresses_freep) Addresses *addresses = addresses_new();
        assert_int_equal(addresses_enter(addresses, "2001:db8:1:2::1"), 0);
        assert_int_equal(addresses_enter(addresses, "2001:db8:1:2:ffff:ffff:ffff:ffff"), 0);
        assert_int_equal(addresses_enter(addresses, "2001:db8:1:3::1"), 0);
        assert_int_equal(addresses_count(addresses, "2001:db8:1:2:5::"), 2);
        assert_int_equal(addresses_count(addresses, "2001:db8:1:3::9"), 1);
        addresses_leave(addresses, "2001:db8:1:2::1");
        addresses_leave(addresses, "2001:db8:1:2:ffff:ffff:ffff:ffff");
        assert_int_equal(addresses_count(addresses, "2001:db8:1:2::1"), 0);
        assert_int_equal(addresses_enter(addresses, "unknown"), 0);
        assert_int_equal(addresses_count(addresses, "unknown"), 1);
}

static void more_addresses_than_buckets_are_all_counted(void **state)
{
        enum { COUNT = 5000 };
        _cleanup_(addresses_freep) Addresses *addresses = addresses_new();
        char host[32];
        for (int i = 0; i < COUNT; i++) {
                (void)snprintf(host, sizeof(host), "10.0.%d.%d", i / 250, i % 250);
                assert_int_equal(addresses_enter(addresses, host), 0);
        }
        for (int i = 0; i < COUNT; i += 2) {
                (void)snprintf(host, sizeof(host), "10.0.%d.%d", i / 250, i % 250);
                addresses_leave(addresses, host);
        }
        for (int i = 0; i < COUNT; i++) {
                (void)snprintf(host, sizeof(host), "10.0.%d.%d", i / 250, i % 250);
                assert_int_equal(addresses_count(addresses, host), i % 2);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_address_is_counted_by_itself),
                cmocka_unit_test(a_network_of_ipv6_is_counted_as_one),
                cmocka_unit_test(more_addresses_than_buckets_are_all_counted),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
