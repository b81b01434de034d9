/* SPDX-License-Identifier: MIT */
/*
 * Reload
 *
 * From the policy's text to what is served: a child compiles and tests, and what it wrote is
 * verified and served, or the old policy stays. One child runs at a time; requests that come while
 * it runs share the next one, so that nobody is answered about text older than his request.
 * Requests with and without tests never share.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/request.h"
#include "daemon/task.h"

typedef struct Reload {
        Task *task; /* NULL: none runs */
        int image_fd;
        bool with_tests; /* of the one that runs */
        bool wanted;     /* one more, with tests, that no client waits for (SIGHUP, start) */
        int64_t last_s;  /* when the last one ended; 0: none yet */
        bool last_ok;
        bool tests_skipped;   /* the policy served was not tested */
        char last_error[512]; /* first error of the last one; "" */
} Reload;

/* Reloads for nobody in particular: at the start, on SIGHUP. */
void reload_start(Server *server);

/* Starts a compiler if anybody waits for one and none runs; those who want tests come first. Frees
 * no client. */
void reload_begin(Server *server);

/* Ends a compiler that runs. */
void reload_stop(Server *server);
