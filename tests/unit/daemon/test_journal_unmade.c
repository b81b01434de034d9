/* SPDX-License-Identifier: MIT */
/* Tests of journal_unmade.c: which rows are taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <unistd.h>

#include "daemon/journal_database.h"
#include "daemon/journal_unmade.h"

typedef struct Fixture {
        char folder[64];
        char path[100];
        JournalDatabase *database;
        int64_t time_s; /* of the next row */
} Fixture;

static char error[200];

static int setup(void **state)
{
        static Fixture fixture;
        fixture = (Fixture){ .folder = "/tmp/doorward-unmade-XXXXXX", .time_s = 1000 };
        *state = &fixture;
        if (!mkdtemp(fixture.folder))
                return -1;
        (void)snprintf(fixture.path, sizeof(fixture.path), "%s/journal.db", fixture.folder);
        return journal_database_open(fixture.path, error, sizeof(error), &fixture.database);
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        char command[100];
        fixture->database = journal_database_close(fixture->database);
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
        return system(command);
}

static JournalEntry *entry_of(Fixture *fixture, const char *kind, const char *action,
                              const char *decision, const char *id)
{
        JournalRow row = { .time_s = fixture->time_s++, .caller_uid = 17, .caller_pid = 18 };
        row.texts[JOURNAL_KIND] = text_from(kind);
        row.texts[JOURNAL_ACTION] = text_from(action);
        row.texts[JOURNAL_DECISION] = text_from(decision);
        row.texts[JOURNAL_DECISION_ID] = text_from(id);
        row.texts[JOURNAL_RESOURCE] = TEXT_LITERAL("door:acme/HQ/D1");
        row.texts[JOURNAL_BEFORE] = TEXT_LITERAL("was");
        row.texts[JOURNAL_AFTER] = TEXT_LITERAL("is");
        JournalEntry *entry = journal_entry_new(&row);
        assert_non_null(entry);
        return entry;
}

static void add(Fixture *fixture, const char *kind, const char *action, const char *decision,
                const char *id)
{
        JournalEntry *entry = entry_of(fixture, kind, action, decision, id);
        assert_int_equal(journal_database_write(fixture->database, entry, error, sizeof(error)), 0);
        (void)journal_entry_free(entry);
}

/* Rows that an SQL condition holds for. */
static int count_rows(const Fixture *fixture, const char *condition)
{
        char sql[300];
        sqlite3 *connection;
        int64_t count = -1;
        (void)snprintf(sql, sizeof(sql), "SELECT count(*) FROM events WHERE %s", condition);
        assert_int_equal(sqlite3_open(fixture->path, &connection), SQLITE_OK);
        assert_int_equal(journal_schema_run(connection, sql, &count), SQLITE_OK);
        (void)sqlite3_close(connection);
        return (int)count;
}

static size_t take_back(Fixture *fixture, int64_t covered_id)
{
        size_t count = 12345;
        assert_int_equal(journal_database_take_back(fixture->database, covered_id, &count), 0);
        return count;
}

static void what_the_store_would_hold_is_taken_back(void **state)
{
        Fixture *fixture = *state;
        add(fixture, "suspend", "suspend", "allow", "a");
        add(fixture, "resume", "resume", "allow", "b");
        add(fixture, "dates", "clear-dates", "allow", "c");
        add(fixture, "door", "release", "allow", "d");
        add(fixture, "lockdown", "start-lockdown", "allow", "e");
        add(fixture, "report", "save", "done", "f");
        add(fixture, "report", "delete", "done", "g");
        assert_int_equal(take_back(fixture, 0), 7);
        assert_int_equal(count_rows(fixture, "kind = 'alarm' AND decision = 'error' AND reason = "
                                             "'change-not-made' AND why != '' AND before = 'was' "
                                             "AND after = 'was' AND caller_uid = 17 AND "
                                             "resource = 'door:acme/HQ/D1' AND time = 1006"),
                         7);
        for (const char *id = "abcdefg"; *id; id++) {
                char condition[64];
                (void)snprintf(condition, sizeof(condition), "decision_id = '%c'", *id);
                assert_int_equal(count_rows(fixture, condition), 2);
        }
}

static void what_changes_nothing_there_is_left(void **state)
{
        Fixture *fixture = *state;
        add(fixture, "suspend", "suspend", "deny", "a");
        add(fixture, "door", "block", "error", "b");
        add(fixture, "door", "override", "ended", "c");
        add(fixture, "unlock", "access.door.unlock", "allow", "d");
        add(fixture, "change", "grant", "allow", "e");
        add(fixture, "report", "list", "done", "f");
        add(fixture, "report", "save", "deny", "g");
        add(fixture, "session-end", "session", "done", "h");
        assert_int_equal(take_back(fixture, 0), 0);
        assert_int_equal(count_rows(fixture, "1"), 8);
}

static void only_newer_rows_and_each_once(void **state)
{
        Fixture *fixture = *state;
        add(fixture, "suspend", "suspend", "allow", "a");
        add(fixture, "suspend", "suspend", "allow", "b");
        assert_int_equal(take_back(fixture, 2), 0);
        assert_int_equal(take_back(fixture, 1000), 0); /* of another journal */
        assert_int_equal(take_back(fixture, 1), 1);
        assert_int_equal(count_rows(fixture, "kind = 'alarm' AND decision_id = 'b'"), 1);
        assert_int_equal(take_back(fixture, 1), 0);
        assert_int_equal(take_back(fixture, 0), 1);
        assert_int_equal(count_rows(fixture, "kind = 'alarm'"), 2);
}

static void of_too_many_one_row_says_so(void **state)
{
        Fixture *fixture = *state;
        _cleanup_(journal_entries_freep) JournalEntry *first = NULL;
        JournalEntry **last = &first;
        for (unsigned i = 0; i < JOURNAL_UNMADE_MAX + 5; i++) {
                char id[16];
                (void)snprintf(id, sizeof(id), "%u", i);
                *last = entry_of(fixture, "door", "block", "allow", id);
                last = &(*last)->next;
        }
        assert_int_equal(journal_database_write(fixture->database, first, error, sizeof(error)), 0);
        assert_int_equal(take_back(fixture, 0), JOURNAL_UNMADE_MAX + 1);
        assert_int_equal(count_rows(fixture, "kind = 'alarm' AND decision_id = '' AND resource = "
                                             "'' AND why LIKE '%more%'"),
                         1);
        assert_int_equal(count_rows(fixture, "kind = 'alarm' AND decision_id != ''"),
                         JOURNAL_UNMADE_MAX);
}

static void an_empty_journal_has_none(void **state)
{
        assert_int_equal(take_back(*state, 0), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_the_store_would_hold_is_taken_back, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(what_changes_nothing_there_is_left, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(only_newer_rows_and_each_once, setup, teardown),
                cmocka_unit_test_setup_teardown(of_too_many_one_row_says_so, setup, teardown),
                cmocka_unit_test_setup_teardown(an_empty_journal_has_none, setup, teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
