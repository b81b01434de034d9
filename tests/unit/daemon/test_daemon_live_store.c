/* SPDX-License-Identifier: MIT */
/* Live state in the real daemon: what lies in its store decides, and what becomes of one that
 * cannot be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"
#include "state/state_store.h"
#include "util/timestamp.h"

static Reply reply;
static char error[200];

static int setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
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

/* Puts a record into the store of a daemon that does not run. */
static void put(const DaemonFixture *fixture, LiveKind kind, const char *resource)
{
        _cleanup_(state_store_closep) StateStore *store = NULL;
        StateChange change = { STATE_CHANGE_PUT,
                               { .kind = kind,
                                 .resource = text_from(resource),
                                 .note = { .at_s = 1, .by = TEXT_LITERAL("root") },
                                 .from_s = TIMESTAMP_MIN,
                                 .until_s = TIMESTAMP_MAX } };
        if (mkdir(fixture->state, 0700) < 0)
                assert_int_equal(access(fixture->state, W_OK), 0);
        assert_int_equal(state_store_open(fixture->state, false, error, sizeof(error), &store), 0);
        assert_int_equal(state_store_write(store, &change, 1, error, sizeof(error)), 0);
}

/* Why frank may not unlock a door; "" when he may. */
static const char *unlock(const DaemonFixture *fixture, const char *door)
{
        ask(fixture, MESSAGE_ASK, { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, "access.door.unlock", 0 }, { FIELD_RESOURCE, door, 0 });
        assert_int_equal(reply.type, MESSAGE_ANSWER);
        return reply.outcome == OUTCOME_ALLOW ? "" : reply.reason;
}

static const char *open_session(const DaemonFixture *fixture)
{
        ask(fixture, MESSAGE_SESSION, { FIELD_USER, "frank", 0 }, { FIELD_ACTION, "session", 0 },
            { FIELD_RESOURCE, "", 0 }, { FIELD_SERVICE, "sshd", 0 },
            { FIELD_PHASE, NULL, SESSION_PHASE_ACCOUNT }, { FIELD_CALLER_UID, NULL, 0 },
            { FIELD_USER_UID, NULL, FRANK_UID }, { FIELD_MINIMUM_UID, NULL, 1000 });
        assert_int_equal(reply.type, MESSAGE_ANSWER);
        return reply.outcome == OUTCOME_ALLOW ? "" : reply.reason;
}

/* How many may unlock D1, by the child that answers that. */
static uint32_t count_who_can(const DaemonFixture *fixture)
{
        ask(fixture, MESSAGE_WHO_CAN, { FIELD_ACTION, "access.door.unlock", 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.status, 0);
        return reply.records;
}

static bool what_can_names(const DaemonFixture *fixture, const char *permission)
{
        char line[100];
        ask(fixture, MESSAGE_WHAT_CAN, { FIELD_USER, "frank", 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        (void)snprintf(line, sizeof(line), "permission=%s\n", permission);
        return strstr(reply.pairs, line);
}

static void assert_status(const DaemonFixture *fixture, const char *pair, bool expected)
{
        char line[100];
        ask_fields(fixture, MESSAGE_STATUS, NULL, 0);
        (void)snprintf(line, sizeof(line), "%s\n", pair);
        if ((strstr(reply.pairs, line) != NULL) != expected)
                fail_msg("%s in:\n%s", pair, reply.pairs);
}

static void maintain(const DaemonFixture *fixture, const char *action, const char *why)
{
        ask(fixture, MESSAGE_MAINTAIN, { FIELD_ACTION, action, 0 }, { FIELD_WHY, why, 0 });
}

static void a_suspension_in_the_store_denies(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "");
        assert_int_equal(count_who_can(fixture), 2); /* frank, and the group desk */
        assert_true(what_can_names(fixture, "access.door.unlock"));
        assert_status(fixture, "suspensions=0", true);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        put(fixture, LIVE_SUSPENSION, "user:acme/frank");
        put(fixture, LIVE_BLOCK, "door:acme/Branch/D4");
        assert_true(fixture_start(fixture));
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "suspended");
        assert_string_equal(open_session(fixture), "suspended");
        assert_int_equal(count_who_can(fixture), 1);
        assert_false(what_can_names(fixture, "access.door.unlock"));
        assert_status(fixture, "live_state=ready", true);
        assert_status(fixture, "suspensions=1", true);
        assert_status(fixture, "blocks=1", true);
        /* Another policy, another binding. */
        fixture_write(fixture, "organizations.d/aaa.conf",
                      "organization = { name = \"aaa\"; };\nusers = ( { name = \"abe\"; } );\n");
        ask_fields(fixture, MESSAGE_RELOAD, NULL, 0);
        assert_int_equal(reply.status, 0);
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "suspended");
}

