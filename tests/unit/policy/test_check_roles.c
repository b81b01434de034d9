/* SPDX-License-Identifier: MIT */
/* Tests of check_roles.c: who gives roles, classes of customization, custom roles of catalogues. */
#include "check_fixture.h"

/* Checks roles of one's own beside CHECK_CATALOGUE. */
static void own_expect(const char *own_roles, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .own_roles = own_roles,
                               .organization = CHECK_ACME };
        check_expect(&policy, expected);
}

static void a_granter_is_asked_at_the_grant_the_organization_or_the_user(void **state)
{
        own_expect(
                "permissions = ( { name = \"of.user\"; scope = \"user\"; },\n"
                "  { name = \"of.site\"; scope = \"site\"; } );\n"
                "roles = (\n"
                "{ name = \"a\"; level = \"site\"; granted_with = [ \"of.user\", \"of.site\" ];\n"
                "  revoked_with = [ \"door.view\" ]; },\n"
                "{ name = \"b\"; level = \"organization\"; granted_with = [ \"of.user\",\n"
                "  \"of.site\", \"settings\" ]; },\n"
                "{ name = \"c\"; level = \"account\"; revoked_with = [ \"setings\" ]; } );",
                "own.conf:5: error: permission \"door.view\" cannot be asked when a role of "
                "level site is granted: its scope is none of organization, account, user, "
                "site\n"
                "own.conf:7: error: permission \"of.site\" cannot be asked when a role of level "
                "organization is granted: its scope is none of organization, account, user\n"
                "own.conf:8: error: there is no permission \"setings\"; did you mean "
                "\"settings\"?\n");
}

static void nobody_gives_a_role_by_what_needs_no_role(void **state)
{
        own_expect(
                "permissions = ( { name = \"free\"; scope = \"user\";\n"
                "  without_role = [ \"target-is-self\" ]; } );\n"
                "roles = ( { name = \"a\"; level = \"organization\";\n"
                "  granted_with = [ \"settings\", \"free\" ]; } );",
                "own.conf:4: error: permission \"free\" needs no role: with it anybody could give "
                "this one\n");
}

static void what_every_member_holds_is_of_the_organization(void **state)
{
        own_expect("roles = ( { name = \"m\"; level = \"organization\"; every_member = true; },\n"
                   "{ name = \"n\"; level = \"site\"; every_member = true; },\n"
                   "{ name = \"o\"; level = \"organization\"; every_member = true;\n"
                   "  ladder = \"l\"; rank = 1; } );",
                   "own.conf:2: error: role \"n\" is held by every member: it must be of level "
                   "organization and in no ladder\n"
                   "own.conf:3: error: role \"o\" is held by every member: it must be of level "
                   "organization and in no ladder\n");
}

static void a_customizable_role_is_in_a_ladder_and_its_classes_exist(void **state)
{
        own_expect(
                "permissions = ( { name = \"a\"; scope = \"site\"; customizable = \"archives\"; "
                "} );\n"
                "roles = ( { name = \"x\"; level = \"site\"; customizable = [ \"archives\" ]; "
                "},\n"
                "{ name = \"y\"; level = \"site\"; ladder = \"l\"; rank = 1;\n"
                "  customizable = [ \"archive\" ]; },\n"
                "{ name = \"z\"; level = \"site\"; ladder = \"l\"; rank = 0;\n"
                "  customizable = [ \"archives\" ]; } );",
                "own.conf:2: error: role \"x\" is in no ladder: it cannot be customizable\n"
                "own.conf:4: error: there is no class of customization \"archive\"; did you "
                "mean \"archives\"?\n"
                "own.conf:5: error: role \"z\" is the bottom of its ladder (rank 0): it can give "
                "nothing\n");
}

