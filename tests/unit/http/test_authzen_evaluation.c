/* SPDX-License-Identifier: MIT */
/* Tests of authzen_evaluation.c, authzen_ask.c, authzen_decision.c and authzen_problem.c. */
#include "fake_front.h"

#include <errno.h>

#include "http/authzen.h"

#define QUESTION(action, more)                                                                     \
        "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},\"action\":{\"name\":\"" action         \
        "\"},\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/D1\"}" more "}"
#define ALLOW 0xca
#define DENY  0x53
#define ERROR 0x2d

static uint32_t outcome;
static const char *reason;

static void add_command(MessageWriter *reply, const char *door)
{
        message_write_text(reply, FIELD_DECISION_ID,
                           TEXT_LITERAL("0123456789abcdef0123456789abcdef"));
        message_write_text(reply, FIELD_REVISION, TEXT_LITERAL("0011223344556677"));
        message_write_time(reply, FIELD_NOT_AFTER, 1780304410);
        message_write_text(reply, FIELD_DOOR, text_from(door));
        message_write_number(reply, FIELD_RELEASE_SECONDS, 5);
        message_write_text(reply, FIELD_GATEWAY, TEXT_LITERAL("caller:acme/gw-1"));
}

/* Says what the test wants, and unlocks where an unlock is asked for and allowed. */
static void decide(const Message *request)
{
        MessageWriter *reply = fake_answer(request, outcome, reason);
        if (request->type != MESSAGE_ASK && outcome == ALLOW)
                add_command(reply, "acme/HQ/D1");
        fake_send();
}

static const FakeAnswer *ask(const char *body, uint32_t wanted_outcome, const char *wanted_reason)
{
        outcome = wanted_outcome;
        reason = wanted_reason;
        return fake_serve(authzen_evaluation, body, decide);
}

static void a_question_gets_its_decision(void **state)
{
        const FakeAnswer *answer = ask(QUESTION("door.view", ""), ALLOW, "granted-by-role");
        assert_int_equal(answer->status, 200);
        assert_true(json_is_true(json_object_get(answer->document, "decision")));
        assert_string_equal(fake_text(answer, "context.reason"), "granted-by-role");
        assert_null(json_object_get(json_object_get(answer->document, "context"), "command"));
        assert_int_equal(answer->asked, 1);
        assert_int_equal(answer->types[0], MESSAGE_ASK);
        answer = ask(QUESTION("door.view", ""), DENY, "not-permitted");
        assert_int_equal(answer->status, 200);
        assert_true(json_is_false(json_object_get(answer->document, "decision")));
}

static void one_number_is_true_and_one_is_false(void **state)
{
        for (uint32_t number = 0; number < 512; number++) {
                const FakeAnswer *answer = ask(QUESTION("door.view", ""), number, "odd");
                const json_t *decision = json_object_get(answer->document, "decision");
                assert_int_equal(answer->status, number == ALLOW || number == DENY ? 200 : 500);
                assert_int_equal(json_is_true(decision), number == ALLOW);
                assert_int_equal(json_is_false(decision), number == DENY);
        }
}

static void an_unlock_is_one_unless_only_asked(void **state)
{
        const FakeAnswer *answer = ask(QUESTION(FAKE_UNLOCK, ""), ALLOW, "granted-by-role");
        assert_int_equal(answer->types[0], MESSAGE_UNLOCK);
        assert_string_equal(fake_text(answer, "context.command.id"),
                            "0123456789abcdef0123456789abcdef");
        assert_string_equal(fake_text(answer, "context.command.door"), "acme/HQ/D1");
        assert_string_equal(fake_text(answer, "context.command.not_after"), "2026-06-01T09:00:10Z");
        assert_string_equal(fake_text(answer, "context.command.gateway"), "caller:acme/gw-1");
        answer = ask(QUESTION(FAKE_ENTER, ""), ALLOW, "door-access");
        assert_int_equal(answer->types[0], MESSAGE_ENTER);
        assert_int_equal(answer->asked, 1);
        answer = ask(QUESTION(FAKE_UNLOCK, ",\"context\":{\"ask_only\":true}"), ALLOW, "x");
        assert_int_equal(answer->types[0], MESSAGE_ASK);
        assert_int_equal(answer->asked, 1);
        answer = ask(QUESTION(FAKE_UNLOCK, ",\"context\":{\"ask_only\":false}"), ALLOW, "x");
        assert_int_equal(answer->types[0], MESSAGE_UNLOCK);
}

