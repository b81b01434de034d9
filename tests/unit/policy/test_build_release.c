/* SPDX-License-Identifier: MIT */
/* Tests of build_release.c: who could release a lockdown, and the warning when nobody could. */
#include "check_fixture.h"

#include <stdio.h>

#include "policy/limits.h"

static const char CATALOGUE[] =
        "permissions = ( { name = \"lock\"; scope = \"site\"; command = \"lockdown\"; } );\n"
        "roles = ( { name = \"admin\"; level = \"site\"; permissions = ( { name = \"lock\"; } ); } "
        ");\n";

/* Two sites, a lockdown over both with its list on line 3, and people from line 4 on. */
#define LOCKDOWN(release, people)                                                                  \
        CHECK_ACME                                                                                 \
        "sites = ( { name = \"A\"; doors = ( { name = \"D\"; } ); }, { name = \"B\"; doors = ( { " \
        "name = \"D\"; } ); } ); access_groups = ( { name = \"badge\"; } );\n"                     \
        "lockdowns = ( { name = \"l\"; sites = [ \"A\", \"B\" ]; release = { " release             \
        " }; } );\n" people

#define WARNING                                                                                    \
        "acme.conf:3: warning: nobody can release lockdown \"l\": list somebody in \"release\", "  \
        "or give somebody a role for it at the sites of all its doors\n"

static void policy_expect(const char *organization, const char *other, const char *expected)
{
        LoadFixture fixture;
        Image *image = NULL;
        CheckPolicy policy = { .catalogue = CATALOGUE,
                               .organization = organization,
                               .other = other };
        check_run(&fixture, &policy);
        model_resolve_unix_groups(fixture.model);
        load_fixture_expect(&fixture, "");
        assert_int_equal(model_compile(fixture.model, CHECK_NOW, &image), 0);
        assert_int_equal(model_check_releases(fixture.model, image, CHECK_NOW), 0);
        load_fixture_expect(&fixture, expected);
        image_free(image);
        load_fixture_done(&fixture);
}

static void who_is_listed_can(void **state)
{
        policy_expect(LOCKDOWN("users = [ \"u\" ];", "users = ( { name = \"u\"; } );\n"), NULL, "");
        policy_expect(LOCKDOWN("groups = [ \"g\" ];", "groups = ( { name = \"g\"; } );\n"
                                                      "users = ( { name = \"u\"; groups = [ "
                                                      "\"g\" ]; } );\n"),
                      NULL, "");
        policy_expect(LOCKDOWN("access_groups = [ \"badge\" ];",
                               "users = ( { name = \"u\"; access_groups = [ \"badge\" ]; } );\n"),
                      NULL, "");
}

static void who_is_in_a_unix_group_can(void **state)
{
        policy_expect(LOCKDOWN("groups = [ \"g\" ];",
                               "groups = ( { name = \"g\"; unix_gid = 100; } );\n"),
                      NULL, "");
        policy_expect(
                LOCKDOWN("access_groups = [ \"badge\" ];",
                         "people = ( { unix_gid = 100; access_groups = [ \"badge\" ]; } );\n"),
                NULL, "");
        policy_expect(LOCKDOWN("",
                               "groups = ( { name = \"g\"; roles = ( { role = \"admin\"; site = "
                               "\"A\"; } ); },\n { name = \"h\"; unix_gid = 7; roles = ( { role = "
                               "\"admin\"; site = \"B\"; } ); } );\n"
                               "people = ( { unix_gid = 100; groups = [ \"g\" ]; } );\n"),
                      NULL, "");
}

static void who_has_the_say_over_all_of_its_sites_can(void **state)
{
        policy_expect(LOCKDOWN("", "users = ( { name = \"t\"; }, { name = \"u\"; roles = ( { role "
                                   "= \"admin\"; site = \"A\"; }, { role = \"admin\"; site = "
                                   "\"B\"; } ); } );\n"),
                      NULL, "");
        policy_expect(LOCKDOWN("", "users = ( { name = \"u\"; roles = ( { role = \"admin\"; site = "
                                   "\"A\"; } ); }, { name = \"v\"; roles = ( { role = \"admin\"; "
                                   "site = \"B\"; } ); } );\n"),
                      NULL, WARNING);
}

