/* SPDX-License-Identifier: MIT */
/* doorward callers: the programs that may ask, unlock or report, page after page. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/records.h"
#include "policy/query.h"

#define AFTER_SIZE_MAX 256

static bool is_organization(const char *word)
{
        Resource resource;
        return resource_parse(text_from(word), &resource, NULL) == 0 &&
               resource.type == RESOURCE_ORGANIZATION;
}

/* Prints one page. after: where it begins; then where the next one does, or "". Return: the exit
 * status. */
static int print_page(Live *live, const char *organization, char after[static AFTER_SIZE_MAX],
                      bool *json)
{
        MessageWriter *writer = live_begin(live, MESSAGE_CALLERS);
        if (organization)
                message_write_text(writer, FIELD_RESOURCE, text_from(organization));
        if (*after)
                message_write_text(writer, FIELD_AFTER, text_from(after));
        int status = live_send(live, false);
        if (status == 0)
                status = live_records(live, records_print_line, json, NULL);
        (void)snprintf(after, AFTER_SIZE_MAX, "%s", live_after(live));
        return status;
}

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        const char *organization = options->word_count > 0 ? options->words[0] : NULL;
        bool json = options->given & OPTION_JSON;
        char after[AFTER_SIZE_MAX] = "";
        if (organization && !is_organization(organization)) {
                complain("callers", "'%s' is no organization: organization:NAME is expected",
                         organization);
                return EXIT_USAGE;
        }
        int status = live_open("callers", options, &live);
        do
                status = status == 0 ? print_page(live, organization, after, &json) : status;
        while (status == 0 && *after);
        return status;
}

const Command command_callers = {
        .name = "callers",
        .arguments = "[ORGANIZATION]",
        .summary = "List the programs that may ask, unlock or report (root)",
        .details = "E.g. callers organization:acme. Each with its certificate or uid, what it may\n"
                   "do, and the sites where it may (no sites: everywhere in its organization).\n",
        .options = OPTIONS_LIVE,
        .words_min = 0,
        .words_max = 1,
        .run = run,
};
