/* SPDX-License-Identifier: MIT */
/*
 * Message
 *
 * One decoder and one encoder for both ends. The tables below are the protocol: which tags there
 * are, what they hold, and which of them a type of message must and may have.
 */
#include "wire/message.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

/* Header: magic, version, type, field count, request id, sequence, size of all fields. */
enum {
        OFFSET_MAGIC = 0,
        OFFSET_VERSION = 4,
        OFFSET_TYPE = 5,
        OFFSET_COUNT = 6,
        OFFSET_REQUEST_ID = 8,
        OFFSET_SEQUENCE = 16,
        OFFSET_SIZE = 20,
};

#define FIELD_HEADER_SIZE 8 /* tag, reserved (0), size; the data is padded to 4 bytes with 0 */
#define TAG_COUNT         64

typedef enum Content {
        CONTENT_UNKNOWN = 0,
        CONTENT_TEXT,
        CONTENT_NUMBER,
        CONTENT_TIME,
        CONTENT_FLAG,
        CONTENT_NUMBERS,
} Content;

static const uint8_t contents[TAG_COUNT] = {
        [FIELD_USER] = CONTENT_TEXT,
        [FIELD_ACTION] = CONTENT_TEXT,
        [FIELD_RESOURCE] = CONTENT_TEXT,
        [FIELD_WITH] = CONTENT_TEXT,
        [FIELD_PROPERTY] = CONTENT_TEXT,
        [FIELD_EXPLAIN] = CONTENT_FLAG,
        [FIELD_SERVICE] = CONTENT_TEXT,
        [FIELD_PHASE] = CONTENT_NUMBER,
        [FIELD_CALLER_UID] = CONTENT_NUMBER,
        [FIELD_CALLER_NAME] = CONTENT_TEXT,
        [FIELD_REMOTE_USER] = CONTENT_TEXT,
        [FIELD_REMOTE_HOST] = CONTENT_TEXT,
        [FIELD_TERMINAL] = CONTENT_TEXT,
        [FIELD_USER_UID] = CONTENT_NUMBER,
        [FIELD_USER_LOCAL_UID] = CONTENT_NUMBER,
        [FIELD_CALLER_LOCAL_UID] = CONTENT_NUMBER,
        [FIELD_MINIMUM_UID] = CONTENT_NUMBER,
        [FIELD_USER_GROUPS] = CONTENT_NUMBERS,
        [FIELD_CALLER_GROUPS] = CONTENT_NUMBERS,
        [FIELD_WHY] = CONTENT_TEXT,
        [FIELD_SKIP_TESTS] = CONTENT_FLAG,
        [FIELD_FOLLOW] = CONTENT_FLAG,
        [FIELD_SINCE] = CONTENT_TIME,
        [FIELD_DENIED] = CONTENT_FLAG,
        [FIELD_WOULD_DENY] = CONTENT_FLAG,
        [FIELD_VIA] = CONTENT_FLAG,
        [FIELD_ROLE] = CONTENT_TEXT,
        [FIELD_CUSTOMIZE] = CONTENT_TEXT,
        [FIELD_FROM] = CONTENT_TIME,
        [FIELD_UNTIL] = CONTENT_TIME,
        [FIELD_DRY_RUN] = CONTENT_FLAG,
        [FIELD_STATE] = CONTENT_TEXT,
        [FIELD_SECONDS] = CONTENT_NUMBER,
        [FIELD_END_SESSIONS] = CONTENT_FLAG,
        [FIELD_FORMAT] = CONTENT_TEXT,
        [FIELD_REPORT] = CONTENT_TEXT,
        [FIELD_CERTIFICATE] = CONTENT_TEXT,
        [FIELD_AFTER] = CONTENT_TEXT,
        [FIELD_LIMIT] = CONTENT_NUMBER,
        [FIELD_OUTCOME] = CONTENT_NUMBER,
        [FIELD_REASON] = CONTENT_TEXT,
        [FIELD_DETAIL] = CONTENT_TEXT,
        [FIELD_EXPLANATION] = CONTENT_TEXT,
        [FIELD_DECISION_ID] = CONTENT_TEXT,
        [FIELD_REVISION] = CONTENT_TEXT,
        [FIELD_NOT_AFTER] = CONTENT_TIME,
        [FIELD_SUBJECT] = CONTENT_TEXT,
        [FIELD_DOOR] = CONTENT_TEXT,
        [FIELD_RELEASE_SECONDS] = CONTENT_NUMBER,
        [FIELD_DOOR_STATE] = CONTENT_TEXT,
        [FIELD_SESSIONS_ENDED] = CONTENT_NUMBER,
        [FIELD_GATEWAY] = CONTENT_TEXT,
        [FIELD_CARD] = CONTENT_TEXT,
        [FIELD_NAME] = CONTENT_TEXT,
        [FIELD_VALUE] = CONTENT_TEXT,
        [FIELD_STATUS] = CONTENT_NUMBER,
        [FIELD_MESSAGE] = CONTENT_TEXT,
};

