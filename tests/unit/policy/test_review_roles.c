/* SPDX-License-Identifier: MIT */
/* Tests of reviews about entities, members and customized roles, and that they agree with single
 * questions for every permission, person and place of the policy in which roles are granted. */
#include "delegate_fixture.h"
#include "policy/review.h"

static int take_name(void *data, Text name, const Decision *decision)
{
        assert_int_equal(decision->outcome, OUTCOME_ALLOW);
        return fprintf(data, "%.*s ", (int)name.size, name.data) < 0 ? -1 : 0;
}

static void expect_people(void **state, const char *permission, const char *where,
                          const char *expected)
{
        Resource resource;
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(resource_parse(text_from(where), &resource, NULL), 0);
        assert_int_equal(policy_who_can(decide_image(state),
                                        &(DecisionContext){ .now_s = SOME_NOON },
                                        text_from(permission), &resource, take_name, stream),
                         0);
        fclose(stream);
        assert_string_equal(text, expected);
        free(text);
}

static void what_every_member_may_names_every_member(void **state)
{
        expect_people(state, "member.look", "organization:beta", "boss warden ");
        /* And whoever a Unix group makes a member; one that makes nobody a member helps nobody. */
        expect_people(
                state, "member.look", "organization:acme",
                "auditor boss boss-old both both-old chief clerk crowned director flag "
                "grouped holder looker moved of-plates old old-looker old-timed once-old "
                "once-old-looker plain roamer staffed timed tower warden watcher unix-group:2003 ");
}

static void entities_have_their_own_people(void **state)
{
        expect_people(state, "thing.read", "entity:acme/plates", "holder of-plates ");
        expect_people(state, "thing.read", "entity:acme/cameras", "holder ");
}

static void customized_roles_are_asked_as_they_are_here(void **state)
{
        expect_people(state, "link.share", "site:acme/HQ", "auditor director watcher ");
        /* No archive is stated not to be private. */
        expect_people(state, "archive.view", "site:acme/HQ", "");
}

/* ---- Everything at once ---- */

typedef struct Lines {
        const Image *image;
        const char *user;
        size_t count;
} Lines;

static int take_permission(void *data, Text permission, Text resource, const Decision *decision)
{
        Lines *lines = data;
        char line[512];
        snprintf(line, sizeof(line), "%s %.*s %.*s", lines->user, (int)permission.size,
                 permission.data, (int)resource.size, resource.data);
        decide_expect_of(lines->image, line, SOME_NOON, NULL, "allow granted-by-role");
        lines->count++;
        return 0;
}

static size_t allowed_on(const Image *image, const char *user, const char *resource)
{
        char line[512];
        size_t count = 0;
        for (uint32_t i = 0; i < image_count(image, IMAGE_PERMISSIONS); i++) {
                Text name = image_string(image, image_permission(image, i)->name);
                snprintf(line, sizeof(line), "%s %.*s %s", user, (int)name.size, name.data,
                         resource);
                count += decide_ask(image, line, SOME_NOON, NULL).outcome == OUTCOME_ALLOW;
        }
        return count;
}

static void what_somebody_can_is_what_questions_allow(void **state)
{
        static const char *const USERS[] = { "boss",      "warden", "holder",  "watcher",
                                             "of-plates", "plain",  "director" };
        static const char *const PLACES[] = { "organization:acme",   "site:acme/HQ",
                                              "site:acme/HQ/Tower",  "door:acme/HQ/D1",
                                              "entity:acme/plates",  "entity:acme/cameras",
                                              "user:acme/of-plates", "access-group:acme/staff" };
        const Image *image = decide_image(state);
        for (size_t u = 0; u < sizeof(USERS) / sizeof(USERS[0]); u++) {
                DecisionContext context = { .now_s = SOME_NOON };
                for (size_t p = 0; p < sizeof(PLACES) / sizeof(PLACES[0]); p++) {
                        Lines lines = { image, USERS[u], 0 };
                        Resource resource;
                        assert_int_equal(resource_parse(text_from(PLACES[p]), &resource, NULL), 0);
                        assert_int_equal(policy_what_can(image, &context, text_from(USERS[u]),
                                                         &resource, take_permission, &lines),
                                         0);
                        assert_int_equal(lines.count, allowed_on(image, USERS[u], PLACES[p]));
                }
        }
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(what_every_member_may_names_every_member),
                cmocka_unit_test(entities_have_their_own_people),
                cmocka_unit_test(customized_roles_are_asked_as_they_are_here),
                cmocka_unit_test(what_somebody_can_is_what_questions_allow),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
