/* SPDX-License-Identifier: MIT */
/*
 * What tests of unlock commands share: a daemon whose policy lists gateways by certificate. The
 * test is root, and speaks for them.
 *
 *     gate-1   serves HQ, and is also a reader there     gate-2   serves all sites
 *     lock   consumes at Branch, and reports nothing       watcher  reports, and unlocks nothing
 */
#pragma once

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

#define D1 "door:acme/HQ/D1"
#define D2 "door:acme/HQ/D2"
#define D3 "door:acme/HQ/Tower/D3"
#define D4 "door:acme/Branch/D4"

#define ALL_A         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ALL_B         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ALL_C         "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define ALL_D         "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
#define GW_1          "sha256:" ALL_A
#define GW_2          "sha256:" ALL_B
#define LOCK          "sha256:" ALL_C
#define WATCHER       "sha256:" ALL_D
#define GATEWAYS_FILE "organizations.d/acme.d/gateways.conf"
#define NO_ID         "00000000000000000000000000000000"

static const char commands_callers[] =
        "callers = ( { name = \"gate-1\"; certificate = \"" GW_1 "\"; sites = [ \"HQ\" ];\n"
        "              may = [ \"ask\", \"vouch\", \"unlock\", \"report\" ]; },\n"
        "            { name = \"gate-2\"; certificate = \"" GW_2 "\";\n"
        "              may = [ \"unlock\", \"report\" ]; },\n"
        "            { name = \"lock\"; certificate = \"" LOCK "\"; sites = [ \"Branch\" ];\n"
        "              may = [ \"unlock\" ]; },\n"
        "            { name = \"watcher\"; certificate = \"" WATCHER "\";\n"
        "              may = [ \"ask\", \"vouch\", \"events\", \"report\" ]; } );\n";

static inline int commands_set_up(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        char folder[160];
        (void)snprintf(folder, sizeof(folder), "mkdir -m 0755 '%s/organizations.d/acme.d'",
                       fixture.policy);
        assert_int_equal(system(folder), 0);
        fixture_write(&fixture, GATEWAYS_FILE, commands_callers);
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

static inline int commands_tear_down(void **state)
{
        DaemonFixture *fixture = *state;
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        fixture_tear_down(fixture);
        return 0;
}

static inline void send_take(int fd, const char *certificate, const char *door, const char *after)
{
        const TestField fields[] = { { FIELD_WITH, door, 0 },
                                     { FIELD_SECONDS, NULL, 20 },
                                     { FIELD_CERTIFICATE, certificate, 0 },
                                     { FIELD_AFTER, after, 0 } };
        assert_true(fixture_send(fd, MESSAGE_TAKE, fields, after ? 4 : 3));
}

/* The first TAKE tells how the door is to be held. */
static inline void take_once(int fd, Reply *reply, const char *certificate, const char *door)
{
        send_take(fd, certificate, door, NULL);
        fixture_receive(fd, reply);
        assert_int_equal(reply->type, MESSAGE_END);
}

/* A TAKE that knows all there is, and waits: it does by the time that another one, which is sent
 * behind it, has been answered. */
static inline void wait_for(const DaemonFixture *fixture, int fd, const char *certificate,
                            const char *door)
{
        Reply reply;
        int other = fixture_connect(fixture);
        take_once(fd, &reply, certificate, door);
        send_take(fd, certificate, door, reply.after);
        fixture_ask_plain(other, &reply, MESSAGE_STATUS);
        (void)close(other);
}

/* Root unlocks; the answer is in reply. */
static inline void unlock(int fd, Reply *reply, const char *door)
{
        fixture_ask(fd, reply, MESSAGE_UNLOCK, { FIELD_RESOURCE, door, 0 },
                    { FIELD_WHY, "a test", 0 });
}

static inline void consume(int fd, Reply *reply, const char *certificate, const char *door,
                           const char *id)
{
        const TestField as_root[] = { { FIELD_RESOURCE, door, 0 }, { FIELD_DECISION_ID, id, 0 } };
        const TestField as_caller[] = { { FIELD_RESOURCE, door, 0 },
                                        { FIELD_CERTIFICATE, certificate, 0 },
                                        { FIELD_DECISION_ID, id, 0 } };
        fixture_ask_fields(fd, reply, MESSAGE_CONSUME, certificate ? as_caller : as_root,
                           certificate ? 3 : 2);
        assert_int_equal(reply->type, MESSAGE_ANSWER);
}

static inline void assert_consumed(int fd, const char *certificate, const char *door,
                                   const char *id, uint32_t outcome, const char *reason)
{
        Reply reply;
        consume(fd, &reply, certificate, door, id);
        assert_int_equal(reply.outcome, outcome);
        assert_string_equal(reply.reason, reason);
}

/* What root is told of a command. */
static inline void assert_command(int fd, const char *id, const char *pairs)
{
        Reply reply;
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, id, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_non_null(strstr(reply.pairs, pairs));
}

/* How many rows of the journal hold all of: kind command, this decision, and this id. */
static inline unsigned count_rows(const DaemonFixture *fixture, const char *decision,
                                  const char *id)
{
        char path[200];
        sqlite3 *database;
        sqlite3_stmt *statement;
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(database,
                                            "SELECT count(*) FROM events WHERE kind = 'command' "
                                            "AND decision = ?1 AND decision_id = ?2",
                                            -1, &statement, NULL),
                         SQLITE_OK);
        sqlite3_bind_text(statement, 1, decision, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, id, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        unsigned count = (unsigned)sqlite3_column_int(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(database);
        return count;
}

/* There is one such row, or will be soon; there is never another one. */
static inline void assert_recorded(const DaemonFixture *fixture, const char *decision,
                                   const char *id)
{
        unsigned count = 0;
        for (int i = 0; i < 500 && count == 0; i++) {
                count = count_rows(fixture, decision, id);
                if (count == 0)
                        (void)usleep(10000);
        }
        assert_int_equal(count, 1);
}

/* Holds the journal, so that nothing can be written, until it is closed. */
static inline sqlite3 *hold_journal(const DaemonFixture *fixture)
{
        char path[200];
        sqlite3 *database;
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
        sqlite3_busy_timeout(database, 5000);
        assert_int_equal(sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        return database;
}
