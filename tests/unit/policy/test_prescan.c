/* SPDX-License-Identifier: MIT */
/*
 * Tests of policy/prescan.h: everything that libconfig would silently read as something else is an
 * error with its line; what is right passes, and libconfig then notes the right lines.
 */
#include "load_fixture.h"

#include "policy/limits.h"
#include "policy/prescan.h"

/* Prescans bytes as file "f". expected: what is printed, "" when they pass. */
static void expect_bytes(const char *bytes, size_t size, const char *expected)
{
        Diagnostics *diagnostics = diagnostics_new();
        uint32_t file = diagnostics_file(diagnostics, "f");
        char *data = malloc(size + 1);
        assert_non_null(data);
        memcpy(data, bytes, size);
        data[size] = '\0';
        assert_int_equal(prescan(diagnostics, file, data, size), *expected == '\0');
        char *text = diagnostics_text(diagnostics);
        assert_string_equal(text, expected);
        free(text);
        free(data);
        diagnostics_free(diagnostics);
}

static void expect(const char *text, const char *expected)
{
        expect_bytes(text, strlen(text), expected);
}

#define EXPECT_BYTES(literal, expected) expect_bytes(literal, sizeof(literal) - 1, expected)
#define UNKNOWN_ESCAPE                                                                             \
        "an escape that is not known (known are \\\\ \\\" \\n \\r \\t \\f and \\xNN)\n"
#define TOO_LARGE " does not fit into 32 bits; a larger number takes an L at its end\n"

static void an_unclosed_comment_is_an_error(void **state)
{
        expect("a=1; /* open", "f:1: error: a comment that starts here is not closed\n");
        expect("a=1;\n/* open\nb=2;\n", "f:2: error: a comment that starts here is not closed\n");
        expect("a=1; /* closed */ b=2;", "");
        expect("a=1; /*/ b=2; */ c=3;", "");
}

static void an_unclosed_string_where_a_name_is_expected_is_an_error(void **state)
{
        expect("a=1;\n\"open", "f:2: error: a string that starts here is not closed on its line\n");
        expect("a=1;\n\"closed\"",
               "f:2: error: expected the name of a setting, found \"closed\"\n");
}

static void an_unclosed_string_is_an_error_of_the_line_it_starts_in(void **state)
{
        expect("a=1;\nb=\"open\nc=2;\nd=3;\n",
               "f:2: error: a string that starts here is not closed on its line\n");
        expect("a=\"open\\", "f:1: error: " UNKNOWN_ESCAPE
                             "f:1: error: a string that starts here is not closed on its line\n");
}

static void an_include_is_refused(void **state)
{
        expect("@include \"x.conf\"\n",
               "f:1: error: @include is refused; every .conf file of a folder is read by itself\n");
        expect("a=1;\n  @include \".\"\n",
               "f:2: error: @include is refused; every .conf file of a folder is read by itself\n");
        expect("a={\n@include \"\"\n}",
               "f:2: error: @include is refused; every .conf file of a folder is read by itself\n");
        expect("# @include \"x\"\na=\"@include\";", "");
}

static void a_number_over_32_bits_is_refused(void **state)
{
        expect("b=4294967296", "f:1: error: 4294967296" TOO_LARGE);
        expect("b=0x100000000", "f:1: error: 0x100000000" TOO_LARGE);
        expect("b=-4294967296", "f:1: error: -4294967296" TOO_LARGE);
        expect("b=2147483648", "f:1: error: 2147483648" TOO_LARGE);
        expect("b=-2147483649", "f:1: error: -2147483649" TOO_LARGE);
        expect("b=10737418240", "f:1: error: 10737418240" TOO_LARGE);
        expect("b=0x80000000", "f:1: error: 0x80000000" TOO_LARGE);
        expect("b=0x1FFFFFFFF", "f:1: error: 0x1FFFFFFFF" TOO_LARGE);
        expect("b=2147483647; c=-2147483648; d=0x7fffffff; e=+5; f=0; g=0x0000000001", "");
}

