/* SPDX-License-Identifier: MIT */
/* Tests of review.c and review_who.c: complete lists, and the smallest sets of Unix groups. */
#include "decide_fixture.h"

#include <errno.h>

#include "policy/review.h"

/* Answers, one a line. */
typedef struct Answers {
        char *text;
        size_t size;
        FILE *stream;
        int left; /* answers until the search is ended; -1: never */
} Answers;

static int take(Answers *answers)
{
        if (answers->left > 0)
                answers->left--;
        return answers->left == 0 ? -ECANCELED : 0;
}

static int take_name(void *data, Text name, const Decision *decision)
{
        Answers *answers = data;
        assert_int_equal(decision->outcome, OUTCOME_ALLOW);
        fprintf(answers->stream, "%.*s\n", (int)name.size, name.data);
        return take(answers);
}

static int take_permission(void *data, Text permission, Text resource, const Decision *decision)
{
        Answers *answers = data;
        assert_int_equal(decision->outcome, OUTCOME_ALLOW);
        fprintf(answers->stream, "%.*s %.*s\n", (int)permission.size, permission.data,
                (int)resource.size, resource.data);
        return take(answers);
}

static Answers answers_new(void)
{
        Answers answers = { .left = -1 };
        return answers;
}

static int who_can(void **state, const char *permission, const char *where, int64_t now_s,
                   Answers *answers)
{
        Resource resource;
        assert_int_equal(resource_parse(text_from(where), &resource, NULL), 0);
        answers->stream = open_memstream(&answers->text, &answers->size);
        assert_non_null(answers->stream);
        int result = policy_who_can(decide_image(state), &(DecisionContext){ .now_s = now_s },
                                    text_from(permission), &resource, take_name, answers);
        fclose(answers->stream);
        return result;
}

static void expect_people(void **state, const char *permission, const char *where, int64_t now_s,
                          const char *expected)
{
        Answers answers = answers_new();
        assert_int_equal(who_can(state, permission, where, now_s, &answers), 0);
        assert_string_equal(answers.text, expected);
        free(answers.text);
}

static void people_are_found_sorted_by_name_then_unix_groups(void **state)
{
        expect_people(state, "settings.change", "organization:acme", MONDAY_MORNING,
                      "both\nsystem\n"
                      "unix-group:2003+unix-group:2004\n"
                      "organization:acme+unix-group:2004\n");
        expect_people(state, "site.configure", "site:acme/HQ/Tower", MONDAY_MORNING,
                      "admin\nboth\nnumbered\nraised\nsystem\n"
                      "unix-group:2003+unix-group:2004\n"
                      "organization:acme+unix-group:2004\n");
        expect_people(state, "door.view", "door:beta/HQ/D1", MONDAY_MORNING, "nobody\n");
        expect_people(state, "user.edit", "user:acme/kept", MONDAY_MORNING, "");
}

static void badges_need_no_membership(void **state)
{
        expect_people(state, "door.enter", "door:acme/HQ/D1", MONDAY_MORNING,
                      "badge\nviewer\nunix-group:2003\n");
        expect_people(state, "door.enter", "door:acme/HQ/D1", MONDAY_MORNING + 10 * HOUR, "");
}

static void users_who_need_a_unix_group_besides_are_named_with_it(void **state)
{
        /* At the lab: nightly and the groups' viewers lack the role or the access. */
        expect_people(state, "door.unlock", "door:acme/HQ/Tower/Lab/D4", MONDAY_MORNING,
                      "admin\nboth\nlow\nmanager\nnightly\nnumbered\nraised\nsystem\ntimed\n"
                      "unix-group:2002+unix-group:2003\n"
                      "unix-group:2003+unix-group:2004\n"
                      "organization:acme+unix-group:2002\n"
                      "organization:acme+unix-group:2004\n");
        /* A member with door access of his own, and the viewer's role by a Unix group. */
        Answers answers = answers_new();
        Model *model = ((DecideFixture *)*state)->load.model;
        ModelUser *users = model->organizations.items[0].users.items;
        ReferenceList lent = { 0 };
        uint32_t nobody = 0, nightly = 0;
        for (uint32_t i = 0; i < model->organizations.items[0].users.count; i++) {
                nobody = strcmp(users[i].name, "nobody") == 0 ? i : nobody;
                nightly = strcmp(users[i].name, "nightly") == 0 ? i : nightly;
        }
        users[nobody].access_groups = users[nightly].access_groups;
        Image *image = NULL;
        assert_int_equal(model_compile(model, MONDAY_MORNING, &image), 0);
        users[nobody].access_groups = lent;
        Resource resource;
        assert_int_equal(resource_parse(TEXT_LITERAL("door:acme/HQ/Tower/Lab/D4"), &resource, NULL),
                         0);
        answers.stream = open_memstream(&answers.text, &answers.size);
        assert_int_equal(policy_who_can(image, &(DecisionContext){ .now_s = MONDAY_MORNING },
                                        TEXT_LITERAL("door.unlock"), &resource, take_name,
                                        &answers),
                         0);
        fclose(answers.stream);
        assert_non_null(strstr(answers.text, "\nnobody+unix-group:2001\n"));
        assert_null(strstr(answers.text, "nobody+unix-group:2002"));
        free(answers.text);
        image_free(image);
}

