/* SPDX-License-Identifier: MIT */
/* Tests of doorward/batch.h: every question has its own answer or its own error, in order, and all
 * of them one deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "util/deadline.h"

enum { TIMEOUT_MS = 300, SLACK_MS = 400, COUNT = 4 };

#define ACTION   "access.door.unlock"
#define RESOURCE "door:acme/HQ/D1"

static const char *const extra[] = { "with=schedule:acme/Night", "private=true", NULL };
static const struct doorward_question questions[COUNT] = {
        { "alice", ACTION, RESOURCE, extra, 0 },
        { "bob", ACTION, RESOURCE, NULL, DOORWARD_QUESTION_EXPLAIN },
        { "carol", ACTION, RESOURCE, NULL, 0 },
        { "dora", ACTION, RESOURCE, NULL, 0 },
};

static FakeServer server;
static doorward *door;
static struct doorward_result results[DOORWARD_QUESTIONS_MAX];

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

static void start(FakeBehaviour behaviour)
{
        fake_server_start(&server, &behaviour);
}

/* Checks one result and frees its answer. */
static void expect(size_t n, int error, enum doorward_outcome outcome)
{
        assert_int_equal(results[n].error, error);
        assert_int_equal(doorward_answer_outcome(results[n].answer), outcome);
        assert_true(!results[n].answer == (error != 0 && error != -DOORWARD_ERROR_REFUSED));
        results[n].answer = doorward_answer_free(results[n].answer);
}

static void answers_come_in_the_order_of_the_questions(void **state)
{
        static uint8_t buffer[MESSAGE_SIZE_MAX];
        Message request;
        Text user;
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW, .door = true });
        assert_int_equal(doorward_ask_many(door, questions, COUNT, results), 0);
        assert_string_equal(doorward_answer_explanation(results[0].answer), "");
        assert_string_equal(doorward_answer_explanation(results[1].answer), "one\ntwo");
        for (size_t i = 0; i < COUNT; i++) {
                expect(i, 0, DOORWARD_ALLOW);
                assert_true(fake_server_request(&server, i, buffer, &request));
                assert_true(message_text(&request, FIELD_USER, &user));
                assert_true(text_is(user, questions[i].subject));
                assert_int_equal(message_text(&request, FIELD_PROPERTY, &user), i == 0);
        }
        assert_false(fake_server_request(&server, COUNT, buffer, &request));
        assert_int_equal(doorward_get_timeout(door), -1);
        assert_int_equal(doorward_ask_many(door, questions, 1, results), 0);
        expect(0, 0, DOORWARD_ALLOW);
}

static void a_refused_question_hides_no_other(void **state)
{
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW, .refuse_user = "bob" });
        assert_int_equal(doorward_ask_many(door, questions, COUNT, results), 0);
        expect(0, 0, DOORWARD_ALLOW);
        assert_string_equal(doorward_answer_message(results[1].answer), "No.");
        expect(1, -DOORWARD_ERROR_REFUSED, DOORWARD_CANNOT_DECIDE);
        expect(2, 0, DOORWARD_ALLOW);
        expect(3, 0, DOORWARD_ALLOW);
}

static void a_broken_connection_costs_one_question(void **state)
{
        start((FakeBehaviour){ .outcome = DOORWARD_DENY, .drop_user = "carol" });
        assert_int_equal(doorward_ask_many(door, questions, COUNT, results), 0);
        expect(0, 0, DOORWARD_DENY);
        expect(1, 0, DOORWARD_DENY);
        expect(2, -DOORWARD_ERROR_UNREACHABLE, DOORWARD_CANNOT_DECIDE);
        expect(3, 0, DOORWARD_DENY);
}

static void a_wrong_question_is_not_sent(void **state)
{
        struct doorward_question mixed[COUNT];
        memcpy(mixed, questions, sizeof(mixed));
        mixed[0].subject = NULL;
        mixed[1].flags = 1 << 7;
        mixed[3].resource = "";
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        assert_int_equal(doorward_ask_many(door, mixed, COUNT, results), 0);
        expect(0, -DOORWARD_ERROR_ARGUMENT, DOORWARD_CANNOT_DECIDE);
        expect(1, -DOORWARD_ERROR_ARGUMENT, DOORWARD_CANNOT_DECIDE);
        expect(2, 0, DOORWARD_ALLOW);
        expect(3, -DOORWARD_ERROR_ARGUMENT, DOORWARD_CANNOT_DECIDE);
        assert_int_equal(fake_server_request_count(&server), 1);
}

static void lies_are_told_from_answers_each_time(void **state)
{
        static const FakeLie LIES[] = { FAKE_LIE_REQUEST_ID, FAKE_LIE_VERSION, FAKE_LIE_USER,
                                        FAKE_LIE_ACTION, FAKE_LIE_RESOURCE };
        for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
                start((FakeBehaviour){ .outcome = DOORWARD_ALLOW, .lie = LIES[i] });
                assert_int_equal(doorward_ask_many(door, questions, COUNT, results), 0);
                for (size_t n = 0; n < COUNT; n++)
                        expect(n, -DOORWARD_ERROR_PROTOCOL, DOORWARD_CANNOT_DECIDE);
        }
}

static void nobody_there_is_said_of_each(void **state)
{
        assert_int_equal(doorward_ask_many(door, questions, COUNT, results), 0);
        for (size_t n = 0; n < COUNT; n++)
                expect(n, -DOORWARD_ERROR_UNREACHABLE, DOORWARD_CANNOT_DECIDE);
}

