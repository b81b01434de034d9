/* SPDX-License-Identifier: MIT */
/*
 * Callers by certificate, and the fronts that speak for them, to the real daemon: what a front,
 * root and everybody else gets with and without a certificate. Needs root, to be somebody else.
 */
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
static int connect_as(const DaemonFixture *fixture, uint32_t uid)
{
        assert_int_equal(seteuid(uid), 0);
        int fd = fixture_connect(fixture);
        assert_int_equal(seteuid(0), 0);
        assert_true(fd >= 0);
        return fd;
}

static void ask_as(const DaemonFixture *fixture, uint32_t uid, MessageType type,
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
static void question(const DaemonFixture *fixture, uint32_t uid, const char *certificate,
                     const char *user, const char *door)
{
        request_as(fixture, uid, MESSAGE_ASK, { FIELD_USER, user, 0 }, { FIELD_ACTION, UNLOCK, 0 },
                   { FIELD_RESOURCE, door, 0 }, { FIELD_CERTIFICATE, certificate, 0 });
}

static void assert_refused(const char *reason)
{
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, reason);
        assert_int_equal(strlen(reply.decision_id), 32);
}

static void assert_answer(Outcome outcome, const char *reason)
{
        assert_int_equal(reply.type, MESSAGE_ANSWER);
        assert_int_equal(reply.outcome, outcome);
        assert_string_equal(reply.reason, reason);
        assert_int_equal(strlen(reply.decision_id), 32);
}

/* Reads the row of the reply's decision id as "column=value\n". */
static void read_row(const DaemonFixture *fixture, char *text, size_t size)
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
static void assert_recorded(const DaemonFixture *fixture, const char *const *pairs, size_t count)
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

/* ---- What a certificate may ---- */

static void a_front_asks_for_the_certificate_s_caller(void **state)
{
        question(*state, FRONT_UID, GATEWAY_CERTIFICATE, "frank", D1);
        assert_answer(OUTCOME_ALLOW, "granted-by-role");
        question(*state, FRONT_UID, GATEWAY_CERTIFICATE, "helen", D1);
        assert_answer(OUTCOME_DENY, "not-permitted");
        recorded(*state, "subject=helen\n", "caller_name=" OWN("gw-1") "\n",
                 "identified=certificate\n", "caller_uid=4730\n");
        question(*state, FRONT_UID, GATEWAY_CERTIFICATE, "a b", D1);
        assert_answer(OUTCOME_ERROR, "malformed-query");
}

static void a_caller_may_ask_about_itself_without_vouching(void **state)
{
        question(*state, FRONT_UID, LAB_CERTIFICATE, OWN("lab"), D4);
        assert_answer(OUTCOME_DENY, "unknown-subject");
        recorded(*state, "subject=" OWN("lab") "\n", "caller_name=" OWN("lab") "\n");
        question(*state, FRONT_UID, LAB_CERTIFICATE, OWN("gw-1"), D4);
        assert_refused("not-allowed");
        question(*state, FRONT_UID, LAB_CERTIFICATE, "lab", D4);
        assert_refused("not-allowed");
        question(*state, FRONT_UID, LAB_CERTIFICATE, "frank", D1);
        assert_refused("not-allowed");
        recorded(*state, "subject=" OWN("lab") "\n", "user=frank\n", "decision=refused\n");
}

static void a_certificate_counts_at_its_caller_s_sites(void **state)
{
        question(*state, FRONT_UID, GATEWAY_CERTIFICATE, "frank", D4);
        assert_refused("not-allowed");
        question(*state, FRONT_UID, GATEWAY_CERTIFICATE, OWN("gw-1"), D4);
        assert_refused("not-allowed");
        question(*state, FRONT_UID, GATEWAY_CERTIFICATE, "frank", "door:acme/HQ/Tower/D3");
        assert_answer(OUTCOME_ALLOW, "granted-by-role");
        question(*state, FRONT_UID, GATEWAY_CERTIFICATE, "frank", "door:beta/HQ/D1");
        assert_refused("not-allowed");
}

static void a_certificate_may_be_a_caller_s_in_every_organization(void **state)
{
        question(*state, FRONT_UID, LAB_CERTIFICATE, "caller:beta/probe", "door:beta/HQ/D1");
        assert_answer(OUTCOME_DENY, "unknown-subject");
        recorded(*state, "caller_name=caller:beta/probe\n");
        question(*state, FRONT_UID, LAB_CERTIFICATE, OWN("lab"), "door:beta/HQ/D1");
        assert_refused("not-allowed");
        question(*state, FRONT_UID, LAB_CERTIFICATE, OWN("lab"), D1);
        assert_answer(OUTCOME_DENY, "unknown-subject");
        recorded(*state, "caller_name=" OWN("lab") "\n");
}

