/* SPDX-License-Identifier: MIT */
/* Tests of what is said of certificates and the key before the gateway begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/daemon_files.h"

#define PEM "-----BEGIN X-----\nAAAA\n-----END X-----\n"

static char folder[32], good[64], key[64];
static const Log silent = { .silent = true };

static void write_file(const char *path, const char *text, mode_t mode)
{
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        fclose(file);
        assert_int_equal(chmod(path, mode), 0);
}

static int set_up(void **state)
{
        strcpy(folder, "/tmp/gateway-XXXXXX");
        assert_non_null(mkdtemp(folder));
        (void)snprintf(good, sizeof(good), "%s/good.pem", folder);
        (void)snprintf(key, sizeof(key), "%s/key", folder);
        write_file(good, "a comment\n" PEM, 0644);
        write_file(key, PEM, 0640);
        return 0;
}

static int tear_down(void **state)
{
        unlink(good);
        unlink(key);
        return rmdir(folder);
}

static SettingsDaemon daemon_of(const char *authority, const char *certificate)
{
        return (SettingsDaemon){ .url = "https://127.0.0.1",
                                 .authority = authority,
                                 .certificate = certificate,
                                 .key = key };
}

static void good_files_are_good(void **state)
{
        SettingsDaemon daemon = daemon_of(good, good);
        assert_int_equal(daemon_files_check(&daemon, false, silent), 0);
}

static void without_a_url_there_are_no_files(void **state)
{
        SettingsDaemon daemon = { .socket = "/run/doorward/decide.sock" };
        assert_int_equal(daemon_files_check(&daemon, false, silent), 0);
}

static void a_file_that_is_not_there_is_told_of(void **state)
{
        SettingsDaemon daemon = daemon_of(good, "/nowhere/gw.pem");
        assert_int_equal(daemon_files_check(&daemon, false, silent), -EINVAL);
        daemon = daemon_of("/nowhere/ca.pem", good);
        assert_int_equal(daemon_files_check(&daemon, false, silent), -EINVAL);
        daemon = daemon_of(folder, good);
        assert_int_equal(daemon_files_check(&daemon, false, silent), -EINVAL);
}

static void a_file_that_is_no_pem_is_told_of(void **state)
{
        SettingsDaemon daemon = daemon_of(good, good);
        write_file(key, "", 0600);
        assert_int_equal(daemon_files_check(&daemon, false, silent), -EINVAL);
}

static void a_key_that_others_may_read_is_told_of(void **state)
{
        SettingsDaemon daemon = daemon_of(good, good);
        write_file(key, PEM, 0644);
        assert_int_equal(daemon_files_check(&daemon, false, silent), -EINVAL);
        assert_int_equal(daemon_files_check(&daemon, true, silent), -EINVAL);
        write_file(key, PEM, 0620);
        assert_int_equal(daemon_files_check(&daemon, false, silent), -EINVAL);
        write_file(key, PEM, 0600);
        assert_int_equal(daemon_files_check(&daemon, false, silent), 0);
        assert_int_equal(daemon_files_check(&daemon, true, silent), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(good_files_are_good),
                TEST(without_a_url_there_are_no_files),
                TEST(a_file_that_is_not_there_is_told_of),
                TEST(a_file_that_is_no_pem_is_told_of),
                TEST(a_key_that_others_may_read_is_told_of),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
