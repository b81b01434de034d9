/* SPDX-License-Identifier: MIT */
/* Request: see request.h. */
#include "daemon/request.h"

#include <errno.h>

#include "daemon/request_table.h"
#include "daemon/server.h"

Text request_text(const Request *request, FieldTag tag)
{
        Text text = TEXT_NULL;
        (void)message_text(request->message, tag, &text);
        return text;
}

Text request_answer_id(const Request *request, DecisionId *id)
{
        return request->identity->by_certificate && decision_id_make(id) == 0 ? decision_id_text(id)
                                                                              : TEXT_NULL;
}

JournalRow request_row(const Request *request, const char *kind)
{
        const Client *client = request->client;
        JournalRow row = {
                .time_s = request->now_s,
                .caller_uid = client->peer.uid,
                .caller_pid = client->peer.pid,
                .is_minor = !(request->identity->kinds & IDENTITY_ROOT),
        };
        row.texts[JOURNAL_KIND] = text_from(kind);
        row.texts[JOURNAL_CALLER_NAME] = identity_text(request->identity);
        row.texts[JOURNAL_IDENTIFIED] = text_from(request->identity->how);
        row.texts[JOURNAL_REVISION] = text_from(request->server->policy.revision);
        return row;
}

void request_count(const Request *request, Outcome outcome)
{
        server_count(request->server, outcome);
}

static bool is_unknown_certificate(const Request *request)
{
        return request->identity->by_certificate && (request->identity->kinds & IDENTITY_NOBODY);
}

int request_refuse(const Request *request, const Refusal *refusal)
{
        const RequestRule *rule = request_table_find(request->message->type);
        DecisionId id;
        Text id_text = decision_id_make(&id) == 0 ? decision_id_text(&id) : TEXT_NULL;
        JournalRow row = request_row(request, "refusal");
        row.texts[JOURNAL_DECISION_ID] = id_text;
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("refused");
        row.texts[JOURNAL_REASON] = text_from(refusal->reason);
        row.texts[JOURNAL_SUBJECT] = is_unknown_certificate(request)
                                             ? request_text(request, FIELD_CERTIFICATE)
                                             : identity_text(request->identity);
        row.texts[JOURNAL_USER] = request_text(request, FIELD_USER);
        row.texts[JOURNAL_ACTION] = text_from(rule->name);
        row.texts[JOURNAL_RESOURCE] = request_text(request, FIELD_RESOURCE);
        (void)journal_append(request->server->journal, &row, NULL, NULL);
        request->server->counters.refused++;
        return reply_refusal(request->client, request->message->request_id, refusal, id_text);
}

/* The identity of a client by the policy that is served now. */
static Identity *identify(Client *client)
{
        const PolicyHolder *policy = &client->server->policy;
        if (!client->identity_known || client->identity_generation != policy->generation) {
                client->identity =
                        identity_of(policy->image, client->peer.uid, client->server->own_uid);
                client->identity_generation = policy->generation;
                client->identity_known = true;
        }
        return &client->identity;
}

int request_hold(const Request *request, ClientState state, uint64_t deadline_ms)
{
        Client *client = request->client;
        uint8_t *held = malloc(request->frame_size);
        if (!held)
                return -ENOMEM;
        memcpy(held, request->frame, request->frame_size);
        client->held = held;
        client->held_size = request->frame_size;
        client_wait(client, state, request->message->request_id, deadline_ms);
        return 0;
}

static bool is_busy(const Request *request)
{
        const Server *server = request->server;
        uint32_t limit = server->policy.settings.requests_in_flight;
        if (request->identity->kinds & IDENTITY_ROOT)
                limit += SERVER_ROOT_RESERVE;
        return server->in_flight >= limit;
}

static int refuse_busy(const Request *request)
{
        request->server->counters.busy++;
        return reply_refusal(request->client, request->message->request_id, &refusal_busy,
                             TEXT_NULL);
}

/* Finds the name of an unknown uid. Return: 0 when the identity is complete; 1 when the request was
 * answered or waits; negative: the connection is broken. */
static int complete_identity(const Request *request)
{
        ResolvedName name;
        int r = resolver_find(request->server->resolver, request->client->peer.uid,
                              server_now_ms(request->server), &name);
        if (r == RESOLVER_WAIT)
                r = is_busy(request) ? refuse_busy(request)
                                     : request_hold(request, CLIENT_WAITS_NAME, 0);
        else if (r < 0)
                r = reply_refusal(request->client, request->message->request_id,
                                  &refusal_name_unknown, TEXT_NULL);
        else {
                identity_set_name(&request->client->identity, request->server->policy.image,
                                  text_from(name.name));
                return 0;
        }
        return r < 0 ? r : 1;
}

