/* SPDX-License-Identifier: MIT */
/*
 * Access Evaluations: many questions (AuthZEN 1.0, section 7)
 *
 * All are read before the first is asked, so that a batch is either understood or refused as a
 * whole. They are asked one after the other, which is what two of the three semantics are about.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/authzen.h"
#include "http/authzen_ask.h"
#include "http/authzen_decision.h"

typedef enum Semantic { EXECUTE_ALL, DENY_ON_FIRST_DENY, PERMIT_ON_FIRST_PERMIT } Semantic;

typedef struct Batch {
        HttpCall *call;
        json_t *document;
        const json_t *evaluations; /* of the document */
        AuthzenParts defaults;
        Semantic semantic;
        json_t *decisions;
        AuthzenQuestion question; /* that is under way */
        AuthzenAsking asking;
} Batch;

static void batch_end(void *state)
{
        Batch *batch = state;
        authzen_ask_cancel(&batch->asking);
        json_decref(batch->decisions);
        json_decref(batch->document);
        free(batch);
}

/* ---- Reading ---- */

static int read_semantic(const json_t *document, Semantic *ret_semantic, AuthzenProblem *problem)
{
        static const char *const NAMES[] = {
                [EXECUTE_ALL] = "execute_all",
                [DENY_ON_FIRST_DENY] = "deny_on_first_deny",
                [PERMIT_ON_FIRST_PERMIT] = "permit_on_first_permit",
        };
        const json_t *options = json_object_get(document, "options");
        const json_t *name = json_object_get(options, "evaluations_semantic");
        *ret_semantic = EXECUTE_ALL;
        if (options && !json_is_object(options))
                return authzen_problem_set(problem, 400, "malformed-request",
                                           "options must be an object.");
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++)
                if (!name || (json_is_string(name) &&
                              text_is((Text){ json_string_value(name), json_string_length(name) },
                                      NAMES[i]))) {
                        *ret_semantic = (Semantic)i;
                        return 0;
                }
        return authzen_problem_set(problem, 400, "malformed-request",
                                   "options.evaluations_semantic must be "
                                   "execute_all, deny_on_first_deny or permit_on_first_permit.");
}

static int read_item(Batch *batch, size_t index, AuthzenProblem *problem)
{
        char where[AUTHZEN_WHERE_SIZE];
        const json_t *item = json_array_get(batch->evaluations, index);
        (void)snprintf(where, sizeof(where), "evaluations[%zu]", index);
        if (!json_is_object(item))
                return authzen_problem_set(problem, 400, "malformed-request",
                                           "%s must be an object.", where);
        AuthzenParts parts = authzen_parts(item, &batch->defaults);
        (void)snprintf(where, sizeof(where), "evaluations[%zu].", index);
        return authzen_read_question(&parts, where, &batch->question, problem);
}

static int read_batch(Batch *batch, AuthzenProblem *problem)
{
        uint32_t max = http_call_evaluations_max(batch->call);
        size_t count = json_array_size(batch->evaluations);
        if (count > max)
                return authzen_problem_set(problem, 400, "too-many-evaluations",
                                           "At most %u evaluations are "
                                           "answered at once.",
                                           max);
        int r = read_semantic(batch->document, &batch->semantic, problem);
        for (size_t i = 0; i < count && r == 0; i++)
                r = read_item(batch, i, problem);
        return r;
}

/* ---- Asking ---- */

/* Whether the decision that came last is the last that is wanted. */
static bool is_decided(const Batch *batch)
{
        size_t count = json_array_size(batch->decisions);
        if (count == json_array_size(batch->evaluations))
                return true;
        if (count == 0 || batch->semantic == EXECUTE_ALL)
                return false;
        const json_t *last = json_array_get(batch->decisions, count - 1);
        bool permitted = json_is_true(json_object_get(last, "decision"));
        return permitted == (batch->semantic == PERMIT_ON_FIRST_PERMIT);
}

/* Keeps a decision (taken), or the problem of one question. Return: false when the call was
 * answered instead, because the problem is one of them all. */
static bool keep(Batch *batch, json_t *decision, const AuthzenProblem *problem)
{
        if (!decision && !authzen_problem_is_of_one(problem)) {
                authzen_problem_answer(problem, batch->call);
                return false;
        }
        json_t *kept = decision ? decision : authzen_decision_of_problem(problem);
        if (json_array_append_new(batch->decisions, kept) == 0)
                return true;
        http_call_answer_json(batch->call, 200, NULL);
        return false;
}

/* Asks the next question, or answers. */
static void go_on(Batch *batch)
{
        AuthzenProblem problem;
        while (!is_decided(batch)) {
                int r = read_item(batch, json_array_size(batch->decisions), &problem);
                if (r == 0)
                        r = authzen_ask(&batch->asking, &batch->question, false, &problem);
                if (r == 0 || !keep(batch, NULL, &problem))
                        return;
        }
        http_call_answer_json(batch->call, 200,
                              json_pack("{s:O}", "evaluations", batch->decisions));
}

static void on_answered(void *data, json_t *decision, const AuthzenProblem *problem)
{
        if (keep(data, decision, problem))
                go_on(data);
}

static void batch_begin(HttpCall *call, json_t *document, const json_t *evaluations)
{
        AuthzenProblem problem;
        Batch *batch = calloc(1, sizeof(*batch));
        json_t *decisions = json_array();
        if (!batch || !decisions) {
                free(batch);
                json_decref(decisions);
                json_decref(document);
                http_call_answer_json(call, 200, NULL);
                return;
        }
        batch->call = call;
        batch->document = document;
        batch->evaluations = evaluations;
        batch->defaults = authzen_parts(document, NULL);
        batch->decisions = decisions;
        batch->asking = authzen_asking(call, on_answered, batch);
        http_call_set_state(call, batch, batch_end);
        if (read_batch(batch, &problem) != 0)
                authzen_problem_answer(&problem, call);
        else
                go_on(batch);
}

void authzen_evaluations(HttpCall *call)
{
        AuthzenProblem problem;
        json_t *document;
        if (authzen_read_body(call, &document, &problem) != 0) {
                authzen_problem_answer(&problem, call);
                return;
        }
        const json_t *evaluations = json_object_get(document, "evaluations");
        if (!evaluations || (json_is_array(evaluations) && json_array_size(evaluations) == 0)) {
                authzen_evaluate(call, document, false);
        } else if (json_is_array(evaluations)) {
                batch_begin(call, document, evaluations);
        } else {
                json_decref(document);
                authzen_problem_set(&problem, 400, "malformed-request",
                                    "evaluations must be an array.");
                authzen_problem_answer(&problem, call);
        }
}
