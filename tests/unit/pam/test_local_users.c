/* SPDX-License-Identifier: MIT */
/*
 * Tests of pam/local_users.h: which lines make somebody local, where a line stands in the reader's
 * buffer, and which files are not trusted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pam/local_users.h"

static char folder[64], path[80];

static int set_up(void **state)
{
        snprintf(folder, sizeof(folder), "/tmp/doorward-local-XXXXXX");
        if (!mkdtemp(folder))
                return -1;
        snprintf(path, sizeof(path), "%s/passwd", folder);
        return 0;
}

static int tear_down(void **state)
{
        unlink(path);
        return rmdir(folder);
}

static void write_bytes(const void *data, size_t size)
{
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(data, 1, size, file), size);
        assert_int_equal(fclose(file), 0);
        assert_int_equal(chmod(path, 0644), 0);
}

static bool find(const char *name, uint32_t *uid)
{
        LocalUser user = { .name = text_from(name) };
        assert_int_equal(local_users_find(path, &user, 1), 0);
        *uid = user.uid;
        return user.is_local;
}

static void a_whole_line_makes_somebody_local(void **state)
{
        static const char *const GOOD[] = {
                "bob:x:5:6:Bob:/home/bob:/bin/sh\n",
                "bob:x:5:6:Bob:/home/bob:/bin/sh", /* without newline at the end */
                "bob::5:0:::\n",
                "\nroot:x:0:0:::\nbob:x:5:6:B\xf6z,,,:/:/bin/sh\n",
                "bobby:x:1:1:::\nbo:x:2:2:::\nbob:x:5:6:::\nbob:x:7:7:::\n",
        };
        for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++) {
                uint32_t uid = 99;
                write_bytes(GOOD[i], strlen(GOOD[i]));
                assert_true(find("bob", &uid));
                assert_int_equal(uid, 5);
        }
}

static void anything_else_makes_nobody_local(void **state)
{
        static const char *const BAD[] = {
                "",
                "\n",
                "bob",
                "bob\n",
                "bob:",
                "bob:x:5\n",
                "bob:x:5:6::\n",
                "bob:x:5:6::::\n",
                "bob:x:5:6:a:b:c:d\n",
                "bob:x::6:::\n",
                "bob:x:5::::\n",
                "bob:x:-5:6:::\n",
                "bob:x:+5:6:::\n",
                "bob:x: 5:6:::\n",
                "bob:x:5 :6:::\n",
                "bob:x:0x5:6:::\n",
                "bob:x:05:6:::\n",
                "bob:x:5a:6:::\n",
                "bob:x:4294967295:6:::\n",
                "bob:x:4294967301:6:::\n",
                "bob:x:18446744073709551621:6:::\n",
                "bob:x:5:six:::\n",
                "#bob:x:5:6:::\n",
                " bob:x:5:6:::\n",
                "bob :x:5:6:::\n",
                "Bob:x:5:6:::\n",
                "+bob:x:5:6:::\n",
                "-bob:x:5:6:::\n",
                "+:x:5:6:::\n",
                "+@bob:x:5:6:::\n",
                "x:bob:5:6:::\n",
                ":x:5:6:::\n",
                /* the first line of a name counts */
                "bob:x:bad:6:::\nbob:x:5:6:::\n",
                "bob:\nbob:x:5:6:::\n",
        };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
                uint32_t uid;
                write_bytes(BAD[i], strlen(BAD[i]));
                if (find("bob", &uid))
                        fail_msg("local by: %s", BAD[i]);
        }
}

static void names_that_are_no_names_are_not_found(void **state)
{
        static const char TEXT[] = "bob:x:5:6:::\n+nis:x:1:1:::\n-not:x:1:1:::\n:x:2:2:::\n+\n";
        uint32_t uid;
        write_bytes(TEXT, sizeof(TEXT) - 1);
        assert_true(find("bob", &uid));
        assert_false(find("", &uid));
        assert_false(find("+nis", &uid));
        assert_false(find("-not", &uid));
        assert_false(find("bob:x", &uid));
        assert_false(find("+", &uid));
        LocalUser cut = { .name = { "bob\0by", 6 } };
        assert_int_equal(local_users_find(path, &cut, 1), 0);
        assert_false(cut.is_local);
}

static void a_nul_byte_shortens_nothing(void **state)
{
        static const char TEXT[] = "bob\0:x:5:6:::\nal:x:5\0:6:::\n";
        uint32_t uid;
        write_bytes(TEXT, sizeof(TEXT) - 1);
        assert_false(find("bob", &uid));
        assert_false(find("al", &uid));
}

static void two_are_found_in_one_pass(void **state)
{
        static const char TEXT[] = "root:x:0:0:::\nbob:x:5:6:::\n";
        LocalUser users[] = { { .name = TEXT_LITERAL("bob") },
                              { .name = TEXT_LITERAL("root") },
                              { .name = TEXT_LITERAL("eve") },
                              { .name = TEXT_LITERAL("bob") } };
        write_bytes(TEXT, sizeof(TEXT) - 1);
        assert_int_equal(local_users_find(path, users, 4), 0);
        assert_true(users[0].is_local && users[0].uid == 5);
        assert_true(users[1].is_local && users[1].uid == 0);
        assert_false(users[2].is_local);
        assert_true(users[3].is_local && users[3].uid == 5);
}