static int answer_no_policy(const Request *request)
{
        MessageType type = request->message->type;
        DecisionId id;
        request_count(request, OUTCOME_ERROR);
        if (type != MESSAGE_ASK && type != MESSAGE_UNLOCK && type != MESSAGE_CHANGE &&
            type != MESSAGE_ENTER)
                return reply_refusal(request->client, request->message->request_id,
                                     &refusal_no_policy, TEXT_NULL);
        Answer answer = {
                .request_id = request->message->request_id,
                .user = request_text(request, FIELD_USER),
                .action = request_text(request, FIELD_ACTION),
                .resource = request_text(request, FIELD_RESOURCE),
                .outcome = OUTCOME_ERROR,
                .reason = text_from(reason_name(REASON_NO_POLICY)),
                .detail = text_from(reason_text(REASON_NO_POLICY)),
                .decision_id = request_answer_id(request, &id),
        };
        return reply_answer(request->client, &answer);
}

static const Refusal *refusal_of(const Request *request)
{
        if (is_unknown_certificate(request))
                return &refusal_unknown_certificate;
        return request->identity->kinds & IDENTITY_NOBODY ? &refusal_unknown_caller
                                                          : &refusal_not_allowed;
}

static int dispatch(const Request *request, const RequestRule *rule)
{
        const Identity *identity = request->identity;
        bool has_policy = request->server->policy.image != NULL;
        if ((rule->needs & REQUEST_NEEDS_POLICY) && !has_policy &&
            !(identity->kinds & IDENTITY_NOBODY))
                return answer_no_policy(request);
        if ((rule->needs & REQUEST_NEEDS_NAME) && (identity->kinds & IDENTITY_UNNAMED)) {
                int r = complete_identity(request);
                if (r != 0)
                        return r < 0 ? r : 0;
        }
        if (!(identity->kinds & rule->who))
                return request_refuse(request, refusal_of(request));
        if ((rule->needs & REQUEST_MAY_WAIT) && is_busy(request))
                return refuse_busy(request);
        return rule->handler(request);
}

/* Whether a request is within its uid's rate. Root, fronts and listed callers have none. */
static bool is_within_rate(Client *client, const Identity *identity)
{
        if (identity->kinds & (IDENTITY_ROOT | IDENTITY_FRONT | IDENTITY_CALLER))
                return true;
        return rate_take(client->account, &client->server->limits, server_now_ms(client->server));
}

/* The organization that a request is about: of its resource, or of the first of its objects. */
static uint32_t organization_of(const Request *request)
{
        Text text;
        Resource resource;
        if ((!message_text(request->message, FIELD_RESOURCE, &text) &&
             !message_text(request->message, FIELD_WITH, &text)) ||
            resource_parse(text, &resource, NULL) != 0)
                return IMAGE_NONE;
        return image_find_organization(request->server->policy.image, resource.organization);
}

/* Serves by the rights of whoever asks: of the certificate's caller alone where one is stated, so
 * that neither root's rights nor the front's uid add anything. */
static int serve_as(Request *request, const RequestRule *rule, Identity *peer)
{
        const Image *image = request->server->policy.image;
        Identity stated, *identity = peer;
        Text certificate;
        if (!(rule->needs & REQUEST_TELLS_OF_CERTIFICATE) &&
            message_text(request->message, FIELD_CERTIFICATE, &certificate)) {
                if (!image)
                        return answer_no_policy(request);
                if (!(peer->kinds & (IDENTITY_ROOT | IDENTITY_FRONT)))
                        return request_refuse(request, &refusal_not_allowed);
                stated = identity_of_certificate(image, certificate, peer->uid);
                identity = &stated;
        }
        if (identity->kinds & IDENTITY_CALLER)
                identity_name_caller(identity, image, organization_of(request));
        request->identity = identity;
        return dispatch(request, rule);
}

static int serve(Client *client, const void *frame, size_t size, bool is_new)
{
        Server *server = client->server;
        Message message;
        int r = message_decode(frame, size, &message);
        const RequestRule *rule = r == 0 ? request_table_find(message.type) : NULL;
        if (!rule) {
                server->counters.malformed++;
                return -EPROTO;
        }
        Identity *peer = identify(client);
        Request request = {
                .server = server,
                .client = client,
                .message = &message,
                .frame = frame,
                .frame_size = size,
                .identity = peer,
                .now_s = server_now_s(server),
        };
        if (is_new && !is_within_rate(client, peer)) {
                server->counters.rate_limited++;
                return reply_refusal(client, message.request_id, &refusal_rate_limited, TEXT_NULL);
        }
        return serve_as(&request, rule, peer);
}

int request_serve(Client *client, const void *frame, size_t size)
{
        return serve(client, frame, size, true);
}

int request_serve_held(Client *client)
{
        _cleanup_free_ uint8_t *frame = client->held;
        client->held = NULL;
        return serve(client, frame, client->held_size, false);
}
