/* SPDX-License-Identifier: MIT */
/* Fronts, to the real daemon: what one may do for itself, what it is told, what it says, and how
 * much of it there may be. */
#include "callers_fixture.h"

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
        after[17] = 'x';
        request_as(*state, 0, MESSAGE_CALLERS, { FIELD_AFTER, after, 0 });
        assert_string_equal(reply.reason, "page-changed");
}

static void who_is_turned_away_stands_in_the_journal(void **state)
{
        static Reply events;
        request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "192.0.2.77", 0 },
                   { FIELD_WHY, "expired-certificate It ended yesterday.", 0 },
                   { FIELD_CERTIFICATE, LAB_CERTIFICATE, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "192.0.2.78", 0 },
                   { FIELD_WHY, "az-09 None.", 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        int fd = fixture_connect(*state);
        fixture_ask_plain(fd, &events, MESSAGE_EVENTS);
        (void)close(fd);
        assert_non_null(strstr(events.pairs, "remote_host=192.0.2.77\n"));
        assert_non_null(strstr(events.pairs, "reason=expired-certificate\n"));
        assert_non_null(strstr(events.pairs, "why=It ended yesterday.\n"));
        assert_non_null(strstr(events.pairs, "remote_host=192.0.2.78\n"));
        assert_non_null(strstr(events.pairs, "action=turn-away\n"));
        assert_non_null(strstr(events.pairs, "kind=refusal\n"));
        assert_non_null(strstr(events.pairs, "decision=refused\nreason=az-09\n"));
}

/* A front says with these sizes that somebody was turned away. */
static MessageType turn_away(const DaemonFixture *fixture, size_t code, size_t text, size_t host)
{
        char why[600], name[300];
        memset(why, 'a', sizeof(why));
        memset(name, '1', sizeof(name));
        why[code] = ' ';
        why[code + 1 + text] = '\0';
        name[host] = '\0';
        request_as(fixture, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, name, 0 },
                   { FIELD_WHY, why, 0 });
        return (MessageType)reply.type;
}

static void what_was_refused_is_said_within_limits(void **state)
{
        assert_int_equal(turn_away(*state, 64, 447, 256), MESSAGE_END);
        assert_int_equal(turn_away(*state, 65, 10, 10), MESSAGE_REFUSAL);
        assert_int_equal(turn_away(*state, 64, 448, 10), MESSAGE_REFUSAL);
        assert_int_equal(turn_away(*state, 64, 10, 257), MESSAGE_REFUSAL);
        request_as(*state, FRONT_UID, MESSAGE_TURN_AWAY, { FIELD_REMOTE_HOST, "192.0.2.1\n", 0 },
                   { FIELD_WHY, "code text", 0 });
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
}

static void what_was_refused_is_said_in_one_form(void **state)
{
        static const char *const BAD[] = { "",           "code",        "Code text",
                                           "co_de text", "code ",       " text",
                                           "a\nb text",  "code te\nxt", "\x1b[0m text",
                                           "co{de text", "co/de text",  "co:de text",
                                           "co`de text" };
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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_front_may_do_nothing_for_itself),
                cmocka_unit_test(a_front_is_told_what_it_needs_and_no_more),
                cmocka_unit_test(people_see_no_callers),
                cmocka_unit_test(root_sees_callers_with_rights_and_sites),
                cmocka_unit_test(a_page_of_another_policy_is_refused),
                cmocka_unit_test(who_is_turned_away_stands_in_the_journal),
                cmocka_unit_test(what_was_refused_is_said_in_one_form),
                cmocka_unit_test(what_was_refused_is_said_within_limits),
                cmocka_unit_test(a_front_has_no_rate_and_more_connections_than_a_user),
                cmocka_unit_test(who_is_no_front_any_more_loses_it_on_open_connections),
        };
        if (geteuid() != 0)
                return SKIPPED;
        return cmocka_run_group_tests(tests, callers_setup, callers_teardown) ? 1 : 0;
}
