/* SPDX-License-Identifier: MIT */
/* The virtual clock: what a file may say, and what passes with it. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/virtual_clock.h"
#include "util/file.h"

#define MORNING INT64_C(1780300800) /* 2026-06-01T08:00:00Z */

typedef struct Fixture {
        char path[64];
        VirtualClock clock;
} Fixture;

static int set_up(void **state)
{
        static Fixture fixture;
        fixture = (Fixture){ .path = "/tmp/doorward-clock-XXXXXX" };
        int fd = mkstemp(fixture.path);
        assert_true(fd >= 0);
        (void)close(fd);
        fixture.clock.path = fixture.path;
        *state = &fixture;
        return 0;
}

static int tear_down(void **state)
{
        Fixture *fixture = *state;
        return unlink(fixture->path);
}

static void say(const Fixture *fixture, const char *text)
{
        FILE *file = fopen(fixture->path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void expect(Fixture *fixture, const char *text, int64_t realtime_s, uint64_t steady_s)
{
        ClockReading reading = { 0 };
        say(fixture, text);
        assert_int_equal(virtual_clock_read(&fixture->clock, &reading), 0);
        assert_int_equal(reading.realtime_s, realtime_s);
        assert_int_equal(reading.steady_ms, steady_s * 1000);
}

static void time_stands_still_until_the_file_changes(void **state)
{
        expect(*state, "2026-06-01T08:00:00Z\n", MORNING, 0);
        expect(*state, "2026-06-01T08:00:00Z\n", MORNING, 0);
        expect(*state, "2026-06-01T10:00:00+02:00", MORNING, 0);
        expect(*state, "2026-06-01T12:00:00Z\n", MORNING + 4 * 3600, UINT64_C(4) * 3600);
        expect(*state, "2026-06-01T12:00:00Z\n", MORNING + 4 * 3600, UINT64_C(4) * 3600);
}

static void a_clock_that_was_set_lets_no_time_pass(void **state)
{
        expect(*state, "2026-06-01T08:00:00Z\n", MORNING, 0);
        expect(*state, "2026-06-01T12:00:00Z\nset\n", MORNING + 4 * 3600, 0);
        expect(*state, "2026-06-01T12:00:00Z\nset", MORNING + 4 * 3600, 0);
        expect(*state, "2026-06-01T08:00:10Z\n", MORNING + 10, 10);
}

static void a_clock_that_begins_set_begins_to_run_later(void **state)
{
        expect(*state, "2030-01-01T00:00:00Z\nset\n", INT64_C(1893456000), 0);
        expect(*state, "2026-06-01T08:00:00Z\n", MORNING, 0);
        expect(*state, "2026-06-01T08:00:07Z\n", MORNING + 7, 7);
}

static void coming_back_from_a_clock_set_back_takes_no_time(void **state)
{
        expect(*state, "2026-06-01T08:00:00Z\n", MORNING, 0);
        expect(*state, "2019-01-01T00:00:00Z\nset\n", INT64_C(1546300800), 0);
        expect(*state, "2026-06-01T08:00:00Z\n", MORNING, 0);
        expect(*state, "2026-06-01T07:00:00Z\n", MORNING - 3600, 0);
        expect(*state, "2026-06-01T07:59:59Z\n", MORNING - 1, 0);
        expect(*state, "2026-06-01T08:00:05Z\n", MORNING + 5, 5);
}

static void what_is_no_time_is_refused(void **state)
{
        static const char *const wrong[] = {
                "",
                "\n",
                "now\n",
                "2026-06-01\n",
                "2026-06-01T08:00:00\n",
                " 2026-06-01T08:00:00Z\n",
                "2026-06-01T08:00:00Z \n",
                "2026-06-01T08:00:00Z\nSet\n",
                "2026-06-01T08:00:00Z\nset\n\n",
                "2026-06-01T08:00:00Z\n\n",
                "2026-02-30T08:00:00Z\n",
        };
        Fixture *fixture = *state;
        ClockReading reading = { .realtime_s = 1 };
        expect(fixture, "2026-06-01T08:00:00Z\n", MORNING, 0);
        for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
                say(fixture, wrong[i]);
                if (virtual_clock_read(&fixture->clock, &reading) != -EINVAL)
                        fail_msg("\"%s\" is taken", wrong[i]);
                assert_int_equal(reading.realtime_s, 1);
        }
        assert_non_null(strstr(virtual_clock_problem(-EINVAL), "2026-06-01T08:00:00Z"));
        expect(fixture, "2026-06-01T08:00:01Z\n", MORNING + 1, 1);
}

static void a_file_that_others_may_write_is_refused(void **state)
{
        Fixture *fixture = *state;
        ClockReading reading;
        say(fixture, "2026-06-01T08:00:00Z\n");
        assert_int_equal(chmod(fixture->path, 0620), 0);
        assert_int_equal(virtual_clock_read(&fixture->clock, &reading), FILE_WRITABLE);
        assert_string_equal(virtual_clock_problem(FILE_WRITABLE), file_problem_text(FILE_WRITABLE));
        assert_int_equal(chmod(fixture->path, 0600), 0);
        fixture->clock.path = "/tmp";
        assert_int_equal(virtual_clock_read(&fixture->clock, &reading), FILE_NOT_REGULAR);
        fixture->clock.path = "/nowhere/at/all";
        assert_int_equal(virtual_clock_read(&fixture->clock, &reading), -ENOENT);
        assert_string_equal(virtual_clock_problem(-ENOENT), "No such file or directory");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(time_stands_still_until_the_file_changes, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_clock_that_was_set_lets_no_time_pass, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(a_clock_that_begins_set_begins_to_run_later, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(coming_back_from_a_clock_set_back_takes_no_time,
                                                set_up, tear_down),
                cmocka_unit_test_setup_teardown(what_is_no_time_is_refused, set_up, tear_down),
                cmocka_unit_test_setup_teardown(a_file_that_others_may_write_is_refused, set_up,
                                                tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
