/* SPDX-License-Identifier: MIT */
/* Tests of users, groups and people. */
#include "load_fixture.h"

static void expect(const char *text, const char *expected)
{
        load_expect(SOURCE_FRAGMENT, text, expected);
}

static void a_user_is_read_with_all_his_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_FRAGMENT, "f",
                "users = ( { name = \"tom@partner\"; title = \"Tom\"; uid = 4294967294L;\n"
                " member = false; synced = true; extended_time = true; remote_unlock = false; "
                "groups = [ \"g\" ];\n"
                " access_groups = [ \"a\", \"b\" ];\n"
                " access = { suspended = true; from = \"1970-01-01T00:00:00Z\";\n"
                "   until = \"1970-01-01T01:00:01+01:00\"; };\n"
                " roles = ( { role = \"r\"; site = \"HQ/Tower\"; from = \"1970-01-01T00:00:05Z\"; "
                "},\n"
                "  { role = \"s\"; until = \"1970-01-01T00:00:07Z\"; } ); } );");
        load_fixture_expect(&fixture, "");
        const ModelUser *user = fixture.model->organizations.items[0].users.items;
        assert_string_equal(user->name, "tom@partner");
        assert_true(user->uid_stated);
        assert_int_equal(user->uid, UINT32_MAX - 1);
        assert_false(user->member);
        assert_true(user->synced);
        assert_true(user->extended_time);
        assert_false(user->remote_unlock);
        assert_int_equal(user->remote_unlock_place.line, 2);
        assert_string_equal(user->groups.items[0].name, "g");
        assert_string_equal(user->access_groups.items[1].name, "b");
        assert_true(user->suspended);
        assert_int_equal(user->access.from_s, 0);
        assert_int_equal(user->access.until_s, 1);
        assert_int_equal(user->access_place.line, 4);
        assert_int_equal(user->roles.count, 2);
        assert_string_equal(user->roles.items[0].site.name, "HQ/Tower");
        assert_int_equal(user->roles.items[0].interval.from_s, 5);
        assert_true(user->roles.items[0].interval.until_s == TIMESTAMP_MAX);
        assert_null(user->roles.items[1].site.name);
        assert_true(user->roles.items[1].interval.from_s == TIMESTAMP_MIN);
        assert_int_equal(user->roles.items[1].interval.until_s, 7);
        assert_int_equal(user->roles.items[1].place.line, 7);
        load_fixture_done(&fixture);
}

static void a_user_has_defaults(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f", "users = ( { name = \"a\"; } );");
        load_fixture_expect(&fixture, "");
        const ModelUser *user = fixture.model->organizations.items[0].users.items;
        assert_true(user->member);
        assert_false(user->synced);
        assert_false(user->extended_time);
        assert_true(user->remote_unlock);
        assert_false(user->uid_stated);
        assert_false(user->suspended);
        assert_true(user->access.from_s == TIMESTAMP_MIN);
        assert_true(user->access.until_s == TIMESTAMP_MAX);
        load_fixture_done(&fixture);
}

static void user_names_have_a_form(void **state)
{
        static const char FORM[] = "is not a name: 1 to 64 of A-Z a-z 0-9 . _ - @ +, not starting "
                                   "with . or -\n";
        static const char *const NAMES[] = { "", ".x", "-x", "a b", "a/b", "a:b", "\xc3\xa4" };
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
                char text[128], expected[256];
                snprintf(text, sizeof(text), "users = ( { name = \"%s\"; } );", NAMES[i]);
                snprintf(expected, sizeof(expected), "f:1: error: \"%s\" in \"name\" %s", NAMES[i],
                         FORM);
                expect(text, expected);
        }
        expect("users = ( { name = \"_apt\"; }, { name = \"7up\"; }, { name = \"j.doe+x\"; } );",
               "");
}

static void a_user_without_a_name_is_left_out(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f",
                          "users = ( { title = \"x\"; },\n { name = \"a\"; } );");
        load_fixture_expect(&fixture, "f:1: error: missing key \"name\" in a user\n");
        assert_int_equal(fixture.model->organizations.items[0].users.count, 1);
        assert_string_equal(fixture.model->organizations.items[0].users.items[0].name, "a");
        load_fixture_done(&fixture);
}

