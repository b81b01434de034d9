/* SPDX-License-Identifier: MIT */
/* Tests of policy_build_changed(): changes, from the files as they are to the image of those that
 * will be. */
#include "folder_fixture.h"

#include <errno.h>

#define NOW  INT64_C(1780480800) /* 2026-06-03T10:00:00Z */
#define TAIL "-\t-\t-\tann\t2026-06-03T10:00:00Z\twhy\n"

static const PolicyPaths PATHS = { "p", "r", .assignments = "s/assignments" };

/* How often a candidate was asked for, and what becomes of it. */
typedef struct Opener {
        unsigned opened;
        int fails;        /* -errno, or 0 */
        const char *path; /* instead of its own; NULL mostly */
} Opener;

static int candidate_open(void *user, const char *organization, FILE **ret_stream)
{
        Opener *opener = user;
        char path[128];
        opener->opened++;
        if (opener->fails)
                return opener->fails;
        snprintf(path, sizeof(path), "s/assignments/%s.conf.next", organization);
        *ret_stream = fopen(opener->path ? opener->path : path, "we");
        return *ret_stream ? 0 : -errno;
}

/* Applies lines of changes. Return: the image, or NULL after what was reported. */
static Image *changed(const char *lines, Opener *opener, const char *reported)
{
        Diagnostics *diagnostics = diagnostics_new();
        Change items[CHANGES_MAX];
        PolicyChanges changes = { .items = items, .open = candidate_open, .user = opener };
        Image *image = NULL;
        Model *model = NULL;
        char *copy = strdup(lines);
        assert_int_equal(changes_parse(copy, strlen(copy), items, &changes.count), 0);
        assert_int_equal(policy_build_changed(&PATHS, &changes, NOW, diagnostics, &model, &image),
                         0);
        assert_non_null(model);
        char *text = diagnostics_text(diagnostics);
        assert_string_equal(text, reported);
        free(text);
        free(copy);
        model_free(model);
        diagnostics_free(diagnostics);
        return image;
}

static Image *built(const char *reported)
{
        Diagnostics *diagnostics = diagnostics_new();
        Image *image = NULL;
        assert_int_equal(policy_build(&PATHS, NOW, diagnostics, NULL, &image), 0);
        char *text = diagnostics_text(diagnostics);
        assert_string_equal(text, reported);
        free(text);
        diagnostics_free(diagnostics);
        return image;
}

static void same_image(const Image *a, const Image *b)
{
        size_t size, other_size;
        const void *data = image_data(a, &size), *other = image_data(b, &other_size);
        assert_int_equal(size, other_size);
        assert_memory_equal(data, other, size);
}

static void renamed(const char *organization)
{
        char from[128], to[128];
        snprintf(from, sizeof(from), "s/assignments/%s.conf.next", organization);
        snprintf(to, sizeof(to), "s/assignments/%s.conf", organization);
        assert_int_equal(rename(from, to), 0);
}

/* Applies changes whose candidates then are renamed, and compares with what is read afterwards. */
static void step(const char *lines, const char *organization, unsigned opened, const char *reported)
{
        Opener opener = { 0 };
        Image *image = changed(lines, &opener, reported);
        assert_non_null(image);
        assert_int_equal(opener.opened, opened);
        if (organization)
                renamed(organization);
        Image *again = built(reported);
        assert_non_null(again);
        same_image(image, again);
        image_free(image);
        image_free(again);
}

static void the_image_is_that_of_the_files_as_they_will_be(void **state)
{
        step("grant\tbeta\tuser:bob\tr\tHQ\t" TAIL, "beta", 1, "");
        /* A new file that comes before one that stays: that one's number changes. */
        step("grant\tacme\tuser:bob\tr\tHQ\t" TAIL, "acme", 1, "");
        step("grant\tacme\tuser:olga\tr\tHQ\t" TAIL, "acme", 1, "");
        step("revoke\tacme\tuser:bob\tr\tHQ\t" TAIL "migrate\tacme\tuser:olga\t-\t-\t" TAIL, "acme",
             1, "");
        step("migrate\tacme\tuser:olga\t-\t-\t" TAIL, NULL, 0, "");
}

