/* SPDX-License-Identifier: MIT */
/* What the system's log and the person in front of the terminal are told. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <security/pam_modules.h>

#include "util/text.h"

typedef struct Report {
        pam_handle_t *handle;
        const char *phase; /* "account", "open_session", "close_session" */
        Text user;         /* from outside; empty: not known yet */
        Text why;          /* a reason's code, or what went wrong; may hold texts from outside */
        Text door;         /* empty: none */
        const char *decision_id; /* empty: none */
        uint64_t request_id;
} Report;

/* Logs one line about the end of a phase, by its PAM code; none for PAM_IGNORE. */
void report_log(const Report *report, int code);

/* Tells the person that there is no access, with the first digits of the id in the log; nothing
 * after PAM_SUCCESS and PAM_IGNORE. */
void report_show(const Report *report, int code);

/* Logs why a phase had nothing to decide or what it asks; for the argument `debug`. */
void report_debug(const Report *report, const char *what);
