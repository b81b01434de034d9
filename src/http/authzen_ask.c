/* SPDX-License-Identifier: MIT */
/* Asking doorwardd for a caller: see authzen_ask.h. */
#include "http/authzen_ask.h"

#include <string.h>

#include "http/authzen_decision.h"

AuthzenAsking authzen_asking(HttpCall *call, AuthzenAnswered answered, void *data)
{
        return (AuthzenAsking){
                .call = call,
                .deadline = deadline_after_ms(http_call_timeout_ms(call)),
                .answered = answered,
                .data = data,
        };
}

static void write_stated(MessageWriter *writer, const AuthzenQuestion *question, MessageType type)
{
        for (size_t i = 0; type == MESSAGE_ASK && i < question->with_count; i++)
                message_write_text(writer, FIELD_WITH, question->with[i]);
        for (size_t i = 0; type != MESSAGE_UNLOCK && i < question->property_count; i++)
                message_write_text(writer, FIELD_PROPERTY, text_from(question->properties[i]));
}

/* Sends the question as a type of message. Return: as link_call(). */
static int send(AuthzenAsking *asking, MessageType type, LinkReply reply)
{
        const AuthzenQuestion *question = asking->question;
        uint8_t frame[MESSAGE_SIZE_MAX];
        MessageWriter writer;
        size_t size;
        Link *link = http_call_link(asking->call);
        message_writer_begin(&writer, frame, sizeof(frame), type, link_request_id(link), 0);
        message_write_text(&writer, FIELD_USER, text_from(question->user));
        if (type == MESSAGE_ASK)
                message_write_text(&writer, FIELD_ACTION, question->action);
        message_write_text(&writer, FIELD_RESOURCE, text_from(question->resource));
        write_stated(&writer, question, type);
        message_write_text(&writer, FIELD_CERTIFICATE,
                           text_from(http_call_certificate(asking->call)));
        int r = message_writer_end(&writer, &size);
        if (r < 0)
                return r;
        asking->type = type;
        return link_call(link, frame, size, (uint64_t)deadline_left_ms(asking->deadline), reply,
                         asking, &asking->under_way);
}

static void tell(AuthzenAsking *asking, int result, json_t *decision, const AuthzenProblem *problem)
{
        asking->answered(asking->data, result == 0 ? decision : NULL, problem);
}

/* What a caller without the right to unlock is told about an unlock. */
static bool is_no_unlocker(const AuthzenAsking *asking, const Message *message)
{
        Text reason;
        return message->type == MESSAGE_REFUSAL && asking->type != MESSAGE_ASK &&
               message_text(message, FIELD_REASON, &reason) && text_is(reason, "not-allowed");
}

static void on_reply(void *data, int link_problem, const Message *message)
{
        AuthzenAsking *asking = data;
        AuthzenProblem problem;
        json_t *decision = NULL;
        int r = link_problem;
        asking->under_way = NULL;
        if (r == 0 && is_no_unlocker(asking, message)) {
                r = send(asking, MESSAGE_ASK, on_reply);
                if (r == 0)
                        return;
        }
        if (r != 0)
                r = authzen_problem_of_link(&problem, r);
        else if (message->type == MESSAGE_REFUSAL)
                r = authzen_problem_of_refusal(&problem, message);
        else if (message->type == MESSAGE_ANSWER)
                r = authzen_decision(message, asking->question, asking->type, &decision, &problem);
        else
                r = authzen_problem_of_link(&problem, LINK_PROTOCOL);
        tell(asking, r, decision, &problem);
}

/* What a question is sent as when it may make a command. */
static MessageType command_type(const AuthzenAsking *asking, const AuthzenQuestion *question)
{
        Text unlock = http_call_unlock_permission(asking->call);
        Text enter = http_call_enter_permission(asking->call);
        if (question->ask_only)
                return MESSAGE_ASK;
        if (unlock.size > 0 && text_equal(question->action, unlock))
                return MESSAGE_UNLOCK;
        if (enter.size > 0 && text_equal(question->action, enter))
                return MESSAGE_ENTER;
        return MESSAGE_ASK;
}

/* Whether all that a question states would be considered by a command. */
static bool states_too_much(const AuthzenQuestion *question, MessageType type)
{
        if (type == MESSAGE_ASK)
                return false;
        bool code_only = question->property_count == 0 ||
                         (type == MESSAGE_ENTER && question->property_count == 1 &&
                          strncmp(question->properties[0], "code=", 5) == 0);
        return question->with_count > 0 || !code_only;
}

int authzen_ask(AuthzenAsking *asking, const AuthzenQuestion *question, bool may_command,
                AuthzenProblem *problem)
{
        MessageType type = may_command ? command_type(asking, question) : MESSAGE_ASK;
        if (states_too_much(question, type))
                return authzen_problem_set(problem, 400, "malformed-request",
                                           "An unlock considers neither "
                                           "properties nor context.with; context.ask_only asks "
                                           "with them.");
        asking->question = question;
        int r = send(asking, type, on_reply);
        return r == 0 ? 0 : authzen_problem_of_link(problem, r);
}

void authzen_ask_cancel(AuthzenAsking *asking)
{
        if (asking->under_way)
                link_cancel(asking->under_way);
        asking->under_way = NULL;
}
