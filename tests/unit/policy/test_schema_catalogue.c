/* SPDX-License-Identifier: MIT */
/* Tests of role catalogues: each key, and each error with its line. */
#include "load_fixture.h"

static void expect(const char *text, const char *expected)
{
        load_expect(SOURCE_CATALOGUE, text, expected);
}

static void a_permission_is_read_with_all_its_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_CATALOGUE, "f",
                          "permissions = (\n"
                          "  { name = \"a.door.unlock\"; scope = \"door\"; title = \"Unlock\";\n"
                          "    gates = [ \"remote-unlock\", \"access-in-force\" ];\n"
                          "    command = \"unlock\"; },\n"
                          "  { name = \"a.door.enter\"; scope = \"organization | site\";\n"
                          "    without_role = [ \"door-access-now\" ]; } );\n");
        load_fixture_expect(&fixture, "");
        assert_int_equal(fixture.model->permissions.count, 2);
        const ModelPermission *permissions = fixture.model->permissions.items;
        assert_string_equal(permissions[0].name, "a.door.unlock");
        assert_string_equal(permissions[0].title, "Unlock");
        assert_int_equal(permissions[0].place.line, 2);
        assert_int_equal(permissions[0].scopes, SCOPE_DOOR);
        assert_int_equal(permissions[0].gates, GATE_REMOTE_UNLOCK | GATE_ACCESS_IN_FORCE);
        assert_int_equal(permissions[0].command, PERMISSION_COMMAND_UNLOCK);
        assert_int_equal(permissions[0].without_role, 0);
        assert_int_equal(permissions[1].scopes, SCOPE_ORGANIZATION | SCOPE_SITE);
        assert_int_equal(permissions[1].without_role, CONDITION_DOOR_ACCESS_NOW);
        assert_int_equal(permissions[1].command, MODEL_NONE);
        load_fixture_done(&fixture);
}

static void a_role_is_read_with_all_its_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_CATALOGUE, "f",
                "roles = ( { name = \"r\"; title = \"R\"; description = \"D\"; level = \"site\";\n"
                " ladder = \"l\"; rank = 2; holders = [ \"user\" ]; includes = [ \"q\" ];\n"
                " implies = ( { role = \"s\"; at = \"all-sites\"; } ); requires = [ \"t\" ];\n"
                " legacy = true; administers_organization = true; granted_with = [ \"g\" ];\n"
                " permissions = ( { name = \"a\"; },\n"
                "  { name = \"b\"; when = [ \"schedule-exists\", \"target-not-self\" ]; },\n"
                "  { name = \"c\"; when = ( [ \"schedule-exists\" ], [ \"roll-call-active\" ] ); "
                "},\n"
                "  { name = \"d\"; also = [ \"q\" ]; scope = \"site\"; reach = \"any-site\";\n"
                "  } ); } );\n");
        load_fixture_expect(&fixture, "");
        assert_int_equal(fixture.model->roles.count, 1);
        const ModelRole *role = &fixture.model->roles.items[0];
        assert_string_equal(role->description, "D");
        assert_int_equal(role->level, ROLE_LEVEL_SITE);
        assert_string_equal(role->ladder, "l");
        assert_int_equal(role->rank, 2);
        assert_true(role->user_may_hold);
        assert_false(role->group_may_hold);
        assert_true(role->legacy);
        assert_true(role->administers_organization);
        assert_string_equal(role->includes.items[0].name, "q");
        assert_string_equal(role->implies.items[0].name, "s");
        assert_string_equal(role->requires.items[0].name, "t");
        assert_string_equal(role->granted_with.items[0].name, "g");
        assert_int_equal(role->granted_with.items[0].place.line, 4);
        assert_int_equal(role->entries.count, 4);
        const ModelEntry *entries = role->entries.items;
        assert_int_equal(entries[0].alternatives_count, 0);
        assert_int_equal(entries[1].alternatives_count, 1);
        assert_int_equal(entries[1].alternatives[0],
                         CONDITION_SCHEDULE_EXISTS | CONDITION_TARGET_NOT_SELF);
        assert_int_equal(entries[2].alternatives_count, 2);
        assert_int_equal(entries[2].alternatives[1], CONDITION_ROLL_CALL_ACTIVE);
        assert_int_equal(entries[2].place.line, 7);
        assert_string_equal(entries[3].also.items[0].name, "q");
        assert_int_equal(entries[3].scopes, SCOPE_SITE);
        assert_true(entries[3].any_site);
        load_fixture_done(&fixture);
}

static void classes_and_holders_of_all_members_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_CATALOGUE, "f",
                "permissions = ( { name = \"p\"; scope = \"site\";\n"
                "  customizable = \"archives\"; command = \"change-members\"; } );\n"
                "roles = ( { name = \"r\"; level = \"organization\"; every_member = true;\n"
                "  frozen_until_migrated = true; customizable = [ \"archives\" ];\n"
                "  granted_with = [ \"p\", \"q\" ]; revoked_with = [ \"q\" ]; } );\n");
        load_fixture_expect(&fixture, "");
        const ModelPermission *permission = fixture.model->permissions.items;
        assert_string_equal(permission->customizable, "archives");
        assert_int_equal(permission->command, PERMISSION_COMMAND_CHANGE_MEMBERS);
        const ModelRole *role = fixture.model->roles.items;
        assert_true(role->every_member);
        assert_true(role->frozen_until_migrated);
        assert_string_equal(role->customizable.items[0].name, "archives");
        assert_int_equal(role->granted_with.count, 2);
        assert_int_equal(role->revoked_with.count, 1);
        load_fixture_done(&fixture);
}

