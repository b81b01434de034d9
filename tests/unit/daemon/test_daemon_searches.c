/* SPDX-License-Identifier: MIT */
/* Reviews and searches of the real daemon: complete, page by page, and of a caller's sites only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "daemon_fixture.h"

#define UNLOCK    "access.door.unlock"
#define PAGES_MAX 64
#define SKIPPED   77

static Reply reply;

static int setup(void **state)
{
        static DaemonFixture fixture;
        char folder[160];
        fixture_set_up(&fixture);
        (void)snprintf(folder, sizeof(folder), "%s/organizations.d/acme.d", fixture.policy);
        assert_int_equal(mkdir(folder, 0755), 0);
        fixture_write(&fixture, "organizations.d/acme.d/erin.conf",
                      "users = ( { name = \"erin\"; roles = (\n"
                      "  { role = \"access-site-manager\"; site = \"HQ\"; },\n"
                      "  { role = \"access-site-manager\"; site = \"Branch\"; } ); } );\n");
        assert_true(fixture_start(&fixture));
        *state = &fixture;
        return 0;
}

static int teardown(void **state)
{
        fixture_tear_down(*state);
        return 0;
}

#define ask(fixture, type, ...)                                                                    \
        ask_fields((fixture), (type), (const TestField[]){ __VA_ARGS__ },                          \
                   sizeof((const TestField[]){ __VA_ARGS__ }) / sizeof(TestField))

static void ask_fields(const DaemonFixture *fixture, MessageType type, const TestField *fields,
                       size_t count)
{
        int fd = fixture_connect(fixture);
        assert_true(fd >= 0);
        fixture_ask_fields(fd, &reply, type, fields, count);
        (void)close(fd);
}

static void a_search_finds_every_door_in_order(void **state)
{
        ask(*state, MESSAGE_SEARCH, { FIELD_USER, "frank", 0 }, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_string_equal(reply.pairs,
                            "resource=door:acme/HQ/D1\nresource=door:acme/HQ/Tower/D3\n");
        assert_string_equal(reply.after, "");
        ask(*state, MESSAGE_SEARCH, { FIELD_USER, "frank", 0 }, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/Tower/", 0 });
        assert_string_equal(reply.pairs, "resource=door:acme/HQ/Tower/D3\n");
        ask(*state, MESSAGE_SEARCH, { FIELD_USER, "helen", 0 }, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 0);
}

static void what_cannot_be_searched_is_refused(void **state)
{
        static const struct {
                const char *action, *resource, *reason;
        } CASES[] = {
                { UNLOCK, "door", "malformed-query" },
                { UNLOCK, "gate:", "unknown-resource" },
                { UNLOCK, "site:", "unknown-resource" },
                { UNLOCK, "camera:", "unknown-resource" },
                { "access.door.look", "door:", "unknown-permission" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
                ask(*state, MESSAGE_SEARCH, { FIELD_USER, "frank", 0 },
                    { FIELD_ACTION, CASES[i].action, 0 }, { FIELD_RESOURCE, CASES[i].resource, 0 });
                assert_int_equal(reply.type, MESSAGE_REFUSAL);
                assert_string_equal(reply.reason, CASES[i].reason);
        }
}

/* Reads a list in pages of `limit`. Return: how many pages there were. */
static unsigned read_pages(void **state, uint32_t limit, char *all, size_t size)
{
        char after[128] = "";
        unsigned pages = 0;
        size_t used = 0;
        do {
                if (pages == 0)
                        ask(*state, MESSAGE_WHAT_CAN, { FIELD_USER, "frank", 0 },
                            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_LIMIT, NULL, limit });
                else
                        ask(*state, MESSAGE_WHAT_CAN, { FIELD_USER, "frank", 0 },
                            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_AFTER, after, 0 },
                            { FIELD_LIMIT, NULL, limit });
                assert_int_equal(reply.type, MESSAGE_END);
                assert_true(reply.records <= limit);
                used += (size_t)snprintf(all + used, size - used, "%s", reply.pairs);
                memcpy(after, reply.after, sizeof(after));
                pages++;
        } while (after[0] != '\0' && pages < PAGES_MAX);
        return pages;
}

static void pages_together_are_the_whole_list(void **state)
{
        static char whole[65536], all[65536];
        ask(*state, MESSAGE_WHAT_CAN, { FIELD_USER, "frank", 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        uint32_t records = reply.records;
        assert_true(records > 6);
        memcpy(whole, reply.pairs, sizeof(whole));
        assert_int_equal(read_pages(state, 5, all, sizeof(all)), (records + 4) / 5);
        assert_string_equal(all, whole);
}

static void people_are_told_in_pages_too(void **state)
{
        char after[128];
        ask(*state, MESSAGE_WHO_CAN, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_LIMIT, NULL, 1 });
        assert_string_equal(reply.pairs, "user=erin\n");
        memcpy(after, reply.after, sizeof(after));
        ask(*state, MESSAGE_WHO_CAN, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_AFTER, after, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 2);
        assert_non_null(strstr(reply.pairs, "user=frank\n"));
        assert_non_null(strstr(reply.pairs, "unix-group:"));
        assert_string_equal(reply.after, "");
}

static void a_token_of_the_policy_before_is_refused(void **state)
{
        char after[128];
        ask(*state, MESSAGE_WHO_CAN, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_LIMIT, NULL, 1 });
        memcpy(after, reply.after, sizeof(after));
        fixture_append(*state, "organizations.d/acme.d/erin.conf",
                       "floorplans = ( { name = \"F1\"; } );\n");
        ask_fields(*state, MESSAGE_RELOAD, NULL, 0);
        assert_int_equal(reply.status, 0);
        ask(*state, MESSAGE_WHO_CAN, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_AFTER, after, 0 });
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, "page-changed");
        ask(*state, MESSAGE_WHO_CAN, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 }, { FIELD_AFTER, "1.1", 0 });
        assert_string_equal(reply.reason, "malformed-query");
}

/* In a child, as a listed caller: what it is told. Return: 0 when that is right. */
static int search_as_bridge(const DaemonFixture *fixture, void *data)
{
        const char *expected = data;
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_SEARCH, { FIELD_USER, "erin", 0 },
                    { FIELD_ACTION, UNLOCK, 0 }, { FIELD_RESOURCE, "door:", 0 });
        (void)close(fd);
        return reply.type == MESSAGE_END && strcmp(reply.pairs, expected) == 0 ? 0 : 1;
}

static void a_caller_is_told_of_its_sites_only(void **state)
{
        char here[] = "resource=door:acme/HQ/D1\nresource=door:acme/HQ/Tower/D3\n";
        ask(*state, MESSAGE_SEARCH, { FIELD_USER, "erin", 0 }, { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:", 0 });
        assert_non_null(strstr(reply.pairs, "door:acme/Branch/D4"));
        assert_int_equal(fixture_as(BRIDGE_UID, 100, search_as_bridge, *state, here), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_search_finds_every_door_in_order),
                cmocka_unit_test(what_cannot_be_searched_is_refused),
                cmocka_unit_test(pages_together_are_the_whole_list),
                cmocka_unit_test(people_are_told_in_pages_too),
                cmocka_unit_test(a_caller_is_told_of_its_sites_only),
                cmocka_unit_test(a_token_of_the_policy_before_is_refused),
        };
        if (geteuid() != 0) {
                (void)puts("needs root");
                return SKIPPED;
        }
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
