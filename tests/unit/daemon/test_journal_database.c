/* SPDX-License-Identifier: MIT */
/* Tests of journal_database.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/journal_database.h"
#include "util/timestamp.h"

typedef struct Folder {
        char path[64];
        char journal[100];
        char error[200];
} Folder;

static int setup(void **state)
{
        static Folder folder;
        folder = (Folder){ .path = "/tmp/journal-test-XXXXXX" };
        if (!mkdtemp(folder.path))
                return -1;
        (void)snprintf(folder.journal, sizeof(folder.journal), "%s/journal.db", folder.path);
        *state = &folder;
        return 0;
}

static int teardown(void **state)
{
        const Folder *folder = *state;
        char command[100];
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", folder->path);
        return system(command);
}

static JournalDatabase *open_journal(Folder *folder)
{
        JournalDatabase *database;
        assert_int_equal(journal_database_open(folder->journal, folder->error,
                                               sizeof(folder->error), &database),
                         0);
        return database;
}

/* Return: as journal_database_write(). */
static int write_row(Folder *folder, JournalDatabase *database, const JournalRow *row)
{
        JournalEntry *entry = journal_entry_new(row);
        assert_non_null(entry);
        int r = journal_database_write(database, entry, folder->error, sizeof(folder->error));
        free(entry);
        return r;
}

/* What one SQL statement returns, over a connection of its own. */
static void query(const Folder *folder, const char *sql, char *result, size_t size)
{
        sqlite3 *connection;
        sqlite3_stmt *statement;
        assert_int_equal(sqlite3_open_v2(folder->journal, &connection, SQLITE_OPEN_READWRITE, NULL),
                         SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL), SQLITE_OK);
        int step = sqlite3_step(statement);
        (void)snprintf(result, size, "%s",
                       step == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : "");
        (void)sqlite3_finalize(statement);
        (void)sqlite3_close(connection);
}

#define assert_query(folder, sql, expected)                                                        \
        do {                                                                                       \
                char result_[256];                                                                 \
                query((folder), (sql), result_, sizeof(result_));                                  \
                assert_string_equal(result_, (expected));                                          \
        } while (0)

static void a_row_holds_what_was_written(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        JournalRow row = { .time_s = 1234, .caller_uid = 4294967294u, .caller_pid = 77 };
        static char names[JOURNAL_TEXT_COUNT][16];
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++) {
                (void)snprintf(names[i], sizeof(names[i]), "text %zu", i);
                row.texts[i] = text_from(names[i]);
        }
        row.would_deny = true;
        assert_int_equal(write_row(folder, database, &row), 0);
        journal_database_close(database);
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++) {
                char sql[64];
                (void)snprintf(sql, sizeof(sql), "SELECT %s FROM events", journal_text_columns[i]);
                assert_query(folder, sql, names[i]);
        }
        assert_query(folder,
                     "SELECT time || ' ' || caller_uid || ' ' || caller_pid || ' ' || observed || "
                     "' ' || would_deny FROM events",
                     "1234 4294967294 77 0 1");
}

static void the_newest_row_is_the_one_written_last(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        assert_true(journal_database_newest(database) == TIMESTAMP_MIN);
        assert_int_equal(write_row(folder, database, &(JournalRow){ .time_s = 2000 }), 0);
        assert_int_equal(journal_database_newest(database), 2000);
        assert_int_equal(write_row(folder, database, &(JournalRow){ .time_s = 1000 }), 0);
        assert_int_equal(journal_database_newest(database), 1000);
        journal_database_close(database);
}

static void what_is_written_survives_and_is_synced(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        JournalRow row = { .time_s = 1 };
        assert_int_equal(write_row(folder, database, &row), 0);
        database = journal_database_close(database);
        database = open_journal(folder);
        assert_int_equal(write_row(folder, database, &row), 0);
        assert_query(folder, "SELECT count(*) FROM events", "2");
        assert_query(folder, "PRAGMA journal_mode", "wal");
        assert_query(folder, "PRAGMA user_version", "4");
        journal_database_close(database);
}

