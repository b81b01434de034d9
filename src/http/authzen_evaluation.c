/* SPDX-License-Identifier: MIT */
/* Access Evaluation: one question (AuthZEN 1.0, section 6). */
#include <stdlib.h>

#include "http/authzen.h"
#include "http/authzen_ask.h"

typedef struct Evaluation {
        HttpCall *call;
        json_t *document;
        AuthzenQuestion question;
        AuthzenAsking asking;
} Evaluation;

static void evaluation_end(void *state)
{
        Evaluation *evaluation = state;
        authzen_ask_cancel(&evaluation->asking);
        json_decref(evaluation->document);
        free(evaluation);
}

static void on_answered(void *data, json_t *decision, const AuthzenProblem *problem)
{
        Evaluation *evaluation = data;
        if (decision)
                http_call_answer_json(evaluation->call, 200, decision);
        else
                authzen_problem_answer(problem, evaluation->call);
}

void authzen_evaluate(HttpCall *call, json_t *document, bool may_command)
{
        AuthzenProblem problem;
        Evaluation *evaluation = calloc(1, sizeof(*evaluation));
        if (!evaluation) {
                json_decref(document);
                http_call_answer_json(call, 200, NULL);
                return;
        }
        evaluation->call = call;
        evaluation->document = document;
        evaluation->asking = authzen_asking(call, on_answered, evaluation);
        http_call_set_state(call, evaluation, evaluation_end);
        AuthzenParts parts = authzen_parts(document, NULL);
        int r = authzen_read_question(&parts, "", &evaluation->question, &problem);
        if (r == 0)
                r = authzen_ask(&evaluation->asking, &evaluation->question, may_command, &problem);
        if (r != 0)
                authzen_problem_answer(&problem, call);
}

void authzen_evaluation(HttpCall *call)
{
        AuthzenProblem problem;
        json_t *document;
        if (authzen_read_body(call, &document, &problem) != 0)
                authzen_problem_answer(&problem, call);
        else
                authzen_evaluate(call, document, true);
}
