/* SPDX-License-Identifier: MIT */
/*
 * Tests of request_observe.c and observe_batch.c: what gateways tell the real daemon, and what it
 * makes of it. Needs root, to speak for callers and to be somebody else.
 */
#include "observe_fixture.h"

static void what_a_gateway_tells_is_recorded_as_it_told_it(void **state)
{
        int fd = fixture_connect(*state);
        observe_taken(fd, GW1,
                      A "|event=gateway-started|sequence=1|detail=version 1"
                        "|event=door-opened|sequence=2|time=1700000000|door=acme/HQ/D1"
                        "|event=access-taken|sequence=3|door=acme/HQ/D1|card=8165538|user=frank"
                        "|detail=reader 2"
                        "|event=commanded|sequence=4|door=acme/HQ/D1|command=" COMMAND);
        const char *row = row_with(fd, "decision=gateway-started");
        assert_row(row, "kind=gateway");
        assert_row(row, "gateway=caller:acme/gw-1 #1");
        assert_row(row, "caller_name=caller:acme/gw-1");
        assert_row(row, "identified=certificate");
        assert_row(row, "why=version 1");
        row = row_with(fd, "decision=door-opened");
        assert_row(row, "kind=door-state");
        assert_row(row, "resource=door:acme/HQ/D1");
        assert_row(row, "occurred=2023-11-14T22:13:20Z");
        assert_null(strstr(row, "time=2023"));
        row = row_with(fd, "decision=access-taken");
        assert_row(row, "kind=passage");
        assert_row(row, "user=frank");
        assert_row(row, "why=card 8165538; reader 2");
        row = row_with(fd, "decision=commanded");
        assert_row(row, "kind=command");
        assert_row(row, "decision_id=" COMMAND);
        (void)close(fd);
}

static void what_is_sent_again_is_recorded_once(void **state)
{
        DaemonFixture *fixture = *state;
        int fd = fixture_connect(fixture);
        static const char two[] = A "|event=door-closed|sequence=1|door=acme/HQ/D2"
                                    "|event=door-opened|sequence=2|door=acme/HQ/D2";
        observe_taken(fd, GW2, two);
        observe_taken(fd, GW2, two);
        observe_taken(fd, GW2,
                      A "|event=door-opened|sequence=2|door=acme/HQ/D2"
                        "|event=door-closed|sequence=3|door=acme/HQ/D2");
        assert_int_equal(count(rows(fd), "gateway=caller:acme/gw-2 #"), 3);
        assert_int_equal(count(reply.pairs, "gateway=caller:acme/gw-2 #2"), 1);
        /* Also by the next daemon. */
        (void)close(fd);
        assert_int_equal(fixture_stop(fixture, SIGTERM), 0);
        assert_true(fixture_start(fixture));
        fd = fixture_connect(fixture);
        observe_taken(fd, GW2, two);
        assert_int_equal(count(rows(fd), "gateway=caller:acme/gw-2 #"), 3);
        observe_taken(fd, GW2, A "|event=gateway-started|sequence=4");
        assert_int_equal(count(rows(fd), "gateway=caller:acme/gw-2 #"), 4);
        assert_int_equal(count(reply.pairs, "decision=gap"), 0);
        (void)close(fd);
}

static void what_is_missing_is_a_row_and_an_alert(void **state)
{
        int fd = fixture_connect(*state);
        observe_taken(fd, GW2, A "|event=gateway-started|sequence=1");
        assert_int_equal(count(rows(fd), "gateway-gap"), 0);
        observe_taken(fd, GW2,
                      A "|event=gateway-started|sequence=5|event=gateway-started|sequence=6");
        assert_int_equal(count(rows(fd), "reason=gateway-gap"), 1);
        const char *row = row_with(fd, "decision=gap");
        assert_row(row, "kind=gateway");
        assert_row(row, "why=2 to 4");
        assert_row(row, "gateway=caller:acme/gw-2");
        row = row_with(fd, "reason=gateway-gap");
        assert_row(row, "kind=alarm");
        (void)close(fd);
}

static void another_store_begins_anew(void **state)
{
        int fd = fixture_connect(*state);
        observe_taken(fd, GW2, A "|event=gateway-started|sequence=1");
        observe_taken(fd, GW2, B "|event=gateway-started|sequence=1");
        assert_int_equal(count(rows(fd), "decision=store-changed"), 1);
        assert_int_equal(count(reply.pairs, "decision=gateway-started"), 2);
        assert_int_equal(count(reply.pairs, "decision=gap"), 0);
        (void)close(fd);
}

