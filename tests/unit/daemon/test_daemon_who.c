/* SPDX-License-Identifier: MIT */
/* Who may ask what, at the real daemon: every request by every kind of peer. Needs root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

#define SKIPPED   77
#define IN_FLIGHT 4 /* requests that may wait */

enum Peer { ROOT, FRANK, HELEN, DESK, BRIDGE, KIOSK, NOBODY, DYNAMIC, STRANGER, PEER_COUNT };

static const struct {
        const char *name;
        uint32_t uid, gid;
} peers[PEER_COUNT] = {
        [ROOT] = { "root", 0, 0 },
        [FRANK] = { "frank", FRANK_UID, 100 },
        [HELEN] = { "helen", HELEN_UID, 100 },
        [DESK] = { "somebody of the desk, by group", HELEN_UID, DESK_GID },
        [BRIDGE] = { "bridge", BRIDGE_UID, 100 },
        [KIOSK] = { "kiosk", KIOSK_UID, 100 },
        [NOBODY] = { "nobody", 65534, 65534 },
        [DYNAMIC] = { "a dynamic user", 61184, 100 },
        [STRANGER] = { "a uid without name", 4999, 100 },
};

/* What came of it, small enough for an exit status. */
enum Verdict { ALLOWED = 1, DENIED, UNDECIDED, LISTED, REFUSED, CLOSED };

typedef struct Question {
        const char *name;
        MessageType type;
        TestField fields[8];
        size_t count;
        enum Verdict verdicts[PEER_COUNT];
} Question;

#define UNLOCK "access.door.unlock"

