/* SPDX-License-Identifier: MIT */
/* Tests of change_files.c. */
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
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/change_files.h"
#include "util/file.h"

typedef struct Folder {
        char path[64];
        int state_fd, fd;
} Folder;

static int setup(void **state)
{
        static Folder folder;
        folder = (Folder){ .path = "/tmp/assignments-test-XXXXXX" };
        if (!mkdtemp(folder.path))
                return -1;
        folder.state_fd = open(folder.path, O_RDONLY | O_DIRECTORY);
        *state = &folder;
        return change_files_open(folder.state_fd, &folder.fd);
}

static int teardown(void **state)
{
        const Folder *folder = *state;
        char command[100];
        (void)close(folder->fd);
        (void)close(folder->state_fd);
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder->path);
        return system(command);
}

static void put(const Folder *folder, const char *name, const char *text)
{
        int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
        (void)close(fd);
}

/* What a file holds; "-" when there is none. Static. */
static const char *get(const Folder *folder, const char *name)
{
        static char text[64];
        int fd = openat(folder->fd, name, O_RDONLY);
        if (fd < 0)
                return "-";
        ssize_t size = read(fd, text, sizeof(text) - 1);
        (void)close(fd);
        text[size > 0 ? size : 0] = '\0';
        return text;
}

#define FILES                                                                                      \
        {                                                                                          \
                { .organization = TEXT_LITERAL("acme") },                                          \
                {                                                                                  \
                        .organization = TEXT_LITERAL("beta")                                       \
                }                                                                                  \
        }

static void candidates_take_the_place_of_what_was_there(void **state)
{
        Folder *folder = *state;
        ChangeFile files[] = FILES;
        put(folder, "acme.conf", "old");
        put(folder, "acme.conf.next", "new");
        put(folder, "beta.conf.next", "first");
        assert_int_equal(change_files_place(folder->fd, files, 2), 0);
        assert_string_equal(get(folder, "acme.conf"), "new");
        assert_string_equal(get(folder, "beta.conf"), "first");
        change_files_drop(folder->fd, files, 2);
        assert_string_equal(get(folder, "acme.conf.next"), "-");
        assert_string_equal(get(folder, "acme.conf"), "new");
}

static void what_was_placed_is_put_back_as_one(void **state)
{
        Folder *folder = *state;
        ChangeFile files[] = FILES;
        put(folder, "acme.conf", "old");
        put(folder, "acme.conf.next", "new");
        put(folder, "beta.conf.next", "first");
        assert_int_equal(change_files_place(folder->fd, files, 2), 0);
        assert_int_equal(change_files_put_back(folder->fd, files, 2), 0);
        assert_string_equal(get(folder, "acme.conf"), "old");
        assert_string_equal(get(folder, "beta.conf"), "-");
        change_files_drop(folder->fd, files, 2);
        assert_string_equal(get(folder, "acme.conf.next"), "-");
        assert_string_equal(get(folder, "beta.conf.next"), "-");
}

static void one_that_cannot_be_placed_leaves_all_as_they_were(void **state)
{
        Folder *folder = *state;
        ChangeFile files[] = FILES;
        put(folder, "acme.conf", "old");
        put(folder, "acme.conf.next", "new");
        put(folder, "file", "");
        files[1].organization = TEXT_LITERAL("file/beta");
        assert_int_equal(change_files_place(folder->fd, files, 2), -ENOTDIR);
        assert_string_equal(get(folder, "acme.conf"), "old");
        assert_string_equal(get(folder, "acme.conf.next"), "new");
        assert_false(files[0].placed);
}

static void without_a_candidate_nothing_is_placed(void **state)
{
        Folder *folder = *state;
        ChangeFile files[] = FILES;
        put(folder, "acme.conf", "old");
        assert_int_equal(change_files_place(folder->fd, files, 2), 0);
        assert_string_equal(get(folder, "acme.conf"), "old");
        assert_false(files[0].placed || files[1].placed);
        assert_int_equal(change_files_put_back(folder->fd, files, 2), 0);
        assert_string_equal(get(folder, "acme.conf"), "old");
}

static void opening_removes_candidates_only(void **state)
{
        Folder *folder = *state;
        put(folder, "acme.conf", "old");
        put(folder, "acme.conf.next", "half");
        put(folder, "gone.conf.next", "half");
        put(folder, ".conf.next", "kept");
        (void)close(folder->fd);
        assert_int_equal(change_files_open(folder->state_fd, &folder->fd), 0);
        assert_string_equal(get(folder, "acme.conf"), "old");
        assert_string_equal(get(folder, "acme.conf.next"), "-");
        assert_string_equal(get(folder, "gone.conf.next"), "-");
        assert_string_equal(get(folder, ".conf.next"), "kept");
}

static void the_folder_is_made_and_must_be_safe(void **state)
{
        Folder *folder = *state;
        struct stat status;
        int fd;
        assert_int_equal(fstat(folder->fd, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0700);
        assert_int_equal(fchmod(folder->fd, 0770), 0);
        assert_int_equal(change_files_open(folder->state_fd, &fd), FILE_WRITABLE);
}

static void the_folder_is_followed_to_where_its_path_leads(void **state)
{
        Folder *folder = *state;
        char path[100], former[100];
        (void)snprintf(path, sizeof(path), "%s/assignments", folder->path);
        (void)snprintf(former, sizeof(former), "%s/former", folder->path);
        int first = folder->fd;
        assert_int_equal(change_files_follow(path, &folder->fd), 0);
        assert_int_equal(folder->fd, first);
        assert_int_equal(rename(path, former), 0);
        assert_int_equal(change_files_follow(path, &folder->fd), -ENOENT);
        assert_int_equal(symlink(former, path), 0);
        assert_int_equal(change_files_follow(path, &folder->fd), FILE_NOT_DIRECTORY);
        assert_int_equal(folder->fd, first);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(change_files_follow(path, &folder->fd), CHANGE_FILES_MOVED);
        assert_int_equal(change_files_follow(path, &folder->fd), 0);
        put(folder, "acme.conf", "new");
        assert_int_equal(access(strcat(former, "/acme.conf"), F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(candidates_take_the_place_of_what_was_there),
                TEST(what_was_placed_is_put_back_as_one),
                TEST(one_that_cannot_be_placed_leaves_all_as_they_were),
                TEST(without_a_candidate_nothing_is_placed),
                TEST(opening_removes_candidates_only),
                TEST(the_folder_is_made_and_must_be_safe),
                TEST(the_folder_is_followed_to_where_its_path_leads),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
