/* SPDX-License-Identifier: MIT */
/*
 * Tests of doorward/doorward.h: the same answers waiting and not waiting, every error, and what
 * fork() and a restarted daemon make of a connection.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "util/deadline.h"

enum { TIMEOUT_MS = 300, SLACK_MS = 400 };

static FakeServer server;
static doorward *door;

static int set_up(void **state)
{
        fake_server_prepare(&server);
        if (doorward_new(&door, server.socket) < 0)
                return -1;
        return doorward_set_timeout(door, TIMEOUT_MS);
}

static int tear_down(void **state)
{
        door = doorward_free(door);
        fake_server_clean(&server);
        return 0;
}

static int ask(doorward_answer **answer)
{
        return doorward_ask(door, "alice", "access.door.unlock", "door:acme/HQ/D1", NULL, answer);
}

static void an_answer_says_everything(void **state)
{
        doorward_answer *answer = NULL;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW,
                                                     .decision_id = FAKE_ID,
                                                     .door = true });
        assert_int_equal(ask(&answer), 0);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
        assert_string_equal(doorward_answer_reason(answer), "granted-by-role");
        assert_string_equal(doorward_answer_detail(answer), "a detail");
        assert_string_equal(doorward_answer_explanation(answer), "");
        assert_string_equal(doorward_answer_decision_id(answer), FAKE_ID);
        assert_string_equal(doorward_answer_revision(answer), "r1");
        assert_string_equal(doorward_answer_message(answer), "");
        assert_int_equal(doorward_answer_not_after(answer), 1234567890);
        assert_null(doorward_answer_free(answer));
        assert_int_equal(doorward_explain(door, "alice", "access.door.unlock", "door:acme/HQ/D1",
                                          NULL, &answer),
                         0);
        assert_string_equal(doorward_answer_explanation(answer), "one\ntwo");
        doorward_answer_free(answer);
}

static void a_missing_answer_cannot_decide(void **state)
{
        assert_int_equal(doorward_answer_outcome(NULL), DOORWARD_CANNOT_DECIDE);
        assert_string_equal(doorward_answer_reason(NULL), "");
        assert_int_equal(doorward_answer_not_after(NULL), 0);
        assert_null(doorward_answer_free(NULL));
        assert_null(doorward_free(NULL));
}

static void only_one_number_is_an_allow(void **state)
{
        static const struct {
                uint32_t number;
                enum doorward_outcome outcome;
        } CASES[] = {
                { 0xca, DOORWARD_ALLOW },          { 0x53, DOORWARD_DENY },
                { 0x2d, DOORWARD_CANNOT_DECIDE },  { 0, DOORWARD_CANNOT_DECIDE },
                { 1, DOORWARD_CANNOT_DECIDE },     { 0xcb, DOORWARD_CANNOT_DECIDE },
                { 0x4a, DOORWARD_CANNOT_DECIDE },  { 0xffffffff, DOORWARD_CANNOT_DECIDE },
                { 0x1ca, DOORWARD_CANNOT_DECIDE }, { 0xca000000, DOORWARD_CANNOT_DECIDE },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                doorward_answer *answer = NULL;
                fake_server_start(&server, &(FakeBehaviour){ .outcome = CASES[i].number });
                assert_int_equal(ask(&answer), 0);
                assert_int_equal(doorward_answer_outcome(answer), CASES[i].outcome);
                doorward_answer_free(answer);
        }
}

static void objects_and_properties_are_sent_apart(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        static const char *const EXTRA[] = { "private=true", "with=schedule:acme/Night",
                                             "active=false", NULL };
        doorward_answer *answer = NULL;
        Message request;
        Text text;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_DENY });
        assert_int_equal(doorward_ask(door, "alice", "a.b.c", "door:acme/D", EXTRA, &answer), 0);
        assert_true(fake_server_request(&server, 0, frame, &request));
        assert_int_equal(request.type, MESSAGE_ASK);
        assert_true(message_text(&request, FIELD_USER, &text) && text_is(text, "alice"));
        assert_true(message_text(&request, FIELD_ACTION, &text) && text_is(text, "a.b.c"));
        assert_true(message_text(&request, FIELD_RESOURCE, &text) && text_is(text, "door:acme/D"));
        assert_true(message_text(&request, FIELD_WITH, &text));
        assert_true(text_is(text, "schedule:acme/Night"));
        assert_true(message_text_at(&request, FIELD_PROPERTY, 0, &text));
        assert_true(text_is(text, "private=true"));
        assert_true(message_text_at(&request, FIELD_PROPERTY, 1, &text));
        assert_true(text_is(text, "active=false"));
        assert_false(message_flag(&request, FIELD_EXPLAIN));
        doorward_answer_free(answer);
}

static void an_unlock_is_for_a_door(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        doorward_answer *answer = NULL;
        Message request;
        Text text;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW,
                                                     .decision_id = FAKE_ID,
                                                     .door = true });
        assert_int_equal(doorward_unlock(door, "door:acme/HQ/D1", "fire", &answer), 0);
        assert_int_equal(doorward_answer_not_after(answer), 1234567890);
        assert_true(fake_server_request(&server, 0, frame, &request));
        assert_int_equal(request.type, MESSAGE_UNLOCK);
        assert_true(message_text(&request, FIELD_RESOURCE, &text));
        assert_true(text_is(text, "door:acme/HQ/D1"));
        assert_true(message_text(&request, FIELD_WHY, &text) && text_is(text, "fire"));
        assert_false(message_text(&request, FIELD_USER, &text));
        doorward_answer_free(answer);
        assert_int_equal(doorward_unlock(door, "door:acme/HQ/D1", NULL, &answer), 0);
        assert_true(fake_server_request(&server, 1, frame, &request));
        assert_false(message_text(&request, FIELD_WHY, &text));
        doorward_answer_free(answer);
}

static void an_unlock_command_for_another_door_is_none(void **state)
{
        static const FakeBehaviour CASES[] = {
                { .outcome = DOORWARD_ALLOW,
                  .decision_id = FAKE_ID,
                  .door = true,
                  .lie = FAKE_LIE_DOOR },
                { .outcome = DOORWARD_ALLOW, .decision_id = FAKE_ID },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                doorward_answer *answer = NULL;
                fake_server_start(&server, &CASES[i]);
                assert_int_equal(doorward_unlock(door, "door:acme/HQ/D1", NULL, &answer),
                                 -DOORWARD_ERROR_PROTOCOL);
                assert_null(answer);
        }
        doorward_answer *answer = NULL;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_DENY });
        assert_int_equal(doorward_unlock(door, "door:acme/HQ/D1", NULL, &answer), 0);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_DENY);
        doorward_answer_free(answer);
}

static void every_failing_server_has_its_error(void **state)
{
        static const struct {
                FakeBehaviour behaviour;
                int error;
        } CASES[] = {
                { { .kind = FAKE_CLOSE }, DOORWARD_ERROR_UNREACHABLE },
                { { .kind = FAKE_SILENT }, DOORWARD_ERROR_TIMEOUT },
                { { .kind = FAKE_LISTEN_ONLY }, DOORWARD_ERROR_TIMEOUT },
                { { .kind = FAKE_GARBAGE }, DOORWARD_ERROR_PROTOCOL },
                { { .kind = FAKE_RECORD }, DOORWARD_ERROR_PROTOCOL },
                { { .outcome = DOORWARD_ALLOW, .lie = FAKE_LIE_USER }, DOORWARD_ERROR_PROTOCOL },
                { { .outcome = DOORWARD_ALLOW, .lie = FAKE_LIE_ACTION }, DOORWARD_ERROR_PROTOCOL },
                { { .outcome = DOORWARD_ALLOW, .lie = FAKE_LIE_RESOURCE },
                  DOORWARD_ERROR_PROTOCOL },
                { { .outcome = DOORWARD_ALLOW, .lie = FAKE_LIE_REQUEST_ID },
                  DOORWARD_ERROR_PROTOCOL },
                { { .folder_mode = 0777 }, DOORWARD_ERROR_UNTRUSTED },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                doorward_answer *answer = NULL;
                fake_server_start(&server, &CASES[i].behaviour);
                uint64_t began_ns = deadline_clock_ns();
                assert_int_equal(ask(&answer), -CASES[i].error);
                assert_true((deadline_clock_ns() - began_ns) / 1000000 < TIMEOUT_MS + SLACK_MS);
                assert_null(answer);
        }
        doorward_answer *answer = NULL;
        fake_server_start(&server, &(FakeBehaviour){ 0 });
        fake_server_stop(&server);
        assert_int_equal(ask(&answer), -DOORWARD_ERROR_UNREACHABLE);
}

static void a_refusal_says_why(void **state)
{
        doorward_answer *answer = NULL;
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_REFUSAL, .reason = "busy" });
        assert_int_equal(ask(&answer), -DOORWARD_ERROR_REFUSED);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_CANNOT_DECIDE);
        assert_string_equal(doorward_answer_reason(answer), "busy");
        assert_string_equal(doorward_answer_message(answer), "No.");
        doorward_answer_free(answer);
}

static void bad_arguments_are_refused(void **state)
{
        static const char *const NO_VALUE[] = { "with", NULL }, *const NO_KEY[] = { "=true", NULL },
                                 *const EMPTY[] = { "with=", NULL };
        static const char *many[400];
        doorward_answer *answer = NULL;
        doorward *other = NULL;
        char path[200];
        memset(path, 'p', sizeof(path) - 1);
        path[sizeof(path) - 1] = '\0';
        for (size_t i = 0; i + 1 < sizeof(many) / sizeof(many[0]); i++)
                many[i] = "key=value";
        const char *const *extras[] = { NO_VALUE, NO_KEY, EMPTY, many };
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(doorward_ask(door, "a", "b", "c", extras[i], &answer),
                                 -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask(NULL, "a", "b", "c", NULL, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask(door, NULL, "b", "c", NULL, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask(door, "a", "", "c", NULL, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask(door, "a", "b", "c", NULL, NULL), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_unlock(door, NULL, NULL, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_unlock(door, "door:a/b", "", &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_process(door, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_set_timeout(door, 0), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_set_timeout(door, 600001), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_set_server_uid(door, UINT32_MAX), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_set_server_uid(door, 65534), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_set_server_uid(door, 1234), 0);
        assert_int_equal(doorward_new(&other, ""), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_new(NULL, NULL), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_new(&other, path), 0);
        assert_int_equal(doorward_ask(other, "a", "b", "c", NULL, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        doorward_free(other);
        assert_null(answer);
}

static void texts_of_a_mebibyte_are_refused(void **state)
{
        doorward_answer *answer = NULL;
        size_t size = 1 << 20;
        char *huge = malloc(size + 1);
        assert_non_null(huge);
        memset(huge, 'a', size);
        huge[size] = '\0';
        assert_int_equal(doorward_ask(door, huge, "b", "c", NULL, &answer),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_unlock(door, huge, NULL, &answer), -DOORWARD_ERROR_ARGUMENT);
        free(huge);
}

/* The caller's own loop. Return: what doorward_process() said last. */
static int loop(doorward_answer **answer)
{
        int r;
        while ((r = doorward_process(door, answer)) == 0 && !*answer) {
                struct pollfd file = { .fd = doorward_get_fd(door),
                                       .events = doorward_get_events(door) };
                int timeout_ms = doorward_get_timeout(door);
                assert_in_range(timeout_ms, 0, TIMEOUT_MS);
                assert_true(poll(&file, 1, timeout_ms) >= 0);
        }
        return r;
}

