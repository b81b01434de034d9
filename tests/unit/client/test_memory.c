/* SPDX-License-Identifier: MIT */
/*
 * Tests of doorward/doorward.h without memory: whichever allocation fails, there is an error and no
 * answer, and the connection can be used again afterwards. The linker puts the functions below in
 * the place of malloc() and its kin (--wrap).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include <doorward/doorward.h>

#include "failing_memory.h"
#include "fake_server.h"

static FakeServer server;

static int set_up(void **state)
{
        fake_server_prepare(&server);
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW,
                                                     .decision_id = FAKE_ID,
                                                     .door = true });
        return 0;
}

static int tear_down(void **state)
{
        fake_server_clean(&server);
        return 0;
}

static int ask(doorward *door, doorward_answer **answer)
{
        static const char *const EXTRA[] = { "with=schedule:acme/Night", "private=true", NULL };
        return doorward_ask(door, "alice", "access.door.unlock", "door:acme/HQ/D1", EXTRA, answer);
}

static int explain(doorward *door, doorward_answer **answer)
{
        return doorward_explain(door, "alice", "access.door.unlock", "door:acme/HQ/D1", NULL,
                                answer);
}

static int unlock(doorward *door, doorward_answer **answer)
{
        return doorward_unlock(door, "door:acme/HQ/D1", NULL, answer);
}

static int enter_card(doorward *door, doorward_answer **answer)
{
        return doorward_enter_card(door, "8165538", "door:acme/HQ/D1", DOORWARD_CODE_NONE, answer);
}

static int consume(doorward *door, doorward_answer **answer)
{
        return doorward_consume(door, FAKE_ID, "door:acme/HQ/D1", answer);
}

/* A batch of one: its error and answer. */
static int ask_many(doorward *door, doorward_answer **answer)
{
        const struct doorward_question question = { "alice", "access.door.unlock",
                                                    "door:acme/HQ/D1", NULL, 0 };
        struct doorward_result result;
        int r = doorward_ask_many(door, &question, 1, &result);
        *answer = result.answer;
        return r ? r : result.error;
}

/* Everything from the new connection to its end. Return: what the request returned. */
static int whole(int (*request)(doorward *door, doorward_answer **answer), bool *ret_allowed)
{
        doorward_answer *answer = NULL;
        doorward *door = NULL;
        int r = doorward_new(&door, server.socket);
        if (r == 0)
                r = request(door, &answer);
        memory_recover();
        assert_true(r == 0 || !answer);
        *ret_allowed = doorward_answer_outcome(answer) == DOORWARD_ALLOW;
        doorward_answer_free(answer);
        doorward_free(door);
        return r;
}

static void without_memory_there_is_an_error_and_no_answer(void **state)
{
        int (*const REQUESTS[])(doorward *, doorward_answer **) = { ask,        explain, unlock,
                                                                    enter_card, consume, ask_many };
        for (size_t i = 0; i < sizeof(REQUESTS) / sizeof(REQUESTS[0]); i++) {
                bool allowed;
                memory_fail_from(0, 0);
                assert_int_equal(whole(REQUESTS[i], &allowed), 0);
                assert_true(allowed);
                unsigned needed = memory_allocations();
                assert_in_range(needed, 2, 100);
                for (unsigned first = 1; first <= needed; first++) {
                        memory_fail_from(first, 1);
                        assert_int_equal(whole(REQUESTS[i], &allowed), -DOORWARD_ERROR_MEMORY);
                        assert_false(allowed);
                        memory_fail_from(first, UINT32_MAX);
                        assert_int_equal(whole(REQUESTS[i], &allowed), -DOORWARD_ERROR_MEMORY);
                        assert_false(allowed);
                }
                memory_fail_from(0, 0);
        }
}

static void a_connection_works_again_when_there_is_memory(void **state)
{
        doorward *door = NULL;
        doorward_answer *answer = NULL;
        memory_fail_from(0, 0);
        assert_int_equal(doorward_new(&door, server.socket), 0);
        for (unsigned first = 1; first <= 20; first++) {
                memory_fail_from(first, 1);
                int r = explain(door, &answer);
                memory_recover();
                assert_true(r == 0 || (r == -DOORWARD_ERROR_MEMORY && !answer));
                answer = doorward_answer_free(answer);
                assert_int_equal(explain(door, &answer), 0);
                assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
                answer = doorward_answer_free(answer);
        }
        doorward_free(door);
}

static int report(doorward *door, doorward_answer **answer)
{
        const struct doorward_event event = { .event = "door-opened", .sequence = 1 };
        return doorward_report(door, FAKE_ID, &event, 1, answer);
}

static void what_could_not_be_remembered_is_reported_again(void **state)
{
        static const FakeList RECORDED = { .status = 0 };
        bool allowed;
        for (unsigned first = 1;; first++) {
                fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_LISTS,
                                                             .lists = &RECORDED,
                                                             .list_count = 1 });
                memory_fail_from(first, 1);
                int r = whole(report, &allowed);
                assert_false(allowed);
                if (r == 0) {
                        assert_in_range(first, 3, 100); /* all of them have failed */
                        return;
                }
                assert_int_equal(r, -DOORWARD_ERROR_MEMORY);
        }
}

/* Subscribes and takes an item; the second of two. Return: the first error. */
static int take_two(void)
{
        doorward *door = NULL;
        doorward_subscription *subscription = NULL;
        doorward_item *item = NULL;
        int r = doorward_new(&door, server.socket);
        if (r == 0)
                r = doorward_subscribe(door, DOORWARD_REVISIONS, NULL, &subscription);
        for (int i = 0; r == 0 && i < 2; i++) {
                item = doorward_item_free(item);
                r = doorward_subscription_next(subscription, 5000, &item);
                assert_true(r != 0 || item);
        }
        memory_recover();
        if (subscription && r < 0) {
                item = doorward_item_free(item);
                /* What was lost is told, for good. */
                assert_int_equal(doorward_subscription_process(subscription, &item), r);
                assert_null(item);
        }
        doorward_item_free(item);
        doorward_subscription_free(subscription);
        doorward_free(door);
        return r;
}

static void an_item_that_could_not_be_kept_ends_the_subscription(void **state)
{
        static const FakeList LISTS[] = { { .records = { "state=serving\nrevision=r1" } },
                                          { .records = { "state=serving\nrevision=r2" } },
                                          { .end = FAKE_END_MISSING } };
        unsigned failed = 0;
        for (unsigned first = 1; first < 100; first++) {
                fake_server_start(
                        &server,
                        &(FakeBehaviour){ .kind = FAKE_LISTS, .lists = LISTS, .list_count = 3 });
                memory_fail_from(first, 1);
                int r = take_two();
                if (r == 0)
                        break;
                assert_int_equal(r, -DOORWARD_ERROR_MEMORY);
                failed++;
        }
        assert_in_range(failed, 6, 98); /* connection, its path, subscription, its own, two items */
        memory_fail_from(0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(without_memory_there_is_an_error_and_no_answer),
                TEST(a_connection_works_again_when_there_is_memory),
                TEST(what_could_not_be_remembered_is_reported_again),
                TEST(an_item_that_could_not_be_kept_ends_the_subscription),
        };
        (void)alarm(20); /* an error that is lost would leave it waiting */
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
