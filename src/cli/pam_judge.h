/* SPDX-License-Identifier: MIT */
/*
 * Judging a service
 *
 * Would somebody get through whom pam_doorward.so refuses? Every answer of the module that must
 * keep people out is tried in both phases, each finding names the line and says what to write.
 */
#pragma once

#include "cli/pam_simulate.h"

#define PAM_DOORWARD "pam_doorward.so"

typedef enum PamResult {
        PAM_RESULT_OBEYED,
        PAM_RESULT_NOT_ASKED,
        PAM_RESULT_THROUGH,    /* an answer that must keep people out does not */
        PAM_RESULT_BROKEN,     /* everybody is refused: a mistake in the files */
        PAM_RESULT_UNREADABLE, /* nobody can say */
        PAM_RESULT_COUNT,
} PamResult;

typedef struct PamJudgement {
        PamResult result;
        bool asked[PAM_PHASE_COUNT];
} PamJudgement;

/* Where libpam looks for modules. */
typedef struct PamModuleFolders {
        const char *const *folders; /* NULL-terminated */
        bool elsewhere; /* the stacks are not this machine's: a module missing here may be there */
} PamModuleFolders;

/*
 * Judges a service and appends to its problems what it finds. A problem of a service that does not
 * ask the module becomes a note, unless the line names the module.
 * Return: 0, or -ENOMEM.
 */
int pam_judge(PamService *service, const PamModuleFolders *folders, PamJudgement *ret_judgement);

/* The name of a result in output, e.g. "obeyed". */
const char *pam_result_name(PamResult result);

/* The name in JSON of the answer that stands for a bit in PamProblem.answers, e.g. "denied"; NULL
 * when there is no such bit. */
const char *pam_answer_name(unsigned bit);
