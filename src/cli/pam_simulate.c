/* SPDX-License-Identifier: MIT */
/* Simulating libpam: one step, one run. pam_ways.c tries them all. */
#include "cli/pam_simulate.h"

/* What libpam returns where it was told nothing that it could return. */
#define REFUSAL PAM_PERM_DENIED

PamRun pam_run_begin(void)
{
        const PamStanding nothing = { PAM_UNDECIDED, REFUSAL };
        return (PamRun){ .standing = nothing, .entered = { nothing } };
}

/* A good answer counts only as long as nothing but success was heard. */
static void take_good(PamStanding *standing, int returned)
{
        if (standing->impression == PAM_UNDECIDED ||
            (standing->impression == PAM_POSITIVE && standing->status == PAM_SUCCESS))
                *standing = (PamStanding){ PAM_POSITIVE, returned };
}

/* The first bad answer is the one that the program will hear. */
static void take_bad(PamStanding *standing, int returned)
{
        if (standing->impression != PAM_NEGATIVE)
                *standing =
                        (PamStanding){ PAM_NEGATIVE, returned == PAM_IGNORE ? REFUSAL : returned };
}

/* The last line of what begins at `at` on this level: the line, and the substack behind it. */
static size_t end_of_item(const PamLine *lines, size_t count, size_t at, int level)
{
        while (at + 1 < count && lines[at + 1].level > level)
                at++;
        return at;
}

/* Jumps over lines of the same level, a substack counting as one. Return: the last line passed. */
static size_t jump(PamRun *run, const PamLine *lines, size_t count, size_t from, int distance)
{
        int level = lines[from].level;
        size_t at = from;
        for (; distance > 0 && at + 1 < count && lines[at + 1].level >= level; distance--)
                at = end_of_item(lines, count, at + 1, level);
        if (distance > 0) /* nothing to jump to: libpam refuses */
                run->standing = (PamStanding){ PAM_NEGATIVE, REFUSAL };
        return at;
}

/* The end of a decision: the rest of this substack, or of the stack. Return: its last line. */
static size_t leave(const PamLine *lines, size_t count, size_t at)
{
        int level = lines[at].level;
        while (at + 1 < count && lines[at + 1].level >= level)
                at++;
        return at;
}

/* Return: the last line passed. */
static size_t act(PamRun *run, const PamLine *lines, size_t count, int action, int returned)
{
        size_t at = run->position;
        switch (action) {
        case PAM_ACTION_IGNORE:
                return at;
        case PAM_ACTION_RESET:
                run->standing = run->entered[lines[at].level];
                return at;
        case PAM_ACTION_OK:
        case PAM_ACTION_DONE:
                take_good(&run->standing, returned);
                return action == PAM_ACTION_DONE && run->standing.impression == PAM_POSITIVE
                               ? leave(lines, count, at)
                               : at;
        case PAM_ACTION_BAD:
        case PAM_ACTION_DIE:
                take_bad(&run->standing, returned);
                return action == PAM_ACTION_DIE ? leave(lines, count, at) : at;
        default:
                return jump(run, lines, count, at, action);
        }
}

int pam_run_step(PamRun *run, const PamLine *lines, size_t count, int returned)
{
        const PamLine *line = &lines[run->position];
        if (run->level < line->level)
                run->entered[line->level] = run->standing;
        run->level = line->level;
        if (line->kind == PAM_LINE_SUBSTACK) {
                run->position++;
                return PAM_ACTION_IGNORE;
        }
        if (line->kind == PAM_LINE_BROKEN)
                returned = REFUSAL;
        if (returned == PAM_INCOMPLETE) { /* the program is to call again: no success */
                run->standing = (PamStanding){ PAM_NEGATIVE, PAM_INCOMPLETE };
                run->position = count;
                return PAM_ACTION_DIE;
        }
        int action = PAM_ACTION_BAD;
        if (returned >= 0 && returned < _PAM_RETURN_VALUES)
                action = line->control.actions[returned];
        else
                returned = REFUSAL;
        run->position = act(run, lines, count, action, returned) + 1;
        return action;
}

int pam_run_result(const PamRun *run)
{
        if (run->standing.status == PAM_SUCCESS && run->standing.impression != PAM_POSITIVE)
                return REFUSAL;
        return run->standing.status;
}

int pam_simulate(const PamLine *lines, size_t count, const int *returns)
{
        PamRun run = pam_run_begin();
        while (run.position < count)
                pam_run_step(&run, lines, count, returns[run.position]);
        return pam_run_result(&run);
}
