/* SPDX-License-Identifier: MIT */
/*
 * Tests of policy/source.h and of loading a policy directory: which files count, which are refused,
 * and that nothing that lies there is passed over in silence.
 */
#include "load_fixture.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/build.h"
#include "util/file.h"

#define ORGANIZATION "organization = { name = \"acme\"; };\n"

/* A folder of its own for every test, with a good policy in p and a good catalogue in r. */
static void put(const char *path, const char *text)
{
        FILE *stream = fopen(path, "w");
        assert_non_null(stream);
        assert_true(fputs(text, stream) >= 0);
        assert_int_equal(fclose(stream), 0);
}

static int policy_make(void **state)
{
        char pattern[] = "/tmp/doorward-test-source-XXXXXX";
        umask(022);
        *state = mkdtemp(pattern) ? strdup(pattern) : NULL;
        if (!*state || chmod(*state, 0755) < 0 || chdir(*state) < 0)
                return -1;
        if (mkdir("p", 0755) || mkdir("p/organizations.d", 0755) || mkdir("r", 0755))
                return -1;
        put("p/organizations.d/acme.conf", ORGANIZATION);
        put("r/roles.conf", "roles = ( { name = \"r\"; level = \"site\"; } );\n");
        return 0;
}

static int policy_remove(void **state)
{
        char command[PATH_MAX];
        snprintf(command, sizeof(command), "chmod -R u+rwx '%s' && rm -rf '%s'", (char *)*state,
                 (char *)*state);
        int result = chdir("/") | system(command);
        free(*state);
        return result;
}

/* Loads the policy and compares what is reported. Return: its fingerprint. */
static uint64_t load(const PolicyPaths *paths, const char *expected)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        assert_int_equal(model_load(fixture.model, paths, 0), 0);
        load_fixture_expect(&fixture, expected);
        uint64_t fingerprint = fixture.model->fingerprint;
        load_fixture_done(&fixture);
        return fingerprint;
}

static const PolicyPaths PATHS = { "p", "r" };

static uint64_t expect(const char *expected)
{
        return load(&PATHS, expected);
}

static void files_are_read_in_byte_order_of_their_names(void **state)
{
        assert_int_equal(mkdir("p/tests.d", 0755), 0);
        assert_int_equal(mkdir("p/roles.d", 0755), 0);
        assert_int_equal(mkdir("p/organizations.d/acme.d", 0755), 0);
        put("r/B.conf", "x = 1;");
        put("r/a.conf", "x = 1;");
        put("r/10.conf", "x = 1;");
        put("r/9.conf", "x = 1;");
        put("p/roles.d/own.conf", "x = 1;");
        put("p/doorward.conf", "x = 1;");
        put("p/organizations.d/acme-b.conf", "organization = { name = \"acme-b\"; };\nx = 1;");
        put("p/organizations.d/acme.conf", ORGANIZATION "x = 1;");
        put("p/organizations.d/acme.d/z.conf", "x = 1;");
        put("p/organizations.d/acme.d/a.conf", "x = 1;");
        put("p/tests.d/t.conf", "x = 1;");
        expect("r/10.conf:1: error: unknown key \"x\" in a role catalogue\n"
               "r/9.conf:1: error: unknown key \"x\" in a role catalogue\n"
               "r/B.conf:1: error: unknown key \"x\" in a role catalogue\n"
               "r/a.conf:1: error: unknown key \"x\" in a role catalogue\n"
               "roles.d/own.conf:1: error: unknown key \"x\" in a role catalogue\n"
               "doorward.conf:1: error: unknown key \"x\" in doorward.conf\n"
               "organizations.d/acme-b.conf:2: error: unknown key \"x\" in an organization's file\n"
               "organizations.d/acme.conf:2: error: unknown key \"x\" in an organization's file\n"
               "organizations.d/acme.d/a.conf:1: error: unknown key \"x\" in an organization's "
               "file\n"
               "organizations.d/acme.d/z.conf:1: error: unknown key \"x\" in an organization's "
               "file\n"
               "tests.d/t.conf:1: error: unknown key \"x\" in a file of tests\n");
}