static JournalRow session(JournalEffect effect, const char *user, pid_t pid, const char *terminal)
{
        JournalRow row = { .time_s = 1, .caller_pid = pid, .effect = effect };
        row.texts[JOURNAL_USER] = text_from(user);
        row.texts[JOURNAL_SERVICE] = TEXT_LITERAL("sshd");
        row.texts[JOURNAL_TERMINAL] = text_from(terminal);
        return row;
}

static void write_session(Folder *folder, JournalDatabase *database, JournalEffect effect,
                          const char *user, pid_t pid, const char *terminal)
{
        JournalRow row = session(effect, user, pid, terminal);
        assert_int_equal(write_row(folder, database, &row), 0);
}

static void closing_takes_the_newest_session_of_user_and_process_or_terminal(void **state)
{
        static const char open[] = "SELECT group_concat(id || user, ' ') FROM "
                                   "(SELECT id, user FROM sessions ORDER BY id)";
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        write_session(folder, database, JOURNAL_EFFECT_OPENS_SESSION, "alice", 10, "ssh");
        write_session(folder, database, JOURNAL_EFFECT_OPENS_SESSION, "alice", 11, "ssh");
        write_session(folder, database, JOURNAL_EFFECT_OPENS_SESSION, "al", 10, "ssh");
        write_session(folder, database, JOURNAL_EFFECT_OPENS_SESSION, "bob", 12, "");
        assert_query(folder, open, "1alice 2alice 3al 4bob");
        /* The process before the terminal. */
        write_session(folder, database, JOURNAL_EFFECT_CLOSES_SESSION, "alice", 10, "ssh");
        assert_query(folder, open, "2alice 3al 4bob");
        /* Another process on the same terminal. */
        write_session(folder, database, JOURNAL_EFFECT_CLOSES_SESSION, "alice", 99, "ssh");
        assert_query(folder, open, "3al 4bob");
        /* No terminal is not the same terminal. */
        write_session(folder, database, JOURNAL_EFFECT_CLOSES_SESSION, "bob", 99, "");
        assert_query(folder, open, "3al 4bob");
        write_session(folder, database, JOURNAL_EFFECT_NONE, "al", 10, "ssh");
        assert_query(folder, open, "3al 4bob");
        assert_query(folder, "SELECT count(*) FROM events", "8");
        journal_database_close(database);
}

static void open_session_of(Folder *folder, JournalDatabase *database, const char *subject,
                            pid_t pid, int64_t started)
{
        JournalRow row = session(JOURNAL_EFFECT_OPENS_SESSION, subject, pid, "");
        row.texts[JOURNAL_SUBJECT] = text_from(subject);
        row.caller_started = started;
        assert_int_equal(write_row(folder, database, &row), 0);
}

static void find_bob(JournalDatabase *database, JournalSessions *found)
{
        journal_effects_find_sessions(journal_database_effects(database), TEXT_LITERAL("bob"),
                                      found);
}

/* In portions; a process that has one of somebody else, too, is told from the others. */
static void all_sessions_of_a_person_are_found(void **state)
{
        enum { MORE = 3, COUNT = JOURNAL_SESSIONS_FOUND_MAX + MORE };
        static JournalSessions found = { .before = JOURNAL_SESSIONS_NEWEST };
        JournalDatabase *database = open_journal(*state);
        for (int pid = 1; pid <= COUNT; pid++)
                open_session_of(*state, database, "bob", pid, 5);
        open_session_of(*state, database, "eve", COUNT, 5);
        open_session_of(*state, database, "eve", COUNT - 1, 6); /* the number was used again */
        for (size_t expected = COUNT; expected > 0; expected -= found.count) {
                find_bob(database, &found);
                assert_int_equal(found.count, expected == COUNT ? COUNT - MORE : MORE);
                for (size_t i = 0; i < found.count; i++) {
                        assert_int_equal(found.sessions[i].pid, expected - i);
                        assert_int_equal(found.sessions[i].is_shared, expected - i == COUNT);
                }
        }
        find_bob(database, &found);
        assert_int_equal(found.count, 0);
        journal_database_close(database);
}

