/* SPDX-License-Identifier: MIT */
/* Tests of client/descriptor.h, in children whose standard streams are closed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/descriptor.h"

/* Runs a check in a child. Return: its exit status. */
static int in_child(int (*check)(void))
{
        int status;
        fflush(NULL);
        pid_t child = fork();
        if (child == 0)
                _exit(check());
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static int closed_standard_streams_stay_closed(void)
{
        close(0);
        close(1);
        close(2);
        int fd = descriptor_above_standard(open("/dev/null", O_RDONLY | O_CLOEXEC));
        if (fd < 3 || fcntl(fd, F_GETFD) != FD_CLOEXEC)
                return 1;
        for (int i = 0; i < 3; i++)
                if (fcntl(i, F_GETFD) != -1)
                        return 2;
        return 0;
}

static int without_room_nothing_stays_open(void)
{
        struct rlimit three = { 3, 3 };
        close(0);
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd != 0 || setrlimit(RLIMIT_NOFILE, &three) < 0)
                return 1;
        if (descriptor_above_standard(fd) != -1 || (errno != EMFILE && errno != EINVAL))
                return 2;
        return fcntl(0, F_GETFD) == -1 ? 0 : 3;
}

static void a_low_descriptor_is_moved(void **state)
{
        assert_int_equal(in_child(closed_standard_streams_stay_closed), 0);
}

static void a_descriptor_that_cannot_be_moved_is_closed(void **state)
{
        assert_int_equal(in_child(without_room_nothing_stays_open), 0);
}

static void others_are_passed_through(void **state)
{
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        assert_true(fd > 2);
        assert_int_equal(descriptor_above_standard(fd), fd);
        close(fd);
        errno = ENOENT;
        assert_int_equal(descriptor_above_standard(-1), -1);
        assert_int_equal(errno, ENOENT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_low_descriptor_is_moved),
                cmocka_unit_test(a_descriptor_that_cannot_be_moved_is_closed),
                cmocka_unit_test(others_are_passed_through),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
