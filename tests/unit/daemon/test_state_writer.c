/* SPDX-License-Identifier: MIT */
/* Tests of changes of live state on their way to the disk: journal.c and state_writer.c, with the
 * real thread, journal and store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <sqlite3.h>
#include <unistd.h>

#include "daemon/journal.h"
#include "util/timestamp.h"

typedef struct Fixture {
        char folder[64];
        sd_event *event;
        Journal *journal;
        unsigned written, failed;
} Fixture;

static char error[200];

static void on_done(void *data, bool written)
{
        Fixture *fixture = data;
        *(written ? &fixture->written : &fixture->failed) += 1;
}

/* Opens the store, and the journal that takes it. */
static void open_journal(Fixture *fixture)
{
        JournalOptions options = { .directory = fixture->folder, .mebibytes_max = 64 };
        int r = state_store_open(fixture->folder, false, error, sizeof(error),
                                 &options.state.store);
        options.state.covered_id = STATE_STORE_COVERED_UNKNOWN;
        if (r == 0)
                assert_int_equal(
                        state_store_covered(options.state.store, &options.state.covered_id), 0);
        options.state.damaged = r == STATE_STORE_DAMAGED;
        options.state.error = error;
        assert_int_equal(journal_open(fixture->event, &options, &fixture->journal), 0);
}

static int setup(void **state)
{
        static Fixture fixture;
        fixture = (Fixture){ .folder = "/tmp/doorward-writer-XXXXXX" };
        *state = &fixture;
        return mkdtemp(fixture.folder) && sd_event_new(&fixture.event) >= 0 ? 0 : -1;
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        char command[100];
        fixture->journal = journal_close(fixture->journal);
        sd_event_unref(fixture->event);
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
        return system(command);
}

static StateChange suspension(const char *resource)
{
        return (StateChange){ STATE_CHANGE_PUT,
                              { .kind = LIVE_SUSPENSION,
                                .resource = text_from(resource),
                                .from_s = TIMESTAMP_MIN,
                                .until_s = TIMESTAMP_MAX } };
}

static int append(Fixture *fixture, const StateChange *changes, size_t count)
{
        JournalRow row = { .time_s = 1 };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("live");
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("done");
        row.texts[JOURNAL_BEFORE] = TEXT_LITERAL("was");
        row.texts[JOURNAL_AFTER] = TEXT_LITERAL("is");
        return journal_append_changes(fixture->journal, &row, changes, count, on_done, fixture);
}

static void run_until_done(Fixture *fixture, unsigned count)
{
        for (int i = 0; i < 500 && fixture->written + fixture->failed < count; i++)
                (void)sd_event_run(fixture->event, 20000);
        assert_int_equal(fixture->written + fixture->failed, count);
}

static size_t count_records(const Fixture *fixture)
{
        _cleanup_(state_store_closep) StateStore *store = NULL;
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        assert_int_equal(state_store_open(fixture->folder, true, error, sizeof(error), &store), 0);
        assert_int_equal(state_store_read(store, error, sizeof(error), &records), 0);
        return live_records_count(records);
}

/* Rows of the journal that an SQL condition holds for. */
static int count_rows(const Fixture *fixture, const char *condition)
{
        char path[100], sql[300];
        sqlite3 *connection;
        sqlite3_stmt *statement;
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, JOURNAL_FILE);
        (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM events WHERE %s", condition);
        assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        int count = sqlite3_column_int(statement, 0);
        (void)sqlite3_finalize(statement);
        (void)sqlite3_close(connection);
        return count;
}

static void rename_store(const Fixture *fixture, const char *from, const char *to)
{
        char source[100], target[100];
        (void)snprintf(source, sizeof(source), "%s/%s", fixture->folder, from);
        (void)snprintf(target, sizeof(target), "%s/%s", fixture->folder, to);
        assert_int_equal(rename(source, target), 0);
}