#define BIT(tag) (1ull << (tag))
#define DECISION (BIT(FIELD_USER) | BIT(FIELD_ACTION) | BIT(FIELD_RESOURCE))
#define REPEATED                                                                                   \
        (BIT(FIELD_WITH) | BIT(FIELD_PROPERTY) | BIT(FIELD_ROLE) | BIT(FIELD_NAME) |               \
         BIT(FIELD_VALUE))
#define DELEGATION (BIT(FIELD_ROLE) | BIT(FIELD_CUSTOMIZE))
#define QUALIFIERS (BIT(FIELD_WITH) | BIT(FIELD_PROPERTY))
#define CLAIMS     (BIT(FIELD_REMOTE_USER) | BIT(FIELD_REMOTE_HOST) | BIT(FIELD_TERMINAL))
#define ATTESTED                                                                                   \
        (BIT(FIELD_CALLER_NAME) | BIT(FIELD_USER_UID) | BIT(FIELD_USER_LOCAL_UID) |                \
         BIT(FIELD_CALLER_LOCAL_UID) | BIT(FIELD_USER_GROUPS) | BIT(FIELD_CALLER_GROUPS))
#define CERTIFICATE BIT(FIELD_CERTIFICATE)
#define PAGE        (BIT(FIELD_AFTER) | BIT(FIELD_LIMIT))
#define PAIRS       (BIT(FIELD_NAME) | BIT(FIELD_VALUE))
#define EVENT_FILTER                                                                               \
        (BIT(FIELD_USER) | BIT(FIELD_RESOURCE) | BIT(FIELD_WITH) | BIT(FIELD_SINCE) |              \
         BIT(FIELD_DENIED) | BIT(FIELD_UNTIL) | BIT(FIELD_REPORT))

