/* SPDX-License-Identifier: MIT */
/*
 * Problems of AuthZEN requests
 *
 * Why there is no decision: the HTTP status that the standard gives it, a stable code, and one
 * sentence. A problem is never an answer to the question.
 */
#pragma once

#include "http/call.h"
#include "wire/message.h"

#define AUTHZEN_REASON_SIZE  64
#define AUTHZEN_MESSAGE_SIZE 512

#define AUTHZEN_PROBLEM 1 /* of functions that describe one */

typedef struct AuthzenProblem {
        unsigned status; /* 400 and above */
        char reason[AUTHZEN_REASON_SIZE];
        char message[AUTHZEN_MESSAGE_SIZE];
} AuthzenProblem;

/* Describes a problem; the message is made as by printf(). Return: AUTHZEN_PROBLEM. */
int authzen_problem_set(AuthzenProblem *problem, unsigned status, const char *reason,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The problem that a reason of doorwardd's is, in a REFUSAL or in an ANSWER that does not decide:
 * the status by the code, the sentence as it came. Return: AUTHZEN_PROBLEM. */
int authzen_problem_of_reason(AuthzenProblem *problem, Text reason, Text sentence);
int authzen_problem_of_refusal(AuthzenProblem *problem, const Message *refusal);

/* The problem that a LinkProblem, or what link_call() returned, is. Return: AUTHZEN_PROBLEM. */
int authzen_problem_of_link(AuthzenProblem *problem, int link_problem);

/* Whether it is about one question only, so that others of the same request can be answered. */
bool authzen_problem_is_of_one(const AuthzenProblem *problem);

/* Answers a call with it. The call is gone afterwards. */
void authzen_problem_answer(const AuthzenProblem *problem, HttpCall *call);
