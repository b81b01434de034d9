/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/vector.h: items keep their values while the vector grows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/vector.h"

typedef struct Item {
        int number;
        char name[12];
} Item;

static void items_start_zeroed_and_keep_their_values(void **state)
{
        VECTOR_OF(Item) items = { 0 };

        for (int i = 0; i < 1000; i++) {
                Item *item = vector_append(&items);
                assert_non_null(item);
                assert_int_equal(item->number, 0);
                assert_int_equal(item->name[11], 0);
                item->number = i + 1;
                item->name[11] = 'x';
        }
        assert_int_equal(items.count, 1000);
        assert_true(items.capacity >= items.count);
        for (int i = 0; i < 1000; i++)
                assert_int_equal(items.items[i].number, i + 1);
        vector_clear(&items);
}

static void room_that_is_used_again_is_zeroed(void **state)
{
        VECTOR_OF(Item) items = { 0 };

        ((Item *)vector_append(&items))->number = 7;
        items.count = 0;
        assert_int_equal(((Item *)vector_append(&items))->number, 0);
        vector_clear(&items);
}

static void a_cleared_vector_is_empty_and_usable(void **state)
{
        VECTOR_OF(int) numbers = { 0 };

        vector_clear(&numbers);
        assert_non_null(vector_append(&numbers));
        vector_clear(&numbers);
        assert_null(numbers.items);
        assert_int_equal(numbers.count, 0);
        assert_int_equal(numbers.capacity, 0);
        assert_non_null(vector_append(&numbers));
        assert_int_equal(numbers.count, 1);
        vector_clear(&numbers);
}

static void a_vector_too_large_is_refused_and_unchanged(void **state)
{
        void *items = NULL;
        size_t count = 0, capacity = 0;
        size_t full = SIZE_MAX / 2 + 1;

        assert_null(vector_append_sized(&items, &count, &capacity, SIZE_MAX / 2));
        assert_null(items);
        assert_int_equal(count, 0);
        assert_int_equal(capacity, 0);

        count = capacity = full;
        assert_null(vector_append_sized(&items, &count, &capacity, 1));
        assert_true(count == full && capacity == full);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(items_start_zeroed_and_keep_their_values),
                cmocka_unit_test(room_that_is_used_again_is_zeroed),
                cmocka_unit_test(a_cleared_vector_is_empty_and_usable),
                cmocka_unit_test(a_vector_too_large_is_refused_and_unchanged),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
