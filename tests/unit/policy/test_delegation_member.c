/* SPDX-License-Identifier: MIT */
/* Tests of delegation_member.c: who puts whom into which group. */
#include "delegate_fixture.h"

static void a_group_without_roles_is_the_matter_of_who_sets_everything(void **state)
{
        static const DecideCase CASES[] = {
                { "boss add-member user:acme/plain with=group:acme/bare", "allow granted-by-role" },
                { "warden add-member user:acme/plain with=group:acme/bare", "deny not-permitted" },
                { "boss remove-member user:acme/staffed with=group:acme/bare",
                  "allow granted-by-role" },
                { "warden remove-member user:acme/staffed with=group:acme/bare",
                  "deny not-permitted" },
                /* Roles that give nothing, or nothing any more, are no roles. */
                { "warden add-member user:acme/plain with=group:acme/bottom",
                  "deny not-permitted" },
                { "boss add-member user:acme/plain with=group:acme/bottom",
                  "allow granted-by-role" },
                { "warden add-member user:acme/plain with=group:acme/past", "deny not-permitted" },
                { "boss add-member user:acme/plain with=group:acme/past", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void who_could_grant_all_roles_of_a_group_puts_people_into_it(void **state)
{
        static const DecideCase CASES[] = {
                { "warden add-member user:acme/plain with=group:acme/wardens",
                  "allow granted-by-role" },
                { "tower add-member user:acme/plain with=group:acme/wardens",
                  "deny not-permitted" },
                { "warden remove-member user:acme/grouped with=group:acme/wardens",
                  "allow granted-by-role" },
                { "warden add-member user:acme/plain with=group:acme/two-sites",
                  "deny not-permitted" },
                { "chief add-member user:acme/plain with=group:acme/two-sites",
                  "allow granted-by-role" },
                /* A role that has not begun will begin. */
                { "warden add-member user:acme/plain with=group:acme/future",
                  "deny not-permitted" },
                { "chief add-member user:acme/plain with=group:acme/future",
                  "allow granted-by-role" },
                { "holder add-member user:acme/plain with=group:acme/readers",
                  "allow granted-by-role" },
                { "boss add-member user:acme/plain with=group:acme/readers", "deny not-permitted" },
                /* One that nobody grants closes the group, whatever the order. */
                { "boss add-member user:acme/plain with=group:acme/mixed", "deny not-grantable" },
                { "warden add-member user:acme/plain with=group:acme/mixed", "deny not-grantable" },
                { "plain add-member user:acme/old with=group:acme/mixed", "deny not-grantable" },
                /* Of two denials that of the role which is farther away, first or last. */
                { "warden add-member user:acme/warden with=group:acme/two-sites",
                  "deny not-permitted" },
                { "warden add-member user:acme/warden with=group:acme/two-sites-back",
                  "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void nobody_puts_himself_into_a_group_to_get_its_roles(void **state)
{
        static const DecideCase CASES[] = {
                { "warden add-member user:acme/warden with=group:acme/wardens", "deny self-grant" },
                { "chief add-member user:acme/chief with=group:acme/future", "deny self-grant" },
                { "boss add-member user:acme/boss with=group:acme/wardens",
                  "allow granted-by-role" },
                { "grouped remove-member user:acme/grouped with=group:acme/wardens",
                  "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void groups_and_people_have_to_fit(void **state)
{
        static const DecideCase CASES[] = {
                { "boss add-member user:acme/plain with=group:acme/kept", "deny synced" },
                { "boss remove-member user:acme/plain with=group:acme/kept", "deny synced" },
                { "boss add-member user:acme/outside with=group:acme/bare", "deny not-a-member" },
                { "boss add-member user:acme/outside with=group:acme/kept", "deny synced" },
                { "boss remove-member user:acme/outside with=group:acme/bare", "deny no-change" },
                { "boss add-member user:acme/staffed with=group:acme/bare", "deny no-change" },
                { "boss remove-member user:acme/plain with=group:acme/bare", "deny no-change" },
                { "plain remove-member user:acme/plain with=group:acme/bare",
                  "deny not-permitted" },
                /* No freeze: what comes through groups is not frozen. */
                { "boss add-member user:acme/old with=group:acme/wardens",
                  "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void access_groups_have_permissions_of_their_own(void **state)
{
        static const DecideCase CASES[] = {
                { "clerk add-member user:acme/plain with=access-group:acme/staff",
                  "allow granted-by-role" },
                { "clerk add-member user:acme/clerk with=access-group:acme/staff",
                  "allow granted-by-role" },
                { "clerk add-member user:acme/outside with=access-group:acme/staff",
                  "allow granted-by-role" },
                { "clerk remove-member user:acme/staffed with=access-group:acme/staff",
                  "allow granted-by-role" },
                { "boss add-member user:acme/plain with=access-group:acme/staff",
                  "deny not-permitted" },
                { "clerk add-member user:acme/plain with=access-group:acme/kept", "deny synced" },
                { "clerk add-member user:acme/staffed with=access-group:acme/staff",
                  "deny no-change" },
                { "clerk remove-member user:acme/plain with=access-group:acme/staff",
                  "deny no-change" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(a_group_without_roles_is_the_matter_of_who_sets_everything),
                cmocka_unit_test(who_could_grant_all_roles_of_a_group_puts_people_into_it),
                cmocka_unit_test(nobody_puts_himself_into_a_group_to_get_its_roles),
                cmocka_unit_test(groups_and_people_have_to_fit),
                cmocka_unit_test(access_groups_have_permissions_of_their_own),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
