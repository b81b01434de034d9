/* SPDX-License-Identifier: MIT */
/*
 * Tests of util/file.h: what may not be trusted is refused, and what is read is the whole file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "util/cleanup.h"
#include "util/file.h"

/* A folder of its own for every test; *state is its path. */
static int folder_make(void **state)
{
        char pattern[] = "/tmp/doorward-test-file-XXXXXX";

        umask(022);
        *state = mkdtemp(pattern) ? strdup(pattern) : NULL;
        return *state ? chdir(*state) : -1;
}

static int folder_remove(void **state)
{
        static const char *const NAMES[] = { "plain", "link", "fifo", "socket", "big", "dangling" };

        for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
                unlink(NAMES[i]);
        rmdir("folder");
        if (chdir("/") < 0 || rmdir(*state) < 0)
                return -1;
        free(*state);
        return 0;
}

static void file_make(const char *name, const char *data, size_t size, mode_t mode)
{
        _cleanup_close_ int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(file_write_all(fd, data, size), 0);
        assert_int_equal(fchmod(fd, mode), 0);
}

static void assert_refused(const char *name, size_t size_max, int expected)
{
        char *data = NULL;
        size_t size = 42;
        struct stat status = { .st_size = 42 };

        assert_int_equal(file_read(AT_FDCWD, name, size_max, &data, &size, &status), expected);
        assert_null(data);
        assert_int_equal(size, 42);
        assert_int_equal(status.st_size, 42);
}

static void a_file_is_read_whole_and_closed_by_a_nul(void **state)
{
        _cleanup_free_ char *data = NULL;
        size_t size = 0;
        struct stat status = { 0 };

        file_make("plain", "a\0b", 3, 0644);
        assert_int_equal(file_read(AT_FDCWD, "plain", 3, &data, &size, &status), 0);
        assert_int_equal(size, 3);
        assert_memory_equal(data, "a\0b", 4);
        assert_int_equal(status.st_size, 3);
        assert_true(S_ISREG(status.st_mode));
}

static void an_empty_file_is_read_and_the_status_may_be_left_out(void **state)
{
        _cleanup_free_ char *data = NULL;
        size_t size = 42;

        file_make("plain", "", 0, 0400);
        assert_int_equal(file_read(AT_FDCWD, "plain", 0, &data, &size, NULL), 0);
        assert_int_equal(size, 0);
        assert_string_equal(data, "");
}

static void a_file_is_looked_for_below_the_folder(void **state)
{
        _cleanup_close_ int folder = -1;
        _cleanup_free_ char *data = NULL;
        size_t size = 0;

        file_make("plain", "x", 1, 0600);
        assert_int_equal(file_open_directory(AT_FDCWD, *state, &folder), 0);
        assert_int_equal(chdir("/"), 0);
        assert_int_equal(file_read(folder, "plain", 1, &data, &size, NULL), 0);
        assert_int_equal(fchdir(folder), 0);
        assert_string_equal(data, "x");
}

static void a_file_over_the_limit_is_too_large(void **state)
{
        file_make("plain", "1234", 4, 0600);
        assert_refused("plain", 3, FILE_TOO_LARGE);
        assert_refused("plain", 0, FILE_TOO_LARGE);
}

static void a_file_that_others_may_write_is_refused(void **state)
{
        file_make("plain", "x", 1, 0620);
        assert_refused("plain", 10, FILE_WRITABLE);
        file_make("plain", "x", 1, 0602);
        assert_refused("plain", 10, FILE_WRITABLE);
}

static void what_is_no_regular_file_is_refused_without_waiting(void **state)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
        _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        file_make("plain", "x", 1, 0600);
        assert_int_equal(symlink("plain", "link"), 0);
        assert_int_equal(symlink("nothing", "dangling"), 0);
        assert_int_equal(mkfifo("fifo", 0600), 0);
        assert_int_equal(mkdir("folder", 0700), 0);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);

        assert_refused("link", 10, FILE_NOT_REGULAR);
        assert_refused("dangling", 10, FILE_NOT_REGULAR);
        assert_refused("fifo", 10, FILE_NOT_REGULAR);
        assert_refused("folder", 10, FILE_NOT_REGULAR);
        assert_refused("socket", 10, FILE_NOT_REGULAR);
        assert_refused("/dev/null", 10, FILE_NOT_REGULAR);
}

