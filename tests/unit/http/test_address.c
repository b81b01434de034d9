/* SPDX-License-Identifier: MIT */
/* Tests of address.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "http/address.h"

static void addresses_are_read_and_written(void **state)
{
        static const char *const GOOD[] = { "127.0.0.1:1", "0.0.0.0:65535", "[::]:8443",
                                            "[2001:db8::1]:443" };
        char text[ADDRESS_TEXT_SIZE];
        for (size_t i = 0; i < sizeof(GOOD) / sizeof(*GOOD); i++) {
                Address address;
                assert_int_equal(address_parse(text_from(GOOD[i]), false, &address), 0);
                assert_string_equal(address_text(&address, text, sizeof(text)), GOOD[i]);
        }
}

static void everything_else_is_refused(void **state)
{
        static const char *const BAD[] = {
                "",           "8443",        ":8443",           "localhost:8443", "127.0.0.1",
                "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:-1",   "127.1:80",
                "::1:80",     "[::1]",       "[::1:80",         "[127.0.0.1]:80", "[fe80::1%lo]:80"
        };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                Address address;
                assert_int_equal(address_parse(text_from(BAD[i]), false, &address), -EINVAL);
        }
        Address address;
        assert_int_equal(address_parse(TEXT_LITERAL("127.0.0.1\0x:80"), false, &address), -EINVAL);
        assert_int_equal(address_parse(TEXT_LITERAL("127.0.0.1:0"), true, &address), 0);
}

static bool is_loopback(const char *text)
{
        Address address;
        assert_int_equal(address_parse(text_from(text), false, &address), 0);
        return address_is_loopback(&address);
}

static void loopback_is_told_from_the_rest(void **state)
{
        assert_true(is_loopback("127.0.0.1:80"));
        assert_true(is_loopback("127.255.255.254:80"));
        assert_true(is_loopback("[::1]:80"));
        assert_false(is_loopback("0.0.0.0:80"));
        assert_false(is_loopback("128.0.0.1:80"));
        assert_false(is_loopback("[::]:80"));
        assert_false(is_loopback("[::ffff:127.0.0.1]:80"));
}

static void an_ipv4_peer_of_an_ipv6_socket_has_its_ipv4_address(void **state)
{
        Address address;
        char text[ADDRESS_TEXT_SIZE];
        assert_int_equal(address_parse(TEXT_LITERAL("[::ffff:192.0.2.7]:80"), false, &address), 0);
        assert_string_equal(address_host((struct sockaddr *)&address.storage, text, sizeof(text)),
                            "192.0.2.7");
        struct sockaddr nothing = { .sa_family = AF_UNIX };
        assert_string_equal(address_host(&nothing, text, sizeof(text)), "unknown");
}

static void listening_twice_at_a_port_is_an_error(void **state)
{
        Address address;
        assert_int_equal(address_parse(TEXT_LITERAL("127.0.0.1:0"), true, &address), 0);
        int fd = address_listen(&address);
        assert_true(fd >= 0);
        address.size = sizeof(address.storage);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&address.storage, &address.size), 0);
        assert_true(address_port(&address) > 0);
        assert_int_equal(address_listen(&address), -EADDRINUSE);
        close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(addresses_are_read_and_written),
                cmocka_unit_test(everything_else_is_refused),
                cmocka_unit_test(loopback_is_told_from_the_rest),
                cmocka_unit_test(an_ipv4_peer_of_an_ipv6_socket_has_its_ipv4_address),
                cmocka_unit_test(listening_twice_at_a_port_is_an_error),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
