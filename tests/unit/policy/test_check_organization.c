/* SPDX-License-Identifier: MIT */
/* Tests of check_organization.c and check_uids.c: names, references, time zones, uids. */
#include "check_fixture.h"

#define WEEKLY "weekly = ( { days = [ \"mon\" ]; from = \"08:00\"; to = \"18:00\"; } );"

static void organization_expect(const char *organization, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE, .organization = organization };
        check_expect(&policy, expected);
}

static void two_expect(const char *organization, const char *other, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .organization = organization,
                               .other = other };
        check_expect(&policy, expected);
}

static void no_organization_is_an_empty_policy(void **state)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE };
        check_expect(&policy, "?:1: error: an empty policy: no organization\n");
}

static void names_stand_once(void **state)
{
        organization_expect(CHECK_ACME "sites = ( { name = \"HQ\"; },\n"
                                       "  { name = \"HQ\"; } );\n",
                            "acme.conf:3: error: duplicate site \"HQ\": it already stands at "
                            "acme.conf:2\n");
        organization_expect(CHECK_ACME "sites = ( { name = \"HQ\"; doors = ( { name = \"D\"; },\n"
                                       "  { name = \"D\"; } ); hosts = ( { name = \"h\"; },\n"
                                       "  { name = \"h\"; } ); } );\n",
                            "acme.conf:3: error: duplicate door \"HQ/D\": it already stands at "
                            "acme.conf:2\n"
                            "acme.conf:4: error: duplicate host \"HQ/h\": it already stands at "
                            "acme.conf:3\n");
        organization_expect(CHECK_ACME "users = ( { name = \"al\"; }, { name = \"alice\"; },\n"
                                       "  { name = \"alice\"; }, { name = \"Alice\"; } );\n",
                            "acme.conf:3: error: duplicate user \"alice\": it already stands at "
                            "acme.conf:2\n");
        organization_expect(CHECK_ACME "groups = ( { name = \"g\"; },\n  { name = \"g\"; } );\n"
                                       "access_groups = ( { name = \"g\"; },\n"
                                       "  { name = \"g\"; } );\n",
                            "acme.conf:3: error: duplicate group \"g\": it already stands at "
                            "acme.conf:2\n"
                            "acme.conf:5: error: duplicate access group \"g\": it already stands "
                            "at acme.conf:4\n");
}

static void declared_objects_stand_once(void **state)
{
        organization_expect(
                CHECK_SITES "schedules = ( { name = \"s\"; " WEEKLY " },\n { name = \"s\"; "
                            "" WEEKLY " } );\n"
                            "access_levels = ( { name = \"l\"; },\n { name = \"l\"; } );\n"
                            "floorplans = ( { name = \"f\"; },\n { name = \"f\"; } );\n",
                "acme.conf:4: error: duplicate schedule \"s\": it already stands at acme.conf:3\n"
                "acme.conf:6: error: duplicate access level \"l\": it already stands at "
                "acme.conf:5\n"
                "acme.conf:8: error: duplicate floorplan \"f\": it already stands at "
                "acme.conf:7\n");
        organization_expect(
                CHECK_SITES
                "roll_call_templates = ( { name = \"t\"; site = \"HQ\"; },\n"
                " { name = \"t\"; site = \"HQ\"; } );\n"
                "door_exceptions = ( { name = \"x\"; dates = [ \"2026-12-25\" ]; state = "
                "\"locked\"; },\n"
                " { name = \"x\"; dates = [ \"2026-12-26\" ]; state = \"locked\"; } );\n"
                "callers = ( { name = \"c\"; uid = 500; may = [ \"ask\" ]; },\n"
                " { name = \"c\"; uid = 501; may = [ \"ask\" ]; } );\n",
                "acme.conf:4: error: duplicate roll call template \"t\": it already stands at "
                "acme.conf:3\n"
                "acme.conf:6: error: duplicate door exception \"x\": it already stands at "
                "acme.conf:5\n"
                "acme.conf:8: error: duplicate caller \"c\": it already stands at acme.conf:7\n");
}

static void one_name_may_be_of_several_kinds_and_places(void **state)
{
        organization_expect(CHECK_ACME
                            "sites = ( { name = \"HQ\"; doors = ( { name = \"x\"; } );\n"
                            "  hosts = ( { name = \"x\"; } ); sites = ( { name = \"x\";\n"
                            "    doors = ( { name = \"x\"; } ); } ); } );\n"
                            "groups = ( { name = \"x\"; } ); users = ( { name = \"x\"; } );\n",
                            "");
}

