/* SPDX-License-Identifier: MIT */
/* Decisions: an ANSWER of doorwardd as the standard's Decision. */
#pragma once

#include "http/authzen_read.h"

/*
 * Makes {"decision": …, "context": {…}} of an ANSWER to a question that was sent as `type`. What
 * does not repeat the question, and every outcome but allow and deny, is a problem.
 * Return: 0 and the decision (owned by the caller), or AUTHZEN_PROBLEM.
 */
int authzen_decision(const Message *answer, const AuthzenQuestion *question, MessageType type,
                     json_t **ret_decision, AuthzenProblem *problem);

/* The decision of one question of many that could not be decided: false, with the error. Return:
 * owned by the caller; NULL without memory. */
json_t *authzen_decision_of_problem(const AuthzenProblem *problem);