static void a_missing_file_is_an_error(void **state)
{
        assert_refused("nothing", 10, -ENOENT);
        assert_refused("", 10, -ENOENT);
}

/* The kernel states size 0 for these, and they have content. */
static void a_file_longer_than_stated_has_changed(void **state)
{
        assert_refused("/proc/self/status", 1 << 20, FILE_CHANGED);
}

/* The kernel states a page for these, and their content is shorter. */
static void a_file_shorter_than_stated_has_changed(void **state)
{
        assert_refused("/sys/kernel/uevent_seqnum", 1 << 20, FILE_CHANGED);
}

/* Needs to be root to give a file away; any other user finds root's files owned rightly. */
static void only_root_and_the_own_user_are_trusted(void **state)
{
        enum { SOMEBODY = 12345, SOMEBODY_ELSE = 23456 };
        int fd = -1;

        file_make("plain", "x", 1, 0644);
        assert_int_equal(mkdir("folder", 0755), 0);
        if (geteuid() != 0) {
                assert_int_equal(file_open_directory(AT_FDCWD, "/etc", &fd), 0);
                close(fd);
                return;
        }
        assert_int_equal(chown("plain", SOMEBODY, 0), 0);
        assert_int_equal(chown("folder", SOMEBODY, 0), 0);
        assert_refused("plain", 10, FILE_WRONG_OWNER);
        assert_int_equal(file_open_directory(AT_FDCWD, "folder", &fd), FILE_WRONG_OWNER);
        assert_int_equal(fd, -1);

        assert_int_equal(chmod(*state, 0755), 0);
        assert_int_equal(seteuid(SOMEBODY_ELSE), 0);
        int folder_result = file_open_directory(AT_FDCWD, "folder", &fd);
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(folder_result, FILE_WRONG_OWNER);

        assert_int_equal(seteuid(SOMEBODY), 0);
        folder_result = file_open_directory(AT_FDCWD, "folder", &fd);
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(folder_result, 0);
        close(fd);
}

