/* SPDX-License-Identifier: MIT */
/* Tests of schema_lockdowns.c. */
#include "load_fixture.h"

static void lockdowns_are_read_with_all_their_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD
                          "lockdowns = ( { name = \"l\"; title = \"L\"; doors = [ \"HQ/D1\" ];\n"
                          "  sites = [ \"HQ\", \"Branch\" ]; mode = \"locked-open\"; rank = 0;\n"
                          "  automatic_end_minutes = 43200;\n"
                          "  trigger = { users = [ \"al@x\" ]; };\n"
                          "  release = { groups = [ \"g\" ]; };\n"
                          "  unlock = { access_groups = [ \"a\", \"b\" ]; }; },\n"
                          "  { name = \"m\"; } );");
        load_fixture_expect(&fixture, "");
        const ModelLockdown *lockdowns = fixture.model->organizations.items->lockdowns.items;
        assert_string_equal(lockdowns[0].title, "L");
        assert_string_equal(lockdowns[0].doors.items[0].name, "HQ/D1");
        assert_int_equal(lockdowns[0].sites.count, 2);
        assert_int_equal(lockdowns[0].mode, DOOR_MODE_LOCKED_OPEN);
        assert_int_equal(lockdowns[0].rank, 0);
        assert_int_equal(lockdowns[0].automatic_end_s, 30 * 24 * 60 * 60);
        assert_string_equal(lockdowns[0].trigger.users.items[0].name, "al@x");
        assert_int_equal(lockdowns[0].trigger.place.line, 5);
        assert_string_equal(lockdowns[0].release.groups.items[0].name, "g");
        assert_int_equal(lockdowns[0].release.place.line, 6);
        assert_int_equal(lockdowns[0].unlock.access_groups.count, 2);
        assert_int_equal(lockdowns[0].unlock.place.line, 7);
        /* What is not stated: it locks, has the middle rank, and ends by hand. */
        assert_int_equal(lockdowns[1].mode, DOOR_MODE_LOCKED_DOWN);
        assert_int_equal(lockdowns[1].rank, 100);
        assert_int_equal(lockdowns[1].automatic_end_s, 0);
        load_fixture_done(&fixture);
}

static void values_of_a_lockdown_have_bounds(void **state)
{
        load_expect_organization("lockdowns = ( { doors = [ ]; } );",
                                 "f:2: error: missing key \"name\" in a lockdown\n");
        load_expect_organization(
                "lockdowns = ( { name = \"l\"; rank = 1001;\n mode = \"LockedDown\";\n"
                " automatic_end_minutes = 0; },\n"
                "{ name = \"m\"; automatic_end_minutes = 43201;\n doors = [ \"D1\" ];\n"
                " release = { user = [ \"a\" ]; };\n trigger = [ \"a\" ]; } );",
                "f:2: error: \"rank\" must be 0 to 1000\n"
                "f:3: error: unknown \"LockedDown\" in \"mode\"; known: locked-down, locked-open\n"
                "f:4: error: \"automatic_end_minutes\" must be 1 to 43200\n"
                "f:5: error: \"automatic_end_minutes\" must be 1 to 43200\n"
                "f:6: error: \"D1\" in \"doors\" is not the path of a door, such as HQ/Tower/D1\n"
                "f:7: error: unknown key \"user\" in the people of a lockdown; did you mean "
                "\"users\"?\n"
                "f:8: error: \"trigger\" must be a group { ... }, not an array [ ]\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lockdowns_are_read_with_all_their_keys),
                cmocka_unit_test(values_of_a_lockdown_have_bounds),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
