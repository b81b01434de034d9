/* SPDX-License-Identifier: MIT */
/*
 * Tests of cli/pam_stack.h over the trees of pam.d/, whose path is the first argument: which lines
 * libpam would run, from which file and line, and what is wrong with the files.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/pam_stack.h"
#include "scratch.h"
#include "util/cleanup.h"
#include "util/file.h"

enum { PATH_SIZE = 1024 };

static const char *trees;

static PamService read_tree(const char *tree, const char *name)
{
        char path[PATH_SIZE];
        PamService service;
        snprintf(path, sizeof(path), "%s/%s", trees, tree);
        assert_int_equal(pam_service_read(path, NULL, name, &service), 0);
        return service;
}

/* file: without the folder. */
static void assert_module(const PamService *service, PamPhase phase, size_t index, const char *file,
                          unsigned number, const char *module)
{
        assert_true(index < service->lines[phase].count);
        const PamLine *line = &service->lines[phase].items[index];
        assert_int_equal(line->kind, PAM_LINE_MODULE);
        assert_string_equal(strrchr(line->file, '/') + 1, file);
        assert_int_equal(line->number, number);
        assert_string_equal(line->module, module);
}

static void assert_problem(const PamService *service, PamSeverity severity, const char *file,
                           unsigned line, const char *words)
{
        for (size_t i = 0; i < service->problems.count; i++) {
                const PamProblem *problem = &service->problems.items[i];
                if (problem->severity == severity && problem->line == line &&
                    strcmp(strrchr(problem->file, '/') + 1, file) == 0 &&
                    strstr(problem->text, words))
                        return;
        }
        for (size_t i = 0; i < service->problems.count; i++)
                print_error("%s:%u: %s\n", service->problems.items[i].file,
                            service->problems.items[i].line, service->problems.items[i].text);
        fail_msg("no problem at %s:%u about '%s'", file, line, words);
}

static void at_includes_bring_every_type(void **state)
{
        PamService service = read_tree("debian", "login");
        assert_int_equal(service.lines[PAM_PHASE_ACCOUNT].count, 4);
        assert_module(&service, PAM_PHASE_ACCOUNT, 0, "common-account", 2, "pam_unix.so");
        assert_module(&service, PAM_PHASE_ACCOUNT, 2, "common-account", 4, "pam_permit.so");
        assert_module(&service, PAM_PHASE_ACCOUNT, 3, "login", 4, "pam_doorward.so");
        assert_int_equal(service.lines[PAM_PHASE_SESSION].count, 5);
        assert_false(service.lines[PAM_PHASE_ACCOUNT].items[0].own_file);
        assert_true(service.lines[PAM_PHASE_ACCOUNT].items[3].own_file);
        assert_int_equal(service.lines[PAM_PHASE_ACCOUNT].items[0].control.actions[PAM_SUCCESS], 1);
        assert_int_equal(service.problems.count, 0);
        assert_true(service.has_file);
        pam_service_clear(&service);
}

static void includes_bring_one_type(void **state)
{
        PamService service = read_tree("redhat", "login");
        assert_int_equal(service.lines[PAM_PHASE_ACCOUNT].count, 6);
        assert_module(&service, PAM_PHASE_ACCOUNT, 1, "system-auth", 3, "pam_localuser.so");
        assert_module(&service, PAM_PHASE_ACCOUNT, 5, "login", 4, "pam_doorward.so");
        assert_int_equal(service.lines[PAM_PHASE_SESSION].count, 0);
        pam_service_clear(&service);
}

static void substacks_have_a_level_and_a_line_before_them(void **state)
{
        PamService service = read_tree("redhat", "sudo");
        const PamLines *lines = &service.lines[PAM_PHASE_ACCOUNT];
        assert_int_equal(lines->count, 7);
        assert_int_equal(lines->items[0].kind, PAM_LINE_SUBSTACK);
        assert_int_equal(lines->items[0].level, 0);
        for (size_t i = 1; i <= 5; i++)
                assert_int_equal(lines->items[i].level, 1);
        assert_int_equal(lines->items[6].level, 0);
        assert_module(&service, PAM_PHASE_ACCOUNT, 6, "sudo", 4, "pam_doorward.so");
        pam_service_clear(&service);
}

static void continued_lines_and_arguments_are_read(void **state)
{
        PamService service = read_tree("traps", "continued");
        assert_module(&service, PAM_PHASE_ACCOUNT, 0, "continued", 2, "pam_doorward.so");
        assert_int_equal(service.lines[PAM_PHASE_ACCOUNT].items[0].argument_count, 1);
        assert_string_equal(service.lines[PAM_PHASE_ACCOUNT].items[0].arguments[0], "quiet");
        pam_service_clear(&service);

        service = read_tree("traps", "argument-twice");
        const PamLine *line = &service.lines[PAM_PHASE_ACCOUNT].items[0];
        assert_int_equal(line->argument_count, 2);
        assert_string_equal(line->arguments[0], "door=acme/HQ/D1");
        pam_service_clear(&service);

        service = read_tree("traps", "dash");
        assert_module(&service, PAM_PHASE_SESSION, 0, "dash", 4, "pam_doorward.so");
        pam_service_clear(&service);
}

