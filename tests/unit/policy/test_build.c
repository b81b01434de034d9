/* SPDX-License-Identifier: MIT */
/* Tests of build.c: from files to an image, or to what is wrong with them. */
#include "check_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

/* Files of a test, below a folder of its own. */
static const char *const FOLDERS[] = { "", "/roles", "/policy", "/policy/organizations.d",
                                       "/policy/organizations.d/acme.d" };
static const char *const FILES[] = { "/roles/permissions.conf", "/policy/organizations.d/acme.conf",
                                     "/policy/organizations.d/acme.d/branch.conf",
                                     "/policy/doorward.conf" };

typedef struct BuildFixture {
        char folder[64];
        char policy[128], roles[128];
        Diagnostics *diagnostics;
} BuildFixture;

static int setup(void **state)
{
        BuildFixture *fixture = calloc(1, sizeof(*fixture));
        umask(022);
        strcpy(fixture->folder, "/tmp/doorward-test-build-XXXXXX");
        assert_non_null(mkdtemp(fixture->folder));
        for (size_t i = 1; i < sizeof(FOLDERS) / sizeof(FOLDERS[0]); i++) {
                char path[128];
                snprintf(path, sizeof(path), "%s%s", fixture->folder, FOLDERS[i]);
                assert_int_equal(mkdir(path, 0755), 0);
        }
        snprintf(fixture->policy, sizeof(fixture->policy), "%s/policy", fixture->folder);
        snprintf(fixture->roles, sizeof(fixture->roles), "%s/roles", fixture->folder);
        fixture->diagnostics = diagnostics_new();
        *state = fixture;
        return 0;
}

static int teardown(void **state)
{
        BuildFixture *fixture = *state;
        char path[128];
        for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
                snprintf(path, sizeof(path), "%s%s", fixture->folder, FILES[i]);
                unlink(path);
        }
        for (size_t i = sizeof(FOLDERS) / sizeof(FOLDERS[0]); i-- > 0;) {
                snprintf(path, sizeof(path), "%s%s", fixture->folder, FOLDERS[i]);
                rmdir(path);
        }
        diagnostics_free(fixture->diagnostics);
        free(fixture);
        return 0;
}