static void a_front_unlocks_for_people_by_a_caller_that_vouches(void **state)
{
        request_as(*state, FRONT_UID, MESSAGE_UNLOCK, { FIELD_USER, "frank", 0 },
                   { FIELD_RESOURCE, D1, 0 }, { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 });
        assert_answer(OUTCOME_ALLOW, "granted-by-role");
        assert_true(reply.not_after > 0);
        recorded(*state, "subject=frank\n", "caller_name=" OWN("gw-1") "\n", "kind=unlock\n");
        request_as(*state, FRONT_UID, MESSAGE_UNLOCK, { FIELD_USER, "frank", 0 },
                   { FIELD_RESOURCE, D1, 0 }, { FIELD_CERTIFICATE, LAB_CERTIFICATE, 0 });
        assert_refused("not-allowed");
}

/* ---- Who may state one ---- */

static void an_unknown_certificate_is_refused_and_recorded(void **state)
{
        static const char *const BAD[] = { UNKNOWN_CERTIFICATE, "sha256:1111", "frank", "*" };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                char pair[128];
                question(*state, FRONT_UID, BAD[i], "frank", D1);
                assert_refused("unknown-caller");
                (void)snprintf(pair, sizeof(pair), "subject=%s\n", BAD[i]);
                recorded(*state, pair, "reason=unknown-caller\n", "caller_uid=4730\n",
                         "identified=certificate\n");
                question(*state, 0, BAD[i], "frank", D1);
                assert_refused("unknown-caller");
        }
        request_as(*state, 0, MESSAGE_UNLOCK, { FIELD_RESOURCE, D1, 0 }, { FIELD_WHY, "fire", 0 },
                   { FIELD_CERTIFICATE, UNKNOWN_CERTIFICATE, 0 });
        assert_refused("unknown-caller");
}

static void nobody_but_root_and_fronts_states_a_certificate(void **state)
{
        static const uint32_t PEERS[] = { FRANK_UID, HELEN_UID, BRIDGE_UID, KIOSK_UID,
                                          65534,     61184,     4999,       FRONT_UID + 1 };
        for (size_t i = 0; i < sizeof(PEERS) / sizeof(*PEERS); i++) {
                char pair[64];
                question(*state, PEERS[i], GATEWAY_CERTIFICATE, "frank", D1);
                assert_refused("not-allowed");
                (void)snprintf(pair, sizeof(pair), "caller_uid=%u\n", PEERS[i]);
                recorded(*state, pair, "decision=refused\n", "action=ask\n");
        }
        /* Not even for what they may do without one. */
        question(*state, FRANK_UID, GATEWAY_CERTIFICATE, "frank", D1);
        assert_refused("not-allowed");
        question(*state, BRIDGE_UID, LAB_CERTIFICATE, "frank", D1);
        assert_refused("not-allowed");
        request_as(*state, FRANK_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "192.0.2.1", 0 },
                   { FIELD_WHY, "no-certificate None.", 0 },
                   { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 });
        assert_refused("not-allowed");
}

static void root_with_a_certificate_has_its_caller_s_rights_only(void **state)
{
        question(*state, 0, LAB_CERTIFICATE, "frank", D1);
        assert_refused("not-allowed");
        question(*state, 0, GATEWAY_CERTIFICATE, "frank", D4);
        assert_refused("not-allowed");
        question(*state, 0, GATEWAY_CERTIFICATE, "frank", D1);
        assert_answer(OUTCOME_ALLOW, "granted-by-role");
        assert_null(strstr(reply.detail, "acme.conf"));
        request_as(*state, 0, MESSAGE_UNLOCK, { FIELD_RESOURCE, D1, 0 }, { FIELD_WHY, "fire", 0 },
                   { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 });
        assert_refused("not-allowed");
        request_as(*state, 0, MESSAGE_WHO_CAN, { FIELD_ACTION, UNLOCK, 0 },
                   { FIELD_RESOURCE, D4, 0 }, { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 });
        assert_refused("not-allowed");
        request_as(*state, 0, MESSAGE_WHAT_CAN, { FIELD_USER, "frank", 0 },
                   { FIELD_RESOURCE, D4, 0 }, { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 });
        assert_refused("not-allowed");
}

