/* SPDX-License-Identifier: MIT */
/* Tests of check_grants.c: what a grant says, and what it changes. */
#include "roles_fixture.h"

#define LEGACY                                                                                     \
        "roles = (\n"                                                                              \
        "  { name = \"old-manager\"; level = \"organization\"; holders = [ \"user\" ];\n"          \
        "    legacy = true; },\n"                                                                  \
        "  { name = \"old-flag\"; level = \"site\"; holders = [ \"user\" ];\n"                     \
        "    requires = [ \"old-manager\" ]; } );\n"

#define ADMINISTERED                                                                               \
        "roles = (\n"                                                                              \
        "  { name = \"org-admin\"; level = \"organization\"; administers_organization = true; "    \
        "} );\n"

static void grants_expect(const char *own_roles, const char *organization, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .own_roles = own_roles,
                               .organization = organization };
        check_expect(&policy, expected);
}

/* Checks a user's roles, one a line from line 4 on; he is in the group desk. */
static void roles_expect(const char *roles, const char *expected)
{
        char text[4096];
        snprintf(text, sizeof(text),
                 CHECK_SITES "users = ( { name = \"u\"; groups = [ \"desk\" ]; roles = (\n%s ); } "
                             ");\n",
                 roles);
        grants_expect(NULL, text, expected);
}

/* Checks grants of the group desk on line 3 beside those of a user in it on line 4. */
static void group_expect(const char *group_roles, const char *user_roles, const char *expected)
{
        char text[4096];
        snprintf(text, sizeof(text),
                 CHECK_ACME "sites = ( { name = \"HQ\"; sites = ( { name = \"Tower\"; } ); } );\n"
                            "groups = ( { name = \"desk\"; roles = ( %s ); } );\n"
                            "users = ( { name = \"u\"; groups = [ \"desk\" ]; roles = ( %s ); } "
                            ");\n",
                 group_roles, user_roles);
        grants_expect(NULL, text, expected);
}

static void roles_and_sites_exist(void **state)
{
        roles_expect("{ role = \"vewer\"; site = \"HQ\"; },\n"
                     "{ role = \"viewer\"; site = \"HQ/Towr\"; },\n"
                     "{ role = \"viewer\"; site = \"acme/HQ\"; }",
                     "acme.conf:4: error: there is no role \"vewer\"; did you mean \"viewer\"?\n"
                     "acme.conf:5: error: there is no site \"HQ/Towr\"; did you mean "
                     "\"HQ/Tower\"?\n"
                     "acme.conf:6: error: there is no site \"acme/HQ\"; did you mean \"HQ\"?\n");
}

static void a_role_is_given_at_its_level(void **state)
{
        roles_expect("{ role = \"viewer\"; },\n{ role = \"owner\"; site = \"HQ\"; }",
                     "acme.conf:4: error: role \"viewer\" is of level site: it needs \"site\"\n"
                     "acme.conf:5: error: role \"owner\" is of level organization: it has no "
                     "\"site\"\n");
}

static void a_role_is_given_to_those_who_may_hold_it(void **state)
{
        group_expect("{ role = \"owner\"; }", "",
                     "acme.conf:3: error: role \"owner\" can be held by users only, not by a "
                     "group\n");
        grants_expect("roles = ( { name = \"g\"; level = \"site\"; holders = [ \"group\" ]; } );\n",
                      CHECK_SITES "users = (\n"
                                  "{ name = \"u\"; roles = ( { role = \"g\"; site = \"HQ\"; } ); } "
                                  ");\n",
                      "acme.conf:4: error: role \"g\" can be held by groups only, not by a user\n");
}

static void the_bottom_of_a_ladder_has_no_effect(void **state)
{
        roles_expect("{ role = \"none\"; site = \"HQ\"; }",
                     "acme.conf:4: warning: role \"none\" has no effect: it is the bottom of its "
                     "ladder and takes nothing away\n");
}

static void an_ended_grant_is_pointed_out_from_its_end_on(void **state)
{
        roles_expect("{ role = \"viewer\"; site = \"HQ\"; until = \"2026-06-03T10:00:00Z\"; },\n"
                     "{ role = \"viewer\"; site = \"Branch\"; until = \"2026-06-03T10:00:01Z\"; }",
                     "acme.conf:4: warning: the grant of role \"viewer\" has ended, at "
                     "2026-06-03T10:00:00Z\n");
}

