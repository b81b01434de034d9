/* SPDX-License-Identifier: MIT */
/* Tests of check_catalogue.c: what is wrong with roles and permissions, and where. */
#include "check_fixture.h"

#define PERMISSIONS "permissions = ( { name = \"view\"; scope = \"site\"; } );\n"

static void catalogue_expect(const char *catalogue, const char *expected)
{
        CheckPolicy policy = { .catalogue = catalogue, .organization = CHECK_ACME };
        check_expect(&policy, expected);
}

static void own_expect(const char *own_roles, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .own_roles = own_roles,
                               .organization = CHECK_ACME };
        check_expect(&policy, expected);
}

static void a_sound_catalogue_is_silent(void **state)
{
        own_expect("permissions = ( { name = \"own.view\"; scope = \"site\"; } );\n"
                   "roles = ( { name = \"own\"; level = \"site\"; includes = [ \"viewer\" ];\n"
                   "  granted_with = [ \"settings\" ]; requires = [ \"system\", \"owner\" ];\n"
                   "  permissions = ( { name = \"own.view\"; also = [ \"system\" ]; } ); } );\n",
                   "");
}

static void own_roles_add_and_never_redefine(void **state)
{
        own_expect("roles = (\n  { name = \"viewer\"; level = \"site\"; } );\n",
                   "own.conf:2: error: duplicate role \"viewer\": it already stands at "
                   "roles.conf:7\n");
        own_expect("permissions = (\n\n  { name = \"door.view\"; scope = \"site\"; } );\n",
                   "own.conf:3: error: duplicate permission \"door.view\": it already stands at "
                   "roles.conf:1\n");
}

static void an_unknown_permission_or_role_is_named_with_its_neighbour(void **state)
{
        own_expect("roles = ( { name = \"own\"; level = \"site\";\n"
                   "  permissions = (\n"
                   "    { name = \"dor.view\"; },\n"
                   "    { name = \"nothing.like.it\"; } ); } );\n",
                   "own.conf:3: error: there is no permission \"dor.view\"; did you mean "
                   "\"door.view\"?\n"
                   "own.conf:4: error: there is no permission \"nothing.like.it\"\n");
        own_expect("roles = ( { name = \"own\"; level = \"site\";\n"
                   "  includes = [ \"viewr\" ];\n"
                   "  implies = ( { role = \"managr\"; at = \"all-sites\"; } );\n"
                   "  requires = [ \"sytsem\" ];\n"
                   "  granted_with = [ \"setting\" ];\n"
                   "  permissions = ( { name = \"door.view\"; also = [ \"ower\" ]; } ); } );\n",
                   "own.conf:2: error: there is no role \"viewr\"; did you mean \"viewer\"?\n"
                   "own.conf:3: error: there is no role \"managr\"; did you mean \"manager\"?\n"
                   "own.conf:4: error: there is no role \"sytsem\"; did you mean \"system\"?\n"
                   "own.conf:5: error: there is no permission \"setting\"; did you mean "
                   "\"settings\"?\n"
                   "own.conf:6: error: there is no role \"ower\"; did you mean \"owner\"?\n");
}

static void a_role_must_not_lead_back_to_itself(void **state)
{
        catalogue_expect("roles = (\n"
                         "  { name = \"a\"; level = \"site\"; includes = [ \"b\" ]; },\n"
                         "  { name = \"b\"; level = \"site\"; includes = [ \"c\" ]; },\n"
                         "  { name = \"c\"; level = \"site\"; includes = [ \"a\" ]; } );\n",
                         "roles.conf:4: error: role \"a\" includes itself by way of \"c\"\n");
        catalogue_expect("roles = (\n"
                         "  { name = \"a\"; level = \"site\"; includes = [ \"a\" ]; } );\n",
                         "roles.conf:2: error: role \"a\" includes itself\n");
        catalogue_expect("roles = (\n"
                         "  { name = \"a\"; level = \"site\";\n"
                         "    implies = ( { role = \"b\"; at = \"all-sites\"; } ); },\n"
                         "  { name = \"b\"; level = \"site\";\n"
                         "    implies = ( { role = \"a\"; at = \"all-sites\"; } ); } );\n",
                         "roles.conf:5: error: role \"a\" implies itself by way of \"b\"\n");
}

static void two_ways_to_one_role_are_no_cycle(void **state)
{
        catalogue_expect("roles = (\n"
                         "  { name = \"a\"; level = \"site\"; includes = [ \"b\", \"c\" ]; },\n"
                         "  { name = \"b\"; level = \"site\"; includes = [ \"d\" ]; },\n"
                         "  { name = \"c\"; level = \"site\"; includes = [ \"d\" ]; },\n"
                         "  { name = \"d\"; level = \"site\"; } );\n",
                         "");
}

static void a_rank_belongs_to_one_role_of_a_ladder(void **state)
{
        own_expect("roles = ( { name = \"own\"; level = \"site\"; ladder = \"site\"; rank = 2;\n"
                   "  includes = [ \"viewer\" ]; } );\n",
                   "own.conf:1: error: rank 2 of ladder \"site\" belongs to \"manager\" already\n");
        own_expect("roles = (\n  { name = \"own\"; level = \"site\"; ladder = \"other\"; "
                   "rank = 2; } );\n",
                   "");
}

