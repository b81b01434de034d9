/* SPDX-License-Identifier: MIT */
/* Tests of the driver that moves nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "gateway/driver.h"

static unsigned done_count;
static char lines[512];

static void on_done(void *data, unsigned door, const char *command_id, DriverResult result,
                    const char *detail)
{
        assert_int_equal(door, 0);
        assert_string_equal(command_id, "id");
        assert_int_equal(result, DRIVER_COMMANDED);
        done_count++;
}

static void on_log(void *data, int priority, const char *line)
{
        size_t used = strlen(lines);
        (void)snprintf(lines + used, sizeof(lines) - used, "%s\n", line);
}

static void it_says_what_it_would_do(void **state)
{
        static const DriverDoor DOOR = { .path = "acme/HQ/D1" };
        static const DriverController CONTROLLER = { .name = "n", .doors = &DOOR, .door_count = 1 };
        sd_event *event;
        void *driver;
        assert_true(sd_event_new(&event) >= 0);
        DriverHost host = { .event = event, .done = on_done, .log = on_log };
        assert_int_equal(driver_null.start(&CONTROLLER, &host, &driver), 0);
        assert_int_equal(driver_null.open(driver, 0, 5, "id"), 0);
        assert_int_equal(driver_null.open(driver, 0, 5, "id"), 0);
        assert_int_equal(done_count, 0); /* never from within */
        assert_true(sd_event_run(event, 0) >= 0);
        assert_int_equal(done_count, 2);
        assert_int_equal(driver_null.hold(driver, 0, GATEWAY_HOLD_UNLOCKED), 0);
        assert_string_equal(lines, "would open acme/HQ/D1 for 5 s (command id)\n"
                                   "would open acme/HQ/D1 for 5 s (command id)\n"
                                   "would hold acme/HQ/D1 unlocked\n");
        driver_null.stop(driver);
        sd_event_unref(event);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(it_says_what_it_would_do),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
