/* SPDX-License-Identifier: MIT */
/* Live change: see request_live.c. */
#pragma once

#include "daemon/live_action.h"
#include "daemon/request.h"

/* Makes a change of live state for whoever asks: a person, or root as break-glass with WHY.
 * Return: as a RequestHandler. */
int request_live(const Request *request, const LiveAction *action);
