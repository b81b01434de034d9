/* SPDX-License-Identifier: MIT */
/*
 * Tests of pam/door.h in PAM transactions: where the door comes from, what an allowed one leaves
 * for the application and the session phase, and what must not get there by another way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "host.h"

#define DOOR  "acme/HQ/D1"
#define OTHER "acme/HQ/D2"

static FakeServer server;
static Host host;
static pam_handle_t *handle;

static const FakeBehaviour ALLOW = { .outcome = DOORWARD_ALLOW,
                                     .decision_id = FAKE_ID,
                                     .door = true };
static const FakeBehaviour DENY = { .outcome = DOORWARD_DENY, .decision_id = FAKE_ID };

static void stack(const char *more)
{
        char arguments[512];
        snprintf(arguments, sizeof(arguments), "socket=%s timeout=300 %s", server.socket, more);
        host_stack(&host, arguments);
}

/* A fresh transaction with a stack and a server. */
static void begin(const char *more, const FakeBehaviour *behaviour)
{
        if (handle)
                pam_end(handle, 0);
        stack(more);
        fake_server_start(&server, behaviour);
        handle = host_start(&host, "no-such-alice");
}

static int set_up(void **state)
{
        fake_server_prepare(&server);
        host_prepare(&host);
        handle = NULL;
        return 0;
}

static int tear_down(void **state)
{
        if (handle)
                pam_end(handle, 0);
        host_clean(&host);
        fake_server_clean(&server);
        return 0;
}

static void check_variable(const char *name, const char *expected)
{
        const char *value = pam_getenv(handle, name);
        if (expected) {
                assert_non_null(value);
                assert_string_equal(value, expected);
        } else {
                assert_null(value);
        }
}

static void check_left(bool anything)
{
        check_variable("DOORWARD_DECISION", anything ? FAKE_ID : NULL);
        check_variable("DOORWARD_DECIDED_DOOR", anything ? DOOR : NULL);
}

static void check_resource(size_t n, const char *expected)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        Message request;
        Text text;
        assert_true(fake_server_request(&server, n, frame, &request));
        assert_true(message_text(&request, FIELD_RESOURCE, &text));
        assert_true(text_is(text, expected));
}

static void the_argument_names_the_door(void **state)
{
        begin("door=" DOOR, &ALLOW);
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        check_left(true);
        check_resource(0, "door:" DOOR);
        assert_non_null(strstr(host_log, "door:" DOOR));
        assert_int_equal(host_open(handle, 0), PAM_SUCCESS);
        assert_int_equal(host_close(handle, 0), PAM_SUCCESS);
        assert_int_equal(fake_server_request_count(&server), 1);
}

static void the_environment_names_the_door_for_account(void **state)
{
        begin("", &ALLOW);
        pam_putenv(handle, "DOORWARD_DOOR=" DOOR);
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        check_left(true);
        check_resource(0, "door:" DOOR);
        assert_int_equal(host_open(handle, 0), PAM_SUCCESS);
        assert_int_equal(host_close(handle, 0), PAM_SUCCESS);
        assert_int_equal(fake_server_request_count(&server), 1);
}

static void what_one_was_allowed_opens_no_session_of_another(void **state)
{
        begin("door=" DOOR, &ALLOW);
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        assert_int_equal(pam_set_item(handle, PAM_USER, "nobody"), PAM_SUCCESS);
        assert_int_equal(host_open(handle, 0), PAM_SERVICE_ERR);
        assert_non_null(strstr(host_log, "somebody else"));
}

static void the_environment_names_no_door_for_a_session(void **state)
{
        begin("",
              &(FakeBehaviour){ .outcome = DOORWARD_CANNOT_DECIDE, .reason = "malformed-query" });
        pam_putenv(handle, "DOORWARD_DOOR=" DOOR);
        assert_int_equal(host_open(handle, 0), PAM_SERVICE_ERR);
        check_resource(0, "");
        begin("door=" DOOR, &ALLOW);
        assert_int_equal(host_open(handle, 0), PAM_SERVICE_ERR); /* no account phase */
        assert_int_equal(fake_server_request_count(&server), 0);
}

static void both_may_name_the_same_door_only(void **state)
{
        begin("door=" DOOR, &ALLOW);
        pam_putenv(handle, "DOORWARD_DOOR=" DOOR);
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        pam_putenv(handle, "DOORWARD_DOOR=" OTHER);
        assert_int_equal(host_account(handle, 0), PAM_SERVICE_ERR);
        check_left(false); /* the door allowed before is taken back */
        assert_int_equal(host_open(handle, 0), PAM_SERVICE_ERR);
        assert_int_equal(fake_server_request_count(&server), 1);
}

