/* SPDX-License-Identifier: MIT */
/* Tests of the engine: subjects, places, ladders, intervals, gates, people of Unix groups. */
#include "decide_fixture.h"

static void names_are_looked_up_before_anything_is_decided(void **state)
{
        static const DecideCase CASES[] = {
                { "viewer door.view door:acme/HQ/D9", "error unknown-resource" },
                { "viewer door.view door:nowhere/HQ/D1", "error unknown-resource" },
                { "viewer door.view door:acme/D1", "error unknown-resource" },
                { "viewer door.vieww door:acme/HQ/D1", "error unknown-permission" },
                { "viewer door.vieww door:acme/HQ/D9", "error unknown-resource" },
                { "stranger door.vieww door:acme/HQ/D1", "error unknown-permission" },
                { "stranger door.view site:acme/HQ", "error unknown-resource" },
                { "stranger door.view door:acme/HQ/D1", "deny unknown-subject" },
                { "Viewer door.view door:acme/HQ/D1", "deny unknown-subject" },
                { "viewer door.view archive:acme/Nowhere/V1", "error unknown-resource" },
                { "viewer door.view schedule:acme/day", "error unknown-resource" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_site_role_holds_at_its_site_and_below_only(void **state)
{
        static const DecideCase CASES[] = {
                { "viewer door.view door:acme/HQ/D1", "allow granted-by-role" },
                { "viewer door.view door:acme/HQ/Tower/D3", "allow granted-by-role" },
                { "viewer door.view door:acme/HQ/Tower/Lab/D4", "allow granted-by-role" },
                { "viewer door.view door:acme/HQ2/D1", "deny not-permitted" },
                { "admin site.configure site:acme/HQ/Tower", "allow granted-by-role" },
                { "admin site.configure site:acme/HQ/Tower/Lab", "allow granted-by-role" },
                { "admin site.configure site:acme/HQ", "deny not-permitted" },
                { "admin site.configure site:acme/HQ2", "deny not-permitted" },
                { "admin site.configure door:acme/HQ/Tower/D3", "allow granted-by-role" },
                { "admin site.configure host:acme/HQ/gw-1", "deny not-permitted" },
                { "admin site.configure archive:acme/HQ/Tower/V1", "allow granted-by-role" },
                { "admin site.configure camera:acme/HQ/V1", "deny not-permitted" },
                { "system site.configure roll-call-template:acme/evacuation",
                  "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void organizations_are_worlds_of_their_own(void **state)
{
        static const DecideCase CASES[] = {
                { "manager door.unlock door:acme/HQ/D1", "allow granted-by-role" },
                { "manager door.unlock door:beta/HQ/D1", "deny not-permitted" },
                { "nobody door.unlock door:beta/HQ/D1", "allow granted-by-role" },
                { "nobody door.unlock door:acme/HQ/D1", "deny not-permitted" },
                { "system site.configure site:beta/HQ", "deny unknown-subject" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_role_gives_a_permission_in_the_scope_of_its_entry(void **state)
{
        static const DecideCase CASES[] = {
                { "manager level.create site:acme/HQ", "allow granted-by-role" },
                { "manager level.create organization:acme", "deny not-permitted" },
                { "system level.create organization:acme", "allow granted-by-role" },
                { "system level.create site:acme/HQ2", "allow granted-by-role" },
                { "system settings.change organization:acme", "allow granted-by-role" },
                { "system settings.change site:acme/HQ", "error unknown-resource" },
                { "manager settings.change organization:acme", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_role_with_reach_gives_to_the_organization_from_any_site(void **state)
{
        static const DecideCase CASES[] = {
                { "admin support.enable organization:acme", "allow granted-by-role" },
                { "system support.enable organization:acme", "allow granted-by-role" },
                { "manager support.enable organization:acme", "deny not-permitted" },
                { "admin settings.change organization:acme", "deny not-permitted" },
                { "admin support.enable organization:beta", "deny unknown-subject" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void an_implied_role_holds_at_every_site(void **state)
{
        static const DecideCase CASES[] = {
                { "system site.configure site:acme/HQ", "allow granted-by-role" },
                { "system site.configure site:acme/Dark/Cellar", "allow granted-by-role" },
                { "system door.unlock door:acme/HQ/Tower/Lab/D4", "allow granted-by-role" },
                { "people site.configure site:acme/HQ", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        Decision decision = decide_ask(decide_image(state), "system site.configure site:acme/HQ",
                                       MONDAY_MORNING, NULL);
        const ImageRole *role = image_role(decide_image(state), decision.role);
        assert_true(text_is(image_string(decide_image(state), role->name), "admin"));
        const ImageGrant *grant = image_grant(decide_image(state), decision.grant);
        assert_int_not_equal(grant->role, decision.role);
        assert_int_equal(decision.place.line, grant->place.line);
}

static void the_highest_role_counts_and_nothing_lower_takes_away(void **state)
{
        static const DecideCase CASES[] = {
                { "low door.unlock door:acme/HQ/Tower/D3", "allow granted-by-role" },
                { "low door.unlock door:acme/HQ/D1", "deny not-permitted" },
                { "raised site.configure site:acme/HQ", "allow granted-by-role" },
                { "guard door.view door:acme/HQ/D1", "allow granted-by-role" },
                { "guard door.unlock door:acme/HQ/D1", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_grant_holds_from_its_start_and_not_at_its_end(void **state)
{
        static const char LINE[] = "timed door.unlock door:acme/HQ/D1";
        static const int64_t START = 1780272000, END = 1780358400;
        const Image *image = decide_image(state);
        decide_expect_of(image, LINE, START - 1, NULL, "deny not-permitted");
        decide_expect_of(image, LINE, START, NULL, "allow granted-by-role");
        decide_expect_of(image, LINE, END - 1, NULL, "allow granted-by-role");
        decide_expect_of(image, LINE, END, NULL, "deny not-permitted");
        decide_expect_of(image, LINE, INT64_MIN, NULL, "deny not-permitted");
        decide_expect_of(image, LINE, INT64_MAX, NULL, "deny not-permitted");
        /* What has ended uncovers the lower role, as if it had never been. */
        decide_expect_of(image, "raised door.unlock door:acme/HQ/D1", END, NULL,
                         "deny no-door-access");
        decide_expect_of(image, "raised door.view door:acme/HQ/D1", END, NULL,
                         "allow granted-by-role");
        decide_expect_of(image, "raised site.configure site:acme/HQ", END, NULL,
                         "deny not-permitted");
}

static void a_role_that_requires_another_has_no_effect_alone(void **state)
{
        static const DecideCase CASES[] = {
                { "legacy flags.use site:acme/HQ/Tower", "allow granted-by-role" },
                { "legacy flags.use site:acme/HQ2", "deny not-permitted" },
                { "flag flags.use site:acme/HQ", "deny not-permitted" },
                { "both user.migrate user:acme/legacy", "allow granted-by-role" },
                { "system user.migrate user:acme/legacy", "deny not-permitted" },
                { "people user.migrate user:acme/legacy", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void gates_beat_every_role(void **state)
{
        static const DecideCase CASES[] = {
                { "manager door.unlock door:acme/HQ/D2", "deny remote-unlock-disabled" },
                { "system door.unlock door:acme/HQ/D2", "deny remote-unlock-disabled" },
                { "dark door.unlock door:acme/Dark/Cellar/D6", "deny remote-unlock-disabled" },
                { "switched door.unlock door:acme/HQ/D1", "deny remote-unlock-disabled" },
                { "suspended door.unlock door:acme/HQ/D1", "deny suspended" },
                { "suspended door.unlock door:acme/HQ/D2", "deny suspended" },
                /* Nothing but doors is shut to them, and who has no role learns of no gate. */
                { "suspended level.create site:acme/HQ", "allow granted-by-role" },
                { "switched level.create site:acme/HQ", "allow granted-by-role" },
                { "nobody door.unlock door:acme/HQ/D2", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_denial_by_a_gate_names_gate_role_and_line(void **state)
{
        const Image *image = decide_image(state);
        Decision decision =
                decide_ask(image, "suspended door.unlock door:acme/HQ/D1", MONDAY_MORNING, NULL);
        assert_int_equal(decision.failed_gate, GATE_ACCESS_IN_FORCE);
        assert_int_equal(decision.failed_condition, 0);
        const ImageRole *role = image_role(image, decision.role);
        assert_true(text_is(image_string(image, role->name), "manager"));
        assert_int_equal(decision.place.line, image_user(image, decision.user)->access_place.line);
}

static void who_is_no_member_has_no_role_but_may_have_a_badge(void **state)
{
        static const DecideCase CASES[] = {
                { "badge door.view door:acme/HQ/D1", "deny not-a-member" },
                { "badge door.unlock door:acme/HQ/D1", "deny not-a-member" },
                { "badge door.enter door:acme/HQ/D1", "allow door-access" },
                { "badge door.enter door:acme/HQ2/D1", "deny no-door-access" },
                { "manager door.enter door:acme/HQ/D1", "deny no-door-access" },
                { "suspended door.enter door:acme/HQ/D1", "deny suspended" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void unix_groups_make_people_known_and_members(void **state)
{
        static const char VIEW[] = "stranger door.view door:acme/HQ/D1";
        static const char ENTER[] = "stranger door.enter door:acme/HQ/D1";
        const Image *image = decide_image(state);
        decide_expect_of(image, VIEW, MONDAY_MORNING, NULL, "deny unknown-subject");
        decide_expect_of(image, VIEW, MONDAY_MORNING, (uint32_t[]){ 1, 5, 0 },
                         "deny unknown-subject");
        decide_expect_of(image, VIEW, MONDAY_MORNING, (uint32_t[]){ 2001, 0 }, "deny not-a-member");
        decide_expect_of(image, VIEW, MONDAY_MORNING, (uint32_t[]){ 2003, 0 },
                         "deny not-permitted");
        decide_expect_of(image, VIEW, MONDAY_MORNING, (uint32_t[]){ 7, 2001, 2003, 9999, 0 },
                         "allow granted-by-role");
        decide_expect_of(image, ENTER, MONDAY_MORNING, (uint32_t[]){ 2001, 0 },
                         "deny no-door-access");
        decide_expect_of(image, ENTER, MONDAY_MORNING, (uint32_t[]){ 2003, 0 },
                         "allow door-access");
        decide_expect_of(image, "stranger door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 2003, 0 }, "allow granted-by-role");
        decide_expect_of(image, "stranger door.unlock door:acme/HQ/D1", MONDAY_MORNING - 12 * HOUR,
                         (uint32_t[]){ 2001, 2003, 0 }, "deny not-permitted-at-this-time");
        decide_expect_of(image, "stranger door.view door:beta/HQ/D1", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 2003, 0 }, "deny unknown-subject");
}

static void unix_groups_add_to_a_listed_user_and_never_take(void **state)
{
        const Image *image = decide_image(state);
        decide_expect_of(image, "nobody door.view door:acme/HQ/D1", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 0 }, "allow granted-by-role");
        /* The highest role is that of all runs together, in whichever order they come. */
        decide_expect_of(image, "viewer door.unlock door:acme/HQ/Tower/D3",
                         MONDAY_MORNING - 12 * HOUR, (uint32_t[]){ 2001, 2002, 0 },
                         "allow granted-by-role");
        decide_expect_of(image, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 0 }, "allow granted-by-role");
        decide_expect_of(image, "nobody site.configure site:acme/HQ2", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 2004, 0 }, "allow granted-by-role");
        decide_expect_of(image, "nobody support.enable organization:acme", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 2004, 0 }, "allow granted-by-role");
        /* What his own entry says stands. */
        decide_expect_of(image, "suspended door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 2003, 0 }, "deny suspended");
        decide_expect_of(image, "late door.enter door:acme/HQ/D1", MONDAY_MORNING,
                         (uint32_t[]){ 2003, 0 }, "deny expired");
        decide_expect_of(image, "badge door.view door:acme/HQ/D1", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 2003, 0 }, "deny not-a-member");
}

static void a_role_is_reached_by_itself_and_by_any_higher_one(void **state)
{
        static const struct {
                const char *user, *role, *where;
                Outcome outcome;
                Reason reason;
        } CASES[] = {
                { "manager", "manager", "host:acme/HQ/gw-1", OUTCOME_ALLOW,
                  REASON_GRANTED_BY_ROLE },
                { "manager", "viewer", "host:acme/HQ/gw-1", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "manager", "admin", "host:acme/HQ/gw-1", OUTCOME_DENY, REASON_NOT_PERMITTED },
                { "manager", "guard", "host:acme/HQ/gw-1", OUTCOME_DENY, REASON_NOT_PERMITTED },
                { "guard", "guard", "host:acme/HQ/gw-1", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "guard", "viewer", "host:acme/HQ/gw-1", OUTCOME_DENY, REASON_NOT_PERMITTED },
                { "admin", "viewer", "host:acme/HQ/gw-1", OUTCOME_DENY, REASON_NOT_PERMITTED },
                { "admin", "viewer", "site:acme/HQ/Tower", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "system", "manager", "host:acme/HQ/gw-1", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "suspended", "viewer", "host:acme/HQ/gw-1", OUTCOME_DENY, REASON_SUSPENDED },
                { "badge", "viewer", "host:acme/HQ/gw-1", OUTCOME_DENY, REASON_NOT_A_MEMBER },
                { "manager", "nothing", "host:acme/HQ/gw-1", OUTCOME_ERROR, REASON_CORRUPT_IMAGE },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                Decision decision = decide_ask_role(decide_image(state), CASES[i].user,
                                                    CASES[i].role, CASES[i].where);
                assert_int_equal(decision.outcome, CASES[i].outcome);
                assert_int_equal(decision.reason, CASES[i].reason);
        }
}

static void a_subject_of_another_organization_is_unknown(void **state)
{
        const Image *image = decide_image(state);
        DecisionContext context = { .now_s = MONDAY_MORNING };
        Subject subject = { .organization = image_find_organization(image, TEXT_LITERAL("beta")) };
        Target target = { RESOURCE_ORGANIZATION, 0, 0, IMAGE_NONE, 0, SCOPE_ORGANIZATION };
        uint32_t permission = image_find_permission(image, TEXT_LITERAL("settings.change"));
        subject.member = true;
        Decision decision =
                policy_decide_found(image, &context, &subject, permission, &target, NULL, NULL);
        assert_int_equal(decision.outcome, OUTCOME_DENY);
        assert_int_equal(decision.reason, REASON_UNKNOWN_SUBJECT);
        subject.organization = 0;
        subject.user = IMAGE_NONE;
        decision = policy_decide_found(image, &context, &subject, permission, &target, NULL, NULL);
        assert_int_equal(decision.reason, REASON_UNKNOWN_SUBJECT);
        decision = policy_decide_found(image, &context, &subject, 999, &target, NULL, NULL);
        assert_int_equal(decision.outcome, OUTCOME_ERROR);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_are_looked_up_before_anything_is_decided),
                cmocka_unit_test(a_site_role_holds_at_its_site_and_below_only),
                cmocka_unit_test(organizations_are_worlds_of_their_own),
                cmocka_unit_test(a_role_gives_a_permission_in_the_scope_of_its_entry),
                cmocka_unit_test(a_role_with_reach_gives_to_the_organization_from_any_site),
                cmocka_unit_test(an_implied_role_holds_at_every_site),
                cmocka_unit_test(the_highest_role_counts_and_nothing_lower_takes_away),
                cmocka_unit_test(a_grant_holds_from_its_start_and_not_at_its_end),
                cmocka_unit_test(a_role_that_requires_another_has_no_effect_alone),
                cmocka_unit_test(gates_beat_every_role),
                cmocka_unit_test(a_denial_by_a_gate_names_gate_role_and_line),
                cmocka_unit_test(who_is_no_member_has_no_role_but_may_have_a_badge),
                cmocka_unit_test(unix_groups_make_people_known_and_members),
                cmocka_unit_test(unix_groups_add_to_a_listed_user_and_never_take),
                cmocka_unit_test(a_role_is_reached_by_itself_and_by_any_higher_one),
                cmocka_unit_test(a_subject_of_another_organization_is_unknown),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
