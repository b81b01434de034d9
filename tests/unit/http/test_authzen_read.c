/* SPDX-License-Identifier: MIT */
/* Tests of authzen_read.c: what a question is read as, and what none is. */
#include "fake_front.h"

#include "http/authzen_read.h"

#define SUBJECT  "\"subject\":{\"type\":\"user\",\"id\":\"alice\"}"
#define ACTION   "\"action\":{\"name\":\"door.view\"}"
#define RESOURCE "\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/D1\"}"

static AuthzenQuestion question;
static AuthzenProblem problem;
static json_t *document;

static int read_question(const char *body)
{
        json_decref(document);
        document = json_loads(body, 0, NULL);
        assert_non_null(document);
        AuthzenParts parts = authzen_parts(document, NULL);
        return authzen_read_question(&parts, "", &question, &problem);
}

static void a_question_is_put_into_doorward_s_words(void **state)
{
        assert_int_equal(read_question("{" SUBJECT "," ACTION "," RESOURCE "}"), 0);
        assert_string_equal(question.user, "alice");
        assert_true(text_is(question.action, "door.view"));
        assert_string_equal(question.resource, "door:acme/HQ/D1");
        assert_int_equal(question.with_count + question.property_count, 0);
        assert_false(question.ask_only);
        assert_int_equal(
                read_question("{\"subject\":{\"type\":\"caller\",\"id\":\"acme/gw-1\"}," ACTION
                              ",\"resource\":{\"type\":\"archive\",\"id\":\"acme/HQ/A\","
                              "\"properties\":{\"private\":true,\"active\":false,\"code\":true}},"
                              "\"context\":{\"with\":[\"user:acme/bob\",\"group:acme/x\"],"
                              "\"ask_only\":true}}"),
                0);
        assert_string_equal(question.user, "caller:acme/gw-1");
        assert_int_equal(question.with_count, 2);
        assert_true(text_is(question.with[1], "group:acme/x"));
        assert_int_equal(question.property_count, 3);
        assert_string_equal(question.properties[0], "private=true");
        assert_string_equal(question.properties[1], "active=false");
        assert_string_equal(question.properties[2], "code=true");
        assert_true(question.ask_only);
        assert_int_equal(read_question("{" SUBJECT "," ACTION "," RESOURCE
                                       ",\"context\":{\"with\":[\"a\",\"b\",\"c\",\"d\"]}}"),
                         0);
        assert_int_equal(question.with_count, 4);
        assert_false(question.ask_only);
}

static void members_that_the_standard_does_not_know_are_ignored(void **state)
{
        assert_int_equal(read_question("{\"new\":1,\"subject\":{\"type\":\"user\",\"id\":\"alice\","
                                       "\"new\":[],\"properties\":{}}," ACTION "," RESOURCE
                                       ",\"context\":{}}"),
                         0);
        assert_string_equal(question.user, "alice");
}

static void nothing_that_a_decision_could_depend_on_is_ignored(void **state)
{
        static const struct {
                const char *body, *message;
        } CASES[] = {
                { "{\"subject\":{\"type\":\"user\",\"id\":\"a\",\"properties\":{\"role\":1}}"
                  "," ACTION "," RESOURCE "}",
                  "subject.properties.role would not be considered." },
                { "{" SUBJECT ",\"action\":{\"name\":\"x\",\"properties\":{\"how\":1}}," RESOURCE
                  "}",
                  "action.properties.how would not be considered." },
                { "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"door\",\"id\":\"a\","
                  "\"properties\":{\"colour\":true}}}",
                  "resource.properties.colour would not be considered." },
                { "{" SUBJECT "," ACTION "," RESOURCE ",\"context\":{\"ti\\u0007me\":1}}",
                  "context.ti\\x07me would not be considered." },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                assert_int_equal(read_question(CASES[i].body), AUTHZEN_PROBLEM);
                assert_int_equal(problem.status, 400);
                assert_string_equal(problem.message, CASES[i].message);
        }
}