static void a_lower_role_under_a_higher_one_has_no_effect(void **state)
{
        roles_expect("{ role = \"manager\"; site = \"HQ\"; },\n"
                     "{ role = \"viewer\"; site = \"HQ/Tower\"; },\n"
                     "{ role = \"viewer\"; site = \"HQ\"; },\n"
                     "{ role = \"viewer\"; site = \"Branch\"; }",
                     "acme.conf:5: warning: the grant of role \"viewer\" has no effect beside "
                     "\"manager\" at acme.conf:4\n"
                     "acme.conf:6: warning: the grant of role \"viewer\" has no effect beside "
                     "\"manager\" at acme.conf:4\n");
        roles_expect("{ role = \"viewer\"; site = \"HQ\"; },\n"
                     "{ role = \"manager\"; site = \"HQ/Tower\"; }",
                     "");
}

static void the_same_role_twice_has_no_effect_once(void **state)
{
        roles_expect("{ role = \"viewer\"; site = \"HQ/Tower\"; },\n"
                     "{ role = \"viewer\"; site = \"HQ/Tower\"; },\n"
                     "{ role = \"owner\"; },\n{ role = \"owner\"; }",
                     "acme.conf:5: warning: the grant of role \"viewer\" has no effect beside "
                     "\"viewer\" at acme.conf:4\n"
                     "acme.conf:7: warning: the grant of role \"owner\" has no effect beside "
                     "\"owner\" at acme.conf:6\n");
        roles_expect("{ role = \"viewer\"; site = \"HQ/Tower\"; },\n"
                     "{ role = \"viewer\"; site = \"HQ\"; }",
                     "acme.conf:4: warning: the grant of role \"viewer\" has no effect beside "
                     "\"viewer\" at acme.conf:5\n");
}

static void what_an_organization_role_implies_counts(void **state)
{
        roles_expect("{ role = \"system\"; },\n{ role = \"viewer\"; site = \"HQ/Tower\"; },\n"
                     "{ role = \"manager\"; site = \"Branch\"; }",
                     "acme.conf:5: warning: the grant of role \"viewer\" has no effect beside "
                     "\"system\" at acme.conf:4\n"
                     "acme.conf:6: warning: the grant of role \"manager\" has no effect beside "
                     "\"system\" at acme.conf:4\n");
}

static void what_a_group_gives_counts(void **state)
{
        group_expect("{ role = \"manager\"; site = \"HQ\"; }",
                     "{ role = \"viewer\"; site = \"HQ/Tower\"; }",
                     "acme.conf:4: warning: the grant of role \"viewer\" has no effect beside "
                     "\"manager\" at acme.conf:3\n");
        group_expect("{ role = \"viewer\"; site = \"HQ\"; }",
                     "{ role = \"viewer\"; site = \"HQ\"; }",
                     "acme.conf:4: warning: the grant of role \"viewer\" has no effect beside "
                     "\"viewer\" at acme.conf:3\n");
        group_expect("{ role = \"viewer\"; site = \"HQ\"; }",
                     "{ role = \"manager\"; site = \"HQ\"; }", "");
        group_expect(
                "{ role = \"viewer\"; site = \"HQ\"; }, { role = \"manager\"; site = \"HQ\"; }", "",
                "acme.conf:3: warning: the grant of role \"viewer\" has no effect beside "
                "\"manager\" at acme.conf:3\n");
}

static void a_grant_counts_while_the_other_one_does_not(void **state)
{
        roles_expect("{ role = \"manager\"; site = \"HQ\"; until = \"2026-12-31T00:00:00Z\"; },\n"
                     "{ role = \"viewer\"; site = \"HQ\"; }",
                     "");
        roles_expect("{ role = \"manager\"; site = \"HQ\"; until = \"2026-12-31T00:00:00Z\"; },\n"
                     "{ role = \"viewer\"; site = \"HQ\"; until = \"2026-10-31T00:00:00Z\"; }",
                     "acme.conf:5: warning: the grant of role \"viewer\" has no effect beside "
                     "\"manager\" at acme.conf:4\n");
}