/* Which fields a type must hold and which others it may. */
static const struct Shape {
        uint64_t required;
        uint64_t optional;
} shapes[] = {
        [MESSAGE_ASK] = { DECISION, QUALIFIERS | DELEGATION | BIT(FIELD_EXPLAIN) | CERTIFICATE },
        [MESSAGE_SESSION] = { DECISION | BIT(FIELD_SERVICE) | BIT(FIELD_PHASE) |
                                      BIT(FIELD_CALLER_UID) | BIT(FIELD_MINIMUM_UID),
                              CLAIMS | ATTESTED },
        [MESSAGE_UNLOCK] = { BIT(FIELD_RESOURCE), BIT(FIELD_USER) | BIT(FIELD_WHY) | CERTIFICATE },
        [MESSAGE_WHAT_CAN] = { BIT(FIELD_USER),
                               BIT(FIELD_RESOURCE) | BIT(FIELD_VIA) | PAGE | CERTIFICATE },
        [MESSAGE_WHO_CAN] = { BIT(FIELD_ACTION) | BIT(FIELD_RESOURCE),
                              BIT(FIELD_VIA) | PAGE | CERTIFICATE },
        [MESSAGE_STATUS] = { 0, 0 },
        [MESSAGE_RELOAD] = { 0, BIT(FIELD_SKIP_TESTS) },
        [MESSAGE_EVENTS] = { 0, EVENT_FILTER | BIT(FIELD_FOLLOW) | BIT(FIELD_WOULD_DENY) |
                                        BIT(FIELD_FORMAT) },
        [MESSAGE_SESSIONS] = { 0, 0 },
        [MESSAGE_CHANGE] = { BIT(FIELD_ACTION) | BIT(FIELD_RESOURCE),
                             BIT(FIELD_WITH) | DELEGATION | BIT(FIELD_WHY) | BIT(FIELD_FROM) |
                                     BIT(FIELD_UNTIL) | BIT(FIELD_DRY_RUN) | BIT(FIELD_STATE) |
                                     BIT(FIELD_SECONDS) | BIT(FIELD_END_SESSIONS) },
        [MESSAGE_ENTER] = { BIT(FIELD_RESOURCE),
                            BIT(FIELD_USER) | BIT(FIELD_PROPERTY) | BIT(FIELD_CARD) | CERTIFICATE },
        [MESSAGE_DOOR] = { BIT(FIELD_RESOURCE), 0 },
        [MESSAGE_LOCKDOWNS] = { 0, BIT(FIELD_RESOURCE) },
        [MESSAGE_REPORT] = { BIT(FIELD_ACTION), EVENT_FILTER },
        [MESSAGE_MAINTAIN] = { BIT(FIELD_ACTION) | BIT(FIELD_WHY), 0 },
        [MESSAGE_TAKE] = { BIT(FIELD_WITH), BIT(FIELD_SECONDS) | BIT(FIELD_AFTER) | CERTIFICATE },
        [MESSAGE_CONSUME] = { BIT(FIELD_RESOURCE) | BIT(FIELD_DECISION_ID), CERTIFICATE },
        [MESSAGE_COMMAND] = { BIT(FIELD_DECISION_ID),
                              BIT(FIELD_SECONDS) | BIT(FIELD_AFTER) | CERTIFICATE },
        [MESSAGE_OBSERVE] = { PAIRS, CERTIFICATE },
        [MESSAGE_CALLERS] = { 0, BIT(FIELD_RESOURCE) | BIT(FIELD_AFTER) },
        [MESSAGE_TURN_AWAY] = { BIT(FIELD_REMOTE_HOST) | BIT(FIELD_WHY), CERTIFICATE },
        [MESSAGE_WATCH] = { 0, BIT(FIELD_SECONDS) | BIT(FIELD_REVISION) },
        [MESSAGE_SEARCH] = { DECISION, PAGE | CERTIFICATE },
        [MESSAGE_ANSWER] = { DECISION | BIT(FIELD_OUTCOME) | BIT(FIELD_REASON),
                             BIT(FIELD_DETAIL) | BIT(FIELD_EXPLANATION) | BIT(FIELD_DECISION_ID) |
                                     BIT(FIELD_REVISION) | BIT(FIELD_NOT_AFTER) |
                                     BIT(FIELD_SUBJECT) | BIT(FIELD_DOOR) |
                                     BIT(FIELD_RELEASE_SECONDS) | BIT(FIELD_DOOR_STATE) |
                                     BIT(FIELD_SESSIONS_ENDED) | BIT(FIELD_GATEWAY) },
        [MESSAGE_RECORD] = { PAIRS, 0 },
        [MESSAGE_END] = { BIT(FIELD_STATUS), BIT(FIELD_AFTER) | BIT(FIELD_MESSAGE) },
        [MESSAGE_REFUSAL] = { BIT(FIELD_REASON) | BIT(FIELD_STATUS) | BIT(FIELD_MESSAGE),
                              BIT(FIELD_DECISION_ID) },
};

static const struct Shape *shape_of(uint8_t type)
{
        if (type == 0 || type >= sizeof(shapes) / sizeof(*shapes))
                return NULL;
        const struct Shape *shape = &shapes[type];
        bool listed = (shape->required | shape->optional) != 0 || type == MESSAGE_STATUS ||
                      type == MESSAGE_SESSIONS;
        return listed ? shape : NULL;
}

static uint16_t read_16(const uint8_t *data)
{
        uint16_t value;
        memcpy(&value, data, sizeof(value));
        return le16toh(value);
}

static uint32_t read_32(const uint8_t *data)
{
        uint32_t value;
        memcpy(&value, data, sizeof(value));
        return le32toh(value);
}

static uint64_t read_64(const uint8_t *data)
{
        uint64_t value;
        memcpy(&value, data, sizeof(value));
        return le64toh(value);
}

static size_t padded(size_t size)
{
        return (size + 3) & ~(size_t)3;
}

static bool content_is_valid(const Field *field)
{
        switch ((Content)contents[field->tag]) {
        case CONTENT_TEXT:
                return memchr(field->data, '\0', field->size) == NULL;
        case CONTENT_NUMBER:
                return field->size == 4;
        case CONTENT_TIME:
                return field->size == 8;
        case CONTENT_FLAG:
                return field->size == 0;
        case CONTENT_NUMBERS:
                return field->size % 4 == 0;
        case CONTENT_UNKNOWN:
                break;
        }
        return false;
}

/* Names and values alternate and begin with a name; every other tag ascends, and stays only where
 * it may be repeated. */
static bool order_is_valid(uint16_t previous, uint16_t tag)
{
        if (tag == FIELD_VALUE)
                return previous == FIELD_NAME;
        if (previous == FIELD_NAME)
                return false;
        if (tag == FIELD_NAME)
                return previous <= FIELD_VALUE;
        return tag > previous || (tag == previous && (REPEATED & BIT(tag)));
}