static void a_change_is_on_disk_with_its_row_when_it_is_called_back_for(void **state)
{
        Fixture *fixture = *state;
        open_journal(fixture);
        StateChange changes[] = { suspension("user:acme/ann"), suspension("user:acme/bob") };
        assert_int_equal(append(fixture, changes, 2), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->written, 1);
        assert_int_equal(count_records(fixture), 2);
        assert_int_equal(count_rows(fixture, "kind = 'live' AND decision = 'done'"), 1);
        changes[0].kind = STATE_CHANGE_REMOVE;
        assert_int_equal(append(fixture, changes, 1), 0);
        run_until_done(fixture, 2);
        assert_int_equal(count_records(fixture), 1);
}

/* A row that says that somebody was suspended, without the change: as a kill leaves it. */
static void append_row(Fixture *fixture, const char *decision_id)
{
        JournalRow row = { .time_s = 1 };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("suspend");
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("allow");
        row.texts[JOURNAL_DECISION_ID] = text_from(decision_id);
        assert_int_equal(journal_append(fixture->journal, &row, NULL, NULL), 0);
}

static void rows_whose_changes_are_not_there_are_taken_back_at_the_start(void **state)
{
        Fixture *fixture = *state;
        StateChange change = suspension("user:acme/ann");
        open_journal(fixture);
        append_row(fixture, "before"); /* whatever it was, something after it is there */
        assert_int_equal(append(fixture, &change, 1), 0);
        fixture->journal = journal_close(fixture->journal);
        open_journal(fixture);
        append_row(fixture, "after");
        fixture->journal = journal_close(fixture->journal);
        assert_int_equal(count_rows(fixture, "kind = 'alarm'"), 0);
        for (int i = 0; i < 2; i++) {
                open_journal(fixture);
                fixture->journal = journal_close(fixture->journal);
                assert_int_equal(count_rows(fixture, "kind = 'alarm'"), 1);
                assert_int_equal(count_rows(fixture, "reason = 'change-not-made' AND decision = "
                                                     "'error' AND decision_id = 'after'"),
                                 1);
        }
}

static void without_a_store_that_says_how_far_it_goes_nothing_is_taken_back(void **state)
{
        Fixture *fixture = *state;
        open_journal(fixture);
        append_row(fixture, "one");
        fixture->journal = journal_close(fixture->journal);
        open_journal(fixture);
        fixture->journal = journal_close(fixture->journal);
        assert_int_equal(count_rows(fixture, "kind = 'alarm'"), 0);
}

static void many_changes_are_made_in_order_also_when_it_ends(void **state)
{
        Fixture *fixture = *state;
        open_journal(fixture);
        for (unsigned i = 0; i < 500; i++) {
                char name[32];
                (void)snprintf(name, sizeof(name), "user:acme/u%u", i / 2);
                StateChange change = suspension(name);
                if (i % 4 == 3)
                        change.kind = STATE_CHANGE_REMOVE;
                assert_int_equal(append(fixture, &change, 1), 0);
        }
        fixture->journal = journal_close(fixture->journal);
        assert_int_equal(fixture->written, 500);
        assert_int_equal(count_records(fixture), 125);
        assert_int_equal(count_rows(fixture, "kind = 'live'"), 500);
}

static void a_change_that_could_not_be_made_is_told_and_recorded(void **state)
{
        Fixture *fixture = *state;
        JournalStatus status;
        StateChange change = suspension("user:acme/ann");
        open_journal(fixture);
        rename_store(fixture, STATE_FILE, "elsewhere");
        assert_int_equal(append(fixture, &change, 1), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->failed, 1);
        journal_status(fixture->journal, &status);
        assert_true(status.state_failing && !status.state_damaged && !status.failing);
        assert_true(*status.state_error);
        assert_int_equal(count_rows(fixture, "kind = 'live'"), 1);
        assert_int_equal(count_rows(fixture, "kind = 'alarm' AND decision = 'error' AND reason = "
                                             "'change-not-made' AND why != '' AND after = 'was'"),
                         1);
        /* Every change is a new attempt. */
        rename_store(fixture, "elsewhere", STATE_FILE);
        assert_int_equal(append(fixture, &change, 1), 0);
        run_until_done(fixture, 2);
        assert_int_equal(fixture->written, 1);
        journal_status(fixture->journal, &status);
        assert_false(status.state_failing);
        assert_string_equal(status.state_error, "");
        assert_int_equal(count_records(fixture), 1);
}