static void roles_of_somebody_who_is_no_member_have_no_effect(void **state)
{
        grants_expect(NULL,
                      CHECK_SITES "users = (\n"
                                  "{ name = \"v\"; member = false; roles = ( { role = \"viewer\"; "
                                  "site = \"HQ\"; } ); },\n"
                                  "{ name = \"w\"; member = false; groups = [ \"desk\" ]; } );\n",
                      "acme.conf:4: warning: user \"v\" is not a member (member = false): the "
                      "roles given here have no effect\n");
        grants_expect(NULL,
                      CHECK_ACME "sites = ( { name = \"HQ\"; } ); groups = ( { name = \"g\"; roles "
                                 "= ( { role = \"viewer\"; site = \"HQ\"; } ); } );\n"
                                 "users = (\n"
                                 "{ name = \"w\"; member = false; groups = [ \"g\" ]; } );\n",
                      "acme.conf:4: warning: user \"w\" is not a member (member = false): the "
                      "roles given here have no effect\n");
}

static void legacy_roles_are_pointed_out(void **state)
{
        grants_expect(LEGACY,
                      CHECK_SITES "users = ( { name = \"u\"; roles = (\n"
                                  "{ role = \"old-manager\"; },\n"
                                  "{ role = \"old-flag\"; site = \"HQ\"; } ); } );\n",
                      "acme.conf:4: warning: legacy role \"old-manager\" is still in use\n");
}

static void a_role_without_one_that_it_requires_has_no_effect(void **state)
{
        grants_expect(LEGACY,
                      CHECK_SITES "users = ( { name = \"u\"; roles = (\n"
                                  "{ role = \"old-flag\"; site = \"HQ\"; } ); } );\n",
                      "acme.conf:4: warning: the grant of role \"old-flag\" has no effect without "
                      "a role that it requires\n");
}

static void somebody_administers_the_organization(void **state)
{
        grants_expect(ADMINISTERED, "\n" CHECK_ACME,
                      "acme.conf:2: warning: nobody holds a role that administers this "
                      "organization\n");
        grants_expect(ADMINISTERED,
                      CHECK_ACME "users = ( { name = \"u\"; roles = ( { role = \"org-admin\"; } ); "
                                 "} );\n",
                      "");
        grants_expect(ADMINISTERED,
                      CHECK_ACME "users = ( { name = \"u\"; roles = (\n"
                                 "{ role = \"org-admin\"; until = \"2026-01-01T00:00:00Z\"; } ); "
                                 "} );\n",
                      "acme.conf:1: warning: nobody holds a role that administers this "
                      "organization\n"
                      "acme.conf:3: warning: the grant of role \"org-admin\" has ended, at "
                      "2026-01-01T00:00:00Z\n");
}

/* Checks roles of a user on line 5 and of a group on line 4, with ROLES_CATALOGUE. */
static void all_kinds_expect(const char *user_roles, const char *group_roles, const char *expected)
{
        char text[4096];
        snprintf(text, sizeof(text),
                 CHECK_ACME
                 "entities = [ \"plates\" ]; sites = ( { name = \"HQ\"; } );\n"
                 "roles = ( { name = \"own\"; entities = ( { entity = \"plates\"; actions "
                 "= [ \"read\" ]; } ); }, { name = \"empty\"; } );\n"
                 "groups = ( { name = \"g\"; roles = ( %s ); } );\n"
                 "users = ( { name = \"u\"; roles = ( %s ); } );\n",
                 group_roles, user_roles);
        CheckPolicy policy = { .catalogue = ROLES_CATALOGUE, .organization = text };
        check_expect(&policy, expected);
}

