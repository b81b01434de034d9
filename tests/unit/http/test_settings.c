/* SPDX-License-Identifier: MIT */
/* Tests of settings.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/settings.h"

#define NEEDED                                                                                     \
        "listen = \"127.0.0.1:8443\"; certificate = \"/c\"; key = \"/k\"; authority = \"/a\";\n"

static char folder[32], path[64];
static Arena *arena;
static HttpSettings settings;

static int set_up(void **state)
{
        (void)strcpy(folder, "/tmp/front-XXXXXX");
        if (!mkdtemp(folder))
                return -1;
        (void)snprintf(path, sizeof(path), "%s/http.conf", folder);
        arena = arena_new();
        return arena ? 0 : -1;
}

static int tear_down(void **state)
{
        arena = arena_free(arena);
        (void)unlink(path);
        return rmdir(folder);
}

/* Reads a text; what is reported holds a text, "" for none. */
static void expect(const char *text, const char *expected)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
        int r = http_settings_read(path, arena, diagnostics, &settings);
        size_t count;
        const Diagnostic *items = diagnostics_sorted(diagnostics, &count);
        if (!*expected) {
                assert_int_equal(count, 0);
                assert_int_equal(r, 0);
                return;
        }
        assert_true(r > 0);
        assert_true(count > 0);
        assert_non_null(strstr(items[0].text, expected));
}

static void what_is_not_stated_has_defaults(void **state)
{
        expect(NEEDED, "");
        assert_int_equal(settings.monitor.size, 0);
        assert_null(settings.url);
        assert_null(settings.socket);
        assert_false(settings.server_uid_stated);
        assert_int_equal(settings.limits.body_bytes, 65536);
        assert_int_equal(settings.limits.depth, 16);
        assert_int_equal(settings.limits.evaluations, 64);
        assert_int_equal(settings.limits.connections, 4096);
        assert_int_equal(settings.limits.connections_per_address, 1024);
        assert_int_equal(settings.limits.requests_per_second, 200);
        assert_int_equal(settings.limits.requests_burst, 400);
        assert_int_equal(settings.limits.request_seconds, 10);
        assert_int_equal(settings.limits.idle_seconds, 300);
}

static void what_is_stated_counts(void **state)
{
        expect(NEEDED "monitor = \"[::1]:9464\"; url = \"https://pdp.example:8443\";\n"
                      "socket = \"/s\"; server_uid = 5;\n"
                      "limits = { connections = 10; connections_per_address = 5; };\n",
               "");
        assert_true(address_is_loopback(&settings.monitor));
        assert_string_equal(settings.url, "https://pdp.example:8443");
        assert_string_equal(settings.certificate, "/c");
        assert_string_equal(settings.socket, "/s");
        assert_true(settings.server_uid_stated);
        assert_int_equal(settings.server_uid, 5);
        assert_int_equal(settings.limits.connections, 10);
        assert_int_equal(settings.limits.requests_burst, 400);
}

static void everything_else_is_an_error(void **state)
{
        static const struct {
                const char *text, *expected;
        } BAD[] = {
                { "", "listen" },
                { "listen = \"127.0.0.1:8443\";", "certificate" },
                { NEEDED "nothing = 1;", "unknown key" },
                { NEEDED "monitor = \"0.0.0.0:9464\";", "loopback" },
                { NEEDED "monitor = \"localhost:9464\";", "in numbers" },
                { NEEDED "url = \"http://pdp\";", "https://HOST" },
                { NEEDED "url = \"https://\";", "https://HOST" },
                { NEEDED "url = \"https://pdp/path\";", "https://HOST" },
                { NEEDED "socket = \"relative\";", "absolute" },
                { NEEDED "limits = { depth = 65; };", "depth" },
                { NEEDED "limits = { body_bytes = 10; };", "body_bytes" },
                { NEEDED "limits = { requests_per_second = 0; };", "requests_per_second" },
                { NEEDED "limits = { connections = 5; };", "connections_per_address" },
        };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++)
                expect(BAD[i].text, BAD[i].expected);
}

static void a_file_that_others_may_write_is_not_read(void **state)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        expect(NEEDED, "");
        assert_int_equal(chmod(path, 0666), 0);
        assert_true(http_settings_read(path, arena, diagnostics, &settings) > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_is_not_stated_has_defaults, set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_is_stated_counts, set_up, tear_down),
                cmocka_unit_test_setup_teardown(everything_else_is_an_error, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_file_that_others_may_write_is_not_read, set_up,
                                                tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