static void the_callers_loop_gets_the_same_answer(void **state)
{
        doorward_answer *answer = NULL;
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_LATE,
                                                     .outcome = DOORWARD_ALLOW,
                                                     .door = true,
                                                     .delay_ms = 50 });
        assert_int_equal(doorward_get_events(door), 0);
        assert_int_equal(doorward_get_timeout(door), -1);
        assert_int_equal(doorward_get_fd(door), -1);
        assert_int_equal(doorward_ask_begin(door, "a", "b", "c:d", NULL), 0);
        assert_int_equal(doorward_ask_begin(door, "a", "b", "c:d", NULL), -DOORWARD_ERROR_BUSY);
        assert_int_equal(ask(&answer), -DOORWARD_ERROR_BUSY);
        assert_int_equal(loop(&answer), 0);
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
        doorward_answer_free(answer);
        answer = NULL;
        assert_int_equal(doorward_unlock_begin(door, "door:acme/HQ/D1", NULL), 0);
        assert_int_equal(loop(&answer), 0);
        doorward_answer_free(answer);
}

static void the_callers_loop_ends_at_the_deadline(void **state)
{
        doorward_answer *answer = NULL;
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_SILENT });
        uint64_t began_ns = deadline_clock_ns();
        assert_int_equal(doorward_ask_begin(door, "a", "b", "c:d", NULL), 0);
        assert_int_equal(loop(&answer), -DOORWARD_ERROR_TIMEOUT);
        assert_in_range((deadline_clock_ns() - began_ns) / 1000000, TIMEOUT_MS - 10,
                        TIMEOUT_MS + SLACK_MS);
        assert_int_equal(doorward_get_timeout(door), -1);
}

