/* SPDX-License-Identifier: MIT */
/* Tests of check_organization_roles.c: entities, custom roles and customizations. */
#include "roles_fixture.h"

/* The text stands from line 2 on. */
static void acme_expect(const char *text, const char *expected)
{
        char *whole = NULL;
        assert_true(asprintf(&whole, CHECK_ACME "%s", text) > 0);
        CheckPolicy policy = { .catalogue = ROLES_CATALOGUE, .organization = whole };
        check_expect(&policy, expected);
        free(whole);
}

static void entities_and_actions_exist_once(void **state)
{
        acme_expect("entities = [ \"plates\", \"cameras\",\n\"plates\" ];\n"
                    "roles = ( { name = \"r\"; entities = (\n"
                    "{ entity = \"plates\"; actions = [ \"read\", \"erase\", \"read\" ]; },\n"
                    "{ entity = \"plate\"; actions = [ \"write\" ]; },\n"
                    "{ entity = \"plates\"; actions = [ \"write\" ]; } ); } );",
                    "acme.conf:3: error: duplicate entity \"plates\": it already stands at "
                    "acme.conf:2\n"
                    "acme.conf:5: error: there is no action \"erase\"\n"
                    "acme.conf:5: error: duplicate action \"read\": it already stands at "
                    "acme.conf:5\n"
                    "acme.conf:6: error: there is no entity \"plate\"; did you mean \"plates\"?\n"
                    "acme.conf:7: error: duplicate entity \"plates\": it already stands at "
                    "acme.conf:5\n");
}

static void a_custom_role_has_a_name_of_its_own(void **state)
{
        acme_expect("roles = ( { name = \"viewer\"; },\n{ name = \"r\"; },\n{ name = \"r\"; } );",
                    "acme.conf:2: error: custom role \"viewer\" has the name of a role of the "
                    "catalogues, at roles.conf:13\n"
                    "acme.conf:4: error: duplicate custom role \"r\": it already stands at "
                    "acme.conf:3\n");
}

static void a_catalogue_allows_custom_roles(void **state)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .organization = CHECK_ACME "roles = (\n{ name = \"r\"; } );" };
        check_expect(&policy,
                     "acme.conf:3: error: organizations cannot have roles of their own: no role "
                     "catalogue has \"custom_roles\"\n");
}

static void a_customization_that_lets_people_rise_is_warned_of(void **state)
{
        CheckPolicy policy = {
                .catalogue =
                        "permissions = ( { name = \"give\"; scope = \"site\"; customizable = "
                        "\"c\"; } "
                        ");\n"
                        "roles = ( { name = \"low\"; level = \"site\"; ladder = \"l\"; rank = 1;\n"
                        "    customizable = [ \"c\" ]; granted_with = [ \"give\" ]; },\n"
                        "  { name = \"high\"; level = \"site\"; ladder = \"l\"; rank = 2;\n"
                        "    includes = [ \"low\" ]; customizable = [ \"c\" ];\n"
                        "    granted_with = [ \"give\" ]; permissions = ( { name = \"give\"; } ); "
                        "} "
                        ");\n",
                .organization = CHECK_ACME "customizations = (\n"
                                           "  { role = \"low\"; add = [ \"give\" ]; } );",
        };
        check_expect(&policy, "acme.conf:3: warning: with \"give\" whoever holds \"low\" can give "
                              "\"high\", which stands above it\n");
        policy.organization = CHECK_ACME "customizations = (\n"
                                         "  { role = \"high\"; remove = [ \"give\" ]; } );";
        check_expect(&policy, "");
}

static void only_what_is_customizable_is_customized(void **state)
{
        acme_expect("roles = ( { name = \"own\"; } );\n"
                    "customizations = ( { role = \"viewr\"; add = [ \"delete\" ]; },\n"
                    "{ role = \"admin\"; remove = [ \"delete\" ]; },\n"
                    "{ role = \"own\"; add = [ \"read\" ]; },\n"
                    "{ role = \"viewer\"; add = [ \"share\",\n\"live\", \"delet\" ]; } );",
                    "acme.conf:3: error: there is no role \"viewr\"; did you mean \"viewer\"?\n"
                    "acme.conf:4: error: role \"admin\" cannot be customized\n"
                    "acme.conf:5: error: \"own\" is a role of this organization: it is changed "
                    "where it stands, not by a customization\n"
                    "acme.conf:6: error: permission \"share\" cannot be customized in role "
                    "\"viewer\"\n"
                    "acme.conf:7: error: permission \"live\" cannot be customized in role "
                    "\"viewer\"\n"
                    "acme.conf:7: error: there is no permission \"delet\"; did you mean "
                    "\"delete\"?\n");
}

