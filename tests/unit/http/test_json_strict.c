/* SPDX-License-Identifier: MIT */
/* Tests of json_strict.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/json_strict.h"

static char problem[JSON_STRICT_PROBLEM_SIZE];

static int parse(const char *text, size_t size, uint32_t depth)
{
        json_t *document = NULL;
        *problem = '\0';
        int r = json_strict_parse((Text){ text, size }, depth, &document, problem);
        assert_true((r == 0) == (document != NULL));
        assert_true(r == 0 || *problem != '\0');
        json_decref(document);
        return r;
}

static void good_documents_are_read(void **state)
{
        static const char *const DOCUMENTS[] = {
                "{}",
                " [] \n",
                "{\"a\":{\"b\":[1,2.5,true,null,\"x\"]}}",
                "[\"[[[[[[[[\\\"[[{\"]",
                "{\"\xc3\xa4\":\"\xf0\x9f\x9a\xaa\"}",
                "[\"\\ud83d\\udeaa\"]",
        };
        for (size_t i = 0; i < sizeof(DOCUMENTS) / sizeof(*DOCUMENTS); i++)
                assert_int_equal(parse(DOCUMENTS[i], strlen(DOCUMENTS[i]), 4), 0);
}

static void what_can_be_read_in_two_ways_is_refused_with_its_place(void **state)
{
        static const struct {
                const char *text, *problem;
        } CASES[] = {
                { "", "Line 1, column 0: the document ends here, but is not complete." },
                { "{", "Line 1, column 1: the document ends here, but is not complete." },
                { "{\"a\":1,\"a\":2}", "Line 1, column 10: a key stands twice in this object." },
                { "{\"a\":1,\n\"\\u0061\":2}",
                  "Line 2, column 8: a key stands twice in this object." },
                { "{} {}", "Line 1, column 4: something stands behind the document." },
                { "[1,]", "Line 1, column 4: this is not JSON." },
                { "['a']", "Line 1, column 2: this is not JSON." },
                { "[1] // x", "Line 1, column 5: something stands behind the document." },
                { "[\"a\xff\"]", "Line 1, column 3: this is not UTF-8." },
                { "[\"\xed\xa0\x80\"]", "Line 1, column 2: this is not UTF-8." },
                { "[\"\xc0\xaf\"]", "Line 1, column 2: this is not UTF-8." },
                { "[\"\\ud800\"]", "Line 1, column 9: this is not JSON." },
                { "[\"\\u0000\"]", "Line 1, column 9: a string holds NUL." },
                { "[1e999]", "Line 1, column 6: this number is too large." },
                { "[99999999999999999999]", "Line 1, column 21: this number is too large." },
                { "[NaN]", "Line 1, column 4: this is not JSON." },
                { "[01]", "Line 1, column 2: this is not JSON." },
                { "\"text\"", "Line 1, column 6: this is not JSON." },
                { "\xef\xbb\xbf{}", "Line 1, column 1: this is not JSON." },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                assert_int_equal(parse(CASES[i].text, strlen(CASES[i].text), 4),
                                 JSON_STRICT_MALFORMED);
                assert_string_equal(problem, CASES[i].problem);
        }
}

static void nul_is_refused_wherever_it_stands(void **state)
{
        static const char text[] = "{\"a\":\"bc\"}";
        char cut[sizeof(text)];
        for (size_t i = 0; i < sizeof(text) - 1; i++) {
                memcpy(cut, text, sizeof(text));
                cut[i] = '\0';
                assert_int_equal(parse(cut, sizeof(text) - 1, 4), JSON_STRICT_MALFORMED);
                assert_non_null(strstr(problem, "NUL"));
        }
        assert_int_equal(parse(text, sizeof(text), 4), JSON_STRICT_MALFORMED);
}

static void nesting_ends_where_it_should(void **state)
{
        char text[20000];
        assert_int_equal(parse("[[[[]]]]", 8, 4), 0);
        assert_int_equal(parse("[[[[[]]]]]", 10, 4), JSON_STRICT_TOO_DEEP);
        assert_string_equal(problem, "Line 1, column 5: objects and arrays are nested too deeply.");
        assert_int_equal(parse("[{\"a\":[{}]}]", 12, 4), 0);
        assert_int_equal(parse("[[],[],[],[],[]]", 16, 2), 0);
        assert_int_equal(parse("[{},{},{},{},{}]", 16, 2), 0);
        assert_int_equal(parse("[1,[2,[3,[4,[5]]]]]", 19, 4), JSON_STRICT_TOO_DEEP);
        assert_int_equal(parse("]", 1, 4), JSON_STRICT_MALFORMED);
        assert_int_equal(parse("}]}][[", 6, 4), JSON_STRICT_MALFORMED);
        memset(text, '[', 10000);
        memset(text + 10000, ']', 10000);
        assert_int_equal(parse(text, sizeof(text), 16), JSON_STRICT_TOO_DEEP);
        assert_int_equal(parse(text, sizeof(text), UINT32_MAX), JSON_STRICT_TOO_DEEP);
        assert_non_null(strstr(problem, "column 65:"));
}

static void a_document_cut_anywhere_is_none(void **state)
{
        static const char text[] = "{\"a\":{\"b\":[1,2.5,true,null,\"\\u00e4\"]}}";
        for (size_t i = 0; i < sizeof(text) - 1; i++)
                assert_int_equal(parse(text, i, 8), JSON_STRICT_MALFORMED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(good_documents_are_read),
                cmocka_unit_test(what_can_be_read_in_two_ways_is_refused_with_its_place),
                cmocka_unit_test(nul_is_refused_wherever_it_stands),
                cmocka_unit_test(nesting_ends_where_it_should),
                cmocka_unit_test(a_document_cut_anywhere_is_none),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
