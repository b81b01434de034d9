/* SPDX-License-Identifier: MIT */
/* Tests of weekly.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/weekly.h"

enum { HOUR = 60 * 60, DAY = 24 * HOUR, MONDAY = 1 << 0, SATURDAY = 1 << 5, SUNDAY = 1 << 6 };

static WeeklyInterval intervals[WEEKLY_INTERVALS_MAX];

static void expect(size_t index, uint32_t from, uint32_t to)
{
        assert_int_equal(intervals[index].from, from);
        assert_int_equal(intervals[index].to, to);
}

static void each_day_is_an_interval(void **state)
{
        ModelWindow window = { .days = MONDAY | SUNDAY, .minute_from = 480, .minute_to = 1440 };
        ModelWindowList list = { &window, 1, 1 };
        assert_int_equal(weekly_intervals(&list, intervals), 2);
        expect(0, 8 * HOUR, DAY);
        expect(1, 6 * DAY + 8 * HOUR, 7 * DAY);
        assert_ptr_equal(intervals[0].window, &window);
}

static void a_window_over_midnight_goes_on_and_over_the_weeks_end_is_split(void **state)
{
        ModelWindow window = { .days = SATURDAY | SUNDAY, .minute_from = 1320, .minute_to = 360 };
        ModelWindowList list = { &window, 1, 1 };
        assert_int_equal(weekly_intervals(&list, intervals), 3);
        expect(0, 0, 6 * HOUR);
        expect(1, 5 * DAY + 22 * HOUR, 6 * DAY + 6 * HOUR);
        expect(2, 6 * DAY + 22 * HOUR, 7 * DAY);
}

static void they_come_by_their_start_the_longer_first(void **state)
{
        ModelWindow windows[] = {
                { .days = MONDAY, .minute_from = 600, .minute_to = 660 },
                { .days = MONDAY, .minute_from = 480, .minute_to = 540 },
                { .days = MONDAY, .minute_from = 480, .minute_to = 600 },
                { .days = 0, .minute_from = 480, .minute_to = 600 },
        };
        ModelWindowList list = { windows, 4, 4 };
        assert_int_equal(weekly_intervals(&list, intervals), 3);
        assert_ptr_equal(intervals[0].window, &windows[2]);
        assert_ptr_equal(intervals[1].window, &windows[1]);
        assert_ptr_equal(intervals[2].window, &windows[0]);
}

static void there_is_room_for_as_many_as_a_schedule_may_have(void **state)
{
        static ModelWindow windows[SCHEDULE_WINDOWS_MAX + 1];
        for (size_t i = 0; i <= SCHEDULE_WINDOWS_MAX; i++)
                windows[i] = (ModelWindow){ .days = 127, .minute_from = 1439, .minute_to = 1 };
        ModelWindowList list = { windows, SCHEDULE_WINDOWS_MAX + 1, SCHEDULE_WINDOWS_MAX + 1 };
        assert_int_equal(weekly_intervals(&list, intervals), SCHEDULE_WINDOWS_MAX * 8);
        assert_int_equal(weekly_intervals(&(ModelWindowList){ 0 }, intervals), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_day_is_an_interval),
                cmocka_unit_test(a_window_over_midnight_goes_on_and_over_the_weeks_end_is_split),
                cmocka_unit_test(they_come_by_their_start_the_longer_first),
                cmocka_unit_test(there_is_room_for_as_many_as_a_schedule_may_have),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