static void references_lead_somewhere(void **state)
{
        organization_expect(
                CHECK_SITES "users = ( { name = \"a\"; groups = [ \"dsk\" ];\n"
                            "  access_groups = [ \"stuff\" ]; } );\n"
                            "people = ( { unix_gid = 100; groups = [ \"desks\" ];\n"
                            "  access_groups = [ \"nobody\" ]; } );\n"
                            "callers = ( { name = \"c\"; uid = 500; may = [ \"ask\" ];\n"
                            "  sites = [ \"HQ/Tover\" ]; } );\n",
                "acme.conf:3: error: there is no group \"dsk\"; did you mean \"desk\"?\n"
                "acme.conf:4: error: there is no access group \"stuff\"; did you mean \"staff\"?\n"
                "acme.conf:5: error: there is no group \"desks\"; did you mean \"desk\"?\n"
                "acme.conf:6: error: there is no access group \"nobody\"\n"
                "acme.conf:8: error: there is no site \"HQ/Tover\"; did you mean \"HQ/Tower\"?\n");
        organization_expect(
                CHECK_SITES "access_levels = ( { name = \"l\"; doors = [ \"HQ/D2\" ];\n"
                            "  access_groups = [ \"HQ\" ]; schedule = \"nights\"; } );\n"
                            "roll_call_templates = ( { name = \"t\"; site = \"Tower\"; } );\n"
                            "floorplans = ( { name = \"f\"; doors = [ \"Tower/D1\" ]; } );\n",
                "acme.conf:3: error: there is no door \"HQ/D2\"; did you mean \"HQ/D1\"?\n"
                "acme.conf:4: error: there is no access group \"HQ\"\n"
                "acme.conf:4: error: there is no schedule \"nights\"\n"
                "acme.conf:5: error: there is no site \"Tower\"; did you mean \"HQ/Tower\"?\n"
                "acme.conf:6: error: there is no door \"Tower/D1\"\n");
}

static void a_path_with_a_wrong_beginning_leads_to_the_whole_one(void **state)
{
        organization_expect(
                CHECK_SITES "callers = ( { name = \"c\"; uid = 500; may = [ \"ask\" ];\n"
                            "  sites = [ \"Tower\",\n"
                            "  \"acme/HQ/Tower\",\n"
                            "  \"Lower\" ]; } );\n"
                            "floorplans = ( { name = \"f\";\n"
                            "  doors = [ \"acme/HQ/D1\" ]; } );\n",
                "acme.conf:4: error: there is no site \"Tower\"; did you mean \"HQ/Tower\"?\n"
                "acme.conf:5: error: there is no site \"acme/HQ/Tower\"; did you mean "
                "\"HQ/Tower\"?\n"
                "acme.conf:6: error: there is no site \"Lower\"\n"
                "acme.conf:8: error: there is no door \"acme/HQ/D1\"; did you mean "
                "\"HQ/D1\"?\n");
}

static void time_zones_exist(void **state)
{
        organization_expect("organization = { name = \"acme\";\n"
                            "  timezone = \"Europe/Berln\"; };\n"
                            "schedules = ( { name = \"s\"; timezone = \"Europe/Berlin\"; " WEEKLY
                            " },\n"
                            "  { name = \"t\"; timezone = \"CEST-1\"; " WEEKLY " } );\n",
                            "acme.conf:2: error: there is no time zone \"Europe/Berln\" on this "
                            "machine\n"
                            "acme.conf:4: error: there is no time zone \"CEST-1\" on this "
                            "machine\n");
}

static void a_schedule_that_is_never_on_is_noticed(void **state)
{
        organization_expect(CHECK_ACME "schedules = ( { name = \"n\"; },\n"
                                       "  { name = \"e\"; weekly = ( ); },\n"
                                       "  { name = \"d\"; weekly = ( { days = [ ];\n"
                                       "    from = \"08:00\"; to = \"18:00\"; } ); },\n"
                                       "  { name = \"on\"; " WEEKLY " } );\n",
                            "acme.conf:2: warning: schedule \"n\" is never on: it has no window\n"
                            "acme.conf:3: warning: schedule \"e\" is never on: it has no window\n"
                            "acme.conf:4: warning: schedule \"d\" is never on: it has no window\n");
}

