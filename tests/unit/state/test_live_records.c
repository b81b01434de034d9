/* SPDX-License-Identifier: MIT */
/* Tests of the set of live records. */
#include "state/live_records.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "util/timestamp.h"

#define MODEL_COUNT 400 /* resources that the comparison with a plain array goes over */

static LiveRecord suspension_of(const char *resource)
{
        return (LiveRecord){
                .kind = LIVE_SUSPENSION,
                .resource = text_from(resource),
                .note = { .at_s = 1000, .by = TEXT_LITERAL("ann"), .why = TEXT_LITERAL("lost") },
                .from_s = TIMESTAMP_MIN,
                .until_s = TIMESTAMP_MAX,
        };
}

static LiveRecord override_of(const char *resource, int64_t until_s)
{
        LiveRecord record = suspension_of(resource);
        record.kind = LIVE_OVERRIDE;
        record.state = DOOR_STATE_LOCKED;
        record.until_s = until_s;
        return record;
}

static void a_record_is_copied_and_found_by_its_name(void **state)
{
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        char name[] = "user:acme/ann", why[] = "badge lost";
        LiveRecord record = suspension_of(name);
        record.note.why = text_from(why);
        record.note.kind = LIVE_LOCKDOWN; /* is set right */
        assert_int_equal(live_records_put(records, &record), 0);
        memset(name, 'x', sizeof(name) - 1);
        memset(why, 'x', sizeof(why) - 1);
        const LiveRecord *found =
                live_records_find(records, LIVE_SUSPENSION, TEXT_LITERAL("user:acme/ann"));
        assert_non_null(found);
        assert_true(text_is(found->resource, "user:acme/ann"));
        assert_true(text_is(found->note.why, "badge lost"));
        assert_true(text_is(found->note.by, "ann"));
        assert_int_equal(found->note.kind, LIVE_SUSPENSION);
        assert_null(live_records_find(records, LIVE_DATES, TEXT_LITERAL("user:acme/ann")));
        assert_null(live_records_find(records, LIVE_SUSPENSION, TEXT_LITERAL("user:acme/an")));
}

static void a_second_record_takes_the_place_of_the_first(void **state)
{
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        LiveRecord record = override_of("door:acme/HQ/D1", 50);
        assert_int_equal(live_records_put(records, &record), 0);
        /* Its own texts may be borrowed from what it replaces. */
        record = *live_records_find(records, LIVE_OVERRIDE, record.resource);
        record.until_s = 60;
        assert_int_equal(live_records_put(records, &record), 0);
        assert_int_equal(live_records_count(records), 1);
        assert_int_equal(live_records_count_kind(records, LIVE_OVERRIDE), 1);
        const LiveRecord *found =
                live_records_find(records, LIVE_OVERRIDE, TEXT_LITERAL("door:acme/HQ/D1"));
        assert_int_equal(found->until_s, 60);
        assert_true(live_records_remove(records, LIVE_OVERRIDE, found->resource));
        assert_false(live_records_remove(records, LIVE_OVERRIDE, TEXT_LITERAL("door:acme/HQ/D1")));
        assert_int_equal(live_records_count_kind(records, LIVE_OVERRIDE), 0);
}

static void what_cannot_be_a_record_is_refused(void **state)
{
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        static char long_text[LIVE_TEXT_MAX + 1];
        memset(long_text, 'a', sizeof(long_text));
        LiveRecord good = override_of("door:acme/HQ/D1", 50), bad[12];
        for (size_t i = 0; i < 12; i++)
                bad[i] = good;
        bad[0].resource = TEXT_LITERAL("user:acme/ann");
        bad[1].resource = TEXT_LITERAL("door:acme");
        bad[2].resource = TEXT_LITERAL("door:acme/../D1");
        bad[3].resource = TEXT_NULL;
        bad[4].kind = LIVE_KIND_COUNT;
        bad[5].state = DOOR_STATE_COUNT;
        bad[6].from_s = bad[6].until_s;
        bad[7].ended = true;
        bad[8].note.by = (Text){ long_text, sizeof(long_text) };
        bad[9].note.why = (Text){ long_text, sizeof(long_text) };
        bad[10].note.decision_id = (Text){ long_text, LIVE_DECISION_ID_MAX + 1 };
        bad[11].kind = LIVE_LOCKDOWN;
        for (size_t i = 0; i < 12; i++)
                assert_int_equal(live_records_put(records, &bad[i]), -EINVAL);
        assert_int_equal(live_records_count(records), 0);
        good.note.why = (Text){ long_text, LIVE_TEXT_MAX };
        assert_int_equal(live_records_put(records, &good), 0);
}

