/* SPDX-License-Identifier: MIT */
/* Tests of live.c, and of access.c and gates.c where they read live state. */
#include "doors_fixture.h"

static void lists_are_searched_by_halving(void **state)
{
        LiveUser users[] = { { .user = 2 }, { .user = 3 }, { .user = 70 } };
        LiveDoor doors[] = { { .door = 0 }, { .door = 5 } };
        LiveLockdown lockdowns[] = { { .lockdown = 4 } };
        uint64_t bits[] = { 1 << 2 | 1 << 3, 1 << 6 };
        LiveState live = { .user_bits = bits,
                           .user_bit_count = 128,
                           .users = users,
                           .user_count = 3,
                           .doors = doors,
                           .door_count = 2,
                           .lockdowns = lockdowns,
                           .lockdown_count = 1 };
        for (uint32_t i = 0; i < 128; i++) {
                bool is_there = i == 2 || i == 3 || i == 70;
                assert_int_equal(live_user_find(&live, i) != NULL, is_there);
                assert_int_equal(live_user(&live, i) != NULL, is_there);
                assert_int_equal(live_door_find(&live, i) != NULL, i == 0 || i == 5);
                assert_int_equal(live_lockdown_find(&live, i) != NULL, i == 4);
        }
        assert_int_equal(live_user_find(&live, 70)->user, 70);
        assert_null(live_user(&live, 128));
        assert_null(live_user(&live, IMAGE_NONE));
        assert_null(live_door(&live, 0)); /* no bits: nothing to look up */
        assert_null(live_user(NULL, 2));
        assert_null(live_door(NULL, 0));
        assert_null(live_user_find(NULL, 2));
        assert_null(live_door_find(NULL, 0));
        assert_null(live_lockdown_find(NULL, 4));
        assert_string_equal(live_kind_name(LIVE_SUSPENSION), "suspension");
        assert_string_equal(live_kind_name(LIVE_LOCKDOWN), "lockdown");
        assert_null(live_kind_name(LIVE_KIND_COUNT));
}

static void a_door_that_was_locked_says_by_whom(void **state)
{
        Doors *doors = doors_begin(state);
        doors_override(doors, "HQ/D1", DOOR_STATE_LOCKED, MONDAY_MORNING + HOUR);
        Decision decision = doors_expect(doors, "badge door.enter door:acme/HQ/D1", MONDAY_MORNING,
                                         "deny door-locked");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_OVERRIDE]);
        assert_int_equal(decision.place.file, IMAGE_NONE);
}

static void a_suspension_denies_doors_and_nothing_else(void **state)
{
        Doors *doors = doors_begin(state);
        doors_suspend(doors, "viewer");
        doors_suspend(doors, "manager");
        Decision decision = doors_expect(doors, "viewer door.enter door:acme/HQ/D1", MONDAY_MORNING,
                                         "deny suspended");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_SUSPENSION]);
        assert_int_equal(decision.place.file, IMAGE_NONE);
        decision = doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                                "deny suspended");
        assert_int_equal(decision.failed_gate, GATE_ACCESS_IN_FORCE);
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_SUSPENSION]);
        doors_expect(doors, "viewer door.view door:acme/HQ/D1", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "badge door.enter door:acme/HQ/D1", MONDAY_MORNING,
                     "allow door-access");
        doors->clock_untrusted = true;
        doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "deny suspended");
}

static void dates_hold_from_their_start_and_not_at_their_end(void **state)
{
        Doors *doors = doors_begin(state);
        doors_dates(doors, "badge", MONDAY_MORNING, MONDAY_MORNING + HOUR);
        const char *line = "badge door.enter door:acme/HQ/D4 code=true";
        doors_expect(doors, line, MONDAY_MORNING - 1, "deny not-yet-active");
        Decision decision = doors_expect(doors, line, MONDAY_MORNING, "allow door-access");
        assert_null(decision.note);
        doors_expect(doors, line, MONDAY_MORNING + HOUR - 1, "allow door-access");
        decision = doors_expect(doors, line, MONDAY_MORNING + HOUR, "deny expired");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_DATES]);
        /* Once ended they do not come back, whatever the clock says. */
        doors_user(doors, "badge")->dates_ended = true;
        doors_expect(doors, line, MONDAY_MORNING, "deny expired");
        doors->clock_untrusted = true;
        doors_expect(doors, line, MONDAY_MORNING, "deny expired");
        doors_user(doors, "badge")->dates_ended = false;
        decision = doors_expect(doors, line, MONDAY_MORNING, "deny clock-untrusted");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_DATES]);
}

