/* SPDX-License-Identifier: MIT */
/* Tests of doorward/gateway.h: cards, unlock commands that are used up, and reports. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "wire/gateway_event.h"

enum { TIMEOUT_MS = 300 };

#define DOOR  "door:acme/HQ/D1"
#define STORE "ffeeddccbbaa99887766554433221100"

static FakeServer server;
static doorward *door;
static doorward_answer *answer;
static Message request;

static int set_up(void **state)
{
        fake_server_prepare(&server);
        if (doorward_new(&door, server.socket) < 0)
                return -1;
        return doorward_set_timeout(door, TIMEOUT_MS);
}

static int tear_down(void **state)
{
        answer = doorward_answer_free(answer);
        door = doorward_free(door);
        fake_server_clean(&server);
        return 0;
}

static void start(FakeBehaviour behaviour)
{
        answer = doorward_answer_free(answer);
        fake_server_start(&server, &behaviour);
}

/* What the server was asked last in this test. */
static const Message *asked(void)
{
        static uint8_t buffer[MESSAGE_SIZE_MAX];
        size_t count = fake_server_request_count(&server);
        assert_true(count > 0 && fake_server_request(&server, count - 1, buffer, &request));
        return &request;
}

static void assert_field(FieldTag tag, const char *expected)
{
        Text text;
        assert_int_equal(message_text(&request, tag, &text), expected != NULL);
        if (expected)
                assert_true(text_is(text, expected));
}

/* The caller's own loop. */
static int loop(void)
{
        int r;
        while ((r = doorward_process(door, &answer)) == 0 && !answer) {
                struct pollfd file = { .fd = doorward_get_fd(door),
                                       .events = doorward_get_events(door) };
                assert_true(poll(&file, 1, doorward_get_timeout(door)) >= 0);
        }
        return r;
}

static void a_card_is_asked_about_by_its_number(void **state)
{
        static const char *const CODES[] = { NULL, "code=true", "code=false" };
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW, .door = true, .gateway = true });
        for (int code = DOORWARD_CODE_NONE; code <= DOORWARD_CODE_WRONG; code++) {
                assert_int_equal(doorward_enter_card(door, "8165538", DOOR,
                                                     (enum doorward_code)code, &answer),
                                 0);
                assert_int_equal(asked()->type, MESSAGE_ENTER);
                assert_field(FIELD_CARD, "8165538");
                assert_field(FIELD_USER, NULL);
                assert_field(FIELD_RESOURCE, DOOR);
                assert_field(FIELD_PROPERTY, CODES[code]);
                assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
                assert_string_equal(doorward_answer_subject(answer), "alice");
                assert_string_equal(doorward_answer_gateway(answer), "caller:acme/gw-1");
                answer = doorward_answer_free(answer);
        }
        assert_int_equal(doorward_enter_card_begin(door, "1", DOOR, DOORWARD_CODE_NONE), 0);
        assert_int_equal(loop(), 0);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
}

static void an_allow_without_its_door_is_none(void **state)
{
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        assert_int_equal(doorward_enter_card(door, "1", DOOR, DOORWARD_CODE_NONE, &answer),
                         -DOORWARD_ERROR_PROTOCOL);
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW, .door = true, .lie = FAKE_LIE_DOOR });
        assert_int_equal(doorward_enter_card(door, "1", DOOR, DOORWARD_CODE_NONE, &answer),
                         -DOORWARD_ERROR_PROTOCOL);
        start((FakeBehaviour){ .outcome = DOORWARD_DENY });
        assert_int_equal(doorward_enter_card(door, "1", DOOR, DOORWARD_CODE_NONE, &answer), 0);
}

static void wrong_cards_are_not_sent(void **state)
{
        static const char *const CARDS[] = { NULL, "", "0815", "eight", "18446744073709551616" };
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW, .door = true });
        for (size_t i = 0; i < sizeof(CARDS) / sizeof(CARDS[0]); i++)
                assert_int_equal(
                        doorward_enter_card(door, CARDS[i], DOOR, DOORWARD_CODE_NONE, &answer),
                        -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_enter_card(door, "1", NULL, DOORWARD_CODE_NONE, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_enter_card(door, "1", DOOR, (enum doorward_code)3, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_enter_card(door, "1", DOOR, DOORWARD_CODE_NONE, NULL),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_enter_card(NULL, "1", DOOR, DOORWARD_CODE_NONE, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(fake_server_request_count(&server), 0);
}

static void a_command_is_used_up_under_its_id(void **state)
{
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW, .decision_id = FAKE_ID, .door = true });
        assert_int_equal(doorward_consume(door, FAKE_ID, DOOR, &answer), 0);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
        assert_int_equal(doorward_answer_not_after(answer), 1234567890);
        assert_int_equal(asked()->type, MESSAGE_CONSUME);
        assert_field(FIELD_DECISION_ID, FAKE_ID);
        assert_field(FIELD_RESOURCE, DOOR);
        start((FakeBehaviour){ .outcome = DOORWARD_DENY, .reason = "command-consumed" });
        assert_int_equal(doorward_consume_begin(door, FAKE_ID, DOOR), 0);
        assert_int_equal(loop(), 0);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_DENY);
        assert_string_equal(doorward_answer_reason(answer), "command-consumed");
}