static void a_number_over_64_bits_is_refused(void **state)
{
        expect("b=99999999999999999999999", "f:1: error: 99999999999999999999999" TOO_LARGE);
        expect("b=99999999999999999999999L",
               "f:1: error: 99999999999999999999999L does not fit into 64 bits\n");
        expect("b=9223372036854775808L",
               "f:1: error: 9223372036854775808L does not fit into 64 bits\n");
        expect("b=0xFFFFFFFFFFFFFFFFFL",
               "f:1: error: 0xFFFFFFFFFFFFFFFFFL does not fit into 64 bits\n");
        expect("b=0x8000000000000000L",
               "f:1: error: 0x8000000000000000L does not fit into 64 bits\n");
        expect("b=9223372036854775807L; c=-9223372036854775808L; d=0x7fffffffffffffffLL", "");
}

static void a_leading_zero_is_refused(void **state)
{
        expect("b=010", "f:1: error: 010 starts with 0; octal numbers are not known here\n");
        expect("b=08", "f:1: error: 08 starts with 0; octal numbers are not known here\n");
}

static void other_bases_are_no_numbers(void **state)
{
        expect("b=-0x10", "f:1: error: -0x10 is not a number\n");
        expect("b=0b11", "f:1: error: 0b11 is not a number\n");
        expect("b=0x", "f:1: error: 0x is not a number\n");
        expect("b=1b;", "f:1: error: 1b is not a number\n");
        expect("b=5l", "f:1: error: 5l is not a number\n");
        expect("b=-", "f:1: error: - is not a number\n");
        expect("b=--5", "f:1: error: --5 is not a number\n");
}

static void fractions_are_refused(void **state)
{
        expect("b=1e400", "f:1: error: 1e400 is no whole number\n");
        expect("b=-.", "f:1: error: -. is no whole number\n");
        expect("b=1.5", "f:1: error: 1.5 is no whole number\n");
}

static void a_nul_is_refused_wherever_it_stands(void **state)
{
        EXPECT_BYTES("a=\"root\0evil\";", "f:1: error: a NUL byte\n");
        EXPECT_BYTES("a=1; # x\0y\n", "f:1: error: a NUL byte\n");
        EXPECT_BYTES("a=1;\n/* x\0y\n*/", "f:2: error: a NUL byte\n");
        EXPECT_BYTES("a=1;\n\0", "f:2: error: a NUL byte\n");
}

static void the_escape_of_nul_is_refused(void **state)
{
        expect("a=\"root\\x00evil\";", "f:1: error: the escape \\x00 within a string\n");
        expect("a=\"\\x01\\x7f\\xC3\\xa4\";", "");
}

static void unknown_escapes_are_refused(void **state)
{
        expect("a=\"\\q\";", "f:1: error: " UNKNOWN_ESCAPE);
        expect("a=\"\\a\";\nb=\"\\x4\";",
               "f:1: error: " UNKNOWN_ESCAPE "f:2: error: " UNKNOWN_ESCAPE);
        expect("a=\"\\x\x14\x31\";",
               "f:1: error: " UNKNOWN_ESCAPE "f:1: error: the control character \\x14\n");
        expect("a=\"\\\\ \\\" \\n \\r \\t \\f\";", "");
}

static void invalid_utf8_is_refused(void **state)
{
        expect("a=\"\xff\";\nb=1;\nc=\"\xc3\";",
               "f:1: error: bytes that are not UTF-8\nf:3: error: bytes that are not UTF-8\n");
        expect("# \xed\xa0\x80\n", "f:1: error: bytes that are not UTF-8\n");
        expect("# \xc3\xa4\na=\"\xe2\x82\xac\";", "");
}

static void a_byte_order_mark_is_refused(void **state)
{
        expect("\xef\xbb\xbf"
               "a=1;",
               "f:1: error: a byte order mark (save the file as UTF-8 without one)\n");
}

static void names_are_ascii(void **state)
{
        expect("\xc3\xa4=1;",
               "f:1: error: a character outside of strings and comments that is not ASCII\n");
        expect("_apt=1;", "f:1: error: _ has no meaning here\n");
        expect("7up=1;", "f:1: error: 7up is not a number\n"
                         "f:1: error: expected the name of a setting, found 7up\n");
        expect("j.doe=1;", "f:1: error: .doe is no whole number\n"
                           "f:1: error: expected an equals sign, found .doe\n");
        expect("a-b_c*=1;", "");
}

