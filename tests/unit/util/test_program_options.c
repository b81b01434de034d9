/* SPDX-License-Identifier: MIT */
/* Tests of program_options.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <getopt.h>

#include "util/program_options.h"

static int parse(char **arguments, ProgramOptions *ret_options)
{
        int count = 0;
        while (arguments[count])
                count++;
        optind = 0; /* as if for the first time */
        return program_options_parse("/etc/program.conf", count, arguments, ret_options);
}

#define ARGUMENT(text)      ((char *)(text))
#define PARSE(options, ...) parse((char *[]){ ARGUMENT("program"), __VA_ARGS__, NULL }, options)

static void what_is_stated_counts(void **state)
{
        ProgramOptions options;
        assert_int_equal(parse((char *[]){ ARGUMENT("program"), NULL }, &options), PROGRAM_SERVE);
        assert_string_equal(options.config, "/etc/program.conf");
        assert_false(options.check);
        assert_int_equal(PARSE(&options, ARGUMENT("--check"), ARGUMENT("--config"), ARGUMENT("f")),
                         PROGRAM_SERVE);
        assert_string_equal(options.config, "f");
        assert_true(options.check);
        assert_null(options.wrong);
}

static void help_and_version_serve_nothing(void **state)
{
        ProgramOptions options;
        assert_int_equal(PARSE(&options, ARGUMENT("--help")), PROGRAM_SHOW_HELP);
        assert_int_equal(PARSE(&options, ARGUMENT("--version")), PROGRAM_SHOW_VERSION);
}

static void everything_else_is_wrong(void **state)
{
        ProgramOptions options;
        assert_int_equal(PARSE(&options, ARGUMENT("--config")), PROGRAM_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("--config=")), PROGRAM_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("--config"), ARGUMENT("")), PROGRAM_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("--chek")), PROGRAM_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("--nothing")), PROGRAM_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("-c")), PROGRAM_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("file")), PROGRAM_WRONG);
        assert_int_equal(program_options_parse("/etc/program.conf", 0, NULL, &options),
                         PROGRAM_WRONG);
        assert_non_null(options.wrong);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_stated_counts),
                cmocka_unit_test(help_and_version_serve_nothing),
                cmocka_unit_test(everything_else_is_wrong),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
