/* SPDX-License-Identifier: MIT */
/*
 * Changes of the private daemon's policy, asked for by people of it. Besides those of the fixture
 * there are
 *
 *     ada (4731)   Access Site Admin at HQ        olga (4732)  Org Admin
 *     bob (4733), cleo (4734)                     uma (4735)   Access User Admin, System Admin
 *     leo (4736)   with a legacy role             bea (4737)   viewer at HQ, written by hand
 *     night        a group with the role of viewer at HQ; staff, an access group
 */
#pragma once

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

enum { ADA = 4731, OLGA = 4732, BOB = 4733, CLEO = 4734, UMA = 4735, LEO = 4736, BEA = 4737 };

/* Asking as several people takes root: what main() returns without, and the test is skipped. */
#define CHANGE_FIXTURE_SKIPPED 77
#define CHANGE_FIXTURE_NEEDS_ROOT()                                                                \
        do {                                                                                       \
                if (geteuid() != 0)                                                                \
                        return CHANGE_FIXTURE_SKIPPED;                                             \
        } while (0)

#define PEOPLE_FILE "organizations.d/acme.d/people.conf"
#define VIEWER_HQ   "access-site-viewer@acme/HQ"

static inline void change_fixture_set_up(DaemonFixture *fixture)
{
        char path[160];
        fixture_set_up(fixture);
        (void)snprintf(path, sizeof(path), "%s/organizations.d/acme.d", fixture->policy);
        assert_int_equal(mkdir(path, 0755), 0);
        assert_int_equal(chmod(path, 0755), 0);
        fixture_write(
                fixture, PEOPLE_FILE,
                "users = (\n"
                "  { name = \"ada\"; uid = 4731;\n"
                "    roles = ( { role = \"access-site-admin\"; site = \"HQ\"; } ); },\n"
                "  { name = \"olga\"; uid = 4732; roles = ( { role = \"org-admin\"; } ); },\n"
                "  { name = \"bob\"; uid = 4733; }, { name = \"cleo\"; uid = 4734; },\n"
                "  { name = \"uma\"; uid = 4735; roles = ( { role = \"access-user-admin\"; },\n"
                "      { role = \"access-system-admin\"; } ); },\n"
                "  { name = \"leo\"; uid = 4736;\n"
                "    roles = ( { role = \"legacy-access-control-manager\"; } ); },\n"
                "  { name = \"bea\"; uid = 4737;\n"
                "    roles = ( { role = \"access-site-viewer\"; site = \"HQ\"; } ); } );\n"
                "groups = ( { name = \"night\";\n"
                "             roles = ( { role = \"access-site-viewer\"; site = \"HQ\"; } ); } );\n"
                "access_groups = ( { name = \"staff\"; } );\n");
}

/* One request of one person, and its reply, in memory that his process shares. */
typedef struct PersonRequest {
        MessageType type;
        const TestField *fields;
        size_t count;
        Reply *reply;
} PersonRequest;

static inline int person_ask(const DaemonFixture *fixture, void *data)
{
        const PersonRequest *request = data;
        int fd = fixture_connect(fixture);
        if (fd < 0)
                return 1;
        fixture_ask_fields(fd, request->reply, request->type, request->fields, request->count);
        return close(fd);
}

/* Borrowed until the next call. */
static inline const Reply *ask_as(const DaemonFixture *fixture, uint32_t uid, MessageType type,
                                  const TestField *fields, size_t count)
{
        static Reply *reply;
        if (!reply)
                reply = mmap(NULL, sizeof(*reply), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_true(reply != MAP_FAILED);
        PersonRequest request = { type, fields, count, reply };
        assert_int_equal(fixture_as(uid, uid, person_ask, fixture, &request), 0);
        return reply;
}

#define change_as(fixture, uid, ...)                                                               \
        ask_as((fixture), (uid), MESSAGE_CHANGE, (const TestField[]){ __VA_ARGS__ },               \
               sizeof((const TestField[]){ __VA_ARGS__ }) / sizeof(TestField))

#define GRANT(role, resource)                                                                      \
        { FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, (resource), 0 },                           \
        {                                                                                          \
                FIELD_ROLE, (role), 0                                                              \
        }
#define REVOKE(role, resource)                                                                     \
        { FIELD_ACTION, "revoke", 0 }, { FIELD_RESOURCE, (resource), 0 },                          \
        {                                                                                          \
                FIELD_ROLE, (role), 0                                                              \
        }

/* What `user` may. Return: the outcome. */
static inline uint32_t outcome_of(const DaemonFixture *fixture, const char *user,
                                  const char *permission, const char *resource)
{
        Reply reply;
        int fd = fixture_connect(fixture);
        assert_true(fd >= 0);
        fixture_ask(fd, &reply, MESSAGE_ASK, { FIELD_USER, user, 0 },
                    { FIELD_ACTION, permission, 0 }, { FIELD_RESOURCE, resource, 0 });
        (void)close(fd);
        return reply.outcome;
}

/* The assignments of acme as they are on disk; "" when there are none. Static. */
static inline const char *assignments(const DaemonFixture *fixture)
{
        static char text[65536];
        char path[160];
        (void)snprintf(path, sizeof(path), "%s/assignments/acme.conf", fixture->state);
        FILE *file = fopen(path, "r");
        text[file ? fread(text, 1, sizeof(text) - 1, file) : 0] = '\0';
        if (file)
                (void)fclose(file);
        return text;
}

static inline bool has_candidate(const DaemonFixture *fixture)
{
        char path[160];
        (void)snprintf(path, sizeof(path), "%s/assignments/acme.conf.next", fixture->state);
        return access(path, F_OK) == 0;
}

/* cmocka's tear-down: *state is the fixture. Fails when the daemon does not end well. */
static inline int change_fixture_tear_down(void **state)
{
        DaemonFixture *fixture = *state;
        int status = fixture->pid > 0 ? fixture_stop(fixture, SIGTERM) : 0;
        fixture_tear_down(fixture);
        return status;
}

/* Asks as root what takes no fields. Return: the pairs of the reply, one a line. Static. */
static inline const char *plain(const DaemonFixture *fixture, MessageType type)
{
        static Reply reply;
        int fd = fixture_connect(fixture);
        fixture_ask_plain(fd, &reply, type);
        (void)close(fd);
        return reply.pairs;
}

/* What a viewer at HQ may. */
static inline bool sees_door(const DaemonFixture *fixture, const char *user)
{
        return outcome_of(fixture, user, "access.door.view", "door:acme/HQ/D1") == OUTCOME_ALLOW;
}

#define assert_answer(reply, expected_outcome, expected_reason)                                    \
        do {                                                                                       \
                const Reply *reply_ = (reply);                                                     \
                assert_int_equal(reply_->type, MESSAGE_ANSWER);                                    \
                assert_string_equal(reply_->reason, expected_reason);                              \
                assert_int_equal(reply_->outcome, expected_outcome);                               \
        } while (0)

#define assert_error(reply, expected_reason, expected_detail)                                      \
        do {                                                                                       \
                const Reply *error_ = (reply);                                                     \
                assert_answer(error_, OUTCOME_ERROR, expected_reason);                             \
                assert_non_null(strstr(error_->detail, expected_detail));                          \
        } while (0)

#define assert_made(reply) assert_answer(reply, OUTCOME_ALLOW, "granted-by-role")