static void both_the_dates_of_the_text_and_live_ones_have_to_hold(void **state)
{
        Doors *doors = doors_begin(state);
        const char *line = "temporary door.unlock door:acme/HQ/D1";
        int64_t end_s = doors_time("2026-06-10T00:00:00Z");
        doors_expect(doors, line, end_s - 1, "allow granted-by-role");
        doors_expect(doors, line, end_s, "deny expired");
        doors_dates(doors, "temporary", end_s - HOUR, end_s + HOUR);
        doors_expect(doors, line, end_s - HOUR - 1, "deny not-yet-active");
        doors_expect(doors, line, end_s - 1, "allow granted-by-role");
        Decision decision = doors_expect(doors, line, end_s, "deny expired");
        assert_null(decision.note);
        assert_int_not_equal(decision.place.file, IMAGE_NONE);
        /* A suspension comes before dates, wherever each of them stands. */
        doors_suspend(doors, "temporary");
        decision = doors_expect(doors, line, end_s, "deny suspended");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_SUSPENSION]);
        assert_int_equal(decision.place.file, IMAGE_NONE);
}

static void a_block_beats_every_role_until_it_ends(void **state)
{
        Doors *doors = doors_begin(state);
        doors_block(doors, "HQ/D1", MONDAY_MORNING + HOUR);
        Decision decision = doors_expect(doors, "manager door.unlock door:acme/HQ/D1",
                                         MONDAY_MORNING, "deny blocked");
        assert_int_equal(decision.failed_gate, GATE_NOT_BLOCKED);
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_BLOCK]);
        doors_expect(doors, "badge door.enter door:acme/HQ/D1", MONDAY_MORNING, "deny blocked");
        doors_expect(doors, "manager door.unlock door:acme/HQ/D3", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "manager door.view door:acme/HQ/D1", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING + HOUR,
                     "allow granted-by-role");
        doors->clock_untrusted = true;
        doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING + HOUR,
                     "deny blocked");
        /* Whoever has no role learns nothing about it. */
        doors_expect(doors, "clerk door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "deny not-permitted");
}

static void badges_need_the_door_to_take_them_and_operators_do_not(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *line, *expected;
        } CASES[] = {
                { "badge door.enter door:acme/HQ/D1", "allow door-access" },
                { "badge door.enter door:acme/HQ/D3", "deny door-locked" },
                { "viewer door.unlock door:acme/HQ/D3", "deny door-locked" },
                { "manager door.unlock door:acme/HQ/D3", "allow granted-by-role" },
                { "badge door.enter door:acme/HQ/D4", "deny code-required" },
                { "badge door.enter door:acme/HQ/D4 code=false", "deny code-required" },
                { "badge door.enter door:acme/HQ/D4 code=true", "allow door-access" },
                { "viewer door.unlock door:acme/HQ/D4", "allow granted-by-role" },
                { "visitor door.enter door:acme/HQ/D4", "deny no-door-access" },
                { "visitor door.enter door:acme/HQ/D2", "allow door-access" },
                { "suspended door.enter door:acme/HQ/D3", "deny suspended" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                doors_expect(doors, CASES[i].line, MONDAY_MORNING, CASES[i].expected);
        doors_override(doors, "HQ/D1", DOOR_STATE_CARD_AND_CODE, INT64_MAX);
        Decision decision = doors_expect(doors, "badge door.enter door:acme/HQ/D1", MONDAY_MORNING,
                                         "deny code-required");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_OVERRIDE]);
        assert_int_equal(decision.place.file, IMAGE_NONE);
}