/* The line may stand anywhere in the reader's pieces, also across two of them. */
static void a_line_is_found_at_every_place(void **state)
{
        static const char LINE[] = "bob:x:5:6:::\n";
        static char text[3 * LOCAL_USERS_LINE_SIZE];
        for (size_t before = LOCAL_USERS_LINE_SIZE - 40; before < LOCAL_USERS_LINE_SIZE + 40;
             before++) {
                uint32_t uid;
                /* comments of up to 1000 bytes, so that no line is too long */
                memset(text, '#', before);
                for (size_t i = 999; i < before; i += 1000)
                        text[i] = '\n';
                if (before)
                        text[before - 1] = '\n';
                memcpy(text + before, LINE, sizeof(LINE) - 1);
                write_bytes(text, before + sizeof(LINE) - 1);
                assert_true(find("bob", &uid));
                assert_int_equal(uid, 5);
        }
}

static void a_line_too_long_names_nobody_and_hides_nobody(void **state)
{
        static char text[200000];
        static const char AFTER[] = "\neve:x:7:7:::\nbob:x:8:8:::\n";
        uint32_t uid;
        memset(text, 'g', sizeof(text));
        memcpy(text, "bob:x:5:6:", 10);
        memcpy(text + sizeof(text) - sizeof(AFTER) + 1, AFTER, sizeof(AFTER) - 1);
        write_bytes(text, sizeof(text));
        assert_false(find("bob", &uid)); /* named first where it cannot be read */
        assert_true(find("eve", &uid));
        assert_int_equal(uid, 7);
        /* the end of a long line is no line */
        memset(text, 'g', sizeof(text));
        memcpy(text + LOCAL_USERS_LINE_SIZE, "bob:x:5:6:::\n", 13);
        write_bytes(text, sizeof(text));
        assert_false(find("bob", &uid));
}

static void files_not_to_be_trusted_are_refused(void **state)
{
        static const char TEXT[] = "bob:x:5:6:::\n";
        char link_name[100];
        LocalUser user = { .name = TEXT_LITERAL("bob") };
        write_bytes(TEXT, sizeof(TEXT) - 1);
        assert_int_equal(chmod(path, 0664), 0);
        assert_int_equal(local_users_find(path, &user, 1), -EPERM);
        assert_int_equal(chmod(path, 0646), 0);
        assert_int_equal(local_users_find(path, &user, 1), -EPERM);
        assert_false(user.is_local);
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(local_users_find(path, &user, 1), 0);
        assert_true(user.is_local);
        snprintf(link_name, sizeof(link_name), "%s/link", folder);
        assert_int_equal(symlink("passwd", link_name), 0);
        assert_int_equal(local_users_find(link_name, &user, 1), -ELOOP);
        assert_false(user.is_local);
        unlink(link_name);
        assert_int_equal(mkfifo(link_name, 0600), 0);
        assert_int_equal(local_users_find(link_name, &user, 1), -EPERM); /* and does not wait */
        unlink(link_name);
        assert_int_equal(local_users_find(folder, &user, 1), -EPERM);
        assert_int_equal(local_users_find("/nonexistent", &user, 1), -ENOENT);
        assert_int_equal(local_users_find("/dev/zero", &user, 1), -EPERM);
}

static void a_file_too_large_makes_nobody_local(void **state)
{
        static const char TEXT[] = "bob:x:5:6:::\n";
        LocalUser user = { .name = TEXT_LITERAL("bob") };
        write_bytes(TEXT, sizeof(TEXT) - 1);
        assert_int_equal(truncate(path, (off_t)LOCAL_USERS_SIZE_MAX + 1), 0); /* a hole */
        assert_int_equal(local_users_find(path, &user, 1), -EFBIG);
        assert_false(user.is_local);
}

static void the_machines_own_file_names_root(void **state)
{
        LocalUser user = { .name = TEXT_LITERAL("root") };
        assert_int_equal(local_users_find(LOCAL_USERS_FILE, &user, 1), 0);
        assert_true(user.is_local);
        assert_int_equal(user.uid, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_whole_line_makes_somebody_local),
                TEST(anything_else_makes_nobody_local),
                TEST(names_that_are_no_names_are_not_found),
                TEST(a_nul_byte_shortens_nothing),
                TEST(two_are_found_in_one_pass),
                TEST(a_line_is_found_at_every_place),
                TEST(a_line_too_long_names_nobody_and_hides_nobody),
                TEST(files_not_to_be_trusted_are_refused),
                TEST(a_file_too_large_makes_nobody_local),
                cmocka_unit_test(the_machines_own_file_names_root),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
