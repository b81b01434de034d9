/* SPDX-License-Identifier: MIT */
/* Tests of authzen_search.c, the three searches, and authzen_page.c. */
#include "fake_front.h"

#include "http/authzen.h"
#include "http/authzen_page.h"

#define SUBJECTS                                                                                   \
        "{\"subject\":{\"type\":\"user\"},\"action\":{\"name\":\"door.view\"},"                    \
        "\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/D1\"}"
#define RESOURCES                                                                                  \
        "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},\"action\":{\"name\":\"door.view\"},"   \
        "\"resource\":{\"type\":\"door\",\"id\":\"ignored\"}"
#define ACTIONS                                                                                    \
        "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},"                                       \
        "\"resource\":{\"type\":\"door\",\"id\":\"acme/HQ/D1\"}"

/* What doorwardd tells: rows, and where the list goes on. */
static const char *const *rows;
static const char *pair, *after;
static int miscount;
static char resource[128], asked_after[128];
static uint32_t limit;

static void tell(const Message *request)
{
        uint32_t count = 0;
        Text text = TEXT_NULL;
        (void)message_text(request, FIELD_RESOURCE, &text);
        (void)snprintf(resource, sizeof(resource), "%.*s", (int)text.size, text.data);
        text = TEXT_NULL;
        (void)message_text(request, FIELD_AFTER, &text);
        (void)snprintf(asked_after, sizeof(asked_after), "%.*s", (int)text.size,
                       text.size ? text.data : "");
        assert_true(message_number(request, FIELD_LIMIT, &limit));
        for (; rows[count]; count++) {
                MessageWriter *record = fake_begin(request, MESSAGE_RECORD, count);
                message_write_pair(record, text_from(pair), text_from(rows[count]));
                fake_send();
        }
        MessageWriter *end = fake_begin(request, MESSAGE_END, count + (uint32_t)miscount);
        if (after)
                message_write_text(end, FIELD_AFTER, text_from(after));
        message_write_number(end, FIELD_STATUS, 0);
        fake_send();
}

static const FakeAnswer *search(HttpHandler handler, const char *body, const char *name,
                                const char *const *told)
{
        rows = told;
        pair = name;
        return fake_serve(handler, body, tell);
}

static const char *result(const FakeAnswer *answer, size_t index, const char *key)
{
        const json_t *results = json_object_get(answer->document, "results");
        const char *text = json_string_value(json_object_get(json_array_get(results, index), key));
        return text ? text : "";
}

static const char *const NOTHING[] = { NULL };

static void people_are_subjects_and_unix_groups_stand_beside(void **state)
{
        static const char *const ROWS[] = { "alice", "b+o@b", "carol+unix-group:staff",
                                            "unix-group:staff", NULL };
        const FakeAnswer *answer = search(authzen_search_subject, SUBJECTS "}", "user", ROWS);
        assert_int_equal(answer->status, 200);
        assert_int_equal(answer->types[0], MESSAGE_WHO_CAN);
        assert_int_equal(json_array_size(json_object_get(answer->document, "results")), 2);
        assert_string_equal(result(answer, 0, "type"), "user");
        assert_string_equal(result(answer, 0, "id"), "alice");
        assert_string_equal(result(answer, 1, "id"), "b+o@b");
        const json_t *others = json_object_get(json_object_get(answer->document, "context"),
                                               "through_unix_groups");
        assert_int_equal(json_array_size(others), 2);
        assert_int_equal(json_integer_value(json_object_get(
                                 json_object_get(answer->document, "page"), "count")),
                         2);
        assert_string_equal(json_object_iter_key(json_object_iter(answer->document)), "page");
        answer = search(authzen_search_subject, SUBJECTS "}", "user", NOTHING);
        assert_null(json_object_get(answer->document, "context"));
}

static void resources_and_actions_are_told(void **state)
{
        static const char *const DOORS[] = { "door:acme/HQ/D1", "door:acme/HQ/D2", NULL };
        static const char *const PERMISSIONS[] = { "door.view", NULL };
        const FakeAnswer *answer =
                search(authzen_search_resource, RESOURCES "}", "resource", DOORS);
        assert_int_equal(answer->types[0], MESSAGE_SEARCH);
        assert_string_equal(resource, "door:");
        assert_string_equal(result(answer, 1, "type"), "door");
        assert_string_equal(result(answer, 1, "id"), "acme/HQ/D2");
        answer = search(authzen_search_action, ACTIONS "}", "permission", PERMISSIONS);
        assert_int_equal(answer->types[0], MESSAGE_WHAT_CAN);
        assert_string_equal(resource, "door:acme/HQ/D1");
        assert_string_equal(result(answer, 0, "name"), "door.view");
}