static void a_ladder_has_one_level(void **state)
{
        own_expect("roles = ( { name = \"own\"; level = \"organization\"; ladder = \"site\";\n"
                   "  rank = 3; includes = [ \"manager\" ]; } );\n",
                   "own.conf:1: error: \"none\" of the same ladder \"site\" is of level site\n");
}

static void a_higher_role_that_leaves_out_a_lower_one_is_pointed_out(void **state)
{
        own_expect("roles = ( { name = \"own\"; level = \"site\"; ladder = \"site\"; rank = 3;\n"
                   "  includes = [ \"viewer\" ]; } );\n",
                   "own.conf:1: warning: role \"own\" does not include \"manager\", which stands "
                   "below it: whoever is given both loses what the lower one gives\n");
}

static void the_bottom_of_a_ladder_gives_nothing(void **state)
{
        catalogue_expect(PERMISSIONS
                         "roles = (\n"
                         "  { name = \"none\"; level = \"site\"; ladder = \"l\"; rank = 0;\n"
                         "    permissions = ( { name = \"view\"; } ); } );\n",
                         "roles.conf:3: error: role \"none\" is the bottom of its ladder (rank "
                         "0): it can give nothing\n");
}

static void an_entry_stays_inside_the_scope_of_its_permission(void **state)
{
        own_expect("roles = ( { name = \"own\"; level = \"site\"; permissions = (\n"
                   "    { name = \"site.view\"; scope = \"site\"; },\n"
                   "    { name = \"door.view\"; scope = \"site\"; } ); } );\n",
                   "own.conf:3: error: the scope of \"door.view\" here is wider than where it is "
                   "declared\n");
}

static void only_a_site_role_reaches_the_organization_from_any_site(void **state)
{
        own_expect("roles = ( { name = \"own\"; level = \"site\"; permissions = (\n"
                   "    { name = \"settings\"; reach = \"any-site\"; } ); } );\n",
                   "");
        own_expect("roles = ( { name = \"own\"; level = \"organization\"; permissions = (\n"
                   "    { name = \"settings\"; reach = \"any-site\"; } ); } );\n",
                   "own.conf:2: error: \"reach\" of \"settings\": only a site role can give a "
                   "permission of scope organization from any site\n");
        own_expect("roles = ( { name = \"own\"; level = \"site\"; permissions = (\n"
                   "    { name = \"door.view\"; reach = \"any-site\"; } ); } );\n",
                   "own.conf:2: error: \"reach\" of \"door.view\": only a site role can give a "
                   "permission of scope organization from any site\n");
}

static void one_permission_decides_unlocks(void **state)
{
        own_expect("permissions = (\n"
                   "  { name = \"own.unlock\"; scope = \"door\"; command = \"unlock\"; } );\n",
                   "own.conf:2: error: two permissions for the command \"unlock\": "
                   "\"door.unlock\" has it already\n");
}

/* Writes numbered roles, each including the next. Return: owned by the caller. */
static char *chain_of_roles(unsigned count)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        fputs("roles = (\n", stream);
        for (unsigned i = 0; i < count; i++)
                fprintf(stream, "{ name = \"r%u\"; level = \"site\"; includes = [ \"r%u\" ]; },\n",
                        i, i + 1);
        fprintf(stream, "{ name = \"r%u\"; level = \"site\"; } );\n", count);
        fclose(stream);
        return text;
}

static void the_number_of_included_roles_is_bounded(void **state)
{
        char *text = chain_of_roles(32);
        catalogue_expect(text, "");
        free(text);
        text = chain_of_roles(33);
        catalogue_expect(text, "roles.conf:2: error: role \"r0\" includes more than 32 roles\n");
        free(text);
}

static void the_number_of_ladders_is_bounded(void **state)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        fputs("roles = (\n", stream);
        for (unsigned i = 0; i < 66; i++)
                fprintf(stream,
                        "{ name = \"r%u\"; level = \"site\"; ladder = \"l%u\"; rank = 1; }%s\n", i,
                        i, i < 65 ? "," : " );");
        fclose(stream);
        catalogue_expect(text, "roles.conf:66: error: more than 64 ladders of roles\n");
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_sound_catalogue_is_silent),
                cmocka_unit_test(own_roles_add_and_never_redefine),
                cmocka_unit_test(an_unknown_permission_or_role_is_named_with_its_neighbour),
                cmocka_unit_test(a_role_must_not_lead_back_to_itself),
                cmocka_unit_test(two_ways_to_one_role_are_no_cycle),
                cmocka_unit_test(a_rank_belongs_to_one_role_of_a_ladder),
                cmocka_unit_test(a_ladder_has_one_level),
                cmocka_unit_test(a_higher_role_that_leaves_out_a_lower_one_is_pointed_out),
                cmocka_unit_test(the_bottom_of_a_ladder_gives_nothing),
                cmocka_unit_test(an_entry_stays_inside_the_scope_of_its_permission),
                cmocka_unit_test(only_a_site_role_reaches_the_organization_from_any_site),
                cmocka_unit_test(one_permission_decides_unlocks),
                cmocka_unit_test(the_number_of_included_roles_is_bounded),
                cmocka_unit_test(the_number_of_ladders_is_bounded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
