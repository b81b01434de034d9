/* SPDX-License-Identifier: MIT */
/*
 * Tests of doorward/doorward.h while the clock on the wall jumps: deadlines are monotonic, so that
 * neither a step forward ends a request early nor one back makes it wait for ever. The linker puts
 * the functions below in the place of those that tell the time (--wrap).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/time.h>
#include <time.h>

#include <doorward/doorward.h>

#include "fake_server.h"

enum { TIMEOUT_MS = 300, SLACK_MS = 400, YEAR_SECONDS = 366 * 24 * 60 * 60 };

static time_t jump_seconds; /* each look at the clock on the wall is so much later than the last */
static time_t jumped_seconds;

int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
time_t __wrap_time(time_t *seconds);
int __wrap_gettimeofday(struct timeval *time, void *zone);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
        int r = __real_clock_gettime(clock, time);
        if (clock != CLOCK_MONOTONIC && clock != CLOCK_MONOTONIC_RAW && clock != CLOCK_BOOTTIME)
                time->tv_sec += jumped_seconds += jump_seconds;
        return r;
}

time_t __wrap_time(time_t *seconds)
{
        struct timespec now;
        (void)__wrap_clock_gettime(CLOCK_REALTIME, &now);
        if (seconds)
                *seconds = now.tv_sec;
        return now.tv_sec;
}

int __wrap_gettimeofday(struct timeval *time, void *zone)
{
        struct timespec now;
        (void)__wrap_clock_gettime(CLOCK_REALTIME, &now);
        *time = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
        return 0;
}

static int64_t monotonic_ms(void)
{
        struct timespec now;
        (void)__real_clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static FakeServer server;
static doorward *door;

static int set_up(void **state)
{
        jump_seconds = jumped_seconds = 0;
        fake_server_prepare(&server);
        if (doorward_new(&door, server.socket) < 0)
                return -1;
        return doorward_set_timeout(door, TIMEOUT_MS);
}

static int tear_down(void **state)
{
        door = doorward_free(door);
        fake_server_clean(&server);
        return 0;
}

static const time_t JUMPS[] = { YEAR_SECONDS, -YEAR_SECONDS, 1, -1 };

static int ask(doorward_answer **answer)
{
        return doorward_ask(door, "alice", "access.door.unlock", "door:acme/HQ/D1", NULL, answer);
}

static void an_answer_in_time_counts_whatever_the_clock_does(void **state)
{
        fake_server_start(
                &server,
                &(FakeBehaviour){ .kind = FAKE_LATE, .outcome = DOORWARD_ALLOW, .delay_ms = 50 });
        for (size_t i = 0; i < sizeof(JUMPS) / sizeof(JUMPS[0]); i++) {
                doorward_answer *answer = NULL;
                jump_seconds = JUMPS[i];
                assert_int_equal(ask(&answer), 0);
                assert_int_equal(doorward_answer_outcome(answer), DOORWARD_ALLOW);
                doorward_answer_free(answer);
        }
}

static void the_deadline_comes_in_time_whatever_the_clock_does(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_SILENT });
        for (size_t i = 0; i < sizeof(JUMPS) / sizeof(JUMPS[0]); i++) {
                doorward_answer *answer = NULL;
                jump_seconds = JUMPS[i];
                int64_t began_ms = monotonic_ms();
                assert_int_equal(ask(&answer), -DOORWARD_ERROR_TIMEOUT);
                assert_in_range(monotonic_ms() - began_ms, TIMEOUT_MS, TIMEOUT_MS + SLACK_MS);
                assert_null(answer);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_answer_in_time_counts_whatever_the_clock_does),
                TEST(the_deadline_comes_in_time_whatever_the_clock_does),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
