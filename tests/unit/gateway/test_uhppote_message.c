/* SPDX-License-Identifier: MIT */
/*
 * Tests of gateway/uhppote_message.h. The vectors are messages that uhppote-core (MIT) has tested
 * its own codec with; they are written down as pairs of an offset and the bytes there, the rest of
 * the 64 is 0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "gateway/uhppote_message.h"
#include "util/timestamp.h"

#define SERIAL 423187757u /* 2d 55 39 19 */

typedef struct Piece {
        unsigned offset;
        const char *hex;
} Piece;

static unsigned hex_digit(char digit)
{
        return (unsigned)(strchr("0123456789abcdef", digit) - "0123456789abcdef");
}

static void pieces_write(const Piece *pieces, size_t count, uint8_t message[UHPPOTE_MESSAGE_SIZE])
{
        memset(message, 0, UHPPOTE_MESSAGE_SIZE);
        for (size_t i = 0; i < count; i++)
                for (const char *at = pieces[i].hex; *at; at += 2)
                        message[pieces[i].offset + (unsigned)(at - pieces[i].hex) / 2] =
                                (uint8_t)(hex_digit(at[0]) << 4 | hex_digit(at[1]));
}

#define MESSAGE(message, ...)                                                                      \
        pieces_write((const Piece[]){ __VA_ARGS__ },                                               \
                     sizeof((const Piece[]){ __VA_ARGS__ }) / sizeof(Piece), message)

static void assert_written(UhppoteRequest request, const char *head)
{
        uint8_t expected[UHPPOTE_MESSAGE_SIZE], written[UHPPOTE_MESSAGE_SIZE];

        request.serial = SERIAL;
        MESSAGE(expected, { 0, head });
        memset(written, 0xff, sizeof(written));
        uhppote_request_write(&request, written);
        assert_memory_equal(written, expected, sizeof(expected));
}

static int64_t utc(const char *text)
{
        int64_t seconds;

        assert_int_equal(timestamp_parse(text_from(text), &seconds), 0);
        return seconds;
}

/* A reply that is complete and right in every way. */
static void status_vector(uint8_t message[UHPPOTE_MESSAGE_SIZE])
{
        MESSAGE(message, { 0, "172000002d553919" }, { 8, "3900000001000301" },
                { 16, "aae85d0020190419" }, { 24, "1700090601000101" }, { 32, "0000010109143702" },
                { 40, "1100000000000000" }, { 48, "2b04011904200000" }, { 56, "9326048808920000" });
}

static void event_vector(uint8_t message[UHPPOTE_MESSAGE_SIZE])
{
        MESSAGE(message, { 0, "17b000002d553919" }, { 8, "0800000002010301" },
                { 16, "ade85d0020190210" }, { 24, "07120106" }, { 56, "4a26803908920000" });
}

static void requests_are_written_as_controllers_read_them(void **state)
{
        assert_written((UhppoteRequest){ .function = UHPPOTE_OPEN_DOOR, .door = 3 },
                       "174000002d55391903");
        assert_written((UhppoteRequest){ .function = UHPPOTE_GET_STATUS }, "172000002d553919");
        assert_written((UhppoteRequest){ .function = UHPPOTE_SET_DOOR_CONTROL,
                                         .door = 4,
                                         .mode = UHPPOTE_NORMALLY_CLOSED,
                                         .delay = 5 },
                       "178000002d553919040205");
        assert_written((UhppoteRequest){ .function = UHPPOTE_GET_DOOR_CONTROL, .door = 4 },
                       "178200002d55391904");
        assert_written(
                (UhppoteRequest){ .function = UHPPOTE_RECORD_SPECIAL_EVENTS, .enable = true },
                "178e00002d55391901");
        assert_written((UhppoteRequest){ .function = UHPPOTE_SET_PC_CONTROL, .enable = true },
                       "17a000002d55391955aaaa5501");
        assert_written((UhppoteRequest){ .function = UHPPOTE_SET_PC_CONTROL },
                       "17a000002d55391955aaaa55");
        assert_written((UhppoteRequest){ .function = UHPPOTE_GET_EVENT, .index = 1 },
                       "17b000002d55391901");
        assert_written((UhppoteRequest){ .function = UHPPOTE_GET_EVENT, .index = 0x12345678 },
                       "17b000002d55391978563412");
        assert_written((UhppoteRequest){ .function = UHPPOTE_GET_LISTENER }, "179200002d553919");
        assert_written((UhppoteRequest){ .function = UHPPOTE_SET_LISTENER,
                                         .address = inet_addr("192.168.1.100"),
                                         .port = 40000,
                                         .interval = 13 },
                       "179000002d553919c0a80164409c0d");
}

