/* SPDX-License-Identifier: MIT */
/* Tests of door_record.c: every pair of a door and of a lockdown, in order, and none too many. */
#include "doors_fixture.h"

#include "policy/door_record.h"

#define NOTE "since=2026-06-01T08:00:00Z\nby=chris\n"

static char pairs[2048];

static void add(void *data, const char *name, Text value)
{
        size_t used = strlen(pairs);
        assert_ptr_equal(data, pairs);
        assert_true(value.size > 0);
        (void)snprintf(pairs + used, sizeof(pairs) - used, "%s=%.*s\n", name, (int)value.size,
                       value.data);
}

static const RecordWriter writer = { add, pairs };
static bool with_note = true;
static const DoorObservation *observation;

static const char *pairs_at(const Doors *doors, const char *path, bool accessed, bool places,
                            int64_t now_s)
{
        DecisionContext context = doors_context(doors, now_s);
        pairs[0] = '\0';
        door_record_write(doors->decide.image, &context, doors_find(doors, RESOURCE_DOOR, path),
                          &(DoorView){ accessed, with_note, places, observation }, &writer);
        return pairs;
}

static const char *door_pairs(const Doors *doors, const char *path, bool accessed, bool places)
{
        return pairs_at(doors, path, accessed, places, MONDAY_MORNING);
}

static const char *lockdown_pairs(const Doors *doors, const char *name, int64_t now_s)
{
        DecisionContext context = doors_context(doors, now_s);
        uint32_t lockdown = doors_find(doors, RESOURCE_LOCKDOWN, name);
        pairs[0] = '\0';
        lockdown_record_write(doors->decide.image, &context, lockdown, with_note, &writer);
        return pairs;
}

static void a_door_that_nothing_was_said_about_is_as_by_default(void **state)
{
        const Doors *doors = doors_begin(state);
        assert_string_equal(door_pairs(doors, "HQ/D4", false, false),
                            "door=door:acme/HQ/D4\nmode=Locked\nobserved=Unknown\n"
                            "state=card-and-code\nsource=default\n");
}

/* What it does stands beside what it is meant to be, and neither changes the other. */
static void what_gateways_have_told_is_told_with_its_age(void **state)
{
        const Doors *doors = doors_begin(state);
        DoorObservation seen = {
                .aspects = { [DOOR_ASPECT_LOCK] = { DOOR_PHYSICAL_UNLOCKED, MONDAY_MORNING - 60 },
                             [DOOR_ASPECT_ALARM] = { DOOR_PHYSICAL_FORCED_OPEN,
                                                     MONDAY_MORNING - 30 } },
                .gateway = TEXT_LITERAL("caller:acme/gw-1"),
                .told_s = MONDAY_MORNING - 7,
        };
        observation = &seen;
        assert_string_equal(door_pairs(doors, "HQ/D4", false, false),
                            "door=door:acme/HQ/D4\nmode=Locked\nobserved=Unlocked\n"
                            "observed_since=2026-06-01T08:59:00Z\nalarm=DoorForcedOpen\n"
                            "alarm_since=2026-06-01T08:59:30Z\nobserved_by=caller:acme/gw-1\n"
                            "observed_at=2026-06-01T08:59:53Z\nobserved_age=7\n"
                            "state=card-and-code\nsource=default\n");
        seen.gateway_is_away = true;
        assert_string_equal(door_pairs(doors, "HQ/D4", false, false),
                            "door=door:acme/HQ/D4\nmode=Locked\nobserved=Unknown\n"
                            "observed_by=caller:acme/gw-1\nobserved_at=2026-06-01T08:59:53Z\n"
                            "observed_age=7\ngateway=away\n"
                            "state=card-and-code\nsource=default\n");
        observation = NULL;
}

