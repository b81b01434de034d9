/* SPDX-License-Identifier: MIT */
/* Tests of delegation_needs.c: what each kind of question needs, and where that is asked. */
#include "delegate_fixture.h"

/* Writes the needs of a question: "PERMISSION at RESOURCE | ... for ROLE; ...". */
static void expect_needs(void **state, const char *line, const char *expected)
{
        const Image *image = decide_image(state);
        DecisionContext context = { .now_s = SOME_NOON };
        Query query = delegate_query(line);
        Delegation delegation = delegate_open(state, &context, &query);
        char *text = NULL, resource[256];
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        Needs needs = { 0 };
        assert_non_null(stream);
        for (Need need; delegation_next_need(&delegation, &needs, &need);) {
                uint32_t next = 0;
                for (Ask ask; delegation_next_ask(&delegation, &need, &next, &ask);)
                        fprintf(stream, "%s at %s, ",
                                image_string(image, image_permission(image, ask.permission)->name)
                                        .data,
                                image_resource(image, ask.target.type, ask.target.index, resource,
                                               sizeof(resource))
                                        .data);
                const ImageRole *role = image_role(image, need.role);
                fprintf(stream, "for %s; ", role ? image_string(image, role->name).data : "-");
        }
        fclose(stream);
        assert_string_equal(text, expected);
        free(text);
}

static void each_kind_of_question_has_its_needs(void **state)
{
        expect_needs(
                state, "x grant looker@acme/HQ user:acme/plain",
                "site.give at site:acme/HQ, everything.give at organization:acme, for looker; ");
        expect_needs(
                state, "x revoke looker@acme/HQ user:acme/plain",
                "site.take at site:acme/HQ, everything.give at organization:acme, for looker; ");
        expect_needs(state, "x grant plate-reader user:acme/plain",
                     "account.assign at organization:acme, for plate-reader; ");
        expect_needs(state, "x grant boss user:acme/plain",
                     "boss.make at user:acme/plain, for boss; ");
        expect_needs(state, "x grant aide user:acme/plain",
                     "aide.make at organization:acme, for aide; ");
        /* What is asked about users is asked of all of them where a group is the target. */
        expect_needs(state, "x grant boss group:acme/bare",
                     "boss.make at organization:acme, for boss; ");
        expect_needs(state, "x grant crown user:acme/plain", "for crown; ");
        expect_needs(state, "x migrate user:acme/old", "user.move at user:acme/old, for -; ");
        expect_needs(state, "x migrate user:acme/old with=chief with=boss",
                     "user.move at user:acme/old, for -; "
                     "everything.give at organization:acme, for chief; "
                     "boss.make at user:acme/old, for boss; ");
        expect_needs(state, "x add-member user:acme/plain with=group:acme/two-sites",
                     "site.give at site:acme/HQ, everything.give at organization:acme, for looker; "
                     "site.give at site:acme/Branch, everything.give at organization:acme, "
                     "for looker; ");
        expect_needs(
                state, "x remove-member user:acme/plain with=group:acme/wardens",
                "site.take at site:acme/HQ, everything.give at organization:acme, for warden; ");
        expect_needs(state, "x add-member user:acme/plain with=group:acme/bottom",
                     "everything.give at organization:acme, for -; ");
        expect_needs(state, "x add-member user:acme/plain with=access-group:acme/staff",
                     "staff.add at access-group:acme/staff, for -; ");
        expect_needs(state, "x remove-member user:acme/plain with=access-group:acme/staff",
                     "staff.remove at access-group:acme/staff, for -; ");
        expect_needs(state, "x customize watcher +link.share organization:acme",
                     "look.change at organization:acme, for -; ");
        expect_needs(state, "x customize watcher default organization:acme",
                     "look.restore at organization:acme, for -; ");
}

static void the_nearest_of_several_permissions_tells_why_not(void **state)
{
        /* site.give fails for himself, everything.give is not his at all. */
        Decision decision =
                decide_ask(decide_image(state), "warden grant looker@acme/HQ user:acme/warden",
                           SOME_NOON, NULL);
        assert_int_equal(decision.failed_condition, CONDITION_TARGET_NOT_SELF);
        assert_int_equal(decision.permission,
                         image_find_permission(decide_image(state), text_from("site.give")));
}

static void a_need_for_no_role_at_all_is_a_damaged_image(void **state)
{
        DecisionContext context = { .now_s = SOME_NOON };
        Query query = delegate_query("boss grant looker@acme/HQ user:acme/plain");
        Delegation delegation = delegate_open(state, &context, &query);
        Need need = { .role = IMAGE_NONE - 1, .site = IMAGE_NONE };
        assert_int_equal(delegation_decide_need(&delegation, &need).reason, REASON_CORRUPT_IMAGE);
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(each_kind_of_question_has_its_needs),
                cmocka_unit_test(the_nearest_of_several_permissions_tells_why_not),
                cmocka_unit_test(a_need_for_no_role_at_all_is_a_damaged_image),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
