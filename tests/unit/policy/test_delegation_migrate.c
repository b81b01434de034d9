/* SPDX-License-Identifier: MIT */
/* Tests of delegation_migrate.c: who migrates whom, and to what. */
#include "delegate_fixture.h"

static void migrating_takes_its_permission(void **state)
{
        static const DecideCase CASES[] = {
                { "boss migrate user:acme/old", "allow granted-by-role" },
                { "boss migrate user:acme/flag", "allow granted-by-role" },
                { "both migrate user:acme/old", "allow granted-by-role" },
                /* One of the two is not enough, and nobody migrates himself but the boss. */
                { "chief migrate user:acme/old", "deny not-permitted" },
                { "clerk migrate user:acme/old", "deny not-permitted" },
                { "both-old migrate user:acme/both-old", "deny self-grant" },
                { "boss-old migrate user:acme/boss-old", "allow granted-by-role" },
                { "old migrate user:acme/old", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void without_legacy_roles_there_is_nothing_to_migrate(void **state)
{
        static const DecideCase CASES[] = {
                { "boss migrate user:acme/plain", "deny no-change" },
                { "boss migrate user:acme/moved", "deny no-change" },
                { "boss migrate user:acme/once-old", "deny no-change" },
                { "both migrate user:acme/plain", "deny no-change" },
                /* Whoever could not migrate him does not learn it. */
                { "chief migrate user:acme/plain", "deny not-permitted" },
                { "plain migrate user:acme/plain", "deny not-permitted" },
                /* Before the roles are looked at. */
                { "boss migrate user:acme/plain with=looker", "deny no-change" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void each_new_role_takes_the_authority_to_grant_it(void **state)
{
        static const DecideCase CASES[] = {
                { "boss migrate user:acme/old with=looker@acme/HQ with=chief",
                  "allow granted-by-role" },
                { "both migrate user:acme/old with=looker@acme/HQ with=warden@acme/Branch",
                  "allow granted-by-role" },
                { "both migrate user:acme/old with=looker@acme/HQ with=chief",
                  "deny not-permitted" },
                { "both migrate user:acme/old with=looker@acme/HQ with=crown",
                  "deny not-grantable" },
                { "boss migrate user:acme/old with=old", "deny not-grantable" },
                { "boss migrate user:acme/old with=looker", "deny wrong-level" },
                { "boss migrate user:acme/old with=chief@acme/HQ", "deny wrong-level" },
                { "boss migrate user:acme/old with=chief with=looker", "deny wrong-level" },
                { "plain migrate user:acme/old with=looker", "deny not-permitted" },
                { "boss migrate user:acme/old with=pool", "deny users-only" },
                { "boss migrate user:acme/outside-old", "allow granted-by-role" },
                { "boss migrate user:acme/outside-old with=looker@acme/HQ", "deny not-a-member" },
                { "boss-old migrate user:acme/boss-old with=looker@acme/HQ",
                  "allow granted-by-role" },
                /* What he holds already is given again without harm. */
                { "boss migrate user:acme/old-looker with=looker@acme/HQ",
                  "allow granted-by-role" },
                { "boss migrate user:acme/old with=plate-reader", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(migrating_takes_its_permission),
                cmocka_unit_test(without_legacy_roles_there_is_nothing_to_migrate),
                cmocka_unit_test(each_new_role_takes_the_authority_to_grant_it),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
