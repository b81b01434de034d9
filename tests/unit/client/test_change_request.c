/* SPDX-License-Identifier: MIT */
/* Tests of client/change_request.h, through doorward_change(): what is sent, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <doorward/doorward.h>

#include "fake_server.h"

static FakeServer server;
static doorward *door;

static int set_up(void **state)
{
        fake_server_prepare(&server);
        fake_server_start(&server,
                          &(FakeBehaviour){ .outcome = DOORWARD_ALLOW, .decision_id = FAKE_ID });
        return doorward_new(&door, server.socket);
}

static int tear_down(void **state)
{
        door = doorward_free(door);
        fake_server_clean(&server);
        return 0;
}

static const char *const ONE_ROLE[] = { "access-site-viewer@acme/HQ", NULL };

/* Asks for a grant of ONE_ROLE to Bob. Return: that of doorward_change(). */
static int grant(const struct doorward_change_options *options)
{
        doorward_answer *answer = NULL;
        int r = doorward_change(door, "grant", "user:acme/bob", ONE_ROLE, options, &answer);
        if (r == 0)
                assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
        else
                assert_null(answer);
        doorward_answer_free(answer);
        return r;
}

/* The n-th request as the server got it. */
static const Message *request(size_t n)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        static Message message;
        assert_true(fake_server_request(&server, n, frame, &message));
        assert_int_equal(message.type, MESSAGE_CHANGE);
        return &message;
}

static void assert_text(const Message *message, FieldTag tag, size_t n, const char *expected)
{
        Text text;
        bool is_there = message_text_at(message, tag, n, &text);
        assert_int_equal(is_there, expected != NULL);
        if (expected)
                assert_true(text_is(text, expected));
}

static void a_grant_without_options_is_verb_resource_and_role(void **state)
{
        int64_t time_s;
        assert_int_equal(grant(NULL), 0);
        const Message *sent = request(0);
        assert_text(sent, FIELD_ACTION, 0, "grant");
        assert_text(sent, FIELD_RESOURCE, 0, "user:acme/bob");
        assert_text(sent, FIELD_ROLE, 0, ONE_ROLE[0]);
        assert_text(sent, FIELD_ROLE, 1, NULL);
        assert_text(sent, FIELD_USER, 0, NULL);
        assert_text(sent, FIELD_WITH, 0, NULL);
        assert_text(sent, FIELD_WHY, 0, NULL);
        assert_text(sent, FIELD_CUSTOMIZE, 0, NULL);
        assert_false(message_time(sent, FIELD_FROM, &time_s));
        assert_false(message_time(sent, FIELD_UNTIL, &time_s));
        assert_false(message_flag(sent, FIELD_DRY_RUN));
}

static void dates_reason_and_dry_run_are_sent(void **state)
{
        int64_t from_s, until_s;
        assert_int_equal(grant(&(struct doorward_change_options){
                                 .size = sizeof(struct doorward_change_options),
                                 .flags = DOORWARD_CHANGE_DRY_RUN,
                                 .reason = "holidays",
                                 .from_s = 1780000000,
                                 .until_s = 1790000000 }),
                         0);
        const Message *sent = request(0);
        assert_text(sent, FIELD_WHY, 0, "holidays");
        assert_true(message_time(sent, FIELD_FROM, &from_s));
        assert_true(message_time(sent, FIELD_UNTIL, &until_s));
        assert_int_equal(from_s, 1780000000);
        assert_int_equal(until_s, 1790000000);
        assert_true(message_flag(sent, FIELD_DRY_RUN));
}

static void a_migration_names_any_number_of_roles(void **state)
{
        static const char *const ROLES[] = { "access-user-manager", "access-site-admin@acme/HQ",
                                             NULL };
        doorward_answer *answer = NULL;
        assert_int_equal(doorward_change(door, "migrate", "user:acme/bob", ROLES, NULL, &answer),
                         0);
        assert_null(answer = doorward_answer_free(answer));
        assert_text(request(0), FIELD_ROLE, 0, ROLES[0]);
        assert_text(request(0), FIELD_ROLE, 1, ROLES[1]);
        assert_text(request(0), FIELD_ROLE, 2, NULL);
        assert_int_equal(doorward_change(door, "migrate", "user:acme/bob", NULL, NULL, &answer), 0);
        doorward_answer_free(answer);
        assert_text(request(1), FIELD_ROLE, 0, NULL);
}

static void groups_and_customizations_have_their_fields(void **state)
{
        static const char *const ROLES[] = { "camera-site-viewer", NULL };
        struct doorward_change_options options = { .size = sizeof(options),
                                                   .group = "group:acme/desk" };
        doorward_answer *answer = NULL;
        assert_int_equal(
                doorward_change(door, "add-member", "user:acme/bob", NULL, &options, &answer), 0);
        doorward_answer_free(answer);
        assert_text(request(0), FIELD_WITH, 0, "group:acme/desk");
        options = (struct doorward_change_options){ .size = sizeof(options),
                                                    .customization = "-camera.archive.create" };
        assert_int_equal(
                doorward_change(door, "customize", "organization:acme", ROLES, &options, &answer),
                0);
        doorward_answer_free(answer);
        assert_text(request(1), FIELD_CUSTOMIZE, 0, "-camera.archive.create");
        assert_text(request(1), FIELD_WITH, 0, NULL);
}