static int take_place(void *data, Text resource, const Target *target, const Decision *decision)
{
        Answers *answers = data;
        assert_int_equal(decision->outcome, OUTCOME_ALLOW);
        assert_int_not_equal(target->organization, IMAGE_NONE);
        fprintf(answers->stream, "%.*s\n", (int)resource.size, resource.data);
        return take(answers);
}

static int where_can(void **state, const char *user, const char *permission, ResourceType type,
                     const char *prefix, Answers *answers)
{
        answers->stream = open_memstream(&answers->text, &answers->size);
        assert_non_null(answers->stream);
        int result = policy_where_can(
                decide_image(state), &(DecisionContext){ .now_s = MONDAY_MORNING }, text_from(user),
                text_from(permission), type, text_from(prefix), take_place, answers);
        fclose(answers->stream);
        return result;
}

static void expect_places(void **state, const char *user, const char *permission, ResourceType type,
                          const char *prefix, const char *expected)
{
        Answers answers = answers_new();
        assert_int_equal(where_can(state, user, permission, type, prefix, &answers), 0);
        assert_string_equal(answers.text, expected);
        free(answers.text);
}

static void places_are_found_in_all_organizations_or_below_a_prefix(void **state)
{
        expect_places(state, "nobody", "door.view", RESOURCE_DOOR, "", "door:beta/HQ/D1\n");
        expect_places(state, "manager", "door.view", RESOURCE_DOOR, "acme/HQ/Tower/Lab/",
                      "door:acme/HQ/Tower/Lab/D4\n");
        expect_places(state, "manager", "door.view", RESOURCE_DOOR, "acme/HQ/Tower/La",
                      "door:acme/HQ/Tower/Lab/D4\n");
        expect_places(state, "manager", "door.view", RESOURCE_DOOR, "beta/", "");
        expect_places(state, "stranger", "door.view", RESOURCE_DOOR, "", "");
}

static void places_that_cannot_be_listed_are_said(void **state)
{
        static const struct {
                const char *permission;
                ResourceType type;
                int expected;
        } CASES[] = {
                { "door.look", RESOURCE_DOOR, REASON_UNKNOWN_PERMISSION },
                { "door.view", RESOURCE_SITE, REASON_UNKNOWN_RESOURCE },        /* another scope */
                { "floorplan.view", RESOURCE_CAMERA, REASON_UNKNOWN_RESOURCE }, /* not declared */
                { "door.view", RESOURCE_GROUP, REASON_UNKNOWN_RESOURCE },
                { "door.view", RESOURCE_TYPE_COUNT, REASON_UNKNOWN_RESOURCE },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                Answers answers = answers_new();
                assert_int_equal(where_can(state, "manager", CASES[i].permission, CASES[i].type, "",
                                           &answers),
                                 CASES[i].expected);
                assert_string_equal(answers.text, "");
                free(answers.text);
        }
}

static void what_cannot_be_decided_is_said(void **state)
{
        Answers answers = answers_new();
        assert_int_equal(who_can(state, "door.view", "door:acme/HQ/D9", MONDAY_MORNING, &answers),
                         REASON_UNKNOWN_RESOURCE);
        free(answers.text);
        assert_int_equal(who_can(state, "door.look", "door:acme/HQ/D1", MONDAY_MORNING, &answers),
                         REASON_UNKNOWN_PERMISSION);
        free(answers.text);
        assert_int_equal(who_can(state, "door.view", "site:acme/HQ", MONDAY_MORNING, &answers),
                         REASON_UNKNOWN_RESOURCE);
        assert_string_equal(answers.text, "");
        free(answers.text);
}

static void whoever_is_told_may_end_the_search(void **state)
{
        Answers answers = { .left = 2 };
        assert_int_equal(
                who_can(state, "settings.change", "organization:acme", MONDAY_MORNING, &answers),
                -ECANCELED);
        assert_string_equal(answers.text, "both\nsystem\n");
        free(answers.text);
        answers = (Answers){ .left = 3 };
        assert_int_equal(
                who_can(state, "settings.change", "organization:acme", MONDAY_MORNING, &answers),
                -ECANCELED);
        free(answers.text);
}

