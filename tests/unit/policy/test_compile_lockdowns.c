/* SPDX-License-Identifier: MIT */
/* Tests of compile_lockdowns.c, and of what a door and a user have of their own for an unlock. */
#include "compile_fixture.h"

/* Users stand in the image by their names: "a" is 0, "z" is 1. */
#define POLICY                                                                                     \
        CHECK_ACME                                                                                 \
        "sites = ( { name = \"A\"; doors = ( { name = \"1\"; release_time = 7; default_state = "   \
        "\"locked\"; }, { name = \"2\"; extended_release_time = 9; } ); }, { name = \"B\"; doors " \
        "= ( { name = \"3\"; } ); } );\n"                                                          \
        "groups = ( { name = \"g\"; }, { name = \"h\"; } ); access_groups = ( { name = \"p\"; }, " \
        "{ name = \"q\"; } );\n"                                                                   \
        "users = ( { name = \"z\"; extended_time = true; }, { name = \"a\"; } );\n"                \
        "lockdowns = ( { name = \"l\"; title = \"L\"; sites = [ \"A\" ]; rank = 3; "               \
        "automatic_end_minutes = 2; trigger = { users = [ \"z\", \"a\", \"z\" ]; }; release = { "  \
        "groups = [ \"h\", \"g\" ]; }; unlock = { access_groups = [ \"q\" ]; }; },\n"              \
        " { name = \"m\"; doors = [ \"B/3\", \"A/2\", \"A/2\" ]; mode = \"locked-open\"; } );\n"

static void lockdowns_hold_doors_sites_and_people_by_number(void **state)
{
        Image *image = compile_text(POLICY, NULL, 0);
        const ImageLockdown *lockdowns = image_inline_lockdown(image, 0);
        assert_int_equal(compiled_find(image, RESOURCE_LOCKDOWN, "l"), 0);
        assert_int_equal(compiled_find(image, RESOURCE_LOCKDOWN, "m"), 1);
        compiled_expect_text(image, lockdowns[0].title, "L");
        assert_int_equal(lockdowns[0].mode, DOOR_MODE_LOCKED_DOWN);
        assert_int_equal(lockdowns[0].rank, 3);
        assert_int_equal(lockdowns[0].automatic_end_s, 120);
        COMPILED_EXPECT_NUMBERS(image, lockdowns[0].doors, 0, 1);
        COMPILED_EXPECT_NUMBERS(image, lockdowns[0].sites, 0);
        COMPILED_EXPECT_NUMBERS(image, lockdowns[0].trigger.users, 0, 1);
        assert_int_equal(lockdowns[0].trigger.groups.count, 0);
        COMPILED_EXPECT_NUMBERS(image, lockdowns[0].release.groups, 0, 1);
        COMPILED_EXPECT_NUMBERS(image, lockdowns[0].unlock.access_groups, 1);
        assert_int_equal(lockdowns[0].place.line, 5);
        assert_int_equal(lockdowns[1].mode, DOOR_MODE_LOCKED_OPEN);
        assert_int_equal(lockdowns[1].rank, 100);
        assert_int_equal(lockdowns[1].automatic_end_s, 0);
        COMPILED_EXPECT_NUMBERS(image, lockdowns[1].doors, 1, 2);
        COMPILED_EXPECT_NUMBERS(image, lockdowns[1].sites, 0, 1);
        assert_int_equal(lockdowns[1].unlock.users.count, 0);
        image_free(image);
}

static void each_door_knows_its_lockdowns(void **state)
{
        Image *image = compile_text(POLICY, NULL, 0);
        const ImageDoor *doors = image_inline_door(image, 0);
        COMPILED_EXPECT_NUMBERS(image, doors[0].lockdowns, 0);
        COMPILED_EXPECT_NUMBERS(image, doors[1].lockdowns, 0, 1);
        COMPILED_EXPECT_NUMBERS(image, doors[2].lockdowns, 1);
        image_free(image);
}

static void how_long_an_unlock_lasts_is_known(void **state)
{
        Image *image = compile_text(POLICY, NULL, 0);
        const ImageDoor *doors = image_inline_door(image, 0);
        assert_int_equal(doors[0].release_s, 7);
        assert_int_equal(doors[0].extended_release_s, 7);
        assert_int_equal(doors[0].default_state, DOOR_STATE_LOCKED);
        assert_int_equal(doors[1].release_s, 5);
        assert_int_equal(doors[1].extended_release_s, 9);
        assert_int_equal(doors[1].default_state, DOOR_STATE_ACCESS_CONTROLLED);
        assert_false(image_inline_user(image, 0)->flags & IMAGE_USER_EXTENDED_TIME);
        assert_true(image_inline_user(image, 1)->flags & IMAGE_USER_EXTENDED_TIME);
        image_free(image);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lockdowns_hold_doors_sites_and_people_by_number),
                cmocka_unit_test(each_door_knows_its_lockdowns),
                cmocka_unit_test(how_long_an_unlock_lasts_is_known),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
