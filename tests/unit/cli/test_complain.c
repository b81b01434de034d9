/* SPDX-License-Identifier: MIT */
/* Tests of cli/complain.h: one clean line, whatever is repeated in it. */
#include "captured.h"

#include <string.h>

#include "cli/complain.h"

static char *complained(const char *command, const char *argument)
{
        Captured errors = captured_begin(stderr);
        complain(command, "no '%s' here", argument);
        return captured_end(&errors);
}

static void assert_complaint(const char *command, const char *argument, const char *expected)
{
        char *text = complained(command, argument);
        assert_string_equal(text, expected);
        free(text);
}

static void names_the_command(void **state)
{
        assert_complaint("check", "x", "doorward check: no 'x' here\n");
        assert_complaint(NULL, "x", "doorward: no 'x' here\n");
}

static void shows_what_moves_the_cursor(void **state)
{
        assert_complaint("check", "a\nb\r\t\x1b[2J\x7f",
                         "doorward check: no 'a\\x0ab\\x0d\\x09\\x1b[2J\\x7f' here\n");
        assert_complaint("check", "\xff\xc3\xa4", "doorward check: no '\\xff\xc3\xa4' here\n");
        assert_complaint("check",
                         "a\xe2\x80\xae"
                         "b",
                         "doorward check: no 'a\\xe2\\x80\\xaeb' here\n");
}

static void stays_one_line_of_bounded_length(void **state)
{
        static char argument[1 << 20];
        memset(argument, '\n', sizeof(argument) - 1);
        char *text = complained("check", argument);
        assert_in_range(strlen(text), 100, 4200);
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_the_command),
                cmocka_unit_test(shows_what_moves_the_cursor),
                cmocka_unit_test(stays_one_line_of_bounded_length),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
