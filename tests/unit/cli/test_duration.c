/* SPDX-License-Identifier: MIT */
/* Tests of duration.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "cli/duration.h"

static void each_unit_counts_in_seconds(void **state)
{
        static const struct {
                const char *text;
                uint32_t seconds;
        } CASES[] = {
                { "1s", 1 },
                { "30s", 30 },
                { "10m", 600 },
                { "2h", 7200 },
                { "1d", 86400 },
                { "31d", 2678400 },
                { "3650d", 315360000 },
                { "4294967295s", UINT32_MAX },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                uint32_t seconds = 0;
                assert_int_equal(duration_parse(text_from(CASES[i].text), &seconds), 0);
                assert_int_equal(seconds, CASES[i].seconds);
        }
}

static void nothing_else_is_a_duration(void **state)
{
        static const char *const FORMS[] = { "",     "s",   "5",     "5w", "5 m", "-5m", "+5m",
                                             "5.5h", "05m", "1h30m", "5S", "m5",  "5ms", "0x5s" };
        static const char *const RANGES[] = { "0s", "0d", "4294967296s", "49711d",
                                              "99999999999999999999s" };
        uint32_t seconds = 7;
        for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++)
                assert_int_equal(duration_parse(text_from(FORMS[i]), &seconds), -EINVAL);
        for (size_t i = 0; i < sizeof(RANGES) / sizeof(RANGES[0]); i++)
                assert_int_equal(duration_parse(text_from(RANGES[i]), &seconds), -ERANGE);
        assert_int_equal(seconds, 7);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_unit_counts_in_seconds),
                cmocka_unit_test(nothing_else_is_a_duration),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
