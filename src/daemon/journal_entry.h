/* SPDX-License-Identifier: MIT */
/* A row on its way to the disk: one allocation with all its texts. */
#pragma once

#include "daemon/journal.h"
#include "daemon/journal_class.h"

typedef struct JournalEntry {
        struct JournalEntry *next;
        JournalRow row; /* its texts lie in bytes */
        EventClass event_class;
        Text site; /* journal_site() of its resource; lies in bytes */
        JournalDone done;
        void *data;
        bool written;
        bool is_mark; /* no row: only tells how far the journal has come */
        char bytes[];
} JournalEntry;

/* Copies a row; texts are escaped (text_escape()) where they hold anything but printable
 * characters, and cut at JOURNAL_TEXT_MAX. Return: owned by the caller (free()), or NULL without
 * memory. */
JournalEntry *journal_entry_new(const JournalRow *row);