static void line_ends_may_have_a_carriage_return_but_not_be_one(void **state)
{
        expect("a=1;\r\n# b\r\nc=2;\r\n", "");
        expect("# a\rb=1;\n", "f:1: error: the control character \\x0d\n");
}

static void control_characters_are_refused(void **state)
{
        expect("a=\"\x1b[2J\";", "f:1: error: the control character \\x1b\n");
        expect("/*\n\x07*/", "f:2: error: the control character \\x07\n");
        expect("a=1;\x0c", "f:1: error: the control character \\x0c\n");
        expect("a=\"\t\";\t# \t\n", "");
}

static void marks_that_turn_the_direction_of_writing_are_refused(void **state)
{
        expect("# \xe2\x80\xae\n", "f:1: error: a character that turns the direction of writing\n");
        expect("a=\"\xe2\x81\xa6\";",
               "f:1: error: a character that turns the direction of writing\n");
}

static void a_string_ends_on_its_line(void **state)
{
        expect("a=\"x\ny\";", "f:1: error: a string that starts here is not closed on its line\n"
                              "f:2: error: a string that starts here is not closed on its line\n");
}

static void strings_are_joined_in_settings_but_not_in_lists(void **state)
{
        expect("a=\"x\" \"y\"\n\"z\";", "");
        expect("a=[\"x\"\n\"y\"];",
               "f:2: error: expected a comma or the closing bracket, found \"y\"\n");
}

static void settings_need_no_separator_and_take_only_one(void **state)
{
        expect("a=1 b=2", "");
        expect("a=1, b=2;", "");
        expect("a=1; b:2", "");
        expect("a=1;;", "f:1: error: expected the name of a setting, found ;\n");
        expect("a=[1,];", "f:1: error: expected a value after the comma, found ]\n");
        expect("a=({},);", "f:1: error: expected a value after the comma, found )\n");
        expect("a=;", "f:1: error: expected a value, found ;\n");
        expect("a=", "f:1: error: expected a value, found the end of the file\n");
        expect("a 1", "f:1: error: expected an equals sign, found 1\n");
}

static void true_and_false_are_no_names(void **state)
{
        expect("TRUE=1;", "f:1: error: expected the name of a setting, found TRUE\n");
        expect("a=True; b=FALSE; trueish=true;", "");
        expect("a=yes;", "f:1: error: expected a value, found yes; a text stands in "
                         "quotation marks\n");
}

static void brackets_match(void **state)
{
        expect("a=(1;", "f:1: error: expected a comma or the closing bracket, found ;\n");
        expect("a=\n({ b=1; );\n", "f:2: error: a ) where the { of line 2 is still open\n");
        expect("a=1; }", "f:1: error: a } that closes nothing\n");
        expect("\na={\n b=1;\n", "f:2: error: the { that is opened here is not closed\n");
        expect("a=[ (1) ];", "f:1: error: a ( within [ ]; groups and lists stand in ( )\n");
        expect("a={};b=();c=[];d=({},[],());", "");
}

/* a=((( … ))); */
static char *nested(unsigned depth)
{
        char *text = calloc(1, 2 * (size_t)depth + 4);
        assert_non_null(text);
        memcpy(text, "a=", 2);
        memset(text + 2, '(', depth);
        memset(text + 2 + depth, ')', depth);
        text[2 + 2 * depth] = ';';
        return text;
}

static void brackets_nest_so_deep_and_no_deeper(void **state)
{
        char *fits = nested(SOURCE_BRACKETS_MAX), *deep = nested(SOURCE_BRACKETS_MAX + 1),
             *very_deep = nested(100000);
        expect(fits, "");
        expect(deep, "f:1: error: brackets nest more than 80 deep\n");
        expect(very_deep, "f:1: error: brackets nest more than 80 deep\n");
        free(fits);
        free(deep);
        free(very_deep);
}

