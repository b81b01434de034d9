/* SPDX-License-Identifier: MIT */
/* Gateways at the real daemon, frame by frame: which doors they serve, what they are handed, and
 * how they are told to hold their doors. */
#include "commands_fixture.h"

static void a_waiting_gateway_is_handed_a_command_once(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        char id[96];
        Reply answer, reply;
        take_once(gateway, &reply, GW_1, D1);
        assert_non_null(strstr(reply.pairs, "kind=time\nnow=1"));
        assert_non_null(strstr(reply.pairs, "kind=door\ndoor=acme/HQ/D1\nhold=controlled\n"
                                            "state=access-controlled\nmode=Locked\n"));
        send_take(gateway, GW_1, D1, reply.after);
        unlock(fd, &answer, D1);
        assert_int_equal(answer.outcome, OUTCOME_ALLOW);
        assert_string_equal(answer.gateway, "caller:acme/gate-1");
        fixture_receive(gateway, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 2);
        (void)snprintf(id, sizeof(id), "kind=command\nid=%s\n", answer.decision_id);
        assert_non_null(strstr(reply.pairs, id));
        assert_non_null(strstr(reply.pairs, "\ndoor=acme/HQ/D1\nseconds=5\nnot-after="));
        assert_non_null(strstr(reply.pairs, "\nsubject=root\n"));
        const char *valid = strstr(reply.pairs, "valid-milliseconds=");
        assert_non_null(valid);
        assert_in_range(strtoul(strchr(valid, '=') + 1, NULL, 10), 5000, 10000);
        assert_command(fd, answer.decision_id, "state=handed-over\ngateway=caller:acme/gate-1\n");
        assert_consumed(fd, NULL, D1, answer.decision_id, OUTCOME_DENY, "command-consumed");
        fixture_ask(gateway, &reply, MESSAGE_TAKE, { FIELD_WITH, D1, 0 },
                    { FIELD_CERTIFICATE, GW_1, 0 });
        assert_null(strstr(reply.pairs, "kind=command"));
        (void)close(fd);
        (void)close(gateway);
}

static void between_two_takes_a_gateway_is_there_and_gets_it_with_the_next(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply answer, reply;
        take_once(gateway, &reply, GW_1, D1);
        unlock(fd, &answer, D1);
        assert_string_equal(answer.gateway, "caller:acme/gate-1");
        assert_command(fd, answer.decision_id, "state=given\n");
        send_take(gateway, GW_1, D1, reply.after);
        fixture_receive(gateway, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        (void)close(fd);
        (void)close(gateway);
}

static void a_gateway_that_is_gone_is_told_at_once(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply reply;
        wait_for(*state, gateway, GW_1, D3);
        (void)close(gateway);
        for (int i = 0; i < 100; i++) { /* the end of a connection may be heard of later */
                unlock(fd, &reply, D3);
                if (reply.outcome != OUTCOME_ALLOW)
                        break;
                (void)usleep(10000);
        }
        assert_int_equal(reply.outcome, OUTCOME_ERROR);
        assert_string_equal(reply.reason, "gateway-away");
        assert_string_equal(reply.gateway, "");
        assert_string_equal(reply.door, "");
        assert_int_equal(reply.release_seconds, 0);
        assert_consumed(fd, NULL, D3, reply.decision_id, OUTCOME_DENY, "command-unknown");
        fixture_ask_plain(fd, &reply, MESSAGE_EVENTS);
        assert_non_null(strstr(reply.pairs, "decision=error\nreason=gateway-away\n"));
        (void)close(fd);
}

static void of_two_gateways_one_gets_it(void **state)
{
        int fd = fixture_connect(*state);
        int one = fixture_connect(*state), two = fixture_connect(*state);
        Reply answer, reply;
        wait_for(*state, one, GW_1, D1);
        wait_for(*state, two, GW_2, D1);
        unlock(fd, &answer, D1);
        int taker = strcmp(answer.gateway, "caller:acme/gate-1") == 0 ? one : two;
        int other = taker == one ? two : one;
        fixture_receive(taker, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        /* The other one still waits: the next is its. */
        unlock(fd, &answer, D1);
        fixture_receive(other, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        assert_int_equal(reply.records, 2);
        (void)close(fd);
        (void)close(one);
        (void)close(two);
}

static void a_newer_take_of_the_same_gateway_ends_the_older_one(void **state)
{
        int fd = fixture_connect(*state);
        int older = fixture_connect(*state), newer = fixture_connect(*state);
        Reply answer, reply;
        wait_for(*state, older, GW_1, D1);
        assert_true(fixture_send(older, MESSAGE_STATUS, NULL, 0)); /* behind it */
        wait_for(*state, newer, GW_1, D1);
        fixture_receive(older, &reply);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_null(strstr(reply.pairs, "kind=command"));
        fixture_receive(older, &reply);
        assert_non_null(strstr(reply.pairs, "state=ready\n"));
        unlock(fd, &answer, D1);
        fixture_receive(newer, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        (void)close(fd);
        (void)close(older);
        (void)close(newer);
}

static void only_doors_at_its_sites_are_served(void **state)
{
        int fd = fixture_connect(*state);
        Reply reply;
        fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, D1, 0 }, { FIELD_WITH, D4, 0 },
                    { FIELD_WITH, "door:acme/HQ/D99", 0 }, { FIELD_CERTIFICATE, GW_1, 0 });
        assert_int_equal(reply.records, 4);
        assert_non_null(strstr(reply.pairs, "door=acme/Branch/D4\nrefused=not-permitted\n"));
        assert_non_null(strstr(reply.pairs, "door=acme/HQ/D99\nrefused=unknown-resource\n"));
        unlock(fd, &reply, D4);
        assert_string_equal(reply.gateway, "none");
        static const struct {
                const char *certificate, *door;
        } refused[] = { { GW_1, D4 }, { LOCK, D4 }, { LOCK, D1 }, { GW_2, "door:other/HQ/D1" } };
        for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
                fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, refused[i].door, 0 },
                            { FIELD_CERTIFICATE, refused[i].certificate, 0 });
                assert_int_equal(reply.type, MESSAGE_REFUSAL);
                assert_string_equal(reply.reason, "not-allowed");
        }
        (void)close(fd);
}

