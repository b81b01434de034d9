/* SPDX-License-Identifier: MIT */
/*
 * Journal
 *
 * The record of what was decided: rows appended by the event loop, written by one thread that owns
 * the database, as many in one synced transaction as are waiting (group commit). The loop never
 * waits: a row is copied into a bounded queue, and whoever waits for the disk is called back.
 *
 * The same thread owns the store of live state, so that a change of it is on disk only after the
 * row that tells of it, and both with as few syncs as there are batches.
 *
 * A row that cannot be written is never lost silently: it is counted, and the journal says that it
 * is failing. After a failure every new row is a new attempt, so that the journal heals by itself.
 * All functions belong to the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "daemon/journal_row.h"
#include "policy/daemon_settings.h"
#include "state/state_store.h"
#include "util/cleanup.h"
#include "util/text.h"

#define JOURNAL_FILE            "journal.db" /* in the state folder */
#define JOURNAL_QUEUE_MAX       16384        /* rows waiting to be written */
#define JOURNAL_QUEUE_MINOR_MAX (JOURNAL_QUEUE_MAX / 2)

typedef struct JournalStatus {
        bool failing;    /* the last attempt to write failed */
        char error[200]; /* why; "" */
        uint64_t size;   /* bytes in use; room that deleted rows have left is not counted */
        uint64_t size_max;
        uint64_t written; /* rows since the start */
        uint64_t lost;    /* rows that could not be written or queued since the start */
        uint32_t queued;
        bool replaced;                       /* a damaged journal was moved aside since the start */
        uint64_t deleted[EVENT_CLASS_COUNT]; /* rows that were too old, since the start */
        int64_t swept_s;                     /* as of when the last sweep deleted; 0: none yet */

        bool state_failing;    /* the last attempt to change the store of live state failed */
        bool state_damaged;    /* it cannot be believed; nothing is written until it is reset */
        char state_error[200]; /* why; "" */
} JournalStatus;

typedef struct Journal Journal;

/* Called on the loop when a row, and what it changes, is on disk (written) or could not be
 * written. */
typedef void (*JournalDone)(void *data, bool written);

/* Called on the loop after each batch that changed failing, replaced, the number of lost rows, or
 * what is known of the store of live state, and when the size passes another percent of its cap. */
typedef void (*JournalChanged)(void *data);

/* The store of live state, as its opening left it. */
typedef struct JournalState {
        StateStore *store; /* taken by journal_open() when that succeeds; NULL: not open */
        bool may_make;     /* there is none and none could be made: it is tried again */
        bool damaged;
        const char *error;  /* why it is not open */
        int64_t covered_id; /* state_store_covered() */
} JournalState;

typedef struct JournalOptions {
        const char *directory; /* state folder */
        JournalState state;
        uint32_t mebibytes_max;
        JournalChanged changed; /* may be NULL */
        void *data;
} JournalOptions;

enum JournalProblem {
        JOURNAL_NEWER = 1, /* written by a later version of the program; left as it is */
};

/* Opens the journal and starts its thread. One that is damaged is moved aside and a new one begun;
 * one that cannot be opened for another reason (no space, no access) is failing from the start.
 * Rows whose changes the store does not have are taken back (journal_unmade.h).
 * Return: 0 and the journal (owned by the caller), JOURNAL_NEWER, -errno. */
int journal_open(sd_event *event, const JournalOptions *options, Journal **ret_journal);

/* Writes what is queued, calls back for it, ends the thread and frees. Return: NULL. */
Journal *journal_close(Journal *journal);
DEFINE_CLEANUP(Journal *, journal_close);

/*
 * Appends a row. done may be NULL: then nobody waits for it.
 * Return: 0; -ENOBUFS when the queue is full (for a minor row: half full), -ENOSPC for a minor row
 * when the journal has grown beyond its share (so that nobody can fill it up by asking, and with
 * that keep doors shut), -ENOMEM, -ESHUTDOWN while it is being closed: the row counts as lost,
 * and done is not called.
 */
int journal_append(Journal *journal, const JournalRow *row, JournalDone done, void *data);

/* Appends rows that are written all in one transaction, or none of them; done as of the last one.
 * Return: as journal_append(), for all of them. */
int journal_append_rows(Journal *journal, const JournalRow *rows, size_t count, JournalDone done,
                        void *data);

/*
 * Appends a row that tells of changes of live state. The row is written first, then, when it is on
 * disk, the changes in one transaction with those of the other rows of its batch. done(written)
 * means that both are on disk; the change is not in force otherwise, and where the row is on disk
 * without it another one follows: kind alarm, decision error, reason change-not-made.
 * changes are copied. A row with a reset has no other change. row may be NULL for what nobody has
 * done: the highest time.
 * Return: as journal_append(), -EINVAL for a change that is not valid.
 */
int journal_append_changes(Journal *journal, const JournalRow *row, const StateChange *changes,
                           size_t count, JournalDone done, void *data);

/* Calls back when everything appended before has been written, or has failed to be (`written` says
 * nothing then). Return: as journal_append(). */
int journal_sync(Journal *journal, JournalDone done, void *data);

/* When the newest row was made that was there when the journal was opened. TIMESTAMP_MIN: none. */
int64_t journal_newest_s(const Journal *journal);

/* Finds open sessions of a person, also those appended just before; none when the journal cannot be
 * read. They are written to ret_sessions, whose `before` says where to begin, and which must last
 * until done is called (`written` says nothing). Return: as journal_append(). */
int journal_find_sessions(Journal *journal, Text subject, JournalSessions *ret_sessions,
                          JournalDone done, void *data);

/* Finds unlock commands that are open, the first by decision id, also those appended just before.
 * `written` says whether they could be read. The rest as of journal_find_sessions(). */
int journal_find_commands(Journal *journal, JournalCommands *ret_commands, JournalDone done,
                          void *data);

/* Finds how far a gateway ("caller:acme/gw-1") has told, likewise. */
int journal_find_gateway(Journal *journal, Text caller, JournalGateway *ret_gateway,
                         JournalDone done, void *data);

/* Changes the cap, from the next batch on. */
void journal_set_size_max(Journal *journal, uint32_t mebibytes_max);

void journal_status(Journal *journal, JournalStatus *ret_status);

/*
 * Asks the thread to delete what is too old: rows of a class that were written more than so many
 * days (0: none is) before now_s, which must be a time that can be trusted. It does so between
 * batches, a few rows at a time, and then appends one row that says how many of which class they
 * were (kind "retention"; none when nothing was deleted). The newest row always stays. A sweep
 * under way goes on with the new days.
 */
void journal_sweep(Journal *journal, int64_t now_s, const uint32_t days[static EVENT_CLASS_COUNT]);
