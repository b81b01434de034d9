/* SPDX-License-Identifier: MIT */
/*
 * Status
 *
 * How the daemon is. Whether the text differs from what is served is found by a child, which reads
 * the files; those who ask meanwhile share its answer.
 */
#pragma once

#include "daemon/task.h"

typedef struct Server Server;

typedef struct StatusCheck {
        Task *task; /* NULL: none runs */
} StatusCheck;

/* Ends a check that runs. */
void status_stop(Server *server);
