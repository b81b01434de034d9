/* SPDX-License-Identifier: MIT */
/* The clock: what is believed, what is handed out, and how trust comes back. Nothing waits: every
 * test is a list of readings. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/clock.h"
#include "util/timestamp.h"

#define NOON  INT64_C(1780315200) /* 2026-06-01T12:00:00Z */
#define HOUR  INT64_C(3600)
#define DAY   (24 * HOUR)
#define NEVER TIMESTAMP_MIN

static const ClockBounds bounds = { .ahead_seconds = 3600, .offline_days = 400 };

typedef struct Source {
        ClockReading reading;
        int result;
} Source;

static int read_source(void *data, ClockReading *ret_reading)
{
        const Source *source = data;
        if (source->result == 0)
                *ret_reading = source->reading;
        return source->result;
}

/* One reading, and what becomes of it. Times are seconds from NOON, steady ones from the start. */
typedef struct Row {
        const char *what;
        int64_t realtime, steady;
        ClockTrust trust;
        int64_t now, highest;
} Row;

static void check_rows(Clock *clock, Source *source, const Row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                const Row *row = &rows[i];
                source->reading =
                        (ClockReading){ NOON + row->realtime, (uint64_t)row->steady * 1000 };
                ClockMoment moment = clock_now(clock);
                if (moment.trust != row->trust || moment.now_s != NOON + row->now ||
                    clock->highest_s != NOON + row->highest)
                        fail_msg("%s (row %zu): %s, now %+lld, highest %+lld", row->what, i,
                                 clock_trust_name(moment.trust), (long long)(moment.now_s - NOON),
                                 (long long)(clock->highest_s - NOON));
        }
}

static void check_start(int64_t known_s, const Row *rows, size_t count)
{
        Source source = { 0 };
        Clock clock = clock_new(read_source, &source);
        clock_start(&clock, &bounds, known_s, NULL);
        check_rows(&clock, &source, rows, count);
}

#define CHECK(known, ...)                                                                          \
        check_start((known), (const Row[]){ __VA_ARGS__ },                                         \
                    sizeof((const Row[]){ __VA_ARGS__ }) / sizeof(Row))

static void a_clock_that_runs_is_believed(void **state)
{
        CHECK(NEVER, { "first", 0, 100, CLOCK_TRUSTED, 0, 0 },
              { "a second", 1, 101, CLOCK_TRUSTED, 1, 1 },
              { "an idle month", 30 * DAY, 100 + 30 * DAY, CLOCK_TRUSTED, 30 * DAY, 30 * DAY },
              { "and on", 30 * DAY + 5, 105 + 30 * DAY, CLOCK_TRUSTED, 30 * DAY + 5,
                30 * DAY + 5 });
}

static void small_steps_back_repeat_the_highest(void **state)
{
        CHECK(NEVER, { "first", 0, 0, CLOCK_TRUSTED, 0, 0 },
              { "ten seconds", 10, 10, CLOCK_TRUSTED, 10, 10 },
              { "back by the bound", 5, 10, CLOCK_TRUSTED, 10, 10 },
              { "back by one more", 4, 10, CLOCK_BEHIND, 10, 10 },
              { "caught up", 11, 17, CLOCK_TRUSTED, 11, 11 });
}

static void a_clock_set_back_is_untrusted_until_it_is_right_again(void **state)
{
        CHECK(NEVER, { "first", 0, 0, CLOCK_TRUSTED, 0, 0 },
              { "an hour", HOUR, HOUR, CLOCK_TRUSTED, HOUR, HOUR },
              { "set back", 0, HOUR, CLOCK_BEHIND, HOUR, HOUR },
              /* Reaching the highest again is not being right: an hour has passed meanwhile. */
              { "reaches the highest", HOUR, 2 * HOUR, CLOCK_BEHIND, 2 * HOUR - 300, HOUR },
              { "as far behind as allowed", 2 * HOUR - 299, 2 * HOUR + 1, CLOCK_TRUSTED,
                2 * HOUR - 299, 2 * HOUR - 299 });
}

static void time_cannot_be_held_in_small_steps(void **state)
{
        Source source = { { NOON, 0 }, 0 };
        Clock clock = clock_new(read_source, &source);
        clock_start(&clock, &bounds, NEVER, NULL);
        int64_t held = 0;
        /* A second passes, and the clock is set back by it, again and again. */
        while (clock_now(&clock).trust == CLOCK_TRUSTED && held < 1000)
                source.reading.steady_ms = (uint64_t)++held * 1000;
        assert_int_equal(held, CLOCK_LAG_SECONDS + 1);
        assert_int_equal(clock_now(&clock).now_s, NOON + 1);
}

