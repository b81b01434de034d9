/* SPDX-License-Identifier: MIT */
/* doorward lockdown: start one, end one, see which are on. */
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live_change.h"
#include "cli/records.h"
#include "policy/query.h"

static bool is_organization(const char *word)
{
        Resource resource;
        const char *problem;
        return resource_parse(text_from(word), &resource, &problem) == 0 &&
               resource.type == RESOURCE_ORGANIZATION;
}

static int list(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        bool json = options->given & OPTION_JSON;
        Text end = TEXT_NULL;
        if (options->word_count > 1 && !is_organization(options->words[1])) {
                complain("lockdown", "'%s' is no organization: organization:NAME is expected",
                         options->words[1]);
                return EXIT_USAGE;
        }
        int status = live_open("lockdown", options, &live);
        if (status != 0)
                return status;
        MessageWriter *writer = live_begin(live, MESSAGE_LOCKDOWNS);
        if (options->word_count > 1)
                message_write_text(writer, FIELD_RESOURCE, text_from(options->words[1]));
        status = live_send(live, false);
        if (status == 0)
                status = live_records(live, records_print_line, &json, &end);
        char shown[512];
        if (end.size > 0)
                complain("lockdown", "%s", text_escape(end, shown, sizeof(shown)));
        return status;
}

static int change(const Options *options, bool start)
{
        LiveChangeRequest request = {
                .action = start ? "start-lockdown" : "end-lockdown",
                .resource = options->words[1],
                .sentence = start ? "is on" : "is no longer on",
        };
        return live_change_run("lockdown", options, &request);
}

static int run(const Options *options)
{
        bool starts = strcmp(options->words[0], "start") == 0;
        bool ends = strcmp(options->words[0], "end") == 0;
        bool lists = strcmp(options->words[0], "list") == 0;
        if ((starts || ends) && options->word_count == 2)
                return change(options, starts);
        if (lists && !(options->given & (OPTION_REASON | OPTION_DRY_RUN)))
                return list(options);
        complain("lockdown", lists ? "list takes no --reason and no --dry-run"
                                   : "start LOCKDOWN, end LOCKDOWN or list is expected");
        return EXIT_USAGE;
}

const Command command_lockdown = {
        .name = "lockdown",
        .arguments = "start|end LOCKDOWN | list [ORGANIZATION]",
        .summary = "Start or end a lockdown, e.g. lockdown:acme/fire, or list them",
        .details = "You are listed by the lockdown, or have the permission at every site of its\n"
                   "doors. list shows those that you may start or end, or whose doors you may\n"
                   "view; root all of them.\n" LIVE_CHANGE_EXITS,
        .options = OPTIONS_LIVE_CHANGE,
        .words_min = 1,
        .words_max = 2,
        .run = run,
};
