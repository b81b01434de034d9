/* SPDX-License-Identifier: MIT */
/* Unmade changes: see journal_unmade.h. */
#include "daemon/journal_unmade.h"

#include <stdio.h>

#include "daemon/journal_schema.h"
#include "daemon/live_action.h"

#define WHY "the daemon was killed before it was stored"

/* A list that grows at its end. */
typedef struct List {
        JournalEntry *first, **last;
        size_t count;
} List;

static bool list_add(List *list, const JournalRow *row)
{
        *list->last = journal_entry_new(row);
        if (!*list->last)
                return false;
        list->last = &(*list->last)->next;
        list->count++;
        return true;
}

/* Who asked, and all texts of the rows that may be meant, the oldest first. */
static void write_sql(char *sql, size_t size)
{
        size_t used = (size_t)snprintf(sql, size, "SELECT caller_uid, caller_pid");
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                used += (size_t)snprintf(sql + used, size - used, ", %s", journal_text_columns[i]);
        (void)snprintf(sql + used, size - used,
                       " FROM events WHERE id > ?1 AND decision IN ('allow', 'done') AND class = "
                       "?2 AND decision_id NOT IN (SELECT decision_id FROM events WHERE id > ?1 "
                       "AND reason = 'change-not-made') ORDER BY id");
}

static JournalRow read_row(sqlite3_stmt *statement)
{
        JournalRow row = { .caller_uid = (uint32_t)sqlite3_column_int64(statement, 0),
                           .caller_pid = (pid_t)sqlite3_column_int64(statement, 1) };
        for (int i = 0; i < JOURNAL_TEXT_COUNT; i++)
                row.texts[i] = text_from((const char *)sqlite3_column_text(statement, 2 + i));
        return row;
}

/* Whether a row tells of something that is in the store if it was made. */
static bool is_of_store(const JournalRow *row)
{
        bool done = text_is(row->texts[JOURNAL_DECISION], "done");
        Text action = row->texts[JOURNAL_ACTION];
        if (text_is(row->texts[JOURNAL_KIND], "report"))
                return done && (text_is(action, "save") || text_is(action, "delete"));
        return !done && live_action_has_kind(row->texts[JOURNAL_KIND]);
}

/* That there are more. */
static JournalRow row_of_more(void)
{
        JournalRow row = { 0 };
        row = journal_entry_not_made(&row, TEXT_LITERAL("there are more such changes"));
        row.texts[JOURNAL_AFTER] = TEXT_NULL;
        return row;
}

static int collect(sqlite3_stmt *statement, int64_t newest_s, List *list)
{
        int result;
        while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
                JournalRow row = read_row(statement);
                if (!is_of_store(&row))
                        continue;
                bool is_more = list->count >= JOURNAL_UNMADE_MAX;
                row = is_more ? row_of_more() : journal_entry_not_made(&row, TEXT_LITERAL(WHY));
                row.time_s = newest_s;
                if (!list_add(list, &row))
                        return SQLITE_NOMEM;
                if (is_more)
                        return SQLITE_OK;
        }
        return result == SQLITE_DONE ? SQLITE_OK : result;
}

int journal_unmade_find(sqlite3 *connection, int64_t covered_id, int64_t newest_id,
                        JournalEntry **ret_first, size_t *ret_count)
{
        _cleanup_(journal_schema_finalize) sqlite3_stmt *statement = NULL;
        char sql[JOURNAL_SQL_SIZE_MAX];
        int64_t newest_s = 0, oldest_id = newest_id - JOURNAL_UNMADE_LOOK_MAX;
        List list = { .last = &list.first };
        write_sql(sql, sizeof(sql));
        int result = journal_schema_run(
                connection, "SELECT time FROM events ORDER BY id DESC LIMIT 1", &newest_s);
        if (result == SQLITE_OK)
                result = sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);
        if (result != SQLITE_OK)
                return result;
        (void)sqlite3_bind_int64(statement, 1, covered_id > oldest_id ? covered_id : oldest_id);
        (void)sqlite3_bind_int(statement, 2, EVENT_CLASS_ADMINISTRATION);
        result = collect(statement, newest_s, &list);
        if (result != SQLITE_OK) {
                (void)journal_entries_free(list.first);
                return result;
        }
        *ret_first = list.first;
        *ret_count = list.count;
        return SQLITE_OK;
}
