/* SPDX-License-Identifier: MIT */
/* Tests of an organization's own roles as they are read: entities, custom roles, customizations. */
#include "load_fixture.h"

static void entities_of_all_files_are_one_list(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD "entities = [ \"plates\",\n \"cameras\" ];");
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "g", "entities = [ \"alerts\" ];");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->entities.count, 3);
        assert_string_equal(organization->entities.items[1].name, "cameras");
        assert_int_equal(organization->entities.items[1].place.line, 3);
        assert_string_equal(organization->entities.items[2].name, "alerts");
        assert_int_equal(organization->entities.items[2].place.file, 1);
        load_fixture_done(&fixture);
}

static void a_custom_role_is_read_with_all_its_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD
                          "roles = ( { name = \"reader\"; title = \"Reader\";\n"
                          " description = \"Reads\"; entities = (\n"
                          " { entity = \"plates\"; actions = [ \"read\", \"update\" ]; } );\n"
                          " } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->roles.count, 1);
        const ModelCustomRole *role = organization->roles.items;
        assert_string_equal(role->name, "reader");
        assert_string_equal(role->title, "Reader");
        assert_string_equal(role->description, "Reads");
        assert_int_equal(role->place.line, 2);
        assert_int_equal(role->entities.count, 1);
        assert_string_equal(role->entities.items[0].entity.name, "plates");
        assert_int_equal(role->entities.items[0].place.line, 4);
        assert_int_equal(role->entities.items[0].actions.count, 2);
        assert_string_equal(role->entities.items[0].actions.items[1].name, "update");
        load_fixture_done(&fixture);
}

static void a_customization_is_read_with_all_its_keys(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD
                          "customizations = ( { role = \"viewer\"; add = [ \"a\", \"b\" ];\n"
                          " remove = [ \"c\" ]; by = \"ann@example.com\";\n"
                          " at = \"1970-01-01T00:01:00Z\"; reason = \"Asked for.\"; },\n"
                          " { role = \"admin\"; } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->customizations.count, 2);
        const ModelCustomization *first = &organization->customizations.items[0];
        assert_string_equal(first->role.name, "viewer");
        assert_int_equal(first->add.count, 2);
        assert_int_equal(first->remove.count, 1);
        assert_int_equal(first->remove.items[0].place.line, 3);
        assert_string_equal(first->remark.by, "ann@example.com");
        assert_int_equal(first->remark.at_s, 60);
        assert_string_equal(first->remark.reason, "Asked for.");
        const ModelCustomization *second = &organization->customizations.items[1];
        assert_int_equal(second->place.line, 5);
        assert_null(second->remark.by);
        assert_int_equal(second->remark.at_s, TIMESTAMP_MIN);
        load_fixture_done(&fixture);
}

static void missing_and_unknown_keys_are_errors(void **state)
{
        load_expect_organization("roles = ( { title = \"x\"; } );",
                                 "f:2: error: missing key \"name\" in a custom role\n");
        load_expect_organization("roles = ( { name = \"r\"; permissions = ( ); } );",
                                 "f:2: error: unknown key \"permissions\" in a custom role\n");
        load_expect_organization(
                "roles = ( { name = \"r\"; entities = (\n{ actions = [ \"read\" ]; },\n"
                "{ entity = \"e\"; },\n{ entity = \"e\"; actions = [ ]; } ); } );",
                "f:3: error: missing key \"entity\" in an entity of a custom role\n"
                "f:4: error: missing key \"actions\" in an entity of a custom role\n"
                "f:5: error: \"actions\" is empty\n");
        load_expect_organization("customizations = ( { add = [ \"a\" ]; } );",
                                 "f:2: error: missing key \"role\" in a customization\n");
        load_expect_organization(
                "entities = \"plates\";",
                "f:2: error: \"entities\" must be an array of strings, not a string\n");
}

static void names_and_remarks_have_their_forms(void **state)
{
        load_expect_organization(
                "entities = [ \"a b\" ];",
                "f:2: error: \"a b\" in \"entities\" is not a name: 1 to 64 of A-Z a-z 0-9 . _ -, "
                "not starting with . or -\n");
        load_expect_organization(
                "customizations = ( { role = \"r\";\nby = \"\"; },\n"
                "{ role = \"r\"; at = \"now\"; },\n{ role = \"r\"; reason = \"a\\nb\"; } );",
                "f:3: error: \"\" in \"by\" is not a name: 1 to 64 of A-Z a-z 0-9 . _ - @ +, not "
                "starting with . or -\n"
                "f:4: error: \"now\" in \"at\" is not a time such as 2026-06-01T09:00:00Z\n"
                "f:5: error: \"reason\" holds control characters or bytes that are not UTF-8\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(entities_of_all_files_are_one_list),
                cmocka_unit_test(a_custom_role_is_read_with_all_its_keys),
                cmocka_unit_test(a_customization_is_read_with_all_its_keys),
                cmocka_unit_test(missing_and_unknown_keys_are_errors),
                cmocka_unit_test(names_and_remarks_have_their_forms),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
