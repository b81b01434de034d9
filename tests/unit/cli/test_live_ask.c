/* SPDX-License-Identifier: MIT */
/* Tests of cli/live_ask.h: how each kind of question is sent, and what is printed of the answer. */
#include "against_server.h"

#include "policy/vocabulary.h"

static const Message *request(size_t n)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        static Message message;
        assert_true(fake_server_request(&server, n, frame, &message));
        assert_int_equal(message.type, MESSAGE_ASK);
        return &message;
}

/* Asks a question, which is allowed. */
static void asks(const char *const *words)
{
        prints(&command_check, words, EXIT_ALLOWED,
               "allow\tgranted-by-role\ta detail\ndecision " FAKE_ID "\n");
}

static void a_question_about_a_permission_has_its_objects_and_properties(void **state)
{
        answer_with(OUTCOME_ALLOW, NULL);
        asks(WORDS("ada", "access.roll-call-person.mark", "site:acme/HQ", "active=true",
                   "with=roll-call:acme/HQ/R1", "--live"));
        assert_text(request(0), FIELD_USER, 0, "ada");
        assert_text(request(0), FIELD_ACTION, 0, "access.roll-call-person.mark");
        assert_text(request(0), FIELD_RESOURCE, 0, "site:acme/HQ");
        assert_text(request(0), FIELD_WITH, 0, "roll-call:acme/HQ/R1");
        assert_text(request(0), FIELD_PROPERTY, 0, "active=true");
        assert_text(request(0), FIELD_ROLE, 0, NULL);
        assert_text(request(0), FIELD_CUSTOMIZE, 0, NULL);
}

static void a_question_about_a_change_has_its_verb_as_action(void **state)
{
        answer_with(OUTCOME_ALLOW, NULL);
        asks(WORDS("ada", "grant", "access-site-viewer@acme/HQ", "user:acme/bob", "--live"));
        assert_text(request(0), FIELD_USER, 0, "ada");
        assert_text(request(0), FIELD_ACTION, 0, "grant");
        assert_text(request(0), FIELD_RESOURCE, 0, "user:acme/bob");
        assert_text(request(0), FIELD_ROLE, 0, "access-site-viewer@acme/HQ");
        assert_text(request(0), FIELD_PROPERTY, 0, NULL);
        asks(WORDS("--live", "ada", "migrate", "user:acme/bob", "with=a", "with=b@acme/HQ"));
        assert_text(request(1), FIELD_ROLE, 0, "a");
        assert_text(request(1), FIELD_ROLE, 1, "b@acme/HQ");
        assert_text(request(1), FIELD_WITH, 0, NULL);
        assert_text(request(1), FIELD_PROPERTY, 0, NULL);
        asks(WORDS("ada", "remove-member", "user:acme/bob", "with=group:acme/desk", "--live"));
        assert_text(request(2), FIELD_ACTION, 0, "remove-member");
        assert_text(request(2), FIELD_WITH, 0, "group:acme/desk");
        assert_text(request(2), FIELD_ROLE, 0, NULL);
}

static void a_customization_keeps_its_sign(void **state)
{
        static const char *const CUSTOMIZATIONS[] = { "+a.b.c", "-a.b.c", "default" };
        answer_with(OUTCOME_ALLOW, NULL);
        for (size_t i = 0; i < sizeof(CUSTOMIZATIONS) / sizeof(CUSTOMIZATIONS[0]); i++) {
                asks(WORDS("ada", "customize", "viewer", CUSTOMIZATIONS[i], "organization:acme",
                           "--live"));
                assert_text(request(i), FIELD_ACTION, 0, "customize");
                assert_text(request(i), FIELD_ROLE, 0, "viewer");
                assert_text(request(i), FIELD_CUSTOMIZE, 0, CUSTOMIZATIONS[i]);
        }
}

static void an_explanation_is_whole_lines(void **state)
{
        const char *const *words =
                WORDS("ada", "customize", "viewer", "-a.b.c", "organization:acme", "--live");
        answer_with(OUTCOME_DENY, "not-permitted");
        prints(&command_explain, words, EXIT_DENIED,
               "deny\tnot-permitted\ta detail\none\ntwo\ndecision " FAKE_ID "\n");
        assert_true(message_flag(request(0), FIELD_EXPLAIN));
        assert_text(request(0), FIELD_CUSTOMIZE, 0, "-a.b.c");
}

static void an_answer_to_another_question_is_none(void **state)
{
        static const FakeLie LIES[] = { FAKE_LIE_USER, FAKE_LIE_ACTION, FAKE_LIE_RESOURCE };
        for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
                fake_server_start(&server,
                                  &(FakeBehaviour){ .outcome = OUTCOME_ALLOW, .lie = LIES[i] });
                complains(&command_check, WORDS("ada", "grant", "a", "user:acme/bob", "--live"),
                          EXIT_UNABLE, "doorward: the answer is not one to this question\n");
        }
}

static void words_that_are_no_question_are_answered_without_asking(void **state)
{
        answer_with(OUTCOME_ALLOW, NULL);
        prints(&command_check, WORDS("ada", "grant", "a@acme/HQ", "user:other/bob", "--live"),
               EXIT_UNABLE, "error\tmalformed-query\tthe site is of another organization\n");
        assert_int_equal(fake_server_request_count(&server), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_question_about_a_permission_has_its_objects_and_properties),
                TEST(a_question_about_a_change_has_its_verb_as_action),
                TEST(a_customization_keeps_its_sign),
                TEST(an_explanation_is_whole_lines),
                TEST(an_answer_to_another_question_is_none),
                TEST(words_that_are_no_question_are_answered_without_asking),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
