/* SPDX-License-Identifier: MIT */
/* Tests of task.c and child.c. This program is its own child, as the daemon is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "daemon/child.h"
#include "daemon/task.h"

typedef struct Outcome {
        bool done;
        int status;
        bool timed_out, truncated;
        char output[4096];
        size_t size;
} Outcome;

static void on_done(void *data, const TaskResult *result)
{
        Outcome *outcome = data;
        *outcome = (Outcome){ true, result->status,     result->timed_out, result->truncated,
                              "",   result->output_size };
        (void)snprintf(outcome->output, sizeof(outcome->output), "%s", result->output);
}

static void run(const TaskOptions *options, Outcome *outcome)
{
        sd_event *event;
        Task *task;
        *outcome = (Outcome){ 0 };
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(task_start(event, options, on_done, outcome, &task), 0);
        for (int i = 0; i < 1000000 && !outcome->done; i++)
                assert_true(sd_event_run(event, 10000) >= 0);
        assert_true(outcome->done);
        task_free(task);
        sd_event_unref(event);
}

static void output_and_status_come_back(void **state)
{
        const char *arguments[] = { "hello", "world" };
        TaskOptions options = { .mode = "print",
                                .arguments = arguments,
                                .argument_count = 2,
                                .timeout_ms = 10000,
                                .output_max = 1000 };
        Outcome outcome;
        run(&options, &outcome);
        assert_int_equal(outcome.status, 7);
        assert_string_equal(outcome.output, "hello world");
        assert_false(outcome.timed_out);
        assert_false(outcome.truncated);
}

static void too_much_output_is_cut_and_read_to_its_end(void **state)
{
        TaskOptions options = { .mode = "flood", .timeout_ms = 10000, .output_max = 100 };
        Outcome outcome;
        run(&options, &outcome);
        assert_int_equal(outcome.status, 0);
        assert_true(outcome.truncated);
        assert_int_equal(outcome.size, 100);
}

static void a_child_that_hangs_is_killed(void **state)
{
        TaskOptions options = { .mode = "hang", .timeout_ms = 50, .output_max = 100 };
        Outcome outcome;
        run(&options, &outcome);
        assert_true(outcome.timed_out);
        assert_int_equal(outcome.status, -1);
}

static void a_child_that_crashes_is_no_success(void **state)
{
        TaskOptions options = { .mode = "crash", .timeout_ms = 10000, .output_max = 100 };
        Outcome outcome;
        run(&options, &outcome);
        assert_int_equal(outcome.status, -1);
        assert_false(outcome.timed_out);
}

static void a_child_has_only_what_it_was_given(void **state)
{
        int left_open = open("/dev/null", O_RDONLY | O_CLOEXEC);
        int given = open("/dev/zero", O_RDONLY | O_CLOEXEC);
        TaskOptions options = { .mode = "descriptors",
                                .fds = &given,
                                .fd_count = 1,
                                .timeout_ms = 10000,
                                .output_max = 1000 };
        Outcome outcome;
        run(&options, &outcome);
        assert_string_equal(outcome.output, "0 1 2 3 4 signals 0");
        (void)close(left_open);
        (void)close(given);
}

static void a_task_that_is_freed_leaves_no_child(void **state)
{
        sd_event *event;
        Task *task;
        Outcome outcome = { 0 };
        TaskOptions options = { .mode = "hang", .timeout_ms = 60000, .output_max = 100 };
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(task_start(event, &options, on_done, &outcome, &task), 0);
        assert_null(task_free(task));
        assert_false(outcome.done);
        sd_event_unref(event);
        siginfo_t information = { 0 };
        assert_int_equal(waitid(P_ALL, 0, &information, WEXITED | WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
}

static int child(const char *mode, int argument_count, char **arguments)
{
        child_begin();
        if (strcmp(mode, "print") == 0) {
                (void)dprintf(CHILD_FIRST_FD, "%s %s", arguments[0], arguments[1]);
                return 7;
        }
        if (strcmp(mode, "flood") == 0) {
                for (int i = 0; i < 50000; i++)
                        (void)dprintf(CHILD_FIRST_FD, "0123456789");
                return 0;
        }
        if (strcmp(mode, "descriptors") == 0) {
                sigset_t blocked;
                for (int fd = 0; fd < 256; fd++)
                        if (fcntl(fd, F_GETFD) >= 0)
                                (void)dprintf(CHILD_FIRST_FD, "%d ", fd);
                (void)sigprocmask(SIG_BLOCK, NULL, &blocked);
                (void)dprintf(CHILD_FIRST_FD, "signals %d", sigismember(&blocked, SIGCHLD));
                return 0;
        }
        if (strcmp(mode, "crash") == 0)
                (void)raise(SIGKILL);
        for (;;)
                (void)pause();
}

int main(int argument_count, char **arguments)
{
        const size_t prefix = sizeof(CHILD_MODE_PREFIX) - 1;
        if (argument_count > 1 && strncmp(arguments[1], CHILD_MODE_PREFIX, prefix) == 0)
                return child(arguments[1] + prefix, argument_count - 2, arguments + 2);
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(output_and_status_come_back),
                cmocka_unit_test(too_much_output_is_cut_and_read_to_its_end),
                cmocka_unit_test(a_child_that_hangs_is_killed),
                cmocka_unit_test(a_child_that_crashes_is_no_success),
                cmocka_unit_test(a_child_has_only_what_it_was_given),
                cmocka_unit_test(a_task_that_is_freed_leaves_no_child),
        };
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGCHLD);
        (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