static void values_of_other_functions_are_not_written(void **state)
{
        assert_written((UhppoteRequest){ .function = UHPPOTE_OPEN_DOOR,
                                         .door = 1,
                                         .mode = UHPPOTE_CONTROLLED,
                                         .delay = 9,
                                         .index = 77,
                                         .enable = true,
                                         .port = 60001 },
                       "174000002d55391901");
}

static void a_status_is_read(void **state)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        UhppoteStatus status;

        status_vector(message);
        assert_int_equal(uhppote_reply_check(message, 64, UHPPOTE_GET_STATUS, SERIAL), 0);
        assert_int_equal(uhppote_read_status(message, &status), 0);
        assert_int_equal(status.event.index, 57);
        assert_int_equal(status.event.type, 1);
        assert_false(status.event.granted);
        assert_int_equal(status.event.door, 3);
        assert_int_equal(status.event.direction, 1);
        assert_int_equal(status.event.card, 6154410);
        assert_int_equal(status.event.clock_s, utc("2019-04-19T17:00:09Z"));
        assert_int_equal(status.event.reason, 6);
        assert_true(status.open[0] && !status.open[1] && status.open[2] && status.open[3]);
        assert_true(!status.button[0] && !status.button[1] && status.button[2] && status.button[3]);
        assert_int_equal(status.error, 9);
        assert_int_equal(status.clock_s, utc("2019-04-20T14:37:02Z"));
        assert_int_equal(status.sequence, 17);
        assert_int_equal(status.special, 43);
        assert_int_equal(status.relays, 4);
        assert_int_equal(status.inputs, UHPPOTE_INPUT_FORCED_LOCK);
}

static void a_status_without_an_event_is_read(void **state)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        UhppoteStatus status;

        MESSAGE(message, { 0, "1720000078372a18" }, { 36, "83111620" }, { 51, "230929" });
        assert_int_equal(uhppote_reply_check(message, 64, UHPPOTE_GET_STATUS, 405419896), 0);
        assert_int_equal(uhppote_read_status(message, &status), 0);
        assert_int_equal(status.event.index, 0);
        assert_int_equal(status.event.clock_s, 0);
        assert_int_equal(status.error, 0x83);
        assert_int_equal(status.clock_s, utc("2023-09-29T11:16:20Z"));
}

static void an_event_is_read(void **state)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        UhppoteEvent event;

        event_vector(message);
        assert_int_equal(uhppote_reply_check(message, 64, UHPPOTE_GET_EVENT, SERIAL), 0);
        assert_int_equal(uhppote_read_event(message, &event), 0);
        assert_int_equal(event.index, 8);
        assert_int_equal(event.type, 2);
        assert_true(event.granted);
        assert_int_equal(event.door, 3);
        assert_int_equal(event.card, 6154413);
        assert_int_equal(event.clock_s, utc("2019-02-10T07:12:01Z"));
        assert_int_equal(event.reason, 6);
}

static void dates_that_do_not_exist_are_none(void **state)
{
        static const char *const DATES[] = {
                "00000000000000", "20000000000000", "20190230071201", "20191301071201",
                "20190210240000", "20190210076000", "20190210071260", "15010101000000",
        };
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        UhppoteEvent event;

        for (size_t i = 0; i < sizeof(DATES) / sizeof(DATES[0]); i++) {
                MESSAGE(message, { 0, "17b000002d55391908" }, { 20, DATES[i] });
                assert_int_equal(uhppote_read_event(message, &event), 0);
                assert_int_equal(event.clock_s, 0);
        }
        MESSAGE(message, { 0, "17b000002d55391908" }, { 20, "20240229235959" });
        assert_int_equal(uhppote_read_event(message, &event), 0);
        assert_int_equal(event.clock_s, utc("2024-02-29T23:59:59Z"));
}

static void the_other_replies_are_read(void **state)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        UhppoteDoorControl control;
        UhppoteListener listener;
        bool done;

        MESSAGE(message, { 0, "174000002d55391901" });
        assert_int_equal(uhppote_read_done(message, &done), 0);
        assert_true(done);
        MESSAGE(message, { 0, "174000002d553919" });
        assert_int_equal(uhppote_read_done(message, &done), 0);
        assert_false(done);
        MESSAGE(message, { 0, "178000002d553919040205" });
        assert_int_equal(uhppote_read_door_control(message, &control), 0);
        assert_true(control.door == 4 && control.mode == 2 && control.delay == 5);
        MESSAGE(message, { 0, "179200002d553919c0a800e192260d" });
        assert_int_equal(uhppote_read_listener(message, &listener), 0);
        assert_true(listener.address == inet_addr("192.168.0.225"));
        assert_int_equal(listener.port, 9874);
        assert_int_equal(listener.interval, 13);
}

