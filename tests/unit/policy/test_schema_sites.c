/* SPDX-License-Identifier: MIT */
/* Tests of sites, doors and hosts, and of what fragments add to them. */
#include "load_fixture.h"

#include "policy/limits.h"

static void site_expect(const LoadFixture *fixture, uint32_t index, const char *path,
                        uint32_t parent, uint32_t depth)
{
        const ModelSite *site = &fixture->model->organizations.items[0].sites.items[index];
        assert_string_equal(site->path, path);
        assert_int_equal(site->parent, parent);
        assert_int_equal(site->depth, depth);
}

static void nested_sites_become_a_list_with_parents(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_FRAGMENT, "f",
                "sites = (\n"
                " { name = \"HQ\"; title = \"H\"; remote_unlock = false;\n"
                "   doors = ( { name = \"D1\"; title = \"Front\"; },\n"
                "             { name = \"D2\"; remote_unlock = false; } );\n"
                "   hosts = ( { name = \"gw-1\"; } );\n"
                "   sites = ( { name = \"Tower\"; doors = ( { name = \"D3\"; } ); } ); },\n"
                " { name = \"Branch\"; doors = ( { name = \"D4\"; } ); } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->sites.count, 3);
        site_expect(&fixture, 0, "HQ", MODEL_NONE, 1);
        site_expect(&fixture, 1, "HQ/Tower", 0, 2);
        site_expect(&fixture, 2, "Branch", MODEL_NONE, 1);
        assert_false(organization->sites.items[0].remote_unlock);
        assert_int_equal(organization->sites.items[0].remote_unlock_place.line, 2);
        assert_true(organization->sites.items[1].remote_unlock);
        assert_int_equal(organization->doors.count, 4);
        assert_int_equal(organization->doors.items[0].site, 0);
        assert_true(organization->doors.items[0].remote_unlock);
        assert_false(organization->doors.items[1].remote_unlock);
        assert_int_equal(organization->doors.items[1].remote_unlock_place.line, 4);
        assert_int_equal(organization->doors.items[2].site, 1);
        assert_int_equal(organization->doors.items[3].site, 2);
        assert_int_equal(organization->hosts.items[0].site, 0);
        load_fixture_done(&fixture);
}

static void keys_of_a_site_may_stand_in_any_order(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_FRAGMENT, "f",
                "sites = ( { sites = ( { doors = ( { name = \"d\"; } ); name = \"b\"; } );"
                " name = \"a\"; } );");
        load_fixture_expect(&fixture, "");
        site_expect(&fixture, 0, "a", MODEL_NONE, 1);
        site_expect(&fixture, 1, "a/b", 0, 2);
        assert_int_equal(fixture.model->organizations.items[0].doors.items[0].site, 1);
        load_fixture_done(&fixture);
}

/* Sites within sites, each on a line of its own. Return: owned by the caller. */
static char *nested(unsigned depth)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        for (unsigned i = 0; i < depth; i++)
                fprintf(stream, "sites = ( { name = \"s\";\n");
        for (unsigned i = 0; i < depth; i++)
                fprintf(stream, " } );");
        fclose(stream);
        return text;
}

static void sites_nest_so_deep_and_no_deeper(void **state)
{
        char *fits = nested(SITE_DEPTH_MAX), *deep = nested(SITE_DEPTH_MAX + 1);
        load_expect(SOURCE_FRAGMENT, fits, "");
        load_expect(SOURCE_FRAGMENT, deep, "f:33: error: sites nest more than 32 deep\n");
        free(fits);
        free(deep);
}

static void errors_inside_sites_have_their_lines(void **state)
{
        load_expect(SOURCE_FRAGMENT,
                    "sites = ( { name = \"a\";\n doors = ( { title = \"x\"; },\n"
                    "  { name = \"D/1\"; }, { name = \"D\";\n  remote_unlok = true; } ); },\n"
                    " { doors = ( { nam = \"D\"; } ); }, 5 );",
                    "f:2: error: missing key \"name\" in a door\n"
                    "f:3: error: \"D/1\" in \"name\" is not a name: 1 to 64 of A-Z a-z 0-9 . _ -, "
                    "not starting with . or -\n"
                    "f:4: error: unknown key \"remote_unlok\" in a door; did you mean "
                    "\"remote_unlock\"?\n"
                    "f:5: error: missing key \"name\" in a site\n"
                    "f:5: error: unknown key \"nam\" in a door; did you mean \"name\"?\n"
                    "f:5: error: missing key \"name\" in a door\n"
                    "f:5: error: \"sites\" must hold groups: { ... }\n");
        load_expect(SOURCE_FRAGMENT, "sites = { };",
                    "f:1: error: \"sites\" must be a list of groups: ( { ... }, { ... } )\n");
}

static void additions_extend_sites_of_other_files(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        /* The first one extends a site that only the second one declares. */
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f",
                          "site_additions = ( { site = \"HQ/Tower/Lab\"; doors = ( { name = \"d\"; "
                          "} );\n sites = ( { name = \"Cell\"; hosts = ( { name = \"h\"; } ); } ); "
                          "} );");
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "g",
                          "site_additions = ( { site = \"HQ/Tower\"; sites = ( { name = \"Lab\"; } "
                          "); } );");
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "h",
                          "sites = ( { name = \"HQ\"; sites = ( { name = \"Tower\"; } ); } );");
        assert_int_equal(schema_additions_resolve(&fixture.loader), 0);
        load_fixture_expect(&fixture, "");
        site_expect(&fixture, 0, "HQ", MODEL_NONE, 1);
        site_expect(&fixture, 1, "HQ/Tower", 0, 2);
        site_expect(&fixture, 2, "HQ/Tower/Lab", 1, 3);
        site_expect(&fixture, 3, "HQ/Tower/Lab/Cell", 2, 4);
        const ModelOrganization *organization = fixture.model->organizations.items;
        assert_int_equal(organization->doors.items[0].site, 2);
        assert_int_equal(organization->hosts.items[0].site, 3);
        load_fixture_done(&fixture);
}

