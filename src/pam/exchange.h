/* SPDX-License-Identifier: MIT */
/* One question to the daemon on a connection of its own, and its answer, checked. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pam/arguments.h"
#include "pam/facts.h"
#include "wire/message.h"

#define REASON_SIZE_MAX  64
#define DECISION_ID_SIZE 32 /* hexadecimal digits */

typedef struct SessionQuestion {
        const Arguments *arguments;
        const Facts *facts;
        SessionPhase phase;
        Text door; /* a path; empty: none */
        uint64_t request_id;
} SessionQuestion;

typedef struct SessionAnswer {
        bool refused;                     /* the request itself was refused; there is no outcome */
        uint32_t outcome;                 /* as sent */
        bool is_unlock;                   /* an unlock command for the door was made */
        char reason[REASON_SIZE_MAX + 1]; /* lower case letters, digits and hyphens */
        char decision_id[DECISION_ID_SIZE + 1]; /* empty: none */
} SessionAnswer;

/*
 * Asks and waits, all within arguments->timeout_ms. The answer has to repeat request id, user,
 * action, resource and, for an unlock command, the door.
 * Return: 0 and the answer, a ConnectionProblem, -errno.
 */
int exchange_session(const SessionQuestion *question, SessionAnswer *ret_answer);
