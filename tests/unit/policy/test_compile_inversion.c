/* SPDX-License-Identifier: MIT */
/* Tests of compile_inversion.c: who refers to whom, the other way round. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "policy/compile_inversion.h"

static Reference first[] = { { .index = 2 }, { .index = 0 } };
static Reference third[] = { { .index = 2 }, { .index = 2 } };

/* Three lockdowns: of doors 2 and 0, of none, and of door 2, named twice. */
static References lockdowns(ModelLockdown items[static 3])
{
        items[0] = (ModelLockdown){ .doors = { first, 2, 2 } };
        items[1] = (ModelLockdown){ 0 };
        items[2] = (ModelLockdown){ .doors = { third, 2, 2 } };
        return (References){ items, 3, sizeof(items[0]), offsetof(ModelLockdown, doors) };
}

static void expect(const Inversion *inversion, uint32_t index, const uint32_t *expected,
                   uint32_t expected_count)
{
        uint32_t count;
        const uint32_t *numbers = inversion_numbers(inversion, index, &count);
        assert_int_equal(count, expected_count);
        for (uint32_t i = 0; i < count; i++)
                assert_int_equal(numbers[i], expected[i]);
}

static void each_finds_who_refers_to_it(void **state)
{
        ModelLockdown items[3];
        References references = lockdowns(items);
        Inversion inversion;
        assert_int_equal(inversion_make(&references, 4, 100, &inversion), 0);
        expect(&inversion, 0, (const uint32_t[]){ 100 }, 1);
        expect(&inversion, 1, NULL, 0);
        expect(&inversion, 2, (const uint32_t[]){ 100, 102, 102 }, 3);
        expect(&inversion, 3, NULL, 0);
        inversion_clear(&inversion);
}

static void nothing_refers_to_nothing(void **state)
{
        References none = { NULL, 0, sizeof(ModelLockdown), offsetof(ModelLockdown, doors) };
        Inversion inversion;
        assert_int_equal(inversion_make(&none, 2, 0, &inversion), 0);
        expect(&inversion, 0, NULL, 0);
        expect(&inversion, 1, NULL, 0);
        inversion_clear(&inversion);
        assert_int_equal(inversion_make(&none, 0, 0, &inversion), 0);
        inversion_clear(&inversion);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_finds_who_refers_to_it),
                cmocka_unit_test(nothing_refers_to_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