static void a_clock_ahead_of_the_steady_one_is_untrusted(void **state)
{
        CHECK(NEVER, { "first", 0, 0, CLOCK_TRUSTED, 0, 0 },
              { "ahead by the bound", 10 + HOUR, 10, CLOCK_TRUSTED, 10 + HOUR, 10 + HOUR },
              { "by one more", 11 + HOUR, 10, CLOCK_AHEAD, 10 + HOUR, 10 + HOUR },
              { "by years", 9000 * DAY, 20, CLOCK_AHEAD, 10 + HOUR, 10 + HOUR },
              /* Time that was handed out is not given back. */
              { "right, but behind the highest", 30, 30, CLOCK_BEHIND, 10 + HOUR, 10 + HOUR },
              { "right", 20 + HOUR, 20 + HOUR, CLOCK_TRUSTED, 20 + HOUR, 20 + HOUR });
}

static void a_suspended_machine_is_no_clock_ahead(void **state)
{
        CHECK(NEVER, { "first", 0, 0, CLOCK_TRUSTED, 0, 0 },
              { "ten days later", 10 * DAY, 10 * DAY, CLOCK_TRUSTED, 10 * DAY, 10 * DAY });
}

static void steps_ahead_add_up_within_a_day(void **state)
{
        CHECK(NEVER, { "first", 0, 0, CLOCK_TRUSTED, 0, 0 },
              { "half the bound", 1800, 0, CLOCK_TRUSTED, 1800, 1800 },
              { "the other half", HOUR + 60, 60, CLOCK_TRUSTED, HOUR + 60, HOUR + 60 },
              { "and more", HOUR + 62, 61, CLOCK_AHEAD, HOUR + 60, HOUR + 60 },
              { "a day later, right", HOUR + DAY, DAY, CLOCK_TRUSTED, HOUR + DAY, HOUR + DAY },
              { "the bound is there again", DAY + 2 * HOUR, DAY, CLOCK_TRUSTED, DAY + 2 * HOUR,
                DAY + 2 * HOUR },
              { "once", DAY + 2 * HOUR + 1, DAY, CLOCK_AHEAD, DAY + 2 * HOUR, DAY + 2 * HOUR });
}

static void while_untrusted_the_earliest_time_is_given(void **state)
{
        CHECK(NEVER, { "first", 0, 0, CLOCK_TRUSTED, 0, 0 },
              { "ahead", 5 * DAY, 10, CLOCK_AHEAD, 0, 0 },
              { "two hours on", 5 * DAY + 2 * HOUR, 2 * HOUR, CLOCK_AHEAD, 2 * HOUR - 300, 0 },
              { "set back instead", -DAY, 3 * HOUR, CLOCK_BEHIND, 3 * HOUR - 300, 0 });
}

static void a_start_goes_on_from_the_highest_known(void **state)
{
        CHECK(NOON, { "off for a year", 365 * DAY, 0, CLOCK_TRUSTED, 365 * DAY, 365 * DAY });
        CHECK(NOON, { "restarted at once, a little behind", -5, 0, CLOCK_TRUSTED, 0, 0 });
        CHECK(NOON, { "behind", -6, 0, CLOCK_BEHIND, 0, 0 },
              { "still", 0 - 6 + 5, 5, CLOCK_TRUSTED, 0, 0 });
        CHECK(NOON,
              { "off for as long as allowed", 400 * DAY, 0, CLOCK_TRUSTED, 400 * DAY, 400 * DAY });
        CHECK(NOON, { "off for too long", 400 * DAY + 1, 0, CLOCK_AHEAD, 0, 0 },
              { "set right", 9, 9, CLOCK_TRUSTED, 9, 9 },
              { "now it is held to the steady clock", 2 * HOUR, 10, CLOCK_AHEAD, 9, 9 });
}

