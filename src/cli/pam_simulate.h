/* SPDX-License-Identifier: MIT */
/*
 * Simulating libpam
 *
 * How libpam 1.5 combines what the modules of a stack return, for the phases that run once
 * (account, open_session). One step a line; pam_simulate() takes given answers, and
 * pam_find_ways() tries every answer that other modules could give to find the ways round one.
 */
#pragma once

#include <stdint.h>

#include "cli/pam_stack.h"

/* What a stack has come to so far. */
typedef enum PamImpression {
        PAM_UNDECIDED,
        PAM_POSITIVE,
        PAM_NEGATIVE,
} PamImpression;

typedef struct PamStanding {
        PamImpression impression;
        int status;
} PamStanding;

/* Where a run stands: before the line at position. */
typedef struct PamRun {
        size_t position;
        int level; /* of the line before */
        PamStanding standing;
        PamStanding entered[PAM_LEVELS_MAX]; /* the standing when each substack was entered */
} PamRun;

/* The beginning of every run. */
PamRun pam_run_begin(void);

/*
 * Takes the line at run->position, whose module returns returned (not looked at for lines that
 * call no module), and moves on, over lines that the control jumps over too. position becomes count
 * at the end. Return: the action that was taken (PamAction, or a jump > 0).
 */
int pam_run_step(PamRun *run, const PamLine *lines, size_t count, int returned);

/* What libpam returns to the program when a run has come to its end. */
int pam_run_result(const PamRun *run);

/*
 * Runs a whole stack. returns has an answer for every line (those of lines that call no module are
 * not looked at). Return: what libpam would return.
 */
int pam_simulate(const PamLine *lines, size_t count, const int *returns);

/* Why a refusal of the module does not stop the program. */
typedef enum PamWayKind {
        PAM_WAY_SOFT,    /* the control of the module's own line does not make it count */
        PAM_WAY_PAST,    /* a line before it ends the stack or jumps over it */
        PAM_WAY_RESET,   /* a line behind it forgets it */
        PAM_WAY_EARLIER, /* an earlier failure hides it, and the program goes on after that one */
} PamWayKind;

/* One way to get through. */
typedef struct PamWay {
        PamWayKind kind;
        size_t line;   /* the line that lets it */
        size_t module; /* the line of the module that is refused or not asked */
        int returned;  /* what the module of `line` returns for it */
        int result;    /* what libpam then returns to the program */
} PamWay;

typedef VECTOR_OF(PamWay) PamWays;

/* What is asked of a stack. */
typedef struct PamQuestion {
        PamPhase phase;
        const char *module; /* file name of the module that must be obeyed */
        int answer;         /* what it returns, in every line that calls it */
        uint32_t accepted;  /* bit 1 << code: after this result the program goes on */
} PamQuestion;

#define PAM_STATES_MAX 1024 /* different runs that are followed at one line */

/*
 * Finds every line that lets a program go on although the module answers as stated, whatever the
 * other modules return (pam_deny, pam_permit and pam_warn return what they always return).
 * Appends to ways, one way for each kind and line.
 * Return: 0, 1 when the stack has more than PAM_STATES_MAX possibilities, -ENOMEM.
 */
int pam_find_ways(const PamLine *lines, size_t count, const PamQuestion *question, PamWays *ways);
