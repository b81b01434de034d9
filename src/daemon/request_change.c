/* SPDX-License-Identifier: MIT */
/*
 * Change: a person of the policy changes who holds what. It waits in the queue of changes, also
 * when it is only tried.
 */
#include "daemon/change_queue.h"
#include "daemon/queued_change.h"
#include "daemon/request_live.h"
#include "daemon/request.h"
#include "daemon/server.h"

static int answer_malformed(const Request *request)
{
        Answer answer = {
                .request_id = request->message->request_id,
                .user = text_from(request->identity->name),
                .action = request_text(request, FIELD_ACTION),
                .resource = request_text(request, FIELD_RESOURCE),
                .outcome = OUTCOME_ERROR,
                .reason = text_from(reason_name(REASON_MALFORMED_QUERY)),
                .detail = text_from(reason_text(REASON_MALFORMED_QUERY)),
                .revision = text_from(request->server->policy.revision),
        };
        request_count(request, OUTCOME_ERROR);
        return reply_answer(request->client, &answer);
}

static bool journal_fails(Server *server)
{
        JournalStatus status;
        journal_status(server->journal, &status);
        return status.failing;
}

/* Who holds what is never changed unrecorded. The row of the refusal is what shows that the journal
 * can be written again: there may be nobody else who has anything to record. */
static int refuse_unrecorded(const Request *request, QueuedChange *change)
{
        queued_change_fail(change, REASON_JOURNAL_FAILED, reason_text(REASON_JOURNAL_FAILED));
        change->facts.decided_s = request->now_s;
        JournalRow row = queued_change_row(change);
        (void)journal_append(request->server->journal, &row, NULL, NULL);
        request->server->counters.journal_failures++;
        request_count(request, OUTCOME_ERROR);
        return queued_change_reply(change, request->client);
}

int request_change(const Request *request)
{
        Server *server = request->server;
        const LiveAction *live = live_action_find(request_text(request, FIELD_ACTION));
        if (live)
                return request_live(request, live);
        /* Who holds what is changed in the text by root. */
        if (!(request->identity->kinds & IDENTITY_PERSON))
                return request_refuse(request, &refusal_not_allowed);
        _cleanup_(queued_change_freep) QueuedChange *change = NULL;
        int r = queued_change_new(request, &change);
        if (r != 0)
                return r < 0 ? r : answer_malformed(request);
        if (!change->facts.dry_run && journal_fails(server))
                return refuse_unrecorded(request, change);
        if (!changes_add(server, change, request->client)) {
                server->counters.busy++;
                return reply_refusal(request->client, request->message->request_id, &refusal_busy,
                                     TEXT_NULL);
        }
        change = NULL;
        compilation_next(server);
        return 0;
}
