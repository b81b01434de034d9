/* SPDX-License-Identifier: MIT */
/* Replies: see reply.h. */
#include "daemon/reply.h"

#include "daemon/server.h"

const Refusal refusal_not_allowed = { "not-allowed", 1,
                                      "You may not do this; doorwardd(8) says who may." };
const Refusal refusal_unknown_caller = { "unknown-caller", 1,
                                         "Your uid stands for no person of the policy." };
const Refusal refusal_unknown_certificate = { "unknown-caller", 1,
                                              "No caller of the policy has this certificate." };
const Refusal refusal_rate_limited = { "rate-limited", 3, "Too many requests; try again later." };
const Refusal refusal_busy = { "busy", 3, "The daemon is busy; try again later." };
const Refusal refusal_no_policy = { "no-policy", 3, "No policy is loaded." };
const Refusal refusal_name_unknown = { "name-unknown", 3,
                                       "The name of your uid could not be found out." };
const Refusal refusal_too_large = { "too-large", 3, "The answer does not fit into a frame." };
const Refusal refusal_why_missing = { "reason-missing", 1,
                                      "Root does this as break-glass only, and states a reason "
                                      "(--reason)." };
const Refusal refusal_properties = { "not-allowed", 1, "You may not state properties." };

static void write_optional(MessageWriter *writer, FieldTag tag, Text text)
{
        if (text.size > 0)
                message_write_text(writer, tag, text);
}

int answer_encode(const Answer *answer, void *buffer, size_t capacity, size_t *ret_size)
{
        MessageWriter writer;
        message_writer_begin(&writer, buffer, capacity, MESSAGE_ANSWER, answer->request_id, 0);
        message_write_text(&writer, FIELD_USER, answer->user);
        message_write_text(&writer, FIELD_ACTION, answer->action);
        message_write_text(&writer, FIELD_RESOURCE, answer->resource);
        message_write_number(&writer, FIELD_OUTCOME, answer->outcome);
        message_write_text(&writer, FIELD_REASON, answer->reason);
        write_optional(&writer, FIELD_DETAIL, answer->detail);
        write_optional(&writer, FIELD_EXPLANATION, answer->explanation);
        write_optional(&writer, FIELD_DECISION_ID, answer->decision_id);
        write_optional(&writer, FIELD_REVISION, answer->revision);
        if (answer->not_after_s != 0)
                message_write_time(&writer, FIELD_NOT_AFTER, answer->not_after_s);
        /* A subject longer than any was taken from USER, which stands above. */
        if (answer->subject.size < IDENTITY_CALLER_SIZE)
                write_optional(&writer, FIELD_SUBJECT, answer->subject);
        write_optional(&writer, FIELD_DOOR, answer->door);
        if (answer->release_s != 0)
                message_write_number(&writer, FIELD_RELEASE_SECONDS, answer->release_s);
        write_optional(&writer, FIELD_DOOR_STATE, answer->door_state);
        if (answer->has_sessions_ended)
                message_write_number(&writer, FIELD_SESSIONS_ENDED, answer->sessions_ended);
        write_optional(&writer, FIELD_GATEWAY, answer->gateway);
        return message_writer_end(&writer, ret_size);
}

int reply_answer(Client *client, const Answer *answer)
{
        uint8_t *buffer = client->server->send_buffer;
        size_t size;
        if (answer_encode(answer, buffer, MESSAGE_SIZE_MAX, &size) < 0)
                return reply_refusal(client, answer->request_id, &refusal_too_large, TEXT_NULL);
        return client_send(client, buffer, size);
}

int reply_refusal(Client *client, uint64_t request_id, const Refusal *refusal, Text decision_id)
{
        uint8_t *buffer = client->server->send_buffer;
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_REFUSAL, request_id, 0);
        message_write_text(&writer, FIELD_REASON, text_from(refusal->reason));
        write_optional(&writer, FIELD_DECISION_ID, decision_id);
        message_write_number(&writer, FIELD_STATUS, refusal->status);
        message_write_text(&writer, FIELD_MESSAGE, text_from(refusal->message));
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r : client_send(client, buffer, size);
}

int reply_end(Client *client, uint64_t request_id, uint32_t record_count, uint32_t status,
              Text message)
{
        uint8_t *buffer = client->server->send_buffer;
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_END, request_id,
                             record_count);
        message_write_number(&writer, FIELD_STATUS, status);
        write_optional(&writer, FIELD_MESSAGE, message);
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r : client_send(client, buffer, size);
}

int reply_page_end(Client *client, uint64_t request_id, uint32_t record_count, Text after)
{
        uint8_t *buffer = client->server->send_buffer;
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_END, request_id,
                             record_count);
        write_optional(&writer, FIELD_AFTER, after);
        message_write_number(&writer, FIELD_STATUS, 0);
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r : client_send(client, buffer, size);
}
