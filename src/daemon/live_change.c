/* SPDX-License-Identifier: MIT */
/* Live change: see live_change.h. */
#include "daemon/live_change.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/live_state.h"
#include "daemon/live_sweep.h"
#include "daemon/server.h"
#include "daemon/session_end.h"
#include "policy/change.h"
#include "policy/explain.h"
#include "policy/managed.h"

#define BEFORE_SIZE (LIVE_CHANGES_MAX * (LIVE_RECORD_TEXT_SIZE + 2))

struct LiveChange {
        LiveTask task;
        Server *server;
        Client *client; /* NULL: nobody is to be answered any more */
        const LiveAction *action;
        LiveStatement statement;
        bool break_glass, dry_run;

        uint64_t request_id;
        Identity identity;
        pid_t pid;
        uint32_t *groups; /* Unix groups of who asks, ascending; owned */
        size_t group_count;
        uint8_t *frame; /* what was asked; message and query borrow from it */
        Message message;
        Query query;

        int64_t decided_s;
        DecisionId id;
        Outcome outcome;
        Reason reason;
        char revision[IMAGE_REVISION_SIZE];
        char *detail; /* owned; NULL: nothing to be said */
        char place[IMAGE_PLACE_SIZE];
        char before[BEFORE_SIZE], after[BEFORE_SIZE];
        StateChange changes[LIVE_CHANGES_MAX]; /* borrow from all of the above */
        size_t change_count;
        uint32_t sessions_ended;
};

static LiveChange *change_of(LiveTask *task)
{
        return (LiveChange *)(void *)((char *)task - offsetof(LiveChange, task));
}

static Text text_of(const LiveChange *change, FieldTag tag)
{
        Text text = TEXT_NULL;
        (void)message_text(&change->message, tag, &text);
        return text;
}

LiveChange *live_change_free(LiveChange *change)
{
        if (!change)
                return NULL;
        free(change->detail);
        free(change->groups);
        free(change->frame);
        free(change);
        return NULL;
}

static void drop(LiveTask *task)
{
        live_change_free(change_of(task));
}

/* ---- What is asked ---- */

/* As decided: the permission that the catalogue names for it, or the question of its own. */
static Reason make_query(LiveChange *change)
{
        const Image *image = change->server->policy.image;
        const LiveAction *action = change->action;
        change->query.kind = action->query;
        change->query.user = text_from(change->identity.name);
        if (action->query != QUERY_PERMISSION)
                return REASON_NONE;
        const ImagePermission *permission =
                image_permission(image, image_header(image)->commands[action->command]);
        change->query.permission = permission ? image_string(image, permission->name) : TEXT_NULL;
        return permission ? REASON_NONE : REASON_UNKNOWN_PERMISSION;
}

static const char *kind_wanted(ResourceType type)
{
        return type == RESOURCE_USER   ? "this is a change of a user: user:ORGANIZATION/NAME"
               : type == RESOURCE_DOOR ? "this is a change of a door: door:ORGANIZATION/SITE/DOOR"
                                       : "this is a change of a lockdown: "
                                         "lockdown:ORGANIZATION/NAME";
}

/* Reads the copy of the frame. Return: 0, QUERY_MALFORMED. */
static int read_frame(LiveChange *change, size_t size, const char **ret_problem)
{
        if (message_decode(change->frame, size, &change->message) < 0)
                return QUERY_MALFORMED;
        Text why = text_of(change, FIELD_WHY);
        if (resource_parse(text_of(change, FIELD_RESOURCE), &change->query.resource, ret_problem) !=
            0)
                return QUERY_MALFORMED;
        if (change->query.resource.type != change->action->type) {
                *ret_problem = kind_wanted(change->action->type);
                return QUERY_MALFORMED;
        }
        if (why.size > CHANGE_REASON_MAX || !text_is_printable(why)) {
                *ret_problem = "the reason is not one printable line of at most 1024 bytes";
                return QUERY_MALFORMED;
        }
        return live_action_read(change->action, &change->message, &change->statement, ret_problem);
}

/* The Unix groups of who asks: he may be gone when it is decided. */
static int copy_groups(LiveChange *change, Client *client)
{
        const uint32_t *groups = client_groups(client, &change->group_count);
        change->groups = malloc((change->group_count + 1) * sizeof(*groups));
        if (!change->groups)
                return -ENOMEM;
        if (change->group_count > 0)
                memcpy(change->groups, groups, change->group_count * sizeof(*groups));
        return 0;
}

