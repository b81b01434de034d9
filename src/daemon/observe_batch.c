/* SPDX-License-Identifier: MIT */
/* Batches of events: see observe_batch.h. */
#include "daemon/observe_batch.h"

#include <inttypes.h>
#include <stdio.h>

#include "daemon/server.h"

uint64_t observe_batch_last(const ObserveBatch *batch)
{
        const Observations *observations = &batch->observations;
        return observations->events[observations->count - 1].sequence;
}

/* Whether a command that is known here is the gateway's, at that door: what somebody else is to
 * report must not be on record from anybody. */
static bool may_tell_of_command(const ObserveBatch *batch, const Observation *event,
                                const ImageCaller *caller)
{
        const Server *server = batch->request->server;
        char buffer[IDENTITY_CALLER_SIZE];
        Text gateway = identity_caller_text(server->policy.image, caller, buffer);
        return commands_may_report(server, gateway, event->door, event->command_id);
}

/* Why the gateway may not tell of an event, a reason's code; NULL: it may. A door that the policy
 * does not know any more, or not at the gateway's sites, must not keep what follows from being
 * told: the event is set aside. */
static const char *judge(const ObserveBatch *batch, const Observation *event,
                         const ImageCaller **ret_caller)
{
        const Image *image = batch->request->server->policy.image;
        Resource resource;
        Target target;
        *ret_caller = NULL;
        if (event->door.size == 0)
                return NULL;
        if (resource_parse_path(RESOURCE_DOOR, event->door, &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return reason_name(REASON_UNKNOWN_RESOURCE);
        *ret_caller = identity_caller(image, batch->request->identity, target.organization);
        bool may = *ret_caller && (*ret_caller)->may & CALLER_MAY_REPORT &&
                   identity_caller_reaches(image, *ret_caller, &target);
        if (may && event->command_id.size > 0)
                may = may_tell_of_command(batch, event, *ret_caller);
        return may ? NULL : refusal_not_allowed.reason;
}

/* ---- Rows ---- */

/* Begins a row of what the gateway tells. */
static JournalRow *add_row(ObserveBatch *batch, const char *kind, const char *decision)
{
        JournalRow *row = &batch->rows[batch->row_count];
        ObserveText *text = &batch->texts[batch->row_count++];
        *row = request_row(batch->request, kind);
        row->share = JOURNAL_SHARE_GATEWAYS;
        *text = (ObserveText){ 0 };
        (void)snprintf(text->gateway, sizeof(text->gateway), "%s", batch->gateway->name);
        row->texts[JOURNAL_CALLER_NAME] = text_from(batch->gateway->name);
        row->texts[JOURNAL_GATEWAY] = text_from(text->gateway);
        row->texts[JOURNAL_DECISION] = text_from(decision);
        return row;
}

static void add_gap(ObserveBatch *batch)
{
        const GatewayStep *step = &batch->step;
        ObserveText *text = &batch->texts[batch->row_count];
        JournalRow *row = add_row(batch, "gateway", "gap");
        (void)snprintf(text->why, sizeof(text->why), "%" PRIu64 " to %" PRIu64, step->gap_from,
                       step->gap_to);
        row->texts[JOURNAL_WHY] = text_from(text->why);
}

/* "card 8165538; a detail", and before that what was set aside. */
static void write_why(const Observation *event, bool is_set_aside, char *why, size_t size)
{
        int used = 0;
        *why = '\0';
        if (is_set_aside)
                used = snprintf(why, size, "%s at %.*s", gateway_event_word(event->kind),
                                (int)event->door.size, event->door.data);
        if (event->card.size > 0)
                used += snprintf(why + used, size - (size_t)used, "%scard %.*s",
                                 used > 0 ? "; " : "", (int)event->card.size, event->card.data);
        if (event->detail.size > 0)
                (void)snprintf(why + used, size - (size_t)used, "%s%.*s", used > 0 ? "; " : "",
                               (int)event->detail.size, event->detail.data);
}

/* Of an event of an unlock command: for whom that is, and that what became of it ends it. */
static void add_command(const ObserveBatch *batch, const Observation *event, JournalRow *row)
{
        const Server *server = batch->request->server;
        const Command *command = command_table_find(server->commands.table, event->command_id);
        if (command)
                row->texts[JOURNAL_SUBJECT] = text_from(command->subject);
        if (observation_rule(event->kind)->needs_command)
                row->effect = JOURNAL_EFFECT_CLOSES_COMMAND;
}

/* What a row says of the event's door and command. */
static void add_subject(const ObserveBatch *batch, const Observation *event, JournalRow *row,
                        ObserveText *text)
{
        row->texts[JOURNAL_DECISION_ID] = event->command_id;
        row->texts[JOURNAL_USER] = event->user;
        if (event->door.size > 0)
                (void)snprintf(text->resource, sizeof(text->resource), "door:%.*s",
                               (int)event->door.size, event->door.data);
        row->texts[JOURNAL_RESOURCE] = text_from(text->resource);
        if (event->command_id.size > 0)
                add_command(batch, event, row);
}

static void add_event(ObserveBatch *batch, size_t at)
{
        const Observation *event = &batch->observations.events[at];
        const char *set_aside = batch->set_aside[at];
        const ObservationRule *rule = observation_rule(event->kind);
        ObserveText *text = &batch->texts[batch->row_count];
        JournalRow *row = add_row(batch, set_aside ? "gateway" : rule->row_kind,
                                  set_aside ? "set-aside" : gateway_event_word(event->kind));
        (void)snprintf(text->gateway, sizeof(text->gateway), "%s #%" PRIu64, batch->gateway->name,
                       event->sequence);
        row->texts[JOURNAL_GATEWAY] = text_from(text->gateway);
        write_why(event, set_aside, text->why, sizeof(text->why));
        row->texts[JOURNAL_WHY] = text_from(text->why);
        if (event->has_time)
                row->texts[JOURNAL_OCCURRED] =
                        text_from(timestamp_format(event->time_s, text->occurred));
        row->sequence = event->sequence;
        row->facts[JOURNAL_FACT_STORE] = batch->observations.store;
        row->texts[JOURNAL_REASON] = text_from(set_aside);
        if (!set_aside)
                add_subject(batch, event, row, text);
}

void observe_batch_make(ObserveBatch *batch)
{
        const Observations *observations = &batch->observations;
        batch->row_count = 0;
        batch->step = gateway_step(batch->gateway, observations);
        if (batch->step.is_other_store)
                (void)add_row(batch, "gateway", "store-changed");
        if (batch->step.gap_from > 0)
                add_gap(batch);
        for (size_t i = batch->step.first; i < observations->count; i++) {
                const Observation *event = &observations->events[i];
                batch->set_aside[i] = judge(batch, event, &batch->callers[i]);
                add_event(batch, i);
        }
}

/* ---- What events do ---- */

static void alert(const ObserveBatch *batch, const Observation *event, const char *code)
{
        char door[PATH_SIZE_MAX + 8], detail[512], occurred[TIMESTAMP_TEXT_SIZE] = "";
        (void)text_escape(event->door, door, sizeof(door));
        (void)text_escape(event->detail, detail, sizeof(detail));
        if (event->has_time)
                (void)timestamp_format(event->time_s, occurred);
        alerts_event(batch->request->server, code, "%s%s%s says it%s%s%s%s", *door ? door : "",
                     *door ? ": " : "", batch->gateway->name, *occurred ? " of " : "", occurred,
                     *detail ? ": " : "", detail);
}

static void apply_event(const ObserveBatch *batch, const Observation *event,
                        const ImageCaller *caller)
{
        Server *server = batch->request->server;
        const char *code = observation_rule(event->kind)->alert;
        int64_t now_s = batch->request->now_s;
        int64_t since_s = event->has_time && event->time_s < now_s ? event->time_s : now_s;
        char buffer[IDENTITY_CALLER_SIZE];
        if (caller) {
                Text gateway = identity_caller_text(server->policy.image, caller, buffer);
                doors_observed_note(server->doors_observed, event->door, gateway, event->kind,
                                    since_s, now_s);
                if (event->command_id.size > 0)
                        commands_observed(server, gateway, event->command_id, event->kind,
                                          event->detail);
        }
        /* A controller that is lost raises one alarm, not another for each of its doors. */
        bool is_repeated = event->kind == GATEWAY_CONTROLLER_LOST && event->door.size > 0;
        if (code && !is_repeated)
                alert(batch, event, code);
}

void observe_batch_apply(ObserveBatch *batch)
{
        const Observations *observations = &batch->observations;
        const GatewayStep *step = &batch->step;
        Server *server = batch->request->server;
        bool any = false;
        for (size_t i = step->first; i < observations->count; i++) {
                const Observation *event = &observations->events[i];
                if (!gateway_apply(batch->gateway, observations->store, event->sequence))
                        continue;
                if (!any && step->gap_from > 0)
                        alerts_event(server, "gateway-gap",
                                     "%s has not told its events %" PRIu64 " to %" PRIu64,
                                     batch->gateway->name, step->gap_from, step->gap_to);
                any = true;
                if (!batch->set_aside[i])
                        apply_event(batch, event, batch->callers[i]);
        }
}