static void a_folder_is_opened_for_this_program_only(void **state)
{
        _cleanup_close_ int fd = -1;

        assert_int_equal(mkdir("folder", 0755), 0);
        assert_int_equal(file_open_directory(AT_FDCWD, "folder//", &fd), 0);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void a_folder_that_others_may_write_is_refused(void **state)
{
        int fd = -1;

        assert_int_equal(mkdir("folder", 0755), 0);
        assert_int_equal(chmod("folder", 0775), 0);
        assert_int_equal(file_open_directory(AT_FDCWD, "folder", &fd), FILE_WRITABLE);
        assert_int_equal(chmod("folder", 01777), 0);
        assert_int_equal(file_open_directory(AT_FDCWD, "folder", &fd), FILE_WRITABLE);
        assert_int_equal(fd, -1);
}

static void a_folder_is_listed_from_its_beginning_each_time(void **state)
{
        int fd = -1;
        assert_int_equal(mkdir("folder", 0755), 0);
        file_make("folder/a", "", 0, 0644);
        assert_int_equal(file_open_directory(AT_FDCWD, "folder", &fd), 0);
        for (int round = 0; round < 2; round++) {
                _cleanup_(cleanup_closedir) DIR *list = NULL;
                int names = 0;
                assert_int_equal(file_list(fd, &list), 0);
                for (const struct dirent *entry; (entry = readdir(list));)
                        names += strcmp(entry->d_name, "a") == 0;
                assert_int_equal(names, 1);
        }
        assert_int_equal(unlinkat(fd, "a", 0), 0);
        assert_int_equal(close(fd), 0);
        DIR *none = NULL;
        assert_int_equal(file_list(fd, &none), -EBADF);
        assert_null(none);
}

static void what_is_no_folder_is_refused(void **state)
{
        int fd = -1;

        file_make("plain", "x", 1, 0600);
        assert_int_equal(mkdir("folder", 0755), 0);
        assert_int_equal(symlink("folder", "link"), 0);
        assert_int_equal(mkfifo("fifo", 0600), 0);
        assert_int_equal(file_open_directory(AT_FDCWD, "plain", &fd), FILE_NOT_DIRECTORY);
        assert_int_equal(file_open_directory(AT_FDCWD, "fifo", &fd), FILE_NOT_DIRECTORY);
        assert_int_equal(file_open_directory(AT_FDCWD, "link", &fd), FILE_NOT_DIRECTORY);
        assert_int_equal(file_open_directory(AT_FDCWD, "link/", &fd), FILE_NOT_DIRECTORY);
        assert_int_equal(file_open_directory(AT_FDCWD, "nothing", &fd), -ENOENT);
        assert_int_equal(file_open_directory(AT_FDCWD, "", &fd), -ENOENT);
        assert_int_equal(fd, -1);
}

enum { PIPED = 1 << 20 };

static void *pipe_write(void *fd)
{
        _cleanup_free_ char *data = malloc(PIPED);
        intptr_t result = -ENOMEM;

        if (data) {
                for (size_t i = 0; i < PIPED; i++)
                        data[i] = (char)(i % 251);
                result = file_write_all(*(int *)fd, data, PIPED);
        }
        close(*(int *)fd);
        return (void *)result;
}

/* A pipe takes 64 KiB at once: the rest has to follow, in order. */
static void all_bytes_are_written_in_order(void **state)
{
        unsigned char buffer[4096];
        size_t count = 0, wrong = 0;
        pthread_t thread;
        int ends[2];
        void *result;

        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        assert_int_equal(pthread_create(&thread, NULL, pipe_write, &ends[1]), 0);
        for (ssize_t step; (step = read(ends[0], buffer, sizeof(buffer))) > 0;)
                for (ssize_t i = 0; i < step; i++, count++)
                        wrong += buffer[i] != count % 251;
        assert_int_equal(pthread_join(thread, &result), 0);
        close(ends[0]);
        assert_int_equal((intptr_t)result, 0);
        assert_int_equal(count, PIPED);
        assert_int_equal(wrong, 0);
}

static void a_failing_write_is_an_error(void **state)
{
        _cleanup_close_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

        assert_int_equal(file_write_all(full, "x", 1), -ENOSPC);
        assert_int_equal(file_write_all(-1, "x", 1), -EBADF);
        assert_int_equal(file_write_all(-1, NULL, 0), 0);
}

static void every_problem_has_its_own_words(void **state)
{
        const char *unknown = file_problem_text(FILE_CHANGED + 1);

        assert_string_equal(file_problem_text(-1), unknown);
        for (int i = FILE_SAFE; i <= FILE_CHANGED; i++) {
                assert_string_not_equal(file_problem_text(i), unknown);
                for (int j = FILE_SAFE; j < i; j++)
                        assert_string_not_equal(file_problem_text(i), file_problem_text(j));
        }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                IN_FOLDER(a_file_is_read_whole_and_closed_by_a_nul),
                IN_FOLDER(an_empty_file_is_read_and_the_status_may_be_left_out),
                IN_FOLDER(a_file_is_looked_for_below_the_folder),
                IN_FOLDER(a_file_over_the_limit_is_too_large),
                IN_FOLDER(a_file_that_others_may_write_is_refused),
                IN_FOLDER(what_is_no_regular_file_is_refused_without_waiting),
                IN_FOLDER(a_missing_file_is_an_error),
                IN_FOLDER(a_file_longer_than_stated_has_changed),
                IN_FOLDER(a_file_shorter_than_stated_has_changed),
                IN_FOLDER(only_root_and_the_own_user_are_trusted),
                IN_FOLDER(a_folder_is_opened_for_this_program_only),
                IN_FOLDER(a_folder_that_others_may_write_is_refused),
                IN_FOLDER(a_folder_is_listed_from_its_beginning_each_time),
                IN_FOLDER(what_is_no_folder_is_refused),
                cmocka_unit_test(all_bytes_are_written_in_order),
                cmocka_unit_test(a_failing_write_is_an_error),
                cmocka_unit_test(every_problem_has_its_own_words),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
