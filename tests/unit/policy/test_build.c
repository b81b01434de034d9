/* SPDX-License-Identifier: MIT */
/* Tests of build.c: from files to an image, or to what is wrong with them. */
#include "check_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

/* Files of a test, below a folder of its own. */
static const char *const FOLDERS[] = { "", "/roles", "/policy", "/policy/organizations.d" };
static const char *const FILES[] = { "/roles/permissions.conf",
                                     "/policy/organizations.d/acme.conf" };

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

static void nothing_at_all_gives_no_image(void **state)
{
        BuildFixture *fixture = *state;
        Image *image = (Image *)fixture;
        build(fixture, NULL, &image);
        assert_null(image);
        assert_true(diagnostics_errors(fixture->diagnostics) > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(sound_files_give_an_image, setup, teardown),
                cmocka_unit_test_setup_teardown(an_error_gives_no_image_and_keeps_the_model, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(nothing_at_all_gives_no_image, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
