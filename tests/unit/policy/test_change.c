/* SPDX-License-Identifier: MIT */
/* Tests of change.c: every change has one line, and every line one change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/change.h"
#include "util/timestamp.h"

#define OPEN .from_s = TIMESTAMP_MIN, .until_s = TIMESTAMP_MAX
#define TEXT(s)                                                                                    \
        {                                                                                          \
                "" s, sizeof(s) - 1                                                                \
        }

static const Change GRANT = {
        .verb = CHANGE_GRANT,
        .organization = TEXT("acme"),
        .target_type = RESOURCE_USER,
        .target = TEXT("bob@x"),
        .role = TEXT("viewer"),
        .site = TEXT("HQ/Tower"),
        .from_s = 1767225600,
        .until_s = 1769904000,
        .by = TEXT("ann"),
        .at_s = 1767225601,
        .reason = TEXT("a \\ tab\t, a line\nand \xc3\xa9"),
};

static const struct {
        Change change;
        const char *line;
} CHANGES[] = {
        { { .verb = CHANGE_GRANT,
            .organization = TEXT("acme"),
            .target_type = RESOURCE_GROUP,
            .target = TEXT("desk"),
            .role = TEXT("system"),
            OPEN,
            .at_s = TIMESTAMP_MIN },
          "grant\tacme\tgroup:desk\tsystem\t-\t-\t-\t-\t-\t-\t-\n" },
        { { .verb = CHANGE_REVOKE,
            .organization = TEXT("acme"),
            .target_type = RESOURCE_USER,
            .target = TEXT("bob"),
            .role = TEXT("viewer"),
            .site = TEXT("HQ"),
            OPEN,
            .by = TEXT("ann"),
            .at_s = 0,
            .reason = TEXT("-") },
          "revoke\tacme\tuser:bob\tviewer\tHQ\t-\t-\t-\tann\t1970-01-01T00:00:00Z\t\\x2d\n" },
        { { .verb = CHANGE_MIGRATE,
            .organization = TEXT("acme"),
            .target_type = RESOURCE_USER,
            .target = TEXT("bob"),
            OPEN,
            .at_s = 5,
            .reason = TEXT("--") },
          "migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t1970-01-01T00:00:05Z\t--\n" },
        { { .verb = CHANGE_ADD_MEMBER,
            .organization = TEXT("acme"),
            .target_type = RESOURCE_USER,
            .target = TEXT("bob"),
            .object_type = RESOURCE_GROUP,
            .object = TEXT("desk"),
            OPEN,
            .at_s = 5 },
          "add-member\tacme\tuser:bob\t-\t-\tgroup:desk\t-\t-\t-\t1970-01-01T00:00:05Z\t-\n" },
        { { .verb = CHANGE_REMOVE_MEMBER,
            .organization = TEXT("acme"),
            .target_type = RESOURCE_USER,
            .target = TEXT("bob"),
            .object_type = RESOURCE_ACCESS_GROUP,
            .object = TEXT("staff"),
            OPEN,
            .at_s = 5 },
          "remove-member\tacme\tuser:bob\t-\t-\taccess-group:staff\t-\t-\t-\t"
          "1970-01-01T00:00:05Z\t-\n" },
        { { .verb = CHANGE_CUSTOMIZE_ADD,
            .organization = TEXT("acme"),
            .role = TEXT("viewer"),
            .object = TEXT("door.unlock"),
            OPEN,
            .at_s = 5 },
          "customize-add\tacme\t-\tviewer\t-\tdoor.unlock\t-\t-\t-\t1970-01-01T00:00:05Z\t-\n" },
        { { .verb = CHANGE_CUSTOMIZE_REMOVE,
            .organization = TEXT("acme"),
            .role = TEXT("viewer"),
            .object = TEXT("door.unlock"),
            OPEN,
            .at_s = 5 },
          "customize-remove\tacme\t-\tviewer\t-\tdoor.unlock\t-\t-\t-\t1970-01-01T00:00:05Z\t-\n" },
        { { .verb = CHANGE_CUSTOMIZE_DEFAULT,
            .organization = TEXT("acme"),
            .role = TEXT("viewer"),
            OPEN,
            .at_s = 5 },
          "customize-default\tacme\t-\tviewer\t-\t-\t-\t-\t-\t1970-01-01T00:00:05Z\t-\n" },
};

/* Return: the line, owned by the caller. */
static char *line_of(const Change *change, size_t *ret_size)
{
        char *line = NULL;
        FILE *stream = open_memstream(&line, ret_size);
        assert_non_null(stream);
        assert_int_equal(change_write(change, stream), 0);
        fclose(stream);
        return line;
}

