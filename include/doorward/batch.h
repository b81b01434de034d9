/* SPDX-License-Identifier: MIT */
/* libdoorward: many questions at once. Included by doorward.h. */
#pragma once

#include <doorward/doorward.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define DOORWARD_QUESTIONS_MAX 1024 /* of one batch */

enum doorward_question_flags {
        DOORWARD_QUESTION_EXPLAIN = 1 << 0, /* with an explanation in the answer */
};

/* What doorward_ask() asks. This struct, as every one that stands in arrays, stays as it is. */
struct doorward_question {
        const char *subject, *action, *resource;
        const char *const *extra;
        uint32_t flags; /* of enum doorward_question_flags */
};

struct doorward_result {
        int error; /* as doorward_ask() returns it */
        doorward_answer
                *answer; /* owned by the caller; NULL, which cannot decide, after an error */
};

/*
 * Asks 1 to DOORWARD_QUESTIONS_MAX questions in order, on one connection and within the time of
 * one exchange. What fails is one result and hides no other; what is asked after the time has
 * passed has -TIMEOUT. Return: 0, and every result is set, each with an error of its own; -ARGUMENT
 * when results is NULL or count out of range; -ARGUMENT, -FORKED or -BUSY, and every result has
 * that error: nothing was asked.
 */
int doorward_ask_many(doorward *connection, const struct doorward_question *questions, size_t count,
                      struct doorward_result *results);

/* The same without waiting: doorward_process() gives one result after the other (an answer or an
 * error), and is to be called count times to an end. The questions are borrowed until the last. */
int doorward_ask_many_begin(doorward *connection, const struct doorward_question *questions,
                            size_t count);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
