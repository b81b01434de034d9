/* SPDX-License-Identifier: MIT */
/*
 * Events: what the journal says, to whom may see it. Decided here; what is shown of it is the
 * child's, whose statements cannot show more (report_filter.h).
 */
#include "daemon/events_access.h"
#include "daemon/request.h"
#include "daemon/server.h"

static int refuse_denied(const Request *request, const EventsAccess *access)
{
        DecisionId id;
        char message[1024];
        Text id_text = events_access_record(request->client, request->identity, access,
                                            request_text(request, FIELD_RESOURCE), &id);
        (void)snprintf(message, sizeof(message), "%.*s", (int)access->text.size, access->text.data);
        Refusal refusal = { access->reason.data, 1, message };
        return reply_refusal(request->client, request->message->request_id, &refusal, id_text);
}

int request_events(const Request *request)
{
        if (request->identity->kinds & IDENTITY_ROOT)
                return request_report(request);
        if (!request->server->policy.image)
                return reply_refusal(request->client, request->message->request_id,
                                     &refusal_no_policy, TEXT_NULL);
        EventsAccess access = events_access(request->client, request->identity, request->message);
        return access.allowed ? request_report(request) : refuse_denied(request, &access);
}
