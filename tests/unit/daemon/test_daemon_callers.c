/* SPDX-License-Identifier: MIT */
/* Callers by certificate, to the real daemon: what a certificate may, and who may state one. */
#include "callers_fixture.h"

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

/* Only what the request of such a peer consists of makes an unlock, and only where it may. */
static void an_unlock_states_what_it_needs_and_no_more(void **state)
{
        static const char *const elsewhere[] = { "door:acme/HQ/D99", "door:beta/HQ/D1",
                                                 "door:gamma/HQ/D1", D4 };
        request_as(*state, 0, MESSAGE_UNLOCK, { FIELD_USER, "frank", 0 }, { FIELD_RESOURCE, D1, 0 },
                   { FIELD_WHY, "x", 0 });
        assert_refused("reason-missing");
        request_as(*state, 0, MESSAGE_UNLOCK, { FIELD_USER, "frank", 0 }, { FIELD_RESOURCE, D1, 0 },
                   { FIELD_WHY, "x", 0 }, { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 });
        assert_refused("not-allowed");
        for (size_t i = 0; i < sizeof(elsewhere) / sizeof(*elsewhere); i++) {
                request_as(*state, 0, MESSAGE_UNLOCK, { FIELD_USER, "frank", 0 },
                           { FIELD_RESOURCE, elsewhere[i], 0 },
                           { FIELD_CERTIFICATE, GATEWAY_CERTIFICATE, 0 });
                assert_refused("not-allowed");
        }
}

/* Asks and unlocks for helen. Return: how many of both are allowed; negative: no answers. */
static int open_for_helen(const DaemonFixture *fixture, void *data)
{
        const TestField question[] = { { FIELD_USER, "helen", 0 },
                                       { FIELD_ACTION, UNLOCK, 0 },
                                       { FIELD_RESOURCE, D1, 0 } };
        const TestField unlock[] = { { FIELD_USER, "helen", 0 }, { FIELD_RESOURCE, D1, 0 } };
        int allowed = 0, fd = fixture_connect(fixture);
        fixture_ask_fields(fd, &reply, MESSAGE_ASK, question, 3);
        if (reply.type != MESSAGE_ANSWER)
                return -1;
        allowed += reply.outcome == OUTCOME_ALLOW;
        fixture_ask_fields(fd, &reply, MESSAGE_UNLOCK, unlock, 2);
        if (reply.type != MESSAGE_ANSWER)
                return -2;
        allowed += reply.outcome == OUTCOME_ALLOW;
        (void)close(fd);
        return allowed;
}

/* Members of the Unix group may: whoever vouches for somebody does not lend him its groups. */
static void groups_of_a_caller_are_its_own(void **state)
{
        assert_int_equal(fixture_as(HELEN_UID, DESK_GID, open_for_helen, *state, NULL), 2);
        assert_int_equal(fixture_as(HELEN_UID, HELEN_UID, open_for_helen, *state, NULL), 0);
        assert_int_equal(fixture_as(BRIDGE_UID, DESK_GID, open_for_helen, *state, NULL), 0);
}

/* Whether the next daemon would have to say what became of the reply's command. */
static bool is_open(const DaemonFixture *fixture)
{
        char path[128], sql[120];
        sqlite3 *journal = NULL;
        sqlite3_stmt *statement = NULL;
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->state);
        (void)snprintf(sql, sizeof(sql), "SELECT 1 FROM commands WHERE decision_id = '%s'",
                       reply.decision_id);
        assert_int_equal(sqlite3_open_v2(path, &journal, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(journal, sql, -1, &statement, NULL), SQLITE_OK);
        bool open = sqlite3_step(statement) == SQLITE_ROW;
        (void)sqlite3_finalize(statement);
        (void)sqlite3_close(journal);
        return open;
}

/* One that unlocks and reports there; gw-1 does at HQ, others have one right or none. */
static void a_command_has_an_end_where_a_gateway_is_listed(void **state)
{
        request_as(*state, 0, MESSAGE_UNLOCK, { FIELD_RESOURCE, D1, 0 }, { FIELD_WHY, "fire", 0 });
        assert_answer(OUTCOME_ALLOW, "break-glass");
        assert_true(is_open(*state));
        request_as(*state, 0, MESSAGE_UNLOCK, { FIELD_RESOURCE, D4, 0 }, { FIELD_WHY, "fire", 0 });
        assert_answer(OUTCOME_ALLOW, "break-glass");
        assert_false(is_open(*state));
}

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

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_front_asks_for_the_certificate_s_caller),
                cmocka_unit_test(a_caller_may_ask_about_itself_without_vouching),
                cmocka_unit_test(a_certificate_counts_at_its_caller_s_sites),
                cmocka_unit_test(a_certificate_may_be_a_caller_s_in_every_organization),
                cmocka_unit_test(a_front_unlocks_for_people_by_a_caller_that_vouches),
                cmocka_unit_test(an_unlock_states_what_it_needs_and_no_more),
                cmocka_unit_test(groups_of_a_caller_are_its_own),
                cmocka_unit_test(a_command_has_an_end_where_a_gateway_is_listed),
                cmocka_unit_test(an_unknown_certificate_is_refused_and_recorded),
                cmocka_unit_test(nobody_but_root_and_fronts_states_a_certificate),
                cmocka_unit_test(root_with_a_certificate_has_its_caller_s_rights_only),
                cmocka_unit_test(a_card_stands_for_its_person),
                cmocka_unit_test(a_card_that_nobody_has_is_denied_and_recorded),
                cmocka_unit_test(a_badge_is_a_person_s_name_or_a_card),
        };
        if (geteuid() != 0)
                return SKIPPED;
        return cmocka_run_group_tests(tests, callers_setup, callers_teardown) ? 1 : 0;
}