static void a_later_version_is_left_alone(void **state)
{
        Folder *folder = *state;
        char ignored[8];
        JournalDatabase *database = journal_database_close(open_journal(folder));
        query(folder, "PRAGMA user_version = 5", ignored, sizeof(ignored));
        assert_int_equal(journal_database_open(folder->journal, folder->error,
                                               sizeof(folder->error), &database),
                         JOURNAL_DATABASE_NEWER);
        assert_query(folder, "PRAGMA user_version", "5");
}

/* A journal as version 1 made it, with one row. */
static void make_version_1(const Folder *folder)
{
        static const char *const columns[] = {
                "kind",    "decision_id", "subject",     "identified",  "user",     "caller_name",
                "service", "action",      "resource",    "decision",    "reason",   "granted_by",
                "place",   "revision",    "remote_user", "remote_host", "terminal", "why",
        };
        char sql[4096], names[1024] = "", values[1024] = "", definitions[2048] = "";
        for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
                size_t used = strlen(names);
                (void)snprintf(names + used, sizeof(names) - used, ", %s", columns[i]);
                used = strlen(values);
                (void)snprintf(values + used, sizeof(values) - used, ", 'old %s'", columns[i]);
                used = strlen(definitions);
                (void)snprintf(definitions + used, sizeof(definitions) - used, ", %s TEXT NOT NULL",
                               columns[i]);
        }
        (void)snprintf(sql, sizeof(sql),
                       "PRAGMA journal_mode = WAL; CREATE TABLE events(id INTEGER PRIMARY KEY, "
                       "time INTEGER NOT NULL, caller_uid INTEGER, caller_pid INTEGER, "
                       "observed INTEGER NOT NULL, would_deny INTEGER NOT NULL%s);"
                       "CREATE TABLE sessions(id INTEGER PRIMARY KEY, opened INTEGER NOT NULL, "
                       "user TEXT NOT NULL, subject TEXT NOT NULL, service TEXT NOT NULL, "
                       "terminal TEXT NOT NULL, remote_host TEXT NOT NULL, pid INTEGER NOT NULL, "
                       "decision_id TEXT NOT NULL);"
                       "CREATE INDEX sessions_by_user ON sessions(service, user);"
                       "INSERT INTO events(time, caller_uid, caller_pid, observed, would_deny%s) "
                       "VALUES(5, 6, 7, 0, 0%s); PRAGMA user_version = 1",
                       definitions, names, values);
        sqlite3 *connection;
        assert_int_equal(sqlite3_open(folder->journal, &connection), SQLITE_OK);
        assert_int_equal(sqlite3_exec(connection, sql, NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(connection), SQLITE_OK);
}

static void rows_of_an_older_version_stay_as_they_are_beside_new_ones(void **state)
{
        Folder *folder = *state;
        make_version_1(folder);
        JournalDatabase *database = open_journal(folder);
        assert_query(folder, "PRAGMA user_version", "4");
        assert_query(folder, "SELECT kind || why || before || after FROM old_events",
                     "old kindold why");
        JournalRow row = { .time_s = 8 };
        row.texts[JOURNAL_BEFORE] = TEXT_LITERAL("-");
        row.texts[JOURNAL_AFTER] = TEXT_LITERAL("a role");
        assert_int_equal(write_row(folder, database, &row), 0);
        database = journal_database_close(database);
        database = open_journal(folder);
        assert_query(folder, "SELECT before || after FROM events WHERE time = 8", "-a role");
        assert_query(folder,
                     "SELECT (SELECT count(*) FROM events) || (SELECT count(*) FROM "
                     "old_events)",
                     "11");
        /* Ids go on, so that the order stays that of writing. */
        assert_query(folder, "SELECT min(id) FROM events", "2");
        journal_database_close(database);
}

static void an_older_version_that_cannot_be_brought_up_stays_as_it_is(void **state)
{
        Folder *folder = *state;
        char ignored[8];
        JournalDatabase *database;
        make_version_1(folder);
        /* The second of the columns is there already: the first must not stay either. */
        query(folder, "ALTER TABLE events ADD COLUMN after TEXT", ignored, sizeof(ignored));
        assert_int_equal(journal_database_open(folder->journal, folder->error,
                                               sizeof(folder->error), &database),
                         -EIO);
        assert_query(folder, "PRAGMA user_version", "1");
        assert_query(folder,
                     "SELECT count(*) FROM pragma_table_info('events') WHERE name = 'before'", "0");
}

