/* SPDX-License-Identifier: MIT */
/*
 * Answers
 *
 * One piece of memory an answer: the struct, and behind it every text with a NUL.
 */
#include "client/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The texts of an answer, in the order of `texts`. */
static const FieldTag TEXT_TAGS[] = { FIELD_REASON,      FIELD_DETAIL,   FIELD_EXPLANATION,
                                      FIELD_DECISION_ID, FIELD_REVISION, FIELD_MESSAGE,
                                      FIELD_DOOR_STATE,  FIELD_SUBJECT,  FIELD_GATEWAY };
enum { TEXT_COUNT = sizeof(TEXT_TAGS) / sizeof(TEXT_TAGS[0]) };

struct doorward_answer {
        enum doorward_outcome outcome;
        int64_t not_after_s;
        uint32_t release_s, sessions_ended;
        const char *texts[TEXT_COUNT];
        char storage[];
};

static enum doorward_outcome outcome_of(const Message *message)
{
        uint32_t number;
        if (message->type != MESSAGE_ANSWER || !message_number(message, FIELD_OUTCOME, &number))
                return DOORWARD_CANNOT_DECIDE;
        if (number == DOORWARD_ALLOW)
                return DOORWARD_ALLOW;
        return number == DOORWARD_DENY ? DOORWARD_DENY : DOORWARD_CANNOT_DECIDE;
}

/* What stands in the reply; the end of a list, which gives no reason, acknowledges a report. */
static Text text_in(const Message *message, FieldTag tag)
{
        Text text;
        uint32_t status;
        if (message_text(message, tag, &text))
                return text;
        if (tag != FIELD_REASON || message->type != MESSAGE_END)
                return TEXT_NULL;
        return message_number(message, FIELD_STATUS, &status) && status == 0
                       ? TEXT_LITERAL("recorded")
                       : TEXT_LITERAL("not-recorded");
}

int answer_from_message(const Message *message, doorward_answer **ret_answer)
{
        Text texts[TEXT_COUNT];
        size_t size = 0;
        for (size_t i = 0; i < TEXT_COUNT; i++) {
                texts[i] = text_in(message, TEXT_TAGS[i]);
                size += texts[i].size + 1;
        }
        doorward_answer *answer = calloc(1, sizeof(*answer) + size);
        if (!answer)
                return -ENOMEM;
        answer->outcome = outcome_of(message);
        if (!message_time(message, FIELD_NOT_AFTER, &answer->not_after_s))
                answer->not_after_s = 0;
        (void)message_number(message, FIELD_RELEASE_SECONDS, &answer->release_s);
        (void)message_number(message, FIELD_SESSIONS_ENDED, &answer->sessions_ended);
        char *end = answer->storage;
        for (size_t i = 0; i < TEXT_COUNT; i++) {
                answer->texts[i] = end;
                if (texts[i].size)
                        memcpy(end, texts[i].data, texts[i].size);
                end += texts[i].size + 1;
        }
        *ret_answer = answer;
        return 0;
}

static const char *text_of(const doorward_answer *answer, FieldTag tag)
{
        for (size_t i = 0; answer && i < TEXT_COUNT; i++)
                if (TEXT_TAGS[i] == tag)
                        return answer->texts[i];
        return "";
}

enum doorward_outcome doorward_answer_outcome(const doorward_answer *answer)
{
        return answer ? answer->outcome : DOORWARD_CANNOT_DECIDE;
}

const char *doorward_answer_reason(const doorward_answer *answer)
{
        return text_of(answer, FIELD_REASON);
}

const char *doorward_answer_detail(const doorward_answer *answer)
{
        return text_of(answer, FIELD_DETAIL);
}

const char *doorward_answer_explanation(const doorward_answer *answer)
{
        return text_of(answer, FIELD_EXPLANATION);
}

const char *doorward_answer_decision_id(const doorward_answer *answer)
{
        return text_of(answer, FIELD_DECISION_ID);
}

const char *doorward_answer_revision(const doorward_answer *answer)
{
        return text_of(answer, FIELD_REVISION);
}

const char *doorward_answer_message(const doorward_answer *answer)
{
        return text_of(answer, FIELD_MESSAGE);
}

int64_t doorward_answer_not_after(const doorward_answer *answer)
{
        return answer ? answer->not_after_s : 0;
}

uint32_t doorward_answer_release_seconds(const doorward_answer *answer)
{
        return answer ? answer->release_s : 0;
}

const char *doorward_answer_door_state(const doorward_answer *answer)
{
        return text_of(answer, FIELD_DOOR_STATE);
}

const char *doorward_answer_subject(const doorward_answer *answer)
{
        return text_of(answer, FIELD_SUBJECT);
}

const char *doorward_answer_gateway(const doorward_answer *answer)
{
        return text_of(answer, FIELD_GATEWAY);
}

uint32_t doorward_answer_sessions_ended(const doorward_answer *answer)
{
        return answer ? answer->sessions_ended : 0;
}

doorward_answer *doorward_answer_free(doorward_answer *answer)
{
        free(answer);
        return NULL;
}
