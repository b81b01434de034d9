/* SPDX-License-Identifier: MIT */
/* Asking for a change: what the commands that change who holds what and those that change live
 * state have in common: the reason, the request and its answer. */
#pragma once

#include "cli/live_answer.h"
#include "cli/options.h"
#include "wire/message.h"

/* The options of every change. */
#define OPTIONS_ANY_CHANGE (OPTIONS_LIVE | OPTION_REASON | OPTION_DRY_RUN)

/* One kind of change, as its commands see it. */
typedef struct ChangeAsk {
        void (*write)(void *data, MessageWriter *writer); /* the fields of the request */
        bool (*is_answered)(void *data, const Message *message);
        int (*print)(void *data, const LiveAnswer *answer, const Message *message);
        void *data;
} ChangeAsk;

/* What is wrong with the --reason, whoever asks. Return: static, or NULL. */
const char *change_ask_reason_problem(const Options *options);

/* Complains about a problem, if there is one. Return: 0, or EXIT_USAGE. */
int change_ask_check(const char *command, const char *problem);

/* Has the daemon make a change, and has printed what it answered. Return: the exit status. */
int change_ask_run(const char *command, const Options *options, const ChangeAsk *ask);

/* What an answer comes to. */
typedef struct ChangeResult {
        bool dry_run, done;
        bool on_record; /* its id is one of the journal: of what was only tried, only a denial */
} ChangeResult;
ChangeResult change_ask_result(const LiveAnswer *answer, const Options *options);