static void live_changes_have_their_fields(void **state)
{
        struct doorward_change_options options = { .size = sizeof(options),
                                                   .state = "locked",
                                                   .seconds = 600 };
        doorward_answer *answer = NULL;
        uint32_t seconds;
        assert_int_equal(
                doorward_change(door, "override", "door:acme/HQ/D1", NULL, &options, &answer), 0);
        doorward_answer_free(answer);
        assert_text(request(0), FIELD_STATE, 0, "locked");
        assert_true(message_number(request(0), FIELD_SECONDS, &seconds));
        assert_int_equal(seconds, 600);
        assert_false(message_flag(request(0), FIELD_END_SESSIONS));
        options = (struct doorward_change_options){ .size = sizeof(options),
                                                    .flags = DOORWARD_CHANGE_END_SESSIONS };
        assert_int_equal(doorward_change(door, "suspend", "user:acme/bob", NULL, &options, &answer),
                         0);
        doorward_answer_free(answer);
        assert_true(message_flag(request(1), FIELD_END_SESSIONS));
        assert_false(message_number(request(1), FIELD_SECONDS, &seconds));
        assert_text(request(1), FIELD_STATE, 0, NULL);
}

/* A later version's options: more members behind those known here. */
typedef struct LaterOptions {
        struct doorward_change_options known;
        uint64_t more;
} LaterOptions;

static void options_of_a_later_version_count_only_when_nothing_new_is_stated(void **state)
{
        LaterOptions later = { .known = { .size = sizeof(later), .reason = "later" } };
        assert_int_equal(grant(&later.known), 0);
        assert_text(request(0), FIELD_WHY, 0, "later");
        later.more = 1;
        assert_int_equal(grant(&later.known), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(fake_server_request_count(&server), 1);
}

static void wrong_options_are_refused_before_anything_is_sent(void **state)
{
        enum { SIZE = sizeof(struct doorward_change_options) };
        static const struct doorward_change_options WRONG[] = {
                { .size = 0 },
                { .size = SIZE - 1 },
                { .size = UINT32_MAX },
                { .size = SIZE, .flags = 1u << 2 },
                { .size = SIZE, .flags = 1u << 31 },
                { .size = SIZE, .reason = "" },
                { .size = SIZE, .group = "" },
                { .size = SIZE, .customization = "" },
                { .size = SIZE, .state = "" },
                { .size = SIZE, .from_s = -1 },
                { .size = SIZE, .until_s = INT64_MIN },
        };
        for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
                assert_int_equal(grant(&WRONG[i]), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(fake_server_request_count(&server), 0);
}

static void missing_arguments_are_refused(void **state)
{
        static const char *const EMPTY[] = { "", NULL };
        const char *many[MESSAGE_FIELDS_MAX + 2];
        doorward_answer *answer = NULL;
        for (size_t i = 0; i <= MESSAGE_FIELDS_MAX; i++)
                many[i] = "role";
        many[MESSAGE_FIELDS_MAX + 1] = NULL;
        const struct {
                doorward *connection;
                const char *verb, *resource;
                const char *const *roles;
        } CASES[] = {
                { NULL, "grant", "user:acme/bob", ONE_ROLE },
                { door, NULL, "user:acme/bob", NULL },
                { door, "", "user:acme/bob", NULL },
                { door, "grant", NULL, ONE_ROLE },
                { door, "grant", "", ONE_ROLE },
                { door, "grant", "user:a/b", EMPTY },
                { door, "grant", "user:a/b", many },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                assert_int_equal(doorward_change(CASES[i].connection, CASES[i].verb,
                                                 CASES[i].resource, CASES[i].roles, NULL, &answer),
                                 -DOORWARD_ERROR_ARGUMENT);
                assert_null(answer);
        }
        assert_int_equal(doorward_change(door, "grant", "user:a/b", ONE_ROLE, NULL, NULL),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(fake_server_request_count(&server), 0);
}

static void an_answer_to_another_change_is_none(void **state)
{
        static const FakeLie LIES[] = { FAKE_LIE_ACTION, FAKE_LIE_RESOURCE, FAKE_LIE_REQUEST_ID };
        for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
                fake_server_start(&server,
                                  &(FakeBehaviour){ .outcome = DOORWARD_ALLOW, .lie = LIES[i] });
                assert_int_equal(grant(NULL), -DOORWARD_ERROR_PROTOCOL);
        }
}

static void a_refusal_is_told_with_its_reason(void **state)
{
        doorward_answer *answer = NULL;
        fake_server_start(&server,
                          &(FakeBehaviour){ .kind = FAKE_REFUSAL, .reason = "not-permitted" });
        assert_int_equal(doorward_change(door, "grant", "user:acme/bob", ONE_ROLE, NULL, &answer),
                         -DOORWARD_ERROR_REFUSED);
        assert_string_equal(doorward_answer_reason(answer), "not-permitted");
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_CANNOT_DECIDE);
        doorward_answer_free(answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_grant_without_options_is_verb_resource_and_role),
                TEST(dates_reason_and_dry_run_are_sent),
                TEST(a_migration_names_any_number_of_roles),
                TEST(groups_and_customizations_have_their_fields),
                TEST(live_changes_have_their_fields),
                TEST(options_of_a_later_version_count_only_when_nothing_new_is_stated),
                TEST(wrong_options_are_refused_before_anything_is_sent),
                TEST(missing_arguments_are_refused),
                TEST(an_answer_to_another_change_is_none),
                TEST(a_refusal_is_told_with_its_reason),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
