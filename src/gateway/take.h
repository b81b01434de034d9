/* SPDX-License-Identifier: MIT */
/*
 * Take
 *
 * The long poll: one TAKE after the other asks doorwardd for commands of the doors served here, and
 * how these are to be held. Whatever goes wrong, the next one waits a little longer, up to a limit.
 * While the store cannot be written there is none, so that doorwardd tells at once that nothing
 * would move.
 */
#pragma once

#include "gateway/executor.h"
#include "gateway/hold.h"
#include "link/link.h"

#define TAKE_SECONDS         20    /* that doorwardd may keep one waiting */
#define TAKE_ANSWER_MS       10000 /* beyond, until it is given up */
#define TAKE_BACK_OFF_MIN_MS 200
#define TAKE_BACK_OFF_MAX_MS 5000
#define TAKE_LEAVE_MS        200  /* that one still waits when it is left */
#define TAKE_CLOCK_MS        3000 /* a difference of the clocks that is told */

typedef struct Take Take;

/* Prepares; everything is borrowed. Return: 0 and it (owned by the caller); -EMSGSIZE: the paths of
 * the doors do not fit into one message; -ENOMEM, -errno. */
int take_new(sd_event *event, Link *link, Doors *doors, Executor *executor, Hold *hold,
             Events *events, Log log, Take **ret_take);
Take *take_free(Take *take);
DEFINE_CLEANUP(Take *, take_free);

/* Begins to ask; ends asking, what is under way is given up. */
void take_start(Take *take);
void take_stop(Take *take);

/* Ends asking so that doorwardd notices: it takes a TAKE that breaks off while it waits for a
 * gateway that is gone, and one that has just ended for a gateway that is about to ask again. */
void take_leave(Take *take);

/* When doorwardd was last heard (CLOCK_MONOTONIC); at first when this was made. */
uint64_t take_heard_ns(const Take *take);
