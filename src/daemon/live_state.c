/* SPDX-License-Identifier: MIT */
/* Live state in the daemon: see live_state.h. */
#include "daemon/live_state.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/server.h"
#include "util/timestamp.h"

static const LiveState unknown = { .unknown = true };

/* One change on its way to the disk. */
typedef struct StoredChange {
        Server *server;
        StateChange *changes;
        size_t count;
        LiveStateDone done;
        void *data;
} StoredChange;

/* ---- Opening ---- */

static int read_store(LiveHolder *live, Text boot)
{
        int r = state_store_read(live->store, live->error, sizeof(live->error), &live->records);
        if (r == 0)
                r = state_store_highest(live->store, &live->highest_s);
        if (r == 0)
                r = state_store_covered(live->store, &live->covered_id);
        if (r == 0)
                r = state_store_anchor(live->store, boot, &live->anchor_s, &live->anchor_ms);
        return r;
}

/* Saved reports grant nothing: without them live state is as good. */
static void read_reports(Server *server)
{
        if (saved_reports_read(&server->saved_reports, server->live.store) != 0)
                log_write(server->log, LOG_PRIORITY_ERROR, "saved reports cannot be read");
}

/* There is nothing, and what there is cannot be made: nothing is in force. */
static int begin_without(LiveHolder *live)
{
        live->records = live_records_new();
        live->may_make = true;
        return live->records ? 0 : -ENOMEM;
}

static bool is_absent(const char *directory)
{
        char error[64];
        StateStore *store = NULL;
        int r = state_store_open(directory, true, error, sizeof(error), &store);
        (void)state_store_close(store);
        return r == STATE_STORE_ABSENT;
}

int live_state_open(Server *server)
{
        LiveHolder *live = &server->live;
        const char *directory = server->options.state;
        live->highest_s = live->anchor_s = TIMESTAMP_MIN;
        live->covered_id = STATE_STORE_COVERED_UNKNOWN;
        live->was_absent = is_absent(directory);
        int r = state_store_open(directory, false, live->error, sizeof(live->error), &live->store);
        if (r == 0)
                r = read_store(live, text_from(server->clock.boot));
        if (r == STATE_STORE_NEWER) {
                log_write(server->log, LOG_PRIORITY_ERROR,
                          "%s/%s was written by a later version of doorwardd; move it aside or "
                          "install that version",
                          directory, STATE_FILE);
                return -EPROTONOSUPPORT;
        }
        if (r == 0) {
                read_reports(server);
                return 0;
        }
        live->records = live_records_free(live->records);
        live->store = state_store_close(live->store);
        live->damaged = r == STATE_STORE_DAMAGED;
        if (r < 0 && is_absent(directory))
                return begin_without(live);
        return r == -ENOMEM ? r : 0;
}

void live_state_close(Server *server)
{
        LiveHolder *live = &server->live;
        live->bound = bound_state_free(live->bound);
        live->records = live_records_free(live->records);
        live->store = state_store_close(live->store);
        saved_reports_clear(&server->saved_reports);
}

JournalState live_state_store(Server *server)
{
        LiveHolder *live = &server->live;
        return (JournalState){ .store = live->store,
                               .may_make = live->may_make,
                               .damaged = live->damaged,
                               .error = live->error,
                               .covered_id = live->covered_id };
}

/* ---- Reading ---- */

/* Who is renamed in the text leaves his suspension behind: somebody has to know. */
static void count_unmatched(Server *server)
{
        LiveHolder *live = &server->live;
        const LiveRecord *one;
        char resource[160], detail[256];
        live->unmatched = bound_state_unmatched(live->bound, &one);
        if (live->unmatched > 0)
                (void)snprintf(detail, sizeof(detail), "%s of %s%s", live_kind_name(one->kind),
                               text_escape(one->resource, resource, sizeof(resource)),
                               live->unmatched > 1 ? ", and more" : "");
        alerts_set(server, ALERT_STATE_UNMATCHED, live->unmatched > 0,
                   live->unmatched > 0 ? detail : NULL);
}

void live_state_bind(Server *server)
{
        LiveHolder *live = &server->live;
        const Image *image = server->policy.image;
        live->bound = bound_state_free(live->bound);
        if (!image)
                return;
        live->bound = bound_state_new(image, live->records);
        if (live->bound)
                count_unmatched(server);
        else
                log_write(server->log, LOG_PRIORITY_ERROR,
                          "live state is unknown until the next reload: %s", strerror(ENOMEM));
}

const LiveState *live_state_context(const Server *server)
{
        const BoundState *bound = server->live.bound;
        return bound ? bound_state_live(bound) : &unknown;
}

