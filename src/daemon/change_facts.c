/* SPDX-License-Identifier: MIT */
/* Facts of a change: see change_facts.h. */
#include "daemon/change_facts.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/query_message.h"
#include "daemon/server.h"
#include "policy/change.h"
#include "policy/explain.h"
#include "policy/managed.h"

Text change_facts_text(const ChangeFacts *facts, FieldTag tag)
{
        Text text = TEXT_NULL;
        (void)message_text(&facts->message, tag, &text);
        return text;
}

/* The Unix groups of who asks: he may be gone when it is decided. */
static int copy_groups(ChangeFacts *facts, Client *client)
{
        const uint32_t *groups = client_groups(client, &facts->group_count);
        facts->groups = malloc((facts->group_count + 1) * sizeof(*groups));
        if (!facts->groups)
                return -ENOMEM;
        if (facts->group_count > 0)
                memcpy(facts->groups, groups, facts->group_count * sizeof(*groups));
        return 0;
}

/* One line of text, as it may stand in a policy file. */
static bool is_reason(Text text)
{
        return text.size <= CHANGE_REASON_MAX && text_is_printable(text);
}

int change_facts_open(ChangeFacts *facts, const Request *request)
{
        facts->frame = malloc(request->frame_size);
        if (!facts->frame)
                return -ENOMEM;
        memcpy(facts->frame, request->frame, request->frame_size);
        facts->server = request->server;
        facts->request_id = request->message->request_id;
        facts->identity = *request->identity;
        facts->pid = request->client->peer.pid;
        facts->dry_run = message_flag(request->message, FIELD_DRY_RUN);
        memcpy(facts->revision, request->server->policy.revision, sizeof(facts->revision));
        int r = decision_id_make(&facts->id);
        if (r == 0)
                r = copy_groups(facts, request->client);
        if (r < 0)
                return r;
        return message_decode(facts->frame, request->frame_size, &facts->message) == 0 &&
                               is_reason(change_facts_text(facts, FIELD_WHY))
                       ? 0
                       : QUERY_MALFORMED;
}

static void forget_decision(ChangeFacts *facts)
{
        free(facts->detail);
        free(facts->place);
        free(facts->before);
        free(facts->after);
        facts->detail = facts->place = facts->before = facts->after = NULL;
}

void change_facts_clear(ChangeFacts *facts)
{
        forget_decision(facts);
        free(facts->groups);
        free(facts->frame);
}

void change_facts_begin(ChangeFacts *facts, int64_t now_s)
{
        forget_decision(facts);
        facts->decided_s = now_s;
        memcpy(facts->revision, facts->server->policy.revision, sizeof(facts->revision));
}

bool change_facts_is_himself(const ChangeFacts *facts)
{
        const Image *image = facts->server->policy.image;
        Identity now = identity_of(image, facts->identity.uid, facts->server->own_uid);
        if (now.kinds & IDENTITY_UNNAMED)
                identity_set_name(&now, image, text_from(facts->identity.name));
        return now.kinds & IDENTITY_PERSON && text_is(text_from(now.name), facts->identity.name);
}

DecisionContext change_facts_context(const ChangeFacts *facts)
{
        DecisionContext context = server_context(facts->server);
        if (facts->server->policy.has_unix_groups) {
                context.unix_groups = facts->groups;
                context.unix_group_count = facts->group_count;
        }
        return context;
}

void change_facts_place(ChangeFacts *facts, const Decision *decision)
{
        char place[IMAGE_PLACE_SIZE];
        free(facts->place);
        facts->place = strdup(
                image_place(facts->server->policy.image, decision->place, place, sizeof(place)));
}

void change_facts_describe(ChangeFacts *facts, const DecisionContext *context, const Query *query,
                           const Decision *decision, bool with_places)
{
        TextStream *stream = &facts->server->describe;
        (void)policy_describe(facts->server->policy.image, context, query, decision, with_places,
                              text_stream_begin(stream));
        Text text = text_stream_end(stream);
        free(facts->detail);
        facts->detail = strndup(text.size ? text.data : "", text.size);
}

void change_facts_fail(ChangeFacts *facts, Outcome outcome, Reason reason, const char *detail)
{
        facts->outcome = outcome;
        facts->reason = reason;
        free(facts->detail);
        facts->detail = detail ? strdup(detail) : NULL;
}

void change_facts_fail_by_hand(ChangeFacts *facts, ImagePlace by_hand)
{
        char place[IMAGE_PLACE_SIZE], detail[IMAGE_PLACE_SIZE + 128];
        (void)snprintf(detail, sizeof(detail), "%s: it " MANAGED_BY_HAND ": change it there",
                       image_place(facts->server->policy.image, by_hand, place, sizeof(place)));
        change_facts_fail(facts, OUTCOME_ERROR, REASON_WRITTEN_BY_HAND, detail);
}

bool change_facts_complete(ChangeFacts *facts)
{
        if (facts->detail && facts->place && facts->before && facts->after)
                return true;
        change_facts_fail(facts, OUTCOME_ERROR, REASON_JOURNAL_FAILED, strerror(ENOMEM));
        return false;
}

JournalRow change_facts_row(const ChangeFacts *facts, const char *kind)
{
        JournalRow row = {
                .time_s = facts->decided_s,
                .caller_uid = facts->identity.uid,
                .caller_pid = facts->pid,
                .is_minor = facts->outcome != OUTCOME_ALLOW,
        };
        row.texts[JOURNAL_KIND] = text_from(kind);
        row.texts[JOURNAL_DECISION_ID] = decision_id_text(&facts->id);
        row.texts[JOURNAL_SUBJECT] = text_from(facts->identity.name);
        row.texts[JOURNAL_CALLER_NAME] = text_from(facts->identity.name);
        row.texts[JOURNAL_IDENTIFIED] = text_from(facts->identity.how);
        row.texts[JOURNAL_ACTION] = change_facts_text(facts, FIELD_ACTION);
        row.texts[JOURNAL_RESOURCE] = change_facts_text(facts, FIELD_RESOURCE);
        row.texts[JOURNAL_DECISION] = text_from(outcome_name(facts->outcome));
        row.texts[JOURNAL_REASON] = text_from(reason_name(facts->reason));
        row.texts[JOURNAL_GRANTED_BY] = text_from(facts->detail);
        row.texts[JOURNAL_PLACE] = text_from(facts->place);
        row.texts[JOURNAL_REVISION] = text_from(facts->revision);
        row.texts[JOURNAL_WHY] = change_facts_text(facts, FIELD_WHY);
        row.texts[JOURNAL_BEFORE] = text_from(facts->before);
        row.texts[JOURNAL_AFTER] = text_from(facts->after);
        return row;
}

Answer change_facts_answer(const ChangeFacts *facts)
{
        return (Answer){
                .request_id = facts->request_id,
                .user = text_from(facts->identity.name),
                .action = change_facts_text(facts, FIELD_ACTION),
                .resource = change_facts_text(facts, FIELD_RESOURCE),
                .outcome = facts->outcome,
                .reason = text_from(reason_name(facts->reason)),
                .detail = text_from(facts->detail),
                .decision_id = decision_id_text(&facts->id),
                .revision = text_from(facts->revision),
                .subject = text_from(facts->identity.name),
        };
}
