/* SPDX-License-Identifier: MIT */
/* Tests of the state store, on a folder of their own. */
#include "state/state_store.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "scratch.h"
#include "store_fixture.h"
#include "util/file.h"
#include "util/timestamp.h"

static void what_was_written_is_read_again(void **state)
{
        char *folder = *state;
        const StateChange changes[] = {
                put_change(LIVE_SUSPENSION, "user:acme/ann"),
                put_change(LIVE_DATES, "user:acme/ann"),
                put_change(LIVE_OVERRIDE, "door:acme/HQ/D1"),
                put_change(LIVE_BLOCK, "door:acme/HQ/D1"),
                put_change(LIVE_LOCKDOWN, "lockdown:acme/fire"),
        };
        StateStore *store = open_store(folder);
        write_changes(store, changes, 5);
        store = state_store_close(store);
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        assert_int_equal(reread(folder, false, &records), 0);
        assert_int_equal(live_records_count(records), 5);
        for (size_t i = 0; i < 5; i++) {
                const LiveRecord *wanted = &changes[i].record, *found;
                found = live_records_find(records, wanted->kind, wanted->resource);
                assert_non_null(found);
                assert_true(text_equal(found->note.by, wanted->note.by));
                assert_true(text_equal(found->note.why, wanted->note.why));
                assert_true(text_equal(found->note.decision_id, wanted->note.decision_id));
                assert_int_equal(found->note.at_s, wanted->note.at_s);
                assert_true(found->from_s == wanted->from_s && found->until_s == wanted->until_s);
                assert_int_equal(found->ended, 0);
                if (wanted->kind == LIVE_OVERRIDE)
                        assert_int_equal(found->state, DOOR_STATE_CARD_AND_CODE);
        }
}

static void changes_take_each_others_place_and_can_be_removed(void **state)
{
        char *folder = *state;
        StateChange changes[] = { put_change(LIVE_SUSPENSION, "user:acme/ann"),
                                  put_change(LIVE_SUSPENSION, "user:acme/bob"),
                                  put_change(LIVE_SUSPENSION, "user:acme/ann"),
                                  put_change(LIVE_SUSPENSION, "user:acme/bob"),
                                  put_change(LIVE_DATES, "user:acme/eve") };
        changes[2].record.note.why = TEXT_LITERAL("second");
        changes[3].kind = STATE_CHANGE_REMOVE;
        changes[4].record.ended = true;
        StateStore *store = open_store(folder);
        write_changes(store, changes, 5);
        changes[1].kind = STATE_CHANGE_REMOVE; /* not there: nothing happens */
        write_changes(store, &changes[1], 1);
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        assert_int_equal(state_store_read(store, error, sizeof(error), &records), 0);
        assert_int_equal(live_records_count(records), 2);
        assert_true(text_is(live_records_at(records, 0)->note.why, "second"));
        assert_true(live_records_at(records, 1)->ended);
        (void)state_store_close(store);
}

static void all_changes_are_made_or_none(void **state)
{
        char *folder = *state;
        StateChange changes[] = { put_change(LIVE_SUSPENSION, "user:acme/ann"),
                                  put_change(LIVE_SUSPENSION, "door:acme/HQ/D1") };
        StateStore *store = open_store(folder);
        assert_int_equal(state_store_write(store, changes, 2, error, sizeof(error)), -EINVAL);
        changes[1] = put_change(LIVE_SUSPENSION, "user:acme/bob");
        changes[1].kind = STATE_CHANGE_RESET;
        assert_int_equal(state_store_write(store, changes, 2, error, sizeof(error)), -EINVAL);
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        assert_int_equal(state_store_read(store, error, sizeof(error), &records), 0);
        assert_int_equal(live_records_count(records), 0);
        (void)state_store_close(store);
}

static void the_highest_time_is_kept(void **state)
{
        char *folder = *state;
        int64_t highest_s = 0;
        StateStore *store = open_store(folder);
        assert_int_equal(state_store_highest(store, &highest_s), 0);
        assert_true(highest_s == TIMESTAMP_MIN);
        StateChange change = { STATE_CHANGE_HIGHEST, { .note.at_s = 1800000000 } };
        write_changes(store, &change, 1);
        change.record.note.at_s = 1700000000; /* set back on purpose */
        write_changes(store, &change, 1);
        store = state_store_close(store);
        store = open_store(folder);
        assert_int_equal(state_store_highest(store, &highest_s), 0);
        assert_int_equal(highest_s, 1700000000);
        (void)state_store_close(store);
}

