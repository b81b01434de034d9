/* SPDX-License-Identifier: MIT */
/* Tests of schema_assignments.c: grants, memberships and migrations that stand by themselves. */
#include "load_fixture.h"

static void every_key_is_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_MANAGED, "f",
                          "assignments = ( { user = \"bob@x\"; role = \"r\"; site = \"HQ/T\";\n"
                          "  from = \"2026-01-01T00:00:00Z\"; until = \"2026-02-01T00:00:00Z\";\n"
                          "  by = \"ann\"; at = \"2026-01-01T00:00:01Z\"; reason = \"why\"; },\n"
                          "  { group = \"desk\"; role = \"r\"; } );\n"
                          "memberships = ( { user = \"bob\"; group = \"desk\"; by = \"ann\"; },\n"
                          "  { user = \"bob\"; access_group = \"staff\"; } );\n"
                          "migrations = ( { user = \"bob\"; reason = \"new\"; } );\n"
                          "customizations = ( { role = \"r\"; add = [ \"p\" ]; } );\n");
        load_fixture_expect(&fixture, "");
        const ModelOrganization *acme = &fixture.model->organizations.items[0];
        assert_int_equal(acme->assignments.count, 2);
        const ModelAssignment *first = &acme->assignments.items[0];
        assert_string_equal(first->user.name, "bob@x");
        assert_null(first->group.name);
        assert_string_equal(first->grant.role.name, "r");
        assert_string_equal(first->grant.site.name, "HQ/T");
        assert_int_equal(first->grant.interval.from_s, 1767225600);
        assert_int_equal(first->grant.interval.until_s, 1769904000);
        assert_int_equal(first->grant.place.line, 1);
        assert_string_equal(first->remark.by, "ann");
        assert_int_equal(first->remark.at_s, 1767225601);
        assert_string_equal(first->remark.reason, "why");
        assert_true(first->managed);
        const ModelAssignment *second = &acme->assignments.items[1];
        assert_string_equal(second->group.name, "desk");
        assert_true(second->grant.interval.from_s == TIMESTAMP_MIN);
        assert_true(second->grant.interval.until_s == TIMESTAMP_MAX);
        assert_true(second->remark.at_s == TIMESTAMP_MIN);
        assert_int_equal(second->place.line, 4);
        assert_int_equal(acme->memberships.count, 2);
        assert_string_equal(acme->memberships.items[0].group.name, "desk");
        assert_string_equal(acme->memberships.items[0].remark.by, "ann");
        assert_string_equal(acme->memberships.items[1].access_group.name, "staff");
        assert_true(acme->memberships.items[1].managed);
        assert_int_equal(acme->migrations.count, 1);
        assert_string_equal(acme->migrations.items[0].remark.reason, "new");
        assert_true(acme->migrations.items[0].managed);
        assert_true(acme->customizations.items[0].managed);
        load_fixture_done(&fixture);
}

static void they_may_stand_in_files_of_people_too(void **state)
{
        static const SourceKind KINDS[] = { SOURCE_ORGANIZATION, SOURCE_FRAGMENT };
        static const char *const HEADS[] = { LOAD_HEAD, "" };
        for (unsigned i = 0; i < 2; i++) {
                char text[512];
                LoadFixture fixture;
                load_fixture_init(&fixture);
                snprintf(text, sizeof(text),
                         "%sassignments = ( { user = \"bob\"; role = \"r\"; } );\n"
                         "memberships = ( { user = \"bob\"; group = \"g\"; } );\n"
                         "migrations = ( { user = \"bob\"; } );\n",
                         HEADS[i]);
                load_fixture_text(&fixture, KINDS[i], "f", text);
                load_fixture_expect(&fixture, "");
                const ModelOrganization *acme = &fixture.model->organizations.items[0];
                assert_int_equal(acme->assignments.count, 1);
                assert_false(acme->assignments.items[0].managed);
                assert_int_equal(acme->memberships.count, 1);
                assert_false(acme->memberships.items[0].managed);
                assert_int_equal(acme->migrations.count, 1);
                assert_false(acme->migrations.items[0].managed);
                load_fixture_done(&fixture);
        }
}

static void nothing_else_may_stand_in_a_managed_file(void **state)
{
        load_expect(SOURCE_MANAGED, "users = ( );\n" LOAD_HEAD "assignment = ( );\n",
                    "f:1: error: unknown key \"users\" in a file of managed assignments\n"
                    "f:2: error: unknown key \"organization\" in a file of managed assignments\n"
                    "f:3: error: unknown key \"assignment\" in a file of managed assignments; did "
                    "you mean \"assignments\"?\n");
        load_expect(SOURCE_MANAGED, "# nothing\n", "");
}

static void a_grant_is_of_a_user_or_of_a_group(void **state)
{
        load_expect(SOURCE_MANAGED,
                    "assignments = ( { user = \"u\"; group = \"g\"; role = \"r\"; },\n"
                    "  { role = \"r\"; },\n"
                    "  { user = \"u\"; } );\n",
                    "f:1: error: \"user\" and \"group\" exclude each other\n"
                    "f:2: error: missing key \"user\" (or \"group\") in an assignment\n"
                    "f:3: error: missing key \"role\" in an assignment\n");
        load_expect(SOURCE_MANAGED,
                    "memberships = ( { user = \"u\"; group = \"g\"; access_group = \"a\"; },\n"
                    "  { user = \"u\"; },\n"
                    "  { group = \"g\"; } );\n"
                    "migrations = ( { by = \"u\"; } );\n",
                    "f:1: error: \"group\" and \"access_group\" exclude each other\n"
                    "f:2: error: missing key \"group\" (or \"access_group\") in a membership\n"
                    "f:3: error: missing key \"user\" in a membership\n"
                    "f:4: error: missing key \"user\" in a migration\n");
}

static void an_interval_holds_something(void **state)
{
        load_expect(SOURCE_MANAGED,
                    "assignments = ( { user = \"u\"; role = \"r\";\n"
                    "  from = \"2026-02-01T00:00:00Z\"; until = \"2026-01-01T00:00:00Z\"; } );\n",
                    "f:1: error: the interval ends (2026-01-01T00:00:00Z) before it starts "
                    "(2026-02-01T00:00:00Z)\n");
}

static void an_item_with_an_error_is_left_out(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_MANAGED, "f",
                          "assignments = ( { user = \"u\"; role = \"r\"; site = 1; } );\n"
                          "memberships = ( { user = \"u\"; group = \"g\"; by = \"\"; } );\n");
        assert_int_equal(diagnostics_errors(fixture.diagnostics), 2);
        assert_int_equal(fixture.model->organizations.items[0].assignments.count, 0);
        assert_int_equal(fixture.model->organizations.items[0].memberships.count, 0);
        load_fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_key_is_read),
                cmocka_unit_test(they_may_stand_in_files_of_people_too),
                cmocka_unit_test(nothing_else_may_stand_in_a_managed_file),
                cmocka_unit_test(a_grant_is_of_a_user_or_of_a_group),
                cmocka_unit_test(an_interval_holds_something),
                cmocka_unit_test(an_item_with_an_error_is_left_out),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
