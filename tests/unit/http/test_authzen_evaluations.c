/* SPDX-License-Identifier: MIT */
/* Tests of authzen_evaluations.c. */
#include "fake_front.h"

#include "http/authzen.h"

#define HEAD                                                                                       \
        "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},\"action\":{\"name\":\"" FAKE_UNLOCK    \
        "\"},"
#define ITEM(id)     "{\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/" id "\"}}"
#define OPTIONS(how) "\"options\":{\"evaluations_semantic\":\"" how "\"},"
#define DOOR         "\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/A\"}"
#define ALLOW        0xca
#define DENY         0x53
#define ERROR        0x2d

/* By the door's first letter: Allowed, Denied, Erroneous, Refused, Unavailable, Broken off. */
static void decide(const Message *request)
{
        Text door;
        assert_true(message_text(request, FIELD_RESOURCE, &door));
        switch (door.data[sizeof("door:acme/HQ/") - 1]) {
        case 'A':
                (void)fake_answer(request, ALLOW, "granted-by-role");
                break;
        case 'D':
                (void)fake_answer(request, DENY, "not-permitted");
                break;
        case 'E':
                (void)fake_answer(request, ERROR, "unknown-resource");
                break;
        case 'R':
                fake_refuse(request, "not-allowed");
                return;
        case 'U':
                fake_refuse(request, "busy");
                return;
        default:
                fake_problem(LINK_UNREACHABLE);
                return;
        }
        fake_send();
}

/* Expects decisions, a letter each: t, f, or e for false with an error. */
static void expect(const char *body, const char *decisions)
{
        const FakeAnswer *answer = fake_serve(authzen_evaluations, body, decide);
        const json_t *list = json_object_get(answer->document, "evaluations");
        assert_int_equal(answer->status, 200);
        assert_int_equal(json_array_size(list), strlen(decisions));
        assert_int_equal(answer->asked, strlen(decisions));
        assert_null(json_object_get(answer->document, "decision"));
        for (size_t i = 0; i < strlen(decisions); i++) {
                const json_t *item = json_array_get(list, i);
                const json_t *context = json_object_get(item, "context");
                assert_true(json_is_boolean(json_object_get(item, "decision")));
                assert_int_equal(json_is_true(json_object_get(item, "decision")),
                                 decisions[i] == 't');
                assert_int_equal(json_object_get(context, "error") != NULL, decisions[i] == 'e');
                assert_int_equal(answer->types[i], MESSAGE_ASK); /* never a command */
        }
}

static void all_are_answered_in_order(void **state)
{
        expect(HEAD "\"evaluations\":[" ITEM("A") "," ITEM("D") "," ITEM("A") "]}", "tft");
        expect(HEAD OPTIONS("execute_all") "\"evaluations\":[" ITEM("D") "," ITEM("E") "," ITEM(
                       "R") "," ITEM("A") "]}",
               "feet");
}

static void the_first_denial_or_failure_ends_where_that_is_wanted(void **state)
{
        const char *how[] = { ITEM("D"), ITEM("E"), ITEM("R") };
        const char *expected[] = { "tf", "te", "te" };
        char body[1024];
        for (size_t i = 0; i < 3; i++) {
                (void)snprintf(body, sizeof(body),
                               HEAD OPTIONS("deny_on_first_deny") "\"evaluations\":[%s,%s,%s]}",
                               ITEM("A"), how[i], ITEM("A"));
                expect(body, expected[i]);
        }
        expect(HEAD OPTIONS("deny_on_first_deny") "\"evaluations\":[" ITEM("A") "," ITEM("A") "]}",
               "tt");
}

static void the_first_permit_ends_where_that_is_wanted(void **state)
{
        expect(HEAD OPTIONS("permit_on_first_permit") "\"evaluations\":[" ITEM("D") "," ITEM(
                       "E") "," ITEM("A") "," ITEM("D") "]}",
               "fet");
        expect(HEAD OPTIONS("permit_on_first_permit") "\"evaluations\":[" ITEM("D") "]}", "f");
}

