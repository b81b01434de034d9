/* SPDX-License-Identifier: MIT */
/* Asking for a change: see change_ask.h. */
#include "cli/change_ask.h"

#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "cli/offline.h"
#include "policy/change.h"

const char *change_ask_reason_problem(const Options *options)
{
        if (options->reason && strlen(options->reason) > CHANGE_REASON_MAX)
                return "the --reason is too long: at most 1024 bytes";
        if (options->reason && !text_is_printable(text_from(options->reason)))
                return "the --reason is not one line of printable UTF-8";
        return NULL;
}

int change_ask_check(const char *command, const char *problem)
{
        if (!problem)
                return 0;
        complain(command, "%s", problem);
        return EXIT_USAGE;
}

int change_ask_run(const char *command, const Options *options, const ChangeAsk *ask)
{
        _cleanup_(live_closep) Live *live = NULL;
        Message message;
        int status = live_open(command, options, &live);
        if (status != 0)
                return status;
        ask->write(ask->data, live_begin(live, MESSAGE_CHANGE));
        status = live_send(live, false);
        if (status == 0)
                status = live_receive(live, MESSAGE_ANSWER, &message);
        if (status != 0)
                return status;
        if (!ask->is_answered(ask->data, &message)) {
                complain(command, "the answer is not one to this request");
                return EXIT_UNABLE;
        }
        LiveAnswer answer;
        live_answer_read(&message, &answer);
        status = ask->print(ask->data, &answer, &message);
        return status != 0 ? status : verdict_status(answer.outcome);
}

ChangeResult change_ask_result(const LiveAnswer *answer, const Options *options)
{
        bool dry_run = options->given & OPTION_DRY_RUN;
        return (ChangeResult){
                .dry_run = dry_run,
                .done = answer->outcome == OUTCOME_ALLOW && !dry_run,
                .on_record = answer->id[0] && (!dry_run || answer->outcome == OUTCOME_DENY),
        };
}
