/* SPDX-License-Identifier: MIT */
/*
 * Live change: somebody suspends a person, overrides a door, starts a lockdown. A person does as
 * decided for him; root as break-glass, with a reason, so that a lockdown that nobody can end ends.
 */
#include "daemon/live_change.h"
#include "daemon/request_live.h"
#include "daemon/server.h"

static int answer_malformed(const Request *request, const char *problem)
{
        const Identity *identity = request->identity;
        bool is_person = identity->kinds & IDENTITY_PERSON;
        Answer answer = {
                .request_id = request->message->request_id,
                .user = is_person ? text_from(identity->name) : TEXT_LITERAL("root"),
                .action = request_text(request, FIELD_ACTION),
                .resource = request_text(request, FIELD_RESOURCE),
                .outcome = OUTCOME_ERROR,
                .reason = text_from(reason_name(REASON_MALFORMED_QUERY)),
                .detail = text_from(problem ? problem : reason_text(REASON_MALFORMED_QUERY)),
                .revision = text_from(request->server->policy.revision),
        };
        request_count(request, OUTCOME_ERROR);
        return reply_answer(request->client, &answer);
}

int request_live(const Request *request, const LiveAction *action)
{
        unsigned kinds = request->identity->kinds;
        bool has_why = request_text(request, FIELD_WHY).size > 0;
        bool break_glass = kinds & IDENTITY_ROOT && (has_why || !(kinds & IDENTITY_PERSON));
        const char *problem = NULL;
        if (break_glass && !has_why)
                return request_refuse(request, &refusal_why_missing);
        _cleanup_(live_change_freep) LiveChange *change = NULL;
        int r = live_change_new(request, action, break_glass, &change, &problem);
        if (r != 0)
                return r < 0 ? r : answer_malformed(request, problem);
        if (!live_change_begin(change, request->client)) {
                request->server->counters.busy++;
                return reply_refusal(request->client, request->message->request_id, &refusal_busy,
                                     TEXT_NULL);
        }
        change = NULL;
        return 0;
}