static void keys_of_a_user_are_strict(void **state)
{
        expect("users = ( { name = \"a\";\n  suspnded = true; } );",
               "f:2: error: unknown key \"suspnded\" in a user\n");
        expect("users = ( { name = \"a\";\n  rols = ( ); } );",
               "f:2: error: unknown key \"rols\" in a user; did you mean \"roles\"?\n");
        expect("users = ( { name = \"a\"; access = {\n suspnded = true; }; } );",
               "f:2: error: unknown key \"suspnded\" in a user's access; did you mean "
               "\"suspended\"?\n");
        expect("users = ( { name = \"a\"; member = \"yes\"; } );",
               "f:1: error: \"member\" must be true or false, not a string\n");
        expect("users = ( { name = \"a\"; access = true; } );",
               "f:1: error: \"access\" must be a group { ... }, not true or false\n");
}

static void uids_that_belong_to_no_person_are_refused(void **state)
{
        expect("users = ( { name = \"a\"; uid = 0; } );",
               "f:1: error: \"uid\" must be 1 to 4294967294\n");
        expect("users = ( { name = \"a\"; uid = -1; } );",
               "f:1: error: \"uid\" must be 1 to 4294967294\n");
        expect("users = ( { name = \"a\"; uid = 4294967295L; } );",
               "f:1: error: \"uid\" must be 1 to 4294967294\n");
        expect("users = ( { name = \"a\"; uid = 65535; } );",
               "f:1: error: uid 65535 stands for no user\n");
        expect("users = ( { name = \"a\"; uid = \"4711\"; } );",
               "f:1: error: \"uid\" must be a number, not a string\n");
        expect("users = ( { name = \"a\"; uid = 4294967296; } );",
               "f:1: error: 4294967296 does not fit into 32 bits; a larger number takes an L at "
               "its "
               "end\n");
        expect("users = ( { name = \"a\";\n uid = 65534; } );",
               "f:2: warning: uid 65534 does not belong to one person: the system gives it to "
               "programs as they come\n");
        expect("users = ( { name = \"a\"; uid = 61183; }, { name = \"b\"; uid = 65520; } );", "");
}

static void intervals_end_after_they_start(void **state)
{
        expect("users = ( { name = \"a\"; roles = (\n"
               " { role = \"r\"; from = \"2026-01-02T00:00:00Z\"; until = "
               "\"2026-01-01T00:00:00Z\"; "
               "} ); } );",
               "f:2: error: the interval ends (2026-01-01T00:00:00Z) before it starts "
               "(2026-01-02T00:00:00Z)\n");
        expect("users = ( { name = \"a\";\n access = { from = \"2026-01-01T00:00:00Z\";\n"
               " until = \"2026-01-01T00:00:00Z\"; }; } );",
               "f:2: error: the interval ends (2026-01-01T00:00:00Z) before it starts "
               "(2026-01-01T00:00:00Z)\n");
        expect("users = ( { name = \"a\"; roles = ( { role = \"r\"; until = "
               "\"2026-13-01T00:00:00Z\";"
               " },\n { role = \"r\"; from = \"2026-01-01\"; } ); } );",
               "f:1: error: \"2026-13-01T00:00:00Z\" in \"until\" does not exist\n"
               "f:2: error: \"2026-01-01\" in \"from\" is not a time such as "
               "2026-06-01T09:00:00Z\n");
}

static void a_grant_with_an_error_is_left_out(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f",
                          "users = ( { name = \"a\"; roles = ( { role = \"r\"; sit = \"HQ\"; },\n"
                          " { site = \"HQ\"; }, { role = \"s\"; site = \"/HQ\"; } ); } );");
        load_fixture_expect(
                &fixture,
                "f:1: error: unknown key \"sit\" in a grant of a role; did you mean \"site\"?\n"
                "f:2: error: missing key \"role\" in a grant of a role\n"
                "f:2: error: \"/HQ\" in \"site\" is not the path of a site, such as HQ/Tower\n");
        assert_int_equal(fixture.model->organizations.items[0].users.items[0].roles.count, 0);
        load_fixture_done(&fixture);
}