static void a_damaged_file_is_seen_and_moved_aside(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database;
        FILE *file = fopen(folder->journal, "w");
        for (int i = 0; i < 1000; i++)
                (void)fputs("this is no database ", file);
        (void)fclose(file);
        assert_int_equal(journal_database_open(folder->journal, folder->error,
                                               sizeof(folder->error), &database),
                         JOURNAL_DATABASE_DAMAGED);
        assert_int_equal(journal_database_move_aside(folder->journal, 99), 0);
        char aside[128];
        struct stat status;
        (void)snprintf(aside, sizeof(aside), "%s.damaged-99", folder->journal);
        assert_int_equal(stat(aside, &status), 0);
        assert_int_equal(status.st_size, 20000);
        journal_database_close(open_journal(folder));
}

static void a_removed_file_takes_no_more_rows(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        JournalRow row = { .time_s = 1 };
        assert_int_equal(unlink(folder->journal), 0);
        assert_int_equal(write_row(folder, database, &row), -ENOENT);
        journal_database_close(database);
}

static void the_size_is_capped_and_nothing_is_lost_by_it(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        static char text[4000];
        memset(text, 'a', sizeof(text));
        JournalRow row = { .time_s = 1 };
        row.texts[JOURNAL_WHY] = (Text){ text, sizeof(text) };
        journal_database_set_size_max(database, 1);
        int written = 0, r;
        while ((r = write_row(folder, database, &row)) == 0 && written < 1000)
                written++;
        assert_int_equal(r, -EIO);
        assert_non_null(strstr(folder->error, "full"));
        assert_in_range(written, 100, 300);
        assert_true(journal_database_size(database) <= 1 << 20);
        char count[16];
        (void)snprintf(count, sizeof(count), "%d", written);
        assert_query(folder, "SELECT count(*) FROM events", count);
        journal_database_set_size_max(database, 2);
        assert_int_equal(write_row(folder, database, &row), 0);
        journal_database_close(database);
}

static void a_batch_is_written_whole_or_not_at_all(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        static char text[4000];
        memset(text, 'a', sizeof(text));
        JournalRow row = { .time_s = 1 };
        row.texts[JOURNAL_WHY] = (Text){ text, sizeof(text) };
        JournalEntry *first = NULL;
        for (int i = 0; i < 400; i++) {
                JournalEntry *entry = journal_entry_new(&row);
                entry->next = first;
                first = entry;
        }
        journal_database_set_size_max(database, 1);
        assert_int_equal(
                journal_database_write(database, first, folder->error, sizeof(folder->error)),
                -EIO);
        assert_query(folder, "SELECT count(*) FROM events", "0");
        journal_database_set_size_max(database, 8);
        assert_int_equal(
                journal_database_write(database, first, folder->error, sizeof(folder->error)), 0);
        assert_query(folder, "SELECT count(*) FROM events", "400");
        (void)journal_entries_free(first);
        journal_database_close(database);
}

static void write_kind(Folder *folder, JournalDatabase *database, const char *kind, int64_t time_s)
{
        JournalRow row = { .time_s = time_s };
        row.texts[JOURNAL_KIND] = text_from(kind);
        row.texts[JOURNAL_RESOURCE] = TEXT_LITERAL("door:acme/HQ/Tower/D1");
        assert_int_equal(write_row(folder, database, &row), 0);
}