static void a_request_can_be_given_up(void **state)
{
        doorward_answer *answer = NULL;
        fake_server_start(
                &server,
                &(FakeBehaviour){ .kind = FAKE_LATE, .outcome = DOORWARD_DENY, .delay_ms = 50 });
        assert_int_equal(doorward_ask_begin(door, "a", "b", "c:d", NULL), 0);
        assert_int_equal(doorward_process(door, &answer), 0);
        assert_null(answer);
        doorward_cancel(door);
        assert_int_equal(doorward_get_fd(door), -1);
        assert_int_equal(ask(&answer), 0); /* and the late answer is not taken for this one */
        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_DENY);
        doorward_answer_free(answer);
}

static void a_restarted_daemon_is_connected_to_anew(void **state)
{
        static const FakeKind KINDS[] = { FAKE_ANSWER, FAKE_ANSWER_CLOSE, FAKE_ANSWER_TWICE };
        for (size_t i = 0; i < 3; i++) {
                fake_server_start(&server, &(FakeBehaviour){ .kind = KINDS[i], .outcome = 0xca });
                for (int n = 0; n < 3; n++) {
                        doorward_answer *answer = NULL;
                        assert_int_equal(ask(&answer), 0);
                        assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
                        doorward_answer_free(answer);
                        struct pollfd file = { .fd = doorward_get_fd(door), .events = POLLIN };
                        if (KINDS[i] != FAKE_ANSWER)
                                assert_int_equal(poll(&file, 1, TIMEOUT_MS), 1);
                }
        }
}

