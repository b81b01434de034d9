/* SPDX-License-Identifier: MIT */
/* Messages: see messages.h. Replies are gathered until the last one, so that an answer is whole or
 * none at all. */
#include "http/messages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define TAKE_SECONDS_MAX 60 /* how long TAKE and COMMAND may wait, doc/PROTOCOL.md */

typedef struct Exchange {
        HttpCall *call;
        LinkCall *request;
        uint8_t *replies;
        size_t size, capacity;
} Exchange;

/* What may be asked from another host; everything else is for this one. */
static bool may_pass(MessageType type)
{
        static const MessageType types[] = { MESSAGE_ASK,    MESSAGE_UNLOCK,  MESSAGE_ENTER,
                                             MESSAGE_TAKE,   MESSAGE_CONSUME, MESSAGE_COMMAND,
                                             MESSAGE_OBSERVE };
        for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
                if (types[i] == type)
                        return true;
        return false;
}

static void end_exchange(void *state)
{
        Exchange *exchange = state;
        link_cancel(exchange->request);
        free(exchange->replies);
        free(exchange);
}

static int rewrite(const Message *message, const char *certificate, uint8_t *frame,
                   size_t *ret_size)
{
        MessageWriter writer;
        size_t n = 0;
        message_writer_begin(&writer, frame, MESSAGE_SIZE_MAX, message->type, message->request_id,
                             message->sequence);
        for (; n < message->field_count && message->fields[n].tag < FIELD_CERTIFICATE; n++)
                message_write_field(&writer, &message->fields[n]);
        if (certificate)
                message_write_text(&writer, FIELD_CERTIFICATE, text_from(certificate));
        for (; n < message->field_count; n++)
                message_write_field(&writer, &message->fields[n]);
        return message_writer_end(&writer, ret_size);
}

static bool make_room(Exchange *exchange, size_t more)
{
        if (more > MESSAGES_REPLIES_MAX - exchange->size)
                return false;
        if (exchange->capacity - exchange->size >= more)
                return true;
        size_t capacity = 2 * (exchange->size + more);
        uint8_t *replies = realloc(exchange->replies, capacity);
        if (!replies)
                return false;
        exchange->replies = replies;
        exchange->capacity = capacity;
        return true;
}

static bool keep_reply(Exchange *exchange, const Message *message)
{
        uint8_t frame[MESSAGE_SIZE_MAX];
        size_t size;
        if (rewrite(message, NULL, frame, &size) < 0 || !make_room(exchange, size))
                return false;
        memcpy(exchange->replies + exchange->size, frame, size);
        exchange->size += size;
        return true;
}

static void on_reply(void *data, int problem, const Message *message)
{
        Exchange *exchange = data;
        HttpCall *call = exchange->call;
        bool is_last = problem != 0 || message->type != MESSAGE_RECORD;
        if (is_last)
                exchange->request = NULL;
        if (problem != 0)
                http_call_answer_error(call, problem == LINK_LATE ? 504 : 503, "daemon-away",
                                       link_problem_text(problem));
        else if (!keep_reply(exchange, message))
                http_call_answer_error(call, 500, "reply-too-large",
                                       "the reply is too large to be passed on");
        else if (is_last)
                http_call_answer_bytes(call, 200, "application/octet-stream", exchange->replies,
                                       exchange->size);
}

/* How long a request may take: what it may wait for beside what any request may take. */
static uint64_t timeout_of(const HttpCall *call, const Message *message)
{
        uint64_t timeout_ms = http_call_timeout_ms(call);
        if (message->type == MESSAGE_TAKE || message->type == MESSAGE_COMMAND)
                timeout_ms += TAKE_SECONDS_MAX * 1000;
        return timeout_ms;
}

static void pass_on(HttpCall *call, const Message *message)
{
        uint8_t frame[MESSAGE_SIZE_MAX];
        size_t size;
        if (rewrite(message, http_call_certificate(call), frame, &size) < 0) {
                http_call_answer_error(call, 413, "too-large", "the message is too large");
                return;
        }
        Exchange *exchange = calloc(1, sizeof(*exchange));
        if (!exchange) {
                http_call_answer_error(call, 503, "no-memory", "out of memory");
                return;
        }
        exchange->call = call;
        http_call_set_state(call, exchange, end_exchange);
        if (link_call(http_call_link(call), frame, size, timeout_of(call, message), on_reply,
                      exchange, &exchange->request) < 0)
                http_call_answer_error(call, 503, "daemon-busy",
                                       "too many requests wait for the daemon");
}

void messages_serve(HttpCall *call)
{
        Message message;
        Text body = http_call_body(call), certificate;
        if (message_decode(body.data, body.size, &message) < 0)
                http_call_answer_error(call, 400, "malformed-message",
                                       "the body is no message of the protocol");
        else if (!may_pass(message.type))
                http_call_answer_error(call, 403, "message-not-passed",
                                       "this message is not taken from other hosts");
        else if (message_text(&message, FIELD_CERTIFICATE, &certificate))
                http_call_answer_error(call, 400, "certificate-stated",
                                       "a certificate is shown in the handshake, not stated");
        else
                pass_on(call, &message);
}
