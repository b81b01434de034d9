/* SPDX-License-Identifier: MIT */
/*
 * Reload
 *
 * From the policy's text to what is served: a child compiles and tests, and what it wrote is
 * verified and served, or the old policy stays. Requests that come while a compiler runs share the
 * next one, so that nobody is answered about text older than his request. Requests with and
 * without tests never share.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/request.h"

typedef struct Reload {
        bool with_tests; /* of the one that runs */
        bool wanted;     /* one more, with tests, that no client waits for (SIGHUP, start) */
        int64_t last_s;  /* when the last one ended; 0: none yet */
        bool last_ok;
        bool tests_skipped;   /* the policy served was not tested */
        char last_error[512]; /* first error of the last one; "" */
} Reload;

/* Reloads for nobody in particular: at the start, on SIGHUP. */
void reload_start(Server *server);

/* Takes the free compilation if anybody waits for a reload; those who want tests come first. Called
 * by compilation_next() only. Frees no client. */
void reload_begin(Server *server);

/* The text has been compiled and tested, and is served, whoever asked for that: nothing is wrong
 * with it any more. */
void reload_note_served(Server *server);
