/* SPDX-License-Identifier: MIT */
/* Tests of reading the one file of settings of a program. */
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

#include "policy/settings_file.h"
#include "util/cleanup.h"

typedef struct Item {
        Place place;
        const char *name;
        const char *const *words;
} Item;

typedef struct Settings {
        const char *title;
        const char *door;
        uint32_t number;
        bool on;
        LIST_OF(Item) items;
} Settings;

static const SchemaKey ITEM_KEYS[] = {
        { "name", schema_read_name, offsetof(Item, name), .flags = SCHEMA_IDENTITY },
        { "words", schema_read_titles, offsetof(Item, words), .flags = SCHEMA_NOT_EMPTY },
};

static const SchemaTable ITEM = {
        .title = "an item",
        .keys = ITEM_KEYS,
        .count = SCHEMA_COUNT(ITEM_KEYS),
        .item_size = sizeof(Item),
        .place = offsetof(Item, place),
};

static const SchemaKey KEYS[] = {
        { "title", schema_read_title, offsetof(Settings, title), .flags = SCHEMA_REQUIRED },
        { "door", schema_read_name, offsetof(Settings, door), .form = FORM_WHOLE_DOOR_PATH },
        { "number", schema_read_number, offsetof(Settings, number), .minimum = 1, .maximum = 9 },
        { "on", schema_read_switch, offsetof(Settings, on) },
        { "items", schema_read_list, offsetof(Settings, items), .table = &ITEM },
};

static const SchemaTable TABLE = {
        .title = "settings.conf",
        .keys = KEYS,
        .count = SCHEMA_COUNT(KEYS),
};

/* A folder, the file in it, and what comes of reading it. */
typedef struct Fixture {
        char folder[32], path[64];
        Arena *arena;
        Diagnostics *diagnostics;
        Settings settings;
} Fixture;

static int set_up(void **state)
{
        Fixture *fixture = calloc(1, sizeof(*fixture));
        assert_non_null(fixture);
        strcpy(fixture->folder, "/tmp/settings-XXXXXX");
        assert_non_null(mkdtemp(fixture->folder));
        snprintf(fixture->path, sizeof(fixture->path), "%s/settings.conf", fixture->folder);
        fixture->arena = arena_new();
        fixture->diagnostics = diagnostics_new();
        assert_true(fixture->arena && fixture->diagnostics);
        *state = fixture;
        return 0;
}

static int tear_down(void **state)
{
        Fixture *fixture = *state;
        unlink(fixture->path);
        rmdir(fixture->folder);
        arena_free(fixture->arena);
        diagnostics_free(fixture->diagnostics);
        free(fixture);
        return 0;
}

