/* SPDX-License-Identifier: MIT */
/* Journal writer: see journal_writer.h. */
#include "daemon/journal_writer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>

#include "util/timestamp.h"

#define SWEEP_BATCHES 64 /* a busy journal is swept once in so many batches */

int journal_writer_open(const char *path, char *error, size_t error_size, bool *ret_replaced,
                        JournalDatabase **ret_database)
{
        *ret_replaced = false;
        int r = journal_database_open(path, error, error_size, ret_database);
        if (r != JOURNAL_DATABASE_DAMAGED)
                return r;
        r = journal_database_move_aside(path, timestamp_now());
        if (r < 0)
                return r;
        *ret_replaced = true;
        return journal_database_open(path, error, error_size, ret_database);
}

/* Waits for entries, or for something to sweep. Return: false at the end; the entries, which may
 * be none while there is a sweep. */
static bool take_work(JournalWriter *writer, JournalEntry **ret_batch, uint32_t *ret_mebibytes_max)
{
        JournalShared *shared = writer->shared;
        (void)pthread_mutex_lock(&shared->lock);
        while (!shared->queue_first && !shared->ending && !shared->sweep_wanted &&
               !writer->sweep.running)
                (void)pthread_cond_wait(&shared->work, &shared->lock);
        *ret_batch = shared->queue_first;
        shared->queue_first = shared->queue_last = NULL;
        shared->status.queued = 0;
        *ret_mebibytes_max = shared->mebibytes_max;
        if (shared->sweep_wanted)
                journal_sweep_begin(&writer->sweep, shared->sweep_now_s, shared->sweep_days);
        shared->sweep_wanted = false;
        bool at_end = shared->ending && !*ret_batch;
        (void)pthread_mutex_unlock(&shared->lock);
        return !at_end;
}

/* Writes the rows of a batch, opening the database first if it is not open. */
static int write_rows(JournalWriter *writer, const JournalEntry *batch, uint32_t mebibytes_max,
                      JournalStatus *status)
{
        if (!writer->database) {
                bool replaced = false;
                int r = journal_writer_open(writer->shared->path, status->error,
                                            sizeof(status->error), &replaced, &writer->database);
                status->replaced = status->replaced || replaced;
                if (r != 0)
                        return r;
        }
        journal_database_set_size_max(writer->database, mebibytes_max);
        int r = journal_database_write(writer->database, batch, status->error,
                                       sizeof(status->error));
        if (r == 0)
                status->size = journal_database_size(writer->database);
        else if (r == JOURNAL_DATABASE_DAMAGED || r == -ENOENT)
                writer->database = journal_database_close(writer->database);
        return r;
}

/* Answers one who wants to know what is open. */
static void find(JournalEffects *effects, JournalEntry *entry)
{
        int result = SQLITE_OK;
        if (entry->sessions)
                journal_effects_find_sessions(effects, entry->row.texts[JOURNAL_SUBJECT],
                                              entry->sessions);
        if (entry->commands)
                result = journal_effects_find_commands(effects, entry->commands);
        if (entry->gateway)
                result = journal_effects_find_gateway(
                        effects, entry->row.texts[JOURNAL_CALLER_NAME], entry->gateway);
        entry->written = entry->written && result == SQLITE_OK;
}

/* Answers questions: what was written before them counts. */
static void answer_marks(JournalWriter *writer, JournalEntry *batch)
{
        for (JournalEntry *entry = batch; entry; entry = entry->next)
                if (entry->is_mark && writer->database)
                        find(journal_database_effects(writer->database), entry);
}

/* Rows say that changes were made, and they were not: further rows say so. */
static void write_not_made(JournalWriter *writer, const JournalEntry *batch)
{
        _cleanup_(journal_entries_freep) JournalEntry *first = NULL;
        JournalEntry **last = &first;
        size_t count = 0, lost = 0;
        for (const JournalEntry *entry = batch; entry; entry = entry->next) {
                if (entry->written || entry->change_count == 0 || entry->is_mark)
                        continue;
                JournalRow row =
                        journal_entry_not_made(&entry->row, text_from(writer->status.state_error));
                *last = journal_entry_new(&row);
                lost += *last ? 0 : 1;
                count += *last ? 1 : 0;
                last = *last ? &(*last)->next : last;
        }
        if (count && journal_database_write(writer->database, first, writer->status.error,
                                            sizeof(writer->status.error)) != 0) {
                lost += count;
                count = 0;
        }
        writer->status.written += count;
        writer->status.lost += lost;
}

