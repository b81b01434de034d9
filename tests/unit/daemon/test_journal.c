/* SPDX-License-Identifier: MIT */
/* Tests of journal.c and journal_writer.c: the queue, the thread, and what the loop is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/journal.h"
#include "util/timestamp.h"

typedef struct Fixture {
        char folder[64];
        sd_event *event;
        Journal *journal;
        unsigned written, failed, changed;
} Fixture;

static void on_changed(void *data)
{
        ((Fixture *)data)->changed++;
}

static void on_done(void *data, bool written)
{
        Fixture *fixture = data;
        *(written ? &fixture->written : &fixture->failed) += 1;
}

static int open_journal(Fixture *fixture)
{
        JournalOptions options = {
                .directory = fixture->folder,
                .mebibytes_max = 64,
                .changed = on_changed,
                .data = fixture,
        };
        return journal_open(fixture->event, &options, &fixture->journal);
}

static int setup(void **state)
{
        static Fixture fixture;
        fixture = (Fixture){ .folder = "/tmp/journal-test-XXXXXX" };
        *state = &fixture;
        return mkdtemp(fixture.folder) && sd_event_new(&fixture.event) >= 0 &&
                               open_journal(&fixture) == 0
                       ? 0
                       : -1;
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

static int append(Fixture *fixture, bool wait)
{
        JournalRow row = { .time_s = 1 };
        row.texts[JOURNAL_USER] = TEXT_LITERAL("alice");
        return journal_append(fixture->journal, &row, wait ? on_done : NULL, fixture);
}

static void run_until_done(Fixture *fixture, unsigned count)
{
        for (int i = 0; i < 500 && fixture->written + fixture->failed < count; i++)
                (void)sd_event_run(fixture->event, 20000);
        assert_int_equal(fixture->written + fixture->failed, count);
}

static void a_row_is_called_back_for_when_it_is_on_disk(void **state)
{
        Fixture *fixture = *state;
        JournalStatus status;
        assert_int_equal(append(fixture, true), 0);
        assert_int_equal(fixture->written, 0);
        run_until_done(fixture, 1);
        journal_status(fixture->journal, &status);
        assert_int_equal(fixture->written, 1);
        assert_int_equal(status.written, 1);
        assert_false(status.failing);
        assert_true(status.size > 0);
}

static void many_rows_are_written_in_order_and_all(void **state)
{
        Fixture *fixture = *state;
        for (int i = 0; i < 3000; i++)
                assert_int_equal(append(fixture, i % 3 == 0), 0);
        run_until_done(fixture, 1000);
        assert_int_equal(fixture->failed, 0);
        fixture->journal = journal_close(fixture->journal);
        assert_int_equal(open_journal(fixture), 0);
}

static void closing_writes_what_is_queued(void **state)
{
        Fixture *fixture = *state;
        for (int i = 0; i < 100; i++)
                assert_int_equal(append(fixture, true), 0);
        fixture->journal = journal_close(fixture->journal);
        assert_int_equal(fixture->written, 100);
        assert_int_equal(open_journal(fixture), 0);
}

/* As a gateway tells them: row i of them is its event number i. */
static void rows_of_a_gateway(JournalRow *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                rows[i] = (JournalRow){ .time_s = 1, .sequence = i + 1 };
                rows[i].texts[JOURNAL_CALLER_NAME] = TEXT_LITERAL("caller:acme/gw-1");
                rows[i].facts[JOURNAL_FACT_STORE] = TEXT_LITERAL("aa");
        }
        rows[0].effect = JOURNAL_EFFECT_OPENS_COMMAND;
        rows[0].texts[JOURNAL_DECISION_ID] = TEXT_LITERAL("a0");
}