static void a_custom_role_is_granted_as_its_catalogue_says(void **state)
{
        all_kinds_expect("{ role = \"own\"; }", "", "");
        all_kinds_expect("{ role = \"own\"; site = \"HQ\"; }", "{ role = \"own\"; }",
                         "acme.conf:4: error: role \"own\" can be held by users only, not by a "
                         "group\n"
                         "acme.conf:5: error: role \"own\" is of level account: it has no "
                         "\"site\"\n");
        all_kinds_expect("{ role = \"onw\"; }", "",
                         "acme.conf:5: error: there is no role \"onw\"\n");
        all_kinds_expect("{ role = \"own\"; }, { role = \"own\"; }", "",
                         "acme.conf:5: warning: the grant of role \"own\" has no effect beside "
                         "\"own\" at acme.conf:5\n");
}

static void a_custom_role_of_another_account_is_none_here(void **state)
{
        CheckPolicy policy = {
                .catalogue = ROLES_CATALOGUE,
                .organization = CHECK_ACME "users = (\n{ name = \"u\"; roles = (\n"
                                           "{ role = \"foreign\"; } ); } );",
                .other = "organization = { name = \"beta\"; };\n"
                         "roles = ( { name = \"foreign\"; } );",
        };
        check_expect(&policy, "acme.conf:4: error: there is no role \"foreign\"\n");
}

static void a_grant_that_gives_nothing_is_pointed_out(void **state)
{
        all_kinds_expect("{ role = \"nothing\"; }", "",
                         "acme.conf:5: warning: role \"nothing\" has no effect: it gives nothing "
                         "and takes nothing away\n");
        all_kinds_expect("{ role = \"empty\"; }", "",
                         "acme.conf:5: warning: role \"empty\" has no effect: it gives nothing "
                         "and takes nothing away\n");
        all_kinds_expect("{ role = \"member\"; }", "",
                         "acme.conf:5: warning: the grant of role \"member\" has no effect: every "
                         "member has it\n");
}

static void a_role_that_others_ask_for_is_of_use(void **state)
{
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .own_roles =
                        "roles = ( { name = \"sign\"; level = \"organization\"; },\n"
                        "{ name = \"badge\"; level = \"organization\"; },\n"
                        "{ name = \"idle\"; level = \"organization\"; },\n"
                        "{ name = \"guest\"; level = \"site\"; },\n"
                        "{ name = \"x\"; level = \"organization\"; requires = [ \"sign\" ];\n"
                        "permissions = ( { name = \"settings\"; also = [ \"badge\" ]; } ); } );",
                .organization = CHECK_SITES "users = ( { name = \"u\"; roles = (\n"
                                            "{ role = \"sign\"; },\n{ role = \"badge\"; },\n"
                                            "{ role = \"idle\"; },\n"
                                            "{ role = \"guest\"; site = \"HQ\"; } ); } );",
                .settings = "host = \"acme/HQ/gw\"; break_glass = [ \"root\" ];\n"
                            "sessions = ( { services = [ \"sshd\" ]; role = \"guest\"; } );",
        };
        check_expect(&policy, "acme.conf:6: warning: role \"idle\" has no effect: it gives nothing "
                              "and takes nothing away\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(roles_and_sites_exist),
                cmocka_unit_test(a_role_is_given_at_its_level),
                cmocka_unit_test(a_role_is_given_to_those_who_may_hold_it),
                cmocka_unit_test(the_bottom_of_a_ladder_has_no_effect),
                cmocka_unit_test(an_ended_grant_is_pointed_out_from_its_end_on),
                cmocka_unit_test(a_lower_role_under_a_higher_one_has_no_effect),
                cmocka_unit_test(the_same_role_twice_has_no_effect_once),
                cmocka_unit_test(what_an_organization_role_implies_counts),
                cmocka_unit_test(what_a_group_gives_counts),
                cmocka_unit_test(a_grant_counts_while_the_other_one_does_not),
                cmocka_unit_test(roles_of_somebody_who_is_no_member_have_no_effect),
                cmocka_unit_test(legacy_roles_are_pointed_out),
                cmocka_unit_test(a_role_without_one_that_it_requires_has_no_effect),
                cmocka_unit_test(a_custom_role_is_granted_as_its_catalogue_says),
                cmocka_unit_test(a_custom_role_of_another_account_is_none_here),
                cmocka_unit_test(a_grant_that_gives_nothing_is_pointed_out),
                cmocka_unit_test(a_role_that_others_ask_for_is_of_use),
                cmocka_unit_test(somebody_administers_the_organization),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
