/* SPDX-License-Identifier: MIT */
/* doorward events: the journal, or what happened at one site. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/records.h"
#include "policy/query.h"

#define WHY_SIZE 2048

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
        if (options->word_count > 0)
                message_write_text(writer, FIELD_RESOURCE, text_from(options->words[0]));
        else if (options->given & OPTION_RESOURCE)
                message_write_text(writer, FIELD_RESOURCE, text_from(options->resource));
        if (options->given & OPTION_FOLLOW)
                message_write_flag(writer, FIELD_FOLLOW);
        if (options->given & OPTION_SINCE)
                message_write_time(writer, FIELD_SINCE, options->since_s);
        if (options->given & OPTION_DENIED)
                message_write_flag(writer, FIELD_DENIED);
        if (options->given & OPTION_WOULD_DENY)
                message_write_flag(writer, FIELD_WOULD_DENY);
        if (options->given & OPTION_UNTIL)
                message_write_time(writer, FIELD_UNTIL, options->until_s);
}

/* Return: 0, or EXIT_USAGE. */
static int check(const Options *options)
{
        Resource resource;
        const char *problem;
        if (options->word_count == 0)
                return 0;
        if (options->given & OPTION_RESOURCE) {
                complain("events", "takes a site or --resource, not both");
                return EXIT_USAGE;
        }
        if (resource_parse(text_from(options->words[0]), &resource, &problem) == 0)
                return 0;
        complain("events", "%s", problem);
        return EXIT_USAGE;
}

static int print_events(Live *live, bool json)
{
        Text why = TEXT_NULL;
        int status = live_records(live, print_event, &json, &why);
        char shown[WHY_SIZE];
        if (why.size > 0)
                complain("events", "%s", text_escape(why, shown, sizeof(shown)));
        return status;
}

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = check(options);
        if (status == 0)
                status = live_open("events", options, &live);
        if (status != 0)
                return status;
        write_filter(live_begin(live, MESSAGE_EVENTS), options);
        status = live_send(live, options->given & OPTION_FOLLOW);
        bool json = options->given & OPTION_JSON;
        return status != 0 ? status : print_events(live, json);
}

const Command command_events = {
        .name = "events",
        .arguments = "[SITE]",
        .summary = "Show what was decided and done",
        .details =
                "SITE is a site with all below it, or a door: site:acme/HQ, door:acme/HQ/D1.\n"
                "Whoever may see its past events (with --follow: its live events) sees who came\n"
                "and went there; root sees everything, also without SITE.\n",
        .options = OPTIONS_LIVE | OPTION_FOLLOW | OPTION_USER | OPTION_RESOURCE | OPTION_DENIED |
                   OPTION_WOULD_DENY | OPTION_SINCE | OPTION_UNTIL,
        .words_min = 0,
        .words_max = 1,
        .run = run,
};
