/* SPDX-License-Identifier: MIT */
/* What is told when, with a timer that the test sets off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "daemon/server.h"

int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **ret_source,
                                      clockid_t clock, uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t handler, void *userdata);
int __wrap_sd_event_source_set_time_relative(sd_event_source *source, uint64_t usec);
int __wrap_sd_event_source_set_enabled(sd_event_source *source, int enabled);
void __wrap_log_write(Log log, LogPriority priority, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static sd_event_time_handler_t handler;
static uint64_t interval_us;
static bool is_armed;
static unsigned lines;
static LogPriority last_priority;
static char last_line[1024];

int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **ret_source,
                                      clockid_t clock, uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t callback, void *userdata)
{
        assert_int_equal(clock, CLOCK_MONOTONIC);
        handler = callback;
        interval_us = usec;
        is_armed = true;
        *ret_source = NULL;
        return 0;
}

int __wrap_sd_event_source_set_time_relative(sd_event_source *source, uint64_t usec)
{
        interval_us = usec;
        return 0;
}

int __wrap_sd_event_source_set_enabled(sd_event_source *source, int enabled)
{
        is_armed = enabled == SD_EVENT_ONESHOT;
        return 0;
}

void __wrap_log_write(Log log, LogPriority priority, const char *format, ...)
{
        va_list arguments;
        va_start(arguments, format);
        (void)vsnprintf(last_line, sizeof(last_line), format, arguments);
        va_end(arguments);
        last_priority = priority;
        lines++;
}

static int setup(void **state)
{
        Server *server = calloc(1, sizeof(*server));
        assert_non_null(server);
        lines = 0;
        assert_int_equal(server_clock_open(server), 0);
        assert_int_equal(alerts_start(server), 0);
        *state = server;
        return 0;
}

static int teardown(void **state)
{
        free(*state);
        return 0;
}

/* Ten minutes pass. */
static void ring(Server *server)
{
        assert_true(is_armed);
        assert_int_equal(interval_us, 600000000);
        is_armed = false;
        interval_us = 0;
        assert_true(handler(NULL, 0, server) >= 0);
}

static void degraded_is_an_alert_every_ten_minutes_until_it_ends(void **state)
{
        Server *server = *state;
        assert_false(alerts_degraded(&server->alerts));
        alerts_set(server, ALERT_POLICY_REFUSED, true, "acme.conf:3: error");
        assert_true(alerts_degraded(&server->alerts));
        for (unsigned told = 1; told <= 3; told++) {
                assert_int_equal(lines, told);
                assert_int_equal(last_priority, LOG_PRIORITY_ALERT);
                assert_non_null(strstr(last_line, "policy-refused"));
                assert_non_null(strstr(last_line, "acme.conf:3: error"));
                ring(server);
        }
        alerts_set(server, ALERT_POLICY_REFUSED, false, NULL);
        assert_false(alerts_degraded(&server->alerts));
        assert_int_equal(lines, 5);
        assert_int_equal(last_priority, LOG_PRIORITY_NOTICE);
        ring(server);
        assert_int_equal(lines, 5);
}

static void what_is_told_again_is_told_once(void **state)
{
        Server *server = *state;
        alerts_set(server, ALERT_NO_POLICY, true, NULL);
        alerts_set(server, ALERT_NO_POLICY, true, NULL);
        assert_int_equal(lines, 1);
        alerts_set(server, ALERT_POLICY_REFUSED, false, NULL);
        assert_int_equal(lines, 1);
}

static void what_nobody_can_mend_is_not_repeated(void **state)
{
        Server *server = *state;
        alerts_set(server, ALERT_ROWS_LOST, true, NULL);
        assert_int_equal(lines, 1);
        assert_false(alerts_degraded(&server->alerts));
        ring(server);
        assert_int_equal(lines, 1);
}

static void an_event_is_told_at_once(void **state)
{
        Server *server = *state;
        alerts_event(server, "break-glass-session", "%s was let in", "rescue");
        assert_int_equal(lines, 1);
        assert_int_equal(last_priority, LOG_PRIORITY_ALERT);
        assert_string_equal(last_line, "break-glass-session: rescue was let in");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(degraded_is_an_alert_every_ten_minutes_until_it_ends),
                TEST(what_is_told_again_is_told_once),
                TEST(what_nobody_can_mend_is_not_repeated),
                TEST(an_event_is_told_at_once),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
