/* SPDX-License-Identifier: MIT */
/* Tests of doorward.conf. */
#include "load_fixture.h"

static void expect(const char *text, const char *expected)
{
        load_expect(SOURCE_SETTINGS, text, expected);
}

static void all_settings_are_read(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        load_fixture_text(&fixture, SOURCE_SETTINGS, "f",
                          "host = \"acme/HQ/gw-1\"; break_glass = [ \"rescue\" ];\n"
                          "sessions = ( { services = [ \"sshd\", \"login\" ]; role = \"r\"; },\n"
                          " { services = [ \"su\" ]; permission = \"p\"; subject = \"caller\"; },\n"
                          " { services = [ \"cron\" ]; exempt = true; },\n"
                          " { services = [ \"door\" ]; permission = \"p\"; resource = \"door\";\n"
                          "   subject = \"target\"; exempt = false; } );\n"
                          "enforcement = \"observe\"; observe_until = \"1970-01-01T00:00:09Z\";\n"
                          "journal_failure = { sessions = \"deny\"; unlocks = \"allow\"; };\n"
                          "limits = { clients = 1; clients_per_user = 2; requests_in_flight = 3;\n"
                          " requests_per_second = 4; requests_burst = 5; request_seconds = 6; };\n"
                          "retention = { movements = 8; sessions = 9; administration = 10;\n"
                          " alarms = 36500; questions = 0; };\n"
                          "journal = { size_max_mebibytes = 7; };\n"
                          "clock = { ahead_seconds = 60; offline_days = 8; };");
        load_fixture_expect(&fixture, "");
        const ModelHostSettings *settings = &fixture.model->settings;
        assert_true(settings->stated);
        assert_string_equal(settings->host.name, "acme/HQ/gw-1");
        assert_string_equal(settings->break_glass.items[0].name, "rescue");
        assert_int_equal(settings->sessions.count, 4);
        const ModelSessionRule *rules = settings->sessions.items;
        assert_int_equal(rules[0].kind, SESSION_RULE_ROLE);
        assert_string_equal(rules[0].services.items[1].name, "login");
        assert_string_equal(rules[0].role.name, "r");
        assert_false(rules[0].subject_is_caller);
        assert_int_equal(rules[1].kind, SESSION_RULE_PERMISSION);
        assert_true(rules[1].subject_is_caller);
        assert_false(rules[1].at_door);
        assert_int_equal(rules[2].kind, SESSION_RULE_EXEMPT);
        assert_true(rules[3].at_door);
        assert_int_equal(rules[3].place.line, 5);
        assert_true(settings->observe);
        assert_int_equal(settings->observe_until_s, 9);
        assert_int_equal(settings->observe_place.line, 7);
        assert_true(settings->sessions_need_journal);
        assert_false(settings->unlocks_need_journal);
        assert_int_equal(settings->daemon.clients, 1);
        assert_int_equal(settings->daemon.clients_per_user, 2);
        assert_int_equal(settings->daemon.requests_in_flight, 3);
        assert_int_equal(settings->daemon.requests_per_second, 4);
        assert_int_equal(settings->daemon.requests_burst, 5);
        assert_int_equal(settings->daemon.request_seconds, 6);
        assert_int_equal(settings->daemon.journal_mebibytes, 7);
        static const uint32_t days[EVENT_CLASS_COUNT] = { 8, 9, 10, 36500, 0 };
        assert_memory_equal(settings->daemon.retention_days, days, sizeof(days));
        assert_int_equal(settings->daemon.clock_ahead_seconds, 60);
        assert_int_equal(settings->daemon.clock_offline_days, 8);
        load_fixture_done(&fixture);
}

