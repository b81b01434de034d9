/* SPDX-License-Identifier: MIT */
/* Tests of conditions.c and access.c: each condition, and why it fails. */
#include "decide_fixture.h"
#include "policy/engine.h"

static void door_access_says_what_is_missing(void **state)
{
        static const DecideCase CASES[] = {
                { "viewer door.unlock door:acme/HQ/D1", "allow granted-by-role" },
                { "viewer door.unlock door:acme/HQ/Tower/Lab/D4", "deny no-door-access" },
                { "lonely door.unlock door:acme/HQ/D1", "deny no-door-access" },
                { "nightly door.unlock door:acme/HQ/D1", "deny not-permitted-at-this-time" },
                { "nightly door.unlock door:acme/HQ/Tower/Lab/D4", "allow granted-by-role" },
                { "early door.unlock door:acme/HQ/D1", "deny not-yet-active" },
                { "late door.unlock door:acme/HQ/D1", "deny expired" },
                { "late door.unlock door:acme/HQ/Tower/Lab/D4", "deny expired" },
                { "unfit door.enter door:acme/HQ/D1", "deny suspended" },
                { "nobody door.enter door:acme/HQ/D1", "deny no-door-access" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void dates_of_access_contain_their_start_and_not_their_end(void **state)
{
        static const int64_t START = 1782864000 /* 2026-07-01 */, END = 1777593600 /* 2026-05-01 */;
        const Image *image = decide_image(state);
        decide_expect_of(image, "early door.enter door:acme/HQ/D1", START - 1, NULL,
                         "deny not-yet-active");
        decide_expect_of(image, "early door.enter door:acme/HQ/D1", START, NULL,
                         "deny not-permitted-at-this-time");
        decide_expect_of(image, "early door.enter door:acme/HQ/D1", START + 8 * HOUR, NULL,
                         "allow door-access");
        decide_expect_of(image, "late door.enter door:acme/HQ/D1", END, NULL, "deny expired");
        decide_expect_of(image, "late door.enter door:acme/HQ/D1", END - 12 * HOUR, NULL,
                         "allow door-access");
}

static void a_target_kept_by_a_directory_is_not_edited_here(void **state)
{
        static const DecideCase CASES[] = {
                { "people user.edit user:acme/nobody", "allow granted-by-role" },
                { "people user.edit user:acme/kept", "deny synced" },
                { "people user.edit organization:acme", "allow granted-by-role" },
                { "people user.edit organization:acme with=user:acme/kept", "deny synced" },
                { "people user.edit organization:acme with=user:acme/ghost",
                  "deny no-such-object" },
                { "people user.edit user:acme/ghost", "error unknown-resource" },
                { "people group.edit group:acme/viewers", "error unknown-resource" },
                { "people group.edit organization:acme with=group:acme/viewers",
                  "allow granted-by-role" },
                { "people group.edit organization:acme with=group:acme/kept", "deny synced" },
                { "people group.edit access-group:acme/staff", "allow granted-by-role" },
                { "people group.edit access-group:acme/night", "deny synced" },
                { "people group.edit access-group:acme/staff with=user:acme/kept",
                  "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void nobody_acts_on_himself_or_on_a_group_of_his(void **state)
{
        static const DecideCase CASES[] = {
                { "admin role.grant site:acme/HQ/Tower with=user:acme/nobody",
                  "allow granted-by-role" },
                { "admin role.grant site:acme/HQ/Tower with=user:acme/admin", "deny self-grant" },
                { "admin role.grant site:acme/HQ/Tower", "deny no-such-object" },
                { "admin role.grant site:acme/HQ/Tower with=user:acme/ghost",
                  "deny no-such-object" },
                { "admin role.grant site:acme/HQ/Tower with=schedule:acme/day",
                  "deny no-such-object" },
                { "admin role.grant site:acme/HQ/Tower with=schedule:acme/day "
                  "with=user:acme/nobody",
                  "allow granted-by-role" },
                { "both role.grant site:acme/HQ with=group:acme/viewers", "deny self-grant" },
                { "both role.grant site:acme/HQ with=group:acme/managers",
                  "allow granted-by-role" },
                /* The first one counts. */
                { "both role.grant site:acme/HQ with=user:acme/both with=user:acme/nobody",
                  "deny self-grant" },
                { "both role.grant site:acme/HQ with=user:acme/nobody with=user:acme/both",
                  "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        const Image *image = decide_image(state);
        decide_expect_of(image, "system role.grant site:acme/HQ with=group:acme/mapped",
                         MONDAY_MORNING, NULL, "allow granted-by-role");
        decide_expect_of(image, "system role.grant site:acme/HQ with=group:acme/mapped",
                         MONDAY_MORNING, (uint32_t[]){ 2001, 0 }, "deny self-grant");
        decide_expect_of(image, "system role.grant site:acme/HQ with=access-group:acme/staff",
                         MONDAY_MORNING, (uint32_t[]){ 2003, 0 }, "deny self-grant");
}

static void an_object_that_is_needed_must_be_declared(void **state)
{
        static const DecideCase CASES[] = {
                { "manager schedule.apply door:acme/HQ/D1 with=schedule:acme/day",
                  "allow granted-by-role" },
                { "manager schedule.apply door:acme/HQ/D1", "deny no-such-object" },
                { "manager schedule.apply door:acme/HQ/D1 with=schedule:acme/ghost",
                  "deny no-such-object" },
                { "manager schedule.apply door:acme/HQ/D1 with=door-exception:acme/holiday",
                  "deny no-such-object" },
                { "manager exception.apply door:acme/HQ/D1 with=door-exception:acme/holiday",
                  "allow granted-by-role" },
                { "manager exception.apply door:acme/HQ/D1 with=schedule:acme/day",
                  "deny no-such-object" },
                { "viewer roll-call.run site:acme/HQ with=roll-call-template:acme/evacuation",
                  "allow granted-by-role" },
                { "viewer roll-call.run site:acme/HQ with=floorplan:acme/evacuation",
                  "deny no-such-object" },
                /* What no condition needs is not looked at. */
                { "viewer door.view door:acme/HQ/D1 with=schedule:acme/ghost",
                  "allow granted-by-role" },
                { "nobody schedule.apply door:acme/HQ/D1", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_roll_call_is_of_the_place_and_stated_to_be_active(void **state)
{
        static const DecideCase CASES[] = {
                { "viewer roll-call.mark site:acme/HQ with=roll-call:acme/HQ/R active=true",
                  "allow granted-by-role" },
                { "viewer roll-call.mark site:acme/HQ with=roll-call:acme/HQ/Tower/R active=true",
                  "allow granted-by-role" },
                { "viewer roll-call.mark site:acme/HQ/Tower with=roll-call:acme/HQ/R active=true",
                  "deny no-such-object" },
                { "viewer roll-call.mark site:acme/HQ with=roll-call:acme/HQ2/R active=true",
                  "deny no-such-object" },
                { "viewer roll-call.mark site:acme/HQ with=roll-call:acme/ghost/R active=true",
                  "deny no-such-object" },
                { "viewer roll-call.mark site:acme/HQ with=roll-call:acme/R active=true",
                  "deny no-such-object" },
                { "viewer roll-call.mark site:acme/HQ active=true", "deny no-such-object" },
                { "viewer roll-call.mark site:acme/HQ with=roll-call:acme/HQ/R",
                  "deny not-active" },
                { "viewer roll-call.mark site:acme/HQ with=roll-call:acme/HQ/R active=false",
                  "deny not-active" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_floorplan_shows_a_door_of_the_place(void **state)
{
        static const DecideCase CASES[] = {
                { "viewer floorplan.view site:acme/HQ with=floorplan:acme/ground",
                  "allow granted-by-role" },
                { "viewer floorplan.view site:acme/HQ/Tower with=floorplan:acme/ground",
                  "allow granted-by-role" },
                { "viewer floorplan.view site:acme/HQ/Tower/Lab with=floorplan:acme/ground",
                  "deny no-such-object" },
                { "system floorplan.view site:acme/HQ2 with=floorplan:acme/ground",
                  "deny no-such-object" },
                { "viewer floorplan.view site:acme/HQ with=floorplan:acme/ghost",
                  "deny no-such-object" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void only_who_holds_a_legacy_role_is_migrated(void **state)
{
        static const DecideCase CASES[] = {
                { "both user.migrate user:acme/legacy", "allow granted-by-role" },
                { "both user.migrate user:acme/flag", "allow granted-by-role" },
                { "both user.migrate user:acme/nobody", "deny no-legacy-role" },
                /* Both conditions fail; the one that is tested first gives the reason. */
                { "both user.migrate user:acme/both", "deny self-grant" },
                { "both user.migrate organization:acme", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_denial_by_a_condition_names_it_and_the_line(void **state)
{
        const Image *image = decide_image(state);
        Decision decision =
                decide_ask(image, "nightly door.unlock door:acme/HQ/D1", MONDAY_MORNING, NULL);
        assert_int_equal(decision.failed_condition, CONDITION_DOOR_ACCESS_NOW);
        const ImageAccessLevel *level = image_access_level(image, decision.access_level);
        assert_true(text_is(image_string(image, level->name), "night-doors"));
        assert_int_equal(decision.place.line, level->place.line);
        decision = decide_ask(image, "viewer door.unlock door:acme/HQ/D1", MONDAY_MORNING, NULL);
        level = image_access_level(image, decision.access_level);
        assert_true(text_is(image_string(image, level->name), "day-doors"));
        assert_int_equal(decision.failed_condition, 0);
}

static Reason frozen_at(const Image *image, const char *time, bool clock_untrusted)
{
        DecisionContext context = { .clock_untrusted = clock_untrusted };
        Engine engine = { .image = image, .context = &context };
        Finding finding = FINDING_NONE;
        Condition failed;
        assert_int_equal(timestamp_parse(text_from(time), &context.now_s), 0);
        return conditions_test(&engine, CONDITION_BEFORE_2024_11_14, &finding, &failed);
}

static void what_was_possible_before_a_day_ends_as_it_begins(void **state)
{
        const Image *image = decide_image(state);
        assert_int_equal(frozen_at(image, "2024-11-13T23:59:59Z", false), REASON_NONE);
        assert_int_equal(frozen_at(image, "2024-11-14T00:00:00Z", false), REASON_LEGACY_FROZEN);
        assert_int_equal(frozen_at(image, "2024-11-13T23:59:59Z", true), REASON_CLOCK_UNTRUSTED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(door_access_says_what_is_missing),
                cmocka_unit_test(dates_of_access_contain_their_start_and_not_their_end),
                cmocka_unit_test(a_target_kept_by_a_directory_is_not_edited_here),
                cmocka_unit_test(nobody_acts_on_himself_or_on_a_group_of_his),
                cmocka_unit_test(an_object_that_is_needed_must_be_declared),
                cmocka_unit_test(a_roll_call_is_of_the_place_and_stated_to_be_active),
                cmocka_unit_test(a_floorplan_shows_a_door_of_the_place),
                cmocka_unit_test(only_who_holds_a_legacy_role_is_migrated),
                cmocka_unit_test(what_was_possible_before_a_day_ends_as_it_begins),
                cmocka_unit_test(a_denial_by_a_condition_names_it_and_the_line),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