static void write_file(const BuildFixture *fixture, const char *name, const char *text)
{
        char path[128];
        snprintf(path, sizeof(path), "%s%s", fixture->folder, name);
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void build(BuildFixture *fixture, Model **ret_model, Image **ret_image)
{
        PolicyPaths paths = { fixture->policy, fixture->roles };
        assert_int_equal(
                policy_build(&paths, CHECK_NOW, fixture->diagnostics, ret_model, ret_image), 0);
}

static void sound_files_give_an_image(void **state)
{
        BuildFixture *fixture = *state;
        write_file(fixture, FILES[0], CHECK_CATALOGUE);
        write_file(fixture, FILES[1], CHECK_SITES);
        Image *image = NULL, *again = NULL;
        Model *model = NULL;
        build(fixture, NULL, &image);
        build(fixture, &model, &again);
        assert_non_null(image);
        assert_non_null(model);
        assert_int_equal(diagnostics_errors(fixture->diagnostics), 0);
        assert_int_equal(image_header(image)->compiled_at_s, CHECK_NOW);
        uint64_t fingerprint;
        PolicyPaths paths = { fixture->policy, fixture->roles };
        assert_int_equal(policy_fingerprint(&paths, &fingerprint), 0);
        assert_true(image_header(image)->fingerprint == fingerprint);
        size_t size, size_again;
        const void *data = image_data(image, &size), *data_again = image_data(again, &size_again);
        assert_int_equal(size, size_again);
        assert_memory_equal(data, data_again, size);
        model_free(model);
        image_free(image);
        image_free(again);
}

/* Until 2100 schedules are known in zones that are not UTC. */
static void what_is_not_known_for_long_is_warned_of(void **state)
{
        const int64_t end_s = INT64_C(4102444800); /* 2100-01-01T00:00:00Z, and +00:00 there */
        BuildFixture *fixture = *state;
        PolicyPaths paths = { fixture->policy, fixture->roles };
        Image *image = NULL;
        write_file(fixture, FILES[0], CHECK_CATALOGUE);
        write_file(fixture, FILES[1],
                   CHECK_ACME "schedules = ( { name = \"s\"; timezone = \"Europe/London\"; weekly "
                              "= ( { days = [ \"mon\" ]; from = "
                              "\"08:00\"; to = \"09:00\"; } ); } );\n");
        assert_int_equal(
                policy_build(&paths, end_s - 30 * 86400 - 1, fixture->diagnostics, NULL, &image),
                0);
        assert_non_null(image);
        assert_true(image_header(image)->known_until_s == end_s);
        assert_int_equal(image_header(image)->known_until_place.file, IMAGE_NONE);
        image_free(image);
        assert_int_equal(diagnostics_warnings(fixture->diagnostics), 0);
        assert_int_equal(
                policy_build(&paths, end_s - 30 * 86400, fixture->diagnostics, NULL, &image), 0);
        image_free(image);
        char *text = diagnostics_text(fixture->diagnostics);
        assert_non_null(strstr(text, "acme.conf:1: warning: time zones are known until "
                                     "2100-01-01T00:00:00Z only: what depends on it is denied from "
                                     "then on\n"));
        free(text);
}

static void an_error_gives_no_image_and_keeps_the_model(void **state)
{
        BuildFixture *fixture = *state;
        write_file(fixture, FILES[0], CHECK_CATALOGUE);
        write_file(fixture, FILES[1],
                   CHECK_ACME "users = ( { name = \"u\";\n"
                              "  groups = [ \"none\" ]; } );\n");
        Image *image = (Image *)fixture;
        Model *model = NULL;
        build(fixture, &model, &image);
        assert_null(image);
        assert_non_null(model);
        assert_int_equal(diagnostics_errors(fixture->diagnostics), 1);
        char *text = diagnostics_text(fixture->diagnostics);
        assert_string_equal(text, "organizations.d/acme.conf:3: error: there is no group "
                                  "\"none\"\n");
        free(text);
        model_free(model);
}

static void diagnostics_expect(const BuildFixture *fixture, const char *expected)
{
        char *text = diagnostics_text(fixture->diagnostics);
        assert_string_equal(text, expected);
        free(text);
}

/* Files that refer to each other in all ways. */
static void write_files(const BuildFixture *fixture)
{
        write_file(fixture, FILES[0], CHECK_CATALOGUE);
        write_file(fixture, FILES[1], CHECK_SITES);
        write_file(fixture, FILES[2],
                   "site_additions = ( { site = \"Branch\"; doors = ( { name = \"D2\"; } ); } );\n"
                   "users = ( { name = \"u\"; groups = [ \"desk\" ];\n"
                   "  roles = ( { role = \"viewer\"; site = \"HQ\"; } ); } );\n");
        write_file(fixture, FILES[3],
                   "host = \"acme/HQ/gw\"; break_glass = [ \"r\" ];\n"
                   "sessions = ( { services = [ \"sshd\" ]; role = \"viewer\"; } );\n");
}

static void one_mistake_is_not_followed_by_what_refers_to_that_file(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = NULL;
        write_files(fixture);
        write_file(fixture, FILES[1], CHECK_SITES "users = ( { name = \"v\"; }, );\n");
        build(fixture, NULL, &image);
        assert_null(image);
        diagnostics_expect(fixture, "organizations.d/acme.conf:3: error: expected a value after "
                                    "the comma, found )\n");
}

static void an_empty_file_is_not_followed_by_what_refers_to_it(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = NULL;
        write_files(fixture);
        write_file(fixture, FILES[1], "");
        build(fixture, NULL, &image);
        assert_null(image);
        diagnostics_expect(fixture, "organizations.d/acme.conf:1: error: missing key "
                                    "\"organization\" in an organization's file\n");
}

static void a_refused_file_is_not_followed_by_what_refers_to_it(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = NULL;
        char path[128];
        write_files(fixture);
        for (size_t i = 0; i < 2; i++) {
                snprintf(path, sizeof(path), "%s%s", fixture->folder, FILES[i]);
                assert_int_equal(chmod(path, 0666), 0);
        }
        build(fixture, NULL, &image);
        assert_null(image);
        assert_int_equal(diagnostics_errors(fixture->diagnostics), 2);
        assert_int_equal(diagnostics_warnings(fixture->diagnostics), 0);
}

static void a_refused_folder_is_not_followed_by_what_refers_to_it(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = NULL;
        char path[128];
        write_files(fixture);
        snprintf(path, sizeof(path), "%s%s", fixture->folder, FOLDERS[3]);
        assert_int_equal(chmod(path, 0777), 0);
        snprintf(path, sizeof(path), "%s%s", fixture->folder, FOLDERS[1]);
        assert_int_equal(chmod(path, 0777), 0);
        build(fixture, NULL, &image);
        assert_null(image);
        assert_int_equal(diagnostics_errors(fixture->diagnostics), 2);
        assert_int_equal(diagnostics_warnings(fixture->diagnostics), 0);
}

static void a_broken_doorward_conf_is_not_blamed_for_what_it_lacks(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = NULL;
        write_files(fixture);
        write_file(fixture, FILES[3], "host = \"acme/HQ/gw;\n");
        build(fixture, NULL, &image);
        assert_null(image);
        diagnostics_expect(fixture, "doorward.conf:1: error: a string that starts here is not "
                                    "closed on its line\n");
}

static void what_other_files_get_wrong_themselves_is_still_reported(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = NULL;
        write_files(fixture);
        write_file(fixture, FILES[2], "users = ( { name = \"u\" ]; } );\n");
        write_file(fixture, FILES[3],
                   "host = \"beta/HQ/gw\"; break_glass = [ \"r\" ];\n"
                   "sessions = ( { services = [ \"sshd\" ]; role = \"vewer\"; } );\n");
        build(fixture, NULL, &image);
        assert_null(image);
        diagnostics_expect(fixture, "doorward.conf:1: error: there is no organization \"beta\"\n"
                                    "doorward.conf:2: error: there is no role \"vewer\"; did you "
                                    "mean \"viewer\"?\n"
                                    "organizations.d/acme.d/branch.conf:1: error: a ] where the { "
                                    "of line 1 is still open\n");
}

static void nothing_at_all_gives_no_image(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = (Image *)fixture;
        build(fixture, NULL, &image);
        assert_null(image);
        assert_true(diagnostics_errors(fixture->diagnostics) > 0);
}

#define build_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                build_test(sound_files_give_an_image),
                build_test(what_is_not_known_for_long_is_warned_of),
                build_test(an_error_gives_no_image_and_keeps_the_model),
                build_test(one_mistake_is_not_followed_by_what_refers_to_that_file),
                build_test(an_empty_file_is_not_followed_by_what_refers_to_it),
                build_test(a_refused_file_is_not_followed_by_what_refers_to_it),
                build_test(a_refused_folder_is_not_followed_by_what_refers_to_it),
                build_test(a_broken_doorward_conf_is_not_blamed_for_what_it_lacks),
                build_test(what_other_files_get_wrong_themselves_is_still_reported),
                build_test(nothing_at_all_gives_no_image),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
