/* SPDX-License-Identifier: MIT */
/* Tests of policy_holder.c and image_store.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/policy_holder.h"
#include "daemon_fixture.h"
#include "policy/build.h"
#include "util/file.h"

typedef struct Fixture {
        DaemonFixture daemon;
        int state_fd;
        PolicyHolder holder;
        unsigned bad;
        char why[200];
} Fixture;

static int setup(void **state)
{
        static Fixture fixture;
        fixture = (Fixture){ 0 };
        *state = &fixture;
        fixture_set_up(&fixture.daemon);
        if (mkdir(fixture.daemon.state, 0700) < 0)
                return -1;
        fixture.state_fd = open(fixture.daemon.state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return policy_holder_open(fixture.state_fd, &fixture.holder);
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        policy_holder_close(&fixture->holder);
        (void)close(fixture->state_fd);
        fixture_tear_down(&fixture->daemon);
        return 0;
}

static void on_bad(void *data, uint32_t number, const char *why)
{
        Fixture *fixture = data;
        fixture->bad++;
        (void)snprintf(fixture->why, sizeof(fixture->why), "%u: %s", number, why);
}

static Image *compile(const Fixture *fixture)
{
        PolicyPaths paths = { .policy = fixture->daemon.policy, .roles = getenv("DOORWARD_ROLES") };
        Diagnostics *diagnostics = diagnostics_new();
        Image *image = NULL;
        assert_int_equal(policy_build(&paths, 1780000000, diagnostics, NULL, &image), 0);
        assert_non_null(image);
        diagnostics_free(diagnostics);
        return image;
}

/* Does what a compiler does. Return: as policy_holder_adopt(). */
static int adopt(Fixture *fixture, size_t size_max, bool *ret_changed)
{
        Image *image = compile(fixture);
        size_t size;
        int fd;
        const void *data = image_data(image, &size);
        assert_int_equal(image_store_begin(&fixture->holder.store, &fd), 0);
        assert_int_equal(file_write_all(fd, data, size < size_max ? size : size_max), 0);
        image_free(image);
        int r = policy_holder_adopt(&fixture->holder, fd, ret_changed);
        (void)close(fd);
        return r;
}

/* Adds an organization, so that the policy differs. */
static void change_policy(const Fixture *fixture, unsigned n)
{
        char name[64], text[64];
        (void)snprintf(name, sizeof(name), "organizations.d/o%u.conf", n);
        (void)snprintf(text, sizeof(text), "organization = { name = \"o%u\"; };\n", n);
        fixture_write(&fixture->daemon, name, text);
}

static bool image_exists(const Fixture *fixture, const char *name)
{
        char path[160];
        (void)snprintf(path, sizeof(path), "%s/images/%s", fixture->daemon.state, name);
        return access(path, F_OK) == 0;
}

static void without_images_there_is_no_policy(void **state)
{
        Fixture *fixture = *state;
        assert_int_equal(policy_holder_load_newest(&fixture->holder, on_bad, fixture), -ENOENT);
        assert_null(fixture->holder.image);
        assert_string_equal(fixture->holder.revision, "");
        assert_int_equal(fixture->holder.settings.clients, DAEMON_SETTINGS_DEFAULT.clients);
}

static void what_is_adopted_is_served_and_kept(void **state)
{
        Fixture *fixture = *state;
        PolicyHolder *holder = &fixture->holder;
        bool changed;
        fixture_append(&fixture->daemon, "doorward.conf", "limits = { clients = 77; };\n");
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        assert_true(changed);
        assert_non_null(holder->image);
        assert_int_equal(holder->settings.clients, 77);
        assert_int_equal(strlen(holder->revision), 16);
        assert_true(holder->has_unix_groups);
        assert_true(image_exists(fixture, "1.image"));
        assert_false(image_exists(fixture, "unfinished"));
        Text name = image_string(holder->image,
                                 image_permission(holder->image, holder->unlock_permission)->name);
        assert_true(text_is(name, "access.door.unlock"));

        char revision[IMAGE_REVISION_SIZE];
        memcpy(revision, holder->revision, sizeof(revision));
        policy_holder_close(holder);
        assert_int_equal(policy_holder_open(fixture->state_fd, holder), 0);
        assert_int_equal(policy_holder_load_newest(holder, on_bad, fixture), 0);
        assert_string_equal(holder->revision, revision);
        assert_int_equal(fixture->bad, 0);
}

static void an_equal_policy_is_not_kept_again(void **state)
{
        Fixture *fixture = *state;
        bool changed;
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        uint32_t generation = fixture->holder.generation;
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        assert_false(changed);
        assert_int_equal(fixture->holder.generation, generation);
        assert_false(image_exists(fixture, "2.image"));
        assert_false(image_exists(fixture, "unfinished"));
        /* Settings alone count too. */
        fixture_append(&fixture->daemon, "doorward.conf", "limits = { clients = 78; };\n");
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        assert_true(changed);
        assert_int_equal(fixture->holder.settings.clients, 78);
}

static void a_damaged_one_is_refused_and_the_old_one_stays(void **state)
{
        Fixture *fixture = *state;
        bool changed;
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        uint32_t generation = fixture->holder.generation;
        change_policy(fixture, 1);
        static const size_t sizes[] = { 0, 7, 100, 5000 };
        for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
                assert_true(adopt(fixture, sizes[i], &changed) > 0);
        assert_int_equal(fixture->holder.generation, generation);
        assert_non_null(fixture->holder.image);
        assert_false(image_exists(fixture, "2.image"));
}

