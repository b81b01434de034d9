/* SPDX-License-Identifier: MIT */
/* Decisions: see authzen_decision.h. */
#include "http/authzen_decision.h"

#include <string.h>

#include "policy/vocabulary.h"
#include "util/timestamp.h"

#define DOOR_PREFIX "door:"

static Text text_of(const Message *message, FieldTag tag)
{
        Text text = TEXT_NULL;
        (void)message_text(message, tag, &text);
        return text;
}

/* Sets a text, unless it is empty. Return: 0, -1 without memory or when it is not UTF-8. */
static int set_text(json_t *object, const char *key, Text text)
{
        return text.size == 0
                       ? 0
                       : json_object_set_new(object, key, json_stringn(text.data, text.size));
}

/* Whether an answer is one to this question. */
static bool repeats(const Message *answer, const AuthzenQuestion *question)
{
        return text_is(text_of(answer, FIELD_USER), question->user) &&
               text_equal(text_of(answer, FIELD_ACTION), question->action) &&
               text_is(text_of(answer, FIELD_RESOURCE), question->resource);
}

/* Whether an answer says of a command what it must, and that only where one could be made. */
static bool command_is_right(const Message *answer, const AuthzenQuestion *question,
                             MessageType type, bool allowed)
{
        Text door;
        size_t prefix = sizeof(DOOR_PREFIX) - 1;
        bool has_door = message_text(answer, FIELD_DOOR, &door);
        if (type == MESSAGE_ASK || !allowed)
                return !has_door;
        return has_door && strncmp(question->resource, DOOR_PREFIX, prefix) == 0 &&
               text_is(door, question->resource + prefix) &&
               text_of(answer, FIELD_DECISION_ID).size > 0;
}

static int add_command(json_t *context, const Message *answer)
{
        char not_after[TIMESTAMP_TEXT_SIZE];
        int64_t not_after_s;
        uint32_t seconds;
        json_t *command = json_object();
        int r = json_object_set(context, "command", command);
        r |= set_text(command, "id", text_of(answer, FIELD_DECISION_ID));
        r |= set_text(command, "door", text_of(answer, FIELD_DOOR));
        if (message_number(answer, FIELD_RELEASE_SECONDS, &seconds))
                r |= json_object_set_new(command, "release_seconds", json_integer(seconds));
        if (message_time(answer, FIELD_NOT_AFTER, &not_after_s))
                r |= set_text(command, "not_after",
                              text_from(timestamp_format(not_after_s, not_after)));
        r |= set_text(command, "gateway", text_of(answer, FIELD_GATEWAY));
        json_decref(command);
        return r;
}

static int fill(json_t *decision, const Message *answer, bool allowed)
{
        json_t *context = json_object();
        int r = json_object_set_new(decision, "decision", json_boolean(allowed));
        r |= json_object_set(decision, "context", context);
        r |= set_text(context, "reason", text_of(answer, FIELD_REASON));
        r |= set_text(context, "detail", text_of(answer, FIELD_DETAIL));
        r |= set_text(context, "decision_id", text_of(answer, FIELD_DECISION_ID));
        r |= set_text(context, "revision", text_of(answer, FIELD_REVISION));
        if (text_of(answer, FIELD_DOOR).size > 0)
                r |= add_command(context, answer);
        json_decref(context);
        return r;
}

int authzen_decision(const Message *answer, const AuthzenQuestion *question, MessageType type,
                     json_t **ret_decision, AuthzenProblem *problem)
{
        uint32_t outcome = 0;
        (void)message_number(answer, FIELD_OUTCOME, &outcome);
        bool allowed = outcome == OUTCOME_ALLOW;
        if (!repeats(answer, question) || !command_is_right(answer, question, type, allowed))
                return authzen_problem_set(problem, 503, "daemon-unavailable",
                                           "The answer of the decision daemon "
                                           "is none to this question.");
        if (!allowed && outcome != OUTCOME_DENY)
                return authzen_problem_of_reason(problem, text_of(answer, FIELD_REASON),
                                                 text_of(answer, FIELD_DETAIL));
        json_t *decision = json_object();
        if (fill(decision, answer, allowed) != 0) {
                json_decref(decision);
                return authzen_problem_set(problem, 500, "internal", "Out of memory.");
        }
        *ret_decision = decision;
        return 0;
}

json_t *authzen_decision_of_problem(const AuthzenProblem *problem)
{
        return json_pack("{s:b, s:{s:s, s:{s:i, s:s}}}", "decision", 0, "context", "reason",
                         problem->reason, "error", "status", (int)problem->status, "message",
                         problem->message);
}
