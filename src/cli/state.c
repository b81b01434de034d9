/* SPDX-License-Identifier: MIT */
/* doorward state: begin an empty live state when the one there is cannot be believed. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"

#define MESSAGE_SHOWN_SIZE 1024

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        if (strcmp(options->words[0], "reset") != 0) {
                complain("state", "unknown word '%s': usage: doorward state reset --reason TEXT",
                         options->words[0]);
                return EXIT_USAGE;
        }
        if (!options->reason) {
                complain("state", "--reason is missing: a reset is recorded with its reason");
                return EXIT_USAGE;
        }
        int status = live_open("state", options, &live);
        if (status != 0)
                return status;
        MessageWriter *writer = live_begin(live, MESSAGE_MAINTAIN);
        message_write_text(writer, FIELD_ACTION, TEXT_LITERAL("reset-live-state"));
        message_write_text(writer, FIELD_WHY, text_from(options->reason));
        status = live_send(live, false);
        if (status != 0)
                return status;
        bool json = options->given & OPTION_JSON;
        Text message = TEXT_NULL;
        char shown[MESSAGE_SHOWN_SIZE];
        status = live_records(live, live_print_record, &json, &message);
        if (message.size)
                fprintf(status == 0 ? stdout : stderr, "%s\n",
                        text_escape(message, shown, sizeof(shown)));
        return status;
}

const Command command_state = {
        .name = "state",
        .arguments = "reset",
        .summary = "Begin an empty live state when the one there is damaged",
        .details =
                "Suspensions, dates, overrides, blocks and lockdowns are gone then; the damaged\n"
                "file is kept beside it, and an alarm is raised. Root only. Refused while the\n"
                "live state is sound. Exit status: 0 done, 1 not permitted, 3 not reachable.\n",
        .options = OPTIONS_LIVE | OPTION_REASON,
        .words_min = 1,
        .words_max = 1,
        .run = run,
};