static void begin(LiveTask *task);

int live_change_new(const Request *request, const LiveAction *action, bool break_glass,
                    LiveChange **ret_change, const char **ret_problem)
{
        _cleanup_(live_change_freep) LiveChange *change = calloc(1, sizeof(*change));
        if (!change || !(change->frame = malloc(request->frame_size)))
                return -ENOMEM;
        memcpy(change->frame, request->frame, request->frame_size);
        change->server = request->server;
        change->action = action;
        change->break_glass = break_glass;
        change->request_id = request->message->request_id;
        change->identity = *request->identity;
        if (break_glass)
                (void)snprintf(change->identity.name, sizeof(change->identity.name), "root");
        change->pid = request->client->peer.pid;
        change->dry_run = message_flag(request->message, FIELD_DRY_RUN);
        int r = decision_id_make(&change->id);
        if (r == 0)
                r = read_frame(change, request->frame_size, ret_problem);
        if (r == 0)
                r = copy_groups(change, request->client);
        if (r != 0)
                return r;
        change->task = (LiveTask){
                .resource = change->query.resource.whole,
                .begin = begin,
                .drop = drop,
        };
        *ret_change = change;
        change = NULL;
        return 0;
}

/* ---- Deciding ---- */

static void fail(LiveChange *change, Outcome outcome, Reason reason, const char *detail)
{
        change->outcome = outcome;
        change->reason = reason;
        free(change->detail);
        change->detail = strdup(detail ? detail : reason_text(reason));
        change->change_count = 0;
}

/* The policy may have changed since he asked: whose name his uid has must still be his. */
static bool is_still_himself(const LiveChange *change)
{
        const Image *image = change->server->policy.image;
        Identity now = identity_of(image, change->identity.uid, change->server->own_uid);
        if (now.kinds & IDENTITY_UNNAMED)
                identity_set_name(&now, image, text_from(change->identity.name));
        return now.kinds & IDENTITY_PERSON && text_is(text_from(now.name), change->identity.name);
}

/* A record outlives the name that it is about, and takes force again when that comes back: root can
 * take it away meanwhile. */
static bool is_left_over(const LiveChange *change)
{
        const LiveRecords *records = live_state_records(change->server);
        bool found = false;
        for (unsigned kind = 0; records && kind < LIVE_KIND_COUNT; kind++)
                found = found ||
                        live_records_find(records, (LiveKind)kind, change->query.resource.whole);
        return found && change->action->takes_away;
}

