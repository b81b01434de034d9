/* SPDX-License-Identifier: MIT */
/* Tests of callers.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http/callers.h"

static unsigned changes;
static Callers *callers;
static char names[4][HTTP_CERTIFICATE_SIZE];

static void on_changed(void *data)
{
        changes++;
}

static int set_up(void **state)
{
        for (int i = 0; i < 4; i++)
                (void)snprintf(names[i], sizeof(names[i]), "sha256:%064d", i);
        changes = 0;
        callers = callers_new((CallerRate){ .per_second = 2, .burst = 3, .at_once = 2 }, on_changed,
                              NULL);
        return callers ? 0 : -1;
}

static int tear_down(void **state)
{
        callers = callers_free(callers);
        return 0;
}

static void gather(int name)
{
        assert_int_equal(callers_gather(callers, text_from(names[name])), 0);
}

static void nobody_is_known_before_a_list_is_whole(void **state)
{
        assert_false(callers_are_known(callers));
        gather(1);
        assert_false(callers_has(callers, names[1]));
        callers_gathered(callers, false);
        assert_false(callers_are_known(callers));
        assert_false(callers_has(callers, names[1]));
        assert_int_equal(changes, 0);
        gather(2);
        callers_gathered(callers, true);
        assert_true(callers_are_known(callers));
        assert_true(callers_has(callers, names[2]));
        assert_false(callers_has(callers, names[1]));
        assert_int_equal(changes, 1);
}

static void a_list_replaces_the_one_before_as_a_whole(void **state)
{
        gather(3);
        gather(1);
        gather(3);
        callers_gathered(callers, true);
        assert_int_equal(callers_count(callers), 2);
        gather(2);
        assert_true(callers_has(callers, names[1]));
        callers_gathered(callers, true);
        assert_int_equal(callers_count(callers), 1);
        assert_false(callers_has(callers, names[1]));
        assert_false(callers_has(callers, names[3]));
        assert_int_equal(changes, 2);
        gather(2);
        callers_gathered(callers, true);
        assert_int_equal(changes, 2); /* the same again */
        callers_gathered(callers, true);
        assert_int_equal(callers_count(callers), 0);
        assert_int_equal(changes, 3);
}

static void only_fingerprints_are_names(void **state)
{
        assert_int_equal(callers_gather(callers, TEXT_LITERAL("")), -EINVAL);
        assert_int_equal(callers_gather(callers, TEXT_LITERAL("sha256:00")), -EINVAL);
        callers_gathered(callers, true);
        assert_false(callers_has(callers, ""));
        assert_false(callers_has(callers, "sha256:"));
}

static void a_caller_has_a_burst_and_then_a_rate(void **state)
{
        gather(1);
        gather(2);
        callers_gathered(callers, true);
        for (int i = 0; i < 3; i++)
                assert_int_equal(callers_take(callers, names[1], 1000), 0);
        assert_int_equal(callers_take(callers, names[1], 1000), 1);
        assert_int_equal(callers_take(callers, names[2], 1000), 0); /* somebody else's */
        assert_int_equal(callers_take(callers, names[1], 1499), 1);
        assert_int_equal(callers_take(callers, names[1], 1500), 0);
        assert_int_equal(callers_take(callers, names[1], 1500), 1);
        for (int i = 0; i < 3; i++)
                assert_int_equal(callers_take(callers, names[1], 1000000), 0);
        assert_int_equal(callers_take(callers, names[1], 1000000), 1);
        assert_int_equal(callers_take(callers, names[3], 1000000), 1); /* not listed */
}

static void another_list_gives_nobody_a_new_burst(void **state)
{
        gather(1);
        callers_gathered(callers, true);
        for (int i = 0; i < 3; i++)
                assert_int_equal(callers_take(callers, names[1], 1000), 0);
        gather(1);
        gather(2);
        callers_gathered(callers, true);
        assert_int_equal(callers_take(callers, names[1], 1000), 1);
}

static void a_caller_has_so_many_requests_at_once(void **state)
{
        gather(1);
        gather(2);
        callers_gathered(callers, true);
        assert_true(callers_begin(callers, names[1]));
        assert_true(callers_begin(callers, names[1]));
        assert_false(callers_begin(callers, names[1]));
        assert_true(callers_begin(callers, names[2]));  /* somebody else's */
        assert_false(callers_begin(callers, names[3])); /* not listed */
        gather(1);
        callers_gathered(callers, true);
        assert_false(callers_begin(callers, names[1])); /* kept */
        callers_end(callers, names[2]);                 /* not listed any more */
        callers_end(callers, names[1]);
        assert_true(callers_begin(callers, names[1]));
        assert_false(callers_begin(callers, names[1]));
}

static void all_callers_together_leave_room(void **state)
{
        char name[HTTP_CERTIFICATE_SIZE];
        for (int i = 0; i <= CALLERS_AT_ONCE_MAX; i++) {
                (void)snprintf(name, sizeof(name), "sha256:%064d", i);
                assert_int_equal(callers_gather(callers, text_from(name)), 0);
        }
        callers_gathered(callers, true);
        for (int i = 0; i <= CALLERS_AT_ONCE_MAX; i++) {
                (void)snprintf(name, sizeof(name), "sha256:%064d", i);
                assert_int_equal(callers_begin(callers, name), i < CALLERS_AT_ONCE_MAX);
        }
        callers_end(callers, names[0]);
        assert_true(callers_begin(callers, name));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(nobody_is_known_before_a_list_is_whole, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_list_replaces_the_one_before_as_a_whole, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(only_fingerprints_are_names, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_caller_has_a_burst_and_then_a_rate, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_caller_has_so_many_requests_at_once, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(all_callers_together_leave_room, set_up, tear_down),
                cmocka_unit_test_setup_teardown(another_list_gives_nobody_a_new_burst, set_up,
                                                tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