#define ACTIONS "actions = ( { action = \"read\"; permission = \"p\"; } );"

static void custom_roles_are_said_once_in_all_catalogues(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_CATALOGUE, "f",
                          "\ncustom_roles = { holders = [ \"group\" ]; granted_with = [ \"g\" ];\n"
                          "  revoked_with = [ \"r\" ]; " ACTIONS " };");
        load_fixture_expect(&fixture, "");
        const ModelCustomRoles *custom_roles = &fixture.model->custom_roles;
        assert_true(custom_roles->stated);
        assert_int_equal(custom_roles->place.line, 2);
        assert_false(custom_roles->user_may_hold);
        assert_true(custom_roles->group_may_hold);
        assert_string_equal(custom_roles->granted_with.items[0].name, "g");
        assert_string_equal(custom_roles->revoked_with.items[0].name, "r");
        assert_int_equal(custom_roles->actions.count, 1);
        assert_string_equal(custom_roles->actions.items[0].name, "read");
        assert_string_equal(custom_roles->actions.items[0].permission.name, "p");
        load_fixture_text(&fixture, SOURCE_CATALOGUE, "g", "custom_roles = { " ACTIONS " };");
        load_fixture_expect(&fixture,
                            "g:1: error: duplicate \"custom_roles\": it already stands at f:2\n");
        load_fixture_done(&fixture);
}

static void custom_roles_have_actions(void **state)
{
        expect("custom_roles = { };", "f:1: error: missing key \"actions\" in custom_roles\n");
        expect("custom_roles = { actions = ( ); };", "f:1: error: \"actions\" is empty\n");
        expect("custom_roles = { holders = [ ]; " ACTIONS " };",
               "f:1: error: \"holders\" is empty\n");
        expect("custom_roles = { actions = (\n{ permission = \"p\"; },\n{ action = \"a\"; } ); };",
               "f:2: error: missing key \"action\" in an action\n"
               "f:3: error: missing key \"permission\" in an action\n");
        expect("custom_roles = ( );",
               "f:1: error: \"custom_roles\" must be a group { ... }, not a list ( )\n");
}

static void a_role_of_its_own_has_neither_ladder_nor_rank(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_CATALOGUE, "f",
                          "roles = ( { name = \"r\"; level = \"account\"; } );");
        load_fixture_expect(&fixture, "");
        const ModelRole *role = &fixture.model->roles.items[0];
        assert_null(role->ladder);
        assert_int_equal(role->rank, 0);
        assert_int_equal(role->ladder_index, MODEL_NONE);
        assert_true(role->user_may_hold);
        assert_true(role->group_may_hold);
        assert_int_equal(role->granted_with.count, 0);
        load_fixture_done(&fixture);
        expect("roles = ( { name = \"r\"; level = \"site\"; ladder = \"l\"; } );",
               "f:1: error: a role in a \"ladder\" needs a \"rank\"\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; rank = 1; } );",
               "f:1: error: a \"rank\" needs a \"ladder\"\n");
}

static void unknown_words_are_errors(void **state)
{
        expect("permissions = ( { name = \"a\"; scope = \"dor\"; } );",
               "f:1: error: \"dor\" in \"scope\" is no scope (organization, site, door, user, "
               "group, entity, account, or several joined by \" | \")\n");
        expect("permissions = ( { name = \"a\"; scope = \"door\";\n gates = [ \"remote-unlok\" ]; "
               "} );",
               "f:2: error: unknown \"remote-unlok\" in \"gates\"; did you mean "
               "\"remote-unlock\"?\n");
        expect("permissions = ( { name = \"a\"; scope = \"door\"; command = \"open\"; } );",
               "f:1: error: unknown \"open\" in \"command\"; known: unlock, "
               "migrate, customize, restore-customization, add-to-access-group, "
               "remove-from-access-group, change-members, enter, suspend, resume, dates, "
               "show-door, override-door, lockdown, live-events, past-events, run-report, "
               "save-report, export-report, view-others-report, delete-others-report\n");
        expect("roles = ( { name = \"r\"; level = \"room\"; } );",
               "f:1: error: unknown \"room\" in \"level\"; known: organization, site, account\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; holders = [ \"users\" ]; } );",
               "f:1: error: unknown \"users\" in \"holders\"; did you mean \"user\"?\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; permissions = ( { name = \"p\";\n"
               " when = [ \"schedule-exist\" ]; } ); } );",
               "f:2: error: unknown \"schedule-exist\" in \"when\"; did you mean "
               "\"schedule-exists\"?\n");
        expect("roles = ( { name = \"r\"; level = \"site\";\n"
               " implies = ( { role = \"s\"; at = \"here\"; } ); } );",
               "f:2: error: unknown \"here\" in \"at\"; known: all-sites\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; holders = [ \"user\", \"user\" ]; } );",
               "f:1: error: \"user\" stands twice in \"holders\"\n");
}

