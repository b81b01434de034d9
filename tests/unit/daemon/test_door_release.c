/* SPDX-License-Identifier: MIT */
/* Tests of door_release.c, on the policy of tests/unit/policy/decide. */
#include "decide_fixture.h"

#include "daemon/door_release.h"

static void a_door_is_released_for_its_time(void **state)
{
        const Image *image = decide_image(state);
        DoorReleases releases = { 0 };
        DoorRelease release = { .door = 1, .generation = 3, .seconds = 5 };
        assert_false(door_releases_hold(&releases, 3, 1, 1000));
        door_releases_note(&releases, image, 3, &release, 1000);
        assert_true(door_releases_hold(&releases, 3, 1, 1000));
        assert_true(door_releases_hold(&releases, 3, 1, 5999));
        assert_false(door_releases_hold(&releases, 3, 1, 6000));
        assert_false(door_releases_hold(&releases, 3, 0, 1000));
        door_releases_clear(&releases);
        assert_false(door_releases_hold(&releases, 3, 1, 1000));
}

static void a_shorter_release_does_not_end_a_longer_one(void **state)
{
        const Image *image = decide_image(state);
        DoorReleases releases = { 0 };
        door_releases_note(&releases, image, 3, &(DoorRelease){ 1, 3, 20 }, 1000);
        door_releases_note(&releases, image, 3, &(DoorRelease){ 1, 3, 5 }, 2000);
        assert_true(door_releases_hold(&releases, 3, 1, 20999));
        door_releases_clear(&releases);
}

static void another_policy_knows_nothing_of_it(void **state)
{
        const Image *image = decide_image(state);
        DoorReleases releases = { 0 };
        door_releases_note(&releases, image, 3, &(DoorRelease){ 1, 3, 5 }, 1000);
        assert_false(door_releases_hold(&releases, 4, 1, 1000));
        /* An unlock of the policy before that was on its way */
        door_releases_note(&releases, image, 4, &(DoorRelease){ 1, 3, 5 }, 1000);
        assert_false(door_releases_hold(&releases, 4, 1, 1000));
        door_releases_note(&releases, image, 4, &(DoorRelease){ 0, 4, 5 }, 1000);
        assert_true(door_releases_hold(&releases, 4, 0, 1000));
        assert_false(door_releases_hold(&releases, 4, 1, 1000));
        door_releases_clear(&releases);
}

static void what_is_no_door_is_not_noted(void **state)
{
        const Image *image = decide_image(state);
        DoorReleases releases = { 0 };
        uint32_t count = image_count(image, IMAGE_DOORS);
        door_releases_note(&releases, image, 3, &(DoorRelease){ count, 3, 5 }, 1000);
        assert_null(releases.until_ms);
        assert_false(door_releases_hold(&releases, 3, count, 1000));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_door_is_released_for_its_time),
                cmocka_unit_test(a_shorter_release_does_not_end_a_longer_one),
                cmocka_unit_test(another_policy_knows_nothing_of_it),
                cmocka_unit_test(what_is_no_door_is_not_noted),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
