/* SPDX-License-Identifier: MIT */
/* Change batch: see change_batch.h. */
#include "daemon/change_batch.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "daemon/change_queue.h"
#include "daemon/change_record.h"
#include "daemon/compiler.h"
#include "daemon/queued_change.h"
#include "daemon/server.h"
#include "policy/managed.h"
#include "util/file.h"

#define DETAIL_SIZE 1024

/* ---- The folder ---- */

int change_batch_open(Server *server)
{
        if (asprintf(&server->assignments, "%s/" MANAGED_DIRECTORY, server->options.state) < 0) {
                server->assignments = NULL;
                return -ENOMEM;
        }
        int r = change_files_open(server->state_fd, &server->changes.batch.directory_fd);
        if (r == 0)
                return 0;
        log_write(server->log, LOG_PRIORITY_ERROR, "%s: %s", server->assignments,
                  r > 0 ? file_problem_text(r) : strerror(-r));
        return r > 0 ? -EPERM : r;
}

/* ---- The list ---- */

static bool has_file(const ChangeBatch *batch, Text organization)
{
        for (size_t i = 0; i < batch->file_count; i++)
                if (text_equal(batch->files[i].organization, organization))
                        return true;
        return false;
}

bool change_batch_has_room(const ChangeBatch *batch, const QueuedChange *change)
{
        return batch->line_count + queued_change_lines(change) <= CHANGES_MAX &&
               (batch->file_count < CHANGE_FILES_MAX ||
                has_file(batch, change->read.query.resource.organization));
}

void change_batch_add(ChangeBatch *batch, QueuedChange *change)
{
        Text organization = change->read.query.resource.organization;
        if (!has_file(batch, organization))
                batch->files[batch->file_count++] = (ChangeFile){ .organization = organization };
        change->in_batch = true;
        change->next = NULL;
        if (batch->last)
                batch->last->next = change;
        else
                batch->first = change;
        batch->last = change;
        batch->count++;
        batch->line_count += queued_change_lines(change);
}

/* Writes the list into memory for the compiler. Return: 0 and the descriptor (owned by the
 * caller), -errno. */
