/* SPDX-License-Identifier: MIT */
/* Tests of query.c: what is a query and what is none, before any name is looked up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "policy/query.h"
#include "util/name.h"

static void expect_malformed(Text line)
{
        Query query;
        const char *problem = NULL;
        int result = query_parse_line(line, &query, &problem);
        if (result != QUERY_MALFORMED)
                fprintf(stderr, "taken: %.*s\n", (int)line.size, line.data);
        assert_int_equal(result, QUERY_MALFORMED);
        assert_non_null(problem);
        assert_int_equal(query_parse_line(line, &query, NULL), QUERY_MALFORMED);
}

static void a_query_is_split_into_its_parts(void **state)
{
        Query query;
        assert_int_equal(
                query_parse_line(TEXT_LITERAL(" alice\taccess.door.unlock  door:acme/HQ/D1 "),
                                 &query, NULL),
                0);
        assert_true(text_is(query.user, "alice"));
        assert_true(text_is(query.permission, "access.door.unlock"));
        assert_int_equal(query.resource.type, RESOURCE_DOOR);
        assert_true(text_is(query.resource.whole, "door:acme/HQ/D1"));
        assert_true(text_is(query.resource.organization, "acme"));
        assert_true(text_is(query.resource.path, "HQ/D1"));
        assert_int_equal(query.with_count, 0);
        assert_int_equal(query.is_private, PROPERTY_UNSTATED);
        assert_int_equal(query.is_active, PROPERTY_UNSTATED);
}

static void objects_and_properties_are_read(void **state)
{
        Query query;
        assert_int_equal(query_parse_line(TEXT_LITERAL("alice x site:acme/HQ with=user:acme/b@c+d "
                                                       "with=roll-call:acme/HQ/R1 active=true "
                                                       "private=false"),
                                          &query, NULL),
                         0);
        assert_int_equal(query.with_count, 2);
        assert_true(text_is(query.with[0].path, "b@c+d"));
        assert_int_equal(query.with[1].type, RESOURCE_ROLL_CALL);
        assert_int_equal(query.is_active, PROPERTY_TRUE);
        assert_int_equal(query.is_private, PROPERTY_FALSE);
}

static void every_type_takes_its_own_form_of_path(void **state)
{
        static const char *const GOOD[] = {
                "organization:acme",     "site:acme/HQ",          "site:acme/HQ/Tower",
                "door:acme/HQ/Tower/D1", "host:acme/HQ/gw-1",     "user:acme/alice",
                "user:acme/a@b.c+d",     "group:acme/desk",       "access-group:acme/staff",
                "entity:acme/plates",    "schedule:acme/Night",   "door-exception:acme/Holiday",
                "access-exception:a/X",  "access-level:acme/l",   "roll-call-template:acme/Evac",
                "roll-call:acme/HQ/R1",  "floorplan:acme/F1",     "archive:acme/HQ/V1",
                "camera:acme/HQ/c1",     "report:acme/HQ/weekly",
        };
        static const char *const BAD[] = {
                "",
                "door",
                "door:",
                ":acme",
                "Door:acme/HQ/D1",
                "house:acme/HQ",
                "organization:acme/",
                "organization:acme/HQ",
                "organization:ac@me",
                "site:acme",
                "site:acme/",
                "site:acme//HQ",
                "site:acme/HQ/",
                "site:/HQ",
                "site:acme/../HQ",
                "site:acme/-HQ",
                "site:acme/H Q",
                "site:acme/HQ@2",
                "user:acme",
                "user:acme/alice/bob",
                "user:acme/.alice",
                "group:acme/desk+1",
                "group:acme/a/b",
                "door:acme/HQ/D1 ",
                "door:acme/HQ/D1:x",
        };
        Resource resource;
        const char *problem;
        for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
                assert_int_equal(resource_parse(text_from(GOOD[i]), &resource, &problem), 0);
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
                assert_int_equal(resource_parse(text_from(BAD[i]), &resource, &problem),
                                 QUERY_MALFORMED);
}

static void what_is_no_query_is_malformed(void **state)
{
        static const char *const BAD[] = {
                "",
                " ",
                "alice",
                "alice x",
                "alice x door:acme/HQ/D1 y",
                "alice x door:acme/HQ/D1 =",
                "alice x door:acme/HQ/D1 =true",
                "alice x door:acme/HQ/D1 active",
                "alice x door:acme/HQ/D1 active=",
                "alice x door:acme/HQ/D1 active=yes",
                "alice x door:acme/HQ/D1 active=TRUE",
                "alice x door:acme/HQ/D1 Active=true",
                "alice x door:acme/HQ/D1 active=true active=true",
                "alice x door:acme/HQ/D1 private=true private=false",
                "alice x door:acme/HQ/D1 at=2026-01-01T00:00:00Z",
                "alice x door:acme/HQ/D1 with=",
                "alice x door:acme/HQ/D1 with=alice",
                "alice x door:acme/HQ/D1 with=user:beta/alice",
                "alice x user:acme/alice/bob",
                "-alice x door:acme/HQ/D1",
                "al/ice x door:acme/HQ/D1",
                "alice x@y door:acme/HQ/D1",
                "alice -x door:acme/HQ/D1",
                "alice\nx door:acme/HQ/D1",
                "alice x door:acme/HQ/D1\r",
        };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
                expect_malformed(text_from(BAD[i]));
        expect_malformed(TEXT_LITERAL("alice x door:acme/HQ/D1\0"));
        expect_malformed(TEXT_LITERAL("ali\0ce x door:acme/HQ/D1"));
        expect_malformed(TEXT_LITERAL("alice x door:acme/HQ/D\xff"));
}

static void limits_hold_to_the_byte(void **state)
{
        char line[QUERY_SIZE_MAX + 2];
        Query query;
        memset(line, ' ', sizeof(line));
        memcpy(line, "alice x door:acme/HQ/D1", 23);
        assert_int_equal(query_parse_line((Text){ line, QUERY_SIZE_MAX }, &query, NULL), 0);
        expect_malformed((Text){ line, QUERY_SIZE_MAX + 1 });

        assert_int_equal(query_parse_line(TEXT_LITERAL("a x site:a/H with=user:a/b with=user:a/b "
                                                       "with=user:a/b with=user:a/b"),
                                          &query, NULL),
                         0);
        expect_malformed(TEXT_LITERAL("a x site:a/H with=user:a/b with=user:a/b with=user:a/b "
                                      "with=user:a/b with=user:a/b"));
        expect_malformed(TEXT_LITERAL("a b c d e f g h i j k l m n o p q"));
}

static void paths_are_as_deep_as_sites_can_be(void **state)
{
        char path[256] = "door:acme";
        Resource resource;
        for (int i = 0; i < PATH_DEPTH_MAX - 1; i++)
                strcat(path, "/a");
        assert_int_equal(resource_parse(text_from(path), &resource, NULL), 0);
        strcat(path, "/a");
        assert_int_equal(resource_parse(text_from(path), &resource, NULL), QUERY_MALFORMED);

        char name[NAME_SIZE_MAX + 2];
        memset(name, 'n', sizeof(name));
        snprintf(path, sizeof(path), "user:acme/%.*s", NAME_SIZE_MAX, name);
        assert_int_equal(resource_parse(text_from(path), &resource, NULL), 0);
        snprintf(path, sizeof(path), "user:acme/%.*s", NAME_SIZE_MAX + 1, name);
        assert_int_equal(resource_parse(text_from(path), &resource, NULL), QUERY_MALFORMED);
}

static void a_resource_of_a_mebibyte_is_refused(void **state)
{
        size_t size = 1 << 20;
        char *text = malloc(size);
        assert_non_null(text);
        memset(text, 'a', size);
        memcpy(text, "site:", 5);
        Resource resource;
        assert_int_equal(resource_parse((Text){ text, size }, &resource, NULL), QUERY_MALFORMED);
        Text words[] = { { text, size }, TEXT_LITERAL("x"), TEXT_LITERAL("site:acme/HQ") };
        Query query;
        assert_int_equal(query_parse(words, 3, &query, NULL), QUERY_MALFORMED);
        free(text);
}

static void questions_about_granting_are_read(void **state)
{
        static const struct {
                const char *line;
                QueryKind kind;
                size_t roles, with;
        } QUESTIONS[] = {
                { "alice grant viewer@acme/HQ user:acme/bob", QUERY_GRANT, 1, 0 },
                { "alice revoke viewer group:acme/desk", QUERY_REVOKE, 1, 0 },
                { "alice migrate user:acme/bob", QUERY_MIGRATE, 0, 0 },
                { "alice migrate user:acme/bob with=viewer@acme/HQ with=system", QUERY_MIGRATE, 2,
                  0 },
                { "alice add-member user:acme/bob with=group:acme/desk", QUERY_ADD_MEMBER, 0, 1 },
                { "alice remove-member user:acme/bob with=access-group:acme/staff",
                  QUERY_REMOVE_MEMBER, 0, 1 },
                { "alice customize viewer +camera.x organization:acme", QUERY_CUSTOMIZE, 1, 0 },
                { "alice customize viewer -camera.x organization:acme", QUERY_CUSTOMIZE, 1, 0 },
                { "alice customize viewer default organization:acme", QUERY_CUSTOMIZE, 1, 0 },
        };
        for (size_t i = 0; i < sizeof(QUESTIONS) / sizeof(QUESTIONS[0]); i++) {
                Query query;
                assert_int_equal(query_parse_line(text_from(QUESTIONS[i].line), &query, NULL), 0);
                assert_int_equal(query.kind, QUESTIONS[i].kind);
                assert_int_equal(query.role_count, QUESTIONS[i].roles);
                assert_int_equal(query.with_count, QUESTIONS[i].with);
        }
}

static void questions_about_granting_of_another_form_are_malformed(void **state)
{
        static const char *const LINES[] = {
                "alice grant viewer",
                "alice grant viewer@acme/HQ door:acme/HQ/D1",
                "alice grant viewer@other/HQ user:acme/bob",
                "alice grant viewer@ user:acme/bob",
                "alice grant @acme/HQ user:acme/bob",
                "alice grant viewer user:acme/bob with=group:acme/desk",
                "alice migrate group:acme/desk",
                "alice migrate user:acme/bob viewer",
                "alice migrate user:acme/bob with=viewer@other/HQ",
                "alice add-member user:acme/bob",
                "alice add-member user:acme/bob with=user:acme/bob",
                "alice add-member user:acme/bob with=group:other/desk",
                "alice add-member group:acme/desk with=group:acme/desk",
                "alice customize viewer camera.x organization:acme",
                "alice customize viewer + organization:acme",
                "alice customize viewer@acme/HQ +camera.x organization:acme",
                "alice customize viewer +camera.x site:acme/HQ",
        };
        for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
                Query query;
                const char *problem = NULL;
                assert_int_equal(query_parse_line(text_from(LINES[i]), &query, &problem),
                                 QUERY_MALFORMED);
                assert_non_null(problem);
        }
}

static void words_are_counted_up_to_the_limit(void **state)
{
        Text words[3];
        assert_int_equal(query_split(TEXT_LITERAL(""), words, 3), 0);
        assert_int_equal(query_split(TEXT_LITERAL(" \t "), words, 3), 0);
        assert_int_equal(query_split(TEXT_LITERAL("a  b\tc "), words, 3), 3);
        assert_true(text_is(words[2], "c"));
        assert_int_equal(query_split(TEXT_LITERAL("a b c d e"), words, 3), 4);
}

static void a_path_alone_is_read_as_a_resource_of_a_type(void **state)
{
        Resource resource;
        assert_int_equal(
                resource_parse_path(RESOURCE_DOOR, TEXT_LITERAL("acme/HQ/D1"), &resource, NULL), 0);
        assert_true(text_is(resource.organization, "acme"));
        assert_true(text_is(resource.path, "HQ/D1"));
        assert_int_equal(resource_parse_path(RESOURCE_DOOR, TEXT_NULL, &resource, NULL),
                         QUERY_MALFORMED);
        assert_int_equal(resource_parse_path(RESOURCE_DOOR, TEXT_LITERAL("acme"), &resource, NULL),
                         QUERY_MALFORMED);
}

static void a_program_may_be_asked_about(void **state)
{
        static const char *const NONE[] = {
                "caller:",         "caller:acme",     "caller:acme/",   "caller:/gw-1",
                "caller:acme/a/b", "caller:a@b/c",    "caller:acme/.x", "Caller:acme/gw-1",
                "user:acme/alice", "caller:acme/a:b",
        };
        Query query;
        assert_int_equal(
                query_parse_line(
                        TEXT_LITERAL("caller:acme/gw-1 access.door.unlock door:acme/HQ/D1"), &query,
                        NULL),
                0);
        assert_true(text_is(query.user, "caller:acme/gw-1"));
        for (size_t i = 0; i < sizeof(NONE) / sizeof(*NONE); i++) {
                char line[128];
                (void)snprintf(line, sizeof(line), "%s access.door.unlock door:acme/HQ/D1",
                               NONE[i]);
                expect_malformed(text_from(line));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_program_may_be_asked_about),
                cmocka_unit_test(a_query_is_split_into_its_parts),
                cmocka_unit_test(objects_and_properties_are_read),
                cmocka_unit_test(every_type_takes_its_own_form_of_path),
                cmocka_unit_test(what_is_no_query_is_malformed),
                cmocka_unit_test(limits_hold_to_the_byte),
                cmocka_unit_test(paths_are_as_deep_as_sites_can_be),
                cmocka_unit_test(a_resource_of_a_mebibyte_is_refused),
                cmocka_unit_test(questions_about_granting_are_read),
                cmocka_unit_test(questions_about_granting_of_another_form_are_malformed),
                cmocka_unit_test(words_are_counted_up_to_the_limit),
                cmocka_unit_test(a_path_alone_is_read_as_a_resource_of_a_type),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
