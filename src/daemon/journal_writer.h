/* SPDX-License-Identifier: MIT */
/*
 * Journal writer
 *
 * The thread behind the journal. It owns the database and the store of live state; everything else
 * it shares with the loop's thread lies in JournalShared and is touched under its lock only.
 */
#pragma once

#include <pthread.h>

#include "daemon/journal_sweep.h"
#include "daemon/state_writer.h"

typedef struct JournalShared {
        pthread_mutex_t lock;
        pthread_cond_t work;                            /* there are entries, or the end has come */
        JournalEntry *queue_first, *queue_last;         /* waiting */
        JournalEntry *completed_first, *completed_last; /* for the loop to call back */
        bool ending;
        uint32_t mebibytes_max;
        bool sweep_wanted;
        int64_t sweep_now_s;
        uint32_t sweep_days[EVENT_CLASS_COUNT];
        JournalStatus status;
        int event_fd; /* tells the loop that something has completed or changed */
        char *path;
} JournalShared;

/* The thread's function: takes a JournalWriter, which it frees. */
typedef struct JournalWriter {
        JournalShared *shared;     /* borrowed; outlives the thread */
        JournalDatabase *database; /* taken; NULL while it cannot be opened */
        StateWriter state;         /* its store is taken */
        JournalStatus status;      /* what the thread itself knows */
        JournalSweep sweep;
        unsigned batches; /* written since the last step of the sweep */
} JournalWriter;
void *journal_writer_run(void *writer);

/* Opens the database, moving a damaged one aside (which *ret_replaced says).
 * Return: as journal_database_open(). */
int journal_writer_open(const char *path, char *error, size_t error_size, bool *ret_replaced,
                        JournalDatabase **ret_database);