static void what_a_service_lacks_comes_from_other(void **state)
{
        PamService service = read_tree("traps", "no-account");
        assert_module(&service, PAM_PHASE_ACCOUNT, 0, "other", 2, "pam_doorward.so");
        assert_true(service.from_other[PAM_PHASE_ACCOUNT]);
        assert_true(service.has_file);
        pam_service_clear(&service);

        service = read_tree("traps", "no-such-service");
        assert_module(&service, PAM_PHASE_SESSION, 0, "other", 3, "pam_deny.so");
        assert_false(service.has_file);
        assert_false(service.refused);
        pam_service_clear(&service);

        service = read_tree("redhat", "no-such-service"); /* nor is there an `other` */
        assert_true(service.refused);
        pam_service_clear(&service);
}

static void a_missing_include_refuses(void **state)
{
        PamService service = read_tree("traps", "missing-include");
        assert_int_equal(service.lines[PAM_PHASE_ACCOUNT].items[0].kind, PAM_LINE_BROKEN);
        assert_module(&service, PAM_PHASE_ACCOUNT, 1, "missing-include", 3, "pam_doorward.so");
        assert_problem(&service, PAM_SEVERITY_ERROR, "missing-include", 2, "does not exist");
        assert_false(service.refused);
        pam_service_clear(&service);

        service = read_tree("traps", "missing-at-include");
        assert_problem(&service, PAM_SEVERITY_ERROR, "missing-at-include", 3, "does not exist");
        assert_true(service.refused);
        pam_service_clear(&service);
}

static void a_cycle_of_includes_is_named(void **state)
{
        PamService service = read_tree("traps", "loop");
        assert_problem(&service, PAM_SEVERITY_UNREADABLE, "loop-c", 2, "includes itself");
        pam_service_clear(&service);
}

static void lines_that_are_none_are_named(void **state)
{
        PamService service = read_tree("traps", "typing-mistake");
        assert_problem(&service, PAM_SEVERITY_ERROR, "typing-mistake", 2, "'acount' is no type");
        assert_true(service.from_other[PAM_PHASE_ACCOUNT]);
        pam_service_clear(&service);

        service = read_tree("traps", "broken-control");
        assert_problem(&service, PAM_SEVERITY_ERROR, "broken-control", 3, "'requird'");
        pam_service_clear(&service);

        service = read_tree("traps", "unfinished");
        assert_problem(&service, PAM_SEVERITY_ERROR, "unfinished", 2, "backslash");
        assert_true(service.refused);
        pam_service_clear(&service);

        service = read_tree("traps", "auth");
        assert_problem(&service, PAM_SEVERITY_WARNING, "auth", 2, "auth line");
        pam_service_clear(&service);
}

/* A folder of its own for every test; *state is its path. */
static int folder_make(void **state)
{
        *state = malloc(SCRATCH_SIZE);
        return *state ? scratch_new(*state) : -1;
}

static int folder_remove(void **state)
{
        scratch_remove(*state);
        free(*state);
        return 0;
}

static void file_make(const char *folder, const char *name, const char *data, size_t size)
{
        char path[SCRATCH_PATH_SIZE];
        scratch_path(folder, name, path);
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(file_write_all(fd, data, size), 0);
}

static void text_make(const char *folder, const char *name, const char *text)
{
        file_make(folder, name, text, strlen(text));
}

static PamService read_folder(void **state, const char *name)
{
        PamService service;
        assert_int_equal(pam_service_read(*state, NULL, name, &service), 0);
        return service;
}

static void substacks_end_where_libpams_do(void **state)
{
        for (int i = 0; i < PAM_LEVELS_MAX; i++) {
                char name[16], text[64];
                snprintf(name, sizeof(name), "level%d", i);
                snprintf(text, sizeof(text), "account substack level%d\n", i + 1);
                text_make(*state, name, text);
        }
        text_make(*state, "level16", "account required pam_permit.so\n");
        PamService service = read_folder(state, "level1");
        const PamLines *lines = &service.lines[PAM_PHASE_ACCOUNT];
        assert_int_equal(service.problems.count, 0);
        assert_int_equal(lines->count, PAM_LEVELS_MAX);
        assert_int_equal(lines->items[lines->count - 1].level, PAM_LEVELS_MAX - 1);
        pam_service_clear(&service);

        service = read_folder(state, "level0");
        lines = &service.lines[PAM_PHASE_ACCOUNT];
        assert_problem(&service, PAM_SEVERITY_ERROR, "level15", 1, "15 substacks");
        assert_int_equal(lines->items[lines->count - 1].kind, PAM_LINE_BROKEN);
        pam_service_clear(&service);
}

