/* SPDX-License-Identifier: MIT */
/* Tests of process.c: a number means the process that began then, and no later one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/process.h"

static pid_t start_child(const char *name)
{
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                if (name)
                        (void)prctl(PR_SET_NAME, name);
                (void)alarm(60);
                for (;;)
                        (void)pause();
        }
        return pid;
}

static int end_child(pid_t pid)
{
        int status;
        (void)kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return status;
}

static void a_process_keeps_when_it_began(void **state)
{
        int64_t first, second;
        assert_int_equal(process_started(getpid(), &first), 0);
        /* Whatever becomes of it, e.g. how big it is */
        void *more = mmap(NULL, 1 << 26, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(more != MAP_FAILED);
        assert_int_equal(process_started(getpid(), &second), 0);
        assert_int_equal(munmap(more, 1 << 26), 0);
        assert_true(first == second);
        assert_true(first != 0);
}

static void its_name_may_hold_anything(void **state)
{
        int64_t before, after;
        pid_t pid = start_child(NULL);
        assert_int_equal(process_started(pid, &before), 0);
        end_child(pid);
        pid = start_child(") R 1 (1 ) 7");
        (void)usleep(50000);
        assert_int_equal(process_started(pid, &after), 0);
        int fd = process_open(pid, after);
        assert_true(fd >= 0);
        (void)close(fd);
        end_child(pid);
        /* A name that is given later changes nothing. */
        char name[16];
        assert_int_equal(prctl(PR_GET_NAME, name), 0);
        assert_int_equal(process_started(getpid(), &before), 0);
        assert_int_equal(prctl(PR_SET_NAME, ") R 1 (1 ) 7"), 0);
        assert_int_equal(process_started(getpid(), &after), 0);
        assert_int_equal(prctl(PR_SET_NAME, name), 0);
        assert_true(before == after);
}

static void what_is_no_process_did_not_begin(void **state)
{
        int64_t started;
        pid_t pid = start_child(NULL);
        end_child(pid);
        assert_int_equal(process_started(pid, &started), -ESRCH);
        assert_int_equal(process_started(0, &started), -ESRCH);
        assert_int_equal(process_started(-1, &started), -ESRCH);
        assert_true(process_open(pid, 1) < 0);
        assert_true(process_open(0, 1) < 0);
}

static void one_that_began_at_another_time_is_not_opened(void **state)
{
        int64_t started;
        pid_t pid = start_child(NULL);
        assert_int_equal(process_started(pid, &started), 0);
        assert_int_equal(process_open(pid, started + 1), -ESRCH);
        assert_int_equal(process_open(pid, 0), -ESRCH);
        end_child(pid);
}

static void one_that_is_opened_is_told_and_no_other(void **state)
{
        int64_t started;
        int status;
        pid_t pid = start_child(NULL);
        assert_int_equal(process_started(pid, &started), 0);
        int fd = process_open(pid, started);
        assert_true(fd >= 0);
        assert_int_equal(process_signal(fd, SIGTERM), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        assert_int_equal(process_signal(fd, SIGTERM), -ESRCH);
        (void)close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_process_keeps_when_it_began),
                cmocka_unit_test(its_name_may_hold_anything),
                cmocka_unit_test(what_is_no_process_did_not_begin),
                cmocka_unit_test(one_that_began_at_another_time_is_not_opened),
                cmocka_unit_test(one_that_is_opened_is_told_and_no_other),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