/* A door that was taken away must not keep what follows from being told, and nobody may tell of
 * another's doors. */
static void what_it_may_not_tell_is_set_aside(void **state)
{
        int fd = fixture_connect(*state);
        observe_taken(fd, GW1,
                      A "|event=door-opened|sequence=1|door=acme/Branch/D4|card=12"
                        "|event=door-opened|sequence=2|door=acme/HQ/D9|detail=gone"
                        "|event=door-opened|sequence=3|door=elsewhere/HQ/D1"
                        "|event=door-opened|sequence=4|door=acme/HQ/D1");
        assert_int_equal(count(rows(fd), "decision=set-aside"), 3);
        assert_int_equal(count(reply.pairs, "decision=door-opened"), 1);
        const char *row = row_with(fd, "why=door-opened at acme/Branch/D4; card 12");
        assert_row(row, "kind=gateway");
        assert_row(row, "reason=not-allowed");
        assert_row(row, "gateway=caller:acme/gw-1 #1");
        assert_null(strstr(row, "\nresource="));
        row = row_with(fd, "why=door-opened at acme/HQ/D9; gone");
        assert_row(row, "reason=unknown-resource");
        assert_null(strstr(door(fd, "door:acme/Branch/D4"), "contact="));
        assert_non_null(strstr(door(fd, "door:acme/HQ/D1"), "contact=Open\n"));
        (void)close(fd);
}

/* A certificate has in each organization the rights that it has there. */
static void each_organization_counts_for_itself(void **state)
{
        int fd = fixture_connect(*state);
        fixture_write(*state, "organizations.d/beta.conf",
                      "organization = { name = \"beta\"; };\n"
                      "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; } ); } );\n"
                      "callers = ( { name = \"asker\"; certificate = \"" GW1
                      "\"; may = [ \"ask\" ]; },\n"
                      "            { name = \"other\"; certificate = \"" OTHER
                      "\"; may = [ \"report\" ]; } );\n");
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        observe_taken(fd, GW1,
                      A "|event=door-opened|sequence=1|door=beta/HQ/D1"
                        "|event=door-opened|sequence=2|door=acme/HQ/D1");
        observe_taken(fd, OTHER,
                      A "|event=door-closed|sequence=1|door=acme/HQ/D1"
                        "|event=door-closed|sequence=2|door=beta/HQ/D1");
        assert_int_equal(count(rows(fd), "decision=set-aside"), 2);
        assert_row(row_with(fd, "why=door-opened at beta/HQ/D1"), "reason=not-allowed");
        assert_row(row_with(fd, "why=door-closed at acme/HQ/D1"), "reason=not-allowed");
        assert_row(row_with(fd, "decision=door-closed"), "resource=door:beta/HQ/D1");
        assert_row(row_with(fd, "decision=door-opened"), "resource=door:acme/HQ/D1");
        (void)close(fd);
}

static void who_may_not_report_is_refused(void **state)
{
        static const char one[] = A "|event=gateway-started|sequence=1";
        int fd = fixture_connect(*state);
        observe_refused(fd, READER, one, "not-allowed");
        observe_refused(fd, NULL, one, "not-allowed");
        observe_refused(fd, "sha256:" HEX16, one, "unknown-caller");
        assert_int_equal(count(rows(fd), "gateway="), 0);
        (void)close(fd);
}

/* Also what came before the mistake. */
static void of_what_is_wrong_nothing_is_taken(void **state)
{
        static const char *const wrong[] = {
                "event=gateway-started|sequence=1",
                A,
                A "|event=gateway-started|sequence=1|event=gateway-stopped|sequence=2",
                A "|event=gateway-started|sequence=1|event=gateway-started|sequence=3",
                A "|event=gateway-started|sequence=1|event=door-opened|sequence=2",
                A "|event=gateway-started|sequence=1|=",
                "store=|event=gateway-started|sequence=1",
        };
        int fd = fixture_connect(*state);
        for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
                observe_refused(fd, GW1, wrong[i], "malformed-query");
        assert_int_equal(count(rows(fd), "gateway="), 0);
        assert_int_equal(count(reply.pairs, "reason=malformed-query"), 7);
        observe_taken(fd, GW1, A "|event=gateway-started|sequence=1");
        (void)close(fd);
}

