/* SPDX-License-Identifier: MIT */
/* Tests of gateway_presence.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <errno.h>

#include "daemon/gateway_presence.h"

#define D1   TEXT_LITERAL("acme/HQ/D1")
#define D2   TEXT_LITERAL("acme/HQ/D2")
#define GW_1 TEXT_LITERAL("caller:acme/gw-1")
#define GW_2 TEXT_LITERAL("caller:acme/gw-2")

/* Something to point to. */
static char takes[2];
#define TAKE_1 ((Take *)(void *)&takes[0])
#define TAKE_2 ((Take *)(void *)&takes[1])

static int setup(void **state)
{
        *state = gateway_presence_new();
        return *state ? 0 : -1;
}

static int teardown(void **state)
{
        gateway_presence_free(*state);
        return 0;
}

static GatewayDoor *add(GatewayPresence *presence, Text door, Text caller)
{
        GatewayDoor *made;
        assert_int_equal(gateway_presence_add(presence, door, caller, &made), 0);
        return made;
}

static void nobody_serves_a_door_of_which_nothing_was_heard(void **state)
{
        assert_false(gateway_presence_was_served(*state, D1));
        assert_null(gateway_presence_of(*state, D1, 0));
        GatewayDoor *door = add(*state, D1, GW_1);
        assert_ptr_equal(add(*state, D1, GW_1), door);
        assert_true(gateway_presence_was_served(*state, D1));
        assert_false(gateway_presence_was_served(*state, D2));
        assert_null(gateway_presence_of(*state, D1, 0));
}

static void who_waits_is_there_and_three_seconds_after_it_was_answered(void **state)
{
        GatewayDoor *door = add(*state, D1, GW_1);
        gateway_door_arrive(door, TAKE_1, 1000, 7);
        assert_ptr_equal(gateway_presence_of(*state, D1, 1000000), door);
        gateway_door_leave(door, 2000, false);
        assert_ptr_equal(gateway_presence_of(*state, D1, 4999), door);
        assert_null(gateway_presence_of(*state, D1, 5000));
}

static void who_is_cut_off_is_gone_at_once(void **state)
{
        GatewayDoor *door = add(*state, D1, GW_1);
        gateway_door_arrive(door, TAKE_1, 1000, 7);
        gateway_door_leave(door, 2000, true);
        assert_null(gateway_presence_of(*state, D1, 2000));
        assert_true(gateway_presence_was_served(*state, D1));
}

static void who_waits_comes_before_who_is_about_to_come_back(void **state)
{
        GatewayDoor *one = add(*state, D1, GW_1), *two = add(*state, D1, GW_2);
        gateway_door_arrive(one, TAKE_1, 0, 7);
        gateway_door_arrive(two, TAKE_2, 0, 7);
        gateway_door_leave(two, 10, false);
        assert_ptr_equal(gateway_presence_of(*state, D1, 20), one);
        gateway_door_leave(one, 20, true);
        assert_ptr_equal(gateway_presence_of(*state, D1, 20), two);
}

static void of_a_caller_it_is_known_since_when_it_is_there(void **state)
{
        GatewayDoor *one = add(*state, D1, GW_1), *two = add(*state, D2, GW_1);
        (void)add(*state, D2, GW_2);
        gateway_door_arrive(one, TAKE_1, 0, 70);
        gateway_door_arrive(two, TAKE_1, 0, 60);
        gateway_door_leave(two, 0, false);
        gateway_door_arrive(two, TAKE_2, 100, 80); /* it was never away */
        GatewayCaller known = gateway_presence_caller(*state, GW_1, 100);
        assert_true(known.is_present);
        assert_int_equal(known.since_s, 60);
        assert_int_equal(known.doors, 2);
        gateway_door_leave(two, 100, true);
        known = gateway_presence_caller(*state, GW_1, 100);
        assert_int_equal(known.since_s, 70);
        assert_int_equal(known.doors, 1);
        assert_int_equal(known.served, 2);
        known = gateway_presence_caller(*state, GW_2, 100);
        assert_false(known.is_present);
        assert_int_equal(known.served, 1);
        GatewayTotals totals = gateway_presence_totals(*state, 100);
        assert_int_equal(totals.served, 3);
        assert_int_equal(totals.present, 1);
}

static void there_is_a_limit(void **state)
{
        char name[32];
        GatewayDoor *door;
        for (int i = 0; i < GATEWAY_DOORS_MAX; i++) {
                (void)snprintf(name, sizeof(name), "acme/HQ/%d", i);
                (void)add(*state, text_from(name), GW_1);
        }
        assert_int_equal(gateway_presence_add(*state, D1, GW_1, &door), -ENOSPC);
        assert_int_equal(gateway_presence_add(*state, text_from(name), GW_1, &door), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(nobody_serves_a_door_of_which_nothing_was_heard,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(
                        who_waits_is_there_and_three_seconds_after_it_was_answered, setup,
                        teardown),
                cmocka_unit_test_setup_teardown(who_is_cut_off_is_gone_at_once, setup, teardown),
                cmocka_unit_test_setup_teardown(who_waits_comes_before_who_is_about_to_come_back,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(of_a_caller_it_is_known_since_when_it_is_there,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(there_is_a_limit, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
