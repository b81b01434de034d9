/* SPDX-License-Identifier: MIT */
/* Live ask: a query becomes a request, an answer a verdict. */
#include "cli/live_ask.h"

#include <errno.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "cli/live_answer.h"
#include "cli/live_query.h"
#include "cli/output.h"

struct LiveAsker {
        Live *live;
        bool explain;
};

size_t live_words(const Options *options, Text words[static QUERY_WORDS_MAX + 1])
{
        size_t count = 0;
        for (int i = 0; i < options->word_count && count <= QUERY_WORDS_MAX; i++)
                words[count++] = text_from(options->words[i]);
        return count;
}

static void write_query(MessageWriter *writer, const Query *query, const Text *words, size_t count,
                        bool explain)
{
        message_write_text(writer, FIELD_USER, query->user);
        live_query_write_object(writer, query);
        for (size_t i = 3; query->kind == QUERY_PERMISSION && i < count; i++) {
                Text key, value;
                if (text_split_first(words[i], '=', &key, &value) && !text_is(key, "with"))
                        message_write_text(writer, FIELD_PROPERTY, words[i]);
        }
        if (explain)
                message_write_flag(writer, FIELD_EXPLAIN);
        live_query_write_roles(writer, query);
}

/* The answer must be one to this very question. */
static bool answers(const Message *answer, const Query *query)
{
        Text user;
        return message_text(answer, FIELD_USER, &user) && text_equal(user, query->user) &&
               live_query_is_answered(query, answer);
}

static char *copy_escaped(Text text)
{
        size_t size = 4 * text.size + 8;
        char *copy = malloc(size);
        return copy ? text_escape(text, copy, size) : NULL;
}

static int verdict_from_answer(const Message *answer, bool explain, Verdict *ret_verdict)
{
        uint32_t outcome = 0;
        Text reason = TEXT_NULL, detail = TEXT_NULL, explanation = TEXT_NULL, id = TEXT_NULL;
        (void)message_number(answer, FIELD_OUTCOME, &outcome);
        (void)message_text(answer, FIELD_REASON, &reason);
        (void)message_text(answer, FIELD_DETAIL, &detail);
        (void)message_text(answer, FIELD_EXPLANATION, &explanation);
        (void)message_text(answer, FIELD_DECISION_ID, &id);
        Reason code;
        if (!reason_from_name(reason, &code))
                return -EPROTO;
        Verdict verdict = {
                .outcome = live_outcome(outcome),
                .reason = reason_name(code),
                .detail = copy_escaped(detail),
                /* several lines, made by the daemon's own printer */
                .explanation = explain ? strndup(explanation.size ? explanation.data : "",
                                                 explanation.size)
                                       : NULL,
                .decision_id = id.size > 0 ? copy_escaped(id) : NULL,
        };
        if (!verdict.detail || (explain && !verdict.explanation) ||
            (id.size > 0 && !verdict.decision_id)) {
                verdict_clear(&verdict);
                return -ENOMEM;
        }
        *ret_verdict = verdict;
        return 0;
}

int live_asker_decide(LiveAsker *asker, const Text *words, size_t count, Verdict *ret_verdict)
{
        Query query;
        const char *why = NULL;
        if (query_parse(words, count, &query, &why) != 0)
                return verdict_malformed(why, ret_verdict);
        write_query(live_begin(asker->live, MESSAGE_ASK), &query, words, count, asker->explain);
        Message answer;
        if (live_send(asker->live, false) != 0 ||
            live_receive(asker->live, MESSAGE_ANSWER, &answer) != 0)
                return -EIO;
        int r = answers(&answer, &query) ? verdict_from_answer(&answer, asker->explain, ret_verdict)
                                         : -EPROTO;
        if (r != -EPROTO)
                return r;
        fputs("doorward: the answer is not one to this question\n", stderr);
        return -EIO;
}

int live_asker_open(const char *command, const Options *options, LiveAsker **ret_asker)
{
        uint32_t offline = options->given & (OPTION_POLICY | OPTION_ROLES | OPTION_STATE |
                                             OPTION_AT | OPTION_UNIX_GROUP);
        if (offline) {
                complain(command, "--live asks the daemon, which decides by its own policy, state "
                                  "and clock: --policy, --roles, --state, --at and --unix-group "
                                  "do not go with it");
                return EXIT_USAGE;
        }
        LiveAsker *asker = calloc(1, sizeof(*asker));
        if (!asker)
                return output_out_of_memory();
        int status = live_open(command, options, &asker->live);
        if (status != 0) {
                free(asker);
                return status;
        }
        *ret_asker = asker;
        return 0;
}

void live_asker_close(LiveAsker *asker)
{
        if (asker)
                live_close(asker->live);
        free(asker);
}

int live_ask(const char *command, const Options *options, bool explain)
{
        LiveAsker *asker = NULL;
        int status = live_asker_open(command, options, &asker);
        if (status != 0)
                return status;
        asker->explain = explain;
        Text words[QUERY_WORDS_MAX + 1];
        size_t count = live_words(options, words);
        Verdict verdict;
        int r = live_asker_decide(asker, words, count, &verdict);
        if (r == 0) {
                status = output_verdict(&verdict, words, count, options->given & OPTION_JSON);
                if (verdict.decision_id && !(options->given & OPTION_JSON))
                        printf("decision %s\n", verdict.decision_id);
                if (status == 0)
                        status = verdict_status(verdict.outcome);
                verdict_clear(&verdict);
        } else {
                status = r == -ENOMEM ? output_out_of_memory() : EXIT_UNABLE;
        }
        live_asker_close(asker);
        return status;
}