static void all_have_one_deadline(void **state)
{
        start((FakeBehaviour){ .kind = FAKE_LATE, .outcome = DOORWARD_ALLOW, .delay_ms = 120 });
        uint64_t began_ns = deadline_clock_ns();
        assert_int_equal(doorward_ask_many(door, questions, COUNT, results), 0);
        assert_in_range((deadline_clock_ns() - began_ns) / 1000000, TIMEOUT_MS - 10,
                        TIMEOUT_MS + SLACK_MS);
        expect(0, 0, DOORWARD_ALLOW);
        expect(3, -DOORWARD_ERROR_TIMEOUT, DOORWARD_CANNOT_DECIDE);
        for (size_t n = 1; n < 3; n++)
                doorward_answer_free(results[n].answer);
        /* What was asked after the time had passed was not sent. */
        assert_in_range(fake_server_request_count(&server), 1, 3);
}

static void whole_batches_that_cannot_be_asked_say_so(void **state)
{
        doorward_answer *answer = NULL;
        results[0].error = 0;
        assert_int_equal(doorward_ask_many(door, NULL, 2, results), -DOORWARD_ERROR_ARGUMENT);
        expect(0, -DOORWARD_ERROR_ARGUMENT, DOORWARD_CANNOT_DECIDE);
        expect(1, -DOORWARD_ERROR_ARGUMENT, DOORWARD_CANNOT_DECIDE);
        assert_int_equal(doorward_ask_many(NULL, questions, 1, results), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask_many(door, questions, 0, results), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask_many(door, questions, COUNT, NULL), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask_many(door, questions, DOORWARD_QUESTIONS_MAX + 1, results),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask_many_begin(door, questions, DOORWARD_QUESTIONS_MAX + 1),
                         -DOORWARD_ERROR_ARGUMENT);
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        assert_int_equal(doorward_ask_many_begin(door, questions, COUNT), 0);
        assert_int_equal(doorward_ask_many(door, questions, COUNT, results), -DOORWARD_ERROR_BUSY);
        expect(COUNT - 1, -DOORWARD_ERROR_BUSY, DOORWARD_CANNOT_DECIDE);
        assert_int_equal(doorward_ask(door, "a", "b", "c:d", NULL, &answer), -DOORWARD_ERROR_BUSY);
}

static void the_largest_batch_is_answered_whole(void **state)
{
        static struct doorward_question many[DOORWARD_QUESTIONS_MAX];
        assert_int_equal(doorward_set_timeout(door, 20000), 0);
        for (size_t i = 0; i < DOORWARD_QUESTIONS_MAX; i++)
                many[i] = questions[i % COUNT];
        start((FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        assert_int_equal(doorward_ask_many(door, many, DOORWARD_QUESTIONS_MAX, results), 0);
        for (size_t i = 0; i < DOORWARD_QUESTIONS_MAX; i++)
                expect(i, 0, DOORWARD_ALLOW);
}

/* One result with the caller's own loop. Return: its error. */
static int next_result(doorward_answer **answer)
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

static void the_callers_loop_gets_one_result_after_the_other(void **state)
{
        static const int ERRORS[COUNT] = { 0, -DOORWARD_ERROR_REFUSED, -DOORWARD_ERROR_UNREACHABLE,
                                           0 };
        start((FakeBehaviour){
                .outcome = DOORWARD_ALLOW, .refuse_user = "bob", .drop_user = "carol" });
        assert_int_equal(doorward_ask_many_begin(door, questions, COUNT), 0);
        for (size_t i = 0; i < COUNT; i++) {
                doorward_answer *answer = NULL;
                assert_int_equal(doorward_get_timeout(door), 0);
                assert_int_not_equal(doorward_get_events(door), 0);
                assert_int_equal(doorward_ask_begin(door, "a", "b", "c:d", NULL),
                                 -DOORWARD_ERROR_BUSY);
                assert_int_equal(next_result(&answer), ERRORS[i]);
                doorward_answer_free(answer);
        }
        doorward_answer *answer = NULL;
        assert_int_equal(doorward_process(door, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_get_events(door), 0);
        assert_int_equal(doorward_ask(door, "a", "b", "c:d", NULL, &answer), 0);
        doorward_answer_free(answer);
}

static void a_batch_can_be_given_up(void **state)
{
        doorward_answer *answer = NULL;
        start((FakeBehaviour){ .outcome = DOORWARD_DENY });
        assert_int_equal(doorward_ask_many_begin(door, questions, COUNT), 0);
        assert_int_equal(next_result(&answer), 0);
        answer = doorward_answer_free(answer);
        doorward_cancel(door);
        assert_int_equal(doorward_get_timeout(door), -1);
        assert_int_equal(doorward_process(door, &answer), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_ask(door, "a", "b", "c:d", NULL, &answer), 0);
        doorward_answer_free(answer);
        /* A single request has all its time again. */
        assert_int_equal(doorward_ask_begin(door, "a", "b", "c:d", NULL), 0);
        assert_in_range(doorward_get_timeout(door), 1, TIMEOUT_MS);
}

static void a_child_asks_nothing_on_it(void **state)
{
        int status;
        pid_t child = fork();
        if (child == 0) {
                int r = doorward_ask_many(door, questions, 1, results);
                _exit(r == -DOORWARD_ERROR_FORKED && results[0].error == r ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(answers_come_in_the_order_of_the_questions),
                TEST(a_refused_question_hides_no_other),
                TEST(a_broken_connection_costs_one_question),
                TEST(a_wrong_question_is_not_sent),
                TEST(lies_are_told_from_answers_each_time),
                TEST(nobody_there_is_said_of_each),
                TEST(all_have_one_deadline),
                TEST(whole_batches_that_cannot_be_asked_say_so),
                TEST(the_largest_batch_is_answered_whole),
                TEST(the_callers_loop_gets_one_result_after_the_other),
                TEST(a_batch_can_be_given_up),
                TEST(a_child_asks_nothing_on_it),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
