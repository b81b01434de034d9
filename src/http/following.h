/* SPDX-License-Identifier: MIT */
/*
 * Following
 *
 * Keeps the list of callers as doorwardd has it, and which permissions are commands. A round is:
 * which policy is it (WATCH, answered at once), who are the callers (CALLERS), then a WATCH that
 * ends when it is another policy. A change between the first two is seen by the third, so none is
 * lost.
 */
#pragma once

#include <systemd/sd-event.h>

#include "http/callers.h"
#include "link/link.h"
#include "util/cleanup.h"

typedef struct Following Following;

/* Begins to follow; event, link and callers are borrowed as long as it lives.
 * Return: 0 and owned by the caller, -ENOMEM, -errno. */
int following_new(sd_event *event, Link *link, Callers *callers, Following **ret_following);
Following *following_free(Following *following);

/* The permissions of the commands unlock and enter, by the policy that was followed last; empty
 * when it has none, or is not known yet. Borrowed until the event loop turns. */
Text following_unlock_permission(const Following *following);
Text following_enter_permission(const Following *following);
DEFINE_CLEANUP(Following *, following_free);