static void an_item_overrides_what_stands_above_it(void **state)
{
        expect("{\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/D\"},\"evaluations\":["
               "{\"subject\":{\"type\":\"user\",\"id\":\"bob\"},\"action\":{\"name\":\"x\"}},"
               "{\"subject\":{\"type\":\"user\",\"id\":\"bob\"},\"action\":{\"name\":\"x\"},"
               "\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/A\"}}]}",
               "ft");
}

static void what_is_wrong_with_all_ends_all(void **state)
{
        const char *bodies[] = { HEAD "\"evaluations\":[" ITEM("A") "," ITEM("U") "]}",
                                 HEAD "\"evaluations\":[" ITEM("A") "," ITEM("B") "]}" };
        for (size_t i = 0; i < 2; i++) {
                const FakeAnswer *answer = fake_serve(authzen_evaluations, bodies[i], decide);
                assert_int_equal(answer->status, 503);
                assert_null(answer->document);
        }
}

static void a_batch_that_is_not_understood_asks_nothing(void **state)
{
        static const char *const BODIES[] = {
                HEAD "\"evaluations\":[" ITEM("A") ",{}]}",
                HEAD "\"evaluations\":[" ITEM("A") ",1]}",
                HEAD "\"evaluations\":[" ITEM("A") ",{\"resource\":null}]}",
                HEAD "\"evaluations\":\""
                     "\"}",
                HEAD DOOR ",\"evaluations\":{}}",
                HEAD DOOR ",\"evaluations\":null}",
                HEAD DOOR ",\"evaluations\":false}",
                HEAD OPTIONS("first") "\"evaluations\":[" ITEM("A") "]}",
                HEAD "\"options\":{\"evaluations_semantic\":null},\"evaluations\":[" ITEM("A") "]}",
                HEAD "\"options\":[],\"evaluations\":[" ITEM("A") "]}",
                HEAD "\"evaluations\":[" ITEM("A") "," ITEM("A") "," ITEM("A") "," ITEM(
                        "A") "," ITEM("A") "]}", /* one more than are allowed */
                "{\"evaluations\":[" ITEM("A") "]}",
                HEAD "\"context\":{\"time\":1},\"evaluations\":[" ITEM("A") "]}",
        };
        for (size_t i = 0; i < sizeof(BODIES) / sizeof(*BODIES); i++) {
                const FakeAnswer *answer = fake_serve(authzen_evaluations, BODIES[i], NULL);
                assert_int_equal(answer->status, 400);
                assert_int_equal(answer->asked, 0);
        }
}

static void without_a_list_it_is_one_question_and_no_command(void **state)
{
        const char *bodies[] = { HEAD DOOR "}", HEAD DOOR ",\"evaluations\":[]}" };
        for (size_t i = 0; i < 2; i++) {
                const FakeAnswer *answer = fake_serve(authzen_evaluations, bodies[i], decide);
                assert_int_equal(answer->status, 200);
                assert_true(json_is_true(json_object_get(answer->document, "decision")));
                assert_null(json_object_get(answer->document, "evaluations"));
                assert_int_equal(answer->types[0], MESSAGE_ASK);
        }
}

static void a_client_that_goes_away_gives_up_its_batch(void **state)
{
        const FakeAnswer *answer = fake_serve_and_go(
                authzen_evaluations, HEAD "\"evaluations\":[" ITEM("A") "," ITEM("A") "]}");
        assert_int_equal(answer->cancelled, 1);
        assert_int_equal(answer->status, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_are_answered_in_order),
                cmocka_unit_test(the_first_denial_or_failure_ends_where_that_is_wanted),
                cmocka_unit_test(the_first_permit_ends_where_that_is_wanted),
                cmocka_unit_test(an_item_overrides_what_stands_above_it),
                cmocka_unit_test(what_is_wrong_with_all_ends_all),
                cmocka_unit_test(a_batch_that_is_not_understood_asks_nothing),
                cmocka_unit_test(without_a_list_it_is_one_question_and_no_command),
                cmocka_unit_test(a_client_that_goes_away_gives_up_its_batch),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
