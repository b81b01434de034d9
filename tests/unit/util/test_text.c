/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/text.h: splitting, comparing, UTF-8 against an independent decoder, escaping,
 * nearness.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "util/cleanup.h"
#include "util/text.h"

static void texts_are_equal_when_all_bytes_are(void **state)
{
        assert_true(text_equal(TEXT_NULL, TEXT_LITERAL("")));
        assert_true(text_equal(text_from(NULL), TEXT_NULL));
        assert_true(text_is(TEXT_LITERAL("door"), "door"));
        assert_false(text_is(TEXT_LITERAL("door\0"), "door"));
        assert_false(text_is(TEXT_LITERAL("Door"), "door"));
        assert_false(text_is(TEXT_LITERAL("doo"), "door"));
}

static void a_text_is_split_at_the_first_separator(void **state)
{
        Text before, after;

        assert_true(text_split_first(TEXT_LITERAL("a/b/c"), '/', &before, &after));
        assert_true(text_is(before, "a"));
        assert_true(text_is(after, "b/c"));
        assert_true(text_split_first(TEXT_LITERAL("/"), '/', &before, &after));
        assert_true(text_is(before, ""));
        assert_true(text_is(after, ""));
}

static void a_text_is_split_at_the_last_separator(void **state)
{
        Text before, after;

        assert_true(text_split_last(TEXT_LITERAL("a/b/c"), '/', &before, &after));
        assert_true(text_is(before, "a/b"));
        assert_true(text_is(after, "c"));
        assert_true(text_split_last(TEXT_LITERAL("a/"), '/', &before, &after));
        assert_true(text_is(before, "a"));
        assert_true(text_is(after, ""));
}

static void without_separator_nothing_is_set(void **state)
{
        Text before = TEXT_LITERAL("old"), after = TEXT_LITERAL("older");

        assert_false(text_split_first(TEXT_LITERAL("abc"), '/', &before, &after));
        assert_false(text_split_last(TEXT_LITERAL("abc"), '/', &before, &after));
        assert_false(text_split_first(TEXT_NULL, '/', &before, &after));
        assert_false(text_split_last(TEXT_NULL, '/', &before, &after));
        /* A separator just behind the view is not seen. */
        assert_false(text_split_first((Text){ "ab/", 2 }, '/', &before, &after));
        assert_true(text_is(before, "old"));
        assert_true(text_is(after, "older"));
}

static void texts_are_ordered_by_bytes(void **state)
{
        assert_true(text_compare(TEXT_LITERAL("a"), TEXT_LITERAL("b")) < 0);
        assert_true(text_compare(TEXT_LITERAL("b"), TEXT_LITERAL("ab")) > 0);
        assert_true(text_compare(TEXT_LITERAL("ab"), TEXT_LITERAL("abc")) < 0);
        assert_true(text_compare(TEXT_LITERAL("abc"), TEXT_LITERAL("ab")) > 0);
        assert_true(text_compare(TEXT_LITERAL("z"), TEXT_LITERAL("\xc3\xa4")) < 0);
        assert_int_equal(text_compare(TEXT_LITERAL("ab"), TEXT_LITERAL("ab")), 0);
        assert_int_equal(text_compare(TEXT_NULL, TEXT_NULL), 0);
        assert_true(text_compare(TEXT_NULL, TEXT_LITERAL("a")) < 0);
}

