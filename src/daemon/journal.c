/* SPDX-License-Identifier: MIT */
/* Journal: see journal.h. This file is the loop's side; the thread's is journal_writer.c. */
#include "daemon/journal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "daemon/journal_writer.h"
#include "util/timestamp.h"

struct Journal {
        JournalShared shared;
        pthread_t thread;
        bool running;
        sd_event_source *source;
        JournalChanged changed;
        void *data;
        char *directory;
        JournalStatus told; /* what was known at the last call of changed() */
        int64_t newest_s;   /* at the start */
};

static uint64_t percent(const JournalStatus *status)
{
        return status->size_max ? status->size * 100 / status->size_max : 0;
}

static void tell_changes(Journal *journal)
{
        JournalStatus now;
        journal_status(journal, &now);
        bool differs = now.failing != journal->told.failing ||
                       now.replaced != journal->told.replaced || now.lost != journal->told.lost ||
                       percent(&now) != percent(&journal->told) ||
                       now.state_failing != journal->told.state_failing ||
                       now.state_damaged != journal->told.state_damaged;
        journal->told = now;
        if (differs && journal->changed)
                journal->changed(journal->data);
}

/* Calls back for everything that has completed. */
static void call_back(Journal *journal)
{
        JournalShared *shared = &journal->shared;
        (void)pthread_mutex_lock(&shared->lock);
        JournalEntry *entry = shared->completed_first;
        shared->completed_first = shared->completed_last = NULL;
        (void)pthread_mutex_unlock(&shared->lock);
        while (entry) {
                JournalEntry *next = entry->next;
                entry->done(entry->data, entry->written);
                (void)journal_entry_free(entry);
                entry = next;
        }
}

static int on_completed(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Journal *journal = userdata;
        eventfd_t count;
        (void)eventfd_read(fd, &count);
        call_back(journal);
        tell_changes(journal);
        return 0;
}

static int start_thread(Journal *journal, JournalDatabase **database, const JournalOptions *options)
{
        JournalWriter *writer = calloc(1, sizeof(*writer));
        if (!writer)
                return -ENOMEM;
        *writer = (JournalWriter){
                .shared = &journal->shared,
                .database = *database,
                .state = { .directory = journal->directory,
                           .store = options->state.store,
                           .may_make = options->state.may_make },
                .status = journal->shared.status,
        };
        int r = pthread_create(&journal->thread, NULL, journal_writer_run, writer);
        if (r != 0) {
                free(writer);
                return -r;
        }
        *database = NULL;
        journal->running = true;
        return 0;
}

static int set_up(Journal *journal, sd_event *event, const JournalOptions *options)
{
        JournalShared *shared = &journal->shared;
        (void)pthread_mutex_init(&shared->lock, NULL);
        (void)pthread_cond_init(&shared->work, NULL);
        shared->event_fd = -1;
        if (asprintf(&shared->path, "%s/%s", options->directory, JOURNAL_FILE) < 0) {
                shared->path = NULL;
                return -ENOMEM;
        }
        journal->directory = strdup(options->directory);
        if (!journal->directory)
                return -ENOMEM;
        bool unusable = options->state.error && *options->state.error;
        shared->status.state_failing = unusable && !options->state.damaged;
        shared->status.state_damaged = options->state.damaged;
        (void)snprintf(shared->status.state_error, sizeof(shared->status.state_error), "%s",
                       options->state.error ? options->state.error : "");
        journal_set_size_max(journal, options->mebibytes_max);
        journal->changed = options->changed;
        journal->data = options->data;
        shared->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (shared->event_fd < 0)
                return -errno;
        return sd_event_add_io(event, &journal->source, shared->event_fd, EPOLLIN, on_completed,
                               journal);
}

/* The last daemon may have been killed with rows on disk whose changes were not. */
static void take_back(JournalStatus *status, JournalDatabase *database, int64_t covered_id)
{
        size_t count = 0;
        if (covered_id == STATE_STORE_COVERED_UNKNOWN)
                return;
        if (journal_database_take_back(database, covered_id, &count) == 0)
                status->written += count;
        else
                status->lost++;
}

