/* SPDX-License-Identifier: MIT */
/*
 * Tests of wire/message.h: every type with every field there and back, at every alignment, and
 * every way in which a frame can be none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "shapes.h"

enum { TAG_LIMIT = 64, HEADER = MESSAGE_HEADER_SIZE };

static const uint32_t NUMBERS[] = { 0, 7, 4294967295u };

static const ShapeOfField *field_of(uint16_t tag)
{
        for (size_t i = 0; i < SHAPE_FIELD_COUNT; i++)
                if (SHAPE_FIELDS[i].tag == tag)
                        return &SHAPE_FIELDS[i];
        return NULL;
}

static void write_field(MessageWriter *writer, uint16_t tag)
{
        const ShapeOfField *field = field_of(tag);
        if (strcmp(field->kind, "text") == 0)
                message_write_text(writer, tag, text_from(field->name));
        else if (strcmp(field->kind, "u32") == 0)
                message_write_number(writer, tag, 0x01020300u + tag);
        else if (strcmp(field->kind, "i64") == 0)
                message_write_time(writer, tag, -(int64_t)tag);
        else if (strcmp(field->kind, "flag") == 0)
                message_write_flag(writer, tag);
        else
                message_write_numbers(writer, tag, NUMBERS, 3);
}

static bool holds(const uint16_t *tags, unsigned tag)
{
        for (size_t i = 0; i < SHAPE_FIELDS_MAX && tags[i]; i++)
                if (tags[i] == tag)
                        return true;
        return false;
}

/* Writes a frame of a type: required fields but `left_out`, optional ones if wanted, and `added`
 * (0: none), in order. Return: its size. */
static size_t write_frame(const ShapeOfType *shape, bool optional, unsigned left_out,
                          unsigned added, uint8_t *buffer)
{
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, shape->type, 42, 17);
        for (uint16_t tag = 1; tag < TAG_LIMIT; tag++) {
                bool wanted = holds(shape->required, tag) ||
                              (optional && holds(shape->optional, tag)) || tag == added;
                if (wanted && tag != left_out)
                        write_field(&writer, tag);
        }
        if (message_writer_end(&writer, &size) < 0)
                return 0;
        return size;
}

/* Decodes a copy that ends where its memory ends. */
static int decode(const uint8_t *frame, size_t size)
{
        Message message;
        uint8_t *copy = malloc(size ? size : 1);
        assert_non_null(copy);
        memcpy(copy, frame, size);
        int r = message_decode(copy, size, &message);
        free(copy);
        return r;
}

static void check_field(const Message *message, const ShapeOfField *field)
{
        uint32_t number, numbers[3];
        int64_t seconds;
        size_t count;
        Text text;
        if (strcmp(field->kind, "text") == 0) {
                assert_true(message_text(message, field->tag, &text));
                assert_true(text_is(text, field->name));
        } else if (strcmp(field->kind, "u32") == 0) {
                assert_true(message_number(message, field->tag, &number));
                assert_int_equal(number, 0x01020300u + field->tag);
        } else if (strcmp(field->kind, "i64") == 0) {
                assert_true(message_time(message, field->tag, &seconds));
                assert_int_equal(seconds, -(int64_t)field->tag);
        } else if (strcmp(field->kind, "flag") == 0) {
                assert_true(message_flag(message, field->tag));
        } else {
                assert_int_equal(message_numbers(message, field->tag, numbers, 3, &count), 0);
                assert_int_equal(count, 3);
                assert_memory_equal(numbers, NUMBERS, sizeof(NUMBERS));
        }
}

static void every_type_goes_there_and_back_at_every_alignment(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX], moved[MESSAGE_SIZE_MAX + 8];
        for (size_t i = 0; i < SHAPE_TYPE_COUNT; i++) {
                const ShapeOfType *shape = &SHAPE_TYPES[i];
                size_t size = write_frame(shape, true, 0, 0, frame);
                assert_true(size >= HEADER && size % 4 == 0);
                for (size_t shift = 0; shift < 8; shift++) {
                        Message message;
                        memcpy(moved + shift, frame, size);
                        assert_int_equal(message_decode(moved + shift, size, &message), 0);
                        assert_int_equal(message.type, shape->type);
                        assert_int_equal(message.request_id, 42);
                        assert_int_equal(message.sequence, 17);
                        for (size_t n = 0; n < SHAPE_FIELD_COUNT; n++)
                                if (holds(shape->required, SHAPE_FIELDS[n].tag) ||
                                    holds(shape->optional, SHAPE_FIELDS[n].tag))
                                        check_field(&message, &SHAPE_FIELDS[n]);
                }
        }
}

