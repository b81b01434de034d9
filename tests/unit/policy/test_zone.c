/* SPDX-License-Identifier: MIT */
/* Tests of zone.c: time zones as lists of offsets. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "policy/zone.h"
#include "util/timestamp.h"

typedef struct Zone {
        ImageTransition *transitions;
        uint32_t count;
        int64_t until_s;
} Zone;

static Zone zone_of(const char *name)
{
        Zone zone;
        assert_int_equal(zone_transitions(name, &zone.transitions, &zone.count, &zone.until_s), 0);
        return zone;
}

static int32_t offset_at(const Zone *zone, const char *time)
{
        int64_t seconds;
        int32_t offset = INT32_MIN;
        assert_int_equal(timestamp_parse(text_from(time), &seconds), 0);
        for (uint32_t i = 0; i < zone->count && zone->transitions[i].start_s <= seconds; i++)
                offset = zone->transitions[i].offset_s;
        return offset;
}

static void berlin_changes_twice_a_year(void **state)
{
        Zone zone = zone_of("Europe/Berlin");
        assert_true(zone.transitions[0].start_s == TIMESTAMP_MIN);
        assert_int_equal(offset_at(&zone, "1970-06-01T00:00:00Z"), 3600);
        assert_int_equal(offset_at(&zone, "2026-03-29T00:59:59Z"), 3600);
        assert_int_equal(offset_at(&zone, "2026-03-29T01:00:00Z"), 7200);
        assert_int_equal(offset_at(&zone, "2026-10-25T00:59:59Z"), 7200);
        assert_int_equal(offset_at(&zone, "2026-10-25T01:00:00Z"), 3600);
        assert_int_equal(offset_at(&zone, "2099-07-01T00:00:00Z"), 7200);
        free(zone.transitions);
}

static void new_york_and_sydney_are_on_their_own_sides(void **state)
{
        Zone york = zone_of("America/New_York"), sydney = zone_of("Australia/Sydney");
        assert_int_equal(offset_at(&york, "2026-03-08T06:59:59Z"), -5 * 3600);
        assert_int_equal(offset_at(&york, "2026-03-08T07:00:00Z"), -4 * 3600);
        assert_int_equal(offset_at(&sydney, "2026-04-04T15:59:59Z"), 11 * 3600);
        assert_int_equal(offset_at(&sydney, "2026-04-04T16:00:00Z"), 10 * 3600);
        free(york.transitions);
        free(sydney.transitions);
}

static void utc_never_changes_and_never_ends(void **state)
{
        Zone zone = zone_of("UTC");
        assert_int_equal(zone.count, 1);
        assert_int_equal(zone.transitions[0].offset_s, 0);
        assert_true(zone.until_s == TIMESTAMP_MAX);
        free(zone.transitions);
}

static void others_are_known_until_2100(void **state)
{
        Zone zone = zone_of("Asia/Kathmandu");
        int64_t until;
        assert_int_equal(timestamp_parse(TEXT_LITERAL("2100-01-01T00:00:00Z"), &until), 0);
        assert_true(zone.until_s == until);
        assert_int_equal(offset_at(&zone, "2026-01-01T00:00:00Z"), 5 * 3600 + 45 * 60);
        free(zone.transitions);
}

static void starts_ascend_and_neighbours_differ(void **state)
{
        static const char *const NAMES[] = { "Europe/Berlin", "Africa/Casablanca",
                                             "Antarctica/Troll", "Pacific/Apia" };
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
                Zone zone = zone_of(NAMES[i]);
                for (uint32_t k = 1; k < zone.count; k++) {
                        assert_true(zone.transitions[k - 1].start_s < zone.transitions[k].start_s);
                        assert_int_not_equal(zone.transitions[k - 1].offset_s,
                                             zone.transitions[k].offset_s);
                }
                free(zone.transitions);
        }
}

/* Every hour of some years must agree with what the C library says. */
static void agrees_with_the_c_library(void **state)
{
        Zone zone = zone_of("Africa/Casablanca"); /* changes around a month that moves */
        setenv("TZ", "Africa/Casablanca", 1);
        tzset();
        uint32_t at = 0;
        for (int64_t seconds = 1577836800; seconds < 1735689600; seconds += 3600) {
                time_t time = seconds;
                struct tm local;
                localtime_r(&time, &local);
                while (at + 1 < zone.count && zone.transitions[at + 1].start_s <= seconds)
                        at++;
                assert_int_equal(zone.transitions[at].offset_s, local.tm_gmtoff);
        }
        unsetenv("TZ");
        tzset();
        free(zone.transitions);
}

static void what_is_no_zone_is_refused(void **state)
{
        static const char *const NAMES[] = {
                "",
                "Europe/Berln",
                "Europe",
                "../zoneinfo/UTC",
                "/etc/localtime",
                "zone.tab",
                "tzdata.zi",
                "Europe/./Paris",
                "right/UTC",
                "CET-1",
                "Europe/Berlin\n",
                "leapseconds",
        };
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
                Zone zone;
                assert_false(zone_is_known(NAMES[i]));
                assert_int_equal(
                        zone_transitions(NAMES[i], &zone.transitions, &zone.count, &zone.until_s),
                        -ENOENT);
        }
        assert_true(zone_is_known("UTC"));
        assert_true(zone_is_known("Europe/Berlin"));
        assert_true(zone_is_known("Etc/GMT+5"));
        assert_true(zone_is_known("America/Argentina/Buenos_Aires"));
}

static void the_zone_of_the_process_stays(void **state)
{
        time_t time = 1780480800;
        struct tm before, after;
        setenv("TZ", "Asia/Tokyo", 1);
        tzset();
        localtime_r(&time, &before);
        Zone zone = zone_of("Europe/Berlin");
        localtime_r(&time, &after);
        assert_string_equal(getenv("TZ"), "Asia/Tokyo");
        assert_int_equal(before.tm_gmtoff, after.tm_gmtoff);
        free(zone.transitions);

        unsetenv("TZ");
        tzset();
        zone = zone_of("Europe/Berlin");
        assert_null(getenv("TZ"));
        free(zone.transitions);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(berlin_changes_twice_a_year),
                cmocka_unit_test(new_york_and_sydney_are_on_their_own_sides),
                cmocka_unit_test(utc_never_changes_and_never_ends),
                cmocka_unit_test(others_are_known_until_2100),
                cmocka_unit_test(starts_ascend_and_neighbours_differ),
                cmocka_unit_test(agrees_with_the_c_library),
                cmocka_unit_test(what_is_no_zone_is_refused),
                cmocka_unit_test(the_zone_of_the_process_stays),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