#define RESOURCE_WITH(properties)                                                                  \
        "\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/D1\",\"properties\":{" properties "}}"
#define STATED(action, properties, context)                                                        \
        "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},\"action\":{\"name\":\"" action         \
        "\"}," RESOURCE_WITH(properties) ",\"context\":{" context "}}"

/* What an unlock would not consider must not seem considered. */
static void an_unlock_states_nothing_that_it_does_not_consider(void **state)
{
        static const struct {
                const char *body;
                int type; /* that it is sent as; 0: it is refused */
        } CASES[] = {
                { STATED(FAKE_UNLOCK, "", "\"with\":[\"user:acme/bob\"]"), 0 },
                { STATED(FAKE_UNLOCK, "\"private\":true", ""), 0 },
                { STATED(FAKE_UNLOCK, "\"code\":true", ""), 0 },
                { STATED(FAKE_UNLOCK, "\"code\":true", "\"ask_only\":true"), MESSAGE_ASK },
                { STATED(FAKE_UNLOCK, "", ""), MESSAGE_UNLOCK },
                { STATED(FAKE_ENTER, "\"code\":true", ""), MESSAGE_ENTER },
                { STATED(FAKE_ENTER, "\"code\":false", "\"with\":[\"user:acme/bob\"]"), 0 },
                { STATED(FAKE_ENTER, "\"active\":true", ""), 0 },
                { STATED(FAKE_ENTER, "\"code\":true,\"private\":true", ""), 0 },
                { STATED("door.view", "\"private\":true", "\"with\":[\"user:acme/bob\"]"),
                  MESSAGE_ASK },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                const FakeAnswer *answer = ask(CASES[i].body, ALLOW, "granted-by-role");
                assert_int_equal(answer->status, CASES[i].type ? 200 : 400);
                assert_int_equal(answer->asked, CASES[i].type != 0);
                if (CASES[i].type)
                        assert_int_equal(answer->types[0], CASES[i].type);
        }
}

static void refuse_unlocks(const Message *request)
{
        if (request->type == MESSAGE_ASK)
                decide(request);
        else
                fake_refuse(request, "not-allowed");
}

static void who_may_not_unlock_gets_a_plain_answer(void **state)
{
        outcome = ALLOW;
        reason = "granted-by-role";
        const FakeAnswer *answer =
                fake_serve(authzen_evaluation, QUESTION(FAKE_UNLOCK, ""), refuse_unlocks);
        assert_int_equal(answer->status, 200);
        assert_int_equal(answer->asked, 2);
        assert_int_equal(answer->types[0], MESSAGE_UNLOCK);
        assert_int_equal(answer->types[1], MESSAGE_ASK);
        assert_null(json_object_get(json_object_get(answer->document, "context"), "command"));
}

static const char *refusal;

static void refuse(const Message *request)
{
        fake_refuse(request, refusal);
}

static void refusals_have_their_status_and_are_not_tried_again(void **state)
{
        static const struct {
                const char *reason;
                unsigned status;
        } CASES[] = {
                { "not-allowed", 403 },  { "unknown-caller", 401 }, { "rate-limited", 429 },
                { "busy", 503 },         { "no-policy", 503 },      { "gateway-away", 503 },
                { "page-changed", 400 }, { "something-new", 500 },  { "", 500 },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                refusal = CASES[i].reason;
                const FakeAnswer *answer =
                        fake_serve(authzen_evaluation, QUESTION("door.view", ""), refuse);
                assert_int_equal(answer->status, CASES[i].status);
                assert_string_equal(answer->message, "A sentence.");
                assert_int_equal(answer->asked, 1);
                if (i == 0)
                        continue; /* it might be no unlocker */
                answer = fake_serve(authzen_evaluation, QUESTION(FAKE_UNLOCK, ""), refuse);
                assert_int_equal(answer->status, CASES[i].status);
                assert_int_equal(answer->asked, 1);
        }
        assert_int_equal(ask(QUESTION(FAKE_UNLOCK, ""), DENY, "not-allowed")->asked, 1);
}

static void errors_of_the_question_are_no_decisions(void **state)
{
        static const char *const REASONS[] = { "unknown-permission", "unknown-resource",
                                               "malformed-query" };
        for (size_t i = 0; i < sizeof(REASONS) / sizeof(*REASONS); i++) {
                const FakeAnswer *answer = ask(QUESTION("door.look", ""), ERROR, REASONS[i]);
                assert_int_equal(answer->status, 400);
                assert_string_equal(answer->reason, REASONS[i]);
                assert_null(answer->document);
        }
}

