/* SPDX-License-Identifier: MIT */
/* Tests of options.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <getopt.h>

#include "daemon/options.h"

#define parse(options, ...)                                                                        \
        parse_vector((options), (char *[]){ (char *)"doorwardd", ##__VA_ARGS__, NULL })

static int parse_vector(Options *options, char **vector)
{
        int count = 0;
        while (vector[count])
                count++;
        optind = 0; /* getopt starts anew */
        return options_parse(count, vector, options);
}

static void without_options_there_are_defaults(void **state)
{
        Options options;
        assert_int_equal(parse(&options, NULL), OPTIONS_SERVE);
        assert_non_null(strstr(options.policy, "doorward"));
        assert_non_null(strstr(options.roles, "roles"));
        assert_string_equal(options.state, "/var/lib/doorward");
        assert_string_equal(options.socket, "/run/doorward/decide.sock");
        assert_null(options.virtual_clock);
}

static void every_option_is_taken(void **state)
{
        Options options;
        assert_int_equal(parse(&options, (char *)"--policy", (char *)"/p", (char *)"--roles=/r",
                               (char *)"--state", (char *)"/s", (char *)"--socket", (char *)"/k",
                               (char *)"--virtual-clock=/c"),
                         OPTIONS_SERVE);
        assert_string_equal(options.policy, "/p");
        assert_string_equal(options.roles, "/r");
        assert_string_equal(options.state, "/s");
        assert_string_equal(options.socket, "/k");
        assert_string_equal(options.virtual_clock, "/c");
}

static void anything_else_is_wrong(void **state)
{
        Options options;
        assert_int_equal(parse(&options, (char *)"--at=now"), OPTIONS_WRONG);
        assert_int_equal(parse(&options, (char *)"--policy"), OPTIONS_WRONG);
        assert_int_equal(parse(&options, (char *)"--policy="), OPTIONS_WRONG);
        assert_int_equal(parse(&options, (char *)"word"), OPTIONS_WRONG);
        assert_int_equal(parse(&options, (char *)"-x"), OPTIONS_WRONG);
        char *nothing[] = { NULL };
        assert_int_equal(options_parse(0, nothing, &options), OPTIONS_WRONG);
}

static void help_and_version_end_well(void **state)
{
        Options options;
        assert_int_equal(parse(&options, (char *)"--help"), OPTIONS_DONE);
        assert_int_equal(parse(&options, (char *)"--version"), OPTIONS_DONE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_options_there_are_defaults),
                cmocka_unit_test(every_option_is_taken),
                cmocka_unit_test(anything_else_is_wrong),
                cmocka_unit_test(help_and_version_end_well),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