static int write_list(const ChangeBatch *batch, int *ret_fd)
{
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        if (!stream)
                return -ENOMEM;
        int r = 0;
        for (const QueuedChange *change = batch->first; change && r == 0; change = change->next)
                r = queued_change_write(change, stream);
        if (fclose(stream) != 0 || r != 0)
                return -ENOMEM;
        _cleanup_close_ int fd = memfd_create("doorwardd-changes", MFD_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = file_write_all(fd, text, size);
        if (r < 0)
                return r;
        *ret_fd = fd;
        fd = -1;
        return 0;
}

/* ---- The end ---- */

/* Lets go of everything but the changes. */
static void release(Server *server)
{
        ChangeBatch *batch = &server->changes.batch;
        change_files_drop(batch->directory_fd, batch->files, batch->file_count);
        batch->timer = sd_event_source_disable_unref(batch->timer);
        batch->image = image_free(batch->image);
        cleanup_close(&batch->image_fd);
        batch->image_fd = -1;
        batch->file_count = batch->line_count = 0;
        compilation_end(server);
}

/* Answers all changes of the batch as they stand. */
static void finish_changes(ChangeBatch *batch)
{
        while (batch->first) {
                QueuedChange *change = batch->first;
                batch->first = change->next;
                queued_change_finish(change);
        }
        batch->last = NULL;
        batch->count = 0;
}

static void end(Server *server, bool made)
{
        ChangeBatch *batch = &server->changes.batch;
        batch->last_s = server_now_s(server);
        batch->last_made = made;
        release(server);
        finish_changes(batch);
        server_tell_ready(server);
        compilation_next(server);
}

/* Whether it could be made was all that was asked. */
static void end_trial(Server *server)
{
        release(server);
        finish_changes(&server->changes.batch);
        compilation_next(server);
}

static void refuse(Server *server, Reason reason, const char *detail)
{
        ChangeBatch *batch = &server->changes.batch;
        bool trial = batch->first && batch->first->facts.dry_run;
        for (QueuedChange *change = batch->first; change; change = change->next)
                queued_change_fail(change, reason, detail);
        if (trial)
                end_trial(server);
        else
                end(server, false);
}

/* ---- Into force ---- */

/* Puts assignments and image into force. Return: 0; -errno, and nothing has changed;
 * -ENOTRECOVERABLE. */
static int put_into_force(Server *server)
{
        ChangeBatch *batch = &server->changes.batch;
        bool changed;
        int r = change_files_follow(server->assignments, &batch->directory_fd);
        if (r != 0) /* what was compiled is not what lies there */
                return r < 0 ? r : -ESTALE;
        r = change_files_place(batch->directory_fd, batch->files, batch->file_count);
        if (r < 0)
                return r;
        r = policy_holder_take(&server->policy, &batch->image, &batch->image_fd, &changed);
        if (r < 0 &&
            change_files_put_back(batch->directory_fd, batch->files, batch->file_count) < 0)
                return -ENOTRECOVERABLE;
        return r;
}

static void note_made(Server *server)
{
        ChangeBatch *batch = &server->changes.batch;
        server_apply_settings(server);
        reload_note_served(server);
        alerts_set(server, ALERT_CHANGES_FAILING, false, NULL);
        batch->made += batch->count;
        for (QueuedChange *change = batch->first; change; change = change->next)
                memcpy(change->facts.revision, server->policy.revision,
                       sizeof(change->facts.revision));
        log_write(server->log, LOG_PRIORITY_NOTICE, "policy changed: %zu change%s, revision %s",
                  batch->count, batch->count == 1 ? "" : "s", server->policy.revision);
}

/* The rows are on disk. */
static void commit(Server *server)
{
        char detail[DETAIL_SIZE];
        int r = put_into_force(server);
        if (r == 0) {
                note_made(server);
                end(server, true);
                return;
        }
        (void)snprintf(detail, sizeof(detail), "the change cannot be put into force: %s",
                       strerror(-r));
        alerts_set(server, ALERT_CHANGES_FAILING, true, detail);
        change_record_take_back(server, server->changes.batch.first, detail);
        /* What is served must be what the text says, if some of it has changed all the same. */
        if (r == -ENOTRECOVERABLE)
                server->reload.wanted = true;
        refuse(server, REASON_POLICY_REFUSED, detail);
}

static void fail_recording(Server *server, bool any_written, const char *detail)
{
        server->counters.journal_failures++;
        if (any_written)
                change_record_take_back(server, server->changes.batch.first, detail);
        refuse(server, REASON_JOURNAL_FAILED, detail);
}

static void on_recorded(Server *server, bool all_written, bool any_written)
{
        ChangeBatch *batch = &server->changes.batch;
        batch->recording = NULL;
        batch->timer = sd_event_source_disable_unref(batch->timer);
        if (all_written)
                commit(server);
        else
                fail_recording(server, any_written, "the journal could not be written");
}

/* The journal takes longer than a request may. */
static int on_late(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        ChangeBatch *batch = &server->changes.batch;
        alerts_set(server, ALERT_JOURNAL_FAILING, true, "it takes too long");
        change_recording_abandon(batch->recording);
        batch->recording = NULL;
        fail_recording(server, true, "the journal takes too long");
        return 0;
}

static void record(Server *server)
{
        ChangeBatch *batch = &server->changes.batch;
        uint64_t timeout_us = server->policy.settings.request_seconds * 1000000ull;
        int r = sd_event_add_time_relative(server->event, &batch->timer, CLOCK_MONOTONIC,
                                           timeout_us, 0, on_late, server);
        if (r >= 0)
                r = change_recording_begin(server, batch->first, on_recorded, &batch->recording);
        if (r < 0)
                fail_recording(server, false, strerror(-r));
}

/* ---- The compiler ---- */

/* Maps what the compiler wrote. Return: false, and why not. */
static bool verify(Server *server, char *detail, size_t size)
{
        ChangeBatch *batch = &server->changes.batch;
        int r = image_store_load(server->compilation.image_fd, &batch->image, &batch->image_fd);
        if (r == 0)
                return true;
        (void)snprintf(detail, size, "the compiled policy cannot be used: %s",
                       r < 0     ? strerror(-r)
                       : r > 100 ? file_problem_text(r - 100)
                                 : image_problem_text(r));
        return false;
}

static void try_again(Server *server)
{
        release(server);
        changes_put_back(server);
        compilation_next(server);
}

static void on_compiled(void *data, const TaskResult *result)
{
        Server *server = data;
        char detail[DETAIL_SIZE];
        bool refused = result->status == COMPILER_REFUSED, done = result->status == COMPILER_DONE;
        if (!done)
                (void)compilation_error(result, detail, sizeof(detail));
        server->compilation.task = task_free(server->compilation.task);
        if (done && verify(server, detail, sizeof(detail))) {
                if (server->changes.batch.first->facts.dry_run)
                        end_trial(server);
                else
                        record(server);
        } else if (refused && server->changes.batch.count > 1)
                try_again(server);
        else
                refuse(server,
                       strstr(detail, MANAGED_BY_HAND) ? REASON_WRITTEN_BY_HAND
                                                       : REASON_POLICY_REFUSED,
                       detail);
}

/* No list could be made: that is how the batch ends. */
static void fail_to_list(Server *server, int error)
{
        char detail[DETAIL_SIZE];
        (void)snprintf(detail, sizeof(detail), "the changes cannot be written down: %s",
                       strerror(-error));
        refuse(server, REASON_POLICY_REFUSED, detail);
}

void change_batch_begin(Server *server)
{
        ChangeBatch *batch = &server->changes.batch;
        _cleanup_close_ int list_fd = -1;
        CompilationOptions options = { .holder = COMPILATION_OF_CHANGES };
        int r = write_list(batch, &list_fd);
        if (r < 0) {
                fail_to_list(server, r);
                return;
        }
        /* The compiler writes new files only. */
        change_files_drop(batch->directory_fd, batch->files, batch->file_count);
        options.changes_fd = list_fd;
        compilation_start(server, &options, on_compiled);
}

void change_batch_stop(Server *server)
{
        ChangeBatch *batch = &server->changes.batch;
        if (batch->first && !batch->recording)
                change_files_drop(batch->directory_fd, batch->files, batch->file_count);
}

void change_batch_close(Server *server)
{
        ChangeBatch *batch = &server->changes.batch;
        while (batch->first) {
                QueuedChange *change = batch->first;
                batch->first = change->next;
                queued_change_free(change);
        }
        sd_event_source_disable_unref(batch->timer);
        (void)image_free(batch->image);
        cleanup_close(&batch->image_fd);
        cleanup_close(&batch->directory_fd);
}