static void an_empty_list_is_an_absent_one(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_CATALOGUE, "f",
                          "permissions = ( { name = \"a\"; scope = \"door\"; gates = [ ];\n"
                          "  without_role = [ ]; } );\n"
                          "roles = ( { name = \"r\"; level = \"site\"; includes = [ ];\n"
                          "  implies = ( ); requires = [ ]; permissions = (\n"
                          "  { name = \"a\"; when = [ ]; also = [ ]; },\n"
                          "  { name = \"a\"; when = ( ); also = ( ); } ); },\n"
                          "  { name = \"s\"; level = \"site\"; permissions = ( ); } );\n");
        load_fixture_expect(&fixture, "");
        assert_int_equal(fixture.model->permissions.items[0].without_role, 0);
        const ModelRole *role = &fixture.model->roles.items[0];
        assert_int_equal(role->entries.count, 2);
        for (unsigned i = 0; i < 2; i++) {
                assert_int_equal(role->entries.items[i].alternatives_count, 0);
                assert_int_equal(role->entries.items[i].also.count, 0);
        }
        load_fixture_done(&fixture);
}

static void nobody_does_not_become_everybody(void **state)
{
        expect("roles = ( { name = \"r\"; level = \"site\"; holders = [ ]; } );",
               "f:1: error: \"holders\" is empty\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; permissions = (\n"
               " { name = \"a\"; when = ( [ ] ); },\n"
               " { name = \"b\"; when = ( [ \"target-not-self\" ],\n [ ] ); } ); } );",
               "f:2: error: \"when\" is empty\nf:4: error: \"when\" is empty\n");
}

static void conditions_are_arrays(void **state)
{
        expect("roles = ( { name = \"r\"; level = \"site\"; permissions = (\n"
               " { name = \"a\"; when = ( \"schedule-exists\" ); },\n"
               " { name = \"b\"; when = \"schedule-exists\"; } ); } );",
               "f:2: error: a list in \"when\" must hold arrays: ( [ \"a\", \"b\" ], [ \"c\" ] )\n"
               "f:3: error: \"when\" must be an array of conditions, or a list of such arrays\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; permissions = ( { name = \"a\"; when = "
               "(\n"
               "[\"schedule-exists\"], [\"schedule-exists\"], [\"schedule-exists\"],\n"
               "[\"schedule-exists\"], [\"schedule-exists\"], [\"schedule-exists\"],\n"
               "[\"schedule-exists\"], [\"schedule-exists\"], [\"schedule-exists\"] ); } ); } );",
               "f:1: error: more than 8 alternatives\n");
}

static void missing_and_unknown_keys_are_errors(void **state)
{
        expect("permissions = ( { } );", "f:1: error: missing key \"name\" in a permission\n"
                                         "f:1: error: missing key \"scope\" in a permission\n");
        expect("roles = ( {\n name = \"r\"; levl = \"site\"; } );",
               "f:1: error: missing key \"level\" in a role\n"
               "f:2: error: unknown key \"levl\" in a role; did you mean \"level\"?\n");
        expect("role = ( );", "f:1: error: unknown key \"role\" in a role catalogue; did you mean "
                              "\"roles\"?\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; implies = ( { role = \"s\"; } ); } );",
               "f:1: error: missing key \"at\" in an implied role\n");
}

static void names_and_numbers_have_their_forms(void **state)
{
        expect("permissions = ( { name = \"a b\"; scope = \"door\"; } );",
               "f:1: error: \"a b\" in \"name\" is not a name: 1 to 64 of A-Z a-z 0-9 . _ -, not "
               "starting with . or -\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; ladder = \"l\"; rank = 1001; } );",
               "f:1: error: \"rank\" must be 0 to 1000\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; ladder = \"l\"; rank = -1; } );",
               "f:1: error: \"rank\" must be 0 to 1000\n");
        expect("roles = ( { name = \"r\"; level = \"site\"; legacy = 1; } );",
               "f:1: error: \"legacy\" must be true or false, not a number\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_permission_is_read_with_all_its_keys),
                cmocka_unit_test(a_role_is_read_with_all_its_keys),
                cmocka_unit_test(classes_and_holders_of_all_members_are_read),
                cmocka_unit_test(custom_roles_are_said_once_in_all_catalogues),
                cmocka_unit_test(custom_roles_have_actions),
                cmocka_unit_test(a_role_of_its_own_has_neither_ladder_nor_rank),
                cmocka_unit_test(unknown_words_are_errors),
                cmocka_unit_test(an_empty_list_is_an_absent_one),
                cmocka_unit_test(nobody_does_not_become_everybody),
                cmocka_unit_test(conditions_are_arrays),
                cmocka_unit_test(missing_and_unknown_keys_are_errors),
                cmocka_unit_test(names_and_numbers_have_their_forms),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
