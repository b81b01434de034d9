/* SPDX-License-Identifier: MIT */
/* libdoorward at the real daemon: badges, and live changes by people, root and programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <doorward/doorward.h>
#include <poll.h>
#include <time.h>

#include "change_fixture.h"

#define D1   "door:acme/HQ/D1"
#define D9   "door:acme/HQ/D9"
#define FIRE "lockdown:acme/fire"

static const char people[] =
        "users = ( { name = \"vera\"; access_groups = [ \"staff\" ]; extended_time = true; },\n"
        "          { name = \"dora\"; access_groups = [ \"staff\" ]; } );\n"
        "access_levels = ( { name = \"all\"; doors = [ \"HQ/D1\", \"HQ/D9\" ];\n"
        "                    access_groups = [ \"staff\" ]; } );\n"
        "site_additions = ( { site = \"HQ\"; doors = ( { name = \"D9\"; release_time = 7;\n"
        "                     extended_release_time = 20; default_state = \"card-and-code\"; } ); "
        "} "
        ");\n"
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

typedef enum CallKind { CALL_ENTER, CALL_ENTER_BEGIN, CALL_CHANGE, CALL_UNLOCK } CallKind;

/* A call of the library by one person, and what came of it, in memory that his process shares. */
typedef struct Call {
        CallKind kind;
        const char *subject, *resource, *verb;
        enum doorward_code code;
        struct doorward_change_options options;

        int result;
        enum doorward_outcome outcome;
        char reason[64], state[32], id[64], message[256];
        uint32_t seconds, sessions;
        int64_t not_after;
} Call;

static int go_on(doorward *connection, doorward_answer **ret_answer)
{
        int r = 0;
        while (r == 0 && !*ret_answer) {
                struct pollfd poller = { doorward_get_fd(connection),
                                         doorward_get_events(connection), 0 };
                (void)poll(&poller, 1, doorward_get_timeout(connection));
                r = doorward_process(connection, ret_answer);
        }
        return r;
}

static int call_it(doorward *connection, Call *call, doorward_answer **ret_answer)
{
        int r;
        switch (call->kind) {
        case CALL_ENTER:
                return doorward_enter(connection, call->subject, call->resource, call->code,
                                      ret_answer);
        case CALL_ENTER_BEGIN:
                r = doorward_enter_begin(connection, call->subject, call->resource, call->code);
                return r == 0 ? go_on(connection, ret_answer) : r;
        case CALL_UNLOCK:
                return doorward_unlock(connection, call->resource, NULL, ret_answer);
        case CALL_CHANGE:
                break;
        }
        call->options.size = sizeof(call->options);
        return doorward_change(connection, call->verb, call->resource, NULL, &call->options,
                               ret_answer);
}

static void keep(Call *call, const doorward_answer *answer)
{
        call->outcome = doorward_answer_outcome(answer);
        call->seconds = doorward_answer_release_seconds(answer);
        call->sessions = doorward_answer_sessions_ended(answer);
        call->not_after = doorward_answer_not_after(answer);
        (void)snprintf(call->reason, sizeof(call->reason), "%s", doorward_answer_reason(answer));
        (void)snprintf(call->state, sizeof(call->state), "%s", doorward_answer_door_state(answer));
        (void)snprintf(call->id, sizeof(call->id), "%s", doorward_answer_decision_id(answer));
        (void)snprintf(call->message, sizeof(call->message), "%s", doorward_answer_message(answer));
}

static int make(const DaemonFixture *fixture, void *data)
{
        Call *call = data;
        doorward *connection = NULL;
        doorward_answer *answer = NULL;
        if (doorward_new(&connection, fixture->socket) != 0 ||
            doorward_set_timeout(connection, 20000) != 0)
                return 1;
        call->result = call_it(connection, call, &answer);
        keep(call, answer);
        doorward_answer_free(answer);
        doorward_free(connection);
        return 0;
}

/* Borrowed until the next call. */
static const Call *call_as(const DaemonFixture *fixture, uint32_t uid, Call call)
{
        static Call *shared;
        if (!shared)
                shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        assert_true(shared != MAP_FAILED);
        *shared = call;
        assert_int_equal(fixture_as(uid, uid, make, fixture, shared), 0);
        return shared;
}

