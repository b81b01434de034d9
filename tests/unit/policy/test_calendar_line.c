/* SPDX-License-Identifier: MIT */
/* Tests of policy/calendar_line.h: unfolding, splitting, line numbers, what is no content line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "policy/calendar_line.h"
#include "policy/limits.h"

/* Reads all lines of a text and compares them, written as "NUMBER NAME|PARAMETERS|VALUE" or
 * "NUMBER PROBLEM". */
static void expect_bytes(const char *bytes, size_t size, const char *expected)
{
        char *data = malloc(size > 0 ? size : 1), *found = NULL;
        size_t found_size;
        assert_non_null(data);
        memcpy(data, bytes, size);
        FILE *stream = open_memstream(&found, &found_size);
        CalendarText text = calendar_text(data, size);
        CalendarLine line;
        const char *problem;
        CalendarLineResult result;
        while ((result = calendar_line_next(&text, &line, &problem)) != CALENDAR_LINE_END) {
                if (result == CALENDAR_LINE_BAD)
                        fprintf(stream, "%u %s\n", line.number, problem);
                else
                        fprintf(stream, "%u %.*s|%.*s|%.*s\n", line.number, (int)line.name.size,
                                line.name.data, (int)line.parameters.size,
                                line.parameters.size ? line.parameters.data : "",
                                (int)line.value.size, line.value.data);
        }
        fclose(stream);
        assert_string_equal(found, expected);
        free(found);
        free(data);
}

static void expect(const char *text, const char *expected)
{
        expect_bytes(text, strlen(text), expected);
}

static void lines_end_with_or_without_a_carriage_return(void **state)
{
        expect("A:1\r\nB:2\nC:3", "1 A||1\n2 B||2\n3 C||3\n");
        expect("", "");
        expect("\r\n\nA:1\r\n\r\n", "3 A||1\n");
        expect("A:\n", "1 A||\n");
}

static void folded_lines_are_one_with_the_number_of_the_first(void **state)
{
        expect("A:1\r\n 2\r\n\t3\r\n  4\r\nB:5\r\n", "1 A||123 4\n5 B||5\n");
        expect("DT\n START:\n x\n \nB:1\n", "1 DTSTART||x\n5 B||1\n");
        expect("A:1\n ", "1 A||1\n");
}

static void a_byte_order_mark_is_passed_over(void **state)
{
        expect("\xef\xbb\xbf"
               "A:1\n",
               "1 A||1\n");
        expect("\xef\xbb", "1 no content line of a calendar (NAME:VALUE)\n");
        expect("A:1\n\xef\xbb\xbf"
               "B:2\n",
               "1 A||1\n2 no content line of a calendar (NAME:VALUE)\n");
}

static void parameters_stand_between_name_and_value(void **state)
{
        expect("A;B=c;D=\"e:f;g\":h:i;j\n", "1 A|B=c;D=\"e:f;g\"|h:i;j\n");
        expect("A;:1\n", "1 A||1\n");
        expect("A;B=\"c:1\n", "1 no value (NAME:VALUE)\n");
}

static void what_is_no_content_line_is_bad_and_the_next_is_read(void **state)
{
        static const char NOT[] = "1 no content line of a calendar (NAME:VALUE)\n2 A||1\n";
        expect("<html>\nA:1\n", NOT);
        expect("A B:1\nA:1\n", NOT);
        expect(":1\nA:1\n", NOT);
        expect("A\nA:1\n", NOT);
        expect(" A:1\nA:1\n", NOT);
        expect("A;B\nA:1\n", "1 no value (NAME:VALUE)\n2 A||1\n");
        expect("A:1\rB:2\nA:1\n", "1 a carriage return that ends no line\n2 A||1\n");
        expect_bytes("A:\0\nA:1\n", 8, "1 a NUL byte\n2 A||1\n");
}

static void a_line_is_bounded(void **state)
{
        enum { LONG = SOURCE_TOKEN_SIZE_MAX };
        char *text = malloc(LONG + 8), *expected = malloc(LONG + 16);
        assert_true(text != NULL && expected != NULL);
        memset(text, 'x', LONG + 1);
        memcpy(text, "A:", 2);
        text[LONG + 1] = '\0';
        expect(text, "1 this line is too long\n");
        text[LONG] = '\0';
        snprintf(expected, LONG + 16, "1 A||%s\n", text + 2);
        expect(text, expected);
        free(text);
        free(expected);
}

static void parameters_are_taken_one_by_one(void **state)
{
        Text rest = TEXT_LITERAL("A=b;C=\"d;e\";F;=g;H=\""), name, value;
        static const char *const EXPECTED[][2] = {
                { "A", "b" }, { "C", "d;e" }, { "F", "" }, { "", "g" }, { "H", "\"" },
        };
        for (size_t i = 0; i < sizeof(EXPECTED) / sizeof(EXPECTED[0]); i++) {
                assert_true(calendar_parameter_next(&rest, &name, &value));
                assert_true(text_is(name, EXPECTED[i][0]));
                assert_true(text_is(value, EXPECTED[i][1]));
        }
        assert_false(calendar_parameter_next(&rest, &name, &value));
}

static void names_have_no_case(void **state)
{
        assert_true(calendar_name_is(TEXT_LITERAL("dtStart"), "DTSTART"));
        assert_false(calendar_name_is(TEXT_LITERAL("DTSTAR"), "DTSTART"));
        assert_false(calendar_name_is(TEXT_LITERAL("DTSTARTS"), "DTSTART"));
        assert_true(calendar_name_is_extension(TEXT_LITERAL("x-wr-calname")));
        assert_false(calendar_name_is_extension(TEXT_LITERAL("X")));
        assert_false(calendar_name_is_extension(TEXT_LITERAL("XA")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_end_with_or_without_a_carriage_return),
                cmocka_unit_test(folded_lines_are_one_with_the_number_of_the_first),
                cmocka_unit_test(a_byte_order_mark_is_passed_over),
                cmocka_unit_test(parameters_stand_between_name_and_value),
                cmocka_unit_test(what_is_no_content_line_is_bad_and_the_next_is_read),
                cmocka_unit_test(a_line_is_bounded),
                cmocka_unit_test(parameters_are_taken_one_by_one),
                cmocka_unit_test(names_have_no_case),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
