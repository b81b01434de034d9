/* SPDX-License-Identifier: MIT */
/* Tests of door_state.c: lockdown, block, override, exception, schedule, default. */
#include "doors_fixture.h"

static void a_schedule_says_the_state_in_its_windows_and_the_default_outside(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *time, *expected;
        } CASES[] = {
                { "2026-06-01T05:59:59Z", "Locked by default, access-controlled by default" },
                { "2026-06-01T06:00:00Z", "Locked by schedule, locked by schedule" },
                { "2026-06-01T07:59:59Z", "Locked by schedule, locked by schedule" },
                { "2026-06-01T08:00:00Z", "Unlocked by schedule, unlocked by schedule" },
                { "2026-06-01T12:00:00Z", "Locked by schedule, card-and-code by schedule" },
                { "2026-06-01T13:00:00Z", "Locked by default, access-controlled by default" },
                { "2026-06-06T09:00:00Z", "Locked by default, access-controlled by default" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                doors_expect_mode(doors, "HQ/D1", doors_time(CASES[i].time), CASES[i].expected);
        doors_expect_mode(doors, "HQ/D3", MONDAY_MORNING, "Locked by default, locked by default");
}

static void the_place_of_a_state_is_that_of_what_says_it(void **state)
{
        Doors *doors = doors_begin(state);
        const char *locked = "Locked by schedule, locked by schedule";
        const char *unlocked = "Unlocked by schedule, unlocked by schedule";
        uint32_t first =
                doors_expect_mode(doors, "HQ/D1", doors_time("2026-06-01T06:00:00Z"), locked)
                        .place.line;
        DoorSituation second =
                doors_expect_mode(doors, "HQ/D1", doors_time("2026-06-01T08:00:00Z"), unlocked);
        assert_int_equal(second.place.line, first + 2); /* each window has two lines */
        assert_int_equal(second.state_place.line, first + 2);
        assert_int_not_equal(image_schedule(doors->decide.image, 0)->place.line, first);
}

static void an_exception_replaces_the_whole_local_day(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *time, *expected;
        } CASES[] = {
                { "2026-12-24T23:59:59Z", "Locked by default, access-controlled by default" },
                { "2026-12-25T00:00:00Z", "Locked by exception, locked by exception" },
                { "2026-12-25T09:59:59Z", "Locked by exception, locked by exception" },
                { "2026-12-25T10:00:00Z", "Locked by exception, access-controlled by exception" },
                { "2026-12-25T11:00:00Z", "Locked by exception, locked by exception" },
                { "2026-12-25T23:59:59Z", "Locked by exception, locked by exception" },
                { "2026-12-26T00:00:00Z", "Unlocked by exception, unlocked by exception" },
                { "2026-12-27T00:00:00Z", "Locked by default, access-controlled by default" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                doors_expect_mode(doors, "HQ/D1", doors_time(CASES[i].time), CASES[i].expected);
}

/* Of a door an exception says something all day long: in its windows, and outside. */
static void a_door_exception_is_on_all_day(void **state)
{
        Doors *doors = doors_begin(state);
        const Image *image = doors->decide.image;
        const ImageDoor *door = image_door(image, doors_find(doors, RESOURCE_DOOR, "HQ/D1"));
        ScheduleQuestion question = { door->schedule, door->exceptions, door->zone };
        ScheduleFinding finding;
        DecisionContext context = { .now_s = doors_time("2026-12-25T09:59:59Z") };
        assert_int_equal(schedule_find(image, &question, &context, &finding), SCHEDULE_ON);
        assert_int_equal(finding.state, DOOR_STATE_LOCKED);
        context.now_s++;
        assert_int_equal(schedule_find(image, &question, &context, &finding), SCHEDULE_ON);
        assert_int_equal(finding.state, DOOR_STATE_ACCESS_CONTROLLED);
}

/* In Santiago the clock goes from 24:00 on 5 September 2026 to 01:00 (04:00 UTC): the day has no
 * midnight. In Sydney it goes from 02:00 to 03:00 on 4 October (16:00 UTC the day before). */
static void a_day_of_an_exception_is_as_long_as_it_is_there(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *path, *time, *expected;
        } CASES[] = {
                { "Santiago/D1", "2026-09-06T03:59:59Z", "Locked by default, locked by default" },
                { "Santiago/D1", "2026-09-06T04:00:00Z",
                  "Unlocked by exception, unlocked by exception" },
                { "Santiago/D1", "2026-09-07T02:59:59Z",
                  "Unlocked by exception, unlocked by exception" },
                { "Santiago/D1", "2026-09-07T03:00:00Z", "Locked by default, locked by default" },
                { "Sydney/D1", "2026-10-03T13:59:59Z", "Locked by default, locked by default" },
                { "Sydney/D1", "2026-10-03T14:00:00Z",
                  "Unlocked by exception, unlocked by exception" },
                { "Sydney/D1", "2026-10-04T12:59:59Z",
                  "Unlocked by exception, unlocked by exception" },
                { "Sydney/D1", "2026-10-04T13:00:00Z", "Locked by default, locked by default" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                doors_expect_mode(doors, CASES[i].path, doors_time(CASES[i].time),
                                  CASES[i].expected);
}

static void an_override_goes_before_the_schedule_until_it_ends(void **state)
{
        Doors *doors = doors_begin(state);
        doors_override(doors, "HQ/D1", DOOR_STATE_LOCKED, MONDAY_MORNING + HOUR);
        DoorSituation door = doors_expect_mode(doors, "HQ/D1", MONDAY_MORNING + HOUR - 1,
                                               "Locked by override, locked by override");
        assert_ptr_equal(door.note, &DOORS_NOTES[LIVE_OVERRIDE]);
        assert_int_equal(door.until_s, MONDAY_MORNING + HOUR);
        door = doors_expect_mode(doors, "HQ/D1", MONDAY_MORNING + HOUR,
                                 "Unlocked by schedule, unlocked by schedule");
        assert_null(door.note);
        assert_true(door.until_s == TIMESTAMP_MAX);
        doors_override(doors, "HQ/D1", DOOR_STATE_UNLOCKED, INT64_MAX);
        door = doors_expect_mode(doors, "HQ/D1", doors_time("2026-12-25T00:00:00Z"),
                                 "Unlocked by override, unlocked by override");
        assert_int_equal(door.exception, IMAGE_NONE);
}

/* What the badge is told about is the state; what the door is, a block or lockdown says. */
static void a_block_and_a_lockdown_change_the_mode_and_not_the_state(void **state)
{
        Doors *doors = doors_begin(state);
        doors_block(doors, "HQ/D3", MONDAY_MORNING + HOUR);
        DoorSituation door = doors_expect_mode(doors, "HQ/D3", MONDAY_MORNING,
                                               "Blocked by block, locked by default");
        assert_ptr_equal(door.note, &DOORS_NOTES[LIVE_BLOCK]);
        assert_null(door.state_note);
        assert_int_equal(door.place.file, IMAGE_NONE);
        assert_int_not_equal(door.state_place.line, 0);
        doors_lockdown(doors, "fire", INT64_MAX);
        door = doors_expect_mode(doors, "HQ/D3", MONDAY_MORNING,
                                 "LockedDown by lockdown, locked by default");
        assert_int_equal(door.lockdown, doors_find(doors, RESOURCE_LOCKDOWN, "fire"));
        doors_expect_mode(doors, "HQ/D2", MONDAY_MORNING,
                          "LockedDown by lockdown, access-controlled by default");
        doors_expect_mode(doors, "Santiago/D1", MONDAY_MORNING,
                          "Locked by default, locked by default");
        Decision decision = doors_expect(doors, "badge door.enter door:acme/HQ/D3", MONDAY_MORNING,
                                         "deny door-locked");
        assert_null(decision.note);
        assert_int_equal(decision.lockdown, IMAGE_NONE);
        assert_int_equal(decision.place.line, door.state_place.line);
}

static void of_several_lockdowns_the_lowest_rank_says_the_mode_and_a_lock_wins(void **state)
{
        Doors *doors = doors_begin(state);
        doors_lockdown(doors, "fire", INT64_MAX);
        doors_lockdown(doors, "open", INT64_MAX);
        doors_expect_mode(doors, "HQ/D1", MONDAY_MORNING,
                          "LockedOpen by lockdown, unlocked by schedule");
        doors_lockdown(doors, "flood", INT64_MAX);
        DoorSituation door = doors_expect_mode(doors, "HQ/D1", MONDAY_MORNING,
                                               "LockedDown by lockdown, unlocked by schedule");
        assert_int_equal(door.lockdown, doors_find(doors, RESOURCE_LOCKDOWN, "flood"));
        doors_begin(state);
        doors_lockdown(doors, "flood", MONDAY_MORNING);
        doors_expect_mode(doors, "HQ/D1", MONDAY_MORNING,
                          "Unlocked by schedule, unlocked by schedule");
}

static void what_is_not_known_is_said_so(void **state)
{
        Doors *doors = doors_begin(state);
        doors->clock_untrusted = true;
        doors_expect_mode(doors, "HQ/D1", MONDAY_MORNING,
                          "Unknown by schedule, clock-untrusted by schedule");
        doors_expect_mode(doors, "HQ/D3", MONDAY_MORNING, "Locked by default, locked by default");
        doors_override(doors, "HQ/D1", DOOR_STATE_LOCKED, MONDAY_MORNING);
        doors_expect_mode(doors, "HQ/D1", MONDAY_MORNING, "Locked by override, locked by override");
        doors_override(doors, "HQ/D3", DOOR_STATE_UNLOCKED, INT64_MAX);
        doors_expect_mode(doors, "HQ/D3", MONDAY_MORNING,
                          "Unknown by override, clock-untrusted by override");
        doors_block(doors, "HQ/D3", MONDAY_MORNING);
        doors_expect_mode(doors, "HQ/D3", MONDAY_MORNING,
                          "Blocked by block, clock-untrusted by override");
        doors->clock_untrusted = false;
        doors->live.unknown = true;
        doors_expect_mode(doors, "HQ/D3", MONDAY_MORNING,
                          "Unknown by default, live-state-unknown by default");
        DecisionContext context = doors_context(doors, MONDAY_MORNING);
        DoorSituation door = policy_door_situation(doors->decide.image, &context, IMAGE_NONE);
        assert_int_equal(door.mode, DOOR_MODE_UNKNOWN);
        assert_int_equal(door.unknown, REASON_CORRUPT_IMAGE);
        doors->live.unknown = false;
        door = policy_door_situation(doors->decide.image, &context, 9999);
        assert_int_equal(door.unknown, REASON_CORRUPT_IMAGE);
}

/* The image with another default state at D2. Return: the image; *ret_bytes owned by the caller. */
static Image *damaged(const Doors *doors, uint32_t default_state, char **ret_bytes)
{
        size_t size;
        Image *image;
        uint32_t d2 = doors_find(doors, RESOURCE_DOOR, "HQ/D2");
        const char *data = image_data(doors->decide.image, &size);
        size_t at = (size_t)((const char *)image_door(doors->decide.image, d2) - data);
        char *bytes = malloc(size);
        assert_non_null(bytes);
        memcpy(bytes, data, size);
        ((ImageDoor *)(void *)(bytes + at))->default_state = default_state;
        ((ImageHeader *)(void *)bytes)->checksum = image_checksum(bytes, size);
        assert_int_equal(image_open(bytes, size, &image), 0);
        *ret_bytes = bytes;
        return image;
}

static void a_state_that_is_none_opens_nothing(void **state)
{
        Doors *doors = doors_begin(state);
        char *bytes;
        Image *image = damaged(doors, DOOR_STATE_COUNT + 3, &bytes);
        decide_expect_of(image, "visitor door.enter door:acme/HQ/D2", MONDAY_MORNING, NULL,
                         "error corrupt-image");
        image_free(image);
        free(bytes);
        image = damaged(doors, DOOR_STATE_UNLOCKED, &bytes);
        decide_expect_of(image, "visitor door.enter door:acme/HQ/D2", MONDAY_MORNING, NULL,
                         "allow door-access");
        image_free(image);
        free(bytes);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_schedule_says_the_state_in_its_windows_and_the_default_outside),
                cmocka_unit_test(the_place_of_a_state_is_that_of_what_says_it),
                cmocka_unit_test(an_exception_replaces_the_whole_local_day),
                cmocka_unit_test(a_door_exception_is_on_all_day),
                cmocka_unit_test(a_day_of_an_exception_is_as_long_as_it_is_there),
                cmocka_unit_test(an_override_goes_before_the_schedule_until_it_ends),
                cmocka_unit_test(a_block_and_a_lockdown_change_the_mode_and_not_the_state),
                cmocka_unit_test(
                        of_several_lockdowns_the_lowest_rank_says_the_mode_and_a_lock_wins),
                cmocka_unit_test(what_is_not_known_is_said_so),
                cmocka_unit_test(a_state_that_is_none_opens_nothing),
        };
        return cmocka_run_group_tests(tests, doors_setup, doors_teardown) ? 1 : 0;
}
