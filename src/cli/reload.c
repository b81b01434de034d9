/* SPDX-License-Identifier: MIT */
/* doorward reload: serve the policy as it is written now, if it is right. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/live.h"

#define MESSAGE_SHOWN_SIZE 8192

/* Diagnostics and failing tests, one a line, as `validate` prints them. */
static int print_line(void *data, const Message *record)
{
        const bool *json = data;
        Text value;
        char shown[MESSAGE_SHOWN_SIZE];
        if (*json)
                return live_print_record(data, record);
        for (size_t i = 0; message_text_at(record, FIELD_VALUE, i, &value); i++)
                fprintf(stderr, "%s\n", text_escape(value, shown, sizeof(shown)));
        return 0;
}

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = live_open("reload", options, &live);
        if (status != 0)
                return status;
        MessageWriter *writer = live_begin(live, MESSAGE_RELOAD);
        if (options->given & OPTION_SKIP_TESTS)
                message_write_flag(writer, FIELD_SKIP_TESTS);
        bool json = options->given & OPTION_JSON;
        return live_finish(live, print_line, &json);
}

const Command command_reload = {
        .name = "reload",
        .arguments = "",
        .summary = "Have the daemon read the policy again, test it and serve it",
        .details = "Waits until it is done. A policy with errors or failing tests is refused, its\n"
                   "errors are printed, and the one served until now goes on. Exit status: 0\n"
                   "served, 1 not permitted, 3 refused or not reachable.\n",
        .options = OPTIONS_LIVE | OPTION_SKIP_TESTS,
        .words_min = 0,
        .words_max = 0,
        .run = run,
};