static void what_is_too_old_is_deleted_a_few_rows_at_a_time(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        uint64_t deleted;
        for (int i = 0; i < JOURNAL_DELETE_MAX + 10; i++)
                write_kind(folder, database, "unlock", 100 + i);
        write_kind(folder, database, "alarm", 1);
        write_kind(folder, database, "unlock", 1000);
        uint64_t used = journal_database_size(database);
        assert_int_equal(journal_database_delete(database, EVENT_CLASS_MOVEMENT, 1000, &deleted),
                         0);
        assert_int_equal(deleted, JOURNAL_DELETE_MAX);
        assert_query(folder, "SELECT min(time) FROM events WHERE kind = 'unlock'", "356");
        assert_int_equal(journal_database_delete(database, EVENT_CLASS_MOVEMENT, 1000, &deleted),
                         0);
        assert_int_equal(deleted, 10);
        assert_query(folder, "SELECT group_concat(kind || time, ' ') FROM events",
                     "alarm1 unlock1000");
        /* What they leave is room. */
        assert_true(journal_database_size(database) < used);
        journal_database_close(database);
}

static void ids_of_deleted_rows_are_not_given_again(void **state)
{
        Folder *folder = *state;
        JournalDatabase *database = open_journal(folder);
        uint64_t deleted;
        for (int i = 0; i < 5; i++)
                write_kind(folder, database, "unlock", i);
        assert_int_equal(journal_database_delete(database, EVENT_CLASS_MOVEMENT, 1000, &deleted),
                         0);
        assert_int_equal(deleted, 4);
        database = journal_database_close(database);
        database = open_journal(folder);
        write_kind(folder, database, "unlock", 9);
        assert_query(folder, "SELECT group_concat(id, ' ') FROM events", "5 6");
        journal_database_close(database);
}

static void old_rows_are_deleted_by_their_kind(void **state)
{
        Folder *folder = *state;
        char ignored[8];
        int64_t before[EVENT_CLASS_COUNT] = { 100, INT64_MIN, INT64_MIN, INT64_MIN, 3 };
        uint64_t deleted[EVENT_CLASS_COUNT] = { 0 };
        int64_t cursor = 0;
        make_version_1(folder);
        query(folder, "UPDATE events SET kind = 'unlock'", ignored, sizeof(ignored));
        query(folder,
              "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 2999) "
              "INSERT INTO events SELECT NULL, i % 200, caller_uid, caller_pid, observed, "
              "would_deny, CASE i % 3 WHEN 0 THEN 'unlock' WHEN 1 THEN 'account' ELSE 'ask' END, "
              "decision_id, subject, identified, user, caller_name, service, action, resource, "
              "decision, reason, granted_by, place, revision, remote_user, remote_host, terminal, "
              "why FROM events, n",
              ignored, sizeof(ignored));
        JournalDatabase *database = open_journal(folder);
        int r, steps = 0;
        while ((r = journal_database_delete_old(database, before, &cursor, deleted)) == 0)
                steps++;
        assert_int_equal(r, JOURNAL_DATABASE_NO_MORE);
        assert_int_equal(steps, 3);
        assert_int_equal(deleted[EVENT_CLASS_MOVEMENT], 500);
        assert_int_equal(deleted[EVENT_CLASS_SESSION], 0);
        assert_int_equal(deleted[EVENT_CLASS_QUESTION], 15);
        assert_query(folder, "SELECT count(*) FROM old_events WHERE kind = 'unlock' AND time < 100",
                     "0");
        assert_query(folder, "SELECT count(*) FROM old_events", "2485");
        journal_database_close(database);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_row_holds_what_was_written),
                TEST(the_newest_row_is_the_one_written_last),
                TEST(what_is_written_survives_and_is_synced),
                TEST(closing_takes_the_newest_session_of_user_and_process_or_terminal),
                TEST(all_sessions_of_a_person_are_found),
                TEST(a_later_version_is_left_alone),
                TEST(rows_of_an_older_version_stay_as_they_are_beside_new_ones),
                TEST(what_is_too_old_is_deleted_a_few_rows_at_a_time),
                TEST(ids_of_deleted_rows_are_not_given_again),
                TEST(old_rows_are_deleted_by_their_kind),
                TEST(an_older_version_that_cannot_be_brought_up_stays_as_it_is),
                TEST(a_damaged_file_is_seen_and_moved_aside),
                TEST(a_removed_file_takes_no_more_rows),
                TEST(the_size_is_capped_and_nothing_is_lost_by_it),
                TEST(a_batch_is_written_whole_or_not_at_all),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
