/* SPDX-License-Identifier: MIT */
/* Tests of sort.c: names by bytes, numbers without repeats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/sort.h"

enum { COUNT = 5000, NAME_SIZE = 40 };

static void names_are_sorted_by_bytes_and_equal_ones_by_index(void **state)
{
        static const char *const NAMES[] = { "b",        "a",         "ab",       "abcdefgh",
                                             "abcdefg",  "abcdefghi", "B",        "",
                                             "abcdefgh", "a\xc3\xa4", "abcdefgi", "a" };
        static const uint32_t EXPECTED[] = { 7, 6, 1, 11, 2, 4, 3, 8, 5, 10, 9, 0 };
        SortName names[12];
        for (uint32_t i = 0; i < 12; i++)
                names[i] = (SortName){ .name = NAMES[i], .index = i };
        sort_names(names, 12);
        for (uint32_t i = 0; i < 12; i++)
                assert_int_equal(names[i].index, EXPECTED[i]);
}

/* Names of few letters, so that many share long beginnings. */
static void many_names_come_out_as_strcmp_would_have_them(void **state)
{
        static char texts[COUNT][NAME_SIZE];
        static SortName names[COUNT];
        uint32_t random = 1;
        for (uint32_t i = 0; i < COUNT; i++) {
                for (unsigned k = 0; k < NAME_SIZE - 1; k++) {
                        random = random * 1103515245 + 12345;
                        unsigned pick = random >> 16 & 15;
                        texts[i][k] = pick == 0 ? '\0' : pick < 13 ? 'a' : 'b';
                }
                names[i] = (SortName){ .name = texts[i], .index = i };
        }
        sort_names(names, COUNT);
        for (uint32_t i = 1; i < COUNT; i++) {
                int order = strcmp(names[i - 1].name, names[i].name);
                assert_true(order < 0 || (order == 0 && names[i - 1].index < names[i].index));
        }
}

static void nothing_to_sort_is_no_harm(void **state)
{
        SortName name = { .name = "a" };
        uint32_t number = 7;
        sort_names(&name, 0);
        sort_names(&name, 1);
        assert_int_equal(sort_numbers(&number, 0), 0);
        assert_int_equal(sort_numbers(&number, 1), 1);
}

static void numbers_ascend_without_repeats(void **state)
{
        uint32_t few[] = { 5, 1, UINT32_MAX, 5, 0, 1 };
        static const uint32_t EXPECTED[] = { 0, 1, 5, UINT32_MAX };
        assert_int_equal(sort_numbers(few, 6), 4);
        assert_memory_equal(few, EXPECTED, sizeof(EXPECTED));
        uint32_t many[100];
        for (uint32_t i = 0; i < 100; i++)
                many[i] = i * 37 % 50;
        assert_int_equal(sort_numbers(many, 100), 50);
        for (uint32_t i = 0; i < 50; i++)
                assert_int_equal(many[i], i);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_are_sorted_by_bytes_and_equal_ones_by_index),
                cmocka_unit_test(many_names_come_out_as_strcmp_would_have_them),
                cmocka_unit_test(nothing_to_sort_is_no_harm),
                cmocka_unit_test(numbers_ascend_without_repeats),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
