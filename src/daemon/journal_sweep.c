/* SPDX-License-Identifier: MIT */
/* Journal sweep: see journal_sweep.h. */
#include "daemon/journal_sweep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define DAY_SECONDS (24 * 60 * 60)

void journal_sweep_begin(JournalSweep *sweep, int64_t now_s,
                         const uint32_t days[static EVENT_CLASS_COUNT])
{
        if (!sweep->running)
                *sweep = (JournalSweep){ .running = true };
        sweep->now_s = now_s;
        for (int i = 0; i < EVENT_CLASS_COUNT; i++)
                sweep->before_s[i] =
                        days[i] > 0 ? now_s - (int64_t)days[i] * DAY_SECONDS : INT64_MIN;
}

/* "movements 12, sessions 3". Return: how many there were. */
static uint64_t describe(const JournalSweep *sweep, char *text, size_t size)
{
        uint64_t total = 0;
        size_t used = 0;
        for (int i = 0; i < EVENT_CLASS_COUNT; i++) {
                if (sweep->deleted[i] == 0)
                        continue;
                used += (size_t)snprintf(text + used, size - used, "%s%s %" PRIu64,
                                         total > 0 ? ", " : "", event_class_name((EventClass)i),
                                         sweep->deleted[i]);
                total += sweep->deleted[i];
        }
        return total;
}

/* What is deleted is on record. */
static int finish(JournalSweep *sweep, JournalDatabase *database)
{
        char why[256], error[200];
        sweep->running = false;
        if (describe(sweep, why, sizeof(why)) == 0)
                return 0;
        JournalRow row = { .time_s = sweep->now_s };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("retention");
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("done");
        row.texts[JOURNAL_REASON] = TEXT_LITERAL("deleted");
        row.texts[JOURNAL_WHY] = text_from(why);
        _cleanup_free_ JournalEntry *entry = journal_entry_new(&row);
        if (!entry)
                return -ENOMEM;
        return journal_database_write(database, entry, error, sizeof(error));
}

static int step_class(JournalSweep *sweep, JournalDatabase *database,
                      uint64_t deleted[static EVENT_CLASS_COUNT])
{
        int at = sweep->event_class;
        uint64_t count = 0;
        int r = 0;
        if (sweep->before_s[at] != INT64_MIN)
                r = journal_database_delete(database, (EventClass)at, sweep->before_s[at], &count);
        sweep->deleted[at] += count;
        deleted[at] += count;
        if (count < JOURNAL_DELETE_MAX)
                sweep->event_class++;
        return r;
}

static int step_old(JournalSweep *sweep, JournalDatabase *database,
                    uint64_t deleted[static EVENT_CLASS_COUNT])
{
        uint64_t counts[EVENT_CLASS_COUNT] = { 0 };
        int r = journal_database_delete_old(database, sweep->before_s, &sweep->old_cursor, counts);
        for (int i = 0; i < EVENT_CLASS_COUNT; i++) {
                sweep->deleted[i] += counts[i];
                deleted[i] += counts[i];
        }
        return r == JOURNAL_DATABASE_NO_MORE ? finish(sweep, database) : r;
}

int journal_sweep_step(JournalSweep *sweep, JournalDatabase *database,
                       uint64_t deleted[static EVENT_CLASS_COUNT])
{
        int r = sweep->event_class < EVENT_CLASS_COUNT ? step_class(sweep, database, deleted)
                                                       : step_old(sweep, database, deleted);
        if (r != 0)
                sweep->running = false;
        return r;
}
