/* SPDX-License-Identifier: MIT */
/* doorward sessions: who is in. */
#include "cli/command.h"
#include "cli/records.h"

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = live_open("sessions", options, &live);
        if (status != 0)
                return status;
        (void)live_begin(live, MESSAGE_SESSIONS);
        status = live_send(live, false);
        bool json = options->given & OPTION_JSON;
        return status != 0 ? status : live_records(live, records_print_line, &json, NULL);
}

const Command command_sessions = {
        .name = "sessions",
        .arguments = "",
        .summary = "List the sessions that are open on this host (root)",
        .details = NULL,
        .options = OPTIONS_LIVE,
        .words_min = 0,
        .words_max = 0,
        .run = run,
};