static void a_door_that_is_none_is_an_error(void **state)
{
        static const char *const BAD[] = { "",    "/",         ("door:" DOOR), "acme//D1", "../D1",
                                           "a b", "acme/D1\n", "acme/D1/",     "\xff" };
        static char huge[(1 << 20) + 20];
        for (size_t i = 0; i <= sizeof(BAD) / sizeof(BAD[0]); i++) {
                begin("", &ALLOW);
                memset(huge, 'a', sizeof(huge) - 1);
                int size = snprintf(huge, 200, "DOORWARD_DOOR=%s", BAD[i % 9]);
                if (i == 9)
                        memset(huge + size, 'a', sizeof(huge) - 1 - (size_t)size);
                assert_int_equal(pam_putenv(handle, huge), PAM_SUCCESS);
                assert_int_equal(host_account(handle, 0), PAM_SERVICE_ERR);
                assert_int_equal(fake_server_request_count(&server), 0);
                assert_true(strlen(host_log) < 1024);
        }
}

static void a_denied_door_leaves_nothing(void **state)
{
        static const struct {
                FakeBehaviour behaviour;
                int code;
        } CASES[] = {
                { { .outcome = DOORWARD_DENY, .reason = "not-permitted" }, PAM_PERM_DENIED },
                { { .outcome = DOORWARD_DENY, .reason = "unknown-subject" }, PAM_USER_UNKNOWN },
                { { .outcome = DOORWARD_DENY, .reason = "below-minimum-uid" },
                  PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_ALLOW, .reason = "below-minimum-uid" },
                  PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_CANNOT_DECIDE, .reason = "unknown-resource" },
                  PAM_SERVICE_ERR },
                { { .outcome = DOORWARD_CANNOT_DECIDE, .reason = "no-policy" },
                  PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_ALLOW, .door = true }, PAM_AUTHINFO_UNAVAIL }, /* no id */
                { { .outcome = DOORWARD_ALLOW,
                    .decision_id = FAKE_ID,
                    .door = true,
                    .lie = FAKE_LIE_DOOR },
                  PAM_AUTHINFO_UNAVAIL },
                { { .kind = FAKE_SILENT }, PAM_AUTHINFO_UNAVAIL },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                begin("door=" DOOR, &ALLOW);
                assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
                fake_server_start(&server, &CASES[i].behaviour);
                assert_int_equal(host_account(handle, 0), CASES[i].code);
                check_left(false);
                assert_int_equal(host_open(handle, 0), PAM_SERVICE_ERR);
        }
}

static void what_others_put_into_the_environment_is_taken_out(void **state)
{
        begin("", &DENY);
        pam_putenv(handle, "DOORWARD_DECISION=" FAKE_ID);
        pam_putenv(handle, "DOORWARD_DECIDED_DOOR=" OTHER);
        assert_int_equal(host_account(handle, 0), PAM_PERM_DENIED);
        check_left(false);
        begin("", &(FakeBehaviour){ .outcome = DOORWARD_ALLOW, .decision_id = FAKE_ID });
        pam_putenv(handle, "DOORWARD_DECISION=" FAKE_ID);
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS); /* a session, no door */
        check_left(false);
        assert_int_equal(host_open(handle, 0), PAM_SUCCESS);
        assert_int_equal(fake_server_request_count(&server), 2); /* so it is asked again */
}

static void an_answer_for_a_door_not_asked_about_is_none(void **state)
{
        begin("", &ALLOW); /* the server has no RESOURCE to take a door from … */
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        check_left(false);
        begin("door=" DOOR, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW,
                                              .decision_id = FAKE_ID,
                                              .door = true,
                                              .lie = FAKE_LIE_DOOR }); /* … or another one */
        assert_int_equal(host_account(handle, 0), PAM_AUTHINFO_UNAVAIL);
        check_left(false);
}

static void a_rule_that_makes_no_command_leaves_no_decision(void **state)
{
        begin("door=" DOOR, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW,
                                              .reason = "exempt",
                                              .decision_id = FAKE_ID });
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        check_left(false);
        assert_int_equal(host_open(handle, 0), PAM_SUCCESS);
}

static void nothing_is_logged_as_an_error_on_the_good_way(void **state)
{
        begin("door=" DOOR, &ALLOW);
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS); /* takes back, leaves again */
        assert_int_equal(host_open(handle, 0), PAM_SUCCESS);
        assert_int_equal(host_close(handle, 0), PAM_SUCCESS);
        for (const char *line = host_log; *line; line = strchr(line, '\n') + 1)
                assert_int_equal(*line, '6'); /* LOG_INFO */
        assert_string_equal(host.shown, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(the_argument_names_the_door),
                TEST(the_environment_names_the_door_for_account),
                TEST(what_one_was_allowed_opens_no_session_of_another),
                TEST(the_environment_names_no_door_for_a_session),
                TEST(both_may_name_the_same_door_only),
                TEST(a_door_that_is_none_is_an_error),
                TEST(a_denied_door_leaves_nothing),
                TEST(what_others_put_into_the_environment_is_taken_out),
                TEST(an_answer_for_a_door_not_asked_about_is_none),
                TEST(a_rule_that_makes_no_command_leaves_no_decision),
                TEST(nothing_is_logged_as_an_error_on_the_good_way),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