static Decision decide(const LiveChange *change, const DecisionContext *context,
                       const Target *target)
{
        if (change->break_glass)
                return target->index != IMAGE_NONE || is_left_over(change)
                               ? decision_new(OUTCOME_ALLOW, REASON_BREAK_GLASS)
                               : decision_new(OUTCOME_ERROR, REASON_UNKNOWN_RESOURCE);
        if (!is_still_himself(change))
                return decision_new(OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        return policy_decide(change->server->policy.image, context, &change->query, NULL);
}

static void describe(LiveChange *change, const DecisionContext *context, const Decision *decision)
{
        Server *server = change->server;
        const Image *image = server->policy.image;
        (void)image_place(image, decision->place, change->place, sizeof(change->place));
        if (change->break_glass && decision->outcome == OUTCOME_ALLOW)
                return;
        (void)policy_describe(image, context, &change->query, decision, false,
                              text_stream_begin(&server->describe));
        Text text = text_stream_end(&server->describe);
        free(change->detail);
        change->detail = strndup(text.size ? text.data : "", text.size);
}

static void write_texts(LiveChange *change, const LiveCase *live)
{
        char text[LIVE_RECORD_TEXT_SIZE];
        size_t before = 0, after = 0;
        for (size_t i = 0; i < change->change_count; i++) {
                const LiveRecord *record = &change->changes[i].record;
                const LiveRecord *now = live_case_record(live, record->kind);
                const char *comma = i > 0 ? ", " : "";
                before += (size_t)snprintf(change->before + before, sizeof(change->before) - before,
                                           "%s%s", comma, now ? live_record_text(now, text) : "-");
                if (change->changes[i].kind == STATE_CHANGE_PUT)
                        after += (size_t)snprintf(change->after + after,
                                                  sizeof(change->after) - after, "%s%s", comma,
                                                  live_record_text(record, text));
        }
        if (after == 0)
                (void)snprintf(change->after, sizeof(change->after), "-");
}

static void take_result(LiveChange *change, const LiveResult *result)
{
        const Image *image = change->server->policy.image;
        char place[IMAGE_PLACE_SIZE], detail[IMAGE_PLACE_SIZE + 128];
        if (result->reason == REASON_NO_CHANGE || result->reason == REASON_SELF_GRANT) {
                fail(change, OUTCOME_DENY, result->reason, NULL);
        } else if (result->reason == REASON_WRITTEN_BY_HAND) {
                (void)snprintf(detail, sizeof(detail),
                               "%s: it " MANAGED_BY_HAND ": change it there",
                               image_place(image, result->place, place, sizeof(place)));
                fail(change, OUTCOME_ERROR, REASON_WRITTEN_BY_HAND, detail);
        } else if (result->reason != REASON_NONE) {
                fail(change, OUTCOME_ERROR, result->reason, result->problem);
        }
}

/* What is allowed: what it makes of the records, or why it cannot be done. */
static void work_out(LiveChange *change, const DecisionContext *context, uint32_t index)
{
        Server *server = change->server;
        const LiveRecords *records = live_state_records(server);
        if (!records || (context->live && context->live->unknown)) {
                fail(change, OUTCOME_ERROR, REASON_LIVE_STATE_UNKNOWN, NULL);
                return;
        }
        LiveCase live = {
                .image = server->policy.image,
                .records = records,
                .clock_untrusted = context->clock_untrusted,
                .query = &change->query,
                .statement = &change->statement,
                .note = { .at_s = change->decided_s,
                          .by = text_from(change->identity.name),
                          .why = text_of(change, FIELD_WHY),
                          .decision_id = decision_id_text(&change->id) },
                .index = index,
        };
        LiveResult result = change->action->work_out(&live);
        memcpy(change->changes, result.changes, sizeof(change->changes));
        change->change_count = result.change_count;
        write_texts(change, &live);
        take_result(change, &result);
}

static void decide_all(LiveChange *change)
{
        Server *server = change->server;
        const Image *image = server->policy.image;
        DecisionContext context = server_context(server);
        Target target = { .index = IMAGE_NONE };
        if (server->policy.has_unix_groups && !change->break_glass) {
                context.unix_groups = change->groups;
                context.unix_group_count = change->group_count;
        }
        change->decided_s = context.now_s;
        memcpy(change->revision, server->policy.revision, sizeof(change->revision));
        Reason problem = make_query(change);
        if (problem != REASON_NONE) {
                fail(change, OUTCOME_ERROR, problem, NULL);
                return;
        }
        (void)policy_find_target(image, &change->query.resource, &target);
        Decision decision = decide(change, &context, &target);
        change->outcome = decision.outcome;
        change->reason = decision.reason;
        describe(change, &context, &decision);
        if (decision.outcome == OUTCOME_ALLOW)
                work_out(change, &context, target.index);
}

/* ---- Recording and answering ---- */

static JournalRow row_of(const LiveChange *change)
{
        JournalRow row = {
                .time_s = change->decided_s,
                .caller_uid = change->identity.uid,
                .caller_pid = change->pid,
                .is_minor = change->outcome != OUTCOME_ALLOW && !change->break_glass,
        };
        row.texts[JOURNAL_KIND] = text_from(change->action->kind);
        row.texts[JOURNAL_DECISION_ID] = decision_id_text(&change->id);
        row.texts[JOURNAL_SUBJECT] = text_from(change->identity.name);
        row.texts[JOURNAL_CALLER_NAME] = text_from(change->identity.name);
        row.texts[JOURNAL_IDENTIFIED] = text_from(change->identity.how);
        row.texts[JOURNAL_ACTION] = text_of(change, FIELD_ACTION);
        row.texts[JOURNAL_RESOURCE] = text_of(change, FIELD_RESOURCE);
        row.texts[JOURNAL_DECISION] = text_from(outcome_name(change->outcome));
        row.texts[JOURNAL_REASON] = text_from(reason_name(change->reason));
        row.texts[JOURNAL_GRANTED_BY] = text_from(change->detail);
        row.texts[JOURNAL_PLACE] = text_from(change->place);
        row.texts[JOURNAL_REVISION] = text_from(change->revision);
        row.texts[JOURNAL_WHY] = text_of(change, FIELD_WHY);
        row.texts[JOURNAL_BEFORE] = text_from(change->before);
        row.texts[JOURNAL_AFTER] = text_from(change->after);
        return row;
}

static int reply(const LiveChange *change)
{
        Answer answer = {
                .request_id = change->request_id,
                .user = text_from(change->identity.name),
                .action = text_of(change, FIELD_ACTION),
                .resource = text_of(change, FIELD_RESOURCE),
                .outcome = change->outcome,
                .reason = text_from(reason_name(change->reason)),
                .detail = text_from(change->detail),
                .decision_id = decision_id_text(&change->id),
                .revision = text_from(change->revision),
                .subject = text_from(change->identity.name),
                .has_sessions_ended = change->statement.end_sessions &&
                                      change->outcome == OUTCOME_ALLOW && !change->dry_run,
                .sessions_ended = change->sessions_ended,
        };
        return reply_answer(change->client, &answer);
}

/* Answers whoever still waits, lets the next one of the resource begin, and frees. */
static void finish(LiveChange *change)
{
        Server *server = change->server;
        Client *client = change->client;
        server_count(server, change->outcome);
        if (client) {
                client->live = NULL;
                if (reply(change) < 0)
                        client_break(client);
                client_resume_later(client);
        }
        live_queue_finish(&server->live_queue, &change->task);
        live_change_free(change);
}

static void on_sessions(void *data, uint32_t ended)
{
        LiveChange *change = data;
        change->sessions_ended = ended;
        finish(change);
}

static void on_made(void *data, bool made)
{
        LiveChange *change = data;
        Server *server = change->server;
        if (!made) { /* where its row is on disk, the journal has taken it back */
                server->counters.journal_failures++;
                fail(change, OUTCOME_ERROR, REASON_JOURNAL_FAILED, NULL);
                finish(change);
                return;
        }
        live_sweep_arm(server);
        SessionEnd end = {
                .organization = change->query.resource.organization,
                .person = change->query.resource.path,
                .by = text_from(change->identity.name),
                .why = text_of(change, FIELD_WHY),
                .decision_id = decision_id_text(&change->id),
        };
        if (!change->statement.end_sessions ||
            session_end_begin(server, &end, on_sessions, change) < 0)
                finish(change);
}

static void raise_alarm(const LiveChange *change)
{
        char why[512], resource[512];
        alerts_event(change->server, "break-glass-change", "uid %u: %s %s: %s",
                     change->identity.uid, change->action->name,
                     text_escape(text_of(change, FIELD_RESOURCE), resource, sizeof(resource)),
                     text_escape(text_of(change, FIELD_WHY), why, sizeof(why)));
}

static void begin(LiveTask *task)
{
        LiveChange *change = change_of(task);
        Server *server = change->server;
        decide_all(change);
        JournalRow row = row_of(change);
        if (change->outcome == OUTCOME_ALLOW && !change->dry_run) {
                if (change->break_glass)
                        raise_alarm(change);
                if (change->client) /* the journal has a limit of its own */
                        change->client->deadline_ms = 0;
                server->counters.recorded++;
                int r = live_state_change(server, &row, change->changes, change->change_count,
                                          on_made, change);
                if (r == 0)
                        return;
                server->counters.journal_failures++;
                fail(change, OUTCOME_ERROR, REASON_JOURNAL_FAILED,
                     r == -E2BIG ? "there are too many live changes in force" : NULL);
        } else if (change->outcome == OUTCOME_DENY ||
                   (change->outcome == OUTCOME_ERROR && !change->dry_run)) {
                (void)journal_append(server->journal, &row, NULL, NULL);
        }
        finish(change);
}

/* ---- Its client ---- */

bool live_change_begin(LiveChange *change, Client *client)
{
        change->client = client;
        client->live = change;
        client_wait(client, CLIENT_WAITS_LIVE, change->request_id, server_deadline(change->server));
        if (live_queue_add(&change->server->live_queue, &change->task))
                return true;
        client->live = NULL;
        client_resume_later(client);
        return false;
}

void live_change_forget(LiveChange *change)
{
        change->client = NULL;
        if (change->task.running)
                return;
        live_queue_take_out(&change->server->live_queue, &change->task);
        live_change_free(change);
}

void live_change_expire(LiveChange *change)
{
        Client *client = change->client;
        if (change->task.running)
                return;
        client->live = NULL;
        client->server->counters.busy++;
        if (reply_refusal(client, change->request_id, &refusal_busy, TEXT_NULL) < 0)
                client_break(client);
        client_resume_later(client);
        live_change_forget(change);
}