static void rows_that_belong_together_are_written_and_found(void **state)
{
        enum { COUNT = 5 };
        static JournalCommands commands;
        Fixture *fixture = *state;
        JournalRow rows[COUNT];
        JournalGateway gateway;
        JournalStatus status;
        rows_of_a_gateway(rows, COUNT);
        assert_int_equal(journal_append_rows(fixture->journal, rows, COUNT, on_done, fixture), 0);
        assert_int_equal(journal_find_gateway(fixture->journal, rows[0].texts[JOURNAL_CALLER_NAME],
                                              &gateway, on_done, fixture),
                         0);
        assert_int_equal(journal_find_commands(fixture->journal, &commands, on_done, fixture), 0);
        run_until_done(fixture, 3);
        assert_int_equal(fixture->written, 3);
        journal_status(fixture->journal, &status);
        assert_int_equal(status.written, COUNT);
        assert_string_equal(gateway.store, "aa");
        assert_int_equal(gateway.sequence, COUNT);
        assert_int_equal(commands.count, 1);
        assert_string_equal(commands.commands[0].decision_id, "a0");
        assert_int_equal(journal_append_rows(fixture->journal, rows, 0, on_done, fixture), -EINVAL);
}

static void rows_that_have_no_room_together_are_refused_together(void **state)
{
        static JournalRow rows[JOURNAL_QUEUE_MAX + 1];
        Fixture *fixture = *state;
        assert_int_equal(journal_append_rows(fixture->journal, rows, JOURNAL_QUEUE_MAX + 1, on_done,
                                             fixture),
                         -ENOBUFS);
        assert_int_equal(append(fixture, true), 0);
        run_until_done(fixture, 1);
        JournalStatus status;
        journal_status(fixture->journal, &status);
        assert_int_equal(status.written, 1);
}

/* Nobody may take a journal that cannot be read for one in which nothing is open. */
static void what_is_open_cannot_be_told_by_a_journal_that_is_gone(void **state)
{
        static JournalCommands commands;
        Fixture *fixture = *state;
        JournalGateway gateway;
        char path[100];
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->folder);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(journal_find_commands(fixture->journal, &commands, on_done, fixture), 0);
        assert_int_equal(journal_find_gateway(fixture->journal, TEXT_LITERAL("caller:acme/gw-1"),
                                              &gateway, on_done, fixture),
                         0);
        run_until_done(fixture, 2);
        assert_int_equal(fixture->failed, 2);
        assert_int_equal(rmdir(path), 0);
}

static void the_highest_time_is_stored_without_a_row(void **state)
{
        Fixture *fixture = *state;
        const StateChange highest = { STATE_CHANGE_HIGHEST, { .note.at_s = 1780315200 } };
        JournalOptions options = { .directory = fixture->folder,
                                   .state.may_make = true,
                                   .mebibytes_max = 64 };
        JournalStatus status;
        char error[200];
        int64_t stored_s;
        fixture->journal = journal_close(fixture->journal);
        assert_int_equal(journal_open(fixture->event, &options, &fixture->journal), 0);
        assert_true(journal_newest_s(fixture->journal) == TIMESTAMP_MIN);
        assert_int_equal(
                journal_append_changes(fixture->journal, NULL, &highest, 1, on_done, fixture), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->written, 1);
        journal_status(fixture->journal, &status);
        assert_int_equal(status.written, 0);
        assert_int_equal(append(fixture, true), 0);
        run_until_done(fixture, 2);
        fixture->journal = journal_close(fixture->journal);

        _cleanup_(state_store_closep) StateStore *store = NULL;
        assert_int_equal(state_store_open(fixture->folder, true, error, sizeof(error), &store), 0);
        assert_int_equal(state_store_highest(store, &stored_s), 0);
        assert_int_equal(stored_s, 1780315200);
        assert_int_equal(open_journal(fixture), 0);
        assert_int_equal(journal_newest_s(fixture->journal), 1);
}

static void a_removed_folder_fails_aloud_and_heals(void **state)
{
        Fixture *fixture = *state;
        char away[100];
        JournalStatus status;
        (void)snprintf(away, sizeof(away), "%s-away", fixture->folder);
        assert_int_equal(rename(fixture->folder, away), 0);
        assert_int_equal(append(fixture, true), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->failed, 1);
        journal_status(fixture->journal, &status);
        assert_true(status.failing);
        assert_int_equal(status.lost, 1);
        assert_true(strlen(status.error) > 0);
        assert_true(fixture->changed > 0);

        assert_int_equal(rename(away, fixture->folder), 0);
        assert_int_equal(append(fixture, true), 0);
        run_until_done(fixture, 2);
        assert_int_equal(fixture->written, 1);
        journal_status(fixture->journal, &status);
        assert_false(status.failing);
        assert_int_equal(status.lost, 1);
        assert_string_equal(status.error, "");
}