static void a_start_within_a_boot_keeps_what_is_expected(void **state)
{
        const ClockReading anchor = { NOON, 1000 * 1000 };
        Source source = { { 0, 0 }, 0 };
        Clock clock = clock_new(read_source, &source);
        clock_start(&clock, &bounds, NOON + 60, &anchor);
        const Row ahead[] = {
                { "a day ahead after a minute", DAY, 1060, CLOCK_AHEAD, 60, 60 },
                { "as far ahead as may be", HOUR + 61, 1061, CLOCK_TRUSTED, HOUR + 61, HOUR + 61 },
        };
        check_rows(&clock, &source, ahead, sizeof(ahead) / sizeof(*ahead));
        clock_start(&clock, &bounds, NOON + 60, &anchor);
        const Row later[] = {
                { "hours are missing", 70, 1000 + 2 * HOUR, CLOCK_BEHIND, 2 * HOUR - 300, 60 },
                { "off for long, and right", 50 * DAY, 1000 + 50 * DAY, CLOCK_TRUSTED, 50 * DAY,
                  50 * DAY },
        };
        check_rows(&clock, &source, later, sizeof(later) / sizeof(*later));
}

static void a_clock_from_before_there_was_this_is_wrong(void **state)
{
        const int64_t earliest = CLOCK_EARLIEST_S - NOON;
        Source source = { { 0, 0 }, 0 };
        Clock clock = clock_new(read_source, &source);
        clock_start(&clock, &bounds, NEVER, NULL);
        ClockMoment moment = clock_now(&clock);
        assert_int_equal(moment.trust, CLOCK_BEHIND);
        assert_int_equal(moment.now_s, CLOCK_EARLIEST_S);
        assert_int_equal(moment.system_s, 0);
        const Row rows[] = {
                { "set by the network", 0, 60, CLOCK_TRUSTED, 0, 0 },
        };
        check_rows(&clock, &source, rows, 1);
        CHECK(NEVER, { "the first second", earliest, 0, CLOCK_TRUSTED, earliest, earliest });
}

static void accepting_takes_the_clock_as_it_is(void **state)
{
        Source source = { { NOON, 0 }, 0 };
        Clock clock = clock_new(read_source, &source);
        clock_start(&clock, &bounds, NOON + DAY, NULL);
        assert_int_equal(clock_now(&clock).trust, CLOCK_BEHIND);
        assert_int_equal(clock_accept(&clock), 0);
        const Row rows[] = {
                { "accepted, and lower", 0, 0, CLOCK_TRUSTED, 0, 0 },
                { "goes on", 10, 10, CLOCK_TRUSTED, 10, 10 },
                { "what it was is ahead now", DAY, 10, CLOCK_AHEAD, 10, 10 },
        };
        check_rows(&clock, &source, rows, sizeof(rows) / sizeof(*rows));
        assert_int_equal(clock_accept(&clock), 0);
        const Row later[] = {
                { "accepted, and higher", DAY, 10, CLOCK_TRUSTED, DAY, DAY },
        };
        check_rows(&clock, &source, later, 1);
        source.reading.realtime_s = CLOCK_EARLIEST_S - 1;
        assert_int_equal(clock_accept(&clock), -ERANGE);
        assert_int_equal(clock.highest_s, NOON + DAY);
        source.result = -EACCES;
        assert_int_equal(clock_accept(&clock), -EIO);
        assert_int_equal(clock.highest_s, NOON + DAY);
}

static void a_clock_that_cannot_be_read_is_untrusted(void **state)
{
        Source source = { { NOON, 0 }, 0 };
        Clock clock = clock_new(read_source, &source);
        clock_start(&clock, &bounds, NEVER, NULL);
        assert_int_equal(clock_now(&clock).trust, CLOCK_TRUSTED);
        source.result = 1;
        ClockMoment moment = clock_now(&clock);
        assert_int_equal(moment.trust, CLOCK_UNREADABLE);
        assert_int_equal(moment.now_s, NOON);
        source.result = 0;
        assert_int_equal(clock_now(&clock).trust, CLOCK_TRUSTED);
}

static void before_the_start_all_is_handed_out(void **state)
{
        Source source = { { 7, 0 }, 0 };
        Clock clock = clock_new(read_source, &source);
        assert_int_equal(clock_now(&clock).now_s, 7);
        assert_int_equal(clock_now(&clock).trust, CLOCK_TRUSTED);
        assert_int_equal(clock.highest_s, TIMESTAMP_MIN);
}

static void bounds_can_be_changed(void **state)
{
        const ClockBounds wide = { .ahead_seconds = 7200, .offline_days = 400 };
        Source source = { { NOON, 0 }, 0 };
        Clock clock = clock_new(read_source, &source);
        clock_start(&clock, &bounds, NEVER, NULL);
        (void)clock_now(&clock);
        source.reading.realtime_s = NOON + 7200;
        assert_int_equal(clock_now(&clock).trust, CLOCK_AHEAD);
        clock_set_bounds(&clock, &wide);
        assert_int_equal(clock_now(&clock).trust, CLOCK_TRUSTED);
}