/* Reads one field at *offset and moves behind it. */
static int decode_field(const uint8_t *frame, size_t size, size_t *offset, Field *ret_field)
{
        if (size - *offset < FIELD_HEADER_SIZE)
                return -EPROTO;
        Field field = { .tag = read_16(frame + *offset), .size = read_32(frame + *offset + 4) };
        if (field.tag >= TAG_COUNT || read_16(frame + *offset + 2) != 0)
                return -EPROTO;
        size_t left = size - *offset - FIELD_HEADER_SIZE;
        if (field.size > left || padded(field.size) > left)
                return -EPROTO;
        field.data = frame + *offset + FIELD_HEADER_SIZE;
        for (size_t i = field.size; i < padded(field.size); i++)
                if (field.data[i] != 0)
                        return -EPROTO;
        if (!content_is_valid(&field))
                return -EPROTO;
        *offset += FIELD_HEADER_SIZE + padded(field.size);
        *ret_field = field;
        return 0;
}

static int decode_fields(const uint8_t *frame, size_t size, const struct Shape *shape,
                         Message *message)
{
        size_t offset = MESSAGE_HEADER_SIZE;
        uint64_t seen = 0;
        uint16_t previous = 0;
        for (size_t i = 0; i < message->field_count; i++) {
                Field *field = &message->fields[i];
                int r = decode_field(frame, size, &offset, field);
                if (r < 0)
                        return r;
                if (!((shape->required | shape->optional) & BIT(field->tag)) ||
                    !order_is_valid(previous, field->tag))
                        return -EPROTO;
                seen |= BIT(field->tag);
                previous = field->tag;
        }
        if (previous == FIELD_NAME || offset != size)
                return -EPROTO;
        return (seen & shape->required) == shape->required ? 0 : -EPROTO;
}

int message_decode(const void *data, size_t size, Message *ret_message)
{
        const uint8_t *frame = data;
        if (size > MESSAGE_SIZE_MAX)
                return -EMSGSIZE;
        if (size < MESSAGE_HEADER_SIZE || read_32(frame + OFFSET_MAGIC) != MESSAGE_MAGIC)
                return -EPROTO;
        if (frame[OFFSET_VERSION] != MESSAGE_VERSION)
                return -EPROTONOSUPPORT;
        const struct Shape *shape = shape_of(frame[OFFSET_TYPE]);
        uint16_t count = read_16(frame + OFFSET_COUNT);
        if (!shape || count > MESSAGE_FIELDS_MAX ||
            read_32(frame + OFFSET_SIZE) != size - MESSAGE_HEADER_SIZE)
                return -EPROTO;
        ret_message->type = frame[OFFSET_TYPE];
        ret_message->request_id = read_64(frame + OFFSET_REQUEST_ID);
        ret_message->sequence = read_32(frame + OFFSET_SEQUENCE);
        ret_message->field_count = count;
        return decode_fields(frame, size, shape, ret_message);
}

static const Field *find(const Message *message, FieldTag tag, size_t n)
{
        for (size_t i = 0; i < message->field_count; i++)
                if (message->fields[i].tag == tag && n-- == 0)
                        return &message->fields[i];
        return NULL;
}

bool message_text_at(const Message *message, FieldTag tag, size_t n, Text *ret_text)
{
        const Field *field = find(message, tag, n);
        if (!field)
                return false;
        *ret_text = (Text){ (const char *)field->data, field->size };
        return true;
}

bool message_text(const Message *message, FieldTag tag, Text *ret_text)
{
        return message_text_at(message, tag, 0, ret_text);
}

bool message_number(const Message *message, FieldTag tag, uint32_t *ret_number)
{
        const Field *field = find(message, tag, 0);
        if (!field || field->size != 4)
                return false;
        *ret_number = read_32(field->data);
        return true;
}

bool message_time(const Message *message, FieldTag tag, int64_t *ret_seconds)
{
        const Field *field = find(message, tag, 0);
        if (!field || field->size != 8)
                return false;
        *ret_seconds = (int64_t)read_64(field->data);
        return true;
}

bool message_flag(const Message *message, FieldTag tag)
{
        return find(message, tag, 0) != NULL;
}

int message_numbers(const Message *message, FieldTag tag, uint32_t *numbers, size_t max,
                    size_t *ret_count)
{
        const Field *field = find(message, tag, 0);
        size_t count = field ? field->size / 4 : 0;
        if (count > max)
                return -E2BIG;
        for (size_t i = 0; i < count; i++) {
                numbers[i] = read_32(field->data + 4 * i);
                if (i > 0 && numbers[i] <= numbers[i - 1])
                        return -EPROTO;
        }
        *ret_count = count;
        return 0;
}

static void put_16(uint8_t *data, uint16_t value)
{
        value = htole16(value);
        memcpy(data, &value, sizeof(value));
}

