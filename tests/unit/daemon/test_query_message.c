/* SPDX-License-Identifier: MIT */
/* Tests of query_message.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/query_message.h"

typedef struct TestField {
        FieldTag tag;
        const char *text;
} TestField;

static uint8_t frame[MESSAGE_SIZE_MAX];
static MessageQuery read_query;

/* Return: as query_from_message(). */
static int read_fields(MessageType type, const TestField *fields, size_t count)
{
        MessageWriter writer;
        Message message;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), type, 1, 0);
        if (type == MESSAGE_ASK)
                message_write_text(&writer, FIELD_USER, TEXT_LITERAL("bob"));
        for (size_t i = 0; i < count; i++)
                message_write_text(&writer, fields[i].tag, text_from(fields[i].text));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(frame, size, &message), 0);
        return query_from_message(&message, TEXT_LITERAL("bob"), &read_query);
}

#define read_as(type, ...)                                                                         \
        read_fields((type), (const TestField[]){ __VA_ARGS__ },                                    \
                    sizeof((const TestField[]){ __VA_ARGS__ }) / sizeof(TestField))
#define assert_text(text, expected) assert_true(text_is((text), (expected)))

static void a_permission_has_objects_and_properties(void **state)
{
        const Query *query = &read_query.query;
        assert_int_equal(read_as(MESSAGE_ASK, { FIELD_ACTION, "door.view" },
                                 { FIELD_RESOURCE, "door:acme/HQ/D1" },
                                 { FIELD_WITH, "schedule:acme/day" },
                                 { FIELD_WITH, "user:acme/al" }, { FIELD_PROPERTY, "active=true" }),
                         0);
        assert_int_equal(query->kind, QUERY_PERMISSION);
        assert_text(query->user, "bob");
        assert_text(query->permission, "door.view");
        assert_int_equal(query->with_count, 2);
        assert_text(query->with[1].path, "al");
        assert_int_equal(query->is_active, PROPERTY_TRUE);
        assert_true(read_query.has_properties);
}

static void each_change_has_its_own_fields(void **state)
{
        const Query *query = &read_query.query;
        static const MessageType types[] = { MESSAGE_ASK, MESSAGE_CHANGE };
        for (size_t i = 0; i < 2; i++) {
                assert_int_equal(read_as(types[i], { FIELD_ACTION, "grant" },
                                         { FIELD_RESOURCE, "group:acme/desk" },
                                         { FIELD_ROLE, "viewer@acme/HQ" }),
                                 0);
                assert_int_equal(query->kind, QUERY_GRANT);
                assert_text(query->roles[0].site.path, "HQ");
                assert_int_equal(read_as(types[i], { FIELD_ACTION, "migrate" },
                                         { FIELD_RESOURCE, "user:acme/al" }, { FIELD_ROLE, "one" },
                                         { FIELD_ROLE, "two@acme/HQ" }),
                                 0);
                assert_int_equal(query->role_count, 2);
                assert_text(query->roles[1].role, "two");
                assert_int_equal(read_as(types[i], { FIELD_ACTION, "add-member" },
                                         { FIELD_RESOURCE, "user:acme/al" },
                                         { FIELD_WITH, "access-group:acme/staff" }),
                                 0);
                assert_int_equal(query->kind, QUERY_ADD_MEMBER);
                assert_int_equal(query->with[0].type, RESOURCE_ACCESS_GROUP);
                assert_text(query->with[0].path, "staff");
                assert_int_equal(read_as(types[i], { FIELD_ACTION, "customize" },
                                         { FIELD_RESOURCE, "organization:acme" },
                                         { FIELD_ROLE, "viewer" }, { FIELD_CUSTOMIZE, "-a.b" }),
                                 0);
                assert_int_equal(query->verb, CUSTOMIZE_REMOVE);
                assert_text(query->permission, "a.b");
        }
}

static void a_change_is_no_question_about_a_permission(void **state)
{
        assert_int_equal(read_as(MESSAGE_CHANGE, { FIELD_ACTION, "door.view" },
                                 { FIELD_RESOURCE, "door:acme/HQ/D1" }),
                         QUERY_MALFORMED);
}

