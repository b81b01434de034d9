/* SPDX-License-Identifier: MIT */
/* doorward report: past events of a site as text, CSV or JSON, and reports saved under a name. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/output.h"
#include "cli/records.h"
#include "cli/report_format.h"
#include "policy/query.h"

#define FILTER (OPTION_USER | OPTION_DOOR | OPTION_DENIED | OPTION_SINCE | OPTION_UNTIL)

/* What follows the word, and which options it takes. */
static const struct Action {
        const char *word, *action;
        int words_min, words_max;
        uint64_t options;
        const char *usage;
} actions[] = {
        { "run", NULL, 0, 1, FILTER | OPTION_FORMAT | OPTION_SAVED | OPTION_OWNER,
          "run SITE or run --saved NAME, with --since, --until and --format; SITE also with "
          "--user, "
          "--door and --denied, NAME with --owner" },
        { "save", "save", 2, 2, FILTER,
          "save NAME SITE, with --since, --until, --user, --door and --denied" },
        { "list", "list", 0, 0, OPTION_ALL, "list, with --all" },
        { "show", "show", 1, 1, OPTION_OWNER, "show NAME, with --owner" },
        { "delete", "delete", 1, 1, OPTION_OWNER, "delete NAME, with --owner" },
};

static int misused(const char *problem)
{
        complain("report", "%s", problem);
        return EXIT_USAGE;
}

static const struct Action *find_action(const char *word)
{
        for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
                if (strcmp(word, actions[i].word) == 0)
                        return &actions[i];
        return NULL;
}

/* Fields in ascending order of their tags, as the protocol wants them. */
static void write_filter(MessageWriter *writer, const Options *options, const char *site)
{
        if (options->given & OPTION_USER)
                message_write_text(writer, FIELD_USER, text_from(options->user));
        if (site)
                message_write_text(writer, FIELD_RESOURCE, text_from(site));
        if (options->given & OPTION_DOOR)
                message_write_text(writer, FIELD_WITH, text_from(options->door));
        if (options->given & OPTION_SINCE)
                message_write_time(writer, FIELD_SINCE, options->since_s);
        if (options->given & OPTION_DENIED)
                message_write_flag(writer, FIELD_DENIED);
        if (options->given & OPTION_UNTIL)
                message_write_time(writer, FIELD_UNTIL, options->until_s);
}

static const char *format_name(const Options *options)
{
        return options->format == FORMAT_CSV    ? "csv"
               : options->format == FORMAT_JSON ? "json"
                                                : "text";
}

static void write_run(MessageWriter *writer, const Options *options)
{
        if (!(options->given & OPTION_SAVED)) {
                write_filter(writer, options, options->words[1]);
                message_write_text(writer, FIELD_FORMAT, text_from(format_name(options)));
                return;
        }
        if (options->given & OPTION_OWNER)
                message_write_text(writer, FIELD_USER, text_from(options->owner));
        if (options->given & OPTION_SINCE)
                message_write_time(writer, FIELD_SINCE, options->since_s);
        if (options->given & OPTION_UNTIL)
                message_write_time(writer, FIELD_UNTIL, options->until_s);
        message_write_text(writer, FIELD_FORMAT, text_from(format_name(options)));
        message_write_text(writer, FIELD_REPORT, text_from(options->saved));
}

static void write_saved(MessageWriter *writer, const Options *options, const struct Action *action)
{
        bool is_save = strcmp(action->word, "save") == 0;
        Options filter = *options;
        if (options->given & OPTION_OWNER) {
                filter.given |= OPTION_USER;
                filter.user = options->owner;
        }
        bool has_user = filter.given & OPTION_USER;
        if (has_user)
                message_write_text(writer, FIELD_USER, text_from(filter.user));
        filter.given &= ~(uint64_t)OPTION_USER;
        message_write_text(writer, FIELD_ACTION,
                           text_from(options->given & OPTION_ALL ? "list-all" : action->action));
        write_filter(writer, &filter, is_save ? options->words[2] : NULL);
        if (options->word_count > 1)
                message_write_text(writer, FIELD_REPORT, text_from(options->words[1]));
}

