/* SPDX-License-Identifier: MIT */
/* Pending answer: see pending.h. It belongs to the journal until that has called back. */
#include "daemon/pending.h"

#include "daemon/decision_id.h"
#include "daemon/server.h"

struct PendingAnswer {
        Server *server;
        Client *client;      /* NULL: gone, or answered already */
        Command *command;    /* NULL: none, or given or withdrawn already */
        bool denies;         /* what is answered when the row is not on disk is a denial */
        DoorRelease release; /* seconds 0: none */
        DecisionId id;       /* of the decision, for the row that takes it back */
        size_t recorded_size, failed_size;
        uint8_t frames[]; /* recorded, then failed */
};

/* The door is released when the command is given. */
static void note_release(const PendingAnswer *pending)
{
        Server *server = pending->server;
        if (pending->release.seconds > 0 && server->policy.image)
                door_releases_note(&server->releases, server->policy.image,
                                   server->policy.generation, &pending->release,
                                   server_now_ms(server));
}

/* What becomes of the command: only what somebody was told of is given. may_be_recorded: the row of
 * the allow is on disk, or may still come there. */
static void settle_command(PendingAnswer *pending, bool told, bool may_be_recorded)
{
        Command *command = pending->command;
        pending->command = NULL;
        if (command && told)
                command_give(pending->server, command);
        else if (command)
                command_withdraw(pending->server, command,
                                 may_be_recorded ? "who asked had gone" : NULL);
}

/* Sends one of the answers and lets go of the client, without going on reading from it. */
static int send_answer(PendingAnswer *pending, bool written, bool may_be_recorded)
{
        Client *client = pending->client;
        bool allows = written || !pending->denies;
        pending->client = NULL;
        client->pending = NULL;
        client->deadline_ms = 0;
        if (allows)
                note_release(pending);
        if (!written)
                client->server->counters.journal_failures++;
        int r = written ? client_send(client, pending->frames, pending->recorded_size)
                        : client_send(client, pending->frames + pending->recorded_size,
                                      pending->failed_size);
        /* A denial that was answered has a row of its own that takes the allow back. */
        settle_command(pending, allows && r == 0, allows && may_be_recorded);
        return r;
}

/* The row that waits says allow, and the client is told deny: the next row says so. It is appended
 * at once, so that the journal writes it also when the daemon ends meanwhile. */
static void take_back(const PendingAnswer *pending)
{
        JournalRow row = {
                .time_s = server_now_s(pending->server),
                .caller_uid = pending->server->own_uid,
                .effect = pending->command ? JOURNAL_EFFECT_CLOSES_COMMAND : JOURNAL_EFFECT_NONE,
        };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("alarm");
        row.texts[JOURNAL_DECISION_ID] = decision_id_text(&pending->id);
        row.texts[JOURNAL_DECISION] = text_from(outcome_name(OUTCOME_DENY));
        row.texts[JOURNAL_REASON] = text_from(reason_name(REASON_JOURNAL_FAILED));
        row.texts[JOURNAL_WHY] = TEXT_LITERAL("the journal was late: a denial was answered");
        (void)journal_append(pending->server->journal, &row, NULL, NULL);
}

int pending_expire(PendingAnswer *pending)
{
        alerts_set(pending->server, ALERT_JOURNAL_FAILING, true, "it takes too long");
        if (pending->denies)
                take_back(pending);
        return send_answer(pending, false, true);
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
                if (send_answer(pending, written, written) < 0)
                        client_free(client);
                else
                        client_resume(client);
        }
        settle_command(pending, false, written);
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

/* The journal takes no rows: what is answered then is answered at once. */
static int answer_failed(PendingAnswer *pending, Client *client, const Answer *failed)
{
        client->server->counters.journal_failures++;
        int r = reply_answer(client, failed);
        settle_command(pending, r == 0 && !pending->denies, false);
        free(pending);
        return r;
}

int pending_begin(Client *client, const JournalRow *row, const Answer *answer, bool need_journal,
                  const DoorRelease *release, Command *command)
{
        Answer failed = without_journal(answer, need_journal);
        PendingAnswer *pending = make(client->server, answer, &failed);
        if (!pending) {
                if (command)
                        command_withdraw(client->server, command, NULL);
                return reply_refusal(client, answer->request_id, &refusal_too_large, TEXT_NULL);
        }
        pending->server = client->server;
        pending->command = command;
        pending->denies = need_journal;
        JournalRow recorded = *row;
        recorded.is_minor = false;
        if (journal_append(client->server->journal, &recorded, on_journal, pending) < 0)
                return answer_failed(pending, client, &failed);
        pending->client = client;
        if (release)
                pending->release = *release;
        if (answer->decision_id.size < sizeof(pending->id.digits))
                memcpy(pending->id.digits, answer->decision_id.data, answer->decision_id.size);
        client->pending = pending;
        client_wait(client, CLIENT_WAITS_JOURNAL, answer->request_id,
                    server_deadline(client->server));
        return 0;
}
