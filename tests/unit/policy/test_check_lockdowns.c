/* SPDX-License-Identifier: MIT */
/* Tests of check_lockdowns.c: the doors of a lockdown, and what it names. */
#include "check_fixture.h"

#define TREE                                                                                       \
        CHECK_ACME                                                                                 \
        "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; } ); sites = ( { name = "           \
        "\"Tower\"; doors = ( { name = \"D2\"; }, { name = \"D3\"; } ); } ); },\n"                 \
        " { name = \"Branch\"; doors = ( { name = \"D1\"; } ); }, { name = \"Empty\"; } );\n"

static void organization_expect(const char *organization, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE, .organization = organization };
        check_expect(&policy, expected);
}

/* Compares the doors of the only lockdown, each followed by a blank. */
static void doors_expect(const char *lockdown, const char *expected)
{
        char text[1024], doors[256] = "";
        snprintf(text, sizeof(text), TREE "lockdowns = ( { name = \"l\"; %s } );\n", lockdown);
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE, .organization = text };
        LoadFixture fixture;
        check_run(&fixture, &policy);
        load_fixture_expect(&fixture, "");
        const ModelOrganization *organization = fixture.model->organizations.items;
        const ReferenceList *list = &organization->lockdowns.items[0].doors;
        for (uint32_t i = 0; i < list->count; i++) {
                size_t size = strlen(doors);
                assert_true(list->items[i].index < organization->doors.count);
                snprintf(doors + size, sizeof(doors) - size, "%s ", list->items[i].name);
        }
        assert_string_equal(doors, expected);
        load_fixture_done(&fixture);
}

static void a_lockdown_holds_its_doors_and_those_of_its_sites_and_below(void **state)
{
        doors_expect("doors = [ \"Branch/D1\" ];", "Branch/D1 ");
        doors_expect("sites = [ \"HQ\" ];", "HQ/D1 HQ/Tower/D2 HQ/Tower/D3 ");
        doors_expect("sites = [ \"HQ/Tower\" ];", "HQ/Tower/D2 HQ/Tower/D3 ");
        doors_expect(
                "sites = [ \"HQ/Tower\", \"HQ\" ]; doors = [ \"HQ/Tower/D3\", \"Branch/D1\" ];",
                "HQ/Tower/D3 Branch/D1 HQ/D1 HQ/Tower/D2 ");
        doors_expect("sites = [ \"Empty\", \"Branch\" ];", "Branch/D1 ");
}

static void a_lockdown_of_no_door_is_an_error(void **state)
{
        organization_expect(TREE "lockdowns = ( { name = \"l\"; },\n"
                                 " { name = \"m\"; sites = [ \"Empty\" ]; } );\n",
                            "acme.conf:4: error: lockdown \"l\" holds no door: name some in "
                            "\"doors\", or their \"sites\"\n"
                            "acme.conf:5: error: lockdown \"m\" holds no door: there is none at "
                            "its \"sites\" or below\n");
}

static void what_a_lockdown_names_exists(void **state)
{
        organization_expect(
                TREE "users = ( { name = \"alice\"; } ); groups = ( { name = \"desk\"; } );\n"
                     "lockdowns = ( { name = \"l\"; doors = [ \"HQ/D9\" ];\n"
                     " sites = [ \"HR\" ];\n trigger = { users = [ \"alise\" ]; };\n"
                     " release = { groups = [ \"desks\" ]; };\n"
                     " unlock = { access_groups = [ \"desk\" ]; }; },\n"
                     " { name = \"l\"; doors = [ \"HQ/D1\" ]; } );\n",
                "acme.conf:5: error: there is no door \"HQ/D9\"; did you mean \"HQ/D1\"?\n"
                "acme.conf:6: error: there is no site \"HR\"; did you mean \"HQ\"?\n"
                "acme.conf:7: error: there is no user \"alise\"; did you mean \"alice\"?\n"
                "acme.conf:8: error: there is no group \"desks\"; did you mean \"desk\"?\n"
                "acme.conf:9: error: there is no access group \"desk\"\n"
                "acme.conf:10: error: duplicate lockdown \"l\": it already stands at "
                "acme.conf:5\n");
}

static void an_organization_has_only_so_many(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        fputs(TREE "lockdowns = ( ", stream);
        for (int i = 0; i <= 1024; i++)
                fprintf(stream, "%s{ name = \"l%d\"; sites = [ \"HQ\" ]; }", i > 0 ? ", " : "", i);
        fputs(" );\ncalendars = ( ", stream);
        for (int i = 0; i <= 256; i++)
                fprintf(stream, "%s{ name = \"c%d\"; file = \"c.ics\"; }", i > 0 ? ", " : "", i);
        fputs(" );\n", stream);
        fclose(stream);
        organization_expect(text,
                            "acme.conf:1: error: the organization has 257 calendars, more than "
                            "256\n"
                            "acme.conf:1: error: the organization has 1025 lockdowns, more than "
                            "1024\n");
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_lockdown_holds_its_doors_and_those_of_its_sites_and_below),
                cmocka_unit_test(a_lockdown_of_no_door_is_an_error),
                cmocka_unit_test(what_a_lockdown_names_exists),
                cmocka_unit_test(an_organization_has_only_so_many),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