static void required_fields_are_enough_and_all_needed(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        for (size_t i = 0; i < SHAPE_TYPE_COUNT; i++) {
                const ShapeOfType *shape = &SHAPE_TYPES[i];
                assert_int_equal(decode(frame, write_frame(shape, false, 0, 0, frame)), 0);
                for (size_t n = 0; n < SHAPE_FIELDS_MAX && shape->required[n]; n++) {
                        size_t size = write_frame(shape, true, shape->required[n], 0, frame);
                        if (shape->type == MESSAGE_RECORD)
                                assert_int_equal(size, 0); /* cannot even be written */
                        else
                                assert_int_equal(decode(frame, size), -EPROTO);
                }
        }
}

static void fields_of_other_types_are_refused(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        for (size_t i = 0; i < SHAPE_TYPE_COUNT; i++) {
                const ShapeOfType *shape = &SHAPE_TYPES[i];
                for (size_t n = 0; n < SHAPE_FIELD_COUNT; n++) {
                        uint16_t tag = SHAPE_FIELDS[n].tag;
                        if (holds(shape->required, tag) || holds(shape->optional, tag))
                                continue;
                        size_t size = write_frame(shape, false, 0, tag, frame);
                        if (size) /* NAME and VALUE only go together */
                                assert_int_equal(decode(frame, size), -EPROTO);
                }
        }
}

static void unknown_types_are_refused(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        size_t size = write_frame(&SHAPE_TYPES[5], false, 0, 0, frame);
        unsigned known = 0;
        assert_int_equal(SHAPE_TYPES[5].type, MESSAGE_STATUS);
        for (unsigned type = 0; type < 256; type++) {
                bool listed = false;
                for (size_t i = 0; i < SHAPE_TYPE_COUNT; i++)
                        listed = listed || SHAPE_TYPES[i].type == type;
                frame[5] = (uint8_t)type;
                if (!listed)
                        assert_int_equal(decode(frame, size), -EPROTO);
                known += listed;
        }
        assert_int_equal(known, SHAPE_TYPE_COUNT);
}

static void a_header_must_be_whole_and_right(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX + 4];
        size_t size = write_frame(&SHAPE_TYPES[0], true, 0, 0, frame);
        for (size_t cut = 0; cut < size; cut++)
                assert_int_equal(decode(frame, cut), -EPROTO);
        for (unsigned byte = 0; byte < 4; byte++) {
                frame[byte] ^= 0x20;
                assert_int_equal(decode(frame, size), -EPROTO);
                frame[byte] ^= 0x20;
        }
        for (unsigned version = 0; version < 256; version++) {
                frame[4] = (uint8_t)version;
                assert_int_equal(decode(frame, size), version == 1 ? 0 : -EPROTONOSUPPORT);
        }
        frame[4] = 1;
        frame[6]++; /* one field more than there is */
        assert_int_equal(decode(frame, size), -EPROTO);
        frame[6] -= 2;
        assert_int_equal(decode(frame, size), -EPROTO);
        frame[6]++;
        frame[7] = 0xff;
        assert_int_equal(decode(frame, size), -EPROTO);
        frame[7] = 0;
        frame[20] += 4; /* more bytes than the frame has */
        assert_int_equal(decode(frame, size), -EPROTO);
        assert_int_equal(decode(frame, size + 4), -EPROTO);
        frame[20] -= 4;
        assert_int_equal(decode(frame, size), 0);
        assert_int_equal(decode(frame, MESSAGE_SIZE_MAX + 1), -EMSGSIZE);
}