static const Question questions[] = {
        { "ask about frank",
          MESSAGE_ASK,
          { { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } },
          3,
          { ALLOWED, ALLOWED, REFUSED, REFUSED, ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "ask about helen",
          MESSAGE_ASK,
          { { FIELD_USER, "helen", 0 },
            { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } },
          3,
          { DENIED, REFUSED, DENIED, ALLOWED, DENIED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "ask about frank at a site that bridge does not have",
          MESSAGE_ASK,
          { { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/Branch/D4", 0 } },
          3,
          { DENIED, DENIED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "ask about the kiosk itself",
          MESSAGE_ASK,
          { { FIELD_USER, "caller:acme/kiosk", 0 },
            { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } },
          3,
          { DENIED, REFUSED, REFUSED, REFUSED, DENIED, DENIED, REFUSED, REFUSED, REFUSED } },
        { "ask with a property",
          MESSAGE_ASK,
          { { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 },
            { FIELD_PROPERTY, "private=true", 0 } },
          4,
          { ALLOWED, REFUSED, REFUSED, REFUSED, ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "unlock for oneself",
          MESSAGE_UNLOCK,
          { { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } },
          1,
          { REFUSED, ALLOWED, DENIED, ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "unlock as break-glass",
          MESSAGE_UNLOCK,
          { { FIELD_RESOURCE, "door:acme/HQ/D2", 0 }, { FIELD_WHY, "fire", 0 } },
          2,
          { ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "unlock for frank",
          MESSAGE_UNLOCK,
          { { FIELD_USER, "frank", 0 }, { FIELD_RESOURCE, "door:acme/HQ/Tower/D3", 0 } },
          2,
          { REFUSED, ALLOWED, REFUSED, REFUSED, ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "unlock for frank elsewhere",
          MESSAGE_UNLOCK,
          { { FIELD_USER, "frank", 0 }, { FIELD_RESOURCE, "door:acme/Branch/D4", 0 } },
          2,
          { REFUSED, DENIED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "a session of frank, as root",
          MESSAGE_SESSION,
          { { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, "session", 0 },
            { FIELD_RESOURCE, "", 0 },
            { FIELD_SERVICE, "sshd", 0 },
            { FIELD_PHASE, NULL, SESSION_PHASE_ACCOUNT },
            { FIELD_CALLER_UID, NULL, 0 },
            { FIELD_MINIMUM_UID, NULL, 1000 } },
          7,
          { ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "a session of frank, as frank",
          MESSAGE_SESSION,
          { { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, "session", 0 },
            { FIELD_RESOURCE, "", 0 },
            { FIELD_SERVICE, "sshd", 0 },
            { FIELD_PHASE, NULL, SESSION_PHASE_ACCOUNT },
            { FIELD_CALLER_UID, NULL, FRANK_UID },
            { FIELD_MINIMUM_UID, NULL, 1000 } },
          7,
          { ALLOWED, ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "a session of helen with groups that nobody else may state",
          MESSAGE_SESSION,
          { { FIELD_USER, "helen", 0 },
            { FIELD_ACTION, "session", 0 },
            { FIELD_RESOURCE, "", 0 },
            { FIELD_SERVICE, "sshd", 0 },
            { FIELD_PHASE, NULL, SESSION_PHASE_ACCOUNT },
            { FIELD_CALLER_UID, NULL, HELEN_UID },
            { FIELD_MINIMUM_UID, NULL, 1000 },
            { FIELD_USER_GROUPS, NULL, DESK_GID } },
          8,
          { ALLOWED, REFUSED, DENIED, ALLOWED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "what can frank do",
          MESSAGE_WHAT_CAN,
          { { FIELD_USER, "frank", 0 } },
          1,
          { LISTED, LISTED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "what can frank do here",
          MESSAGE_WHAT_CAN,
          { { FIELD_USER, "frank", 0 }, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } },
          2,
          { LISTED, LISTED, REFUSED, REFUSED, LISTED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "what can frank do elsewhere",
          MESSAGE_WHAT_CAN,
          { { FIELD_USER, "frank", 0 }, { FIELD_RESOURCE, "door:acme/Branch/D4", 0 } },
          2,
          { LISTED, LISTED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "who can unlock",
          MESSAGE_WHO_CAN,
          { { FIELD_ACTION, UNLOCK, 0 }, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } },
          2,
          { LISTED, REFUSED, REFUSED, REFUSED, LISTED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "who can unlock elsewhere",
          MESSAGE_WHO_CAN,
          { { FIELD_ACTION, UNLOCK, 0 }, { FIELD_RESOURCE, "door:acme/Branch/D4", 0 } },
          2,
          { LISTED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "where frank can unlock",
          MESSAGE_SEARCH,
          { { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:", 0 } },
          3,
          { LISTED, LISTED, REFUSED, REFUSED, LISTED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "where helen can unlock",
          MESSAGE_SEARCH,
          { { FIELD_USER, "helen", 0 },
            { FIELD_ACTION, UNLOCK, 0 },
            { FIELD_RESOURCE, "door:", 0 } },
          3,
          { LISTED, REFUSED, LISTED, LISTED, LISTED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "status",
          MESSAGE_STATUS,
          { { 0 } },
          0,
          { LISTED, LISTED, LISTED, LISTED, LISTED, LISTED, REFUSED, REFUSED, LISTED } },
        { "reload",
          MESSAGE_RELOAD,
          { { 0 } },
          0,
          { LISTED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "events",
          MESSAGE_EVENTS,
          { { 0 } },
          0,
          { LISTED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "sessions",
          MESSAGE_SESSIONS,
          { { 0 } },
          0,
          { LISTED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } },
        { "a reply as a request",
          MESSAGE_END,
          { { FIELD_STATUS, NULL, 0 } },
          1,
          { CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED, CLOSED } },
};

static enum Verdict verdict_of(const Reply *reply)
{
        switch (reply->type) {
        case MESSAGE_ANSWER:
                return reply->outcome == OUTCOME_ALLOW  ? ALLOWED
                       : reply->outcome == OUTCOME_DENY ? DENIED
                                                        : UNDECIDED;
        case MESSAGE_END:
                return LISTED;
        case MESSAGE_REFUSAL:
                return REFUSED;
        default:
                return CLOSED;
        }
}

/* In a child with the peer's credentials. */
static int ask(const DaemonFixture *fixture, void *data)
{
        const Question *question = data;
        static Reply reply;
        int fd = fixture_connect(fixture);
        fixture_ask_fields(fd, &reply, question->type, question->fields, question->count);
        return (int)verdict_of(&reply);
}

static void every_request_of_every_peer_gets_its_verdict(void **state)
{
        DaemonFixture *fixture = *state;
        unsigned wrong = 0;
        for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++)
                for (size_t peer = 0; peer < PEER_COUNT; peer++) {
                        int verdict = fixture_as(peers[peer].uid, peers[peer].gid, ask, fixture,
                                                 (void *)(uintptr_t)&questions[i]);
                        if (verdict == (int)questions[i].verdicts[peer])
                                continue;
                        print_error("%s by %s: %d, expected %d\n", questions[i].name,
                                    peers[peer].name, verdict, questions[i].verdicts[peer]);
                        wrong++;
                }
        assert_int_equal(wrong, 0);
}

/* What a person sees of status. */
static int status_is_short(const DaemonFixture *fixture, void *data)
{
        static Reply reply;
        fixture_ask_plain(fixture_connect(fixture), &reply, MESSAGE_STATUS);
        return strstr(reply.pairs, "state=ready\n") && strstr(reply.pairs, "revision=") &&
               !strstr(reply.pairs, "clients=") && !strstr(reply.pairs, "text=");
}

static void status_tells_people_state_and_revision_only(void **state)
{
        DaemonFixture *fixture = *state;
        assert_int_equal(fixture_as(FRANK_UID, 100, status_is_short, fixture, NULL), 1);
        assert_int_equal(fixture_as(0, 0, status_is_short, fixture, NULL), 0);
}

static int detail_has_place(const DaemonFixture *fixture, void *data)
{
        static Reply reply;
        fixture_ask(fixture_connect(fixture), &reply, MESSAGE_ASK, { FIELD_USER, "frank", 0 },
                    { FIELD_ACTION, UNLOCK, 0 }, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        return strstr(reply.detail, "acme.conf:") ? 2 : *reply.detail ? 1 : 0;
}

static void only_root_sees_files_and_lines(void **state)
{
        DaemonFixture *fixture = *state;
        assert_int_equal(fixture_as(0, 0, detail_has_place, fixture, NULL), 2);
        assert_int_equal(fixture_as(FRANK_UID, 100, detail_has_place, fixture, NULL), 1);
}

/* frank's session on a terminal. Return: the type of the reply. */
static int session_of_frank(const DaemonFixture *fixture, uint32_t phase)
{
        static Reply reply;
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_SESSION, { FIELD_USER, "frank", 0 },
                    { FIELD_ACTION, "session", 0 }, { FIELD_RESOURCE, "", 0 },
                    { FIELD_SERVICE, "sshd", 0 }, { FIELD_PHASE, NULL, phase },
                    { FIELD_CALLER_UID, NULL, geteuid() }, { FIELD_TERMINAL, "ssh", 0 },
                    { FIELD_MINIMUM_UID, NULL, 1000 });
        (void)close(fd);
        return reply.type;
}

static int open_own_session(const DaemonFixture *fixture, void *data)
{
        return session_of_frank(fixture, SESSION_PHASE_OPEN);
}

static int close_own_session(const DaemonFixture *fixture, void *data)
{
        return session_of_frank(fixture, SESSION_PHASE_CLOSE);
}

static uint32_t open_sessions(const DaemonFixture *fixture)
{
        static Reply reply;
        int fd = fixture_connect(fixture);
        fixture_ask_plain(fd, &reply, MESSAGE_SESSIONS);
        assert_int_equal(reply.type, MESSAGE_END);
        (void)close(fd);
        return reply.records;
}

static void nobody_adds_to_or_takes_from_the_open_sessions_himself(void **state)
{
        const DaemonFixture *fixture = *state;
        assert_int_equal(fixture_as(FRANK_UID, 100, open_own_session, fixture, NULL),
                         MESSAGE_ANSWER);
        assert_int_equal(open_sessions(fixture), 0);
        assert_int_equal(session_of_frank(fixture, SESSION_PHASE_OPEN), MESSAGE_ANSWER);
        assert_int_equal(open_sessions(fixture), 1);
        assert_int_equal(fixture_as(FRANK_UID, 100, close_own_session, fixture, NULL),
                         MESSAGE_ANSWER);
        assert_int_equal(open_sessions(fixture), 1);
        assert_int_equal(session_of_frank(fixture, SESSION_PHASE_CLOSE), MESSAGE_ANSWER);
        assert_int_equal(open_sessions(fixture), 0);
}

/* Asks more than the burst; counts how often it is refused for that. */
static int exceed_rate(const DaemonFixture *fixture, void *data)
{
        static Reply reply;
        int fd = fixture_connect(fixture), refused = 0;
        for (int i = 0; i < 250; i++) {
                fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
                refused +=
                        reply.type == MESSAGE_REFUSAL && strcmp(reply.reason, "rate-limited") == 0;
        }
        return refused > 100 ? 100 : refused;
}

static void people_have_a_rate_and_root_has_none(void **state)
{
        DaemonFixture *fixture = *state;
        assert_in_range(fixture_as(HELEN_UID, 100, exceed_rate, fixture, NULL), 10, 100);
        assert_int_equal(fixture_as(0, 0, exceed_rate, fixture, NULL), 0);
        assert_int_equal(fixture_as(BRIDGE_UID, 100, exceed_rate, fixture, NULL), 0);
}

/* Opens more connections than one uid may have. Return: how many were served. */
static int open_many(const DaemonFixture *fixture, void *data)
{
        static Reply reply;
        int served = 0;
        for (int i = 0; i < 80; i++) {
                fixture_ask_plain(fixture_connect(fixture), &reply, MESSAGE_STATUS);
                served += reply.type == MESSAGE_END;
        }
        return served;
}

static void a_uid_has_a_limit_of_connections(void **state)
{
        DaemonFixture *fixture = *state;
        assert_int_equal(fixture_as(FRANK_UID, 100, open_many, fixture, NULL), 64);
        assert_int_equal(fixture_as(0, 0, open_many, fixture, NULL), 80);
        /* The connections are gone with the child: there is room again. */
        assert_int_equal(fixture_as(FRANK_UID, 100, status_is_short, fixture, NULL), 1);
}

/* Connects as somebody else: the kernel notes who one was then. */
static int connect_as(const DaemonFixture *fixture, uint32_t uid)
{
        assert_int_equal(seteuid(uid), 0);
        int fd = fixture_connect(fixture);
        assert_int_equal(seteuid(0), 0);
        return fd;
}

static void people_who_fill_the_daemon_do_not_keep_root_out(void **state)
{
        const DaemonFixture *fixture = *state;
        static Reply reply;
        int idle[120];
        for (int i = 0; i < 120; i++)
                idle[i] = connect_as(fixture, i < 60 ? FRANK_UID : BRIDGE_UID);
        int late = connect_as(fixture, HELEN_UID);
        fixture_ask_plain(late, &reply, MESSAGE_STATUS);
        assert_int_equal(reply.type, 0);
        int root = fixture_connect(fixture);
        fixture_ask_plain(root, &reply, MESSAGE_STATUS);
        assert_int_equal(reply.type, MESSAGE_END);
        for (int i = 0; i < 120; i++)
                (void)close(idle[i]);
        (void)close(late);
        (void)close(root);
}

/* The daemon's child that runs in a mode; 0: none. */
static pid_t child_of_daemon(const DaemonFixture *fixture, const char *mode)
{
        char path[64], line[256];
        long pid = 0;
        (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)fixture->pid,
                       (int)fixture->pid);
        FILE *children = fopen(path, "r");
        assert_non_null(children);
        while (fscanf(children, "%ld", &pid) == 1) {
                (void)snprintf(path, sizeof(path), "/proc/%ld/cmdline", pid);
                FILE *file = fopen(path, "r");
                size_t size = file ? fread(line, 1, sizeof(line) - 1, file) : 0;
                if (file)
                        (void)fclose(file);
                line[size] = '\0';
                if (memmem(line, size, mode, strlen(mode)))
                        break;
                pid = 0;
        }
        (void)fclose(children);
        return (pid_t)pid;
}

static void who_waits_for_a_name_counts_as_in_flight(void **state)
{
        const DaemonFixture *fixture = *state;
        static Reply reply;
        TestField ask[] = { { FIELD_USER, "x", 0 },
                            { FIELD_ACTION, UNLOCK, 0 },
                            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } };
        /* Starts the resolver, which is then stopped: a directory that does not answer. */
        int fd = connect_as(fixture, 5100);
        fixture_ask_fields(fd, &reply, MESSAGE_ASK, ask, 3);
        (void)close(fd);
        pid_t resolver = child_of_daemon(fixture, "resolver");
        assert_int_not_equal(resolver, 0);
        assert_int_equal(kill(resolver, SIGSTOP), 0);
        int fds[IN_FLIGHT + 1];
        for (uint32_t i = 0; i <= IN_FLIGHT; i++) {
                fds[i] = connect_as(fixture, 5101 + i);
                assert_true(fixture_send(fds[i], MESSAGE_ASK, ask, 3));
        }
        /* Which one comes too late is the event loop's choice when all are there at once. */
        unsigned busy = 0, unknown = 0;
        for (uint32_t i = 0; i <= IN_FLIGHT; i++) {
                fixture_receive(fds[i], &reply);
                busy += strcmp(reply.reason, "busy") == 0;
                unknown += strcmp(reply.reason, "name-unknown") == 0;
                (void)close(fds[i]);
        }
        assert_int_equal(busy, 1);
        assert_int_equal(unknown, IN_FLIGHT);
}

static int setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        /* One a second: what a uid may ask depends on its burst, not on this machine's speed. */
        fixture_append(&fixture, "doorward.conf",
                       "limits = { clients = 100; requests_in_flight = 4;\n"
                       "           requests_per_second = 1; };\n");
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

static int teardown(void **state)
{
        DaemonFixture *fixture = *state;
        int status = fixture_stop(fixture, 15);
        fixture_tear_down(fixture);
        return status;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_request_of_every_peer_gets_its_verdict),
                cmocka_unit_test(status_tells_people_state_and_revision_only),
                cmocka_unit_test(only_root_sees_files_and_lines),
                cmocka_unit_test(nobody_adds_to_or_takes_from_the_open_sessions_himself),
                cmocka_unit_test(a_uid_has_a_limit_of_connections),
                cmocka_unit_test(people_who_fill_the_daemon_do_not_keep_root_out),
                cmocka_unit_test(who_waits_for_a_name_counts_as_in_flight),
                cmocka_unit_test(people_have_a_rate_and_root_has_none),
        };
        if (geteuid() != 0) {
                (void)puts("needs root");
                return SKIPPED;
        }
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
