/* SPDX-License-Identifier: MIT */
/* Tests of delegation_grant.c: granting and revoking, and the order of what stands against it. */
#include "delegate_fixture.h"

static void a_role_is_granted_where_its_permission_is_held(void **state)
{
        static const DecideCase CASES[] = {
                { "warden grant looker@acme/HQ user:acme/plain", "allow granted-by-role" },
                { "warden grant warden@acme/HQ user:acme/plain", "allow granted-by-role" },
                { "warden grant looker@acme/HQ/Tower user:acme/plain", "allow granted-by-role" },
                { "warden grant looker@acme/Branch user:acme/plain", "deny not-permitted" },
                { "tower grant looker@acme/HQ user:acme/plain", "deny not-permitted" },
                { "tower grant looker@acme/HQ/Tower user:acme/plain", "allow granted-by-role" },
                { "looker grant looker@acme/HQ user:acme/plain", "deny not-permitted" },
                { "plain grant looker@acme/HQ user:acme/plain", "deny not-permitted" },
                { "warden grant looker@acme/HQ group:acme/bare", "allow granted-by-role" },
                { "grouped grant looker@acme/HQ user:acme/plain", "allow granted-by-role" },
                /* Who holds every site by implication grants at every site; the role that
                 * implies it is not his to give. */
                { "chief grant warden@acme/Branch user:acme/plain", "allow granted-by-role" },
                { "chief grant chief user:acme/plain", "deny not-permitted" },
                { "roamer grant looker@acme/Branch user:acme/plain", "allow granted-by-role" },
                { "roamer grant looker@acme/HQ user:acme/plain", "allow granted-by-role" },
                { "boss grant warden@acme/Branch user:acme/plain", "allow granted-by-role" },
                { "boss grant chief user:acme/plain", "allow granted-by-role" },
                { "warden grant watcher@acme/HQ user:acme/plain", "deny not-permitted" },
                /* Roles of the account, its own ones too. */
                { "holder grant plate-reader user:acme/plain", "allow granted-by-role" },
                { "holder grant holder group:acme/bare", "allow granted-by-role" },
                { "holder grant chief user:acme/plain", "deny not-permitted" },
                { "boss grant plate-reader user:acme/plain", "deny not-permitted" },
                /* Taking is another permission where the catalogue says so. */
                { "boss revoke plate-reader group:acme/readers", "allow granted-by-role" },
                { "holder revoke plate-reader group:acme/readers", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void nobody_gives_to_himself_what_the_permission_keeps_from_him(void **state)
{
        static const DecideCase CASES[] = {
                { "warden grant looker@acme/HQ user:acme/warden", "deny self-grant" },
                { "warden grant warden@acme/HQ user:acme/warden", "deny self-grant" },
                { "grouped grant warden@acme/HQ group:acme/wardens", "deny self-grant" },
                { "grouped grant looker@acme/HQ group:acme/wardens", "deny self-grant" },
                { "chief grant looker@acme/HQ user:acme/chief", "deny self-grant" },
                /* Another of the permissions has no such condition. */
                { "boss grant looker@acme/HQ user:acme/boss", "allow granted-by-role" },
                { "holder grant reader user:acme/holder", "allow granted-by-role" },
                /* Nobody is kept from giving up what he has. */
                { "warden revoke warden@acme/HQ user:acme/warden", "allow granted-by-role" },
                /* Without any authority that is no matter of oneself. */
                { "warden grant looker@acme/Branch user:acme/warden", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void levels_and_holders_have_to_fit(void **state)
{
        static const DecideCase CASES[] = {
                { "boss grant looker user:acme/plain", "deny wrong-level" },
                { "boss grant chief@acme/HQ user:acme/plain", "deny wrong-level" },
                { "holder grant plate-reader@acme/HQ user:acme/plain", "deny wrong-level" },
                { "plain grant looker user:acme/plain", "deny wrong-level" },
                { "boss revoke looker user:acme/looker", "deny wrong-level" },
                { "boss grant boss group:acme/bare", "deny users-only" },
                { "boss revoke boss group:acme/bare", "deny users-only" },
                { "plain grant boss group:acme/bare", "deny not-permitted" },
                { "boss grant pool user:acme/plain", "deny users-only" },
                { "boss grant pool group:acme/bare", "allow granted-by-role" },
                { "boss grant boss user:acme/plain", "allow granted-by-role" },
                { "boss grant boss user:acme/outside", "deny not-a-member" },
                { "warden grant looker@acme/HQ user:acme/outside", "deny not-a-member" },
                { "boss revoke boss user:acme/outside", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void what_names_no_permission_is_not_granted(void **state)
{
        static const DecideCase CASES[] = {
                { "boss grant none@acme/HQ user:acme/plain", "deny not-grantable" },
                { "boss grant member user:acme/plain", "deny not-grantable" },
                { "boss grant crown user:acme/plain", "deny not-grantable" },
                { "boss revoke crown user:acme/crowned", "deny not-grantable" },
                { "plain grant crown user:acme/plain", "deny not-grantable" },
                { "boss grant old user:acme/plain", "deny not-grantable" },
                { "boss grant old user:acme/old", "deny legacy-frozen" },
                { "boss revoke old user:acme/old", "deny legacy-frozen" },
                { "boss revoke old-flag@acme/HQ user:acme/flag", "deny legacy-frozen" },
                { "boss grant old user:acme/moved", "deny not-grantable" },
                { "boss grant old group:acme/bare", "deny not-grantable" },
                { "boss grant crown user:acme/old", "deny not-grantable" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void who_holds_a_legacy_role_is_frozen(void **state)
{
        static const DecideCase CASES[] = {
                { "boss grant looker@acme/HQ user:acme/old", "deny legacy-frozen" },
                { "warden grant looker@acme/HQ user:acme/old", "deny legacy-frozen" },
                { "boss grant looker@acme/Branch user:acme/flag", "deny legacy-frozen" },
                { "boss revoke looker@acme/HQ user:acme/old-looker", "deny legacy-frozen" },
                /* The freeze comes before what would change nothing, after the authority. */
                { "boss grant looker@acme/HQ user:acme/old-looker", "deny legacy-frozen" },
                { "plain grant looker@acme/HQ user:acme/old", "deny not-permitted" },
                { "boss-old grant looker@acme/HQ user:acme/boss-old", "deny legacy-frozen" },
                /* Other systems' roles are not frozen. */
                { "boss grant watcher@acme/HQ user:acme/old", "allow granted-by-role" },
                { "boss grant clerk user:acme/old", "allow granted-by-role" },
                /* Migrated, or over: as if there had been none. */
                { "boss grant looker@acme/HQ user:acme/moved", "allow granted-by-role" },
                { "boss grant looker@acme/HQ user:acme/once-old", "allow granted-by-role" },
                /* Other roles of his are none that freeze. */
                { "boss grant looker@acme/Branch user:acme/once-old-looker",
                  "allow granted-by-role" },
                { "boss migrate user:acme/once-old-looker", "deny no-change" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        decide_expect_of(decide_image(state), "boss grant looker@acme/HQ user:acme/once-old",
                         MONDAY_MORNING - 60 * DAY, NULL, "deny legacy-frozen");
}

static void what_is_so_already_is_no_change(void **state)
{
        static const DecideCase CASES[] = {
                { "warden grant looker@acme/HQ user:acme/looker", "deny no-change" },
                { "warden grant looker@acme/HQ/Tower user:acme/looker", "allow granted-by-role" },
                { "warden grant warden@acme/HQ user:acme/looker", "allow granted-by-role" },
                { "warden revoke looker@acme/HQ user:acme/looker", "allow granted-by-role" },
                { "warden revoke looker@acme/HQ/Tower user:acme/looker", "deny no-change" },
                { "warden revoke warden@acme/HQ user:acme/looker", "deny no-change" },
                /* By himself, not through a group or another role. */
                { "boss grant warden@acme/HQ user:acme/grouped", "allow granted-by-role" },
                { "boss revoke warden@acme/HQ user:acme/grouped", "deny no-change" },
                { "boss revoke warden@acme/HQ group:acme/wardens", "allow granted-by-role" },
                { "boss revoke warden@acme/HQ user:acme/chief", "deny no-change" },
                /* Ended is gone; not begun is recorded. */
                { "boss grant looker@acme/HQ user:acme/timed", "allow granted-by-role" },
                { "boss revoke looker@acme/HQ user:acme/timed", "deny no-change" },
                { "boss grant looker@acme/Branch user:acme/timed", "deny no-change" },
                { "boss revoke looker@acme/Branch user:acme/timed", "allow granted-by-role" },
                /* A role that the organization has changed is that role. */
                { "boss grant watcher@acme/HQ user:acme/watcher", "deny no-change" },
                { "boss revoke watcher@acme/HQ user:acme/watcher", "allow granted-by-role" },
                { "holder grant plate-reader group:acme/readers", "deny no-change" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void a_grant_counts_up_to_its_end_and_not_at_it(void **state)
{
        static const int64_t END_S = 1777593600; /* 2026-05-01T00:00:00Z */
        const Image *image = decide_image(state);
        decide_expect_of(image, "boss grant looker@acme/HQ user:acme/timed", END_S - 1, NULL,
                         "deny no-change");
        decide_expect_of(image, "boss revoke looker@acme/HQ user:acme/timed", END_S - 1, NULL,
                         "allow granted-by-role");
        decide_expect_of(image, "boss grant looker@acme/HQ user:acme/timed", END_S, NULL,
                         "allow granted-by-role");
        decide_expect_of(image, "boss revoke looker@acme/HQ user:acme/timed", END_S, NULL,
                         "deny no-change");
        decide_expect_of(image, "boss grant looker@acme/HQ user:acme/once-old", END_S - 1, NULL,
                         "deny legacy-frozen");
        decide_expect_of(image, "boss grant looker@acme/HQ user:acme/once-old", END_S, NULL,
                         "allow granted-by-role");
        decide_expect_of(image, "chief add-member user:acme/plain with=group:acme/past", END_S - 1,
                         NULL, "allow granted-by-role");
        decide_expect_of(image, "chief add-member user:acme/plain with=group:acme/past", END_S,
                         NULL, "deny not-permitted");
}

static void the_decision_names_what_gives_the_authority(void **state)
{
        const Image *image = decide_image(state);
        Decision decision = decide_ask(image, "warden grant looker@acme/HQ/Tower user:acme/plain",
                                       SOME_NOON, NULL);
        assert_int_equal(decision.permission, image_find_permission(image, text_from("site.give")));
        assert_int_equal(decision.role, image_find_role(image, IMAGE_NONE, text_from("warden")));
        assert_int_equal(decision.handed_role,
                         image_find_role(image, IMAGE_NONE, text_from("looker")));
        assert_int_equal(
                decision.handed_site,
                image_find(image, RESOURCE_SITE, decision.organization, text_from("HQ/Tower")));
        assert_int_not_equal(decision.grant, IMAGE_NONE);
        /* Of a denial by the change itself: the line that stands against it. */
        decision =
                decide_ask(image, "warden grant looker@acme/HQ user:acme/looker", SOME_NOON, NULL);
        assert_int_not_equal(decision.place.file, IMAGE_NONE);
        decision = decide_ask(image, "warden grant looker@acme/HQ user:acme/old", SOME_NOON, NULL);
        assert_int_not_equal(decision.place.file, IMAGE_NONE);
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(a_role_is_granted_where_its_permission_is_held),
                cmocka_unit_test(nobody_gives_to_himself_what_the_permission_keeps_from_him),
                cmocka_unit_test(levels_and_holders_have_to_fit),
                cmocka_unit_test(what_names_no_permission_is_not_granted),
                cmocka_unit_test(who_holds_a_legacy_role_is_frozen),
                cmocka_unit_test(what_is_so_already_is_no_change),
                cmocka_unit_test(a_grant_counts_up_to_its_end_and_not_at_it),
                cmocka_unit_test(the_decision_names_what_gives_the_authority),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