static void a_missing_policy_directory_is_an_error(void **state)
{
        load(&(PolicyPaths){ "none", "r" },
             "none:1: error: this folder cannot be read: No such file or directory\n");
        load(&(PolicyPaths){ "p", "none" },
             "none:1: error: this folder cannot be read: No such file or directory\n");
        load(&(PolicyPaths){ "p/organizations.d/acme.conf", "r" },
             "p/organizations.d/acme.conf:1: error: this is not a folder; links are not "
             "followed\n");
        load(&(PolicyPaths){ "p//", "r/" }, "");
}

static void a_missing_organizations_folder_is_an_error(void **state)
{
        assert_int_equal(rename("p/organizations.d", "other"), 0);
        expect("organizations.d:1: error: this folder cannot be read: No such file or directory\n");
}

static void an_empty_policy_is_an_error(void **state)
{
        assert_int_equal(unlink("p/organizations.d/acme.conf"), 0);
        expect("organizations.d:1: error: an empty policy: no organization\n");
}

static void the_other_folders_may_be_missing(void **state)
{
        expect("");
}

static void editor_leftovers_are_a_warning(void **state)
{
        static const char TEXT[] = "not read: its name does not end in .conf\n";
        char expected[512];
        put("r/roles.conf~", "x");
        put("r/.roles.conf.swp", "x");
        put("r/roles.conf.dpkg-dist", "x");
        put("p/organizations.d/acme.conf.bak", "x");
        snprintf(expected, sizeof(expected),
                 "r/.roles.conf.swp:1: warning: %s"
                 "r/roles.conf.dpkg-dist:1: warning: %s"
                 "r/roles.conf~:1: warning: %s"
                 "organizations.d/acme.conf.bak:1: warning: not read: its name ends neither in "
                 ".conf nor, as a folder, in .d\n",
                 TEXT, TEXT, TEXT);
        expect(expected);
}

static void what_has_no_meaning_at_the_top_is_a_warning(void **state)
{
        static const char TEXT[] = "not read: only doorward.conf, roles.d, organizations.d, "
                                   "calendars.d and tests.d count here\n";
        char expected[512];
        assert_int_equal(mkdir("p/role.d", 0755), 0);
        put("p/acme.conf", "x");
        snprintf(expected, sizeof(expected), "acme.conf:1: warning: %srole.d:1: warning: %s", TEXT,
                 TEXT);
        expect(expected);
        assert_int_equal(symlink("acme.conf", "p/link.conf"), 0);
        snprintf(expected, sizeof(expected),
                 "acme.conf:1: warning: %slink.conf:1: error: this is not a regular file; links "
                 "are not followed\n"
                 "role.d:1: warning: %s",
                 TEXT, TEXT);
        expect(expected);
}

static void a_conf_that_is_no_regular_file_is_an_error(void **state)
{
        assert_int_equal(mkdir("r/folder.conf", 0755), 0);
        assert_int_equal(mkfifo("r/pipe.conf", 0644), 0);
        assert_int_equal(symlink("roles.conf", "r/link.conf"), 0);
        assert_int_equal(symlink("/dev/zero", "r/zero.conf"), 0);
        expect("r/folder.conf:1: error: this is not a regular file; links are not followed\n"
               "r/link.conf:1: error: this is not a regular file; links are not followed\n"
               "r/pipe.conf:1: error: this is not a regular file; links are not followed\n"
               "r/zero.conf:1: error: this is not a regular file; links are not followed\n");
}

static void doorward_conf_may_be_missing_but_not_unreadable(void **state)
{
        put("p/doorward.conf", "");
        expect("");
        assert_int_equal(unlink("p/doorward.conf"), 0);
        assert_int_equal(mkfifo("p/doorward.conf", 0644), 0);
        expect("doorward.conf:1: error: this is not a regular file; links are not followed\n");
}