static void rows_without_changes_do_not_need_the_store(void **state)
{
        Fixture *fixture = *state;
        open_journal(fixture);
        rename_store(fixture, STATE_FILE, "elsewhere");
        StateChange change = suspension("user:acme/ann");
        assert_int_equal(append(fixture, NULL, 0), 0);
        assert_int_equal(append(fixture, &change, 1), 0);
        assert_int_equal(append(fixture, NULL, 0), 0);
        run_until_done(fixture, 3);
        assert_int_equal(fixture->written, 2);
        assert_int_equal(fixture->failed, 1);
}

static void without_its_row_no_change_is_made(void **state)
{
        Fixture *fixture = *state;
        StateChange change = suspension("user:acme/ann");
        JournalStatus status;
        open_journal(fixture);
        rename_store(fixture, JOURNAL_FILE, "elsewhere");
        assert_int_equal(append(fixture, &change, 1), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->failed, 1);
        assert_int_equal(count_records(fixture), 0);
        journal_status(fixture->journal, &status);
        assert_true(status.failing && !status.state_failing);
        assert_int_equal(status.lost, 1);
}

static void what_cannot_be_stored_is_refused_at_once(void **state)
{
        Fixture *fixture = *state;
        open_journal(fixture);
        StateChange changes[] = { suspension("user:acme/ann"), suspension("door:acme/HQ/D1") };
        assert_int_equal(append(fixture, changes, 2), -EINVAL);
        changes[1] = (StateChange){ .kind = STATE_CHANGE_RESET };
        assert_int_equal(append(fixture, changes, 2), -EINVAL);
        assert_int_equal(fixture->written + fixture->failed, 0);
}

static void write_garbage(const Fixture *fixture)
{
        char path[100];
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, STATE_FILE);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs("no store", file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void a_damaged_store_takes_nothing_until_it_is_reset(void **state)
{
        Fixture *fixture = *state;
        JournalStatus status;
        StateChange change = suspension("user:acme/ann"), reset = { .kind = STATE_CHANGE_RESET };
        write_garbage(fixture);
        open_journal(fixture);
        journal_status(fixture->journal, &status);
        assert_true(status.state_damaged && !status.state_failing);
        assert_int_equal(append(fixture, &change, 1), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->failed, 1);
        /* What comes before and after a reset in one batch is made before and after it. */
        reset.record.note.at_s = 77;
        assert_int_equal(append(fixture, &change, 1), 0);
        assert_int_equal(append(fixture, &reset, 1), 0);
        assert_int_equal(append(fixture, &change, 1), 0);
        run_until_done(fixture, 4);
        assert_int_equal(fixture->failed, 2);
        assert_int_equal(fixture->written, 2);
        journal_status(fixture->journal, &status);
        assert_false(status.state_damaged || status.state_failing);
        assert_int_equal(count_records(fixture), 1);
        rename_store(fixture, STATE_FILE ".damaged-77", "kept");
}

static void a_reset_that_fails_changes_nothing(void **state)
{
        Fixture *fixture = *state;
        JournalStatus status;
        StateChange reset = { .kind = STATE_CHANGE_RESET };
        reset.record.note.at_s = 77;
        write_garbage(fixture);
        rename_store(fixture, STATE_FILE, STATE_FILE ".damaged-77");
        write_garbage(fixture);
        open_journal(fixture);
        assert_int_equal(append(fixture, &reset, 1), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->failed, 1);
        journal_status(fixture->journal, &status);
        assert_true(status.state_damaged && status.state_failing);
        rename_store(fixture, STATE_FILE, "still-there");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_change_is_on_disk_with_its_row_when_it_is_called_back_for),
                TEST(rows_whose_changes_are_not_there_are_taken_back_at_the_start),
                TEST(without_a_store_that_says_how_far_it_goes_nothing_is_taken_back),
                TEST(many_changes_are_made_in_order_also_when_it_ends),
                TEST(a_change_that_could_not_be_made_is_told_and_recorded),
                TEST(rows_without_changes_do_not_need_the_store),
                TEST(without_its_row_no_change_is_made),
                TEST(what_cannot_be_stored_is_refused_at_once),
                TEST(a_damaged_store_takes_nothing_until_it_is_reset),
                TEST(a_reset_that_fails_changes_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