static void write_text(const Fixture *fixture, const char *text)
{
        unlink(fixture->path);
        _cleanup_fclose_ FILE *file = fopen(fixture->path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
}

static int read_file(Fixture *fixture)
{
        fixture->settings = (Settings){ 0 };
        return settings_file_read(fixture->path, &TABLE, fixture->arena, fixture->diagnostics,
                                  &fixture->settings);
}

/* Reads what must be refused, and compares the messages; FILE stands for the path. */
static void expect_messages(Fixture *fixture, const char *expected)
{
        fixture->diagnostics = diagnostics_free(fixture->diagnostics);
        fixture->diagnostics = diagnostics_new();
        assert_int_equal(read_file(fixture), SETTINGS_FILE_FAULTY);
        size_t count, size = strlen(fixture->path);
        const Diagnostic *items = diagnostics_sorted(fixture->diagnostics, &count);
        char found[2048] = "";
        for (size_t i = 0; i < count; i++) {
                const char *name = diagnostics_file_name(fixture->diagnostics, items[i].place.file);
                assert_int_equal(strncmp(name, fixture->path, size), 0);
                size_t used = strlen(found);
                snprintf(found + used, sizeof(found) - used, "%u: %s\n", items[i].place.line,
                         items[i].text);
        }
        assert_string_equal(found, expected);
}

static void a_file_is_read_into_a_struct(void **state)
{
        Fixture *fixture = *state;
        write_text(fixture,
                   "# a comment\ntitle = \"A title\";\ndoor = \"acme/HQ/D1\";\n"
                   "number = 3; on = true;\nitems = ( { name = \"a\"; words = [ \"/bin/x\","
                   " \"-y z\" ]; },\n { name = \"b\"; } );\n");
        assert_int_equal(read_file(fixture), 0);
        const Settings *settings = &fixture->settings;
        assert_int_equal(diagnostics_errors(fixture->diagnostics), 0);
        assert_string_equal(settings->title, "A title");
        assert_string_equal(settings->door, "acme/HQ/D1");
        assert_int_equal(settings->number, 3);
        assert_true(settings->on);
        assert_int_equal(settings->items.count, 2);
        const Item *items = settings->items.items;
        assert_string_equal(items[0].words[0], "/bin/x");
        assert_string_equal(items[0].words[1], "-y z");
        assert_null(items[0].words[2]);
        assert_string_equal(items[1].name, "b");
        assert_null(items[1].words);
        assert_int_equal(items[1].place.line, 6);
}

static void every_error_of_a_file_has_its_line(void **state)
{
        Fixture *fixture = *state;
        write_text(fixture, "number = 10;\ntitel = \"x\";\non = 1;\ndoor = \"HQ/D1\";\n"
                            "items = ( { words = [ ]; } );\n");
        expect_messages(fixture,
                        "1: \"number\" must be 1 to 9\n"
                        "1: missing key \"title\" in settings.conf\n"
                        "2: unknown key \"titel\" in settings.conf; did you mean \"title\"?\n"
                        "3: \"on\" must be true or false, not a number\n"
                        "4: \"HQ/D1\" in \"door\" is not the path of a door with its organization, "
                        "such as acme/HQ/D1\n"
                        "5: \"words\" is empty\n"
                        "5: missing key \"name\" in an item\n");
}

static void what_libconfig_would_misread_is_refused(void **state)
{
        Fixture *fixture = *state;
        write_text(fixture, "title = \"x\";\n@include \"other.conf\"\n");
        expect_messages(fixture, "2: @include is refused; every .conf file of a folder is read by "
                                 "itself\n");
        write_text(fixture, "title = \"x\";\ntitle = \"y\";\n");
        expect_messages(fixture, "2: a setting that stands above already, in the same group\n");
        write_text(fixture, "title = \"\\t\";\n");
        expect_messages(fixture, "1: \"title\" holds control characters or bytes that are not "
                                 "UTF-8\n");
        write_text(fixture,
                   "title = \"x\"; items = ( { name = \"a\"; words = [ \"a\", \"\\n\" ]; } );");
        expect_messages(fixture, "1: \"words\" holds control characters or bytes that are not "
                                 "UTF-8\n");
}

static void a_file_that_others_may_write_is_not_read(void **state)
{
        Fixture *fixture = *state;
        write_text(fixture, "title = \"x\";");
        assert_int_equal(read_file(fixture), 0);
        assert_int_equal(chmod(fixture->path, 0664), 0);
        expect_messages(fixture, "1: this file may be written by its group or by others\n");
        assert_int_equal(chmod(fixture->path, 0644), 0);
        assert_int_equal(chmod(fixture->folder, 0777), 0);
        expect_messages(fixture,
                        "1: this file's folder may be written by its group or by others\n");
        assert_int_equal(chmod(fixture->folder, 0755), 0);
        assert_int_equal(read_file(fixture), 0);
}

static void only_a_regular_file_is_read(void **state)
{
        Fixture *fixture = *state;
        expect_messages(fixture, "1: this file cannot be read: No such file or directory\n");
        assert_int_equal(symlink("/dev/null", fixture->path), 0);
        expect_messages(fixture, "1: this file is not a regular file\n");
        strcpy(strrchr(fixture->path, '/'), "/none/x");
        expect_messages(fixture, "1: this file's folder cannot be read: No such file or "
                                 "directory\n");
        strcpy(strstr(fixture->path, "/none"), "/settings.conf");
}

static void a_file_beyond_its_limit_is_not_read(void **state)
{
        Fixture *fixture = *state;
        write_text(fixture, "title = \"x\";");
        assert_int_equal(truncate(fixture->path, SETTINGS_FILE_SIZE_MAX + 1), 0);
        expect_messages(fixture, "1: this file is too large\n");
}

static void a_name_without_a_folder_lies_here(void **state)
{
        Fixture *fixture = *state;
        write_text(fixture, "title = \"x\";");
        assert_int_equal(chdir(fixture->folder), 0);
        assert_int_equal(settings_file_read("settings.conf", &TABLE, fixture->arena,
                                            fixture->diagnostics, &fixture->settings),
                         0);
        assert_int_equal(chdir("/"), 0);
        assert_string_equal(fixture->settings.title, "x");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_file_is_read_into_a_struct, set_up, tear_down),
                cmocka_unit_test_setup_teardown(every_error_of_a_file_has_its_line, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(what_libconfig_would_misread_is_refused, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_file_that_others_may_write_is_not_read, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(only_a_regular_file_is_read, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_file_beyond_its_limit_is_not_read, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_name_without_a_folder_lies_here, set_up,
                                                tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
