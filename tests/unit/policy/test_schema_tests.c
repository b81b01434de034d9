/* SPDX-License-Identifier: MIT */
/* Tests of tests.d. */
#include "load_fixture.h"

#define AT "at = \"1970-01-01T00:00:01Z\"; "

static void expect(const char *text, const char *expected)
{
        load_expect(SOURCE_TESTS, text, expected);
}

static void both_forms_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_TESTS, "f",
                          "tests = ( { query = \"a p door:x/y/z\"; " AT
                          "expect = \"deny\";\n reason = \"suspended\"; },\n"
                          " { who_can = \"p door:x/y/z\"; " AT
                          "users = [ \"a\", \"unix-group:staff\" ]; },\n"
                          " { who_can = \"p door:x/y/z\"; " AT "users = [ ]; } );");
        load_fixture_expect(&fixture, "");
        const ModelTest *tests = fixture.model->tests.items;
        assert_int_equal(fixture.model->tests.count, 3);
        assert_string_equal(tests[0].query, "a p door:x/y/z");
        assert_null(tests[0].who_can);
        assert_int_equal(tests[0].at_s, 1);
        assert_int_equal(tests[0].expect, OUTCOME_DENY);
        assert_string_equal(tests[0].reason, "suspended");
        assert_null(tests[1].query);
        assert_int_equal(tests[1].users.count, 2);
        assert_int_equal(tests[2].users.count, 0);
        assert_int_equal(tests[2].place.line, 4);
        load_fixture_done(&fixture);
}

static void a_test_has_one_form(void **state)
{
        static const char ONE[] =
                "f:1: error: a test needs exactly one of \"query\" and \"who_can\"\n";
        expect("tests = ( { " AT " } );", ONE);
        expect("tests = ( { query = \"q\"; who_can = \"w\"; " AT " } );", ONE);
        expect("tests = ( { query = \"q\"; expect = \"allow\"; } );",
               "f:1: error: missing key \"at\" in a test\n");
        expect("tests = ( { query = \"q\"; " AT " } );",
               "f:1: error: missing key \"expect\" in a test of a query\n");
        expect("tests = ( { query = \"q\"; expect = \"allow\"; users = [ ]; " AT " } );",
               "f:1: error: \"users\" belongs to \"who_can\"\n");
        expect("tests = ( { who_can = \"w\"; " AT " } );",
               "f:1: error: missing key \"users\" in a test of who_can\n");
        expect("tests = ( { who_can = \"w\"; users = [ ]; expect = \"allow\"; " AT " } );",
               "f:1: error: \"expect\" and \"reason\" belong to \"query\"\n");
}

static void words_are_known(void **state)
{
        expect("tests = ( { query = \"q\"; expect = \"alow\"; " AT " } );",
               "f:1: error: unknown \"alow\" in \"expect\"; did you mean \"allow\"?\n");
        expect("tests = ( { query = \"q\"; expect = \"deny\"; reason = \"suspnded\"; " AT " } );",
               "f:1: error: unknown \"suspnded\" in \"reason\"; did you mean \"suspended\"?\n");
        expect("tests = ( { who_can = \"q\"; users = [ \"unix-group:\" ]; " AT " } );",
               "f:1: error: \"unix-group:\" in \"users\" is not the name of a user, nor "
               "unix-group:NAME\n");
        expect("test = ( );",
               "f:1: error: unknown key \"test\" in a file of tests; did you mean \"tests\"?\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(both_forms_are_read),
                cmocka_unit_test(a_test_has_one_form),
                cmocka_unit_test(words_are_known),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
