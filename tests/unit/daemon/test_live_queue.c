/* SPDX-License-Identifier: MIT */
/* Tests of live_queue.c: changes of one resource follow each other, others do not wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/live_queue.h"

enum { TASKS_MAX = 32 };

/* A task that says when it began, in the order of its number. */
typedef struct TestTask {
        LiveTask task;
        char number;
        bool at_once; /* it is done as soon as it begins */
} TestTask;

static LiveQueue queue;
static char begun[TASKS_MAX + 1], dropped[TASKS_MAX + 1];
static TestTask tasks[TASKS_MAX];

static void note(char *list, LiveTask *task)
{
        size_t used = strlen(list);
        list[used] = ((TestTask *)task)->number;
        list[used + 1] = '\0';
}

static void begin(LiveTask *task)
{
        note(begun, task);
        if (((TestTask *)task)->at_once)
                live_queue_finish(&queue, task);
}

static void drop(LiveTask *task)
{
        note(dropped, task);
}

static LiveTask *add(size_t i, const char *resource, bool at_once, bool expected)
{
        tasks[i] = (TestTask){
                .task = { .resource = text_from(resource), .begin = begin, .drop = drop },
                .number = (char)('a' + i),
                .at_once = at_once
        };
        assert_int_equal(live_queue_add(&queue, &tasks[i].task), expected);
        return &tasks[i].task;
}

static int setup(void **state)
{
        queue = (LiveQueue){ 0 };
        begun[0] = dropped[0] = '\0';
        return 0;
}

static void one_begins_at_once_and_is_done(void **state)
{
        LiveTask *first = add(0, "door:a/1", false, true);
        assert_string_equal(begun, "a");
        assert_true(first->running);
        assert_true(live_queue_holds(&queue, TEXT_LITERAL("door:a/1")));
        live_queue_finish(&queue, first);
        assert_int_equal(queue.count, 0);
        assert_null(queue.first);
        assert_null(queue.last);
        assert_false(live_queue_holds(&queue, TEXT_LITERAL("door:a/1")));
}

static void those_of_one_resource_follow_each_other_and_others_do_not_wait(void **state)
{
        LiveTask *first = add(0, "door:a/1", false, true);
        LiveTask *second = add(1, "door:a/1", false, true);
        LiveTask *other = add(2, "door:a/2", false, true);
        add(3, "door:a/1", false, true);
        assert_string_equal(begun, "ac");
        live_queue_finish(&queue, other);
        assert_string_equal(begun, "ac");
        live_queue_finish(&queue, first);
        assert_string_equal(begun, "acb");
        live_queue_finish(&queue, second);
        assert_string_equal(begun, "acbd");
        assert_int_equal(queue.count, 1);
}

static void those_that_are_done_at_once_make_way_in_their_order(void **state)
{
        LiveTask *first = add(0, "door:a/1", false, true);
        for (size_t i = 1; i < LIVE_WAITING_OF_RESOURCE_MAX; i++)
                add(i, "door:a/1", true, true);
        live_queue_finish(&queue, first);
        assert_string_equal(begun, "abcdefghijklmnop");
        assert_int_equal(queue.count, 0);
        assert_null(queue.last);
}

static void too_many_of_one_resource_are_refused(void **state)
{
        for (size_t i = 0; i < LIVE_WAITING_OF_RESOURCE_MAX; i++)
                add(i, "door:a/1", false, true);
        add(LIVE_WAITING_OF_RESOURCE_MAX, "door:a/1", false, false);
        add(LIVE_WAITING_OF_RESOURCE_MAX + 1, "door:a/2", false, true);
        assert_int_equal(queue.count, LIVE_WAITING_OF_RESOURCE_MAX + 1);
}

static void one_that_waits_can_be_taken_out(void **state)
{
        LiveTask *first = add(0, "door:a/1", false, true);
        LiveTask *second = add(1, "door:a/1", false, true);
        LiveTask *third = add(2, "door:a/1", false, true);
        live_queue_take_out(&queue, third);
        assert_ptr_equal(queue.last, second);
        live_queue_take_out(&queue, second);
        live_queue_finish(&queue, first);
        assert_string_equal(begun, "a");
        assert_int_equal(queue.count, 0);
}

static void what_never_began_is_dropped(void **state)
{
        LiveTask *first = add(0, "door:a/1", false, true);
        add(1, "door:a/1", false, true);
        add(2, "door:a/1", false, true);
        live_queue_take_out(&queue, first);
        live_queue_close(&queue);
        assert_string_equal(dropped, "bc");
        assert_string_equal(begun, "a");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(one_begins_at_once_and_is_done, setup),
                cmocka_unit_test_setup(
                        those_of_one_resource_follow_each_other_and_others_do_not_wait, setup),
                cmocka_unit_test_setup(those_that_are_done_at_once_make_way_in_their_order, setup),
                cmocka_unit_test_setup(too_many_of_one_resource_are_refused, setup),
                cmocka_unit_test_setup(one_that_waits_can_be_taken_out, setup),
                cmocka_unit_test_setup(what_never_began_is_dropped, setup),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
