/* SPDX-License-Identifier: MIT */
/* Tests of door_observed.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/door_observed.h"

#define D1 TEXT_LITERAL("acme/HQ/D1")
#define GW TEXT_LITERAL("caller:acme/gw-1")

static int setup(void **state)
{
        *state = doors_observed_new();
        return *state ? 0 : -1;
}

static int teardown(void **state)
{
        *state = doors_observed_free(*state);
        return *state ? -1 : 0;
}

/* One aspect of D1, "Open since 5". */
static const char *aspect(const DoorsObserved *doors, DoorAspect which)
{
        static char text[64];
        const DoorObservation *seen = doors_observed_find(doors, D1);
        assert_non_null(seen);
        (void)snprintf(text, sizeof(text), "%s since %lld",
                       door_physical_name(seen->aspects[which].state),
                       (long long)seen->aspects[which].since_s);
        return text;
}

static void of_a_door_that_nobody_told_of_nothing_is_known(void **state)
{
        assert_null(doors_observed_find(*state, D1));
        doors_observed_note(*state, D1, GW, GATEWAY_ACCESS_TAKEN, 5, 7);
        for (DoorAspect i = 0; i < DOOR_ASPECT_COUNT; i++)
                assert_string_equal(aspect(*state, i), "Unknown since 0");
        assert_int_equal(doors_observed_find(*state, D1)->told_s, 7);
        assert_null(doors_observed_find(*state, TEXT_LITERAL("acme/HQ/D10")));
        assert_null(doors_observed_find(*state, TEXT_LITERAL("acme/HQ/D")));
}

static void each_kind_of_event_changes_its_aspect(void **state)
{
        static const struct {
                GatewayEventKind kind;
                DoorAspect aspect;
                const char *expected;
        } cases[] = {
                { GATEWAY_LOCK_UNLOCKED, DOOR_ASPECT_LOCK, "Unlocked since 100" },
                { GATEWAY_LOCK_LOCKED, DOOR_ASPECT_LOCK, "Locked since 101" },
                { GATEWAY_DOOR_OPENED, DOOR_ASPECT_CONTACT, "Open since 102" },
                { GATEWAY_DOOR_OPEN_TOO_LONG, DOOR_ASPECT_ALARM, "DoorOpenTooLong since 103" },
                { GATEWAY_DOOR_FORCED_OPEN, DOOR_ASPECT_ALARM, "DoorForcedOpen since 104" },
                { GATEWAY_DOOR_ALARM_NORMAL, DOOR_ASPECT_ALARM, "Normal since 105" },
                { GATEWAY_TAMPER_DETECTED, DOOR_ASPECT_TAMPER, "TamperDetected since 106" },
                { GATEWAY_TAMPER_ENDED, DOOR_ASPECT_TAMPER, "NotInTamper since 107" },
                { GATEWAY_FAULT_DETECTED, DOOR_ASPECT_FAULT, "FaultDetected since 108" },
                { GATEWAY_FAULT_ENDED, DOOR_ASPECT_FAULT, "NotInFault since 109" },
                { GATEWAY_DOOR_CLOSED, DOOR_ASPECT_CONTACT, "Closed since 110" },
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                doors_observed_note(*state, D1, GW, cases[i].kind, 100 + (int64_t)i, 200);
                assert_string_equal(aspect(*state, cases[i].aspect), cases[i].expected);
        }
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_FORCED_OPEN, 250, 250);
        doors_observed_note(*state, D1, GW, GATEWAY_CONTROLLER_LOST, 251, 251);
        assert_string_equal(aspect(*state, DOOR_ASPECT_LOCK), "Unknown since 251");
        assert_string_equal(aspect(*state, DOOR_ASPECT_CONTACT), "Unknown since 251");
        assert_string_equal(aspect(*state, DOOR_ASPECT_ALARM), "DoorForcedOpen since 250");
        doors_observed_note(*state, D1, GW, GATEWAY_LOCK_LOCKED, 260, 260);
        /* What says nothing about the door's state changes none of it. */
        doors_observed_note(*state, D1, GW, GATEWAY_COMMANDED, 300, 300);
        assert_string_equal(aspect(*state, DOOR_ASPECT_LOCK), "Locked since 260");
        assert_int_equal(doors_observed_find(*state, D1)->told_s, 300);
}

