/* SPDX-License-Identifier: MIT */
/* Tests of policy_test.c: what passes, and what is said of what fails. */
#include "decide_fixture.h"
#include "policy/policy_test.h"

/* Runs the tests of a text against the policy and compares counts and output. */
static void run_expect(const char *tests, size_t passed, size_t failed, const char *expected)
{
        DecideFixture fixture = { 0 };
        PolicyTestResult result;
        char *text = NULL;
        size_t size;
        decide_read_all(&fixture);
        load_fixture_text(&fixture.load, SOURCE_TESTS, "tests.conf", tests);
        decide_compile(&fixture);
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(policy_tests_run(fixture.load.model, fixture.image, stream, &result), 0);
        fclose(stream);
        assert_string_equal(text, expected);
        assert_int_equal(result.passed, passed);
        assert_int_equal(result.failed, failed);
        free(text);
        decide_fixture_done(&fixture);
}

#define AT "at = \"2026-06-01T09:00:00Z\"; "

static void what_holds_is_counted_in_silence(void **state)
{
        run_expect("tests = (\n"
                   "{ query = \"viewer door.view door:acme/HQ/D1\"; " AT "expect = \"allow\"; },\n"
                   "{ query = \"nobody door.view door:acme/HQ/D1\"; " AT "expect = \"deny\";\n"
                   "  reason = \"not-permitted\"; },\n"
                   "{ who_can = \"door.view door:beta/HQ/D1\"; " AT "users = [ \"nobody\" ]; },\n"
                   "{ who_can = \"user.edit user:acme/kept\"; " AT "users = [ ]; } );\n",
                   4, 0, "");
}

static void a_wrong_answer_is_named_with_its_line(void **state)
{
        run_expect(
                "tests = (\n"
                "{ query = \"viewer door.view door:acme/HQ/D1\"; " AT "expect = \"deny\"; },\n"
                "{ query = \"nobody door.view door:acme/HQ/D1\"; " AT "expect = \"deny\";\n"
                "  reason = \"suspended\"; },\n"
                "{ query = \"viewer door.view door:acme/HQ/D9\"; " AT "expect = \"deny\"; },\n"
                "{ query = \"viewer door.view\"; " AT "expect = \"deny\"; },\n"
                "{ query = \"system grant viewer@acme/HQ user:acme/nobody\"; " AT
                "expect = \"allow\"; } );\n",
                0, 5,
                "tests.conf:2: failed: viewer door.view door:acme/HQ/D1 at 2026-06-01T09:00:00Z: "
                "expected deny, got allow (granted-by-role)\n"
                "tests.conf:3: failed: nobody door.view door:acme/HQ/D1 at 2026-06-01T09:00:00Z: "
                "expected deny (suspended), got deny (not-permitted)\n"
                "tests.conf:5: failed: viewer door.view door:acme/HQ/D9 at 2026-06-01T09:00:00Z: "
                "expected deny, got error (unknown-resource)\n"
                "tests.conf:6: failed: viewer door.view at 2026-06-01T09:00:00Z: not a query: "
                "USER PERMISSION RESOURCE is expected\n"
                "tests.conf:7: failed: system grant viewer@acme/HQ user:acme/nobody at "
                "2026-06-01T09:00:00Z: expected allow, got deny (not-grantable)\n");
}

static void missing_and_extra_people_are_named(void **state)
{
        run_expect("tests = (\n"
                   "{ who_can = \"door.view door:beta/HQ/D1\"; " AT
                   "users = [ \"manager\", \"badge\" ]; },\n"
                   "{ who_can = \"door.view door:beta/HQ/D1\"; " AT "users = [ ]; },\n"
                   "{ who_can = \"door.view door:beta/HQ/D9\"; " AT "users = [ ]; },\n"
                   "{ who_can = \"door.view\"; " AT "users = [ ]; } );\n",
                   0, 4,
                   "tests.conf:2: failed: who can door.view door:beta/HQ/D1 at "
                   "2026-06-01T09:00:00Z: missing: manager, badge; extra: nobody\n"
                   "tests.conf:3: failed: who can door.view door:beta/HQ/D1 at "
                   "2026-06-01T09:00:00Z: extra: nobody\n"
                   "tests.conf:4: failed: who can door.view door:beta/HQ/D9 at "
                   "2026-06-01T09:00:00Z: cannot be decided (unknown-resource)\n"
                   "tests.conf:5: failed: who can door.view at 2026-06-01T09:00:00Z: not a "
                   "question: PERMISSION RESOURCE is expected\n");
}

static void unix_groups_are_not_people(void **state)
{
        run_expect("tests = ( { who_can = \"settings.change organization:acme\"; " AT
                   "users = [ \"system\", \"both\" ]; } );\n",
                   1, 0, "");
}

static void no_test_is_no_failure(void **state)
{
        run_expect("tests = ( );\n", 0, 0, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_holds_is_counted_in_silence),
                cmocka_unit_test(a_wrong_answer_is_named_with_its_line),
                cmocka_unit_test(missing_and_extra_people_are_named),
                cmocka_unit_test(unix_groups_are_not_people),
                cmocka_unit_test(no_test_is_no_failure),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