static void an_allow_of_another_command_is_none(void **state)
{
        static const FakeBehaviour OTHERS[] = {
                { .outcome = DOORWARD_ALLOW, .decision_id = STORE, .door = true },
                { .outcome = DOORWARD_ALLOW, .door = true },
                { .outcome = DOORWARD_ALLOW, .decision_id = FAKE_ID },
                { .outcome = DOORWARD_ALLOW,
                  .decision_id = FAKE_ID,
                  .door = true,
                  .lie = FAKE_LIE_DOOR },
                { .outcome = DOORWARD_ALLOW,
                  .decision_id = FAKE_ID,
                  .door = true,
                  .lie = FAKE_LIE_RESOURCE },
                { .outcome = DOORWARD_ALLOW,
                  .decision_id = FAKE_ID,
                  .door = true,
                  .lie = FAKE_LIE_REQUEST_ID },
                { .kind = FAKE_RECORD },
        };
        for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
                start(OTHERS[i]);
                assert_int_equal(doorward_consume(door, FAKE_ID, DOOR, &answer),
                                 -DOORWARD_ERROR_PROTOCOL);
                assert_null(answer);
        }
}

static void nothing_but_an_id_is_used_up(void **state)
{
        static const char *const IDS[] = { NULL, "", "1", STORE "0", STORE "\n" };
        for (size_t i = 0; i < sizeof(IDS) / sizeof(IDS[0]); i++)
                assert_int_equal(doorward_consume(door, IDS[i], DOOR, &answer),
                                 -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_consume(door, FAKE_ID, "", &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_consume(door, FAKE_ID, NULL, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_consume(door, FAKE_ID, DOOR, NULL), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_consume(NULL, FAKE_ID, DOOR, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_consume(door, FAKE_ID, DOOR, &answer),
                         -DOORWARD_ERROR_UNREACHABLE);
}

static const FakeList recorded = { .status = 0 };

/* The pairs that were sent, a line each. */
static void assert_pairs(const char *expected)
{
        char pairs[2048] = "";
        Text name, value;
        for (size_t i = 0; message_text_at(&request, FIELD_NAME, i, &name); i++) {
                size_t used = strlen(pairs);
                assert_true(message_text_at(&request, FIELD_VALUE, i, &value));
                (void)snprintf(pairs + used, sizeof(pairs) - used, "%.*s=%.*s\n", (int)name.size,
                               name.data, (int)value.size, value.data);
        }
        assert_string_equal(pairs, expected);
}

static void a_report_says_what_happened_in_order(void **state)
{
        const struct doorward_event events[] = {
                { .event = "commanded",
                  .sequence = 7,
                  .time_s = 1700000000,
                  .door = "acme/HQ/D1",
                  .command = FAKE_ID },
                { .event = "access-taken",
                  .sequence = 8,
                  .door = "acme/HQ/D1",
                  .card = "8165538",
                  .user = "alice",
                  .detail = "reader 2" },
                { .event = "controller-lost", .sequence = 9 },
        };
        start((FakeBehaviour){ .kind = FAKE_LISTS, .lists = &recorded, .list_count = 1 });
        assert_int_equal(doorward_report(door, STORE, events, 3, &answer), 0);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_CANNOT_DECIDE);
        assert_string_equal(doorward_answer_reason(answer), "recorded");
        assert_int_equal(asked()->type, MESSAGE_OBSERVE);
        assert_pairs("store=" STORE "\n"
                     "event=commanded\nsequence=7\ntime=1700000000\ndoor=acme/HQ/D1\n"
                     "command=" FAKE_ID "\n"
                     "event=access-taken\nsequence=8\ndoor=acme/HQ/D1\ncard=8165538\nuser=alice\n"
                     "detail=reader 2\n"
                     "event=controller-lost\nsequence=9\n");
}

static void every_word_of_a_report_has_its_form(void **state)
{
        static const char line[] = "two\nlines";
        static const struct doorward_event WRONG[] = {
                { .event = NULL, .sequence = 1 },
                { .event = "", .sequence = 1 },
                { .event = "opened", .sequence = 1 },
                { .event = "commanded", .sequence = 0 },
                { .event = "commanded", .sequence = UINT64_MAX },
                { .event = "commanded", .sequence = 1, .time_s = -1 },
                { .event = "commanded", .sequence = 1, .door = "" },
                { .event = "commanded", .sequence = 1, .door = line },
                { .event = "commanded", .sequence = 1, .command = "1" },
                { .event = "commanded", .sequence = 1, .card = "01" },
                { .event = "commanded", .sequence = 1, .user = line },
                { .event = "commanded", .sequence = 1, .detail = line },
        };
        struct doorward_event good[DOORWARD_EVENTS_MAX + 1];
        start((FakeBehaviour){ .kind = FAKE_LISTS, .lists = &recorded, .list_count = 1 });
        for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
                assert_int_equal(doorward_report(door, STORE, &WRONG[i], 1, &answer),
                                 -DOORWARD_ERROR_ARGUMENT);
        for (size_t i = 0; i <= DOORWARD_EVENTS_MAX; i++)
                good[i] = (struct doorward_event){ .event = "door-opened",
                                                   .sequence = i + 1,
                                                   .door = "acme/HQ/D1" };
        assert_int_equal(doorward_report(door, STORE, good, DOORWARD_EVENTS_MAX + 1, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_report(door, STORE, good, 0, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_report(door, STORE, NULL, 1, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_report(door, "1", good, 1, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_report(door, NULL, good, 1, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_report(door, STORE, good, 1, NULL), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_report(NULL, STORE, good, 1, &answer), -DOORWARD_ERROR_ARGUMENT);
        good[2].sequence = 4;
        assert_int_equal(doorward_report(door, STORE, good, 3, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(fake_server_request_count(&server), 0);
        good[2].sequence = 3;
        assert_int_equal(doorward_report(door, STORE, good, DOORWARD_EVENTS_MAX, &answer), 0);
}

static void every_event_can_be_reported(void **state)
{
        FakeList lists[GATEWAY_EVENT_KIND_COUNT];
        for (size_t i = 0; i < GATEWAY_EVENT_KIND_COUNT; i++)
                lists[i] = recorded;
        start((FakeBehaviour){
                .kind = FAKE_LISTS, .lists = lists, .list_count = GATEWAY_EVENT_KIND_COUNT });
        for (int kind = 0; kind < GATEWAY_EVENT_KIND_COUNT; kind++) {
                const struct doorward_event event = {
                        .event = gateway_event_word((GatewayEventKind)kind), .sequence = 1
                };
                assert_int_equal(doorward_report(door, STORE, &event, 1, &answer), 0);
                answer = doorward_answer_free(answer);
        }
}

static void what_was_not_recorded_is_no_success(void **state)
{
        const struct {
                FakeBehaviour behaviour;
                int error;
                const char *reason; /* NULL: no answer */
        } CASES[] = {
                { { .kind = FAKE_REFUSAL, .reason = "malformed-query" },
                  -DOORWARD_ERROR_REFUSED,
                  "malformed-query" },
                { { .kind = FAKE_LISTS,
                    .lists = &(const FakeList){ .status = 3, .message = "The disk is full." },
                    .list_count = 1 },
                  -DOORWARD_ERROR_REFUSED,
                  "not-recorded" },
                { { .kind = FAKE_LISTS,
                    .lists = &(const FakeList){ .end = FAKE_END_COUNT },
                    .list_count = 1 },
                  -DOORWARD_ERROR_PROTOCOL,
                  NULL },
                { { .kind = FAKE_LISTS,
                    .lists = &(const FakeList){ .records = { "a=b" } },
                    .list_count = 1 },
                  -DOORWARD_ERROR_PROTOCOL,
                  NULL },
                { { .kind = FAKE_LISTS,
                    .lists = &(const FakeList){ .end = FAKE_END_ANSWER },
                    .list_count = 1 },
                  -DOORWARD_ERROR_PROTOCOL,
                  NULL },
                { { .kind = FAKE_READ_CLOSE }, -DOORWARD_ERROR_UNREACHABLE, NULL },
                { { .kind = FAKE_GARBAGE }, -DOORWARD_ERROR_PROTOCOL, NULL },
                { { .kind = FAKE_SILENT }, -DOORWARD_ERROR_TIMEOUT, NULL },
        };
        const struct doorward_event event = { .event = "door-opened", .sequence = 1 };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                start(CASES[i].behaviour);
                assert_int_equal(doorward_report_begin(door, STORE, &event, 1), 0);
                assert_int_equal(loop(), CASES[i].error);
                assert_int_equal(answer != NULL, CASES[i].reason != NULL);
                if (answer)
                        assert_string_equal(doorward_answer_reason(answer), CASES[i].reason);
                assert_int_equal(doorward_answer_outcome(answer), DOORWARD_CANNOT_DECIDE);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_card_is_asked_about_by_its_number),
                TEST(an_allow_without_its_door_is_none),
                TEST(wrong_cards_are_not_sent),
                TEST(a_command_is_used_up_under_its_id),
                TEST(an_allow_of_another_command_is_none),
                TEST(nothing_but_an_id_is_used_up),
                TEST(a_report_says_what_happened_in_order),
                TEST(every_word_of_a_report_has_its_form),
                TEST(every_event_can_be_reported),
                TEST(what_was_not_recorded_is_no_success),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
