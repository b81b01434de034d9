/* SPDX-License-Identifier: MIT */
/* Tests of check_assignments.c: what stands by itself, and who was migrated. */
#include "check_fixture.h"

#define LEGACY                                                                                     \
        "roles = (\n"                                                                              \
        "  { name = \"old-manager\"; level = \"organization\"; holders = [ \"user\" ];\n"          \
        "    legacy = true; permissions = ( { name = \"settings\"; } ); } );\n"

/* Users from line 3 on. */
#define USERS                                                                                      \
        CHECK_SITES "users = (\n"                                                                  \
                    "  { name = \"bob\"; groups = [ \"desk\" ]; },\n"                              \
                    "  { name = \"olga\"; roles = ( { role = \"old-manager\"; },\n"                \
                    "    { role = \"viewer\"; site = \"HQ\"; } ); } );\n"

static void managed_run(LoadFixture *fixture, const char *organization, const char *managed,
                        const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .own_roles = LEGACY,
                               .organization = organization,
                               .managed = managed };
        check_run(fixture, &policy);
        load_fixture_expect(fixture, expected);
}

static void managed_expect(const char *organization, const char *managed, const char *expected)
{
        LoadFixture fixture;
        managed_run(&fixture, organization, managed, expected);
        load_fixture_done(&fixture);
}

#define ENDED        "until = \"2020-01-01T00:00:00Z\";"
#define STILL_LEGACY "acme.conf:5: warning: legacy role \"old-manager\" is still in use\n"

static void an_assignment_is_its_holders(void **state)
{
        LoadFixture fixture;
        managed_run(&fixture, USERS,
                    "assignments = ( { user = \"bob\"; role = \"manager\"; site = \"HQ\"; },\n"
                    "  { group = \"desk\"; role = \"viewer\"; site = \"Branch\"; } );\n",
                    STILL_LEGACY);
        const ModelOrganization *acme = &fixture.model->organizations.items[0];
        assert_int_equal(acme->users.items[0].roles.count, 1);
        const ModelGrant *grant = &acme->users.items[0].roles.items[0];
        assert_string_equal(fixture.model->roles.items[grant->role.index].name, "manager");
        assert_string_equal(acme->sites.items[grant->site.index].path, "HQ");
        assert_int_equal(grant->place.line, 1);
        assert_int_equal(acme->groups.items[0].roles.count, 1);
        assert_int_equal(acme->groups.items[0].roles.items[0].place.line, 2);
        load_fixture_done(&fixture);
}

static void a_membership_is_its_users(void **state)
{
        LoadFixture fixture;
        managed_run(&fixture, USERS,
                    "memberships = ( { user = \"olga\"; group = \"desk\"; },\n"
                    "  { user = \"olga\"; access_group = \"staff\"; } );\n",
                    STILL_LEGACY);
        const ModelUser *olga = &fixture.model->organizations.items[0].users.items[1];
        assert_int_equal(olga->groups.count, 1);
        assert_int_equal(olga->groups.items[0].index, 0);
        assert_int_equal(olga->access_groups.count, 1);
        assert_int_equal(olga->access_groups.items[0].index, 0);
        load_fixture_done(&fixture);
}

static void repetitions_and_what_has_no_effect_are_warnings(void **state)
{
        managed_expect(
                USERS,
                "memberships = ( { user = \"bob\"; group = \"desk\"; } );\n"
                "assignments = ( { user = \"olga\"; role = \"viewer\"; site = \"HQ\"; },\n"
                "  { user = \"bob\"; role = \"viewer\"; site = \"HQ\"; until = "
                "\"2026-01-01T00:00:00Z\"; } );\n",
                STILL_LEGACY
                "managed/acme.conf:1: warning: user \"bob\" is in group \"desk\" already, by what "
                "stands at acme.conf:4\n"
                "managed/acme.conf:2: warning: the grant of role \"viewer\" has no effect beside "
                "\"viewer\" at acme.conf:6\n"
                "managed/acme.conf:3: warning: the grant of role \"viewer\" has ended, at "
                "2026-01-01T00:00:00Z\n");
}

/* Whoever is taken out of the policy is out of it at once. */
#define CAROL_IS_GONE                                                                              \
        "there is no user \"carol\": this has no effect, until one of that name is declared\n"

static void what_leads_nowhere_comes_with_the_command_that_ends_it(void **state)
{
        managed_expect(
                USERS,
                "assignments = ( { user = \"carol\"; role = \"viewer\"; site = \"HQ\"; },\n"
                "  { group = \"none\"; role = \"system\"; },\n"
                "  { user = \"bob\"; role = \"gone\"; },\n"
                "  { user = \"bob\"; role = \"viewer\"; site = \"Gone\"; },\n"
                "  { user = \"bob\"; role = \"viewer\"; },\n"
                "  { user = \"bob\"; role = \"system\"; site = \"HQ\"; },\n"
                "  { group = \"desk\"; role = \"owner\"; } );\n"
                "memberships = ( { user = \"carol\"; group = \"desk\"; },\n"
                "  { user = \"bob\"; access_group = \"none\"; } );\n",
                STILL_LEGACY
                "managed/acme.conf:1: warning: " CAROL_IS_GONE
                "managed/acme.conf:2: error: there is no group \"none\"; undo that edit and first "
                "run: doorward "
                "revoke system group:acme/none\n"
                "managed/acme.conf:3: error: there is no role \"gone\"; undo that edit and first "
                "run: doorward "
                "revoke gone user:acme/bob\n"
                "managed/acme.conf:4: error: there is no site \"Gone\"; undo that edit and first "
                "run: doorward "
                "revoke viewer@acme/Gone user:acme/bob\n"
                "managed/acme.conf:5: error: role \"viewer\" is of level site: it needs \"site\"; "
                "undo that edit and first run: doorward revoke viewer user:acme/bob\n"
                "managed/acme.conf:6: error: role \"system\" is of level organization: it has no "
                "\"site\"; undo that edit and first run: doorward revoke system@acme/HQ "
                "user:acme/bob\n"
                "managed/acme.conf:7: error: role \"owner\" can be held by users only, not by a "
                "group; undo that edit and first run: doorward revoke owner group:acme/desk\n"
                "managed/acme.conf:8: warning: " CAROL_IS_GONE
                "managed/acme.conf:9: error: there is no access group \"none\"; undo that edit and "
                "first run: "
                "doorward member remove user:acme/bob access-group:acme/none\n");
}

