/* SPDX-License-Identifier: MIT */
/*
 * Asker
 *
 * Puts questions about facts to the real engine: the facts become a policy directory in a scratch
 * folder, that and conf/roles become an image, and policy_decide() answers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "facts.h"
#include "policy/decide.h"
#include "scratch.h"

/* 2026-06-01T09:00:00Z; nothing in the tables depends on it, but that it is after the day on which
 * the legacy roles ended. */
#define ASKER_NOW_S INT64_C(1780304400)

typedef struct Asker {
        char scratch[SCRATCH_SIZE];
        Image *image; /* owned; NULL before the first build */
        size_t asked; /* questions so far */
} Asker;

/* Makes the scratch folder with a copy of the catalogues. Fails the running test when it cannot. */
Asker asker_open(const char *roles);
void asker_close(Asker *asker);

/* Builds the policy of the facts in place of the one before. A policy that the engine refuses fails
 * the running test, with the diagnostics on standard error. */
void asker_build(Asker *asker, const Facts *facts);

/* Builds a policy that the engine may refuse. Return: whether it took it; RET_TEXT gets the
 * diagnostics as they are printed, owned by the caller. */
bool asker_try(Asker *asker, const Facts *facts, char **ret_text);

/* Asks a question, as it is written on the command line, at a time (ASKER_NOW_S unless the time
 * matters); one that is no question fails the running test. */
Outcome asker_ask(Asker *asker, const char *question, int64_t now_s);

/* Prints a question, its answer and its explanation to standard error. */
void asker_explain(const Asker *asker, const char *question, int64_t now_s);
