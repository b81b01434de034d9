/* SPDX-License-Identifier: MIT */
/* Tests of schema_callers.c: callers of organizations and fronts of a host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "load_fixture.h"

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void expect_of(SourceKind kind, const char *text, const char *diagnostics)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, kind, "f", text);
        load_fixture_expect(&fixture, diagnostics);
        load_fixture_done(&fixture);
}

static void expect(const char *text, const char *diagnostics)
{
        expect_of(SOURCE_FRAGMENT, text, diagnostics);
}

static void callers_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_FRAGMENT, "f",
                          "callers = ( { name = \"gw-1\"; uid = 998; sites = [ \"HQ\" ];\n"
                          " may = [ \"ask\", \"unlock\", \"vouch\" ]; },\n"
                          " { name = \"gw-2\"; title = \"Cellar\"; certificate = \"sha256:" DIGITS
                          "\"; may = [ \"ask\", \"events\", \"report\" ]; },\n"
                          " { name = \"gw-3\"; certificate = \"sha256:" DIGITS
                          "\"; uid = 997; may = [ \"report\" ]; } );");
        load_fixture_expect(&fixture, "");
        const ModelCaller *callers = fixture.model->organizations.items[0].callers.items;
        assert_true(callers[0].uid_stated);
        assert_false(callers[0].certificate_stated);
        assert_int_equal(callers[0].uid, 998);
        assert_int_equal(callers[0].may, CALLER_MAY_ASK | CALLER_MAY_UNLOCK | CALLER_MAY_VOUCH);
        assert_string_equal(callers[0].sites.items[0].name, "HQ");
        assert_false(callers[1].uid_stated);
        assert_true(callers[1].certificate_stated);
        assert_int_equal(callers[1].certificate.bytes[1], 0x23);
        assert_string_equal(callers[1].title, "Cellar");
        assert_int_equal(callers[1].sites.count, 0);
        assert_int_equal(callers[1].may, CALLER_MAY_ASK | CALLER_MAY_EVENTS | CALLER_MAY_REPORT);
        assert_true(callers[2].uid_stated && callers[2].certificate_stated);
        load_fixture_done(&fixture);
}

static void errors_of_callers_have_their_lines(void **state)
{
        expect("callers = ( { name = \"c\"; uid = 1; may = [ \"open\" ]; } );",
               "f:1: error: unknown \"open\" in \"may\"; known: ask, unlock, vouch, events, "
               "report\n");
        expect("callers = ( { name = \"c\"; uid = 65534; may = [ \"ask\" ]; } );",
               "f:1: error: uid 65534 does not belong to one program: the system gives it to "
               "programs as they come\n");
        expect("callers = ( { name = \"c\"; uid = 61184; may = [ \"ask\" ]; sites = [ ]; } );",
               "f:1: error: uid 61184 does not belong to one program: the system gives it to "
               "programs as they come\n"
               "f:1: error: \"sites\" is empty\n");
        expect("callers = ( { } );", "f:1: error: missing key \"name\" in a caller\n"
                                     "f:1: error: missing key \"may\" in a caller\n");
        expect("callers = (\n { name = \"c\"; may = [ \"ask\" ]; } );",
               "f:2: error: a caller needs a \"certificate\", a \"uid\" or both\n");
}

static void a_certificate_has_one_written_form(void **state)
{
        static const char *const BAD[] = {
                "x", DIGITS, "sha1:" DIGITS, "sha256:" DIGITS "0", "sha256:ABCDEF0123456789",
        };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                char text[256];
                (void)snprintf(text, sizeof(text),
                               "callers = ( { name = \"c\"; uid = 1; may = [ \"ask\" ];\n"
                               " certificate = \"%s\"; } );",
                               BAD[i]);
                expect(text, "f:2: error: \"certificate\" must be \"sha256:\" and 64 digits of "
                             "0-9 a-f, the fingerprint of a certificate\n");
        }
        expect("callers = ( { name = \"c\"; uid = 1; may = [ \"ask\" ];\n certificate = 5; } );",
               "f:2: error: \"certificate\" must be a string, not a number\n");
}

static void fronts_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_SETTINGS, "doorward.conf",
                          "fronts = ( { name = \"web\"; uid = 997; },\n"
                          "  { user = \"doorward-http\"; } );");
        load_fixture_expect(&fixture, "");
        const ModelHostSettings *settings = &fixture.model->settings;
        assert_int_equal(settings->fronts.count, 2);
        assert_string_equal(settings->fronts.items[0].name, "web");
        assert_true(settings->fronts.items[0].uid_known);
        assert_int_equal(settings->fronts.items[0].uid, 997);
        assert_string_equal(settings->fronts.items[1].name, "doorward-http");
        assert_string_equal(settings->fronts.items[1].user, "doorward-http");
        assert_false(settings->fronts.items[1].uid_known);
        load_fixture_done(&fixture);
}

static void errors_of_fronts_have_their_lines(void **state)
{
        expect_of(SOURCE_SETTINGS, "fronts = (\n { name = \"a\"; } );",
                  "f:2: error: a front needs exactly one of \"user\" and \"uid\"\n");
        expect_of(SOURCE_SETTINGS, "fronts = (\n { user = \"a\"; uid = 5; } );",
                  "f:2: error: a front needs exactly one of \"user\" and \"uid\"\n");
        expect_of(SOURCE_SETTINGS, "fronts = (\n { uid = 5; } );",
                  "f:2: error: missing key \"name\" in a front\n");
        expect_of(SOURCE_SETTINGS, "fronts = ( { name = \"a\"; uid = 0; } );",
                  "f:1: error: \"uid\" must be 1 to 4294967294\n");
        expect_of(SOURCE_SETTINGS, "fronts = ( { name = \"a\"; uid = 61500; } );",
                  "f:1: error: uid 61500 does not belong to one program: the system gives it to "
                  "programs as they come\n");
        expect_of(SOURCE_SETTINGS, "fronts = ( { name = \"a\"; uid = 5; may = [ ]; } );",
                  "f:1: error: unknown key \"may\" in a front\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(callers_are_read),
                cmocka_unit_test(errors_of_callers_have_their_lines),
                cmocka_unit_test(a_certificate_has_one_written_form),
                cmocka_unit_test(fronts_are_read),
                cmocka_unit_test(errors_of_fronts_have_their_lines),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
