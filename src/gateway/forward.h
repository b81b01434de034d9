/* SPDX-License-Identifier: MIT */
/*
 * Forward
 *
 * Hands the store's events over to doorwardd, the oldest first, a few at a time, and forgets them
 * when doorwardd has them on disk. What is not acknowledged is said again, with the same sequence:
 * doorwardd knows by it what it has already.
 */
#pragma once

#include "gateway/events.h"
#include "link/link.h"

#define FORWARD_EVENTS_MAX      15 /* of one OBSERVE */
#define FORWARD_ANSWER_MS       10000
#define FORWARD_BACK_OFF_MIN_MS 200
#define FORWARD_BACK_OFF_MAX_MS 5000

typedef struct Forward Forward;

/* Prepares; everything is borrowed. Return: 0 and it (owned by the caller), -ENOMEM, -errno. */
int forward_new(sd_event *event, Link *link, Store *store, Events *events, Log log,
                Forward **ret_forward);
Forward *forward_free(Forward *forward);
DEFINE_CLEANUP(Forward *, forward_free);

/* There may be something to hand over. */
void forward_kick(Forward *forward);