/* A frame with one field of the user's choice behind those required. */
static int decode_raw_field(MessageType type, uint16_t tag, uint16_t reserved, uint32_t size,
                            const void *data, size_t data_size)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        MessageWriter writer;
        size_t used;
        message_writer_begin(&writer, frame, sizeof(frame), type, 1, 0);
        assert_int_equal(message_writer_end(&writer, &used), 0);
        frame[6] = 1;
        uint32_t fields_size = 8 + (uint32_t)data_size;
        frame[20] = (uint8_t)fields_size;
        frame[21] = (uint8_t)(fields_size >> 8);
        frame[22] = frame[23] = 0;
        uint8_t header[8] = { (uint8_t)tag,          (uint8_t)(tag >> 8),
                              (uint8_t)reserved,     (uint8_t)(reserved >> 8),
                              (uint8_t)size,         (uint8_t)(size >> 8),
                              (uint8_t)(size >> 16), (uint8_t)(size >> 24) };
        memcpy(frame + HEADER, header, 8);
        memcpy(frame + HEADER + 8, data, data_size);
        return decode(frame, HEADER + 8 + data_size);
}

static void a_field_must_be_whole_and_right(void **state)
{
        static const uint8_t zeros[64] = { 0 };
        /* flag, time and number of optional fields */
        assert_int_equal(decode_raw_field(MESSAGE_EVENTS, FIELD_FOLLOW, 0, 0, zeros, 0), 0);
        assert_int_equal(decode_raw_field(MESSAGE_EVENTS, FIELD_FOLLOW, 1, 0, zeros, 0), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_EVENTS, FIELD_FOLLOW, 0x100, 0, zeros, 0),
                         -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_EVENTS, FIELD_FOLLOW, 0, 4, zeros, 4), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_EVENTS, FIELD_SINCE, 0, 8, zeros, 8), 0);
        assert_int_equal(decode_raw_field(MESSAGE_EVENTS, FIELD_SINCE, 0, 4, zeros, 4), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_EVENTS, FIELD_SINCE, 0, 12, zeros, 12), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_END, FIELD_STATUS, 0, 4, zeros, 4), 0);
        assert_int_equal(decode_raw_field(MESSAGE_END, FIELD_STATUS, 0, 8, zeros, 8), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_END, FIELD_STATUS, 0, 0, zeros, 0), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_END, FIELD_STATUS, 0, 3, zeros, 4), -EPROTO);
        /* tags that are none */
        static const uint16_t NONE[] = { 0, 27, 39, 49, 59, 64, 65, 0x0106, 0xffff };
        for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++)
                assert_int_equal(decode_raw_field(MESSAGE_EVENTS, NONE[i], 0, 0, zeros, 0),
                                 -EPROTO);
        /* sizes beyond the frame */
        static const uint32_t SIZES[] = { 5, 8, 65535, 0x7fffffff, 0xfffffffc, 0xffffffff };
        for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++)
                assert_int_equal(
                        decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, SIZES[i], "abcd", 4),
                        -EPROTO);
        /* texts: padding, NUL, left-over bytes */
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 4, "abcd", 4), 0);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 3, "abc\0", 4), 0);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 0, "", 0), 0);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 3, "abcd", 4), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 1, "a\0\0b", 4),
                         -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 4, "a\0cd", 4), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 4, "abc\0", 4), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 3, "abc", 3), -EPROTO);
        assert_int_equal(decode_raw_field(MESSAGE_WHAT_CAN, FIELD_USER, 0, 4, "abcd\0\0\0\0", 8),
                         -EPROTO);
}

/* Changes the tag of the n-th field of a frame whose fields hold no more than 4 bytes each. */
static int decode_with_tags(MessageType type, const uint16_t *tags, size_t count)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), type, 1, 0);
        for (size_t i = 0; i < count; i++)
                message_write_text(&writer, FIELD_WITH, TEXT_LITERAL("abcd"));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        for (size_t i = 0; i < count; i++)
                frame[HEADER + 12 * i] = (uint8_t)tags[i];
        return decode(frame, size);
}

