/* SPDX-License-Identifier: MIT */
/* Tests of the doors of all controllers, and of what their drivers say. */
#include "gateway_fixture.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

static void doors_are_numbered_over_all_controllers(void **state)
{
        unsigned door;
        assert_int_equal(doors_count(fixture.doors), 3);
        assert_true(doors_find(fixture.doors, text_from("acme/HQ/D3"), &door));
        assert_int_equal(door, 2);
        assert_true(doors_find(fixture.doors, text_from("door:acme/HQ/D2"), &door));
        assert_int_equal(door, 1);
        assert_false(doors_find(fixture.doors, text_from("acme/HQ/D"), &door));
        assert_false(doors_find(fixture.doors, text_from("door:"), &door));
        assert_string_equal(doors_door(fixture.doors, 2)->path, "acme/HQ/D3");
        assert_int_equal(doors_timeout_ms(fixture.doors, 2), 100);
        assert_int_equal(doors_open(fixture.doors, 2, 3, ID_A), 0);
        assert_string_equal(fixture.opens[0].controller, "side");
        assert_int_equal(fixture.opens[0].index, 0);
}

static void what_a_driver_says_is_of_its_own_doors(void **state)
{
        const DriverHost *side = fixture.hosts[1];
        side->observed(side->data, 0, &(GatewayEvent){ .kind = GATEWAY_TAMPER_DETECTED });
        side->observed(side->data, 1, &(GatewayEvent){ .kind = GATEWAY_FIRE_DETECTED });
        side->observed(side->data, UINT_MAX,
                       &(GatewayEvent){ .kind = GATEWAY_CONTROLLER_LOST, .detail = "silence" });
        side->swiped(side->data, 0, 5);
        side->swiped(side->data, 1, 5);
        assert_int_equal(fixture.swipe_count, 1);
        assert_events("tamper-detected acme/HQ/D3 - 0 -\nfire-detected - - 0 side\n"
                      "controller-lost - - 0 side: silence\n"
                      "controller-lost acme/HQ/D3 - 0 -\n");
}

static void a_controller_that_cannot_start_leaves_the_others(void **state)
{
        fixture.start_result = -EADDRNOTAVAIL;
        fixture_open();
        assert_int_equal(doors_open(fixture.doors, 0, 3, ID_A), -ENODEV);
        assert_int_equal(doors_hold(fixture.doors, 0, GATEWAY_HOLD_LOCKED), -ENODEV);
        assert_events("controller-lost - - 0 main: Cannot assign requested address\n"
                      "controller-lost acme/HQ/D1 - 0 -\ncontroller-lost acme/HQ/D2 - 0 -\n"
                      "controller-lost - - 0 side: Cannot assign requested address\n"
                      "controller-lost acme/HQ/D3 - 0 -\n");
        fixture_close();
        assert_int_equal(fixture.stop_count, 0);
}

static void only_who_is_to_decide_alone_is_told_to(void **state)
{
        doors_decide(fixture.doors, true);
        doors_decide(fixture.doors, false);
        doors_decide(fixture.doors, false);
        doors_decide(fixture.doors, true);
        assert_int_equal(fixture.decide_count, 2);
        assert_false(fixture.decides[0]);
        assert_true(fixture.decides[1]);
        fixture_close();
        fixture.controllers[0].decides_offline = false;
        fixture_open();
        doors_decide(fixture.doors, false);
        assert_int_equal(fixture.decide_count, 2);
        fixture_close();
        assert_int_equal(fixture.stop_count, 4);
}

static void a_driver_that_cannot_hold_says_so(void **state)
{
        assert_int_equal(doors_hold(fixture.doors, 0, GATEWAY_HOLD_UNLOCKED), 0);
        assert_int_equal(doors_hold(fixture.doors, 2, GATEWAY_HOLD_UNLOCKED), -EOPNOTSUPP);
        assert_int_equal(fixture.hold_count, 1);
}

static void every_driver_is_found_by_its_name(void **state)
{
        assert_ptr_equal(driver_find("null"), &driver_null);
        assert_ptr_equal(driver_find("exec"), &driver_exec);
        assert_ptr_equal(driver_find("uhppote"), &driver_uhppote);
        assert_null(driver_find("nul"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXTURE_TEST(doors_are_numbered_over_all_controllers),
                FIXTURE_TEST(what_a_driver_says_is_of_its_own_doors),
                cmocka_unit_test_setup_teardown(a_controller_that_cannot_start_leaves_the_others,
                                                fixture_set_up, fixture_tear_down),
                FIXTURE_TEST(only_who_is_to_decide_alone_is_told_to),
                FIXTURE_TEST(a_driver_that_cannot_hold_says_so),
                cmocka_unit_test(every_driver_is_found_by_its_name),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