static void files_that_others_may_write_are_refused(void **state)
{
        static const char TEXT[] = "may be written by its group or by others (chmod go-w)\n";
        char expected[512];
        put("p/doorward.conf", "");
        assert_int_equal(chmod("p/doorward.conf", 0664), 0);
        assert_int_equal(chmod("p/organizations.d/acme.conf", 0646), 0);
        snprintf(expected, sizeof(expected),
                 "doorward.conf:1: error: this file %s"
                 "organizations.d/acme.conf:1: error: this file %s",
                 TEXT, TEXT);
        expect(expected);
}

static void folders_that_others_may_write_are_refused(void **state)
{
        static const char TEXT[] = "may be written by its group or by others (chmod go-w)\n";
        char expected[512];
        assert_int_equal(mkdir("p/organizations.d/acme.d", 0755), 0);
        assert_int_equal(chmod("p/organizations.d/acme.d", 0775), 0);
        snprintf(expected, sizeof(expected), "organizations.d/acme.d:1: error: this folder %s",
                 TEXT);
        expect(expected);
        assert_int_equal(chmod("p/organizations.d", 0777), 0);
        snprintf(expected, sizeof(expected), "organizations.d:1: error: this folder %s", TEXT);
        expect(expected);
        assert_int_equal(chmod("p", 01777), 0);
        assert_int_equal(chmod("r", 0775), 0);
        snprintf(expected, sizeof(expected), "r:1: error: this folder %sp:1: error: this folder %s",
                 TEXT, TEXT);
        expect(expected);
}

static void a_policy_folder_that_is_a_link_is_refused(void **state)
{
        assert_int_equal(symlink("p", "link"), 0);
        load(&(PolicyPaths){ "link", "r" },
             "link:1: error: this is not a folder; links are not followed\n");
        assert_int_equal(symlink("../r", "p/roles.d"), 0);
        expect("roles.d:1: error: this is not a folder; links are not followed\n");
}

static void fragments_belong_to_an_organization(void **state)
{
        assert_int_equal(mkdir("p/organizations.d/other.d", 0755), 0);
        put("p/organizations.d/plain.d", "x");
        expect("organizations.d/other.d:1: error: fragments of an organization that has no .conf "
               "file\n"
               "organizations.d/plain.d:1: warning: not read: its name ends neither in .conf nor, "
               "as a folder, in .d\n");
}

static void an_organization_is_named_after_its_file(void **state)
{
        put("p/organizations.d/a b.conf", "");
        put("p/organizations.d/.conf", "");
        put("p/organizations.d/second.conf", ORGANIZATION);
        expect("organizations.d/.conf:1: error: an organization cannot have this name\n"
               "organizations.d/a b.conf:1: error: an organization cannot have this name\n"
               "organizations.d/second.conf:1: error: the organization of this file is \"second\"; "
               "\"acme\" would stand in a file of its own, acme.conf\n");
}

static void names_of_files_are_escaped(void **state)
{
        put("r/a\nb.conf", "x = 1;");
        expect("r/a\\x0ab.conf:1: error: unknown key \"x\" in a role catalogue\n");
}

