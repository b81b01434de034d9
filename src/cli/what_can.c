/* SPDX-License-Identifier: MIT */
/* doorward what-can: everything a person may do. */
#include "policy/review.h"

#include <errno.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/review.h"
#include "util/name.h"
#include "wire/message.h"

typedef struct Search {
        ReviewPrinter printer;
        Text user;
        bool one_resource;
} Search;

static int print_permission(void *data, Text permission, Text resource, const Decision *decision)
{
        static const char *const names[] = { "permission", "resource" };
        const Search *search = data;
        Text fields[] = { permission, resource };
        Query query = { .user = search->user, .permission = permission };
        if (resource_parse(resource, &query.resource, NULL) != 0)
                return -EINVAL;
        return review_print(&search->printer, names, fields, search->one_resource ? 1 : 2, &query,
                            decision);
}

/* An empty list is a right answer, but a misspelt name has to be noticed. */
static void note_unknown(const Options *options, const Image *image)
{
        Text user = text_from(options->words[0]);
        if (options->unix_group_count > 0)
                return;
        for (uint32_t i = 0; i < image_count(image, IMAGE_ORGANIZATIONS); i++)
                if (image_find_user(image, i, user) != IMAGE_NONE)
                        return;
        complain("what-can", "no organization lists a user %s", options->words[0]);
}

static int search(const Options *options, const Offline *offline)
{
        Resource resource;
        const char *problem;
        bool one = options->word_count > 1;
        if (one && resource_parse(text_from(options->words[1]), &resource, &problem) != 0)
                return review_malformed("what-can", problem);
        Search found = {
                .printer = { offline->image, &offline->context, options->given & OPTION_JSON,
                             options->given & OPTION_VIA },
                .user = text_from(options->words[0]),
                .one_resource = one,
        };
        int r = policy_what_can(offline->image, &offline->context, text_from(options->words[0]),
                                one ? &resource : NULL, print_permission, &found);
        if (r != 0)
                return review_problem("what-can", r);
        note_unknown(options, offline->image);
        offline_note_state(options);
        return EXIT_ALLOWED;
}

static int run(const Options *options)
{
        if (!name_is_valid_user(text_from(options->words[0])))
                return review_malformed("what-can", "the user's name has a wrong form");
        if (options->given & OPTION_LIVE)
                return review_live("what-can", options, MESSAGE_WHAT_CAN);
        Offline offline;
        int status = offline_open("what-can", options, &offline);
        if (status == 0)
                status = offline_add_live_state("what-can", options, &offline);
        if (status == 0)
                status = search(options, &offline);
        offline_close(&offline);
        return status;
}

const Command command_what_can = {
        .name = "what-can",
        .arguments = "USER [RESOURCE]",
        .summary = "List every permission that a user has",
        .details = "The list is complete: PERMISSION a line, or PERMISSION RESOURCE where none is\n"
                   "named. Exit status: 0, or 3 when it could not be answered.\n",
        .options = OPTIONS_OFFLINE | OPTIONS_LIVE | OPTION_LIVE | OPTION_VIA | OPTION_UNIX_GROUP,
        .words_min = 1,
        .words_max = 2,
        .run = run,
};