static void what_was_changed_is_told_with_who_when_why_and_until(void **state)
{
        Doors *doors = doors_begin(state);
        doors_override(doors, "HQ/D2", DOOR_STATE_UNLOCKED, MONDAY_MORNING + HOUR);
        assert_string_equal(door_pairs(doors, "HQ/D2", false, false),
                            "door=door:acme/HQ/D2\nmode=Unlocked\nobserved=Unknown\n"
                            "state=unlocked\nsource=override\n" NOTE
                            "why=delivery\nuntil=2026-06-01T10:00:00Z\n");
        /* One without a reason and without an end */
        doors_block(doors, "HQ/D2", TIMESTAMP_MAX);
        assert_string_equal(door_pairs(doors, "HQ/D2", false, false),
                            "door=door:acme/HQ/D2\nmode=Blocked\nobserved=Unknown\n"
                            "state=unlocked\nsource=block\n" NOTE);
        doors_lockdown(doors, "fire", TIMESTAMP_MAX);
        assert_string_equal(door_pairs(doors, "HQ/D2", false, false),
                            "door=door:acme/HQ/D2\nmode=LockedDown\nobserved=Unknown\n"
                            "state=unlocked\nsource=lockdown\nlockdown=lockdown:acme/fire\n"
                            "since=2026-06-01T08:00:00Z\nby=grace\nwhy=smoke\n");
}

