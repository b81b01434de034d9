/* SPDX-License-Identifier: MIT */
/* Live answer: copies, because a message lives until the next one only. */
#include "cli/live_answer.h"

#include <stdio.h>

static void copy_text(const Message *message, FieldTag tag, char *buffer, size_t size)
{
        Text text = TEXT_NULL;
        (void)message_text(message, tag, &text);
        text_escape(text, buffer, size);
}

Outcome live_outcome(uint32_t number)
{
        if (number == OUTCOME_ALLOW)
                return OUTCOME_ALLOW;
        return number == OUTCOME_DENY ? OUTCOME_DENY : OUTCOME_ERROR;
}

void live_answer_read(const Message *message, LiveAnswer *ret_answer)
{
        uint32_t outcome = 0;
        int64_t not_after_s;
        (void)message_number(message, FIELD_OUTCOME, &outcome);
        *ret_answer = (LiveAnswer){ .outcome = live_outcome(outcome) };
        copy_text(message, FIELD_REASON, ret_answer->reason, sizeof(ret_answer->reason));
        copy_text(message, FIELD_DETAIL, ret_answer->detail, sizeof(ret_answer->detail));
        copy_text(message, FIELD_DECISION_ID, ret_answer->id, sizeof(ret_answer->id));
        copy_text(message, FIELD_REVISION, ret_answer->revision, sizeof(ret_answer->revision));
        copy_text(message, FIELD_DOOR_STATE, ret_answer->door_state,
                  sizeof(ret_answer->door_state));
        copy_text(message, FIELD_GATEWAY, ret_answer->gateway, sizeof(ret_answer->gateway));
        (void)message_number(message, FIELD_RELEASE_SECONDS, &ret_answer->release_s);
        if (message_time(message, FIELD_NOT_AFTER, &not_after_s))
                timestamp_format(not_after_s, ret_answer->not_after);
}

void live_answer_print(const LiveAnswer *answer)
{
        printf("%s\t%s\t%s\n", outcome_name(answer->outcome), answer->reason, answer->detail);
}