static void put_32(uint8_t *data, uint32_t value)
{
        value = htole32(value);
        memcpy(data, &value, sizeof(value));
}

static void put_64(uint8_t *data, uint64_t value)
{
        value = htole64(value);
        memcpy(data, &value, sizeof(value));
}

void message_writer_begin(MessageWriter *writer, void *buffer, size_t capacity, MessageType type,
                          uint64_t request_id, uint32_t sequence)
{
        *writer = (MessageWriter){ .buffer = buffer, .capacity = capacity };
        if (capacity > MESSAGE_SIZE_MAX)
                writer->capacity = MESSAGE_SIZE_MAX;
        if (capacity < MESSAGE_HEADER_SIZE) {
                writer->error = -EMSGSIZE;
                return;
        }
        put_32(writer->buffer + OFFSET_MAGIC, MESSAGE_MAGIC);
        writer->buffer[OFFSET_VERSION] = MESSAGE_VERSION;
        writer->buffer[OFFSET_TYPE] = (uint8_t)type;
        put_64(writer->buffer + OFFSET_REQUEST_ID, request_id);
        put_32(writer->buffer + OFFSET_SEQUENCE, sequence);
        writer->size = MESSAGE_HEADER_SIZE;
}

/* Makes room for a field of `size` bytes. Return: where they go, or NULL with the error set. */
static uint8_t *add_field(MessageWriter *writer, FieldTag tag, size_t size)
{
        if (writer->error)
                return NULL;
        if (!order_is_valid(writer->last_tag, (uint16_t)tag)) {
                writer->error = -EINVAL;
                return NULL;
        }
        if (size > MESSAGE_SIZE_MAX || writer->field_count == MESSAGE_FIELDS_MAX ||
            writer->capacity - writer->size < FIELD_HEADER_SIZE + padded(size)) {
                writer->error = -EMSGSIZE;
                return NULL;
        }
        uint8_t *field = writer->buffer + writer->size;
        put_16(field, (uint16_t)tag);
        put_16(field + 2, 0);
        put_32(field + 4, (uint32_t)size);
        memset(field + FIELD_HEADER_SIZE + size, 0, padded(size) - size);
        writer->size += FIELD_HEADER_SIZE + padded(size);
        writer->last_tag = (uint16_t)tag;
        writer->field_count++;
        return field + FIELD_HEADER_SIZE;
}

void message_write_text(MessageWriter *writer, FieldTag tag, Text text)
{
        if (!writer->error && text.size && memchr(text.data, '\0', text.size)) {
                writer->error = -EINVAL;
                return;
        }
        uint8_t *data = add_field(writer, tag, text.size);
        if (data && text.size)
                memcpy(data, text.data, text.size);
}

void message_write_number(MessageWriter *writer, FieldTag tag, uint32_t number)
{
        uint8_t *data = add_field(writer, tag, 4);
        if (data)
                put_32(data, number);
}

void message_write_time(MessageWriter *writer, FieldTag tag, int64_t seconds)
{
        uint8_t *data = add_field(writer, tag, 8);
        if (data)
                put_64(data, (uint64_t)seconds);
}

void message_write_flag(MessageWriter *writer, FieldTag tag)
{
        (void)add_field(writer, tag, 0);
}

void message_write_numbers(MessageWriter *writer, FieldTag tag, const uint32_t *numbers,
                           size_t count)
{
        if (!writer->error && count > MESSAGE_SIZE_MAX / 4) {
                writer->error = -EMSGSIZE;
                return;
        }
        uint8_t *data = add_field(writer, tag, 4 * count);
        for (size_t i = 0; data && i < count; i++)
                put_32(data + 4 * i, numbers[i]);
}

void message_write_pair(MessageWriter *writer, Text name, Text value)
{
        message_write_text(writer, FIELD_NAME, name);
        message_write_text(writer, FIELD_VALUE, value);
}

void message_write_field(MessageWriter *writer, const Field *field)
{
        uint8_t *data = add_field(writer, (FieldTag)field->tag, field->size);
        if (data && field->size)
                memcpy(data, field->data, field->size);
}

int message_writer_end(MessageWriter *writer, size_t *ret_size)
{
        if (!writer->error && writer->last_tag == FIELD_NAME)
                writer->error = -EINVAL;
        if (writer->error)
                return writer->error;
        put_16(writer->buffer + OFFSET_COUNT, (uint16_t)writer->field_count);
        put_32(writer->buffer + OFFSET_SIZE, (uint32_t)(writer->size - MESSAGE_HEADER_SIZE));
        *ret_size = writer->size;
        return 0;
}
