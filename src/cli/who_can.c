/* SPDX-License-Identifier: MIT */
/* doorward who-can: every person who may do this here. */
#include "policy/review.h"

#include "cli/command.h"
#include "cli/review.h"
#include "util/name.h"
#include "wire/message.h"

typedef struct Search {
        ReviewPrinter printer;
        Query query; /* of everybody, but for the user */
} Search;

static int print_person(void *data, Text name, const Decision *decision)
{
        static const char *const names[] = { "user" };
        const Search *search = data;
        Query query = search->query;
        query.user = name;
        return review_print(&search->printer, names, &name, 1, &query, decision);
}

static int search(const Options *options, const Offline *offline)
{
        Search found = {
                .printer = { offline->image, &offline->context, options->given & OPTION_JSON,
                             options->given & OPTION_VIA },
                .query.permission = text_from(options->words[0]),
        };
        const char *problem;
        if (resource_parse(text_from(options->words[1]), &found.query.resource, &problem) != 0)
                return review_malformed("who-can", problem);
        int r = policy_who_can(offline->image, &offline->context, found.query.permission,
                               &found.query.resource, print_person, &found);
        if (r != 0)
                return review_problem("who-can", r);
        offline_note_state(options);
        return EXIT_ALLOWED;
}

static int run(const Options *options)
{
        if (!name_is_valid(text_from(options->words[0])))
                return review_malformed("who-can", "the permission's name has a wrong form");
        if (options->given & OPTION_LIVE)
                return review_live("who-can", options, MESSAGE_WHO_CAN);
        Offline offline;
        int status = offline_open("who-can", options, &offline);
        if (status == 0)
                status = offline_add_live_state("who-can", options, &offline);
        if (status == 0)
                status = search(options, &offline);
        offline_close(&offline);
        return status;
}

const Command command_who_can = {
        .name = "who-can",
        .arguments = "PERMISSION RESOURCE",
        .summary = "List every user who has a permission on a resource",
        .details = "The list is complete. People whom only their Unix groups make known are shown\n"
                   "as unix-group:NAME. Exit status: 0, or 3 when it could not be answered.\n",
        .options = OPTIONS_OFFLINE | OPTIONS_LIVE | OPTION_LIVE | OPTION_VIA,
        .words_min = 2,
        .words_max = 2,
        .run = run,
};
