/* SPDX-License-Identifier: MIT */
/* Live ask: the questions of `check` and `explain`, answered by the daemon. */
#pragma once

#include "cli/offline.h"
#include "cli/options.h"
#include "policy/query.h"
#include "util/timestamp.h"

typedef struct LiveAsker LiveAsker;

/* Views the words of the command line. Return: their number, at most QUERY_WORDS_MAX + 1 (which no
 * query has). */
size_t live_words(const Options *options, Text words[static QUERY_WORDS_MAX + 1]);

/* Asks the one question of the command line and prints the answer. Return: the exit status. */
int live_ask(const char *command, const Options *options, bool explain);

/* A connection for many questions. Return: 0 (owned by the caller), or EXIT_UNABLE. */
int live_asker_open(const char *command, const Options *options, LiveAsker **ret_asker);
void live_asker_close(LiveAsker *asker);

/* Asks one question; words that are no query give a verdict without asking. Return: 0 and the
 * verdict (verdict_clear()), -ENOMEM, -EIO when the daemon gave no answer (printed). */
int live_asker_decide(LiveAsker *asker, const Text *words, size_t count, Verdict *ret_verdict);