static void fields_ascend_and_repeat_only_where_they_may(void **state)
{
        enum { U = FIELD_USER, A, R, W, P, N = FIELD_NAME, V = FIELD_VALUE };
        static const struct {
                MessageType type;
                uint16_t tags[8];
                size_t count;
                int result;
        } CASES[] = {
                { MESSAGE_ASK, { U, A, R }, 3, 0 },
                { MESSAGE_ASK, { U, A, R, W, W, W, P, P }, 8, 0 },
                { MESSAGE_ASK, { A, U, R }, 3, -EPROTO },
                { MESSAGE_ASK, { U, A, R, P, W }, 5, -EPROTO },
                { MESSAGE_ASK, { U, U, A, R }, 4, -EPROTO },
                { MESSAGE_ASK, { U, A, R, R }, 4, -EPROTO },
                { MESSAGE_RECORD, { N, V }, 2, 0 },
                { MESSAGE_RECORD, { N, V, N, V }, 4, 0 },
                { MESSAGE_RECORD, { V, N }, 2, -EPROTO },
                { MESSAGE_RECORD, { N, V, N }, 3, -EPROTO },
                { MESSAGE_RECORD, { N, N, V, V }, 4, -EPROTO },
                { MESSAGE_RECORD, { N, V, V }, 3, -EPROTO },
                { MESSAGE_RECORD, { V }, 1, -EPROTO },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                assert_int_equal(decode_with_tags(CASES[i].type, CASES[i].tags, CASES[i].count),
                                 CASES[i].result);
}

static void any_byte_may_be_wrong(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        for (size_t i = 0; i < SHAPE_TYPE_COUNT; i++) {
                size_t size = write_frame(&SHAPE_TYPES[i], true, 0, 0, frame);
                unsigned refused = 0;
                for (size_t byte = 0; byte < size; byte++)
                        for (unsigned bit = 0; bit < 8; bit++) {
                                frame[byte] ^= (uint8_t)(1u << bit);
                                refused += decode(frame, size) < 0;
                                frame[byte] ^= (uint8_t)(1u << bit);
                        }
                /* Of the header all but request id and sequence count, 12 bytes, except that
                 * a few flips of the type lead to another type. */
                assert_true(refused >= 12 * 8 - 8);
                assert_int_equal(decode(frame, size), 0);
        }
}

static void a_message_holds_256_fields(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        MessageWriter writer;
        Message message;
        Text text;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_RECORD, 1, 0);
        for (unsigned i = 0; i < MESSAGE_FIELDS_MAX / 2; i++) {
                char name[] = { 'a', (char)('0' + i % 10) };
                message_write_pair(&writer, (Text){ name, 2 }, TEXT_NULL);
        }
        MessageWriter full = writer;
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(frame, size, &message), 0);
        assert_int_equal(message.field_count, MESSAGE_FIELDS_MAX);
        assert_true(message_text_at(&message, FIELD_NAME, 127, &text) && text_is(text, "a7"));
        assert_true(message_text_at(&message, FIELD_VALUE, 127, &text) && text.size == 0);
        assert_false(message_text_at(&message, FIELD_NAME, 128, &text));
        message_write_pair(&full, TEXT_LITERAL("b"), TEXT_NULL);
        assert_int_equal(message_writer_end(&full, &size), -EMSGSIZE);
}

static void numbers_ascend_and_fit(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        static const uint32_t GOOD[] = { 1, 2, 3 }, EQUAL[] = { 1, 1, 3 }, DOWN[] = { 2, 1, 3 };
        static const struct {
                const uint32_t *numbers;
                size_t max;
                int result;
        } CASES[] = {
                { GOOD, 3, 0 }, { GOOD, 2, -E2BIG }, { EQUAL, 3, -EPROTO }, { DOWN, 3, -EPROTO }
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                MessageWriter writer;
                Message message;
                uint32_t numbers[3];
                size_t size, count = 99;
                message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_SESSION, 1, 0);
                for (size_t n = 0; SHAPE_TYPES[1].required[n]; n++)
                        write_field(&writer, SHAPE_TYPES[1].required[n]);
                message_write_numbers(&writer, FIELD_USER_GROUPS, CASES[i].numbers, 3);
                assert_int_equal(message_writer_end(&writer, &size), 0);
                assert_int_equal(message_decode(frame, size, &message), 0);
                assert_int_equal(
                        message_numbers(&message, FIELD_USER_GROUPS, numbers, CASES[i].max, &count),
                        CASES[i].result);
                assert_int_equal(count, CASES[i].result ? 99 : 3);
                assert_int_equal(message_numbers(&message, FIELD_CALLER_GROUPS, numbers, 3, &count),
                                 0);
                assert_int_equal(count, 0);
        }
}

