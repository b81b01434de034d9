/* SPDX-License-Identifier: MIT */
/*
 * Tests of the engine where small changes to it are easily overlooked: entries narrower than their
 * permission, the nearest of several misses, roles of one ladder from two sources, the groups of
 * the right person, moments before 1970.
 */
#include "check_fixture.h"
#include "decide_fixture.h"
#include "policy/engine.h"
#include "policy/session.h"

static const char CATALOGUE[] =
        "permissions = (\n"
        "  { name = \"door.view\"; scope = \"door\"; },\n"
        "  { name = \"door.unlock\"; scope = \"door\"; },\n"
        "  { name = \"door.enter\"; scope = \"door\"; without_role = [ \"door-access-now\" ]; },\n"
        "  { name = \"list.view\"; scope = \"organization | site\"; },\n"
        "  { name = \"list.reach\"; scope = \"organization | site\"; } );\n"
        "roles = (\n"
        "  { name = \"lister\"; level = \"organization\"; permissions = (\n"
        "      { name = \"list.view\"; scope = \"organization\"; } ); },\n"
        "  { name = \"site-lister\"; level = \"site\"; permissions = (\n"
        "      { name = \"list.view\"; scope = \"site\"; },\n"
        "      { name = \"list.reach\"; } ); },\n"
        "  { name = \"reacher\"; level = \"site\"; permissions = (\n"
        "      { name = \"list.reach\"; reach = \"any-site\"; } ); },\n"
        "  { name = \"caller\"; level = \"site\"; permissions = (\n"
        "      { name = \"door.unlock\"; when = [ \"roll-call-active\" ]; } ); },\n"
        "  { name = \"planner\"; level = \"site\"; permissions = (\n"
        "      { name = \"door.unlock\"; when = [ \"schedule-exists\" ]; } ); },\n"
        "  { name = \"low\"; level = \"site\"; ladder = \"stairs\"; rank = 1; permissions = (\n"
        "      { name = \"door.view\"; } ); },\n"
        "  { name = \"high\"; level = \"site\"; ladder = \"stairs\"; rank = 2; } );\n";

static const char ACME[] =
        "organization = { name = \"acme\"; };\n"
        "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; } ); hosts = ( { name = \"gw\"; } "
        ");\n"
        "            sites = ( { name = \"Tower\"; } ); } );\n"
        "groups = ( { name = \"risen\"; unix_gid = 2001;\n"
        "             roles = ( { role = \"high\"; site = \"HQ\"; } ); },\n"
        "           { name = \"lowly\"; unix_gid = 2002;\n"
        "             roles = ( { role = \"low\"; site = \"HQ\"; } ); } );\n"
        "people = ( { unix_gid = 2001; }, { unix_gid = 2002; } );\n"
        "access_groups = ( { name = \"staff\"; } );\n"
        "schedules = ( { name = \"monday\"; weekly = (\n"
        "  { days = [ \"mon\" ]; from = \"08:00\"; to = \"18:00\"; } ); } );\n"
        "access_levels = (\n"
        "  { name = \"one\"; doors = [ \"HQ/D1\" ]; access_groups = [ \"staff\" ];\n"
        "    schedule = \"monday\"; },\n"
        "  { name = \"two\"; doors = [ \"HQ/D1\" ]; access_groups = [ \"staff\" ];\n"
        "    schedule = \"monday\"; } );\n"
        "users = (\n"
        "  { name = \"lister\"; roles = ( { role = \"lister\"; } ); },\n"
        "  { name = \"both-lister\"; roles = ( { role = \"lister\"; },\n"
        "                                      { role = \"site-lister\"; site = \"HQ\"; } ); },\n"
        "  { name = \"site-lister\"; roles = ( { role = \"site-lister\"; site = \"HQ\"; } ); },\n"
        "  { name = \"reacher\"; roles = ( { role = \"reacher\"; site = \"HQ/Tower\"; } ); },\n"
        "  { name = \"caller-planner\"; roles = ( { role = \"caller\"; site = \"HQ\"; },\n"
        "                                         { role = \"planner\"; site = \"HQ\"; } ); },\n"
        "  { name = \"planner-caller\"; roles = ( { role = \"planner\"; site = \"HQ\"; },\n"
        "                                         { role = \"caller\"; site = \"HQ/Tower\"; },\n"
        "                                         { role = \"caller\"; site = \"HQ\"; } ); },\n"
        "  { name = \"low\"; roles = ( { role = \"low\"; site = \"HQ\"; } ); },\n"
        "  { name = \"plain\"; access_groups = [ \"staff\" ]; } );\n";

