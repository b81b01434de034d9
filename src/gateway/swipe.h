/* SPDX-License-Identifier: MIT */
/*
 * Swipe
 *
 * A card was shown at a door whose controller leaves it to doorward: one ENTER asks, and an allow
 * is done like a command. A denial, no answer, a late or another answer: the door stays shut.
 */
#pragma once

#include "gateway/executor.h"
#include "link/link.h"

#define SWIPES_MAX      64   /* that wait for doorwardd */
#define SWIPE_ANSWER_MS 2000 /* a person waits at the door; later it is no answer any more */
#define SWIPE_VALID_MS  5000 /* since the card was shown, until the lock moves */

typedef struct Swipe Swipe;

/* Prepares; everything is borrowed. Return: 0 and it (owned by the caller), -ENOMEM. */
int swipe_new(Link *link, Doors *doors, Executor *executor, Events *events, Log log,
              Swipe **ret_swipe);

/* Gives up the questions under way; those doors stay shut. Return: NULL. */
Swipe *swipe_free(Swipe *swipe);
DEFINE_CLEANUP(Swipe *, swipe_free);

/* Asks about a card at a door. */
void swipe_ask(Swipe *swipe, unsigned door, uint64_t card);