static int what_can(void **state, const char *user, const char *where, const uint32_t *groups,
                    Answers *answers)
{
        DecisionContext context = { .now_s = MONDAY_MORNING, .unix_groups = groups };
        Resource resource;
        while (groups && groups[context.unix_group_count] != 0)
                context.unix_group_count++;
        if (where)
                assert_int_equal(resource_parse(text_from(where), &resource, NULL), 0);
        answers->stream = open_memstream(&answers->text, &answers->size);
        assert_non_null(answers->stream);
        int result = policy_what_can(decide_image(state), &context, text_from(user),
                                     where ? &resource : NULL, take_permission, answers);
        fclose(answers->stream);
        return result;
}

static void expect_permissions(void **state, const char *user, const char *where,
                               const uint32_t *groups, const char *expected)
{
        Answers answers = answers_new();
        assert_int_equal(what_can(state, user, where, groups, &answers), 0);
        assert_string_equal(answers.text, expected);
        free(answers.text);
}

static void permissions_on_one_resource_are_complete(void **state)
{
        expect_permissions(state, "viewer", "door:acme/HQ/D1", NULL,
                           "door.view door:acme/HQ/D1\n"
                           "door.unlock door:acme/HQ/D1\n"
                           "door.enter door:acme/HQ/D1\n");
        expect_permissions(state, "manager", "site:acme/HQ", NULL, "level.create site:acme/HQ\n");
        expect_permissions(state, "nobody", "door:acme/HQ/D1", NULL, "");
        expect_permissions(state, "nobody", "door:acme/HQ/D1", (uint32_t[]){ 2001, 0 },
                           "door.view door:acme/HQ/D1\n");
        expect_permissions(state, "stranger", "door:acme/HQ/D1", NULL, "");
        expect_permissions(state, "viewer", "schedule:acme/day", NULL, "");
        Answers answers = answers_new();
        assert_int_equal(what_can(state, "viewer", "door:acme/HQ/D9", NULL, &answers),
                         REASON_UNKNOWN_RESOURCE);
        free(answers.text);
}

static void permissions_on_everything_cover_all_organizations(void **state)
{
        expect_permissions(state, "nobody", NULL, NULL,
                           "level.create site:beta/HQ\n"
                           "door.view door:beta/HQ/D1\n"
                           "door.unlock door:beta/HQ/D1\n"
                           "level.create door:beta/HQ/D1\n");
        expect_permissions(state, "guard", NULL, NULL,
                           "door.view door:acme/HQ/D1\n"
                           "door.view door:acme/HQ/D2\n"
                           "door.view door:acme/HQ/Tower/D3\n"
                           "door.view door:acme/HQ/Tower/Lab/D4\n");
        expect_permissions(state, "stranger", NULL, NULL, "");
}

/* Every single question gives the answer that the searches give. */
static void searches_and_questions_agree(void **state)
{
        const Image *image = decide_image(state);
        for (uint32_t i = 0; i < image_count(image, IMAGE_PERMISSIONS); i++) {
                Text permission = image_string(image, image_permission(image, i)->name);
                for (uint32_t d = 0; d < image_count(image, IMAGE_DOORS); d++) {
                        char where[256], line[512];
                        Answers answers = answers_new();
                        Text door = image_resource(image, RESOURCE_DOOR, d, where, sizeof(where));
                        if (who_can(state, permission.data, door.data, MONDAY_MORNING, &answers) ==
                            0)
                                for (char *name = strtok(answers.text, "\n"); name;
                                     name = strtok(NULL, "\n")) {
                                        if (strchr(name, ':'))
                                                continue;
                                        snprintf(line, sizeof(line), "%s %s %s", name,
                                                 permission.data, where);
                                        decide_expect_of(image, line, MONDAY_MORNING, NULL,
                                                         text_is(permission, "door.enter")
                                                                 ? "allow door-access"
                                                                 : "allow granted-by-role");
                                }
                        free(answers.text);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(people_are_found_sorted_by_name_then_unix_groups),
                cmocka_unit_test(badges_need_no_membership),
                cmocka_unit_test(users_who_need_a_unix_group_besides_are_named_with_it),
                cmocka_unit_test(places_are_found_in_all_organizations_or_below_a_prefix),
                cmocka_unit_test(places_that_cannot_be_listed_are_said),
                cmocka_unit_test(what_cannot_be_decided_is_said),
                cmocka_unit_test(whoever_is_told_may_end_the_search),
                cmocka_unit_test(permissions_on_one_resource_are_complete),
                cmocka_unit_test(permissions_on_everything_cover_all_organizations),
                cmocka_unit_test(searches_and_questions_agree),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
