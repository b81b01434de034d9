/* SPDX-License-Identifier: MIT */
/* Door: what a door is meant to be, for root and for who may view it; who made it so, and why, for
 * who may change that. */
#include "daemon/request.h"
#include "daemon/server.h"
#include "policy/door_record.h"

static void write_pair(void *data, const char *name, Text value)
{
        message_write_pair(data, text_from(name), value);
}

/* Whether a person has a command's permission on a door. */
static Decision decide(const Request *request, const Resource *resource,
                       const DecisionContext *context, PermissionCommand command)
{
        const Image *image = request->server->policy.image;
        const ImagePermission *permission =
                image_permission(image, image_header(image)->commands[command]);
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

static bool may_change_lockdown(const Request *request, const DecisionContext *context,
                                uint32_t lockdown, QueryKind kind)
{
        const Image *image = request->server->policy.image;
        char text[RESOURCE_SIZE_MAX + 64];
        Query query = { .kind = kind, .user = text_from(request->identity->name) };
        Text resource = image_resource(image, RESOURCE_LOCKDOWN, lockdown, text, sizeof(text));
        if (resource_parse(resource, &query.resource, NULL) != 0)
                return false;
        Decision decision = policy_decide(image, context, &query, NULL);
        return decision.outcome == OUTCOME_ALLOW || decision.reason == REASON_NO_CHANGE;
}

/* Whether he may change what a door is meant to be at this moment: a lockdown as its lists say,
 * anything else as the door does. */
static bool may_change(const Request *request, const Resource *resource,
                       const DecisionContext *context, const DoorSituation *situation)
{
        if (request->identity->kinds & IDENTITY_ROOT || !situation->note)
                return true;
        if (situation->lockdown != IMAGE_NONE)
                return may_change_lockdown(request, context, situation->lockdown,
                                           QUERY_START_LOCKDOWN) ||
                       may_change_lockdown(request, context, situation->lockdown,
                                           QUERY_END_LOCKDOWN);
        return decide(request, resource, context, PERMISSION_COMMAND_OVERRIDE_DOOR).outcome ==
               OUTCOME_ALLOW;
}

static int refuse(const Request *request, Outcome outcome, Reason reason)
{
        Refusal refusal = { reason_name(reason), outcome == OUTCOME_DENY ? 1 : 3,
                            reason_text(reason) };
        request_count(request, outcome);
        return request_refuse(request, &refusal);
}

/* What gateways have told of the door. Return: false when none has. */
static bool observe(const Request *request, const Resource *resource,
                    DoorObservation *ret_observation)
{
        size_t prefix = (size_t)(resource->organization.data - resource->whole.data);
        Text path = { resource->organization.data, resource->whole.size - prefix };
        const DoorObservation *found = doors_observed_find(request->server->doors_observed, path);
        if (!found)
                return false;
        *ret_observation = *found;
        GatewayCaller gateway = gateway_presence_caller(
                request->server->commands.presence, found->gateway, server_now_ms(request->server));
        /* One that only reports takes nothing, and is not missed. */
        ret_observation->gateway_is_away = gateway.served > 0 && !gateway.is_present;
        return true;
}

static int answer(const Request *request, const Resource *resource, const DecisionContext *context,
                  uint32_t door)
{
        Server *server = request->server;
        const PolicyHolder *policy = &server->policy;
        bool accessed = door_releases_hold(&server->releases, policy->generation, door,
                                           server_now_ms(server));
        DoorSituation situation = policy_door_situation(policy->image, context, door);
        DoorObservation observation;
        DoorView view = {
                .accessed = accessed,
                .with_note = may_change(request, resource, context, &situation),
                .with_places = request->identity->kinds & IDENTITY_ROOT,
                .observation = observe(request, resource, &observation) ? &observation : NULL,
        };
        uint64_t id = request->message->request_id;
        MessageWriter writer;
        size_t size;
        RecordWriter record = { write_pair, &writer };
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD, id, 0);
        door_record_write(policy->image, context, door, &view, &record);
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
                Decision decision =
                        decide(request, &resource, &context, PERMISSION_COMMAND_SHOW_DOOR);
                if (decision.outcome != OUTCOME_ALLOW)
                        return refuse(request, decision.outcome, decision.reason);
        }
        if (policy_find_target(policy->image, &resource, &target) != REASON_NONE)
                return refuse(request, OUTCOME_ERROR, REASON_UNKNOWN_RESOURCE);
        return answer(request, &resource, &context, target.index);
}
