/* SPDX-License-Identifier: MIT */
/* Tests of gateway.conf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/settings.h"
#include "policy/settings_file.h"
#include "util/cleanup.h"

static char folder[32], path[64];
static Arena *arena;
static GatewaySettings settings;

static int set_up(void **state)
{
        strcpy(folder, "/tmp/gateway-XXXXXX");
        assert_non_null(mkdtemp(folder));
        (void)snprintf(path, sizeof(path), "%s/gateway.conf", folder);
        arena = arena_new();
        assert_non_null(arena);
        return 0;
}

static int tear_down(void **state)
{
        arena = arena_free(arena);
        unlink(path);
        return rmdir(folder);
}

/* Reads a text; what is reported is compared, "LINE: TEXT" a line. */
static void expect(const char *text, const char *expected)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        fclose(file);
        int r = settings_read(path, arena, diagnostics, &settings);
        char found[2048] = "";
        size_t count;
        const Diagnostic *items = diagnostics_sorted(diagnostics, &count);
        for (size_t i = 0; i < count; i++)
                (void)snprintf(found + strlen(found), sizeof(found) - strlen(found), "%u: %s\n",
                               items[i].place.line, items[i].text);
        assert_string_equal(found, expected);
        assert_int_equal(r, *expected ? SETTINGS_FILE_FAULTY : 0);
}

/* One controller with these lines in it. */
static void expect_controller(const char *lines, const char *expected)
{
        char text[1024];
        (void)snprintf(text, sizeof(text), "controllers = ( { name = \"c\"; %s } );\n", lines);
        expect(text, expected);
}

static void a_whole_file_is_read(void **state)
{
        expect("daemon = { socket = \"/run/d.sock\"; server_uid = 7; };\n"
               "state = \"/var/lib/g\"; events_max = 500; offline_seconds = 90;\n"
               "controllers = ( { name = \"board-1\"; driver = \"uhppote\";\n"
               "  address = \"192.168.1.100:60000\"; listen = \"192.168.1.2:60001\";\n"
               "  serial = 423187757; pc_control = true; offline = \"controller\";\n"
               "  timeout_milliseconds = 900;\n"
               "  doors = ( { door = \"acme/HQ/D1\"; number = 1; contact = true; },\n"
               "            { door = \"acme/HQ/D2\"; number = 2; } ); },\n"
               " { name = \"lab\"; driver = \"exec\"; doors = ( { door = \"acme/HQ/D3\";\n"
               "   open = [ \"/usr/local/bin/relay\", \"open\" ]; } ); },\n"
               " { name = \"test\"; driver = \"null\"; doors = ( { door = \"acme/HQ/D4\"; } ); } "
               ");\n",
               "");
        assert_string_equal(settings.daemon.socket, "/run/d.sock");
        assert_true(settings.daemon.server_uid_stated);
        assert_int_equal(settings.daemon.server_uid, 7);
        assert_null(settings.daemon.url);
        assert_string_equal(settings.state, "/var/lib/g");
        assert_int_equal(settings.events_max, 500);
        assert_int_equal(settings.offline_seconds, 90);
        assert_int_equal(settings.controllers.count, 3);
        const SettingsController *board = &settings.controllers.items[0];
        assert_ptr_equal(board->driver, &driver_uhppote);
        assert_string_equal(board->controller.name, "board-1");
        assert_string_equal(board->controller.address, "192.168.1.100:60000");
        assert_string_equal(board->controller.listen, "192.168.1.2:60001");
        assert_int_equal(board->controller.serial, 423187757);
        assert_int_equal(board->controller.timeout_ms, 900);
        assert_true(board->controller.decides_swipes);
        assert_true(board->decides_offline);
        assert_int_equal(board->controller.door_count, 2);
        assert_string_equal(board->controller.doors[1].path, "acme/HQ/D2");
        assert_int_equal(board->controller.doors[1].number, 2);
        assert_true(board->controller.doors[0].has_contact);
        const SettingsController *lab = &settings.controllers.items[1];
        assert_int_equal(lab->controller.timeout_ms, 3000);
        assert_string_equal(lab->controller.doors[0].open_argv[1], "open");
        assert_null(lab->controller.doors[0].open_argv[2]);
        assert_ptr_equal(settings.controllers.items[2].driver, &driver_null);
}

static void what_is_not_stated_has_a_default(void **state)
{
        expect_controller("driver = \"null\"; doors = ( { door = \"acme/HQ/D1\"; } );", "");
        assert_null(settings.daemon.socket);
        assert_false(settings.daemon.server_uid_stated);
        assert_string_equal(settings.state, GATEWAY_STATE);
        assert_int_equal(settings.events_max, 100000);
        assert_int_equal(settings.offline_seconds, 60);
        assert_int_equal(settings.controllers.items[0].controller.timeout_ms, 1000);
}

#define A_DOOR                                                                                     \
        "controllers = ( { name = \"c\"; driver = \"null\"; doors = ( { door = \"a/b/c\"; } ); } " \
        ");"

static void a_url_needs_its_files(void **state)
{
        char expected[128];
        expect("daemon = { url = \"https://pdp:8443\"; authority = \"ca.pem\";\n"
               "certificate = \"/etc/gw.pem\"; key = \"gw.key\"; };" A_DOOR,
               "");
        (void)snprintf(expected, sizeof(expected), "%s/ca.pem", folder);
        assert_string_equal(settings.daemon.authority, expected);
        assert_string_equal(settings.daemon.certificate, "/etc/gw.pem");
        expect("daemon = { url = \"https://pdp:8443\"; authority = \"ca.pem\"; };" A_DOOR,
               "1: a \"url\" needs \"authority\", \"certificate\" and \"key\"\n");
        expect("daemon = { url = \"http://pdp\"; authority = \"a\"; certificate = \"c\";\n"
               "key = \"k\"; };" A_DOOR,
               "1: \"url\" must begin with https://\n");
        expect("daemon = { url = \"https://pdp\"; socket = \"/s\"; };" A_DOOR,
               "1: doorwardd is asked over its socket or over a \"url\", not both\n");
        expect("daemon = { key = \"k\"; };" A_DOOR,
               "1: \"authority\", \"certificate\" and \"key\" belong to a \"url\"\n");
        expect("daemon = { socket = \"s\"; };" A_DOOR, "1: \"socket\" must be an absolute path\n");
}