static void alarms_are_alerts_and_show_at_the_door(void **state)
{
        static const char *const alerts[] = { "door-forced-open", "door-open-too-long",
                                              "door-tamper",      "door-fault",
                                              "fire-detected",    "controller-lost",
                                              "events-lost" };
        int fd = fixture_connect(*state);
        observe_taken(fd, GW1,
                      A "|event=door-open-too-long|sequence=1|door=acme/HQ/D1"
                        "|event=door-forced-open|sequence=2|door=acme/HQ/D1|time=1700000000"
                        "|event=tamper-detected|sequence=3|door=acme/HQ/D1"
                        "|event=fault-detected|sequence=4|door=acme/HQ/D1"
                        "|event=fire-detected|sequence=5|detail=input 2"
                        "|event=controller-lost|sequence=6|detail=board-1"
                        "|event=events-lost|sequence=7|detail=12"
                        "|event=lock-unlocked|sequence=8|door=acme/HQ/D1");
        rows(fd);
        for (size_t i = 0; i < sizeof(alerts) / sizeof(*alerts); i++) {
                char reason[64];
                (void)snprintf(reason, sizeof(reason), "\nreason=%s\n", alerts[i]);
                assert_int_equal(count(reply.pairs, reason), 1);
        }
        assert_row(row_with(fd, "reason=door-forced-open"),
                   "why=acme/HQ/D1: caller:acme/gw-1 says it of 2023-11-14T22:13:20Z");
        assert_row(row_with(fd, "reason=fire-detected"), "why=caller:acme/gw-1 says it: input 2");
        assert_int_equal(count(rows(fd), "kind=door-alarm"), 5);
        door(fd, "door:acme/HQ/D1");
        assert_non_null(strstr(reply.pairs, "observed=Unlocked\n"));
        assert_non_null(strstr(reply.pairs, "alarm=DoorForcedOpen\n"
                                            "alarm_since=2023-11-14T22:13:20Z\n"
                                            "tamper=TamperDetected\n"));
        assert_non_null(strstr(reply.pairs, "fault=FaultDetected\n"));
        assert_non_null(strstr(reply.pairs, "observed_by=caller:acme/gw-1\n"));
        (void)close(fd);
}

/* Who may see events of HQ sees who came and went, and neither cards nor the gateway. */
static int see_as_frank(const DaemonFixture *fixture, void *data)
{
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_EVENTS, { FIELD_RESOURCE, "site:acme/HQ", 0 });
        const char *pairs = reply.pairs;
        return reply.type != MESSAGE_END                       ? 1
               : count(pairs, "decision=access-taken") != 1    ? 2
               : count(pairs, "occurred=2023-11-14") != 1      ? 3
               : count(pairs, "decision=door-opened") != 1     ? 4
               : count(pairs, "8165538") != 0                  ? 5
               : count(pairs, "gw-1") != 0                     ? 6
               : count(pairs, "decision=controller-lost") != 0 ? 7
                                                               : 0;
}

static void persons_see_movements_without_cards_and_gateways(void **state)
{
        int fd = fixture_connect(*state);
        observe_taken(fd, GW1,
                      A "|event=access-taken|sequence=1|door=acme/HQ/D1|card=8165538|user=frank"
                        "|time=1700000000"
                        "|event=door-opened|sequence=2|door=acme/HQ/D1"
                        "|event=controller-lost|sequence=3|door=acme/HQ/D1");
        observe_taken(fd, GW2, A "|event=access-taken|sequence=1|door=acme/Branch/D4");
        (void)close(fd);
        assert_int_equal(fixture_as(4711, 4711, see_as_frank, *state, NULL), 0);
}

/* While the journal cannot be written nothing is acknowledged; the door is shown as it is, and the
 * alert is raised once. */
static void what_cannot_be_recorded_is_to_be_sent_again(void **state)
{
        static const char one[] = A "|event=gateway-started|sequence=1";
        static const char two[] = A "|event=door-forced-open|sequence=2|door=acme/HQ/D1";
        const DaemonFixture *fixture = *state;
        char journal[200];
        int fd = fixture_connect(fixture);
        observe_taken(fd, GW1, one);
        (void)snprintf(journal, sizeof(journal), "%s/journal.db", fixture->state);
        assert_int_equal(unlink(journal), 0);
        assert_int_equal(mkdir(journal, 0700), 0);
        observe_refused(fd, GW1, two, "journal-failed");
        observe_refused(fd, GW1, two, "journal-failed");
        assert_non_null(strstr(door(fd, "door:acme/HQ/D1"), "alarm=DoorForcedOpen\n"));
        assert_int_equal(rmdir(journal), 0);
        observe_taken(fd, GW1, two);
        assert_int_equal(count(rows(fd), "decision=door-forced-open"), 1);
        assert_int_equal(count(reply.pairs, "reason=door-forced-open"), 0); /* was lost, and once */
        assert_int_equal(count(reply.pairs, "decision=gap"), 0);
        (void)close(fd);
}

