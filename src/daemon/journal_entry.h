/* SPDX-License-Identifier: MIT */
/* A row on its way to the disk: one allocation with all its texts. */
#pragma once

#include "daemon/journal.h"
#include "daemon/journal_class.h"

typedef struct JournalEntry {
        struct JournalEntry *next;
        JournalRow row; /* its texts and facts lie in bytes */
        EventClass event_class;
        Text site; /* journal_site() of its resource; lies in bytes */
        JournalDone done;
        void *data;
        bool written;
        bool is_mark;         /* no row: only tells how far the journal has come */
        StateChange *changes; /* of live state, that the row tells of; owned */
        size_t change_count;
        JournalSessions *sessions; /* of a mark: to be filled with those of its subject */
        JournalCommands *commands; /* of a mark: to be filled */
        JournalGateway *gateway;   /* of a mark: to be filled with that of its caller */
        char bytes[];
} JournalEntry;

/* What a row becomes that says that the changes of another one were not made, and why. Borrows from
 * both. */
JournalRow journal_entry_not_made(const JournalRow *row, Text why);

/* Frees an entry with its changes. Return: NULL. */
JournalEntry *journal_entry_free(JournalEntry *entry);

/* The same for a list. Return: NULL. */
JournalEntry *journal_entries_free(JournalEntry *first);
DEFINE_CLEANUP(JournalEntry *, journal_entries_free);

/* Copies a row; texts are escaped (text_escape()) where they hold anything but printable
 * characters, and cut at JOURNAL_TEXT_MAX. Return: owned by the caller (journal_entry_free()), or
 * NULL without memory. */
JournalEntry *journal_entry_new(const JournalRow *row);
