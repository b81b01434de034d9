/* SPDX-License-Identifier: MIT */
/* Live change: see live_change.h. */
#include "daemon/live_change.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/change_facts.h"
#include "daemon/live_state.h"
#include "daemon/live_sweep.h"
#include "daemon/server.h"
#include "daemon/take.h"
#include "daemon/session_end.h"

#define TEXTS_SIZE (LIVE_CHANGES_MAX * (LIVE_RECORD_TEXT_SIZE + 2))

struct LiveChange {
        LiveTask task;
        ChangeFacts facts;
        Client *client; /* NULL: nobody is to be answered any more */
        const LiveAction *action;
        LiveStatement statement;
        bool break_glass;
        Query query; /* borrows from the facts, as all the rest does */
        StateChange changes[LIVE_CHANGES_MAX];
        size_t change_count;
        uint32_t sessions_ended;
};

static LiveChange *change_of(LiveTask *task)
{
        return (LiveChange *)(void *)((char *)task - offsetof(LiveChange, task));
}

LiveChange *live_change_free(LiveChange *change)
{
        if (!change)
                return NULL;
        change_facts_clear(&change->facts);
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
        const Image *image = change->facts.server->policy.image;
        const LiveAction *action = change->action;
        change->query.kind = action->query;
        change->query.user = text_from(change->facts.identity.name);
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

/* Return: 0, QUERY_MALFORMED, -errno. */
static int read_request(LiveChange *change, const Request *request, const char **ret_problem)
{
        ChangeFacts *facts = &change->facts;
        int r = change_facts_open(facts, request);
        if (r == QUERY_MALFORMED)
                *ret_problem = "the reason is not one printable line of at most 1024 bytes";
        if (r == 0 && resource_parse(change_facts_text(facts, FIELD_RESOURCE),
                                     &change->query.resource, ret_problem) != 0)
                r = QUERY_MALFORMED;
        if (r == 0 && change->query.resource.type != change->action->type) {
                *ret_problem = kind_wanted(change->action->type);
                r = QUERY_MALFORMED;
        }
        return r != 0 ? r
                      : live_action_read(change->action, &facts->message, &change->statement,
                                         ret_problem);
}

/* ---- Deciding ---- */

static void fail(LiveChange *change, Outcome outcome, Reason reason, const char *detail)
{
        change_facts_fail(&change->facts, outcome, reason, detail ? detail : reason_text(reason));
        change->change_count = 0;
}

/* A record outlives the name that it is about, and takes force again when that comes back: root can
 * take it away meanwhile. */
static bool is_left_over(const LiveChange *change)
{
        const LiveRecords *records = live_state_records(change->facts.server);
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
        if (!change_facts_is_himself(&change->facts))
                return decision_new(OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        return policy_decide(change->facts.server->policy.image, context, &change->query, NULL);
}

static void describe(LiveChange *change, const DecisionContext *context, const Decision *decision)
{
        change_facts_place(&change->facts, decision);
        if (!change->break_glass || decision->outcome != OUTCOME_ALLOW)
                change_facts_describe(&change->facts, context, &change->query, decision, false);
        else
                change->facts.detail = strdup("");
}

static void write_texts(LiveChange *change, const LiveCase *live)
{
        char text[LIVE_RECORD_TEXT_SIZE], before[TEXTS_SIZE] = "", after[TEXTS_SIZE] = "";
        size_t before_size = 0, after_size = 0;
        for (size_t i = 0; i < change->change_count; i++) {
                const LiveRecord *record = &change->changes[i].record;
                const LiveRecord *now = live_case_record(live, record->kind);
                const char *comma = i > 0 ? ", " : "";
                before_size +=
                        (size_t)snprintf(before + before_size, sizeof(before) - before_size, "%s%s",
                                         comma, now ? live_record_text(now, text) : "-");
                if (change->changes[i].kind == STATE_CHANGE_PUT)
                        after_size +=
                                (size_t)snprintf(after + after_size, sizeof(after) - after_size,
                                                 "%s%s", comma, live_record_text(record, text));
        }
        change->facts.before = strdup(before);
        change->facts.after = strdup(after_size > 0 ? after : "-");
}

static void take_result(LiveChange *change, const LiveResult *result)
{
        if (result->reason == REASON_NO_CHANGE || result->reason == REASON_SELF_GRANT) {
                fail(change, OUTCOME_DENY, result->reason, NULL);
        } else if (result->reason == REASON_WRITTEN_BY_HAND) {
                change_facts_fail_by_hand(&change->facts, result->place);
                change->change_count = 0;
        } else if (result->reason != REASON_NONE) {
                fail(change, OUTCOME_ERROR, result->reason, result->problem);
        } else if (!change_facts_complete(&change->facts)) {
                change->change_count = 0;
        }
}

/* What is allowed: what it makes of the records, or why it cannot be done. */
static void work_out(LiveChange *change, const DecisionContext *context, uint32_t index)
{
        Server *server = change->facts.server;
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
                .note = { .at_s = change->facts.decided_s,
                          .by = text_from(change->facts.identity.name),
                          .why = change_facts_text(&change->facts, FIELD_WHY),
                          .decision_id = decision_id_text(&change->facts.id) },
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
        ChangeFacts *facts = &change->facts;
        DecisionContext context =
                change->break_glass ? server_context(facts->server) : change_facts_context(facts);
        Target target = { .index = IMAGE_NONE };
        change_facts_begin(facts, context.now_s);
        Reason problem = make_query(change);
        if (problem != REASON_NONE) {
                fail(change, OUTCOME_ERROR, problem, NULL);
                return;
        }
        (void)policy_find_target(facts->server->policy.image, &change->query.resource, &target);
        Decision decision = decide(change, &context, &target);
        facts->outcome = decision.outcome;
        facts->reason = decision.reason;
        describe(change, &context, &decision);
        if (decision.outcome == OUTCOME_ALLOW)
                work_out(change, &context, target.index);
}

/* ---- Recording and answering ---- */

static JournalRow row_of(const LiveChange *change)
{
        JournalRow row = change_facts_row(&change->facts, change->action->kind);
        row.is_minor = row.is_minor && !change->break_glass;
        return row;
}

static int reply(const LiveChange *change)
{
        const ChangeFacts *facts = &change->facts;
        Answer answer = change_facts_answer(facts);
        answer.has_sessions_ended = change->statement.end_sessions &&
                                    facts->outcome == OUTCOME_ALLOW && !facts->dry_run;
        answer.sessions_ended = change->sessions_ended;
        return reply_answer(change->client, &answer);
}

/* Answers whoever still waits, lets the next one of the resource begin, and frees. */
static void finish(LiveChange *change)
{
        Server *server = change->facts.server;
        Client *client = change->client;
        server_count(server, change->facts.outcome);
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
        Server *server = change->facts.server;
        if (!made) { /* where its row is on disk, the journal has taken it back */
                server->counters.journal_failures++;
                fail(change, OUTCOME_ERROR, REASON_JOURNAL_FAILED, NULL);
                finish(change);
                return;
        }
        live_sweep_arm(server);
        takes_check(server);
        SessionEnd end = {
                .organization = change->query.resource.organization,
                .person = change->query.resource.path,
                .by = text_from(change->facts.identity.name),
                .why = change_facts_text(&change->facts, FIELD_WHY),
                .decision_id = decision_id_text(&change->facts.id),
        };
        if (!change->statement.end_sessions ||
            session_end_begin(server, &end, on_sessions, change) < 0)
                finish(change);
}

static void raise_alarm(const LiveChange *change)
{
        char why[512], resource[512];
        alerts_event(change->facts.server, "break-glass-change", "uid %u: %s %s: %s",
                     change->facts.identity.uid, change->action->name,
                     text_escape(change_facts_text(&change->facts, FIELD_RESOURCE), resource,
                                 sizeof(resource)),
                     text_escape(change_facts_text(&change->facts, FIELD_WHY), why, sizeof(why)));
}

static void begin(LiveTask *task)
{
        LiveChange *change = change_of(task);
        Server *server = change->facts.server;
        decide_all(change);
        JournalRow row = row_of(change);
        if (change->facts.outcome == OUTCOME_ALLOW && !change->facts.dry_run) {
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
        } else if (change->facts.outcome == OUTCOME_DENY ||
                   (change->facts.outcome == OUTCOME_ERROR && !change->facts.dry_run)) {
                (void)journal_append(server->journal, &row, NULL, NULL);
        }
        finish(change);
}

/* ---- Its client ---- */

int live_change_new(const Request *request, const LiveAction *action, bool break_glass,
                    LiveChange **ret_change, const char **ret_problem)
{
        _cleanup_(live_change_freep) LiveChange *change = calloc(1, sizeof(*change));
        if (!change)
                return -ENOMEM;
        change->action = action;
        change->break_glass = break_glass;
        int r = read_request(change, request, ret_problem);
        if (r != 0)
                return r;
        if (break_glass)
                (void)snprintf(change->facts.identity.name, sizeof(change->facts.identity.name),
                               "root");
        change->task = (LiveTask){
                .resource = change->query.resource.whole,
                .begin = begin,
                .drop = drop,
        };
        *ret_change = change;
        change = NULL;
        return 0;
}

bool live_change_begin(LiveChange *change, Client *client)
{
        change->client = client;
        client->live = change;
        client_wait(client, CLIENT_WAITS_LIVE, change->facts.request_id,
                    server_deadline(change->facts.server));
        if (live_queue_add(&change->facts.server->live_queue, &change->task))
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
        live_queue_take_out(&change->facts.server->live_queue, &change->task);
        live_change_free(change);
}

void live_change_expire(LiveChange *change)
{
        Client *client = change->client;
        if (change->task.running)
                return;
        client->live = NULL;
        client->server->counters.busy++;
        if (reply_refusal(client, change->facts.request_id, &refusal_busy, TEXT_NULL) < 0)
                client_break(client);
        client_resume_later(client);
        live_change_forget(change);
}