bool live_state_is_known(const Server *server)
{
        return server->live.records != NULL;
}

const LiveRecords *live_state_records(const Server *server)
{
        return server->live.records;
}

/* ---- Changing ---- */

/* What is on disk is no longer what is in memory: nothing is known. */
static void forget(Server *server, int error)
{
        log_write(server->log, LOG_PRIORITY_ERROR, "live state is unknown until a restart: %s",
                  strerror(-error));
        server->live.records = live_records_free(server->live.records);
        live_state_bind(server);
}

/* Something that the image does not know is taken away, or ends. */
static void note_gone(Server *server, const LiveRecord *record)
{
        LiveHolder *live = &server->live;
        const LiveRecord *before =
                live->unmatched ? live_records_find(live->records, record->kind, record->resource)
                                : NULL;
        if (before && !before->ended && live->bound &&
            !bound_state_knows(live->bound, record->resource) && --live->unmatched == 0)
                alerts_set(server, ALERT_STATE_UNMATCHED, false, NULL);
}

static int put(Server *server, const StateChange *change)
{
        LiveHolder *live = &server->live;
        const LiveRecord *record = &change->record;
        int r = 0;
        note_gone(server, record);
        if (change->kind == STATE_CHANGE_PUT)
                r = live_records_put(live->records, record);
        else
                (void)live_records_remove(live->records, record->kind, record->resource);
        /* Without memory it is unknown to the engine, until the next policy is bound. */
        if (r == 0 && live->bound)
                (void)bound_state_update(live->bound, record->kind, record->resource);
        /* Somebody was taken out of the policy while he was being suspended. */
        if (r == 0 && live->bound && change->kind == STATE_CHANGE_PUT && !record->ended &&
            !bound_state_knows(live->bound, record->resource))
                live_state_bind(server);
        return r;
}

/* A change is on disk: memory follows. */
static void apply(Server *server, const StateChange *change)
{
        LiveHolder *live = &server->live;
        int r = 0;
        switch (change->kind) {
        case STATE_CHANGE_PUT:
        case STATE_CHANGE_REMOVE:
                r = live->records ? put(server, change) : 0;
                break;
        case STATE_CHANGE_HIGHEST:
                live->highest_s = change->record.note.at_s;
                break;
        case STATE_CHANGE_RESET:
                live->bound = bound_state_free(live->bound);
                live->records = live_records_free(live->records);
                live->records = live_records_new();
                live->highest_s = TIMESTAMP_MIN;
                saved_reports_clear(&server->saved_reports);
                live_state_bind(server);
                break;
        case STATE_CHANGE_COVERS: /* the journal's alone */
                break;
        case STATE_CHANGE_SAVE_REPORT:
        case STATE_CHANGE_DELETE_REPORT:
                saved_reports_apply(&server->saved_reports, change);
                break;
        }
        if (r < 0)
                forget(server, r);
}

static size_t count_puts(const StateChange *changes, size_t count)
{
        size_t puts = 0;
        for (size_t i = 0; i < count; i++)
                puts += changes[i].kind == STATE_CHANGE_PUT;
        return puts;
}

static void on_journal(void *data, bool written)
{
        StoredChange *change = data;
        change->server->live.in_flight -= count_puts(change->changes, change->count);
        for (size_t i = 0; i < change->count && written; i++)
                apply(change->server, &change->changes[i]);
        if (change->done)
                change->done(change->data, written);
        free(change->changes);
        free(change);
}

/* Return: 0, -EUCLEAN, -E2BIG. */
static int check(const LiveHolder *live, const StateChange *changes, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (!live->records &&
                    (changes[i].kind == STATE_CHANGE_PUT || changes[i].kind == STATE_CHANGE_REMOVE))
                        return -EUCLEAN;
        size_t puts = count_puts(changes, count);
        if (puts == 0)
                return 0;
        size_t known = live_records_count(live->records) + live->in_flight;
        return known + puts > LIVE_RECORDS_MAX ? -E2BIG : 0;
}

int live_state_change(Server *server, const JournalRow *row, const StateChange *changes,
                      size_t count, LiveStateDone done, void *data)
{
        int r = check(&server->live, changes, count);
        if (r < 0)
                return r;
        StoredChange *change = calloc(1, sizeof(*change));
        if (!change)
                return -ENOMEM;
        *change = (StoredChange){ server, state_changes_copy(changes, count), count, done, data };
        r = change->changes ? journal_append_changes(server->journal, row, changes, count,
                                                     on_journal, change)
                            : -ENOMEM;
        if (r < 0) {
                free(change->changes);
                free(change);
                return r;
        }
        server->live.in_flight += count_puts(changes, count);
        return 0;
}
