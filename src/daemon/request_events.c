/* SPDX-License-Identifier: MIT */
/*
 * Events: what the journal says, to whom may see it. Decided here; what is shown of it is the
 * child's, whose statements cannot show more (report_filter.h).
 */
#include <stdio.h>

#include "daemon/events_access.h"
#include "daemon/request_saved_report.h"
#include "daemon/server.h"

#define STATUS_DENIED    1
#define STATUS_FAILED    3
#define REPORT_FRAME_MAX 4096 /* a definition is at most LIVE_TEXT_MAX bytes */

static int refuse_denied(const Request *request, const EventsAccess *access)
{
        DecisionId id;
        char message[1024];
        Text id_text = events_access_record(request->client, request->identity, access,
                                            request_text(request, FIELD_RESOURCE), &id);
        (void)snprintf(message, sizeof(message), "%.*s", (int)access->text.size, access->text.data);
        Refusal refusal = { access->reason.data, access->failed ? STATUS_FAILED : STATUS_DENIED,
                            message };
        return reply_refusal(request->client, request->message->request_id, &refusal, id_text);
}

/* Who took people's movements with him is on record; who looked at them is not. */
static void record_report(const Request *request, const EventsAccess *access)
{
        DecisionId id;
        if (access->permission.size > 0 && request_text(request, FIELD_FORMAT).size > 0)
                (void)events_access_record(request->client, request->identity, access,
                                           request_text(request, FIELD_RESOURCE), &id);
}

static int serve(const Request *request)
{
        if (request->identity->kinds & IDENTITY_ROOT)
                return request_report(request);
        if (!request->server->policy.image)
                return reply_refusal(request->client, request->message->request_id,
                                     &refusal_no_policy, TEXT_NULL);
        EventsAccess access = events_access(request->client, request->identity, request->message);
        if (!access.allowed)
                return refuse_denied(request, &access);
        record_report(request, &access);
        return request_report(request);
}

/* Serves the request that a saved report stands for, as if the peer had written it himself. */
static int serve_saved(const Request *request)
{
        uint8_t frame[REPORT_FRAME_MAX];
        size_t size;
        Message message;
        const SavedReport *report =
                request->server->policy.image
                        ? request_find_report(request, PERMISSION_COMMAND_VIEW_OTHERS_REPORT)
                        : NULL;
        if (!report || message_flag(request->message, FIELD_FOLLOW) ||
            saved_report_request(report, request->message, frame, sizeof(frame), &size) < 0 ||
            message_decode(frame, size, &message) < 0)
                return request_refuse_report(request);
        Request run = *request;
        run.message = &message;
        run.frame = frame;
        run.frame_size = size;
        return serve(&run);
}

int request_events(const Request *request)
{
        return request_text(request, FIELD_REPORT).size > 0 ? serve_saved(request) : serve(request);
}
