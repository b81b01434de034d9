/* SPDX-License-Identifier: MIT */
/*
 * Asking doorwardd for a caller
 *
 * One question under way at a time. An unlock that may make a command is asked as an unlock; a
 * caller that may not unlock is refused that, and is then asked for by a plain question. Otherwise
 * nothing is sent twice. All questions of a call share its time.
 */
#pragma once

#include "http/authzen_read.h"
#include "util/deadline.h"

/* Called once for a question, never from within authzen_ask(): with the decision as the standard
 * has it (taken), or with NULL and the problem. It may ask the next question, and free. */
typedef void (*AuthzenAnswered)(void *data, json_t *decision, const AuthzenProblem *problem);

typedef struct AuthzenAsking {
        HttpCall *call;
        Deadline deadline;
        AuthzenAnswered answered;
        void *data;
        LinkCall *under_way; /* NULL: none */
        const AuthzenQuestion *question;
        MessageType type; /* what it was sent as */
} AuthzenAsking;

/* Prepares to ask for a call. */
AuthzenAsking authzen_asking(HttpCall *call, AuthzenAnswered answered, void *data);

/* Asks. The question is borrowed until it is answered. may_command: an unlock or an entry is one,
 * unless the question says ask_only. Return: 0, or AUTHZEN_PROBLEM: answered is not called. */
int authzen_ask(AuthzenAsking *asking, const AuthzenQuestion *question, bool may_command,
                AuthzenProblem *problem);

/* Gives up what is under way. */
void authzen_ask_cancel(AuthzenAsking *asking);

/* Answers a call with the evaluation of one question, its body (taken). may_command: as of
 * authzen_ask(). */
void authzen_evaluate(HttpCall *call, json_t *document, bool may_command);