/* Runs a function as another user; only root can. */
static void as_nobody(void (*function)(void))
{
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
                        _exit(2);
                function();
                _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* cmocka's assertions would jump back into the parent's test here. */
static bool reports(const char *expected)
{
        Diagnostics *diagnostics = diagnostics_new();
        Model *model = model_new(diagnostics);
        int result = model_load(model, &PATHS, 0);
        char *text = diagnostics_text(diagnostics);
        bool same = result == 0 && strcmp(text, expected) == 0;
        if (!same)
                fputs(text, stderr);
        free(text);
        model_free(model);
        diagnostics_free(diagnostics);
        return same;
}

static void unreadable_file_try(void)
{
        if (!reports("organizations.d/acme.conf:1: error: this file cannot be read: Permission "
                     "denied\n"))
                _exit(1);
}

static void an_unreadable_file_is_an_error(void **state)
{
        assert_int_equal(chmod("p/organizations.d/acme.conf", 0), 0);
        if (geteuid() == 0)
                as_nobody(unreadable_file_try);
        else
                unreadable_file_try();
}

static void foreign_owner_try(void)
{
        if (!reports("r/foreign.conf:1: error: this file belongs neither to root nor to the user "
                     "running this program (chown root)\n"))
                _exit(1);
}

/* Without root, nothing can be given to somebody else; files of root may then be read. */
static void a_file_of_somebody_else_is_refused(void **state)
{
        put("r/foreign.conf", "");
        if (geteuid() != 0) {
                expect("");
                return;
        }
        assert_int_equal(chown("r/foreign.conf", 1234, 1234), 0);
        foreign_owner_try();
        as_nobody(foreign_owner_try);
}

static void the_fingerprint_is_that_of_the_files(void **state)
{
        uint64_t first, second;
        first = expect("");
        assert_int_equal(policy_fingerprint(&PATHS, &second), 0);
        assert_true(first == second);
        assert_true(load(&(PolicyPaths){ "./p/", "./r" }, "") == first);
        put("p/organizations.d/acme.conf", ORGANIZATION " ");
        assert_int_equal(policy_fingerprint(&PATHS, &second), 0);
        assert_true(first != second);
        put("p/organizations.d/acme.conf", ORGANIZATION);
        assert_int_equal(policy_fingerprint(&PATHS, &second), 0);
        assert_true(first == second);
        assert_int_equal(rename("r/roles.conf", "r/other.conf"), 0);
        assert_int_equal(policy_fingerprint(&PATHS, &second), 0);
        assert_true(first != second);
}

static void a_fingerprint_needs_files_that_can_be_read(void **state)
{
        uint64_t fingerprint;
        assert_int_equal(policy_fingerprint(&(PolicyPaths){ "none", "r" }, &fingerprint), -ENOENT);
        assert_int_equal(chmod("p/organizations.d/acme.conf", 0666), 0);
        assert_int_equal(policy_fingerprint(&PATHS, &fingerprint), FILE_WRITABLE);
}

static void a_file_that_cannot_be_parsed_hides_no_other(void **state)
{
        put("p/organizations.d/acme.conf", "organization = {");
        put("p/doorward.conf", "host = 5;");
        put("r/roles.conf", "/*");
        expect("r/roles.conf:1: error: a comment that starts here is not closed\n"
               "doorward.conf:1: error: \"host\" must be a string, not a number\n"
               "organizations.d/acme.conf:1: error: the { that is opened here is not closed\n");
}

#define source_test(name) cmocka_unit_test_setup_teardown(name, policy_make, policy_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                source_test(files_are_read_in_byte_order_of_their_names),
                source_test(a_missing_policy_directory_is_an_error),
                source_test(a_missing_organizations_folder_is_an_error),
                source_test(an_empty_policy_is_an_error),
                source_test(the_other_folders_may_be_missing),
                source_test(editor_leftovers_are_a_warning),
                source_test(what_has_no_meaning_at_the_top_is_a_warning),
                source_test(a_conf_that_is_no_regular_file_is_an_error),
                source_test(doorward_conf_may_be_missing_but_not_unreadable),
                source_test(files_that_others_may_write_are_refused),
                source_test(folders_that_others_may_write_are_refused),
                source_test(a_policy_folder_that_is_a_link_is_refused),
                source_test(fragments_belong_to_an_organization),
                source_test(an_organization_is_named_after_its_file),
                source_test(names_of_files_are_escaped),
                source_test(an_unreadable_file_is_an_error),
                source_test(a_file_of_somebody_else_is_refused),
                source_test(the_fingerprint_is_that_of_the_files),
                source_test(a_fingerprint_needs_files_that_can_be_read),
                source_test(a_file_that_cannot_be_parsed_hides_no_other),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
