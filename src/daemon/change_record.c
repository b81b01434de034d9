/* SPDX-License-Identifier: MIT */
/* Records of changes: see change_record.h. */
#include "daemon/change_record.h"

#include <errno.h>

#include "daemon/journal_entry.h"
#include "daemon/queued_change.h"
#include "daemon/server.h"

struct Recording {
        Server *server;
        RecordingDone done; /* NULL: abandoned */
        size_t waiting;     /* rows that the journal has not called back for */
        bool failed, any_written;
};

static void on_row(void *data, bool written)
{
        Recording *recording = data;
        recording->failed = recording->failed || !written;
        recording->any_written = recording->any_written || written;
        if (written)
                alerts_set(recording->server, ALERT_JOURNAL_FAILING, false, NULL);
        if (--recording->waiting > 0)
                return;
        Recording last = *recording;
        free(recording);
        if (last.done)
                last.done(last.server, !last.failed, last.any_written);
}

int change_recording_begin(Server *server, const QueuedChange *first, RecordingDone done,
                           Recording **ret_recording)
{
        Recording *recording = calloc(1, sizeof(*recording));
        if (!recording)
                return -ENOMEM;
        *recording = (Recording){ .server = server, .done = done };
        int r = 0;
        for (const QueuedChange *change = first; change && r == 0; change = change->next) {
                JournalRow row = queued_change_row(change);
                r = journal_append(server->journal, &row, on_row, recording);
                if (r == 0)
                        recording->waiting++;
        }
        if (recording->waiting == 0) {
                free(recording);
                return r;
        }
        recording->failed = r < 0;
        *ret_recording = recording;
        return 0;
}

void change_recording_abandon(Recording *recording)
{
        recording->done = NULL;
}

void change_record_take_back(Server *server, const QueuedChange *first, const char *why)
{
        for (const QueuedChange *change = first; change; change = change->next) {
                JournalRow row = queued_change_row(change);
                row = journal_entry_not_made(&row, text_from(why));
                (void)journal_append(server->journal, &row, NULL, NULL);
        }
}
