/* SPDX-License-Identifier: MIT */
/*
 * Bound state
 *
 * Live records as one image sees them: names have become indices, and what the image does not know
 * is left out. Bound once to an image and then kept up to date record by record.
 */
#pragma once

#include "policy/image.h"
#include "state/live_records.h"

typedef struct BoundState BoundState;

/* Binds records to an image; both are borrowed and must outlive it. records NULL: the state is
 * unknown. Return: owned by the caller; NULL without memory. */
BoundState *bound_state_new(const Image *image, const LiveRecords *records);
BoundState *bound_state_free(BoundState *bound);
DEFINE_CLEANUP(BoundState *, bound_state_free);

/* The record of a kind about a resource has been put or removed. To be called before anything is
 * decided again: the one that was there before is gone, and its note with it.
 * Return: 0 (also for what the image does not know), or -ENOMEM: the state is unknown from now on,
 * which denies, until it is bound anew. */
int bound_state_update(BoundState *bound, LiveKind kind, Text resource);

/* How many records are in force about what the image does not know, and one of them (borrowed;
 * undefined when there is none); as of the binding. */
size_t bound_state_unmatched(const BoundState *bound, const LiveRecord **ret_one);

/* Whether the image knows what a record is about. */
bool bound_state_knows(const BoundState *bound, Text resource);

/* As the engine reads it. Borrowed; the same until bound_state_free(), its contents until the next
 * update. */
const LiveState *bound_state_live(const BoundState *bound);
