/* SPDX-License-Identifier: MIT */
/* Tests of delegation.c: names, who asks, and in which order things are looked at. */
#include "delegate_fixture.h"

static void what_is_not_declared_is_an_error_whoever_asks(void **state)
{
        static const DecideCase CASES[] = {
                { "stranger grant lookre@acme/HQ user:acme/plain", "error unknown-role" },
                { "boss grant lookre@acme/HQ user:acme/nobody", "error unknown-role" },
                { "boss grant looker@acme/HQX user:acme/nobody", "error unknown-resource" },
                { "boss grant looker@acme/HQ user:acme/nobody", "error unknown-resource" },
                { "boss grant looker@acme/HQ group:acme/nobody", "error unknown-resource" },
                { "boss grant looker@nowhere/HQ user:nowhere/plain", "error unknown-resource" },
                { "boss grant reader-of-beta user:acme/plain", "error unknown-role" },
                { "boss revoke lookre@acme/HQ user:acme/plain", "error unknown-role" },
                { "boss migrate user:acme/nobody", "error unknown-resource" },
                { "boss migrate user:acme/old with=lookre@acme/HQ", "error unknown-role" },
                { "boss migrate user:acme/old with=looker@acme/HQX", "error unknown-resource" },
                { "boss add-member user:acme/nobody with=group:acme/bare",
                  "error unknown-resource" },
                { "boss add-member user:acme/plain with=group:acme/none",
                  "error unknown-resource" },
                { "boss add-member user:acme/plain with=access-group:acme/bare",
                  "error unknown-resource" },
                { "boss customize lookre +link.share organization:acme", "error unknown-role" },
                { "boss customize watcher +link.shar organization:acme",
                  "error unknown-permission" },
                { "boss customize watcher default organization:nowhere", "error unknown-resource" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void who_asks_is_looked_at_after_the_names_and_before_the_rest(void **state)
{
        static const DecideCase CASES[] = {
                { "stranger grant looker@acme/HQ user:acme/plain", "deny unknown-subject" },
                { "stranger grant looker user:acme/plain", "deny unknown-subject" },
                { "stranger migrate user:acme/plain", "deny unknown-subject" },
                { "stranger add-member user:acme/plain with=group:acme/kept",
                  "deny unknown-subject" },
                { "stranger customize looker +link.share organization:acme",
                  "deny unknown-subject" },
                { "outside grant looker@acme/HQ user:acme/plain", "deny not-a-member" },
                { "outside grant looker user:acme/plain", "deny not-a-member" },
                { "outside migrate user:acme/plain", "deny not-a-member" },
                { "outside remove-member user:acme/plain with=group:acme/bare",
                  "deny not-a-member" },
                { "outside customize watcher default organization:acme", "deny not-a-member" },
                /* Somebody else of that name, in another organization. */
                { "boss grant warden@beta/HQ user:beta/warden", "deny not-permitted" },
                { "warden grant boss user:beta/boss", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void people_known_by_unix_groups_grant_by_what_those_carry(void **state)
{
        static const uint32_t MAPPED[] = { 2001, 2003, 0 }, NO_MEMBER[] = { 2001, 0 };
        const Image *image = decide_image(state);
        decide_expect_of(image, "guest grant looker@acme/Branch user:acme/plain", SOME_NOON, MAPPED,
                         "allow granted-by-role");
        decide_expect_of(image, "guest grant looker@acme/HQ user:acme/plain", SOME_NOON, MAPPED,
                         "deny not-permitted");
        decide_expect_of(image, "guest grant looker@acme/Branch user:acme/plain", SOME_NOON,
                         NO_MEMBER, "deny not-a-member");
        /* To the group through which he holds it. */
        decide_expect_of(image, "guest grant looker@acme/Branch group:acme/mapped", SOME_NOON,
                         MAPPED, "deny self-grant");
        decide_expect_of(image, "plain grant looker@acme/Branch group:acme/mapped", SOME_NOON,
                         NO_MEMBER, "deny self-grant");
        decide_expect_of(image, "plain grant looker@acme/Branch group:acme/bare", SOME_NOON,
                         NO_MEMBER, "allow granted-by-role");
        decide_expect_of(image, "plain grant looker@acme/Branch user:acme/plain", SOME_NOON,
                         NO_MEMBER, "deny self-grant");
}

/* Built by hand; a line could not say it. */
static void a_question_of_two_organizations_is_not_decided(void **state)
{
        DecisionContext context = { .now_s = SOME_NOON };
        Query query = delegate_query("boss add-member user:acme/plain with=group:acme/bare");
        query.with[0] = delegate_query("x add-member user:beta/y with=group:beta/bare").with[0];
        assert_int_equal(policy_decide(decide_image(state), &context, &query, NULL).reason,
                         REASON_UNKNOWN_RESOURCE);
        query.with_count = 0;
        assert_int_equal(policy_decide(decide_image(state), &context, &query, NULL).reason,
                         REASON_UNKNOWN_RESOURCE);
        query = delegate_query("boss grant looker@acme/HQ user:acme/plain");
        query.roles[0].site = delegate_query("x grant looker@beta/HQ user:beta/y").roles[0].site;
        assert_int_equal(policy_decide(decide_image(state), &context, &query, NULL).reason,
                         REASON_UNKNOWN_RESOURCE);
        query.kind = QUERY_KIND_COUNT;
        assert_int_equal(policy_decide(decide_image(state), &context, &query, NULL).reason,
                         REASON_MALFORMED_QUERY);
}

static void what_keeps_a_role_from_its_holder(void **state)
{
        DecisionContext context = { .now_s = SOME_NOON };
        Query query = delegate_query("boss grant looker@acme/HQ user:acme/outside");
        Delegation delegation = delegate_open(state, &context, &query);
        uint32_t role, site;
        ImagePlace place;
        assert_int_equal(delegation_find_role(&delegation, &query.roles[0], &role, &site),
                         REASON_NONE);
        assert_int_equal(delegation_holder_fits(&delegation, role, true, &place),
                         REASON_NOT_A_MEMBER);
        assert_int_not_equal(place.file, IMAGE_NONE);
        assert_int_equal(delegation_holder_fits(&delegation, role, false, &place), REASON_NONE);
        assert_int_equal(delegation_holder_fits(&delegation, IMAGE_NONE, true, &place),
                         REASON_CORRUPT_IMAGE);
        assert_false(delegation_is_in_group(&delegation));
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(what_is_not_declared_is_an_error_whoever_asks),
                cmocka_unit_test(who_asks_is_looked_at_after_the_names_and_before_the_rest),
                cmocka_unit_test(people_known_by_unix_groups_grant_by_what_those_carry),
                cmocka_unit_test(a_question_of_two_organizations_is_not_decided),
                cmocka_unit_test(what_keeps_a_role_from_its_holder),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