static const char SETTINGS[] =
        "host = \"acme/HQ/gw\";\nbreak_glass = [ \"rescue\" ];\n"
        "sessions = ( { services = [ \"su\" ]; role = \"low\"; subject = \"caller\"; },\n"
        "             { services = [ \"sshd\" ]; role = \"low\"; } );\n";

static int setup(void **state)
{
        static DecideFixture fixture;
        load_fixture_init(&fixture.load);
        check_load(&fixture.load, SOURCE_CATALOGUE, "roles.conf", NULL, CATALOGUE);
        check_load(&fixture.load, SOURCE_ORGANIZATION, "acme.conf", "acme", ACME);
        check_load(&fixture.load, SOURCE_SETTINGS, "doorward.conf", NULL, SETTINGS);
        decide_compile(&fixture);
        *state = &fixture;
        return 0;
}

static int teardown(void **state)
{
        decide_fixture_done(*state);
        return 0;
}

static void an_entry_holds_in_its_own_scope_only(void **state)
{
        static const DecideCase CASES[] = {
                { "lister list.view organization:acme", "allow granted-by-role" },
                { "lister list.view site:acme/HQ", "deny not-permitted" },
                { "site-lister list.view site:acme/HQ", "allow granted-by-role" },
                { "site-lister list.view organization:acme", "deny not-permitted" },
                { "both-lister list.view site:acme/HQ/Tower", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void only_an_entry_that_says_so_reaches_the_organization(void **state)
{
        static const DecideCase CASES[] = {
                { "reacher list.reach organization:acme", "allow granted-by-role" },
                { "reacher list.reach site:acme/HQ/Tower", "allow granted-by-role" },
                { "reacher list.reach site:acme/HQ", "deny not-permitted" },
                { "site-lister list.reach site:acme/HQ", "allow granted-by-role" },
                { "site-lister list.reach organization:acme", "deny not-permitted" },
                { "both-lister list.reach organization:acme", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

/* The roll call is looked at after the schedule, so that whoever fails there came further. */
static void the_condition_that_fails_last_is_the_reason(void **state)
{
        static const DecideCase CASES[] = {
                { "caller-planner door.unlock door:acme/HQ/D1 with=roll-call:acme/HQ/R",
                  "deny not-active" },
                { "caller-planner door.unlock door:acme/HQ/D1 with=schedule:acme/monday",
                  "allow granted-by-role" },
        };
        static const char *const NAMES[] = { "caller-planner", "planner-caller" };
        const Image *image = decide_image(state);
        DECIDE_EXPECT_ALL(state, CASES);
        for (size_t i = 0; i < 2; i++) {
                char line[128];
                snprintf(line, sizeof(line), "%s door.unlock door:acme/HQ/D1", NAMES[i]);
                Decision decision = decide_ask(image, line, MONDAY_MORNING, NULL);
                assert_int_equal(decision.outcome, OUTCOME_DENY);
                assert_int_equal(decision.failed_condition, CONDITION_ROLL_CALL_ACTIVE);
                const ImageRole *role = image_role(image, decision.role);
                assert_true(text_is(image_string(image, role->name), "caller"));
        }
}

/* A higher role that a Unix group brings covers the lower one that a person has himself, and the
 * other way round. */
static void the_highest_role_is_found_over_all_sources(void **state)
{
        static const char LOW[] = "low door.view door:acme/HQ/D1",
                          PLAIN[] = "plain door.view door:acme/HQ/D1";
        const Image *image = decide_image(state);
        decide_expect_of(image, LOW, MONDAY_MORNING, NULL, "allow granted-by-role");
        decide_expect_of(image, LOW, MONDAY_MORNING, (uint32_t[]){ 2002, 0 },
                         "allow granted-by-role");
        decide_expect_of(image, LOW, MONDAY_MORNING, (uint32_t[]){ 2001, 0 }, "deny not-permitted");
        decide_expect_of(image, PLAIN, MONDAY_MORNING, (uint32_t[]){ 2002, 0 },
                         "allow granted-by-role");
        decide_expect_of(image, PLAIN, MONDAY_MORNING, (uint32_t[]){ 2001, 2002, 0 },
                         "deny not-permitted");
}

static void the_groups_of_the_person_in_question_count(void **state)
{
        static const uint32_t LOWLY[] = { 2002 };
        const Image *image = decide_image(state);
        for (int of_caller = 0; of_caller < 2; of_caller++)
                for (int su = 0; su < 2; su++) {
                        SessionRequest request = {
                                .service = su ? TEXT_LITERAL("su") : TEXT_LITERAL("sshd"),
                                .user = TEXT_LITERAL("plain"),
                                .caller = TEXT_LITERAL("plain"),
                                .caller_uid = 4711,
                                .minimum_uid = 1000,
                                .caller_groups = of_caller ? LOWLY : NULL,
                                .caller_group_count = of_caller ? 1 : 0,
                                .user_groups = of_caller ? NULL : LOWLY,
                                .user_group_count = of_caller ? 0 : 1,
                        };
                        SessionDecision session = policy_decide_session(
                                image, &(DecisionContext){ .now_s = MONDAY_MORNING }, &request,
                                NULL);
                        assert_int_equal(session.decision.outcome,
                                         su == of_caller ? OUTCOME_ALLOW : OUTCOME_DENY);
                }
}

static void what_is_not_declared_lies_at_a_site_that_is(void **state)
{
        static const DecideCase CASES[] = {
                { "site-lister list.view archive:acme/HQ/V", "allow granted-by-role" },
                { "site-lister list.view archive:acme/HQ/Tower/V", "allow granted-by-role" },
                { "site-lister list.view archive:acme/Nowhere/V", "error unknown-resource" },
                { "site-lister list.view archive:acme/V", "error unknown-resource" },
                { "lister list.view camera:acme/Nowhere/V", "error unknown-resource" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

/* Sunday, 28 December 1969, 09:00: more than half a week before the beginning of time. */
static void weeks_before_1970_have_seven_days_too(void **state)
{
        static const int64_t SUNDAY = -4 * DAY + 9 * HOUR, MONDAY = -3 * DAY + 9 * HOUR;
        const Image *image = decide_image(state);
        uint32_t monday = image_find(image, RESOURCE_SCHEDULE, 0, TEXT_LITERAL("monday"));
        assert_int_equal(decide_schedule_at(image, monday, SUNDAY), SCHEDULE_OFF);
        assert_int_equal(decide_schedule_at(image, monday, MONDAY), SCHEDULE_ON);
        assert_int_equal(decide_schedule_at(image, monday, MONDAY - 7 * DAY), SCHEDULE_ON);
        assert_int_equal(decide_schedule_at(image, monday, SUNDAY - 700 * DAY), SCHEDULE_OFF);
        assert_int_equal(decide_schedule_at(image, monday, MONDAY - 700 * DAY), SCHEDULE_ON);
}

/* The same one whatever the order in which they are looked at. */
static void of_several_levels_the_first_is_named(void **state)
{
        const Image *image = decide_image(state);
        static const char LINE[] = "plain door.enter door:acme/HQ/D1";
        for (int64_t now_s = MONDAY_MORNING; now_s <= MONDAY_MORNING + DAY; now_s += DAY) {
                Decision decision = decide_ask(image, LINE, now_s, NULL);
                assert_int_equal(decision.outcome,
                                 now_s == MONDAY_MORNING ? OUTCOME_ALLOW : OUTCOME_DENY);
                const ImageAccessLevel *level = image_access_level(image, decision.access_level);
                assert_non_null(level);
                assert_true(text_is(image_string(image, level->name), "one"));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_entry_holds_in_its_own_scope_only),
                cmocka_unit_test(only_an_entry_that_says_so_reaches_the_organization),
                cmocka_unit_test(the_condition_that_fails_last_is_the_reason),
                cmocka_unit_test(the_highest_role_is_found_over_all_sources),
                cmocka_unit_test(the_groups_of_the_person_in_question_count),
                cmocka_unit_test(what_is_not_declared_lies_at_a_site_that_is),
                cmocka_unit_test(weeks_before_1970_have_seven_days_too),
                cmocka_unit_test(of_several_levels_the_first_is_named),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
