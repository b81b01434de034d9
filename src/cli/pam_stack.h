/* SPDX-License-Identifier: MIT */
/*
 * PAM stacks
 *
 * What libpam makes of a service's files: for the account and the session phase one list of lines,
 * every @include, include and substack followed, and `other` where the service has none. No module
 * is loaded. A service owns all texts in it.
 */
#pragma once

#include <stdint.h>

#include "cli/pam_text.h"
#include "util/arena.h"
#include "util/vector.h"

/* libpam's own limit of substacks in substacks. */
#define PAM_LEVELS_MAX 16

/* Limits of our own: no stack that somebody keeps by hand comes near. */
#define PAM_INCLUDE_DEPTH_MAX 32
#define PAM_FILES_MAX         512 /* opened for one service */
#define PAM_LINES_MAX         512 /* in one phase of one service */

typedef enum PamPhase {
        PAM_PHASE_ACCOUNT,
        PAM_PHASE_SESSION,
        PAM_PHASE_COUNT,
} PamPhase;

typedef enum PamLineKind {
        PAM_LINE_MODULE,
        PAM_LINE_SUBSTACK, /* stands before the lines of a substack and does nothing */
        PAM_LINE_BROKEN,   /* libpam puts a refusal here */
} PamLineKind;

typedef struct PamLine {
        PamLineKind kind;
        int level; /* substacks around it */
        const char *file;
        unsigned number;
        bool own_file;            /* stands in the service's own file */
        const char *control_text; /* as written, without brackets; "" when there is none */
        bool bracketed;
        const char *module; /* as written; NULL for a broken line */
        char **arguments;
        size_t argument_count;
        PamControl control;
} PamLine;

typedef enum PamSeverity {
        PAM_SEVERITY_NOTE,
        PAM_SEVERITY_WARNING,
        PAM_SEVERITY_ERROR,      /* locks out, or lets through */
        PAM_SEVERITY_UNREADABLE, /* what would happen cannot be said */
} PamSeverity;

typedef struct PamProblem {
        PamSeverity severity;
        const char *file;
        unsigned line; /* 1 where a whole file is meant */
        const char *text;
        bool about_module; /* the line names pam_doorward.so */
        PamPhase phase;    /* PAM_PHASE_COUNT: not of one phase */
        uint32_t answers;  /* answers of the module that get through (pam_judge.h) */
} PamProblem;

typedef VECTOR_OF(PamLine) PamLines;
typedef VECTOR_OF(PamProblem) PamProblems;

typedef struct PamService {
        Arena *arena;
        const char *name;
        PamLines lines[PAM_PHASE_COUNT];
        bool from_other[PAM_PHASE_COUNT]; /* the service itself has no such lines */
        bool has_file;
        bool refused; /* libpam gives up on it: nobody gets in */
        PamProblems problems;
} PamService;

/*
 * Reads a service's stacks. directory stands for /etc/pam.d; vendor (or NULL) is where files are
 * looked for that are not there. What is wrong with the files is told by ret_service->problems.
 * Return: 0, or -ENOMEM. pam_service_clear() is due in either case.
 */
int pam_service_read(const char *directory, const char *vendor, const char *name,
                     PamService *ret_service);

void pam_service_clear(PamService *service);

/* Says whether a line calls a module of that file name, e.g. "pam_deny.so", wherever it lies. */
bool pam_line_calls(const PamLine *line, const char *module);

/* Adds a copy of a problem; format makes its text. Return: 0, or -ENOMEM. */
int pam_service_complain(PamService *service, const PamProblem *problem, const char *format, ...)
        __attribute__((__format__(__printf__, 3, 4)));

/* "account", "session". */
const char *pam_phase_name(PamPhase phase);