/* Return: 0, or EXIT_USAGE. */
static int check_place(const char *word, ResourceType type, ResourceType other)
{
        Resource resource;
        const char *problem = NULL;
        if (resource_parse(text_from(word), &resource, &problem) != 0)
                return misused(problem);
        if (resource.type != type && resource.type != other)
                return misused("a report is about a site or a door: site:acme/HQ");
        return 0;
}

/* Whether a door lies at the site, or below it, or is the same door. Both are well formed. */
static bool lies_in(const char *door, const char *place)
{
        const char *path = strchr(door, ':'), *whole = strchr(place, ':');
        size_t size = strlen(whole);
        return strncmp(path, whole, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

static int check(const Options *options, const struct Action *action)
{
        int words = options->word_count - 1;
        uint64_t always = OPTIONS_LIVE;
        bool is_run = !action->action, saved = options->given & OPTION_SAVED;
        if (words < action->words_min || words > action->words_max ||
            options->given & ~(action->options | always))
                return misused(action->usage);
        if (is_run && saved == (words == 1))
                return misused("runs a site or --saved NAME");
        if (is_run && saved && (options->given & (OPTION_USER | OPTION_DOOR | OPTION_DENIED)))
                return misused("--saved takes no filter but --since and --until");
        if (is_run && !saved && (options->given & OPTION_OWNER))
                return misused("--owner needs --saved");
        if (is_run && options->format == FORMAT_MARKDOWN)
                return misused("'markdown' is no format of a report: text, csv or json");
        if (options->since_s >= options->until_s)
                return misused("--since has to be before --until");
        int r = options->given & OPTION_DOOR
                        ? check_place(options->door, RESOURCE_DOOR, RESOURCE_DOOR)
                        : 0;
        if (r == 0 && (is_run || action->words_max == 2) && !saved)
                r = check_place(options->words[words], RESOURCE_SITE, RESOURCE_DOOR);
        if (r == 0 && options->given & OPTION_DOOR &&
            !lies_in(options->door, options->words[words]))
                r = misused("the --door does not lie there, and nothing would be shown");
        return r;
}

static int run_report(Live *live, const Options *options)
{
        ReportPrinter printer = { .format = options->given & OPTION_JSON ? FORMAT_JSON
                                                                         : options->format };
        report_format_begin(&printer);
        int status = live_records(live, report_format_row, &printer, NULL);
        return status == 0 ? report_format_end(&printer) : status;
}

/* What is saved, and what is left out. */
static int act(Live *live, const Options *options, const struct Action *action)
{
        bool json = options->given & OPTION_JSON;
        Text left_out = TEXT_NULL;
        char shown[256];
        int status = live_records(live, records_print_line, &json, &left_out);
        if (left_out.size)
                complain("report", "%s", text_escape(left_out, shown, sizeof(shown)));
        if (status != 0 || strcmp(action->word, "save") != 0)
                return status;
        if (json)
                return output_json(json_pack("{s:s}", "saved", options->words[1]));
        printf("saved report %s\n", options->words[1]);
        return 0;
}

static int run(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        const struct Action *action = find_action(options->words[0]);
        if (!action)
                return misused("knows run, save, list, show and delete");
        int status = check(options, action);
        if (status == 0)
                status = live_open("report", options, &live);
        if (status != 0)
                return status;
        if (action->action)
                write_saved(live_begin(live, MESSAGE_REPORT), options, action);
        else
                write_run(live_begin(live, MESSAGE_EVENTS), options);
        status = live_send(live, false);
        if (status != 0)
                return status;
        if (!action->action)
                return run_report(live, options);
        return act(live, options, action);
}

const Command command_report = {
        .name = "report",
        .arguments =
                "run SITE | run --saved NAME | save NAME SITE | list | show NAME | delete NAME",
        .summary = "Report past events of a site, and keep reports under a name",
        .details = "SITE is a site with all below it, or a door: site:acme/HQ, door:acme/HQ/D1.\n"
                   "csv and json export, which takes a permission of its own. A saved report is\n"
                   "decided when it is run, for who runs it.\n",
        .options = OPTIONS_LIVE | FILTER | OPTION_FORMAT | OPTION_SAVED | OPTION_OWNER | OPTION_ALL,
        .words_min = 1,
        .words_max = 3,
        .run = run,
};