static void a_reading_is_found_again_in_the_same_boot_only(void **state)
{
        char *folder = *state;
        int64_t realtime_s = 0, steady_ms = 0;
        StateStore *store = open_store(folder);
        const Text boot = TEXT_LITERAL("a"), other = TEXT_LITERAL("b");
        assert_int_equal(state_store_anchor(store, boot, &realtime_s, &steady_ms), 0);
        assert_true(realtime_s == TIMESTAMP_MIN);
        StateChange change = {
                STATE_CHANGE_HIGHEST,
                { .resource = boot, .note.at_s = 1800000000, .from_s = 1799999000, .until_s = 5000 }
        };
        write_changes(store, &change, 1);
        store = state_store_close(store);
        store = open_store(folder);
        assert_int_equal(state_store_anchor(store, other, &realtime_s, &steady_ms), 0);
        assert_true(realtime_s == TIMESTAMP_MIN);
        assert_int_equal(state_store_anchor(store, TEXT_NULL, &realtime_s, &steady_ms), 0);
        assert_true(realtime_s == TIMESTAMP_MIN);
        assert_int_equal(state_store_anchor(store, boot, &realtime_s, &steady_ms), 0);
        assert_int_equal(realtime_s, 1799999000);
        assert_int_equal(steady_ms, 5000);
        /* A time without a reading leaves none. */
        change = (StateChange){ STATE_CHANGE_HIGHEST, { .note.at_s = 1800000001 } };
        write_changes(store, &change, 1);
        assert_int_equal(state_store_anchor(store, boot, &realtime_s, &steady_ms), 0);
        assert_true(realtime_s == TIMESTAMP_MIN);
        assert_int_equal(state_store_anchor(store, TEXT_NULL, &realtime_s, &steady_ms), 0);
        assert_true(realtime_s == TIMESTAMP_MIN);
        (void)state_store_close(store);
}

static void a_reading_that_is_not_what_was_written_is_damage(void **state)
{
        char *folder = *state;
        int64_t realtime_s = 0, steady_ms = 0;
        const Text boot = TEXT_LITERAL("a");
        StateStore *store = open_store(folder);
        StateChange change = {
                STATE_CHANGE_HIGHEST,
                { .resource = boot, .note.at_s = 1800000000, .from_s = 1799999000, .until_s = 5000 }
        };
        write_changes(store, &change, 1);
        (void)state_store_close(store);
        run_sql(folder, "UPDATE facts SET value = value + 1 WHERE name = 'anchor'");
        store = open_store(folder);
        assert_int_equal(state_store_anchor(store, boot, &realtime_s, &steady_ms),
                         STATE_STORE_DAMAGED);
        (void)state_store_close(store);
}

static void it_says_up_to_which_row_of_the_journal_it_goes(void **state)
{
        char *folder = *state;
        int64_t row_id = 0;
        StateStore *store = open_store(folder);
        assert_int_equal(state_store_covered(store, &row_id), 0);
        assert_int_equal(row_id, STATE_STORE_COVERED_UNKNOWN);
        StateChange changes[] = { put_change(LIVE_SUSPENSION, "user:acme/ann"),
                                  { STATE_CHANGE_COVERS, { .note.at_s = INT64_C(1) << 40 } } };
        write_changes(store, changes, 2);
        store = state_store_close(store);
        store = open_store(folder);
        assert_int_equal(state_store_covered(store, &row_id), 0);
        assert_int_equal(row_id, INT64_C(1) << 40);
        /* A transaction that fails says nothing new. */
        changes[0].record.resource = TEXT_LITERAL("door:acme/HQ/D1");
        changes[1].record.note.at_s = 7;
        assert_int_equal(state_store_write(store, changes, 2, error, sizeof(error)), -EINVAL);
        assert_int_equal(state_store_covered(store, &row_id), 0);
        assert_int_equal(row_id, INT64_C(1) << 40);
        (void)state_store_close(store);
}