static void wrong_types_and_missing_members_are_refused(void **state)
{
        static const char *const BODIES[] = {
                "{}",
                "{" SUBJECT "," ACTION "}",
                "{" SUBJECT "," RESOURCE "}",
                "{" ACTION "," RESOURCE "}",
                "{\"subject\":null," ACTION "," RESOURCE "}",
                "{\"subject\":\"alice\"," ACTION "," RESOURCE "}",
                "{\"subject\":{\"type\":\"user\"}," ACTION "," RESOURCE "}",
                "{\"subject\":{\"id\":\"alice\"}," ACTION "," RESOURCE "}",
                "{\"subject\":{\"type\":\"user\",\"id\":\"\"}," ACTION "," RESOURCE "}",
                "{\"subject\":{\"type\":\"user\",\"id\":1}," ACTION "," RESOURCE "}",
                "{\"subject\":{\"type\":1,\"id\":\"alice\"}," ACTION "," RESOURCE "}",
                "{\"subject\":{\"type\":\"User\",\"id\":\"alice\"}," ACTION "," RESOURCE "}",
                "{\"subject\":{\"type\":\"user\",\"id\":\"caller:acme/gw\"}," ACTION "," RESOURCE
                "}",
                "{\"subject\":{\"type\":\"user\",\"id\":\"a\",\"properties\":1}," ACTION
                "," RESOURCE "}",
                "{" SUBJECT ",\"action\":\"x\"," RESOURCE "}",
                "{" SUBJECT ",\"action\":{}," RESOURCE "}",
                "{" SUBJECT ",\"action\":{\"name\":[]}," RESOURCE "}",
                "{" SUBJECT ",\"action\":{\"name\":\"\"}," RESOURCE "}",
                "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"door\"}}",
                "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"do:or\",\"id\":\"a\"}}",
                "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"door\",\"id\":{}}}",
                "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"door\",\"id\":\"a\","
                "\"properties\":{\"private\":\"true\"}}}",
                "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"door\",\"id\":\"a\","
                "\"properties\":{\"private\":null}}}",
                "{" SUBJECT "," ACTION "," RESOURCE ",\"context\":[]}",
                "{" SUBJECT "," ACTION "," RESOURCE ",\"context\":null}",
                "{" SUBJECT "," ACTION "," RESOURCE ",\"context\":{\"ask_only\":1}}",
                "{" SUBJECT "," ACTION "," RESOURCE ",\"context\":{\"ask_only\":null}}",
                "{" SUBJECT "," ACTION "," RESOURCE ",\"context\":{\"with\":\"user:a/b\"}}",
                "{" SUBJECT "," ACTION "," RESOURCE ",\"context\":{\"with\":[1]}}",
                "{" SUBJECT "," ACTION "," RESOURCE
                ",\"context\":{\"with\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}}",
        };
        for (size_t i = 0; i < sizeof(BODIES) / sizeof(*BODIES); i++) {
                assert_int_equal(read_question(BODIES[i]), AUTHZEN_PROBLEM);
                assert_int_equal(problem.status, 400);
                assert_string_equal(problem.reason, "malformed-request");
        }
}

/* A body with an id of so many bytes in one place. */
static int read_long(const char *format, size_t size)
{
        static char body[8192], id[6000];
        memset(id, 'a', size);
        id[size] = '\0';
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(body, sizeof(body), format, id);
#pragma GCC diagnostic pop
        return read_question(body);
}

static void names_that_are_too_long_are_refused(void **state)
{
        static const struct {
                const char *format;
                size_t max;
        } CASES[] = {
                { "{\"subject\":{\"type\":\"user\",\"id\":\"%s\"}," ACTION "," RESOURCE "}",
                  AUTHZEN_USER_SIZE - 1 },
                { "{\"subject\":{\"type\":\"caller\",\"id\":\"%s\"}," ACTION "," RESOURCE "}",
                  AUTHZEN_USER_SIZE - sizeof("caller:") },
                { "{" SUBJECT ",\"action\":{\"name\":\"%s\"}," RESOURCE "}",
                  AUTHZEN_ACTION_SIZE - 1 },
                { "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"door\",\"id\":\"%s\"}}",
                  RESOURCE_SIZE_MAX - sizeof("door:") },
                { "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"%s\",\"id\":\"a\"}}",
                  RESOURCE_SIZE_MAX - sizeof(":a") },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                assert_int_equal(read_long(CASES[i].format, CASES[i].max), 0);
                for (size_t more = 1; more < 6; more++)
                        assert_int_equal(read_long(CASES[i].format, CASES[i].max + more),
                                         AUTHZEN_PROBLEM);
        }
}

static int teardown(void **state)
{
        json_decref(document);
        document = NULL;
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_question_is_put_into_doorward_s_words),
                cmocka_unit_test(members_that_the_standard_does_not_know_are_ignored),
                cmocka_unit_test(nothing_that_a_decision_could_depend_on_is_ignored),
                cmocka_unit_test(wrong_types_and_missing_members_are_refused),
                cmocka_unit_test(names_that_are_too_long_are_refused),
        };
        return cmocka_run_group_tests(tests, NULL, teardown) ? 1 : 0;
}
