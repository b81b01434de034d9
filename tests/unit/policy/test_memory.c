/* SPDX-License-Identifier: MIT */
/*
 * Tests of policy/build.h without memory: whichever allocation of ours fails, there is an error, or
 * the very same image; never another policy. (libconfig ends the process that parses, when it has
 * no memory: a child's, which then has no image to hand over.)
 *
 * usage: test-policy-memory POLICY ROLES
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "failing_memory.h"
#include "policy/build.h"

#define NOW               INT64_C(1780304400)
#define ALLOCATIONS_LEAST 100 /* of the whole build; fewer: they are not seen */

static PolicyPaths paths;

/* Return: whether there is an image, which then has to be the expected one. */
static bool build(const Image *expected)
{
        Image *image = NULL;
        Diagnostics *diagnostics = diagnostics_new();
        int r = diagnostics ? policy_build(&paths, NOW, diagnostics, NULL, &image) : -1;
        bool errors = diagnostics && diagnostics_errors(diagnostics) > 0;
        memory_recover();
        diagnostics_free(diagnostics);
        bool any = r == 0 && image != NULL;
        assert_true(any || !image);
        assert_true(any || r < 0 || errors);
        if (any) {
                size_t size, expected_size;
                const void *data = image_data(image, &size);
                const void *expected_data = image_data(expected, &expected_size);
                assert_int_equal(size, expected_size);
                assert_memory_equal(data, expected_data, size);
        }
        image_free(image);
        return any;
}

static void without_memory_there_is_no_other_policy(void **state)
{
        Image *expected;
        memory_fail_from(0, 0);
        Diagnostics *diagnostics = diagnostics_new();
        assert_int_equal(policy_build(&paths, NOW, diagnostics, NULL, &expected), 0);
        unsigned needed = memory_allocations(), failures = 0;
        diagnostics_free(diagnostics);
        assert_non_null(expected);
        assert_true(needed >= ALLOCATIONS_LEAST);
        for (unsigned first = 1; first <= needed; first++) {
                memory_fail_from(first, 1);
                failures += !build(expected);
                memory_fail_from(first, UINT32_MAX);
                assert_false(build(expected));
        }
        assert_true(failures >= ALLOCATIONS_LEAST);
        image_free(expected);
}

int main(int argc, char **argv)
{
        if (argc != 3)
                return 2;
        paths = (PolicyPaths){ argv[1], argv[2] };
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_memory_there_is_no_other_policy),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