static void an_exception_replaces_the_schedule_of_an_access_level(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *line, *time, *expected;
        } CASES[] = {
                { "badge door.enter door:acme/HQ/D1", "2026-06-01T23:59:59Z", "allow door-access" },
                { "badge door.enter door:acme/HQ/D1", "2026-06-02T00:00:00Z",
                  "deny not-permitted-at-this-time" },
                { "badge door.enter door:acme/HQ/D1", "2026-06-02T21:59:59Z",
                  "deny not-permitted-at-this-time" },
                { "badge door.enter door:acme/HQ/D1", "2026-06-02T22:00:00Z", "allow door-access" },
                { "badge door.enter door:acme/HQ/D1", "2026-06-03T00:00:00Z", "allow door-access" },
                { "visitor door.enter door:acme/HQ/D2", "2026-06-02T17:59:59Z",
                  "allow door-access" },
                { "visitor door.enter door:acme/HQ/D2", "2026-06-03T10:00:00Z",
                  "deny not-permitted-at-this-time" },
                { "visitor door.enter door:acme/HQ/D2", "2026-06-04T08:00:00Z",
                  "allow door-access" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                doors_expect(doors, CASES[i].line, doors_time(CASES[i].time), CASES[i].expected);
}

static void an_unknown_live_state_keeps_doors_shut_and_the_rest_going(void **state)
{
        Doors *doors = doors_begin(state);
        doors->live.unknown = true;
        doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "deny live-state-unknown");
        doors_expect(doors, "badge door.enter door:acme/HQ/D1", MONDAY_MORNING,
                     "deny live-state-unknown");
        doors_expect(doors, "manager door.view door:acme/HQ/D1", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "clerk door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "deny not-permitted");
}

/* What is bound to time helps nobody while the clock cannot be trusted. */
static void an_untrusted_clock_denies_what_is_bound_to_time(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *line, *trusted, *untrusted;
        } CASES[] = {
                { "timed door.unlock door:acme/HQ/D2", "allow granted-by-role",
                  "deny clock-untrusted" },
                { "timed lockdown.run site:acme/HQ", "deny not-permitted", "deny not-permitted" },
                { "helper lockdown.run site:acme/HQ", "allow granted-by-role",
                  "deny clock-untrusted" },
                { "pair lockdown.run site:acme/HQ", "allow granted-by-role",
                  "deny clock-untrusted" },
                { "viewed site.see site:acme/HQ", "allow granted-by-role", "deny clock-untrusted" },
                { "clerk site.see site:acme/HQ", "deny not-permitted", "deny not-permitted" },
                { "clerk user.migrate user:acme/old", "deny no-legacy-role",
                  "deny clock-untrusted" },
                { "clerk user.migrate user:acme/older", "allow granted-by-role",
                  "allow granted-by-role" },
                { "temporary door.unlock door:acme/HQ/D2", "allow granted-by-role",
                  "deny clock-untrusted" },
                { "visitor door.enter door:acme/HQ/D2", "allow door-access",
                  "deny clock-untrusted" },
                { "badge door.enter door:acme/HQ/D4 code=true", "allow door-access",
                  "deny clock-untrusted" }, /* its level has an exception */
                { "manager door.unlock door:acme/HQ/D1", "allow granted-by-role",
                  "allow granted-by-role" },
                /* Ended or not, what a group carries has to be granted; what is held stands. */
                { "clerk add-member user:acme/badge with=group:acme/past", "allow granted-by-role",
                  "deny not-permitted" },
                { "admin grant manager@acme/HQ user:acme/timed", "deny no-change",
                  "deny clock-untrusted" },
                { "admin revoke manager@acme/HQ user:acme/timed", "allow granted-by-role",
                  "allow granted-by-role" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                doors->clock_untrusted = false;
                doors_expect(doors, CASES[i].line, MONDAY_MORNING, CASES[i].trusted);
                doors->clock_untrusted = true;
                doors_expect(doors, CASES[i].line, MONDAY_MORNING, CASES[i].untrusted);
        }
        doors_expect(doors, "admin grant manager@acme/HQ user:acme/timed", INT64_MAX,
                     "deny clock-untrusted");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lists_are_searched_by_halving),
                cmocka_unit_test(a_door_that_was_locked_says_by_whom),
                cmocka_unit_test(a_suspension_denies_doors_and_nothing_else),
                cmocka_unit_test(dates_hold_from_their_start_and_not_at_their_end),
                cmocka_unit_test(both_the_dates_of_the_text_and_live_ones_have_to_hold),
                cmocka_unit_test(a_block_beats_every_role_until_it_ends),
                cmocka_unit_test(badges_need_the_door_to_take_them_and_operators_do_not),
                cmocka_unit_test(an_exception_replaces_the_schedule_of_an_access_level),
                cmocka_unit_test(an_unknown_live_state_keeps_doors_shut_and_the_rest_going),
                cmocka_unit_test(an_untrusted_clock_denies_what_is_bound_to_time),
        };
        return cmocka_run_group_tests(tests, doors_setup, doors_teardown) ? 1 : 0;
}
