/* SPDX-License-Identifier: MIT */
/*
 * Following
 *
 * Who follows events may lose the right to see them while he does. His request is kept and decided
 * again whenever the policy changes and once a minute besides; the first denial ends it.
 */
#pragma once

#include "daemon/client.h"
#include "daemon/request.h"

#define FOLLOWING_SECONDS 60 /* between two looks */

/* Keeps a request that follows. ret_control_fd receives the end of the pipe that the child gets, to
 * be closed. Return: 0 and client->following, -errno. */
int following_begin(const Request *request, int *ret_control_fd);
Following *following_free(Following *following);

/* Decides for everybody who follows whether he still may. */
void following_check(Server *server);

/* Starts and ends the timer. Return: 0 or -errno. */
int following_start(Server *server);
void following_stop(Server *server);
