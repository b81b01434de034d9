/* SPDX-License-Identifier: MIT */
/* Live sweep: see live_sweep.h. */
#include "daemon/live_sweep.h"

#include <stdio.h>

#include "daemon/live_action.h"
#include "daemon/live_queue.h"
#include "daemon/live_state.h"
#include "daemon/server.h"
#include "util/timestamp.h"

/* When one could not be put away. */
#define LOOK_AGAIN_US (10 * UINT64_C(1000000))

/* One record on its way out. */
typedef struct Ending {
        LiveTask task;
        Server *server;
        LiveKind kind;
        char *resource;
        /* Copied when its turn has come. */
        char by[LIVE_TEXT_MAX + 1], why[LIVE_TEXT_MAX + 1], decision_id[DECISION_ID_SIZE];
        StateChange change;
} Ending;

static Ending *ending_of(LiveTask *task)
{
        return (Ending *)(void *)((char *)task - offsetof(Ending, task));
}

static void ending_free(Ending *ending)
{
        free(ending->resource);
        free(ending);
}

static void drop(LiveTask *task)
{
        ending_free(ending_of(task));
}

/* Until when things have ended for good: the highest time that was ever believed, now or before the
 * clock was set back. What is not believed moves it no further. */
static int64_t ended_by_s(Server *server)
{
        (void)server_now_s(server); /* reads the clock */
        return server->clock.clock.highest_s;
}

/* Whether a record is to be put away. Suspensions have no end. */
static bool is_over(const LiveRecord *record, int64_t ended_by_s)
{
        return record->until_s <= ended_by_s && !record->ended;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata);

static void arm_in(Server *server, uint64_t delay_us)
{
        LiveSweep *sweep = &server->live_sweep;
        sweep->timer = sd_event_source_disable_unref(sweep->timer);
        if (!server->ending)
                (void)sd_event_add_time_relative(server->event, &sweep->timer, CLOCK_MONOTONIC,
                                                 delay_us, 0, on_time, server);
}

/* The next one is looked for at once, or after a while if this one could not be put away. */
static void finish(Ending *ending, bool done)
{
        Server *server = ending->server;
        server->live_sweep.under_way = false;
        live_queue_finish(&server->live_queue, &ending->task);
        ending_free(ending);
        if (done)
                live_sweep_arm(server);
        else
                arm_in(server, LOOK_AGAIN_US);
}

static void on_made(void *data, bool made)
{
        finish(data, made);
}

static Text copy(char *buffer, size_t size, Text text)
{
        return text_from(text_escape(text, buffer, size));
}

/* Copies what is put away: it will be gone before its row is written. */
static void take(Ending *ending, const LiveRecord *record)
{
        LiveRecord put_away = *record;
        put_away.resource = text_from(ending->resource);
        put_away.note.by = copy(ending->by, sizeof(ending->by), record->note.by);
        put_away.note.why = copy(ending->why, sizeof(ending->why), record->note.why);
        put_away.note.decision_id =
                copy(ending->decision_id, sizeof(ending->decision_id), record->note.decision_id);
        put_away.ended = true;
        ending->change.kind = record->kind == LIVE_DATES ? STATE_CHANGE_PUT : STATE_CHANGE_REMOVE;
        ending->change.record = put_away;
}

static JournalRow row_of(const Ending *ending, char before[static LIVE_RECORD_TEXT_SIZE])
{
        static const char *const ROW_KINDS[LIVE_KIND_COUNT] = {
                [LIVE_SUSPENSION] = "suspend", [LIVE_DATES] = "dates",
                [LIVE_OVERRIDE] = "door",      [LIVE_BLOCK] = "door",
                [LIVE_LOCKDOWN] = "lockdown",
        };
        Server *server = ending->server;
        const LiveRecord *record = &ending->change.record;
        JournalRow row = { .time_s = server_now_s(server), .caller_uid = server->own_uid };
        row.texts[JOURNAL_KIND] = text_from(ROW_KINDS[ending->kind]);
        row.texts[JOURNAL_DECISION_ID] = record->note.decision_id;
        row.texts[JOURNAL_SUBJECT] = record->note.by;
        row.texts[JOURNAL_ACTION] = text_from(live_kind_name(ending->kind));
        row.texts[JOURNAL_RESOURCE] = record->resource;
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("ended");
        row.texts[JOURNAL_REVISION] = text_from(server->policy.revision);
        row.texts[JOURNAL_BEFORE] = text_from(live_record_text(record, before));
        row.texts[JOURNAL_AFTER] = TEXT_LITERAL("-");
        return row;
}

/* It may have been changed while it waited for its turn. */
static void begin(LiveTask *task)
{
        Ending *ending = ending_of(task);
        Server *server = ending->server;
        const LiveRecords *records = live_state_records(server);
        const LiveRecord *record =
                records ? live_records_find(records, ending->kind, task->resource) : NULL;
        bool over = record && is_over(record, ended_by_s(server));
        if (over) {
                char before[LIVE_RECORD_TEXT_SIZE];
                take(ending, record);
                JournalRow row = row_of(ending, before);
                if (live_state_change(server, &row, &ending->change, 1, on_made, ending) == 0)
                        return;
        }
        finish(ending, !over);
}

/* Return: false without memory, or when too many changes of that resource wait. */
static bool put_away(Server *server, const LiveRecord *record)
{
        Ending *ending = calloc(1, sizeof(*ending));
        if (!ending ||
            !(ending->resource = strndup(record->resource.data, record->resource.size))) {
                free(ending);
                return false;
        }
        ending->server = server;
        ending->kind = record->kind;
        ending->task = (LiveTask){
                .resource = text_from(ending->resource),
                .begin = begin,
                .drop = drop,
        };
        server->live_sweep.under_way = true;
        if (live_queue_add(&server->live_queue, &ending->task))
                return true;
        server->live_sweep.under_way = false;
        ending_free(ending);
        return false;
}

/* Return: NULL when nothing is to be put away. */
static const LiveRecord *first_ended(Server *server)
{
        const LiveRecords *records = live_state_records(server);
        return records ? live_records_first_ended(records, ended_by_s(server)) : NULL;
}

bool live_sweep_is_behind(Server *server)
{
        return first_ended(server) != NULL;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        const LiveRecord *record = first_ended(server);
        if (!record)
                live_sweep_arm(server);
        else if (!put_away(server, record))
                arm_in(server, LOOK_AGAIN_US);
        return 0;
}

void live_sweep_arm(Server *server)
{
        const LiveRecords *records = live_state_records(server);
        int64_t next_s = records ? live_records_next_end(records, TIMESTAMP_MIN) : TIMESTAMP_MAX;
        LiveSweep *sweep = &server->live_sweep;
        if (sweep->under_way)
                return;
        sweep->timer = sd_event_source_disable_unref(sweep->timer);
        if (next_s != TIMESTAMP_MAX)
                arm_in(server,
                       next_s <= ended_by_s(server) ? 0 : server_clock_wait_us(server, next_s));
}

void live_sweep_stop(Server *server)
{
        server->live_sweep.timer = sd_event_source_disable_unref(server->live_sweep.timer);
}