static void take(int fd, const char *door)
{
        fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, door, 0 }, { FIELD_SECONDS, NULL, 60 },
                    { FIELD_CERTIFICATE, GW1, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
}

static const char *command_state(int fd, const char *id)
{
        static char state[64];
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_DECISION_ID, id, 0 });
        const char *at = strstr(reply.pairs, "state=");
        *state = '\0';
        if (at)
                (void)sscanf(at, "state=%63[^\n]", state);
        return state;
}

/* What became of it is on record for whom it was. */
static void what_became_of_a_command_is_heard_from_who_has_it(void **state)
{
        int fd = fixture_connect(*state);
        char id[64], pairs[256];
        take(fd, "door:acme/HQ/D1");
        fixture_ask(fd, &reply, MESSAGE_UNLOCK, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 },
                    { FIELD_WHY, "a drill", 0 });
        (void)snprintf(id, sizeof(id), "%s", reply.decision_id);
        take(fd, "door:acme/HQ/D1");
        assert_non_null(strstr(reply.pairs, id));
        (void)snprintf(pairs, sizeof(pairs),
                       A "|event=commanded|sequence=1|door=acme/HQ/D1|command=%s", id);
        observe_taken(fd, GW1, pairs);
        assert_string_equal(command_state(fd, id), "commanded");
        assert_row(row_with(fd, "decision=commanded"), "subject=root");
        assert_row(row_with(fd, "decision=commanded"), "gateway=caller:acme/gw-1 #1");
        (void)close(fd);
}

/* A TAKE that waits, for who knows all that there is to know. */
static void wait_as_gateway(int fd, const char *door)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        Message message = { 0 };
        Text after;
        char token[64];
        const TestField fields[] = { { FIELD_WITH, door, 0 },
                                     { FIELD_SECONDS, NULL, 60 },
                                     { FIELD_CERTIFICATE, GW1, 0 },
                                     { FIELD_AFTER, token, 0 } };
        assert_true(fixture_send(fd, MESSAGE_TAKE, fields, 3));
        while (message.type != MESSAGE_END) {
                ssize_t size = recv(fd, frame, sizeof(frame), 0);
                assert_true(size > 0);
                assert_int_equal(message_decode(frame, (size_t)size, &message), 0);
        }
        assert_true(message_text(&message, FIELD_AFTER, &after));
        (void)snprintf(token, sizeof(token), "%.*s", (int)after.size, after.data);
        assert_true(fixture_send(fd, MESSAGE_TAKE, fields, 4));
}

/* What a door did when its gateway was last heard is not what it does. */
static void of_a_gateway_that_is_away_nothing_is_known(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        observe_taken(fd, GW1, A "|event=lock-locked|sequence=1|door=acme/HQ/D1");
        wait_as_gateway(gateway, "door:acme/HQ/D1");
        assert_non_null(strstr(door(fd, "door:acme/HQ/D1"), "observed=Locked\n"));
        (void)close(gateway);
        for (int i = 0; i < 500 && !strstr(door(fd, "door:acme/HQ/D1"), "gateway=away\n"); i++)
                (void)usleep(10000);
        assert_non_null(strstr(reply.pairs, "gateway=away\n"));
        assert_non_null(strstr(reply.pairs, "observed=Unknown\n"));
        assert_non_null(strstr(reply.pairs, "observed_by=caller:acme/gw-1\n"));
        (void)close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, observe_setup, observe_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_a_gateway_tells_is_recorded_as_it_told_it),
                TEST(what_is_sent_again_is_recorded_once),
                TEST(what_is_missing_is_a_row_and_an_alert),
                TEST(another_store_begins_anew),
                TEST(what_it_may_not_tell_is_set_aside),
                TEST(each_organization_counts_for_itself),
                TEST(who_may_not_report_is_refused),
                TEST(of_what_is_wrong_nothing_is_taken),
                TEST(alarms_are_alerts_and_show_at_the_door),
                TEST(persons_see_movements_without_cards_and_gateways),
                TEST(what_cannot_be_recorded_is_to_be_sent_again),
                TEST(what_became_of_a_command_is_heard_from_who_has_it),
                TEST(of_a_gateway_that_is_away_nothing_is_known),
        };
        if (geteuid() != 0)
                return SKIPPED;
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
