/* SPDX-License-Identifier: MIT */
/*
 * Live changes, badges and doors at the real daemon, frame by frame: every way in which a change
 * can be wrong, what an answer holds, and changes of one resource that come at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "change_fixture.h"

enum { FIELDS = 5, AT_ONCE = 12 };

static const char people[] =
        "users = ( { name = \"sam\"; access = { suspended = true; }; },\n"
        "          { name = \"ned\"; access = { until = \"2090-01-01T00:00:00Z\"; }; },\n"
        "          { name = \"vera\"; access_groups = [ \"staff\" ]; extended_time = true; } );\n"
        "access_levels = ( { name = \"all\"; doors = [ \"HQ/D1\", \"HQ/D9\" ];\n"
        "                    access_groups = [ \"staff\" ]; } );\n"
        "site_additions = ( { site = \"HQ\"; doors = ( { name = \"D9\"; release_time = 7;\n"
        "                     extended_release_time = 20; } ); } );\n"
        "lockdowns = ( { name = \"fire\"; doors = [ \"HQ/D1\" ]; trigger = { users = [ \"bob\" ]; "
        "};\n"
        "                release = { users = [ \"ada\" ]; }; } );\n";

static int setup(void **state)
{
        static DaemonFixture fixture;
        change_fixture_set_up(&fixture);
        fixture_write(&fixture, "organizations.d/acme.d/live.conf", people);
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

#define ASKED(action, resource)                                                                    \
        { FIELD_ACTION, (action), 0 },                                                             \
        {                                                                                          \
                FIELD_RESOURCE, (resource), 0                                                      \
        }
#define D1 "door:acme/HQ/D1"

static const struct Case {
        uint32_t uid;
        const char *answer, *detail;
        TestField fields[FIELDS];
} CASES[] = {
        /* What is asked is none */
        { UMA, "error malformed-query", "a change of a user: user:", { ASKED("suspend", D1) } },
        { ADA,
          "error malformed-query",
          "a change of a door: door:",
          { ASKED("block", "user:acme/bob") } },
        { ADA, "error malformed-query", "", { ASKED("block", "HQ/D1") } },
        { ADA,
          "error malformed-query",
          "does not have",
          { ASKED("block", D1), { FIELD_STATE, "locked", 0 } } },
        { ADA, "error malformed-query", "a state", { ASKED("override", D1) } },
        { ADA,
          "error malformed-query",
          "31 days",
          { ASKED("override", D1), { FIELD_STATE, "locked", 0 }, { FIELD_SECONDS, NULL, 0 } } },
        { ADA,
          "error malformed-query",
          "31 days",
          { ASKED("override", D1),
            { FIELD_STATE, "locked", 0 },
            { FIELD_SECONDS, NULL, 315360000 } } },
        { ADA,
          "error malformed-query",
          "card-and-code",
          { ASKED("override", D1), { FIELD_STATE, "open", 0 }, { FIELD_SECONDS, NULL, 60 } } },
        { UMA,
          "error malformed-query",
          "printable",
          { ASKED("suspend", "user:acme/bob"), { FIELD_WHY, "a\nb", 0 } } },
        { UMA, "error malformed-query", "a start", { ASKED("dates", "user:acme/bob") } },
        { UMA,
          "error malformed-query",
          "before they begin",
          { ASKED("dates", "user:acme/bob"),
            { FIELD_FROM, NULL, 2000000000 },
            { FIELD_UNTIL, NULL, 1999999999 } } },
        { UMA,
          "error malformed-query",
          "passed already",
          { ASKED("dates", "user:acme/bob"), { FIELD_UNTIL, NULL, 1000000000 } } },
        /* Names */
        { UMA, "error unknown-resource", "", { ASKED("suspend", "user:acme/nobody") } },
        { UMA, "error unknown-resource", "", { ASKED("suspend", "user:beta/bob") } },
        { ADA, "error unknown-resource", "", { ASKED("block", "door:acme/HQ/D7") } },
        { ADA, "error unknown-resource", "", { ASKED("start-lockdown", "lockdown:acme/flood") } },
        /* Who may not */
        { ADA, "deny not-permitted", "", { ASKED("suspend", "user:acme/bob") } },
        { BOB, "deny not-permitted", "", { ASKED("block", D1) } },
        { ADA, "deny not-permitted", "", { ASKED("block", "door:acme/Branch/D4") } },
        { BOB, "deny not-permitted", "", { ASKED("end-lockdown", "lockdown:acme/fire") } },
        /* What the text says, and what is so already */
        { UMA, "error written-by-hand", "live.conf:1", { ASKED("resume", "user:acme/sam") } },
        { UMA,
          "error written-by-hand",
          "live.conf:2",
          { ASKED("dates", "user:acme/ned"), { FIELD_FROM, NULL, 5 } } },
        { UMA, "deny self-grant", "himself", { ASKED("resume", "user:acme/uma") } },
        { UMA, "deny self-grant", "himself", { ASKED("clear-dates", "user:acme/uma") } },
        { UMA,
          "deny self-grant",
          "himself",
          { ASKED("dates", "user:acme/uma"), { FIELD_FROM, NULL, 5 } } },
        { UMA, "deny no-change", "", { ASKED("resume", "user:acme/bob") } },
        { UMA, "deny no-change", "", { ASKED("clear-dates", "user:acme/bob") } },
        { ADA, "deny no-change", "", { ASKED("release", D1) } },
        { ADA, "deny no-change", "", { ASKED("end-lockdown", "lockdown:acme/fire") } },
};