/* ---- Answers that are none ---- */

static int wrong;

static void answer_wrongly(const Message *request)
{
        Text action = request->type == MESSAGE_UNLOCK ? text_from(FAKE_UNLOCK)
                                                      : TEXT_LITERAL("door.view");
        MessageWriter *reply = fake_begin(request, MESSAGE_ANSWER, 0);
        message_write_text(reply, FIELD_USER, text_from(wrong == 0 ? "bob" : "alice"));
        message_write_text(reply, FIELD_ACTION, wrong == 1 ? TEXT_LITERAL("door.edit") : action);
        message_write_text(reply, FIELD_RESOURCE,
                           text_from(wrong == 2 ? "door:acme/HQ/D2" : "door:acme/HQ/D1"));
        message_write_number(reply, FIELD_OUTCOME, wrong == 5 ? DENY : ALLOW);
        message_write_text(reply, FIELD_REASON, TEXT_LITERAL("granted-by-role"));
        if (wrong == 8) { /* a command without its id */
                message_write_text(reply, FIELD_DOOR, TEXT_LITERAL("acme/HQ/D1"));
                message_write_number(reply, FIELD_RELEASE_SECONDS, 5);
        }
        if (wrong >= 3 && wrong <= 5)
                add_command(reply, wrong == 3 ? "acme/HQ/D2" : "acme/HQ/D1");
        fake_send();
}

static void answers_that_do_not_fit_the_question_are_none(void **state)
{
        static const struct {
                int wrong;
                const char *body;
        } CASES[] = {
                { 0, QUESTION("door.view", "") }, { 1, QUESTION("door.view", "") },
                { 2, QUESTION("door.view", "") }, { 3, QUESTION(FAKE_UNLOCK, "") }, /* its door */
                { 4, QUESTION("door.view", "") },                                   /* a command */
                { 5, QUESTION(FAKE_UNLOCK, "") },                                   /* denied */
                { 6, QUESTION(FAKE_UNLOCK, "") },                                   /* none */
                { 8, QUESTION(FAKE_UNLOCK, "") },                                   /* no id */
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                wrong = CASES[i].wrong;
                const FakeAnswer *answer =
                        fake_serve(authzen_evaluation, CASES[i].body, answer_wrongly);
                assert_int_equal(answer->status, 503);
                assert_null(answer->document);
        }
        wrong = 7; /* right */
        assert_int_equal(
                fake_serve(authzen_evaluation, QUESTION("door.view", ""), answer_wrongly)->status,
                200);
}

static void break_off(const Message *request)
{
        fake_problem(LINK_LATE);
}

static void end_at_once(const Message *request)
{
        MessageWriter *reply = fake_begin(request, MESSAGE_END, 0);
        message_write_number(reply, FIELD_STATUS, 0);
        fake_send();
}

static void without_an_answer_there_is_no_decision(void **state)
{
        const char *body = QUESTION(FAKE_UNLOCK, "");
        assert_int_equal(fake_serve(authzen_evaluation, body, break_off)->status, 503);
        assert_int_equal(fake_serve(authzen_evaluation, body, break_off)->asked, 1);
        assert_int_equal(fake_serve(authzen_evaluation, body, end_at_once)->status, 503);
        fake_link_fails(-ENOBUFS);
        assert_int_equal(fake_serve(authzen_evaluation, body, NULL)->status, 503);
        fake_link_fails(-ENOMEM);
        assert_int_equal(fake_serve(authzen_evaluation, body, NULL)->status, 500);
        fake_link_fails(0);
}

static void a_client_that_goes_away_gives_up_its_question(void **state)
{
        const FakeAnswer *answer = fake_serve_and_go(authzen_evaluation, QUESTION("door.view", ""));
        assert_int_equal(answer->status, 0);
        assert_int_equal(answer->cancelled, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_question_gets_its_decision),
                cmocka_unit_test(one_number_is_true_and_one_is_false),
                cmocka_unit_test(an_unlock_is_one_unless_only_asked),
                cmocka_unit_test(an_unlock_states_nothing_that_it_does_not_consider),
                cmocka_unit_test(who_may_not_unlock_gets_a_plain_answer),
                cmocka_unit_test(refusals_have_their_status_and_are_not_tried_again),
                cmocka_unit_test(errors_of_the_question_are_no_decisions),
                cmocka_unit_test(answers_that_do_not_fit_the_question_are_none),
                cmocka_unit_test(without_an_answer_there_is_no_decision),
                cmocka_unit_test(a_client_that_goes_away_gives_up_its_question),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
