/* SPDX-License-Identifier: MIT */
/* Change: words to a request, the answer to lines. */
#include "cli/change.h"

#include <stdio.h>
#include <string.h>

#include "cli/change_ask.h"
#include "cli/change_text.h"
#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live_query.h"
#include "cli/output.h"
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

/* What is asked for. */
typedef struct Asked {
        const Query *query;
        const Options *options;
} Asked;

/* What would be refused whoever asks. Return: 0, or EXIT_USAGE. */
static int check_options(const char *command, const Options *options)
{
        const char *problem = NULL;
        if (options->from_s >= options->until_s)
                problem = "--from must lie before --until";
        else if (options->until_s <= timestamp_now())
                problem = "--until has passed already";
        else
                problem = change_ask_reason_problem(options);
        return change_ask_check(command, problem);
}

static void write_request(void *data, MessageWriter *writer)
{
        const Asked *asked = data;
        const Options *options = asked->options;
        live_query_write_object(writer, asked->query);
        if (options->given & OPTION_REASON)
                message_write_text(writer, FIELD_WHY, text_from(options->reason));
        live_query_write_roles(writer, asked->query);
        if (options->given & OPTION_FROM)
                message_write_time(writer, FIELD_FROM, options->from_s);
        if (options->given & OPTION_UNTIL)
                message_write_time(writer, FIELD_UNTIL, options->until_s);
        if (options->given & OPTION_DRY_RUN)
                message_write_flag(writer, FIELD_DRY_RUN);
}

static bool is_answered(void *data, const Message *message)
{
        const Asked *asked = data;
        return live_query_is_answered(asked->query, message);
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

static int print_answer(void *data, const LiveAnswer *answer, const Message *message)
{
        const Asked *asked = data;
        ChangeResult result = change_ask_result(answer, asked->options);
        _cleanup_free_ char *sentence =
                result.done ? sentence_of(asked->query, asked->options) : NULL;
        if (result.done && !sentence)
                return output_out_of_memory();
        if (asked->options->given & OPTION_JSON)
                return print_json(answer, asked->query, sentence);
        live_answer_print(answer);
        if (result.done)
                printf("%s; policy revision %s\n", sentence, answer->revision);
        else if (result.on_record)
                printf("decision %s\n", answer->id);
        if (result.dry_run)
                puts("a dry run: nothing was changed");
        return 0;
}

int change_run(const char *command, const Options *options, const Text *words, size_t count)
{
        Query query;
        int status = parse(command, words, count, &query);
        if (status == 0)
                status = check_options(command, options);
        Asked asked = { &query, options };
        ChangeAsk ask = { write_request, is_answered, print_answer, &asked };
        return status != 0 ? status : change_ask_run(command, options, &ask);
}