static void a_steady_clock_that_goes_back_adds_nothing(void **state)
{
        CHECK(NEVER, { "first", 0, 1000, CLOCK_TRUSTED, 0, 0 },
              { "steady went back", HOUR, 10, CLOCK_TRUSTED, HOUR, HOUR },
              { "still bounded", HOUR + 1, 10, CLOCK_AHEAD, HOUR, HOUR });
}

static void the_newest_row_counts_unless_it_is_absurd(void **state)
{
        assert_int_equal(clock_known_highest(&bounds, NEVER, NEVER), NEVER);
        assert_int_equal(clock_known_highest(&bounds, NOON, NEVER), NOON);
        assert_int_equal(clock_known_highest(&bounds, NEVER, NOON), NOON);
        assert_int_equal(clock_known_highest(&bounds, NOON, NOON + 59), NOON + 59);
        assert_int_equal(clock_known_highest(&bounds, NOON, NOON - 59), NOON);
        assert_int_equal(clock_known_highest(&bounds, NOON, NOON + 400 * DAY), NOON + 400 * DAY);
        assert_int_equal(clock_known_highest(&bounds, NOON, NOON + 400 * DAY + 1), NOON);
        assert_int_equal(clock_known_highest(&bounds, NEVER, CLOCK_EARLIEST_S - 1), NEVER);
        assert_int_equal(clock_known_highest(&bounds, NEVER, INT64_C(4102444800)), NEVER);
        assert_int_equal(clock_known_highest(&bounds, NEVER, INT64_C(4102444799)),
                         INT64_C(4102444799));
        assert_int_equal(clock_known_highest(&bounds, NEVER, INT64_MAX), NEVER);
}

static void what_is_wrong_is_said(void **state)
{
        char text[CLOCK_DETAIL_SIZE];
        ClockMoment behind = { NOON, NOON - DAY - HOUR - 61, CLOCK_BEHIND, NOON };
        assert_string_equal(clock_describe(&behind, text),
                            "it says 2026-05-31T10:58:59Z, 1 d 1 h 1 min 1 s behind "
                            "2026-06-01T12:00:00Z; set it right or, if it is, run doorward clock "
                            "accept");
        ClockMoment ahead = { NOON, NOON + 2 * HOUR, CLOCK_AHEAD, NOON };
        assert_string_equal(clock_describe(&ahead, text),
                            "it says 2026-06-01T14:00:00Z, 0 d 2 h 0 min 0 s ahead of "
                            "2026-06-01T12:00:00Z; set it right or, if it is, run doorward clock "
                            "accept");
        ClockMoment unreadable = { NOON, NOON, CLOCK_UNREADABLE, NOON };
        assert_string_equal(clock_describe(&unreadable, text), "the clock cannot be read");
        assert_string_equal(clock_trust_name(CLOCK_TRUSTED), "trusted");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_clock_that_runs_is_believed),
                cmocka_unit_test(small_steps_back_repeat_the_highest),
                cmocka_unit_test(a_clock_set_back_is_untrusted_until_it_is_right_again),
                cmocka_unit_test(time_cannot_be_held_in_small_steps),
                cmocka_unit_test(a_clock_ahead_of_the_steady_one_is_untrusted),
                cmocka_unit_test(a_suspended_machine_is_no_clock_ahead),
                cmocka_unit_test(steps_ahead_add_up_within_a_day),
                cmocka_unit_test(while_untrusted_the_earliest_time_is_given),
                cmocka_unit_test(a_start_goes_on_from_the_highest_known),
                cmocka_unit_test(a_start_within_a_boot_keeps_what_is_expected),
                cmocka_unit_test(a_clock_from_before_there_was_this_is_wrong),
                cmocka_unit_test(accepting_takes_the_clock_as_it_is),
                cmocka_unit_test(a_clock_that_cannot_be_read_is_untrusted),
                cmocka_unit_test(before_the_start_all_is_handed_out),
                cmocka_unit_test(bounds_can_be_changed),
                cmocka_unit_test(a_steady_clock_that_goes_back_adds_nothing),
                cmocka_unit_test(the_newest_row_counts_unless_it_is_absurd),
                cmocka_unit_test(what_is_wrong_is_said),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
