/* SPDX-License-Identifier: MIT */
/*
 * Offline
 *
 * A policy directory, read and compiled in this process, ready to be asked: what the offline
 * commands stand on. The same engine as the daemon's.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "cli/options.h"
#include "policy/build.h"
#include "policy/decide.h"
#include "state/bound_state.h"

typedef struct Offline {
        Diagnostics *diagnostics;
        Model *model;
        Image *image;
        LiveRecords *records; /* NULL without --state */
        BoundState *bound;    /* to the image; NULL without --state */
        DecisionContext context;
        uint32_t unix_groups[OPTION_UNIX_GROUPS_MAX];
} Offline;

/*
 * Reads, checks and compiles the policy that the options name. A policy with errors is printed to
 * standard error, with one closing line.
 * Return: 0, or EXIT_UNABLE. offline_close() is due in either case.
 */
int offline_open(const char *command, const Options *options, Offline *ret_offline);
void offline_close(Offline *offline);

/* Has decisions consider the live state of --state, bound to the image; no store there is no live
 * state. One that cannot be read or believed is said on standard error.
 * Return: 0, also without --state, or EXIT_UNABLE. */
int offline_add_live_state(const char *command, const Options *options, Offline *offline);

/* Where a policy is read from. It refers to itself: it stays where it is. */
typedef struct OfflinePaths {
        PolicyPaths policy;
        char assignments[PATH_MAX];
} OfflinePaths;

/* The paths that the options name; with --state, the assignments there are part of the policy. A
 * --state that is no folder is said on standard error. Return: 0, or EXIT_UNABLE. */
int offline_paths(const char *command, const Options *options, OfflinePaths *ret_paths);

/* Says on standard error that live state was not considered, unless --state was given. To be called
 * last. */
void offline_note_state(const Options *options);

/* One decision, as it is printed. */
typedef struct Verdict {
        Outcome outcome;
        const char *reason; /* static */
        char *detail;       /* owned */
        char *explanation;  /* owned, or NULL */
        char *decision_id;  /* owned; NULL: none, as offline */
} Verdict;

/*
 * Decides the query of some words. explain: with an explanation.
 * Return: 0 and the verdict (verdict_clear()), malformed queries included; -ENOMEM.
 */
int offline_decide(const Offline *offline, const Text *words, size_t count, bool explain,
                   Verdict *ret_verdict);
void verdict_clear(Verdict *verdict);

/* The verdict of words that are no query, for a static reason. Return: 0 or -ENOMEM. */
int verdict_malformed(const char *problem, Verdict *ret_verdict);

/* The exit status that belongs to an outcome. */
int verdict_status(Outcome outcome);
