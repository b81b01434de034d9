/* SPDX-License-Identifier: MIT */
/* Tests of policy/diagnostics.h: order, form, and that nothing is ever lost without a word. */
#include "load_fixture.h"

#include "policy/diagnostics.h"
#include "policy/limits.h"

static void a_new_collection_is_empty(void **state)
{
        Diagnostics *diagnostics = diagnostics_new();
        size_t count = 1;
        assert_int_equal(diagnostics_errors(diagnostics), 0);
        assert_int_equal(diagnostics_warnings(diagnostics), 0);
        assert_int_equal(diagnostics_file_count(diagnostics), 0);
        diagnostics_sorted(diagnostics, &count);
        assert_int_equal(count, 0);
        char *text = diagnostics_text(diagnostics);
        assert_string_equal(text, "");
        free(text);
        assert_null(diagnostics_free(diagnostics));
        assert_null(diagnostics_free(NULL));
}

static void the_same_file_has_the_same_index(void **state)
{
        Diagnostics *diagnostics = diagnostics_new();
        uint32_t a = diagnostics_file(diagnostics, "a"), b = diagnostics_file(diagnostics, "b");
        assert_int_not_equal(a, b);
        assert_int_equal(diagnostics_file(diagnostics, "a"), a);
        assert_int_equal(diagnostics_file_count(diagnostics), 2);
        assert_string_equal(diagnostics_file_name(diagnostics, b), "b");
        assert_string_equal(diagnostics_file_name(diagnostics, PLACE_NO_FILE), "?");
        diagnostics_free(diagnostics);
}

static void what_is_printed_is_in_the_order_of_files_lines_and_arrival(void **state)
{
        Diagnostics *diagnostics = diagnostics_new();
        uint32_t z = diagnostics_file(diagnostics, "z"), a = diagnostics_file(diagnostics, "a");
        diagnostics_error(diagnostics, (Place){ a, 2 }, "first %d", 1);
        diagnostics_warning(diagnostics, (Place){ a, 2 }, "second");
        diagnostics_error(diagnostics, (Place){ a, 1 }, "third");
        diagnostics_error(diagnostics, (Place){ z, 9 }, "fourth");
        diagnostics_error(diagnostics, (Place){ PLACE_NO_FILE, 1 }, "fifth");
        char *text = diagnostics_text(diagnostics);
        assert_string_equal(text, "z:9: error: fourth\n"
                                  "a:1: error: third\n"
                                  "a:2: error: first 1\n"
                                  "a:2: warning: second\n"
                                  "?:1: error: fifth\n");
        free(text);
        assert_int_equal(diagnostics_errors(diagnostics), 4);
        assert_int_equal(diagnostics_warnings(diagnostics), 1);
        diagnostics_free(diagnostics);
}

static void a_diagnostic_is_one_line(void **state)
{
        Diagnostics *diagnostics = diagnostics_new();
        uint32_t file = diagnostics_file(diagnostics, "f");
        diagnostics_error(diagnostics, (Place){ file, 1 }, "a\nb\x1b[0m\x7f");
        char *text = diagnostics_text(diagnostics);
        assert_string_equal(text, "f:1: error: a?b?[0m?\n");
        free(text);
        diagnostics_free(diagnostics);
}

static void past_the_limit_the_counters_still_grow(void **state)
{
        Diagnostics *diagnostics = diagnostics_new();
        uint32_t file = diagnostics_file(diagnostics, "f");
        size_t count;
        for (unsigned i = 0; i < DIAGNOSTICS_MAX; i++)
                diagnostics_warning(diagnostics, (Place){ file, 1 }, "w");
        diagnostics_error(diagnostics, (Place){ file, 1 }, "e");
        diagnostics_warning(diagnostics, (Place){ file, 1 }, "w");
        diagnostics_sorted(diagnostics, &count);
        assert_int_equal(count, DIAGNOSTICS_MAX);
        assert_int_equal(diagnostics_errors(diagnostics), 1);
        char *text = diagnostics_text(diagnostics);
        static const char LAST[] = "2 more are not shown (1 errors and 10001 warnings in all)\n";
        assert_string_equal(text + strlen(text) - strlen(LAST), LAST);
        free(text);
        diagnostics_free(diagnostics);
}

static void what_was_added_since_a_mark_can_be_forgotten(void **state)
{
        Diagnostics *diagnostics = diagnostics_new();
        uint32_t file = diagnostics_file(diagnostics, "f");
        diagnostics_warning(diagnostics, (Place){ file, 2 }, "kept");
        DiagnosticsMark mark = diagnostics_mark(diagnostics);
        diagnostics_error(diagnostics, (Place){ file, 1 }, "gone");
        diagnostics_warning(diagnostics, (Place){ diagnostics_file(diagnostics, "g"), 1 }, "gone");
        diagnostics_rewind(diagnostics, mark);
        assert_int_equal(diagnostics_errors(diagnostics), 0);
        assert_int_equal(diagnostics_warnings(diagnostics), 1);
        assert_int_equal(diagnostics_file_count(diagnostics), 1);
        assert_int_equal(diagnostics_file(diagnostics, "h"), 1);
        char *text = diagnostics_text(diagnostics);
        assert_string_equal(text, "f:2: warning: kept\n");
        free(text);
        diagnostics_free(diagnostics);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_new_collection_is_empty),
                cmocka_unit_test(the_same_file_has_the_same_index),
                cmocka_unit_test(what_is_printed_is_in_the_order_of_files_lines_and_arrival),
                cmocka_unit_test(a_diagnostic_is_one_line),
                cmocka_unit_test(past_the_limit_the_counters_still_grow),
                cmocka_unit_test(what_was_added_since_a_mark_can_be_forgotten),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
