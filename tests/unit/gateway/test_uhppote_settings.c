/* SPDX-License-Identifier: MIT */
/* Tests of gateway/uhppote_settings.c and driver_uhppote.c: what a board is told, and what is no
 * controller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "uhppote_fixture.h"

static void pc_control_is_said_again_and_again(void **state)
{
        World *world = *state;

        world->controller.decides_swipes = true;
        world_start_heard(world);
        world_await_requests(world, 0xa0, 3);
        assert_true(world->board->pc_control);
        /* Somebody else has switched it off */
        world->board->pc_control = false;
        world_await_requests(world, 0xa0, 5);
        assert_true(world->board->pc_control);
}

static void while_doorward_cannot_decide_the_board_does(void **state)
{
        World *world = *state;

        world->controller.decides_swipes = true;
        world_do(world, "card 4711");
        world_start_heard(world);
        world_await_requests(world, 0xa0, 1);
        driver_uhppote.decide(world->state, false);
        world_await_requests(world, 0x20, world->board->requests[0x20] + 3);
        assert_false(world->board->pc_control);
        world_do(world, "swipe 4711 1");
        world_await(world, "observed 0 controller-granted - card=4711");
        world_do(world, "swipe 4712 1");
        world_await(world, "observed 0 controller-denied - card=4712");
        driver_uhppote.decide(world->state, true);
        world_await_requests(world, 0xa0, world->board->requests[0xa0] + 2);
        assert_true(world->board->pc_control);
        world_do(world, "swipe 4713 1");
        world_await(world, "swiped 0 4713");
        assert_int_equal(world_count(world, "swiped"), 1);
}

static void a_board_that_knows_no_special_events_is_not_asked_for_ever(void **state)
{
        World *world = *state;

        world->controller.timeout_ms = 20;
        world_do(world, "faults.silent_only 0x8e");
        world_start_heard(world);
        world_await(world, "log 4 events of contacts and buttons: no answer");
        world_settle(world);
        assert_int_equal(world->board->requests[0x8e], 3);
        assert_int_equal(world_count(world, "observed - controller-lost"), 0);
}

static void refuse(World *world, const char *log)
{
        assert_int_equal(
                uhppote_start_with(&world->controller, &world->host, &world->times, &world->state),
                -EINVAL);
        assert_null(world->state);
        assert_int_equal(world_count(world, log), 1);
        world->size = 0;
        memset(world->lines, 0, sizeof(world->lines));
}

static void controllers_that_are_none_are_refused(void **state)
{
        static const char *const BAD[] = { "",
                                           "192.168.1.1",
                                           "192.168.1.1:0",
                                           ":60000",
                                           "192.168.1.1:70000",
                                           "board:60000",
                                           "0.0.0.0:60000",
                                           "1.2.3.4:60000x",
                                           "[::1]:60000",
                                           "192.168.001.001.001.001:60000" };
        World *world = *state;

        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
                world->controller.address = BAD[i];
                refuse(world, "log 3 its address is no IPv4 address");
        }
        world->controller.address = NULL;
        refuse(world, "log 3 its address is no IPv4 address");
        world->controller.address = world->address;
        world->controller.listen = "0.0.0.0:60001";
        refuse(world, "log 3 what it sends its events to is no IPv4");
        world->controller.listen = NULL;
        world->controller.serial = 0;
        refuse(world, "log 3 it has no serial number");
        world->controller.serial = WORLD_SERIAL;
        world->doors[1].number = 5;
        refuse(world, "log 3 door acme/HQ/D2: number 5 is not 1 to 4");
        world->doors[1].number = 1;
        refuse(world, "log 3 door acme/HQ/D2: number 1 is another door's");
}

static void the_driver_is_in_the_table(void **state)
{
        World *world = *state;

        assert_ptr_equal(driver_find("uhppote"), &driver_uhppote);
        assert_int_equal(driver_uhppote.start(&world->controller, &world->host, &world->state), 0);
        world_open(world, 0, 5, "c1");
        world_await(world, "done 0 c1 commanded");
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)
        const struct CMUnitTest tests[] = {
                TEST(pc_control_is_said_again_and_again),
                TEST(while_doorward_cannot_decide_the_board_does),
                TEST(a_board_that_knows_no_special_events_is_not_asked_for_ever),
                TEST(controllers_that_are_none_are_refused),
                TEST(the_driver_is_in_the_table),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