static void a_full_queue_counts_what_it_refuses(void **state)
{
        Fixture *fixture = *state;
        JournalStatus status;
        int refused = 0, r;
        /* Faster than any disk: the queue fills at some time. */
        for (int i = 0; i < 2000000 && refused < 10; i++)
                if ((r = append(fixture, false)) < 0) {
                        assert_int_equal(r, -ENOBUFS);
                        refused++;
                }
        journal_status(fixture->journal, &status);
        assert_int_equal(refused, 10);
        assert_int_equal(status.lost, 10);
}

static void a_damaged_journal_is_moved_aside_and_said_so(void **state)
{
        Fixture *fixture = *state;
        char path[100], command[160];
        JournalStatus status;
        fixture->journal = journal_close(fixture->journal);
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->folder);
        FILE *file = fopen(path, "w");
        for (int i = 0; i < 1000; i++)
                (void)fputs("garbage ", file);
        (void)fclose(file);
        assert_int_equal(open_journal(fixture), 0);
        journal_status(fixture->journal, &status);
        assert_true(status.replaced);
        assert_false(status.failing);
        (void)snprintf(command, sizeof(command), "ls %s/journal.db.damaged-* >/dev/null",
                       fixture->folder);
        assert_int_equal(system(command), 0);
        assert_int_equal(append(fixture, true), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->written, 1);
}

static int append_large(Fixture *fixture, bool is_minor, JournalShare share)
{
        static char text[4000];
        memset(text, 'a', sizeof(text));
        JournalRow row = { .time_s = 1, .is_minor = is_minor, .share = share };
        row.texts[JOURNAL_WHY] = (Text){ text, sizeof(text) };
        return journal_append(fixture->journal, &row, on_done, fixture);
}

static void what_anybody_can_cause_does_not_fill_the_journal(void **state)
{
        Fixture *fixture = *state;
        JournalStatus status;
        unsigned count = 0;
        int r = 0;
        journal_set_size_max(fixture->journal, 1);
        /* Who is nobody leaves room for those who ask, they for gateways. */
        static const struct {
                JournalShare share;
                unsigned percent;
        } shares[] = { { JOURNAL_SHARE_OUTSIDERS, 50 },
                       { JOURNAL_SHARE_ASKERS, 90 },
                       { JOURNAL_SHARE_GATEWAYS, 95 } };
        for (size_t i = 0; i < sizeof(shares) / sizeof(*shares); i++) {
                unsigned before = count;
                while (count < 1000 && (r = append_large(fixture, true, shares[i].share)) == 0)
                        run_until_done(fixture, ++count);
                assert_int_equal(r, -ENOSPC);
                assert_true(count > before);
                journal_status(fixture->journal, &status);
                assert_int_equal(status.lost, i + 1);
                assert_in_range(status.size * 100 / status.size_max, shares[i].percent,
                                shares[i].percent + 4);
        }
        assert_int_equal(fixture->failed, 0);
        /* There is room for what matters. */
        assert_int_equal(append_large(fixture, false, JOURNAL_SHARE_ASKERS), 0);
        run_until_done(fixture, count + 1);
        assert_int_equal(fixture->failed, 0);
}

/* The thread is kept from the database meanwhile. */
static void what_anybody_can_cause_does_not_fill_the_queue(void **state)
{
        Fixture *fixture = *state;
        char path[100];
        sqlite3 *other = NULL;
        JournalRow row = { .time_s = 1, .is_minor = true };
        unsigned count = 0;
        int r = 0;
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->folder);
        assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
        assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
        while (count < 2 * JOURNAL_QUEUE_MAX &&
               (r = journal_append(fixture->journal, &row, NULL, NULL)) == 0)
                count++;
        assert_int_equal(r, -ENOBUFS);
        assert_true(count >= JOURNAL_QUEUE_MINOR_MAX);
        /* There is room for what matters, and it is written. */
        (void)sqlite3_close(other);
        assert_int_equal(append(fixture, true), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->written, 1);
}

