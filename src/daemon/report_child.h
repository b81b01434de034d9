/* SPDX-License-Identifier: MIT */
/* Report child: what the functions that answer in a child are given, and the functions. */
#pragma once

#include "daemon/identity.h"
#include "daemon/report.h"
#include "daemon/report_output.h"
#include "policy/decide.h"
#include "policy/image.h"

typedef struct Report {
        const Message *message;
        const char *state;   /* state folder */
        DecisionContext now; /* of a review: what decides besides policy and query, without Unix
                              * groups */
        bool has_control, with_places, is_restricted; /* as of ReportRequest */
        const Image *image;                           /* NULL: none */
        const uint32_t *groups; /* Unix groups of the peer, who is whom it asks about */
        size_t group_count;
        bool is_caller; /* a listed caller asks about others: of its sites only */
        const Identity *identity;
        ReportOutput *output;
} Report;

/* Answer a request completely. Return: 0; -errno when the connection or the source broke. */
int report_who_can(const Report *report);
int report_what_can(const Report *report);
int report_search(const Report *report);
int report_events(const Report *report);
int report_sessions(const Report *report);