static void what_a_schedule_or_an_exception_says_lasts_until_the_state_changes(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *time, *expected;
        } CASES[] = {
                { "2026-06-01T06:00:00Z", "source=schedule\nuntil=2026-06-01T08:00:00Z\n" },
                { "2026-06-01T11:59:59Z", "source=schedule\nuntil=2026-06-01T12:00:00Z\n" },
                { "2026-06-01T12:00:00Z", "source=schedule\nuntil=2026-06-01T13:00:00Z\n" },
                { "2026-12-25T00:00:00Z", "source=exception\nuntil=2026-12-25T10:00:00Z\n" },
                { "2026-12-25T11:00:00Z", "source=exception\nuntil=2026-12-26T00:00:00Z\n" },
                { "2026-12-26T00:00:00Z", "source=exception\nuntil=2026-12-27T00:00:00Z\n" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                assert_non_null(
                        strstr(pairs_at(doors, "HQ/D1", false, false, doors_time(CASES[i].time)),
                               CASES[i].expected));
        assert_null(
                strstr(pairs_at(doors, "HQ/D1", false, false, doors_time("2026-06-01T13:00:00Z")),
                       "until="));
        /* What goes before it has an end of its own, or none. */
        doors_block(doors, "HQ/D1", TIMESTAMP_MAX);
        assert_null(
                strstr(pairs_at(doors, "HQ/D1", false, false, doors_time("2026-06-01T08:00:00Z")),
                       "until="));
}

static void a_release_shows_at_a_door_that_is_locked_and_at_no_other(void **state)
{
        Doors *doors = doors_begin(state);
        assert_non_null(strstr(door_pairs(doors, "HQ/D3", true, false), "mode=Accessed\n"));
        assert_non_null(strstr(door_pairs(doors, "HQ/D3", false, false), "mode=Locked\n"));
        doors_override(doors, "HQ/D3", DOOR_STATE_UNLOCKED, TIMESTAMP_MAX);
        assert_non_null(strstr(door_pairs(doors, "HQ/D3", true, false), "mode=Unlocked\n"));
        doors_block(doors, "HQ/D3", TIMESTAMP_MAX);
        assert_non_null(strstr(door_pairs(doors, "HQ/D3", true, false), "mode=Blocked\n"));
        doors_lockdown(doors, "fire", TIMESTAMP_MAX);
        assert_non_null(strstr(door_pairs(doors, "HQ/D3", true, false), "mode=LockedDown\n"));
}

static void the_line_of_the_policy_is_told_to_who_may_see_it_only(void **state)
{
        const Doors *doors = doors_begin(state);
        assert_non_null(strstr(door_pairs(doors, "HQ/D1", false, true), "place=acme.conf:"));
        assert_null(strstr(door_pairs(doors, "HQ/D1", false, false), "place="));
}

static void what_is_not_determined_has_a_reason_and_no_state(void **state)
{
        Doors *doors = doors_begin(state);
        doors->clock_untrusted = true;
        const char *told = door_pairs(doors, "HQ/D1", false, false);
        assert_non_null(strstr(told, "unknown=clock-untrusted\n"));
        assert_null(strstr(told, "state="));
        doors->clock_untrusted = false;
        doors->live.unknown = true;
        told = door_pairs(doors, "HQ/D1", false, false);
        assert_non_null(strstr(told, "mode=Unknown\n"));
        assert_non_null(strstr(told, "unknown=live-state-unknown\n"));
}

static void a_lockdown_is_on_until_its_end(void **state)
{
        Doors *doors = doors_begin(state);
        assert_string_equal(lockdown_pairs(doors, "flood", MONDAY_MORNING),
                            "lockdown=lockdown:acme/flood\nstate=off\nmode=LockedDown\ndoors=1\n");
        doors_lockdown(doors, "open", MONDAY_MORNING + HOUR);
        static const char on[] = "lockdown=lockdown:acme/open\nstate=on\nmode=LockedOpen\n"
                                 "doors=1\nsince=2026-06-01T08:00:00Z\nby=grace\nwhy=smoke\n"
                                 "until=2026-06-01T10:00:00Z\n";
        static const char off[] = "lockdown=lockdown:acme/open\nstate=off\nmode=LockedOpen\n"
                                  "doors=1\n";
        assert_string_equal(lockdown_pairs(doors, "open", MONDAY_MORNING + HOUR - 1), on);
        assert_string_equal(lockdown_pairs(doors, "open", MONDAY_MORNING + HOUR), off);
        assert_non_null(strstr(lockdown_pairs(doors, "fire", MONDAY_MORNING), "doors=6\n"));
        /* Whoever does not know the time does not end it. */
        doors->clock_untrusted = true;
        assert_string_equal(lockdown_pairs(doors, "open", MONDAY_MORNING + HOUR), on);
        doors->live.unknown = true;
        assert_non_null(strstr(lockdown_pairs(doors, "open", MONDAY_MORNING), "state=unknown\n"));
}

static void who_and_why_are_told_to_who_may_change_it_only(void **state)
{
        Doors *doors = doors_begin(state);
        with_note = false;
        doors_override(doors, "HQ/D2", DOOR_STATE_UNLOCKED, MONDAY_MORNING + HOUR);
        assert_string_equal(door_pairs(doors, "HQ/D2", false, false),
                            "door=door:acme/HQ/D2\nmode=Unlocked\nobserved=Unknown\n"
                            "state=unlocked\nsource=override\nsince=2026-06-01T08:00:00Z\n"
                            "until=2026-06-01T10:00:00Z\n");
        doors_lockdown(doors, "open", MONDAY_MORNING + HOUR);
        assert_string_equal(lockdown_pairs(doors, "open", MONDAY_MORNING),
                            "lockdown=lockdown:acme/open\nstate=on\nmode=LockedOpen\ndoors=1\n"
                            "since=2026-06-01T08:00:00Z\nuntil=2026-06-01T10:00:00Z\n");
        with_note = true;
}

static void a_number_that_is_no_lockdown_has_no_pairs(void **state)
{
        const Doors *doors = doors_begin(state);
        DecisionContext context = doors_context(doors, MONDAY_MORNING);
        pairs[0] = '\0';
        lockdown_record_write(doors->decide.image, &context,
                              image_count(doors->decide.image, IMAGE_LOCKDOWNS), true, &writer);
        assert_string_equal(pairs, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_door_that_nothing_was_said_about_is_as_by_default),
                cmocka_unit_test(what_gateways_have_told_is_told_with_its_age),
                cmocka_unit_test(what_was_changed_is_told_with_who_when_why_and_until),
                cmocka_unit_test(
                        what_a_schedule_or_an_exception_says_lasts_until_the_state_changes),
                cmocka_unit_test(a_release_shows_at_a_door_that_is_locked_and_at_no_other),
                cmocka_unit_test(the_line_of_the_policy_is_told_to_who_may_see_it_only),
                cmocka_unit_test(what_is_not_determined_has_a_reason_and_no_state),
                cmocka_unit_test(a_lockdown_is_on_until_its_end),
                cmocka_unit_test(who_and_why_are_told_to_who_may_change_it_only),
                cmocka_unit_test(a_number_that_is_no_lockdown_has_no_pairs),
        };
        return cmocka_run_group_tests(tests, doors_setup, doors_teardown) ? 1 : 0;
}
