/* SPDX-License-Identifier: MIT */
/* State writer: see state_writer.h. */
#include "daemon/state_writer.h"

#include <errno.h>
#include <stdio.h>

static void note(JournalStatus *status, int r)
{
        status->state_failing = r != 0;
        status->state_damaged = status->state_damaged || r == STATE_STORE_DAMAGED;
        if (r == 0)
                status->state_error[0] = '\0';
        else if (!*status->state_error)
                (void)snprintf(status->state_error, sizeof(status->state_error), "%s",
                               r < 0 ? strerror(-r) : "it cannot be believed");
}

/* Opens a store that is not there yet. One that cannot be read is not opened again: what is in
 * force would no longer be what it holds. Return: 0, a StateStoreProblem, -errno. */
static int ensure_open(StateWriter *writer, JournalStatus *status)
{
        if (writer->store)
                return 0;
        if (!writer->may_make)
                return status->state_damaged ? STATE_STORE_DAMAGED : -EIO;
        return state_store_open(writer->directory, false, status->state_error,
                                sizeof(status->state_error), &writer->store);
}

static int make_changes(StateWriter *writer, const StateChange *changes, size_t count,
                        JournalStatus *status)
{
        int r = ensure_open(writer, status);
        if (r == 0)
                r = state_store_write(writer->store, changes, count, status->state_error,
                                      sizeof(status->state_error));
        if (r == STATE_STORE_DAMAGED) {
                writer->store = state_store_close(writer->store);
                writer->may_make = false;
        }
        return r;
}

/* Moves the store aside and begins an empty one. */
static int reset(StateWriter *writer, int64_t now_s, JournalStatus *status)
{
        writer->store = state_store_close(writer->store);
        status->state_error[0] = '\0';
        int r = state_store_move_aside(writer->directory, now_s);
        if (r == 0) {
                writer->may_make = true; /* also later, when it cannot be made now */
                r = ensure_open(writer, status);
                status->state_damaged = false;
        }
        return r;
}

/* Makes the changes of the entries from one up to another, the last of whose rows has an id. */
static int write_run(StateWriter *writer, JournalEntry *from, const JournalEntry *until,
                     int64_t last_id, JournalStatus *status)
{
        size_t count = 0;
        for (const JournalEntry *entry = from; entry != until; entry = entry->next)
                count += entry->change_count;
        if (count == 0)
                return 0;
        _cleanup_free_ StateChange *changes = malloc((count + 1) * sizeof(*changes));
        if (!changes)
                return -ENOMEM;
        count = 0;
        for (const JournalEntry *entry = from; entry != until; entry = entry->next)
                for (size_t i = 0; i < entry->change_count; i++)
                        changes[count++] = entry->changes[i];
        changes[count++] = (StateChange){ STATE_CHANGE_COVERS, { .note.at_s = last_id } };
        int r = make_changes(writer, changes, count, status);
        note(status, r);
        for (JournalEntry *entry = from; entry != until; entry = entry->next)
                entry->written = entry->written || r == 0;
        return r;
}

static bool is_reset(const JournalEntry *entry)
{
        return entry->change_count == 1 && entry->changes->kind == STATE_CHANGE_RESET;
}

bool state_writer_write(StateWriter *writer, JournalEntry *first, int64_t first_id,
                        JournalStatus *status)
{
        bool all = true;
        int64_t next_id = first_id;
        while (first) {
                JournalEntry *until = first;
                for (; until && !is_reset(until); until = until->next)
                        next_id += until->is_mark ? 0 : 1;
                int r = 0;
                if (first != until) {
                        r = write_run(writer, first, until, next_id - 1, status);
                } else {
                        next_id += first->is_mark ? 0 : 1;
                        r = reset(writer, first->changes->record.note.at_s, status);
                        note(status, r);
                        first->written = r == 0;
                        until = first->next;
                }
                all = all && r == 0;
                first = until;
        }
        return all;
}
