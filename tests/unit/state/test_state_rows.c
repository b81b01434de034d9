/* SPDX-License-Identifier: MIT */
/* Tests of what the rows of the state store are believed: whatever happened to them on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "store_fixture.h"
#include "util/timestamp.h"

static void a_row_that_is_none_is_damage(void **state)
{
        char *folder = *state;
        static const char *const CHANGES[] = {
                "DELETE FROM records WHERE resource = 'user:acme/u1'",
                "UPDATE records SET resource = 'user:acme/u9' WHERE resource = 'user:acme/u1'",
                "UPDATE records SET kind = 'dates' WHERE resource = 'user:acme/u1'",
                "UPDATE records SET kind = 'suspended' WHERE resource = 'user:acme/u1'",
                "UPDATE records SET until_time = 5",
                "UPDATE records SET until_time = 'never'",
                "UPDATE records SET ended = 1",
                "UPDATE records SET made_at = made_at + 1",
                "UPDATE records SET why = 'none'",
                "UPDATE records SET made_by = x'00'",
                "UPDATE facts SET value = value + 1",
                "DELETE FROM facts",
                "DROP TABLE facts",
                "DROP TABLE records",
        };
        for (size_t i = 0; i < sizeof(CHANGES) / sizeof(*CHANGES); i++) {
                fill(folder, 3);
                run_sql(folder, CHANGES[i]);
                LiveRecords *records = NULL;
                if (reread(folder, true, &records) != STATE_STORE_DAMAGED ||
                    reread(folder, false, &records) != STATE_STORE_DAMAGED)
                        fail_msg("believed after: %s", CHANGES[i]);
                assert_null(records);
                assert_true(*error);
                assert_int_equal(state_store_move_aside(folder, (int64_t)i), 0);
        }
}

static void no_change_makes_a_store_whole_again(void **state)
{
        char *folder = *state;
        fill(folder, 2);
        StateStore *store = open_store(folder);
        StateChange change = put_change(LIVE_BLOCK, "door:acme/HQ/D1");
        run_sql(folder, "DELETE FROM records WHERE resource = 'user:acme/u1'; DELETE FROM facts");
        assert_int_equal(state_store_write(store, &change, 1, error, sizeof(error)),
                         STATE_STORE_DAMAGED);
        (void)state_store_close(store);
        LiveRecords *records = NULL;
        assert_int_equal(reread(folder, true, &records), STATE_STORE_DAMAGED);
}

/* Whatever happens to the bytes: the records are all there and as they were, or it is said. */
static void check_sound_or_damaged(const char *folder, unsigned count, unsigned *damaged)
{
        for (int read_only = 0; read_only < 2; read_only++) {
                _cleanup_(live_records_freep) LiveRecords *records = NULL;
                int r = reread(folder, read_only, &records);
                if (r != 0) {
                        assert_true(r == STATE_STORE_DAMAGED || r == STATE_STORE_NEWER || r < 0);
                        ++*damaged;
                        continue;
                }
                assert_int_equal(live_records_count(records), count);
                for (unsigned i = 0; i < count; i++) {
                        char name[32];
                        (void)snprintf(name, sizeof(name), "user:acme/u%u", i);
                        const LiveRecord *record =
                                live_records_find(records, LIVE_SUSPENSION, text_from(name));
                        assert_non_null(record);
                        assert_true(record->until_s == TIMESTAMP_MAX);
                }
        }
}

static void corrupt_bytes_never_lose_a_suspension_silently(void **state)
{
        char *folder = *state;
        const unsigned count = 60;
        fill(folder, count);
        _cleanup_free_ char *bytes = NULL;
        size_t size = load(folder, &bytes);
        unsigned random = 11, damaged = 0;
        for (unsigned round = 0; round < 400; round++) {
                random = random * 1103515245u + 12345u;
                size_t at = (random >> 8) % size;
                char before = bytes[at];
                bytes[at] = (char)(before ^ (1 << round % 8));
                remove_logs(folder);
                save(folder, bytes, size);
                check_sound_or_damaged(folder, count, &damaged);
                bytes[at] = before;
        }
        assert_true(damaged > 0);
}

static void a_page_of_zeros_or_of_another_place_is_noticed(void **state)
{
        char *folder = *state;
        const unsigned count = 60;
        fill(folder, count);
        _cleanup_free_ char *bytes = NULL;
        size_t size = load(folder, &bytes), page = 4096;
        unsigned damaged = 0;
        assert_true(size >= 4 * page);
        for (size_t at = 0; at < size; at += page) {
                char before[4096];
                memcpy(before, bytes + at, page);
                memset(bytes + at, 0, page);
                save(folder, bytes, size);
                check_sound_or_damaged(folder, count, &damaged);
                memcpy(bytes + at, at ? bytes : bytes + page, page);
                remove_logs(folder);
                save(folder, bytes, size);
                check_sound_or_damaged(folder, count, &damaged);
                memcpy(bytes + at, before, page);
                remove_logs(folder);
        }
        assert_true(damaged > 0);
}

static void a_truncated_file_is_noticed(void **state)
{
        char *folder = *state;
        const unsigned count = 60;
        fill(folder, count);
        _cleanup_free_ char *bytes = NULL;
        size_t size = load(folder, &bytes);
        LiveRecords *records = NULL;
        for (size_t cut = 0; cut < size; cut += 1000) {
                unsigned damaged = 0;
                save(folder, bytes, cut);
                check_sound_or_damaged(folder, count, &damaged);
                remove_logs(folder);
        }
        save(folder, bytes, 0);
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
        assert_int_equal(reread(folder, true, &records), STATE_STORE_DAMAGED);
        save(folder, "this is no database, whatever its name says", 43);
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_row_that_is_none_is_damage),
                TEST(no_change_makes_a_store_whole_again),
                TEST(corrupt_bytes_never_lose_a_suspension_silently),
                TEST(a_page_of_zeros_or_of_another_place_is_noticed),
                TEST(a_truncated_file_is_noticed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
