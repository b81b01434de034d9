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
        int (*const REQUESTS[])(doorward *, doorward_answer **) = { ask, explain, unlock };
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(without_memory_there_is_an_error_and_no_answer),
                TEST(a_connection_works_again_when_there_is_memory),
        };
        (void)alarm(20); /* an error that is lost would leave it waiting */
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