/* Writes a batch and then, when that is on disk, what its rows change. Return: as write_rows(). */
static int write_batch(JournalWriter *writer, JournalEntry *batch, uint32_t mebibytes_max)
{
        int r = write_rows(writer, batch, mebibytes_max, &writer->status);
        size_t rows = 0;
        bool has_changes = false;
        for (JournalEntry *entry = batch; entry; entry = entry->next) {
                entry->written = r == 0 && entry->change_count == 0;
                has_changes = has_changes || entry->change_count;
                rows += entry->is_mark ? 0 : 1;
        }
        if (r != 0 || !has_changes)
                return r;
        int64_t first_id = journal_database_next_id(writer->database) - (int64_t)rows;
        if (!state_writer_write(&writer->state, batch, first_id, &writer->status))
                write_not_made(writer, batch);
        return 0;
}

/* Hands entries that somebody waits for to the loop, and frees the others. */
static void hand_over(JournalShared *shared, JournalEntry *batch, bool written)
{
        while (batch) {
                JournalEntry *entry = batch;
                batch = entry->next;
                entry->next = NULL;
                if (!entry->is_mark)
                        *(written ? &shared->status.written : &shared->status.lost) += 1;
                if (!entry->done) {
                        (void)journal_entry_free(entry);
                        continue;
                }
                if (shared->completed_last)
                        shared->completed_last->next = entry;
                else
                        shared->completed_first = entry;
                shared->completed_last = entry;
        }
}

static void publish(JournalShared *shared, JournalEntry *batch, JournalStatus *status, bool written)
{
        (void)pthread_mutex_lock(&shared->lock);
        shared->status.failing = !written;
        shared->status.size = status->size;
        shared->status.replaced = status->replaced;
        shared->status.written += status->written;
        shared->status.lost += status->lost;
        memcpy(shared->status.error, written ? "" : status->error,
               written ? 1 : sizeof(status->error));
        shared->status.state_failing = status->state_failing;
        shared->status.state_damaged = status->state_damaged;
        memcpy(shared->status.state_error, status->state_error, sizeof(status->state_error));
        hand_over(shared, batch, written);
        (void)pthread_mutex_unlock(&shared->lock);
        status->written = status->lost = 0; /* have been counted */
        (void)eventfd_write(shared->event_fd, 1);
}

/* One step of the sweep when nobody waits, or everybody has been served many times. */
static void sweep(JournalWriter *writer, bool is_idle)
{
        JournalStatus *status = &writer->status;
        if (!writer->sweep.running || (!is_idle && ++writer->batches < SWEEP_BATCHES))
                return;
        writer->batches = 0;
        /* A journal that cannot be opened is the next batch's to open, or to fail. */
        if (!writer->database ||
            journal_sweep_step(&writer->sweep, writer->database, status->deleted) != 0)
                writer->sweep.running = false;
        else if (!writer->sweep.running)
                status->swept_s = writer->sweep.now_s;
        if (writer->database)
                status->size = journal_database_size(writer->database);
        JournalShared *shared = writer->shared;
        (void)pthread_mutex_lock(&shared->lock);
        shared->status.size = status->size;
        shared->status.swept_s = status->swept_s;
        memcpy(shared->status.deleted, status->deleted, sizeof(status->deleted));
        (void)pthread_mutex_unlock(&shared->lock);
        if (!writer->sweep.running)
                (void)eventfd_write(shared->event_fd, 1);
}

void *journal_writer_run(void *data)
{
        JournalWriter *writer = data;
        uint32_t mebibytes_max;
        JournalEntry *batch;
        while (take_work(writer, &batch, &mebibytes_max)) {
                if (batch) {
                        int r = write_batch(writer, batch, mebibytes_max);
                        answer_marks(writer, batch);
                        publish(writer->shared, batch, &writer->status, r == 0);
                }
                sweep(writer, !batch);
        }
        (void)journal_database_close(writer->database);
        (void)state_store_close(writer->state.store);
        free(writer);
        return NULL;
}
