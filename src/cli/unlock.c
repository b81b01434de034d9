/* SPDX-License-Identifier: MIT */
/* doorward unlock: unlock a door remotely, as the person one is. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/live.h"
#include "cli/live_answer.h"
#include "cli/offline.h"
#include "cli/output.h"

static int print_answer(const LiveAnswer *answer, bool json)
{
        if (json)
                return output_json(json_pack("{s:s, s:s, s:s, s:s, s:s}", "decision",
                                             outcome_name(answer->outcome), "reason",
                                             answer->reason, "detail", answer->detail, "id",
                                             answer->id, "not_after", answer->not_after));
        live_answer_print(answer);
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
        LiveAnswer answer;
        live_answer_read(&message, &answer);
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