static void fields_of_another_kind_are_refused(void **state)
{
#define assert_malformed(...) assert_int_equal(read_as(MESSAGE_ASK, __VA_ARGS__), QUERY_MALFORMED)
        assert_malformed({ FIELD_ACTION, "door.view" }, { FIELD_RESOURCE, "door:acme/HQ/D1" },
                         { FIELD_ROLE, "viewer" });
        assert_malformed({ FIELD_ACTION, "door.view" }, { FIELD_RESOURCE, "door:acme/HQ/D1" },
                         { FIELD_CUSTOMIZE, "default" });
        assert_malformed({ FIELD_ACTION, "door.view" }, { FIELD_RESOURCE, "door:acme/HQ/D1" },
                         { FIELD_WITH, "schedule:beta/day" });
        assert_malformed({ FIELD_ACTION, "grant" }, { FIELD_RESOURCE, "user:acme/al" });
        assert_malformed({ FIELD_ACTION, "grant" }, { FIELD_RESOURCE, "user:acme/al" },
                         { FIELD_WITH, "group:acme/desk" }, { FIELD_ROLE, "viewer" });
        assert_malformed({ FIELD_ACTION, "grant" }, { FIELD_RESOURCE, "user:acme/al" },
                         { FIELD_PROPERTY, "active=true" }, { FIELD_ROLE, "viewer" });
        assert_malformed({ FIELD_ACTION, "grant" }, { FIELD_RESOURCE, "user:acme/al" },
                         { FIELD_ROLE, "viewer" }, { FIELD_ROLE, "viewer" });
        assert_malformed({ FIELD_ACTION, "migrate" }, { FIELD_RESOURCE, "user:acme/al" },
                         { FIELD_ROLE, "viewer@beta/HQ" });
        assert_malformed({ FIELD_ACTION, "migrate" }, { FIELD_RESOURCE, "group:acme/desk" });
        assert_malformed({ FIELD_ACTION, "add-member" }, { FIELD_RESOURCE, "user:acme/al" });
        assert_malformed({ FIELD_ACTION, "add-member" }, { FIELD_RESOURCE, "user:acme/al" },
                         { FIELD_WITH, "group:acme/desk" }, { FIELD_WITH, "group:acme/night" });
        assert_malformed({ FIELD_ACTION, "add-member" }, { FIELD_RESOURCE, "user:acme/al" },
                         { FIELD_WITH, "door:acme/HQ/D1" });
        assert_malformed({ FIELD_ACTION, "customize" }, { FIELD_RESOURCE, "organization:acme" },
                         { FIELD_ROLE, "viewer" });
        assert_malformed({ FIELD_ACTION, "customize" }, { FIELD_RESOURCE, "organization:acme" },
                         { FIELD_ROLE, "viewer" }, { FIELD_CUSTOMIZE, "a.b" });
}

static void what_is_too_long_or_too_much_is_refused(void **state)
{
        char group[RESOURCE_SIZE_MAX + 2];
        TestField fields[QUERY_ROLES_MAX + 3] = { { FIELD_ACTION, "migrate" },
                                                  { FIELD_RESOURCE, "user:acme/al" } };
        (void)snprintf(group, sizeof(group), "group:acme/");
        memset(group + 11, 'g', sizeof(group) - 12);
        group[sizeof(group) - 1] = '\0';
        assert_malformed({ FIELD_ACTION, "add-member" }, { FIELD_RESOURCE, "user:acme/al" },
                         { FIELD_WITH, group });
        for (size_t i = 0; i <= QUERY_ROLES_MAX; i++)
                fields[2 + i] = (TestField){ FIELD_ROLE, "viewer" };
        assert_int_equal(read_fields(MESSAGE_ASK, fields, 2 + QUERY_ROLES_MAX), 0);
        assert_int_equal(read_fields(MESSAGE_ASK, fields, 3 + QUERY_ROLES_MAX), QUERY_MALFORMED);
        fields[0].text = "door.view";
        fields[1].text = "door:acme/HQ/D1";
        for (size_t i = 0; i <= QUERY_WITH_MAX; i++)
                fields[2 + i] = (TestField){ FIELD_WITH, "user:acme/al" };
        assert_int_equal(read_fields(MESSAGE_ASK, fields, 2 + QUERY_WITH_MAX), 0);
        assert_int_equal(read_fields(MESSAGE_ASK, fields, 3 + QUERY_WITH_MAX), QUERY_MALFORMED);
        for (size_t i = 0; i < 9; i++)
                fields[2 + i] = (TestField){ FIELD_PROPERTY, "active=true" };
        assert_int_equal(read_fields(MESSAGE_ASK, fields, 3), 0);
        assert_int_equal(read_fields(MESSAGE_ASK, fields, 11), QUERY_MALFORMED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_permission_has_objects_and_properties),
                cmocka_unit_test(each_change_has_its_own_fields),
                cmocka_unit_test(a_change_is_no_question_about_a_permission),
                cmocka_unit_test(fields_of_another_kind_are_refused),
                cmocka_unit_test(what_is_too_long_or_too_much_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