static void assert_call(const Call *call, enum doorward_outcome outcome, const char *reason)
{
        assert_int_equal(call->result, 0);
        assert_string_equal(call->reason, reason);
        assert_int_equal(call->outcome, outcome);
        assert_int_equal(strlen(call->id), 32);
}

static void assert_released(const Call *call, const char *reason, uint32_t seconds,
                            const char *state)
{
        assert_call(call, DOORWARD_ALLOW, reason);
        assert_int_equal(call->seconds, seconds);
        assert_string_equal(call->state, state);
        assert_true(call->not_after >= time(NULL));
}

static void assert_kept_shut(const Call *call, const char *reason)
{
        assert_call(call, DOORWARD_DENY, reason);
        assert_int_equal(call->seconds, 0);
        assert_string_equal(call->state, "");
        assert_true(call->not_after == 0);
}

#define ENTER(user, door, which) ((Call){ CALL_ENTER, (user), (door), .code = (which) })
#define CHANGE(action, what, ...)                                                                  \
        ((Call){ CALL_CHANGE, .verb = (action), .resource = (what), .options = { __VA_ARGS__ } })

static void a_badge_says_how_long_and_in_which_state(void **state)
{
        const DaemonFixture *fixture = *state;
        assert_released(call_as(fixture, BRIDGE_UID, ENTER("vera", D9, DOORWARD_CODE_RIGHT)),
                        "door-access", 20, "card-and-code");
        assert_released(call_as(fixture, BRIDGE_UID, ENTER("dora", D9, DOORWARD_CODE_RIGHT)),
                        "door-access", 7, "card-and-code");
        assert_released(call_as(fixture, BRIDGE_UID, ENTER("dora", D1, DOORWARD_CODE_NONE)),
                        "door-access", 5, "access-controlled");
        assert_kept_shut(call_as(fixture, BRIDGE_UID, ENTER("dora", D9, DOORWARD_CODE_WRONG)),
                         "code-required");
        assert_kept_shut(call_as(fixture, BRIDGE_UID, ENTER("dora", D9, DOORWARD_CODE_NONE)),
                         "code-required");
        assert_kept_shut(call_as(fixture, BRIDGE_UID, ENTER("helen", D1, DOORWARD_CODE_NONE)),
                         "no-door-access");
        assert_released(call_as(fixture, FRANK_UID, (Call){ CALL_UNLOCK, .resource = D9 }),
                        "granted-by-role", 7, "card-and-code");
}

static void a_badge_is_asked_for_with_ones_own_loop(void **state)
{
        const DaemonFixture *fixture = *state;
        Call call = ENTER("vera", D9, DOORWARD_CODE_RIGHT);
        call.kind = CALL_ENTER_BEGIN;
        assert_released(call_as(fixture, BRIDGE_UID, call), "door-access", 20, "card-and-code");
        call.code = DOORWARD_CODE_WRONG;
        assert_kept_shut(call_as(fixture, BRIDGE_UID, call), "code-required");
}

static void only_a_reader_says_who_is_at_the_door(void **state)
{
        static const uint32_t OTHERS[] = { 0, KIOSK_UID, FRANK_UID };
        const DaemonFixture *fixture = *state;
        for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
                const Call *call =
                        call_as(fixture, OTHERS[i], ENTER("vera", D1, DOORWARD_CODE_NONE));
                assert_int_equal(call->result, -DOORWARD_ERROR_REFUSED);
                assert_string_equal(call->reason, "not-allowed");
                assert_true(*call->message);
                assert_int_equal(call->outcome, DOORWARD_CANNOT_DECIDE);
        }
        const Call *call = call_as(fixture, BRIDGE_UID, ENTER("vera", D1, (enum doorward_code)3));
        assert_int_equal(call->result, -DOORWARD_ERROR_ARGUMENT);
}

