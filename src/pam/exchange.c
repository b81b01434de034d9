/* SPDX-License-Identifier: MIT */
/*
 * Exchange
 *
 * Connect, ask, close: nothing is kept, so that a fork of the host program can never share a
 * connection, and every answer comes from a server that was verified for it.
 */
#include "pam/exchange.h"

#include <errno.h>
#include <stdlib.h>

#define ACTION      "session"
#define DOOR_PREFIX "door:"

enum { RESOURCE_SIZE_MAX = 4096 }; /* bytes */

/* "door:" and a path, or empty. */
typedef struct ResourceText {
        size_t size;
        char text[RESOURCE_SIZE_MAX];
} ResourceText;

static int make_resource(Text door, ResourceText *ret_resource)
{
        const size_t prefix_size = sizeof(DOOR_PREFIX) - 1;
        ret_resource->size = 0;
        if (door.size == 0)
                return 0;
        if (door.size > sizeof(ret_resource->text) - prefix_size)
                return -EMSGSIZE;
        memcpy(ret_resource->text, DOOR_PREFIX, prefix_size);
        memcpy(ret_resource->text + prefix_size, door.data, door.size);
        ret_resource->size = prefix_size + door.size;
        return 0;
}

static void write_optional(MessageWriter *writer, FieldTag tag, Text text)
{
        if (text.size)
                message_write_text(writer, tag, text);
}

static void write_groups(MessageWriter *writer, FieldTag tag, const GroupList *list)
{
        if (list->count)
                message_write_numbers(writer, tag, list->groups, list->count);
}

static int write_request(const SessionQuestion *question, Text resource, uint8_t *buffer,
                         size_t *ret_size)
{
        const Facts *facts = question->facts;
        MessageWriter writer;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_SESSION,
                             question->request_id, 0);
        message_write_text(&writer, FIELD_USER, facts->user);
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL(ACTION));
        message_write_text(&writer, FIELD_RESOURCE, resource);
        message_write_text(&writer, FIELD_SERVICE, facts->service);
        message_write_number(&writer, FIELD_PHASE, question->phase);
        message_write_number(&writer, FIELD_CALLER_UID, facts->caller_uid);
        if (facts->caller_person.known)
                message_write_text(&writer, FIELD_CALLER_NAME,
                                   text_from(facts->caller_person.name));
        write_optional(&writer, FIELD_REMOTE_USER, facts->remote_user);
        write_optional(&writer, FIELD_REMOTE_HOST, facts->remote_host);
        write_optional(&writer, FIELD_TERMINAL, facts->terminal);
        if (facts->user_person.known)
                message_write_number(&writer, FIELD_USER_UID, facts->user_person.uid);
        if (facts->user_is_local)
                message_write_number(&writer, FIELD_USER_LOCAL_UID, facts->user_local_uid);
        if (facts->caller_is_local)
                message_write_number(&writer, FIELD_CALLER_LOCAL_UID, facts->caller_local_uid);
        message_write_number(&writer, FIELD_MINIMUM_UID, question->arguments->minimum_uid);
        write_groups(&writer, FIELD_USER_GROUPS, &facts->user_groups);
        write_groups(&writer, FIELD_CALLER_GROUPS, &facts->caller_groups);
        return message_writer_end(&writer, ret_size);
}

/* Copies a text if it has the size and only the characters allowed. */
static bool copy_checked(Text text, const char *allowed, size_t size_min, size_t size_max,
                         char *buffer)
{
        if (text.size < size_min || text.size > size_max)
                return false;
        for (size_t i = 0; i < text.size; i++)
                if (!strchr(allowed, text.data[i]))
                        return false;
        memcpy(buffer, text.data, text.size);
        buffer[text.size] = '\0';
        return true;
}

static bool repeats(const Message *reply, FieldTag tag, Text asked)
{
        Text answered;
        return message_text(reply, tag, &answered) && text_equal(asked, answered);
}

/* Return: 0, CONNECTION_PROTOCOL for a reply that is not one to this question. */
static int read_reply(const SessionQuestion *question, Text resource, const Message *reply,
                      SessionAnswer *ret_answer)
{
        SessionAnswer answer = { .refused = reply->type == MESSAGE_REFUSAL };
        Text text;
        if (!message_text(reply, FIELD_REASON, &text) ||
            !copy_checked(text, "abcdefghijklmnopqrstuvwxyz0123456789-", 1, REASON_SIZE_MAX,
                          answer.reason))
                return CONNECTION_PROTOCOL;
        if (message_text(reply, FIELD_DECISION_ID, &text) &&
            !copy_checked(text, "0123456789abcdef", DECISION_ID_SIZE, DECISION_ID_SIZE,
                          answer.decision_id))
                return CONNECTION_PROTOCOL;
        if (!answer.refused) {
                if (reply->type != MESSAGE_ANSWER ||
                    !repeats(reply, FIELD_USER, question->facts->user) ||
                    !repeats(reply, FIELD_ACTION, TEXT_LITERAL(ACTION)) ||
                    !repeats(reply, FIELD_RESOURCE, resource) ||
                    !message_number(reply, FIELD_OUTCOME, &answer.outcome))
                        return CONNECTION_PROTOCOL;
                answer.is_unlock = message_text(reply, FIELD_DOOR, &text);
                if (answer.is_unlock && (!answer.decision_id[0] || question->door.size == 0 ||
                                         !text_equal(text, question->door)))
                        return CONNECTION_PROTOCOL;
        }
        *ret_answer = answer;
        return 0;
}

int exchange_session(const SessionQuestion *question, SessionAnswer *ret_answer)
{
        Deadline deadline = deadline_after_ms(question->arguments->timeout_ms);
        _cleanup_(connection_freep) Connection *connection = NULL;
        _cleanup_free_ uint8_t *frame = malloc(MESSAGE_SIZE_MAX);
        ResourceText resource;
        size_t size;
        if (!frame)
                return -ENOMEM;
        int r = make_resource(question->door, &resource);
        if (r < 0)
                return r;
        Text resource_text = { resource.text, resource.size };
        r = write_request(question, resource_text, frame, &size);
        if (r < 0)
                return r;
        r = connection_open(&question->arguments->server, deadline, &connection);
        if (r)
                return r;
        r = connection_send(connection, frame, size, deadline);
        if (r)
                return r;
        Message reply;
        r = connection_receive(connection, question->request_id, deadline, &reply);
        if (r)
                return r;
        return read_reply(question, resource_text, &reply, ret_answer);
}