static void other_messages_are_no_reply(void **state)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE + 1] = { 0 };

        event_vector(message);
        assert_int_equal(uhppote_reply_check(message, 63, UHPPOTE_GET_EVENT, SERIAL),
                         UHPPOTE_OTHER_SIZE);
        assert_int_equal(uhppote_reply_check(message, 65, UHPPOTE_GET_EVENT, SERIAL),
                         UHPPOTE_OTHER_SIZE);
        assert_int_equal(uhppote_reply_check(message, 0, UHPPOTE_GET_EVENT, SERIAL),
                         UHPPOTE_OTHER_SIZE);
        assert_int_equal(uhppote_reply_check(message, 64, UHPPOTE_OPEN_DOOR, SERIAL),
                         UHPPOTE_OTHER_FUNCTION);
        assert_int_equal(uhppote_reply_check(message, 64, UHPPOTE_GET_EVENT, SERIAL + 1),
                         UHPPOTE_OTHER_SERIAL);
        message[0] = 0x19;
        assert_int_equal(uhppote_reply_check(message, 64, UHPPOTE_GET_EVENT, SERIAL),
                         UHPPOTE_OTHER_START);
        for (unsigned reserved = 2; reserved <= 3; reserved++) {
                event_vector(message);
                message[reserved] = 1;
                assert_int_equal(uhppote_reply_check(message, 64, UHPPOTE_GET_EVENT, SERIAL),
                                 UHPPOTE_OTHER_START);
        }
}

static void notices_of_both_firmwares_are_known(void **state)
{
        uint8_t message[UHPPOTE_MESSAGE_SIZE];

        status_vector(message);
        assert_int_equal(uhppote_notice_check(message, 64, SERIAL), 0);
        message[0] = 0x19;
        assert_int_equal(uhppote_notice_check(message, 64, SERIAL), 0);
        assert_int_equal(uhppote_notice_check(message, 63, SERIAL), UHPPOTE_OTHER_SIZE);
        assert_int_equal(uhppote_notice_check(message, 64, SERIAL - 1), UHPPOTE_OTHER_SERIAL);
        message[1] = 0xb0;
        assert_int_equal(uhppote_notice_check(message, 64, SERIAL), UHPPOTE_OTHER_FUNCTION);
        message[0] = 0x18;
        assert_int_equal(uhppote_notice_check(message, 64, SERIAL), UHPPOTE_OTHER_START);
}

static void values_that_do_not_exist_are_refused(void **state)
{
        static const struct {
                unsigned offset;
                uint8_t value;
        } BAD[] = {
                { 13, 2 }, { 14, 5 }, { 20, 0x2a }, { 26, 0xa0 }, { 28, 2 },    { 31, 0xff },
                { 32, 3 }, { 35, 2 }, { 37, 0x1a }, { 39, 0xf0 }, { 51, 0xaa }, { 53, 0x0b },
        };
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        UhppoteStatus status;

        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
                memset(&status, 0x5a, sizeof(status));
                status_vector(message);
                message[BAD[i].offset] = BAD[i].value;
                assert_int_equal(uhppote_read_status(message, &status), UHPPOTE_BAD_VALUE);
                assert_int_equal(status.error, 0x5a);
        }
}

static void modes_and_doors_that_do_not_exist_are_refused(void **state)
{
        static const char *const BAD[] = { "000305", "050305", "010005", "010405" };
        uint8_t message[UHPPOTE_MESSAGE_SIZE];
        UhppoteDoorControl control;
        bool done = true;

        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
                MESSAGE(message, { 0, "178200002d553919" }, { 8, BAD[i] });
                assert_int_equal(uhppote_read_door_control(message, &control), UHPPOTE_BAD_VALUE);
        }
        MESSAGE(message, { 0, "174000002d55391902" });
        assert_int_equal(uhppote_read_done(message, &done), UHPPOTE_BAD_VALUE);
        assert_true(done);
}

static void problems_have_words(void **state)
{
        for (int problem = UHPPOTE_OTHER_SIZE; problem <= UHPPOTE_BAD_VALUE; problem++)
                assert_string_not_equal(uhppote_problem_text(problem), uhppote_problem_text(0));
        assert_string_equal(uhppote_problem_text(99), uhppote_problem_text(-1));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(requests_are_written_as_controllers_read_them),
                cmocka_unit_test(values_of_other_functions_are_not_written),
                cmocka_unit_test(a_status_is_read),
                cmocka_unit_test(a_status_without_an_event_is_read),
                cmocka_unit_test(an_event_is_read),
                cmocka_unit_test(dates_that_do_not_exist_are_none),
                cmocka_unit_test(the_other_replies_are_read),
                cmocka_unit_test(other_messages_are_no_reply),
                cmocka_unit_test(notices_of_both_firmwares_are_known),
                cmocka_unit_test(values_that_do_not_exist_are_refused),
                cmocka_unit_test(modes_and_doors_that_do_not_exist_are_refused),
                cmocka_unit_test(problems_have_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