/* Every request that a front could make for itself, as complete as it has to be. */
static const struct {
        MessageType type;
        TestField fields[7];
        size_t count;
} own_requests[] = {
        { MESSAGE_ASK,
          { { FIELD_USER, "frank", 0 }, { FIELD_ACTION, UNLOCK, 0 }, { FIELD_RESOURCE, D1, 0 } },
          3 },
        { MESSAGE_SESSION,
          { { FIELD_USER, "frank", 0 },
            { FIELD_ACTION, "session", 0 },
            { FIELD_RESOURCE, "", 0 },
            { FIELD_SERVICE, "sshd", 0 },
            { FIELD_PHASE, NULL, SESSION_PHASE_ACCOUNT },
            { FIELD_CALLER_UID, NULL, FRONT_UID },
            { FIELD_MINIMUM_UID, NULL, 1000 } },
          7 },
        { MESSAGE_UNLOCK, { { FIELD_RESOURCE, D1, 0 } }, 1 },
        { MESSAGE_UNLOCK, { { FIELD_RESOURCE, D1, 0 }, { FIELD_WHY, "fire", 0 } }, 2 },
        { MESSAGE_UNLOCK, { { FIELD_USER, "frank", 0 }, { FIELD_RESOURCE, D1, 0 } }, 2 },
        { MESSAGE_ENTER, { { FIELD_RESOURCE, D1, 0 }, { FIELD_CARD, "8165538", 0 } }, 2 },
        { MESSAGE_WHAT_CAN, { { FIELD_USER, "frank", 0 } }, 1 },
        { MESSAGE_WHO_CAN, { { FIELD_ACTION, UNLOCK, 0 }, { FIELD_RESOURCE, D1, 0 } }, 2 },
        { MESSAGE_RELOAD, { { 0 } }, 0 },
        { MESSAGE_EVENTS, { { FIELD_RESOURCE, "site:acme/HQ", 0 } }, 1 },
        { MESSAGE_SESSIONS, { { 0 } }, 0 },
        { MESSAGE_CHANGE, { { FIELD_ACTION, "migrate", 0 }, { FIELD_RESOURCE, D1, 0 } }, 2 },
        { MESSAGE_DOOR, { { FIELD_RESOURCE, D1, 0 } }, 1 },
        { MESSAGE_LOCKDOWNS, { { 0 } }, 0 },
        { MESSAGE_REPORT, { { FIELD_ACTION, "list", 0 } }, 1 },
        { MESSAGE_MAINTAIN, { { FIELD_ACTION, "clock", 0 }, { FIELD_WHY, "x", 0 } }, 2 },
};

static void a_front_may_do_nothing_for_itself(void **state)
{
        for (size_t i = 0; i < sizeof(own_requests) / sizeof(*own_requests); i++) {
                ask_as(*state, FRONT_UID, own_requests[i].type, own_requests[i].fields,
                       own_requests[i].count);
                assert_refused("not-allowed");
        }
        recorded(*state, "identified=front\n", "caller_uid=4730\n", "action=maintain\n");
}

