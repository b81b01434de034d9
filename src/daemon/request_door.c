/* SPDX-License-Identifier: MIT */
/* Door: what a door is meant to be, for root and for who may view it. */
#include "daemon/request.h"
#include "daemon/server.h"
#include "policy/door_record.h"

static void write_pair(void *data, const char *name, Text value)
{
        message_write_pair(data, text_from(name), value);
}

/* Whether a person may view a door. */
static Decision decide(const Request *request, const Resource *resource,
                       const DecisionContext *context)
{
        const Image *image = request->server->policy.image;
        const ImagePermission *permission = image_permission(
                image, image_header(image)->commands[PERMISSION_COMMAND_SHOW_DOOR]);
        if (!permission)
                return decision_new(OUTCOME_ERROR, REASON_UNKNOWN_PERMISSION);
        Query query = {
                .kind = QUERY_PERMISSION,
                .user = text_from(request->identity->name),
                .permission = image_string(image, permission->name),
                .resource = *resource,
        };
        return policy_decide(image, context, &query, NULL);
}

static int refuse(const Request *request, Outcome outcome, Reason reason)
{
        Refusal refusal = { reason_name(reason), outcome == OUTCOME_DENY ? 1 : 3,
                            reason_text(reason) };
        request_count(request, outcome);
        return request_refuse(request, &refusal);
}

static int answer(const Request *request, const DecisionContext *context, uint32_t door)
{
        Server *server = request->server;
        const PolicyHolder *policy = &server->policy;
        bool is_root = request->identity->kinds & IDENTITY_ROOT;
        bool accessed = door_releases_hold(&server->releases, policy->generation, door,
                                           server_now_ms(server));
        uint64_t id = request->message->request_id;
        MessageWriter writer;
        size_t size;
        RecordWriter record = { write_pair, &writer };
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD, id, 0);
        door_record_write(policy->image, context, door, accessed, is_root, &record);
        int r = message_writer_end(&writer, &size);
        if (r == 0)
                r = client_send(request->client, server->send_buffer, size);
        return r < 0 ? r : reply_end(request->client, id, 1, 0, TEXT_NULL);
}

int request_door(const Request *request)
{
        const PolicyHolder *policy = &request->server->policy;
        DecisionContext context = server_context(request->server);
        Resource resource;
        Target target;
        if (resource_parse(request_text(request, FIELD_RESOURCE), &resource, NULL) != 0 ||
            resource.type != RESOURCE_DOOR)
                return refuse(request, OUTCOME_ERROR, REASON_MALFORMED_QUERY);
        if (!(request->identity->kinds & IDENTITY_ROOT)) {
                if (policy->has_unix_groups)
                        context.unix_groups =
                                client_groups(request->client, &context.unix_group_count);
                Decision decision = decide(request, &resource, &context);
                if (decision.outcome != OUTCOME_ALLOW)
                        return refuse(request, decision.outcome, decision.reason);
        }
        if (policy_find_target(policy->image, &resource, &target) != REASON_NONE)
                return refuse(request, OUTCOME_ERROR, REASON_UNKNOWN_RESOURCE);
        return answer(request, &context, target.index);
}
