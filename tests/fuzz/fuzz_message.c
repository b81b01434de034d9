/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a frame of the local protocol
 *
 * The decoder of both ends. Checked besides memory: every field lies inside the frame, the
 * functions that read fields agree with them, and a frame can be written in one way only: decoded
 * and written again it is the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "wire/message.h"

enum { TAG_LIMIT = 64 };

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static void fields_check(const Message *message, const uint8_t *data, size_t size)
{
        promise(message->field_count <= MESSAGE_FIELDS_MAX);
        for (size_t i = 0; i < message->field_count; i++) {
                const Field *field = &message->fields[i];
                promise(field->tag > 0 && field->tag < TAG_LIMIT &&
                        message_flag(message, field->tag));
                promise(field->data >= data + MESSAGE_HEADER_SIZE && field->data <= data + size &&
                        field->size <= (size_t)(data + size - field->data));
        }
}

/* Reads every tag in every way. */
static void values_check(const Message *message)
{
        static uint32_t numbers[MESSAGE_SIZE_MAX / 4];
        for (unsigned tag = 0; tag < TAG_LIMIT; tag++) {
                Text text, last = TEXT_NULL;
                uint32_t number;
                int64_t seconds;
                size_t count = 0;
                bool present = message_flag(message, tag);
                promise(message_text(message, tag, &text) == present);
                for (size_t n = 0; message_text_at(message, tag, n, &text); n++) {
                        promise(n < message->field_count && (n == 0 || text.data > last.data));
                        last = text;
                }
                if (message_number(message, tag, &number))
                        promise(present && !message_time(message, tag, &seconds));
                int r = message_numbers(message, tag, numbers, MESSAGE_SIZE_MAX / 4, &count);
                promise(present || (r == 0 && count == 0));
                for (size_t i = 1; r == 0 && i < count; i++)
                        promise(numbers[i] > numbers[i - 1]);
        }
}

/* A text may be written for every kind of field, as long as it holds no NUL; the other bytes are
 * put into place afterwards. */
static void write_again_check(const Message *message, const uint8_t *data, size_t size)
{
        static uint8_t again[MESSAGE_SIZE_MAX];
        static char filler[MESSAGE_SIZE_MAX];
        MessageWriter writer;
        size_t written = 0;
        memset(filler, 'x', sizeof(filler));
        message_writer_begin(&writer, again, sizeof(again), message->type, message->request_id,
                             message->sequence);
        for (size_t i = 0; i < message->field_count; i++)
                message_write_text(&writer, message->fields[i].tag,
                                   (Text){ filler, message->fields[i].size });
        promise(message_writer_end(&writer, &written) == 0 && written == size);
        for (size_t i = 0; i < message->field_count; i++)
                if (message->fields[i].size)
                        memcpy(again + (message->fields[i].data - data), message->fields[i].data,
                               message->fields[i].size);
        promise(memcmp(again, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        Message message;
        if (message_decode(data, size, &message) < 0)
                return 0;
        fields_check(&message, data, size);
        values_check(&message);
        write_again_check(&message, data, size);
        return 0;
}
