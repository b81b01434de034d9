/* SPDX-License-Identifier: MIT */
/* What tests of callers and fronts share: a daemon, requests to it as anybody, and the row of the
 * journal that came of one. Needs root, to be somebody else. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

#define SKIPPED   77
#define UNLOCK    "access.door.unlock"
#define D1        "door:acme/HQ/D1"
#define D4        "door:acme/Branch/D4"
#define OWN(name) "caller:acme/" name

static Reply reply;

/* Connects as somebody else: the kernel notes who one was then. */
static inline int connect_as(const DaemonFixture *fixture, uint32_t uid)
{
        assert_int_equal(seteuid(uid), 0);
        int fd = fixture_connect(fixture);
        assert_int_equal(seteuid(0), 0);
        assert_true(fd >= 0);
        return fd;
}

static inline void ask_as(const DaemonFixture *fixture, uint32_t uid, MessageType type,
                          const TestField *fields, size_t count)
{
        int fd = connect_as(fixture, uid);
        fixture_ask_fields(fd, &reply, type, fields, count);
        (void)close(fd);
}

#define request_as(fixture, uid, type, ...)                                                        \
        ask_as((fixture), (uid), (type), (const TestField[]){ __VA_ARGS__ },                       \
               sizeof((const TestField[]){ __VA_ARGS__ }) / sizeof(TestField))

/* A question by a certificate. */
static inline void question(const DaemonFixture *fixture, uint32_t uid, const char *certificate,
                            const char *user, const char *door)
{
        request_as(fixture, uid, MESSAGE_ASK, { FIELD_USER, user, 0 }, { FIELD_ACTION, UNLOCK, 0 },
                   { FIELD_RESOURCE, door, 0 }, { FIELD_CERTIFICATE, certificate, 0 });
}

static inline void assert_refused(const char *reason)
{
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, reason);
        assert_int_equal(strlen(reply.decision_id), 32);
}

static inline void assert_answer(Outcome outcome, const char *reason)
{
        assert_int_equal(reply.type, MESSAGE_ANSWER);
        assert_int_equal(reply.outcome, outcome);
        assert_string_equal(reply.reason, reason);
        assert_int_equal(strlen(reply.decision_id), 32);
}

/* Reads the row of the reply's decision id as "column=value\n". */
static inline void read_row(const DaemonFixture *fixture, char *text, size_t size)
{
        char path[128];
        sqlite3 *journal = NULL;
        sqlite3_stmt *statement = NULL;
        /* Whoever asks for events waits until all is on disk. */
        static Reply events;
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &events, MESSAGE_EVENTS, { FIELD_SINCE, NULL, UINT32_MAX });
        (void)close(fd);
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        assert_int_equal(sqlite3_open_v2(path, &journal, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(journal, "SELECT * FROM events WHERE decision_id = ?1",
                                            -1, &statement, NULL),
                         SQLITE_OK);
        (void)sqlite3_bind_text(statement, 1, reply.decision_id, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        size_t used = 0;
        for (int i = 0; i < sqlite3_column_count(statement) && used < size; i++) {
                const unsigned char *value = sqlite3_column_text(statement, i);
                used += (size_t)snprintf(text + used, size - used, "%s=%s\n",
                                         sqlite3_column_name(statement, i),
                                         value ? (const char *)value : "");
        }
        (void)sqlite3_finalize(statement);
        (void)sqlite3_close(journal);
}

/* The row of the reply's decision id holds the pairs. */
static inline void assert_recorded(const DaemonFixture *fixture, const char *const *pairs,
                                   size_t count)
{
        char row[4096] = "";
        read_row(fixture, row, sizeof(row));
        for (size_t i = 0; i < count; i++)
                if (!strstr(row, pairs[i]))
                        fail_msg("no %s in %s", pairs[i], row);
}

#define recorded(fixture, ...)                                                                     \
        assert_recorded((fixture), (const char *const[]){ __VA_ARGS__ },                           \
                        sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

static inline int callers_setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        fixture_write(&fixture, "organizations.d/beta.conf",
                      "organization = { name = \"beta\"; };\n"
                      "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; } ); } );\n"
                      "callers = ( { name = \"probe\"; certificate = \"" LAB_CERTIFICATE "\";\n"
                      "  may = [ \"ask\" ]; } );\n");
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

static inline int callers_teardown(void **state)
{
        DaemonFixture *fixture = *state;
        int status = fixture_stop(fixture, SIGTERM);
        fixture_tear_down(fixture);
        return status;
}