static size_t count_of(const TestField *fields)
{
        size_t count = 0;
        while (count < FIELDS && fields[count].tag)
                count++;
        return count;
}

static void every_wrong_change_has_an_answer_and_changes_nothing(void **state)
{
        DaemonFixture *fixture = *state;
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                const struct Case *wrong = &CASES[i];
                char answer[128];
                const Reply *reply = ask_as(fixture, wrong->uid, MESSAGE_CHANGE, wrong->fields,
                                            count_of(wrong->fields));
                assert_int_equal(reply->type, MESSAGE_ANSWER);
                (void)snprintf(answer, sizeof(answer), "%s %s",
                               outcome_name((Outcome)reply->outcome), reply->reason);
                if (strcmp(answer, wrong->answer) != 0 || !strstr(reply->detail, wrong->detail))
                        fail_msg("case %zu: %s: %s", i, answer, reply->detail);
        }
        assert_null(strstr(plain(fixture, MESSAGE_LOCKDOWNS), "state=on"));
        assert_null(strstr(plain(fixture, MESSAGE_EVENTS), "decision=allow\n"));
}

static void root_needs_a_reason_and_callers_may_not(void **state)
{
        DaemonFixture *fixture = *state;
        const Reply *reply = change_as(fixture, 0, ASKED("suspend", "user:acme/bob"));
        assert_int_equal(reply->type, MESSAGE_REFUSAL);
        assert_string_equal(reply->reason, "reason-missing");
        assert_non_null(strstr(reply->message, "--reason"));
        reply = change_as(fixture, 0, ASKED("grant", "user:acme/bob"), { FIELD_WHY, "so", 0 },
                          { FIELD_ROLE, VIEWER_HQ, 0 });
        assert_int_equal(reply->type, MESSAGE_REFUSAL);
        assert_string_equal(reply->reason, "not-allowed");
        reply = change_as(fixture, KIOSK_UID, ASKED("suspend", "user:acme/bob"));
        assert_int_equal(reply->type, MESSAGE_REFUSAL);
        assert_string_equal(reply->reason, "not-allowed");
        reply = change_as(fixture, 0, ASKED("suspend", "user:acme/bob"), { FIELD_WHY, "so", 0 });
        assert_answer(reply, OUTCOME_ALLOW, "break-glass");
        assert_string_equal(reply->subject, "root");
        assert_non_null(strstr(plain(fixture, MESSAGE_EVENTS), "reason=break-glass-change\n"));
}

static void an_allow_is_in_force_and_on_record(void **state)
{
        DaemonFixture *fixture = *state;
        const Reply *reply = change_as(fixture, UMA, ASKED("suspend", "user:acme/ada"),
                                       { FIELD_DRY_RUN, NULL, 0 }, { FIELD_END_SESSIONS, NULL, 0 });
        assert_made(reply);
        assert_false(reply->has_sessions_ended);
        assert_made(change_as(fixture, ADA, ASKED("block", D1), { FIELD_WHY, "glass", 0 }));
        reply = change_as(fixture, UMA, ASKED("suspend", "user:acme/ada"),
                          { FIELD_END_SESSIONS, NULL, 0 });
        assert_made(reply);
        assert_true(reply->has_sessions_ended);
        assert_int_equal(reply->sessions_ended, 0);
        assert_string_equal(reply->subject, "uma");
        char id[96];
        (void)snprintf(id, sizeof(id), "decision_id=%s\n", reply->decision_id);
        const char *rows = plain(fixture, MESSAGE_EVENTS);
        const char *row = strstr(rows, "kind=suspend\n");
        assert_non_null(row);
        assert_null(strstr(row + 1, "kind=suspend\n")); /* none of the dry run */
        assert_non_null(strstr(row, id));
        assert_non_null(strstr(row, "before=-\n"));
        assert_non_null(strstr(row, "after=suspended\n"));
        /* What a suspended person may do still is what does not depend on his access; a door
         * stays blocked without him. */
        reply = ask_as(fixture, ADA, MESSAGE_UNLOCK,
                       (const TestField[]){ { FIELD_RESOURCE, "door:acme/HQ/D9", 0 } }, 1);
        assert_answer(reply, OUTCOME_DENY, "suspended");
        reply = ask_as(fixture, FRANK_UID, MESSAGE_UNLOCK,
                       (const TestField[]){ { FIELD_RESOURCE, D1, 0 } }, 1);
        assert_answer(reply, OUTCOME_DENY, "blocked");
}

