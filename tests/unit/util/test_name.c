/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/name.h: every byte at every place of a name, and the paths made of names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "util/name.h"

static bool is_in(unsigned byte, const char *set)
{
        return byte != 0 && strchr(set, (int)byte) != NULL;
}

static void every_byte_stands_only_where_it_may(void **state)
{
        static const char ALWAYS[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

        for (unsigned byte = 0; byte < 256; byte++) {
                char first[] = { (char)byte, 'x' }, inside[] = { 'x', (char)byte, 'x' };
                bool always = is_in(byte, ALWAYS), not_first = is_in(byte, ".-"),
                     users_only = is_in(byte, "@+");
                Text alone = { first, 1 }, at_first = { first, 2 }, at_end = { inside, 2 },
                     in_middle = { inside, 3 };

                assert_int_equal(name_is_valid(alone), always);
                assert_int_equal(name_is_valid(at_first), always);
                assert_int_equal(name_is_valid(in_middle), always || not_first);
                assert_int_equal(name_is_valid(at_end), always || not_first);
                assert_int_equal(name_is_valid_user(alone), always || users_only);
                assert_int_equal(name_is_valid_user(at_first), always || users_only);
                assert_int_equal(name_is_valid_user(in_middle), always || not_first || users_only);
                assert_int_equal(name_is_valid_user(at_end), always || not_first || users_only);
        }
}

static void names_have_1_to_64_characters(void **state)
{
        char long_name[65];

        memset(long_name, 'a', sizeof(long_name));
        assert_true(name_is_valid((Text){ long_name, 64 }));
        assert_false(name_is_valid((Text){ long_name, 65 }));
        assert_true(name_is_valid_user((Text){ long_name, 64 }));
        assert_false(name_is_valid_user((Text){ long_name, 65 }));
        assert_false(name_is_valid(TEXT_NULL));
        assert_false(name_is_valid(TEXT_LITERAL("")));
        assert_false(name_is_valid_user(TEXT_NULL));
}

static void user_names_may_be_addresses(void **state)
{
        assert_true(name_is_valid_user(TEXT_LITERAL("alice+desk@example.com")));
        assert_false(name_is_valid(TEXT_LITERAL("alice+desk@example.com")));
        assert_false(name_is_valid_user(TEXT_LITERAL("EXAMPLE\\alice")));
}

static void paths_are_names_joined_by_slashes(void **state)
{
        static const char *const GOOD[] = { "acme", "acme/HQ", "acme/HQ/Tower", "a/b.c/_" };
        static const char *const BAD[] = { "",        "/",        "/acme",    "acme/", "acme//HQ",
                                           "acme/..", "../acme",  "./acme",   "a/./b", "a/-b",
                                           "a b/c",   "a/b\nb/c", "acme/a@b", "a\\b" };

        for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
                assert_true(name_is_valid_path(text_from(GOOD[i]), 32));
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
                assert_false(name_is_valid_path(text_from(BAD[i]), 32));
        assert_false(name_is_valid_path(TEXT_NULL, 32));
        assert_false(name_is_valid_path(TEXT_LITERAL("acme\0/HQ"), 32));
}

static void paths_are_no_deeper_than_allowed(void **state)
{
        assert_false(name_is_valid_path(TEXT_LITERAL("a"), 0));
        assert_true(name_is_valid_path(TEXT_LITERAL("a"), 1));
        assert_false(name_is_valid_path(TEXT_LITERAL("a/b"), 1));
        assert_true(name_is_valid_path(TEXT_LITERAL("a/b/c"), 3));
        assert_false(name_is_valid_path(TEXT_LITERAL("a/b/c/d"), 3));
        assert_false(name_is_valid_path(TEXT_LITERAL("a/b/c/"), 3));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_byte_stands_only_where_it_may),
                cmocka_unit_test(names_have_1_to_64_characters),
                cmocka_unit_test(user_names_may_be_addresses),
                cmocka_unit_test(paths_are_names_joined_by_slashes),
                cmocka_unit_test(paths_are_no_deeper_than_allowed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
