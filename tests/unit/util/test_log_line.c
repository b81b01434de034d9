/* SPDX-License-Identifier: MIT */
/* Tests of log_line.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/log_line.h"

static int saved, ends[2];

static int set_up(void **state)
{
        saved = dup(STDERR_FILENO);
        return saved < 0 || pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
        int r = dup2(saved, STDERR_FILENO);
        close(saved);
        close(ends[0]);
        close(ends[1]);
        return r < 0 ? -1 : 0;
}

__attribute__((format(printf, 3, 4))) static void say(bool prefixed, int priority,
                                                      const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        log_line("program", prefixed, priority, format, arguments);
        va_end(arguments);
}

/* What one read(2) gives: a line is one write(2). */
static size_t heard(char text[static 2 * LOG_LINE_MAX])
{
        ssize_t size = read(ends[0], text, 2 * LOG_LINE_MAX - 1);
        assert_true(size > 0);
        text[size] = '\0';
        return (size_t)size;
}

static void a_line_begins_with_the_program_or_its_priority(void **state)
{
        char text[2 * LOG_LINE_MAX];
        say(false, 4, "%s is %d", "seven", 7);
        (void)heard(text);
        assert_string_equal(text, "program: seven is 7\n");
        say(true, 4, "%s is %d", "seven", 7);
        (void)heard(text);
        assert_string_equal(text, "<4>seven is 7\n");
}

static void a_long_line_is_cut_and_still_ends(void **state)
{
        char text[2 * LOG_LINE_MAX], long_text[2 * LOG_LINE_MAX];
        memset(long_text, 'x', sizeof(long_text) - 1);
        long_text[sizeof(long_text) - 1] = '\0';
        say(false, 4, "%s", long_text);
        size_t size = heard(text);
        assert_true(size <= LOG_LINE_MAX);
        assert_true(size > LOG_LINE_MAX - 16);
        assert_int_equal(text[size - 1], '\n');
        assert_int_equal(text[size - 2], 'x');
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_line_begins_with_the_program_or_its_priority,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_long_line_is_cut_and_still_ends, set_up,
                                                tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