static void same(const Change *a, const Change *b)
{
        assert_int_equal(a->verb, b->verb);
        assert_true(text_equal(a->organization, b->organization));
        assert_int_equal(a->target_type, b->target_type);
        assert_true(text_equal(a->target, b->target));
        assert_true(text_equal(a->role, b->role));
        assert_true(text_equal(a->site, b->site));
        assert_int_equal(a->object_type, b->object_type);
        assert_true(text_equal(a->object, b->object));
        assert_true(a->from_s == b->from_s && a->until_s == b->until_s && a->at_s == b->at_s);
        assert_true(text_equal(a->by, b->by));
        assert_true(text_equal(a->reason, b->reason));
}

static void each_verb_has_its_line(void **state)
{
        for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
                Change read[CHANGES_MAX];
                size_t size, count;
                char *line = line_of(&CHANGES[i].change, &size);
                assert_string_equal(line, CHANGES[i].line);
                assert_int_equal(changes_parse(line, size, read, &count), 0);
                assert_int_equal(count, 1);
                same(&read[0], &CHANGES[i].change);
                free(line);
        }
}

static void a_whole_change_comes_back(void **state)
{
        Change read[CHANGES_MAX];
        size_t size, count;
        char *line = line_of(&GRANT, &size);
        assert_string_equal(line, "grant\tacme\tuser:bob@x\tviewer\tHQ/Tower\t-\t"
                                  "2026-01-01T00:00:00Z\t2026-02-01T00:00:00Z\tann\t"
                                  "2026-01-01T00:00:01Z\t"
                                  "a \\\\ tab\\x09, a line\\x0aand \xc3\xa9\n");
        assert_int_equal(changes_parse(line, size, read, &count), 0);
        assert_int_equal(count, 1);
        same(&read[0], &GRANT);
        free(line);
}

static void reasons_of_any_bytes_come_back(void **state)
{
        uint32_t seed = 1;
        for (unsigned round = 0; round < 2000; round++) {
                static const char BYTES[] = "-\\x2d\t\n\x01\x7f\x80\xff\"a";
                char reason[CHANGE_REASON_MAX];
                Change change = GRANT, read[CHANGES_MAX];
                size_t size, count;
                change.reason = (Text){ reason, round % 40 };
                for (size_t i = 0; i < change.reason.size; i++) {
                        seed = seed * 1664525u + 1013904223u;
                        reason[i] = BYTES[(seed >> 16) % (sizeof(BYTES) - 1)];
                }
                char *line = line_of(&change, &size);
                assert_int_equal(changes_parse(line, size, read, &count), 0);
                same(&read[0], &change);
                free(line);
        }
}

