/* SPDX-License-Identifier: MIT */
/* Tests of the command line of doorward-gateway. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <getopt.h>

#include "gateway/options.h"
#include "gateway/settings.h"

static int parse(char **arguments, Options *ret_options)
{
        int count = 0;
        while (arguments[count])
                count++;
        optind = 0; /* as if for the first time */
        return options_parse(count, arguments, ret_options);
}

#define PARSE(options, ...) parse((char *[]){ (char *)"gateway", __VA_ARGS__, NULL }, options)
#define ARGUMENT(text)      ((char *)(text))

static void what_is_stated_counts(void **state)
{
        Options options;
        assert_int_equal(parse((char *[]){ ARGUMENT("gateway"), NULL }, &options), OPTIONS_SERVE);
        assert_string_equal(options.configuration, GATEWAY_CONFIGURATION);
        assert_false(options.check);
        assert_int_equal(PARSE(&options, ARGUMENT("--config"), ARGUMENT("f"), ARGUMENT("--check")),
                         OPTIONS_SERVE);
        assert_string_equal(options.configuration, "f");
        assert_true(options.check);
}

static void help_and_version_move_nothing(void **state)
{
        Options options;
        assert_int_equal(PARSE(&options, ARGUMENT("--help")), OPTIONS_DONE);
        assert_int_equal(PARSE(&options, ARGUMENT("--version")), OPTIONS_DONE);
}

static void everything_else_is_wrong(void **state)
{
        Options options;
        assert_int_equal(PARSE(&options, ARGUMENT("--config")), OPTIONS_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("--config=")), OPTIONS_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("--chek")), OPTIONS_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("-c")), OPTIONS_WRONG);
        assert_int_equal(PARSE(&options, ARGUMENT("file")), OPTIONS_WRONG);
        assert_int_equal(options_parse(0, NULL, &options), OPTIONS_WRONG);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_stated_counts),
                cmocka_unit_test(help_and_version_move_nothing),
                cmocka_unit_test(everything_else_is_wrong),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
