/* SPDX-License-Identifier: MIT */
/* Tests of fronts.c. Every Linux system has the account "bin", and "root" with uid 0. */
#include <pwd.h>

#include "check_fixture.h"

#define SETTINGS "break_glass = [ \"b\" ];\n"

static void expect(const char *organization, const char *settings, const char *expected)
{
        LoadFixture fixture;
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = organization,
                .settings = settings,
        };
        check_run(&fixture, &policy);
        model_resolve_fronts(fixture.model);
        load_fixture_expect(&fixture, expected);
        load_fixture_done(&fixture);
}

static void an_account_becomes_a_uid(void **state)
{
        LoadFixture fixture;
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME,
                .settings = SETTINGS "fronts = ( { user = \"bin\"; }, { name = \"w\"; uid = "
                                     "4730; } );\n",
        };
        const struct passwd *account = getpwnam("bin");
        assert_non_null(account);
        uint32_t uid = account->pw_uid;
        check_run(&fixture, &policy);
        model_resolve_fronts(fixture.model);
        load_fixture_expect(&fixture, "");
        Image *image;
        assert_int_equal(model_compile(fixture.model, CHECK_NOW, &image), 0);
        assert_int_equal(image_count(image, IMAGE_FRONTS), 2);
        assert_true(text_is(image_string(image, image_front_of_uid(image, uid)->name), "bin"));
        assert_true(text_is(image_string(image, image_front_of_uid(image, 4730)->name), "w"));
        assert_null(image_front_of_uid(image, 4731));
        assert_null(image_front_of_uid(image, 0));
        image_free(image);
        load_fixture_done(&fixture);
}

static void an_account_that_cannot_be_a_front_s_is_an_error(void **state)
{
        expect(CHECK_ACME,
               SETTINGS "fronts = ( { user = \"no-such-account-anywhere\"; },\n"
                        "  { user = \"root\"; },\n"
                        "  { user = \"nobody\"; } );\n",
               "doorward.conf:2: error: there is no account \"no-such-account-anywhere\" on this "
               "machine\n"
               "doorward.conf:3: error: account \"root\" has uid 0, which belongs to no one "
               "program\n"
               "doorward.conf:4: error: account \"nobody\" has uid 65534, which belongs to no one "
               "program\n");
}

static void a_front_is_nobody_else(void **state)
{
        expect(CHECK_ACME "users = ( { name = \"a\"; uid = 1001; }, { name = \"n\"; } );\n"
                          "callers = ( { name = \"c\"; uid = 1002; may = [ \"ask\" ]; } );\n",
               SETTINGS "fronts = ( { name = \"f\"; uid = 1001; },\n"
                        "  { name = \"g\"; uid = 1002; },\n"
                        "  { name = \"h\"; uid = 1003; },\n"
                        "  { name = \"i\"; uid = 1003; } );\n",
               "doorward.conf:2: error: uid 1001 of this front belongs to user \"a\", at "
               "acme.conf:2: a front is nobody else\n"
               "doorward.conf:3: error: uid 1002 of this front belongs to caller \"c\", at "
               "acme.conf:3: a front is nobody else\n"
               "doorward.conf:5: error: uid 1003 of this front belongs to front \"h\", at "
               "doorward.conf:4: a front is nobody else\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_account_becomes_a_uid),
                cmocka_unit_test(an_account_that_cannot_be_a_front_s_is_an_error),
                cmocka_unit_test(a_front_is_nobody_else),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
