/* SPDX-License-Identifier: MIT */
/* Tests of delegation_customize.c. */
#include "delegate_fixture.h"

static void a_role_is_customized_within_its_classes_whatever_it_has_now(void **state)
{
        static const DecideCase CASES[] = {
                { "boss customize watcher +link.share organization:acme", "allow granted-by-role" },
                { "boss customize watcher -link.share organization:acme", "allow granted-by-role" },
                { "boss customize watcher +archive.view organization:acme",
                  "allow granted-by-role" },
                { "boss customize director -archive.view organization:acme",
                  "allow granted-by-role" },
                { "boss customize watcher +archive.secret organization:acme",
                  "deny not-customizable" },
                { "boss customize watcher -door.view organization:acme", "deny not-customizable" },
                { "boss customize looker +link.share organization:acme", "deny not-customizable" },
                { "boss customize boss -everything.give organization:acme",
                  "deny not-customizable" },
                { "boss customize plate-reader +link.share organization:acme",
                  "deny not-customizable" },
                { "boss customize watcher default organization:acme", "allow granted-by-role" },
                { "boss customize director default organization:acme", "allow granted-by-role" },
                { "boss customize looker default organization:acme", "deny not-customizable" },
                { "director customize watcher +link.share organization:acme",
                  "deny not-permitted" },
                { "director customize looker +link.share organization:acme", "deny not-permitted" },
                { "director customize watcher default organization:acme", "deny not-permitted" },
                /* Asked in general, as a permission. */
                { "boss look.change organization:acme", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(a_role_is_customized_within_its_classes_whatever_it_has_now),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