static void an_addition_to_no_site_is_an_error(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(
                &fixture, SOURCE_FRAGMENT, "f",
                "sites = ( { name = \"HQ\"; } );\n"
                "site_additions = (\n { site = \"HQ/Towr\"; doors = ( { name = \"d\"; } );"
                " sites = ( { name = \"s\"; } ); },\n { site = \"a//b\"; doors = ( { name "
                "= \"e\"; } ); }, { doors = ( ); } );");
        assert_int_equal(schema_additions_resolve(&fixture.loader), 0);
        load_fixture_expect(&fixture, "f:3: error: there is no site \"HQ/Towr\"\n"
                                      "f:4: error: \"a//b\" in \"site\" is not the path of a site, "
                                      "such as HQ/Tower\n"
                                      "f:4: error: missing key \"site\" in a site addition\n");
        /* What stands in them still lies somewhere. */
        const ModelOrganization *organization = fixture.model->organizations.items;
        for (uint32_t i = 0; i < organization->doors.count; i++)
                assert_true(organization->doors.items[i].site < organization->sites.count);
        for (uint32_t i = 0; i < organization->sites.count; i++) {
                assert_non_null(organization->sites.items[i].path);
                assert_true(organization->sites.items[i].depth > 0);
                assert_true(organization->sites.items[i].parent == MODEL_NONE ||
                            organization->sites.items[i].parent < i);
        }
        load_fixture_done(&fixture);
}

static void additions_do_not_nest_sites_too_deep(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        char *fits = nested(SITE_DEPTH_MAX), path[2 * SITE_DEPTH_MAX], text[256];
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f", fits);
        for (unsigned i = 0; i < SITE_DEPTH_MAX; i++)
                memcpy(path + 2 * (size_t)i, "s/", 2);
        path[sizeof(path) - 1] = '\0';
        snprintf(text, sizeof(text),
                 "site_additions = ( { site = \"%s\";\n sites = ( { name = \"t\"; } ); } );", path);
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "g", text);
        assert_int_equal(schema_additions_resolve(&fixture.loader), 0);
        load_fixture_expect(&fixture, "g:2: error: sites nest more than 32 deep\n");
        free(fits);
        load_fixture_done(&fixture);
}

static void what_gives_a_door_its_state_is_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_ORGANIZATION, "f",
                          LOAD_HEAD
                          "sites = ( { name = \"HQ\"; timezone = \"Asia/Tokyo\"; doors = (\n"
                          "  { name = \"A\"; schedule = \"s\"; exceptions = [ \"x\", \"y\" ];\n"
                          "    default_state = \"card-and-code\"; release_time = 600; },\n"
                          "  { name = \"B\"; extended_release_time = 30; },\n"
                          "  { name = \"C\"; } ); } );");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        const ModelDoor *doors = organization->doors.items;
        assert_string_equal(organization->sites.items[0].timezone, "Asia/Tokyo");
        assert_int_equal(organization->sites.items[0].timezone_place.line, 2);
        assert_string_equal(doors[0].schedule.name, "s");
        assert_int_equal(doors[0].exceptions.count, 2);
        assert_int_equal(doors[0].default_state, DOOR_STATE_CARD_AND_CODE);
        assert_int_equal(doors[0].release_s, 600);
        assert_int_equal(doors[0].extended_release_s, 600);
        assert_int_equal(doors[1].release_s, 5);
        assert_int_equal(doors[1].extended_release_s, 30);
        assert_null(doors[2].schedule.name);
        assert_int_equal(doors[2].default_state, DOOR_STATE_ACCESS_CONTROLLED);
        assert_int_equal(doors[2].extended_release_s, 5);
        load_fixture_done(&fixture);
}

static void an_unlock_lasts_so_long_and_not_less_for_who_needs_more(void **state)
{
        load_expect_organization(
                "sites = ( { name = \"HQ\"; doors = ( { name = \"A\"; release_time = 0; },\n"
                "  { name = \"B\"; release_time = 601; },\n"
                "  { name = \"C\"; extended_release_time = 601; },\n"
                "  { name = \"D\"; extended_release_time = 4; } ); } );",
                "f:2: error: \"release_time\" must be 1 to 600\n"
                "f:3: error: \"release_time\" must be 1 to 600\n"
                "f:4: error: \"extended_release_time\" must be 1 to 600\n"
                "f:5: error: \"extended_release_time\" (4) is for people who need more time: it "
                "must not be less than \"release_time\" (5)\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nested_sites_become_a_list_with_parents),
                cmocka_unit_test(keys_of_a_site_may_stand_in_any_order),
                cmocka_unit_test(sites_nest_so_deep_and_no_deeper),
                cmocka_unit_test(errors_inside_sites_have_their_lines),
                cmocka_unit_test(additions_extend_sites_of_other_files),
                cmocka_unit_test(an_addition_to_no_site_is_an_error),
                cmocka_unit_test(additions_do_not_nest_sites_too_deep),
                cmocka_unit_test(what_gives_a_door_its_state_is_read),
                cmocka_unit_test(an_unlock_lasts_so_long_and_not_less_for_who_needs_more),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
