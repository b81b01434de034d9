/* SPDX-License-Identifier: MIT */
/* Tests of cli/pam_text.h: lines, words and controls as libpam reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/pam_text.h"

static PamText text_of(const char *data)
{
        return (PamText){ .data = data, .size = strlen(data) };
}

static void assert_line(PamText *text, unsigned number, const char *expected)
{
        char buffer[PAM_LINE_BYTES_MAX + 1];
        unsigned line = 0;
        assert_int_equal(pam_text_next_line(text, buffer, &line), 0);
        assert_string_equal(buffer, expected);
        assert_int_equal(line, number);
}

static void assert_end(PamText *text, int expected)
{
        char buffer[PAM_LINE_BYTES_MAX + 1];
        unsigned line = 0;
        assert_int_equal(pam_text_next_line(text, buffer, &line), expected);
}

static void empty_lines_and_comments_are_left_out(void **state)
{
        PamText text = text_of("\n# one\n  \t\n  a b\n   # two\nc # three\nd#e");
        assert_line(&text, 4, "  a b");
        assert_line(&text, 6, "c ");
        assert_line(&text, 7, "d");
        assert_end(&text, PAM_TEXT_END);
        assert_end(&text, PAM_TEXT_END);
}

static void a_backslash_joins_lines_over_comments_between_them(void **state)
{
        PamText text = text_of("a \\\n# comment\n\n b \\ \t\n c\nd\n");
        assert_line(&text, 1, "a   b   c");
        assert_line(&text, 6, "d");
        assert_end(&text, PAM_TEXT_END);
}

static void a_comment_ends_a_line_even_before_a_backslash(void **state)
{
        PamText text = text_of("a # b \\\nc\n");
        assert_line(&text, 1, "a ");
        assert_line(&text, 2, "c");
}

static void a_backslash_before_the_end_of_the_file_promises_too_much(void **state)
{
        PamText text = text_of("a\nb \\\n# c\n");
        assert_line(&text, 1, "a");
        assert_end(&text, PAM_TEXT_UNFINISHED);
}

static void lines_have_the_length_that_libpam_can_read(void **state)
{
        char data[PAM_LINE_BYTES_MAX + 2];
        memset(data, 'a', sizeof(data));
        data[PAM_LINE_BYTES_MAX - 1] = '\n';
        PamText fits = { .data = data, .size = PAM_LINE_BYTES_MAX };
        char buffer[PAM_LINE_BYTES_MAX + 1];
        unsigned line;
        assert_int_equal(pam_text_next_line(&fits, buffer, &line), 0);
        assert_int_equal(strlen(buffer), PAM_LINE_BYTES_MAX - 1);

        data[PAM_LINE_BYTES_MAX - 1] = 'a';
        data[PAM_LINE_BYTES_MAX] = '\n';
        PamText longer = { .data = data, .size = PAM_LINE_BYTES_MAX + 1 };
        assert_end(&longer, PAM_TEXT_TOO_LONG);
        data[0] = '#'; /* libpam would take the rest of a long comment for a line */
        PamText comment = { .data = data, .size = PAM_LINE_BYTES_MAX + 1 };
        assert_end(&comment, PAM_TEXT_TOO_LONG);
}

static void joined_lines_share_that_length(void **state)
{
        char data[PAM_LINE_BYTES_MAX + 2];
        memset(data, 'a', sizeof(data));
        memcpy(data + 500, "\\\n", 2);
        data[PAM_LINE_BYTES_MAX] = '\n';
        PamText fits = { .data = data, .size = PAM_LINE_BYTES_MAX + 1 };
        char buffer[PAM_LINE_BYTES_MAX + 1];
        unsigned line;
        assert_int_equal(pam_text_next_line(&fits, buffer, &line), 0);
        data[PAM_LINE_BYTES_MAX] = 'a';
        data[PAM_LINE_BYTES_MAX + 1] = '\n';
        PamText longer = { .data = data, .size = PAM_LINE_BYTES_MAX + 2 };
        assert_end(&longer, PAM_TEXT_TOO_LONG);
}

static void assert_words(const char *line, size_t count, const char *const *expected)
{
        char buffer[128];
        char *position = strcpy(buffer, line);
        for (size_t i = 0; i < count; i++)
                assert_string_equal(pam_text_next_word(&position), expected[i]);
        assert_null(pam_text_next_word(&position));
        assert_null(pam_text_next_word(&position));
}