static void groups_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f",
                          "groups = ( { name = \"g\"; title = \"G\"; synced = true;\n"
                          " unix_group = \"door-desk\"; roles = ( { role = \"r\"; } ); },\n"
                          " { name = \"h\"; unix_gid = 4720; }, { name = \"i\"; } );\n"
                          "access_groups = ( { name = \"a\"; unix_gid = 7; } );\n"
                          "people = ( { unix_group = \"staff\"; groups = [ \"g\" ];\n"
                          " access_groups = [ \"a\" ]; }, { unix_gid = 9; } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        const ModelGroup *groups = organization->groups.items;
        assert_true(groups[0].synced);
        assert_true(groups[0].mapped);
        assert_string_equal(groups[0].unix_group.name, "door-desk");
        assert_int_equal(groups[0].unix_group.place.line, 2);
        assert_false(groups[0].unix_group.gid_stated);
        assert_int_equal(groups[0].roles.count, 1);
        assert_true(groups[1].mapped);
        assert_true(groups[1].unix_group.gid_stated);
        assert_int_equal(groups[1].unix_group.gid, 4720);
        assert_false(groups[2].mapped);
        assert_int_equal(organization->access_groups.items[0].unix_group.gid, 7);
        assert_string_equal(organization->people.items[0].unix_group.name, "staff");
        assert_string_equal(organization->people.items[0].groups.items[0].name, "g");
        assert_int_equal(organization->people.items[1].unix_group.gid, 9);
        load_fixture_done(&fixture);
}

static void errors_of_groups_have_their_lines(void **state)
{
        expect("groups = ( { name = \"g\";\n unix_group = \"a\"; unix_gid = 5; } );",
               "f:1: error: \"unix_group\" and \"unix_gid\" exclude each other\n");
        expect("people = (\n { groups = [ \"g\" ]; } );",
               "f:2: error: missing key \"unix_group\" (or \"unix_gid\") in people\n");
        expect("access_groups = ( { name = \"a\"; roles = ( ); } );",
               "f:1: error: unknown key \"roles\" in an access group\n");
        expect("groups = ( { name = \"g\"; unix_gid = 0; } );",
               "f:1: error: \"unix_gid\" must be 1 to 4294967294\n");
}

static void cards_are_numbers_written_as_text(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f",
                          "users = ( { name = \"a\"; cards = [ \"8165538\",\n"
                          "  \"18446744073709551615\" ]; }, { name = \"b\"; cards = [ ]; } );");
        load_fixture_expect(&fixture, "");
        const ModelUser *users = fixture.model->organizations.items[0].users.items;
        assert_int_equal(users[0].cards.count, 2);
        assert_int_equal(users[0].cards.items[0].number, 8165538);
        assert_true(users[0].cards.items[1].number == UINT64_MAX);
        assert_int_equal(users[0].cards.items[1].place.line, 2);
        assert_int_equal(users[1].cards.count, 0);
        load_fixture_done(&fixture);
}

static void cards_have_one_written_form(void **state)
{
        static const char *const BAD[] = { "",    "0",   "01",   "-1",
                                           "12a", " 12", "0x12", "18446744073709551616" };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                char text[128];
                (void)snprintf(text, sizeof(text),
                               "users = ( { name = \"a\";\n cards = [ \"1\", \"%s\" ]; } );",
                               BAD[i]);
                expect(text, "f:2: error: a card in \"cards\" must be a number of at most 20 "
                             "digits, without leading zeros\n");
        }
        expect("users = ( { name = \"a\"; cards = [ 12 ]; } );",
               "f:1: error: \"cards\" must be a string, not a number\n");
        expect("users = ( { name = \"a\"; cards = \"12\"; } );",
               "f:1: error: \"cards\" must be an array of strings, not a string\n");
}

static void a_user_has_a_bounded_number_of_cards(void **state)
{
        char text[2048] = "users = ( { name = \"a\"; cards = [ \"1\"";
        for (unsigned i = 2; i <= 65; i++)
                (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), ", \"%u\"", i);
        (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), " ]; } );");
        expect(text, "f:1: error: \"cards\" has more than 64 entries\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_user_is_read_with_all_his_keys),
                cmocka_unit_test(a_user_has_defaults),
                cmocka_unit_test(user_names_have_a_form),
                cmocka_unit_test(a_user_without_a_name_is_left_out),
                cmocka_unit_test(keys_of_a_user_are_strict),
                cmocka_unit_test(uids_that_belong_to_no_person_are_refused),
                cmocka_unit_test(intervals_end_after_they_start),
                cmocka_unit_test(a_grant_with_an_error_is_left_out),
                cmocka_unit_test(groups_are_read),
                cmocka_unit_test(errors_of_groups_have_their_lines),
                cmocka_unit_test(cards_are_numbers_written_as_text),
                cmocka_unit_test(cards_have_one_written_form),
                cmocka_unit_test(a_user_has_a_bounded_number_of_cards),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
