/* SPDX-License-Identifier: MIT */
/* Journal writer: see journal_writer.h. */
#include "daemon/journal_writer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/eventfd.h>

#include "util/timestamp.h"

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

/* Waits for entries. Return: all of them, or NULL at the end. */
static JournalEntry *take_batch(JournalShared *shared, uint32_t *ret_mebibytes_max)
{
        (void)pthread_mutex_lock(&shared->lock);
        while (!shared->queue_first && !shared->ending)
                (void)pthread_cond_wait(&shared->work, &shared->lock);
        JournalEntry *batch = shared->queue_first;
        shared->queue_first = shared->queue_last = NULL;
        shared->status.queued = 0;
        *ret_mebibytes_max = shared->mebibytes_max;
        (void)pthread_mutex_unlock(&shared->lock);
        return batch;
}

/* Writes a batch, opening the database first if it is not open. */
static int write_batch(JournalWriter *writer, const JournalEntry *batch, uint32_t mebibytes_max,
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

/* Answers those who want to know open sessions: what was written before counts. */
static void find_sessions(JournalWriter *writer, const JournalEntry *batch)
{
        for (const JournalEntry *entry = batch; entry; entry = entry->next)
                if (entry->sessions && writer->database)
                        journal_database_find_sessions(writer->database,
                                                       entry->row.texts[JOURNAL_SUBJECT],
                                                       entry->sessions);
}

/* Marks entries, hands those that somebody waits for to the loop, and frees the others. */
static void hand_over(JournalShared *shared, JournalEntry *batch, bool written)
{
        while (batch) {
                JournalEntry *entry = batch;
                batch = entry->next;
                entry->next = NULL;
                entry->written = written;
                if (!entry->is_mark)
                        *(written ? &shared->status.written : &shared->status.lost) += 1;
                if (!entry->done) {
                        free(entry);
                        continue;
                }
                if (shared->completed_last)
                        shared->completed_last->next = entry;
                else
                        shared->completed_first = entry;
                shared->completed_last = entry;
        }
}

static void publish(JournalShared *shared, JournalEntry *batch, const JournalStatus *status,
                    bool written)
{
        (void)pthread_mutex_lock(&shared->lock);
        shared->status.failing = !written;
        shared->status.size = status->size;
        shared->status.replaced = status->replaced;
        memcpy(shared->status.error, written ? "" : status->error,
               written ? 1 : sizeof(status->error));
        hand_over(shared, batch, written);
        (void)pthread_mutex_unlock(&shared->lock);
        (void)eventfd_write(shared->event_fd, 1);
}

void *journal_writer_run(void *data)
{
        JournalWriter *writer = data;
        JournalShared *shared = writer->shared;
        uint32_t mebibytes_max;
        JournalEntry *batch;
        while ((batch = take_batch(shared, &mebibytes_max))) {
                int r = write_batch(writer, batch, mebibytes_max, &writer->status);
                find_sessions(writer, batch);
                publish(shared, batch, &writer->status, r == 0);
        }
        (void)journal_database_close(writer->database);
        free(writer);
        return NULL;
}