static void a_front_is_told_what_it_needs_and_no_more(void **state)
{
        ask_as(*state, FRONT_UID, MESSAGE_STATUS, NULL, 0);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_non_null(strstr(reply.pairs, "state=ready\n"));
        assert_non_null(strstr(reply.pairs, "unlock-permission=" UNLOCK "\n"));
        assert_non_null(strstr(reply.pairs, "enter-permission=access.door.enter\n"));
        assert_null(strstr(reply.pairs, "clients="));
        ask_as(*state, FRONT_UID, MESSAGE_CALLERS, NULL, 0);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 3);
        assert_string_equal(reply.pairs,
                            "certificate=" GATEWAY_CERTIFICATE "\ncertificate=" LAB_CERTIFICATE
                            "\ncertificate=" LAB_CERTIFICATE "\n");
        request_as(*state, FRONT_UID, MESSAGE_WATCH, { FIELD_REVISION, "another", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
}

static void people_see_no_callers(void **state)
{
        static const uint32_t PEERS[] = { FRANK_UID, BRIDGE_UID, KIOSK_UID, 4999, 65534 };
        for (size_t i = 0; i < sizeof(PEERS) / sizeof(*PEERS); i++) {
                ask_as(*state, PEERS[i], MESSAGE_CALLERS, NULL, 0);
                assert_int_equal(reply.type, MESSAGE_REFUSAL);
                assert_string_equal(reply.pairs, "");
        }
}

static void root_sees_callers_with_rights_and_sites(void **state)
{
        request_as(*state, 0, MESSAGE_CALLERS, { FIELD_RESOURCE, "organization:acme", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 4);
        assert_non_null(strstr(reply.pairs,
                               "name=" OWN("bridge") "\norganization=acme\nuid=4720\n"
                                                     "may=ask unlock vouch\nsites=HQ\n"));
        assert_non_null(strstr(reply.pairs, "name=" OWN("kiosk") "\norganization=acme\nuid=4721\n"
                                                                 "may=ask\nname="));
        assert_non_null(strstr(reply.pairs,
                               "name=" OWN("gw-1") "\norganization=acme\ntitle=Cellar\n"
                                                   "certificate=" GATEWAY_CERTIFICATE
                                                   "\nmay=ask unlock vouch report\nsites=HQ\n"));
        ask_as(*state, 0, MESSAGE_CALLERS, NULL, 0);
        assert_int_equal(reply.records, 5);
        request_as(*state, 0, MESSAGE_CALLERS, { FIELD_RESOURCE, "organization:gamma", 0 });
        assert_refused("unknown-resource");
        request_as(*state, 0, MESSAGE_CALLERS, { FIELD_RESOURCE, D1, 0 });
        assert_refused("malformed-query");
}

static void a_page_of_another_policy_is_refused(void **state)
{
        static const char *const BAD[] = { "", ":", "0:0", "0123456789abcdef:1", "1" };
        char after[64];
        ask_as(*state, 0, MESSAGE_STATUS, NULL, 0);
        const char *revision = strstr(reply.pairs, "revision=");
        assert_non_null(revision);
        (void)snprintf(after, sizeof(after), "%.16s:3", revision + strlen("revision="));
        request_as(*state, 0, MESSAGE_CALLERS, { FIELD_AFTER, after, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 2);
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                request_as(*state, 0, MESSAGE_CALLERS, { FIELD_AFTER, BAD[i], 0 });
                assert_int_equal(reply.type, MESSAGE_REFUSAL);
                assert_string_equal(reply.reason, "page-changed");
        }
}

/* ---- What a front has refused ---- */

static void who_is_turned_away_stands_in_the_journal(void **state)
{
        static Reply events;
        request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "192.0.2.77", 0 },
                   { FIELD_WHY, "expired-certificate It ended yesterday.", 0 },
                   { FIELD_CERTIFICATE, LAB_CERTIFICATE, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "192.0.2.78", 0 },
                   { FIELD_WHY, "no-certificate None.", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        int fd = fixture_connect(*state);
        fixture_ask_plain(fd, &events, MESSAGE_EVENTS);
        (void)close(fd);
        assert_non_null(strstr(events.pairs, "remote_host=192.0.2.77\n"));
        assert_non_null(strstr(events.pairs, "reason=expired-certificate\n"));
        assert_non_null(strstr(events.pairs, "why=It ended yesterday.\n"));
        assert_non_null(strstr(events.pairs, "remote_host=192.0.2.78\n"));
        assert_non_null(strstr(events.pairs, "action=turn-away\n"));
}

static void what_was_refused_is_said_in_one_form(void **state)
{
        static const char *const BAD[] = { "",           "code",        "Code text",
                                           "co_de text", "code ",       " text",
                                           "a\nb text",  "code te\nxt", "\x1b[0m text" };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY,
                           { FIELD_REMOTE_HOST, "192.0.2.1", 0 }, { FIELD_WHY, BAD[i], 0 });
                assert_int_equal(reply.type, MESSAGE_REFUSAL);
                assert_string_equal(reply.reason, "malformed-query");
        }
        request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "", 0 },
                   { FIELD_WHY, "code text", 0 });
        assert_string_equal(reply.reason, "malformed-query");
        request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "192.0.2.1", 0 },
                   { FIELD_WHY, "code text", 0 }, { FIELD_CERTIFICATE, "frank", 0 });
        assert_string_equal(reply.reason, "malformed-query");
}

/* ---- Cards ---- */

static void badge(void **state, const char *user, const char *card)
{
        TestField fields[4] = { { FIELD_USER, user, 0 } };
        size_t count = user ? 1 : 0;
        fields[count++] = (TestField){ FIELD_RESOURCE, D1, 0 };
        fields[count++] = (TestField){ FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 };
        if (card)
                fields[count++] = (TestField){ FIELD_CARD, card, 0 };
        ask_as(*state, FRONT_UID, MESSAGE_ENTER, fields, count);
}