static void absent_fields_and_other_kinds_are_not_read(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        Message message;
        Text text;
        uint32_t number;
        int64_t seconds;
        size_t size = write_frame(&SHAPE_TYPES[0], false, 0, 0, frame);
        assert_int_equal(message_decode(frame, size, &message), 0);
        assert_false(message_text(&message, FIELD_WITH, &text));
        assert_false(message_number(&message, FIELD_PHASE, &number));
        assert_false(message_time(&message, FIELD_SINCE, &seconds));
        assert_false(message_flag(&message, FIELD_EXPLAIN));
        assert_false(message_time(&message, FIELD_USER, &seconds));
        assert_false(message_number(&message, FIELD_RESOURCE, &number));
}

static void errors_of_the_writer_stick(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX + 64];
        MessageWriter writer;
        size_t size = 99;
        uint8_t little[40];
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_USER, (Text){ "a\0b", 3 });
        size_t used = writer.size;
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("b"));
        assert_int_equal(writer.size, used);
        assert_int_equal(message_writer_end(&writer, &size), -EINVAL);

        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("b"));
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("a")); /* descends */
        assert_int_equal(message_writer_end(&writer, &size), -EINVAL);

        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_RECORD, 1, 0);
        message_write_text(&writer, FIELD_NAME, TEXT_LITERAL("a")); /* without its value */
        assert_int_equal(message_writer_end(&writer, &size), -EINVAL);

        message_writer_begin(&writer, little, HEADER - 1, MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("a"));
        assert_int_equal(message_writer_end(&writer, &size), -EMSGSIZE);

        message_writer_begin(&writer, little, sizeof(little), MESSAGE_WHAT_CAN, 1, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("12345678"));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(size, sizeof(little));
        message_writer_begin(&writer, little, sizeof(little), MESSAGE_WHAT_CAN, 1, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("123456789"));
        assert_int_equal(message_writer_end(&writer, &size), -EMSGSIZE);
}

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

static void a_frame_fills_the_limit_and_no_more(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX + 64];
        static char text[MESSAGE_SIZE_MAX * 2];
        static uint32_t numbers[MESSAGE_SIZE_MAX / 4 + 1];
        const size_t largest = MESSAGE_SIZE_MAX - HEADER - 8;
        MessageWriter writer;
        size_t size;
        memset(text, 'a', sizeof(text));
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_WHAT_CAN, 1, 0);
        message_write_text(&writer, FIELD_USER, (Text){ text, largest });
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(size, MESSAGE_SIZE_MAX);
        assert_int_equal(decode(frame, size), 0);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_WHAT_CAN, 1, 0);
        message_write_text(&writer, FIELD_USER, (Text){ text, largest + 1 });
        assert_int_equal(message_writer_end(&writer, &size), -EMSGSIZE);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_WHAT_CAN, 1, 0);
        message_write_text(&writer, FIELD_USER, (Text){ text, sizeof(text) });
        assert_int_equal(message_writer_end(&writer, &size), -EMSGSIZE);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_SESSION, 1, 0);
        message_write_numbers(&writer, FIELD_USER_GROUPS, numbers, MESSAGE_SIZE_MAX / 4 + 1);
        assert_int_equal(message_writer_end(&writer, &size), -EMSGSIZE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_type_goes_there_and_back_at_every_alignment),
                cmocka_unit_test(required_fields_are_enough_and_all_needed),
                cmocka_unit_test(fields_of_other_types_are_refused),
                cmocka_unit_test(unknown_types_are_refused),
                cmocka_unit_test(a_header_must_be_whole_and_right),
                cmocka_unit_test(a_field_must_be_whole_and_right),
                cmocka_unit_test(fields_ascend_and_repeat_only_where_they_may),
                cmocka_unit_test(any_byte_may_be_wrong),
                cmocka_unit_test(a_message_holds_256_fields),
                cmocka_unit_test(numbers_ascend_and_fit),
                cmocka_unit_test(absent_fields_and_other_kinds_are_not_read),
                cmocka_unit_test(errors_of_the_writer_stick),
                cmocka_unit_test(a_field_is_passed_on_as_it_was_decoded),
                cmocka_unit_test(a_frame_fills_the_limit_and_no_more),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