/* A number that differs from run to run in nothing. */
static unsigned next(unsigned *random)
{
        *random = *random * 1103515245u + 12345u;
        return *random >> 16;
}

static void check_against(const LiveRecords *records, const int64_t *ends)
{
        size_t count = 0;
        int64_t now_s = 500, next_s = TIMESTAMP_MAX, first_ended = -1;
        for (int i = 0; i < MODEL_COUNT; i++) {
                if (ends[i] == 0)
                        continue;
                char name[32];
                (void)snprintf(name, sizeof(name), "door:acme/HQ/D%04d", i);
                const LiveRecord *record = live_records_at(records, count++);
                assert_non_null(record);
                assert_true(text_is(record->resource, name));
                assert_ptr_equal(live_records_find(records, LIVE_OVERRIDE, text_from(name)),
                                 record);
                assert_int_equal(record->until_s, ends[i]);
                if (ends[i] > now_s && ends[i] < next_s)
                        next_s = ends[i];
                if (ends[i] <= now_s && first_ended < 0)
                        first_ended = i;
        }
        assert_int_equal(live_records_count(records), count);
        assert_null(live_records_at(records, count));
        assert_true(live_records_next_end(records, now_s) == next_s);
        const LiveRecord *ended = live_records_first_ended(records, now_s);
        if (first_ended < 0) {
                assert_null(ended);
                return;
        }
        char name[32];
        (void)snprintf(name, sizeof(name), "door:acme/HQ/D%04d", (int)first_ended);
        assert_true(text_is(ended->resource, name));
}

static void the_set_agrees_with_a_plain_array(void **state)
{
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        static int64_t ends[MODEL_COUNT];
        unsigned random = 7;
        for (int step = 0; step < 4000; step++) {
                unsigned at = next(&random) % MODEL_COUNT;
                char name[32];
                (void)snprintf(name, sizeof(name), "door:acme/HQ/D%04u", at);
                if (next(&random) % 3) {
                        /* few of them ended at 500, so that the first one varies */
                        ends[at] = 480 + next(&random) % 300;
                        LiveRecord record = override_of(name, ends[at]);
                        record.from_s = 0;
                        assert_int_equal(live_records_put(records, &record), 0);
                } else {
                        assert_int_equal(
                                live_records_remove(records, LIVE_OVERRIDE, text_from(name)),
                                ends[at] != 0);
                        ends[at] = 0;
                }
                if (step % 50 == 0)
                        check_against(records, ends);
        }
        check_against(records, ends);
}

static int collect_kinds(void *data, const LiveRecord *record)
{
        char *kinds = data;
        kinds[strlen(kinds)] = (char)('0' + (int)record->kind);
        return strlen(kinds) == 3;
}

static void records_come_by_kind_and_then_name(void **state)
{
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        LiveRecord all[] = { override_of("door:acme/HQ/D1", 10), suspension_of("user:acme/zoe"),
                             suspension_of("user:acme/ann"), suspension_of("lockdown:acme/fire") };
        all[3].kind = LIVE_LOCKDOWN;
        for (size_t i = 0; i < 4; i++)
                assert_int_equal(live_records_put(records, &all[i]), 0);
        assert_true(text_is(live_records_at(records, 0)->resource, "user:acme/ann"));
        assert_true(text_is(live_records_at(records, 1)->resource, "user:acme/zoe"));
        assert_int_equal(live_records_at(records, 3)->kind, LIVE_LOCKDOWN);
        char kinds[8] = "";
        assert_int_equal(live_records_walk(records, collect_kinds, kinds), 1);
        assert_string_equal(kinds, "002");
}

static void dates_that_have_ended_do_not_end_again(void **state)
{
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        LiveRecord dates = suspension_of("user:acme/ann");
        dates.kind = LIVE_DATES;
        dates.until_s = 100;
        assert_int_equal(live_records_put(records, &dates), 0);
        assert_int_equal(live_records_next_end(records, 99), 100);
        assert_true(live_records_next_end(records, 100) == TIMESTAMP_MAX);
        assert_non_null(live_records_first_ended(records, 100));
        dates.ended = true;
        assert_int_equal(live_records_put(records, &dates), 0);
        assert_true(live_records_next_end(records, 99) == TIMESTAMP_MAX);
        assert_null(live_records_first_ended(records, 100));
        assert_non_null(live_records_find(records, LIVE_DATES, dates.resource));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_record_is_copied_and_found_by_its_name),
                cmocka_unit_test(a_second_record_takes_the_place_of_the_first),
                cmocka_unit_test(what_cannot_be_a_record_is_refused),
                cmocka_unit_test(the_set_agrees_with_a_plain_array),
                cmocka_unit_test(records_come_by_kind_and_then_name),
                cmocka_unit_test(dates_that_have_ended_do_not_end_again),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