static void tokens_have_a_size(void **state)
{
        static char text[SOURCE_TOKEN_SIZE_MAX + 16];
        memcpy(text, "a=\"", 3);
        memset(text + 3, 'x', SOURCE_TOKEN_SIZE_MAX);
        strcpy(text + 3 + SOURCE_TOKEN_SIZE_MAX, "\";");
        expect(text, "");
        strcpy(text + 3 + SOURCE_TOKEN_SIZE_MAX, "x\";");
        expect(text, "f:1: error: a string of more than 65536 bytes\n");
        memset(text, 'x', SOURCE_TOKEN_SIZE_MAX);
        strcpy(text + SOURCE_TOKEN_SIZE_MAX, "x=1");
        expect(text, "f:1: error: a word of more than 65536 bytes\n");
}

static void a_group_has_so_many_settings(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        for (int i = 0; i <= SOURCE_MEMBERS_MAX; i++)
                fprintf(stream, "a%d=1;\n", i);
        fclose(stream);
        expect(text, "f:257: error: more than 256 settings in one group\n");
        free(text);
}

static void all_errors_inside_tokens_are_reported_in_one_run(void **state)
{
        expect("a=4294967296;\nb=\"\\q\";\nc=010;\n\"x\";\nd=1.5;\n",
               "f:1: error: 4294967296" TOO_LARGE "f:2: error: " UNKNOWN_ESCAPE
               "f:3: error: 010 starts with 0; octal numbers are not known here\n"
               "f:4: error: expected the name of a setting, found \"x\"\n"
               "f:5: error: 1.5 is no whole number\n");
}

static void a_comment_may_end_the_file_without_a_line_end(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_TESTS, "f", "tests = ( ); # the end");
        load_fixture_text(&fixture, SOURCE_TESTS, "g", "tests = ( ); // the end");
        load_fixture_expect(&fixture, "");
        load_fixture_done(&fixture);
}

static void elements_of_lists_have_their_own_lines(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_SETTINGS, "f",
                "break_glass = [\n  \"one\", # a comment\n  \"two\"\n  ,\n\"three\" // x\n"
                "/* y\n */ ];\n");
        load_fixture_expect(&fixture, "");
        const ReferenceList *list = &fixture.model->settings.break_glass;
        assert_int_equal(list->count, 3);
        assert_int_equal(list->items[0].place.line, 2);
        assert_int_equal(list->items[1].place.line, 3);
        assert_int_equal(list->items[2].place.line, 5);
        load_fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_unclosed_comment_is_an_error),
                cmocka_unit_test(an_unclosed_string_where_a_name_is_expected_is_an_error),
                cmocka_unit_test(an_unclosed_string_is_an_error_of_the_line_it_starts_in),
                cmocka_unit_test(an_include_is_refused),
                cmocka_unit_test(a_number_over_32_bits_is_refused),
                cmocka_unit_test(a_number_over_64_bits_is_refused),
                cmocka_unit_test(a_leading_zero_is_refused),
                cmocka_unit_test(other_bases_are_no_numbers),
                cmocka_unit_test(fractions_are_refused),
                cmocka_unit_test(a_nul_is_refused_wherever_it_stands),
                cmocka_unit_test(the_escape_of_nul_is_refused),
                cmocka_unit_test(unknown_escapes_are_refused),
                cmocka_unit_test(invalid_utf8_is_refused),
                cmocka_unit_test(a_byte_order_mark_is_refused),
                cmocka_unit_test(names_are_ascii),
                cmocka_unit_test(line_ends_may_have_a_carriage_return_but_not_be_one),
                cmocka_unit_test(control_characters_are_refused),
                cmocka_unit_test(marks_that_turn_the_direction_of_writing_are_refused),
                cmocka_unit_test(a_string_ends_on_its_line),
                cmocka_unit_test(strings_are_joined_in_settings_but_not_in_lists),
                cmocka_unit_test(settings_need_no_separator_and_take_only_one),
                cmocka_unit_test(true_and_false_are_no_names),
                cmocka_unit_test(brackets_match),
                cmocka_unit_test(brackets_nest_so_deep_and_no_deeper),
                cmocka_unit_test(tokens_have_a_size),
                cmocka_unit_test(a_group_has_so_many_settings),
                cmocka_unit_test(all_errors_inside_tokens_are_reported_in_one_run),
                cmocka_unit_test(a_comment_may_end_the_file_without_a_line_end),
                cmocka_unit_test(elements_of_lists_have_their_own_lines),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