static void a_uid_is_one_person_or_one_caller(void **state)
{
        organization_expect(CHECK_ACME "users = ( { name = \"a\"; uid = 7; },\n"
                                       "  { name = \"b\"; uid = 7; }, { name = \"c\"; },\n"
                                       "  { name = \"d\"; uid = 8; } );\n",
                            "acme.conf:3: error: uid 7 belongs to user \"a\" already, at "
                            "acme.conf:2\n");
        organization_expect(
                CHECK_ACME "users = ( { name = \"a\"; uid = 7; } );\n"
                           "callers = ( { name = \"c\"; uid = 500; may = [ \"ask\" ]; },\n"
                           "  { name = \"d\"; uid = 500; may = [ \"ask\" ]; },\n"
                           "  { name = \"e\"; uid = 7; may = [ \"ask\" ]; } );\n",
                "acme.conf:4: error: uid 500 belongs to caller \"c\" already, at acme.conf:3\n"
                "acme.conf:5: error: uid 7 belongs to user \"a\" already, at acme.conf:2\n");
}

static void a_person_is_one_in_all_organizations(void **state)
{
        two_expect(CHECK_ACME "users = ( { name = \"a\"; uid = 7; }, { name = \"b\"; } );\n",
                   "organization = { name = \"beta\"; };\n"
                   "users = ( { name = \"a\"; uid = 7; }, { name = \"b\"; uid = 8; } );\n",
                   "");
        two_expect(CHECK_ACME "users = ( { name = \"a\"; uid = 7; } );\n",
                   "organization = { name = \"beta\"; };\n"
                   "users = ( { name = \"a\"; uid = 9; },\n"
                   "  { name = \"b\"; uid = 7; } );\n",
                   "beta.conf:2: error: user \"a\" has uid 7 at acme.conf:2: a name is one person "
                   "in all organizations\n"
                   "beta.conf:3: error: uid 7 belongs to user \"a\" already, at acme.conf:2\n");
}

static void references_stay_inside_their_organization(void **state)
{
        two_expect(CHECK_SITES,
                   "organization = { name = \"beta\"; };\n"
                   "users = ( { name = \"a\"; groups = [ \"desk\" ]; } );\n",
                   "beta.conf:2: error: there is no group \"desk\"\n");
}

/* Very many mistakes must not take very long: suggestions stop, errors do not. */
static void suggestions_are_bounded_and_errors_are_not(void **state)
{
        enum { COUNT = 8000 };
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        fputs(CHECK_ACME "groups = (\n", stream);
        for (unsigned i = 0; i < COUNT; i++)
                fprintf(stream, "{ name = \"group%u\"; }%s\n", i, i + 1 < COUNT ? "," : " );");
        fputs("users = (\n", stream);
        for (unsigned i = 0; i < COUNT; i++)
                fprintf(stream, "{ name = \"u%u\"; groups = [ \"grup%u\" ]; }%s\n", i, i,
                        i + 1 < COUNT ? "," : " );");
        fclose(stream);
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE, .organization = text };
        LoadFixture fixture;
        check_run(&fixture, &policy);
        assert_int_equal(diagnostics_errors(fixture.diagnostics), COUNT);
        size_t count;
        const Diagnostic *all = diagnostics_sorted(fixture.diagnostics, &count);
        assert_int_equal(count, COUNT);
        assert_string_equal(all[0].text, "there is no group \"grup0\"; did you mean \"group0\"?");
        assert_string_equal(all[COUNT - 1].text, "there is no group \"grup7999\"");
        load_fixture_done(&fixture);
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(no_organization_is_an_empty_policy),
                cmocka_unit_test(names_stand_once),
                cmocka_unit_test(declared_objects_stand_once),
                cmocka_unit_test(one_name_may_be_of_several_kinds_and_places),
                cmocka_unit_test(references_lead_somewhere),
                cmocka_unit_test(a_path_with_a_wrong_beginning_leads_to_the_whole_one),
                cmocka_unit_test(time_zones_exist),
                cmocka_unit_test(a_schedule_that_is_never_on_is_noticed),
                cmocka_unit_test(a_uid_is_one_person_or_one_caller),
                cmocka_unit_test(a_person_is_one_in_all_organizations),
                cmocka_unit_test(references_stay_inside_their_organization),
                cmocka_unit_test(suggestions_are_bounded_and_errors_are_not),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
