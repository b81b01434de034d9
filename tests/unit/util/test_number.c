/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/number.h: one number has one written form, and nothing else is accepted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "util/number.h"

static void assert_number(const char *text, uint64_t maximum, uint64_t expected)
{
        uint64_t number = ~expected;

        assert_int_equal(number_parse(text_from(text), maximum, &number), 0);
        assert_true(number == expected);
}

static void assert_refused(Text text, uint64_t maximum, int error)
{
        uint64_t number = 12345;

        assert_int_equal(number_parse(text, maximum, &number), error);
        assert_int_equal(number, 12345);
}

static void numbers_up_to_the_maximum_are_read(void **state)
{
        assert_number("0", 0, 0);
        assert_number("7", 7, 7);
        assert_number("4294967295", UINT32_MAX, UINT32_MAX);
        assert_number("18446744073709551615", UINT64_MAX, UINT64_MAX);
}

static void numbers_above_the_maximum_are_out_of_range(void **state)
{
        assert_refused(TEXT_LITERAL("1"), 0, -ERANGE);
        assert_refused(TEXT_LITERAL("4294967296"), UINT32_MAX, -ERANGE);
        assert_refused(TEXT_LITERAL("18446744073709551616"), UINT64_MAX, -ERANGE);
        assert_refused(TEXT_LITERAL("18446744073709551620"), UINT64_MAX, -ERANGE);
        assert_refused(TEXT_LITERAL("99999999999999999999999999"), UINT64_MAX, -ERANGE);
}

static void other_forms_are_invalid(void **state)
{
        static const char *const FORMS[] = {
                "",   "+1",  "-1",  " 1",  "1 ", "01", "00", "0x1",
                "1.", "1e3", "1_0", "1'0", "a",  "/",  ":",  "\xd9\xa1"
        };

        for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++)
                assert_refused(text_from(FORMS[i]), UINT64_MAX, -EINVAL);
        assert_refused(TEXT_NULL, UINT64_MAX, -EINVAL);
        assert_refused(TEXT_LITERAL("1\0"), UINT64_MAX, -EINVAL);
        assert_refused(TEXT_LITERAL("99999999999999999999999999x"), UINT64_MAX, -EINVAL);
}

static void only_the_view_is_read(void **state)
{
        uint64_t number = 0;

        assert_int_equal(number_parse((Text){ "1234", 2 }, 99, &number), 0);
        assert_int_equal(number, 12);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(numbers_up_to_the_maximum_are_read),
                cmocka_unit_test(numbers_above_the_maximum_are_out_of_range),
                cmocka_unit_test(other_forms_are_invalid),
                cmocka_unit_test(only_the_view_is_read),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
