/* SPDX-License-Identifier: MIT */
/* Tests of the conditions of conditions.c that look at the one acted on, at archives and at the
 * day, and of what every member holds, asked of the policy in which roles are granted. */
#include "delegate_fixture.h"

static void everybody_sets_what_is_his_own(void **state)
{
        static const DecideCase CASES[] = {
                { "plain self.set user:acme/plain", "allow granted-by-role" },
                { "plain self.set user:acme/boss", "deny not-self" },
                { "boss self.set user:acme/plain", "deny not-self" },
                { "boss self.set user:acme/boss", "allow granted-by-role" },
                { "plain self.set organization:acme", "allow granted-by-role" },
                { "plain self.set organization:acme with=user:acme/boss", "deny not-self" },
                { "plain self.set organization:acme with=user:acme/ghost", "deny no-such-object" },
                { "plain self.set organization:acme with=group:acme/bare", "deny no-such-object" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        /* Whoever is not listed has no settings here that could be named. */
        decide_expect_of(decide_image(state), "guest self.set user:acme/plain", SOME_NOON,
                         (uint32_t[]){ 2003, 0 }, "deny not-self");
}

static void the_one_acted_on_is_a_member(void **state)
{
        static const DecideCase CASES[] = {
                { "boss boss.make user:acme/plain", "allow granted-by-role" },
                { "boss boss.make user:acme/outside", "deny not-a-member" },
                { "boss boss.make organization:acme", "allow granted-by-role" },
                { "boss boss.make organization:acme with=user:acme/outside", "deny not-a-member" },
                { "boss boss.make organization:acme with=group:acme/bare",
                  "allow granted-by-role" },
                { "boss boss.make organization:acme with=group:acme/ghost", "deny no-such-object" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        Decision decision = decide_ask(decide_image(state), "boss boss.make user:acme/outside",
                                       SOME_NOON, NULL);
        assert_int_not_equal(decision.place.file, IMAGE_NONE);
}

static void private_archives_are_stated_not_to_be(void **state)
{
        static const DecideCase CASES[] = {
                { "director archive.view site:acme/HQ private=false", "allow granted-by-role" },
                { "director archive.view site:acme/HQ private=true", "deny private-archive" },
                { "director archive.view site:acme/HQ", "deny private-archive" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void legacy_rights_over_others_ended_with_a_day(void **state)
{
        static const int64_t DAY_S = 1731542400; /* 2024-11-14T00:00:00Z */
        const Image *image = decide_image(state);
        decide_expect_of(image, "old-looker old.change site:acme/HQ", DAY_S - 1, NULL,
                         "allow granted-by-role");
        decide_expect_of(image, "old-looker old.change site:acme/HQ", DAY_S, NULL,
                         "deny legacy-frozen");
        /* A role of the site above the bottom of its ladder makes it visible. */
        decide_expect_of(image, "old-looker old.change site:acme/HQ/Tower", DAY_S - 1, NULL,
                         "allow granted-by-role");
        decide_expect_of(image, "old-looker old.change site:acme/Branch", DAY_S - 1, NULL,
                         "deny not-permitted");
        decide_expect_of(image, "old old.change site:acme/HQ", DAY_S - 1, NULL,
                         "deny not-permitted");
        decide_expect_of(image, "old-timed old.change site:acme/HQ", DAY_S - 180 * DAY, NULL,
                         "allow granted-by-role");
        decide_expect_of(image, "old-timed old.change site:acme/HQ", DAY_S - 1, NULL,
                         "deny not-permitted");
        /* Who was migrated holds no legacy role at any time. */
        decide_expect_of(image, "moved old.change site:acme/HQ", DAY_S - 1, NULL,
                         "deny not-permitted");
}

static void every_member_holds_what_every_member_holds(void **state)
{
        static const DecideCase CASES[] = {
                { "plain member.look organization:acme", "allow granted-by-role" },
                { "warden member.look organization:acme", "allow granted-by-role" },
                { "boss member.look organization:acme", "allow granted-by-role" },
                { "outside member.look organization:acme", "deny not-a-member" },
                { "stranger member.look organization:acme", "deny unknown-subject" },
                { "plain member.look organization:beta", "deny unknown-subject" },
                { "boss member.look organization:beta", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        const Image *image = decide_image(state);
        decide_expect_of(image, "guest member.look organization:acme", SOME_NOON,
                         (uint32_t[]){ 2003, 0 }, "allow granted-by-role");
        decide_expect_of(image, "guest member.look organization:acme", SOME_NOON,
                         (uint32_t[]){ 2001, 0 }, "deny not-a-member");
        decide_expect_of(image, "plain member.look organization:acme", SOME_NOON,
                         (uint32_t[]){ 2001, 0 }, "allow granted-by-role");
        /* Of several groups the one that makes him a member is named. */
        const char *line = "guest member.look organization:acme";
        assert_int_equal(
                decide_ask(image, line, SOME_NOON, (uint32_t[]){ 2001, 2003, 0 }).place.line,
                decide_ask(image, line, SOME_NOON, (uint32_t[]){ 2003, 0 }).place.line);
        Decision decision =
                decide_ask(image, "plain member.look organization:acme", SOME_NOON, NULL);
        assert_int_equal(decision.grant, IMAGE_NONE);
        assert_int_equal(decision.place.line, image_user(image, decision.user)->place.line);
}

/* What another entry or a session asks for by name is the role, however it was customized. */
static void a_customized_role_is_still_that_role(void **state)
{
        static const DecideCase CASES[] = {
                { "auditor archive.audit site:acme/HQ", "allow granted-by-role" },
                { "auditor archive.audit site:acme/Branch", "deny not-permitted" },
                { "clerk archive.audit site:acme/HQ", "deny not-permitted" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        const Image *image = decide_image(state);
        for (const char *const *user = (const char *const[]){ "watcher", "director", NULL }; *user;
             user++)
                assert_int_equal(decide_ask_role(image, *user, "watcher", "site:acme/HQ").outcome,
                                 OUTCOME_ALLOW);
        assert_int_equal(decide_ask_role(image, "clerk", "watcher", "site:acme/HQ").outcome,
                         OUTCOME_DENY);
}

static void roles_name_the_entities_they_are_about(void **state)
{
        static const DecideCase CASES[] = {
                { "holder thing.read entity:acme/plates", "allow granted-by-role" },
                { "holder thing.update entity:acme/cameras", "allow granted-by-role" },
                { "of-plates thing.read entity:acme/plates", "allow granted-by-role" },
                { "of-plates thing.read entity:acme/cameras", "deny not-permitted" },
                { "of-plates thing.update entity:acme/plates", "deny not-permitted" },
                { "holder thing.read entity:acme/ghost", "error unknown-resource" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
        const Image *image = decide_image(state);
        const ImageOrganization *acme =
                image_organization(image, image_find_organization(image, text_from("acme")));
        assert_int_equal(acme->roles.count, 2); /* its own role, and its watcher */
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(everybody_sets_what_is_his_own),
                cmocka_unit_test(the_one_acted_on_is_a_member),
                cmocka_unit_test(private_archives_are_stated_not_to_be),
                cmocka_unit_test(legacy_rights_over_others_ended_with_a_day),
                cmocka_unit_test(every_member_holds_what_every_member_holds),
                cmocka_unit_test(a_customized_role_is_still_that_role),
                cmocka_unit_test(roles_name_the_entities_they_are_about),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