/* What was refused must not be what the next start finds. */
static void one_that_cannot_be_synced_is_not_kept(void **state)
{
        Fixture *fixture = *state;
        ImageStore *store = &fixture->holder.store;
        bool changed;
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        uint32_t generation = fixture->holder.generation;
        change_policy(fixture, 1);
        int synced = store->directory_fd;
        store->directory_fd = openat(fixture->state_fd, "images", O_PATH | O_DIRECTORY);
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), -EBADF);
        (void)close(store->directory_fd);
        store->directory_fd = synced;
        assert_int_equal(fixture->holder.generation, generation);
        assert_false(image_exists(fixture, "2.image"));
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        assert_true(image_exists(fixture, "2.image"));
}

static void only_the_last_few_are_kept(void **state)
{
        Fixture *fixture = *state;
        bool changed;
        for (unsigned i = 1; i <= IMAGE_STORE_KEPT + 3; i++) {
                change_policy(fixture, i);
                assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        }
        for (unsigned i = 1; i <= IMAGE_STORE_KEPT + 3; i++) {
                char name[32];
                (void)snprintf(name, sizeof(name), "%u.image", i);
                assert_int_equal(image_exists(fixture, name), i > 3);
        }
}

static void the_newest_good_image_is_found_behind_bad_ones(void **state)
{
        Fixture *fixture = *state;
        PolicyHolder *holder = &fixture->holder;
        bool changed;
        char path[160], target[160];
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        /* Cut, empty, open to others, and a link to the good one. */
        for (unsigned i = 2; i <= 4; i++) {
                (void)snprintf(path, sizeof(path), "%s/images/%u.image", fixture->daemon.state, i);
                FILE *file = fopen(path, "w");
                (void)fprintf(file, "%.*s", i == 2 ? 0 : 4, "door");
                (void)fclose(file);
                (void)chmod(path, i == 4 ? 0666 : 0600);
        }
        (void)snprintf(target, sizeof(target), "%s/images/1.image", fixture->daemon.state);
        (void)snprintf(path, sizeof(path), "%s/images/5.image", fixture->daemon.state);
        assert_int_equal(symlink(target, path), 0);
        policy_holder_close(holder);
        assert_int_equal(policy_holder_open(fixture->state_fd, holder), 0);
        assert_int_equal(policy_holder_load_newest(holder, on_bad, fixture), 0);
        assert_int_equal(fixture->bad, 4);
        /* The next one gets a number of its own. */
        change_policy(fixture, 9);
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        assert_true(image_exists(fixture, "6.image"));
}

/* Every byte is looked at: a mapped file that was cut would end the program here. */
static void what_is_served_does_not_depend_on_its_file(void **state)
{
        Fixture *fixture = *state;
        PolicyHolder *holder = &fixture->holder;
        bool changed;
        char path[160];
        (void)snprintf(path, sizeof(path), "%s/images/1.image", fixture->daemon.state);
        assert_int_equal(adopt(fixture, SIZE_MAX, &changed), 0);
        for (int round = 0; round < 2; round++) {
                size_t size;
                const void *data = image_data(holder->image, &size);
                uint64_t checksum = image_header(holder->image)->checksum;
                /* Loaded from the store the second time. */
                char kept[160];
                (void)snprintf(kept, sizeof(kept), "%s/kept", fixture->daemon.state);
                assert_int_equal(rename(path, kept), 0);
                int copy = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
                assert_int_equal(file_write_all(copy, data, size), 0);
                (void)close(copy);
                assert_int_equal(truncate(kept, 10), 0);
                assert_int_equal(image_checksum(data, size), checksum);
                assert_true(ftruncate(holder->image_fd, 10) < 0);
                assert_true(pwrite(holder->image_fd, "x", 1, 0) < 0);
                policy_holder_close(holder);
                assert_int_equal(policy_holder_open(fixture->state_fd, holder), 0);
                assert_int_equal(policy_holder_load_newest(holder, on_bad, fixture), 0);
        }
        assert_int_equal(fixture->bad, 0);
}

static void other_files_in_the_folder_do_not_count(void **state)
{
        Fixture *fixture = *state;
        static const char *const names[] = { ".image",   "x.image",           "-1.image",
                                             "01.image", "99999999999.image", "1.image~" };
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
                char path[160];
                (void)snprintf(path, sizeof(path), "%s/images/%s", fixture->daemon.state, names[i]);
                (void)fclose(fopen(path, "w"));
        }
        assert_int_equal(policy_holder_load_newest(&fixture->holder, on_bad, fixture), -ENOENT);
        assert_int_equal(fixture->bad, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(without_images_there_is_no_policy),
                TEST(what_is_adopted_is_served_and_kept),
                TEST(an_equal_policy_is_not_kept_again),
                TEST(a_damaged_one_is_refused_and_the_old_one_stays),
                TEST(one_that_cannot_be_synced_is_not_kept),
                TEST(only_the_last_few_are_kept),
                TEST(the_newest_good_image_is_found_behind_bad_ones),
                TEST(what_is_served_does_not_depend_on_its_file),
                TEST(other_files_in_the_folder_do_not_count),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
