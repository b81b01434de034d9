/* SPDX-License-Identifier: MIT */
/*
 * Ask: a plain question. It moves nothing, so an allow is a number in the counters; a denial is a
 * row of the journal.
 */
#include "daemon/request.h"

#include "daemon/query_message.h"
#include "daemon/server.h"
#include "policy/explain.h"

/* What a question is asked with. */
typedef struct Question {
        MessageQuery read;
        bool about_self; /* the peer's own Unix groups count */
} Question;

/* What a listed service user may ask: about itself, or with vouch about anyone at its sites. */
static bool caller_may_ask(const Request *request, const Question *question)
{
        const Image *image = request->server->policy.image;
        Target target;
        uint32_t organization =
                image_find_organization(image, question->read.query.resource.organization);
        const ImageCaller *caller = identity_caller(image, request->identity, organization);
        if (!caller || !(caller->may & CALLER_MAY_ASK))
                return false;
        if (policy_find_target(image, &question->read.query.resource, &target) != REASON_NONE)
                return caller->sites.count == 0;
        if (!identity_caller_reaches(image, caller, &target))
                return false;
        return (caller->may & CALLER_MAY_VOUCH) ||
               (!question->read.has_properties &&
                identity_is_own_subject(image, caller, question->read.query.user));
}

/* Whom the peer may ask about. Return: NULL, or why not. */
static const Refusal *check_scope(const Request *request, Question *question)
{
        const Identity *identity = request->identity;
        question->about_self = (identity->kinds & IDENTITY_PERSON) &&
                               text_is(question->read.query.user, identity->name);
        if (identity->kinds & IDENTITY_ROOT)
                return NULL;
        if ((identity->kinds & IDENTITY_CALLER) && caller_may_ask(request, question))
                return NULL;
        if (!question->about_self)
                return &refusal_not_allowed;
        return question->read.has_properties ? &refusal_properties : NULL;
}

static DecisionContext context_of(const Request *request, const Question *question)
{
        DecisionContext context = server_context(request->server);
        if (question->about_self && request->server->policy.has_unix_groups)
                context.unix_groups = client_groups(request->client, &context.unix_group_count);
        return context;
}

static void record_denial(const Request *request, const Decision *decision, Text description,
                          Text id)
{
        const Image *image = request->server->policy.image;
        char place[IMAGE_PLACE_SIZE];
        JournalRow row = request_row(request, "ask");
        row.texts[JOURNAL_DECISION_ID] = id;
        row.texts[JOURNAL_SUBJECT] = request_text(request, FIELD_USER);
        row.texts[JOURNAL_ACTION] = request_text(request, FIELD_ACTION);
        row.texts[JOURNAL_RESOURCE] = request_text(request, FIELD_RESOURCE);
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("deny");
        row.texts[JOURNAL_REASON] = text_from(reason_name(decision->reason));
        row.texts[JOURNAL_GRANTED_BY] = description;
        row.texts[JOURNAL_PLACE] =
                text_from(image_place(image, decision->place, place, sizeof(place)));
        (void)journal_append(request->server->journal, &row, NULL, NULL);
}

/* Decides, explaining if that was asked for. */
static Decision decide(const Request *request, const Question *question, bool with_places,
                       Answer *answer)
{
        Server *server = request->server;
        const Image *image = server->policy.image;
        DecisionContext context = context_of(request, question);
        Explanation explanation;
        Decision decision;
        if (message_flag(request->message, FIELD_EXPLAIN) &&
            policy_explain(image, &context, &question->read.query, with_places,
                           text_stream_begin(&server->explain), &explanation) == 0) {
                answer->explanation = text_stream_end(&server->explain);
                decision = explanation.decision;
        } else {
                decision = policy_decide(image, &context, &question->read.query, NULL);
        }
        (void)policy_describe(image, &context, &question->read.query, &decision, with_places,
                              text_stream_begin(&server->describe));
        answer->detail = text_stream_end(&server->describe);
        return decision;
}

static int answer_malformed(const Request *request, Answer *answer)
{
        DecisionId id;
        answer->decision_id = request_answer_id(request, &id);
        answer->outcome = OUTCOME_ERROR;
        answer->reason = text_from(reason_name(REASON_MALFORMED_QUERY));
        answer->detail = text_from(reason_text(REASON_MALFORMED_QUERY));
        request_count(request, OUTCOME_ERROR);
        return reply_answer(request->client, answer);
}

int request_ask(const Request *request)
{
        Answer answer = {
                .request_id = request->message->request_id,
                .user = request_text(request, FIELD_USER),
                .action = request_text(request, FIELD_ACTION),
                .resource = request_text(request, FIELD_RESOURCE),
                .revision = text_from(request->server->policy.revision),
        };
        Question question;
        if (query_from_message(request->message, answer.user, &question.read) != 0)
                return answer_malformed(request, &answer);
        const Refusal *refusal = check_scope(request, &question);
        if (refusal)
                return request_refuse(request, refusal);
        bool with_places = request->identity->kinds & IDENTITY_ROOT;
        Decision decision = decide(request, &question, with_places, &answer);
        answer.outcome = decision.outcome;
        answer.reason = text_from(reason_name(decision.reason));
        answer.subject = answer.user;
        request_count(request, decision.outcome);
        DecisionId id;
        if (decision.outcome != OUTCOME_DENY) {
                answer.decision_id = request_answer_id(request, &id);
        } else if (decision_id_make(&id) == 0) {
                answer.decision_id = decision_id_text(&id);
                record_denial(request, &decision, answer.detail, answer.decision_id);
        }
        return reply_answer(request->client, &answer);
}
