/* SPDX-License-Identifier: MIT */
/* Problems of AuthZEN requests: see authzen_problem.h. */
#include "http/authzen_problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define STATUS_MALFORMED   400
#define STATUS_UNKNOWN     401
#define STATUS_FORBIDDEN   403
#define STATUS_TOO_MANY    429
#define STATUS_INTERNAL    500
#define STATUS_UNAVAILABLE 503

/* What each code is in HTTP; a code that is not listed is an internal error. */
static const struct {
        const char *reason;
        unsigned status;
} statuses[] = {
        { "malformed-query", STATUS_MALFORMED },
        { "unknown-resource", STATUS_MALFORMED },
        { "unknown-permission", STATUS_MALFORMED },
        { "unknown-role", STATUS_MALFORMED },
        { "page-changed", STATUS_MALFORMED },
        { "unknown-caller", STATUS_UNKNOWN },
        { "not-allowed", STATUS_FORBIDDEN },
        { "rate-limited", STATUS_TOO_MANY },
        { "busy", STATUS_UNAVAILABLE },
        { "no-policy", STATUS_UNAVAILABLE },
        { "name-unknown", STATUS_UNAVAILABLE },
        { "gateway-away", STATUS_UNAVAILABLE },
        { "journal-failed", STATUS_UNAVAILABLE },
};

int authzen_problem_set(AuthzenProblem *problem, unsigned status, const char *reason,
                        const char *format, ...)
{
        va_list arguments;
        problem->status = status;
        (void)snprintf(problem->reason, sizeof(problem->reason), "%s", reason);
        va_start(arguments, format);
        (void)vsnprintf(problem->message, sizeof(problem->message), format, arguments);
        va_end(arguments);
        return AUTHZEN_PROBLEM;
}

int authzen_problem_of_reason(AuthzenProblem *problem, Text reason, Text sentence)
{
        unsigned status = STATUS_INTERNAL;
        char code[AUTHZEN_REASON_SIZE], text[AUTHZEN_MESSAGE_SIZE / 2];
        for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
                if (text_is(reason, statuses[i].reason))
                        status = statuses[i].status;
        text_escape(reason.size > 0 ? reason : TEXT_LITERAL("internal"), code, sizeof(code));
        text_escape(sentence.size > 0 ? sentence
                                      : TEXT_LITERAL("The question could not be decided."),
                    text, sizeof(text));
        return authzen_problem_set(problem, status, code, "%s", text);
}

int authzen_problem_of_refusal(AuthzenProblem *problem, const Message *refusal)
{
        Text reason = TEXT_NULL, sentence = TEXT_NULL;
        (void)message_text(refusal, FIELD_REASON, &reason);
        (void)message_text(refusal, FIELD_MESSAGE, &sentence);
        return authzen_problem_of_reason(problem, reason, sentence);
}

int authzen_problem_of_link(AuthzenProblem *problem, int link_problem)
{
        if (link_problem == -EMSGSIZE)
                return authzen_problem_set(problem, STATUS_MALFORMED, "malformed-query",
                                           "The question is too long.");
        if (link_problem == -ENOBUFS)
                return authzen_problem_set(problem, STATUS_UNAVAILABLE, "busy",
                                           "Too many questions are under way.");
        if (link_problem < 0)
                return authzen_problem_set(problem, STATUS_INTERNAL, "internal",
                                           "The question could not be asked.");
        return authzen_problem_set(problem, STATUS_UNAVAILABLE, "daemon-unavailable",
                                   "No answer of the decision daemon: %s.",
                                   link_problem_text(link_problem));
}

bool authzen_problem_is_of_one(const AuthzenProblem *problem)
{
        return problem->status == STATUS_MALFORMED || problem->status == STATUS_FORBIDDEN;
}

void authzen_problem_answer(const AuthzenProblem *problem, HttpCall *call)
{
        http_call_answer_error(call, problem->status, problem->reason, problem->message);
}