static void a_child_must_open_its_own(void **state)
{
        doorward_answer *answer = NULL;
        int status;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        assert_int_equal(ask(&answer), 0);
        doorward_answer_free(answer);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
                doorward *own = NULL;
                doorward_answer *mine = NULL;
                bool good = ask(&mine) == -DOORWARD_ERROR_FORKED &&
                            doorward_process(door, &mine) == -DOORWARD_ERROR_FORKED;
                good = good && doorward_new(&own, server.socket) == 0;
                doorward_free(door); /* lets the server see to the next client */
                _exit(good ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(ask(&answer), 0);
        doorward_answer_free(answer);
}

static void every_error_has_a_text(void **state)
{
        for (int error = 1; error <= DOORWARD_ERROR_BUSY; error++) {
                assert_string_equal(doorward_strerror(error), doorward_strerror(-error));
                assert_string_not_equal(doorward_strerror(error), doorward_strerror(99));
                for (int other = 0; other < error; other++)
                        assert_string_not_equal(doorward_strerror(error), doorward_strerror(other));
        }
        assert_non_null(doorward_strerror(INT32_MIN));
        assert_non_null(doorward_strerror(INT32_MAX));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_answer_says_everything),
                cmocka_unit_test(a_missing_answer_cannot_decide),
                TEST(only_one_number_is_an_allow),
                TEST(objects_and_properties_are_sent_apart),
                TEST(an_unlock_is_for_a_door),
                TEST(an_unlock_command_for_another_door_is_none),
                TEST(every_failing_server_has_its_error),
                TEST(a_refusal_says_why),
                TEST(bad_arguments_are_refused),
                TEST(texts_of_a_mebibyte_are_refused),
                TEST(the_callers_loop_gets_the_same_answer),
                TEST(the_callers_loop_ends_at_the_deadline),
                TEST(a_request_can_be_given_up),
                TEST(a_restarted_daemon_is_connected_to_anew),
                TEST(a_child_must_open_its_own),
                cmocka_unit_test(every_error_has_a_text),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
