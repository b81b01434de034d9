/* SPDX-License-Identifier: MIT */
/* What tests of what gateways tell share: a daemon with two of them, whose events the test sends as
 * root, and the rows that came of it. */
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "util/text.h"

#define SKIPPED 77
#define HEX16   "0123456789abcdef"
#define GW1     "sha256:" HEX16 HEX16 HEX16 HEX16
#define GW2     "sha256:" HEX16 HEX16 HEX16 "ffffffffffffffff"
#define READER  "sha256:" HEX16 HEX16 "ffffffffffffffffffffffffffffffff"
#define OTHER   "sha256:" HEX16 "ffffffffffffffffffffffffffffffffffffffffffffffff"
#define A       "store=" HEX16 HEX16
#define B       "store=ffffffffffffffffffffffffffffffff"
#define COMMAND "fedcba9876543210fedcba9876543210"

static Reply reply;

static const char policy[] =
        "organization = { name = \"acme\"; };\n"
        "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; }, { name = \"D2\"; } );\n"
        "            hosts = ( { name = \"gw-1\"; } ); },\n"
        "          { name = \"Branch\"; doors = ( { name = \"D4\"; } ); } );\n"
        "users = ( { name = \"frank\"; uid = 4711;\n"
        "            roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); } );\n"
        "callers = ( { name = \"gw-1\"; certificate = \"" GW1 "\"; sites = [ \"HQ\" ];\n"
        "              may = [ \"unlock\", \"report\" ]; },\n"
        "            { name = \"gw-2\"; certificate = \"" GW2 "\"; may = [ \"report\" ]; },\n"
        "            { name = \"reader\"; certificate = \"" READER "\";\n"
        "              may = [ \"ask\", \"unlock\", \"vouch\", \"events\" ]; } );\n";

/* Sends pairs, written "NAME=VALUE|NAME=VALUE", for a certificate (NULL: none), and waits for the
 * answer. */
static inline void observe(int fd, const char *certificate, const char *pairs)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        MessageWriter writer;
        size_t size;
        Text rest = text_from(pairs), pair;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_OBSERVE, 42, 0);
        if (certificate)
                message_write_text(&writer, FIELD_CERTIFICATE, text_from(certificate));
        while (rest.size > 0) {
                Text name, value, tail = TEXT_NULL;
                if (!text_split_first(rest, '|', &pair, &tail))
                        pair = rest;
                assert_true(text_split_first(pair, '=', &name, &value));
                message_write_pair(&writer, name, value);
                rest = tail;
        }
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(send(fd, frame, size, MSG_NOSIGNAL), size);
        fixture_receive(fd, &reply);
}

static inline void observe_taken(int fd, const char *certificate, const char *pairs)
{
        observe(fd, certificate, pairs);
        if (reply.type != MESSAGE_END || reply.status != 0)
                fail_msg("%s: %s", pairs, reply.reason);
}

/* Refused, with a code. */
static inline void observe_refused(int fd, const char *certificate, const char *pairs,
                                   const char *reason)
{
        observe(fd, certificate, pairs);
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, reason);
}

/* All rows that root sees, one pair a line. */
static inline const char *rows(int fd)
{
        fixture_ask_plain(fd, &reply, MESSAGE_EVENTS);
        assert_int_equal(reply.type, MESSAGE_END);
        return reply.pairs;
}

static inline unsigned count(const char *text, const char *piece)
{
        unsigned found = 0;
        for (const char *at = text; (at = strstr(at, piece)); at += strlen(piece))
                found++;
        return found;
}

/* The row that holds a text, from its id to the next one's. */
static inline const char *row_with(int fd, const char *piece)
{
        static char row[4096];
        const char *all = rows(fd), *at = strstr(all, piece), *first = all, *next;
        if (!at)
                fail_msg("no row has %s", piece);
        while ((next = strstr(first + 1, "\nid=")) && next < at)
                first = next;
        next = strstr(at, "\nid=");
        (void)snprintf(row, sizeof(row), "%.*s\n", (int)(next ? next - first : 4000), first);
        return row;
}

#define assert_row(row, piece)                                                                     \
        do {                                                                                       \
                if (!strstr((row), "\n" piece "\n"))                                               \
                        fail_msg("no %s in %s", piece, (row));                                     \
        } while (0)

static inline const char *door(int fd, const char *resource)
{
        fixture_ask(fd, &reply, MESSAGE_DOOR, { FIELD_RESOURCE, resource, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        return reply.pairs;
}

static inline int observe_setup(void **state)
{
        static DaemonFixture fixture;
        fixture_set_up(&fixture);
        fixture_write(&fixture, "organizations.d/acme.conf", policy);
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

static inline int observe_teardown(void **state)
{
        fixture_tear_down(*state);
        return 0;
}
