/* SPDX-License-Identifier: MIT */
/* Tests of pam/arguments.h: what each argument takes, and that everything else is an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "pam/arguments.h"

static int parse_one(const char *argument, Arguments *arguments)
{
        ArgumentProblem problem = { 0 };
        int r = arguments_parse(1, &argument, arguments, &problem);
        if (r < 0) {
                assert_string_equal(problem.argument, argument);
                assert_true(strlen(problem.why) > 0);
        }
        return r;
}

static void without_arguments_there_are_defaults(void **state)
{
        Arguments arguments;
        ArgumentProblem problem;
        assert_int_equal(arguments_parse(0, NULL, &arguments, &problem), 0);
        assert_null(arguments.server.socket_path);
        assert_false(arguments.server.server_uid_stated);
        assert_int_equal(arguments.timeout_ms, 2000);
        assert_int_equal(arguments.minimum_uid, 1000);
        assert_null(arguments.door);
        assert_false(arguments.groups_off || arguments.quiet || arguments.debug);
}

static void every_argument_is_taken(void **state)
{
        const char *argv[] = { "socket=/run/x/s", "server_uid=0", "timeout=1", "minimum_uid=0",
                               "door=acme/HQ/D1", "groups=off",   "quiet",     "debug" };
        Arguments arguments;
        ArgumentProblem problem;
        assert_int_equal(arguments_parse(8, argv, &arguments, &problem), 0);
        assert_string_equal(arguments.server.socket_path, "/run/x/s");
        assert_true(arguments.server.server_uid_stated);
        assert_int_equal(arguments.server.server_uid, 0);
        assert_int_equal(arguments.timeout_ms, 1);
        assert_int_equal(arguments.minimum_uid, 0);
        assert_string_equal(arguments.door, "acme/HQ/D1");
        assert_true(arguments.groups_off && arguments.quiet && arguments.debug);
}

static void numbers_end_where_they_should(void **state)
{
        Arguments arguments;
        assert_int_equal(parse_one("timeout=60000", &arguments), 0);
        assert_int_equal(arguments.timeout_ms, 60000);
        assert_int_equal(parse_one("server_uid=2147483647", &arguments), 0);
        assert_int_equal(arguments.server.server_uid, 2147483647);
        assert_int_equal(parse_one("server_uid=61184", &arguments), 0);
        assert_int_equal(parse_one("minimum_uid=2147483647", &arguments), 0);
        assert_int_equal(arguments.minimum_uid, 2147483647);
}

static const char *const BAD[] = {
        /* unknown */
        "",
        "=",
        "x",
        "x=1",
        "Socket=/a",
        "socket",
        "socketx=/a",
        "sock=/a",
        "use_first_pass",
        "quiet ",
        " quiet",
        "QUIET",
        "deny",
        "account",
        /* without value, with value, empty */
        "socket=",
        "server_uid=",
        "timeout=",
        "minimum_uid=",
        "door=",
        "groups=",
        "server_uid",
        "timeout",
        "minimum_uid",
        "door",
        "groups",
        "quiet=",
        "quiet=1",
        "debug=off",
        /* out of range, or not as numbers are written */
        "timeout=0",
        "timeout=60001",
        "timeout=-1",
        "timeout=+5",
        "timeout=5ms",
        "timeout= 5",
        "timeout=5 ",
        "timeout=0x10",
        "timeout=05",
        "timeout=1e3",
        "timeout=4294967297",
        "timeout=18446744073709551617",
        "timeout=99999999999999999999999999",
        "server_uid=-1",
        "server_uid=2147483648",
        "server_uid=4294967295",
        "server_uid=4294967296",
        "server_uid=65534",
        "server_uid=root",
        "minimum_uid=-1",
        "minimum_uid=2147483648",
        "minimum_uid=4294967296",
        "minimum_uid=1000,2000",
        /* not the paths they should be */
        "socket=relative/path",
        "socket=.",
        "socket=/",
        "socket=/run/x/",
        "socket=@abstract",
        "door=/acme/D1",
        "door=acme//D1",
        "door=acme/D1/",
        "door=..",
        "door=acme/../D1",
        "door=door:acme/D1",
        "door=acme/D 1",
        "door=acme/-D1",
        "door=acme/D\n1",
        "groups=on",
        "groups=OFF",
        "groups=offf",
        "groups=no",
};

static void everything_else_is_an_error(void **state)
{
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
                Arguments arguments = { .timeout_ms = 77 };
                if (parse_one(BAD[i], &arguments) != -EINVAL)
                        fail_msg("'%s' is taken", BAD[i]);
                assert_int_equal(arguments.timeout_ms, 77); /* nothing is set */
        }
}

static void nothing_is_given_twice(void **state)
{
        static const char *const GOOD[] = { "socket=/run/x/s", "server_uid=0", "timeout=1",
                                            "minimum_uid=0",   "door=acme/D1", "groups=off",
                                            "quiet",           "debug" };
        for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
                const char *argv[] = { GOOD[i], GOOD[(i + 1) % 8], GOOD[i] };
                Arguments arguments;
                ArgumentProblem problem;
                assert_int_equal(arguments_parse(2, argv, &arguments, &problem), 0);
                assert_int_equal(arguments_parse(3, argv, &arguments, &problem), -EINVAL);
                assert_string_equal(problem.why, "given twice");
        }
}

static void sockets_must_fit(void **state)
{
        char argument[256] = "socket=/";
        Arguments arguments;
        memset(argument + 8, 'a', 106);
        argument[8 + 106] = '\0';
        assert_int_equal(parse_one(argument, &arguments), 0); /* 107 bytes and a NUL */
        argument[8 + 106] = 'a';
        argument[8 + 107] = '\0';
        assert_int_equal(parse_one(argument, &arguments), -EINVAL);
}

static void arguments_of_a_mebibyte_are_errors(void **state)
{
        static char argument[(1 << 20) + 1];
        static const char *const NAMES[] = {
                "socket=/", "timeout=", "server_uid=", "door=a", "groups=", "quiet", ""
        };
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
                Arguments arguments;
                memset(argument, '1', sizeof(argument) - 1);
                memcpy(argument, NAMES[i], strlen(NAMES[i]));
                assert_int_equal(parse_one(argument, &arguments), -EINVAL);
        }
}

static void a_missing_argument_is_an_error(void **state)
{
        const char *argv[] = { "quiet", NULL };
        Arguments arguments;
        ArgumentProblem problem = { 0 };
        assert_int_equal(arguments_parse(2, argv, &arguments, &problem), -EINVAL);
        assert_non_null(problem.argument);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_arguments_there_are_defaults),
                cmocka_unit_test(every_argument_is_taken),
                cmocka_unit_test(numbers_end_where_they_should),
                cmocka_unit_test(everything_else_is_an_error),
                cmocka_unit_test(nothing_is_given_twice),
                cmocka_unit_test(sockets_must_fit),
                cmocka_unit_test(arguments_of_a_mebibyte_are_errors),
                cmocka_unit_test(a_missing_argument_is_an_error),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
