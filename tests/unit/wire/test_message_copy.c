/* SPDX-License-Identifier: MIT */
/* Tests of message.c: what was decoded is written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "wire/message.h"

static void a_field_is_passed_on_as_it_was_decoded(void **state)
{
        uint8_t first[256], second[256];
        MessageWriter writer;
        size_t size, copied_size;
        Message message;
        message_writer_begin(&writer, first, sizeof(first), MESSAGE_RECORD, 7, 3);
        message_write_pair(&writer, TEXT_LITERAL("name"), TEXT_LITERAL("value"));
        message_write_pair(&writer, TEXT_LITERAL("other"), TEXT_LITERAL(""));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(first, size, &message), 0);
        message_writer_begin(&writer, second, sizeof(second), message.type, message.request_id,
                             message.sequence);
        for (size_t i = 0; i < message.field_count; i++)
                message_write_field(&writer, &message.fields[i]);
        assert_int_equal(message_writer_end(&writer, &copied_size), 0);
        assert_int_equal(copied_size, size);
        assert_memory_equal(first, second, size);
        message_writer_begin(&writer, second, sizeof(second), MESSAGE_RECORD, 7, 0);
        message_write_field(&writer, &message.fields[1]); /* a value without its name */
        assert_int_equal(message_writer_end(&writer, &copied_size), -EINVAL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_field_is_passed_on_as_it_was_decoded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