static void a_name_that_comes_back_is_suspended_still(void **state)
{
        DaemonFixture *fixture = *state;
        put(fixture, LIVE_SUSPENSION, "user:later/frank");
        assert_true(fixture_start(fixture));
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "");
        fixture_write(fixture, "organizations.d/later.conf",
                      "organization = { name = \"later\"; };\n"
                      "sites = ( { name = \"S\"; doors = ( { name = \"D\"; } ); } );\n"
                      "users = ( { name = \"frank\"; uid = 4711;\n"
                      "  roles = ( { role = \"access-site-manager\"; site = \"S\"; } ); } );\n");
        ask_fields(fixture, MESSAGE_RELOAD, NULL, 0);
        assert_int_equal(reply.status, 0);
        assert_string_equal(unlock(fixture, "door:later/S/D"), "suspended");
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "");
}

static void damage(const DaemonFixture *fixture)
{
        char path[160];
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->state, STATE_FILE);
        FILE *file = fopen(path, "r+");
        assert_non_null(file);
        assert_true(fputs("whatever this is", file) >= 0);
        assert_int_equal(fclose(file), 0);
}

/* Files of the state folder whose names begin so. */
static int count_files(const DaemonFixture *fixture, const char *beginning)
{
        DIR *list = opendir(fixture->state);
        int count = 0;
        assert_non_null(list);
        for (struct dirent *entry; (entry = readdir(list));)
                count += strncmp(entry->d_name, beginning, strlen(beginning)) == 0;
        (void)closedir(list);
        return count;
}

static void a_damaged_store_denies_until_root_begins_an_empty_one(void **state)
{
        DaemonFixture *fixture = *state;
        put(fixture, LIVE_SUSPENSION, "user:acme/frank");
        damage(fixture);
        assert_true(fixture_start(fixture));
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "live-state-unknown");
        assert_string_equal(open_session(fixture), "live-state-unknown");
        assert_int_equal(count_who_can(fixture), 0);
        assert_status(fixture, "live_state=unknown", true);
        assert_status(fixture, "alert=live-state-damaged", true);
        assert_status(fixture, "state=degraded", true);
        /* What does not depend on it goes on. */
        ask(fixture, MESSAGE_ASK, { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, "access.door.view", 0 }, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        maintain(fixture, "reset-live-state", "");
        assert_string_equal(reply.reason, "reason-missing");
        assert_int_equal(count_files(fixture, STATE_FILE ".damaged-"), 0);
        maintain(fixture, "reset-live-state", "disk replaced");
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.status, 0);
        assert_int_equal(count_files(fixture, STATE_FILE ".damaged-"), 1);
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "");
        assert_int_equal(count_who_can(fixture), 2);
        assert_status(fixture, "live_state=ready", true);
        assert_status(fixture, "alert=live-state-damaged", false);
        ask_fields(fixture, MESSAGE_EVENTS, NULL, 0);
        assert_non_null(strstr(reply.pairs, "kind=maintain\n"));
        assert_non_null(strstr(reply.pairs, "disk replaced"));
        assert_non_null(strstr(reply.pairs, "reason=reset-live-state\n"));
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        assert_true(fixture_start(fixture));
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "");
}

static void a_sound_live_state_is_not_reset(void **state)
{
        DaemonFixture *fixture = *state;
        put(fixture, LIVE_SUSPENSION, "user:acme/frank");
        assert_true(fixture_start(fixture));
        maintain(fixture, "reset-live-state", "just so");
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, "state-sound");
        maintain(fixture, "tidy-up", "just so");
        assert_string_equal(reply.reason, "unknown-action");
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "suspended");
        assert_int_equal(count_files(fixture, STATE_FILE ".damaged-"), 0);
}

static int ask_as_frank(const DaemonFixture *fixture, void *data)
{
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_MAINTAIN, { FIELD_ACTION, "reset-live-state", 0 },
                    { FIELD_WHY, "mine", 0 });
        return reply.type == MESSAGE_REFUSAL && strcmp(reply.reason, "not-allowed") == 0 ? 0 : 1;
}

static void nobody_but_root_resets_it(void **state)
{
        DaemonFixture *fixture = *state;
        put(fixture, LIVE_SUSPENSION, "user:acme/frank");
        damage(fixture);
        assert_true(fixture_start(fixture));
        assert_int_equal(fixture_as(FRANK_UID, FRANK_UID, ask_as_frank, fixture, NULL), 0);
        assert_string_equal(unlock(fixture, "door:acme/HQ/D1"), "live-state-unknown");
        assert_int_equal(count_files(fixture, STATE_FILE ".damaged-"), 0);
}

static void a_store_of_a_later_version_keeps_the_daemon_from_starting(void **state)
{
        DaemonFixture *fixture = *state;
        char path[160];
        sqlite3 *connection;
        put(fixture, LIVE_SUSPENSION, "user:acme/frank");
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->state, STATE_FILE);
        assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, "PRAGMA user_version = 99", NULL, NULL, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_close(connection), SQLITE_OK);
        assert_false(fixture_start(fixture));
        assert_int_equal(count_files(fixture, STATE_FILE ".damaged-"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_suspension_in_the_store_denies),
                TEST(a_name_that_comes_back_is_suspended_still),
                TEST(a_damaged_store_denies_until_root_begins_an_empty_one),
                TEST(a_sound_live_state_is_not_reset),
                TEST(nobody_but_root_resets_it),
                TEST(a_store_of_a_later_version_keeps_the_daemon_from_starting),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