static void what_is_no_change_is_not_written(void **state)
{
        char long_reason[CHANGE_REASON_MAX + 1];
        memset(long_reason, 'x', sizeof(long_reason));
        Change wrong[16];
        size_t count = 0;
#define WRONG(...) wrong[count] = GRANT, wrong[count++].__VA_ARGS__
        WRONG(verb = CHANGE_VERB_COUNT);
        WRONG(verb = CHANGE_MIGRATE);
        WRONG(organization = TEXT_LITERAL(""));
        WRONG(organization = TEXT_LITERAL("a\tb"));
        WRONG(target = TEXT_LITERAL(""));
        WRONG(target_type = RESOURCE_DOOR);
        WRONG(target_type = RESOURCE_ORGANIZATION);
        WRONG(role = TEXT_LITERAL(""));
        WRONG(role = TEXT_LITERAL("a\nb"));
        WRONG(site = TEXT_LITERAL("/HQ"));
        WRONG(object = TEXT_LITERAL("x"));
        WRONG(until_s = GRANT.from_s);
        WRONG(from_s = -1);
        WRONG(by = TEXT_LITERAL("a b"));
        WRONG(reason = TEXT_LITERAL("a\0b"));
        WRONG(reason = (Text){ long_reason, sizeof(long_reason) });
#undef WRONG
        FILE *stream = fopen("/dev/null", "w");
        assert_non_null(stream);
        for (size_t i = 0; i < count; i++)
                assert_int_equal(change_write(&wrong[i], stream), -EINVAL);
        wrong[0] = GRANT;
        wrong[0].reason.data = long_reason;
        wrong[0].reason.size = CHANGE_REASON_MAX;
        assert_int_equal(change_write(&wrong[0], stream), 0);
        fclose(stream);
}

static void refused(const char *text)
{
        Change read[CHANGES_MAX];
        size_t count = 12345;
        char *copy = strdup(text);
        assert_int_equal(changes_parse(copy, strlen(copy), read, &count), -EPROTO);
        assert_int_equal(count, 12345);
        free(copy);
}

static void everything_else_is_refused(void **state)
{
        refused("\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t-");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t-\t-\n");
        refused("migrated\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t-\n");
        refused("migrate\t-\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t-\n");
        refused("migrate\tacme\tbob\t-\t-\t-\t-\t-\t-\t-\t-\n");
        refused("migrate\tacme\tgroup:bob\t-\t-\t-\t-\t-\t-\t-\t-\n");
        refused("migrate\tacme\tuser:bob\tr\t-\t-\t-\t-\t-\t-\t-\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t2026-01-01T00:00:00+00:00\t-\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t\\x00\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t\\x41\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t\\x0A\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t\\\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\ta\x01\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\ta\\x2d\n");
        /* A place or a time where there is none */
        refused("customize-default\tacme\t-\tr\tHQ\t-\t-\t-\t-\t-\t-\n");
        refused("migrate\tacme\tuser:bob\t-\tHQ\t-\t-\t-\t-\t-\t-\n");
        refused("revoke\tacme\tuser:bob\tr\t-\t-\t-\t2030-01-01T00:00:00Z\t-\t-\t-\n");
        refused("migrate\tacme\tuser:bob\t-\t-\t-\t2030-01-01T00:00:00Z\t-\t-\t-\t-\n");
        refused("add-member\tacme\tuser:bob\t-\t-\tdoor:desk\t-\t-\t-\t-\t-\n");
}

static void a_list_has_its_limit(void **state)
{
        static const char LINE[] = "migrate\tacme\tuser:bob\t-\t-\t-\t-\t-\t-\t-\t-\n";
        static char text[(CHANGES_MAX + 1) * sizeof(LINE)];
        Change read[CHANGES_MAX];
        size_t count, size = sizeof(LINE) - 1;
        for (size_t i = 0; i <= CHANGES_MAX; i++)
                memcpy(text + i * size, LINE, size);
        assert_int_equal(changes_parse(text, CHANGES_MAX * size, read, &count), 0);
        assert_int_equal(count, CHANGES_MAX);
        assert_int_equal(changes_parse(text, (CHANGES_MAX + 1) * size, read, &count), -EPROTO);
        assert_int_equal(changes_parse(text, 0, read, &count), 0);
        assert_int_equal(count, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_verb_has_its_line),
                cmocka_unit_test(a_whole_change_comes_back),
                cmocka_unit_test(reasons_of_any_bytes_come_back),
                cmocka_unit_test(what_is_no_change_is_not_written),
                cmocka_unit_test(everything_else_is_refused),
                cmocka_unit_test(a_list_has_its_limit),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