static void append_kind(Fixture *fixture, const char *kind, int64_t time_s)
{
        JournalRow row = { .time_s = time_s };
        row.texts[JOURNAL_KIND] = text_from(kind);
        unsigned before = fixture->written;
        assert_int_equal(journal_append(fixture->journal, &row, on_done, fixture), 0);
        run_until_done(fixture, before + 1);
}

static void a_sweep_deletes_by_class_and_says_so(void **state)
{
        enum { DAY = 24 * 60 * 60, COUNT = 700 };
        static const uint32_t days[EVENT_CLASS_COUNT] = {
                [EVENT_CLASS_MOVEMENT] = 90, [EVENT_CLASS_QUESTION] = 1
        };
        Fixture *fixture = *state;
        JournalStatus status;
        char path[100], expected[100];
        sqlite3 *connection;
        sqlite3_stmt *statement;
        for (int i = 0; i < COUNT; i++) {
                JournalRow row = { .time_s = i };
                row.texts[JOURNAL_KIND] = TEXT_LITERAL("unlock");
                assert_int_equal(journal_append(fixture->journal, &row, NULL, NULL), 0);
        }
        append_kind(fixture, "session-open", 1);
        append_kind(fixture, "ask", 99 * DAY);
        append_kind(fixture, "ask", 99 * DAY - 1);
        append_kind(fixture, "unlock", 10 * DAY);
        append_kind(fixture, "unlock", 10 * DAY - 1);
        append_kind(fixture, "alarm", 1);
        /* At exactly 90 days a row is not older than that. */
        journal_sweep(fixture->journal, 100 * DAY, days);
        for (int i = 0; i < 500; i++) {
                (void)sd_event_run(fixture->event, 20000);
                journal_status(fixture->journal, &status);
                if (status.swept_s != 0)
                        break;
        }
        assert_int_equal(status.swept_s, 100 * DAY);
        assert_int_equal(status.deleted[EVENT_CLASS_MOVEMENT], COUNT + 1);
        assert_int_equal(status.deleted[EVENT_CLASS_QUESTION], 1);
        assert_int_equal(status.deleted[EVENT_CLASS_SESSION], 0);
        fixture->journal = journal_close(fixture->journal);
        (void)snprintf(path, sizeof(path), "%s/journal.db", fixture->folder);
        (void)snprintf(expected, sizeof(expected),
                       "session-open ask unlock alarm retentionmovements %d, questions 1",
                       COUNT + 1);
        assert_int_equal(sqlite3_open(path, &connection), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(connection,
                                            "SELECT group_concat(kind || why, ' ') FROM (SELECT * "
                                            "FROM events ORDER BY id)",
                                            -1, &statement, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_string_equal((const char *)sqlite3_column_text(statement, 0), expected);
        sqlite3_finalize(statement);
        sqlite3_close(connection);
        assert_int_equal(open_journal(fixture), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_row_is_called_back_for_when_it_is_on_disk),
                TEST(many_rows_are_written_in_order_and_all),
                TEST(closing_writes_what_is_queued),
                TEST(rows_that_belong_together_are_written_and_found),
                TEST(rows_that_have_no_room_together_are_refused_together),
                TEST(what_is_open_cannot_be_told_by_a_journal_that_is_gone),
                TEST(the_highest_time_is_stored_without_a_row),
                TEST(a_removed_folder_fails_aloud_and_heals),
                TEST(a_full_queue_counts_what_it_refuses),
                TEST(a_damaged_journal_is_moved_aside_and_said_so),
                TEST(what_anybody_can_cause_does_not_fill_the_journal),
                TEST(what_anybody_can_cause_does_not_fill_the_queue),
                TEST(a_sweep_deletes_by_class_and_says_so),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