static void a_take_that_is_none_is_refused(void **state)
{
        enum { TOO_MANY = 201 };
        int fd = fixture_connect(*state);
        Reply reply;
        static const char *const doors[][2] = {
                { "site:acme/HQ", D1 },
                { "acme/HQ/D1", D1 },
                { D1, D1 },
                { "door:acme", D1 },
        };
        for (size_t i = 0; i < sizeof(doors) / sizeof(*doors); i++) {
                fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, doors[i][0], 0 },
                            { FIELD_WITH, doors[i][1], 0 }, { FIELD_CERTIFICATE, GW_2, 0 });
                assert_string_equal(reply.reason, "malformed-query");
        }
        for (uint32_t seconds = 0; seconds <= 61; seconds += 61) {
                fixture_ask(fd, &reply, MESSAGE_TAKE, { FIELD_WITH, D1, 0 },
                            { FIELD_SECONDS, NULL, seconds }, { FIELD_CERTIFICATE, GW_2, 0 });
                assert_string_equal(reply.reason, "malformed-query");
        }
        static char names[TOO_MANY][32];
        TestField many[TOO_MANY + 1];
        for (int i = 0; i < TOO_MANY; i++) {
                (void)snprintf(names[i], sizeof(names[i]), "door:acme/HQ/X%d", i);
                many[i] = (TestField){ FIELD_WITH, names[i], 0 };
        }
        many[TOO_MANY] = (TestField){ FIELD_CERTIFICATE, GW_2, 0 };
        fixture_ask_fields(fd, &reply, MESSAGE_TAKE, many, TOO_MANY + 1);
        assert_string_equal(reply.reason, "malformed-query");
        fixture_ask(fd, &reply, MESSAGE_COMMAND, { FIELD_SECONDS, NULL, 61 },
                    { FIELD_DECISION_ID, NO_ID, 0 });
        assert_string_equal(reply.reason, "malformed-query");
        (void)close(fd);
}

static void who_waits_long_enough_is_told_that_there_is_nothing(void **state)
{
        int gateway = fixture_connect(*state);
        Reply reply;
        take_once(gateway, &reply, GW_1, D1);
        char token[sizeof(reply.after)];
        (void)snprintf(token, sizeof(token), "%s", reply.after);
        fixture_ask(gateway, &reply, MESSAGE_TAKE, { FIELD_WITH, D1, 0 },
                    { FIELD_SECONDS, NULL, 1 }, { FIELD_CERTIFICATE, GW_1, 0 },
                    { FIELD_AFTER, token, 0 });
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(reply.records, 1); /* the time */
        assert_string_equal(reply.after, token);
        (void)close(gateway);
}