static void a_reader_makes_no_files(void **state)
{
        char *folder = *state;
        LiveRecords *records = NULL;
        assert_int_equal(reread(folder, true, &records), STATE_STORE_ABSENT);
        assert_false(exists(folder, STATE_FILE));
        StateStore *store = open_store(folder);
        StateChange change = put_change(LIVE_SUSPENSION, "user:acme/ann");
        write_changes(store, &change, 1);
        /* Beside one who writes */
        assert_true(exists(folder, STATE_FILE "-wal"));
        assert_int_equal(reread(folder, true, &records), 0);
        assert_int_equal(live_records_count(records), 1);
        records = live_records_free(records);
        change = put_change(LIVE_SUSPENSION, "user:acme/bob");
        write_changes(store, &change, 1);
        store = state_store_close(store);
        /* And when nobody does */
        assert_false(exists(folder, STATE_FILE "-wal"));
        assert_int_equal(reread(folder, true, &records), 0);
        assert_int_equal(live_records_count(records), 2);
        records = live_records_free(records);
        assert_false(exists(folder, STATE_FILE "-wal"));
        assert_false(exists(folder, STATE_FILE "-shm"));
}

/* Copies the store as it lies there, as after a crash. */
static void copy_files(const char *from, const char *to, bool with_index)
{
        const char *const names[] = { STATE_FILE, STATE_FILE "-wal", STATE_FILE "-shm" };
        for (size_t i = 0; i < (with_index ? 3 : 2); i++) {
                _cleanup_free_ char *source = path_of(from, names[i]),
                                    *target = path_of(to, names[i]);
                _cleanup_free_ char *command;
                assert_true(asprintf(&command, "cp %s %s", source, target) > 0);
                assert_int_equal(system(command), 0);
        }
}

static void a_log_that_was_left_behind_counts(void **state)
{
        char *folder = *state;
        for (int with_index = 0; with_index < 2; with_index++) {
                char crashed[] = "/tmp/doorward-crashed-XXXXXX";
                assert_non_null(mkdtemp(crashed));
                StateStore *store = open_store(folder);
                StateChange change = put_change(LIVE_SUSPENSION, "user:acme/ann");
                write_changes(store, &change, 1);
                copy_files(folder, crashed, with_index);
                (void)state_store_close(store);
                LiveRecords *records = NULL;
                assert_int_equal(reread(crashed, true, &records), 0);
                assert_int_equal(live_records_count(records), 1);
                records = live_records_free(records);
                assert_int_equal(reread(crashed, false, &records), 0);
                assert_int_equal(live_records_count(records), 1);
                records = live_records_free(records);
                scratch_remove(crashed);
        }
}

static void a_later_version_is_left_alone(void **state)
{
        char *folder = *state;
        fill(folder, 1);
        run_sql(folder, "PRAGMA user_version = 2");
        LiveRecords *records = NULL;
        assert_int_equal(reread(folder, false, &records), STATE_STORE_NEWER);
        assert_int_equal(reread(folder, true, &records), STATE_STORE_NEWER);
        run_sql(folder, "PRAGMA user_version = 0");
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
}

static void a_log_without_its_file_is_damage(void **state)
{
        char *folder = *state;
        _cleanup_free_ char *path = path_of(folder, STATE_FILE);
        _cleanup_free_ char *log = path_of(folder, STATE_FILE "-wal");
        fill(folder, 1);
        assert_int_equal(rename(path, log), 0);
        LiveRecords *records = NULL;
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
        assert_int_equal(reread(folder, true, &records), STATE_STORE_DAMAGED);
        assert_false(exists(folder, STATE_FILE));
}