static void lists_that_are_not_whole_are_none(void **state)
{
        static const char *const ODD[] = { "no colon", NULL };
        static const char *const TWO[] = { "door:a/b", "door:a/c", NULL };
        assert_int_equal(search(authzen_search_resource, RESOURCES "}", "user", TWO)->status, 503);
        assert_int_equal(search(authzen_search_resource, RESOURCES "}", "resource", ODD)->status,
                         503);
        assert_int_equal(search(authzen_search_resource, RESOURCES ",\"page\":{\"limit\":1}}",
                                "resource", TWO)
                                 ->status,
                         503);
        assert_int_equal(search(authzen_search_resource, RESOURCES ",\"page\":{\"limit\":2}}",
                                "resource", TWO)
                                 ->status,
                         200);
        miscount = 1;
        assert_int_equal(search(authzen_search_resource, RESOURCES "}", "resource", TWO)->status,
                         503);
        miscount = 0;
}

/* The token of a first page of two. */
static const char *first_token(char *token, size_t size)
{
        after = "0011223344556677.2";
        const FakeAnswer *answer = search(
                authzen_search_resource, RESOURCES ",\"page\":{\"limit\":2}}", "resource", NOTHING);
        after = NULL;
        assert_int_equal(limit, 2);
        (void)snprintf(token, size, "%s", fake_text(answer, "page.next_token"));
        assert_true(*token);
        return token;
}

static void a_token_leads_to_the_next_page_and_the_last_has_none(void **state)
{
        char token[256], body[1024];
        (void)first_token(token, sizeof(token));
        (void)snprintf(body, sizeof(body), RESOURCES ",\"page\":{\"token\":\"%s\"}}", token);
        const FakeAnswer *answer = search(authzen_search_resource, body, "resource", NOTHING);
        assert_int_equal(answer->status, 200);
        assert_string_equal(asked_after, "0011223344556677.2");
        assert_int_equal(limit, 2); /* of the first page */
        assert_string_equal(fake_text(answer, "page.next_token"), "");
        (void)snprintf(body, sizeof(body), RESOURCES ",\"page\":{\"limit\":2,\"token\":\"%s\"}}",
                       token);
        assert_int_equal(search(authzen_search_resource, body, "resource", NOTHING)->status, 200);
}

static void a_token_belongs_to_its_search(void **state)
{
        static const char *const BODIES[] = {
                RESOURCES ",\"page\":{\"limit\":3,\"token\":\"%s\"}}",
                "{\"subject\":{\"type\":\"user\",\"id\":\"bob\"},\"action\":{\"name\":\"door."
                "view\"},"
                "\"resource\":{\"type\":\"door\",\"id\":\"ignored\"},\"page\":{\"token\":\"%s\"}}",
                RESOURCES ",\"context\":{},\"page\":{\"token\":\"%s\"}}",
                RESOURCES ",\"page\":{\"token\":\"x%s\"}}",
                RESOURCES ",\"page\":{\"token\":\"%.35s\"}}",
                RESOURCES ",\"page\":{\"token\":[\"%s\"]}}",
        };
        char token[256], body[1024];
        (void)first_token(token, sizeof(token));
        for (size_t i = 0; i < sizeof(BODIES) / sizeof(*BODIES); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
                (void)snprintf(body, sizeof(body), BODIES[i], token);
#pragma GCC diagnostic pop
                const FakeAnswer *answer = fake_serve(authzen_search_resource, body, NULL);
                assert_int_equal(answer->status, 400);
                assert_int_equal(answer->asked, 0);
        }
        (void)snprintf(body, sizeof(body), ACTIONS ",\"page\":{\"token\":\"%s\"}}", token);
        assert_int_equal(fake_serve(authzen_search_action, body, NULL)->status, 400);
}

/* The search of a token is right, and what follows is none of this server's. */
static void a_token_has_one_form(void **state)
{
        char token[256], body[1024], after_max[AUTHZEN_AFTER_SIZE + 1], after_more[sizeof(token)];
        (void)first_token(token, sizeof(token));
        *strchr(token, '.') = '\0';
        memset(after_max, 'a', sizeof(after_max));
        (void)snprintf(after_more, sizeof(after_more), ".2.%.*s", AUTHZEN_AFTER_SIZE, after_max);
        const char *const rests[] = { "",      ".",       ".2",  ".2.",     ".x.a",
                                      ".-1.a", ".1001.a", "..a", after_more };
        for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
                (void)snprintf(body, sizeof(body), RESOURCES ",\"page\":{\"token\":\"%s%s\"}}",
                               token, rests[i]);
                const FakeAnswer *answer = fake_serve(authzen_search_resource, body, NULL);
                assert_int_equal(answer->status, 400);
                assert_int_equal(answer->asked, 0);
        }
        (void)snprintf(body, sizeof(body), RESOURCES ",\"page\":{\"token\":\"%s.1000.%.*s\"}}",
                       token, AUTHZEN_AFTER_SIZE - 1, after_max);
        assert_int_equal(search(authzen_search_resource, body, "resource", NOTHING)->status, 200);
}

static void a_limit_has_its_bounds(void **state)
{
        static const char *const BAD[] = { "-1", "1.0", "\"1\"", "null", "[]", "true" };
        char body[1024];
        (void)search(authzen_search_resource, RESOURCES "}", "resource", NOTHING);
        assert_int_equal(limit, 1000);
        (void)search(authzen_search_resource, RESOURCES ",\"page\":{\"limit\":5000000000}}",
                     "resource", NOTHING);
        assert_int_equal(limit, 1000);
        (void)search(authzen_search_resource, RESOURCES ",\"page\":{\"limit\":0}}", "resource",
                     NOTHING);
        assert_int_equal(limit, 0);
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                (void)snprintf(body, sizeof(body), RESOURCES ",\"page\":{\"limit\":%s}}", BAD[i]);
                assert_int_equal(fake_serve(authzen_search_resource, body, NULL)->status, 400);
        }
}