int journal_open(sd_event *event, const JournalOptions *options, Journal **ret_journal)
{
        _cleanup_(journal_closep) Journal *journal = calloc(1, sizeof(*journal));
        if (!journal)
                return -ENOMEM;
        int r = set_up(journal, event, options);
        if (r < 0)
                return r;
        JournalStatus *status = &journal->shared.status;
        _cleanup_(journal_database_closep) JournalDatabase *database = NULL;
        r = journal_writer_open(journal->shared.path, status->error, sizeof(status->error),
                                &status->replaced, &database);
        if (r == JOURNAL_DATABASE_NEWER)
                return JOURNAL_NEWER;
        status->failing = r != 0;
        if (database)
                status->size = journal_database_size(database);
        journal->newest_s = database ? journal_database_newest(database) : TIMESTAMP_MIN;
        if (database)
                take_back(status, database, options->state.covered_id);
        r = start_thread(journal, &database, options);
        if (r < 0)
                return r;
        *ret_journal = journal;
        journal = NULL;
        return 0;
}

Journal *journal_close(Journal *journal)
{
        if (!journal)
                return NULL;
        JournalShared *shared = &journal->shared;
        if (journal->running) {
                (void)pthread_mutex_lock(&shared->lock);
                shared->ending = true;
                (void)pthread_cond_signal(&shared->work);
                (void)pthread_mutex_unlock(&shared->lock);
                (void)pthread_join(journal->thread, NULL);
                call_back(journal);
        }
        sd_event_source_disable_unref(journal->source);
        cleanup_close(&shared->event_fd);
        (void)pthread_cond_destroy(&shared->work);
        (void)pthread_mutex_destroy(&shared->lock);
        free(shared->path);
        free(journal->directory);
        free(journal);
        return NULL;
}

static int refuse(Journal *journal, int error)
{
        (void)pthread_mutex_lock(&journal->shared.lock);
        journal->shared.status.lost++;
        (void)pthread_mutex_unlock(&journal->shared.lock);
        return error;
}

/* Whether so many entries may be queued. Return: 0, -ESHUTDOWN, -ENOBUFS, -ENOSPC. */
static int check_room(const JournalShared *shared, const JournalRow *row, size_t count)
{
        static const uint64_t twentieths[JOURNAL_SHARE_COUNT] = {
                [JOURNAL_SHARE_ASKERS] = 18,
                [JOURNAL_SHARE_OUTSIDERS] = 10,
                [JOURNAL_SHARE_GATEWAYS] = 19,
        };
        const JournalStatus *status = &shared->status;
        if (shared->ending) /* nobody would write it */
                return -ESHUTDOWN;
        if (status->queued + count > (row->is_minor ? JOURNAL_QUEUE_MINOR_MAX : JOURNAL_QUEUE_MAX))
                return -ENOBUFS;
        return row->is_minor && status->size >= status->size_max / 20 * twentieths[row->share]
                       ? -ENOSPC
                       : 0;
}

/* Puts a list of entries (taken), which the thread takes at once, into the queue. */
static int queue_list(Journal *journal, JournalEntry *first)
{
        JournalShared *shared = &journal->shared;
        JournalEntry *last = first;
        uint32_t count = 1;
        for (; last->next; last = last->next)
                count++;
        (void)pthread_mutex_lock(&shared->lock);
        int r = check_room(shared, &first->row, count);
        if (r == 0) {
                if (shared->queue_first)
                        shared->queue_last->next = first;
                else
                        shared->queue_first = first;
                shared->queue_last = last;
                if (shared->status.queued == 0)
                        (void)pthread_cond_signal(&shared->work);
                shared->status.queued += count;
        }
        (void)pthread_mutex_unlock(&shared->lock);
        if (r < 0)
                (void)journal_entries_free(first);
        return r;
}

int journal_append(Journal *journal, const JournalRow *row, JournalDone done, void *data)
{
        return journal_append_changes(journal, row, NULL, 0, done, data);
}

int journal_append_rows(Journal *journal, const JournalRow *rows, size_t count, JournalDone done,
                        void *data)
{
        _cleanup_(journal_entries_freep) JournalEntry *first = NULL;
        JournalEntry **last = &first, *entry = NULL;
        for (size_t i = 0; i < count; i++) {
                *last = entry = journal_entry_new(&rows[i]);
                if (!entry)
                        return refuse(journal, -ENOMEM);
                last = &entry->next;
        }
        if (!entry)
                return refuse(journal, -EINVAL);
        entry->done = done;
        entry->data = data;
        JournalEntry *list = first;
        first = NULL;
        int r = queue_list(journal, list);
        return r < 0 ? refuse(journal, r) : 0;
}