static void what_has_ended_and_leads_nowhere_is_a_warning(void **state)
{
        managed_expect(USERS,
                       "assignments = ( { user = \"carol\"; role = \"system\"; " ENDED " },\n"
                       "  { group = \"none\"; role = \"system\"; " ENDED " },\n"
                       "  { user = \"bob\"; role = \"gone\"; " ENDED " },\n"
                       "  { user = \"bob\"; role = \"viewer\"; site = \"Gone\"; " ENDED " },\n"
                       "  { user = \"bob\"; role = \"system\"; " ENDED " } );\n",
                       STILL_LEGACY
                       "managed/acme.conf:1: warning: the grant of role \"system\" has ended, at "
                       "2020-01-01T00:00:00Z, and leads nowhere\n"
                       "managed/acme.conf:2: warning: the grant of role \"system\" has ended, at "
                       "2020-01-01T00:00:00Z, and leads nowhere\n"
                       "managed/acme.conf:3: warning: the grant of role \"gone\" has ended, at "
                       "2020-01-01T00:00:00Z, and leads nowhere\n"
                       "managed/acme.conf:4: warning: the grant of role \"viewer\" has ended, at "
                       "2020-01-01T00:00:00Z, and leads nowhere\n"
                       "managed/acme.conf:5: warning: the grant of role \"system\" has ended, at "
                       "2020-01-01T00:00:00Z\n");
}

static void what_people_wrote_is_reported_without_a_command(void **state)
{
        managed_expect(CHECK_SITES "assignments = ( { user = \"carol\"; role = \"system\"; } );\n"
                                   "memberships = ( { user = \"carol\"; group = \"desk\"; } );\n"
                                   "migrations = ( { user = \"carol\"; } );\n",
                       NULL,
                       "acme.conf:3: error: there is no user \"carol\"\n"
                       "acme.conf:4: error: there is no user \"carol\"\n"
                       "acme.conf:5: error: there is no user \"carol\"\n");
}

static void a_managed_customization_is_taken_back_by_a_command(void **state)
{
        managed_expect(CHECK_SITES, "customizations = ( { role = \"gone\"; add = [ \"x\" ]; } );\n",
                       "managed/acme.conf:1: error: there is no role \"gone\"; undo that edit and "
                       "first run: "
                       "doorward customize gone default organization:acme\n");
}

static void the_legacy_roles_of_a_migrated_user_are_left_out(void **state)
{
        LoadFixture fixture;
        managed_run(&fixture, USERS, "migrations = (\n  { user = \"olga\"; } );\n",
                    "acme.conf:5: warning: the legacy role \"old-manager\" of \"olga\" has no "
                    "effect: he was migrated (managed/acme.conf:2); remove it here\n");
        const ModelUser *olga = &fixture.model->organizations.items[0].users.items[1];
        assert_true(olga->migrated);
        assert_int_equal(olga->roles.count, 1);
        assert_string_equal(olga->roles.items[0].role.name, "viewer");
        assert_false(fixture.model->organizations.items[0].users.items[0].migrated);
        load_fixture_done(&fixture);
}

static void a_role_without_effect_still_names_a_site_that_exists(void **state)
{
        managed_expect(CHECK_SITES "users = ( { name = \"kim\"; roles = (\n"
                                   "  { role = \"old-manager\"; site = \"Gone\"; } ); } );\n",
                       "migrations = ( { user = \"kim\"; } );\n",
                       "acme.conf:4: error: there is no site \"Gone\"\n"
                       "acme.conf:4: warning: the legacy role \"old-manager\" of \"kim\" has no "
                       "effect: he "
                       "was migrated (managed/acme.conf:1); remove it here\n");
}

static void a_migration_twice_or_of_nobody_is_a_warning(void **state)
{
        managed_expect(
                USERS,
                "migrations = ( { user = \"bob\"; },\n { user = \"bob\"; },\n"
                "  { user = \"gone\"; } );\n",
                STILL_LEGACY
                "managed/acme.conf:2: warning: user \"bob\" is said to be migrated already\n"
                "managed/acme.conf:3: warning: there is no user \"gone\": this has no effect, "
                "until one of that name is declared\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_assignment_is_its_holders),
                cmocka_unit_test(a_membership_is_its_users),
                cmocka_unit_test(repetitions_and_what_has_no_effect_are_warnings),
                cmocka_unit_test(what_leads_nowhere_comes_with_the_command_that_ends_it),
                cmocka_unit_test(what_has_ended_and_leads_nowhere_is_a_warning),
                cmocka_unit_test(what_people_wrote_is_reported_without_a_command),
                cmocka_unit_test(a_managed_customization_is_taken_back_by_a_command),
                cmocka_unit_test(the_legacy_roles_of_a_migrated_user_are_left_out),
                cmocka_unit_test(a_role_without_effect_still_names_a_site_that_exists),
                cmocka_unit_test(a_migration_twice_or_of_nobody_is_a_warning),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