/* Encodes a code point by the bit layout of RFC 3629 section 3. Return: the number of bytes. */
static size_t encode(uint32_t code, size_t size, unsigned char bytes[static 4])
{
        static const unsigned char LEADS[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

        for (size_t i = size; i-- > 1; code >>= 6)
                bytes[i] = (unsigned char)(0x80 | (code & 0x3f));
        bytes[0] = (unsigned char)(LEADS[size] | code);
        return size;
}

static size_t shortest_size(uint32_t code)
{
        return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/* Every number that 1 to 4 bytes can hold, in every length that can hold it. */
static void exactly_the_code_points_in_shortest_form_are_utf8(void **state)
{
        static const uint32_t ENDS[] = { 0, 0x80, 0x800, 0x10000, 0x200000 };
        unsigned char bytes[4];

        for (size_t size = 1; size <= 4; size++) {
                for (uint32_t code = 0; code < ENDS[size]; code++) {
                        bool expected = size == shortest_size(code) && code <= 0x10ffff &&
                                        (code < 0xd800 || code > 0xdfff);
                        encode(code, size, bytes);
                        if (text_is_utf8((Text){ (char *)bytes, size }) != expected)
                                fail_msg("U+%04X in %zu bytes", (unsigned)code, size);
                }
        }
}

static void broken_sequences_are_not_utf8(void **state)
{
        static const char *const BROKEN[] = {
                "\x80",          "\xbf",          "\xc3",          "\xc3(",
                "\xe2\x82",      "\xe2(\xac",     "\xe2\x82(",     "\xf0\x9f\x98",
                "\xf0(\x8c\xbc", "\xf0\x90(\xbc", "\xf0\x90\x8c(", "\xf8\x88\x80\x80\x80",
                "\xfe",          "\xff",          "\xc3\xa4\xa4",
        };

        for (size_t i = 0; i < sizeof(BROKEN) / sizeof(BROKEN[0]); i++)
                assert_false(text_is_utf8(text_from(BROKEN[i])));
        /* A sequence cut by the end of the view, whatever stands behind it. */
        assert_false(text_is_utf8((Text){ "\xe2\x82\xac", 2 }));
}

/* A bad byte must be seen at every place of the words that are looked at together. */
static void a_bad_byte_is_found_at_every_place(void **state)
{
        enum { SIZE_MAX_TRIED = 80 };

        for (size_t size = 1; size <= SIZE_MAX_TRIED; size++) {
                /* Exactly as large as the text, so that a sanitizer sees a byte too far. */
                _cleanup_free_ char *bytes = malloc(size);
                memset(bytes, 'a', size);
                assert_true(text_is_utf8((Text){ bytes, size }));
                for (size_t i = 0; i < size; i++) {
                        bytes[i] = (char)0x80;
                        assert_false(text_is_utf8((Text){ bytes, size }));
                        bytes[i] = 'a';
                        if (i + 1 == size)
                                continue;
                        memcpy(bytes + i, "\xc3\xa4", 2);
                        assert_true(text_is_utf8((Text){ bytes, size }));
                        memset(bytes + i, 'a', 2);
                }
        }
        assert_true(text_is_utf8(TEXT_NULL));
        assert_true(text_is_utf8(TEXT_LITERAL("\0\x7f")));
}

static void what_is_printable_steers_no_terminal(void **state)
{
        static const char *const CONTROLS[] = { "a\nb",     "\t",       "\x1b[0m", "\x7f",
                                                "\xc2\x80", "\xc2\x9b", "\xff",    "a\xc2" };
        for (size_t i = 0; i < sizeof(CONTROLS) / sizeof(CONTROLS[0]); i++)
                assert_false(text_is_printable(text_from(CONTROLS[i])));
        assert_false(text_is_printable(TEXT_LITERAL("\0")));
        assert_true(text_is_printable(TEXT_NULL));
        assert_true(text_is_printable(text_from("covers \"Monday\" \\ \xc3\x84 \xc2\xa0")));
}

static void assert_escaped(Text text, size_t buffer_size, const char *expected)
{
        /* Exactly as large as stated, so that a sanitizer sees a byte too far. */
        _cleanup_free_ char *buffer = malloc(buffer_size);

        assert_ptr_equal(text_escape(text, buffer, buffer_size), buffer);
        assert_string_equal(buffer, expected);
}

static void what_is_harmless_stays(void **state)
{
        assert_escaped(TEXT_NULL, 8, "");
        assert_escaped(TEXT_LITERAL("Door 1: 'A' \"B\" ~"), 64, "Door 1: 'A' \"B\" ~");
        assert_escaped(TEXT_LITERAL("T\xc3\xbcr \xe2\x82\xac \xf0\x9f\x9a\xaa"), 64,
                       "T\xc3\xbcr \xe2\x82\xac \xf0\x9f\x9a\xaa");
        assert_escaped(TEXT_LITERAL("\xc2\xa0"), 8, "\xc2\xa0");
}

static void what_could_steer_a_terminal_or_a_log_is_escaped(void **state)
{
        assert_escaped(TEXT_LITERAL("a\xe2\x80\xae"
                                    "b"),
                       64, "a\\xe2\\x80\\xaeb");
        assert_escaped(TEXT_LITERAL("a\xd8\x9c\xd8\x9b"), 64, "a\\xd8\\x9c\xd8\x9b");
        assert_escaped(TEXT_LITERAL("\xe2\x81\xa6\xef\xbb\xbf"), 64,
                       "\\xe2\\x81\\xa6\\xef\\xbb\\xbf");
        assert_escaped(TEXT_LITERAL("a\nb\r\t"), 64, "a\\x0ab\\x0d\\x09");
        assert_escaped(TEXT_LITERAL("\x1b[2J\x7f"), 64, "\\x1b[2J\\x7f");
        assert_escaped(TEXT_LITERAL("root\0evil"), 64, "root\\x00evil");
        assert_escaped(TEXT_LITERAL("a\\x0a"), 64, "a\\\\x0a");
        assert_escaped(TEXT_LITERAL("\xc2\x9b"
                                    "31m"),
                       64, "\\xc2\\x9b31m");
        assert_escaped(TEXT_LITERAL("\xc3(\xff\xed\xa0\x80"), 64, "\\xc3(\\xff\\xed\\xa0\\x80");
        assert_escaped(TEXT_LITERAL("\xc2\x80\xc2\x9f"), 64, "\\xc2\\x80\\xc2\\x9f");
}

static void what_does_not_fit_ends_in_dots(void **state)
{
        assert_escaped(TEXT_LITERAL("1234567"), 8, "1234567");
        assert_escaped(TEXT_LITERAL("12345678"), 8, "1234...");
        assert_escaped(TEXT_LITERAL("\n\n"), 9, "\\x0a\\x0a");
        assert_escaped(TEXT_LITERAL("\n\n"), 8, "\\x0a...");
        assert_escaped(TEXT_LITERAL("a\n\n"), 8, "a...");
        /* A character is never cut in two. */
        assert_escaped(TEXT_LITERAL("abc\xc3\xa4xyz"), 8, "abc...");
        assert_escaped(TEXT_LITERAL("ab\xc3\xa4xyzz"), 8, "ab\xc3\xa4...");
}

static void every_text_stays_within_the_buffer(void **state)
{
        char text[40];

        for (unsigned byte = 0; byte < 256; byte++) {
                memset(text, (int)byte, sizeof(text));
                for (size_t size = 8; size < 200; size++) {
                        _cleanup_free_ char *buffer = malloc(size);
                        text_escape((Text){ text, sizeof(text) }, buffer, size);
                        assert_true(strlen(buffer) < size);
                        assert_true(text_is_utf8(text_from(buffer)));
                }
        }
}

static void distances_count_the_edits(void **state)
{
        static const struct {
                const char *a, *b;
                unsigned distance;
        } CASES[] = {
                { "", "", 0 },          { "door", "door", 0 }, { "", "abc", 3 },
                { "door", "doors", 1 }, { "door", "oor", 1 },  { "door", "boor", 1 },
                { "door", "odor", 1 },  { "HQ2", "HQ-2", 1 },  { "kitten", "sitting", 3 },
                { "ca", "abc", 3 },     { "abcd", "badc", 2 }, { "Flaw", "lawn", 2 },
                { "a", "b", 1 },        { "ab", "ba", 1 },     { "abcdef", "ghijkl", 6 },
        };

        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                Text a = text_from(CASES[i].a), b = text_from(CASES[i].b);
                for (unsigned limit = 0; limit <= 8; limit++) {
                        unsigned expected =
                                CASES[i].distance <= limit ? CASES[i].distance : limit + 1;
                        assert_int_equal(text_distance(a, b, limit), expected);
                        assert_int_equal(text_distance(b, a, limit), expected);
                }
        }
}

static void texts_too_long_are_never_near(void **state)
{
        char bytes[65];

        memset(bytes, 'x', sizeof(bytes));
        assert_int_equal(text_distance((Text){ bytes, 64 }, (Text){ bytes, 64 }, 2), 0);
        assert_int_equal(text_distance((Text){ bytes, 64 }, (Text){ bytes, 63 }, 2), 1);
        assert_int_equal(text_distance((Text){ bytes, 65 }, (Text){ bytes, 65 }, 2), 3);
        assert_int_equal(text_distance((Text){ bytes, 65 }, (Text){ bytes, 64 }, 2), 3);
        assert_int_equal(text_distance((Text){ bytes, 64 }, TEXT_NULL, UINT32_MAX), 64);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_are_equal_when_all_bytes_are),
                cmocka_unit_test(a_text_is_split_at_the_first_separator),
                cmocka_unit_test(a_text_is_split_at_the_last_separator),
                cmocka_unit_test(without_separator_nothing_is_set),
                cmocka_unit_test(texts_are_ordered_by_bytes),
                cmocka_unit_test(exactly_the_code_points_in_shortest_form_are_utf8),
                cmocka_unit_test(broken_sequences_are_not_utf8),
                cmocka_unit_test(a_bad_byte_is_found_at_every_place),
                cmocka_unit_test(what_is_printable_steers_no_terminal),
                cmocka_unit_test(what_is_harmless_stays),
                cmocka_unit_test(what_could_steer_a_terminal_or_a_log_is_escaped),
                cmocka_unit_test(what_does_not_fit_ends_in_dots),
                cmocka_unit_test(every_text_stays_within_the_buffer),
                cmocka_unit_test(distances_count_the_edits),
                cmocka_unit_test(texts_too_long_are_never_near),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
