/* SPDX-License-Identifier: MIT */
/* Tests of text_stream.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/text_stream.h"

static void assert_text(Text text, const char *expected)
{
        assert_int_equal(text.size, strlen(expected));
        assert_memory_equal(text.data, expected, text.size);
}

static void texts_follow_each_other(void **state)
{
        TextStream stream;
        assert_int_equal(text_stream_open(64, &stream), 0);
        (void)fprintf(text_stream_begin(&stream), "one %d", 1);
        assert_text(text_stream_end(&stream), "one 1");
        (void)fprintf(text_stream_begin(&stream), "two\n\n");
        assert_text(text_stream_end(&stream), "two");
        (void)text_stream_begin(&stream);
        assert_text(text_stream_end(&stream), "");
        text_stream_close(&stream);
}

static void what_was_begun_and_never_ended_is_gone(void **state)
{
        TextStream stream;
        assert_int_equal(text_stream_open(64, &stream), 0);
        (void)fputs("of somebody else", text_stream_begin(&stream));
        (void)fputs("mine", text_stream_begin(&stream));
        assert_text(text_stream_end(&stream), "mine");
        text_stream_close(&stream);
}

static void what_does_not_fit_is_left_out(void **state)
{
        TextStream stream;
        assert_int_equal(text_stream_open(8, &stream), 0);
        FILE *file = text_stream_begin(&stream);
        for (int i = 0; i < 10000; i++)
                (void)fputs("abc", file);
        assert_text(text_stream_end(&stream), "abcabcab");
        (void)fputs("x", text_stream_begin(&stream));
        assert_text(text_stream_end(&stream), "x");
        text_stream_close(&stream);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_follow_each_other),
                cmocka_unit_test(what_was_begun_and_never_ended_is_gone),
                cmocka_unit_test(what_does_not_fit_is_left_out),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
