/* SPDX-License-Identifier: MIT */
/* Change: words to a request, the answer to lines. */
#include "cli/change.h"

#include <stdio.h>
#include <string.h>

#include "cli/change_text.h"
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "cli/live_answer.h"
#include "cli/live_query.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "policy/change.h"
#include "util/timestamp.h"

/* Stands where a query has its user: who that is, the kernel tells the daemon. */
#define CALLER TEXT_LITERAL("caller")

/* Looks at the form of the words. Return: 0, or EXIT_USAGE. */
static int parse(const char *command, const Text *rest, size_t count, Query *ret_query)
{
        Text words[QUERY_WORDS_MAX + 1] = { CALLER };
        const char *problem = "too many words";
        if (count <= QUERY_WORDS_MAX) {
                memcpy(words + 1, rest, count * sizeof(*rest));
                if (query_parse(words, count + 1, ret_query, &problem) == 0)
                        return 0;
        }
        complain(command, "%s", problem);
        return EXIT_USAGE;
}

/* What would be refused whoever asks. Return: 0, or EXIT_USAGE. */
static int check_options(const char *command, const Options *options)
{
        const char *problem = NULL;
        if (options->from_s >= options->until_s)
                problem = "--from must lie before --until";
        else if (options->until_s <= timestamp_now())
                problem = "--until has passed already";
        else if (options->reason && strlen(options->reason) > CHANGE_REASON_MAX)
                problem = "the --reason is too long: at most 1024 bytes";
        else if (options->reason && !text_is_printable(text_from(options->reason)))
                problem = "the --reason is not one line of printable UTF-8";
        if (!problem)
                return 0;
        complain(command, "%s", problem);
        return EXIT_USAGE;
}

static void write_request(MessageWriter *writer, const Query *query, const Options *options)
{
        live_query_write_object(writer, query);
        if (options->given & OPTION_REASON)
                message_write_text(writer, FIELD_WHY, text_from(options->reason));
        live_query_write_roles(writer, query);
        if (options->given & OPTION_FROM)
                message_write_time(writer, FIELD_FROM, options->from_s);
        if (options->given & OPTION_UNTIL)
                message_write_time(writer, FIELD_UNTIL, options->until_s);
        if (options->given & OPTION_DRY_RUN)
                message_write_flag(writer, FIELD_DRY_RUN);
}

/* Return: owned by the caller, or NULL without memory. */
static char *sentence_of(const Query *query, const Options *options)
{
        char *sentence = NULL;
        size_t size;
        FILE *stream = open_memstream(&sentence, &size);
        if (!stream)
                return NULL;
        change_text_write(query, options, stream);
        if (fclose(stream) == 0)
                return sentence;
        free(sentence);
        return NULL;
}

static int print_json(const LiveAnswer *answer, const Query *query, const char *done)
{
        return output_json(json_pack(
                "{s:s, s:s, s:s, s:s, s:s%, s:b, s:s?, s:s, s:s}", "decision",
                outcome_name(answer->outcome), "reason", answer->reason, "detail", answer->detail,
                "change", query_kind_name(query->kind), "resource", query->resource.whole.data,
                query->resource.whole.size, "changed", done != NULL, "now", done, "id", answer->id,
                "revision", answer->revision));
}

static int print_answer(const LiveAnswer *answer, const Query *query, const Options *options)
{
        bool dry_run = options->given & OPTION_DRY_RUN;
        bool done = answer->outcome == OUTCOME_ALLOW && !dry_run;
        /* Of what was only tried, a denial alone is a row of the journal. */
        bool on_record = answer->id[0] && (!dry_run || answer->outcome == OUTCOME_DENY);
        _cleanup_free_ char *sentence = done ? sentence_of(query, options) : NULL;
        if (done && !sentence)
                return output_out_of_memory();
        if (options->given & OPTION_JSON)
                return print_json(answer, query, sentence);
        live_answer_print(answer);
        if (done)
                printf("%s; policy revision %s\n", sentence, answer->revision);
        else if (on_record)
                printf("decision %s\n", answer->id);
        if (dry_run)
                puts("a dry run: nothing was changed");
        return 0;
}

static int ask(const char *command, const Options *options, const Query *query)
{
        _cleanup_(live_closep) Live *live = NULL;
        Message message;
        int status = live_open(command, options, &live);
        if (status != 0)
                return status;
        write_request(live_begin(live, MESSAGE_CHANGE), query, options);
        status = live_send(live, false);
        if (status == 0)
                status = live_receive(live, MESSAGE_ANSWER, &message);
        if (status != 0)
                return status;
        if (!live_query_is_answered(query, &message)) {
                complain(command, "the answer is not one to this request");
                return EXIT_UNABLE;
        }
        LiveAnswer answer;
        live_answer_read(&message, &answer);
        status = print_answer(&answer, query, options);
        return status != 0 ? status : verdict_status(answer.outcome);
}

int change_run(const char *command, const Options *options, const Text *words, size_t count)
{
        Query query;
        int status = parse(command, words, count, &query);
        if (status == 0)
                status = check_options(command, options);
        return status != 0 ? status : ask(command, options, &query);
}