static void nobody_can_is_a_warning(void **state)
{
        policy_expect(LOCKDOWN("", ""), NULL, WARNING);
        policy_expect(LOCKDOWN("groups = [ \"g\" ];", "groups = ( { name = \"g\"; } );\n"), NULL,
                      WARNING);
        policy_expect(LOCKDOWN("users = [ \"u\" ];", "users = ( { name = \"u\"; access = { "
                                                     "suspended = true; }; } );\n"),
                      NULL, WARNING);
        policy_expect(LOCKDOWN("access_groups = [ \"badge\" ];", ""), NULL, WARNING);
}

/* Numbers of people and lockdowns go on from organization to organization. */
static void each_organization_is_asked_about_its_own_people(void **state)
{
        policy_expect(LOCKDOWN("users = [ \"u\" ];", "users = ( { name = \"u\"; } );\n"),
                      "organization = { name = \"beta\"; };\n"
                      "sites = ( { name = \"A\"; doors = ( { name = \"D\"; } ); } );\n"
                      "users = ( { name = \"u\"; } );\n"
                      "lockdowns = ( { name = \"m\"; sites = [ \"A\" ]; release = { users = [ "
                      "\"u\" ]; }; },\n{ name = \"l\"; sites = [ \"A\" ]; } );\n",
                      "beta.conf:5: warning: nobody can release lockdown \"l\": list somebody in "
                      "\"release\", or give somebody a role for it at the sites of all its "
                      "doors\n");
}

/* All users of an organization, none of whom may release any of its lockdowns. */
static char *locked_in(const char *organization, unsigned users, unsigned lockdowns)
{
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        fprintf(stream,
                "organization = { name = \"%s\"; };\n"
                "sites = ( { name = \"A\"; doors = ( { name = \"D\"; } ); } );\nusers = ( ",
                organization);
        for (unsigned i = 0; i < users; i++)
                fprintf(stream, "%s{ name = \"u%u\"; }", i > 0 ? ", " : "", i);
        fputs(" );\nlockdowns = ( ", stream);
        for (unsigned i = 0; i < lockdowns; i++)
                fprintf(stream, "%s{ name = \"l%u\"; sites = [ \"A\" ]; }", i > 0 ? ", " : "", i);
        fputs(" );\n", stream);
        assert_int_equal(fclose(stream), 0);
        return text;
}

/* The question that is one too many is about the last lockdown of the first organization. */
static void only_so_many_questions_are_asked_of_all_organizations(void **state)
{
        _cleanup_free_ char *first =
                locked_in("acme", RELEASE_QUESTIONS_MAX / LOCKDOWNS_MAX + 1, LOCKDOWNS_MAX);
        _cleanup_free_ char *second = locked_in("beta", 1, 1);
        CheckPolicy policy = { .catalogue = CATALOGUE, .organization = first, .other = second };
        LoadFixture fixture;
        Image *image = NULL;
        check_run(&fixture, &policy);
        model_resolve_unix_groups(fixture.model);
        assert_int_equal(model_compile(fixture.model, CHECK_NOW, &image), 0);
        assert_int_equal(model_check_releases(fixture.model, image, CHECK_NOW), 0);
        _cleanup_free_ char *text = diagnostics_text(fixture.diagnostics);
        unsigned warnings = 0;
        for (const char *at = text; (at = strstr(at, "nobody can release")); at++)
                warnings++;
        assert_int_equal(warnings, LOCKDOWNS_MAX - 1);
        assert_null(strstr(text, "beta.conf"));
        image_free(image);
        load_fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(who_is_listed_can),
                cmocka_unit_test(who_is_in_a_unix_group_can),
                cmocka_unit_test(who_has_the_say_over_all_of_its_sites_can),
                cmocka_unit_test(nobody_can_is_a_warning),
                cmocka_unit_test(each_organization_is_asked_about_its_own_people),
                cmocka_unit_test(only_so_many_questions_are_asked_of_all_organizations),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
