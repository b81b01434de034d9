/* SPDX-License-Identifier: MIT */
/* Tests of decision_id.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/decision_id.h"

static void an_id_is_32_hexadecimal_digits(void **state)
{
        DecisionId id;
        assert_int_equal(decision_id_make(&id), 0);
        Text text = decision_id_text(&id);
        assert_int_equal(text.size, 32);
        assert_int_equal(strspn(id.digits, "0123456789abcdef"), 32);
}

static void no_two_ids_are_equal(void **state)
{
        static DecisionId ids[500];
        for (size_t i = 0; i < 500; i++) {
                assert_int_equal(decision_id_make(&ids[i]), 0);
                for (size_t j = 0; j < i; j++)
                        assert_string_not_equal(ids[i].digits, ids[j].digits);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_id_is_32_hexadecimal_digits),
                cmocka_unit_test(no_two_ids_are_equal),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