static void the_folder_need_not_be_there_before(void **state)
{
        assert_int_equal(rmdir("s/assignments"), 0);
        Opener opener = { .fails = -ENOENT };
        assert_null(
                changed("grant\tbeta\tuser:bob\tr\tHQ\t" TAIL, &opener,
                        "organizations.d/beta.conf:1: error: assignments/beta.conf of the state "
                        "folder cannot be written: No such file or directory\n"));
        assert_int_equal(mkdir("s/assignments", 0755), 0);
        step("grant\tbeta\tuser:bob\tr\tHQ\t" TAIL, "beta", 1, "");
}

static void candidates_of_others_do_not_count(void **state)
{
        folder_put("s/assignments/beta.conf.next",
                   "assignments = ( { user = \"nobody\"; role = \"r\"; } );\n");
        step("grant\tacme\tuser:bob\tr\tHQ\t" TAIL, "acme", 1, "");
}

static void managed_files_are_marked(void **state)
{
        Opener opener = { 0 };
        Image *image = changed("grant\tacme\tuser:bob\tr\tHQ\t" TAIL, &opener, "");
        unsigned managed = 0;
        size_t size;
        const ImageFile *files = (const void *)((const char *)image_data(image, &size) +
                                                image_header(image)->sections[IMAGE_FILES].offset);
        for (uint32_t i = 0; i < image_count(image, IMAGE_FILES); i++) {
                const ImageFile *file = &files[i];
                bool is_managed =
                        text_is(image_string(image, file->name), "s/assignments/acme.conf");
                assert_int_equal(file->managed, is_managed);
                managed += is_managed;
        }
        assert_int_equal(managed, 1);
        image_free(image);
}

static void warnings_are_those_of_the_new_file(void **state)
{
        folder_put("s/assignments/acme.conf~", "");
        folder_put("s/assignments/acme.conf",
                   "assignments = ( { user = \"olga\"; role = \"r\"; site = \"HQ\";\n\n\n until = "
                   "\"2026-01-01T00:00:00Z\"; } );\n");
        step("grant\tacme\tuser:bob\tr\tHQ\t" TAIL, "acme", 1,
             "s/assignments/acme.conf:6: warning: the grant of role \"r\" has ended, at "
             "2026-01-01T00:00:00Z\n"
             "s/assignments/acme.conf~:1: warning: not read: its name does not end in .conf\n");
}

static void what_cannot_be_applied_gives_no_image(void **state)
{
        Opener opener = { 0 };
        assert_null(
                changed("revoke\tacme\tuser:bob\tr\tHQ\t" TAIL, &opener,
                        "organizations.d/acme.conf:1: error: the grant of role \"r\" at \"HQ\" to "
                        "\"bob\" stands nowhere\n"));
        assert_int_equal(opener.opened, 0);
}

static void what_the_policy_refuses_gives_no_image(void **state)
{
        Opener opener = { 0 };
        assert_null(changed(
                "grant\tacme\tuser:bob\tr\tGone\t" TAIL, &opener,
                "s/assignments/acme.conf:5: error: there is no site \"Gone\"; undo that edit "
                "and first run: doorward revoke r@acme/Gone user:acme/bob\n"));
        assert_int_equal(opener.opened, 1);
}

static void a_policy_with_errors_is_not_changed(void **state)
{
        Opener opener = { 0 };
        folder_put("p/organizations.d/beta.conf", FOLDER_BETA "x = 1;\n");
        assert_null(changed("grant\tacme\tuser:bob\tr\tHQ\t" TAIL, &opener,
                            "organizations.d/beta.conf:4: error: unknown key \"x\" in an "
                            "organization's file\n"));
        assert_int_equal(opener.opened, 0);
}

static void a_full_disk_gives_no_image(void **state)
{
        Opener opener = { .path = "/dev/full" };
        assert_null(
                changed("grant\tacme\tuser:bob\tr\tHQ\t" TAIL, &opener,
                        "organizations.d/acme.conf:1: error: assignments/acme.conf of the state "
                        "folder cannot be written: No space left on device\n"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(the_image_is_that_of_the_files_as_they_will_be,
                                                folder_make, folder_remove),
                cmocka_unit_test_setup_teardown(the_folder_need_not_be_there_before, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(candidates_of_others_do_not_count, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(managed_files_are_marked, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(warnings_are_those_of_the_new_file, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(what_cannot_be_applied_gives_no_image, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(what_the_policy_refuses_gives_no_image, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(a_policy_with_errors_is_not_changed, folder_make,
                                                folder_remove),
                cmocka_unit_test_setup_teardown(a_full_disk_gives_no_image, folder_make,
                                                folder_remove),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