static void deep_and_many_includes_are_given_up(void **state)
{
        char name[16], text[128];
        for (int i = 0; i <= PAM_INCLUDE_DEPTH_MAX; i++) {
                snprintf(name, sizeof(name), "deep%d", i);
                snprintf(text, sizeof(text), "account include deep%d\n", i + 1);
                text_make(*state, name, text);
        }
        PamService service = read_folder(state, "deep0");
        assert_problem(&service, PAM_SEVERITY_UNREADABLE, "deep31", 1, "too many files");
        pam_service_clear(&service);

        for (int i = 0; i < 12; i++) { /* 2 to the power of 12 files, or nearly */
                snprintf(name, sizeof(name), "wide%d", i);
                snprintf(text, sizeof(text), "@include wide%d\n@include wide%d\n", i + 1, i + 1);
                text_make(*state, name, text);
        }
        text_make(*state, "wide12", "");
        service = read_folder(state, "wide0");
        assert_problem(&service, PAM_SEVERITY_UNREADABLE, "wide10", 2, "too many files");
        assert_true(service.refused);
        pam_service_clear(&service);
}

static void too_many_lines_are_given_up(void **state)
{
        static const char line[] = "account required pam_permit.so\n";
        _cleanup_free_ char *text = malloc(sizeof(line) * (PAM_LINES_MAX + 2));
        assert_non_null(text);
        for (size_t i = 0; i <= PAM_LINES_MAX; i++)
                memcpy(text + i * (sizeof(line) - 1), line, sizeof(line));
        text_make(*state, "long", text);
        PamService service = read_folder(state, "long");
        assert_problem(&service, PAM_SEVERITY_UNREADABLE, "long", PAM_LINES_MAX + 1, "more than");
        pam_service_clear(&service);
}

static void what_is_no_text_is_refused(void **state)
{
        char path[SCRATCH_PATH_SIZE];
        file_make(*state, "nul", "account required\0 pam_permit.so\n", 32);
        assert_int_equal(scratch_make_folder(*state, "folder"), 0);
        scratch_path(*state, "fifo", path);
        assert_int_equal(mkfifo(path, 0600), 0);
        scratch_path(*state, "large", path);
        text_make(*state, "large", "");
        assert_int_equal(truncate(path, (1 << 20) + 1), 0);
        text_make(*state, "module", "account required pam_permit.so\naccount required []\n");
        text_make(*state, "nameless", "@include\n");

        static const char *const names[] = { "nul", "folder", "fifo", "large" };
        static const char *const words[] = { "byte 0", "regular", "regular", "1 MiB" };
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
                PamService service = read_folder(state, names[i]);
                assert_problem(&service, PAM_SEVERITY_UNREADABLE, names[i], 1, words[i]);
                assert_true(service.refused);
                pam_service_clear(&service);
        }
        PamService service = read_folder(state, "module");
        assert_problem(&service, PAM_SEVERITY_UNREADABLE, "module", 2, "no name of a module");
        pam_service_clear(&service);
        service = read_folder(state, "nameless");
        assert_problem(&service, PAM_SEVERITY_ERROR, "nameless", 1, "names no file");
        assert_true(service.refused);
        pam_service_clear(&service);
}

static void the_vendors_folder_is_second(void **state)
{
        char vendor[SCRATCH_PATH_SIZE];
        assert_int_equal(scratch_make_folder(*state, "vendor"), 0);
        scratch_path(*state, "vendor", vendor);
        text_make(*state, "both", "account required pam_first.so\n");
        text_make(*state, "vendor/both", "account required pam_second.so\n");
        text_make(*state, "vendor/one", "account required pam_second.so\n");
        PamService service;
        assert_int_equal(pam_service_read(*state, vendor, "both", &service), 0);
        assert_module(&service, PAM_PHASE_ACCOUNT, 0, "both", 1, "pam_first.so");
        pam_service_clear(&service);
        assert_int_equal(pam_service_read(*state, vendor, "one", &service), 0);
        assert_module(&service, PAM_PHASE_ACCOUNT, 0, "one", 1, "pam_second.so");
        pam_service_clear(&service);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(at_includes_bring_every_type),
                cmocka_unit_test(includes_bring_one_type),
                cmocka_unit_test(substacks_have_a_level_and_a_line_before_them),
                cmocka_unit_test(continued_lines_and_arguments_are_read),
                cmocka_unit_test(what_a_service_lacks_comes_from_other),
                cmocka_unit_test(a_missing_include_refuses),
                cmocka_unit_test(a_cycle_of_includes_is_named),
                cmocka_unit_test(lines_that_are_none_are_named),
                IN_FOLDER(substacks_end_where_libpams_do),
                IN_FOLDER(deep_and_many_includes_are_given_up),
                IN_FOLDER(too_many_lines_are_given_up),
                IN_FOLDER(what_is_no_text_is_refused),
                IN_FOLDER(the_vendors_folder_is_second),
        };
        if (argc != 2)
                return 2;
        trees = argv[1];
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
