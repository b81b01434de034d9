/* SPDX-License-Identifier: MIT */
/* Tests of options.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/options.h"
#include "http/settings.h"

static int parse(const char *a, const char *b, const char *c, HttpOptions *ret_options)
{
        char *arguments[] = { (char *)"doorward-http", (char *)a, (char *)b, (char *)c, NULL };
        int count = 1 + (a != NULL) + (b != NULL) + (c != NULL);
        return http_options_parse(count, arguments, ret_options);
}

static void options_are_read(void **state)
{
        HttpOptions options;
        assert_int_equal(parse(NULL, NULL, NULL, &options), HTTP_OPTIONS_GO);
        assert_string_equal(options.config, HTTP_SETTINGS_PATH);
        assert_false(options.check);
        assert_int_equal(parse("--check", "--config", "/x", &options), HTTP_OPTIONS_GO);
        assert_string_equal(options.config, "/x");
        assert_true(options.check);
}

static void everything_else_is_wrong(void **state)
{
        HttpOptions options;
        assert_int_equal(parse("--nothing", NULL, NULL, &options), HTTP_OPTIONS_WRONG);
        assert_int_equal(parse("--config", NULL, NULL, &options), HTTP_OPTIONS_WRONG);
        assert_int_equal(parse("--config", "", NULL, &options), HTTP_OPTIONS_WRONG);
        assert_int_equal(parse("file", NULL, NULL, &options), HTTP_OPTIONS_WRONG);
        assert_int_equal(http_options_parse(0, NULL, &options), HTTP_OPTIONS_WRONG);
        assert_int_equal(parse("--version", NULL, NULL, &options), HTTP_OPTIONS_DONE);
        assert_int_equal(parse("--help", NULL, NULL, &options), HTTP_OPTIONS_DONE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(options_are_read),
                cmocka_unit_test(everything_else_is_wrong),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