static void a_card_stands_for_its_person(void **state)
{
        badge(state, NULL, "8165538");
        assert_int_equal(reply.type, MESSAGE_ANSWER);
        assert_string_equal(reply.subject, "frank");
        Reply by_card = reply;
        recorded(*state, "subject=frank\n", "user=frank\n", "why=card 8165538\n", "kind=enter\n",
                 "caller_name=" OWN("gw-1") "\n");
        badge(state, "frank", NULL);
        assert_int_equal(reply.outcome, by_card.outcome);
        assert_string_equal(reply.reason, by_card.reason);
}

static void a_card_that_nobody_has_is_denied_and_recorded(void **state)
{
        badge(state, NULL, "8165539");
        assert_answer(OUTCOME_DENY, "unknown-card");
        assert_string_equal(reply.subject, "");
        recorded(*state, "decision=deny\n", "reason=unknown-card\n", "why=card 8165539\n");
}

static void a_badge_is_a_person_s_name_or_a_card(void **state)
{
        static const char *const BAD[] = { "",         "0", "08165538",
                                           "8165538 ", "x", "18446744073709551616" };
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
                badge(state, NULL, BAD[i]);
                assert_answer(OUTCOME_ERROR, "malformed-query");
        }
        badge(state, NULL, NULL);
        assert_answer(OUTCOME_ERROR, "malformed-query");
        badge(state, "frank", "8165538");
        assert_answer(OUTCOME_ERROR, "malformed-query");
}

/* ---- Limits ---- */

static void a_front_has_no_rate_and_more_connections_than_a_user(void **state)
{
        int fds[100], fd = connect_as(*state, FRONT_UID);
        for (int i = 0; i < 250; i++) {
                fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
                assert_int_equal(reply.type, MESSAGE_END);
        }
        for (int i = 0; i < 100; i++) {
                fds[i] = connect_as(*state, FRONT_UID);
                fixture_ask_plain(fds[i], &reply, MESSAGE_STATUS);
                assert_int_equal(reply.type, MESSAGE_END);
        }
        for (int i = 0; i < 100; i++)
                (void)close(fds[i]);
        (void)close(fd);
}

static void who_is_no_front_any_more_loses_it_on_open_connections(void **state)
{
        DaemonFixture *fixture = *state;
        int fd = connect_as(fixture, FRONT_UID);
        TestField fields[] = { { FIELD_USER, "frank", 0 },
                               { FIELD_ACTION, UNLOCK, 0 },
                               { FIELD_RESOURCE, D1, 0 },
                               { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 } };
        fixture_ask_fields(fd, &reply, MESSAGE_ASK, fields, 4);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        fixture_write(fixture, "doorward.conf", "break_glass = [ \"rescue\" ];\n");
        ask_as(fixture, 0, MESSAGE_RELOAD, NULL, 0);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.status, 0);
        fixture_ask_fields(fd, &reply, MESSAGE_ASK, fields, 4);
        assert_refused("not-allowed");
        (void)close(fd);
}

static int setup(void **state)
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

static int teardown(void **state)
{
        DaemonFixture *fixture = *state;
        int status = fixture_stop(fixture, SIGTERM);
        fixture_tear_down(fixture);
        return status;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_front_asks_for_the_certificate_s_caller),
                cmocka_unit_test(a_caller_may_ask_about_itself_without_vouching),
                cmocka_unit_test(a_certificate_counts_at_its_caller_s_sites),
                cmocka_unit_test(a_certificate_may_be_a_caller_s_in_every_organization),
                cmocka_unit_test(a_front_unlocks_for_people_by_a_caller_that_vouches),
                cmocka_unit_test(an_unknown_certificate_is_refused_and_recorded),
                cmocka_unit_test(nobody_but_root_and_fronts_states_a_certificate),
                cmocka_unit_test(root_with_a_certificate_has_its_caller_s_rights_only),
                cmocka_unit_test(a_front_may_do_nothing_for_itself),
                cmocka_unit_test(a_front_is_told_what_it_needs_and_no_more),
                cmocka_unit_test(people_see_no_callers),
                cmocka_unit_test(root_sees_callers_with_rights_and_sites),
                cmocka_unit_test(a_page_of_another_policy_is_refused),
                cmocka_unit_test(who_is_turned_away_stands_in_the_journal),
                cmocka_unit_test(what_was_refused_is_said_in_one_form),
                cmocka_unit_test(a_card_stands_for_its_person),
                cmocka_unit_test(a_card_that_nobody_has_is_denied_and_recorded),
                cmocka_unit_test(a_badge_is_a_person_s_name_or_a_card),
                cmocka_unit_test(a_front_has_no_rate_and_more_connections_than_a_user),
                cmocka_unit_test(who_is_no_front_any_more_loses_it_on_open_connections),
        };
        if (geteuid() != 0)
                return SKIPPED;
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
