/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE messages: see uhppote_message.h. The offsets are those of the controllers' own protocol,
 * as uhppote-core has found and tested it.
 */
#include "gateway/uhppote_message.h"

#include <endian.h>
#include <string.h>

#include "util/timestamp.h"

enum {
        START = 0x17,
        START_OF_NOTICE = 0x19, /* firmware 6.62 */
        PC_CONTROL_WORD = 0x55aaaa55,
};

enum {
        OFFSET_START = 0,
        OFFSET_FUNCTION = 1,
        OFFSET_RESERVED = 2,
        OFFSET_SERIAL = 4,
        OFFSET_BODY = 8, /* of most functions the only value */
        OFFSET_MODE = 9,
        OFFSET_DELAY = 10,
        OFFSET_PORT = 12,
        OFFSET_INTERVAL = 14,
        OFFSET_PC_CONTROL = 12,
        OFFSET_EVENT_TYPE = 12,
        OFFSET_EVENT_GRANTED = 13,
        OFFSET_EVENT_DOOR = 14,
        OFFSET_EVENT_DIRECTION = 15,
        OFFSET_EVENT_CARD = 16,
        OFFSET_EVENT_TIME = 20,
        OFFSET_EVENT_REASON = 27,
        OFFSET_OPEN = 28,
        OFFSET_BUTTON = 32,
        OFFSET_ERROR = 36,
        OFFSET_CLOCK_TIME = 37,
        OFFSET_SEQUENCE = 40,
        OFFSET_SPECIAL = 48,
        OFFSET_RELAYS = 49,
        OFFSET_INPUTS = 50,
        OFFSET_CLOCK_DATE = 51,
};

enum { DATE_AND_TIME_SIZE = 7, CLOCK_SIZE = 3, CENTURY = 2000 };

const char *uhppote_problem_text(int problem)
{
        static const char *const TEXTS[] = {
                [UHPPOTE_OTHER_SIZE] = "not 64 bytes long",
                [UHPPOTE_OTHER_START] = "not a message of this protocol",
                [UHPPOTE_OTHER_FUNCTION] = "of another function",
                [UHPPOTE_OTHER_SERIAL] = "of another serial number",
                [UHPPOTE_BAD_VALUE] = "with a value that does not exist",
        };
        size_t count = sizeof(TEXTS) / sizeof(TEXTS[0]);

        return problem > 0 && (size_t)problem < count ? TEXTS[problem] : "not a reply";
}

static uint32_t read_number(const uint8_t *bytes)
{
        uint32_t number;

        memcpy(&number, bytes, sizeof(number));
        return le32toh(number);
}

static void write_number(uint8_t *bytes, uint32_t number)
{
        number = htole32(number);
        memcpy(bytes, &number, sizeof(number));
}

static void write_listener(const UhppoteRequest *request, uint8_t *message)
{
        uint16_t port = htole16(request->port);

        memcpy(message + OFFSET_BODY, &request->address, sizeof(request->address));
        memcpy(message + OFFSET_PORT, &port, sizeof(port));
        message[OFFSET_INTERVAL] = request->interval;
}

static void write_body(const UhppoteRequest *request, uint8_t *message)
{
        switch (request->function) {
        case UHPPOTE_SET_DOOR_CONTROL:
                message[OFFSET_MODE] = (uint8_t)request->mode;
                message[OFFSET_DELAY] = request->delay;
                message[OFFSET_BODY] = request->door;
                break;
        case UHPPOTE_OPEN_DOOR:
        case UHPPOTE_GET_DOOR_CONTROL:
                message[OFFSET_BODY] = request->door;
                break;
        case UHPPOTE_RECORD_SPECIAL_EVENTS:
                message[OFFSET_BODY] = request->enable;
                break;
        case UHPPOTE_SET_LISTENER:
                write_listener(request, message);
                break;
        case UHPPOTE_SET_PC_CONTROL:
                write_number(message + OFFSET_BODY, PC_CONTROL_WORD);
                message[OFFSET_PC_CONTROL] = request->enable;
                break;
        case UHPPOTE_GET_EVENT:
                write_number(message + OFFSET_BODY, request->index);
                break;
        case UHPPOTE_GET_STATUS:
        case UHPPOTE_GET_LISTENER:
                break;
        }
}

void uhppote_request_write(const UhppoteRequest *request,
                           uint8_t ret_message[static UHPPOTE_MESSAGE_SIZE])
{
        memset(ret_message, 0, UHPPOTE_MESSAGE_SIZE);
        ret_message[OFFSET_START] = START;
        ret_message[OFFSET_FUNCTION] = (uint8_t)request->function;
        write_number(ret_message + OFFSET_SERIAL, request->serial);
        write_body(request, ret_message);
}

static int check_after_start(const uint8_t *data, UhppoteFunction function, uint32_t serial)
{
        if (data[OFFSET_RESERVED] || data[OFFSET_RESERVED + 1])
                return UHPPOTE_OTHER_START;
        if (data[OFFSET_FUNCTION] != function)
                return UHPPOTE_OTHER_FUNCTION;
        return read_number(data + OFFSET_SERIAL) == serial ? 0 : UHPPOTE_OTHER_SERIAL;
}

int uhppote_reply_check(const uint8_t *data, size_t size, UhppoteFunction function, uint32_t serial)
{
        if (size != UHPPOTE_MESSAGE_SIZE)
                return UHPPOTE_OTHER_SIZE;
        if (data[OFFSET_START] != START)
                return UHPPOTE_OTHER_START;
        return check_after_start(data, function, serial);
}

