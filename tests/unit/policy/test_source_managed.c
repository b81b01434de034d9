/* SPDX-License-Identifier: MIT */
/* Tests of source_managed.c: which files of the state folder belong to a policy. */
#include "folder_fixture.h"

#define ASSIGNMENT "assignments = ( { user = \"bob\"; role = \"r\"; site = \"HQ\"; } );\n"
#define WRONG      "x = 1;\n"

static const PolicyPaths PATHS = { "p", "r", .assignments = "s/assignments" };
static const PolicyPaths CANDIDATES = { "p", "r", .assignments = "s/assignments/",
                                        .with_candidates = true };

/* Loads the policy and compares what is reported. Return: acme's managed assignments. */
static uint32_t load(const PolicyPaths *paths, const char *expected)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        assert_int_equal(model_load(fixture.model, paths, 0), 0);
        load_fixture_expect(&fixture, expected);
        uint32_t count = fixture.model->organizations.items[0].assignments.count;
        load_fixture_done(&fixture);
        return count;
}

static uint64_t fingerprint(const PolicyPaths *paths)
{
        uint64_t result = 0;
        assert_int_equal(policy_fingerprint(paths, &result), 0);
        return result;
}

static void a_folder_that_does_not_exist_holds_none(void **state)
{
        uint64_t before = fingerprint(&PATHS);
        assert_int_equal(load(&PATHS, ""), 0);
        assert_int_equal(rmdir("s/assignments"), 0);
        assert_int_equal(load(&PATHS, ""), 0);
        assert_true(fingerprint(&PATHS) == before);
        assert_true(fingerprint(&(PolicyPaths){ "p", "r" }) == before);
        assert_int_equal(rmdir("s"), 0);
        assert_int_equal(load(&PATHS, ""), 0);
}

static void each_organization_has_its_file_read_last(void **state)
{
        assert_int_equal(mkdir("p/organizations.d/acme.d", 0755), 0);
        assert_int_equal(mkdir("p/tests.d", 0755), 0);
        folder_put("p/organizations.d/acme.d/a.conf", WRONG);
        folder_put("p/tests.d/t.conf", WRONG);
        folder_put("s/assignments/beta.conf", WRONG);
        folder_put("s/assignments/acme.conf", ASSIGNMENT WRONG);
        assert_int_equal(
                load(&PATHS,
                     "organizations.d/acme.d/a.conf:1: error: unknown key \"x\" in an "
                     "organization's file\n"
                     "tests.d/t.conf:1: error: unknown key \"x\" in a file of tests\n"
                     "s/assignments/acme.conf:2: error: unknown key \"x\" in a file of managed "
                     "assignments\n"
                     "s/assignments/beta.conf:1: error: unknown key \"x\" in a file of managed "
                     "assignments\n"),
                1);
        folder_put("p/organizations.d/acme.d/a.conf", "");
        folder_put("p/tests.d/t.conf", "");
        assert_int_equal(load(&(PolicyPaths){ "p", "r" }, ""), 0);
}

static void a_candidate_counts_as_the_file_it_will_be(void **state)
{
        folder_put("s/assignments/acme.conf", "");
        folder_put("s/assignments/acme.conf.next", ASSIGNMENT WRONG);
        assert_int_equal(load(&PATHS, ""), 0);
        assert_int_equal(load(&CANDIDATES,
                              "s/assignments/acme.conf:2: error: unknown key \"x\" in a "
                              "file of managed assignments\n"),
                         1);
        folder_put("s/assignments/acme.conf.next", ASSIGNMENT);
        uint64_t before = fingerprint(&PATHS), candidate = fingerprint(&CANDIDATES);
        assert_true(before != candidate);
        assert_int_equal(rename("s/assignments/acme.conf.next", "s/assignments/acme.conf"), 0);
        assert_true(fingerprint(&PATHS) == candidate);
        assert_true(fingerprint(&CANDIDATES) == candidate);
        assert_int_equal(rename("s/assignments", "elsewhere"), 0);
        assert_true(fingerprint(&(PolicyPaths){ "p", "r", .assignments = "elsewhere" }) ==
                    candidate);
}

static void a_first_candidate_needs_no_file(void **state)
{
        folder_put("p/organizations.d/acme.conf.conf",
                   "organization = { name = \"acme.conf\"; };\n");
        folder_put("s/assignments/acme.conf.conf", "");
        folder_put("s/assignments/acme.conf.next", ASSIGNMENT);
        assert_int_equal(load(&PATHS, ""), 0);
        assert_int_equal(load(&CANDIDATES, ""), 1);
        uint64_t candidate = fingerprint(&CANDIDATES);
        assert_int_equal(rename("s/assignments/acme.conf.next", "s/assignments/acme.conf"), 0);
        assert_true(fingerprint(&PATHS) == candidate);
}

static void what_belongs_to_nobody_is_named(void **state)
{
        folder_put("s/assignments/gone.conf", ASSIGNMENT);
        folder_put("s/assignments/gone.conf.next", ASSIGNMENT);
        folder_put("s/assignments/acme.conf~", ASSIGNMENT);
        load(&PATHS,
             "s/assignments/acme.conf~:1: warning: not read: its name does not end in .conf\n"
             "s/assignments/gone.conf:1: error: managed assignments of an organization that "
             "does not exist: there is no organizations.d/gone.conf; bring it back, or move "
             "this file away\n");
}

static void files_that_others_may_write_are_refused(void **state)
{
        folder_put("s/assignments/acme.conf", ASSIGNMENT);
        assert_int_equal(chmod("s/assignments/acme.conf", 0620), 0);
        load(&PATHS, "s/assignments/acme.conf:1: error: this file may be written by its group or "
                     "by others (chmod "
                     "go-w)\n");
        assert_int_equal(unlink("s/assignments/acme.conf"), 0);
        assert_int_equal(symlink("../../p/organizations.d/acme.conf", "s/assignments/acme.conf"),
                         0);
        load(&PATHS, "s/assignments/acme.conf:1: error: this is not a regular file; links are not "
                     "followed\n");
        assert_int_equal(unlink("s/assignments/acme.conf"), 0);
        assert_int_equal(chmod("s/assignments", 0775), 0);
        load(&PATHS, "s/assignments:1: error: this folder may be written by its group or by others "
                     "(chmod go-w)\n");
        uint64_t unused;
        assert_true(policy_fingerprint(&PATHS, &unused) > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_folder_that_does_not_exist_holds_none,
                                                folder_make, folder_remove),
                cmocka_unit_test_setup_teardown(each_organization_has_its_file_read_last,
                                                folder_make, folder_remove),
                cmocka_unit_test_setup_teardown(a_candidate_counts_as_the_file_it_will_be,
                                                folder_make, folder_remove),
                cmocka_unit_test_setup_teardown(a_first_candidate_needs_no_file, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(what_belongs_to_nobody_is_named, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(files_that_others_may_write_are_refused,
                                                folder_make, folder_remove),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