static void a_session_rule_asks_for_exactly_one_thing(void **state)
{
        static const char ONE[] = "f:2: error: a session rule needs exactly one of \"role\", "
                                  "\"permission\" and \"exempt\" = true\n";
        expect("sessions = (\n{ services = [ \"a\" ]; } );", ONE);
        expect("sessions = (\n{ services = [ \"a\" ]; exempt = false; } );", ONE);
        expect("sessions = (\n{ services = [ \"a\" ]; role = \"r\"; permission = \"p\"; } );", ONE);
        expect("sessions = (\n{ services = [ \"a\" ]; role = \"r\"; exempt = true; } );", ONE);
        expect("sessions = ( { role = \"r\"; } );",
               "f:1: error: missing key \"services\" in a session rule\n");
        expect("sessions = ( { services = [ ]; role = \"r\"; } );", "");
        expect("sessions = ( { services = [ \"a\" ]; role = \"r\"; resource = \"door\"; } );",
               "f:1: error: \"resource\" needs a \"permission\"\n");
        expect("sessions = ( { services = [ \"a\" ]; role = \"r\"; subject = \"calle\"; } );",
               "f:1: error: unknown \"calle\" in \"subject\"; did you mean \"caller\"?\n");
}

static void observing_has_an_end(void **state)
{
        expect("\nenforcement = \"observe\";",
               "f:1: error: \"enforcement\" = \"observe\" needs \"observe_until\"\n");
        expect("enforcement = \"enforce\";\nobserve_until = \"2026-01-01T00:00:00Z\";",
               "f:2: warning: \"observe_until\" has no effect without \"enforcement\" = "
               "\"observe\"\n");
        expect("enforcement = \"of\";", "f:1: error: unknown \"of\" in \"enforcement\"; known: "
                                        "enforce, observe\n");
}

static void numbers_have_bounds(void **state)
{
        expect("limits = { clients = 0; };", "f:1: error: \"clients\" must be 1 to 65536\n");
        expect("limits = { clients = 65537; };", "f:1: error: \"clients\" must be 1 to 65536\n");
        expect("limits = { request_seconds = 5000000000L; };",
               "f:1: error: \"request_seconds\" must be 1 to 3600\n");
        expect("limits = {\n client = 5; };",
               "f:2: error: unknown key \"client\" in limits; did you mean \"clients\"?\n");
        expect("journal = { size_max_mebibytes = 0; };",
               "f:1: error: \"size_max_mebibytes\" must be 1 to 16777216\n");
        expect("retention = { movements = 36501; };",
               "f:1: error: \"movements\" must be 0 to 36500\n");
        expect("retention = { movement = 1; };", "f:1: error: unknown key \"movement\" in "
                                                 "retention; did you mean \"movements\"?\n");
        expect("clock = { ahead_seconds = 59; };",
               "f:1: error: \"ahead_seconds\" must be 60 to 2592000\n");
        expect("clock = { ahead_seconds = 2592001; };",
               "f:1: error: \"ahead_seconds\" must be 60 to 2592000\n");
        expect("clock = { offline_days = 0; };",
               "f:1: error: \"offline_days\" must be 1 to 36500\n");
        expect("clock = { offline_days = 36501; };",
               "f:1: error: \"offline_days\" must be 1 to 36500\n");
}

static void other_errors_have_their_lines(void **state)
{
        expect("host = \"gw-1\";", "f:1: error: \"gw-1\" in \"host\" is not the path of a host, "
                                   "such as acme/HQ/gw-1\n");
        expect("journal_failure = { sessions = \"ask\"; };",
               "f:1: error: unknown \"ask\" in \"sessions\"; known: allow, deny\n");
        expect("\n\nsesions = ( );", "f:3: error: unknown key \"sesions\" in doorward.conf; did "
                                     "you mean \"sessions\"?\n");
        expect("", "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_settings_are_read),
                cmocka_unit_test(a_session_rule_asks_for_exactly_one_thing),
                cmocka_unit_test(observing_has_an_end),
                cmocka_unit_test(numbers_have_bounds),
                cmocka_unit_test(other_errors_have_their_lines),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