static void the_same_told_again_has_not_begun_again(void **state)
{
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_OPENED, 5, 5);
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_OPENED, 8, 9);
        assert_string_equal(aspect(*state, DOOR_ASPECT_CONTACT), "Open since 5");
        assert_int_equal(doors_observed_find(*state, D1)->told_s, 9);
}

static void a_door_that_is_shut_is_not_held_open(void **state)
{
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_CLOSED, 1, 1);
        assert_string_equal(aspect(*state, DOOR_ASPECT_ALARM), "Unknown since 0");
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_FORCED_OPEN, 5, 5);
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_OPENED, 5, 5);
        assert_string_equal(aspect(*state, DOOR_ASPECT_ALARM), "DoorForcedOpen since 5");
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_CLOSED, 6, 6);
        assert_string_equal(aspect(*state, DOOR_ASPECT_ALARM), "Normal since 6");
}

static void another_gateway_s_word_begins_anew(void **state)
{
        doors_observed_note(*state, D1, GW, GATEWAY_DOOR_OPENED, 5, 5);
        doors_observed_note(*state, D1, TEXT_LITERAL("caller:acme/gw-2"), GATEWAY_LOCK_LOCKED, 6,
                            6);
        assert_string_equal(aspect(*state, DOOR_ASPECT_CONTACT), "Unknown since 0");
        assert_string_equal(aspect(*state, DOOR_ASPECT_LOCK), "Locked since 6");
        assert_true(text_is(doors_observed_find(*state, D1)->gateway, "caller:acme/gw-2"));
}

static void many_doors_are_kept_apart_and_bounded(void **state)
{
        DoorsObserved *doors = *state;
        char path[32];
        for (int i = 0; i <= DOORS_OBSERVED_MAX; i++) {
                int size = snprintf(path, sizeof(path), "acme/HQ/%d", i);
                doors_observed_note(doors, (Text){ path, (size_t)size }, GW, GATEWAY_LOCK_LOCKED, i,
                                    i);
        }
        for (int i = 0; i < DOORS_OBSERVED_MAX; i += 1013) {
                (void)snprintf(path, sizeof(path), "acme/HQ/%d", i);
                const DoorObservation *seen = doors_observed_find(doors, text_from(path));
                assert_non_null(seen);
                assert_int_equal(seen->told_s, i);
                assert_true(text_is(seen->gateway, "caller:acme/gw-1"));
        }
        (void)snprintf(path, sizeof(path), "acme/HQ/%d", DOORS_OBSERVED_MAX);
        assert_null(doors_observed_find(doors, text_from(path)));
}

static void a_number_that_is_none_has_no_word(void **state)
{
        assert_null(door_aspect_name(DOOR_ASPECT_COUNT));
        assert_null(door_physical_name(DOOR_PHYSICAL_COUNT));
        for (DoorAspect i = 0; i < DOOR_ASPECT_COUNT; i++)
                assert_non_null(door_aspect_name(i));
        for (DoorPhysical i = 0; i < DOOR_PHYSICAL_COUNT; i++)
                assert_non_null(door_physical_name(i));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(of_a_door_that_nobody_told_of_nothing_is_known),
                TEST(each_kind_of_event_changes_its_aspect),
                TEST(the_same_told_again_has_not_begun_again),
                TEST(a_door_that_is_shut_is_not_held_open),
                TEST(another_gateway_s_word_begins_anew),
                TEST(many_doors_are_kept_apart_and_bounded),
                TEST(a_number_that_is_none_has_no_word),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
