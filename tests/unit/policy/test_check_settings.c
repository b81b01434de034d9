/* SPDX-License-Identifier: MIT */
/* Tests of check_settings.c: the host, its session rules, observing, break-glass accounts. */
#include "check_fixture.h"

#define HEAD "host = \"acme/HQ/gw\"; break_glass = [ \"rescue\" ];\n"

static void settings_expect(const char *settings, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .organization = CHECK_SITES,
                               .settings = settings };
        check_expect(&policy, expected);
}

static void sound_settings_are_silent(void **state)
{
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_SITES,
                .settings = HEAD "sessions = ( { services = [ \"sshd\" ]; role = \"viewer\"; },\n"
                                 "  { services = [ \"sudo\", \"su\" ]; permission = "
                                 "\"site.view\"; subject = \"caller\"; },\n"
                                 "  { services = [ \"cron\" ]; exempt = true; },\n"
                                 "  { services = [ \"door\" ]; permission = \"door.unlock\";\n"
                                 "    resource = \"door\"; } );\n"
                                 "enforcement = \"observe\";\n"
                                 "observe_until = \"2026-07-03T10:00:00Z\";\n",
        };
        LoadFixture fixture;
        check_run(&fixture, &policy);
        load_fixture_expect(&fixture, "");
        const ModelHostSettings *settings = &fixture.model->settings;
        assert_int_equal(settings->host_organization, 0);
        assert_int_equal(settings->host.index, 0);
        assert_int_equal(settings->sessions.items[0].role.index, 1);
        assert_int_equal(settings->sessions.items[1].permission.index, 2);
        load_fixture_done(&fixture);
}

static void the_host_is_declared(void **state)
{
        settings_expect("break_glass = [ \"r\" ];\nhost = \"acme/HQ/gv\";\n",
                        "doorward.conf:2: error: there is no host \"HQ/gv\"; did you mean "
                        "\"HQ/gw\"?\n");
        settings_expect("break_glass = [ \"r\" ];\nhost = \"beta/HQ/gw\";\n",
                        "doorward.conf:2: error: there is no organization \"beta\"\n");
}

static void a_rule_that_asks_at_the_host_needs_one(void **state)
{
        settings_expect("break_glass = [ \"r\" ]; sessions = (\n"
                        "  { services = [ \"sshd\" ]; role = \"viewer\"; },\n"
                        "  { services = [ \"cron\" ]; exempt = true; },\n"
                        "  { services = [ \"door\" ]; permission = \"door.unlock\"; resource = "
                        "\"door\"; } );\n",
                        "doorward.conf:2: error: this rule asks at the host, and \"host\" does not "
                        "say which one this is\n");
}

static void a_service_has_one_rule(void **state)
{
        settings_expect(HEAD "sessions = (\n"
                             "  { services = [ \"sshd\",\n"
                             "      \"login\" ]; role = \"viewer\"; },\n"
                             "  { services = [ \"cron\", \"login\" ]; exempt = true; } );\n",
                        "doorward.conf:5: error: duplicate service \"login\": it already stands at "
                        "doorward.conf:4\n");
}

static void the_bottom_of_a_ladder_lets_nobody_in(void **state)
{
        settings_expect(
                HEAD "sessions = (\n"
                     "  { services = [ \"sshd\" ]; role = \"none\"; } );\n",
                "doorward.conf:3: error: role \"none\" is the bottom of its ladder: it must "
                "not let anybody in\n");
}

static void a_rule_for_no_service_is_pointed_out(void **state)
{
        settings_expect(HEAD "sessions = (\n"
                             "  { services = [ ]; role = \"viewer\"; } );\n",
                        "doorward.conf:3: warning: this rule names no service: it has no effect\n");
}

static void a_rule_asks_for_what_can_be_held_or_asked_there(void **state)
{
        settings_expect(HEAD "sessions = (\n"
                             "  { services = [ \"a\" ]; role = \"owner\"; },\n"
                             "  { services = [ \"b\" ]; role = \"viewr\"; },\n"
                             "  { services = [ \"c\" ]; permission = \"door.view\"; },\n"
                             "  { services = [ \"d\" ]; permission = \"settings\"; },\n"
                             "  { services = [ \"e\" ]; permission = \"site.view\"; resource = "
                             "\"door\"; },\n"
                             "  { services = [ \"f\" ]; permission = \"sit.view\"; } );\n",
                        "doorward.conf:3: error: role \"owner\" is not of level site: nobody can "
                        "hold it at a host\n"
                        "doorward.conf:4: error: there is no role \"viewr\"; did you mean "
                        "\"viewer\"?\n"
                        "doorward.conf:5: error: permission \"door.view\" cannot be asked at a "
                        "host\n"
                        "doorward.conf:6: error: permission \"settings\" cannot be asked at a "
                        "host\n"
                        "doorward.conf:7: error: permission \"site.view\" is not of scope door\n"
                        "doorward.conf:8: error: there is no permission \"sit.view\"; did you mean "
                        "\"site.view\"?\n");
}

static void a_service_that_changes_the_user_is_asked_about_the_caller(void **state)
{
        settings_expect(HEAD "sessions = (\n"
                             "  { services = [ \"sudo\" ]; role = \"viewer\"; },\n"
                             "  { services = [ \"su-l\" ]; exempt = true; },\n"
                             "  { services = [ \"su\" ]; role = \"viewer\"; subject = \"target\"; "
                             "} );\n",
                        "doorward.conf:3: warning: service \"sudo\" without subject = \"caller\": "
                        "the rule asks about the user one becomes\n"
                        "doorward.conf:5: warning: service \"su\" without subject = \"caller\": "
                        "the rule asks about the user one becomes\n");
}

static void observing_ends_within_thirty_days(void **state)
{
        settings_expect(HEAD "enforcement = \"observe\";\n"
                             "observe_until = \"2026-07-03T10:00:01Z\";\n",
                        "doorward.conf:3: error: \"observe_until\" is more than 30 days ahead\n");
        settings_expect(HEAD "enforcement = \"observe\";\n"
                             "observe_until = \"2026-06-03T10:00:00Z\";\n",
                        "doorward.conf:3: warning: \"observe_until\" has passed: sessions are "
                        "enforced\n");
}

static void a_host_without_break_glass_is_pointed_out(void **state)
{
        settings_expect("host = \"acme/HQ/gw\";\n",
                        "doorward.conf:1: warning: no \"break_glass\" account: a policy that lets "
                        "nobody in cannot be mended by logging in\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sound_settings_are_silent),
                cmocka_unit_test(the_host_is_declared),
                cmocka_unit_test(a_rule_that_asks_at_the_host_needs_one),
                cmocka_unit_test(a_service_has_one_rule),
                cmocka_unit_test(the_bottom_of_a_ladder_lets_nobody_in),
                cmocka_unit_test(a_rule_for_no_service_is_pointed_out),
                cmocka_unit_test(a_rule_asks_for_what_can_be_held_or_asked_there),
                cmocka_unit_test(a_service_that_changes_the_user_is_asked_about_the_caller),
                cmocka_unit_test(observing_ends_within_thirty_days),
                cmocka_unit_test(a_host_without_break_glass_is_pointed_out),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
