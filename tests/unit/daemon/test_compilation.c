/* SPDX-License-Identifier: MIT */
/* Tests of what compilation.c makes of a compiler's output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/compilation.h"

#define WARNING "doorward.conf:1: warning: no \"break_glass\" account\n"

static const char *error_of(const char *output)
{
        static char buffer[256];
        char copy[256];
        TaskResult result = { .status = 3, .output = copy, .output_size = strlen(output) };
        assert_true(result.output_size < sizeof(copy));
        memcpy(copy, output, result.output_size + 1);
        return compilation_error(&result, buffer, sizeof(buffer));
}

static void the_first_error_is_told(void **state)
{
        assert_string_equal(
                error_of("a.conf:1: warning: w\na.conf:2: error: e\na.conf:3: error: f\n"),
                "a.conf:2: error: e");
        assert_string_equal(error_of("tests.d/a.conf:2: failed: f\n"),
                            "tests.d/a.conf:2: failed: f");
}

static void a_warning_is_not_what_went_wrong(void **state)
{
        assert_string_equal(error_of(WARNING "the compiled policy cannot be written: No space\n"),
                            "the compiled policy cannot be written: No space");
        assert_string_equal(error_of(WARNING), "the compiler ended without a word");
        assert_string_equal(error_of(""), "the compiler ended without a word");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_first_error_is_told),
                cmocka_unit_test(a_warning_is_not_what_went_wrong),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