static void what_can_be_added_stands_in_the_ladder(void **state)
{
        own_expect(
                "permissions = (\n"
                "  { name = \"a\"; scope = \"site\"; customizable = \"archives\"; },\n"
                "  { name = \"b\"; scope = \"site\"; customizable = \"archives\"; } );\n"
                "roles = (\n"
                "{ name = \"lower\"; level = \"site\"; ladder = \"l\"; rank = 1;\n"
                "  customizable = [ \"archives\" ]; },\n"
                "{ name = \"basis\"; level = \"site\"; permissions = ( { name = \"a\"; } ); },\n"
                "{ name = \"upper\"; level = \"site\"; ladder = \"l\"; rank = 2;\n"
                "  customizable = [ \"archives\" ]; includes = [ \"lower\", \"basis\" ]; } );",
                "own.conf:5: error: role \"lower\" is customizable by class \"archives\", but no "
                "role of its ladder gives \"b\"\n");
}

static void there_are_so_many_classes(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        fputs("permissions = (\n", stream);
        for (int i = 0; i < 33; i++)
                fprintf(stream, "{ name = \"p%d\"; scope = \"site\"; customizable = \"c%d\"; }%s\n",
                        i, i, i < 32 ? "," : ");");
        fclose(stream);
        own_expect(text, "own.conf:34: error: more than 32 classes of customization\n");
        free(text);
}

static void custom_roles_act_on_entities(void **state)
{
        own_expect("permissions = ( { name = \"read\"; scope = \"entity\"; } );\n"
                   "custom_roles = { granted_with = [ \"door.view\" ]; actions = (\n"
                   "{ action = \"read\"; permission = \"read\"; },\n"
                   "{ action = \"view\"; permission = \"door.view\"; },\n"
                   "{ action = \"read\"; permission = \"reads\"; } ); };",
                   "own.conf:2: error: permission \"door.view\" cannot be asked when a role of "
                   "level account is granted: its scope is none of organization, account, user\n"
                   "own.conf:4: error: permission \"door.view\" is not of scope entity\n"
                   "own.conf:5: error: duplicate action \"read\": it already stands at own.conf:3\n"
                   "own.conf:5: error: there is no permission \"reads\"; did you mean \"read\"?\n");
}

static void classes_become_bits(void **state)
{
        LoadFixture fixture;
        CheckPolicy policy = {
                .catalogue =
                        "permissions = ( { name = \"plain\"; scope = \"site\"; },\n"
                        "{ name = \"a\"; scope = \"site\"; customizable = \"one\"; },\n"
                        "{ name = \"b\"; scope = \"site\"; customizable = \"two\"; },\n"
                        "{ name = \"c\"; scope = \"site\"; customizable = \"one\"; } );\n"
                        "roles = ( { name = \"r\"; level = \"site\"; ladder = \"l\"; rank = 1;\n"
                        "customizable = [ \"two\", \"one\" ]; permissions = ( { name = \"a\"; },\n"
                        "{ name = \"b\"; }, { name = \"c\"; } ); } );",
                .organization = CHECK_ACME,
        };
        check_run(&fixture, &policy);
        load_fixture_expect(&fixture, "");
        const ModelPermission *permissions = fixture.model->permissions.items;
        assert_int_equal(permissions[0].class_bit, 0);
        assert_int_equal(permissions[1].class_bit, 1);
        assert_int_equal(permissions[2].class_bit, 2);
        assert_int_equal(permissions[3].class_bit, 1);
        assert_int_equal(fixture.model->roles.items[0].class_bits, 3);
        load_fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_granter_is_asked_at_the_grant_the_organization_or_the_user),
                cmocka_unit_test(nobody_gives_a_role_by_what_needs_no_role),
                cmocka_unit_test(what_every_member_holds_is_of_the_organization),
                cmocka_unit_test(a_customizable_role_is_in_a_ladder_and_its_classes_exist),
                cmocka_unit_test(what_can_be_added_stands_in_the_ladder),
                cmocka_unit_test(there_are_so_many_classes),
                cmocka_unit_test(custom_roles_act_on_entities),
                cmocka_unit_test(classes_become_bits),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
