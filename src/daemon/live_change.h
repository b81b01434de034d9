/* SPDX-License-Identifier: MIT */
/*
 * Live change
 *
 * One change of live state that somebody asks for, from his request to its answer: decided on the
 * policy that is served, recorded in the journal together with what it makes of the records, put
 * into force when both are on disk, then answered. It keeps a copy of the request, so that it does
 * not need its client.
 */
#pragma once

#include "daemon/decision_id.h"
#include "daemon/live_action.h"
#include "daemon/live_queue.h"
#include "daemon/request.h"

typedef struct LiveChange LiveChange;

/*
 * Reads a request for a live change. *ret_problem: static, why it is malformed; NULL: nothing to
 * be said. Return: 0 and the change (owned by the caller), without a client; QUERY_MALFORMED;
 * -ENOMEM, -errno.
 */
int live_change_new(const Request *request, const LiveAction *action, bool break_glass,
                    LiveChange **ret_change, const char **ret_problem);
LiveChange *live_change_free(LiveChange *change);
DEFINE_CLEANUP(LiveChange *, live_change_free);

/* Makes the change (taken) of a client, which waits from now on. Return: false, and nothing is
 * taken, when too many of that resource wait already. */
bool live_change_begin(LiveChange *change, Client *client);

/* The client is gone: a change that waits is dropped, one that is written goes on unanswered. */
void live_change_forget(LiveChange *change);

/* A change has waited too long for others, and is refused as "busy"; one that is written has no
 * limit but the journal's. Frees no client. */
void live_change_expire(LiveChange *change);