static void nothing_is_both_added_and_removed(void **state)
{
        acme_expect("customizations = ( { role = \"viewer\"; add = [ \"delete\" ]; },\n"
                    "{ role = \"viewer\"; remove = [ \"delete\" ]; } );",
                    "acme.conf:3: error: permission \"delete\" is both added to role \"viewer\" "
                    "and removed from it: see acme.conf:2\n");
}

static void a_customization_that_changes_nothing_is_pointed_out(void **state)
{
        acme_expect("customizations = ( { role = \"viewer\"; },\n"
                    "{ role = \"viewer\"; add = [\n\"archive\",\n\"delete\" ]; },\n"
                    "{ role = \"viewer\"; add = [ \"delete\" ]; } );",
                    "acme.conf:2: warning: the customization has no effect: it adds and removes "
                    "nothing\n"
                    "acme.conf:4: warning: the customization has no effect: role \"viewer\" gives "
                    "\"archive\" by default\n"
                    "acme.conf:6: warning: the customization has no effect: \"delete\" in role "
                    "\"viewer\" already stands at acme.conf:5\n");
        acme_expect("customizations = ( { role = \"viewer\"; remove = [\n\"delete\" ]; } );",
                    "acme.conf:3: warning: the customization has no effect: role \"viewer\" does "
                    "not give \"delete\" by default\n");
}

static void a_sound_organization_has_nothing_to_say(void **state)
{
        acme_expect("entities = [ \"plates\" ];\n"
                    "roles = ( { name = \"r\"; entities = ( { entity = \"plates\";\n"
                    "  actions = [ \"read\" ]; } ); } );\n"
                    "customizations = ( { role = \"viewer\"; add = [ \"delete\" ];\n"
                    "  remove = [ \"archive\" ]; } );\n"
                    "users = ( { name = \"u\"; roles = ( { role = \"r\"; } ); } );",
                    "");
}

static void custom_roles_are_limited(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        fputs("roles = (\n", stream);
        for (int i = 0; i < 1025; i++)
                fprintf(stream, "{ name = \"r%d\"; }%s\n", i, i < 1024 ? "," : ");");
        fclose(stream);
        acme_expect(text, "acme.conf:1027: error: more than 1024 custom roles\n");
        free(text);
}

/* Up to the limit nothing is said. */
static void entities_are_limited(void **state)
{
        for (int count = ENTITIES_MAX; count <= ENTITIES_MAX + 1; count++) {
                char *text = NULL;
                size_t size;
                FILE *stream = open_memstream(&text, &size);
                assert_non_null(stream);
                fputs("entities = [\n", stream);
                for (int i = 0; i < count; i++)
                        fprintf(stream, "\"e%d\"%s\n", i, i < count - 1 ? "," : "];");
                fclose(stream);
                char expected[64] = "";
                if (count > ENTITIES_MAX)
                        snprintf(expected, sizeof(expected),
                                 "acme.conf:%d: error: more than %d entities\n", ENTITIES_MAX + 3,
                                 ENTITIES_MAX);
                acme_expect(text, expected);
                free(text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(entities_and_actions_exist_once),
                cmocka_unit_test(a_custom_role_has_a_name_of_its_own),
                cmocka_unit_test(a_catalogue_allows_custom_roles),
                cmocka_unit_test(a_customization_that_lets_people_rise_is_warned_of),
                cmocka_unit_test(only_what_is_customizable_is_customized),
                cmocka_unit_test(nothing_is_both_added_and_removed),
                cmocka_unit_test(a_customization_that_changes_nothing_is_pointed_out),
                cmocka_unit_test(a_sound_organization_has_nothing_to_say),
                cmocka_unit_test(custom_roles_are_limited),
                cmocka_unit_test(entities_are_limited),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