int uhppote_notice_check(const uint8_t *data, size_t size, uint32_t serial)
{
        if (size != UHPPOTE_MESSAGE_SIZE)
                return UHPPOTE_OTHER_SIZE;
        if (data[OFFSET_START] != START && data[OFFSET_START] != START_OF_NOTICE)
                return UHPPOTE_OTHER_START;
        return check_after_start(data, UHPPOTE_GET_STATUS, serial);
}

static int read_truth(uint8_t byte, bool *ret_truth)
{
        if (byte > 1)
                return UHPPOTE_BAD_VALUE;
        *ret_truth = byte;
        return 0;
}

static int read_truths(const uint8_t *bytes, bool truths[static UHPPOTE_DOORS])
{
        for (unsigned i = 0; i < UHPPOTE_DOORS; i++)
                if (read_truth(bytes[i], &truths[i]) > 0)
                        return UHPPOTE_BAD_VALUE;
        return 0;
}

/* Two digits a byte. */
static int read_digits(const uint8_t *bytes, size_t count, unsigned *values)
{
        for (size_t i = 0; i < count; i++) {
                unsigned high = bytes[i] >> 4, low = bytes[i] & 0x0f;
                if (high > 9 || low > 9)
                        return UHPPOTE_BAD_VALUE;
                values[i] = high * 10 + low;
        }
        return 0;
}

/* Seconds of a date and a time; 0 for one that does not exist. */
static int64_t seconds_of(unsigned year, const unsigned *month_day, const unsigned *time)
{
        int32_t days;

        if (timestamp_days(year, month_day[0], month_day[1], &days) < 0 || time[0] > 23 ||
            time[1] > 59 || time[2] > 59)
                return 0;
        return (int64_t)days * 86400 + time[0] * 3600 + time[1] * 60 + time[2];
}

static int read_date_and_time(const uint8_t *bytes, int64_t *ret_seconds)
{
        unsigned values[DATE_AND_TIME_SIZE];

        if (read_digits(bytes, DATE_AND_TIME_SIZE, values) > 0)
                return UHPPOTE_BAD_VALUE;
        *ret_seconds = seconds_of(values[0] * 100 + values[1], values + 2, values + 4);
        return 0;
}

static int read_clock(const uint8_t *message, int64_t *ret_seconds)
{
        unsigned date[CLOCK_SIZE], time[CLOCK_SIZE];

        if (read_digits(message + OFFSET_CLOCK_DATE, CLOCK_SIZE, date) > 0 ||
            read_digits(message + OFFSET_CLOCK_TIME, CLOCK_SIZE, time) > 0)
                return UHPPOTE_BAD_VALUE;
        *ret_seconds = seconds_of(CENTURY + date[0], date + 1, time);
        return 0;
}

int uhppote_read_done(const uint8_t *message, bool *ret_done)
{
        return read_truth(message[OFFSET_BODY], ret_done);
}

int uhppote_read_door_control(const uint8_t *message, UhppoteDoorControl *ret_control)
{
        UhppoteDoorControl control = {
                .door = message[OFFSET_BODY],
                .mode = message[OFFSET_MODE],
                .delay = message[OFFSET_DELAY],
        };

        if (control.door < 1 || control.door > UHPPOTE_DOORS ||
            control.mode < UHPPOTE_NORMALLY_OPEN || control.mode > UHPPOTE_CONTROLLED)
                return UHPPOTE_BAD_VALUE;
        *ret_control = control;
        return 0;
}

int uhppote_read_listener(const uint8_t *message, UhppoteListener *ret_listener)
{
        uint16_t port;

        memcpy(&ret_listener->address, message + OFFSET_BODY, sizeof(ret_listener->address));
        memcpy(&port, message + OFFSET_PORT, sizeof(port));
        ret_listener->port = le16toh(port);
        ret_listener->interval = message[OFFSET_INTERVAL];
        return 0;
}

int uhppote_read_event(const uint8_t *message, UhppoteEvent *ret_event)
{
        UhppoteEvent event = {
                .index = read_number(message + OFFSET_BODY),
                .type = message[OFFSET_EVENT_TYPE],
                .door = message[OFFSET_EVENT_DOOR],
                .direction = message[OFFSET_EVENT_DIRECTION],
                .card = read_number(message + OFFSET_EVENT_CARD),
                .reason = message[OFFSET_EVENT_REASON],
        };

        if (read_truth(message[OFFSET_EVENT_GRANTED], &event.granted) > 0 ||
            read_date_and_time(message + OFFSET_EVENT_TIME, &event.clock_s) > 0 ||
            event.door > UHPPOTE_DOORS)
                return UHPPOTE_BAD_VALUE;
        *ret_event = event;
        return 0;
}

int uhppote_read_status(const uint8_t *message, UhppoteStatus *ret_status)
{
        UhppoteStatus status = {
                .error = message[OFFSET_ERROR],
                .sequence = read_number(message + OFFSET_SEQUENCE),
                .special = message[OFFSET_SPECIAL],
                .relays = message[OFFSET_RELAYS],
                .inputs = message[OFFSET_INPUTS],
        };

        if (uhppote_read_event(message, &status.event) > 0 ||
            read_truths(message + OFFSET_OPEN, status.open) > 0 ||
            read_truths(message + OFFSET_BUTTON, status.button) > 0 ||
            read_clock(message, &status.clock_s) > 0)
                return UHPPOTE_BAD_VALUE;
        *ret_status = status;
        return 0;
}