static const Reply *enter(const DaemonFixture *fixture, uint32_t uid, const char *user,
                          const char *door, const char *property)
{
        const TestField fields[] = { { FIELD_USER, user, 0 },
                                     { FIELD_RESOURCE, door, 0 },
                                     { FIELD_PROPERTY, property, 0 } };
        return ask_as(fixture, uid, MESSAGE_ENTER, fields, property ? 3 : 2);
}

static void a_badge_has_an_answer_with_how_long_and_which_state(void **state)
{
        DaemonFixture *fixture = *state;
        const Reply *reply = enter(fixture, BRIDGE_UID, "vera", "door:acme/HQ/D9", NULL);
        assert_answer(reply, OUTCOME_ALLOW, "door-access");
        assert_int_equal(reply->release_seconds, 20);
        assert_string_equal(reply->door_state, "access-controlled");
        assert_string_equal(reply->door, "acme/HQ/D9");
        assert_true(reply->not_after > 0);
        reply = enter(fixture, BRIDGE_UID, "bob", D1, NULL);
        assert_answer(reply, OUTCOME_DENY, "no-door-access");
        assert_int_equal(reply->release_seconds, 0);
        assert_string_equal(reply->door_state, "");
        assert_answer(enter(fixture, BRIDGE_UID, "vera", D1, "code=perhaps"), OUTCOME_ERROR,
                      "malformed-query");
        assert_answer(enter(fixture, BRIDGE_UID, "vera", D1, "private=true"), OUTCOME_ERROR,
                      "malformed-query");
        assert_answer(enter(fixture, BRIDGE_UID, "vera", "site:acme/HQ", NULL), OUTCOME_ERROR,
                      "malformed-query");
        static const uint32_t OTHERS[] = { 0, KIOSK_UID, FRANK_UID };
        for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++)
                assert_int_equal(enter(fixture, OTHERS[i], "vera", D1, NULL)->type,
                                 MESSAGE_REFUSAL);
        assert_int_equal(enter(fixture, BRIDGE_UID, "vera", "door:acme/Branch/D4", NULL)->type,
                         MESSAGE_REFUSAL);
}

/* Everybody asks for the same before anybody is answered. */
static void of_many_that_come_at_once_one_is_made(void **state)
{
        DaemonFixture *fixture = *state;
        const TestField fields[] = { ASKED("block", D1), { FIELD_WHY, "glass", 0 } };
        int fds[AT_ONCE];
        static Reply reply;
        unsigned made = 0, unchanged = 0;
        for (size_t i = 0; i < AT_ONCE; i++) {
                fds[i] = fixture_connect(fixture);
                assert_true(fds[i] >= 0);
        }
        for (size_t i = 0; i < AT_ONCE; i++)
                assert_true(fixture_send(fds[i], MESSAGE_CHANGE, fields, 3));
        for (size_t i = 0; i < AT_ONCE; i++) {
                fixture_receive(fds[i], &reply);
                made += reply.outcome == OUTCOME_ALLOW;
                unchanged +=
                        reply.outcome == OUTCOME_DENY && strcmp(reply.reason, "no-change") == 0;
                (void)close(fds[i]);
        }
        assert_int_equal(made, 1);
        assert_int_equal(unchanged, AT_ONCE - 1);
}

/* Who does not wait for the answer has changed it all the same, or not: state and journal agree. */
static void a_client_that_goes_away_leaves_state_and_journal_agreed(void **state)
{
        DaemonFixture *fixture = *state;
        const TestField fields[] = { ASKED("block", D1), { FIELD_WHY, "glass", 0 } };
        const TestField door[] = { { FIELD_RESOURCE, D1, 0 } };
        int fd = fixture_connect(fixture);
        assert_true(fixture_send(fd, MESSAGE_CHANGE, fields, 3));
        (void)close(fd);
        /* An answered change of another door: the first one is through. */
        assert_answer(
                change_as(fixture, 0, ASKED("block", "door:acme/HQ/D9"), { FIELD_WHY, "glass", 0 }),
                OUTCOME_ALLOW, "break-glass");
        bool blocked = strstr(ask_as(fixture, 0, MESSAGE_DOOR, door, 1)->pairs, "mode=Blocked\n");
        bool recorded = strstr(plain(fixture, MESSAGE_EVENTS), "resource=" D1 "\n");
        assert_int_equal(blocked, recorded);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, change_fixture_tear_down)

int main(void)
{
        CHANGE_FIXTURE_NEEDS_ROOT();
        const struct CMUnitTest tests[] = {
                TEST(every_wrong_change_has_an_answer_and_changes_nothing),
                TEST(root_needs_a_reason_and_callers_may_not),
                TEST(an_allow_is_in_force_and_on_record),
                TEST(a_badge_has_an_answer_with_how_long_and_which_state),
                TEST(of_many_that_come_at_once_one_is_made),
                TEST(a_client_that_goes_away_leaves_state_and_journal_agreed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
