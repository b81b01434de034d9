/* SPDX-License-Identifier: MIT */
/* Tests of process.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/process.h"

static pid_t child_new(const char *name)
{
        pid_t pid = fork();
        if (pid == 0) {
                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                (void)prctl(PR_SET_NAME, name);
                for (;;)
                        (void)pause();
        }
        assert_true(pid > 0);
        (void)usleep(50000);
        return pid;
}

static void child_end(pid_t pid)
{
        (void)kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_process_began_after_its_parent_and_before_now(void **state)
{
        struct timespec now;
        pid_t pid = child_new("plain");
        int64_t ours = process_started(getpid()), its = process_started(pid);
        assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
        assert_true(ours > 0);
        assert_true(its >= ours);
        assert_true(its <= (now.tv_sec + 1) * sysconf(_SC_CLK_TCK));
        assert_int_equal(process_started(pid), its);
        child_end(pid);
}

static void a_name_with_spaces_and_brackets_moves_no_field(void **state)
{
        pid_t plain = child_new("plain"), odd = child_new(") 1 2 3 (x) 4");
        int64_t difference = process_started(odd) - process_started(plain);
        assert_in_range(difference, 0, 10 * sysconf(_SC_CLK_TCK));
        child_end(plain);
        child_end(odd);
}

static void a_process_that_is_gone_has_no_beginning(void **state)
{
        pid_t pid = child_new("gone");
        child_end(pid);
        assert_int_equal(process_started(pid), 0);
        assert_int_equal(process_started(-1), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_process_began_after_its_parent_and_before_now),
                cmocka_unit_test(a_name_with_spaces_and_brackets_moves_no_field),
                cmocka_unit_test(a_process_that_is_gone_has_no_beginning),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
