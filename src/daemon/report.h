/* SPDX-License-Identifier: MIT */
/*
 * Report
 *
 * Answers that take time (reviews, events, sessions) are given by a child on a copy of the client's
 * connection. It gets the request as it came, what the daemon knows about the peer, and the image
 * or the journal, and sends RECORD… and END itself. A review reads live state from its store, which
 * holds what is in force in the daemon; when that cannot be read, live state is unknown to it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/client.h"
#include "wire/message.h"

#define REPORT_MODE "report"

/* Descriptors of the child. */
enum ReportFd {
        REPORT_FD_OUTPUT = 3, /* its end is how the daemon learns that it has ended */
        REPORT_FD_CLIENT = 4,
        REPORT_FD_REQUEST = 5, /* ReportRequest, groups, frame */
        REPORT_FD_IMAGE = 6,   /* of a review, with has_image */
        REPORT_FD_SYNCED = 6,  /* of the journal: ends when what was decided before is written */
        REPORT_FD_CONTROL = 7, /* with has_control: text that comes here ends what is followed */
};

#define REPORT_WHY_SIZE 512 /* bytes of that text, with a NUL */

/* What a child is told. uint32_t groups[group_count] and the frame follow it. */
typedef struct ReportRequest {
        int64_t now_s;
        uint32_t group_count;
        uint32_t frame_size;
        bool clock_untrusted; /* now_s is not to be believed */
        bool has_image;
        bool has_control;
        bool live_unknown;  /* the daemon does not know live state */
        bool with_places;   /* files and lines may be shown */
        bool is_restricted; /* only movements and sessions at the resource may be shown */
        bool is_caller;     /* a listed caller asks about others: of its sites only */
        Identity identity;  /* who asks; how it is known is left out */
} ReportRequest;

/* Ends a client's child and all that was kept for it. */
void report_end(Client *client);

/* The child's main function; state is the state folder. Return: exit status, 0 when the answer is
 * complete. */
int report_main(const char *state);