int journal_append_changes(Journal *journal, const JournalRow *row, const StateChange *changes,
                           size_t count, JournalDone done, void *data)
{
        for (size_t i = 0; i < count; i++)
                if (!state_change_is_valid(&changes[i]) ||
                    (count > 1 && changes[i].kind == STATE_CHANGE_RESET))
                        return refuse(journal, -EINVAL);
        JournalEntry *entry = journal_entry_new(row ? row : &(JournalRow){ 0 });
        if (!entry)
                return refuse(journal, -ENOMEM);
        entry->is_mark = !row;
        entry->changes = count ? state_changes_copy(changes, count) : NULL;
        entry->change_count = count;
        if (count && !entry->changes) {
                (void)journal_entry_free(entry);
                return refuse(journal, -ENOMEM);
        }
        entry->done = done;
        entry->data = data;
        int r = queue_list(journal, entry);
        return r < 0 ? refuse(journal, r) : 0;
}

/* A mark that carries one text. Return: owned by the caller, or NULL without memory. */
static JournalEntry *new_mark(JournalText which, Text text, JournalDone done, void *data)
{
        JournalRow row = { 0 };
        row.texts[which] = text;
        JournalEntry *entry = journal_entry_new(&row);
        if (!entry)
                return NULL;
        entry->is_mark = true;
        entry->done = done;
        entry->data = data;
        return entry;
}

int journal_sync(Journal *journal, JournalDone done, void *data)
{
        JournalEntry *entry = new_mark(JOURNAL_KIND, TEXT_NULL, done, data);
        return entry ? queue_list(journal, entry) : -ENOMEM;
}

int64_t journal_newest_s(const Journal *journal)
{
        return journal->newest_s;
}

int journal_find_sessions(Journal *journal, Text subject, JournalSessions *ret_sessions,
                          JournalDone done, void *data)
{
        ret_sessions->count = 0;
        JournalEntry *entry = new_mark(JOURNAL_SUBJECT, subject, done, data);
        if (!entry)
                return -ENOMEM;
        entry->sessions = ret_sessions;
        return queue_list(journal, entry);
}

int journal_find_commands(Journal *journal, JournalCommands *ret_commands, JournalDone done,
                          void *data)
{
        ret_commands->count = 0;
        JournalEntry *entry = new_mark(JOURNAL_KIND, TEXT_NULL, done, data);
        if (!entry)
                return -ENOMEM;
        entry->commands = ret_commands;
        return queue_list(journal, entry);
}

int journal_find_gateway(Journal *journal, Text caller, JournalGateway *ret_gateway,
                         JournalDone done, void *data)
{
        *ret_gateway = (JournalGateway){ 0 };
        JournalEntry *entry = new_mark(JOURNAL_CALLER_NAME, caller, done, data);
        if (!entry)
                return -ENOMEM;
        entry->gateway = ret_gateway;
        return queue_list(journal, entry);
}

void journal_set_size_max(Journal *journal, uint32_t mebibytes_max)
{
        (void)pthread_mutex_lock(&journal->shared.lock);
        journal->shared.mebibytes_max = mebibytes_max;
        journal->shared.status.size_max = (uint64_t)mebibytes_max << 20;
        (void)pthread_mutex_unlock(&journal->shared.lock);
}

void journal_status(Journal *journal, JournalStatus *ret_status)
{
        (void)pthread_mutex_lock(&journal->shared.lock);
        *ret_status = journal->shared.status;
        (void)pthread_mutex_unlock(&journal->shared.lock);
}

void journal_sweep(Journal *journal, int64_t now_s, const uint32_t days[static EVENT_CLASS_COUNT])
{
        JournalShared *shared = &journal->shared;
        (void)pthread_mutex_lock(&shared->lock);
        shared->sweep_wanted = true;
        shared->sweep_now_s = now_s;
        memcpy(shared->sweep_days, days, sizeof(shared->sweep_days));
        (void)pthread_cond_signal(&shared->work);
        (void)pthread_mutex_unlock(&shared->lock);
}
