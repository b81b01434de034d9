/* SPDX-License-Identifier: MIT */
/* doorward status: how the daemon is. */
#include "cli/command.h"
#include "cli/live.h"

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = live_open("status", options, &live);
        if (status != 0)
                return status;
        (void)live_begin(live, MESSAGE_STATUS);
        status = live_send(live, false);
        bool json = options->given & OPTION_JSON;
        return status != 0 ? status : live_records(live, live_print_record, &json, NULL);
}

const Command command_status = {
        .name = "status",
        .arguments = "",
        .summary = "Show the daemon's state and the policy it serves",
        .details = "Exit status: 0 ready, 3 degraded, without a policy, or not reachable.\n",
        .options = OPTIONS_LIVE,
        .words_min = 0,
        .words_max = 0,
        .run = run,
};