static void words_are_divided_by_blanks_and_kept_by_brackets(void **state)
{
        assert_words("", 0, NULL);
        assert_words(" \t ", 0, NULL);
        assert_words("  a\tb  c ", 3, (const char *[]){ "a", "b", "c" });
        assert_words("a [b  c]d", 3, (const char *[]){ "a", "b  c", "d" });
        assert_words("[a\\]b] []", 2, (const char *[]){ "a]b", "" });
        assert_words("a[b c", 2, (const char *[]){ "a[b", "c" });
        assert_words("[a b", 1, (const char *[]){ "a b" });
        assert_words("a\rb\r", 1, (const char *[]){ "a\rb\r" });
}

static void assert_action(const char *word, int code, int action)
{
        PamControl control;
        assert_true(pam_text_read_control(word, &control));
        assert_int_equal(control.actions[code], action);
}

static void the_four_words_mean_what_the_manual_says(void **state)
{
        static const struct {
                const char *word;
                int success, new_password, ignore, denied;
        } rows[] = {
                { "required", PAM_ACTION_OK, PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_BAD },
                { "requisite", PAM_ACTION_OK, PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_DIE },
                { "SUFFICIENT", PAM_ACTION_DONE, PAM_ACTION_DONE, PAM_ACTION_IGNORE,
                  PAM_ACTION_IGNORE },
                { "Optional", PAM_ACTION_OK, PAM_ACTION_OK, PAM_ACTION_IGNORE, PAM_ACTION_IGNORE },
        };
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
                assert_action(rows[i].word, PAM_SUCCESS, rows[i].success);
                assert_action(rows[i].word, PAM_NEW_AUTHTOK_REQD, rows[i].new_password);
                assert_action(rows[i].word, PAM_IGNORE, rows[i].ignore);
                assert_action(rows[i].word, PAM_PERM_DENIED, rows[i].denied);
                assert_action(rows[i].word, PAM_MODULE_UNKNOWN, rows[i].denied);
        }
}

static void pairs_set_one_code_and_default_the_rest(void **state)
{
        assert_action("success=ok default=ignore", PAM_SUCCESS, PAM_ACTION_OK);
        assert_action("success=ok default=ignore", PAM_PERM_DENIED, PAM_ACTION_IGNORE);
        assert_action("default=ignore success = done", PAM_SUCCESS, PAM_ACTION_DONE);
        assert_action("success=ok", PAM_PERM_DENIED, PAM_ACTION_BAD);
        assert_action("success=ok", PAM_IGNORE, PAM_ACTION_BAD);
        assert_action("", PAM_SUCCESS, PAM_ACTION_BAD);
        assert_action("success=12 ignore=1", PAM_SUCCESS, 12);
        assert_action("success=okdefault=die", PAM_SUCCESS, PAM_ACTION_OK);
        assert_action("success=reset", PAM_SUCCESS, PAM_ACTION_RESET);
        assert_action("default=die default=ignore", PAM_ABORT, PAM_ACTION_DIE);
        assert_action("default=99999999999999999999", PAM_ABORT, 1000000);
}

static void what_cannot_be_read_makes_every_answer_bad(void **state)
{
        static const char *const words[] = { "requird",    "success",     "success=",
                                             "success=0",  "success=why", "success=ok,default=bad",
                                             "=ok",        "Success=ok",  "success=ok default",
                                             "success ok", "success=-1" };
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
                PamControl control;
                assert_false(pam_text_read_control(words[i], &control));
                for (int code = 0; code < _PAM_RETURN_VALUES; code++)
                        assert_int_equal(control.actions[code], PAM_ACTION_BAD);
        }
}

static void every_code_has_its_name_in_controls(void **state)
{
        for (int code = 0; code < _PAM_RETURN_VALUES; code++) {
                char word[64];
                snprintf(word, sizeof(word), "%s=done", pam_text_return_name(code));
                assert_action(word, code, PAM_ACTION_DONE);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(empty_lines_and_comments_are_left_out),
                cmocka_unit_test(a_backslash_joins_lines_over_comments_between_them),
                cmocka_unit_test(a_comment_ends_a_line_even_before_a_backslash),
                cmocka_unit_test(a_backslash_before_the_end_of_the_file_promises_too_much),
                cmocka_unit_test(lines_have_the_length_that_libpam_can_read),
                cmocka_unit_test(joined_lines_share_that_length),
                cmocka_unit_test(words_are_divided_by_blanks_and_kept_by_brackets),
                cmocka_unit_test(the_four_words_mean_what_the_manual_says),
                cmocka_unit_test(pairs_set_one_code_and_default_the_rest),
                cmocka_unit_test(what_cannot_be_read_makes_every_answer_bad),
                cmocka_unit_test(every_code_has_its_name_in_controls),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
