/* SPDX-License-Identifier: MIT */
/* doorward unlock: unlock a door remotely, as the person one is. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/live.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "util/timestamp.h"

typedef struct Answer {
        Outcome outcome;
        char reason[128], detail[8192], id[64], not_after[TIMESTAMP_TEXT_SIZE];
} Answer;

static void copy_text(const Message *message, FieldTag tag, char *buffer, size_t size)
{
        Text text = TEXT_NULL;
        (void)message_text(message, tag, &text);
        text_escape(text, buffer, size);
}

static void read_answer(const Message *message, Answer *ret_answer)
{
        uint32_t outcome = 0;
        int64_t not_after_s;
        (void)message_number(message, FIELD_OUTCOME, &outcome);
        *ret_answer = (Answer){ .outcome = outcome == OUTCOME_ALLOW  ? OUTCOME_ALLOW
                                           : outcome == OUTCOME_DENY ? OUTCOME_DENY
                                                                     : OUTCOME_ERROR };
        copy_text(message, FIELD_REASON, ret_answer->reason, sizeof(ret_answer->reason));
        copy_text(message, FIELD_DETAIL, ret_answer->detail, sizeof(ret_answer->detail));
        copy_text(message, FIELD_DECISION_ID, ret_answer->id, sizeof(ret_answer->id));
        if (message_time(message, FIELD_NOT_AFTER, &not_after_s))
                timestamp_format(not_after_s, ret_answer->not_after);
}

static int print_answer(const Answer *answer, bool json)
{
        if (json)
                return output_json(json_pack("{s:s, s:s, s:s, s:s, s:s}", "decision",
                                             outcome_name(answer->outcome), "reason",
                                             answer->reason, "detail", answer->detail, "id",
                                             answer->id, "not_after", answer->not_after));
        printf("%s\t%s\t%s\n", outcome_name(answer->outcome), answer->reason, answer->detail);
        if (answer->outcome == OUTCOME_ALLOW)
                printf("unlock command %s, void after %s\n", answer->id, answer->not_after);
        else if (answer->id[0])
                printf("decision %s\n", answer->id);
        return 0;
}

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = live_open("unlock", options, &live);
        if (status != 0)
                return status;
        MessageWriter *writer = live_begin(live, MESSAGE_UNLOCK);
        if (options->given & OPTION_USER)
                message_write_text(writer, FIELD_USER, text_from(options->user));
        message_write_text(writer, FIELD_RESOURCE, text_from(options->words[0]));
        if (options->given & OPTION_REASON)
                message_write_text(writer, FIELD_WHY, text_from(options->reason));
        Message message;
        status = live_send(live, false);
        if (status == 0)
                status = live_receive(live, MESSAGE_ANSWER, &message);
        if (status != 0)
                return status;
        Text resource;
        if (!message_text(&message, FIELD_RESOURCE, &resource) ||
            !text_is(resource, options->words[0])) {
                fputs("doorward unlock: the answer is not one to this question\n", stderr);
                return EXIT_UNABLE;
        }
        Answer answer;
        read_answer(&message, &answer);
        status = print_answer(&answer, options->given & OPTION_JSON);
        return status != 0 ? status : verdict_status(answer.outcome);
}

const Command command_unlock = {
        .name = "unlock",
        .arguments = "DOOR",
        .summary = "Unlock a door remotely, e.g. door:acme/HQ/D1",
        .details = "Decided for the person you are. An allow carries the id of an unlock command\n"
                   "and when it becomes void, for whoever moves the lock. root needs --reason: a\n"
                   "break-glass unlock, alarmed. A listed caller that may vouch names --user.\n"
                   "Exit status: 0 allowed, 1 denied, 3 could not.\n",
        .options = OPTIONS_LIVE | OPTION_REASON | OPTION_USER,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
