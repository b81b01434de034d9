/* SPDX-License-Identifier: MIT */
/* Events access: see events_access.h. */
#include "daemon/events_access.h"

#include "daemon/server.h"
#include "policy/explain.h"

static EventsAccess denied(Reason reason)
{
        return (EventsAccess){
                .reason = text_from(reason_name(reason)),
                .text = text_from(reason_text(reason)),
        };
}

static EventsAccess malformed(void)
{
        return (EventsAccess){
                .failed = true,
                .reason = text_from(reason_name(REASON_MALFORMED_QUERY)),
                .text = TEXT_LITERAL("Events are those of a site or a door: site:acme/HQ"),
        };
}

EventsAccess events_access_command(Client *client, const Identity *identity,
                                   PermissionCommand command, Text resource)
{
        Server *server = client->server;
        const Image *image = server->policy.image;
        const ImagePermission *permission =
                image_permission(image, image_header(image)->commands[command]);
        Query query = { .user = text_from(identity->name) };
        if (!permission)
                return denied(REASON_UNKNOWN_PERMISSION);
        query.permission = image_string(image, permission->name);
        if (resource_parse(resource, &query.resource, NULL) != 0)
                return malformed();
        DecisionContext context = server_context(server);
        if (server->policy.has_unix_groups)
                context.unix_groups = client_groups(client, &context.unix_group_count);
        Decision decision = policy_decide(image, &context, &query, NULL);
        server_count(server, decision.outcome);
        EventsAccess access = {
                .allowed = decision.outcome == OUTCOME_ALLOW,
                .failed = decision.outcome == OUTCOME_ERROR,
                .permission = query.permission,
                .reason = text_from(reason_name(decision.reason)),
        };
        (void)policy_describe(image, &context, &query, &decision, false,
                              text_stream_begin(&server->describe));
        access.text = text_stream_end(&server->describe);
        if (access.text.size == 0)
                access.text = text_from(reason_text(decision.reason));
        return access;
}

static bool caller_may_see(const Client *client, const Identity *identity, const Resource *resource)
{
        const Image *image = client->server->policy.image;
        Target target;
        if (!(identity->kinds & IDENTITY_CALLER) ||
            policy_find_target(image, resource, &target) != REASON_NONE)
                return false;
        const ImageCaller *caller = identity_caller(image, identity, target.organization);
        return caller && (caller->may & CALLER_MAY_EVENTS) &&
               identity_caller_reaches(image, caller, &target);
}

/* What a request for events needs: bits of PermissionCommand. 0: it does not hold together. */
static uint32_t needs(const Message *message)
{
        Text format = TEXT_NULL;
        int64_t since_s;
        bool follow = message_flag(message, FIELD_FOLLOW);
        bool has_format = message_text(message, FIELD_FORMAT, &format);
        if (has_format && follow)
                return 0;
        if (has_format)
                return text_is(format, "text") ? 1u << PERMISSION_COMMAND_RUN_REPORT
                       : text_is(format, "csv") || text_is(format, "json")
                               ? 1u << PERMISSION_COMMAND_EXPORT_REPORT
                               : 0;
        if (!follow)
                return 1u << PERMISSION_COMMAND_PAST_EVENTS;
        bool with_past = message_time(message, FIELD_SINCE, &since_s);
        return 1u << PERMISSION_COMMAND_LIVE_EVENTS |
               (with_past ? 1u << PERMISSION_COMMAND_PAST_EVENTS : 0);
}

EventsAccess events_access(Client *client, const Identity *identity, const Message *message)
{
        Text text = TEXT_NULL;
        Resource resource;
        uint32_t needed = needs(message);
        (void)message_text(message, FIELD_RESOURCE, &text);
        if (needed == 0 || resource_parse(text, &resource, NULL) != 0 ||
            (resource.type != RESOURCE_SITE && resource.type != RESOURCE_DOOR))
                return malformed();
        if (caller_may_see(client, identity, &resource))
                return (EventsAccess){ .allowed = true };
        EventsAccess access = denied(REASON_NOT_PERMITTED);
        if (!(identity->kinds & IDENTITY_PERSON))
                return access;
        for (int i = 0; i < PERMISSION_COMMAND_COUNT; i++) {
                if (!(needed & 1u << i))
                        continue;
                access = events_access_command(client, identity, (PermissionCommand)i, text);
                if (!access.allowed)
                        break;
        }
        return access;
}

Text events_access_record(Client *client, const Identity *identity, const EventsAccess *access,
                          Text resource, DecisionId *id)
{
        Server *server = client->server;
        Text id_text = decision_id_make(id) == 0 ? decision_id_text(id) : TEXT_NULL;
        JournalRow row = {
                .time_s = server_now_s(server),
                .caller_uid = client->peer.uid,
                .caller_pid = client->peer.pid,
                .is_minor = !access->allowed,
        };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("events");
        row.texts[JOURNAL_DECISION_ID] = id_text;
        row.texts[JOURNAL_SUBJECT] = identity_text(identity);
        row.texts[JOURNAL_IDENTIFIED] = text_from(identity->how);
        row.texts[JOURNAL_CALLER_NAME] = identity_text(identity);
        row.texts[JOURNAL_ACTION] = access->permission;
        row.texts[JOURNAL_RESOURCE] = resource;
        row.texts[JOURNAL_DECISION] = text_from(outcome_name(access->allowed  ? OUTCOME_ALLOW
                                                             : access->failed ? OUTCOME_ERROR
                                                                              : OUTCOME_DENY));
        row.texts[JOURNAL_REASON] = access->reason;
        row.texts[JOURNAL_GRANTED_BY] = access->text;
        row.texts[JOURNAL_REVISION] = text_from(server->policy.revision);
        (void)journal_append(server->journal, &row, NULL, NULL);
        return id_text;
}
