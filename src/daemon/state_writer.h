/* SPDX-License-Identifier: MIT */
/*
 * State writer
 *
 * The part of the journal's thread that owns the store of live state: the changes of a batch of
 * entries in one transaction, after their rows.
 */
#pragma once

#include "daemon/journal_entry.h"

typedef struct StateWriter {
        const char *directory; /* borrowed */
        StateStore *store;     /* NULL while it is not open */
        bool may_make;         /* there was none: opening it anew loses nothing */
} StateWriter;

/* Makes the changes of a list of entries, whose rows have ids from first_id on, and marks these
 * entries as written when they are on disk; with them it is stored up to which row that is so. Says
 * in status whether the store is failing or damaged, and why.
 * Return: whether all of them were made. */
bool state_writer_write(StateWriter *writer, JournalEntry *first, int64_t first_id,
                        JournalStatus *status);
