/* SPDX-License-Identifier: MIT */
/* Tests of reading the pairs of a RECORD. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/record.h"

static uint8_t frame[1024];

static Message record_of(const char *const *pairs)
{
        MessageWriter writer;
        Message message;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_RECORD, 1, 0);
        for (; *pairs; pairs += 2)
                message_write_pair(&writer, text_from(pairs[0]), text_from(pairs[1]));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(frame, size, &message), 0);
        return message;
}

static void values_are_found_by_their_names(void **state)
{
        Message record = record_of((const char *const[]){ "a", "b", "b", "c", "b", "d", NULL });
        Text text;
        assert_true(record_text(&record, "a", &text));
        assert_true(text_is(text, "b"));
        assert_true(record_text(&record, "b", &text));
        assert_true(text_is(text, "c"));
        assert_false(record_text(&record, "c", &text));
        assert_false(record_text(&record, "", &text));
}

static void only_numbers_within_their_bound_are_numbers(void **state)
{
        Message record =
                record_of((const char *const[]){ "a", "12", "b", "-1", "c", "", "d", "1x", NULL });
        uint64_t number = 5;
        assert_true(record_number(&record, "a", 12, &number));
        assert_int_equal(number, 12);
        assert_false(record_number(&record, "a", 11, &number));
        assert_false(record_number(&record, "b", 100, &number));
        assert_false(record_number(&record, "c", 100, &number));
        assert_false(record_number(&record, "d", 100, &number));
        assert_false(record_number(&record, "e", 100, &number));
        assert_int_equal(number, 12);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(values_are_found_by_their_names),
                cmocka_unit_test(only_numbers_within_their_bound_are_numbers),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