/* Root changes a door, and the gateway that waits is told. */
static void assert_held(const DaemonFixture *fixture, int fd, const char *action,
                        const char *new_state, const char *pairs)
{
        int gateway = fixture_connect(fixture);
        Reply reply;
        wait_for(fixture, gateway, GW_1, D2);
        const TestField fields[] = { { FIELD_ACTION, action, 0 },
                                     { FIELD_RESOURCE, D2, 0 },
                                     { FIELD_WHY, "a test", 0 },
                                     { FIELD_STATE, new_state, 0 },
                                     { FIELD_SECONDS, NULL, 100 } };
        fixture_ask_fields(fd, &reply, MESSAGE_CHANGE, fields, new_state ? 5 : 3);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        fixture_receive(gateway, &reply);
        assert_non_null(strstr(reply.pairs, pairs));
        (void)close(gateway);
}

static void who_waits_is_told_how_its_door_is_to_be_held(void **state)
{
        int fd = fixture_connect(*state);
        assert_held(*state, fd, "override", "unlocked",
                    "hold=unlocked\nstate=unlocked\nmode=Unlocked\nuntil=");
        assert_held(*state, fd, "override", "locked",
                    "hold=locked\nstate=locked\nmode=Locked\nuntil=");
        assert_held(*state, fd, "block", NULL, "hold=locked\nstate=locked\nmode=Blocked\n");
        assert_held(*state, fd, "release", NULL, "hold=controlled\n");
        (void)close(fd);
}

static void a_door_service_of_pam_hands_its_command_out_too(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        const TestField fields[] = {
                { FIELD_USER, "frank", 0 },     { FIELD_ACTION, "session", 0 },
                { FIELD_RESOURCE, D1, 0 },      { FIELD_SERVICE, "door", 0 },
                { FIELD_PHASE, NULL, 1 },       { FIELD_CALLER_UID, NULL, 0 },
                { FIELD_USER_UID, NULL, 4711 }, { FIELD_MINIMUM_UID, NULL, 1000 },
        };
        Reply answer, reply;
        wait_for(*state, gateway, GW_1, D1);
        fixture_ask_fields(fd, &answer, MESSAGE_SESSION, fields, sizeof(fields) / sizeof(*fields));
        assert_int_equal(answer.outcome, OUTCOME_ALLOW);
        assert_string_equal(answer.gateway, "caller:acme/gate-1");
        fixture_receive(gateway, &reply);
        assert_non_null(strstr(reply.pairs, answer.decision_id));
        assert_non_null(strstr(reply.pairs, "subject=frank\n"));
        (void)close(fd);
        (void)close(gateway);
}

static void who_is_no_longer_listed_waits_no_longer(void **state)
{
        int fd = fixture_connect(*state), gateway = fixture_connect(*state);
        Reply reply;
        wait_for(*state, gateway, GW_1, D1);
        assert_true(fixture_send(gateway, MESSAGE_STATUS, NULL, 0)); /* behind it */
        fixture_write(*state, GATEWAYS_FILE, "callers = ( );\n");
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        fixture_receive(gateway, &reply);
        assert_int_equal(reply.type, MESSAGE_REFUSAL);
        assert_string_equal(reply.reason, "not-allowed");
        fixture_receive(gateway, &reply);
        assert_non_null(strstr(reply.pairs, "state=ready\n"));
        fixture_write(*state, GATEWAYS_FILE, commands_callers);
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        (void)close(fd);
        (void)close(gateway);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_waiting_gateway_is_handed_a_command_once),
                cmocka_unit_test(between_two_takes_a_gateway_is_there_and_gets_it_with_the_next),
                cmocka_unit_test(a_gateway_that_is_gone_is_told_at_once),
                cmocka_unit_test(of_two_gateways_one_gets_it),
                cmocka_unit_test(a_newer_take_of_the_same_gateway_ends_the_older_one),
                cmocka_unit_test(only_doors_at_its_sites_are_served),
                cmocka_unit_test(a_take_that_is_none_is_refused),
                cmocka_unit_test(who_waits_long_enough_is_told_that_there_is_nothing),
                cmocka_unit_test(who_waits_is_told_how_its_door_is_to_be_held),
                cmocka_unit_test(a_door_service_of_pam_hands_its_command_out_too),
                cmocka_unit_test(who_is_no_longer_listed_waits_no_longer),
        };
        return cmocka_run_group_tests(tests, commands_set_up, commands_tear_down) ? 1 : 0;
}
