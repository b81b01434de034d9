/* SPDX-License-Identifier: MIT */
/* Pending answer: see pending.h. It belongs to the journal until that has called back. */
#include "daemon/pending.h"

#include "daemon/server.h"

struct PendingAnswer {
        Server *server;
        Client *client; /* NULL: gone, or answered already */
        size_t recorded_size, failed_size;
        uint8_t frames[]; /* recorded, then failed */
};

/* Sends one of the answers and lets go of the client, without going on reading from it. */
static int send_answer(PendingAnswer *pending, bool written)
{
        Client *client = pending->client;
        pending->client = NULL;
        client->pending = NULL;
        client->deadline_ms = 0;
        if (!written)
                client->server->counters.journal_failures++;
        return written ? client_send(client, pending->frames, pending->recorded_size)
                       : client_send(client, pending->frames + pending->recorded_size,
                                     pending->failed_size);
}

/* Appends that the answer was a denial, which the row of the decision does not say. */
static void record_denial(const PendingAnswer *pending)
{
        static const struct {
                FieldTag tag;
                JournalText text;
        } texts[] = {
                { FIELD_DECISION_ID, JOURNAL_DECISION_ID },
                { FIELD_SUBJECT, JOURNAL_SUBJECT },
                { FIELD_USER, JOURNAL_USER },
                { FIELD_ACTION, JOURNAL_ACTION },
                { FIELD_RESOURCE, JOURNAL_RESOURCE },
                { FIELD_REASON, JOURNAL_REASON },
                { FIELD_REVISION, JOURNAL_REVISION },
        };
        Server *server = pending->server;
        const Client *client = pending->client;
        Message failed;
        uint32_t outcome;
        if (message_decode(pending->frames + pending->recorded_size, pending->failed_size,
                           &failed) < 0 ||
            !message_number(&failed, FIELD_OUTCOME, &outcome) || outcome == OUTCOME_ALLOW)
                return;
        JournalRow row = {
                .time_s = server_now_s(server),
                .caller_uid = client->peer.uid,
                .caller_pid = client->peer.pid,
        };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("late");
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("deny");
        for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
                (void)message_text(&failed, texts[i].tag, &row.texts[texts[i].text]);
        (void)journal_append(server->journal, &row, NULL, NULL);
}

int pending_expire(PendingAnswer *pending)
{
        alerts_set(pending->server, ALERT_JOURNAL_FAILING, true, "it takes too long");
        record_denial(pending);
        return send_answer(pending, false);
}

void pending_forget(PendingAnswer *pending)
{
        pending->client = NULL;
}

static void on_journal(void *data, bool written)
{
        PendingAnswer *pending = data;
        Client *client = pending->client;
        if (written)
                alerts_set(pending->server, ALERT_JOURNAL_FAILING, false, NULL);
        if (client) {
                if (send_answer(pending, written) < 0)
                        client_free(client);
                else
                        client_resume(client);
        }
        free(pending);
}

/* Encodes both answers, one behind the other. Return: NULL when they cannot be. */
static PendingAnswer *make(Server *server, const Answer *recorded, const Answer *failed)
{
        size_t recorded_size, failed_size;
        if (answer_encode(recorded, server->send_buffer, MESSAGE_SIZE_MAX, &recorded_size) < 0 ||
            answer_encode(failed, server->send_buffer + recorded_size, MESSAGE_SIZE_MAX,
                          &failed_size) < 0)
                return NULL;
        PendingAnswer *pending = malloc(sizeof(*pending) + recorded_size + failed_size);
        if (!pending)
                return NULL;
        *pending = (PendingAnswer){ .recorded_size = recorded_size, .failed_size = failed_size };
        memcpy(pending->frames, server->send_buffer, recorded_size + failed_size);
        return pending;
}

/* What is answered when the decision could not be recorded. */
static Answer without_journal(const Answer *answer, bool need_journal)
{
        if (!need_journal)
                return *answer;
        return (Answer){
                .request_id = answer->request_id,
                .user = answer->user,
                .action = answer->action,
                .resource = answer->resource,
                .outcome = OUTCOME_DENY,
                .reason = text_from(reason_name(REASON_JOURNAL_FAILED)),
                .decision_id = answer->decision_id,
                .revision = answer->revision,
                .subject = answer->subject,
        };
}

int pending_begin(Client *client, const JournalRow *row, const Answer *answer, bool need_journal)
{
        Answer failed = without_journal(answer, need_journal);
        PendingAnswer *pending = make(client->server, answer, &failed);
        if (!pending)
                return reply_refusal(client, answer->request_id, &refusal_too_large, TEXT_NULL);
        JournalRow recorded = *row;
        recorded.is_minor = false;
        if (journal_append(client->server->journal, &recorded, on_journal, pending) < 0) {
                free(pending);
                client->server->counters.journal_failures++;
                return reply_answer(client, &failed);
        }
        pending->server = client->server;
        pending->client = client;
        client->pending = pending;
        client_wait(client, CLIENT_WAITS_JOURNAL, answer->request_id,
                    server_deadline(client->server));
        return 0;
}