static void files_of_others_and_links_are_not_believed(void **state)
{
        char *folder = *state;
        _cleanup_free_ char *path = path_of(folder, STATE_FILE);
        _cleanup_free_ char *other = path_of(folder, "other");
        LiveRecords *records = NULL;
        fill(folder, 1);
        assert_int_equal(chmod(path, 0620), 0);
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
        assert_non_null(strstr(error, file_problem_text(FILE_WRITABLE)));
        assert_int_equal(chmod(path, 0600), 0);
        assert_int_equal(rename(path, other), 0);
        assert_int_equal(symlink(other, path), 0);
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
        assert_int_equal(reread(folder, true, &records), STATE_STORE_DAMAGED);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink("/nonexistent", path), 0);
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rename(other, path), 0);
        assert_int_equal(reread(folder, false, &records), 0);
        live_records_free(records);
        /* Only root can give a file away. */
        if (geteuid() == 0) {
                assert_int_equal(chown(path, 12345, 12345), 0);
                assert_int_equal(reread(folder, false, &records), STATE_STORE_DAMAGED);
                assert_non_null(strstr(error, file_problem_text(FILE_WRONG_OWNER)));
        }
}

static void a_damaged_store_is_moved_aside_and_stays_as_it_is(void **state)
{
        char *folder = *state;
        save(folder, "nothing", 7);
        assert_int_equal(state_store_move_aside(folder, 1700000000), 0);
        assert_false(exists(folder, STATE_FILE));
        assert_true(exists(folder, STATE_FILE ".damaged-1700000000"));
        LiveRecords *records = NULL;
        assert_int_equal(reread(folder, false, &records), 0);
        records = live_records_free(records);
        assert_int_equal(state_store_move_aside(folder, 1700000000), -EEXIST);
        assert_true(exists(folder, STATE_FILE));
}

static void a_store_that_was_replaced_takes_no_changes(void **state)
{
        char *folder = *state;
        _cleanup_free_ char *path = path_of(folder, STATE_FILE);
        _cleanup_free_ char *other = path_of(folder, "other");
        StateStore *store = open_store(folder);
        StateChange change = put_change(LIVE_SUSPENSION, "user:acme/ann");
        assert_int_equal(rename(path, other), 0);
        assert_int_equal(state_store_write(store, &change, 1, error, sizeof(error)), -ENOENT);
        assert_int_equal(rename(other, path), 0);
        write_changes(store, &change, 1);
        (void)state_store_close(store);
}

static void a_full_disk_fails_and_heals(void **state)
{
        char *folder = *state;
        struct rlimit before, small;
        StateStore *store = open_store(folder);
        StateChange change = put_change(LIVE_SUSPENSION, "user:acme/ann");
        write_changes(store, &change, 1);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        small = before;
        small.rlim_cur = 4096;
        assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        change = put_change(LIVE_SUSPENSION, "user:acme/bob");
        int r = state_store_write(store, &change, 1, error, sizeof(error));
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_true(r < 0 && *error);
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        assert_int_equal(reread(folder, true, &records), 0);
        assert_int_equal(live_records_count(records), 1);
        write_changes(store, &change, 1);
        records = live_records_free(records);
        assert_int_equal(state_store_read(store, error, sizeof(error), &records), 0);
        assert_int_equal(live_records_count(records), 2);
        (void)state_store_close(store);
}

static void a_store_that_cannot_be_made_is_an_error_and_none(void **state)
{
        char *folder = *state;
        struct rlimit before, none;
        StateStore *store = NULL;
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        none = before;
        none.rlim_cur = 0;
        assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
        int r = state_store_open(folder, false, error, sizeof(error), &store);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_true(r < 0 && *error);
        assert_false(exists(folder, STATE_FILE));
        store = open_store(folder);
        (void)state_store_close(store);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_was_written_is_read_again),
                TEST(changes_take_each_others_place_and_can_be_removed),
                TEST(all_changes_are_made_or_none),
                TEST(the_highest_time_is_kept),
                TEST(a_reading_is_found_again_in_the_same_boot_only),
                TEST(a_reading_that_is_not_what_was_written_is_damage),
                TEST(it_says_up_to_which_row_of_the_journal_it_goes),
                TEST(a_reader_makes_no_files),
                TEST(a_log_that_was_left_behind_counts),
                TEST(a_later_version_is_left_alone),
                TEST(a_log_without_its_file_is_damage),
                TEST(files_of_others_and_links_are_not_believed),
                TEST(a_damaged_store_is_moved_aside_and_stays_as_it_is),
                TEST(a_store_that_was_replaced_takes_no_changes),
                TEST(a_full_disk_fails_and_heals),
                TEST(a_store_that_cannot_be_made_is_an_error_and_none),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
