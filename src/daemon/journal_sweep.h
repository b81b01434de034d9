/* SPDX-License-Identifier: MIT */
/*
 * Journal sweep
 *
 * Deleting what is too old, in steps that are short enough to go unnoticed between two batches:
 * first the rows that an index finds, class by class, then those of an older version.
 */
#pragma once

#include "daemon/journal_database.h"

typedef struct JournalSweep {
        bool running;
        int64_t now_s;
        int64_t before_s[EVENT_CLASS_COUNT]; /* INT64_MIN: nothing of that class */
        int event_class;                     /* the next to look at; EVENT_CLASS_COUNT: old rows */
        int64_t old_cursor;
        uint64_t deleted[EVENT_CLASS_COUNT]; /* so far */
} JournalSweep;

/* Begins, or goes on with other days. now_s and days as of journal_sweep(). */
void journal_sweep_begin(JournalSweep *sweep, int64_t now_s,
                         const uint32_t days[static EVENT_CLASS_COUNT]);

/* Does one step; with the last one the sweep no longer runs, and a row says what it has deleted.
 * deleted receives what this step deleted, added to what is there.
 * Return: 0; as journal_database_write(): the sweep is given up. */
int journal_sweep_step(JournalSweep *sweep, JournalDatabase *database,
                       uint64_t deleted[static EVENT_CLASS_COUNT]);
