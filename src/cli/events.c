/* SPDX-License-Identifier: MIT */
/* doorward events: the journal. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/records.h"

/* Whoever follows wants each line when it happens. */
static int print_event(void *data, const Message *record)
{
        int r = records_print_line(data, record);
        if (r == 0 && fflush(stdout) != 0)
                return EXIT_UNABLE;
        return r;
}

/* Fields in ascending order of their tags, as the protocol wants them. */
static void write_filter(MessageWriter *writer, const Options *options)
{
        if (options->given & OPTION_USER)
                message_write_text(writer, FIELD_USER, text_from(options->user));
        if (options->given & OPTION_RESOURCE)
                message_write_text(writer, FIELD_RESOURCE, text_from(options->resource));
        if (options->given & OPTION_FOLLOW)
                message_write_flag(writer, FIELD_FOLLOW);
        if (options->given & OPTION_SINCE)
                message_write_time(writer, FIELD_SINCE, options->since_s);
        if (options->given & OPTION_DENIED)
                message_write_flag(writer, FIELD_DENIED);
        if (options->given & OPTION_WOULD_DENY)
                message_write_flag(writer, FIELD_WOULD_DENY);
}

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = live_open("events", options, &live);
        if (status != 0)
                return status;
        write_filter(live_begin(live, MESSAGE_EVENTS), options);
        status = live_send(live, options->given & OPTION_FOLLOW);
        bool json = options->given & OPTION_JSON;
        return status != 0 ? status : live_records(live, print_event, &json, NULL);
}

const Command command_events = {
        .name = "events",
        .arguments = "",
        .summary = "Show what was decided and done (root)",
        .details = NULL,
        .options = OPTIONS_LIVE | OPTION_FOLLOW | OPTION_USER | OPTION_RESOURCE | OPTION_DENIED |
                   OPTION_WOULD_DENY | OPTION_SINCE,
        .words_min = 0,
        .words_max = 0,
        .run = run,
};