static void a_change_is_in_force_when_it_is_answered(void **state)
{
        const DaemonFixture *fixture = *state;
        const Call badge = ENTER("dora", D1, DOORWARD_CODE_NONE);
        assert_call(
                call_as(fixture, ADA,
                        CHANGE("override", D1, .state = "locked", .seconds = 600, .reason = "wet")),
                DOORWARD_ALLOW, "granted-by-role");
        assert_kept_shut(call_as(fixture, BRIDGE_UID, badge), "door-locked");
        assert_call(call_as(fixture, ADA, CHANGE("release", D1, 0)), DOORWARD_ALLOW,
                    "granted-by-role");
        assert_call(call_as(fixture, ADA, CHANGE("block", D1, .seconds = 60)), DOORWARD_ALLOW,
                    "granted-by-role");
        assert_kept_shut(call_as(fixture, BRIDGE_UID, badge), "blocked");
        assert_call(call_as(fixture, ADA, CHANGE("release", D1, 0)), DOORWARD_ALLOW,
                    "granted-by-role");
        assert_released(call_as(fixture, BRIDGE_UID, badge), "door-access", 5, "access-controlled");
        assert_call(call_as(fixture, ADA, CHANGE("release", D1, 0)), DOORWARD_DENY, "no-change");
        assert_call(call_as(fixture, BOB, CHANGE("start-lockdown", FIRE, 0)), DOORWARD_ALLOW,
                    "listed");
        assert_kept_shut(call_as(fixture, BRIDGE_UID, badge), "locked-down");
        assert_call(call_as(fixture, BOB, CHANGE("end-lockdown", FIRE, 0)), DOORWARD_DENY,
                    "not-permitted");
        assert_call(call_as(fixture, ADA, CHANGE("end-lockdown", FIRE, 0)), DOORWARD_ALLOW,
                    "listed");
        assert_released(call_as(fixture, BRIDGE_UID, badge), "door-access", 5, "access-controlled");
}

static void people_are_suspended_and_dated(void **state)
{
        const DaemonFixture *fixture = *state;
        const Call badge = ENTER("dora", D1, DOORWARD_CODE_NONE);
        assert_call(call_as(fixture, UMA,
                            CHANGE("suspend", "user:acme/dora", .flags = DOORWARD_CHANGE_DRY_RUN)),
                    DOORWARD_ALLOW, "granted-by-role");
        assert_call(call_as(fixture, BRIDGE_UID, badge), DOORWARD_ALLOW, "door-access");
        const Call *call =
                call_as(fixture, UMA,
                        CHANGE("suspend", "user:acme/dora", .flags = DOORWARD_CHANGE_END_SESSIONS));
        assert_call(call, DOORWARD_ALLOW, "granted-by-role");
        assert_int_equal(call->sessions, 0);
        assert_kept_shut(call_as(fixture, BRIDGE_UID, badge), "suspended");
        assert_call(call_as(fixture, UMA, CHANGE("resume", "user:acme/dora", 0)), DOORWARD_ALLOW,
                    "granted-by-role");
        assert_call(call_as(fixture, UMA,
                            CHANGE("dates", "user:acme/dora", .from_s = 3786912000,
                                   .until_s = 3818448000)),
                    DOORWARD_ALLOW, "granted-by-role");
        assert_kept_shut(call_as(fixture, BRIDGE_UID, badge), "not-yet-active");
        assert_call(call_as(fixture, UMA, CHANGE("clear-dates", "user:acme/dora", 0)),
                    DOORWARD_ALLOW, "granted-by-role");
        assert_call(call_as(fixture, BRIDGE_UID, badge), DOORWARD_ALLOW, "door-access");
}

static void root_states_why_and_programs_change_nothing(void **state)
{
        const DaemonFixture *fixture = *state;
        const Call *call = call_as(fixture, 0, CHANGE("block", D1, 0));
        assert_int_equal(call->result, -DOORWARD_ERROR_REFUSED);
        assert_string_equal(call->reason, "reason-missing");
        call = call_as(fixture, BRIDGE_UID, CHANGE("block", D1, .reason = "so"));
        assert_int_equal(call->result, -DOORWARD_ERROR_REFUSED);
        assert_string_equal(call->reason, "not-allowed");
        assert_call(call_as(fixture, 0, CHANGE("block", D1, .reason = "glass")), DOORWARD_ALLOW,
                    "break-glass");
        assert_kept_shut(call_as(fixture, FRANK_UID, (Call){ CALL_UNLOCK, .resource = D1 }),
                         "blocked");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, change_fixture_tear_down)

int main(void)
{
        CHANGE_FIXTURE_NEEDS_ROOT();
        const struct CMUnitTest tests[] = {
                TEST(a_badge_says_how_long_and_in_which_state),
                TEST(a_badge_is_asked_for_with_ones_own_loop),
                TEST(only_a_reader_says_who_is_at_the_door),
                TEST(a_change_is_in_force_when_it_is_answered),
                TEST(people_are_suspended_and_dated),
                TEST(root_states_why_and_programs_change_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