static void searches_that_state_or_lack_something_are_refused(void **state)
{
        static const struct {
                HttpHandler handler;
                const char *body;
        } CASES[] = {
                { authzen_search_subject, RESOURCES ",\"subject\":{}}" }, /* twice */
                { authzen_search_subject,
                  "{\"subject\":{\"type\":\"machine\"},\"action\":{\"name\":\"x\"},"
                  "\"resource\":{\"type\":\"door\",\"id\":\"a/b\"}}" },
                { authzen_search_subject, SUBJECTS ",\"context\":{\"time\":1}}" },
                { authzen_search_subject, SUBJECTS ",\"context\":1}" },
                { authzen_search_subject, SUBJECTS ",\"page\":1}" },
                { authzen_search_subject, SUBJECTS ",\"page\":{\"properties\":{\"sort\":1}}}" },
                { authzen_search_subject, SUBJECTS ",\"page\":{\"properties\":[]}}" },
                { authzen_search_subject, SUBJECTS ",\"page\":{\"properties\":null}}" },
                { authzen_search_subject, ACTIONS "}" }, /* no action */
                { authzen_search_resource, ACTIONS "}" },
                { authzen_search_resource, SUBJECTS "}" }, /* no subject.id */
                { authzen_search_action, "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},"
                                         "\"resource\":{\"type\":\"door\"}}" }, /* no resource.id */
                { authzen_search_action,
                  "{\"subject\":{\"type\":\"user\",\"id\":\"alice\"},\"resource\":"
                  "{\"type\":\"door\",\"id\":\"a/b\",\"properties\":{\"private\":true}}}" },
                { authzen_search_action, "[]" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                const FakeAnswer *answer = fake_serve(CASES[i].handler, CASES[i].body, NULL);
                assert_int_equal(answer->status, 400);
                assert_int_equal(answer->asked, 0);
        }
}

static void what_states_nothing_is_taken(void **state)
{
        assert_int_equal(
                search(authzen_search_subject, SUBJECTS ",\"context\":{}}", "user", NOTHING)
                        ->status,
                200);
        assert_int_equal(search(authzen_search_subject, SUBJECTS ",\"page\":{\"properties\":{}}}",
                                "user", NOTHING)
                                 ->status,
                         200);
}

static void refuse(const Message *request)
{
        fake_refuse(request, "page-changed");
}

static void break_off(const Message *request)
{
        MessageWriter *record = fake_begin(request, MESSAGE_RECORD, 0);
        message_write_pair(record, TEXT_LITERAL("resource"), TEXT_LITERAL("door:a/b"));
        fake_send();
        fake_problem(LINK_UNREACHABLE);
}

static void refusals_and_broken_lists_are_errors(void **state)
{
        const FakeAnswer *answer = fake_serve(authzen_search_resource, RESOURCES "}", refuse);
        assert_int_equal(answer->status, 400);
        assert_string_equal(answer->reason, "page-changed");
        answer = fake_serve(authzen_search_resource, RESOURCES "}", break_off);
        assert_int_equal(answer->status, 503);
        assert_null(answer->document);
        answer = fake_serve_and_go(authzen_search_resource, RESOURCES "}");
        assert_int_equal(answer->cancelled, 1);
}

static void metadata_name_every_endpoint(void **state)
{
        size_t count;
        const HttpRoute *routes = authzen_routes(&count);
        const FakeAnswer *answer = fake_serve(authzen_metadata, "", NULL);
        assert_int_equal(answer->status, 200);
        assert_string_equal(fake_text(answer, "policy_decision_point"), "https://pdp.example:8443");
        assert_string_equal(fake_text(answer, "search_action_endpoint"),
                            "https://pdp.example:8443/access/v1/search/action");
        assert_int_equal(count, 6);
        assert_int_equal(json_object_size(answer->document), count);
        for (size_t i = 0; i < count; i++)
                assert_true((strcmp(routes[i].method, "GET") == 0) ==
                            (routes[i].content_type == NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(people_are_subjects_and_unix_groups_stand_beside),
                cmocka_unit_test(resources_and_actions_are_told),
                cmocka_unit_test(lists_that_are_not_whole_are_none),
                cmocka_unit_test(a_token_leads_to_the_next_page_and_the_last_has_none),
                cmocka_unit_test(a_token_belongs_to_its_search),
                cmocka_unit_test(a_token_has_one_form),
                cmocka_unit_test(a_limit_has_its_bounds),
                cmocka_unit_test(searches_that_state_or_lack_something_are_refused),
                cmocka_unit_test(what_states_nothing_is_taken),
                cmocka_unit_test(refusals_and_broken_lists_are_errors),
                cmocka_unit_test(metadata_name_every_endpoint),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
