/* SPDX-License-Identifier: MIT */
/* Tests of check_callers.c: whose a certificate, a card, a uid and a front's name are. */
#include "check_fixture.h"

#define ONES "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define TWOS "sha256:2222222222222222222222222222222222222222222222222222222222222222"

/* A caller with a certificate, on a line of its own. */
#define CALLER(name, certificate)                                                                  \
        "{ name = \"" name "\"; certificate = \"" certificate "\"; may = [ \"ask\" ]; }"

static void expect(const char *organization, const char *expected)
{
        check_expect(&(CheckPolicy){ .catalogue = CHECK_CATALOGUE,
                                     .organization = organization,
                                     .settings =
                                             "break_glass = [ \"b\" ]; fronts = ( { name = \"f\"; "
                                             "uid = 900; } );" },
                     expected);
}

static void a_certificate_is_one_caller_s_in_an_organization(void **state)
{
        expect(CHECK_ACME "callers = ( " CALLER("a", TWOS) ",\n" CALLER("b", ONES) ",\n" CALLER(
                       "c", TWOS) ",\n" CALLER("d", TWOS) " );\n",
               "acme.conf:4: error: this certificate belongs to caller \"a\" already, at "
               "acme.conf:2\n"
               "acme.conf:5: error: this certificate belongs to caller \"a\" already, at "
               "acme.conf:2\n");
        expect(CHECK_ACME "callers = ( " CALLER("a", ONES) ",\n" CALLER("b", TWOS) " );\n", "");
}

static void one_may_be_a_caller_in_several_organizations(void **state)
{
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME "callers = ( " CALLER(
                        "a", ONES) ",\n"
                                   "  { name = \"b\"; uid = 500; may = [ \"ask\" ]; } );\n",
                .other =
                        "organization = { name = \"beta\"; };\n"
                        "callers = ( " CALLER(
                                "z", ONES) ",\n"
                                           "  { name = \"y\"; uid = 500; may = [ \"ask\" ]; },\n"
                                           "  { name = \"x\"; uid = 500; may = [ \"ask\" ]; } );\n",
                .settings = "break_glass = [ \"b\" ]; fronts = ( { name = \"f\"; uid = 900; } );",
        };
        check_expect(&policy, "beta.conf:4: error: uid 500 belongs to caller \"y\" already, at "
                              "beta.conf:3\n");
}

static void a_uid_is_a_person_s_or_a_caller_s(void **state)
{
        expect(CHECK_ACME
               "users = ( { name = \"a\"; uid = 500; }, { name = \"b\"; uid = 502; } );\n"
               "callers = ( { name = \"c\"; uid = 501; may = [ \"ask\" ]; },\n"
               "  { name = \"d\"; uid = 502; may = [ \"ask\" ]; },\n"
               "  { name = \"e\"; uid = 503; may = [ \"ask\" ]; } );\n",
               "acme.conf:4: error: uid 502 belongs to user \"b\" already, at acme.conf:2\n");
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME "users = ( { name = \"a\"; uid = 500; } );\n",
                .other = "organization = { name = \"beta\"; };\n"
                         "callers = ( { name = \"c\"; uid = 500; may = [ \"ask\" ]; } );\n",
        };
        check_expect(&policy, "beta.conf:2: error: uid 500 belongs to user \"a\" already, at "
                              "acme.conf:2\n");
}

static void a_certificate_needs_a_front(void **state)
{
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME
                "callers = ( { name = \"a\"; uid = 500; may = [ \"ask\" ]; },\n" CALLER(
                        "b", ONES) ",\n" CALLER("c", TWOS) " );\n",
                .settings = "break_glass = [ \"b\" ];",
        };
        const char *warning = "acme.conf:3: warning: caller \"b\" comes by a certificate, which "
                              "no front states: \"fronts\" in doorward.conf lists none\n";
        check_expect(&policy, warning);
        policy.settings = NULL;
        check_expect(&policy, warning);
}

static void a_card_is_one_person_s_in_an_organization(void **state)
{
        expect(CHECK_ACME "users = ( { name = \"a\"; cards = [ \"20\", \"3\" ]; },\n"
                          "  { name = \"b\"; cards = [ \"4\",\n"
                          "    \"20\" ]; },\n"
                          "  { name = \"c\"; cards = [ \"3\", \"5\",\n"
                          "    \"5\" ]; } );\n",
               "acme.conf:4: error: card 20 belongs to user \"a\" already, at acme.conf:2\n"
               "acme.conf:5: error: card 3 belongs to user \"a\" already, at acme.conf:2\n"
               "acme.conf:6: error: card 5 belongs to user \"c\" already, at acme.conf:5\n");
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME "users = ( { name = \"a\"; cards = [ \"20\" ]; } );\n",
                .other = "organization = { name = \"beta\"; };\n"
                         "users = ( { name = \"b\"; cards = [ \"20\" ]; } );\n",
        };
        check_expect(&policy, "");
}

static void fronts_have_names_of_their_own_and_are_few(void **state)
{
        char text[2048] = "break_glass = [ \"b\" ];\nfronts = ( { name = \"a\"; uid = 1; },\n";
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME,
                .settings = text,
        };
        for (unsigned i = 2; i <= 17; i++)
                (void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
                               "  { name = \"%c\"; uid = %u; }%s\n", i == 3 ? 'a' : 'a' + (char)i,
                               i, i < 17 ? "," : " );");
        check_expect(&policy, "doorward.conf:4: error: duplicate front \"a\": it already stands at "
                              "doorward.conf:2\n"
                              "doorward.conf:18: error: there are more than 16 fronts\n");
        char *last = strstr(text, ",\n  { name = \"r\"");
        assert_non_null(last);
        (void)snprintf(last, 8, " );\n");
        check_expect(&policy, "doorward.conf:4: error: duplicate front \"a\": it already stands at "
                              "doorward.conf:2\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_certificate_is_one_caller_s_in_an_organization),
                cmocka_unit_test(one_may_be_a_caller_in_several_organizations),
                cmocka_unit_test(a_uid_is_a_person_s_or_a_caller_s),
                cmocka_unit_test(a_certificate_needs_a_front),
                cmocka_unit_test(a_card_is_one_person_s_in_an_organization),
                cmocka_unit_test(fronts_have_names_of_their_own_and_are_few),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
