/* SPDX-License-Identifier: MIT */
/*
 * Maintain: root puts right what the daemon must not put right by itself, because somebody has to
 * know that it was done. Each action is a change of the state store with its row and an alarm; one
 * at a time.
 */
#include <errno.h>

#include "daemon/request.h"
#include "daemon/server.h"

typedef struct MaintainRule {
        const char *action; /* in the message; also the alarm */
        /* Why it cannot be done now; NULL: it can. */
        const Refusal *(*check)(Server *server);
        StateChange (*change)(const Request *request);
        void (*apply)(Server *server); /* when it is on disk; NULL: nothing more */
        const char *done;              /* told to who asked */
} MaintainRule;

/* One action under way. */
typedef struct Maintenance {
        Server *server;
        const MaintainRule *rule;
        uint32_t uid;
        char why[512];
} Maintenance;

static const Refusal unknown_action = { "unknown-action", 3, "This cannot be maintained." };
static const Refusal why_missing = { "reason-missing", 1, "State a reason (--reason)." };
static const Refusal state_sound = { "state-sound", 1,
                                     "The live state is sound: what is in force is ended one by "
                                     "one." };

static const Refusal clock_trusted = { "clock-trusted", 1, "The clock is trusted already." };
static const Refusal clock_unreadable = { "clock-unreadable", 3, "The clock cannot be read." };
static const Refusal clock_too_early = { "clock-too-early", 3,
                                         "The clock says a time before 2020: set it." };

/* What has ended must not be in force again by an earlier time. */
static const Refusal state_ending = { "state-ending", 3,
                                      "What has ended is still being put away: try again." };

static const Refusal *check_reset(Server *server)
{
        JournalStatus status;
        journal_status(server->journal, &status);
        return live_state_is_known(server) && !status.state_damaged ? &state_sound : NULL;
}

static StateChange change_reset(const Request *request)
{
        return (StateChange){ STATE_CHANGE_RESET, { .note.at_s = request->now_s } };
}

static const Refusal *check_accept(Server *server)
{
        ClockMoment moment = server->clock.last;
        if (moment.trust == CLOCK_UNREADABLE)
                return &clock_unreadable;
        if (moment.system_s < CLOCK_EARLIEST_S)
                return &clock_too_early;
        if (moment.trust == CLOCK_TRUSTED)
                return &clock_trusted;
        return live_sweep_is_behind(server) ? &state_ending : NULL;
}

static StateChange change_accept(const Request *request)
{
        return server_clock_accepted(request->server);
}

static const MaintainRule rules[] = {
        { "accept-clock", check_accept, change_accept, server_clock_accept,
          "The clock is trusted as it is." },
        { "reset-live-state", check_reset, change_reset, NULL,
          "An empty live state is in force; the old one was moved aside." },
};

static const MaintainRule *find_rule(Text action)
{
        for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
                if (text_is(action, rules[i].action))
                        return &rules[i];
        return NULL;
}

static void answer_waiting(Server *server, uint32_t status, const char *message)
{
        for (Client *client = server->clients; client; client = client->next) {
                if (client->state != CLIENT_WAITS_REPAIR)
                        continue;
                if (reply_end(client, client->request_id, 0, status, text_from(message)) < 0)
                        client_break(client);
                client_resume_later(client);
        }
}

static void on_made(void *data, bool made)
{
        Maintenance *maintenance = data;
        Server *server = maintenance->server;
        char problem[300];
        server->maintaining = false;
        if (made && maintenance->rule->apply)
                maintenance->rule->apply(server);
        if (made) {
                alerts_event(server, maintenance->rule->action, "by uid %u: %s", maintenance->uid,
                             maintenance->why);
        } else {
                JournalStatus status;
                journal_status(server->journal, &status);
                (void)snprintf(problem, sizeof(problem), "It could not be done: %s",
                               *status.error ? status.error : status.state_error);
        }
        if (!server->ending)
                answer_waiting(server, made ? 0 : 3, made ? maintenance->rule->done : problem);
        free(maintenance);
}

static int begin(const Request *request, const MaintainRule *rule)
{
        DecisionId id;
        Maintenance *maintenance = calloc(1, sizeof(*maintenance));
        if (!maintenance)
                return -ENOMEM;
        int r = decision_id_make(&id);
        *maintenance = (Maintenance){ .server = request->server,
                                      .rule = rule,
                                      .uid = request->client->peer.uid };
        (void)text_escape(request_text(request, FIELD_WHY), maintenance->why,
                          sizeof(maintenance->why));
        JournalRow row = request_row(request, "maintain");
        row.texts[JOURNAL_DECISION_ID] = r == 0 ? decision_id_text(&id) : TEXT_NULL;
        row.texts[JOURNAL_ACTION] = text_from(rule->action);
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("done");
        row.texts[JOURNAL_WHY] = request_text(request, FIELD_WHY);
        StateChange change = rule->change(request);
        /* The newest row must not say a time that is later than the one accepted. */
        if (change.kind == STATE_CHANGE_HIGHEST)
                row.time_s = change.record.note.at_s;
        if (r == 0)
                r = live_state_change(request->server, &row, &change, 1, on_made, maintenance);
        if (r < 0)
                free(maintenance);
        return r;
}

int request_maintain(const Request *request)
{
        Server *server = request->server;
        const MaintainRule *rule = find_rule(request_text(request, FIELD_ACTION));
        const Refusal *refusal = !rule ? &unknown_action : rule->check(server);
        if (rule && request_text(request, FIELD_WHY).size == 0)
                refusal = &why_missing;
        if (!refusal && server->maintaining)
                refusal = &refusal_busy;
        if (refusal)
                return request_refuse(request, refusal);
        if (begin(request, rule) < 0)
                return request_refuse(request, &refusal_busy);
        server->maintaining = true;
        client_wait(request->client, CLIENT_WAITS_REPAIR, request->message->request_id, 0);
        return 0;
}