static void what_says_nothing_to_a_driver_is_an_error(void **state)
{
        expect_controller(
                "driver = \"null\"; serial = 5; doors = ( { door = \"a/b/c\"; } );",
                "1: \"address\", \"listen\", \"serial\" and \"pc_control\" say nothing to "
                "driver \"null\"\n");
        expect_controller("driver = \"null\"; doors = ( { door = \"a/b/c\"; number = 1; } );",
                          "1: \"number\" and \"contact\" say nothing to this driver\n");
        expect_controller(
                "driver = \"null\"; doors = ( { door = \"a/b/c\"; open = [ \"/x\" ]; } );",
                "1: \"open\" says nothing to this driver\n");
        expect_controller("driver = \"null\"; offline = \"controller\";"
                          "doors = ( { door = \"a/b/c\"; } );",
                          "1: \"offline\" needs \"pc_control\" = true\n");
}

static void what_a_driver_needs_must_be_there(void **state)
{
        expect_controller("driver = \"uhppote\"; doors = ( { door = \"a/b/c\"; number = 1; } );",
                          "1: driver \"uhppote\" needs \"address\" and \"serial\"\n");
        expect_controller("driver = \"uhppote\"; address = \"10.0.0.1:60000\"; serial = 5;"
                          "doors = ( { door = \"a/b/c\"; } );",
                          "1: missing key \"number\" in a door of this driver\n");
        expect_controller("driver = \"exec\"; doors = ( { door = \"a/b/c\"; } );",
                          "1: missing key \"open\" in a door of this driver\n");
        expect_controller("driver = \"exec\"; doors = ( { door = \"a/b/c\"; open = [ \"x\" ]; } );",
                          "1: \"open\" must begin with the absolute path of a program\n");
        expect_controller("driver = \"nul\"; doors = ( { door = \"a/b/c\"; } );",
                          "1: unknown \"nul\" in \"driver\"; did you mean \"null\"?\n");
        expect("controllers = ( );", "1: \"controllers\" is empty\n");
        expect_controller("driver = \"null\"; doors = ( );", "1: \"doors\" is empty\n");
}

static void an_address_is_one(void **state)
{
        static const char *const WRONG[] = { "10.0.0.1",       "10.0.0.1:",      "10.0.0.1:0",
                                             "10.0.0.1:65536", "board:60000",    "10.0.0:60000",
                                             ":60000",         "10.0.0.1:60000x" };
        for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
                char lines[256];
                (void)snprintf(lines, sizeof(lines),
                               "driver = \"uhppote\"; address = \"%s\"; serial = 5;"
                               "doors = ( { door = \"a/b/c\"; number = 1; } );",
                               WRONG[i]);
                expect_controller(lines, "1: \"address\" must be an IPv4 address and a port, such "
                                         "as 192.168.1.100:60000\n");
        }
}

static void nothing_stands_there_twice(void **state)
{
        expect("controllers = (\n{ name = \"c\"; driver = \"null\"; doors = ( { door = \"a/b/c\"; "
               "} ); },\n"
               "{ name = \"c\"; driver = \"null\"; doors = ( { door = \"a/b/c\"; } ); } );",
               "3: another controller has this name\n3: this door stands above already\n");
        expect("controllers = ( { name = \"a\"; driver = \"uhppote\"; address = \"10.0.0.1:1\";\n"
               "listen = \"10.0.0.9:1\"; serial = 5; doors = (\n{ door = \"a/b/c\"; number = 1; "
               "},\n"
               "{ door = \"a/b/d\"; number = 1; } ); } );",
               "4: another door of this controller has this \"number\"\n");
        expect("controllers = ( { name = \"a\"; driver = \"uhppote\"; address = \"10.0.0.1:1\";\n"
               "serial = 5; doors = ( { door = \"a/b/c\"; number = 1; } ); },\n"
               "{ name = \"b\"; driver = \"uhppote\"; address = \"10.0.0.2:1\";\n"
               "serial = 5; doors = ( { door = \"a/b/d\"; number = 1; } ); } );",
               "3: another controller has this \"serial\"\n");
}

static void more_doors_than_one_question_can_name_are_refused(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        fprintf(stream, "controllers = ( { name = \"c\"; driver = \"null\"; doors = (");
        for (unsigned i = 0; i <= GATEWAY_DOORS_MAX; i++)
                fprintf(stream, "%s\n{ door = \"a/b/d%u\"; }", i ? "," : "", i);
        fprintf(stream, "); } );");
        fclose(stream);
        expect(text, "202: more than 200 doors\n");
        free(text);
}

#define SETTINGS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                SETTINGS_TEST(a_whole_file_is_read),
                SETTINGS_TEST(what_is_not_stated_has_a_default),
                SETTINGS_TEST(a_url_needs_its_files),
                SETTINGS_TEST(what_says_nothing_to_a_driver_is_an_error),
                SETTINGS_TEST(what_a_driver_needs_must_be_there),
                SETTINGS_TEST(an_address_is_one),
                SETTINGS_TEST(nothing_stands_there_twice),
                SETTINGS_TEST(more_doors_than_one_question_can_name_are_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
